"""A case laid on another: rows added, replaced and removed."""

import pytest

from kidorui.case import check, diff, export, load
from kidorui.case.overlays import bundled
from tests.case.conftest import TINY, faults_of


def test_rows_are_added_replaced_and_removed(folder, overlay):
    overlay.settings(name='"what-if"', discount_rate="0.1")
    overlay.write(
        "stockpiles",
        [
            [*folder.rows("stockpiles")[0], "remove"],
            ["makers-NdPr", *[""] * 10, "yes"],
            ["state-Dy", "state", "JP", "met-Dy", "90", "100", "3", "", "assumed", "low", "", ""],
            ["more-Dy", "industry", "JP", "ox-Dy", "5", "9", "1", "", "assumed", "low", "", ""],
        ],
    )  # fmt: skip
    below, case = load(folder.path), load(overlay.path)
    stocks = case.table("stockpiles")
    assert list(stocks["id"]) == ["state-Dy", "more-Dy"]
    assert list(stocks["initial"]) == [90, 5]
    assert list(stocks["_file"]) == ["what-if", "what-if"]
    assert set(case.table("plants")["_file"]) == {"tiny"}
    assert (case.settings.name, case.settings.discount_rate) == ("what-if", 0.1)
    assert case.settings.years == below.settings.years
    changes = diff(below, case)
    assert list(changes["change"]) == [*["changed"] * 4, "removed", "added"]
    assert list(changes["table"]) == ["case", "case", *["stockpiles"] * 4]
    assert load(folder.path, overlays=[overlay.path]).hash == case.hash


def test_a_removal_needs_only_the_key(folder, overlay):
    overlay.write("demands", [["sector", "place", "material", "year", "remove"]])
    rows = [row[:4] for row in folder.rows("demands") if row[0] == "defence"]
    overlay.write("demands", [*overlay.rows("demands"), *([*row, "yes"] for row in rows)])
    assert "defence" not in set(load(overlay.path).table("demands")["sector"])


def test_a_star_takes_out_all_rows_below_that_fit_and_none_beside_it(folder, overlay):
    header = [*folder.rows("demands")[0], "remove"]
    added = [*folder.rows("demands")[1], ""]
    added[0] = "drones"
    blank = [""] * (len(header) - 5)
    overlay.write(
        "demands",
        [
            header,
            added,
            ["*", "RW", "*", "*", *blank, "yes"],
            ["*", "*", "*", "2033", *blank, "yes"],
        ],
    )
    left = load(overlay.path).table("demands")
    assert set(left["year"]) == {2024}
    assert set(left["place"]) == {"CN", "JP"}
    assert list(left["sector"])[-1] == "drones"


def test_sources_go_with_the_rows_that_an_overlay_takes_out(folder, overlay):
    name = folder.rows("sources")[0]
    row = ["survey", "dataset", "Survey of a stock", "open", ""]
    folder.write("sources", [*folder.rows("sources"), row[: len(name)]])
    stocks = folder.rows("stockpiles")
    at = stocks[0].index("source")
    folder.set("stockpiles", 2, source="survey")
    overlay.write("stockpiles", [["id", "remove"], [stocks[1][0], "yes"]])
    assert stocks[1][at] != "survey"
    assert "survey" in set(load(folder.path).table("sources")["id"])
    assert "survey" not in set(load(overlay.path).table("sources")["id"])
    assert not [fault for fault in check(overlay.path).faults if fault.table == "sources"]


def test_a_star_that_fits_nothing_is_a_fault(overlay):
    overlay.write("modes", [["plant", "recipe", "remove"], ["no-such", "*", "yes"]])
    overlay.write("plants", [["id", "remove"], ["*", ""]])
    faults = [str(fault) for fault in check(overlay.path).errors]
    assert any("there is no row plant=no-such, recipe=*" in fault for fault in faults)
    assert any("plants:2:id: '*'" in fault for fault in faults)


def test_overlays_lie_on_each_other_in_order(folder, overlay, tmp_path):
    second = tmp_path / "second"
    second.mkdir()
    header = folder.rows("stockpiles")[0]
    for path, held in ((overlay.path, "70"), (second, "80")):
        row = ["state-Dy", "state", "JP", "met-Dy", held, "100", "3", "event", "assumed", "low", ""]
        (path / "stockpiles.csv").write_text(f"{','.join(header)}\n{','.join(row)}\n")
    both = load(TINY, overlays=[overlay.path, second])
    other = load(TINY, overlays=[second, overlay.path])
    assert both.table("stockpiles")["initial"][0] == 80
    assert other.table("stockpiles")["initial"][0] == 70


def test_faults_name_the_layer(folder, overlay):
    folder.set("places", 3, lat="x")
    overlay.write("plants", [["id", "remove"], ["mine-ca", "yes"], ["mine-cn", "yes"]])
    overlay.add("plants", id="sep-ion-cn", remove="perhaps")
    faults = [str(fault) for fault in check(overlay.path).errors]
    assert faults[0].startswith("tiny/places:3:lat: ")
    assert "what-if/plants:2:id: nothing to remove: there is no row mine-ca" in "\n".join(faults)
    assert "did you mean mine-cn?" in "\n".join(faults)
    assert any(fault.startswith("tiny/modes:2:plant: there is no 'mine-cn'") for fault in faults)
    assert any(fault.startswith("what-if/plants:4:remove: 'perhaps'") for fault in faults)


def test_rows_of_one_layer_do_not_replace_each_other(overlay, folder):
    header, row = folder.rows("stockpiles")[:2]
    overlay.write("stockpiles", [header, row, row])
    faults = check(overlay.path).errors
    assert [str(fault).split(": ")[0] for fault in faults] == ["what-if/stockpiles:3:id"]


def test_a_chain_and_a_circle(folder, overlay, tmp_path):
    third = tmp_path / "third"
    third.mkdir()
    (third / "case.toml").write_text('extends = "../what-if"\ntitle = "third"\n')
    assert load(third).settings.title == "third"
    assert load(third).table("places").equals(load(overlay.path).table("places"))
    folder.settings(extends='"../third"')
    faults = faults_of(load, third)
    assert "tiny/case.toml:extends: the case extends itself by way of '../third'" in faults[0]


def test_what_is_extended_must_be_there(overlay):
    overlay.settings(extends='"exampel"')
    faults = faults_of(load, overlay.path)
    assert "case.toml:extends: no case 'exampel'" in faults[0]
    assert "did you mean example?" in faults[0]
    assert "example" in bundled()
    with pytest.raises(FileNotFoundError, match="no bundled case, folder or workbook"):
        load(TINY, overlays=["nowhere"])


def test_an_overlay_is_whole_once_it_is_exported(folder, overlay, tmp_path):
    overlay.settings(title='"other"')
    case = load(overlay.path)
    export(case, tmp_path / "flat")
    flat = load(tmp_path / "flat")
    assert (flat.hash, flat.settings.extends) == (case.hash, "")
