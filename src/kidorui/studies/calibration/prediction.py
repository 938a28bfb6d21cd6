"""A year that nothing was tuned to, computed from the year before it and laid beside the record.

The case is that of the past year (an overlay), calibrated to that year alone. What is given of
the next year is its demand, and the events that began in it; what is read off is prices and
flows. Nothing is decided: projects committed then go on. Stocks stand still, as in the base year:
what traders stored or sold in hope is not predicted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from kidorui.case import Case
from kidorui.network import compile_network, grow
from kidorui.program import Model
from kidorui.program.operation import stand_still, state_operation
from kidorui.studies.base_year import (
    BaseYear,
    question_of,
    reference_for,
    solve_base_year,
)
from kidorui.studies.calibration.fits import (
    INSIDE,
    OUTSIDE,
    UNTOLD,
    Observation,
    compared,
    in_words,
    names_of,
    observations,
    unit_in_words,
    untold,
)
from kidorui.studies.calibration.year import SolvedYear, solved_year
from kidorui.studies.context import Context
from kidorui.studies.memory import Workbench

BAND: Mapping[str, float] = {"price": 0.25, "flow": 0.25, "share": 0.05, "other": 0.15}
"""How far the computed change may be from that of the record: as a factor less one, so a price or
a flow within 1.25 times of it either way; of a share the difference. None was widened after a run.
"""

NOTHING_CHANGES = "no change"

AHEAD = 2
"""Years in the programme from the one predicted, so that the axis does not end with it."""

_COLUMNS = (
    "year",
    "id",
    "kind",
    "basis",
    "unit",
    "before",
    "expected",
    "computed_before",
    "computed",
    "change",
    "change_computed",
    "band",
    "verdict",
    "nearer",
    "source",
    "why",
)


def predict(past: Case, context: Context) -> pd.DataFrame:
    """The year after the base year of `past`, one row per observation of it."""
    base = solve_base_year(past, context)
    before = solved_year(base.network, base.solution)
    year = past.settings.base_year + 1
    after = _year_after(past, base, context)
    read, unread = compared(past, year)
    earlier = {one.seen: one.expected for one in observations(past, past.settings.base_year)[0]}
    names = names_of(past)
    rows = [_row(one, earlier.get(one.seen, np.nan), before, after, names) for one in read]
    rows += [{**row, "nearer": ""} for row in untold(unread, _COLUMNS[5:12])]
    table = pd.DataFrame([{**row, "year": year} for row in rows], columns=list(_COLUMNS))
    return typed(table)


def no_prediction() -> pd.DataFrame:
    """The table where no past case was given."""
    return typed(pd.DataFrame(columns=list(_COLUMNS)))


def typed(table: pd.DataFrame) -> pd.DataFrame:
    """The table with its declared types, rows or none."""
    words = ("id", "kind", "basis", "unit", "verdict", "nearer", "source", "why")
    numbers = {name: float for name in _COLUMNS if name not in (*words, "year")}
    return table.astype({**dict.fromkeys(words, object), **numbers, "year": int})


def as_it_happened(past: Case, year: int) -> Case:
    """The case on an axis that begins in `year`, with the events that had begun by its end.

    Those of later years are not in force: nobody knew of them.
    """
    years = tuple(range(year, year + AHEAD))
    settings = replace(past.settings, years=years, end=year + AHEAD, event_years=(), events=())
    events = past.table("events").copy()
    start = events["start"].to_numpy(float)
    standing = events["in_force"].to_numpy(bool) & np.isnan(start)
    events["in_force"] = standing | (start < year + 1)
    return replace(past, settings=settings, tables={**past.tables, "events": events})


def _year_after(past: Case, base: BaseYear, context: Context) -> SolvedYear:
    """The year computed."""
    year = past.settings.base_year + 1
    case = as_it_happened(past, year)
    network = compile_network(case, grow(case), trace_control=False)
    model = Model(network.tree.labels)
    state_operation(model, network, reference_for(network, base))
    stand_still(model)
    solution = Workbench(model, question_of(case), context).solve(f"prediction of {year}")
    return solved_year(network, solution)


def _row(
    one: Observation,
    earlier: float,
    before: SolvedYear,
    after: SolvedYear,
    names: Mapping[str, str],
) -> dict[str, object]:
    row: dict[str, object] = {
        "id": one.id,
        "kind": one.seen.kind,
        "basis": in_words(one.seen, names),
        "unit": unit_in_words(one.seen),
        "before": earlier,
        "expected": one.expected,
        "source": one.source,
        "nearer": "",
    }
    then, now = before.measure(one.seen), after.measure(one.seen)
    blank = ("computed_before", "computed", "change", "change_computed", "band")
    if isinstance(then, str) or isinstance(now, str):
        why = then if isinstance(then, str) else str(now)
        return {**row, **dict.fromkeys(blank, np.nan), "verdict": UNTOLD, "why": why}
    change, change_computed = _ratio(one.expected, earlier), _ratio(now[0], then[0])
    if one.is_share:
        change, change_computed = one.expected - earlier, now[0] - then[0]
    band = BAND.get(one.seen.kind, BAND["other"])
    off = _off(one, change, change_computed)
    verdict = UNTOLD if np.isnan(off) else INSIDE if off <= band else OUTSIDE
    return {
        **row,
        "computed_before": then[0],
        "computed": now[0],
        "change": change,
        "change_computed": change_computed,
        "band": band,
        "verdict": verdict,
        "nearer": _nearer(off, _off(one, change, 0.0)),
        "why": "; ".join(words for words in (_missing(earlier, then[0]), one.note) if words),
    }


def _missing(earlier: float, computed: float) -> str:
    """Why no change can be told, where none can."""
    if np.isnan(earlier):
        return "no observation of the year before"
    return "" if computed > 0 else "computed as nothing in the year before"


def _ratio(now: float, then: float) -> float:
    """Relative change; NaN from nothing or from less than nothing."""
    return now / then - 1 if then > 0 else np.nan


def _off(one: Observation, change: float, computed: float) -> float:
    """How far a computed change is from that of the record.

    As a factor less one, whichever is the greater; of a share the difference.
    """
    if one.is_share:
        return abs(computed - change)
    factors = 1 + computed, 1 + change
    if np.isnan(factors).any() or min(factors) <= 0:
        return np.nan if np.isnan(factors).any() else np.inf
    return max(factors) / min(factors) - 1


def _nearer(off: float, off_without: float) -> str:
    """Which is nearer to the record: the model, or the forecast that nothing changes."""
    if np.isnan(off) or np.isnan(off_without):
        return ""
    return "model" if off < off_without else NOTHING_CHANGES
