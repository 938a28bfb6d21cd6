"""Who stops, when and for want of what, a row per sector; and months told from the onset."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from kidorui.figures.naming import Names
from kidorui.language import Language
from kidorui.results import Result

DAYS = 365.25 / 12
"""Days in a month of the study."""


def since_onset(result: Result, months: pd.Series) -> npt.NDArray[np.int64]:
    """Whole months from the onset to each month, such as `2028-03`; below 0 before it."""
    parts = months.str.split("-", n=1, expand=True).astype(int)
    onset = result.meta.get("onset")
    at = onset if isinstance(onset, int | float) else float(parts[0].min())
    counted = parts[0].to_numpy() * 12 + parts[1].to_numpy() - 1 - round(at * 12)
    return np.asarray(counted, dtype=np.int64)


def by_sector(result: Result) -> pd.DataFrame:
    """Each sector's stop, those that stop first in front, then those that fall most.

    Columns: sector, material (for want of which it stops first, else what it is served least
    of), first_stop (day, missing where it never stops), stopped_days (for want of any of its
    materials), worst_fill, first_line (day of its first single line to stop).
    """
    stops = result.table("stops")
    if stops.empty:
        return pd.DataFrame(
            columns=[
                "sector",
                "material",
                "first_stop",
                "stopped_days",
                "worst_fill",
                "first_line",
            ]
        )
    ordered = stops.sort_values(["first_stop", "worst_fill"], kind="stable", na_position="last")
    first = ordered.drop_duplicates("sector")[["sector", "material", "first_stop"]]
    whole = stops.groupby("sector", as_index=False).agg(
        stopped_days=("stopped_days", "max"),
        worst_fill=("worst_fill", "min"),
        first_line=("first_line", "min"),
    )
    found = first.merge(whole, on="sector")
    if not result.table("losses").empty:
        stood = result.table("losses").set_index("sector")["stopped_days"]
        found["stopped_days"] = found["sector"].map(stood).fillna(found["stopped_days"])
    return found.sort_values(
        ["first_stop", "worst_fill"], kind="stable", na_position="last"
    ).reset_index(drop=True)


def behind(result: Result) -> list[str]:
    """The materials for want of which sectors stop, the earliest first."""
    stops = result.table("stops").dropna(subset=["first_stop"])
    return list(stops.sort_values("first_stop", kind="stable")["material"].drop_duplicates())


def first_stop(sectors: pd.DataFrame, names: Names, say: Language) -> str:
    """A sentence: how many stop, and the first."""
    stopping = sectors.dropna(subset=["first_stop"])
    if stopping.empty:
        return say("None of {all} sectors stops.", all=len(sectors))
    first = stopping.iloc[0]
    return say(
        "{count} of {all} sectors stop; the first is {sector}, on day {day}, for want of {good}.",
        count=len(stopping),
        all=len(sectors),
        sector=names.sector(str(first["sector"])),
        day=told_day(float(first["first_stop"]), say),
        good=names.good(str(first["material"])),
    )


def first_line(sectors: pd.DataFrame, say: Language) -> str:
    """A sentence: the day of the first single line to stop; nothing where none does."""
    lines = sectors.dropna(subset=["first_line"])
    if lines.empty:
        return ""
    day = float(lines["first_line"].min())
    return say(
        "Single lines of {count} sectors stop, the first on day {day}.",
        count=len(lines),
        day=told_day(day, say),
    )


def told_day(day: float, say: Language) -> str:
    """A day as it is told: whole."""
    return say.number(float(round(day)) if day >= 0 else day)
