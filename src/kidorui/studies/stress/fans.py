"""What many draws say together: fans, chances of a stop, and what drives both."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from kidorui.results import result_schema
from kidorui.studies.stress.draws import Drawn, Outcome
from kidorui.studies.stress.sampling import spread

FloatArray = npt.NDArray[np.float64]

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
LONG = 30.0
"""Days of standing still in all that count as a stop that hurts."""

VALUE, STOPPED = "value short", "stopped days"
EVERY = "any"
"""Stands for a sector's materials taken together: it stops with the first of them."""


def fan_tables(drawn: Drawn) -> dict[str, pd.DataFrame]:
    """Tables spread, draws, fans, stops_chance, tornado and failures, as results/schema/stress.csv.

    Draws that failed are in the failures alone.
    """
    lived = [n for n, outcome in enumerate(drawn.outcomes) if not outcome.failed]
    of_lived = {"draws": _draws, "fans": _fans, "stops_chance": _chances, "tornado": _tornado}
    schema = result_schema("stress")
    tables = {"spread": spread(drawn.sample), "failures": _failures(drawn)}
    for name, table in of_lived.items():
        empty = pd.DataFrame(columns=list(schema[name].names))
        tables[name] = table(drawn, lived) if lived else empty
    return {name: schema[name].arrange(tables[name]) for name in (*of_lived, *tables)}


def _draws(drawn: Drawn, lived: Sequence[int]) -> pd.DataFrame:
    """A row per draw and figure: what it took of each factor, then what came of it."""
    factors = drawn.sample.factors
    took = [("drawn", f.name, f.unit, drawn.sample.values[lived, n]) for n, f in enumerate(factors)]
    outcomes = [drawn.outcomes[n] for n in lived]
    dearest = np.array([one.dearest for one in outcomes]).reshape(len(lived), -1)
    gave = [("answer", name, unit, values) for name, unit, values in _answers(outcomes)]
    gave += [
        ("answer", f"highest price outside over inside, {material}", "1", dearest[:, column])
        for column, material in enumerate(drawn.materials)
    ]
    parts = [
        pd.DataFrame({"draw": np.asarray(lived, int), "kind": k, "name": n, "unit": u, "value": v})
        for k, n, u, v in (*took, *gave)
    ]
    # stable, so that factors come first and answers keep their order
    return pd.concat(parts, ignore_index=True).sort_values("draw", kind="stable")


def _answers(outcomes: Sequence[Outcome]) -> list[tuple[str, str, FloatArray]]:
    """Name, unit and (draw) value of what is told of a draw as a whole."""
    first = [np.nanmin([*one.first_stop, np.inf]) for one in outcomes]
    return [
        (VALUE, "million USD", np.array([one.value for one in outcomes], dtype=float)),
        (STOPPED, "day", np.array([one.stopped.sum() for one in outcomes], dtype=float)),
        ("first stop", "day", np.where(np.isinf(first), np.nan, first).astype(float)),
    ]


def _fans(drawn: Drawn, lived: Sequence[int]) -> pd.DataFrame:
    """Quantiles by month from the onset, of the draws that live so long."""
    outcomes = [drawn.outcomes[n] for n in lived]
    longest, parts = max(len(one.fill) for one in outcomes), []
    names = _names(drawn)
    for what, unit in (("fill", "1"), ("short", "t")):
        cells = np.full((len(outcomes), longest, len(names)), np.nan)
        for row, one in zip(cells, outcomes, strict=True):
            row[: len(one.fill)] = getattr(one, what)
        for month in range(longest):
            reach = [len(one.fill) > month for one in outcomes]
            part = names.assign(what=what, unit=unit, month=month, draws=sum(reach))
            levels = np.quantile(cells[reach, month], QUANTILES, axis=0)
            for share, level in zip(QUANTILES, levels, strict=True):
                part[f"q{share * 100:02.0f}"] = level
            parts.append(part)
    return pd.concat(parts, ignore_index=True)


def _chances(drawn: Drawn, lived: Sequence[int]) -> pd.DataFrame:
    """Chance that a line stands still for long, by material and for a sector as a whole."""
    outcomes = [drawn.outcomes[n] for n in lived]
    names = _names(drawn)
    stopped = np.array([one.stopped for one in outcomes]).reshape(len(lived), -1)
    sector, number = np.unique(names["sector"].to_numpy(str), return_inverse=True)
    most = np.zeros((len(sector), len(outcomes)))
    np.maximum.at(most, number, stopped.T)
    whole = pd.DataFrame({"sector": sector, "material": EVERY})
    parts = [
        whole.assign(chance=(most > LONG).mean(axis=1)),
        names.assign(chance=(stopped > LONG).mean(axis=0)),
    ]
    table = pd.concat(parts, ignore_index=True)
    spreads = table["chance"] * (1 - table["chance"])
    table = table.assign(error=np.sqrt(spreads / len(outcomes)), draws=len(outcomes))
    return table.sort_values(["chance", "sector"], ascending=[False, True], kind="stable")


def _tornado(drawn: Drawn, lived: Sequence[int]) -> pd.DataFrame:
    """Rank correlation of each factor with what came of it, the strongest first."""
    outcomes, values = [drawn.outcomes[n] for n in lived], drawn.sample.values[lived]
    rows = [
        (answer, factor.name, _correlation(values[:, column], found), len(lived))
        for answer, _, found in _answers(outcomes)
        if answer in (VALUE, STOPPED)
        for column, factor in enumerate(drawn.sample.factors)
    ]
    table = pd.DataFrame(rows, columns=["answer", "factor", "correlation", "draws"])
    table["error"] = 1 / np.sqrt(max(len(lived) - 1, 1))
    size = table["correlation"].astype(float).abs().fillna(-1.0)
    order = table.assign(size=-size, place=table["answer"] != VALUE)
    return order.sort_values(["place", "size"], kind="stable").drop(columns=["size", "place"])


def _correlation(drawn: FloatArray, found: FloatArray) -> float:
    """Spearman's, NaN where either never moves."""
    from scipy.stats import spearmanr  # slow to import

    if len(found) < 3 or np.ptp(drawn) == 0 or np.ptp(found) == 0:
        return float("nan")
    return float(spearmanr(drawn, found).statistic)


def _failures(drawn: Drawn) -> pd.DataFrame:
    """Draws without an answer: what they took, and why."""
    rows = [
        (number, _words(drawn, number), one.failed)
        for number, one in enumerate(drawn.outcomes)
        if one.failed
    ]
    return pd.DataFrame(rows, columns=["draw", "took", "why"])


def _words(drawn: Drawn, number: int) -> str:
    values = zip(drawn.sample.factors, drawn.sample.values[number], strict=True)
    return ", ".join(f"{factor.name} {value:.4g} {factor.unit}" for factor, value in values)


def _names(drawn: Drawn) -> pd.DataFrame:
    rows = drawn.network.demands.iloc[drawn.lines]
    return rows[["sector", "material"]].reset_index(drop=True)
