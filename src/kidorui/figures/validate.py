"""Pictures of episodes of the past beside the record."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from kidorui.figures.catalogue import Drawing
from kidorui.figures.naming import brief, words
from kidorui.figures.picture import Picture
from kidorui.figures.plots import Dots, Line, Lines, Panel, Series
from kidorui.figures.rows import MISSING, each, headings, numbers
from kidorui.language import Language
from kidorui.results import Result

ENDS = (-2.0, 3.0)
"""Ends of the axis in widths of the band; what is farther out is drawn at its end."""
PANELS = 9
RECORDED = 2
"""A series with fewer months on record is not drawn."""
NEAR = 0.25
AROUND = 6
"""Months drawn before the first and after the last on record."""


def checks(result: Result, say: Language) -> Picture:
    """What was computed in each check, in terms of the range set before; misses first."""
    table = result.table("checks")
    judged = table[table["verdict"].isin(("inside", "outside", "failed"))]
    shown = judged.sort_values("verdict", key=lambda v: v == "inside", kind="stable")
    misses = shown[shown["verdict"] != "inside"]
    return Picture(
        name="checks",
        title=say("What was computed of past episodes beside what happened"),
        note=say(
            "Each check in widths of its range, which was set before: 0 is the low end, 1 the "
            "high; what is farther out stands at the edge. To the right, what was computed and "
            "the range in its own unit. {fitted} of {all} rest on parameters set from the record "
            "of the same episode.",
            fitted=int(judged["fitted"].sum()),
            all=len(judged),
        ),
        finding=say(
            "{inside} of {all} checks are inside their range, {outside} outside; of episodes to "
            "which nothing was fitted, {free} of {free_all}.",
            inside=len(judged) - len(misses),
            all=len(judged),
            outside=len(misses),
            free=int((judged["verdict"].eq("inside") & ~judged["fitted"]).sum()),
            free_all=int((~judged["fitted"]).sum()),
        ),
        plot=_checks_plot(shown, say),
        data=shown[
            ["check", "episode", "what", "unit", "low", "high", "recorded", "computed", "verdict"]
        ],
        tables=("checks",),
    )


def _checks_plot(shown: pd.DataFrame, say: Language) -> Dots:
    placed = _placed(shown)
    at = placed[["computed", "recorded", "computed_low", "computed_high"]].clip(*ENDS)
    return Dots(
        rows=[_short_name(str(check), say) for check in shown["check"]],
        series=[
            Series(say("on record"), "base", numbers(at["recorded"])),
            Series(
                say("computed"),
                "plan",
                numbers(at["computed"]),
                numbers(at["computed_low"]),
                numbers(at["computed_high"]),
            ),
        ],
        unit=say("widths of the range"),
        spans=[
            Series(
                say("range set before"),
                "good",
                [MISSING] * len(shown),
                numbers(placed["low"].clip(*ENDS)),
                numbers(placed["high"].clip(*ENDS)),
            )
        ],
        groups=headings(
            say("Inside its range") if verdict == "inside" else say("Outside its range")
            for verdict in shown["verdict"]
        ),
        notes=[_figures(row, say) for row in each(shown)],
        joined=False,
        told=False,
    )


def _short_name(check: str, say: Language) -> str:
    """A check in a few words; one that is not known here by its id."""
    known = {
        "2010-imports-month-1": say("2010: imports, first month of the halt"),
        "2010-imports-month-2": say("2010: imports, second month"),
        "2010-rebound": say("2010: imports, third month"),
        "2010-year-loss": say("2010: imports lost over the year"),
        "2010-price-peak": say("2010: months to the peak of prices"),
        "2010-unit-value": say("2010: unit value, 2011 over 2009"),
        "2010-demand-after": say("2010: demand, 2012 on 2011"),
        "2010-share-2013": say("2010: share of China, 2013 less 2009"),
        "2025-magnets-may": say("2025: exports of magnets in May"),
        "2025-return": say("2025: months until exports are back"),
        "2025-first-stop": say("2025: day the first car line stops"),
        "2025-price-dy": say("2025: Dy price outside over inside"),
        "2025-price-tb": say("2025: Tb price outside over inside"),
        "2025-price-y": say("2025: Y price outside over inside"),
        "2025-price-weighted-dy": say("2025: Dy price by volume"),
        "mm-price-tb": say("Myanmar 2024: Tb price in China"),
        "mm-stops": say("Myanmar 2024: sectors that stop"),
        "2015-price": say("2015: NdPr price after a mine stops"),
        "2022-price": say("2022: highest NdPr price"),
        "2022-shortage": say("2022: shortage in Japan"),
        "cut-gdp": say("Cut of a year: loss of GDP"),
    }
    return known.get(check) or say.name(words(check))


def _placed(checks: pd.DataFrame) -> pd.DataFrame:
    """Figures of checks where the low end of the range is 0 and the high end 1.

    A range open at one end is as wide as twice the way from its end to what is on record; one
    without any width is 1 wide, about its value.
    """
    low, high = checks["low"], checks["high"]
    end = low.fillna(high)
    open_width = 2 * (checks["recorded"] - end).abs()
    width = (high - low).where(low.notna() & high.notna(), open_width)
    point = width.fillna(0) <= 0
    width = width.where(~point, 1.0)
    zero = low.where(~point, end - 0.5).fillna(high - width)
    figures = checks[["recorded", "computed", "computed_low", "computed_high"]]
    placed = figures.sub(zero, axis=0).div(width, axis=0)
    placed["low"] = np.where(low.isna(), -np.inf, 0.0)
    placed["high"] = np.where(high.isna(), np.inf, 1.0)
    return placed


def _figures(row: pd.Series, say: Language) -> str:
    unit = str(row["unit"])
    low, high, computed = float(row["low"]), float(row["high"]), float(row["computed"])
    told = say.quantity(computed, _short(unit)) if computed == computed else say("never")
    if low != low:
        return say("{value} (at most {high})", value=told, high=say.number(high))
    if high != high:
        return say("{value} (at least {low})", value=told, low=say.number(low))
    return say("{value} ({low} to {high})", value=told, low=say.number(low), high=say.number(high))


def _short(unit: str) -> str:
    return "%" if unit.startswith("percent") else unit


def series(result: Result, say: Language) -> Picture:
    """Episodes month by month: what was computed, and what is on record."""
    table = result.table("series")
    table = table.assign(at=_month_number(table["month"]))
    told = _recorded(table)
    blocks = [_about(table, key) for key in told]
    first, last = -AROUND, max(int(block["since"].max()) for block in blocks)
    months = pd.RangeIndex(first, last + 1)
    panels = [_panel(block, months, say) for block in blocks]
    data = pd.concat(blocks, ignore_index=True)
    both = data.dropna(subset=["recorded"])
    return Picture(
        name="series",
        title=say("Past episodes month by month"),
        note=say(
            "Computed (line) and on record (points), each on its own axis, by month from the first "
            "on record, which stands below the name. Only what has at least {count} months on "
            "record.",
            count=RECORDED,
        ),
        finding=_series_finding((both["computed"] / both["recorded"] - 1).abs(), say),
        plot=Lines(
            [float(month) for month in months],
            panels,
            "",
            say("months from the first on record"),
            own=True,
        ),
        data=data[["episode", "what", "unit", "month", "computed", "recorded"]],
        tables=("series",),
    )


def _series_finding(apart: pd.Series, say: Language) -> str:
    if apart.empty:
        return say("There is too little on record of any month.")
    return say(
        "Of {all} months on record {near} are computed to within a quarter; the median is {median} "
        "off.",
        all=len(apart),
        near=int((apart <= NEAR).sum()),
        median=say.share(float(apart.median())),
    )


def _month_number(months: pd.Series) -> pd.Series:
    parts = months.str.split("-", n=1, expand=True).astype(int)
    return parts[0] * 12 + parts[1] - 1


def _recorded(table: pd.DataFrame) -> list[tuple[str, str]]:
    """Episode and thing told that have most months on record, in the order of the table.

    The first of all where nothing has enough.
    """
    counts = table.groupby(["episode", "what"], sort=False)["recorded"].count()
    enough = counts[counts >= RECORDED]
    counts = counts.head(1) if enough.empty else enough
    most = set(counts.nlargest(PANELS).index)
    return [(str(episode), str(what)) for episode, what in counts.index if (episode, what) in most]


def _about(table: pd.DataFrame, key: tuple[str, str]) -> pd.DataFrame:
    """One thing told, from some months before the first on record to some after the last."""
    own = table[(table["episode"] == key[0]) & (table["what"] == key[1])]
    there = own.loc[own["recorded"].notna(), "at"]
    there = own["at"].head(1) if there.empty else there
    since = own["at"] - int(there.min())
    keep = (since >= -AROUND) & (own["at"] <= int(there.max()) + AROUND)
    return own.assign(since=since)[keep].sort_values("since")


def _panel(block: pd.DataFrame, months: pd.RangeIndex, say: Language) -> Panel:
    by_month = block.set_index("since").reindex(months)
    first = str(block.loc[block["since"] == 0, "month"].iloc[0])
    return Panel(
        brief(say.sentence(str(block["what"].iloc[0])), 36),
        [
            Line(say("computed"), "plan", numbers(by_month["computed"])),
            Line(say("on record"), "without", numbers(by_month["recorded"]), points=True),
        ],
        note=say("{unit}, 0 is {month}", unit=say.unit(str(block["unit"].iloc[0])), month=first),
    )


PICTURES: Mapping[str, Drawing] = {
    "checks": Drawing(checks, ("checks",)),
    "series": Drawing(series, ("series",)),
}
"""The pictures in reading order."""
