"""The bundled case as data: sound, sourced, and near what was observed."""

from functools import cache

import numpy as np
import pandas as pd
import pytest

from kidorui.case import Case, check, load, sources
from kidorui.studies.base_year import BaseYear, solve_base_year
from kidorui.studies.context import Context


@cache
def japan() -> Case:
    return load("japan")


@cache
def base_year() -> BaseYear:
    return solve_base_year(japan(), Context())


def made(material: str, place: str) -> float:
    """Output of a material in the base year, t/yr."""
    network, solution = base_year().network, base_year().solution
    pool = network.pools[
        (network.pools["material"] == material) & (network.pools["place"] == place)
    ].index
    return float((network.recipes.maximum(0) @ solution.values["activity"][0])[pool].sum())


def test_it_has_no_fault_and_no_warning():
    assert [str(fault) for fault in check("japan").faults] == []


def test_an_assumption_says_what_is_assumed():
    table = japan().table("sources")
    assumed = table[table["kind"] == "assumption"]
    assert (assumed["citation"].str.len() > 15).all()
    told = sources(japan()).set_index("source")["share"]
    assert 0 < told[assumed["id"]].sum() < 1


def test_a_low_confidence_or_derived_figure_has_a_note():
    for name in ("plants", "projects", "demands", "routes", "funds", "events", "contracts"):
        table = japan().table(name)
        assert (table.loc[table["confidence"] == "low", "note"] != "").all(), name


@pytest.mark.parametrize("end", ["low", "high"])
def test_either_end_of_all_ranges_is_a_sound_case(end):
    assert [str(f) for f in check("japan", at={"*": end}).faults if f.severity == "error"] == []


def test_capacity_is_not_output():
    """Most plants stand partly idle in the base year: capacities are not set to fit it."""
    network, solution = base_year().network, base_year().solution
    used = pd.Series(solution.values["activity"][0]).groupby(network.activities["unit"]).sum()
    capacity = pd.Series(network.capacity[0])[used.index]
    share = (used / capacity)[capacity > 0]
    assert (share < 0.98).mean() > 0.5


def test_no_trade_is_free_or_instant():
    routes = japan().table("routes")
    assert (routes["transit"] > 5).all()
    assert (routes["cost"] > 0).all()


def test_the_base_year_needs_little_unexplained():
    pools = base_year().pools
    elements = pools.groupby("material")["unexplained"].sum()
    world = pools.groupby("material")["throughput"].sum()
    assert elements["ndpr-oxide"] <= 0.10 * world["ndpr-oxide"]
    for material in ("dy-oxide", "tb-oxide"):
        assert elements[material] <= 0.25 * world[material]


@pytest.mark.parametrize(
    ("material", "place", "observed", "within"),
    [
        # SMM monthly outputs of 2024 times twelve, scrap included (observations.csv)
        ("ndpr-oxide", "CN", 94_000, 0.05),
        ("dy-oxide", "CN", 2_570, 0.20),
        ("tb-oxide", "CN", 490, 0.25),
        # Lynas, 1,677 t in the third quarter of 2024
        ("ndpr-oxide", "MY", 6_700, 0.10),
        # MP Materials, full year 2024
        ("ndpr-oxide", "US", 1_294, 0.15),
    ],
)
def test_separated_output_is_near_what_was_observed(material, place, observed, within):
    assert made(material, place) == pytest.approx(observed, rel=within)


def test_scrap_gives_back_what_china_reports():
    """26,504 t of PrNd oxide from scrap in 2024 (Argus 2025)."""
    network, solution = base_year().network, base_year().solution
    recycled = network.activities["recipe"] == "recycle-ndpr"
    in_china = network.units["place"].to_numpy()[network.activities["unit"]] == "CN"
    fed = solution.values["activity"][0][(recycled & in_china).to_numpy()].sum()
    assert fed * 0.86 == pytest.approx(26_504, rel=0.05)


def test_prices_of_the_base_year_are_calibrated():
    """Base prices are inputs: the base year must come back to them, and proves no more."""
    prices = base_year().pools.set_index(["material", "place"])["price"]
    base = japan().table("materials").set_index("id")["base_price"]
    for material, within in (("ndpr-oxide", 0.30), ("dy-oxide", 0.30), ("tb-oxide", 0.30)):
        assert prices[material, "CN"] == pytest.approx(base[material], rel=within)


def test_cerium_piles_up():
    """The balance problem: light oxides nobody wants are thrown away in the base year."""
    network, solution = base_year().network, base_year().solution
    waste = pd.Series(solution.values["disposed"][0]).groupby(network.pools["material"]).sum()
    assert waste["ce-oxide"] + waste["la-oxide"] > 10_000
    assert waste["dy-oxide"] + waste["ndpr-oxide"] < 1


def test_japan_uses_as_much_as_its_statistics_say():
    """18,835 t REO of apparent demand in 2024 (JSNM), within a tenth."""
    demands = japan().table("demands")
    now = demands[(demands["place"] == "JP") & (demands["year"] == japan().settings.base_year)]
    oxides = now.loc[now["material"].str.endswith("oxide"), "quantity"].sum()
    network, solution = base_year().network, base_year().solution
    reduced = network.activities["recipe"].str.startswith("make-magnet")
    here = network.units["place"].to_numpy()[network.activities["unit"]] == "JP"
    magnets = solution.values["activity"][0] * (reduced & here).to_numpy()
    metal = -(network.recipes.minimum(0) @ magnets)
    held = network.content_of(network.pools["material"])
    gross = float((metal @ held).sum())
    net_of_swarf = gross * (1 - 0.325 * 0.86)
    assert oxides + net_of_swarf == pytest.approx(18_835, rel=0.10)
    assert np.isfinite(gross)
