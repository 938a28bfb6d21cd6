"""linopy states a month's window from the same tables and state, and comes to the same optimum."""

from __future__ import annotations

from functools import cache

import pytest

from kidorui.network.months import MONTH
from kidorui.program.window import LATER
from kidorui.studies.stress.conditions import conditions
from kidorui.studies.stress.march import March
from kidorui.studies.stress.state import at_start
from tests.changed import edited, with_rows, with_settings
from tests.stress.chain import BAN, SECTORS, chain, world_of
from tests.stress.test_months_mass import busy

SEVERAL = {
    "price": {},
    "priority": {"rationing": "priority"},
    "contract": {"rationing": "contract"},
}


@cache
def walked(key: str):
    """A world, its conditions, and by month the state before it and the optimum of its window."""
    if key == "chain":
        event = BAN | {"duration": 4 * MONTH, "leak": 0.2, "premium": 0.4, "severity": 0.9}
        case = chain(event, transit=40, inside=20, cover=30, feed=10, wanted=SECTORS,
                     state={"initial": 50.0, "capacity": 90.0, "notice": 45.0}, alarm=2.0,
                     hoard=0.4, rival={"base_flow": 100.0, "change_limit": 600.0,
                                       "qualification": 60.0})  # fmt: skip
        events = ["ban"]
    elif key == "quota":
        few = {"id": "few", "kind": "quota", "origin": "CN", "goods": ("oxide", "magnet"),
               "severity": 0.3, "leak": 0.5, "premium": 0.2}  # fmt: skip
        case, events = with_rows(busy(), "events", few), ["few", "boom"]
    else:
        case, events = with_settings(busy(), **SEVERAL[key]), ["ban-cn"]
        case = edited(case, "demands", "electronics", priority="essential")
    world, what = world_of(case, events, months=10)
    given = conditions(world, what.strikes)
    state, found = at_start(world), {}
    for later, solution in March(world).walk(given, state, what.months):
        found[state.month] = (state, solution.objective)
        state = later
    return world, given, found


@pytest.mark.parametrize(
    ("key", "month"),
    [
        ("chain", 7),  # struck
        ("chain", 8),  # the state's stock may be drawn
        ("chain", 11),  # over: what was held up follows
        ("price", 7),
        ("contract", 9),
        ("quota", 8),
        *(pytest.param(key, month, marks=pytest.mark.slow)
          for key in ("chain", "price", "priority", "contract", "quota")
          for month in (0, 5, 6, 13)),
    ],
)  # fmt: skip
def test_a_month_is_worth_the_same(key, month):
    oracle = pytest.importorskip("tests.stress.window_oracle")
    world, given, found = walked(key)
    assert world.window.network.tree.size == 3
    state, objective = found[month]
    again = oracle.WindowOracle(world, given, state, LATER).solve()
    assert objective == pytest.approx(again, rel=1e-7)
