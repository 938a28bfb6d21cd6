"""The study `validate`: episodes of the past run month by month, beside the record."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version

import numpy as np
import pandas as pd

from kidorui.case import Case
from kidorui.program import Infeasible, SolverError
from kidorui.results import Json, Result, arranged
from kidorui.studies.calibration import name_of
from kidorui.studies.context import Context
from kidorui.studies.validation.checks import (
    FAILED,
    INSIDE,
    OUTSIDE,
    REPORTED,
    Found,
    chosen,
    judge,
    read_checks,
    read_known,
)
from kidorui.studies.validation.episodes import N_MINUS_1, episode_of, is_fast, is_fitted, relive
from kidorui.studies.validation.measures import PERCENT, measure
from kidorui.studies.validation.n_minus_1 import n_minus_1
from kidorui.studies.validation.parameters import parameters_table
from kidorui.studies.validation.series import no_series, series
from kidorui.studies.validation.told import failures, notes, summary

YEAR_OF_N_MINUS_1 = 2035


@dataclass(frozen=True)
class ValidateOptions:
    """What is asked of the validation.

    names: episodes (their first word will do) or checks to run, all where there are none; fast:
    only episodes that a quick check runs; cases: `name_of` of the cases given to the study, in
    order.
    """

    names: tuple[str, ...] = ()
    fast: bool = False
    cases: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Told:
    """An episode run: what was found by check, its path, and what went wrong if it failed."""

    found: Mapping[str, Found]
    path: pd.DataFrame
    fault: str = ""


def episodes_asked(names: Sequence[str], *, fast: bool) -> list[str]:
    """The episodes that the options ask for, in order; ValueError for a name unknown."""
    asked = chosen(read_checks(), names)["episode"]
    return [name for name in dict.fromkeys(asked) if is_fast(name) or not fast]


def validate(cases: Mapping[str, Case], options: ValidateOptions, context: Context) -> Result:
    """Run each episode asked for and judge its checks by the bands set beforehand.

    cases: as `cases_for` gives them for `episodes_asked`. An episode that cannot be solved has
        checks that failed; the others go on.
    Tables as declared in results/schema/validate.csv; `failures` in meta are checks outside and
    failed. Raises ValueError for names unknown, or cases that are not those the options name.
    """
    if tuple(map(name_of, cases.values())) != options.cases:
        raise ValueError("the cases to validate are not those the options name")
    start = time.perf_counter()
    episodes = episodes_asked(options.names, fast=options.fast)
    asked = chosen(read_checks(), options.names)
    asked = asked[asked["episode"].isin(episodes)].reset_index(drop=True)

    def told(name: str) -> _Told:
        checks = asked.loc[asked["episode"] == name, "check"]
        return _run(name, list(checks), cases, context)

    runs = dict(zip(episodes, context.map("episodes", told, episodes), strict=True))
    checks = _judged(asked, runs)
    paths = [run.path for run in runs.values() if len(run.path)]
    tables = {
        "summary": summary(checks),
        "checks": checks,
        "series": pd.concat(paths, ignore_index=True) if paths else no_series(),
        "parameters": parameters_table(cases),
    }
    count = checks["verdict"].value_counts()
    meta: dict[str, Json] = {
        "title": "Episodes of the past beside the record",
        "options": asdict(options),
        "counts": {v: int(count.get(v, 0)) for v in (INSIDE, OUTSIDE, REPORTED, FAILED)},
        "solver": f"HiGHS {version('highspy')}",
        "kidorui": version("kidorui"),
        "notes": notes(checks),
        "failures": failures(checks),
    }
    result = Result(
        "validate", arranged("validate", tables), meta, {"total": time.perf_counter() - start}
    )
    return result.validate()


def _run(name: str, checks: Sequence[str], cases: Mapping[str, Case], context: Context) -> _Told:
    """One march for all checks of an episode."""
    try:
        if name == N_MINUS_1:
            share = n_minus_1(cases["japan"], YEAR_OF_N_MINUS_1, context)
            return _Told({check: Found(share * PERCENT) for check in checks}, no_series())
        paths = relive(episode_of(name), cases, context)
    except (Infeasible, SolverError) as error:
        return _Told({}, no_series(), str(error) or type(error).__name__)
    found = {check: measure(check, paths) for check in checks}
    return _Told(found, series(name, next(iter(paths.values()))))


def _judged(asked: pd.DataFrame, runs: Mapping[str, _Told]) -> pd.DataFrame:
    """The checks with what was computed, its verdict, and why where it is not inside."""
    known = read_known()
    rows = []
    for row in asked.to_dict("records"):
        run = runs[str(row["episode"])]
        found = run.found.get(str(row["check"]))
        verdict = judge(found, row["low"], row["high"]) if found else FAILED
        told = found or Found(math.nan)
        rows.append(
            {
                "computed": told.value,
                "computed_low": told.low,
                "computed_high": told.high,
                "verdict": verdict,
                "fitted": is_fitted(str(row["episode"])),
                "why": run.fault if not found else _why(str(row["check"]), verdict, known),
            }
        )
    numbers = ["low", "high", "recorded"]
    return pd.concat([asked.astype(dict.fromkeys(numbers, np.float64)), pd.DataFrame(rows)], axis=1)


def _why(check: str, verdict: str, known: pd.DataFrame) -> str:
    """What is known of a check as long as its verdict is the one it is known for."""
    if check in known.index and known.loc[check, "verdict"] == verdict:
        return str(known.loc[check, "why"])
    return "" if verdict in (INSIDE, REPORTED) else "not looked into yet: the verdict is new"
