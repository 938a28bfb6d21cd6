"""The first question: how long it lasts, which sector stops first, and with what stock."""

from __future__ import annotations

from collections.abc import Iterator

from kidorui.figures.naming import Names
from kidorui.language import Language
from kidorui.report.content import Answer, Change, Number
from kidorui.report.given import AllGiven, Given
from kidorui.report.scenes import asks_events, month, scene, stopped
from kidorui.report.turning import changes

_TOLD = 2
"""Embargoes told beside today's restrictions."""


def lasting(given: AllGiven, say: Language) -> Answer:
    """How long the focus place lasts: today's restrictions first, then what was asked beside."""
    runs = sorted(given.of_kind("stress"), key=asks_events)[: 1 + _TOLD]
    question = say(
        "How long do we last under today's restrictions, which sector stops first, "
        "and with what stock?"
    )
    missing = []
    if not any(not asks_events(run) for run in runs):
        missing.append(say("No run lives through today's restrictions: kidorui stress CASE"))
    if not any(asks_events(run) for run in runs):
        missing.append(say("No run lives through a new embargo: kidorui stress CASE EVENT"))
    missing += [
        say("No ranges of {run}: they were left out of what was asked.", run=run.id)
        for run in runs
        if not run.has("ranges")
    ]
    return Answer(
        question,
        [_sentence(run, say) for run in runs],
        over=say(
            "each of what is least known at both ends of its range, alone; the upper end counts "
            "all that users give way as output lost; stock in days of use, the month before"
        ),
        numbers=[number for run in runs for number in _numbers(run, say)],
        rests=[*_past(given, say), *(rest for run in runs[:1] for rest in _rests(run, say))],
        changes=[change for run in runs for change in changes(run, given.first("plan"), say)],
        missing=missing,
    )


def _sentence(run: Given, say: Language) -> str:
    stop = stopped(run)
    what = scene(run, say)
    if stop.empty:
        return say("{what} (from {onset}): no sector stops.", what=what, onset=month(run, 0.0))
    first = stop.iloc[0]
    return say(
        "{what} (from {onset}): the first sector to stop is {sector}, on day {day} ({month}), for "
        "want of {goods}; {count} of {all} stop.",
        what=what,
        onset=month(run, 0.0),
        sector=Names(run.result, say).sector(str(first["sector"])),
        day=f"{first['first_stop']:.0f}",
        month=month(run, float(first["first_stop"])),
        goods=Names(run.result, say).good(str(first["material"])),
        count=str(stop["sector"].nunique()),
        all=str(run.table("stops")["sector"].nunique()),
    )


def _numbers(run: Given, say: Language) -> Iterator[Number]:
    what = scene(run, say)
    stop, days = stopped(run), run.table("ranges")["first_stop"]
    between = say.between(days.min(), days.max(), "", 2) if days.notna().any() else ""
    if days.isna().any() and between:
        between = say("{between} or never", between=between)
    yield Number(
        say("First stop"),
        say("day {day}", day=f"{stop['first_stop'].iloc[0]:.0f}") if len(stop) else say("none"),
        run.cell("stops", stop.index[0]) if len(stop) else None,
        between,
        what,
    )
    yield from _losses(run, say)
    yield from _cover(run, say)


def _losses(run: Given, say: Language) -> Iterator[Number]:
    """What is lost, from the table of ranges; of the economy alone where none was asked for."""
    what, ends, losses = scene(run, say), run.table("ranges"), run.table("losses")
    label = say("The economy loses")
    if ends.empty:
        value = say.quantity(float(losses["economy"].sum()), "million US$")
        yield Number(label, value, run.cell("losses"), "", what)
        return
    as_is = ends[ends["moved"] == "nothing"]
    told = {"value_lost": say("Users lose"), "economy": label}
    for column, words in told.items():
        yield Number(
            words,
            say.quantity(float(as_is[column].iloc[0]), "million US$"),
            run.cell("ranges", as_is.index[0]),
            say.between(ends[column].min(), ends[column].max(), "million US$", 2),
            what,
        )
    yield Number(
        say("… at the upper end"),
        say.quantity(float(losses["economy_high"].sum()), "million US$"),
        run.cell("losses"),
        "",
        what,
    )


def _cover(run: Given, say: Language) -> Iterator[Number]:
    """Days of cover of what runs out first, at the end of the month before it strikes."""
    stop, cover = stopped(run), run.table("cover")
    if stop.empty or cover.empty:
        return
    material = str(stop["material"].iloc[0])
    held = cover[(cover["material"] == material) & (cover["month"] < month(run, 0.0))]
    held = held[held["month"] == held["month"].max()]
    if held.empty:
        return
    by_kind = held[held["days"] > 0]
    parts = [
        f"{_holder(str(kind), say)} {say.number(days, 2)}"
        for kind, days in zip(by_kind["kind"], by_kind["days"], strict=True)
    ]
    yield Number(
        say("{goods} in stock", goods=Names(run.result, say).good(material)),
        say.quantity(float(held["days"].sum()), "days"),
        run.cell("cover", held.index[0]) if len(held) == 1 else run.cell("cover"),
        say.listed(parts),
        scene(run, say),
    )


def _holder(kind: str, say: Language) -> str:
    """Who holds a stock: `industry` is a sector's id too, with words of its own."""
    return {
        "user": say("users"),
        "industry": say("industry in common"),
        "state": say("the state"),
    }.get(kind, kind)


def _rests(run: Given, say: Language) -> Iterator[Change]:
    if not run.has("sources"):
        return
    table = run.table("sources")
    share = table.loc[table["assumed"], "rows"].sum() / max(table["rows"].sum(), 1)
    yield Change(
        say(
            "{share} of the case's rows are assumptions; days of cover, hoarding and days of "
            "qualification all are.",
            share=say.share(float(share)),
        )
    )


def _past(given: AllGiven, say: Language) -> Iterator[Change]:
    """How the engine did on past episodes, where that was asked."""
    checked = given.first("validate")
    if checked is None or not checked.has("checks"):
        return
    verdicts = checked.table("checks")["verdict"]
    tested = verdicts.isin(["inside", "outside"])
    yield Change(
        say(
            "Of {count} figures of past episodes the same engine computes {inside} inside the "
            "range on record.",
            count=str(int(tested.sum())),
            inside=str(int((verdicts == "inside").sum())),
        ),
        checked.cell("checks"),
    )
