"""IAMC data: which number stands under which model, scenario, region, variable, unit and year."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from kidorui.results import Result, result_schema
from kidorui.results.exports import ExportError
from kidorui.results.exports.iamc import NAMES, iamc_data, mapping, write_iamc
from tests.exports.conftest import ORIGIN

META = {"kidorui": "0.1.0", "case": "japan", "focus_id": "JP", "control_id": "CN"}
PLACES = pd.DataFrame({"id": ["JP", "CN"], "name": ["Japan", "China"]})
GOODS = pd.DataFrame({"id": ["ndpr"], "name": ["NdPr oxide | 99%"]})


def at(data, **where):
    """The values where all names are as given, by year."""
    chosen = data[np.logical_and.reduce([data[name] == word for name, word in where.items()])]
    return dict(zip(chosen["year"], chosen["value"], strict=True))


def lived(first, months, **tables):
    """A stress that lived through months, with prices of 1, 2, 3, ... US$/kg."""
    month = [str(each) for each in pd.period_range(first, periods=months, freq="M")]
    ends = {"inside": np.arange(1.0, months + 1), "outside": np.nan, "world_paid": 5.0}
    prices = pd.DataFrame({"month": month, "material": "ndpr", **ends})
    meta = {**META, "events": ["ban", "halt"]}
    facts = {"places": PLACES, "goods": GOODS}
    return Result("stress", {"prices": prices, **facts, **tables}, meta)


def test_every_row_of_the_mapping_names_what_is_declared():
    for row in mapping():
        table = result_schema(row["kind"])[row["table"]]
        asked = {row["value"], row["state"], row["only"].partition("=")[0]}
        asked |= {
            word.lower() for word in re.findall(r"\{(\w+)\}", row["variable"] + row["scenario"])
        }
        ends = {*row["region"].split(">"), row["year"]}
        asked |= {end for end in ends if not end.startswith("meta:") and end != "World"}
        assert asked - {""} <= set(table.names), row
        assert row["how"] in ("one", "sum", "sum of months", "mean of months"), row
        unit = next(c.unit for c in table.columns if c.name == row["value"])
        per_year = {
            "t oxide": "t oxide/yr",
            "billion yen": "billion yen/yr",
            "as in unit": row["unit"],
        }
        assert (unit, row["times"], row["unit"]) == ("1", "100", "%") or (
            row["unit"] == per_year.get(unit, unit) and row["times"] == "1"
        ), row


def test_a_plan_tells_both_worlds_and_what_strikes(planned):
    data = iamc_data(planned, ORIGIN)
    assert not data.duplicated([*NAMES, "year"]).any()
    assert data["value"].notna().all()
    assert set(data["scenario"]) >= {"tiny plan", "tiny do-nothing", "tiny base year"}
    assert {s.partition(", ")[0] for s in data["scenario"]} == {
        "tiny plan",
        "tiny do-nothing",
        "tiny base year",
    }
    dependence = planned.table("dependence")
    row = dependence[(dependence["plan"] == "plan") & dependence["share"].gt(0.01)].iloc[0]
    words = [row["stage"].capitalize(), row["group"].capitalize(), row["basis"].capitalize()]
    struck = "" if row["state"] == "no event" else f", {row['state']}"
    found = at(data, variable="|".join(["Dependence", *words]), scenario=f"tiny plan{struck}")
    assert found[row["year"]] == 100 * row["share"]


def test_trade_is_from_a_place_to_a_place_by_their_names(planned):
    data = iamc_data(planned, ORIGIN)
    flow = planned.table("flows").sort_values("base_year").iloc[-1]
    names = planned.table("places").set_index("id")["name"]
    goods = planned.table("goods").set_index("id")["name"]
    region = f"{names[flow['origin']]}>{names[flow['destination']]}"
    variable = f"Trade|{goods[flow['material']]}"
    year = planned.meta["base_year"]
    assert at(data, region=region, variable=variable, scenario="tiny base year") == {
        year: flow["base_year"]
    }
    assert at(data, region=region, variable=variable, scenario="tiny plan") == {
        flow["year"]: flow["plan"]
    }


def test_parts_add_up_to_the_whole(planned):
    data = iamc_data(planned, ORIGIN).set_index([*NAMES, "year"])["value"]
    variables = data.index.get_level_values("variable")
    for whole in ("Production|Separation|Light", "Capacity|Separation|Light"):
        parts = data[variables.str.startswith(f"{whole}|")]
        others = ["model", "scenario", "region", "unit", "year"]
        sums = parts.groupby(others).sum()
        pd.testing.assert_series_equal(
            sums, data[variables == whole].droplevel("variable").reindex(sums.index), rtol=1e-12
        )
        assert len(sums)


def test_an_exposure_tells_the_base_year(exposed):
    data = iamc_data(exposed, ORIGIN)
    assert set(data["scenario"]) == {"tiny base year"}
    assert set(data["year"]) == {exposed.meta["year"]}
    shares = data[data["variable"].str.startswith("Output Share|")]
    sums = shares.groupby("variable")["value"].sum()
    assert sums.to_numpy() == pytest.approx(np.full(len(sums), 100.0), abs=1e-6)
    assert len(sums)


def test_months_become_means_of_whole_calendar_years():
    data = iamc_data(lived("2027-11", 26), ORIGIN)  # to the end of 2029
    variable = "Price|NdPr oxide / 99%"
    assert at(data, variable=variable, region="China") == {
        2028: np.mean(range(3, 15)),
        2029: np.mean(range(15, 27)),
    }
    assert at(data, variable=variable, region="Japan") == {}
    assert set(data["scenario"]) == {"japan stress ban+halt"}


def test_a_month_without_shortage_counts_as_nought():
    shortage = pd.DataFrame(
        {
            "month": ["2027-12", "2028-01", "2028-03"],
            "sector": ["wind", "wind", "cars"],
            "element": "Nd",
            "group": "light",
            "shortage": [100.0, 2.0, 3.0],
        }
    )
    data = iamc_data(lived("2027-12", 25, shortage=shortage), ORIGIN)
    assert at(data, variable="Shortage|Light", region="Japan") == {2028: 5.0, 2029: 0.0}
    assert at(data, variable="Shortage|Content of Use|cars") == {2028: 3.0, 2029: 0.0}


def test_a_mean_of_fewer_months_than_twelve_is_not_told():
    result = lived("2028-01", 12)
    result.table("prices").loc[4, "inside"] = np.nan
    assert at(iamc_data(result, ORIGIN), variable="Price|NdPr oxide / 99%") == {}
    assert at(iamc_data(result, ORIGIN), variable="Price Paid|NdPr oxide / 99%") == {2028: 5.0}


def test_what_tells_no_whole_year_is_refused():
    with pytest.raises(ExportError, match="no calendar year of its months is whole"):
        iamc_data(lived("2028-02", 11), ORIGIN)
    with pytest.raises(ExportError, match="runs of exposure, plan, stress are accepted"):
        iamc_data(Result("validate", {}), ORIGIN)


def test_the_file_has_a_column_a_year(stressed, tmp_path):
    write_iamc(stressed, ORIGIN, tmp_path / "stress.csv")
    wide = pd.read_csv(tmp_path / "stress.csv")
    # two years from the ban of 2028 on; of the year before it six months are lived
    assert list(wide.columns) == ["Model", "Scenario", "Region", "Variable", "Unit", "2028", "2029"]
    long = wide.rename(columns=str.lower).melt([*NAMES], var_name="year").dropna()
    long = long.astype({"year": int}).sort_values([*NAMES, "year"], ignore_index=True)
    expected = iamc_data(stressed, ORIGIN).astype({"year": int})
    pd.testing.assert_frame_equal(long, expected, check_dtype=False, check_exact=True)


def test_the_list_of_variables_in_the_docs_is_the_mapping():
    page = (Path(__file__).parents[2] / "docs" / "exports.md").read_text(encoding="utf-8")
    told = set()
    for kind, names, unit in re.findall(r"^\| (\w+) \| (`.*?`) \| ([^|]+) \|", page, re.MULTILINE):
        first, *more = re.findall(r"`([^`]+)`", names.replace("\\|", "|"))
        told |= {(kind, name, unit) for name in (first, *(first + each for each in more))}
    assert told == {(row["kind"], row["variable"], row["unit"]) for row in mapping()}
