"""What the tables that an index is computed from must hold, and all that is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api.types import infer_dtype

BoolArray = npt.NDArray[np.bool_]

TOLD = 5
"""Rows told one by one of those that are wrong in the same way; the others are counted."""


@dataclass(frozen=True)
class Column:
    """What a column holds: whole years, names, or amounts from 0 to `most`, perhaps blank."""

    kind: Literal["year", "name", "amount"]
    blank: bool = False
    most: float = np.inf


def input_faults(
    name: str, frame: pd.DataFrame, columns: Mapping[str, Column], key: Sequence[str] = ()
) -> list[str]:
    """All that is wrong with a table, as `table:row:column: what is wrong; what is accepted`.

    Rows are named by their label in the frame. key: columns that no two rows may share.
    """
    absent = [column for column in columns if column not in frame]
    if absent:
        return [f"{name}: no column {', '.join(absent)}; {', '.join(columns)} are accepted"]
    faults = []
    for label, column in columns.items():
        wrong, accepted = _wrong(frame[label], column)
        cells = frame[label].tolist()  # as Python's own, so that they print plainly
        found = [(row, repr(cells[row])) for row in _rows(wrong)]
        faults += _told(frame, f"{name}:{{}}:{label}", found, accepted)
    if key and not faults:
        twice = _rows(frame.duplicated(list(key)).to_numpy())
        again = [(row, " ".join(str(v) for v in frame.iloc[row][list(key)])) for row in twice]
        faults += _told(frame, f"{name}:{{}}", again, f"one row for each {' and '.join(key)}")
    return faults


def _told(
    frame: pd.DataFrame, where: str, found: Sequence[tuple[int, str]], accepted: str
) -> list[str]:
    """The first rows in full, and how many more there are."""
    told = [f"{where.format(frame.index[r])}: {what}; {accepted}" for r, what in found[:TOLD]]
    if len(found) > TOLD:
        told.append(f"{where.format('*')}: {len(found) - TOLD} more; {accepted}")
    return told


def _rows(wrong: BoolArray) -> list[int]:
    return [int(row) for row in np.flatnonzero(wrong)]


def _wrong(values: pd.Series, column: Column) -> tuple[BoolArray, str]:
    """(row): whether a cell is wrong, and what would be accepted in its place."""
    missing = values.isna().to_numpy()
    if column.kind == "name":
        if not missing.any() and infer_dtype(values) in ("string", "empty"):
            return np.zeros(len(values), dtype=np.bool_), "a name is accepted"
        text = values.map(lambda cell: isinstance(cell, str)).to_numpy(dtype=np.bool_)
        return ~text, "a name is accepted"
    numbers = pd.to_numeric(values, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    if column.kind == "year":
        return numbers != np.floor(numbers), "a whole year is accepted"
    ends = "from 0" if np.isinf(column.most) else f"from 0 to {column.most:g}"
    sound = np.isfinite(numbers) & (numbers >= 0) & (numbers <= column.most)
    return ~(sound | (missing & column.blank)), f"a number {ends} is accepted" + (
        ", or a blank" if column.blank else ""
    )
