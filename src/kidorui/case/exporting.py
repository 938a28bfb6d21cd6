"""Write a case as a workbook, a folder of CSV or a folder of Parquet files.

Whatever the form, reading it back gives the same case.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from kidorui.case.case import Case
from kidorui.case.cells import to_cell
from kidorui.case.faults import CaseError, Fault
from kidorui.case.reading import SETTINGS_FILE, SETTINGS_SHEET, escape
from kidorui.case.schema import Column, TableSchema, table_schema, tables
from kidorui.case.settings import settings_schema
from kidorui.case.workbook import UNITS
from kidorui.case.writing import whole_file, whole_folder

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

_OTHER_FORMS = (".csv", ".xls", ".xlsm", ".ods", ".json", ".toml", ".zip")
_LONGEST_CHOICE = 255  # characters that a workbook takes for a list of words
_FIRST_ROW = 2  # rows of a sheet above the first fact: names, units
_SPARE_ROWS = 5000  # rows below the last for which a workbook still offers words
_WIDEST = 40


def export(case: Case, path: str | Path, form: str = "") -> None:
    """Write a case as a workbook (.xlsx), a folder of Parquet files (.parquet) or of CSV.

    form: workbook, parquet or csv, where it is not the one the ending tells. The file or folder
    is there as a whole or not at all. Raises FileExistsError where the folder holds anything,
    CaseError where the name is that of another form.
    """
    path = Path(path)
    ending = path.suffix.lower()
    form = form or {".xlsx": "workbook", ".parquet": "parquet"}.get(ending, "csv")
    if form == "workbook" and ending == ".xlsx":
        with whole_file(path) as unfinished:
            _write_workbook(case, unfinished)
    elif form == "workbook" or ending in (*_OTHER_FORMS, ".xlsx"):
        accepted = (
            "a name that ends in .xlsx, or a folder (of Parquet files if it ends in .parquet)"
        )
        raise CaseError([Fault(path.name, None, "", "no form of a case", accepted)])
    else:
        write = _write_parquet if form == "parquet" else write_csv
        with whole_folder(path) as folder:
            _write_tables(case, folder, write)


def stated(case: Case) -> dict[str, object]:
    """Settings that are stated, without what the case extends: it is whole."""
    return {
        name: value
        for name, value in asdict(case.settings).items()
        if value not in ("", ()) and name != "extends"
    }


def columns_of(frame: pd.DataFrame, schema: TableSchema) -> Iterator[tuple[str, Column, pd.Series]]:
    """Name, declaration and values of the columns to write.

    Ends of a range are blank where they are the value, and left out where they always are.
    """
    for column in schema.columns:
        yield column.name, column, frame[column.name]
        for name in column.names[1:]:
            end = frame[name].where(frame[name] != frame[column.name])
            if end.notna().any():
                yield name, column, end


def _write_tables(
    case: Case, folder: Path, write: Callable[[pd.DataFrame, TableSchema, Path], None]
) -> None:
    lines = [f"{name} = {_toml(value)}\n" for name, value in stated(case).items()]
    (folder / SETTINGS_FILE).write_text("".join(lines), encoding="utf-8")
    for name in tables():
        write(case.table(name), table_schema(name), folder / name)


def _toml(value: object) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(map(_toml, value))}]"
    return json.dumps(value, ensure_ascii=False)  # text, integers and floats are written alike


def write_csv(frame: pd.DataFrame, schema: TableSchema, path: Path) -> None:
    """Write a table, with all the columns of its schema, as the CSV of a case."""
    names, cells = [], []
    for name, column, values in columns_of(frame, schema):
        texts = map(to_cell, values.tolist())
        names.append(name)
        # a number is no formula, whatever its sign
        cells.append(list(texts) if column.counts else [escape(text) for text in texts])
    with path.with_suffix(".csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(names)
        writer.writerows(zip(*cells, strict=True))


def _write_parquet(frame: pd.DataFrame, schema: TableSchema, path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    arrays, fields = [], []
    for name, column, values in columns_of(frame, schema):
        kind = pa.float64() if column.counts else pa.bool_() if column.is_bool else pa.string()
        kind = pa.list_(kind) if column.is_list else kind
        arrays.append(pa.array(values.astype(object), kind, from_pandas=True))
        fields.append(pa.field(name, kind, metadata={"unit": column.unit}))
    content = pa.Table.from_arrays(arrays, schema=pa.schema(fields))
    pq.write_table(content, path.with_suffix(".parquet"), compression="zstd")


def _write_workbook(case: Case, path: Path) -> None:
    from xlsxwriter import Workbook

    # no text becomes a formula, a link or a number: what is written is what is read
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with Workbook(path, plain) as book:
        book.set_properties({"title": case.settings.title, "comments": "a case of kidorui"})
        _write_settings(book, case)
        for name in tables():
            _write_sheet(book, case.table(name), table_schema(name))


def _write_settings(book: Workbook, case: Case) -> None:
    sheet = book.add_worksheet(SETTINGS_SHEET)
    head = book.add_format({"bold": True, "bottom": 1})
    for number, title in enumerate(("setting", "value", "unit", "description")):
        sheet.write_string(0, number, title, head)
    values = stated(case)
    for row, column in enumerate(settings_schema(), start=1):
        sheet.write_string(row, 0, column.name)
        _write_cell(sheet, row, 1, values.get(column.name, ""))
        sheet.write_string(row, 2, column.unit)
        sheet.write_string(row, 3, column.description)
    sheet.set_column(0, 1, 20)
    sheet.set_column(3, 3, 80)
    sheet.freeze_panes(1, 0)


def _write_sheet(book: Workbook, frame: pd.DataFrame, schema: TableSchema) -> None:
    sheet = book.add_worksheet(schema.name)
    head = book.add_format({"bold": True})
    units = book.add_format({"italic": True, "font_color": "#595959", "bottom": 1})
    for number, (name, column, values) in enumerate(columns_of(frame, schema)):
        sheet.write_string(0, number, name, head)
        sheet.write(1, number, (column.unit if number else UNITS) or None, units)
        sheet.write_comment(0, number, _remark(column), {"x_scale": 2})
        cells = values.tolist()
        for row, value in enumerate(cells, start=_FIRST_ROW):
            _write_cell(sheet, row, number, value)
        _offer_words(sheet, len(cells), number, column)
        longest = max((len(to_cell(value)) for value in cells), default=0)
        longest = max(longest, len(name), len(column.unit))
        sheet.set_column(number, number, min(longest + 2, _WIDEST))
    sheet.freeze_panes(_FIRST_ROW, 1)


def _write_cell(sheet: Worksheet, row: int, column: int, value: object) -> None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        if not np.isnan(value):
            sheet.write_number(row, column, value)
    elif to_cell(value):
        sheet.write_string(row, column, to_cell(value))


def _remark(column: Column) -> str:
    unit = f" Unit: {column.unit}." if column.unit else ""
    must = " Required." if column.required and not column.default else ""
    default = f" Blank: {column.default}." if column.default else ""
    return f"{column.description}.{unit}{must}{default}"


def _offer_words(sheet: Worksheet, rows: int, number: int, column: Column) -> None:
    """Have a spreadsheet offer the words that a column accepts."""
    choices = ("yes", "no") if column.is_bool else column.choices
    rule: dict[str, object] = {"validate": "list", "error_type": "warning"}
    if choices and len(",".join(choices)) <= _LONGEST_CHOICE:
        rule["source"] = list(choices)
    elif column.type == "id" and column.reference in tables():
        rule["source"] = f"={column.reference}!$A${_FIRST_ROW + 1}:$A${_SPARE_ROWS}"
    else:
        return
    sheet.data_validation(_FIRST_ROW, number, rows + _SPARE_ROWS, number, rule)
