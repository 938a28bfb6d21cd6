"""Cases changed in a few rows: what a test of one rule needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

import pandas as pd

from kidorui.case import Case, load, table_schema

TINY = Path(__file__).parent / "cases" / "tiny"


@cache
def tiny() -> Case:
    """The tiny case."""
    return load(TINY)


def with_settings(case: Case, **settings: object) -> Case:
    """The case with some settings replaced."""
    return replace(case, settings=replace(case.settings, **settings))


def with_table(case: Case, name: str, table: pd.DataFrame) -> Case:
    """The case with one table replaced."""
    return replace(case, tables={**case.tables, name: table.reset_index(drop=True)})


def with_rows(case: Case, name: str, *rows: Mapping[str, object], keep: bool = True) -> Case:
    """The case with rows added to a table, or put in place of all of it."""
    table = case.table(name)
    blank = {"list": (), "yes|no": False, "number": float("nan"), "range": float("nan")}
    full = []
    for number, row in enumerate(rows):
        cells: dict[str, object] = {
            c.name: blank.get(c.type, "") for c in table_schema(name).columns
        }
        cells |= {c: float("nan") for c in table.columns if c.endswith(("_low", "_high"))}
        cells |= {"_row": 1000 + number, "_file": ""}
        full.append({c: cells[c] for c in table.columns} | dict(row))
    added = pd.DataFrame(full, columns=table.columns).astype(table.dtypes)
    return with_table(case, name, pd.concat([table, added]) if keep and len(table) else added)


def edited(case: Case, name: str, key: str, **cells: object) -> Case:
    """The case with cells of the rows with that id (first column) changed."""
    table = case.table(name).copy()
    rows = table.index[table[table.columns[0]] == key]
    for column, value in cells.items():
        table[column] = [
            value if i in rows else old for i, old in zip(table.index, table[column], strict=True)
        ]
    return with_table(case, name, table)


def without(case: Case, *names: str) -> Case:
    """The case with some tables emptied."""
    for name in names:
        case = with_table(case, name, case.table(name).iloc[:0])
    return case
