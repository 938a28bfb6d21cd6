"""The pictures of a plan, in the order in which they are read."""

from __future__ import annotations

from collections.abc import Mapping

from kidorui.figures.catalogue import Drawing
from kidorui.figures.plan.builds import projects_map, timeline
from kidorui.figures.plan.choices import alternatives, break_even
from kidorui.figures.plan.money import accounts, frontier, regret
from kidorui.figures.plan.network import network
from kidorui.figures.plan.prices import prices
from kidorui.figures.plan.rests_on import rests_on
from kidorui.figures.plan.security import dependence, shortage

_AGAIN = "runs stored before kidorui told places and goods have none: plan again"

PICTURES: Mapping[str, Drawing] = {
    "timeline": Drawing(timeline, ("builds",)),
    "projects_map": Drawing(projects_map, ("builds", "places"), _AGAIN),
    "dependence": Drawing(dependence, ("dependence",)),
    "network": Drawing(network, ("flows", "places", "goods", "controls"), _AGAIN),
    "shortage": Drawing(
        shortage, ("shortage", "shortage_by_element"), "plan for an event: --event ID"
    ),
    "prices": Drawing(prices, ("prices", "flows")),
    "accounts": Drawing(accounts, ("accounts",)),
    "regret": Drawing(regret, ("regret",)),
    "frontier": Drawing(frontier, ("frontier",), "ask for it: --frontier 8"),
    "alternatives": Drawing(
        alternatives,
        ("alternatives", "alternative_builds"),
        "ask for them: --alternatives 5",
    ),
    "break_even": Drawing(
        break_even, ("break_even", "sweeps"), "break-evens were left out: plan without --quick"
    ),
    "rests_on": Drawing(rests_on, ("rests_on",)),
}
"""By name; each needs tables that have rows."""
