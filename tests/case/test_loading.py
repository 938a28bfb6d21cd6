"""What a loaded case is: types, defaults, units, ends of ranges, identity."""

import pickle
import time

import numpy as np
import pandas as pd
import pytest

from kidorui.case import CaseError, bundled, check, load, table_schema, tables
from kidorui.case.units import factor
from tests.case.conftest import TINY, faults_of


@pytest.fixture(scope="module")
def tiny():
    return load(TINY)


def test_every_table_has_the_columns_and_types_of_its_schema(tiny, folder):
    for table in ("events", "funds", "projects", "substitutions"):
        folder.file(table).unlink()
    folder.settings(events="", event_years="")
    for case in (tiny, load(folder.path)):
        assert list(case.tables) == list(tables())
        for name in tables():
            frame, schema = case.table(name), table_schema(name)
            assert list(frame.columns) == [*schema.names, "_row", "_file"]
            for column in schema.columns:
                for each in column.names:
                    assert holds(frame[each]) == expected(column), (name, each)
            assert frame["_row"].dtype.kind == "i"


def holds(values: pd.Series) -> str:
    if values.dtype.kind in "fb":
        return {"f": "number", "b": "bool"}[values.dtype.kind]
    return "str" if isinstance(values.dtype, pd.StringDtype) else "list"


def expected(column) -> str:
    if column.is_number:
        return "number"
    return "bool" if column.is_bool else "list" if column.is_list else "str"


def test_cells_as_they_are_read(tiny):
    plants = tiny.table("plants").set_index("id")
    assert plants.loc["mine-au-2", "ramp"] == (0.5, 1.0)
    assert plants.loc["mine-cn", "ramp"] == ()
    assert plants.loc["mine-cn", "owner"] == ""
    assert np.isnan(plants.loc["mine-au", "quota"])
    capacity = plants.loc["ion-cn", ["capacity", "capacity_low", "capacity_high"]]
    assert list(capacity) == [80000, 72000, 84000]
    whole = plants.loc["mine-cn", ["capacity", "capacity_low", "capacity_high"]]
    assert list(whole) == [200000] * 3
    events = tiny.table("events").set_index("id")
    assert events.loc["ban-cn", "goods"] == ("oxide", "metal", "magnet")
    assert events.loc["boom", "destinations"] == ()
    assert list(events["in_force"]) == [True, False, False, False]
    assert tiny.table("places")["_row"].tolist() == [2, 3, 4, 5, 6]
    assert set(tiny.table("places")["_file"]) == {""}


def test_only_declared_defaults_fill_a_blank(tiny, folder):
    demands = tiny.table("demands")
    assert set(demands["priority"]) == {"civil", "defence"}
    routes = tiny.table("routes")
    assert routes["tariff"].notna().all()
    assert routes["capacity"].isna().sum() == 10
    rows = folder.rows("plants")
    at = rows[0].index("availability")
    folder.write("plants", [row[:at] + row[at + 1 :] for row in rows])
    assert (load(folder.path).table("plants")["availability"] == 1).all()


def test_settings_are_typed(tiny):
    settings = tiny.settings
    assert settings.years == (2024, 2026, 2028, 2030)
    assert (settings.end, settings.slices, settings.demand_steps) == (2034, 4, 12)
    assert (settings.events, settings.extends, settings.risk) == (("ban-cn",), "", 0.0)
    assert all(type(year) is int for year in (*settings.years, settings.base_year))


def test_a_case_is_short_to_name_and_can_be_sent_to_a_worker(tiny):
    assert repr(tiny) == "Case(tiny: 128 rows in 19 tables)"
    assert pickle.loads(pickle.dumps(tiny)).hash == tiny.hash


def test_a_table_that_there_is_not(tiny):
    with pytest.raises(KeyError, match="did you mean plants"):
        tiny.table("plnts")


def test_spaces_and_words_for_yes(folder):
    before = load(folder.path).hash
    folder.set("places", 2, name="  China ", lat=" 35.0 ", lon="1.05e2")
    folder.set("events", 2, in_force="TRUE", extraterritorial="Yes")
    folder.set("events", 3, goods=" oxide ; metal;magnet", severity=".95", hazard="+0.08")
    assert load(folder.path).hash == before


def test_a_unit_in_the_header_is_turned_into_that_of_the_schema(folder, tiny):
    rows = folder.rows("plants")
    low = rows[0].index("capacity")
    for row in rows[1:]:
        row[low : low + 3] = [str(float(x) / 1000) if x else "" for x in row[low : low + 3]]
    rows[0][low : low + 3] = [f"{name} [kt/yr]" for name in rows[0][low : low + 3]]
    folder.write("plants", rows)
    folder.set("places", 1, lat="lat [deg]")
    assert load(folder.path).hash == tiny.hash


