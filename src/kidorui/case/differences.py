"""Where two cases differ, row by row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TypeAlias

import pandas as pd

from kidorui.case.case import Case
from kidorui.case.cells import to_cell
from kidorui.case.exporting import columns_of
from kidorui.case.parsing import in_words
from kidorui.case.reading import SETTINGS_SHEET
from kidorui.case.schema import TableSchema, table_schema, tables

Row: TypeAlias = tuple[str, str, str, str, str, str]

_COLUMNS = ("table", "row", "column", "before", "after", "change")


def diff(before: Case, after: Case) -> pd.DataFrame:
    """Settings, rows and cells in which two cases differ, as text.

    Columns table, row (its key), column ("" where the whole row was added or removed), before,
    after, change (added, removed or changed). The order of rows is no difference.
    """
    found = list(_of_settings(before, after))
    for name in tables():
        found += _of_table(table_schema(name), before.table(name), after.table(name))
    return pd.DataFrame(found, columns=list(_COLUMNS), dtype="str")


def _of_settings(before: Case, after: Case) -> Iterator[Row]:
    old, new = asdict(before.settings), asdict(after.settings)
    for name in old:
        if old[name] != new[name] and name != "extends":
            yield SETTINGS_SHEET, "", name, to_cell(old[name]), to_cell(new[name]), "changed"


def _of_table(schema: TableSchema, before: pd.DataFrame, after: pd.DataFrame) -> Iterator[Row]:
    old, new = _by_key(schema, before), _by_key(schema, after)
    for key in [*old, *(key for key in new if key not in old)]:
        if key not in new:
            yield schema.name, key, "", _all_cells(old[key]), "", "removed"
        elif key not in old:
            yield schema.name, key, "", "", _all_cells(new[key]), "added"
        else:
            for column, text in old[key].items():
                if text != new[key][column]:
                    yield schema.name, key, column, text, new[key][column], "changed"


def _by_key(schema: TableSchema, frame: pd.DataFrame) -> dict[str, dict[str, str]]:
    """Rows by their key in words, each as its cells by column."""
    texts = {name: [""] * len(frame) for name in schema.names}
    texts |= {
        name: list(map(to_cell, values.tolist())) for name, _, values in columns_of(frame, schema)
    }
    keys = frame[list(schema.keys)].itertuples(index=False, name=None)
    rows = zip(*texts.values(), strict=True)
    return {
        in_words(schema.keys, key): dict(zip(texts, row, strict=True))
        for key, row in zip(keys, rows, strict=True)
    }


def _all_cells(row: dict[str, str]) -> str:
    return ", ".join(f"{name}={text}" for name, text in row.items() if text)
