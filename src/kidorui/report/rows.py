"""Rows of a table one by one, as sentences are made from them: words and numbers by column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class Row:
    """One row: its label in the table and its cells."""

    at: int
    cells: Mapping[str, object]

    def word(self, column: str) -> str:
        """A cell in words."""
        return str(self.cells[column])

    def number(self, column: str) -> float:
        """A number, NaN where it is missing."""
        value = self.cells[column]
        return float(value) if isinstance(value, int | float) else float("nan")


def rows(table: pd.DataFrame) -> Iterator[Row]:
    """The rows of a table in order; few are meant, of those that a reader is told."""
    for at, cells in zip(table.index, table.to_dict("records"), strict=True):
        yield Row(int(str(at)), {str(name): value for name, value in cells.items()})
