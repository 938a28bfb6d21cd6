"""Regret by world and year, and what the answer rests on."""

import pytest

from kidorui.studies.rests_on import effects
from tests.changed import tiny
from tests.studies.conftest import solve


def test_the_better_action_has_no_regret(tiny_plan):
    table = tiny_plan.table("regret")
    assert (table.groupby("world")["regret"].min() == 0).all()
    assert table["world"].iloc[0] == "no event"
    chances = table.drop_duplicates("world")["chance"]
    assert chances.sum() == pytest.approx(1.0)


def test_regret_averages_to_the_accounts(tiny_plan, tiny_solved):
    years = tiny_solved[0].tree.weight.sum()
    table, bill = tiny_plan.table("regret"), tiny_plan.table("accounts").set_index("item")
    for action, column in (("plan", "plan_yen"), ("do-nothing", "nothing_yen")):
        rows = table[table["action"] == action]
        mean = (rows["chance"] * rows["cost"]).sum() / years
        assert mean == pytest.approx(bill[column]["total"], rel=1e-9)


def test_years_of_a_world_cover_the_axis_once(tiny_plan, tiny_solved):
    s = tiny_solved[0].case.settings
    table = tiny_plan.table("by_year")
    for _, rows in table.groupby("world"):
        assert list(rows["year"]) == list(range(s.years[0], s.end))
    before = table[table["year"] < min(s.event_years)]
    assert (before.groupby("year")[["plan", "nothing"]].nunique() == 1).all(axis=None)


@pytest.mark.parametrize("which", ["plan", "nothing"])
def test_costs_and_bounds_both_add_up_to_the_optimum(tiny_solved, which):
    """The first by definition, the second by strong duality: no row is left out or twice."""
    solved, _ = tiny_solved
    solution = getattr(solved, which)
    told = effects(solved, solution).groupby("kind")["effect"].sum()
    # doing nothing is the plan's programme with sizes held at nought: no bound that is told
    assert told[["supply", "builds", "worth"]].sum() == pytest.approx(solution.objective, rel=1e-9)
    assert told["bound"] == pytest.approx(solution.objective, rel=1e-7)


def test_shares_of_all_sources_add_up(tiny_plan):
    table = tiny_plan.table("rests_on")
    rows, last = table.iloc[:-1], table.iloc[-1]
    for name in ("supply", "builds", "answer"):
        assert rows[name].sum() == pytest.approx(1.0)
        assert last[name] == pytest.approx(rows[rows["kind"] == "assumption"][name].sum())


def test_the_effect_of_a_cost_is_what_changing_it_moves(tiny_solved):
    """Envelope theorem: one per cent more for all that modes cost, by solving again."""
    solved, _ = tiny_solved
    modes = effects(solved, solved.plan).query("table == 'modes'")["effect"].sum()
    case = tiny()
    dearer = case.table("modes").assign(variable_cost=lambda t: t["variable_cost"] * 1.01)
    again, _ = solve(type(case)(case.settings, {**case.tables, "modes": dearer}, case.origin))
    assert again.plan.objective - solved.plan.objective == pytest.approx(0.01 * modes, rel=0.02)
