"""Tables as they are printed: cells in words, numbers to three digits, units in the headings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from kidorui.language import Language
from kidorui.report.content import Column, Sheet, Told
from kidorui.report.given import Given
from kidorui.results import ResultColumn, result_schema

MOST = 1500
"""Rows of a result table that a page holds."""

_YEARS = ("year", "decided", "opens", "start", "first_year")
"""Columns whose numbers are dates, told without marks of thousands."""


def told_table(table: pd.DataFrame, say: Language, *, title: str, empty: str = "") -> Told:
    """A table whose column names are its headings; a range is one column."""
    names = [str(name) for name in table.columns]
    ends = {f"{name}{end}" for name in names for end in ("_low", "_high") if _ranged(name, names)}
    columns = [
        Column(say.name(name), _cells(table, name, say), _is_number(table[name]))
        for name in names
        if name not in ends
    ]
    return Told(title, columns, empty)


def sheets(given: Given, names: Sequence[str], say: Language) -> Iterator[Sheet]:
    """Result tables in full, as declared: the columns with their units."""
    schema = result_schema(given.kind)
    for name in names:
        table = given.table(name)
        shown = table.head(MOST)
        declared = schema[name].columns if name in schema else ()
        columns = [column for one in declared for column in _declared(one, shown, say)]
        anchors = [f"{given.id}.{name}.{row}" for row in range(len(shown))]
        yield Sheet(
            given.id,
            name,
            Told(f"{given.id}: {name}", columns, say("No rows."), anchors),
            left_out=len(table) - len(shown),
        )


def _declared(column: ResultColumn, table: pd.DataFrame, say: Language) -> Iterator[Column]:
    for name in column.names:
        if name in table:
            unit = f" [{say.unit(column.unit)}]" if column.unit else ""
            right = _is_number(table[name])
            yield Column(f"{name}{unit}", [_cell(v, name, say) for v in table[name]], right)


def _ranged(name: str, names: Sequence[str]) -> bool:
    return f"{name}_low" in names and f"{name}_high" in names


def _cells(table: pd.DataFrame, name: str, say: Language) -> list[str]:
    if not _ranged(name, list(map(str, table.columns))):
        return [_cell(value, name, say) for value in table[name]]
    ends = zip(table[name], table[f"{name}_low"], table[f"{name}_high"], strict=True)
    return [_range(value, low, high, say) for value, low, high in ends]


def _range(value: float, low: float, high: float, say: Language) -> str:
    if low != low or high != high or low == high:
        return say.number(value)
    inside = say("{low} to {high}", low=say.number(low), high=say.number(high))
    return f"{say.number(value)} ({inside})"


def _cell(value: object, name: str, say: Language) -> str:
    if isinstance(value, bool):
        return say("yes") if value else say("no")
    if isinstance(value, int | float):
        is_date = name in _YEARS and value == value
        return f"{value:.6g}" if is_date else say.number(float(value))
    if isinstance(value, tuple | list):
        return ", ".join(map(str, value))
    return str(value)


def _is_number(column: pd.Series) -> bool:
    return column.dtype.kind in "if"
