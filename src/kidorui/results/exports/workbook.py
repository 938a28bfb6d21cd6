"""A result as a workbook: a sheet for every table, its units in the row under its columns' names.

The first sheet, `about`, tells which run it is and lists the tables. Row 1 of a table's sheet has
names, row 2 units; both stay in sight with the first column. The description of a column is the
comment on its name, and where it holds words of an enumeration a spreadsheet offers them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from kidorui.case.writing import whole_file
from kidorui.results.exports.origin import Head, Origin, heads
from kidorui.results.result import Result

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

ABOUT = "about"
FIRST_ROW = 2
"""Rows above the first row of values: names, units."""

_LONGEST_NAME = 31  # characters of a sheet's name
_LONGEST_CHOICE = 255  # characters of a list of words
_LONGEST_CELL = 32_767
_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\'", "_"))
_RESERVED = ("history",)
_WIDEST = 44


def write_workbook(result: Result, origin: Origin, path: Path) -> None:
    """Write a result as an .xlsx file; it is there as a whole or not at all.

    Numbers keep 16 digits; a missing one is a blank cell, an infinite one the word inf.
    """
    from xlsxwriter import Workbook

    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    names = sheet_names([ABOUT, *result.tables])
    with whole_file(path) as unfinished, Workbook(unfinished, plain) as book:
        book.set_properties({"title": origin.run or result.kind, "comments": "made by kidorui"})
        _write_about(book, result, origin, names)
        for name, table in result.tables.items():
            _write_table(book, names[name], table, heads(result.kind, name, table))


def sheet_names(names: Sequence[str]) -> Mapping[str, str]:
    """Names that a workbook takes for its sheets: short, no odd characters, no two alike."""
    given: dict[str, str] = {}
    taken = set(_RESERVED)
    for name in names:
        stem = name.translate(_FORBIDDEN)
        wanted, number = stem[:_LONGEST_NAME], 2
        while wanted.casefold() in taken:
            end = f"~{number}"
            wanted, number = stem[: _LONGEST_NAME - len(end)] + end, number + 1
        if name not in given:
            taken.add(wanted.casefold())
            given[name] = wanted
    return given


def _write_about(book: Workbook, result: Result, origin: Origin, names: Mapping[str, str]) -> None:
    sheet = book.add_worksheet(names[ABOUT])
    head, wrapped = (
        book.add_format({"bold": True, "bottom": 1}),
        book.add_format({"text_wrap": True, "valign": "top"}),
    )
    sheet.write_row(0, 0, ("what", "value"), head)
    facts = origin.facts(result)
    for row, (what, text) in enumerate(facts, start=1):
        sheet.write_string(row, 0, what, wrapped)
        sheet.write_string(row, 1, text[:_LONGEST_CELL], wrapped)
    start = len(facts) + 2
    sheet.write_row(start, 0, ("table", "rows", "sheet"), head)
    for row, (name, table) in enumerate(result.tables.items(), start=start + 1):
        sheet.write_string(row, 0, name)
        sheet.write_number(row, 1, len(table))
        sheet.write_url(row, 2, f"internal:'{names[name]}'!A1", string=names[name])
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 100, book.add_format({"align": "left"}))
    sheet.set_column(2, 2, _LONGEST_NAME)
    sheet.freeze_panes(1, 0)


def _write_table(book: Workbook, name: str, table: pd.DataFrame, columns: Sequence[Head]) -> None:
    sheet = book.add_worksheet(name)
    head = book.add_format({"bold": True})
    units = book.add_format({"italic": True, "font_color": "#595959", "bottom": 1})
    for number, column in enumerate(columns):
        sheet.write_string(0, number, column.name, head)
        sheet.write(1, number, column.unit or None, units)
        if column.description:
            sheet.write_comment(0, number, column.description, {"x_scale": 2})
        longest = _write_cells(sheet, number, table[column.name].tolist())
        _offer_words(sheet, len(table), number, column)
        width = min(max(longest, len(column.name), len(column.unit)) + 2, _WIDEST)
        sheet.set_column(number, number, width)
    if len(table):  # the buttons stand on the units, so that sorting leaves both rows in place
        sheet.autofilter(1, 0, len(table) + 1, len(columns) - 1)
    sheet.freeze_panes(FIRST_ROW, 1)


def _write_cells(sheet: Worksheet, number: int, values: Sequence[object]) -> int:
    """Write the cells of a column; returns the characters of the longest."""
    longest = 0
    for row, value in enumerate(values, start=FIRST_ROW):
        if isinstance(value, int | float) and not isinstance(value, bool):
            if math.isfinite(value):
                sheet.write_number(row, number, value)
                longest = max(longest, 10)
                continue
            text = "" if math.isnan(value) else str(value)
        else:
            text = _text(value)
        if text:
            sheet.write_string(row, number, text[:_LONGEST_CELL])
            longest = max(longest, len(text))
    return longest


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple | list):
        return "; ".join(map(str, value))
    return "" if value is None or value is pd.NA else str(value)


def _offer_words(sheet: Worksheet, rows: int, number: int, column: Head) -> None:
    if rows and column.accepts and len(",".join(column.accepts)) <= _LONGEST_CHOICE:
        rule = {"validate": "list", "source": list(column.accepts), "error_type": "warning"}
        sheet.data_validation(FIRST_ROW, number, rows + FIRST_ROW - 1, number, rule)
