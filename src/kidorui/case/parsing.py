"""Raw tables to typed columns, with every fault of a cell told."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api.extensions import ExtensionArray

from kidorui.case.cells import Reader, reader_of
from kidorui.case.faults import Fault, Unreadable, accept
from kidorui.case.reading import RawTable
from kidorui.case.schema import Column, TableSchema
from kidorui.case.units import factor

BoolArray = npt.NDArray[np.bool_]

REMOVE = Column("remove", "yes|no", default="no", description="yes = take the row out")
"""What an overlay may have beside the columns of a table."""

ALL = "*"
"""In the key of a row that takes rows out: whatever stands there."""

_HEAD = re.compile(r"([^\[\]]*?)\s*(?:\[([^\[\]]*)\])?")


@dataclass
class Table:
    """Typed rows of a table, and which of their cells cannot be trusted.

    frame: the columns of the schema, `_row` (number in its file) and `_file` (its layer).
    bad: by column of the schema (one for a range), which of its cells are at fault, so that
        what is checked later does not make other faults of them.
    remove: rows that stand for taking a row out.
    """

    schema: TableSchema
    frame: pd.DataFrame
    bad: dict[str, BoolArray]
    remove: BoolArray


@dataclass(frozen=True)
class _Cells:
    """A column as written: its cells, and what turns its numbers into the schema's unit."""

    texts: Sequence[str]
    factor: float = 1.0


def parse(
    raw: RawTable, schema: TableSchema, layer: str, *, overlay: bool
) -> tuple[Table, list[Fault]]:
    """A table with typed columns, and its faults; a cell at fault is left blank (but for ids)."""
    return _Parser(raw, schema, layer).parse(overlay=overlay)


def empty(schema: TableSchema) -> Table:
    """A table without rows, its columns of the right types."""
    raw = RawTable(schema.name, schema.names, [()] * len(schema.names), ())
    return _Parser(raw, schema, "").parse(overlay=False)[0]


