"""Rules of operation: speed of routes, contracts, policies, substitution, stocks, quotas."""

from __future__ import annotations

import numpy as np
import pytest

from kidorui.network import compile_network, grow
from kidorui.program import Reference
from kidorui.program.operation import shipment_bound
from kidorui.program.rules import as_free_before
from kidorui.studies.base_year import solve_base_year
from kidorui.studies.context import Context
from tests.changed import edited, tiny, with_rows, with_settings, with_table
from tests.program.planned import plan_for, planned


def on_routes(plan) -> np.ndarray:
    """(node, route) shipped, t/yr."""
    shipment, route = plan.solution.values["shipment"], plan.network.links["route"].to_numpy()
    out = np.zeros((len(shipment), len(plan.network.routes)))
    np.add.at(out.T, route, shipment.T)
    return out


def route(network, *key: str) -> int:
    routes = network.routes[["material", "origin", "destination"]]
    return int(routes.index[(routes == list(key)).all(axis=1)][0])


def quiet(case):
    """The case without hypothetical events and without what else could bind."""
    return with_settings(case, events=())


@pytest.mark.parametrize("key", ["tiny", 0, 3])
def test_no_flow_grows_faster_than_its_limit(key):
    plan = planned(key)
    network, tree, flow = plan.network, plan.network.tree, on_routes(plan)
    limit = network.routes["change_limit"].to_numpy()
    earlier = as_free_before(network)
    base = plan.case.settings.base_year + 0.5
    for r in np.flatnonzero(np.isfinite(limit)):
        for n in range(tree.size):
            m = earlier[n, r]
            then, since = (flow[m, r], tree.middle[m]) if m >= 0 else (plan.reference.flow[r], base)
            assert flow[n, r] <= then + limit[r] * (tree.middle[n] - since) + 1e-6


def test_a_flow_is_compared_with_the_last_time_it_was_as_free():
    case = edited(tiny(), "events", "ban-cn", duration=1.0)
    network = compile_network(case, grow(case, ["ban-cn"]))
    tree = network.tree
    earlier = as_free_before(network)
    cut = route(network, "magnet", "CN", "JP")
    free = route(network, "ox-NdPr", "MY", "JP")
    branch = np.flatnonzero(tree.branch == 0)
    on = np.array([bool(tree.events[n]) for n in branch])
    before = tree.before[branch[0]]
    assert (earlier[branch[on], cut] == tree.parent[branch[on]]).all()
    over = branch[~on]
    assert earlier[over[0], cut] == before  # as before the ban, at once
    assert (earlier[:, free] == tree.parent).all()


def test_what_an_event_in_force_cut_off_comes_back_to_the_base_flow_when_it_ends():
    event = {"id": "e", "kind": "ban", "origin": "CN", "goods": ("magnet",), "severity": 0.9,
             "in_force": True, "start": 2020.0, "duration": 8.0}  # fmt: skip
    case = with_rows(quiet(tiny()), "events", event, keep=False)
    network = compile_network(case, grow(case))
    cut = route(network, "magnet", "CN", "JP")
    assert as_free_before(network)[:, cut].tolist() == [-1, 0, -1, 2]  # over from 2028


def test_allowances_measure_the_base_flow_and_routes_keep_their_capacity():
    plan = planned("tiny")
    network = plan.network
    bound = shipment_bound(network, plan.reference)
    link = network.links.index[network.links["route"] == route(network, "magnet", "CN", "JP")][0]
    struck = np.array([bool(e) for e in network.tree.events])
    assert bound[struck, link] == pytest.approx(0.05 * 2500)
    assert bound[~struck, link] == pytest.approx(4000)  # its capacity


def test_of_an_unknown_flow_only_a_full_stop_is_told():
    for severity, expected in ((0.5, np.inf), (1.0, 0.0)):
        case = edited(tiny(), "events", "ban-cn", severity=severity)
        network = compile_network(case, grow(case, ["ban-cn"]))
        unknown = Reference(np.full(len(network.routes), np.nan), np.zeros(0), np.zeros(0))
        r = route(network, "met-NdPr", "CN", "JP")
        link = network.links.index[network.links["route"] == r][0]
        struck = np.array([bool(e) for e in network.tree.events])
        assert set(shipment_bound(network, unknown)[struck, link]) == {expected}


