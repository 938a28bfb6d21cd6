"""What is built: when, by answer to dependence, and where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from kidorui.figures.naming import NO_EVENT, Names
from kidorui.figures.picture import Picture
from kidorui.figures.plan.network import lying
from kidorui.figures.plots import Map, Role, Span, Spot, Timeline
from kidorui.figures.rows import each
from kidorui.language import Language
from kidorui.results import Result

ROWS = 14
"""Rows of the timeline from which one committed project of each stage is told, else two."""

LATER, SMALLEST = 5, 0.01
"""Decisions taken only once an event has struck that are told: the dearest, of this share of the
largest size or more."""

ASIDE = 5.0
"""Degrees between the spots of one place, so that each prong is seen."""

_PRONG_ROLES: Mapping[str, Role] = {
    "diversify": "first",
    "build": "second",
    "recycle": "third",
    "seabed": "fourth",
    "stockpile": "fifth",
}


def prong(name: str, say: Language) -> str:
    """An answer to dependence, in words."""
    said = {
        "diversify": say("diversify imports"),
        "build": say("build at home"),
        "recycle": say("recycle"),
        "seabed": say("mine the seabed"),
        "stockpile": say("stockpile"),
    }
    return said.get(name, say.name(name))


def timeline(result: Result, say: Language) -> Picture:
    """What is decided when and opens when, by prong, with what is committed anyhow."""
    first, last = _axis(result)
    data = told(result)
    groups: dict[str, list[Span]] = {}
    names = Names(result, say)
    for row in each(data):
        heading = (
            say("committed: the largest of each stage")
            if row["kind"] == "committed"
            else prong(str(row["prong"]), say)
        )
        groups.setdefault(heading, []).append(_span(row, first, last, names, say))
    plot = Timeline(
        groups=groups,
        first=float(first),
        last=float(last),
        legend=_when_legend(data, say),
    )
    return Picture(
        name="timeline",
        title=say("What is decided when, and when it opens"),
        note=say(
            "Pale from the decision to the opening (permits, building, qualification and slip), "
            "full from there. To the right: size, yearly cost in million US$ times the odds."
        ),
        finding=_timeline_finding(data, say),
        plot=plot,
        data=data,
        tables=("builds", "committed"),
        units={"decided": "yr", "opens": "yr", "cost": "million US$/yr"},
    )


def told(result: Result) -> pd.DataFrame:
    """Builds by prong, dearest first, then what waits for an event, then the committed.

    Columns: kind (no event, event, committed), prong, project, name, state, decided, opens,
    size, unit, cost (million US$/yr, missing for the committed).
    """
    builds = result.table("builds")
    sure = builds[builds["state"] == NO_EVENT].assign(kind="no event")
    later = builds[(builds["state"] != NO_EVENT) & (builds["of_largest"] >= SMALLEST)]
    later = later.sort_values("cost", ascending=False).head(LATER).assign(kind="event")
    decided = pd.concat([sure, later])
    order = decided.groupby("prong")["cost"].transform("sum")
    decided = decided.assign(order=order).sort_values(
        ["order", "prong", "kind", "cost"], ascending=[False, True, False, False], kind="stable"
    )
    going_on = committed(result, ROWS - len(decided))
    rows = [decided, going_on.assign(kind="committed", state=NO_EVENT)]
    columns = ["kind", "prong", "project", "name", "state", "decided", "opens", "size", "unit"]
    table = pd.concat([r for r in rows if len(r)], ignore_index=True)
    return table.reindex(columns=[*columns, "cost"])


def committed(result: Result, room: int) -> pd.DataFrame:
    """The largest committed projects of each stage outside the controlling place, by opening.

    Two of each stage where that many fit into so many rows, else one.
    """
    table = result.table("committed")
    first, _ = _axis(result)
    table = table[(table["place"] != result.meta.get("control_id")) & (table["opens"] >= first)]
    table = table.sort_values("expected", ascending=False, kind="stable")
    each = 2 if 2 * table["stage"].nunique() <= room else 1
    largest = table.groupby("stage", sort=False).head(each)
    return largest.sort_values("opens", kind="stable").reset_index(drop=True)


def _axis(result: Result) -> tuple[int, int]:
    axis = result.meta["axis"]
    first, last = axis if isinstance(axis, Sequence) and not isinstance(axis, str) else (0, 0)
    return int(str(first)), int(str(last))


def _span(row: pd.Series, first: int, last: int, names: Names, say: Language) -> Span:
    roles: Mapping[str, Role] = {"no event": "plan", "event": "warn", "committed": "muted"}
    opens = float(row["opens"])
    start = float(row["decided"]) if row["decided"] == row["decided"] else opens
    note = say.quantity(float(row["size"]), str(row["unit"]))
    if row["cost"] == row["cost"]:
        cost = say.number(float(row["cost"]), 3 if row["cost"] >= 1 else 2)
        note = say("{size}; {cost}", size=note, cost=cost)
    if row["kind"] == "event":
        note = say("{note}; once: {event}", note=note, event=names.state(str(row["state"])))
    return Span(
        label=say.name(str(row["name"])),
        start=max(start, float(first)),
        opens=min(max(opens, float(first)), float(last)),
        end=float(last),
        role=roles[str(row["kind"])],
        note=note,
    )


def _when_legend(data: pd.DataFrame, say: Language) -> dict[str, Role]:
    words: dict[str, tuple[str, Role]] = {
        "no event": (say("decided while no event has struck"), "plan"),
        "event": (say("decided only once an event has struck"), "warn"),
        "committed": (say("committed, goes on with its odds"), "muted"),
    }
    there = set(data["kind"])
    return {text: role for kind, (text, role) in words.items() if kind in there}


def _timeline_finding(data: pd.DataFrame, say: Language) -> str:
    sure = data[data["kind"] == "no event"]
    if sure.empty:
        return say("Nothing is decided while no event has struck.")
    dearest = sure.sort_values("cost").iloc[-1]
    now = sure[sure["decided"] == sure["decided"].min()]
    return say(
        "{now} of {all} decisions fall in {year}; {name}, open in {opens}, takes {share} of the "
        "yearly cost.",
        now=len(now),
        all=len(sure),
        year=int(sure["decided"].min()),
        name=say.name(str(dearest["name"])),
        opens=int(dearest["opens"]),
        share=say.share(float(dearest["cost"] / sure["cost"].sum())),
    )


def projects_map(result: Result, say: Language) -> Picture:
    """Where the plan builds, by prong and yearly cost, and where projects are committed."""
    data = sited(result)
    names = Names(result, say)
    spots = [
        spot
        for place, at in lying(result).items()
        for spot in _spots(data[data["place"] == place], at, names, say)
    ]
    built = data[data["kind"] == "no event"]
    legend = {prong(p, say): _prong_role(p) for p in built["prong"].unique()}
    if (data["kind"] == "committed").any():
        legend[say("committed projects (number)")] = "muted"
    return Picture(
        name="projects_map",
        title=say("Where the plan builds, and what is committed anyhow"),
        note=say(
            "Area: cost a year of what is decided while no event has struck, million US$/yr; grey "
            "dots: places of committed projects, with their number."
        ),
        finding=_map_finding(built, names, say),
        plot=Map(spots=spots, arcs=(), unit=say.unit("million US$/yr"), legend=legend),
        data=data,
        tables=("builds", "committed", "places"),
        units={"cost": "million US$/yr"},
    )


def sited(result: Result) -> pd.DataFrame:
    """By place and prong: number of projects and yearly cost (million US$/yr); builds first."""
    builds = result.table("builds")
    builds = builds[builds["state"] == NO_EVENT].assign(kind="no event")
    going_on = result.table("committed").assign(kind="committed", cost=float("nan"))
    rows = pd.concat([builds, going_on], ignore_index=True)
    table = (
        rows.groupby(["kind", "place", "prong"], sort=False)
        .agg(
            projects=("project", "nunique"),
            cost=("cost", lambda c: c.sum(min_count=1)),
            name=("name", "first"),
        )
        .reset_index()
    )
    order = ["kind", "cost", "projects"]
    return table.sort_values(order, ascending=False, kind="stable", ignore_index=True)


def _spots(rows: pd.DataFrame, at: tuple[float, float], names: Names, say: Language) -> list[Spot]:
    """The spots of a place, its prongs side by side, the label beside the last."""
    if rows.empty:
        return []
    built = rows[rows["kind"] == "no event"]
    name = names.place(str(rows["place"].iloc[0]))
    going_on = int(rows.loc[rows["kind"] == "committed", "projects"].sum())
    if built.empty:
        return [Spot(*at, say("{place} {number}", place=name, number=going_on), "muted")]
    number = int(built["projects"].sum())
    own = (
        say.name(str(built["name"].iloc[0]))
        if number == 1
        else say("{number} projects", number=number)
    )
    label = say("{place}: {own}", place=name, own=own)
    if going_on:
        label = say("{label}; {number} committed", label=label, number=going_on)
    spots = []
    for order, row in enumerate(each(built)):
        text = label if order == len(built) - 1 else ""
        role = _prong_role(str(row["prong"]))
        spots.append(Spot(at[0] + ASIDE * order, at[1], text, role, float(row["cost"])))
    return spots


def _prong_role(name: str) -> Role:
    return _PRONG_ROLES.get(name, "sixth")


def _map_finding(built: pd.DataFrame, names: Names, say: Language) -> str:
    if built.empty:
        return say("Nothing is built while no event has struck.")
    by_place = built.groupby("place")["cost"].sum().sort_values(ascending=False)
    return say(
        "{share} of the yearly cost of {total} is spent in {place}.",
        share=say.share(float(by_place.iloc[0] / by_place.sum())),
        total=say.quantity(float(by_place.sum()), "million US$/yr"),
        place=names.place(str(by_place.index[0])),
    )
