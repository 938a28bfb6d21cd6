"""Why a programme has no solution: a minimal set of rows and bounds that cannot all hold."""

from __future__ import annotations

from typing import Any

import highspy
import numpy as np
import numpy.typing as npt
from scipy import sparse

IntArray = npt.NDArray[np.intp]

_PRESSES = 1e-7
"""A dual below this is noise."""


def smallest_conflict(highs: highspy.Highs, interior: str, large: int) -> tuple[IntArray, IntArray]:
    """Rows, and columns whose bounds take part, of an irreducible conflict of a live model.

    HiGHS's own search (its `getIis`) reduces a conflict row by row, which is quick on a small
    programme only. One of more columns than `large` is first cut down to the rows that press
    on each other where their violation is least (a certificate of Farkas), found by the
    `interior` point method. That nothing is negative is part of a conflict, but nobody's to
    change: columns that take part by a lower bound of 0 alone are left out.
    """
    lp = highs.getLp()
    matrix = sparse.csc_array(
        (lp.a_matrix_.value_, lp.a_matrix_.index_, lp.a_matrix_.start_),
        shape=(lp.num_row_, lp.num_col_),
    ).tocsr()
    rows: IntArray = np.arange(lp.num_row_)
    if lp.num_col_ > large:
        rows = _pressing(lp, matrix, interior)
    columns = np.unique(matrix[rows].indices).astype(np.intp)
    small = _part(lp, matrix, rows, columns)
    row, status = _irreducible(small)
    lower = np.array(lp.col_lower_)
    free = highspy.IisBoundStatus.kIisBoundStatusFree
    below = highspy.IisBoundStatus.kIisBoundStatusLower
    told = [
        columns[j]
        for j, bound in status.items()
        if bound != free and not (bound == below and lower[columns[j]] == 0)
    ]
    return rows[row], np.array(told, dtype=np.intp)


def _pressing(lp: highspy.HighsLp, matrix: sparse.csr_array, interior: str) -> IntArray:
    """Rows with a dual where the sum of violations is least; all rows if there is none."""
    rows, columns = matrix.shape
    each = sparse.eye_array(rows)
    elastic = sparse.hstack([matrix, each, -each], format="csc")
    some = highspy.HighsLp()
    some.num_row_, some.num_col_ = rows, columns + 2 * rows
    some.col_cost_ = np.concatenate([np.zeros(columns), np.ones(2 * rows)])
    some.col_lower_ = np.concatenate([lp.col_lower_, np.zeros(2 * rows)])
    some.col_upper_ = np.concatenate([lp.col_upper_, np.full(2 * rows, np.inf)])
    some.row_lower_, some.row_upper_ = lp.row_lower_, lp.row_upper_
    _fill(some, elastic)
    solver = _quiet(some, interior)
    solver.run()
    pressing = np.flatnonzero(np.abs(np.array(solver.getSolution().row_dual)) > _PRESSES)
    return pressing if len(pressing) else np.arange(rows)


def _part(
    lp: highspy.HighsLp, matrix: sparse.csr_array, rows: IntArray, columns: IntArray
) -> highspy.HighsLp:
    """The rows of a programme with the columns they hold, without costs."""
    some = highspy.HighsLp()
    some.num_row_, some.num_col_ = len(rows), len(columns)
    some.col_cost_ = np.zeros(len(columns))
    some.col_lower_ = np.array(lp.col_lower_)[columns]
    some.col_upper_ = np.array(lp.col_upper_)[columns]
    some.row_lower_ = np.array(lp.row_lower_)[rows]
    some.row_upper_ = np.array(lp.row_upper_)[rows]
    integers = list(lp.integrality_)
    if integers:
        some.integrality_ = [integers[j] for j in columns]
    _fill(some, matrix[rows][:, columns].tocsc())
    return some


def _irreducible(lp: highspy.HighsLp) -> tuple[IntArray, dict[int, Any]]:
    """Rows of an irreducible conflict, and what bound of each column takes part."""
    solver = _quiet(lp, "choose")
    solver.run()
    kinds = highspy.IisStrategy
    strategy = int(kinds.kIisStrategyFromLp) | int(kinds.kIisStrategyIrreducible)
    solver.setOptionValue("iis_strategy", strategy)
    _, iis = solver.getIis()
    columns = {int(j): b for j, b in zip(iis.col_index_, iis.col_bound_, strict=True)}
    return np.array(iis.row_index_, dtype=np.intp), columns


def _quiet(lp: highspy.HighsLp, solver: str) -> highspy.Highs:
    highs = highspy.Highs()  # type: ignore[no-untyped-call]
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("threads", 1)
    highs.setOptionValue("solver", solver)
    highs.passModel(lp)
    return highs


def _fill(lp: highspy.HighsLp, matrix: sparse.csc_array) -> None:
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = matrix.indptr
    lp.a_matrix_.index_ = matrix.indices
    lp.a_matrix_.value_ = matrix.data
