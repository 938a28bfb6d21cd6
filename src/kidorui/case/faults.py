"""What is wrong with a case: where, what, and what would be accepted there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal, TypeAlias

Severity: TypeAlias = Literal["error", "warning"]

_NAMED = 12
"""Most words that are listed when there is none like the one that was written."""


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong in a case.

    row: as a spreadsheet numbers it (the header is row 1), None where no row is meant.
    layer: the case or overlay the table belongs to; "" where there is only one.
    severity: an "error" keeps the case from being loaded, a "warning" does not.
    """

    table: str
    row: int | None
    column: str
    wrong: str
    accepted: str
    severity: Severity = "error"
    layer: str = ""

    def __str__(self) -> str:
        table = f"{self.layer}/{self.table}" if self.layer else self.table
        row = "" if self.row is None else str(self.row)
        place = ":".join(part for part in (table, row, self.column) if part)
        return f"{place}: {self.wrong}; {self.accepted}"


class CaseError(ValueError):
    """A case that cannot be used; `faults` lists all that is wrong with it."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))


@dataclass(frozen=True)
class Report:
    """All faults of a case, errors and warnings, in the order of its tables; rows by table."""

    faults: tuple[Fault, ...]
    rows: Mapping[str, int]

    @property
    def errors(self) -> tuple[Fault, ...]:
        """The faults that keep the case from being loaded."""
        return tuple(fault for fault in self.faults if fault.severity == "error")


class Unreadable(ValueError):
    """A cell that cannot be what its column holds."""

    def __init__(self, wrong: str, accepted: str) -> None:
        self.wrong, self.accepted = wrong, accepted
        super().__init__(f"{wrong}; {accepted}")


def suggest(word: str, known: Iterable[str], *, listed: bool = True) -> str:
    """`did you mean x?`; else the known words, where they are few and `listed`; else ""."""
    words = sorted(set(known))
    near = get_close_matches(word, words, n=1) or [
        other for other in words if other.casefold() == word.casefold()
    ]
    if near:
        return f"did you mean {near[0]}?"
    return f"there are {', '.join(words)}" if listed and 0 < len(words) <= _NAMED else ""


def accept(what: str, word: str, known: Iterable[str], *, listed: bool = True) -> str:
    """What is accepted, with the known word nearest to the one that was written."""
    hint = suggest(word, known, listed=listed)
    return f"{what}; {hint}" if hint else what
