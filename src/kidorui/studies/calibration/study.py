"""The study `calibrate`: the base year with its bounds and without, beside what was observed."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from kidorui.case import Case
from kidorui.network import Network
from kidorui.program import Solution, state_base_year
from kidorui.results import Json, Result, arranged
from kidorui.studies.base_year import BaseYear, question_of, solve_base_year
from kidorui.studies.calibration.bound_tables import bounds_table, fixed_table
from kidorui.studies.calibration.bounds import (
    fitted_units,
    free_of_bounds,
    held,
    without_quotas,
)
from kidorui.studies.calibration.fits import Years, fits_table
from kidorui.studies.calibration.prediction import no_prediction, predict
from kidorui.studies.calibration.told import failures, notes, summary
from kidorui.studies.calibration.unexplained import balance_table, unexplained_table
from kidorui.studies.calibration.year import solved_year
from kidorui.studies.context import Context
from kidorui.studies.facts import facts, highs
from kidorui.studies.memory import Workbench


@dataclass(frozen=True)
class CalibrateOptions:
    """What is asked of the calibration.

    predict: `name_of` of the past cases whose next year is predicted, in order; the cases
        themselves are given to the study.
    """

    predict: tuple[str, ...] = ()


def name_of(case: Case) -> str:
    """A case by name and content: what tells two runs apart."""
    return f"{case.settings.name} {case.hash[:12]}"


def calibrate(
    case: Case, options: CalibrateOptions, context: Context, pasts: Sequence[Case] = ()
) -> Result:
    """The base year beside the record, with and without the bounds that fix tonnage.

    pasts: the cases that `options.predict` names, of the years before those to be predicted.
    Tables as declared in results/schema/calibration.csv. Raises ValueError where the cases are
    not those named, kidorui.program.Infeasible.
    """
    if tuple(map(name_of, pasts)) != options.predict:
        raise ValueError("the cases to predict from are not those the options name")
    start = time.perf_counter()
    context.report("base year", 0.1)
    base = solve_base_year(case, context)
    network, solution = base.network, base.solution
    fitted = fitted_units(case, network)
    found = held(network, solution, fitted)
    bounded = solved_year(network, solution, held=found.of(network))
    context.report("base year without bounds", 0.3)
    unbound = without_quotas(network)
    freed = free_of_bounds(network, fitted)
    quota_free = _solve(case, unbound, "base year, no quotas", context)
    free = _solve(case, freed, "base year, free", context)
    context.report("tables", 0.6)
    bounds = bounds_table(bounded, solution, found, fitted)
    years = Years(bounded, solved_year(unbound, quota_free), solved_year(freed, free))
    tables = {
        "fits": fits_table(case, years),
        "bounds": bounds,
        "fixed": fixed_table(bounded, bounds),
        "unexplained": unexplained_table(case, base, _as_base(freed, free)),
        "balance": balance_table(bounded, solution),
        "prediction": _predictions(pasts, context),
    }
    tables = {"summary": summary(case, tables), **tables}
    meta = {
        **_meta(case, options),
        "objective": solution.objective,
        "objective_without_quotas": quota_free.objective,
        "objective_free": free.objective,
        "notes": notes(case, tables),
        "failures": failures(tables["unexplained"]),
    }
    result = Result(
        "calibration", arranged("calibration", tables), meta, {"total": time.perf_counter() - start}
    )
    return result.validate()


def _solve(case: Case, network: Network, step: str, context: Context) -> Solution:
    program = state_base_year(network)
    return Workbench(program.model, question_of(case), context).solve(step)


def _as_base(network: Network, solution: Solution) -> BaseYear:
    """A solved year as the tables of the plan read it: what was unexplained, by pool."""
    pools = network.pools[["material", "place"]].assign(
        unexplained=solution.values["unexplained"][0]
    )
    return BaseYear(network, solution, pd.Series(dtype=float), pools)


def _predictions(pasts: Sequence[Case], context: Context) -> pd.DataFrame:
    tables = []
    for number, past in enumerate(pasts):
        year = past.settings.base_year + 1
        context.report(f"prediction of {year}", 0.7 + 0.3 * number / len(pasts))
        tables.append(predict(past, context))
    return pd.concat(tables, ignore_index=True) if tables else no_prediction()


def _meta(case: Case, options: CalibrateOptions) -> dict[str, Json]:
    return {
        **facts(case, options),
        "base_year": case.settings.base_year,
        "solver": highs(),
    }
