"""Aversion to risk: the conditional value at risk of costs over scenarios."""

from __future__ import annotations

import numpy as np
import pytest

from kidorui.program import state_plan
from tests.changed import edited, tiny, with_settings
from tests.program.planned import plan_for, planned


def path_costs(plan) -> np.ndarray:
    """(leaf): discounted cost of each scenario, from costs of a programme without risk."""
    network, tree = plan.network, plan.network.tree
    neutral = state_plan(network, plan.reference).model
    cost = np.zeros(tree.size)
    for name, block in neutral.variables.items():
        if name != "size":
            per_unit = block.cost.reshape(block.nodes, block.things) / tree.probability[:, None]
            cost += (per_unit * plan.solution.values[name]).sum(axis=1)
    projects = plan.program.projects
    size = plan.solution.values["size"]
    paid = np.einsum("mnj,nj->mj", projects.charged, size) @ projects.annual * 1e-6
    cost += paid * tree.duration * tree.discount
    return tree.ancestry[tree.leaves] @ cost


def tail_mean(cost: np.ndarray, chance: np.ndarray, share: float) -> float:
    """Mean of the dearest `share` of the chances."""
    dearest = np.argsort(-cost)
    left = np.clip(share - np.concatenate([[0], np.cumsum(chance[dearest])[:-1]]), 0, None)
    weight = np.minimum(chance[dearest], left)
    return float(weight @ cost[dearest] / share)


@pytest.mark.parametrize("alpha", [0.5, 0.8, 0.95])
@pytest.mark.parametrize("risk", [0.3, 1.0])
def test_the_objective_weighs_the_mean_against_the_mean_of_the_tail(alpha, risk):
    case = with_settings(tiny(), alpha=alpha, event_years=(2026, 2030), events=("ban-cn", "boom"))
    plan = plan_for(case, risk=risk)
    cost, chance = path_costs(plan), plan.network.tree.probability[plan.network.tree.leaves]
    assert chance.sum() == pytest.approx(1)
    expected = (1 - risk) * cost @ chance + risk * tail_mean(cost, chance, 1 - alpha)
    assert plan.solution.objective == pytest.approx(expected, rel=1e-9)


def test_costs_of_scenarios_are_those_of_the_objective_without_risk():
    plan = planned("tiny")
    chance = plan.network.tree.probability[plan.network.tree.leaves]
    assert path_costs(plan) @ chance == pytest.approx(plan.solution.objective, rel=1e-9)


def test_aversion_lowers_the_tail_and_raises_the_mean():
    neutral, averse = planned("tiny"), planned("tiny", risk=1.0)
    chance = neutral.network.tree.probability[neutral.network.tree.leaves]
    share = 1 - tiny().settings.alpha
    before, after = path_costs(neutral), path_costs(averse)
    assert tail_mean(after, chance, share) <= tail_mean(before, chance, share) + 1e-6
    assert after @ chance >= before @ chance - 1e-6


def test_with_one_scenario_there_is_no_tail_to_weigh():
    case = with_settings(tiny(), events=())
    neutral, averse = plan_for(case), plan_for(case, risk=0.7)
    assert averse.solution.objective == pytest.approx(neutral.solution.objective, rel=1e-9)


def test_prices_of_an_averse_plan_are_undone_of_risk_adjusted_chances():
    # demand never falls short of value lost: no price above it, in any scenario of any weight
    case = edited(tiny(), "events", "ban-cn", severity=1.0)
    plan = plan_for(case, risk=0.9)
    tree, duals = plan.network.tree, plan.solution.duals
    chance = 0.1 * tree.probability + duals["node cost"]
    later = np.flatnonzero(tree.parent >= 0)
    for node in np.setdiff1d(np.arange(tree.size), tree.leaves):  # they add up as chances do
        children = later[tree.parent[later] == node]
        assert chance[children].sum() == pytest.approx(chance[node])
    assert chance[0] == pytest.approx(1)
    weight = tree.duration * tree.discount * chance
    price = duals["balance"].reshape(tree.size, -1) / weight[:, None] * 1e3
    pools = plan.network.demands["pool"].to_numpy()
    dearest = plan.network.demands.groupby("pool")["value_lost"].max()
    assert (price[:, dearest.index] <= dearest.to_numpy() + 1e-6).all()
    assert set(pools) == set(dearest.index)
