"""Each kind of fault is found where it is, and nothing else is blamed."""

import tomllib

import pytest

from kidorui.case import CaseError, check, load
from kidorui.case.cells import to_cell
from kidorui.case.settings import SettingsDraft, Written
from tests.case.conftest import TINY, faults_of, place_of

CELLS = [
    # table, row, column, cell, what is said
    ("places", 2, "name", "", "blank; Name in words"),
    ("observations", 2, "id", "ndpr cn", "'ndpr cn' is no id; letters, digits"),
    ("places", 2, "lat", "95", "95 deg is out of range; -90 to 90 deg"),
    ("elements", 2, "group", "Light", "'Light'; one of light, heavy; did you mean light?"),
    ("materials", 2, "base_price", "1,234", "'1,234' is no number; write 1234"),
    ("materials", 3, "base_price", "nan", "'nan' is no number; a number, or nothing where it is"),
    ("materials", 4, "base_price", "inf", "'inf' is no number"),
    ("materials", 5, "base_price", "-Infinity", "'-Infinity' is no number"),
    ("materials", 6, "base_price", "1e999", "1e999 is too large"),
    ("materials", 7, "base_price", "1_0", "'1_0' is no number"),
    ("materials", 8, "base_price", "12%", "a unit stands in the header"),
    ("materials", 9, "base_price", "\uff11\uff12", "is no number"),
    ("materials", 10, "base_price", "#DIV/0!", "the error #DIV/0!; a value"),
    ("materials", 2, "note", "#N/A", "the error #N/A; a value"),
    ("materials", 3, "note", "a\x07b", "the control character '\\x07'"),
    ("materials", 4, "note", "x" * 10_001, "10,001 characters; at most 10,000"),
    ("plants", 2, "capacity", "-1", "-1 t/yr is out of range; 0 to 10000000 t/yr"),
    ("plants", 5, "ramp", "0.5;2", "2 is out of range; 0 to 1"),
    ("plants", 6, "ramp", "0.5;;1", "an empty item in '0.5;;1'"),
    ("plants", 7, "capacity", "", "blank; Nameplate"),
    ("events", 2, "in_force", "maybe", "'maybe'; yes or no"),
    ("events", 3, "goods", "oxide;oxide", "oxide twice; each item once"),
    ("demands", 2, "elasticity", "0.3", "0.3 is out of range; -5 to 0"),
]


def plant(folder, planted) -> None:
    for table, row, column, cell, _ in planted:
        folder.set(table, row, **{column: cell})


def assert_found(folder, planted) -> None:
    """Exactly the planted faults are found, each where it is."""
    found = {place_of(fault): str(fault) for fault in check(folder.path).errors}
    assert set(found) == {f"{table}:{row}:{column}" for table, row, column, _, _ in planted}
    for table, row, column, _, said in planted:
        assert said in found[f"{table}:{row}:{column}"]


def test_cells_that_cannot_be_read(folder):
    plant(folder, CELLS)
    assert_found(folder, CELLS)


def test_a_misspelt_id_is_one_fault(folder):
    folder.set("plants", 2, id="mine cn")
    folder.set("modes", 2, plant="mine cn")
    assert folder.places() == ["plants:2:id"]


def test_ends_of_a_range_lie_around_its_value(folder):
    folder.set("plants", 2, capacity_low="300000")
    folder.set("plants", 3, capacity_low="", capacity_high="1")
    folder.set("plants", 4, capacity="", capacity_low="1")
    folder.set("plants", 5, capacity_low="x")
    assert folder.places() == [
        "plants:2:capacity_low",
        "plants:3:capacity_high",
        "plants:4:capacity",
        "plants:5:capacity_low",
    ]


def test_an_end_of_an_optional_range_needs_its_value(folder):
    folder.set("materials", 3, base_price="")
    assert folder.places() == ["materials:3:base_price_low", "materials:3:base_price_high"]


REFERENCES = [
    ("plants", 3, "place", "CM", "there is no 'CM' in places; an id of the table places"),
    ("modes", 2, "plant", "mine-cnn", "did you mean mine-cn?"),
    ("modes", 4, "recipe", "mine-ligth", "did you mean mine-light?"),
    ("recipes", 4, "material", "conc-ligth", "did you mean conc-light?"),
    ("contents", 2, "element", "Nd", "no 'Nd' in elements"),
    (
        "routes",
        2,
        "goods",
        "product",
        "in materials or the stages; an id of the table materials or a",
    ),
    ("routes", 3, "origin", "AUS", "did you mean AU?"),
    ("events", 4, "goods", "sep-my;sep-mx", "there is no 'sep-mx' in materials or the stages or p"),
    ("events", 2, "destinations", "JP;KR", "there is no 'KR' in places"),
    ("projects", 2, "recipes", "sep-heavy;cook", "there is no 'cook' in recipes"),
    ("projects", 2, "funds", "fund-jq", "did you mean fund-jp?"),
    ("funds", 2, "stages", "seperation", "a stage as in projects.stage; did you mean separation?"),
    ("funds", 2, "prongs", "build;home", "there is no 'home' in projects.prong"),
    ("stockpiles", 2, "material", "met-Du", "did you mean met-Dy?"),
    ("policies", 2, "goods", "magnets", "did you mean magnet?"),
    ("observations", 2, "place", "CH", "there is no 'CH' in places"),
    ("sources", 2, "kind", "data", "one of dataset"),
    ("places", 2, "source", "agencie", "did you mean agency?"),
    ("contracts", 2, "buyer", "JPN", "did you mean JP?"),
    ("demands", 3, "place", "CNN", "did you mean CN?"),
]


