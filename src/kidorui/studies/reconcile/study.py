"""The study `reconcile`: what really flowed in a year, by all observations and mass balance."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version

import numpy as np
import numpy.typing as npt
import pandas as pd
from threadpoolctl import threadpool_limits

from kidorui.case import Case
from kidorui.results import Json, Result, arranged
from kidorui.studies.base_year import BaseYear, solve_base_year
from kidorui.studies.calibration.terms import Lens
from kidorui.studies.context import Context
from kidorui.studies.facts import facts
from kidorui.studies.of_case import tables_of_case
from kidorui.studies.reconcile.assumed import assumptions
from kidorui.studies.reconcile.baskets import free_baskets
from kidorui.studies.reconcile.fitting import Fitted, System
from kidorui.studies.reconcile.gross import Removal, eliminate
from kidorui.studies.reconcile.intervals import unobservable_table
from kidorui.studies.reconcile.nearest import Nearest, objective_by_highs
from kidorui.studies.reconcile.observed import (
    figures,
    left_out_table,
    measured,
    stock_changes,
)
from kidorui.studies.reconcile.overlay import changes_table
from kidorui.studies.reconcile.restated import Figure
from kidorui.studies.reconcile.tables import (
    Reconciled,
    activities_table,
    coefficients_table,
    convergence_table,
    flows_table,
    gross_table,
    pools_table,
    residuals_table,
    stocks_table,
    uses_table,
)
from kidorui.studies.reconcile.told import notes, summary
from kidorui.studies.reconcile.unit_values import pairs_of, set_aside, unit_values
from kidorui.studies.reconcile.unknowns import unknowns_of

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]

ALL = "all figures"


@dataclass(frozen=True)
class ReconcileOptions:
    """What is asked of the reconciliation.

    year: whose observations; baskets: `fixed` or `free` coefficients of recipes; level: chance
    of a false alarm among all observations together; scale: factor on errors that are assumed;
    beyond: whether plants may run beyond capacity and quota; own: whether the case's own
    demands and base flows count as measured; intervals: for how many of what observations leave
    open the least and the most are sought; cross_check: whether HiGHS solves the last programme
    as well.
    """

    year: int
    baskets: str = "fixed"
    level: float = 0.05
    scale: float = 1.0
    beyond: bool = False
    own: bool = True
    intervals: int = 40
    cross_check: bool = False

    def __post_init__(self) -> None:
        faults = [
            f"{what}; accepted is {accepted}"
            for wrong, what, accepted in (
                (
                    self.baskets not in ("fixed", "free"),
                    f"baskets {self.baskets!r}",
                    "fixed or free",
                ),
                (not 0 < self.level < 1, f"level {self.level}", "above 0 and below 1"),
                (not self.scale > 0, f"scale {self.scale}", "above 0"),
                (self.intervals < 0, f"intervals {self.intervals}", "0 or more"),
            )
            if wrong
        ]
        if faults:
            raise ValueError("\n".join(faults))


def reconcile(case: Case, options: ReconcileOptions, context: Context) -> Result:
    """Mass-balanced flows nearest to all observations of a year, with errors and gross errors.

    Tables as declared in results/schema/reconcile.csv; t/yr, t, US$/kg. Raises ValueError where
    the case has no observation of the year or the options make no sense, NoPoint (a ValueError)
    where balances and bounds cannot all hold, kidorui.program.Infeasible. Method: Cencic and
    Rechberger, J. Environ. Eng. Manage. 18 (2008) 3; Narasimhan and Jordache (2000).
    """
    with threadpool_limits(1, "blas"):  # small matrices: threads only wait for each other
        return _reconciled(case, options, context)


def _reconciled(case: Case, options: ReconcileOptions, context: Context) -> Result:
    clock = _Clock()
    found = figures(case, options.year, scale=options.scale)
    context.report("base year", 0.05)
    base = solve_base_year(case, context)
    clock.tell("base year")
    context.report("observations", 0.15)
    system, untold = _system(case, base, found.counted, options)
    known = {one.figure.id for one in system.measured}
    left_out = [row for row in [*found.left_out, *untold] if row["id"] not in known]
    values = unit_values(pairs_of(found.each), options.level)
    clock.tell("observations")
    year, stages = _without_gross_errors(
        system, set_aside(system.measured, values), options, context
    )
    clock.tell("reconciling")
    context.report("what the data leave open", 0.9)
    tables = _tables(year, stages, values, options, left_out)
    clock.tell("intervals and tables")
    tables = {"summary": summary(case, options.year, tables, year), **tables}
    tables |= tables_of_case(case)
    meta = {
        **_meta(case, options),
        "converged": year.fitted.converged,
        "objective": year.fitted.steps[-1].objective,
        "notes": notes(case, options.year, tables, year, found),
        "failures": [],
    }
    if options.cross_check:
        problem = year.fitted.found.problem
        meta["objective_highs"] = objective_by_highs(problem)
        meta["objective_clarabel"] = problem.objective(year.fitted.point)
        clock.tell("cross-check")
    result = Result("reconcile", arranged("reconcile", tables), meta, clock.seconds)
    return result.validate()


def _system(
    case: Case, base: BaseYear, found: Sequence[Figure], options: ReconcileOptions
) -> tuple[System, list[dict[str, object]]]:
    """What is reconciled, and the figures that the network cannot tell."""
    unknowns = unknowns_of(base, beyond=options.beyond)
    network = base.network
    by_material = case.table("materials").set_index("id")["base_price"].fillna(0.0)
    price = by_material.loc[network.pools["material"]].to_numpy(float)
    seen, untold = measured(found, unknowns, Lens(network, price), case, scale=options.scale)
    risen = stock_changes(case, options.year, unknowns, scale=options.scale)
    baskets = None
    if options.baskets == "free":
        runs = unknowns.upper[unknowns.blocks["activity"]] > 0
        baskets = free_baskets(network, runs, scale=options.scale)
    system = System(
        unknowns=unknowns,
        measured=[*seen, *risen],
        price=price,
        scale=options.scale,
        own=options.own,
        baskets=baskets,
    )
    return system, untold


def _without_gross_errors(
    system: System, aside: Mapping[int, Sequence[int]], options: ReconcileOptions, context: Context
) -> tuple[Reconciled, list[tuple[str, Fitted]]]:
    """The year once nothing stands out, and every solve on the way by what it left out."""
    stages: list[tuple[str, Fitted]] = []
    labels = [ALL]

    def solve(kept: IntArray) -> Nearest:
        start = stages[-1][1].point if stages else None
        fitted = system.solve(kept, start)
        stages.append((labels[-1], fitted))
        return fitted.found

    def tell(removal: Removal) -> None:
        name = system.measured[removal.observation].figure.id
        labels.append(f"without {name}")
        context.report(f"reconciling without {name}", None)

    context.report("reconciling", 0.3)
    doubt = np.array([one.error / max(abs(one.figure.value), 1e-300) for one in system.measured])
    first = np.setdiff1d(np.arange(len(system.measured)), list(aside)).astype(np.intp)
    kept, removals = eliminate(solve, first, doubt, options.level, tell)
    fitted = stages[-1][1]
    error, _ = fitted.found.spread.of_unknowns()
    alone = system.observed_alone(fitted, kept)
    _, determined = alone.of_unknowns()
    year = Reconciled(system, fitted, kept, removals, aside, error, alone, determined)
    return year, stages


def _tables(
    year: Reconciled,
    stages: list[tuple[str, Fitted]],
    values: pd.DataFrame,
    options: ReconcileOptions,
    left_out: Sequence[Mapping[str, object]],
) -> dict[str, pd.DataFrame]:
    return {
        "flows": flows_table(year),
        "activities": activities_table(year),
        "uses": uses_table(year),
        "stocks": stocks_table(year),
        "pools": pools_table(year),
        "coefficients": coefficients_table(year),
        "residuals": residuals_table(year),
        "not_compared": left_out_table(left_out),
        "gross_errors": gross_table(year, values),
        "unit_values": values,
        "unobservable": unobservable_table(year, options.intervals),
        "convergence": convergence_table(stages),
        "assumptions": assumptions(options.scale),
        "overlay": changes_table(year),
    }


class _Clock:
    """Seconds by step."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._last = time.perf_counter()

    def tell(self, step: str) -> None:
        now = time.perf_counter()
        self.seconds[step] = now - self._last
        self._last = now


def _meta(case: Case, options: ReconcileOptions) -> dict[str, Json]:
    return {
        **facts(case, options),
        "base_year": case.settings.base_year,
        "solver": f"Clarabel {version('clarabel')}",
    }
