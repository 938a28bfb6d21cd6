"""What the controller can do beyond cutting flows: flood, withhold know-how, shut users out."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from kidorui.network import compile_network, grow
from kidorui.program.investment import candidates
from tests.changed import edited, tiny, with_rows, with_settings
from tests.program.planned import Planned, plan_for

ON = 2  # the node of 2028 and 2029; the others are 2024, 2026 and 2030
NODES = np.arange(4)


def under(**event: object):
    """The tiny case in which one event is on in 2028 and 2029, and nothing else is."""
    row = {"id": "e", "origin": "CN", "in_force": True, "start": 2028.0, "duration": 2.0}
    return with_rows(with_settings(tiny(), events=()), "events", row | event, keep=False)


@cache
def quiet() -> Planned:
    return plan_for(with_rows(with_settings(tiny(), events=()), "events", keep=False))


@cache
def flooded() -> Planned:
    goods = ("concentrate", "oxide", "metal", "magnet")
    return plan_for(under(kind="dumping", goods=goods, severity=3.0))


def shut_out(severity: float = 1.0, **changed: object) -> Planned:
    case = under(kind="licence", goods=("magnet",), users=("defence",), severity=severity)
    return plan_for(edited(case, "projects", "heavy-my", **changed) if changed else case)


def price(plan: Planned, material: str, place: str, *, control: bool = False) -> np.ndarray:
    """(node) US$/kg."""
    pools, tree = plan.network.pools, plan.network.tree
    here = (pools["material"] == material) & (pools["place"] == place)
    pool = pools.index[here & (pools["control"] == control)][0]
    duals = plan.solution.duals["balance"].reshape(tree.size, -1)
    return duals[:, pool] / tree.weight * 1e3


def runs(plan: Planned, unit: str) -> np.ndarray:
    units = plan.network.units
    own = plan.network.activities["unit"] == units.index[units["id"] == unit][0]
    return plan.solution.values["activity"][:, own.to_numpy()].sum(axis=1)


def defence(plan: Planned) -> int:
    return int(plan.network.demands.index[plan.network.demands["sector"] == "defence"][0])


def served(plan: Planned) -> np.ndarray:
    """(node): what the defence of Japan is served, t/yr."""
    values = plan.solution.values["served"]
    steps = values.reshape(len(values), len(plan.network.demands), -1)
    return steps[:, defence(plan)].sum(axis=1)


@pytest.mark.parametrize(("material", "cost"), [("conc-light", 1.0), ("conc-ion", 4.0)])
def test_dumping_brings_a_price_down_to_the_cash_cost_while_it_lasts(material, cost):
    before, now = price(quiet(), material, "CN"), price(flooded(), material, "CN")
    assert now[ON] == pytest.approx(cost)
    assert (before > 3 * cost).all()
    assert (now[NODES != ON] > 3 * cost).all()


def test_dumping_brings_down_the_price_of_what_others_make():
    for material, place in (("ox-NdPr", "MY"), ("magnet", "JP")):
        assert price(flooded(), material, place)[ON] < 0.5 * price(quiet(), material, place)[ON]


def test_dumped_goods_come_out_of_the_ground():
    assert runs(flooded(), "mine-cn")[ON] > 160_000 + 1  # beyond the quota
    assert runs(flooded(), "mine-cn").max() <= 4 * 200_000 + 1e-6
    assert runs(flooded(), "mine-cn")[NODES != ON].max() <= 160_000 + 1e-6
    network, values = flooded().network, flooded().solution.values
    content = network.content_of(network.pools["material"])
    mined = (network.recipes < 0).sum(axis=0) == 0
    ore = content.T @ (network.recipes @ np.where(mined, values["activity"][ON], 0.0))
    wanted = network.content_of(network.demands["material"])
    steps = values["served"][ON].reshape(len(wanted), -1).sum(axis=1)
    stocked = -network.content_of(network.stocks["material"]).T @ values["withdrawal"][ON]
    assert (ore + 1e-6 >= steps @ wanted + np.minimum(stocked, 0.0)).all()


def test_a_delay_of_two_years_moves_a_candidate_by_two_years_from_the_event_on():
    case = edited(
        under(kind="know-how", goods=("met-NdPr",), severity=2.0, in_force=False, start=np.nan),
        "projects", "metal-jp-2", decision=2024.0, permit_time=0.0, build_time=4.5,
        qualification_time=0.0, slip=0.0, odds=1.0, ramp=(), lifetime=30.0,
    )  # fmt: skip
    projects = candidates(compile_network(case, tree := grow(case, ["e"], 0.1)))
    share = projects.share[:, 0, list(projects.table["id"]).index("metal-jp-2")]
    end = tree.start + tree.duration
    as_planned = np.clip(end - 2028.5, 0, tree.duration) / tree.duration
    late = np.clip(end - 2030.5, 0, tree.duration) / tree.duration
    assert share == pytest.approx(np.where(tree.branch < 0, as_planned, late))


def test_a_candidate_that_is_open_when_the_know_how_is_withheld_is_not_put_off():
    case = edited(
        under(kind="know-how", goods=("met-NdPr",), severity=2.0, in_force=False, start=np.nan),
        "projects", "metal-jp-2", decision=2024.0, permit_time=0.0, build_time=4.0,
        qualification_time=0.0, slip=0.0, odds=1.0, ramp=(0.5, 1.0), lifetime=30.0,
    )  # fmt: skip
    with_it, without_it = (
        candidates(compile_network(c, grow(c, ["e"], 0.1)))
        for c in (case, edited(case, "events", "e", severity=0.0))
    )
    j = list(with_it.table["id"]).index("metal-jp-2")
    np.testing.assert_array_equal(with_it.share[:, 0, j], without_it.share[:, 0, j])


def test_a_project_that_would_open_beyond_the_axis_for_the_delay_is_not_decided():
    case = under(kind="know-how", goods=("met-NdPr",), severity=4.0, duration=np.nan)
    case = edited(case, "projects", "metal-jp-2", decision=2024.0, permit_time=0.0,
                  build_time=3.0, qualification_time=0.0, slip=0.0)  # fmt: skip
    projects = candidates(compile_network(case, grow(case)))
    j = list(projects.table["id"]).index("metal-jp-2")
    # decided in 2024 it is open in 2027 and so not put off; in 2026 and 2028 it opens in 2033, 2035
    assert projects.window[:, j].tolist() == [True, True, False, False]


def test_a_user_shut_out_is_served_with_free_goods_first_and_pays_for_them():
    plan, d = shut_out(), defence(shut_out())
    assert served(plan) == pytest.approx(served(quiet()))  # free goods are found for it
    reserved = plan.solution.values["relabel"][:, plan.network.passes_for == d].sum(axis=1)
    assert reserved[ON] == pytest.approx(served(plan)[ON])
    assert reserved[NODES != ON].max() == 0
    free, controlled = (price(plan, "magnet", "JP", control=c)[ON] for c in (False, True))
    assert free > controlled + 1
    extra = -plan.solution.duals["end user"][0] / plan.network.tree.weight[ON] * 1e3
    assert controlled + extra == pytest.approx(free)  # what it pays is the price of free goods


def test_a_user_shut_out_of_a_part_draws_the_rest_of_its_base_demand():
    plan = shut_out(severity=0.7)
    reserved = plan.solution.values["relabel"][ON, plan.network.passes_for == defence(plan)].sum()
    base = plan.network.quantity[ON, defence(plan)]
    assert served(plan)[ON] - reserved == pytest.approx(0.3 * base)


def test_where_no_free_goods_are_to_be_had_a_user_shut_out_goes_without():
    # without heavy separation abroad all dysprosium is of controlled origin, and so each magnet
    plan = shut_out(size_max=0.0, size_min=0.0)
    assert served(plan)[ON] == pytest.approx(0, abs=1e-6)
    assert served(plan)[NODES != ON].min() > 100


def test_without_such_an_event_in_the_tree_nothing_is_added():
    row = {"id": "e", "kind": "licence", "origin": "CN", "goods": ("magnet",), "severity": 1.0,
           "users": ("defence",), "hazard": 0.1, "duration": 1.0}  # fmt: skip
    case = with_rows(tiny(), "events", row)
    network = compile_network(case, grow(case, ["ban-cn"]))
    assert (network.passes_for == -1).all()
    assert "end user" not in plan_for(case).program.model.constraints
