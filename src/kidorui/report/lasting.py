"""The first question: how long it lasts, which sector stops first, and with what stock."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from kidorui.figures.naming import Names
from kidorui.language import Language
from kidorui.report.content import Answer, Change, Number
from kidorui.report.given import AllGiven, Given
from kidorui.report.rows import rows

_YEAR = 365.25

_TOLD = 2
"""Embargoes told beside today's restrictions."""


def lasting(given: AllGiven, say: Language) -> Answer:
    """How long the focus place lasts: today's restrictions first, then what was asked beside."""
    runs = sorted(given.of_kind("stress"), key=_asks_events)[: 1 + _TOLD]
    question = say(
        "How long do we last under today's restrictions, which sector stops first, "
        "and with what stock?"
    )
    missing = []
    if not any(not _asks_events(run) for run in runs):
        missing.append(say("No run lives through today's restrictions: kidorui stress CASE"))
    if not any(_asks_events(run) for run in runs):
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
            "each of what is least known at both ends of its range; of the economy up to all that "
            "users give way by price counted as output lost"
        ),
        numbers=[number for run in runs for number in _numbers(run, say)],
        rests=[rest for run in runs[:1] for rest in _rests(run, say)],
        changes=[change for run in runs for change in _changes(run, say)],
        missing=missing,
    )


def scene(run: Given, say: Language) -> str:
    """What a stress run lives through, in words."""
    if not _asks_events(run):
        return say("Today's restrictions")
    names = run.meta.get("event_names")
    named = names if isinstance(names, dict) else {}
    events = run.meta.get("events")
    asked = events if isinstance(events, list | tuple) else ()
    return " + ".join(say.name(str(named.get(event, event))) for event in asked)


def _asks_events(run: Given) -> bool:
    options = run.meta.get("options")
    return bool(isinstance(options, dict) and options.get("events"))


def _stopped(run: Given) -> pd.DataFrame:
    """The sectors' uses that stop, the first first."""
    table = run.table("stops")
    return table[table["first_stop"].notna()].sort_values("first_stop", kind="stable")


def _sentence(run: Given, say: Language) -> str:
    stopped = _stopped(run)
    what = scene(run, say)
    if stopped.empty:
        return say("{what} (from {onset}): no sector stops.", what=what, onset=month(run, 0.0))
    first = stopped.iloc[0]
    return say(
        "{what} (from {onset}): the first sector to stop is {sector}, on day {day} ({month}), for "
        "want of {goods}; {count} of {all} stop.",
        what=what,
        onset=month(run, 0.0),
        sector=Names(run.result, say).sector(str(first["sector"])),
        day=f"{first['first_stop']:.0f}",
        month=month(run, float(first["first_stop"])),
        goods=Names(run.result, say).good(str(first["material"])),
        count=str(stopped["sector"].nunique()),
        all=str(run.table("stops")["sector"].nunique()),
    )


def month(run: Given, day: float) -> str:
    """The calendar month of a day after the onset, such as 2028-03."""
    onset = run.meta.get("onset")
    if not isinstance(onset, int | float) or day != day:
        return ""
    months = int((onset + day / _YEAR) * 12 + 1e-6)
    return f"{months // 12}-{months % 12 + 1:02d}"


def _numbers(run: Given, say: Language) -> Iterator[Number]:
    what = scene(run, say)
    stopped, days = _stopped(run), run.table("ranges")["first_stop"]
    between = say.between(days.min(), days.max(), "", 2) if days.notna().any() else ""
    if days.isna().any() and between:
        between = say("{between} or never", between=between)
    yield Number(
        say("First stop"),
        say("day {day}", day=f"{stopped['first_stop'].iloc[0]:.0f}")
        if len(stopped)
        else say("none"),
        run.cell("stops", stopped.index[0]) if len(stopped) else None,
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
    upper = {"value_lost": 0.0, "economy": float(losses["economy_high"].sum())}
    told = {"value_lost": say("Users lose, above base prices"), "economy": label}
    for column, words in told.items():
        most = max(ends[column].max(), upper[column])
        yield Number(
            words,
            say.quantity(float(as_is[column].iloc[0]), "million US$"),
            run.cell("ranges", as_is.index[0]),
            say.between(ends[column].min(), most, "million US$", 2),
            what,
        )


def _cover(run: Given, say: Language) -> Iterator[Number]:
    """Days of cover of what runs out first, as the event strikes."""
    stopped, cover = _stopped(run), run.table("cover")
    if stopped.empty or cover.empty:
        return
    material = str(stopped["material"].iloc[0])
    held = cover[(cover["material"] == material) & (cover["month"] >= month(run, 0.0))]
    held = held[held["month"] == held["month"].min()]
    if held.empty:
        return
    by_kind = held[held["days"] > 0]
    parts = [
        f"{_holder(str(kind), say)} {say.number(days, 2)}"
        for kind, days in zip(by_kind["kind"], by_kind["days"], strict=True)
    ]
    yield Number(
        say("{goods} in stock then", goods=Names(run.result, say).good(material)),
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


def _changes(run: Given, say: Language) -> Iterator[Change]:
    """The ends of ranges that bring the first stop nearest or spare it, and what stock does."""
    ends = run.table("ranges")
    moved = ends[ends["moved"] != "nothing"]
    what = scene(run, say)
    for row in rows(moved.dropna(subset=["first_stop"]).nsmallest(1, "first_stop")):
        yield Change(
            say(
                "With {moved} at the {end} end {sector} would stop on day {day}.",
                moved=say.name(row.word("moved")),
                end=say.name(row.word("end")),
                sector=Names(run.result, say).sector(row.word("first")),
                day=f"{row.number('first_stop'):.0f}",
            ),
            run.cell("ranges", row.at),
            what,
        )
    for row in rows(moved[moved["first_stop"].isna()]):
        yield Change(
            say(
                "With {moved} at the {end} end no sector would stop.",
                moved=say.name(row.word("moved")),
                end=say.name(row.word("end")),
            ),
            run.cell("ranges", row.at),
            what,
        )
    yield from _by_stock(run, say)


def _by_stock(run: Given, say: Language) -> Iterator[Change]:
    """What a state stock does to the first stop, nothing leaking."""
    if not run.has("table"):
        return
    grid = run.table("table")
    dry = grid[grid["leak"] == 0]
    first = dry.groupby("state_days")["first_stop"].min()
    steps = say.listed(
        say("{stock}: first stop on day {day}", stock=f"{days:.0f}", day=f"{day:.0f}")
        if day == day
        else say("{stock}: no stop", stock=f"{days:.0f}")
        for days, day in first.items()
    )
    yield Change(
        say("With a state stock of every material, in days of use: {steps}.", steps=steps),
        run.cell("table"),
        scene(run, say),
    )
