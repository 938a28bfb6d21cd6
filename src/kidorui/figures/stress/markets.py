"""What a cut does to prices inside and outside, and to what is held."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from kidorui.figures.naming import Names
from kidorui.figures.picture import Picture
from kidorui.figures.plots import Band, Line, Lines, Mark, Panel, Role
from kidorui.figures.rows import numbers
from kidorui.figures.stress.sectors import DAYS, behind, by_sector, since_onset, told_day
from kidorui.language import Language
from kidorui.results import Result

PRICED = 6
BEHIND = 3
"""So many of the materials priced are those for want of which sectors stop."""
HELD = 6
HOLDERS: Mapping[str, tuple[Role, float]] = {
    "user": ("first", 0.7),
    "industry": ("third", 0.5),
    "state": ("fifth", 0.35),
}
"""Colour and strength of each holder's band, the lowest first."""
MONTHS = 24
"""Months from the onset that are shown at most."""


def prices(result: Result, say: Language) -> Picture:
    """Marginal prices at the controlling place, at the focus place and at the dearest other."""
    names = Names(result, say)
    table = _shown(result, result.table("prices"))
    risen = _risen(table)
    first = [good for good in behind(result) if good in risen.index][:BEHIND]
    chosen = [*first, *risen.drop(first).sort_values("risen", ascending=False).index][:PRICED]
    months = [int(month) for month in np.unique(table["since"])]
    panels = [
        _priced(str(good), table[table["material"] == good], months, names, say) for good in chosen
    ]
    return Picture(
        name="prices",
        title=say("Prices inside and outside the reach of the cut"),
        note=say(
            "Marginal prices in US$/kg by month from the onset, each material on its own axis: "
            "what one more kilogram is worth to those who go short, paid by few. Materials for "
            "want of which sectors stop come first, then those that rise most."
        ),
        finding=_prices_finding(risen.loc[chosen], names, say),
        plot=Lines(
            [month + 0.5 for month in months],
            panels,
            say.unit("US$/kg"),
            say("months from the onset"),
            own=True,
        ),
        data=table.loc[
            table["material"].isin(chosen),
            ["material", "since", "month", "inside", "outside", "outside_rest", "dearest"],
        ],
        tables=("prices", "stops"),
        units={"since": "months from the onset"}
        | dict.fromkeys(("inside", "outside", "outside_rest"), "US$/kg"),
    )


def _shown(result: Result, table: pd.DataFrame) -> pd.DataFrame:
    """A table by month with months from the onset in `since`, those too late left out."""
    since = since_onset(result, table["month"])
    found = table.assign(since=since)[since < MONTHS]
    return found.sort_values("since", kind="stable")


def _risen(table: pd.DataFrame) -> pd.DataFrame:
    """By material: the price before, its peak at the focus place, and the one inside then."""
    before = table[table["since"] == -1].set_index("material")["outside"]
    after = table[table["since"] >= 0].sort_values("outside", kind="stable")
    peak = after.drop_duplicates("material", keep="last").set_index("material")
    found = pd.DataFrame(
        {"before": before.reindex(peak.index), "peak": peak["outside"], "inside": peak["inside"]}
    )
    return found.assign(risen=found["peak"] - found["before"].fillna(0.0))


def _priced(good: str, own: pd.DataFrame, months: list[int], names: Names, say: Language) -> Panel:
    by_month = own.set_index("since").reindex(months)
    before, peak = own.loc[own["since"] == -1, "outside"], own.loc[own["since"] >= 0, "outside"]
    return Panel(
        names.good(good),
        [
            Line(names.control, "control", numbers(by_month["inside"])),
            Line(names.focus, "free", numbers(by_month["outside"])),
            Line(say("dearest elsewhere"), "muted", numbers(by_month["outside_rest"]), dashed=True),
        ],
        marks=[Mark(0.0, "", "warn", "x")],
        note=say(
            "{before} before, {peak} at most",
            before=say.number(float(before.mean())),
            peak=say.number(float(peak.max())),
        ),
    )


