"""Files to raw tables: a folder of CSV or Parquet files with a case.toml.

Nothing is interpreted here but the form of the files. Every cell becomes text as it would stand
in a CSV file, so that what follows does not know where a table came from.
"""

from __future__ import annotations

import csv
import io
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from kidorui.case.cells import clean, to_cell
from kidorui.case.faults import CaseError, Fault, accept
from kidorui.case.schema import tables

SETTINGS_FILE = "case.toml"
SETTINGS_SHEET = "case"

MAX_BYTES = 50_000_000
"""Largest file that is read."""

MAX_UNPACKED = 500_000_000
"""Largest size of a workbook or Parquet file when unpacked, bytes."""

MAX_ROWS = 200_000
"""Most rows of a table."""

_SUFFIXES = (".csv", ".parquet")
_ESCAPED = re.compile(r"'+[=+\-@\t\r]")


@dataclass(frozen=True)
class RawTable:
    """A table as it stands in a file: header, cells by column, and each row's number there."""

    name: str
    header: Sequence[str]
    columns: Sequence[Sequence[str]]
    rows: Sequence[int]


@dataclass(frozen=True)
class RawCase:
    """What one folder or workbook holds.

    settings: name to cell and row, None where there are none to be read; `home` is the file or
        sheet they stand in. unread: tables that are there but could not be read.
    """

    home: str = SETTINGS_FILE
    settings: Mapping[str, tuple[str, int | None]] | None = None
    tables: Mapping[str, RawTable] = field(default_factory=dict)
    unread: frozenset[str] = frozenset()
    faults: tuple[Fault, ...] = ()


class Refusal(ValueError):
    """A file or sheet that cannot be read; says what is wrong, what is accepted, and the row."""

    def __init__(self, wrong: str, accepted: str, row: int | None = None) -> None:
        self.wrong, self.accepted, self.row = wrong, accepted, row
        super().__init__(f"{wrong}; {accepted}")


def read_raw(path: Path) -> RawCase:
    """All that a folder or workbook holds, and what is wrong with its files.

    Raises FileNotFoundError where nothing is there, CaseError where it is no case at all.
    """
    if path.is_dir():
        return _read_folder(path)
    if not path.exists():
        raise FileNotFoundError(f"{path}: no such folder or workbook")
    if path.suffix.lower() == ".xlsx":
        from kidorui.case.workbook import read_workbook

        return read_workbook(path)
    raise CaseError(
        [Fault(path.name, None, "", "no case", "a folder of tables or an .xlsx workbook")]
    )


def table_from_records(name: str, records: Iterable[Sequence[str]]) -> RawTable:
    """A table of records of cleaned cells, the first of them the header; raises Refusal.

    Empty rows are left out but counted, as a spreadsheet counts them.
    """
    lines = iter(records)
    header = list(next(lines, ()))
    while header and not header[-1]:
        header.pop()
    if not header:
        raise Refusal("no header", "a first row with the names of the columns", 1)
    if len(header) == 1 and ";" in header[0]:
        raise Refusal("columns separated by ;", "columns separated by commas", 1)
    rows, kept = [], []
    for number, record in enumerate(lines, start=2):
        if not any(record):
            continue
        if any(record[len(header) :]):
            wrong = f"{len(record)} cells under {len(header)} columns"
            raise Refusal(wrong, "a cell for each column; text with a comma in quotes", number)
        rows.append(number)
        kept.append([*record[: len(header)], *[""] * (len(header) - len(record))])
    columns = list(zip(*kept, strict=True)) if kept else [()] * len(header)
    return RawTable(name, header, columns, rows)


def limited(records: Iterable[Sequence[str]]) -> Iterator[Sequence[str]]:
    """The records of a table of bearable length; raises Refusal at one more."""
    lines = iter(records)
    yield from islice(lines, MAX_ROWS + 1)
    if next(lines, None) is not None:
        raise _too_many_rows()


def check_size(path: Path) -> None:
    """Raise Refusal where a file is too large to be read."""
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise Refusal(f"{size / 1e6:,.0f} MB", f"files of up to {MAX_BYTES / 1e6:,.0f} MB")


