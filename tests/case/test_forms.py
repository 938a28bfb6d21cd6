"""A case is the same in every form; nothing in it is run by a spreadsheet."""

import csv
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kidorui.case import Case, check, diff, export, load, reading
from kidorui.case.cells import clean, number_text, reader_of
from kidorui.case.reading import read_raw
from kidorui.case.schema import Column
from tests.case.conftest import TINY, faults_of

NASTY = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "'=1",
    "''@x",
    "'quoted'",
    '=HYPERLINK("http://example.org")',
    "=cmd|' /C calc'!A0",
    "http://example.org",
    "1e3",
    "007",
    "yes",
    "_x0041_",
    "two\nlines",
    "a,b;c\td",
    'said "so"',
    "希土類 🧲",
    "<b>&amp;</b>",
    "{=A1}",
    "internal:Sheet1!A1",
]
FORMS = ["case.xlsx", "csv", "case.parquet"]

texts = st.text(
    st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff"), max_size=20
).map(clean)


@pytest.fixture(scope="module")
def tiny() -> Case:
    return load(TINY)


def with_notes(case: Case, notes: Sequence[str]) -> Case:
    """The case with as many more sources as there are notes."""
    new = pd.DataFrame(
        {
            "id": [f"note-{number}" for number in range(len(notes))],
            "kind": "press",
            "citation": [note or "none" for note in notes],
            "licence": "none",
            "note": list(notes),
        }
    )
    sources = pd.concat([case.table("sources"), new], ignore_index=True)
    return replace(case, tables={**case.tables, "sources": sources})


@pytest.mark.parametrize("form", FORMS)
def test_a_case_is_the_same_in_every_form(tiny, tmp_path, form):
    case = with_notes(tiny, NASTY)
    export(case, tmp_path / form)
    back = load(tmp_path / form)
    assert back.hash == case.hash
    assert diff(back, case).empty
    assert back.settings == case.settings
    above = 1 if form == "case.xlsx" else 0  # the row of units
    for name in ("events", "plants"):
        expected = case.table(name).assign(_row=case.table(name)["_row"] + above)
        pd.testing.assert_frame_equal(back.table(name), expected)
    assert [path.name for path in tmp_path.iterdir()] == [form]


def test_a_case_at_an_end_is_exported_as_it_is(tmp_path):
    case = load(TINY, at={"*": "low"})
    export(case, tmp_path / "low")
    assert load(tmp_path / "low").hash == case.hash