class _Parser:
    def __init__(self, raw: RawTable, schema: TableSchema, layer: str) -> None:
        self.raw, self.schema, self.layer = raw, schema, layer
        self.count = len(raw.rows)
        self.faults: list[Fault] = []
        self.spoilt: set[str] = set()  # columns that are not there as they should be
        self.missing: list[Column] = []

    def parse(self, *, overlay: bool) -> tuple[Table, list[Fault]]:
        columns = [*self.schema.columns, *([REMOVE] if overlay else [])]
        written = self._headers(columns)
        remove = np.zeros(self.count, dtype=bool)
        if REMOVE.name in written:
            flags, _ = self._column(REMOVE, REMOVE.name, written, ~remove)
            remove = np.array(flags, dtype=bool)
        self._blame_missing(remove)
        content: dict[str, Any] = {}
        bad: dict[str, BoolArray] = {}
        for column in self.schema.columns:
            asked = ~remove | self._names(column, written)
            values, bad[column.name] = self._values(column, written, asked)
            content |= values
        content["_row"] = np.array(self.raw.rows, dtype=np.int64)
        content["_file"] = _texts([self.layer] * self.count)
        frame = pd.DataFrame(content, index=range(self.count))
        return Table(self.schema, frame, bad, remove), self.faults

    def _names(self, column: Column, written: dict[str, _Cells]) -> BoolArray:
        """Which rows are taken out by this column: those with a key other than `*` in it."""
        if not column.key or column.name not in written:
            return np.full(self.count, column.key)
        return np.array([text != ALL for text in written[column.name].texts], dtype=bool)

    def _blame(self, row: int, column: str, wrong: str, accepted: str) -> None:
        self.faults.append(Fault(self.schema.name, row, column, wrong, accepted, layer=self.layer))

    def _headers(self, columns: Sequence[Column]) -> dict[str, _Cells]:
        """Cells by column name."""
        known = {name: column for column in columns for name in column.names}
        written: dict[str, _Cells] = {}
        seen: set[str] = set()
        for head, texts in zip(self.raw.header, self.raw.columns, strict=True):
            match = _HEAD.fullmatch(head)
            name, unit = match.groups() if match else (head, None)
            column = known.get(name)
            if column is None:
                self._unknown(head, name, texts, known)
            elif name in seen:  # which one is meant is not known
                self.spoilt.add(column.name)
                self._blame(1, name, "the column is there twice", "one column of the name")
            else:
                try:
                    written[name] = _Cells(texts, _factor(column, unit))
                except Unreadable as error:
                    self.spoilt.add(column.name)
                    self._blame(1, name, error.wrong, error.accepted)
            seen.add(name)
        self.missing = [
            column
            for column in columns
            if column.name not in seen and column.required and not column.default
        ]
        return written

    def _blame_missing(self, remove: BoolArray) -> None:
        """Columns that must be there; of rows that are taken out only the key must."""
        for column in self.missing:
            if column.key or not (self.count and remove.all()):
                self.spoilt.add(column.name)
                self._blame(1, column.name, "the column is missing", column.description)

    def _unknown(
        self, head: str, name: str, texts: Sequence[str], known: Mapping[str, Column]
    ) -> None:
        if not head:
            if any(texts):
                row = next(row for row, text in zip(self.raw.rows, texts, strict=True) if text)
                self._blame(row, "", "a cell under no header", "a name in the first row")
        elif name == REMOVE.name:
            self._blame(1, head, "nothing to remove from", "only in an overlay, or with `extends`")
        else:
            self._blame(1, head, "no such column", accept("a column of the table", name, known))

    def _values(
        self, column: Column, written: dict[str, _Cells], asked: BoolArray
    ) -> tuple[dict[str, Any], BoolArray]:
        """The typed columns that a declared one stands for, and which of its cells are bad."""
        values, bad = self._column(column, column.name, written, asked)
        if column.type == "range":
            return self._range(column, written, asked, np.array(values, dtype=float), bad)
        return {column.name: _typed(column, values)}, bad

    def _column(
        self, column: Column, name: str, written: dict[str, _Cells], asked: BoolArray
    ) -> tuple[list[object], BoolArray]:
        """Values of one column of the file, blanks filled by the default; which are bad."""
        is_end = name != column.name
        cells = None if column.name in self.spoilt else written.get(name)
        blank = _blank(column, use_default=not is_end)
        if cells is None:
            return [blank] * self.count, np.full(self.count, column.name in self.spoilt)
        keeps = column.type == "id"  # what refers to a misspelt id is not at fault as well
        values, wrong = _convert(cells.texts, reader_of(column, cells.factor), blank, keeps=keeps)
        if column.required and not column.default and not is_end:
            wrong.setdefault("", Unreadable("blank", _wanted(column)))
        bad = np.array([text in wrong for text in cells.texts], dtype=bool) & asked
        for index in np.flatnonzero(bad).tolist():
            error = wrong[cells.texts[index]]
            self._blame(self.raw.rows[index], name, error.wrong, error.accepted)
        return values, bad

    def _range(
        self,
        column: Column,
        written: dict[str, _Cells],
        asked: BoolArray,
        value: npt.NDArray[np.float64],
        bad: BoolArray,
    ) -> tuple[dict[str, Any], BoolArray]:
        """Value, low and high; an end that is not stated is the value."""
        content, faulty = {column.name: value}, bad
        for name in column.names[1:]:
            stated, wrong = self._column(column, name, written, asked)
            end = np.array(stated, dtype=float)
            alone = ~np.isnan(end) & np.isnan(value) & ~bad & asked
            off = end > value if name.endswith("_low") else end < value
            faulty = faulty | wrong | alone | off
            self._blame_ends(column.name, name, end, value, alone, off & asked)
            content[name] = np.where(np.isnan(end) | alone | off, value, end)
        return content, faulty

    def _blame_ends(
        self,
        column: str,
        name: str,
        end: npt.NDArray[np.float64],
        value: npt.NDArray[np.float64],
        alone: BoolArray,
        off: BoolArray,
    ) -> None:
        for index in np.flatnonzero(alone).tolist():
            wrong = f"an end of a range whose {column} is blank"
            self._blame(self.raw.rows[index], name, wrong, f"a {column}, or no {name}")
        side, sign = ("above", "at most") if name.endswith("_low") else ("below", "at least")
        for index in np.flatnonzero(off).tolist():
            wrong = f"{end[index]:g} is {side} {column}, {value[index]:g}"
            self._blame(self.raw.rows[index], name, wrong, f"{sign} {value[index]:g}")


