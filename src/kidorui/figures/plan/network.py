"""The supply network as a map: what reaches the focus place, and what its suppliers live on."""

from __future__ import annotations

import math

import pandas as pd

from kidorui.figures.naming import Names
from kidorui.figures.picture import Picture
from kidorui.figures.plots import Arc, Map, Role, Spot
from kidorui.figures.rows import each
from kidorui.figures.world import about_pacific
from kidorui.language import Language
from kidorui.results import Result

REFINED = ("oxide", "metal", "magnet")
"""Stages that are drawn; of what is raw a tonne holds too little to lie beside them."""

FINISHED = "magnet"
"""The stage whose goods a place uses, rather than works on and sends further."""

SMALLEST = 0.01
"""Share of all that reaches the focus place below which a flow is not drawn."""

FEEDS = 6
"""Flows to its suppliers that are drawn, the largest."""

APART = 2.5
"""Degrees between the two parts of a flow, under a control and not."""

NOWHERE = (225.0, -25.0)
"""Where the place that stands for all others is drawn: (lon, lat) of empty sea, eastwards."""

_KEY = ["origin", "destination", "controlled"]


def network(result: Result, say: Language) -> Picture:
    """Flows into the focus place and to its suppliers, t/yr of goods as named, by width."""
    names = Names(result, say)
    years = int(str(result.meta["base_year"])), int(str(result.meta["year"]))
    focus = str(result.meta["focus_id"])
    rows = drawn(result)
    places = lying(result)
    into = _into(rows, focus)
    plot = Map(
        spots=[
            Spot(lon, lat, _label(place, names, into, focus, say), _spot_role(place, result))
            for place, (lon, lat) in places.items()
            if place in set(rows["origin"]) | set(rows["destination"])
        ],
        arcs=[_arc(row, places, focus, result, say) for row in each(rows)],
        unit=say.unit("t/yr"),
        shaded=_shaded(result),
        legend=_legend(names, rows, result, say),
    )
    return Picture(
        name="network",
        title=say("Supply of {focus} in {year}, with the plan", focus=names.focus, year=years[1]),
        note=say(
            "Oxides, metals and magnets, t/yr as named, by width. Figures: into {focus} in {year} "
            "({base} in brackets). Dashed: under a control and less than in {base}, as wide as "
            "then. To suppliers: the largest flows of oxides and metals. The rest of the world is "
            "drawn at sea.",
            focus=names.focus,
            year=years[1],
            base=years[0],
        ),
        finding=_finding(names, years, result, say),
        plot=plot,
        data=rows,
        tables=("flows", "places", "goods", "controls"),
        units={"base_year": "t/yr", "plan": "t/yr", "width": "t/yr"},
    )


def drawn(result: Result) -> pd.DataFrame:
    """The flows that are drawn, by origin, destination and whether a control in force holds.

    Columns: into_focus, base_year and plan (t/yr), cut (under a control, and less than in the
    base year) and width (t/yr: of the base year where cut).
    """
    flows = held(result)
    flows = flows[flows["stage"].isin(REFINED)]
    focus = str(result.meta["focus_id"])
    into = flows["destination"] == focus
    supply = flows[into].groupby("origin")[["base_year", "plan"]].sum().max(axis=1)
    suppliers = supply.index[supply >= SMALLEST * supply.sum()]
    feeds = flows["destination"].isin(suppliers) & (flows["stage"] != FINISHED) & ~into
    rows = (
        flows[into | feeds]
        .groupby(_KEY, as_index=False)[["base_year", "plan"]]
        .sum()
        .assign(into_focus=lambda t: t["destination"] == focus)
    )
    cut = rows["controlled"] & (rows["plan"] < rows["base_year"])
    rows["cut"] = cut
    rows["width"] = rows["plan"].where(~cut, rows["base_year"])
    least = SMALLEST * rows.loc[rows["into_focus"], "width"].sum()
    rows = rows[rows["width"] > least].sort_values("width", ascending=False, kind="stable")
    kept = pd.concat([rows[rows["into_focus"]], rows[~rows["into_focus"]].head(FEEDS)])
    columns = ["origin", "destination", "into_focus", "controlled", "cut"]
    return pd.DataFrame(kept, columns=[*columns, "base_year", "plan", "width"]).reset_index(
        drop=True
    )


def held(result: Result) -> pd.DataFrame:
    """All flows with the stage of their goods and whether a control in force holds for them."""
    flows = result.table("flows")
    stages = result.table("goods").set_index("id")["stage"]
    under = pd.Series(False, index=flows.index)
    controls = result.table("controls")
    stage = flows["material"].map(stages)
    for control in each(controls[controls["in_force"].astype(bool)]):
        goods, hit = list(control["goods"]), list(control["destinations"])
        to_hit = flows["destination"].isin(hit) if hit else flows["destination"].notna()
        what = flows["material"].isin(goods) | stage.isin(goods)
        under |= (flows["origin"] == control["origin"]) & to_hit & what
    return flows.assign(stage=stage.fillna(""), controlled=under)


