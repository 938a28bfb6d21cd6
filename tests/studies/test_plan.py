"""The plan: its tables, what they add up to, and that it is the same however it is reached."""

import dataclasses
import itertools
import json

import numpy as np
import pandas as pd
import pytest

from kidorui.program import Infeasible
from kidorui.results import result_schema
from kidorui.studies.context import Cancelled, Context
from kidorui.studies.plan import PlanOptions, plan, planned_events
from tests.changed import edited, tiny, with_rows, with_settings, with_table
from tests.random_cases import random_case
from tests.studies.conftest import DictMemo

QUICK = PlanOptions(break_even=False)


def rows(result, table, **where):
    out = result.table(table)
    for column, value in where.items():
        out = out[out[column] == value]
    return out


def shortage(result):
    """Shortage with the plan in all moments, t oxide/yr by group."""
    return result.table("shortage_by_element").groupby("group")["shortage_plan"].sum()


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"hazard": 0.0},
        {"hazard": 1.0},
        {"risk": 0.5},
        {"risk": 1.0},
        {"whole": True},
        {"budget": 0.0},
        {"year": 2050},
        {"events": ("stop-my", "boom")},
        {"events": ("ban-cn+stop-my",)},
    ],
    ids=str,
)
def test_all_declared_tables_are_there_on_any_terms(options):
    result = plan(tiny(), PlanOptions(**options), Context())
    assert result.faults() == []
    assert set(result.tables) == set(result_schema("plan"))
    assert result.meta["failures"] == []
    json.dumps(result.meta)


@pytest.mark.parametrize("name", sorted(result_schema("plan")))
def test_keys_name_a_row(tiny_plan, name):
    keys = list(result_schema("plan")[name].keys)
    assert not tiny_plan.table(name).duplicated(keys).any()


def test_headlines_are_numbers_with_units(tiny_plan):
    summary = tiny_plan.summary
    assert summary["value"].notna().all()
    assert (summary["unit"] != "").all()
    assert summary["question"].nunique() == 3
    assert list(summary["order"]) == list(range(1, len(summary) + 1))


@pytest.mark.parametrize("risk", [0.0, 0.7])
def test_parts_of_the_cost_add_up_to_the_objective(risk):
    for case in (tiny(), random_case(3)):
        result = plan(case, PlanOptions(risk=risk, break_even=False), Context())
        parts = result.table("cost_parts").set_index("part")
        added = parts.drop("total").sum()
        for name, objective in (("plan", "objective"), ("nothing", "objective_nothing")):
            assert added[name] == pytest.approx(result.meta[objective], rel=1e-6)
            assert parts.loc["total", name] == pytest.approx(added[name], rel=1e-6)


def test_the_bill_adds_up_and_is_in_yen_too(tiny_plan):
    bill = tiny_plan.table("accounts").set_index("item")
    assert bill.drop("total").sum().to_numpy() == pytest.approx(bill.loc["total"].to_numpy())
    assert bill["plan_yen"].to_numpy() == pytest.approx(bill["plan"].to_numpy() * 150 / 1e3)


def test_a_gain_is_never_negative():
    for seed in (1, 2):
        result = plan(random_case(seed), QUICK, Context())
        assert result.meta["objective"] <= result.meta["objective_nothing"] * (1 + 1e-9) + 1e-6


def test_public_money_stays_within_the_funds():
    for budget in (0.0, 5.0, 20.0):
        result = plan(tiny(), PlanOptions(budget=budget, break_even=False), Context())
        spent = rows(result, "builds", state="no event")["public"].sum()
        assert spent <= budget + 1e-6


def test_more_money_no_more_shortage():
    left = [
        shortage(plan(tiny(), PlanOptions(budget=b, break_even=False), Context()))
        for b in (0.0, 5.0, 20.0, 80.0)
    ]
    for poorer, richer in itertools.pairwise(left):
        assert (richer <= poorer + 1e-6).all()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_more_money_no_more_cost(seed):
    case = random_case(seed)
    costs = [
        plan(case, PlanOptions(budget=b, break_even=False), Context()).meta["objective"]
        for b in (0.0, 10.0, 100.0)
    ]
    assert (np.diff(costs) <= 1e-9 * np.abs(costs[1:])).all()


def test_the_next_dollar_is_worth_what_it_brings():
    """The worth of a fund is the gain from a little more of it."""
    at, more = (plan(tiny(), PlanOptions(budget=b, break_even=False), Context()) for b in (7, 7.01))
    brings = (at.meta["objective"] - more.meta["objective"]) / 0.01
    funds = rows(at, "binding", kind="fund")
    share = np.array([80, 60]) / 140  # the budget scales all rows of the fund alike
    assert funds["worth"].to_numpy() @ share == pytest.approx(brings, rel=1e-4)
    assert brings > 1


def test_no_hazard_no_builds_but_those_that_pay_without_events():
    case = edited(tiny(), "projects", "heavy-my", capex=1e6)
    quiet = plan(case, PlanOptions(hazard=0.0, break_even=False), Context())
    peaceful = plan(with_settings(case, events=()), QUICK, Context())
    pd.testing.assert_frame_equal(quiet.table("builds"), peaceful.table("builds"))
    assert "heavy-my" not in set(quiet.table("builds")["project"])
    assert "heavy-my" in set(plan(case, QUICK, Context()).table("builds")["project"])
    hardly = plan(case, PlanOptions(hazard=1e-6, break_even=False), Context())
    sure = rows(hardly, "builds", state="no event").groupby("project")["size"].sum()
    before = rows(quiet, "builds", state="no event").groupby("project")["size"].sum()
    pd.testing.assert_series_equal(sure, before, rtol=1e-3)