def test_ends_of_ranges_are_written_only_where_they_differ(tiny, tmp_path):
    export(tiny, tmp_path / "csv")
    with (tmp_path / "csv" / "plants.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert "capacity_low" in rows[0]
    assert (rows[0]["capacity_low"], rows[1]["capacity_low"]) == ("", "72000")
    header = (tmp_path / "csv" / "contents.csv").read_text().splitlines()[0]
    assert header == "material,element,content,source,confidence,note"


def test_no_cell_of_an_export_is_a_formula(tiny, tmp_path):
    case = with_notes(tiny, NASTY)
    export(case, tmp_path / "csv")
    with (tmp_path / "csv" / "sources.csv").open(newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    export(case, tmp_path / "case.xlsx")
    book = openpyxl.load_workbook(tmp_path / "case.xlsx")
    kinds = {c.data_type for sheet in book for row in sheet.iter_rows() for c in row if c.value}
    assert kinds == {"s", "n"}
    assert not any(c.hyperlink for row in book["sources"].iter_rows() for c in row)
    book.close()


def test_a_minus_before_a_number_stays(tiny, tmp_path):
    export(tiny, tmp_path / "csv")
    assert "\nsep-light,conc-light,-1," in (tmp_path / "csv" / "recipes.csv").read_text()


def test_a_workbook_tells_units_and_offers_words(exported):
    book = openpyxl.load_workbook(exported)
    plants = book["plants"]
    header = {cell.value: cell for cell in plants[1]}
    assert "Unit: t/yr." in header["capacity"].comment.text
    rules = {rule.formula1 for rule in plants.data_validations.dataValidation}
    assert '"light,heavy,both"' in rules
    assert "places!$A$3:$A$5000" in rules
    units = dict(zip((cell.value for cell in plants[1]), plants[2], strict=True))
    assert units["id"].value == "[unit]"
    assert (units["capacity"].value, units["name"].value) == ("t/yr", None)
    assert plants.freeze_panes == "B3"
    book.close()


def test_a_workbook_loads_without_its_row_of_units_and_with_it_anywhere(book):
    whole = load(book).hash
    sheets = openpyxl.load_workbook(book)
    sheets["plants"].delete_rows(2)  # as in the workbooks of kidorui before there was one
    places = sheets["places"]
    places.move_range(f"A3:{places.dimensions.split(':')[1]}", rows=-1)  # over it
    places.cell(places.max_row + 1, 1, "[unit]")
    sheets.save(book)
    assert load(book).hash == whole


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(texts, min_size=1, max_size=30))
def test_any_text_comes_back_from_csv(notes):
    assert texts_back(notes, "csv") == notes


@settings(max_examples=2, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(texts, min_size=5, max_size=40))
def test_any_text_comes_back_from_a_workbook(notes):
    assert texts_back(notes, "case.xlsx") == notes


def texts_back(notes: list[str], form: str) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        export(with_notes(load_once(), notes), Path(folder) / form)
        table = read_raw(Path(folder) / form).tables["sources"]
    return list(table.columns[list(table.header).index("note")])[-len(notes) :]


def load_once(cases: list[Case] = []) -> Case:  # noqa: B006  # kept on purpose
    if not cases:
        cases.append(load(TINY))
    return cases[0]


@given(st.floats(-1e300, 1e300))
def test_a_number_that_was_read_is_read_again_the_same(value):
    read = reader_of(Column("x", "number"))
    once = read(repr(value))
    assert once == pytest.approx(value, rel=1e-14)
    assert read(number_text(once)) == once
    assert float(f"{once:.16G}") == once  # as a workbook keeps it


@pytest.fixture(scope="module")
def exported(tiny, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("exported") / "case.xlsx"
    export(tiny, path)
    return path


@pytest.fixture
def book(exported, tmp_path) -> Path:
    """A workbook to be edited by hand."""
    return Path(shutil.copy(exported, tmp_path))


def test_what_a_hand_may_do_to_a_workbook(book):
    sheets = openpyxl.load_workbook(book)
    sheets["places"]["D3"] = "=30+5"  # never computed: openpyxl cannot
    sheets["places"]["D4"] = "#DIV/0!"
    sheets["case"]["B2"] = "a b"
    sheets["materials"]["D3"] = 2530.9  # a text that looks like a number
    sheets.create_sheet("plant")
    sheets.save(book)
    assert [str(fault).split(";")[0] for fault in check(book).errors] == [
        "case:2:name: 'a b' is no id",
        "places:3:lat: a formula that was never computed",
        "places:4:lat: the error #DIV/0!",
        "plant: the sheet is no table of a case",
    ]


def test_settings_of_a_workbook_without_a_header(book):
    sheets = openpyxl.load_workbook(book)
    sheets["case"].delete_rows(1)
    sheets.save(book)
    assert read_raw(book).settings["name"] == ("tiny", 1)
    del sheets["case"]
    sheets.save(book)
    assert faults_of(load, book)[0] == "case: missing; a sheet with the case's settings"


def test_what_is_no_workbook(tmp_path):
    path = tmp_path / "case.xlsx"
    path.write_text("id,name\n")
    assert faults_of(load, path)[0].startswith("case.xlsx: no workbook: File is not a zip file")


def test_what_is_no_parquet_file(tiny, tmp_path):
    export(tiny, tmp_path / "case.parquet")
    (tmp_path / "case.parquet" / "places.parquet").write_bytes(b"PAR1")
    assert faults_of(load, tmp_path / "case.parquet")[0].startswith("places: no Parquet file")


def test_too_large_is_refused_before_it_is_read(folder, book, monkeypatch):
    monkeypatch.setattr(reading, "MAX_ROWS", 10)
    assert "plants: more than 10 rows; up to 10 rows" in faults_of(load, folder.path)
    assert "plants: more than 10 rows; up to 10 rows" in faults_of(load, book)
    monkeypatch.setattr(reading, "MAX_BYTES", 1000)
    faults = faults_of(load, folder.path)
    assert "plants: 0 MB; files of up to 0 MB" in faults
    assert faults_of(load, book) == ["case.xlsx: 0 MB; files of up to 0 MB"]


def test_a_workbook_that_unpacks_to_too_much(book, monkeypatch):
    monkeypatch.setattr("kidorui.case.workbook.MAX_UNPACKED", 1000)
    assert "unpacked" in faults_of(load, book)[0]


def test_an_export_is_there_as_a_whole_or_not_at_all(tiny, tmp_path, monkeypatch):
    def fail(*_: object) -> None:
        raise OSError("disk full")

    export(tiny, tmp_path / "case.xlsx")
    before = (tmp_path / "case.xlsx").read_bytes()
    monkeypatch.setattr("kidorui.case.exporting._write_sheet", fail)
    monkeypatch.setattr("kidorui.case.exporting.write_csv", fail)
    for form in ("case.xlsx", "csv"):
        with pytest.raises(OSError, match="disk full"):
            export(tiny, tmp_path / form)
    assert [path.name for path in tmp_path.iterdir()] == ["case.xlsx"]
    assert (tmp_path / "case.xlsx").read_bytes() == before


def test_an_export_replaces_no_folder(tiny, tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("dear")
    with pytest.raises(FileExistsError, match="full: the folder holds something"):
        export(tiny, tmp_path / "full")
    assert faults_of(export, tiny, tmp_path / "case.ods")[0].startswith("case.ods: no form")
    (tmp_path / "empty").mkdir()
    export(tiny, tmp_path / "empty")
    assert (tmp_path / "empty" / "case.toml").is_file()
