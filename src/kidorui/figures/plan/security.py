"""What the plan buys: less that passes the controlling place, less that goes short."""

from __future__ import annotations

import pandas as pd

from kidorui.figures.naming import NO_EVENT, Names
from kidorui.figures.picture import Picture
from kidorui.figures.plots import Bars, Dots, Mark, Role, Series
from kidorui.figures.rows import each, headings
from kidorui.language import Language
from kidorui.results import Result

BASE_YEAR, PLAN, NOTHING = "base year", "plan", "do-nothing"

_ROW = ["stage", "group"]

ELEMENTS = 12
"""Rows of elements in all, shared among the events."""

EVENTS = 4
"""Events that are told, those that cost most without the plan."""

SMALL = 0.005
"""Share of an event's shortage below which an element is left to the others."""


def stage(name: str, say: Language) -> str:
    """What is done at a stage of the chain, in words."""
    said = {
        "mine": say("mined"),
        "separation": say("separated"),
        "metal": say("made into metal"),
        "magnet": say("made into magnets"),
        "recycling": say("recycled"),
        "stockpile": say("held in stock"),
    }
    return said.get(name, say.name(name))


def group(name: str, say: Language) -> str:
    """A group of elements, in words."""
    said = {"light": say("light"), "heavy": say("heavy"), "both": say("light and heavy")}
    return said.get(name, say.name(name))


def dependence(result: Result, say: Language) -> Picture:
    """Share of the focus place's use that passed the controlling place, by stage and group."""
    names, year = Names(result, say), int(str(result.meta["year"]))
    base = int(str(result.meta["base_year"]))
    data = shares(result)
    now = data[data["year"].isin([base, year])]
    order = pd.MultiIndex.from_frame(now[_ROW].drop_duplicates())
    wide = (now.pivot(index=_ROW, columns="plan", values="share") * 100).reindex(order)
    ceilings = (now.groupby(_ROW)["ceiling"].max() * 100).reindex(order)
    worlds: tuple[tuple[str, str, Role], ...] = (
        (BASE_YEAR, say("base year, {year}", year=base), "base"),
        (NOTHING, say("without the plan, {year}", year=year), "without"),
        (PLAN, say("with the plan, {year}", year=year), "plan"),
    )
    stages = wide.index.get_level_values("stage").astype(str)
    common = ceilings.dropna().unique()
    plot = Dots(
        rows=[group(str(g), say) for g in wide.index.get_level_values("group")],
        series=[
            Series(words, role, wide[plan].tolist())
            for plan, words, role in worlds
            if plan in wide.columns
        ],
        unit=say.unit("%"),
        groups=headings(stage(s, say) for s in stages),
        notes=[_change(row, len(common) > 1, say) for row in each(wide.assign(ceiling=ceilings))],
        marks=[Mark(float(common[0]), say("ceiling"), "warn")] if len(common) == 1 else [],
        told=False,
    )
    return Picture(
        name="dependence",
        title=say(
            "Share of what {focus} uses that passed {control}",
            focus=names.focus,
            control=names.control,
        ),
        note=say(
            "Per cent of the content used, looked through to the plants of each stage; no event "
            "has struck. To the right: base year → with the plan. Ceilings are those of the case."
        ),
        finding=_dependence_finding(data, year, say),
        plot=plot,
        data=data,
        tables=("dependence",),
        units={"share": "1", "ceiling": "1", "year": "yr"},
    )


def shares(result: Result) -> pd.DataFrame:
    """Look-through shares by stage and group while no event strikes, all years and plans."""
    table = result.table("dependence")
    table = table[(table["basis"] == "look-through") & (table["state"] == NO_EVENT)]
    known = table.groupby(["stage", "group"])["share"].transform("count") > 0
    columns = ["stage", "group", "year", "plan", "share", "ceiling", "above"]
    return table.loc[known, columns].reset_index(drop=True)


def _change(row: pd.Series, ceiling: bool, say: Language) -> str:
    """Share of the base year and with the plan; with the ceiling where these differ by row."""
    before, now = (say.quantity(float(row.get(p, float("nan"))), "%", 2) for p in (BASE_YEAR, PLAN))
    words = say("{before} → {now}", before=before, now=now)
    if not ceiling or row["ceiling"] != row["ceiling"]:
        return words
    most = say.quantity(float(row["ceiling"]), "%", 2)
    return say("{change}; at most {ceiling}", change=words, ceiling=most)


def _dependence_finding(data: pd.DataFrame, year: int, say: Language) -> str:
    """The largest share under a ceiling with the plan, against without it and the last year."""
    plan = data[(data["plan"] == PLAN) & (data["year"] == year)].dropna(subset=["share"])
    if plan.empty:
        return say("Nothing is used.")
    held = plan[plan["ceiling"].notna()]
    row = (held if len(held) else plan).sort_values("share").iloc[-1]
    same = data[(data["stage"] == row["stage"]) & (data["group"] == row["group"])]
    nothing = same[(same["plan"] == NOTHING) & (same["year"] == year)]["share"]
    base = same[same["plan"] == BASE_YEAR]["share"]
    words = say(
        "{group} {stage}: {plan} in {year} with the plan, {nothing} without it, {base} in the base "
        "year",
        group=group(str(row["group"]), say).capitalize(),
        stage=stage(str(row["stage"]), say),
        plan=say.share(float(row["share"])),
        nothing=say.share(float(nothing.iloc[0])) if len(nothing) else "–",
        base=say.share(float(base.iloc[0])) if len(base) else "–",
        year=year,
    )
    later = same[(same["plan"] == PLAN) & (same["year"] > year)].sort_values("year").tail(1)
    if later.empty:
        return say("{finding}.", finding=words)
    return say(
        "{finding}; {share} in {year} with the plan.",
        finding=words,
        share=say.share(float(later["share"].iloc[0])),
        year=int(later["year"].iloc[0]),
    )


