"""A report composed from runs: answers, evidence, backing, and the tables its numbers stand in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kidorui.language import Language
from kidorui.report.backing import assumptions, limits, made, sources
from kidorui.report.content import Answer, Cell, Change, Number, Report, Section, Sheet
from kidorui.report.evidence import section
from kidorui.report.falling import falling
from kidorui.report.funding import funding
from kidorui.report.given import AllGiven
from kidorui.report.lasting import lasting
from kidorui.report.sides import differences
from kidorui.report.tables import sheets
from kidorui.runs import Run

_QUESTIONS = (lasting, funding, falling)


def report(runs: Sequence[Run], say: Language) -> Report:
    """All that a report of these runs says, in the reader's language.

    Several runs of a kind are laid side by side, the first being the one page one speaks of.
    Raises ReportError for runs that a report has no words for, RunError for a damaged one.
    """
    given = AllGiven.of(runs)
    answers = [ask(given, say) for ask in _QUESTIONS]
    sections = [section(one, say) for one in given.runs]
    main = given.main
    days = sorted(one.run.manifest.created[:10] for one in given.runs)
    return Report(
        say=say,
        title=say.name(main.word("title")) or main.id,
        subtitle=say(
            "What {focus} can do about its dependence on {control}",
            focus=say.name(main.word("focus")),
            control=say.name(main.word("control")),
        )
        if main.word("focus") and main.word("control")
        else "",
        dated=say("runs of {days}", days=" – ".join(dict.fromkeys((days[0], days[-1])))),
        answers=answers,
        sections=sections,
        differences=list(differences(given, say)),
        assumptions=list(assumptions(given, say)),
        limits=list(limits(given, say)),
        sources=list(sources(given, say)),
        made=list(made(given, say)),
        sheets=list(_sheets(given, answers, sections, say)),
    )


def cells(answers: Sequence[Answer]) -> Iterator[Cell]:
    """The cells that page one links to."""
    for answer in answers:
        told: list[Number | Change] = [*answer.numbers, *answer.rests, *answer.changes]
        yield from (one.cell for one in told if one.cell is not None)


def references(report: Report) -> dict[Cell, int]:
    """The cells of page one, numbered in the order in which it comes to them."""
    return {cell: number for number, cell in enumerate(dict.fromkeys(cells(report.answers)), 1)}


def _sheets(
    given: AllGiven, answers: Sequence[Answer], sections: Sequence[Section], say: Language
) -> Iterator[Sheet]:
    """The tables that page one links to and that pictures are made from."""
    cited = {(cell.run, cell.table) for cell in cells(answers)}
    drawn = {(one.run, name) for one in sections for made in one.pictures for name in made.tables}
    for one in given.runs:
        wanted = [
            name
            for name in one.run.manifest.tables
            if (one.id, name) in cited | drawn or name == "summary"
        ]
        yield from sheets(one, wanted, say)
