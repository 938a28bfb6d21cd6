"""From ore to use: by hand, with a loop of scrap, and as look-through has the japan case."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from graphlib import TopologicalSorter

import numpy as np
import pandas as pd
import pytest

from kidorui.case import load
from kidorui.results import result_schema
from kidorui.studies.base_year import solve_base_year
from kidorui.studies.context import Context
from kidorui.studies.exposure.chain import STAGES, chain, linked
from kidorui.studies.exposure.origins import ResidualError, look_through
from kidorui.studies.exposure.year_flows import YearFlows, refocused, year_flows
from tests.exposure.bought import DY, NDPR, bought

ASKED = [("JP", 2024), ("EU", 2024), ("JP", 2027)]


@cache
def flows_of(focus: str, year: int) -> YearFlows:
    case = load("japan")
    if focus != "JP":
        return year_flows(refocused(case, focus), year, Context())
    return year_flows(case, year, Context(), solve_base_year(case, Context()))


@cache
def found(focus: str, year: int):
    return linked(flows_of(focus, year))


@cache
def traced(focus: str, year: int):
    return look_through(flows_of(focus, year))


def links(flows: YearFlows, element: str) -> dict[str, float]:
    """{"stage place > stage place, mined": t} of an element."""
    rows = chain(linked(flows)).query("element == @element")
    return {
        f"{r.from_stage} {r.from_place} > {r.to_stage} {r.to_place}, {r.mined}": r.amount
        for r in rows.itertuples()
    }


def test_magnets_of_malaysia_are_oxide_of_china_and_oxide_used_as_such_skips_two_stages():
    magnets, oxide = NDPR
    assert links(bought(), "NdPr") == pytest.approx(
        {
            "mine CN > separation CN, CN": magnets + oxide,
            "separation CN > metal MY, CN": magnets,
            "separation CN > use of ox-NdPr, CN": oxide,
            "metal MY > magnet MY, CN": magnets,
            "magnet MY > use of magnet, CN": magnets,
        }
    )
    assert links(bought(), "all")["metal MY > magnet MY, CN"] == pytest.approx(magnets + DY)
    assert links(bought(), "heavy") == links(bought(), "Dy")


def test_recycling_is_told_of_what_is_used_as_it_was_given_back():
    # Japan's oxide is 2 t of China and 0.95 t of swarf; 2 t of it are used, 0.95 t made magnets
    magnets, oxide = NDPR
    back = 2.0 * 0.95 / 2.95
    assert links(bought(loop=True), "NdPr") == pytest.approx(
        {
            "mine CN > separation CN, CN": magnets + oxide,
            "separation CN > metal MY, CN": magnets + back,
            "separation CN > use of ox-NdPr, CN": oxide - back,
            "metal MY > magnet MY, CN": magnets + back,
            "magnet MY > recycling JP, CN": back,
            "magnet MY > use of magnet, CN": magnets,
            "recycling JP > use of ox-NdPr, CN": back,
        }
    )


def test_scrap_that_nothing_is_traced_behind_is_an_origin_of_its_own():
    flows = bought(loop=True)
    swarf = flows.case.table("materials")["id"].to_numpy() == "swarf"
    contents = np.where(swarf[:, None], 0.0, flows.network.contents)
    told = links(replace(flows, network=replace(flows.network, contents=contents)), "NdPr")
    back = 2.0 * 0.95 / 2.95
    assert told["scrap JP > recycling JP, recycled"] == pytest.approx(back)
    assert told["recycling JP > use of ox-NdPr, recycled"] == pytest.approx(back)
    into = 0.95 - back  # of what goes back to Malaysia, 4.8 t of oxide become 3.5 t of magnets
    made = told["scrap JP > metal MY, recycled"]
    assert made == pytest.approx(3.5 * into / 4.8)
    assert told["metal MY > magnet MY, recycled"] == pytest.approx(made)
    assert told["magnet MY > use of magnet, recycled"] == pytest.approx(made)
    assert "separation CN > metal MY, recycled" not in told


def test_what_is_unexplained_or_of_no_known_origin_comes_from_unknown():
    flows = bought(loop=True)
    pools = flows.network.pools
    links_of = flows.network.links
    swarf = (links_of["material"] == "swarf").to_numpy()
    # no swarf arrives: what is recycled comes of a pool that nothing enters, that of no known one
    empty = replace(flows, shipment=np.where(swarf, 0.0, flows.shipment))
    assert links(empty, "NdPr")["unknown no known origin > recycling JP, no known origin"] > 0.5
    held = (pools["material"] == "swarf") & (pools["place"] == "JP")
    given = replace(empty, unexplained=2.5 * held.to_numpy(float))
    assert links(given, "NdPr")["unknown unexplained > recycling JP, unexplained"] > 0.5


def test_an_origin_that_cannot_be_told_well_enough_is_refused(monkeypatch):
    monkeypatch.setattr("kidorui.studies.exposure.chain.WITHIN", -1.0)
    with pytest.raises(ResidualError, match="links of 2024: off by"):
        linked(bought())


def test_a_place_that_uses_nothing_has_no_links():
    table = chain(linked(bought("AU")))
    assert table.empty
    assert list(table.columns) == list(result_schema("exposure")["chain"].names)


@pytest.mark.parametrize(("focus", "year"), ASKED)
def test_plants_of_a_stage_are_those_that_look_through_meets_last(focus, year):
    through, origins = found(focus, year), traced(focus, year)
    used = origins.used.max()
    at = [origins.origins.index(place) for place in through.places]
    for stage in ("separation", "metal", "magnet"):
        number = STAGES.index(stage)
        leaves = sum(x.amount.sum(axis=(1, 2)) for x in through.links if x.start == number)
        expected = origins.amount[origins.stages.index(stage)].sum(axis=0)[at]
        np.testing.assert_allclose(leaves, expected, atol=1e-9 * used)
    begun = sum(x.amount.sum(axis=(0, 1)) for x in through.links if x.start is None)
    mined = origins.amount[origins.stages.index("mine")].sum(axis=0)
    for name, rows in through.origins.groupby("mined").groups.items():
        label = origins.origins.index(str(name))
        np.testing.assert_allclose(begun[rows].sum(axis=0), mined[label], atol=1e-9 * used)


@pytest.mark.parametrize(("focus", "year"), ASKED)
def test_what_enters_a_node_leaves_it_and_all_of_it_is_used(focus, year):
    through, origins = found(focus, year), traced(focus, year)
    for number in range(len(STAGES)):
        comes = sum(x.amount.sum(axis=0) for x in through.links if x.end == number)
        goes = sum(x.amount.sum(axis=1) for x in through.links if x.start == number)
        np.testing.assert_allclose(comes, goes, atol=1e-9 * origins.used.max())
    into_use = sum(x.amount.sum(axis=(0, 1, 2)) for x in through.links if x.end is None)
    np.testing.assert_allclose(into_use, origins.used, rtol=1e-9)
    names = through.told.names
    members = [names.index(e) for e in ("La", "Ce", "Pr", "Nd", "Sm", "Eu")]
    for link in through.links:
        light = link.amount[..., names.index("light")]
        np.testing.assert_allclose(link.amount[..., members].sum(axis=-1), light, atol=1e-9)


@pytest.mark.parametrize(("focus", "year"), ASKED)
def test_the_table_has_no_circles_and_says_each_link_once(focus, year):
    table = chain(found(focus, year))
    keys = list(result_schema("exposure")["chain"].keys)
    assert not table.duplicated(keys).any()
    before: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for row in table[table["element"] == "all"].itertuples():
        node = (row.to_stage, row.to_place)
        before.setdefault(node, set()).add((row.from_stage, row.from_place))
    order = list(TopologicalSorter(before).static_order())  # raises CycleError on a circle
    assert len(order) > 10
    sums = table.groupby(["element", "to_stage"])["amount"].sum().unstack()
    used = pd.Series(traced(focus, year).used, found(focus, year).told.names)
    np.testing.assert_allclose(sums["use"], used[sums.index], rtol=1e-5)  # crumbs are not told