@pytest.mark.parametrize(("penalty", "kept"), [(10_000.0, True), (0.0, False)])
def test_a_contract_is_kept_or_its_penalty_paid(penalty, kept):
    case = edited(quiet(tiny()), "contracts", "offtake-my", quantity=3500.0, penalty=penalty)
    case = edited(case, "routes", "ox-NdPr", change_limit=np.nan)
    plan = plan_for(case)
    flow = on_routes(plan)[:, route(plan.network, "ox-NdPr", "MY", "JP")]
    short = plan.solution.values["undelivered"][:, 0]
    owed = np.where(plan.network.tree.middle < 2033, 3500.0, 0.0)
    assert (flow + short >= owed - 1e-6).all()
    if kept:
        assert flow[:3] == pytest.approx(np.maximum(flow[:3], 3500 - 1e-6))
        assert short.max() == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("basis", ["direct", "look-through"])
def test_a_ceiling_holds_from_its_start_wherever_no_event_is_on(basis):
    case = edited(tiny(), "policies", "cap-cn", enforced=True, bound=0.3, basis=basis)
    plan = plan_for(case)
    network, tree, flow = plan.network, plan.network.tree, plan.solution.values["shipment"]
    links = network.links
    bought = ((links["material"] == "magnet") & (links["destination"] == "JP")).to_numpy()
    theirs = (links["control"] if basis == "look-through" else links["origin"] == "CN").to_numpy()
    total, from_cn = flow[:, bought].sum(axis=1), flow[:, bought & theirs].sum(axis=1)
    bound = (tree.middle >= 2030) & ~tree.in_event
    assert (from_cn <= 0.3 * total + 1e-6)[bound].all()
    loose = planned("tiny").solution.values["shipment"]
    assert loose[bound][:, bought & theirs].sum() > from_cn[bound].sum() + 1


def test_days_of_cover_are_held_of_what_the_base_year_used():
    case = edited(tiny(), "policies", "days-Dy", enforced=True, bound=60.0)
    plan = plan_for(case)
    network, tree = plan.network, plan.network.tree
    pools = network.pools
    pool = pools.index[(pools["material"] == "met-Dy") & (pools["place"] == "JP")][0]
    floor = 60 / 365.25 * plan.reference.throughput[pool]
    held = plan.solution.values["level"][:, (network.stocks["material"] == "met-Dy").to_numpy()]
    bound = (tree.middle >= 2028) & ~tree.in_event
    assert floor > 10
    assert (held.sum(axis=1)[bound] >= floor - 1e-6).all()


def test_savings_grow_no_faster_than_their_speed_and_no_larger_than_their_share():
    case = edited(tiny(), "substitutions", "vehicles", cost=0.0, share=0.15, speed=0.02)
    plan = plan_for(case)
    tree, saved = plan.network.tree, plan.solution.values["saved"][:, 0]
    quantity = plan.network.quantity[:, plan.network.savings["demand"][0]]
    for node in range(tree.size):
        parent = tree.parent[node]
        before = saved[parent] if parent >= 0 else 0.0
        since = tree.middle[parent] if parent >= 0 else 2024.5
        assert saved[node] <= before + 0.02 * (tree.middle[node] - since) * quantity[node] + 1e-6
    assert (saved <= 0.15 * quantity + 1e-6).all()
    assert saved[0] == pytest.approx(0.02 * 0.5 * quantity[0])  # for nothing, it is used at once


@pytest.mark.parametrize("key", ["tiny", 1, 2])
def test_a_stock_for_events_is_drawn_in_them_or_at_the_end_and_holds_what_it_can(key):
    plan = planned(key)
    network, values, tree = plan.network, plan.solution.values, plan.network.tree
    kept = ~network.stocks["release_always"].to_numpy(bool)
    quiet_nodes = ~tree.in_event
    quiet_nodes[tree.leaves] = False
    assert values["withdrawal"][np.ix_(quiet_nodes, kept)].max(initial=-1.0) <= 1e-7
    built = plan.program.model.constraints["store"].terms["size"] @ values["size"].ravel()
    room = network.store - built.reshape(network.store.shape)
    assert (values["level"] <= room + 1e-6).all()


def test_no_stock_is_built_to_be_sold_at_the_end():
    plan = plan_for(quiet(tiny()))
    stock = list(plan.program.projects.table["id"]).index("stock-Dy")
    assert plan.solution.values["size"][:, stock].max() == pytest.approx(0, abs=1e-6)


def test_a_quota_caps_a_plant_below_its_capacity():
    plan = planned("tiny")
    network = plan.network
    unit = network.units.index[network.units["id"] == "mine-cn"][0]
    runs = (network.activities["unit"] == unit).to_numpy()
    assert network.capacity[0, unit] == 200_000
    assert plan.solution.values["activity"][:, runs].sum(axis=1).max() <= 160_000 + 1e-6


