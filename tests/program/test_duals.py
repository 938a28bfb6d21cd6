"""Duals: no gap, and prices that are the slope of the optimum."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from kidorui.program import Infeasible, Solver
from tests.program.planned import planned

STEP = 0.01
"""Perturbation of a right-hand side, in its own unit."""


@pytest.mark.parametrize("key", ["tiny", 0, 1, 2, 3])
def test_primal_and_dual_meet(key):
    assert planned(key).solution.gap <= 1e-9


@pytest.mark.parametrize("key", ["tiny", 1])
def test_averse_to_risk_primal_and_dual_meet(key):
    assert planned(key, risk=0.5).solution.gap <= 1e-9


def best(solver: Solver) -> float:
    try:
        return solver.solve().objective
    except Infeasible:  # to that side there is nothing: a slope without end
        return np.inf


@pytest.mark.parametrize(
    ("key", "block"),
    [
        *product(["tiny", 1, 3], ["balance", "capacity", "fund", "inertia", "store"]),
        *product([1, 3], ["end user"]),
    ],
)
def test_a_dual_is_the_slope_of_the_optimum_or_lies_between_those_of_a_kink(key, block):
    plan = planned(key)
    duals, rows = plan.solution.duals[block], plan.program.model.constraints[block]
    lower, upper = rows.lower, rows.upper
    pressed = np.flatnonzero(np.abs(duals) > 1e-3 * np.abs(duals).max(initial=0.0))
    chosen = np.random.default_rng(0).permutation(pressed)[:8]
    solver = Solver(plan.program.model)
    solver.solve()
    smooth = 0
    for row in chosen:
        slopes = []
        for step in (-STEP, STEP):
            solver.set_row_bounds(rows.start + int(row), lower[row] + step, upper[row] + step)
            slopes.append((best(solver) - plan.solution.objective) / step)
        solver.set_row_bounds(rows.start + int(row), lower[row], upper[row])
        tolerance = 1e-5 * abs(duals[row]) + 1e-9 * abs(plan.solution.objective) / STEP * 1e-3
        assert slopes[0] - tolerance <= duals[row] <= slopes[1] + tolerance
        smooth += abs(slopes[1] - slopes[0]) <= tolerance
    if len(chosen) >= 6:
        assert smooth  # not all are kinks, so equality is tested too


def test_the_price_of_a_demand_lies_between_the_steps_served_and_not():
    plan = planned("tiny")
    network, tree = plan.network, plan.network.tree
    price = plan.solution.duals["balance"].reshape(tree.size, -1) / tree.weight[:, None] * 1e3
    served = plan.solution.values["served"].reshape(tree.size, len(network.demands), -1)
    wanted = network.quantity[:, :, None] * network.step_width
    pool = network.demands["pool"].to_numpy()
    for node in np.flatnonzero(tree.probability > 0):
        for demand in range(len(network.demands)):
            value = network.step_value[demand]
            taken = served[node, demand] > 1e-6
            short = served[node, demand] < wanted[node, demand] - 1e-6
            paid = price[node, pool[demand]]
            assert (value[taken] >= paid * (1 - 1e-9) - 1e-6).all()
            assert (value[short] <= paid * (1 + 1e-9) + 1e-6).all()
