"""Studies as plain functions, for a notebook: a case by name or as loaded, options by keyword."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from kidorui.case import Case, load
from kidorui.results import Result
from kidorui.studies.calibration import CalibrateOptions, name_of
from kidorui.studies.calibration import calibrate as calibrate_study
from kidorui.studies.context import Context
from kidorui.studies.exposure.study import ExposureOptions
from kidorui.studies.exposure.study import exposure as exposure_study
from kidorui.studies.plan import PlanOptions
from kidorui.studies.plan import plan as plan_study
from kidorui.studies.reconcile import ReconcileOptions
from kidorui.studies.reconcile import reconcile as reconcile_study
from kidorui.studies.robust import RobustOptions
from kidorui.studies.robust import robust as robust_study
from kidorui.studies.stress.study import StressOptions
from kidorui.studies.stress.study import stress as stress_study
from kidorui.studies.validation import ValidateOptions, cases_for, episodes_asked
from kidorui.studies.validation import validate as validate_study


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
    case = _loaded(case, at, overlays)
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


def stress(
    case: Case | str | Path,
    *events: str,
    plan: Result | None = None,
    onset: float | None = None,
    months: int = 36,
    foresight: str = "none",
    draws: int = 0,
    table: bool = True,
    prevention: bool = True,
    at: Mapping[str, str] | None = None,
    overlays: Sequence[str | Path] = (),
    context: Context | None = None,
) -> Result:
    """What if they cut us off: the market month by month. Nothing is stored.

    events: ids of those that strike, else those in force that hit the focus place; plan: an
        answer of `plan` whose builds are replayed; onset: year in which events without a start
        of their own strike; months: lived from then on; foresight: none, a number of months, or
        perfect; draws: random variants; table, prevention: whether to find first stops by
        stock and leak, and what would have helped; `at` and `overlays` as in `load`.
    Raises CaseError with every fault, ValueError for an event or foresight that there is not,
    kidorui.program.Infeasible with the rows that conflict.
    """
    options = StressOptions(
        events=tuple(events),
        onset=onset,
        months=months,
        foresight=foresight,
        draws=draws,
        plan=plan.hash if plan else "",
        table=table,
        prevention=prevention,
    )
    return stress_study(_loaded(case, at, overlays), options, context or Context(), plan)


def exposure(
    case: Case | str | Path,
    *,
    focus: str = "",
    year: int | None = None,
    outages: bool = True,
    at: Mapping[str, str] | None = None,
    overlays: Sequence[str | Path] = (),
    context: Context | None = None,
) -> Result:
    """How exposed a place is, and what it loses when one thing fails. Nothing is stored.

    focus: the place looked from, year: from the base year on, those of the case unless given;
        outages: whether to live through everything that may fail; `at` and `overlays` as in `load`.
    Raises CaseError with every fault, ValueError for a place or a year that there is not,
    kidorui.program.Infeasible with the rows that conflict.
    """
    options = ExposureOptions(focus=focus, year=year, outages=outages)
    return exposure_study(_loaded(case, at, overlays), options, context or Context())


def robust(
    case: Case | str | Path,
    *,
    runs: int = 48,
    assumptions: bool = True,
    events: Sequence[str] = (),
    budget: float | None = None,
    open_funds: Sequence[str] = (),
    year: int = 2030,
    at: Mapping[str, str] | None = None,
    overlays: Sequence[str | Path] = (),
    context: Context | None = None,
) -> Result:
    """Which builds are right whatever is assumed: plans over all that is unsure. Nothing is stored.

    runs: plans in all, assumptions: whether to plan at both ends of every assumption as well;
        the rest as for `plan`.
    Raises CaseError with every fault.
    """
    options = RobustOptions(
        runs=runs,
        assumptions=assumptions,
        events=tuple(events),
        budget=budget,
        open_funds=tuple(open_funds),
        year=year,
    )
    return robust_study(_loaded(case, at, overlays), options, context or Context())


def calibrate(
    case: Case | str | Path,
    *,
    predict: Sequence[str | Path] = (),
    at: Mapping[str, str] | None = None,
    context: Context | None = None,
) -> Result:
    """The base year beside what was observed, with and without its bounds. Nothing is stored.

    predict: cases of a past year that extend or overlay the case; the year after theirs is
        computed and laid beside their observations of it.
    Raises CaseError with every fault, kidorui.program.Infeasible.
    """
    pasts = [load(_path(case), at=at or {}, overlays=[past]) for past in predict]
    options = CalibrateOptions(predict=tuple(map(name_of, pasts)))
    return calibrate_study(_loaded(case, at, ()), options, context or Context(), pasts)


def reconcile(
    case: Case | str | Path,
    *,
    year: int | None = None,
    baskets: str = "fixed",
    level: float = 0.05,
    scale: float = 1.0,
    beyond: bool = False,
    own: bool = True,
    intervals: int = 40,
    at: Mapping[str, str] | None = None,
    overlays: Sequence[str | Path] = (),
    context: Context | None = None,
) -> Result:
    """Mass-balanced flows nearest to all observations of a year. Nothing is stored.

    year: whose observations, the base year unless given; baskets: fixed or free coefficients of
    recipes; level: chance of a false alarm among all observations (0 to 1); scale: factor on
    errors that are assumed; beyond: whether plants may run beyond capacity and quota; own:
    whether the case's own demands and base flows count as measured; intervals: for how many of
    what observations leave open the least and the most are sought; `at` and `overlays` as in
    `load`.
    Raises CaseError with every fault, ValueError where the case has no observation of the year
    or an option makes no sense, kidorui.program.Infeasible.
    """
    loaded = _loaded(case, at, overlays)
    options = ReconcileOptions(
        year=loaded.settings.base_year if year is None else year,
        baskets=baskets,
        level=level,
        scale=scale,
        beyond=beyond,
        own=own,
        intervals=intervals,
    )
    return reconcile_study(loaded, options, context or Context())


def validate(*names: str, fast: bool = False, context: Context | None = None) -> Result:
    """Episodes of the past, month by month, beside the record. Nothing is stored.

    names: episodes (2010, 2025, mm, 2015, 2022, cut, iea) or checks to run, all unless given;
        fast: only those that take seconds.
    Raises ValueError for a name that there is not. An episode that cannot be solved has checks
    that failed.
    """
    cases = cases_for(episodes_asked(names, fast=fast))
    options = ValidateOptions(names, fast, tuple(map(name_of, cases.values())))
    return validate_study(cases, options, context or Context())


def _loaded(
    case: Case | str | Path, at: Mapping[str, str] | None, overlays: Sequence[str | Path]
) -> Case:
    if not isinstance(case, Case):
        return load(case, at=at or {}, overlays=overlays)
    if at or overlays:
        raise TypeError("`at` and `overlays` are for a case that is yet to be loaded")
    return case


def _path(case: Case | str | Path) -> str | Path:
    return case.origin if isinstance(case, Case) else case
