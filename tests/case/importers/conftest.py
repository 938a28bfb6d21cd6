import csv
import hashlib
from dataclasses import dataclass
from pathlib import Path

import pytest

from kidorui.case import Case, CaseError, check, load
from kidorui.case.importers import Imported, import_file

DATA = Path(__file__).parents[4] / "shared" / "data" / "trade"

needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="reference data is not at hand")


@dataclass(frozen=True)
class Overlay:
    """A fresh overlay of the japan case that files are imported into."""

    path: Path

    def take(self, form: str, file: Path, **options: object) -> Imported:
        return import_file(form, file, self.path, **options)

    def faults(self, form: str, file: Path, **options: object) -> list[str]:
        """What is told of a file that is refused; nothing may be written."""
        before = self.hash()
        with pytest.raises(CaseError) as caught:
            self.take(form, file, **options)
        assert self.hash() == before
        return list(map(str, caught.value.faults))

    def rows(self, table: str = "observations") -> dict[str, dict[str, str]]:
        with (self.path / f"{table}.csv").open(encoding="utf-8", newline="") as file:
            return {row["id"]: row for row in csv.DictReader(file)}

    def hash(self) -> str:
        digest = hashlib.sha256()
        for path in sorted(self.path.iterdir()):
            digest.update(path.name.encode() + path.read_bytes())
        return digest.hexdigest()

    def told(self) -> list[str]:
        return [str(fault) for fault in check(self.path).faults]


_LOADED: dict[str, Case] = {}


@pytest.fixture(autouse=True)
def _loaded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Folders that hold the same are loaded once: most tests begin with the same overlay."""

    def load_once(path: Path) -> Case:
        key = Overlay(path).hash()
        if key not in _LOADED:
            _LOADED[key] = load(path)
        return _LOADED[key]

    monkeypatch.setattr("kidorui.case.importers.importing.load", load_once)


@pytest.fixture
def overlay(tmp_path: Path) -> Overlay:
    folder = tmp_path / "trade"
    folder.mkdir()
    (folder / "case.toml").write_text('extends = "japan"\nname = "trade"\n', encoding="utf-8")
    return Overlay(folder)


@pytest.fixture
def write(tmp_path: Path):
    """Write a text as a published file of a name."""

    def write_file(name: str, text: str, encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        return path

    return write_file