def test_a_stop_of_heavy_feed_builds_heavy_not_light():
    case = with_rows(
        tiny(),
        "events",
        {
            "id": "no-heavy",
            "name": "No dysprosium from China",
            "kind": "ban",
            "origin": "CN",
            "destinations": ("JP",),
            "goods": ("ox-Dy", "met-Dy"),
            "duration": 3.0,
            "severity": 1.0,
            "hazard": 0.2,
            "extraterritorial": False,
            "in_force": False,
            "source": "assumed",
        },
    )
    light = dict(case.table("projects").set_index("id").loc["heavy-my"])
    light |= {"id": "light-my", "group": "light", "recipes": ("sep-light",), "size_max": 20000.0}
    light |= {"capex": 6000.0, "variable_cost": 2.0, "size_unit": 1000.0}
    case = with_rows(case, "projects", light)
    quiet = plan(case, PlanOptions(hazard=0.0, break_even=False), Context())
    hit = plan(case, PlanOptions(events=("no-heavy",), break_even=False), Context())
    size = {
        name: rows(r, "builds", state="no event").groupby("project")["size"].sum()
        for name, r in (("quiet", quiet), ("hit", hit))
    }
    grown = size["hit"].sub(size["quiet"], fill_value=0.0)
    assert grown[["heavy-my", "stock-Dy"]].max() > 10
    assert grown.get("light-my", 0.0) <= 1e-6


def test_moving_the_end_of_the_axis_moves_nothing_early():
    # a stock is left out: what is left of it at the end has a worth of its own
    case = with_settings(tiny(), events=(), years=(2024, 2026, 2028, 2030, 2033))
    projects = case.table("projects")
    case = with_table(case, "projects", projects[projects["stage"] != "stockpile"])
    near, far = (plan(with_settings(case, end=end), QUICK, Context()) for end in (2035, 2040))
    early = [
        r.table("builds").query("decided < 2033").groupby("project")["size"].sum()
        for r in (near, far)
    ]
    pd.testing.assert_series_equal(*early, rtol=0.01)


def test_the_same_question_has_the_same_answer(tiny_plan):
    assert plan(tiny(), PlanOptions(), Context()).hash == tiny_plan.hash


@pytest.mark.parametrize(
    "options",
    [
        PlanOptions(),
        pytest.param(PlanOptions(risk=0.5), marks=pytest.mark.slow),
        pytest.param(PlanOptions(whole=True), marks=pytest.mark.slow),
    ],
)
def test_a_plan_that_was_stopped_goes_on_to_the_same_answer(options):
    at_once = DictMemo()
    whole = plan(tiny(), options, Context(memo=at_once))
    kept = list(at_once.kept.items())
    for upto in (1, len(kept) // 2, len(kept)):
        memo = DictMemo()
        memo.kept.update(kept[:upto])
        again = plan(tiny(), options, Context(memo=memo))
        assert again.hash == whole.hash
        assert memo.kept.keys() == at_once.kept.keys()


def test_a_damaged_memory_is_solved_anew(tiny_plan):
    memo = DictMemo()
    plan(tiny(), PlanOptions(), Context(memo=memo))
    memo.kept = dict.fromkeys(memo.kept, b"not a solution")
    assert plan(tiny(), PlanOptions(), Context(memo=memo)).hash == tiny_plan.hash


def test_another_question_is_not_answered_from_memory():
    memo = DictMemo()
    for options in (QUICK, dataclasses.replace(QUICK, budget=5.0)):
        fresh = plan(tiny(), options, Context())
        assert plan(tiny(), options, Context(memo=memo)).hash == fresh.hash


def test_progress_is_told_and_a_stop_is_heard():
    told = []
    plan(tiny(), PlanOptions(), Context(progress=lambda what, share: told.append((what, share))))
    assert [what for what, _ in told][:3] == ["base year", "network", "plan and doing nothing"]
    assert all(share is None or 0 <= share <= 1 for _, share in told)
    with pytest.raises(Cancelled):
        plan(tiny(), PlanOptions(), Context(cancelled=lambda: len(told) > 0))


def test_a_plan_that_cannot_be_says_which_rows():
    case = edited(tiny(), "policies", "days-Dy", enforced=True, bound=36500.0)
    with pytest.raises(Infeasible, match="days-Dy"):
        plan(case, QUICK, Context())


def test_events_without_a_chance_make_no_branch():
    assert planned_events(tiny(), PlanOptions()) == ("ban-cn",)
    assert planned_events(tiny(), PlanOptions(hazard=0.0)) == ()
    assert planned_events(tiny(), PlanOptions(events=("ban-cn+stop-my",))) == ("ban-cn+stop-my",)
    never = edited(tiny(), "events", "ban-cn", hazard=0.0)
    assert planned_events(never, PlanOptions()) == ()
    assert planned_events(never, PlanOptions(hazard=0.1)) == ("ban-cn",)


def test_a_reader_is_warned():
    notes = " ".join(plan(tiny(), QUICK, Context()).meta["notes"])
    assert "Taken to go on in all scenarios: Licences for dysprosium." in notes
    assert "(ban-cn)" in notes
    assert "% of the case's rows are assumptions" in notes
    assert "Above their ceilings in 2030" in notes
