"""The plan: what to fund now, what it buys, and how far dependence falls."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from kidorui.case import Case
from kidorui.network import compile_network, grow
from kidorui.program import Program, Reference
from kidorui.results import Json, Result, arranged
from kidorui.studies.accounts import accounts, cost_parts, floor_payments
from kidorui.studies.alternatives import alternatives, alternatives_table
from kidorui.studies.at_price import at_price
from kidorui.studies.base_year import BaseYear, question_of, reference_for, solve_base_year
from kidorui.studies.bill import Bills, bills
from kidorui.studies.binding import binding
from kidorui.studies.breakeven import Point, break_even, cost_cuts, sweep, sweep_table
from kidorui.studies.builds import builds, committed
from kidorui.studies.context import Context
from kidorui.studies.dependence import dependence
from kidorui.studies.facts import facts, highs, seen_from
from kidorui.studies.frontier import Point as FrontierPoint
from kidorui.studies.frontier import frontier, frontier_table
from kidorui.studies.headlines import notes, summary
from kidorui.studies.memory import Workbench
from kidorui.studies.moments import Moment, beside, first_years, nearest, trunk_at
from kidorui.studies.of_case import events_of, tables_of_case
from kidorui.studies.portfolio import Desk, Found, portfolio_builds
from kidorui.studies.pricing import Interval, measure_intervals, price_table
from kidorui.studies.regret import by_year, regret
from kidorui.studies.rests_on import rests_on
from kidorui.studies.shortage import shortage, shortage_by_element
from kidorui.studies.solved import PLAN, Solved, Terms, solve_both
from kidorui.studies.traced import base_year, flows, production, scenarios, unexplained

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class PlanOptions:
    """What is asked of the plan.

    events: ids of those planned for (several joined by + strike together), else those of the
        case; hazard: their chance per year in all, else their own; budget: public money over
        the axis, million US$, else that of the funds; open_funds: funds let in that are not
        open to these projects; risk: weight of the worst outcomes, 0 to 1; whole: whole units
        only; break_even: whether to sweep hazards and values; intervals: whether to
        measure how far prices on kinks may move; year: the one for which
        dependence and prices are told; frontier: portfolios to find with less money or less
        shortage; alternatives: portfolios to find that differ most, at most `slack` (share of
        the focus place's own bill) dearer; prices: (material, US$/kg) at which to ask which
        makers go on.
    """

    events: tuple[str, ...] = ()
    hazard: float | None = None
    budget: float | None = None
    risk: float = 0.0
    whole: bool = False
    open_funds: tuple[str, ...] = ()
    break_even: bool = True
    intervals: bool = True
    year: int = 2030
    frontier: int = 0
    alternatives: int = 0
    slack: float = 0.02
    prices: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True)
class Planned:
    """A plan as solved: with what, on which bench, for which events, told at which moments."""

    solved: Solved
    bench: Workbench
    question: Mapping[str, Json]
    events: tuple[str, ...]
    struck: list[Moment]
    told: list[Moment]


def plan(case: Case, options: PlanOptions, context: Context) -> Result:
    """Plan what to build, beside doing nothing, and tell what follows.

    Tables as declared in results/schema/plan.csv. Raises kidorui.program.Infeasible.
    """
    clock = Clock()
    planned = solve_plan(case, options, context, clock)
    solved, bench, told = planned.solved, planned.bench, planned.told
    before = bench.seconds
    measured = options.intervals and not options.whole
    intervals = measure_intervals(solved, bench, told, context) if measured else {}
    points = sweep(solved, bench, planned.events, context) if options.break_even else []
    cuts = cost_cuts(solved, bench, context) if options.break_even else None
    clock.lap("around the solver", but=("solver, break-evens", bench.seconds - before))
    paid = bills(solved)
    further = _further(planned, paid, options, context)
    clock.lap("frontier, alternatives and prices")

    context.report("tables", 0.95)
    tables = {**_tables(planned, paid, intervals, points, cuts), **further}
    year = told[0].year
    tables = {"summary": summary(solved, tables, planned.struck, year), **tables}
    meta = {**_meta(solved, options, planned.events), "year": year}
    meta["notes"] = notes(solved, tables, planned.events, options.hazard, year)
    clock.lap("tables")
    return Result("plan", arranged("plan", tables), meta, clock.laps).validate()


def solve_plan(
    case: Case, options: PlanOptions, context: Context, clock: Clock | None = None
) -> Planned:
    """The plan and doing nothing, solved; nothing told of them yet.

    Raises kidorui.program.Infeasible.
    """
    clock = clock or Clock()
    stated = prepare(case, options, context, clock)
    program, terms = stated.program, stated.terms
    whole = terms.state(program.network, stated.reference, whole=True) if options.whole else None
    context.report("plan and doing nothing", 0.1)
    solution, nothing = solve_both(stated.bench, program, whole)
    clock.lap("around the plan", but=("solver, the plan", stated.bench.seconds))
    solved = Solved(stated.base, stated.reference, program, terms, solution, nothing)
    struck = first_years(program.network.tree)
    told = _told(solved, struck, options.year)
    return Planned(solved, stated.bench, stated.question, stated.events, struck, told)


@dataclass(frozen=True)
class Stated:
    """A plan's programme, ready to be solved, with what it was stated from."""

    base: BaseYear
    reference: Reference
    terms: Terms
    program: Program
    events: tuple[str, ...]
    question: Mapping[str, Json]
    bench: Workbench


def prepare(case: Case, options: PlanOptions, context: Context, clock: Clock) -> Stated:
    """Solve the base year, and state the programme of the plan on what it hands on."""
    context.report("base year", 0.02)
    base = solve_base_year(case, context)
    clock.lap("base year")
    context.report("network", 0.05)
    events = planned_events(case, options)
    network = compile_network(case, grow(case, events, options.hazard))
    reference = reference_for(network, base)
    terms = Terms(options.budget, tuple(options.open_funds), options.risk)
    program = terms.state(network, reference)
    question = _question(case, events, options)
    bench = Workbench(program.model, question, context)
    clock.lap("network and programme")
    return Stated(base, reference, terms, program, events, question, bench)


def planned_events(case: Case, options: PlanOptions) -> tuple[str, ...]:
    """The events that make branches: those asked for, or the case's, that have a chance."""
    asked = tuple(options.events) or tuple(case.settings.events)
    if options.hazard is not None:
        return asked if options.hazard > 0 else ()
    hazard = case.table("events").set_index("id")["hazard"]
    return tuple(e for e in asked if all(hazard[part] > 0 for part in e.split("+")))


def _told(solved: Solved, struck: Sequence[Moment], year: int) -> list[Moment]:
    """The moments told of prices and dependence: the trunk, its end, and each event once."""
    tree = solved.tree
    trunk = trunk_at(tree, year)
    last = trunk_at(tree, np.inf)
    return [trunk, *([last] if last.year != trunk.year else []), *nearest(struck, trunk.year)]


def _tables(
    planned: Planned,
    paid: Bills,
    intervals: Mapping[tuple[int, int], Interval],
    points: Sequence[Point],
    cuts: FloatArray | None,
) -> dict[str, pd.DataFrame]:
    solved, told = planned.solved, planned.told
    moments = moments_told(planned)
    unknown = np.full(len(solved.projects.table), np.nan)
    return {
        "builds": builds(solved),
        "committed": committed(solved),
        "shortage": shortage(solved, moments),
        "shortage_by_element": shortage_by_element(solved, moments),
        "dependence": dependence(solved, told),
        "prices": price_table(solved, told, intervals),
        "accounts": accounts(solved, paid),
        "floors": floor_payments(solved),
        "cost_parts": cost_parts(solved),
        "regret": regret(solved, paid),
        "by_year": by_year(solved, paid),
        "binding": binding(solved),
        "break_even": break_even(solved, points, unknown if cuts is None else cuts, told[0]),
        "sweeps": sweep_table(solved, points),
        "unexplained": unexplained(solved.case, solved.base),
        "base_year": base_year(solved.case, solved.base),
        "flows": flows(solved, told[0]),
        "production": production(solved, told[0]),
        "scenarios": scenarios(solved),
        "rests_on": rests_on(solved),
        **tables_of_case(solved.case, events_of(planned.events)),
    }


def moments_told(planned: Planned) -> list[Moment]:
    """The first year of each event, and the years in which none strikes beside them."""
    year = planned.told[0].year
    return [*beside(planned.solved.tree, planned.struck, year), *planned.struck]


def _further(
    planned: Planned, paid: Bills, options: PlanOptions, context: Context
) -> dict[str, pd.DataFrame]:
    """What is told only where it is asked for: frontier, alternatives, makers at a price."""
    solved, question = planned.solved, planned.question
    points: list[FrontierPoint] = []
    found: list[Found] = []
    if options.frontier or options.alternatives:
        desk = Desk(solved, question, context)
        if options.frontier:
            points = frontier(desk, options.frontier, context)
        if options.alternatives:
            yearly = sum(float(solved.share_of_axis @ item) for item in paid[PLAN].values())
            slack = options.slack * abs(yearly) * float(solved.tree.weight.sum())
            found = alternatives(desk, options.alternatives, slack, context)
    return {
        "frontier": frontier_table(solved, points),
        "frontier_builds": portfolio_builds(solved, "point", [one for _, one in points]),
        "alternatives": alternatives_table(solved, found),
        "alternative_builds": portfolio_builds(solved, "alternative", found),
        "at_price": at_price(solved, options.prices, planned.told[0], question, context),
    }


def _question(case: Case, events: tuple[str, ...], options: PlanOptions) -> Mapping[str, Json]:
    """All that decides the solves of a plan."""
    asked = asdict(options)
    decides = {k: asked[k] for k in ("hazard", "budget", "risk", "whole", "open_funds")}
    return {**question_of(case), "study": "plan", "events": events, **decides}


def _meta(solved: Solved, options: PlanOptions, events: tuple[str, ...]) -> dict[str, Json]:
    """Facts of the answer beside its tables."""
    s, model = solved.case.settings, solved.program.model
    return {
        **facts(solved.case, options),
        **seen_from(solved.case),
        "events": list(events),
        "event_names": dict(solved.case.table("events").set_index("id")["name"]),
        "price_year": s.price_year,
        "yen_per_usd": s.yen_per_usd,
        "discount_rate": s.discount_rate,
        "base_year": s.base_year,
        "axis": [s.years[0], s.end],
        "objective": solved.plan.objective,
        "objective_nothing": solved.nothing.objective,
        "gap": solved.plan.mip_gap,
        "duality_gap": solved.plan.gap,
        "columns": model.columns,
        "rows": model.rows,
        "nonzeros": int(model.matrix().nnz),
        "nodes": solved.tree.size,
        "solver": highs(),
        "failures": [],
    }


class Clock:
    """Seconds by step."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, step: str, but: tuple[str, float] | None = None) -> None:
        """Take the time since the last lap for a step, a part of it told apart."""
        now = time.perf_counter()
        name, seconds = but or ("", 0.0)
        if but:
            self.laps[name] = seconds
        self.laps[step] = now - self._last - seconds
        self._last = now
