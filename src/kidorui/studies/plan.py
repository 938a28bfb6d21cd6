"""The plan: what to fund now, what it buys, and how far dependence falls."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version

import numpy as np
import numpy.typing as npt
import pandas as pd

from kidorui.case import Case
from kidorui.network import compile_network, grow
from kidorui.results import Json, Result, result_schema
from kidorui.studies.accounts import accounts, cost_parts, floor_payments
from kidorui.studies.base_year import question_of, reference_for, solve_base_year
from kidorui.studies.binding import binding
from kidorui.studies.breakeven import Point, break_even, cost_cuts, sweep, sweep_table
from kidorui.studies.builds import builds, committed
from kidorui.studies.context import Context
from kidorui.studies.dependence import dependence
from kidorui.studies.headlines import Tables, notes, summary
from kidorui.studies.memory import Workbench
from kidorui.studies.moments import Moment, beside, first_years, nearest, trunk_at
from kidorui.studies.pricing import Interval, measure_intervals, price_table
from kidorui.studies.shortage import shortage, shortage_by_element
from kidorui.studies.solved import Solved, Terms, solve_both
from kidorui.studies.traced import base_year, flows, production, scenarios, unexplained

FloatArray = npt.NDArray[np.float64]

NOISE = 1e-9
"""Numbers below this, in any unit of the tables, are the solver's tolerance."""


@dataclass(frozen=True)
class PlanOptions:
    """What is asked of the plan.

    events: ids of those planned for (several joined by + strike together), else those of the
        case; hazard: their chance per year in all, else their own; budget: public money over
        the axis, million US$, else that of the funds; open_funds: funds let in that are not
        open to these projects; risk: weight of the worst outcomes, 0 to 1; whole: whole units
        only; break_even: whether to sweep hazards and values; year: the one for which
        dependence and prices are told.
    """

    events: tuple[str, ...] = ()
    hazard: float | None = None
    budget: float | None = None
    risk: float = 0.0
    whole: bool = False
    open_funds: tuple[str, ...] = ()
    break_even: bool = True
    year: int = 2030


def plan(case: Case, options: PlanOptions, context: Context) -> Result:
    """Plan what to build, beside doing nothing, and tell what follows.

    Tables as declared in results/schema/plan.csv. Raises kidorui.program.Infeasible.
    """
    clock = _Clock()
    context.report("base year", 0.02)
    base = solve_base_year(case, context)
    clock.lap("base year")
    context.report("network", 0.05)
    events = planned_events(case, options)
    network = compile_network(case, grow(case, events, options.hazard))
    reference = reference_for(network, base)
    terms = Terms(options.budget, tuple(options.open_funds), options.risk)
    program = terms.state(network, reference)
    whole = terms.state(network, reference, whole=True) if options.whole else None
    bench = Workbench(program.model, _question(case, events, options), context)
    clock.lap("network and programme")

    context.report("plan and doing nothing", 0.1)
    solution, nothing = solve_both(bench, program, whole)
    solved = Solved(base, reference, program, terms, solution, nothing)
    struck = first_years(network.tree)
    told = _told(solved, struck, options.year)
    intervals = {} if options.whole else measure_intervals(solved, bench, told, context)
    points = sweep(solved, bench, events, context) if options.break_even else []
    cuts = cost_cuts(solved, bench, context) if options.break_even else None
    clock.lap("around the solver", but=("solver", bench.seconds))

    context.report("tables", 0.95)
    tables = _tables(solved, struck, told, intervals, points, cuts)
    year = told[0].year
    tables = {"summary": summary(solved, tables, struck, year), **tables}
    meta = {**_meta(solved, options, events), "year": year}
    meta["notes"] = notes(solved, tables, events, options.hazard, year)
    clock.lap("tables")
    return Result("plan", _ordered(tables), meta, clock.laps).validate()


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
    solved: Solved,
    struck: Sequence[Moment],
    told: Sequence[Moment],
    intervals: Mapping[tuple[int, int], Interval],
    points: Sequence[Point],
    cuts: FloatArray | None,
) -> dict[str, pd.DataFrame]:
    moments = [*beside(solved.tree, struck, told[0].year), *struck]
    floors = floor_payments(solved)
    unknown = np.full(len(solved.projects.table), np.nan)
    return {
        "builds": builds(solved),
        "committed": committed(solved),
        "shortage": shortage(solved, moments),
        "shortage_by_element": shortage_by_element(solved, moments),
        "dependence": dependence(solved, told),
        "prices": price_table(solved, told, intervals),
        "accounts": accounts(solved, floors),
        "floors": floors,
        "cost_parts": cost_parts(solved),
        "binding": binding(solved),
        "break_even": break_even(solved, points, unknown if cuts is None else cuts),
        "sweeps": sweep_table(solved, points),
        "unexplained": unexplained(solved.case, solved.base),
        "base_year": base_year(solved.case, solved.base),
        "flows": flows(solved, told[0]),
        "production": production(solved, told[0]),
        "scenarios": scenarios(solved),
    }


def _ordered(tables: Tables) -> dict[str, pd.DataFrame]:
    """The tables with their columns in the order declared, and noise of the solver as nought."""
    schema = result_schema("plan")
    out = {}
    for name, table in tables.items():
        ordered = table[list(schema[name].names)].reset_index(drop=True)
        numbers = ordered.select_dtypes("float")
        ordered[numbers.columns] = numbers.mask(numbers.abs() < NOISE, 0.0)
        out[name] = ordered
    return out


def _question(case: Case, events: tuple[str, ...], options: PlanOptions) -> Mapping[str, Json]:
    """All that decides the solves of a plan."""
    asked = asdict(options)
    decides = {k: asked[k] for k in ("hazard", "budget", "risk", "whole", "open_funds")}
    return {**question_of(case), "study": "plan", "events": events, **decides}


def _meta(solved: Solved, options: PlanOptions, events: tuple[str, ...]) -> dict[str, Json]:
    """Facts of the answer beside its tables."""
    s, model = solved.case.settings, solved.program.model
    names = solved.case.table("places").set_index("id")["name"]
    return {
        "title": s.title,
        "case": s.name,
        "case_hash": solved.case.hash,
        "options": asdict(options),
        "events": list(events),
        "event_names": dict(solved.case.table("events").set_index("id")["name"]),
        "focus_id": s.focus,
        "focus": str(names[s.focus]),
        "control": str(names[s.control]),
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
        "solver": f"HiGHS {version('highspy')}",
        "kidorui": version("kidorui"),
        "failures": [],
    }


class _Clock:
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
