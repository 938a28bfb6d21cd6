"""Workbooks to raw tables: a sheet per table, and the settings in the sheet `case`."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from itertools import repeat
from pathlib import Path

from kidorui.case.cells import UNCOMPUTED, to_cell
from kidorui.case.faults import CaseError, Fault, accept
from kidorui.case.reading import (
    MAX_UNPACKED,
    SETTINGS_SHEET,
    RawCase,
    RawTable,
    Refusal,
    check_size,
    limited,
    table_from_records,
)
from kidorui.case.schema import tables

UNITS = "[unit]"
"""First cell of a row that tells the units of the columns; it is no id, and the row no fact."""


def read_workbook(path: Path) -> RawCase:
    """All that a workbook holds; raises CaseError where it is none that can be read."""
    try:
        check_size(path)
        has_formulas = _look_into(path)
    except Refusal as error:
        raise CaseError([Fault(path.name, None, "", error.wrong, error.accepted)]) from error
    settings: Mapping[str, tuple[str, int | None]] | None = None
    found: dict[str, RawTable] = {}
    unread: set[str] = set()
    faults: list[Fault] = []
    for name, records in _sheets(path, has_formulas=has_formulas):
        if name not in (SETTINGS_SHEET, *tables()):
            what = accept("the name of a table", name, (SETTINGS_SHEET, *tables()))
            faults.append(Fault(name, None, "", "the sheet is no table of a case", what))
            continue
        try:
            table = table_from_records(name, limited(_without_units(records)))
        except Refusal as error:
            unread.add(name)
            faults.append(Fault(name, error.row, "", error.wrong, error.accepted))
            continue
        if name == SETTINGS_SHEET:
            settings = _settings(table)
        else:
            found[name] = table
    if settings is None and SETTINGS_SHEET not in unread:
        accepted = "a sheet with the case's settings"
        faults.append(Fault(SETTINGS_SHEET, None, "", "missing", accepted))
    return RawCase(SETTINGS_SHEET, settings, found, frozenset(unread), tuple(faults))


def _look_into(path: Path) -> bool:
    """Whether the workbook has formulas; raises Refusal where it is none or is too large."""
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(info.file_size for info in archive.infolist())
            if unpacked > MAX_UNPACKED:
                raise Refusal(
                    f"{unpacked / 1e6:,.0f} MB unpacked", f"up to {MAX_UNPACKED / 1e6:,.0f} MB"
                )
            sheets = [n for n in archive.namelist() if n.startswith("xl/worksheets/")]
            if not sheets:
                raise Refusal("no workbook", "an .xlsx workbook")
            return any(_has_formula(archive.read(name)) for name in sheets if name.endswith(".xml"))
    except (zipfile.BadZipFile, OSError) as error:
        raise Refusal(f"no workbook: {error}", "an .xlsx workbook") from error


def _has_formula(sheet: bytes) -> bool:
    return any(mark in sheet for mark in (b"<f>", b"<f ", b"<f/>"))


def _sheets(path: Path, *, has_formulas: bool) -> Iterator[tuple[str, Iterator[list[str]]]]:
    """Name and records of every sheet, formulas by the values they had when it was saved."""
    from openpyxl import load_workbook

    with path.open("rb") as file, (path if has_formulas else Path(os.devnull)).open("rb") as again:
        values = load_workbook(file, read_only=True, data_only=True)
        written = load_workbook(again, read_only=True) if has_formulas else None
        for sheet in values.worksheets:
            sheet.reset_dimensions()  # those that are stated may be wrong
            behind: Iterator[Sequence[object]] = repeat(())
            if written is not None:
                written[sheet.title].reset_dimensions()
                behind = written[sheet.title].iter_rows(values_only=True)
            yield sheet.title, _records(sheet.iter_rows(values_only=True), behind)


def _records(
    values: Iterator[Sequence[object]], behind: Iterator[Sequence[object]]
) -> Iterator[list[str]]:
    """Records as text; a formula that has no value is told, for it is not blank."""
    for record, formulas in zip(values, behind, strict=False):
        cells = [to_cell(value) for value in record]
        for number, (value, formula) in enumerate(zip(record, formulas, strict=False)):
            if value is None and formula is not None:
                cells[number] = UNCOMPUTED
        yield cells


def _without_units(records: Iterator[list[str]]) -> Iterator[list[str]]:
    """The records, the row of units blank: it is counted, as a spreadsheet counts it."""
    for cells in records:
        yield [] if cells[:1] == [UNITS] else cells


def _settings(table: RawTable) -> Mapping[str, tuple[str, int | None]]:
    """Rows of a setting and its value; the first row is one too unless it says `setting`."""
    names, values = [list(column) for column in (*table.columns, [], [])[:2]]
    values += [""] * (len(names) - len(values))
    rows: list[int] = list(table.rows)
    if table.header[0].casefold() != "setting":
        first = [*table.header, ""]
        names, values, rows = [first[0], *names], [first[1], *values], [1, *rows]
    return {
        name: (value, row) for name, value, row in zip(names, values, rows, strict=True) if name
    }
