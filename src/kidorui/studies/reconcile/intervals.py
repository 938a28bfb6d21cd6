"""What the data leave open, by name, and how far it may go with every figure fitted as well."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from kidorui.studies.reconcile.problem import Problem
from kidorui.studies.reconcile.tables import Reconciled

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]

AS_WELL = 1e-6
"""Standard errors by which a figure may move and still count as fitted as well."""

COLUMNS = ["kind", "what", "base", "value", "low", "high"]

_KINDS: Mapping[str, str] = {
    "flow": "flow",
    "activity": "activity",
    "use": "use",
    "stock": "stock",
    "disposed": "disposal",
}


def unobservable_table(year: Reconciled, most: int) -> pd.DataFrame:
    """One row per unknown that observations and balances do not determine, the largest first.

    The case's own figures aside: they, or the base year, give its value. Intervals are sought for
    the first `most`, by two linear programmes each.
    """
    unknowns = year.system.unknowns
    names = dict(_named(year))
    open_ones = [n for n in np.flatnonzero(~year.determined[: unknowns.count]) if int(n) in names]
    size = np.maximum(np.abs(year.point), unknowns.prior)
    order = sorted((int(n) for n in open_ones), key=lambda n: (-size[n], n))
    low, high = np.full(unknowns.count, np.nan), np.full(unknowns.count, np.nan)
    chosen = np.array(order[:most], dtype=np.intp)
    low[chosen], high[chosen] = extremes(year.alone.problem, year.fitted.point, chosen)
    rows = [(*names[n], unknowns.prior[n], year.point[n], low[n], high[n]) for n in order]
    return pd.DataFrame(rows, columns=COLUMNS)


def extremes(
    problem: Problem, point: FloatArray, chosen: IntArray
) -> tuple[FloatArray, FloatArray]:
    """Least and most of the unknowns chosen, all figures fitted as at the point.

    With free coefficients the balances are those linear about the point. NaN where the solver
    finds no end.
    """
    import highspy

    weighed = sparse.diags_array(1 / problem.error) @ problem.rows
    fitted = weighed @ point
    scale = sparse.diags_array(problem.scale)
    matrix = sparse.csc_array(sparse.vstack([problem.balances, problem.limits, weighed]) @ scale)
    none = np.full(len(problem.limit), -np.inf)
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(point), matrix.shape[0]
    lp.col_cost_ = np.zeros(len(point))
    at = point / problem.scale
    lp.col_lower_ = np.minimum(problem.lower / problem.scale, at)
    lp.col_upper_ = np.maximum(problem.upper / problem.scale, at)
    lp.row_lower_ = np.concatenate([problem.due, none, fitted - AS_WELL])
    room = np.maximum(problem.limit, problem.limits @ point)
    lp.row_upper_ = np.concatenate([problem.due, room, fitted + AS_WELL])
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_, lp.a_matrix_.index_ = matrix.indptr, matrix.indices
    lp.a_matrix_.value_ = matrix.data
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    solver.passModel(lp)
    found = np.full((2, len(chosen)), np.nan)
    for column, number in enumerate(chosen.tolist()):
        for end, sign in enumerate((1.0, -1.0)):
            solver.changeColCost(number, sign)
            solver.run()
            if solver.getModelStatus() == highspy.HighsModelStatus.kOptimal:
                value = solver.getInfo().objective_function_value
                found[end, column] = sign * value * problem.scale[number]
        solver.changeColCost(number, 0.0)
    return found[0], found[1]


def _named(year: Reconciled) -> Iterator[tuple[int, tuple[str, str]]]:
    """Each unknown that can be other than nought: its number, kind and name in words."""
    unknowns, network = year.system.unknowns, year.system.unknowns.network
    case = network.case
    called = {
        **dict(zip(case.table("materials")["id"], case.table("materials")["name"], strict=True)),
        **dict(zip(case.table("places")["id"], case.table("places")["name"], strict=True)),
    }

    def words(table: pd.DataFrame, columns: Sequence[str], form: str) -> list[str]:
        cells = [[called.get(cell, cell) for cell in table[column]] for column in columns]
        return [form.format(*row) for row in zip(*cells, strict=True)]

    units = network.units.iloc[network.activities["unit"]].assign(
        recipe=network.activities["recipe"].to_numpy()
    )
    by_block = {
        "flow": words(network.links, ["material", "origin", "destination"], "{0}: {1} to {2}"),
        "activity": words(units, ["name", "recipe"], "{0}: {1}"),
        "use": words(network.demands, ["sector", "place", "material"], "{0} in {1}: {2}"),
        "stock": words(network.stocks, ["id"], "{0}"),
        "disposed": words(network.pools, ["material", "place"], "{0} in {1}"),
    }
    for block, texts in by_block.items():
        first = unknowns.blocks[block].start
        for at, text in enumerate(texts):
            if unknowns.upper[first + at] > unknowns.lower[first + at]:
                yield first + at, (_KINDS[block], text)