def _into(rows: pd.DataFrame, focus: str) -> pd.DataFrame:
    told = rows[rows["destination"] == focus]
    return told.groupby("origin")[["base_year", "plan"]].sum()


def lying(result: Result) -> dict[str, tuple[float, float]]:
    """(lon, lat) on the map of the places that lie somewhere; all others together at sea."""
    table = result.table("places").dropna(subset=["lat", "lon"])
    return {
        str(row["id"]): NOWHERE
        if "*" in row["iso3"]
        else (about_pacific(float(row["lon"])), float(row["lat"]))
        for row in each(table)
    }


def _label(place: str, names: Names, into: pd.DataFrame, focus: str, say: Language) -> str:
    name = names.place(place)
    if place == focus or place not in into.index:
        return name
    before, now = (float(into[column][place]) for column in ("base_year", "plan"))
    return say(
        "{place} {now} ({before})", place=name, now=say.number(now, 2), before=say.number(before, 2)
    )


def _spot_role(place: str, result: Result) -> Role:
    if place == result.meta["focus_id"]:
        return "plan"
    return "control" if place == result.meta.get("control_id") else "muted"


def _role(row: pd.Series, result: Result) -> Role:
    if row["controlled"]:
        return "control"
    if not row["into_focus"]:
        return "muted"
    return "fifth" if row["origin"] == result.meta.get("control_id") else "free"


def _arc(
    row: pd.Series,
    places: dict[str, tuple[float, float]],
    focus: str,
    result: Result,
    say: Language,
) -> Arc:
    start, end = places[str(row["origin"])], places[str(row["destination"])]
    if row["controlled"]:
        start, end = _aside(start, end)
    label = ""
    if row["cut"]:
        before, now = (say.number(float(row[c]), 2) for c in ("base_year", "plan"))
        label = say("{before} → {now}", before=before, now=now)
    width = float(row["width"])
    return Arc(start, end, width, _role(row, result), label, dashed=bool(row["cut"]))


def _aside(
    start: tuple[float, float], end: tuple[float, float]
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Both ends moved to the right of the way, so that two parts of a flow lie side by side."""
    across, up = end[0] - start[0], end[1] - start[1]
    length = math.hypot(across, up) or 1.0
    move = APART * up / length, -APART * across / length
    return (start[0] + move[0], start[1] + move[1]), (end[0] + move[0], end[1] + move[1])


def _shaded(result: Result) -> dict[str, Role]:
    """The focus country and the controlling one."""
    table = result.table("places")
    shaded: dict[str, Role] = {}
    for row in each(table):
        role = _spot_role(str(row["id"]), result)
        if role != "muted":
            shaded.update(dict.fromkeys(map(str, row["iso3"]), role))
    return shaded


def _legend(names: Names, rows: pd.DataFrame, result: Result, say: Language) -> dict[str, Role]:
    """The roles that are drawn."""
    words: dict[Role, str] = {
        "free": say("into {focus}", focus=names.focus),
        "fifth": say("into {focus} from {control}", focus=names.focus, control=names.control),
        "control": say("under a control in force; dashed: cut"),
        "muted": say("to its suppliers"),
    }
    there = {_role(row, result) for row in each(rows)}
    return {text: role for role, text in words.items() if role in there}


def _finding(names: Names, years: tuple[int, int], result: Result, say: Language) -> str:
    flows = held(result)
    into = flows[(flows["destination"] == result.meta["focus_id"]) & flows["stage"].isin(REFINED)]
    total = into[["base_year", "plan"]].sum()
    own = into[into["origin"] == result.meta.get("control_id")][["base_year", "plan"]].sum()
    under = into[into["controlled"]][["base_year", "plan"]].sum()
    if not total.all():
        return say("Nothing reaches {focus}.", focus=names.focus)
    return say(
        "{control} ships {now} of the {total} t/yr that reach {focus} in {year}, against {before} "
        "in {base}; {held} t/yr are under a control in force, against {held_before}.",
        control=names.control,
        now=say.share(float(own["plan"] / total["plan"])),
        before=say.share(float(own["base_year"] / total["base_year"])),
        total=say.number(float(total["plan"])),
        focus=names.focus,
        year=years[1],
        base=years[0],
        held=say.number(float(under["plan"])),
        held_before=say.number(float(under["base_year"])),
    )
