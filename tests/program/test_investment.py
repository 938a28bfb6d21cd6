"""Investment: windows, lead times, annuities, funds and whole units."""

from __future__ import annotations

import numpy as np
import pytest

from kidorui.network import compile_network, grow
from kidorui.program import Solver, state_plan
from kidorui.program.investment import candidates, fund_amounts, yearly_cost
from tests.changed import edited, tiny, with_rows, with_settings
from tests.program.planned import plan_for, planned, stated


def without_events(case=None):
    return with_settings(case or tiny(), events=())


def the(projects, name: str) -> int:
    return list(projects.table["id"]).index(name)


def test_an_annuity_pays_the_investment_back_over_the_life_with_interest_on_waiting():
    row = {"capex": 1000.0, "lifetime": 20.0, "build_time": 2.0, "qualification_time": 0.5,
           "slip": 0.25, "fixed_cost": 10.0, "permit_time": 3.0}  # fmt: skip
    table = tiny().table("projects").iloc[:1].assign(**row)
    cost = yearly_cost(table, 0.05)[0]
    at_opening = 1000 * 1.05 ** (1 + 0.5 + 0.25)
    assert cost - 10 == pytest.approx(at_opening / sum(1.05**-y for y in range(1, 21)))
    assert yearly_cost(table, 0.0)[0] == pytest.approx(1000 / 20 + 10)


def test_a_project_opens_after_its_lead_time_and_is_paid_from_then_on():
    case = edited(
        without_events(), "projects", "metal-jp-2", decision=2025.0, permit_time=0.5,
        build_time=1.0, qualification_time=0.5, slip=0.0, odds=0.5, ramp=(0.5, 1.0), lifetime=4.0,
    )  # fmt: skip
    network = compile_network(case, grow(case))
    projects = candidates(network)
    j = the(projects, "metal-jp-2")
    # decided in 2025 at the earliest, opens 2027, closes 2031: nodes 2024, 2026, 2028, 2030-34
    assert projects.share[:, 0, j] == pytest.approx([0, 0.5 * 0.25, 0.5, 0.5 * 0.25])
    # charged where it is used, so much that four yearly costs are paid in all
    rate = 1 + tiny().settings.discount_rate
    worth = rate ** -(np.arange(4) + 0.5)
    full = worth.sum() / (worth @ [0.5, 1, 1, 1])
    assert projects.charged[:, 0, j] == pytest.approx(projects.share[:, 0, j] * full)
    # decided in 2028 it opens in 2030
    assert projects.share[:, 2, j] == pytest.approx([0, 0, 0, 0.5 * 0.875])
    assert projects.window[:, j].tolist() == [True, True, True, True]


def test_a_project_that_opens_beyond_the_axis_is_not_decided():
    case = edited(without_events(), "projects", "metal-jp-2", decision=2024.0, permit_time=0.0,
                  build_time=5.0, qualification_time=0.0, slip=0.0)  # fmt: skip
    projects = candidates(compile_network(case, grow(case)))
    assert projects.window[:, the(projects, "metal-jp-2")].tolist() == [True, True, True, False]


def test_nothing_is_decided_in_the_slices_of_an_event():
    plan = planned("tiny")
    sliced = plan.network.tree.duration < 1
    assert sliced.any()
    assert not plan.program.projects.window[sliced].any()
    assert not plan.solution.values["size"][sliced].any()


def test_what_is_decided_serves_its_own_node_and_those_after_it_only():
    projects = planned("tiny").program.projects
    tree = planned("tiny").network.tree
    later, decided, _ = np.nonzero(projects.share)
    assert tree.ancestry[later, decided].all()


@pytest.mark.parametrize("key", ["tiny", 0, 2])
def test_along_every_path_a_project_is_built_to_its_largest_size_at_most(key):
    plan = planned(key)
    tree = plan.network.tree
    built = tree.ancestry[tree.leaves].astype(float) @ plan.solution.values["size"]
    largest = plan.program.projects.table["size_max"].to_numpy()
    assert (built <= largest * (1 + 1e-9)).all()


@pytest.mark.parametrize("key", ["tiny", 0, 2])
def test_funds_pay_what_they_have_had_and_all_that_is_asked(key):
    plan = planned(key)
    tree, projects = plan.network.tree, plan.program.projects
    spend, size = plan.solution.values["spend"], plan.solution.values["size"]
    table = projects.table
    asked = size * (table["capex"] * table["public_share"] * table["odds"]).to_numpy() * 1e-6
    assert spend.sum(axis=1) == pytest.approx(asked.sum(axis=1), abs=1e-9)
    labels = plan.program.model.labels["spend"]
    funds = plan.case.table("funds")
    for fund, rows in funds.groupby("id"):
        paid = tree.ancestry @ spend[:, (labels["fund"] == fund).to_numpy()].sum(axis=1)
        for node in range(tree.size):
            end = tree.start[node] + tree.duration[node]
            assert paid[node] <= rows.loc[rows["year"] < end, "amount"].sum() + 1e-9