def _prices_finding(risen: pd.DataFrame, names: Names, say: Language) -> str:
    if risen.empty:
        return say("No price is told after the onset.")
    first = risen.iloc[0]
    return say(
        "A kilogram of {good} rises from {before} to {peak} US$ in {focus}; in {control} it is "
        "{inside} in that month.",
        good=names.good(str(risen.index[0])),
        before=say.number(float(first["before"])),
        peak=say.number(float(first["peak"])),
        inside=say.number(float(first["inside"])),
        focus=names.focus,
        control=names.control,
    )


def cover(result: Result, say: Language) -> Picture:
    """Days of cover by who holds them, of the materials behind the stops."""
    names = Names(result, say)
    table = _shown(result, result.table("cover")).dropna(subset=["days"])
    chosen = [good for good in behind(result) if good in set(table["material"])][:HELD]
    chosen = chosen or _least(table)
    table = table[table["material"].isin(chosen)]
    x = [int(month) for month in np.unique(table["since"])]
    first = by_sector(result).groupby("material")["first_stop"].min().reindex(chosen)
    kinds = set(table.loc[table["days"] > 0, "kind"])
    panels = [
        _held(days, first[good], Panel(names.good(good)), say)
        for good in chosen
        for days in [_by_kind(table[table["material"] == good], x, kinds)]
    ]
    whole = table.groupby(["since", "material"])["days"].sum().unstack("material").loc[:-1]
    return Picture(
        name="cover",
        title=say("How long what is held lasts"),
        note=say(
            "Days of use in {place}, of what is held at the end of the month, by holder, one on "
            "top of the other. Upright lines: the onset, and the first stop for want of it.",
            place=names.focus,
        ),
        finding=_cover_finding(whole, chosen, names, say),
        # What is held at the end of a month stands at its end.
        plot=Lines(
            [month + 1.0 for month in x],
            panels,
            say.unit("day"),
            say("months from the onset"),
        ),
        data=table[["material", "kind", "since", "month", "held", "days"]],
        tables=("cover", "stops"),
        units={"since": "months from the onset", "held": "t", "days": "day"},
    )


def _least(table: pd.DataFrame) -> list[str]:
    """Where nothing stops: the materials of which least is held when it strikes."""
    held = table[table["since"] == -1].groupby("material")["days"].sum()
    return [str(good) for good in held[held > 0].nsmallest(HELD).index]


def _by_kind(own: pd.DataFrame, x: list[int], kinds: set[str]) -> pd.DataFrame:
    """Days held by month down and holder across, those who hold nothing of it at nought."""
    days = own.pivot_table(index="since", columns="kind", values="days", aggfunc="sum")
    return days.reindex(index=x, columns=[kind for kind in HOLDERS if kind in kinds]).fillna(0.0)


def _held(days: pd.DataFrame, stop: float, panel: Panel, say: Language) -> Panel:
    """A panel with what each holds on top of the other, and the day of the first stop."""
    words = {
        "user": say("users, each its own"),
        "industry": say("industry in common"),
        "state": say("the state"),
    }
    top = days.cumsum(axis=1)
    bands = [
        Band(
            words[kind],
            HOLDERS[kind][0],
            numbers(top[kind] - days[kind]),
            numbers(top[kind]),
            HOLDERS[kind][1],
        )
        for kind in HOLDERS
        if kind in days
    ]
    marks = [Mark(0.0, "", "base", "x")]
    if not stop >= 0:
        return replace(panel, bands=bands, marks=marks)
    marks.append(Mark(stop / DAYS, "", "warn", "x"))
    note = say("first stop on day {day}", day=told_day(stop, say))
    return replace(panel, bands=bands, marks=marks, note=note)


def _cover_finding(whole: pd.DataFrame, chosen: list[str], names: Names, say: Language) -> str:
    if whole.empty or not chosen:
        return say("Nothing is told of what is held when it strikes.")
    days = whole.iloc[-1]
    good = str(days.idxmin())
    return say(
        "Least is held of {good}: {days} days of use when it strikes.",
        good=names.good(good),
        days=told_day(float(days[good]), say),
    )
