"""The declared schema of a case's tables: case/schema/<table>.csv, one row per column.

Header: column,type,unit,required,default,min,max,key,reference,description. Types:

- id, text, or an enumeration `a|b|c`: str ("" where blank)
- number: float (NaN where blank); yes|no: bool
- range: three float columns x, x_low, x_high
- list: tuple of str; of float where the column has a unit

Key columns name a row. A reference is a table (its first key column holds the ids), `stage`
(a stage of some material) or several of these joined by |; `table.column` means the words which
that column may hold.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).with_name("schema")

REQUIRED_TABLES = (
    "places", "elements", "materials", "contents", "recipes", "plants", "modes", "routes",
    "demands", "sources",
)  # fmt: skip
"""Tables without which a case has nothing to compute."""

_ORDER = (
    "places", "elements", "materials", "contents", "recipes", "plants", "modes", "routes",
    "demands", "sectors", "substitutions", "stockpiles", "projects", "funds", "contracts",
    "policies", "events", "observations", "sources",
)  # fmt: skip
_HEADER = (
    "column", "type", "unit", "required", "default", "min", "max", "key", "reference",
    "description",
)  # fmt: skip
_TYPES = ("id", "text", "number", "range", "list", "yes|no")
_BOOLS = ("", "yes")


@dataclass(frozen=True)
class Column:
    """One declared column; texts are "" and bounds infinite where none is declared."""

    name: str
    type: str
    unit: str = ""
    required: bool = False
    default: str = ""
    min: float = -math.inf
    max: float = math.inf
    key: bool = False
    reference: str = ""
    description: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """The columns of the table it stands for: three for a range, else one."""
        if self.type == "range":
            return self.name, f"{self.name}_low", f"{self.name}_high"
        return (self.name,)

    @property
    def choices(self) -> tuple[str, ...]:
        """The words an enumeration allows; empty for any other type."""
        return tuple(self.type.split("|")) if "|" in self.type and not self.is_bool else ()

    @property
    def is_bool(self) -> bool:
        """Whether it holds yes or no."""
        return self.type == "yes|no"

    @property
    def is_list(self) -> bool:
        """Whether a cell holds several things."""
        return self.type == "list"

    @property
    def is_number(self) -> bool:
        """Whether a cell holds one number."""
        return self.type in ("number", "integer", "range")

    @property
    def counts(self) -> bool:
        """Whether it holds numbers, one or several: what has a unit."""
        return self.is_number or (self.is_list and self.unit != "")

    @property
    def targets(self) -> tuple[str, ...]:
        """What its words may refer to: tables, `stage`, `table.column`."""
        return tuple(self.reference.split("|")) if self.reference else ()


@dataclass(frozen=True)
class TableSchema:
    """The declared columns of one table, in order."""

    name: str
    columns: tuple[Column, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        """The columns that name a row; the first holds the ids other tables refer to."""
        return tuple(column.name for column in self.columns if column.key)

    @property
    def names(self) -> tuple[str, ...]:
        """All column names, ranges spread over three."""
        return tuple(name for column in self.columns for name in column.names)

    def column(self, name: str) -> Column:
        """A column by its name, or by that of an end of its range; KeyError if there is none."""
        for column in self.columns:
            if name in column.names:
                return column
        raise KeyError(f"{self.name} has no column {name!r}; it has {list(self.names)}")


def tables() -> tuple[str, ...]:
    """Names of all tables a case may have, in the order in which they are told."""
    return tuple(_read_all(FOLDER))


def table_schema(name: str) -> TableSchema:
    """The schema of one table; KeyError where no such table is declared."""
    known = _read_all(FOLDER)
    if name not in known:
        raise KeyError(f"no table {name!r} is declared; there are {list(known)}")
    return known[name]


@cache
def _read_all(folder: Path) -> Mapping[str, TableSchema]:
    names = sorted(path.stem for path in folder.glob("*.csv"))
    names.sort(key=lambda name: _ORDER.index(name) if name in _ORDER else len(_ORDER))
    schemas, faults = {}, []
    for name in names:
        with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        wrong = [
            f"schema/{name}.csv:{number}: {fault}"
            for number, row in enumerate(rows, start=2)
            for fault in _faults(row, names)
        ]
        faults += wrong
        if not wrong:
            schemas[name] = TableSchema(name, tuple(_column(row) for row in rows))
    if faults:
        raise ValueError("\n".join(faults))
    return schemas


def _column(row: Mapping[str, str]) -> Column:
    return Column(
        name=row["column"],
        type=row["type"],
        unit=row["unit"],
        required=row["required"] == "yes",
        default=row["default"],
        min=float(row["min"] or "-inf"),
        max=float(row["max"] or "inf"),
        key=row["key"] == "yes",
        reference=row["reference"],
        description=row["description"],
    )


def _faults(row: Mapping[str, str], known: list[str]) -> list[str]:
    """All that is wrong with a row of a schema file."""
    if set(row) != set(_HEADER) or None in row.values():
        return [f"a row has {','.join(_HEADER)}"]
    kind = row["type"]
    faults = []
    if kind not in _TYPES and len(set(kind.split("|"))) < 2:
        faults.append(f"type: {kind!r}; one of {list(_TYPES)} or a|b|c")
    faults += [
        f"{name}: {row[name]!r}; yes or blank"
        for name in ("required", "key")
        if row[name] not in _BOOLS
    ]
    faults += [
        f"reference: no table {target!r}; one of {known} or stage"
        for target in filter(None, row["reference"].split("|"))
        if target.partition(".")[0] not in (*known, "stage")
    ]
    if not row["column"].isidentifier() or row["column"] != row["column"].lower():
        faults.append(f"column: {row['column']!r}; a name in small letters")
    if not row["description"]:
        faults.append("description: blank; a sentence")
    return faults + _bound_faults(row)


def _bound_faults(row: Mapping[str, str]) -> list[str]:
    try:
        low, high = float(row["min"] or "-inf"), float(row["max"] or "inf")
    except ValueError:
        return [f"min, max: {row['min']!r}, {row['max']!r}; numbers or blank"]
    return [f"min: {low} is above max {high}"] if low > high else []
