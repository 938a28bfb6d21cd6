"""What would turn the first answer: dates, odds, ranges, stock, and what is built."""

from __future__ import annotations

from collections.abc import Iterator

from kidorui.figures.naming import NO_EVENT, Names
from kidorui.language import Language
from kidorui.report.content import Change
from kidorui.report.given import Given
from kidorui.report.rows import rows
from kidorui.report.scenes import month, scene, stopped


def changes(run: Given, plan: Given | None, say: Language) -> Iterator[Change]:
    """Which ends of ranges bring the first stop nearest or spare it, the odds, stock and builds."""
    yield from _by_date(run, say)
    yield from _by_chance(run, say)
    yield from _by_range(run, say)
    yield from _by_stock(run, say)
    yield from _by_build(run, plan, say)


def _by_date(run: Given, say: Language) -> Iterator[Change]:
    """Where the first stop lies before the day of the run: it can be looked up."""
    stop = stopped(run)
    if stop.empty:
        return
    when = month(run, float(stop["first_stop"].iloc[0]))
    made = run.run.manifest.created[:7]
    if when and when < made:
        yield Change(
            say(
                "Days count from {onset}, and {month} has passed: lay the stop beside what "
                "happened before all else.",
                onset=month(run, 0.0),
                month=when,
            ),
            None,
            scene(run, say),
        )


def _by_chance(run: Given, say: Language) -> Iterator[Change]:
    """How often each sector stops where all that is unsure is drawn at once."""
    if not run.has("stops_chance"):
        return
    table = run.table("stops_chance")
    likely = table[(table["material"] == "any") & (table["chance"] > 0)]
    likely = likely.sort_values("chance", ascending=False)
    names = Names(run.result, say)
    chances = say.listed(
        f"{names.sector(row.word('sector'))} {say.share(row.number('chance'))}"
        for row in rows(likely)
    )
    yield Change(
        say(
            "Over {draws} draws of all that is unsure they stop with a chance of: {chances}.",
            draws=str(int(table["draws"].max())),
            chances=chances,
        ),
        run.cell("stops_chance"),
        scene(run, say),
    )


def _by_range(run: Given, say: Language) -> Iterator[Change]:
    """The ends of ranges that bring the first stop nearest, or spare it."""
    ends = run.table("ranges")
    moved = ends[ends["moved"] != "nothing"]
    nearest = moved.dropna(subset=["first_stop"]).nsmallest(1, "first_stop")
    names = Names(run.result, say)
    told = [
        say(
            "{moved} ({end}): {sector} on day {day}",
            moved=say.name(row.word("moved")),
            end=say.name(row.word("end")),
            sector=names.sector(row.word("first")),
            day=f"{row.number('first_stop'):.0f}",
        )
        for row in rows(nearest)
    ]
    told += [
        say(
            "{moved} ({end}): no stop",
            moved=say.name(row.word("moved")),
            end=say.name(row.word("end")),
        )
        for row in rows(moved[moved["first_stop"].isna()])
    ]
    if told:
        yield Change(
            say("At an end of its range, {told}.", told=say.listed(told, "; ")),
            run.cell("ranges"),
            scene(run, say),
        )


def _by_stock(run: Given, say: Language) -> Iterator[Change]:
    """What a state stock does to the first stop, nothing leaking."""
    if not run.has("table"):
        return
    grid = run.table("table")
    dry = grid[grid["leak"] == 0]
    first = dry.groupby("state_days")["first_stop"].min()
    yield Change(
        say(
            "With {stocks} days of use in the state's stocks the first stop is on day {days}.",
            stocks=say.listed(f"{stock:.0f}" for stock in first.index),
            days=say.listed(say.number(day, 1) if day == day else say("none") for day in first),
        ),
        run.cell("table"),
        scene(run, say),
    )


def _by_build(run: Given, plan: Given | None, say: Language) -> Iterator[Change]:
    """The project that would have spared most per US$, and what the plan does about it."""
    if not run.has("prevention"):
        return
    table = run.table("prevention")
    lost = run.table("ranges")["value_lost"]
    for row in rows(table[table["avoided"] > 0].nlargest(1, "avoided")):
        yield Change(
            say(
                "{project}, standing when it strikes, would spare users {avoided} of {lost} for "
                "{cost}.{plan}",
                project=say.name(row.word("name")),
                avoided=say.quantity(row.number("avoided"), "million US$"),
                lost=say.quantity(float(lost.iloc[0]), "million US$") if len(lost) else "",
                cost=say.quantity(row.number("cost"), "million US$/yr"),
                plan=_planned(row.word("project"), plan, say),
            ),
            run.cell("prevention", row.at),
            scene(run, say),
        )


def _planned(project: str, plan: Given | None, say: Language) -> str:
    """What the plan does about a project, in a sentence after another."""
    if plan is None:
        return ""
    table = plan.table("builds")
    built = table[(table["project"] == project) & (table["state"] == NO_EVENT)]
    if built.empty:
        return say(" The plan does not build it.")
    return say(
        " The plan has {size} of it from {year}.",
        size=say.quantity(float(built["size"].sum()), str(built["unit"].iloc[0])),
        year=f"{built['decided'].min():.0f}",
    )
