"""Starting a case, comparing two, what rests on what, and the reference."""

from dataclasses import replace
from pathlib import Path

import pytest

from kidorui.case import check, diff, load, new, schema, sources, table_schema, tables
from kidorui.case.reference import page
from kidorui.case.settings import settings_schema
from tests.case.conftest import TINY

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def tiny():
    return load(TINY)


def test_a_new_case_has_every_column_and_no_fault(tmp_path):
    new(tmp_path / "mine")
    assert check(tmp_path / "mine").faults == ()
    for name in tables():
        header = (tmp_path / "mine" / f"{name}.csv").read_text().splitlines()[0].split(",")
        assert {column.name for column in table_schema(name).columns} <= set(header)
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_a_new_case_replaces_nothing(tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("dear")
    (tmp_path / "file").write_text("x")
    for name, said in (("full", "the folder holds something"), ("file", "a file of the name")):
        with pytest.raises(FileExistsError, match=said):
            new(tmp_path / name)
    (tmp_path / "empty").mkdir()
    new(tmp_path / "empty")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty", "file", "full"]


def test_differences(tiny, folder):
    assert diff(tiny, tiny).empty
    folder.set("plants", 3, capacity="81000", note="more")
    folder.add("places", id="KR", name="Korea")
    folder.drop("observations", 2)
    folder.settings(years="[2024, 2027, 2030]")
    changes = diff(tiny, load(folder.path))
    assert list(changes.columns) == ["table", "row", "column", "before", "after", "change"]
    assert changes.iloc[:, :3].to_numpy().tolist() == [
        ["case", "", "years"],
        ["places", "KR", ""],
        ["plants", "ion-cn", "capacity"],
        ["plants", "ion-cn", "note"],
        ["observations", "ndpr-cn-2024", ""],
    ]
    assert changes.loc[2, ["before", "after", "change"]].tolist() == ["80000", "81000", "changed"]
    assert "name=Korea" in changes.loc[1, "after"]
    assert changes.loc[4, "change"] == "removed"


def test_a_key_of_several_columns_is_in_words(tiny, folder):
    folder.set("demands", 2, quantity="70001")
    [key] = diff(tiny, load(folder.path))["row"]
    assert key == "sector=vehicles, place=CN, material=magnet, year=2024"


def test_what_rests_on_what(tiny):
    table = sources(tiny).set_index("source")
    rows = sum(len(frame) for name, frame in tiny.tables.items() if name != "sources")
    assert table.loc[["assumed", "agency", "reported"], "rows"].sum() == rows
    assert table.loc["assumed", "share"] == pytest.approx(table.loc["assumed", "rows"] / rows)
    assert table.loc["(assumed)", "rows"] == table.loc["assumed", "rows"]
    assert table.loc["agency", ["high", "medium", "low"]].sum() == table.loc["agency", "rows"]
    assert "observations" in table.loc["agency", "tables"].split()
    assert table.index[-1] == "(assumed)"


def test_where_nothing_is_assumed(tiny):
    known = tiny.table("sources").assign(kind="dataset")
    table = sources(replace(tiny, tables={**tiny.tables, "sources": known}))
    assert table.iloc[-1][["source", "rows"]].tolist() == ["(assumed)", 0]


def test_the_reference_is_up_to_date():
    assert (ROOT / "docs" / "data.md").read_text(encoding="utf-8") == page(), (
        "python -m kidorui.case.reference > docs/data.md"
    )


def test_every_table_is_declared_whole():
    for name in tables():
        declared = table_schema(name)
        assert declared.keys
        assert len(set(declared.names)) == len(declared.names)
        if name != "sources":
            assert declared.column("source").reference == "sources"
            assert declared.column("confidence").choices == ("high", "medium", "low")
        for column in declared.columns:
            assert column.description == column.description.strip()
            assert column.unit or not column.is_number or column.name in ("value", "uncertainty")
    assert set(schema.REQUIRED_TABLES) <= set(tables())
    assert set(schema._ORDER) == set(tables())
    assert len({column.name for column in settings_schema()}) == len(settings_schema())


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("x,txt,,,,,,,,a sentence", "type: 'txt'"),
        ("x,text,,maybe,,,,,,a sentence", "required: 'maybe'"),
        ("x,number,,,,5,1,,,a sentence", "min: 5.0 is above max 1.0"),
        ("x,number,,,,low,,,,a sentence", "min, max: 'low', ''"),
        ("x,id,,,,,,,nothing,a sentence", "reference: no table 'nothing'"),
        ("X y,id,,,,,,,,a sentence", "column: 'X y'"),
        ("x,id,,,,,,,,", "description: blank"),
        ("x,id", "a row has column,type,unit"),
    ],
)
def test_a_schema_that_is_wrong_says_where(tmp_path, row, said):
    header = (schema.FOLDER / "places.csv").read_text().splitlines()[0]
    (tmp_path / "things.csv").write_text(f"{header}\n{row}\n")
    with pytest.raises(ValueError, match=r"schema/things\.csv:2: ") as caught:
        schema._read_all(tmp_path)
    assert said in str(caught.value)


def test_a_table_is_added_by_its_schema_alone(tmp_path, monkeypatch, folder):
    for path in schema.FOLDER.glob("*.csv"):
        (tmp_path / path.name).write_text(path.read_text())
    header = (schema.FOLDER / "places.csv").read_text().splitlines()[0]
    (tmp_path / "ports.csv").write_text(
        f"{header}\nid,id,,yes,,,,yes,,Port\nplace,id,,yes,,,,,places,Where\n"
    )
    monkeypatch.setattr(schema, "FOLDER", tmp_path)
    folder.file("ports").write_text("id,place\nkobe,JP\nport,XX\n")
    assert folder.places() == ["ports:3:place"]
    assert "## ports" in page()
