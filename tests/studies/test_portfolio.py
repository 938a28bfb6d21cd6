"""The frontier, the alternatives and the makers at a price, on the tiny case."""

import numpy as np
import pytest

from kidorui.studies.context import Context
from kidorui.studies.plan import PlanOptions, plan
from kidorui.studies.portfolio import Desk, scenario_costs, worst_mean
from tests.changed import tiny

ASKED = PlanOptions(
    break_even=False,
    frontier=6,
    alternatives=4,
    slack=0.02,
    prices=(("ox-NdPr", 1000.0), ("ox-NdPr", 0.5)),
)


@pytest.fixture(scope="module")
def result():
    return plan(tiny(), ASKED, Context())


@pytest.fixture(scope="module")
def desk(tiny_solved):
    return Desk(tiny_solved[0], {}, Context())


def test_scenario_costs_average_to_the_objective(tiny_solved):
    solved, _ = tiny_solved
    tree = solved.tree
    for solution in (solved.plan, solved.nothing):
        mean = tree.probability[tree.leaves] @ scenario_costs(solved, solution)
        assert mean == pytest.approx(solution.objective, rel=1e-9)


@pytest.mark.parametrize(("alpha", "mean"), [(0.9, 10.0), (0.5, 10.0), (0.4, 50 / 6), (0.0, 5.0)])
def test_the_mean_of_the_worst(alpha, mean):
    found = worst_mean(np.array([0.0, 10.0]), np.array([0.5, 0.5]), alpha)
    assert found == pytest.approx(mean)


def test_the_frontier_trades_money_for_shortage(result):
    points = result.table("frontier")
    assert list(points["kind"]) == ["budget"] * 3 + ["plan"] + ["less shortage"] * 3
    poorer, richer = points.iloc[:4], points.iloc[3:]
    assert poorer["public"].is_monotonic_increasing
    assert poorer["cost"].is_monotonic_decreasing
    assert poorer["tail"].is_monotonic_decreasing
    assert richer["loss"].is_monotonic_decreasing
    assert richer["cost"].is_monotonic_increasing
    assert (points["cost"] >= -1e-9).all()


def test_the_ends_of_the_frontier_are_the_plan_and_nothing(result):
    points = result.table("frontier").set_index("kind")
    sizes = result.table("builds").groupby("project")["size"].sum()
    parts = result.table("cost_parts").set_index("part")
    told = result.table("frontier_builds").set_index(["point", "project"])["size"]
    assert points["cost"]["plan"] == 0
    assert told[4].to_dict() == pytest.approx(sizes.to_dict())
    assert 1 not in told.index.get_level_values("point")
    gain = -parts["difference_per_year"]["total"]
    assert points["cost"]["budget"].iloc[0] == pytest.approx(gain, rel=1e-6)


def test_the_least_loss_cannot_be_beaten(desk):
    least = desk.least_loss()
    assert desk.losing(least * 1.001).loss == pytest.approx(least, rel=2e-3)
    assert np.isnan(desk.losing(least * 0.5).cost)


def test_alternatives_stay_within_the_slack_and_differ(result):
    found = result.table("alternatives")
    bill = result.table("accounts").set_index("item")["plan"]["total"]
    assert found["cost"].iloc[0] == 0
    assert (found["cost"] <= ASKED.slack * bill * (1 + 1e-6)).all()
    assert (found["differs"].iloc[1:] > 0.1).all()


def test_without_slack_an_alternative_costs_no_more(tiny_solved, desk):
    solved, _ = tiny_solved
    count = len(solved.projects.table)
    found = desk.near(0.0, np.ones(count), "nothing dearer")
    assert found.cost == pytest.approx(solved.plan.objective, rel=1e-9)


def test_a_price_above_the_market_changes_nothing(result):
    dear = result.table("at_price")
    dear = dear[dear["price"] == 1000]
    assert (dear["verdict"] == "goes on").all()
    assert dear["use"].to_numpy() == pytest.approx(dear["use_plan"].to_numpy(), abs=1e-6)


def test_a_price_below_all_costs_stops_who_lives_of_the_product(result):
    cheap = result.table("at_price").query("price == 0.5").set_index("maker")
    assert cheap["verdict"]["Digger Ltd"] == "stops"  # mines and separates NdPr, by its modes
    assert cheap["earns"]["Digger Ltd"] < cheap["earns_plan"]["Digger Ltd"]


def test_nothing_is_told_of_what_was_not_asked(tiny_plan):
    for name in ("frontier", "frontier_builds", "alternatives", "alternative_builds", "at_price"):
        assert tiny_plan.table(name).empty
