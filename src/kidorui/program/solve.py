"""Solving a programme with HiGHS: a live model, warm-started by changing bounds and costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import highspy
import numpy as np
import numpy.typing as npt
import pandas as pd

from kidorui.program.model import Model

FloatArray = npt.NDArray[np.float64]

MIP_GAP = 1e-4
"""Relative gap at which a programme with whole units counts as solved."""

LARGE = 30_000
"""Columns above which a cold solve starts with the interior point method."""


class Infeasible(Exception):
    """No plan meets all demands on it; `rows` names a minimal set that conflicts."""

    def __init__(self, rows: list[str]) -> None:
        self.rows = rows
        super().__init__("these rows cannot all hold:\n" + "\n".join(f"  {r}" for r in rows))


class Unbounded(Infeasible):
    """The programme has no optimum; `rows` names variables that grow without end."""

    def __init__(self, rows: list[str]) -> None:
        Exception.__init__(self, "these grow without end:\n" + "\n".join(f"  {r}" for r in rows))
        self.rows = rows


class SolverError(Exception):
    """The solver stopped without an answer."""


@dataclass(frozen=True)
class Solution:
    """Values, duals and reduced costs of a solved programme, by block.

    Blocks of variables are (node, thing) arrays; duals are one per constraint, the change of
    the objective (million US$, minimised) with its bound.
    """

    objective: float
    dual_objective: float
    values: Mapping[str, FloatArray]
    reduced: Mapping[str, FloatArray]
    duals: Mapping[str, FloatArray]
    mip_gap: float
    iterations: int

    @property
    def gap(self) -> float:
        """Relative difference of the primal and the dual objective (0 for whole units)."""
        return abs(self.objective - self.dual_objective) / max(1.0, abs(self.objective))


class Solver:
    """A live HiGHS model of a programme.

    `solve()` may be called again after `set_bounds` or `set_costs`; it then starts from the
    last basis.
    """

    def __init__(self, model: Model) -> None:
        self.model = model
        self._highs = highspy.Highs()
        self._highs.setOptionValue("output_flag", False)
        self._highs.setOptionValue("threads", 1)
        self._highs.setOptionValue("mip_rel_gap", MIP_GAP)
        self._whole = bool(model.integers().any())
        self._warm = False
        if self._highs.passModel(_to_highs(model)) == highspy.HighsStatus.kError:
            raise SolverError("HiGHS refused the programme: a coefficient is not a finite number")

    def set_bounds(self, block: str, lower: FloatArray, upper: FloatArray) -> None:
        """Change the bounds of a block of variables."""
        span = self.model.variables[block].span
        index = np.arange(span.start, span.stop, dtype=np.int32)
        self._highs.changeColsBounds(len(index), index, lower.ravel(), upper.ravel())

    def set_costs(self, cost: FloatArray) -> None:
        """Change the cost of all variables."""
        index = np.arange(len(cost), dtype=np.int32)
        self._highs.changeColsCost(len(index), index, cost)

    def set_row_bounds(self, row: int, lower: float, upper: float) -> None:
        """Change the bounds of one constraint, by its number among all."""
        self._highs.changeRowBounds(row, lower, upper)

    def solve(self) -> Solution:
        """Solve to optimality.

        Raises Infeasible with the rows that conflict, Unbounded, or SolverError.
        """
        cold_and_large = not self._warm and self.model.columns > LARGE and not self._whole
        self._highs.setOptionValue("solver", "ipm" if cold_and_large else "choose")
        self._highs.run()
        status = self._highs.getModelStatus()
        if status == highspy.HighsModelStatus.kUnknown:  # interior point gave up: finish by simplex
            self._highs.setOptionValue("solver", "simplex")
            self._highs.run()
            status = self._highs.getModelStatus()
        if status in (
            highspy.HighsModelStatus.kInfeasible,
            highspy.HighsModelStatus.kUnboundedOrInfeasible,
        ):
            raise Infeasible(self._conflict())
        if status == highspy.HighsModelStatus.kUnbounded:
            raise Unbounded(self._ray())
        if status != highspy.HighsModelStatus.kOptimal:
            raise SolverError(f"HiGHS stopped with {self._highs.modelStatusToString(status)}")
        self._warm = True
        return self._read()

    def fix_whole(self, solution: Solution) -> None:
        """Fix the whole variables at their values and drop the demand, so that duals exist."""
        for name, block in self.model.variables.items():
            if block.integer.any():
                fixed = np.where(block.integer, np.round(solution.values[name].ravel()), np.nan)
                lower = np.where(block.integer, fixed, block.lower)
                upper = np.where(block.integer, fixed, block.upper)
                self.set_bounds(name, lower, upper)
                for column in np.flatnonzero(block.integer) + block.start:
                    self._highs.changeColIntegrality(
                        int(column), highspy.HighsVarType.kContinuous
                    )
        self._whole = False

    def write(self, path: str) -> None:
        """Write the programme to an .mps or .lp file."""
        self._highs.writeModel(path)

    def _read(self) -> Solution:
        answer = self._highs.getSolution()
        info = self._highs.getInfo()
        columns = np.array(answer.col_value)
        reduced = np.array(answer.col_dual)
        duals = np.array(answer.row_dual)
        blocks = self.model.variables.values()
        return Solution(
            objective=float(info.objective_function_value),
            dual_objective=self._dual_objective(reduced, duals),
            values={b.name: columns[b.span].reshape(b.nodes, b.things) for b in blocks},
            reduced={b.name: reduced[b.span].reshape(b.nodes, b.things) for b in blocks},
            duals={c.name: duals[c.span] for c in self.model.constraints.values()},
            mip_gap=float(info.mip_gap) if self._whole else 0.0,
            iterations=int(info.simplex_iteration_count + info.ipm_iteration_count),
        )

    def _dual_objective(self, reduced: FloatArray, duals: FloatArray) -> float:
        """Sum of duals times the bounds they press on; the objective, if they are right."""
        lp = self._highs.getLp()
        value = 0.0
        for price, lower, upper in (
            (duals, np.array(lp.row_lower_), np.array(lp.row_upper_)),
            (reduced, np.array(lp.col_lower_), np.array(lp.col_upper_)),
        ):
            bound = np.where(price > 0, lower, upper)
            value += float((price * np.where(np.isfinite(bound), bound, 0.0)).sum())
        return value

    def _conflict(self) -> list[str]:
        """A minimal set of rows and bounds that cannot hold together, in words."""
        self._highs.setOptionValue("iis_strategy", 6)
        _, iis = self._highs.getIis()
        rows = [self._row_words(int(i)) for i in iis.row_index_]
        columns = [self._column_words(int(j)) for j in iis.col_index_]
        words = rows + columns
        return sorted(set(words), key=words.index)

    def _ray(self) -> list[str]:
        _, has_ray, ray = self._highs.getPrimalRay()
        growing = np.flatnonzero(np.abs(np.array(ray)) > 1e-9) if has_ray else []
        return [self._column_words(int(j)) for j in growing][:20]

    def _row_words(self, row: int) -> str:
        for block in self.model.constraints.values():
            if block.span.start <= row < block.span.stop:
                return _words(block.name, block.labels, row - block.start)
        raise IndexError(row)

    def _column_words(self, column: int) -> str:
        for block in self.model.variables.values():
            if block.span.start <= column < block.span.stop:
                thing = (column - block.start) % block.things
                labels = self.model.labels.get(block.name, pd.DataFrame(index=[0]))
                return _words(f"bounds of {block.name}", labels, thing)
        raise IndexError(column)


def _words(name: str, labels: pd.DataFrame, row: int) -> str:
    if row >= len(labels) or labels.columns.empty:
        return name
    label = labels.iloc[row]
    place = f"{label['table']}:{label['row']}: " if "table" in label else ""
    rest = ", ".join(str(v) for k, v in label.items() if k not in ("table", "row") and v != "")
    return f"{place}{name} of {rest}"


def _to_highs(model: Model) -> highspy.HighsLp:
    matrix = model.matrix().tocsc()
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = model.columns, model.rows
    lp.col_cost_ = model.cost()
    lp.col_lower_, lp.col_upper_ = model.column_bounds()
    lp.row_lower_, lp.row_upper_ = model.row_bounds()
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = matrix.indptr
    lp.a_matrix_.index_ = matrix.indices
    lp.a_matrix_.value_ = matrix.data
    integers = model.integers()
    if integers.any():
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        lp.integrality_ = [kinds[int(i)] for i in integers]
    return lp