def test_words_that_refer_to_nothing(folder):
    plant(folder, REFERENCES)
    assert_found(folder, REFERENCES)


def test_a_key_that_is_there_already_says_where(folder):
    expected = {}
    for table in ("demands", "places", "modes", "recipes", "events"):
        rows = folder.rows(table)
        folder.write(table, [*rows, rows[2]])
        expected[f"{table}:{len(rows) + 1}:{rows[0][0]}"] = "is there already, in row 3"
    found = {place_of(fault): fault.wrong for fault in check(folder.path).errors}
    assert set(found) == set(expected)
    assert all(said in found[place] for place, said in expected.items())


def test_rows_are_counted_as_a_spreadsheet_counts_them(folder):
    rows = folder.rows("places")
    blank = [""] * len(rows[0])
    folder.write("places", [*rows[:3], blank, [], *rows[3:]])
    folder.set("places", 6, lat="x")
    assert folder.places() == ["places:6:lat"]
    folder.set("places", 6, lat="1")
    assert list(load(folder.path).table("places")["_row"]) == [2, 3, 6, 7, 8]


def test_a_line_end_in_a_text_is_no_row(folder):
    folder.set("places", 2, note="one\r\ntwo")
    folder.set("places", 3, lat="x")
    assert folder.places() == ["places:3:lat"]
    folder.set("places", 3, lat="1")
    assert load(folder.path).table("places")["note"][0] == "one\ntwo"


def test_headers_that_are_wrong_blame_no_cell(folder):
    folder.set("places", 1, bloc="name")
    folder.set("elements", 1, note="remark")
    folder.set("materials", 1, hs="hs [kg]")
    folder.set("recipes", 1, note="remove")
    folder.set("modes", 1, variable_cost="variable_costs")
    folder.set("routes", 1, capacity="base_flow [kt/yr]")
    folder.set("demands", 1, quantity="quantity [tonnes/yr]")
    folder.set("projects", 1, capex_low="capex_low [JPY]")
    assert folder.places() == [
        "places:1:name",
        "elements:1:remark",
        "materials:1:hs",
        "recipes:1:remove",
        "modes:1:variable_costs",
        "modes:1:variable_cost",
        "routes:1:base_flow",
        "demands:1:quantity",
        "projects:1:capex_low",
    ]


def test_cells_under_no_header(folder):
    folder.set("plants", 1, owner="")
    folder.set("funds", 1, places="")  # where there are none
    assert folder.places() == ["plants:4"]


def test_a_unit_that_does_not_fit_says_which_do(folder):
    folder.set("plants", 1, capacity="capacity [kg]")
    folder.set("modes", 1, variable_cost="variable_cost [JPY/kg]")
    one, other = check(folder.path).errors
    assert "measures something else; t/yr, or what converts to it, such as kt/yr" in str(one)
    assert "[JPY/kg] measures something else; USD/kg" in str(other)


def test_cells_beyond_the_header_are_told(folder):
    with folder.file("places").open("a") as file:
        file.write("XX,Name,XXX,,,,agency,high,a note, with a comma\n")
    [fault] = check(folder.path).errors
    assert (fault.table, fault.row) == ("places", 7)
    assert "10 cells under 9 columns" in fault.wrong


def test_a_table_that_cannot_be_read_makes_no_other_fault(folder):
    folder.file("materials").write_bytes(b"id,name\nx,caf\xe9\n")
    [fault] = check(folder.path).errors
    assert str(fault).startswith("materials: not UTF-8: byte 0xe9 at offset 13; UTF-8")


def test_a_byte_order_mark_is_no_fault(folder):
    before = load(folder.path).hash
    text = folder.file("places").read_bytes()
    folder.file("places").write_bytes(b"\xef\xbb\xbf" + text)
    assert load(folder.path).hash == before


