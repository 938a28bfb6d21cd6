"""Demand: quantities over the years, and the steps of the curve."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from kidorui.network import compile_network, grow
from kidorui.network.demand import curve, gather_demands, quantities, reference_share
from tests.changed import tiny
from tests.random_cases import random_case


def test_a_years_quantity_is_that_of_its_middle_and_others_lie_between():
    case, tree = tiny(), grow(tiny())
    demands = gather_demands(case)
    quantity = quantities(case, demands, tree)
    row = demands.index[(demands["sector"] == "vehicles") & (demands["place"] == "JP")][0]
    # 9000 in the middle of 2024, 10500 in that of 2033; nodes' middles 2025, 2027, 2029, 2032
    expected = 9000 + 1500 / 9 * (np.array([2025, 2027, 2029, 2032]) - 2024.5)
    assert quantity[:, row] == pytest.approx(expected)


def test_quantities_stay_as_they_are_beyond_the_years_stated():
    case = tiny()
    demands = gather_demands(case)
    tree = grow(case)
    late = quantities(case, demands, tree_shifted(tree, 60))
    rows = case.table("demands")
    last = rows[rows["year"] == rows["year"].max()].set_index(["sector", "place", "material"])
    keys = pd.MultiIndex.from_frame(demands[["sector", "place", "material"]])
    np.testing.assert_allclose(late[-1], last["quantity"].reindex(keys).to_numpy())


def tree_shifted(tree, years):
    from dataclasses import replace

    return replace(tree, start=tree.start + years)


def test_quantities_agree_with_interpolation_one_by_one():
    case = random_case(3)
    tree = grow(case, case.settings.events)
    demands = gather_demands(case)
    found = quantities(case, demands, tree)
    groups = case.table("demands").groupby(["sector", "place", "material"], sort=True)
    for column, (_, group) in enumerate(groups):
        group = group.sort_values("year")
        one = np.interp(tree.middle, group["year"] + 0.5, group["quantity"])
        np.testing.assert_allclose(found[:, column], one, rtol=1e-12)


def a_demand(elasticity: float, base: float = 10.0, lost: float = 200.0) -> pd.DataFrame:
    return pd.DataFrame({"base_price": [base], "elasticity": [elasticity], "value_lost": [lost]})


@pytest.mark.parametrize("steps", [4, 7, 12, 50])
@pytest.mark.parametrize("elasticity", [0.0, -0.1, -1.5])
def test_the_curve_passes_through_base_price_and_quantity(steps, elasticity):
    widths, values = curve(a_demand(elasticity), steps)
    assert widths.shape == values.shape == (1, steps)
    assert (widths >= 0).all()
    assert (np.diff(values[0]) <= 1e-12).all()
    assert values[0, 0] == 200
    dear = reference_share(widths, values, np.array([10.0]))[0] > 0
    assert widths[0][dear].sum() == pytest.approx(1.0)  # the base quantity, at the base price
    assert widths[0].sum() == pytest.approx(0.5**elasticity)  # at half of it


def test_a_step_is_worth_what_the_curve_says_in_its_middle():
    elasticity, steps = -0.5, 40
    widths, values = curve(a_demand(elasticity), steps)
    served = np.cumsum(widths[0])
    middle = served[1:] - widths[0, 1:] / 2
    priced = 10 * middle ** (1 / elasticity)
    np.testing.assert_allclose(values[0, 1:], priced, rtol=5e-3)


def test_demand_that_is_lost_below_its_base_price_is_one_step_of_it():
    widths, values = curve(a_demand(-0.3, base=10.0, lost=6.0), 8)
    assert values.max() == 10
    assert widths[0][values[0] >= 10].sum() == pytest.approx(1.0)


def test_savings_point_at_their_demand():
    network = compile_network(tiny(), grow(tiny()))
    saving = network.savings.iloc[0]
    saved_on = network.demands.loc[saving["demand"]]
    assert tuple(saved_on[["sector", "place", "material"]]) == ("vehicles", "JP", "magnet")
