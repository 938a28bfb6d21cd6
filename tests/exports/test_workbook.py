"""A workbook of a run holds what the run holds, as openpyxl and pandas read it."""

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kidorui.results import Result, result_schema
from kidorui.results.exports.workbook import sheet_names, write_workbook
from tests.exports.conftest import NASTY, ORIGIN


@pytest.fixture
def book(toy, tmp_path):
    write_workbook(toy, ORIGIN, tmp_path / "toy.xlsx")
    content = openpyxl.load_workbook(tmp_path / "toy.xlsx")
    yield content
    content.close()


def cells(sheet, first=1):
    return [list(row) for row in sheet.iter_rows(min_row=first, values_only=True)]


def test_names_are_in_the_first_row_units_in_the_second(book):
    sheet = book["builds"]
    names, units = cells(sheet)[:2]
    assert names[:5] == ["project", "year", "capex", "capex_low", "capex_high"]
    assert units[:5] == [None, "yr", "million US$", "million US$", "million US$"]
    assert sheet.freeze_panes == "B3"
    assert sheet["C1"].comment.text == "cost"
    assert sheet["D1"].comment.text == "low end of the range: cost"


def test_values_are_those_of_the_table(book):
    assert cells(book["builds"], 3) == [
        ["sep-au", 2028, 100, 80, "inf", "plant", "sx; a; b", "yes"],
        ["metal-jp", 2029, 1 / 3, -1e-300, 50, "plant", None, "no"],
        ["鉱山", 2030, None, None, None, "mine", "pit", "no"],
    ]


def test_no_text_becomes_a_formula_a_link_or_a_number(book):
    assert [row[0] or "" for row in cells(book["totals"], 3)] == NASTY
    assert {cell.data_type for row in book["totals"].iter_rows() for cell in row} == {"s", "n"}
    assert not any(cell.hyperlink for row in book["totals"].iter_rows() for cell in row)


def test_words_of_an_enumeration_are_offered(book):
    rules = {str(r.sqref): r.formula1 for r in book["builds"].data_validations.dataValidation}
    assert rules == {"F3:F5": '"mine,plant"', "H3:H5": '"yes,no"'}


def test_the_first_sheet_tells_what_was_asked_and_where_each_table_is(book):
    assert book.sheetnames == ["about", "builds", "totals"]
    told = [(row[0], row[1]) for row in cells(book["about"])]
    for fact in [
        ("kind", "toy"),
        ("title", "Toys"),
        ("run", "toy-japan-0123ab"),
        ("case hash", "c" * 64),
        ("version of kidorui", "0.1.0"),
        ("option events", '["ban", "halt"]'),
        ("note", "=a note"),
        ("builds", 3),
    ]:
        assert fact in told


def test_every_table_of_every_study_comes_back(every, tmp_path):
    for result in every:
        path = tmp_path / f"{result.kind}.xlsx"
        write_workbook(result, ORIGIN, path)
        read = pd.read_excel(path, sheet_name=None, header=0, skiprows=[1], keep_default_na=False)
        declared = result_schema(result.kind)
        assert list(read) == ["about", *result.tables]
        for name, table in result.tables.items():
            assert list(read[name].columns) == list(table.columns)
            for column, stored_as in declared[name].stored_as().items():
                back = read[name][column]
                if stored_as in ("number", "integer"):
                    numbers = pd.to_numeric(back.replace("", None)).astype(float)
                    # as many digits as a workbook keeps
                    expected = table[column].astype(float)
                    pd.testing.assert_series_equal(numbers, expected, rtol=1e-15, atol=0)
                elif stored_as == "words":
                    assert list(back.astype(str)) == list(table[column])


def test_units_are_those_declared(planned, tmp_path):
    write_workbook(planned, ORIGIN, tmp_path / "plan.xlsx")
    book = openpyxl.load_workbook(tmp_path / "plan.xlsx")
    for name, table in result_schema("plan").items():
        units = [column.unit or None for column in table.columns for _ in column.names]
        assert cells(book[name])[1] == units
    book.close()


def test_a_table_of_an_older_kidorui_is_written_as_it_is(tmp_path):
    result = Result("gone", {"old": pd.DataFrame({"a": ["x"], "b": [1.5], "c": [("y", "z")]})})
    write_workbook(result, ORIGIN, tmp_path / "old.xlsx")
    book = openpyxl.load_workbook(tmp_path / "old.xlsx")
    assert cells(book["old"], 3) == [["x", 1.5, "y; z"]]
    book.close()


@given(st.lists(st.text(max_size=50), unique=True, max_size=20))
def test_any_names_become_names_of_sheets(names):
    given_names = sheet_names(names)
    assert list(given_names) == names
    assert len({name.casefold() for name in given_names.values()}) == len(names)
    assert all(
        len(name) <= 31 and not set(name) & set("[]:*?/\\'") for name in given_names.values()
    )


def test_an_unfinished_workbook_leaves_nothing(toy, tmp_path, monkeypatch):
    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("kidorui.results.exports.workbook._write_table", fail)
    with pytest.raises(OSError, match="disk full"):
        write_workbook(toy, ORIGIN, tmp_path / "new" / "toy.xlsx")
    assert list((tmp_path / "new").iterdir()) == []