def test_a_tariff_moves_trade_away_from_it():
    event = {"id": "e", "kind": "tariff", "origin": "CN", "goods": ("magnet",), "severity": 3.0,
             "destinations": ("JP",), "in_force": True, "start": 2020.0}  # fmt: skip
    taxed = plan_for(with_rows(quiet(tiny()), "events", event, keep=False))
    free = plan_for(with_rows(quiet(tiny()), "events", keep=False))
    from_cn = [on_routes(p)[:, route(p.network, "magnet", "CN", "JP")].sum() for p in (taxed, free)]
    assert from_cn[0] < from_cn[1] - 1


def test_what_has_no_base_price_is_never_supplied_unexplained():
    case = edited(tiny(), "materials", "mixed-heavy", base_price=np.nan)
    plan = plan_for(case)
    nameless = (plan.network.pools["material"] == "mixed-heavy").to_numpy()
    upper = plan.program.model.variables["unexplained"].upper.reshape(plan.network.tree.size, -1)
    assert upper[:, nameless].max() == 0


def magnets_out_of_china(case) -> np.ndarray:
    """(node, Japan or the rest of the world): magnets that China ships, t/yr."""
    plan = plan_for(case)
    to = [route(plan.network, "magnet", "CN", place) for place in ("JP", "RW")]
    return on_routes(plan)[:, to]


def paying(case, place: str, times: float):
    """The case in which a kilogram lost costs the users of a place so many times as much."""
    table = case.table("demands").copy()
    here = table["place"] == place
    table.loc[here, "value_lost"] = table.loc[here, "value_lost"] * times
    return with_table(case, "demands", table)


def test_under_one_total_who_pays_more_gets_more():
    free = edited(quiet(tiny()), "routes", "magnet", change_limit=np.nan, base_flow=np.nan)
    free = edited(free, "routes", "magnet", capacity=np.nan, transit=0.0)
    free = edited(free, "plants", "magnet-jp", capacity=0.0)  # all magnets are China's
    few = {"id": "few", "kind": "quota", "origin": "CN", "goods": ("magnet",), "severity": 0.5,
           "in_force": True, "start": 2020.0}  # fmt: skip
    limited = with_rows(free, "events", few, keep=False)
    poor, rich = (magnets_out_of_china(paying(limited, "RW", times)) for times in (0.2, 5.0))
    assert (rich[:, 1] > poor[:, 1] + 100).all()
    assert (rich[:, 0] < poor[:, 0] - 100).all()
    base = solve_base_year(free, Context()).flows
    total = 0.5 * (base["magnet", "CN", "JP"] + base["magnet", "CN", "RW"])
    np.testing.assert_allclose(poor.sum(axis=1), total)  # all of it goes, whoever gets it
    np.testing.assert_allclose(rich.sum(axis=1), total)


def events_let_through(*rows: dict[str, object]) -> float:
    """Share of the base flow of magnets from China to Japan that passes, cut and leak together."""
    plain = {"origin": "CN", "goods": ("magnet",), "in_force": True, "start": 2020.0}
    named = [plain | {"id": f"e{number}"} | row for number, row in enumerate(rows)]
    case = with_rows(quiet(tiny()), "events", *named, keep=False)
    hits, links = (network := compile_network(case, grow(case))).hits, network.links
    link = links.index[links["route"] == route(network, "magnet", "CN", "JP")][0]
    return float(hits.allowance[0, link] + hits.leak[0, link])


def test_what_leaks_is_a_share_of_what_is_cut():
    let_through = events_let_through({"kind": "ban", "severity": 0.6, "leak": 0.25})
    assert let_through == pytest.approx(0.4 + 0.6 * 0.25)


@pytest.mark.parametrize(
    "second",
    [
        {"kind": "closure", "severity": 1.0},
        {"kind": "closure", "severity": 0.2},
        {"kind": "licence", "severity": 0.8, "leak": 0.5},
    ],
    ids=["closed", "half closed", "leaks too"],
)
@pytest.mark.parametrize("kind", ["ban", "quota"])
def test_a_second_cut_lets_no_more_through(kind, second):
    first = {"kind": kind, "severity": 0.3, "leak": 0.5}
    assert events_let_through(first, second) <= events_let_through(second) + 1e-9


def test_of_a_cut_by_more_than_all_no_more_than_its_share_leaks():
    assert events_let_through({"kind": "ban", "severity": 2.0, "leak": 0.3}) == pytest.approx(0.3)