def test_files_that_are_no_tables(folder):
    folder.file("places").write_text("")
    folder.file("elements").write_text("id;name;oxide\nDy;Dysprosium;Dy2O3\n")
    folder.file("routes").write_text('goods,origin\noxide,"CN\n')
    faults = [str(fault) for fault in check(folder.path).errors]
    assert len(faults) == 3
    assert faults[0].startswith("places:1: no header")
    assert faults[1].startswith("elements:1: columns separated by ;")
    assert faults[2].startswith("routes: not well-formed near line 2")


def test_missing_tables(folder):
    for table in ("demands", "events", "sources", "policies"):
        folder.file(table).unlink()
    assert folder.places() == ["case.toml:events", "demands", "sources"]


def test_unknown_files_are_told_but_only_if_they_mean_to_be_tables(folder):
    (folder.path / "README.md").write_text("about")
    (folder.path / ".hidden.csv").write_text("x")
    assert folder.places() == []
    (folder.path / "plnts.csv").write_text("id\n")
    (folder.path / "plants.parquet").write_bytes(b"")
    one, other = sorted(map(str, check(folder.path).errors))
    assert "plants: plants.parquet is there as well" in one
    assert "did you mean plants?" in other


SETTINGS = [
    ("focus", '"JA"', "there is no 'JA' in places"),
    ("control", '"CHN"', "did you mean CN?"),
    ("source_fx", '"bank"', "there is no 'bank' in sources"),
    ("discount_rate", "0.6", "0.6 1/yr is out of range; 0 to 0.5 1/yr"),
    ("alpha", "1", "1 is out of range"),
    ("risk", "-0.1", "-0.1 is out of range"),
    ("slices", "2.5", "2.5 is no whole number"),
    ("demand_steps", "3", "3 is out of range; 4 to 200"),
    ("name", '"a b"', "'a b' is no id"),
    ("yen_per_usd", "inf", "'inf' is no number"),
    ("base_year", "true", "'yes' is no number"),
    ("end", "", "missing"),
    ("events", '["ban-cm", "ban-cn+stop-mx"]', "there is no 'ban-cm' in events"),
    ("disount_rate", "0.1", "no such setting; a setting; did you mean discount_rate?"),
]

AXES = [
    ("years", "[2024, 2030, 2028]", "2024, 2030, 2028 do not rise"),
    ("years", "[]", "missing"),
    ("years", "[2024.5]", "2024.5 is no whole number"),
    ("years", '"soon"', "'soon' is no number"),
    ("end", "2030", "2030 is not after the last period, 2030"),
    ("base_year", "2025", "2025 is after the first period, 2024"),
    ("event_years", "[2024]", "2024 not inside the axis; years after 2024 and before 2034"),
    ("event_years", "[2030, 2026]", "2030, 2026 do not rise"),
    ("event_years", "[]", "none, so that the events never begin"),
]


def test_settings_that_are_wrong(folder):
    folder.settings(**{name: value for name, value, _ in SETTINGS})
    faults = [str(fault) for fault in check(folder.path).errors]
    assert len(faults) == len(SETTINGS) + 1
    assert any("there is no 'stop-mx' in events" in fault for fault in faults)
    for name, _, said in SETTINGS:
        assert any(f.startswith(f"case.toml:{name}: ") and said in f for f in faults)


@pytest.mark.parametrize(("name", "value", "said"), AXES)
def test_an_axis_that_does_not_fit(name, value, said):
    written = tomllib.loads((TINY / "case.toml").read_text()) | tomllib.loads(f"{name} = {value}")
    cells = {key: Written(to_cell(cell), "case.toml", None) for key, cell in written.items()}
    [fault] = SettingsDraft(cells, "case.toml").faults
    assert place_of(fault) == f"case.toml:{name}"
    assert said in str(fault)


def test_an_event_in_force_is_not_planned_for(folder):
    folder.settings(events='["licence-cn"]')
    [fault] = check(folder.path).errors
    assert str(fault).startswith("case.toml:events: licence-cn is in force already")


def test_settings_that_cannot_be_read(folder):
    (folder.path / "case.toml").write_text("name = \n")
    faults = faults_of(load, folder.path)
    assert any(
        fault.startswith("case.toml: not TOML: Invalid value (at line 1") for fault in faults
    )


def test_events_that_strike_together_are_known(folder):
    folder.settings(events='["ban-cn+stop-my", "boom"]')
    assert folder.places() == []


def test_the_error_lists_all_faults_and_the_report_counts_rows(folder):
    folder.set("places", 2, lat="x")
    folder.set("routes", 2, cost="x")
    with pytest.raises(CaseError) as caught:
        load(folder.path)
    report = check(folder.path)
    assert caught.value.faults == report.errors
    assert str(caught.value).count("\n") == 1
    assert report.rows["places"] == 5
    assert report.rows["routes"] == 12


def test_a_sound_case_has_no_fault(folder):
    assert check(folder.path).faults == ()