def _read_folder(folder: Path) -> RawCase:
    settings: Mapping[str, tuple[str, int | None]] | None = None
    found: dict[str, RawTable] = {}
    unread: set[str] = set()
    faults: list[Fault] = []
    toml = folder / SETTINGS_FILE
    if toml.is_file():
        try:
            settings = _read_toml(toml)
        except Refusal as error:
            faults.append(Fault(SETTINGS_FILE, error.row, "", error.wrong, error.accepted))
    else:
        faults.append(Fault(SETTINGS_FILE, None, "", "missing", "a file with the case's settings"))
    for path in _table_files(folder):
        name = path.stem
        if name not in tables():
            wrong = f"{path.name} is no table of a case"
            faults.append(Fault(name, None, "", wrong, accept("a table", name, tables())))
        elif name in found or name in unread:
            faults.append(Fault(name, None, "", f"{path.name} is there as well", "one file"))
        else:
            try:
                found[name] = _read_table(path)
            except Refusal as error:
                unread.add(name)
                faults.append(Fault(name, error.row, "", error.wrong, error.accepted))
    return RawCase(SETTINGS_FILE, settings, found, frozenset(unread), tuple(faults))


def _table_files(folder: Path) -> list[Path]:
    """Files of a folder that mean to be tables."""
    return [
        path
        for path in sorted(folder.iterdir())
        if path.suffix.lower() in _SUFFIXES and path.is_file() and not path.name.startswith(".")
    ]


def _read_table(path: Path) -> RawTable:
    check_size(path)
    if path.suffix.lower() == ".parquet":
        return _read_parquet(path)
    text = _decode(path.read_bytes())
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    records = ([_unescape(clean(cell)) for cell in record] for record in lines)
    try:
        return table_from_records(path.stem, limited(records))
    except csv.Error as error:
        raise Refusal(
            f"not well-formed near line {lines.line_num}: {error}",
            "cells separated by commas; a quote within quotes is written twice",
        ) from error


def _decode(data: bytes) -> str:
    try:
        return data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise Refusal(
            f"not UTF-8: byte 0x{data[error.start]:02x} at offset {error.start}",
            "UTF-8 text, with or without a byte order mark",
        ) from error


def _unescape(cell: str) -> str:
    """A cell as meant: an export puts ' before what a spreadsheet would take for a formula."""
    return cell[1:] if _ESCAPED.match(cell) else cell


def escape(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula; reading it gives the cell back."""
    return f"'{cell}" if _ESCAPED.match(f"'{cell}") else cell


def _read_toml(path: Path) -> Mapping[str, tuple[str, int | None]]:
    check_size(path)
    try:
        content = tomllib.loads(_decode(path.read_bytes()))
    except tomllib.TOMLDecodeError as error:
        raise Refusal(f"not TOML: {error}", "lines such as name = 'my-case'") from error
    return {name: (to_cell(value), None) for name, value in content.items()}


def _read_parquet(path: Path) -> RawTable:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(path)
        meta = file.metadata
        unpacked = sum(meta.row_group(i).total_byte_size for i in range(meta.num_row_groups))
        if meta.num_rows > MAX_ROWS:
            raise _too_many_rows()
        if unpacked > MAX_UNPACKED:
            raise Refusal(f"{unpacked / 1e6:,.0f} MB unpacked", f"up to {MAX_UNPACKED / 1e6:,.0f}")
        # not through threads: a table is small, and a damaged one must only raise
        content = file.read(use_threads=False)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError) as error:
        raise Refusal(f"no Parquet file: {error}", "a Parquet file") from error
    columns = [[to_cell(value) for value in column.to_pylist()] for column in content.columns]
    count = content.num_rows
    return RawTable(path.stem, content.column_names, columns, range(2, count + 2))


def _too_many_rows() -> Refusal:
    return Refusal(f"more than {MAX_ROWS:,} rows", f"up to {MAX_ROWS:,} rows")
