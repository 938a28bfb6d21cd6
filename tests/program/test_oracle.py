"""linopy states the same programme from the same network, and comes to the same optimum."""

from __future__ import annotations

import pytest

from kidorui.network import compile_network, grow
from kidorui.program import Solver, state_base_year
from kidorui.program.state import base_year_reference
from tests.changed import edited, tiny, with_rows, with_settings
from tests.program.planned import plan_for, planned
from tests.random_cases import random_case


def agree(network, reference, objective, **options) -> bool:
    oracle = pytest.importorskip("tests.program.oracle")
    found = oracle.Oracle(network, reference, **options).solve()
    return objective == pytest.approx(found, rel=1e-8)


@pytest.mark.parametrize(
    ("key", "options"),
    [
        ("tiny", {}),
        ("tiny", {"risk": 0.6}),
        (1, {"budget": 0.3}),
        pytest.param(0, {}, marks=pytest.mark.slow),
        pytest.param(2, {"risk": 1.0}, marks=pytest.mark.slow),
        pytest.param(3, {}, marks=pytest.mark.slow),  # goods leak round cuts in 3 and 8
        pytest.param(5, {"risk": 0.3, "budget": 4.0}, marks=pytest.mark.slow),
        pytest.param(6, {}, marks=pytest.mark.slow),
        pytest.param(8, {}, marks=pytest.mark.slow),
    ],
)
def test_a_plan_costs_the_same(key, options):
    plan = planned(key, **options)
    assert agree(plan.network, plan.reference, plan.solution.objective, **options)


@pytest.mark.parametrize("case", [tiny(), random_case(2)], ids=["tiny", "random"])
def test_a_base_year_costs_the_same(case):
    network = compile_network(case, grow(case, base_year_only=True), trace_control=False)
    solution = Solver(state_base_year(network).model).solve()
    assert agree(network, base_year_reference(network), solution.objective, invest=False)


def test_a_plan_under_policies_costs_the_same():
    case = edited(tiny(), "policies", "cap-cn", enforced=True, bound=0.3)
    case = edited(case, "policies", "cap-cn-heavy", enforced=True, bound=0.6)
    case = edited(case, "policies", "days-Dy", enforced=True, bound=5.0)
    plan = plan_for(case)
    loose = planned("tiny")
    assert plan.solution.objective > loose.solution.objective + 1  # they do bind
    assert agree(plan.network, plan.reference, plan.solution.objective)


def test_a_plan_with_two_onsets_of_joint_events_costs_the_same():
    case = with_settings(
        tiny(), event_years=(2027, 2030), events=("ban-cn+boom", "stop-my"), slices=6
    )
    plan = plan_for(case)
    assert agree(plan.network, plan.reference, plan.solution.objective)


def test_a_plan_under_what_else_the_controller_can_do_costs_the_same():
    flood = {"id": "flood", "kind": "dumping", "origin": "CN", "goods": ("concentrate", "oxide"),
             "severity": 0.3, "in_force": True, "start": 2028.0, "duration": 2.0}  # fmt: skip
    arms = flood | {"id": "arms", "kind": "licence", "goods": ("magnet",), "severity": 0.8,
                    "users": ("vehicles", "defence"), "duration": 4.0}  # fmt: skip
    secret = {"id": "secret", "kind": "know-how", "origin": "CN", "goods": ("metal", "ox-Dy"),
              "severity": 1.5, "duration": 3.0, "hazard": 0.1}  # fmt: skip
    case = with_rows(tiny(), "events", flood, arms, secret)
    case = with_settings(case, events=("ban-cn+secret",))
    case = edited(case, "projects", "heavy-my", decision=2026.0)  # opens after the onset
    plan = plan_for(case)
    assert agree(plan.network, plan.reference, plan.solution.objective)
    for event in ("flood", "arms", "secret"):  # they do bind
        none = plan_for(edited(case, "events", event, goods=("swarf",), severity=0.0))
        assert abs(plan.solution.objective - none.solution.objective) > 1


def test_a_plan_in_which_goods_leak_round_cuts_costs_the_same():
    quota = {"id": "few", "kind": "quota", "origin": "CN", "goods": ("oxide",), "severity": 0.6,
             "in_force": True, "start": 2026.0, "leak": 0.5, "premium": 0.8}  # fmt: skip
    arms = {"id": "arms", "kind": "licence", "origin": "CN", "goods": ("magnet",), "severity": 0.8,
            "users": ("defence",), "in_force": True, "start": 2025.0, "leak": 0.25}  # fmt: skip
    case = with_rows(tiny(), "events", quota, arms)
    case = edited(case, "events", "ban-cn", leak=0.4, premium=1.5)
    case = edited(case, "events", "licence-cn", leak=0.1)  # it follows goods made elsewhere
    plan = plan_for(case)
    assert agree(plan.network, plan.reference, plan.solution.objective)
    tight = plan_for(edited(case, "events", "ban-cn", leak=0.0))
    assert plan.solution.objective < tight.solution.objective - 1  # what leaks is worth having
    dear = plan_for(edited(case, "events", "ban-cn", premium=1.6))
    assert plan.solution.objective < dear.solution.objective - 1e-3  # and is paid for
