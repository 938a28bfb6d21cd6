"""Look-through of a year: by hand, on the japan case, and what the data lump together."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest

from kidorui.case import load
from kidorui.studies.base_year import solve_base_year
from kidorui.studies.context import Context
from kidorui.studies.dependence import Lens
from kidorui.studies.exposure.customs import customs
from kidorui.studies.exposure.elements import Told, known_elements, lumped
from kidorui.studies.exposure.origins import (
    LookThrough,
    ResidualError,
    borders,
    look_through,
    origins,
)
from kidorui.studies.exposure.shares import Ledger, shares
from kidorui.studies.exposure.year_flows import YearFlows, refocused, year_flows
from tests.changed import tiny, with_rows
from tests.exposure.bought import DY, NDPR, bought


@cache
def japan():
    return load("japan")


@cache
def base():
    return solve_base_year(japan(), Context())


@cache
def japan_flows(focus: str = "JP", year: int = 2024) -> YearFlows:
    if focus == "JP":
        return year_flows(japan(), year, Context(), base())
    return year_flows(refocused(japan(), focus), year, Context())


@cache
def traced(focus: str = "JP", year: int = 2024) -> LookThrough:
    return look_through(japan_flows(focus, year))


def table(flows: YearFlows, through: LookThrough | None = None) -> pd.DataFrame:
    return origins(flows, through or look_through(flows), shares(Ledger(flows)))


def row(rows: pd.DataFrame, element: str, stage: str, via: str, origin: str) -> pd.Series:
    keys = {"element": element, "stage": stage, "via": via, "origin": origin}
    found = rows[np.logical_and.reduce([rows[k] == v for k, v in keys.items()])]
    assert len(found) == 1, keys
    return found.iloc[0]


def test_what_is_bought_of_malaysia_shows_the_oxide_of_china_in_it():
    rows, used = table(bought()), sum(NDPR)
    oxide = row(rows, "NdPr", "separation", "MY", "CN")
    assert oxide["amount"] == pytest.approx(NDPR[0])
    assert oxide["share"] == pytest.approx(NDPR[0] / used)
    assert oxide["of_via"] == pytest.approx(1.0)
    assert row(rows, "NdPr", "separation", "CN", "CN")["amount"] == pytest.approx(NDPR[1])
    assert row(rows, "NdPr", "separation", "all", "CN")["share"] == pytest.approx(1.0)
    assert row(rows, "NdPr", "mine", "all", "CN")["share"] == pytest.approx(1.0)
    magnets = row(rows, "NdPr", "magnet", "all", "MY")
    assert magnets["share"] == pytest.approx(NDPR[0] / used)
    assert magnets["direct"] == pytest.approx(1.0)
    plain = row(rows, "NdPr", "magnet", "all", "no such plant")
    assert plain["share"] == pytest.approx(NDPR[1] / used)
    assert row(rows, "Dy", "separation", "all", "CN")["amount"] == pytest.approx(DY)
    everything = row(rows, "all", "metal", "MY", "MY")
    assert everything["amount"] == pytest.approx(NDPR[0] + DY)


def test_borders_are_counted_from_the_mine_to_the_user():
    rows = borders(look_through(bought()))
    mined = rows[(rows["element"] == "NdPr") & (rows["stage"] == "mine")].set_index("borders")
    assert mined["amount"].to_dict() == pytest.approx({1: NDPR[1], 2: NDPR[0]})
    made = rows[(rows["element"] == "NdPr") & (rows["stage"] == "magnet")].set_index("borders")
    assert made["amount"].to_dict() == pytest.approx({1: NDPR[0] + NDPR[1]})


def test_what_is_unexplained_is_told_as_an_origin_of_its_own():
    flows = bought()
    pools = flows.network.pools
    oxide = (pools["material"] == "ox-NdPr") & (pools["place"] == "JP")
    half = replace(
        flows,
        shipment=np.where(flows.shipment == 2.0, 1.0, flows.shipment),
        unexplained=oxide.to_numpy(float),
    )
    rows = table(half)
    assert row(rows, "NdPr", "mine", "home", "unexplained")["amount"] == pytest.approx(1.0)
    assert row(rows, "NdPr", "mine", "all", "CN")["amount"] == pytest.approx(4.5)


def test_what_is_used_beyond_what_comes_in_is_told_and_shared_out_as_the_rest():
    flows = bought()
    more = replace(flows, served=flows.served * 2)
    through = look_through(more)
    assert through.excess[through.told.names.index("NdPr")] == pytest.approx(sum(NDPR))
    assert row(table(more), "NdPr", "mine", "all", "CN")["share"] == pytest.approx(1.0)


def test_a_circle_too_near_to_closed_to_be_told_is_refused(monkeypatch):
    monkeypatch.setattr("kidorui.studies.exposure.origins.WITHIN", -1.0)
    with pytest.raises(ResidualError, match="of the use"):
        look_through(bought())


@pytest.mark.parametrize("focus", ["JP", "EU", "US"])
def test_shares_of_the_japan_case_add_up_to_the_use(focus):
    through = traced(focus)
    assert through.residual < 1e-12
    total = through.amount.sum(axis=(1, 2))
    np.testing.assert_allclose(total, np.broadcast_to(through.used, total.shape), rtol=1e-9)
    np.testing.assert_allclose(through.borders.sum(axis=1), total, rtol=1e-9)
    assert (through.amount >= 0).all()
    assert not through.excess.any()


def test_a_later_year_adds_up_too_with_what_events_in_force_keep_apart():
    flows, through = japan_flows(year=2027), traced(year=2027)
    assert flows.network.pools["control"].any()
    total = through.amount.sum(axis=(1, 2))
    np.testing.assert_allclose(total, np.broadcast_to(through.used, total.shape), rtol=1e-9)


def test_all_ways_add_up_and_groups_are_sums_of_elements():
    rows = table(japan_flows(), traced())
    told = rows[rows["identified"]]
    by_way = told[told["via"] != "all"].groupby(["element", "stage", "origin"])["amount"].sum()
    whole = told[told["via"] == "all"].set_index(["element", "stage", "origin"])["amount"]
    np.testing.assert_allclose(by_way.loc[whole.index], whole, atol=2e-5)  # crumbs are not told
    names = traced().told.names
    light = [names.index(e) for e in ("La", "Ce", "Pr", "Nd", "Sm", "Eu")]
    np.testing.assert_allclose(
        traced().amount[..., light].sum(axis=-1), traced().amount[..., names.index("light")]
    )


def test_of_mines_it_is_what_the_plan_tells_as_dependence():
    # of mines none can be passed twice, so that the last one met is the only one
    lens = pd.DataFrame(Lens.of(base().network).shares(base().solution, np.ones(1)))
    lens = lens.set_index(["stage", "group", "basis"])["share"]
    rows = table(japan_flows(), traced())
    found = row(rows, "light", "mine", "all", "CN")
    assert found["share"] == pytest.approx(lens["mine", "light", "look-through"], abs=1e-4)
    for stage in ("separation", "metal", "magnet"):
        direct = row(rows, "light", stage, "all", "CN")["direct"]
        assert direct == pytest.approx(lens[stage, "light", "direct"], rel=1e-9)


def test_one_element_by_itself_is_what_a_walk_to_the_mines_of_one_country_gives():
    flows = japan_flows()
    element = flows.network.elements.index("Dy")
    mixing = flows.mixing(np.arange(len(flows.network.elements)) == element)
    behind = mixing.share_through("mine", "MM")[flows.network.demands["pool"].to_numpy()]
    content = flows.network.content_of(flows.network.demands["material"])[:, element]
    used = flows.used * content * flows.at_home(flows.network.demands["place"])
    found = row(table(flows, traced()), "Dy", "mine", "all", "MM")["share"]
    assert found == pytest.approx(used @ behind / used.sum(), rel=1e-9)


def test_an_element_carried_with_others_is_not_identified():
    rows = table(japan_flows(), traced())
    holmium = rows[rows["element"] == "Ho"]
    assert set(holmium["stage"]) == {"mine", "separation", "metal", "magnet"}
    assert set(holmium["origin"]) == {"not identified"}
    assert not holmium["identified"].any()
    assert holmium[["amount", "share", "of_via", "direct"]].isna().all(axis=None)
    assert rows.loc[rows["element"].isin(["Nd", "Pr", "rest"]), "identified"].all()


def test_ids_that_are_no_symbol_stand_for_those_run_together_in_them_or_for_the_rest():
    assert lumped(japan())["element"].tolist() == ["Er", "Ho", "Lu", "Tm", "Yb"]
    assert lumped(tiny())[["element", "carried_as"]].values.tolist() == [
        ["Nd", "NdPr"],
        ["Pr", "NdPr"],
    ]


def test_an_element_that_the_case_does_not_know_is_refused():
    assert known_elements(japan(), ["Dy", "Ho", "light", "all"]) == ["Dy", "Ho", "light", "all"]
    with pytest.raises(ValueError, match="no element Li, Xx; the case has La, Ce"):
        known_elements(japan(), ["Li", "Dy", "Xx"])


def test_a_group_without_elements_is_not_told():
    assert Told.of(bought().network).names == ("NdPr", "Dy", "light", "heavy", "all")


def test_the_customs_record_of_2024_is_66_percent_chinese_by_weight_and_38_by_value():
    record = customs(japan(), 2024)
    whole = record[(record["element"] == "all") & (record["hs"] != "850511")]
    amounts = whole.groupby(["basis", "origin"])["amount"].sum().unstack()
    china = amounts["CN"] / amounts.sum(axis=1)
    assert china["weight"] == pytest.approx(0.661, abs=5e-4)
    assert china["value"] == pytest.approx(0.378, abs=5e-4)
    sums = whole.groupby(["hs", "basis"])["share"].sum()
    np.testing.assert_allclose(sums, 1.0, rtol=1e-12)
    assert set(whole["of"]) == {"total on record"}


def test_no_element_of_a_code_that_lumps_several_is_identified():
    record = customs(japan(), 2024).set_index(["hs", "basis", "element", "origin"])
    for element in ("Dy", "Tb", "Y", "Lu"):
        cell = record.loc[("284690", "weight", element, "not identified")]
        assert not cell["identified"]
        assert np.isnan(cell["share"])
        assert element in cell["lumps"]
    cerium = record.loc[("284610", "weight", "Ce", "CN")]
    assert cerium["identified"]
    assert cerium["share"] == pytest.approx(4718.8 / 7802)
    assert cerium["lumps"] == ("Ce",)


def test_one_country_named_without_a_total_tells_no_share():
    record = customs(japan(), 2024)
    magnets = record[(record["hs"] == "850511") & (record["element"] == "all")]
    assert magnets["origin"].tolist() == ["CN"]
    assert magnets["share"].isna().all()
    assert not magnets["identified"].any()
    assert set(magnets["of"]) == {"countries named"}


def test_a_record_by_country_leaves_out_trade_within_the_focus_place():
    observed = [
        {"id": f"o{number}", "year": 2024.0, "kind": "flow", "place": place, "origin": origin,
         "goods": "oxide", "value": value, "unit": "gross t, HS 284690"}
        for number, (place, origin, value) in enumerate(
            [("EST", "CN", 30.0), ("DEU", "CN", 50.0), ("DEU", "US", 20.0), ("DEU", "EST", 900.0)]
        )
    ]  # fmt: skip
    case = with_rows(refocused(japan(), "EU"), "observations", *observed, keep=False)
    countries = [
        {"id": code, "name": code, "iso3": code, "covers": (), "within": "EU"}
        for code in ("EST", "DEU")
    ]
    record = customs(with_rows(case, "places", *countries), 2024)
    whole = record[record["element"] == "all"].set_index("origin")
    assert whole["share"].to_dict() == pytest.approx({"CN": 0.8, "US": 0.2})


def test_a_year_without_records_has_no_rows():
    assert customs(japan(), 1999).empty
    assert customs(tiny(), 1999).columns.tolist() == customs(japan(), 2024).columns.tolist()