def _factor(column: Column, unit: str | None) -> float:
    if unit is None:
        return 1.0
    if not column.unit or not column.counts:
        raise Unreadable(f"unit [{unit}] of a column without one", "no unit in the header")
    return factor(unit.strip(), column.unit)


def _convert(
    texts: Sequence[str], read: Reader, blank: object, *, keeps: bool
) -> tuple[list[object], dict[str, Unreadable]]:
    """The value of each text, and what is wrong with the texts that have none (once each)."""
    known: dict[str, object] = {"": blank}
    wrong: dict[str, Unreadable] = {}
    for text in dict.fromkeys(texts):
        if text:
            try:
                known[text] = read(text)
            except Unreadable as error:
                known[text], wrong[text] = text if keeps else blank, error
    return [known[text] for text in texts], wrong


def _blank(column: Column, *, use_default: bool) -> object:
    if column.default and use_default:
        return reader_of(column)(column.default)
    if column.is_number:
        return np.nan
    if column.is_list:
        return ()
    return False if column.is_bool else ""


def _wanted(column: Column) -> str:
    if column.choices:
        return f"one of {', '.join(column.choices)}"
    unit = f" ({column.unit})" if column.unit not in ("", "1") else ""
    return f"{column.description}{unit}"


def _typed(column: Column, values: list[object]) -> npt.NDArray[np.generic] | ExtensionArray:
    if column.is_number:
        return np.array(values, dtype=float)
    if column.is_bool:
        return np.array(values, dtype=bool)
    if column.is_list:
        items = np.empty(len(values), dtype=object)
        items[:] = values
        return items
    return _texts(values)


def _texts(values: Sequence[object]) -> ExtensionArray:
    return pd.Series(list(map(str, values)), dtype="str").array


def any_bad(table: Table, columns: Sequence[str]) -> BoolArray:
    """Rows with a cell at fault in any of the columns."""
    return np.asarray(np.any([table.bad[column] for column in columns], axis=0), dtype=bool)


def keys_of(table: Table) -> list[tuple[object, ...]]:
    """The key of every row."""
    return list(zip(*(table.frame[key].tolist() for key in table.schema.keys), strict=True))


def duplicates(table: Table, layer: str) -> list[Fault]:
    """Faults of rows whose key an earlier row has; their keys are then marked as bad."""
    name, keys = table.schema.name, table.schema.keys
    unknown = any_bad(table, keys)
    first: dict[tuple[object, ...], int] = {}
    faults = []
    for index, (key, row) in enumerate(zip(keys_of(table), table.frame["_row"], strict=True)):
        if not unknown[index] and first.setdefault(key, row) != row:
            wrong = f"{in_words(keys, key)} is there already, in row {first[key]}"
            faults.append(Fault(name, row, keys[0], wrong, "one row of each key", layer=layer))
            for column in keys:
                table.bad[column][index] = True
    return faults


def stands_for_all(value: object) -> bool:
    """Whether a cell of the key of a removal was `*`; in a column of numbers it is NaN then."""
    return value == ALL or (isinstance(value, float) and math.isnan(value))


def in_words(keys: Sequence[str], values: Sequence[object]) -> str:
    """A key as `a=x, b=y`, or just x where one column is the key."""
    texts = [
        ALL if stands_for_all(v) else f"{v:g}" if isinstance(v, float) else str(v) for v in values
    ]
    if len(keys) == 1:
        return texts[0]
    return ", ".join(f"{key}={text}" for key, text in zip(keys, texts, strict=True))


def take(table: Table, positions: Sequence[int]) -> Table:
    """Some rows of a table, in the order given."""
    chosen = np.array(positions, dtype=np.intp)
    return replace(
        table,
        frame=table.frame.iloc[chosen].reset_index(drop=True),
        bad={column: bad[chosen] for column, bad in table.bad.items()},
        remove=table.remove[chosen],
    )
