"""The answer of a study."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property
from typing import TypeAlias

import pandas as pd

from kidorui.results.hashing import hash_tables
from kidorui.results.schema import ResultTable, result_schema

Json: TypeAlias = "str | int | float | bool | Sequence[Json] | Mapping[str, Json] | None"


class ResultError(ValueError):
    """A result that is not as its schema declares it; `faults` lists all that is wrong."""

    def __init__(self, kind: str, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__(f"{kind}: " + "\n".join(self.faults))


@dataclass(frozen=True, eq=False)
class Result:
    """The tables a study answers with, and facts about the answer.

    kind: the study, which names the schema of the tables (results/schema/<kind>.csv).
    tables: each as declared there; t, t/yr, million US$, US$/kg unless a column says otherwise.
    meta: facts that belong to the answer, such as options, gap, solver. Two keys have a
        meaning everywhere: `notes` (sentences a reader must see) and `failures` (findings that
        make the study fail, exit code 1).
    timings: seconds by step; no part of the hash.
    """

    kind: str
    tables: Mapping[str, pd.DataFrame]
    meta: Mapping[str, Json] = field(default_factory=dict)
    timings: Mapping[str, float] = field(default_factory=dict)

    def table(self, name: str) -> pd.DataFrame:
        """One table by name; KeyError names those there are."""
        if name not in self.tables:
            near = get_close_matches(name, self.tables, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise KeyError(f"{self.kind} has no table {name!r}, only {sorted(self.tables)}{hint}")
        return self.tables[name]

    @property
    def summary(self) -> pd.DataFrame:
        """The table `summary`: the headlines of the answer."""
        return self.table("summary")

    @cached_property
    def hash(self) -> str:
        """sha256 of kind and tables: equal for the same inputs; timings and meta stay out."""
        return hash_tables({f"{self.kind}.{name}": table for name, table in self.tables.items()})

    def faults(self) -> list[str]:
        """All that differs from the declared schema, as `table:column: what; what is declared`."""
        try:
            schema = result_schema(self.kind)
        except LookupError as error:
            return [str(error)]
        faults = [
            f"{name}: not declared; declared are {sorted(schema)}"
            for name in self.tables
            if name not in schema
        ]
        faults += [f"{name}: missing" for name in schema if name not in self.tables]
        for name, table in self.tables.items():
            if name in schema:
                faults += [f"{name}:{fault}" for fault in table_faults(table, schema[name])]
        return faults

    def validate(self) -> Result:
        """The result itself if it is as declared; else raises ResultError with every fault."""
        faults = self.faults()
        if faults:
            raise ResultError(self.kind, faults)
        return self


def table_faults(table: pd.DataFrame, schema: ResultTable) -> list[str]:
    """All that differs between a table and its schema, as `column: what; what is declared`."""
    names = [str(name) for name in table.columns]
    faults = [f"{name}: missing" for name in schema.names if name not in names]
    faults += [f"{name}: not declared" for name in names if name not in schema.names]
    faults += [f"{name}: twice" for name in sorted(set(names)) if names.count(name) > 1]
    if not faults and tuple(names) != schema.names:
        faults.append(f"columns: in the order {names}; declared {list(schema.names)}")
    for column in schema.columns:
        for name in column.names:
            if names.count(name) != 1:
                continue
            stored = stored_as(table[name])
            if len(table) and stored != column.stored_as:
                faults.append(f"{name}: holds {stored}; declared {column.type}")
            elif column.accepts:
                others = sorted(set(table[name]) - {*column.accepts, ""}, key=str)
                if others:
                    faults.append(f"{name}: {others}; one of {list(column.accepts)}")
    return faults


def stored_as(column: pd.Series) -> str:
    """What a column holds: number, integer, bool, list, words or `mixed`."""
    if pd.api.types.is_bool_dtype(column.dtype):
        return "bool"
    if pd.api.types.is_integer_dtype(column.dtype):
        return "integer"
    if pd.api.types.is_float_dtype(column.dtype):
        return "number"
    if isinstance(column.dtype, pd.StringDtype):
        return "words"
    kinds = {type(value) for value in column}
    if kinds <= {str}:
        return "words"
    return "list" if kinds <= {tuple} else "mixed"
