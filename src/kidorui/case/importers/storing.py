"""Lay imported rows into the tables of a case's folder, whole or not at all."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from kidorui.case.faults import CaseError, Fault
from kidorui.case.reading import MAX_BYTES, MAX_ROWS, escape
from kidorui.case.schema import table_schema
from kidorui.case.writing import whole_file

_HEAD = re.compile(r"([^\[\]]*?)\s*(?:\[[^\[\]]*\])?")


@dataclass
class Table:
    """A CSV table as it stands in its file: cells as written, columns and rows in their order."""

    path: Path
    header: list[str]
    rows: list[list[str]]

    def cells(self, column: str) -> list[str]:
        """The cells of one column; blank where the file has no such column."""
        at = self._place().get(column)
        return [""] * len(self.rows) if at is None else [row[at] for row in self.rows]

    def put(self, new: pd.DataFrame, replaces: Callable[[str], bool]) -> int:
        """Put rows where those that they replace (by id) begin, else at the end; how many go."""
        going = [replaces(name) for name in self.cells("id")]
        before = going.index(True) if True in going else len(self.rows)
        kept = [row for row, goes in zip(self.rows, going, strict=True) if not goes]
        for name in new.columns:
            is_blank = bool((new[name] == "").all()) and not self._required(name)
            if name not in self._place() and not is_blank:
                self.header.append(name)
                kept = [[*row, ""] for row in kept]
        place = self._place()
        written = new.to_dict("list")
        blank = [""] * len(new)
        columns = [self._escaped(name, written.get(name, blank)) for name in place]
        rows = [list(row) for row in zip(*columns, strict=True)]
        self.rows = [*kept[:before], *rows, *kept[before:]]
        return sum(going)

    def write(self, path: Path) -> None:
        """Write the table to a file; CaseError where it grew beyond what a case may hold."""
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(self.header)
            writer.writerows(self.rows)
        size = path.stat().st_size
        if len(self.rows) > MAX_ROWS or size > MAX_BYTES:
            wrong = f"it would hold {len(self.rows):,} rows, {size / 1e6:,.0f} MB"
            accepted = f"up to {MAX_ROWS:,} rows, {MAX_BYTES / 1e6:,.0f} MB: import fewer years"
            raise CaseError([Fault(self.path.stem, None, "", wrong, accepted)])

    def _escaped(self, name: str, cells: Sequence[object]) -> list[str]:
        """Cells as a file has them: a number is no formula, whatever its sign."""
        texts = list(map(str, cells))
        known = table_schema(self.path.stem).names
        if name in known and table_schema(self.path.stem).column(name).counts:
            return texts
        return list(map(escape, texts))

    def _place(self) -> Mapping[str, int]:
        return {_base(head): at for at, head in enumerate(self.header)}

    def _required(self, name: str) -> bool:
        return table_schema(self.path.stem).column(name).required


def read_table(folder: Path, name: str) -> Table:
    """A table of a folder, without rows and with the schema's columns where it is not there.

    Raises CaseError where the folder keeps it as Parquet.
    """
    path = folder / f"{name}.csv"
    if (folder / f"{name}.parquet").exists():
        accepted = "a folder of CSV: kidorui export CASE FOLDER writes one"
        raise CaseError([Fault(name, None, "", "a Parquet file is not added to", accepted)])
    if not path.exists():
        header = [column.name for column in table_schema(name).columns]
        return Table(path, header, [])
    with path.open(encoding="utf-8-sig", newline="") as file:
        records = [row for row in csv.reader(file, strict=True) if any(map(str.strip, row))]
    header = [cell.strip() for cell in records[0]]
    while header and not header[-1]:
        header.pop()
    width = len(header)
    rows = [[*row[:width], *[""] * (width - len(row))] for row in records[1:]]
    return Table(path, header, rows)


def write_tables(changed: Sequence[Table]) -> None:
    """Write tables in the place of theirs; none is touched where one cannot be written."""
    with ExitStack() as stack:
        for table in changed:
            table.write(stack.enter_context(whole_file(table.path)))


def _base(head: str) -> str:
    match = _HEAD.fullmatch(head)
    return match[1] if match else head
