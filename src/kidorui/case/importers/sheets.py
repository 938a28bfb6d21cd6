"""The sheets of a published workbook as rows of text."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from kidorui.case.importers.strict import LARGEST, Findings


def sheets_of(path: Path, findings: Findings) -> Mapping[str, Sequence[Sequence[str]]]:
    """Rows of every sheet, all as wide as the widest; CaseError where the file is no workbook."""
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with zipfile.ZipFile(path) as archive:
            if sum(member.file_size for member in archive.infolist()) > LARGEST:
                findings.blame(None, "", "too large", f"up to {LARGEST / 1e6:,.0f} MB unpacked")
                findings.refuse()
        book = load_workbook(path, read_only=True, data_only=True)
    except (zipfile.BadZipFile, InvalidFileException, KeyError) as error:
        findings.blame(None, "", f"no workbook, or a truncated one: {error}", "an .xlsx file")
        findings.refuse()
        return {}
    try:
        return {sheet.title: _rows(sheet.iter_rows(values_only=True)) for sheet in book.worksheets}
    finally:
        book.close()


def _rows(values: Iterable[Sequence[object]]) -> Sequence[Sequence[str]]:
    rows = [[_text(value) for value in row] for row in values]
    width = max(map(len, rows), default=0)
    return [[*row, *[""] * (width - len(row))] for row in rows]


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