@pytest.mark.parametrize(
    ("written", "unit", "times"),
    [
        ("kt/yr", "t/yr", 1000),
        ("Mt / yr", "t/yr", 1e6),
        ("USD/t", "USD/kg", 1e-3),
        ("billion USD", "million USD", 1000),
        ("million USD/(kt/yr)", "USD/(t/yr)", 1000),
        ("yr", "day", 365.25),
        ("%", "1", 0.01),
        ("1", "percent", 100),
        ("percent/yr", "1/yr", 0.01),
        ("nautical_mile", "km", 1.852),
    ],
)
def test_units(written, unit, times):
    assert factor(written, unit) == pytest.approx(times, rel=1e-12)


def test_pint_understands_every_unit_of_the_schemas():
    units = {c.unit for name in tables() for c in table_schema(name).columns if c.unit}
    assert all(factor(f" {unit} ", unit) == 1 for unit in units)


@pytest.mark.parametrize("written", ["t**9", "t^2", "2 t", "(t", "t)", "", "t//yr", "lb", "__t"])
def test_units_there_are_not(written):
    with pytest.raises(ValueError, match="is not known; t, or what converts to it, such as kt"):
        factor(written, "t")


def test_ends_of_ranges():
    low, mixed = load(TINY, at={"*": "low"}), load(TINY, at={"*": "low", "materials": "value"})
    assert low.table("plants").set_index("id").loc["ion-cn", "capacity"] == 72000
    assert low.table("plants").set_index("id").loc["ion-cn", "capacity_high"] == 84000
    assert low.table("plants").set_index("id").loc["mine-cn", "capacity"] == 200000
    assert low.table("materials").set_index("id").loc["ox-Dy", "base_price"] == 220
    assert mixed.table("materials").set_index("id").loc["ox-Dy", "base_price"] == 260
    assert np.isnan(low.table("events").set_index("id").loc["licence-cn", "hazard"])


def test_the_end_for_a_source_wins_over_that_for_its_table():
    case = load(TINY, at={"plants": "low", "reported": "high"})
    plants = case.table("plants").set_index("id")["capacity"]
    assert (plants["ion-cn"], plants["magnet-jp"]) == (72000, 14000)
    assert case.table("recipes")["coefficient"].max() == 1


def test_the_end_of_one_column_leaves_the_others_of_its_table():
    case = load(TINY, at={"projects.capex": "high", "plants": "low", "plants.capacity": "high"})
    projects, plants = case.table("projects"), case.table("plants")
    assert (projects["capex"] == projects["capex_high"]).all()
    assert (projects["size_max"] == load(TINY).table("projects")["size_max"]).all()
    assert (plants["capacity"] == plants["capacity_high"]).all()


def test_a_case_taken_at_other_ends_is_the_one_loaded_there(tiny):
    for ends in ({"*": "low"}, {"projects.capex": "high"}, {"reported": "low"}):
        assert tiny.at(ends).hash == load(TINY, at=ends).hash
    with pytest.raises(CaseError, match="no such table, column or source"):
        tiny.at({"projects.capx": "low"})


def test_ends_and_names_that_there_are_not():
    faults = faults_of(load, TINY, at={"plant": "low", "agencie": "high", "*": "lowest"})
    assert "at:plant: no such table, column or source" in faults[0]
    assert "did you mean plants?" in faults[0]
    assert "did you mean agency?" in faults[1]
    assert faults[2] == "at:*: 'lowest'; one of low, value, high"
    assert len(check(TINY, at={"plant": "low"}).faults) == 1


def test_the_hash_tells_cases_apart(tiny, folder):
    assert load(TINY, at={"*": "value"}).hash == tiny.hash
    assert load(TINY, at={"*": "low"}).hash != tiny.hash
    assert load(folder.path).hash == tiny.hash
    folder.set("stockpiles", 2, initial="61")
    changed = load(folder.path).hash
    assert changed != tiny.hash
    folder.set("stockpiles", 2, initial="60")
    folder.settings(risk="0.5")
    assert load(folder.path).hash not in (changed, tiny.hash)


def test_where_there_is_no_case(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"exampel: no bundled case.*did you mean example"):
        load("exampel")
    (tmp_path / "notes.txt").write_text("x")
    assert faults_of(load, tmp_path / "notes.txt") == [
        "notes.txt: no case; a folder of tables or an .xlsx workbook"
    ]
    faults = faults_of(load, tmp_path)
    assert "case.toml: missing; a file with the case's settings" in faults
    assert "places: the table is missing; a table with id" in faults


@pytest.mark.parametrize("name", bundled())
def test_bundled_cases_are_sound(name):
    assert check(name).errors == ()


def test_loading_is_quick():
    seconds = []
    for _ in range(2):
        start = time.perf_counter()
        load("example")
        seconds.append(time.perf_counter() - start)
    assert min(seconds) < 0.5
