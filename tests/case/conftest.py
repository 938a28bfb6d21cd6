import csv
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from kidorui.case import CaseError, check

TINY = Path(__file__).parents[1] / "cases" / "tiny"


@dataclass(frozen=True)
class Folder:
    """A case on disk that a test may spoil."""

    path: Path

    def rows(self, table: str) -> list[list[str]]:
        with self.file(table).open(newline="", encoding="utf-8") as file:
            return list(csv.reader(file))

    def file(self, table: str) -> Path:
        return self.path / f"{table}.csv"

    def write(self, table: str, rows: list[list[str]]) -> None:
        with self.file(table).open("w", newline="", encoding="utf-8") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)

    def set(self, table: str, row: int, **cells: object) -> None:
        """Change cells of a row, as a spreadsheet counts rows; row 1 renames columns."""
        rows = self.rows(table)
        header = list(rows[0])
        for column, cell in cells.items():
            rows[row - 1][header.index(column)] = str(cell)
        self.write(table, rows)

    def add(self, table: str, **cells: object) -> int:
        """Add a row, its other cells those of the last row; its number."""
        rows = self.rows(table)
        last = dict(zip(rows[0], rows[-1], strict=True))
        rows.append([str({**last, **cells}[name]) for name in rows[0]])
        self.write(table, rows)
        return len(rows)

    def drop(self, table: str, row: int) -> None:
        rows = self.rows(table)
        del rows[row - 1]
        self.write(table, rows)

    def add_column(self, table: str, column: str, cell: str = "") -> None:
        rows = self.rows(table)
        self.write(table, [[*rows[0], column], *([*row, cell] for row in rows[1:])])

    def settings(self, **values: str) -> None:
        """State settings as they stand in TOML; a blank one is taken out."""
        file = self.path / "case.toml"
        old = file.read_text(encoding="utf-8") if file.is_file() else ""
        lines = [line for line in old.splitlines() if line.split(" =")[0] not in values]
        lines += [f"{name} = {value}" for name, value in values.items() if value]
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")

    def places(self) -> list[str]:
        """Where the errors are: table:row:column."""
        return [place_of(fault) for fault in check(self.path).errors]

    def warned(self) -> list[str]:
        """Where the warnings are, of a case without an error."""
        faults = check(self.path).faults
        assert {fault.severity for fault in faults} == {"warning"}
        return [place_of(fault) for fault in faults]


def place_of(fault) -> str:
    return str(fault).split(": ")[0]


def faults_of(call: Callable[..., object], *arguments: object, **options: object) -> list[str]:
    """Every fault with which a call refuses, in words."""
    with pytest.raises(CaseError) as caught:
        call(*arguments, **options)
    return [str(fault) for fault in caught.value.faults]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(Path(shutil.copytree(TINY, tmp_path / "tiny")))


@pytest.fixture
def overlay(tmp_path: Path) -> Folder:
    """An empty overlay beside the case of `folder`."""
    path = tmp_path / "what-if"
    path.mkdir()
    (path / "case.toml").write_text('extends = "../tiny"\n')
    return Folder(path)
