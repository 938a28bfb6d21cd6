"""Studies as plain functions, for a notebook: a case by name or as loaded, options by keyword."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from kidorui.case import Case, load
from kidorui.results import Result
from kidorui.studies.context import Context
from kidorui.studies.plan import PlanOptions
from kidorui.studies.plan import plan as plan_study


def plan(
    case: Case | str | Path,
    *,
    events: Sequence[str] = (),
    hazard: float | None = None,
    budget: float | None = None,
    risk: float | None = None,
    whole: bool = False,
    open_funds: Sequence[str] = (),
    break_even: bool = True,
    year: int = 2030,
    frontier: int = 0,
    alternatives: int = 0,
    slack: float = 0.02,
    prices: Sequence[tuple[str, float]] = (),
    at: Mapping[str, str] | None = None,
    overlays: Sequence[str | Path] = (),
    context: Context | None = None,
) -> Result:
    """What to build: the plan of a case. Nothing is stored.

    case: a case as loaded, the name of a bundled one or a path; `at` and `overlays` as in
        `load`, and only where it is not loaded yet.
    events: ids of the events to plan for, hazard: their yearly probability (0 to 1), budget:
        public money over the horizon (million US$), risk: weight of the worst outcomes (0 to
        1; that of the case unless given), whole: build whole units only, open_funds: ids of
        funds let in that are not open to these projects, break_even: whether to look for
        break-evens (most of the time), year: the one for which dependence and prices are told,
        frontier, alternatives: portfolios to find beside the plan, the latter at most `slack`
        (share of the focus place's own bill) dearer, prices: (material, US$/kg) at which to
        ask which makers go on.
    Raises CaseError with every fault, kidorui.program.Infeasible with the rows that conflict.
    """
    if isinstance(case, Case):
        if at or overlays:
            raise TypeError("`at` and `overlays` are for a case that is yet to be loaded")
    else:
        case = load(case, at=at or {}, overlays=overlays)
    options = PlanOptions(
        events=tuple(events),
        hazard=hazard,
        budget=budget,
        risk=case.settings.risk if risk is None else risk,
        whole=whole,
        open_funds=tuple(open_funds),
        break_even=break_even,
        year=year,
        frontier=frontier,
        alternatives=alternatives,
        slack=slack,
        prices=tuple(prices),
    )
    return plan_study(case, options, context or Context())
