"""A case as read, sound or not, for the checks that look at more than a cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

import numpy as np
import numpy.typing as npt
import pandas as pd

from kidorui.case.faults import Fault, Severity
from kidorui.case.parsing import Table, any_bad
from kidorui.case.schema import REQUIRED_TABLES
from kidorui.case.settings import SettingsDraft

BoolArray = npt.NDArray[np.bool_]

_MOST_SUPPOSED = 50
"""Most rows of a table with a fault: each may stand for many."""


@dataclass(frozen=True)
class Draft:
    """Tables, settings, and the tables that are not there or could not be read."""

    tables: Mapping[str, Table]
    settings: SettingsDraft
    absent: frozenset[str]
    unread: frozenset[str]

    def frame(self, name: str) -> pd.DataFrame:
        """The rows of a table; cells that cannot be read are blank."""
        return self.tables[name].frame

    def bad(self, name: str, *columns: str) -> BoolArray:
        """Rows of a table with a cell at fault in any of the columns."""
        return any_bad(self.tables[name], columns)

    def is_known(self, *names: str) -> bool:
        """Whether the rows of tables can be told: what they lack is then really lacking."""
        return all(self._is_known(name) for name in names)

    def can_suppose(self, *names: str) -> bool:
        """Whether so little of tables is at fault that what it may mean can be gone through."""
        faulty = [np.any(list(self.tables[name].bad.values()), axis=0) for name in names]
        return self.is_known(*names) and max(map(np.sum, faulty)) <= _MOST_SUPPOSED

    def _is_known(self, name: str) -> bool:
        table = self.tables[name]
        keyless = any(table.bad[key].all() for key in table.schema.keys)
        missed = name in self.unread or (name in self.absent and name in REQUIRED_TABLES)
        return not missed and not (keyless and len(table.frame))

    def year(self, name: str) -> int | None:
        """A setting that is a year, None where it is at fault."""
        value = self.settings.values.get(name)
        return value if isinstance(value, int) else None

    def words(self, name: str) -> tuple[str, ...]:
        """A setting that is a word or several; empty where it is at fault."""
        value = self.settings.values.get(name)
        return value if isinstance(value, tuple) else (value,) if value else ()

    def supposed(self, name: str, words: Mapping[str, Sequence[str]]) -> pd.DataFrame:
        """A table in which a cell at fault stands for all it may mean, a row for each.

        words: by column, what there is to be meant: the words near to the one written, or
        else all. So one fault does not make others of what rests on the cell.
        """
        frame = self.frame(name).reset_index(names="position")
        for column, known in words.items():
            bad = self.bad(name, column)
            if bad.any():
                cells = frame[column].astype(object)
                meant = [
                    _meant(cell, known) if bad[position] else [cell]
                    for cell, position in zip(cells, frame["position"], strict=True)
                ]
                frame[column] = pd.Series(meant, index=frame.index, dtype=object)
                frame = frame.explode(column, ignore_index=True).dropna(subset=column)
        return frame

    def fault(
        self,
        table: str,
        index: int,
        column: str,
        wrong: str,
        accepted: str,
        severity: Severity = "error",
    ) -> Fault:
        """A fault of a cell, by the row's position in the frame."""
        frame = self.frame(table)
        row, layer = int(frame["_row"].to_numpy()[index]), str(frame["_file"].array[index])
        return Fault(table, row, column, wrong, accepted, severity, layer)


def _meant(cell: object, known: Sequence[str]) -> list[str]:
    near = get_close_matches(cell, known, n=3) if isinstance(cell, str) and cell else []
    return near or list(known)
