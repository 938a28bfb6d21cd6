"""What each kind of event does to links, plants and demands."""

from __future__ import annotations

import numpy as np
import pytest

from kidorui.network import compile_network, grow
from kidorui.network.strikes import active_events
from tests.changed import tiny, with_rows, with_settings

NAMES = ("material", "origin", "destination")


def struck(**event: object):
    """The network in which one event is on in every node, and nothing else is."""
    row = {
        "id": "e",
        "kind": "ban",
        "origin": "CN",
        "severity": 0.4,
        "in_force": True,
        "start": 2000,
    }
    case = with_rows(with_settings(tiny(), events=()), "events", row | event, keep=False)
    return compile_network(case, grow(case))


def links_hit(network) -> set[tuple[str, str, str]]:
    allowance = network.hits.allowance
    assert (allowance == allowance[0]).all()
    hit = np.isfinite(allowance[0])
    return set(network.links.loc[hit, list(NAMES)].itertuples(index=False, name=None))


def test_a_quota_caps_the_sum_and_leaves_each_flow_free():
    network = struck(kind="quota", goods=("ox-NdPr",))
    assert np.isinf(network.hits.allowance).all()
    number = [target.event.row for target in network.targets].index(1000)
    assert network.hits.total[0, number] == pytest.approx(0.6)
    assert np.isinf(np.delete(network.hits.total, number, axis=1)).all()


@pytest.mark.parametrize("kind", ["ban", "licence", "closure"])
def test_a_cut_lets_through_the_rest_of_the_base_flow(kind):
    network = struck(kind=kind, goods=("ox-NdPr",), destinations=("JP",))
    assert links_hit(network) == {("ox-NdPr", "CN", "JP")}
    allowance = network.hits.allowance[0]
    assert allowance[np.isfinite(allowance)] == pytest.approx(0.6)
    assert network.hits.allowance_row.max() == 1000
    assert not network.hits.duty.any()
    assert not network.hits.outage.any()


def test_a_stage_stands_for_its_materials_and_no_destination_for_all():
    network = struck(goods=("magnet", "metal"))
    stage = network.case.table("materials").set_index("id")["stage"]
    links = network.links
    expected = links[
        (links["origin"] == "CN") & links["material"].map(stage).isin(["magnet", "metal"])
    ]
    assert links_hit(network) == set(expected[list(NAMES)].itertuples(index=False, name=None))


def test_of_two_cuts_the_deeper_holds():
    rows = [
        {"id": i, "kind": "ban", "origin": "CN", "goods": ("ox-NdPr",), "severity": s,
         "in_force": True, "start": 2000}
        for i, s in (("a", 0.3), ("b", 0.9), ("c", 0.5))
    ]  # fmt: skip
    case = with_rows(with_settings(tiny(), events=()), "events", *rows, keep=False)
    network = compile_network(case, grow(case))
    cut = np.isfinite(network.hits.allowance)
    assert network.hits.allowance[cut] == pytest.approx(0.1)
    assert set(network.hits.allowance_row[cut]) == {1001}


def test_a_cut_by_more_than_all_is_a_full_stop():
    network = struck(goods=("ox-NdPr",), severity=1.5)
    assert network.hits.allowance.min() == 0


def test_a_tariff_adds_its_share_of_the_base_price():
    network = struck(kind="tariff", goods=("ox-NdPr",), destinations=("JP",))
    hit = network.hits.duty[0] > 0
    assert network.links.loc[hit, "destination"].tolist() == ["JP"]
    assert network.hits.duty[0, hit] == pytest.approx(0.4 * 55)
    assert np.isinf(network.hits.allowance).all()


@pytest.mark.parametrize("goods", [("sep-my",), ("mixed-heavy",), ("carbonate",)])
def test_a_stop_takes_capacity_of_the_plants_named_or_that_make_the_goods(goods):
    network = struck(kind="stop", origin="MY", goods=goods)
    units = network.units
    outage = network.hits.outage[0]
    assert set(units.loc[outage > 0, "id"]) == {"sep-my"}
    unit = units.index[units["id"] == "sep-my"][0]
    assert network.capacity[0, unit] == pytest.approx(38000 * 0.9 * 0.6)


def test_a_stop_without_a_place_strikes_the_plant_wherever_it_is():
    network = struck(kind="stop", origin="", goods=("sep-my",), severity=1.0)
    assert set(network.units.loc[network.hits.outage[0] > 0, "id"]) == {"sep-my"}


def test_a_stop_takes_hold_of_what_would_be_built_as_well():
    network = struck(kind="stop", origin="JP", goods=("met-NdPr",))
    assert {"metal-jp", "metal-jp-2"} == set(network.units.loc[network.hits.outage[0] > 0, "id"])