def test_a_budget_scales_all_open_funds_alike():
    network = planned("tiny").network
    plain = fund_amounts(network, None, ())
    half = fund_amounts(network, plain["amount"].sum() / 2, ())
    np.testing.assert_allclose(half["amount"], plain["amount"] / 2)


def test_more_budget_never_costs_more():
    network, reference, _ = stated(tiny())
    costs = []
    for budget in (0.0, 20.0, 80.0, 1000.0):
        model = state_plan(network, reference, budget=budget).model
        costs.append(Solver(model).solve().objective)
    assert (np.diff(costs) <= 1e-6).all()
    assert costs[-1] < costs[0] - 1


def test_without_money_nothing_that_asks_for_it_is_built():
    network, reference, _ = stated(tiny())
    program = state_plan(network, reference, budget=0.0)
    assert Solver(program.model).solve().values["size"].max() == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize(
    "rule", [{"places": ("MY",)}, {"stages": ("mine",)}, {"prongs": ("seabed",)}]
)
def test_a_fund_pays_only_where_it_is_eligible(rule):
    case = edited(tiny(), "funds", "fund-jp", **rule)
    _, _, program = stated(case)
    spent = program.model.labels["spend"]
    projects = tiny().table("projects").set_index("id")
    expected = {
        name
        for name, p in projects[~projects["committed"]].iterrows()
        if all(p[column[:-1]] in allowed for column, allowed in rule.items())
    }
    assert set(spent["id"]) == expected


def test_a_fund_that_is_not_eligible_can_be_let_in():
    case = edited(tiny(), "funds", "fund-jp", eligible=False)
    network, reference, closed = stated(case)
    opened = state_plan(network, reference, open_funds=("fund-jp",))
    shut, open_ = (Solver(p.model).solve() for p in (closed, opened))
    assert shut.values["size"].max(initial=0.0) == pytest.approx(0)
    assert open_.objective == pytest.approx(planned("tiny").solution.objective)


def test_a_case_without_projects_or_funds_is_planned_all_the_same():
    case = with_rows(with_rows(tiny(), "projects", keep=False), "funds", keep=False)
    plan = plan_for(case)
    assert plan.solution.values["size"].size == 0
    assert plan.solution.objective >= planned("tiny").solution.objective - 1e-6


@pytest.fixture(scope="module")
def whole():
    _, _, program = stated(tiny(), whole=True)
    solver = Solver(program.model)
    found = solver.solve()
    return program, solver, found


def test_whole_units_are_multiples_of_a_unit_or_between_the_ends(whole):
    program, _, found = whole
    table = program.projects.table
    size = found.values["size"]
    for j, project in enumerate(table.itertuples()):
        built = size[:, j][size[:, j] > 1e-6]
        if project.size_unit > 0:
            units = built / project.size_unit
            assert units == pytest.approx(np.round(units), abs=1e-6)
        else:
            assert (built >= project.size_min - 1e-6).all()
    assert found.objective >= planned("tiny").solution.objective - 1e-6
    assert found.mip_gap * abs(found.objective) <= 0.1 + 1e-6  # million US$


def test_with_units_fixed_the_same_plan_has_duals(whole):
    _, solver, found = whole
    solver.fix_whole(found)
    fixed = solver.solve()
    assert fixed.objective == pytest.approx(found.objective, rel=1e-6)
    assert fixed.gap <= 1e-9
    np.testing.assert_allclose(fixed.values["units"], np.round(found.values["units"]), atol=1e-6)


def test_a_committed_project_is_part_of_the_network_and_not_decided():
    plan = planned("tiny")
    assert "recycle-jp-2" not in set(plan.program.projects.table["id"])
    unit = plan.network.units.index[plan.network.units["id"] == "recycle-jp-2"][0]
    assert plan.network.capacity[:, unit].max() > 0


def test_a_longer_axis_moves_nothing_early():
    # nor is a stock filled for what it is worth at the end
    case = with_settings(tiny(), end=2040, years=(2024, 2026, 2028, 2030, 2034))
    short = with_settings(tiny(), end=2034, years=(2024, 2026, 2028, 2030))
    long_, short_ = plan_for(without_events(case)), plan_for(without_events(short))
    early = slice(0, 2)
    largest = short_.program.projects.table["size_max"].to_numpy()
    size = [plan.solution.values["size"][early] for plan in (long_, short_)]
    difference = np.abs(size[0] - size[1])
    assert (difference <= 0.01 * largest).all()
