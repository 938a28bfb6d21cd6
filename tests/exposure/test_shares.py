"""Shares, concentration and reliance by stage: by hand and on the japan case; flows of a year."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest

from kidorui.case import Case, load
from kidorui.studies.context import Context
from kidorui.studies.exposure.indices import indices
from kidorui.studies.exposure.origins import look_through
from kidorui.studies.exposure.shares import BASES, Ledger, shares
from kidorui.studies.exposure.year_flows import YearFlows, refocused, year_flows
from tests.changed import edited, tiny, with_rows
from tests.exposure.bought import NDPR, bought, bought_case


@cache
def japan() -> YearFlows:
    return year_flows(load("japan"), None, Context())


def on(flows: YearFlows, case: Case) -> YearFlows:
    """The same flows of a case with other words in its tables."""
    return replace(flows, network=replace(flows.network, case=case))


def told(rows: pd.DataFrame, value: str, **keys: str) -> float:
    found = rows[np.logical_and.reduce([rows[k] == v for k, v in keys.items()])]
    assert len(found) == 1, keys
    return float(found[value].iloc[0])


def test_shares_by_hand_on_every_basis():
    rows = shares(Ledger(bought()))
    magnets = {"element": "NdPr", "stage": "magnet", "origin": "MY"}
    assert told(rows, "imports", basis="weight", **magnets) == pytest.approx(10.0)
    assert told(rows, "imports", basis="oxide", **magnets) == pytest.approx(NDPR[0])
    assert told(rows, "imports", basis="value", **magnets) == pytest.approx(10.0 * 65 / 1000)
    assert told(rows, "share_imports", basis="value", **magnets) == pytest.approx(1.0)
    oxide = {"stage": "separation", "origin": "CN"}
    assert told(rows, "imports", element="NdPr", basis="oxide", **oxide) == pytest.approx(2.0)
    assert told(rows, "imports", element="Dy", basis="oxide", **oxide) == 0
    assert told(rows, "output", element="NdPr", basis="oxide", **oxide) == pytest.approx(7.2)
    mined = {"stage": "mine", "origin": "CN", "element": "Dy"}
    assert told(rows, "output", basis="weight", **mined) == pytest.approx(30.0)
    assert told(rows, "output", basis="oxide", **mined) == pytest.approx(1.5)


def test_indices_by_hand():
    flows = bought()
    rows = indices(Ledger(flows), look_through(flows))
    magnet = {"element": "NdPr", "stage": "magnet", "basis": "oxide"}
    assert told(rows, "value", index="hhi_imports", **magnet) == pytest.approx(1.0)
    assert told(rows, "value", index="net_import_reliance", **magnet) == pytest.approx(1.0)
    assert told(rows, "value", index="self_sufficiency", **magnet) == 0
    assert told(rows, "value", index="self_sufficiency_through", **magnet) == 0
    top = rows[(rows["index"] == "top_supplier") & (rows["element"] == "NdPr")]
    assert set(zip(top["stage"], top["who"], strict=True)) == {
        ("separation", "CN"),
        ("magnet", "MY"),
    }
    assert "metal" not in set(top["stage"])  # Japan neither makes nor buys any


def test_seen_from_the_maker_the_same_flows_are_its_own():
    flows = bought("MY")
    rows = indices(Ledger(flows), look_through(flows))
    magnet = {"element": "NdPr", "stage": "magnet", "basis": "weight"}
    assert (rows["index"] != "self_sufficiency_through").all()  # nothing is used there
    supplied = rows[(rows["index"] == "hhi_supply") & (rows["stage"] == "magnet")]
    assert supplied.empty  # all of it is sold
    assert told(rows, "value", index="hhi_output", **magnet) == pytest.approx(1.0)
    metal = {"element": "NdPr", "stage": "metal", "basis": "weight"}
    assert told(rows, "value", index="self_sufficiency", **metal) == pytest.approx(1.0)
    assert told(rows, "value", index="net_import_reliance", **metal) == 0


def test_value_is_missing_where_goods_without_a_price_flow():
    case = edited(bought_case(), "materials", "magnet", base_price=np.nan)
    rows = shares(Ledger(on(bought(), case)))
    magnets = {"element": "NdPr", "stage": "magnet", "origin": "MY"}
    assert np.isnan(told(rows, "imports", basis="value", **magnets))
    assert told(rows, "imports", basis="weight", **magnets) == pytest.approx(10.0)
    oxide = {"element": "NdPr", "stage": "separation", "origin": "CN"}
    assert told(rows, "imports", basis="value", **oxide) == pytest.approx(2.0 * 55 / 1000)


@pytest.mark.parametrize("basis", BASES)
def test_what_is_made_and_bought_is_used_or_sold(basis):
    ledger = Ledger(japan())
    found = ledger.amounts(basis)
    home = np.isin(found.places, japan().home)
    name = found.told.names.index("all")
    own = (found.made + found.recovered)[:, home, name].sum(axis=1)
    came = own + (found.imports - found.exports)[..., name].sum(axis=1)
    used = found.used[:, home, name].sum(axis=1)
    stages = [found.stages.index(stage) for stage in ("separation", "metal", "magnet")]
    np.testing.assert_allclose(came[stages], used[stages], rtol=1e-9)


def test_shares_add_up_to_1_or_are_missing():
    rows = shares(Ledger(japan()))
    sums = rows.groupby(["element", "stage", "basis"])[["share_imports", "share_output"]].sum()
    for column in sums:
        traded = sums[column][sums[column] != 0]
        np.testing.assert_allclose(traded, 1.0, rtol=1e-5)  # crumbs are not told
    assert rows.loc[rows["stage"] == "mine", "share_imports"].isna().all()


def test_output_of_mines_is_that_of_the_usgs():
    # Mineral Commodity Summaries 2026, 2024: China 270,000 t, Burma 27,000, United States 45,500
    rows = shares(Ledger(japan()))
    mined = {"element": "all", "stage": "mine", "basis": "weight"}
    assert told(rows, "output", origin="CN", **mined) == pytest.approx(270_000, rel=0.01)
    assert told(rows, "output", origin="MM", **mined) == pytest.approx(27_000, rel=0.02)
    assert told(rows, "output", origin="US", **mined) == pytest.approx(45_500, rel=0.03)


def test_the_index_of_japan_is_the_sum_of_squares_of_its_shares():
    flows = japan()
    found = indices(Ledger(flows), look_through(flows))
    rows = shares(Ledger(flows))
    of = {"element": "all", "stage": "metal", "basis": "value"}
    metal = rows[np.logical_and.reduce([rows[k] == v for k, v in of.items()])]
    squares = float((metal["share_imports"] ** 2).sum())
    assert told(found, "value", index="hhi_imports", **of) == pytest.approx(squares)
    assert (found["value"] <= 1 + 1e-12).all()
    assert found.loc[found["index"].str.startswith("hhi"), "value"].gt(0).all()
    recovered = found[found["index"] == "recovered"]
    assert set(recovered["stage"]) == {"separation"}


def test_places_of_one_country_count_as_one():
    case = with_rows(
        bought_case(),
        "places",
        {"id": "PH", "name": "Site", "iso3": "MYS", "covers": ()},
    )
    flows = bought()
    network = on(flows, case).network
    pools = network.pools.assign(place=network.pools["place"].replace({"MY": "PH"}))
    links = network.links.assign(
        origin=[  # magnets are sold from the site, oxide is bought by the other place
            "PH" if material == "magnet" else origin
            for material, origin in zip(
                network.links["material"], network.links["origin"], strict=True
            )
        ]
    )
    moved = replace(flows, network=replace(network, pools=pools, links=links))
    rows = indices(Ledger(moved), look_through(flows))
    top = rows[(rows["index"] == "top_supplier") & (rows["stage"] == "magnet")]
    assert set(top["who"]) == {"MY"}  # the first place of the country


def entering_less_leaving(flows: YearFlows) -> np.ndarray:
    """(pool) t/yr that comes in beyond what recipes, routes and sectors take out."""
    network = flows.network
    net = network.recipes @ flows.activity + flows.unexplained
    np.add.at(net, network.links["to_pool"].to_numpy(), flows.shipment)
    np.add.at(net, network.links["from_pool"].to_numpy(), -flows.shipment)
    np.add.at(net, network.relabel[:, 1], flows.relabel)
    np.add.at(net, network.relabel[:, 0], -flows.relabel)
    np.add.at(net, network.demands["pool"].to_numpy(), -flows.used)
    return net


@pytest.mark.parametrize("year", [None, 2027])
def test_flows_of_a_year_balance_but_for_what_is_disposed_of(year):
    case = load("japan")
    flows = year_flows(case, year, Context())
    left = entering_less_leaving(flows)
    assert left.min() > -1e-5
    cost = case.table("materials").set_index("id")["disposal_cost"]
    kept = cost.loc[flows.network.pools["material"]].isna().to_numpy()
    assert np.abs(left[kept]).max() < 1e-5


def test_a_later_year_is_the_market_at_rest_then():
    flows = year_flows(tiny(), 2030, Context())
    assert flows.year == 2030
    units = flows.network.units["id"].to_numpy()[flows.network.activities["unit"]]
    opened = flows.activity[units == "mine-au-2"].sum()
    assert opened > 0  # it opens in 2027
    first = year_flows(tiny(), 2024, Context())
    units = first.network.units["id"].to_numpy()[first.network.activities["unit"]]
    assert first.activity[units == "mine-au-2"].sum() == 0


def test_substitution_is_not_use():
    flows = japan()
    spared = np.zeros(len(flows.served))
    np.add.at(spared, flows.network.savings["demand"].to_numpy(), flows.saved)
    np.testing.assert_allclose(flows.used, np.maximum(flows.served - spared, 0))


@pytest.mark.parametrize("year", [2023, 2034])
def test_a_year_outside_the_axis_is_refused(year):
    with pytest.raises(ValueError, match=f"year {year}; a year from 2024 to 2033"):
        year_flows(tiny(), year, Context())


def test_another_place_may_be_the_focus():
    case = refocused(tiny(), "AU")
    assert case.settings.focus == "AU"
    assert tiny().settings.focus == "JP"
    assert case.hash != tiny().hash
    assert year_flows(case, None, Context()).home == ["AU"]


def test_a_place_that_there_is_not_is_refused_and_a_country_of_another_too():
    with pytest.raises(ValueError, match="no place XX; the case has CN, JP, AU, MY, RW"):
        refocused(tiny(), "XX")
    within = with_rows(
        tiny(),
        "places",
        {"id": "NZL", "name": "New Zealand", "iso3": "NZL", "covers": (), "within": "RW"},
    )
    with pytest.raises(ValueError, match="no place NZL, which is counted in RW; the case has CN"):
        refocused(within, "NZL")
