"""The runs a report is made of, by what they answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from kidorui.report.content import Cell
from kidorui.results import Json, Result
from kidorui.runs import Run

KINDS = ("plan", "stress", "robust", "exposure", "calibration", "validate", "reconcile")
"""Kinds of runs that a report has words for, in reading order."""


class ReportError(ValueError):
    """Runs of which no report can be made; the text says why, and what would be accepted."""


@dataclass(frozen=True)
class Given:
    """One run that was given: its id and its answer."""

    run: Run

    @property
    def id(self) -> str:
        """The id of the run."""
        return self.run.id

    @property
    def kind(self) -> str:
        """The study it answers."""
        return self.run.manifest.inputs.kind

    @cached_property
    def result(self) -> Result:
        """The answer."""
        return self.run.result

    @property
    def meta(self) -> Mapping[str, Json]:
        """Facts of the answer."""
        return self.run.manifest.meta

    def table(self, name: str) -> pd.DataFrame:
        """One table of the answer; KeyError where a run of an older version lacks it."""
        return self.result.table(name)

    def has(self, name: str) -> bool:
        """Whether it has a table with rows."""
        return name in self.result.tables and not self.result.table(name).empty

    def cell(self, table: str, row: object = None) -> Cell:
        """The cell that a number is read from; row: its label in the table, from 0."""
        return Cell(self.id, table, None if row is None else int(str(row)))

    def word(self, name: str) -> str:
        """A fact of the answer in words, "" where there is none."""
        return str(self.meta.get(name, ""))


@dataclass(frozen=True)
class AllGiven:
    """All runs given, in reading order; the first of a kind is the one page one speaks of."""

    runs: Sequence[Given]

    @classmethod
    def of(cls, runs: Sequence[Run]) -> AllGiven:
        """The runs in reading order.

        Raises ReportError where there is none, or of a kind that a report has no words for.
        """
        given = [Given(run) for run in dict.fromkeys(runs)]
        faults = [
            f"{one.id}: a run of {one.kind}; a report is made of {', '.join(KINDS)}"
            for one in given
            if one.kind not in KINDS
        ]
        if faults or not given:
            raise ReportError("\n".join(faults) or "no run was given")
        return cls(sorted(given, key=lambda one: KINDS.index(one.kind)))

    def of_kind(self, kind: str) -> list[Given]:
        """All runs of a kind."""
        return [one for one in self.runs if one.kind == kind]

    def first(self, kind: str) -> Given | None:
        """The first run of a kind, if any."""
        return next(iter(self.of_kind(kind)), None)

    @property
    def main(self) -> Given:
        """The run that names the case and the places: a plan where there is one."""
        return self.runs[0]