@pytest.mark.parametrize(("destinations", "places"), [((), {"CN", "JP", "RW"}), (("JP",), {"JP"})])
def test_a_surge_adds_to_the_demand_of_its_destinations(destinations, places):
    network = struck(kind="surge", origin="", goods=("magnet",), destinations=destinations)
    quiet = compile_network(tiny(), grow(tiny()))
    more = network.quantity / quiet.quantity
    here = network.demands["place"].isin(places).to_numpy()
    np.testing.assert_allclose(more[:, here], 1.4)
    np.testing.assert_allclose(more[:, ~here], 1.0)


def test_extraterritorial_reach_follows_goods_made_elsewhere_from_the_controllers():
    near = struck(goods=("magnet",), destinations=("RW",))
    far = struck(goods=("magnet",), destinations=("RW",), extraterritorial=True)
    assert links_hit(near) == {("magnet", "CN", "RW")}
    assert links_hit(far) == {("magnet", "CN", "RW"), ("magnet", "JP", "RW")}
    hit = np.isfinite(far.hits.allowance[0])
    from_japan = far.links[(far.links["origin"] == "JP") & (far.links["destination"] == "RW")]
    assert far.links.loc[hit, "control"].all()
    assert set(from_japan["control"]) == {True, False}  # free magnets still go


def test_reach_is_that_of_the_controller_alone():
    network = struck(goods=("oxide",), origin="MY", extraterritorial=True)
    assert not network.pools["control"].any()
    assert {origin for _, origin, _ in links_hit(network)} == {"MY"}


def test_an_event_in_force_holds_in_the_nodes_whose_middle_it_covers():
    row = {"id": "e", "kind": "ban", "origin": "CN", "goods": ("oxide",), "severity": 1.0,
           "in_force": True, "start": 2026.5, "duration": 4.0}  # fmt: skip
    case = with_rows(with_settings(tiny(), events=()), "events", row, keep=False)
    on = active_events(case, grow(case))[:, 0]  # middles 2025, 2027, 2029, 2032
    assert on.tolist() == [False, True, True, False]


def test_a_hypothetical_event_is_on_in_its_branch_only():
    case = tiny()
    tree = grow(case, ["ban-cn"])
    on = active_events(case, tree)[:, case.table("events")["id"] == "ban-cn"].ravel()
    np.testing.assert_array_equal(on, tree.in_event)


def test_dumping_lifts_the_quota_and_adds_to_the_capacity_of_who_makes_the_goods():
    network = struck(kind="dumping", goods=("conc-light",))
    units = network.units.set_index("id")
    assert set(units.index[network.hits.flood[0] > 0]) == {"mine-cn"}
    mine = list(units.index).index("mine-cn")
    assert network.capacity[0, mine] == pytest.approx(200_000 * 1.4)
    assert np.isinf(network.quota[0, mine])
    quiet = compile_network(tiny(), grow(tiny()))
    assert quiet.quota[0, mine] == 160_000


def test_of_two_floods_the_larger_holds_and_a_stop_still_stops():
    rows = [
        {"id": i, "kind": kind, "origin": "CN", "goods": ("conc-light",), "severity": s,
         "in_force": True, "start": 2000}
        for i, kind, s in (("a", "dumping", 0.3), ("b", "dumping", 0.5), ("c", "stop", 0.2))
    ]  # fmt: skip
    case = with_rows(with_settings(tiny(), events=()), "events", *rows, keep=False)
    network = compile_network(case, grow(case))
    mine = network.units.index[network.units["id"] == "mine-cn"][0]
    assert network.capacity[:, mine] == pytest.approx(200_000 * 1.5 * 0.8)


def test_dumping_without_more_capacity_lifts_the_quota_alone():
    network = struck(kind="dumping", goods=("mine-cn",), severity=0.0)
    mine = network.units.index[network.units["id"] == "mine-cn"][0]
    assert network.capacity[0, mine] == 200_000
    assert np.isinf(network.quota[0, mine])


@pytest.mark.parametrize(
    ("users", "destinations", "expected"),
    [
        (("defence",), (), {("defence", "JP")}),
        (("civil",), ("JP",), {("vehicles", "JP"), ("electronics", "JP")}),
        (("vehicles", "defence"), (), {("vehicles", "JP"), ("vehicles", "RW"), ("defence", "JP")}),
        (("vehicles",), ("RW",), {("vehicles", "RW")}),
        (("medical",), (), set()),
    ],
)
def test_end_users_are_named_by_sector_or_priority_and_no_flow_is_cut(
    users, destinations, expected
):
    network = struck(kind="licence", goods=("magnet",), users=users, destinations=destinations)
    bound = np.isfinite(network.hits.entitled[0])
    found = network.demands.loc[bound, ["sector", "place"]]
    assert set(found.itertuples(index=False, name=None)) == expected
    assert network.hits.entitled[0, bound] == pytest.approx(0.6)
    assert np.isinf(network.hits.allowance).all()
    assert network.pools["control"].any()  # whose goods they are must be told


def test_end_users_of_other_goods_are_left_alone():
    network = struck(kind="licence", goods=("oxide",), users=("defence",))
    assert np.isinf(network.hits.entitled).all()
    assert (network.passes_for == -1).all()
