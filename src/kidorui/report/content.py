"""What a report says, before any page is set: the same for HTML and Word, in one language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kidorui.figures import Picture
from kidorui.language import Language


@dataclass(frozen=True)
class Cell:
    """Where a number stands: run, table and row (from 0) in it; None: a sum over its rows."""

    run: str
    table: str
    row: int | None = None

    @property
    def anchor(self) -> str:
        """The name of the row, or of the table, in the page."""
        return f"{self.run}.{self.table}" + ("" if self.row is None else f".{self.row}")


@dataclass(frozen=True)
class Number:
    """A number of page one in words, with its range and where it stands.

    beside: other values of the same, under the headings of its answer; group: what it is a number
    of, where an answer tells of several.
    """

    label: str
    value: str
    cell: Cell | None
    between: str = ""
    group: str = ""
    beside: Sequence[str] = ()


@dataclass(frozen=True)
class Change:
    """What would change the answer, in a sentence; group as of a number."""

    text: str
    cell: Cell | None = None
    group: str = ""


@dataclass(frozen=True)
class Answer:
    """One of the three questions: the answer, its numbers, what it rests on, what would turn it.

    leads: the answer in a sentence or a few; value, beside: headings of the numbers and of what
    stands before them; over: what the ranges are over; missing: how to ask for what no run given
    answers.
    """

    question: str
    leads: Sequence[str]
    over: str = ""
    value: str = ""
    beside: Sequence[str] = ()
    numbers: Sequence[Number] = ()
    rests: Sequence[Change] = ()
    changes: Sequence[Change] = ()
    missing: Sequence[str] = ()


@dataclass(frozen=True)
class Column:
    """A column as it is printed; numbers stand to the right."""

    heading: str
    cells: Sequence[str]
    right: bool


@dataclass(frozen=True)
class Told:
    """A table as it is printed: title, columns, what to say where it has no rows."""

    title: str
    columns: Sequence[Column]
    empty: str = ""
    anchors: Sequence[str] = ()

    @property
    def rows(self) -> int:
        """How many rows it has."""
        return len(self.columns[0].cells) if self.columns else 0


@dataclass(frozen=True)
class Section:
    """Evidence from one run: what was asked, pictures and tables, what a reader must know."""

    heading: str
    run: str
    asked: str
    pictures: Sequence[Picture]
    told: Sequence[Told]
    notes: Sequence[str]
    failures: Sequence[str]


@dataclass(frozen=True)
class Sheet:
    """A result table in full, for the numbers that link to it."""

    run: str
    name: str
    told: Told
    left_out: int = 0

    @property
    def anchor(self) -> str:
        """The name of the table in the page."""
        return f"{self.run}.{self.name}"


@dataclass(frozen=True)
class Report:
    """All of a report, in reading order."""

    say: Language
    title: str
    subtitle: str
    dated: str
    answers: Sequence[Answer]
    sections: Sequence[Section]
    differences: Sequence[Told]
    assumptions: Sequence[Told]
    limits: Sequence[str]
    sources: Sequence[Told]
    made: Sequence[tuple[str, str]]
    sheets: Sequence[Sheet]
