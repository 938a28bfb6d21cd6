"""The declared schema of result tables: results/schema/<kind>.csv, one row per column.

Header: table,column,type,unit,description and, optionally, key. Types:

- id, text, or an enumeration `a|b|c`: str
- number: float (NaN is missing); integer: int; yes|no: bool
- range: three float columns x, x_low, x_high
- list: tuple of str

Key columns name a row, so that two runs can be laid side by side; where none is marked, they
are the columns of words and integers.

What results of several kinds have in common is declared once, in of_case.csv: a row
`places,*,,,as in of_case.csv` takes its table `places` as it is there.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pandas as pd

FOLDER = Path(__file__).with_name("schema")

OF_CASE = "of_case"
"""Tables that results of several kinds have in common: facts of the case, no kind of its own."""

_ALL, _AS_IN = "*", f"as in {OF_CASE}.csv"
"""Column and description of a row that takes a table from there, whole."""

_HEADER = ("table", "column", "type", "unit", "description")
_WORDS = ("id", "text")
_NUMBERS = ("number", "integer", "range")


@dataclass(frozen=True)
class ResultColumn:
    """One declared column of a result table; `unit` is "" where it has none."""

    name: str
    type: str
    unit: str
    description: str
    key: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The columns of the table it stands for: three for a range, else one."""
        if self.type == "range":
            return self.name, f"{self.name}_low", f"{self.name}_high"
        return (self.name,)

    @property
    def stored_as(self) -> str:
        """One of number, integer, bool, list, words."""
        if self.type in ("number", "range"):
            return "number"
        if self.type in ("integer", "list"):
            return self.type
        return "bool" if self.type == "yes|no" else "words"

    @property
    def accepts(self) -> tuple[str, ...]:
        """The words an enumeration allows; empty for any other type."""
        is_list_of_words = "|" in self.type and self.type != "yes|no"
        return tuple(self.type.split("|")) if is_list_of_words else ()


@dataclass(frozen=True)
class ResultTable:
    """The declared columns of one result table, in order."""

    name: str
    columns: tuple[ResultColumn, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """All column names, ranges spread over three."""
        return tuple(name for column in self.columns for name in column.names)

    @property
    def keys(self) -> tuple[str, ...]:
        """The columns that name a row: those marked, or else those of words and integers."""
        marked = tuple(c.name for c in self.columns if c.key)
        return marked or tuple(
            c.name for c in self.columns if c.stored_as in ("words", "integer", "list")
        )

    def stored_as(self) -> dict[str, str]:
        """How each column is stored: {column: number, integer, bool, list or words}."""
        return {name: column.stored_as for column in self.columns for name in column.names}

    def arrange(self, table: pd.DataFrame) -> pd.DataFrame:
        """The table with its columns in the order declared; without rows, of the declared types.

        An empty table says nothing of its types by itself, and would not be read back the same.
        Raises KeyError for columns that are missing.
        """
        arranged = table[list(self.names)].reset_index(drop=True)
        if arranged.empty:
            types = {name: _DTYPES[kind] for name, kind in self.stored_as().items()}
            arranged = arranged.astype(types)
        return arranged


NOISE = 1e-9
"""Numbers below this, in any unit of the tables, are the solver's tolerance."""


def arranged(kind: str, tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Tables as the schema of a kind declares them, and noise of the solver as nought."""
    schema = result_schema(kind)
    out = {}
    for name, table in tables.items():
        ordered = schema[name].arrange(table)
        numbers = ordered.select_dtypes("float")
        ordered[numbers.columns] = numbers.mask(numbers.abs() < NOISE, 0.0)
        out[name] = ordered
    return out


_DTYPES: Mapping[str, type] = {
    "number": float,
    "integer": int,
    "bool": bool,
    "list": object,
    "words": object,
}


def result_schema(kind: str) -> Mapping[str, ResultTable]:
    """The tables a result of this kind may have, by name.

    Raises LookupError where the kind has no schema, ValueError where its file is at fault.
    """
    return _read(FOLDER / f"{kind}.csv")


@cache
def _read(path: Path) -> Mapping[str, ResultTable]:
    if not path.is_file():
        known = sorted(p.stem for p in path.parent.glob("*.csv") if p.stem != OF_CASE)
        raise LookupError(f"no result of kind {path.stem!r} is declared; there are {known}")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    faults = [
        f"{path.name}:{number}: {fault}"
        for number, row in enumerate(rows, start=2)
        for fault in (_taken_faults(row, path) if row.get("column") == _ALL else _faults(row))
    ]
    if faults:
        raise ValueError("\n".join(faults))
    tables: dict[str, list[ResultColumn]] = {}
    for row in rows:
        tables.setdefault(row["table"], []).extend(_columns(row, path))
    return {name: ResultTable(name, tuple(columns)) for name, columns in tables.items()}


def _columns(row: Mapping[str, str], path: Path) -> tuple[ResultColumn, ...]:
    """What a row without faults declares: one column, or all of a table that it takes."""
    if row["column"] == _ALL:
        return _shared(path)[row["table"]].columns
    column = ResultColumn(
        name=row["column"],
        type=row["type"],
        unit=row["unit"],
        description=row["description"],
        key=row.get("key") == "yes",
    )
    return (column,)


def _shared(path: Path) -> Mapping[str, ResultTable]:
    """The tables that a file of the folder may take; that which declares them takes none."""
    other = path.with_stem(OF_CASE)
    return _read(other) if other != path and other.is_file() else {}


def _taken_faults(row: Mapping[str, str | None], path: Path) -> list[str]:
    """What is wrong with a row that takes a table."""
    faults = []
    if row.get("description") != _AS_IN:
        faults.append(f"description: {row.get('description')!r}; of column {_ALL!r} {_AS_IN!r}")
    if row["table"] not in (shared := _shared(path)):
        faults.append(f"table: {row['table']!r} is not in {OF_CASE}.csv; one of {sorted(shared)}")
    return faults


def _faults(row: Mapping[str, str | None]) -> list[str]:
    missing = [name for name in _HEADER if row.get(name) is None]
    if missing:
        return [f"no {', '.join(missing)}; a row has {','.join(_HEADER)}[,key]"]
    kind = row["type"] or ""
    known = kind in (*_WORDS, *_NUMBERS, "list") or "|" in kind
    faults = []
    if not known:
        faults.append(f"type: {kind!r}; one of {[*_WORDS, *_NUMBERS, 'list', 'yes|no', 'a|b|c']}")
    if row["table"] == "runs":
        faults.append("table: 'runs' is the name of the list of runs")
    return faults