def shortage(result: Result, say: Language) -> Picture:
    """What goes short in the first year of each event by element, without the plan and with it."""
    names = Names(result, say)
    data = short(result)
    events = [
        say("{event}, {year}", event=names.state(str(s)), year=int(y))
        for s, y in zip(data["state"], data["year"], strict=True)
    ]
    plot = Bars(
        rows=[_element(row, say) for row in each(data)],
        series=[
            Series(say("without the plan"), "without", data["shortage_nothing"].tolist()),
            Series(say("with the plan"), "plan", data["shortage_plan"].tolist()),
        ],
        unit=say.unit("t oxide/yr"),
        groups=headings(events),
        notes=[_of_demand(row, say) for row in each(data)],
    )
    return Picture(
        name="shortage",
        title=say("Short in the first year of an event"),
        note=say(
            "t of oxide a year, by content of what {focus} cannot have at the base price; of each "
            "event the year of onset that costs most. To the right: share of the demand.",
            focus=names.focus,
        ),
        finding=_shortage_finding(data, names, say),
        plot=plot,
        data=data,
        tables=("shortage", "shortage_by_element"),
        units=dict.fromkeys(("demand", "shortage_nothing", "shortage_plan"), "t oxide/yr"),
    )


def short(result: Result) -> pd.DataFrame:
    """Shortage by element in the costliest onset of each event; the small ones added up.

    Columns: state, year, element ("" for the others), group, demand, shortage_nothing and
    shortage_plan (t oxide/yr).
    """
    onsets = costliest(result)
    table = result.table("shortage_by_element")
    most = max(ELEMENTS // max(len(onsets), 1), 2)
    tables = []
    for state, year in onsets:
        rows = table[(table["state"] == state) & (table["year"] == year)]
        size = rows[["shortage_nothing", "shortage_plan"]].max(axis=1)
        rows = rows.assign(size=size).sort_values("size", ascending=False, kind="stable")
        large = rows["size"] > SMALL * rows["size"].sum()
        large &= large.cumsum() < most
        others = rows[~large & (rows["size"] > 0)]
        numbers = ["demand", "shortage_nothing", "shortage_plan"]
        told = rows[large]
        if len(others):
            rest = pd.DataFrame([{"element": "", "group": "both", **others[numbers].sum()}])
            told = pd.concat([told, rest.assign(state=state, year=year)], ignore_index=True)
        tables.append(told)
    columns = ["state", "year", "element", "group", "demand", "shortage_nothing", "shortage_plan"]
    rows = pd.concat(tables, ignore_index=True) if tables else table.head(0)
    return rows.reindex(columns=columns)


def costliest(result: Result) -> list[tuple[str, int]]:
    """Events and their costliest year, the costliest event first; no event where none is asked."""
    table = result.table("shortage")
    struck = table[table["state"] != NO_EVENT]
    loss = (struck if len(struck) else table).groupby(["state", "year"])[["loss_nothing"]].sum()
    loss = loss.reset_index().sort_values("loss_nothing", ascending=False, kind="stable")
    worst = loss.drop_duplicates("state").head(EVENTS)
    return [(str(s), int(y)) for s, y in zip(worst["state"], worst["year"], strict=True)]


def _element(row: pd.Series, say: Language) -> str:
    if not row["element"]:
        return say("others")
    words = group(str(row["group"]), say)
    return say("{element} ({group})", element=say.name(str(row["element"])), group=words)


def _of_demand(row: pd.Series, say: Language) -> str:
    demand = float(row["demand"])
    if not demand > 0:
        return ""
    before, now = (say.share(float(row[c]) / demand) for c in ("shortage_nothing", "shortage_plan"))
    return before if before == now else say("{before} → {now}", before=before, now=now)


def _shortage_finding(data: pd.DataFrame, names: Names, say: Language) -> str:
    if data.empty:
        return say("No event is planned for.")
    state, year = data[["state", "year"]].iloc[0]
    rows = data[(data["state"] == state) & (data["year"] == year)]
    total = rows[["shortage_nothing", "shortage_plan"]].sum()
    left = rows[rows["element"] != ""].sort_values("shortage_plan").tail(1)
    words = say(
        "{event}, {year}: {before} t of oxide a year go short without the plan, {now} with it",
        event=names.state(str(state)),
        year=int(year),
        before=say.number(float(total["shortage_nothing"])),
        now=say.number(float(total["shortage_plan"])),
    )
    if left.empty or not float(left["shortage_plan"].iloc[0]) > 0:
        return say("{finding}.", finding=words)
    return say(
        "{finding}, most of it {element} ({short} t).",
        finding=words,
        element=say.name(str(left["element"].iloc[0])),
        short=say.number(float(left["shortage_plan"].iloc[0])),
    )
