"""Faults that only show when tables are laid beside each other."""

from kidorui.case import check
from tests.case.conftest import place_of


def told(folder, severity: str = "error") -> list[str]:
    return [str(fault) for fault in check(folder.path).faults if fault.severity == severity]


def test_a_recipe_cannot_make_an_element_out_of_nothing(folder):
    folder.set("recipes", 6, coefficient="0.0135")  # mixed-heavy, of which 0.15 is Dy
    faults = told(folder)
    assert [fault.split(": ")[0] for fault in faults] == ["recipes:6:coefficient"]
    assert "sep-light makes 0.002025 t of Dy oxide from 0.002 t" in faults[0]


def test_a_recipe_may_keep_all_there_is(folder):
    folder.set("recipes", 6, coefficient=str(0.002 / 0.15))
    assert told(folder) == []


def test_materials_without_contents_hold_nothing(folder):
    rows = folder.rows("contents")
    folder.write("contents", [row for row in rows if row[0] != "conc-ion"])
    faults = check(folder.path).faults
    assert [place_of(fault) for fault in faults] == [
        "materials:3:id",
        "recipes:8:coefficient",
        "recipes:9:coefficient",
    ]
    assert [fault.severity for fault in faults] == ["warning", "error", "error"]


def test_a_faulty_coefficient_is_not_balanced(folder):
    folder.set("recipes", 7, coefficient="many")
    assert folder.places() == ["recipes:7:coefficient"]


def test_demand_that_nothing_can_reach_is_told_once(folder):
    rows = folder.rows("routes")
    folder.write("routes", [row for row in rows if row[2] != "RW"])
    faults = told(folder)
    assert [fault.split(": ")[0] for fault in faults] == ["demands:12:material"]
    assert "no recipes and routes bring magnet to RW" in faults[0]


def test_projects_bring_material_as_plants_do(folder):
    for row in (10, 11):  # all metal makers; the second of Japan is a project
        folder.set("modes", row, recipe="make-NdPr")
    folder.set("plants", 10, ramp="1")
    assert folder.places() == []


def test_a_misspelt_place_does_not_cut_off_who_is_supplied_from_it(folder):
    folder.set("plants", 11, place="CNN")  # the magnet makers of China
    folder.set("routes", 12, destination="RWW")
    assert folder.places() == ["plants:11:place", "routes:12:destination"]


def test_plants_and_projects_must_be_able_to_run_something(folder):
    folder.drop("modes", 5)
    folder.set("projects", 3, recipes="")
    folder.set("projects", 5, material="")
    assert folder.places() == ["plants:5:id", "projects:3:recipes", "projects:5:material"]


def test_a_misspelt_mode_is_not_a_plant_without_one_too(folder):
    folder.set("modes", 5, plant="mine-au-22")
    assert folder.places() == ["modes:5:plant"]


def test_rows_that_would_do_nothing(folder):
    folder.set("substitutions", 2, sector="ships")
    folder.set("contracts", 2, seller="AU")
    faults = told(folder)
    assert "substitutions:2:sector: no demand of ships JP magnet" in faults[0]
    assert "contracts:2:seller: no route of ox-NdPr from AU to JP" in faults[1]


def test_what_is_demanded_has_a_base_price(folder):
    folder.set("materials", 9, base_price="")
    assert folder.places() == ["materials:9:base_price"]


def test_a_material_named_like_a_stage_of_others(folder):
    folder.set("materials", 10, stage="magnet")
    assert folder.places() == ["materials:9:id"]


def test_dates_that_change_nothing(folder):
    folder.set("plants", 5, closing="2020")
    folder.set("projects", 3, decision="2034")
    folder.set("contracts", 2, start="2033")
    folder.set("policies", 2, start="2040")
    folder.set("events", 2, start="2035")
    faults = told(folder)
    assert [fault.split(": ")[0] for fault in faults] == [
        "plants:5:closing",
        "projects:3:decision",
        "contracts:2:end",
        "policies:2:start",
        "events:2:start",
    ]
    assert "2020 is before opening; not before opening" in faults[0]
    assert "2034 is not before 2034" in faults[1]


def test_warnings_of_dates_and_stocks(folder):
    folder.drop("demands", 3)  # vehicles in China, 2033
    folder.set("stockpiles", 2, initial="200")
    folder.set("contracts", 2, start="2010", end="2020")
    folder.add("sources", id="unread")
    assert folder.warned() == [
        "demands:2:year",
        "stockpiles:2:initial",
        "contracts:2:start",
        "sources:5:id",
    ]


def test_fields_of_an_event_fit_its_kind(folder):
    folder.set("events", 2, start="")
    folder.set("events", 3, severity="2", severity_high="", goods="sep-my")
    folder.set("events", 4, hazard="", origin="")
    folder.set("events", 5, goods="")
    faults = told(folder)
    assert [fault.split(": ")[0] for fault in faults] == [
        "events:2:start",
        "events:3:severity",
        "events:3:goods",
        "events:4:hazard",
        "events:4:origin",
        "events:5:goods",
    ]
    assert "blank, but the event is in force" in faults[0]
    assert "sep-my is a plant, which a ban does not hit" in faults[2]
    assert "blank, so the event hits nothing" in faults[4]


def test_fields_of_an_event_without_effect(folder):
    folder.set("events", 2, hazard="0.1")
    folder.set("events", 5, origin="CN")
    assert folder.warned() == ["events:2:hazard", "events:5:origin"]


def test_twenty_faults_are_told_at_once(folder):
    folder.settings(discount_rate="2", focus='"JPN"')
    folder.set("places", 2, lat="north")
    folder.set("elements", 3, group="heavier")
    folder.set("materials", 2, base_price="1,500")
    folder.set("contents", 5, content="nan")
    folder.set("recipes", 21, coefficient="0.5")
    folder.set("plants", 4, capacity_low="90000")
    folder.set("plants", 5, closing="2001")
    folder.set("modes", 17, recipe="recicle")
    folder.drop("modes", 5)
    folder.set("routes", 1, distance="distance [kg]")
    folder.set("routes", 9, origin="MI")
    folder.add("demands", sector="toys", place="AU", year="2024")
    folder.set("substitutions", 2, sector="ships")
    folder.set("stockpiles", 2, holder="bank")
    folder.set("projects", 5, material="")
    folder.write("funds", [*folder.rows("funds"), folder.rows("funds")[1]])
    folder.set("contracts", 2, quantity="")
    folder.set("policies", 2, source="rumour")
    folder.set("events", 3, hazard="", hazard_low="", hazard_high="")
    (folder.path / "prices.csv").write_text("id\n")
    assert sorted(folder.places()) == sorted(
        [
            "case.toml:discount_rate",
            "case.toml:focus",
            "places:2:lat",
            "elements:3:group",
            "materials:2:base_price",
            "contents:5:content",
            "recipes:21:coefficient",
            "plants:4:capacity_low",
            "plants:5:closing",
            "modes:16:recipe",
            "plants:5:id",
            "routes:1:distance",
            "routes:9:origin",
            "demands:14:material",
            "substitutions:2:sector",
            "stockpiles:2:holder",
            "projects:5:material",
            "funds:4:id",
            "contracts:2:quantity",
            "policies:2:source",
            "events:3:hazard",
            "prices",
        ]
    )
