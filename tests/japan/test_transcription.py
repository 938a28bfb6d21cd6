"""The case's figures against the reference data they were taken from, where that is at hand."""

from pathlib import Path

import pandas as pd
import pytest

from kidorui.case import load

DATA = Path(__file__).parents[3] / "shared" / "data"

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="reference data is not at hand")


@pytest.fixture(scope="module")
def japan():
    return load("japan")


@pytest.mark.parametrize(
    ("material", "deposit"),
    [
        ("sichuan", "Maoniuping, Sichuan"),
        ("clay", "Xinfeng ion clay (medium-Y Eu-rich)"),
        ("mount-weld", "Mount Weld (Central Lanthanide Deposit)"),
        ("monazite", "Manavalakurichi monazite"),
        ("xenotime", "Southeast Guangdong xenotime"),
    ],
)
def test_baskets_are_those_of_the_source(japan, material, deposit):
    baskets = pd.read_csv(DATA / "supply" / "baskets_wide.csv").set_index("deposit").loc[deposit]
    total = baskets["La":"Y"].fillna(0).astype(float).sum()
    contents = japan.table("contents")
    mine = contents[contents["material"] == material].set_index("element")["content"]
    assert mine.sum() == pytest.approx(1.0, abs=1e-4)
    for element in ("La", "Ce", "Sm", "Tb", "Dy", "Y"):
        assert mine[element] == pytest.approx(float(baskets[element]) / total, rel=1e-4)
    ndpr = float(baskets["Nd"]) + float(baskets["Pr"])
    assert mine["NdPr"] == pytest.approx(ndpr / total, rel=1e-4)


def test_prices_are_the_means_of_2024(japan):
    prices = pd.read_csv(DATA / "supply" / "prices.csv", dtype=str)
    source = prices[(prices["date"] == "2024") & prices["source"].str.startswith("USGS MCS 2026")]
    published = source.set_index("element")["usd_per_kg"].astype(float)
    base = japan.table("materials").set_index("id")["base_price"]
    for element in ("La", "Ce", "NdPr", "Sm", "Dy", "Tb", "Y"):
        assert base[f"{element.lower()}-oxide"] == published[element]


def test_sea_distances_are_those_computed(japan):
    distances = pd.read_csv(DATA / "trade" / "geo" / "sea_distances_searoute_1.6.0.csv")
    computed = distances[distances["case"] == "base"].set_index(["origin", "destination"])
    routes = japan.table("routes").set_index(["origin", "destination"])["distance"]
    for ends, ports in (
        (("CN", "JP"), ("Shanghai", "Yokohama")),
        (("MY", "JP"), ("Kuantan", "Yokohama")),
        (("US", "JP"), ("Los Angeles", "Yokohama")),
    ):
        key = ports if ports in computed.index else ports[::-1]
        assert routes.loc[ends].iloc[0] == pytest.approx(computed.loc[key, "distance_km"], abs=1)


def test_growth_of_use_is_that_of_the_scenario(japan):
    uses = pd.read_csv(DATA / "demand" / "demand_by_use.csv", dtype=str)
    uses = uses[(uses["element"] == "NdPrDyTb") & uses["scenario"].isin(["base year", "STEPS"])]
    demands = japan.table("demands")
    elsewhere = demands[demands["place"] == "US"]
    for sector, use in (("wind", "wind"), ("electronics", "other uses (all not EV, not wind)")):
        published = uses[uses["end_use"] == use].set_index("year")["value"].astype(float)
        mine = elsewhere[elsewhere["sector"] == sector].set_index("year")["quantity"]
        for year in (2030, 2035, 2040):
            grown = published[str(year)] / published["2024"]
            assert mine[year] / mine[2024] == pytest.approx(grown, rel=1e-3)


def test_mine_output_observed_is_of_one_vintage(japan):
    mines = pd.read_csv(DATA / "supply" / "mine_production.csv", dtype=str)
    usgs = mines[(mines["year"] == "2024") & (mines["data_vintage"] == "MCS2026")]
    published = usgs.set_index("country")["t_reo"].astype(float)
    observed = japan.table("observations").set_index("id")["value"]
    assert observed["mine-cn-2024"] + observed["clay-cn-2024"] == published["China"]
    for place, country in (("us", "United States"), ("au", "Australia"), ("in", "India")):
        assert observed[f"mine-{place}-2024"] == published[country]
    assert observed["clay-mm-2024"] == published["Myanmar"]
