"""Solving a programme with HiGHS: a live model, warm-started by changing bounds and costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import highspy
import numpy as np
import numpy.typing as npt
import pandas as pd

from kidorui.program.conflict import smallest_conflict
from kidorui.program.model import Constraints, Model, Variables

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]

MIP_GAP = 0.1
"""Gap at which a programme with whole units counts as solved, million US$.

It is absolute: the welfare of the world is some 10^6 times what a project moves.
"""

LARGE = 10_000
"""Columns above which a cold solve takes the interior point method (benchmarks, the race)."""

INTERIOR, DUAL, PRIMAL = "ipx", 1, 4
"""HiGHS's names of the interior point method and of the simplex methods used."""

CHOOSE, DEVEX = -1, 1
"""HiGHS's names of ways to weigh the edges in the dual simplex method."""

_FEASIBLE = "primal_feasibility_tolerance"
TIGHT, ROUNDING = 1e-7, 1e-6
"""How far a row or bound may be missed, t/yr: by HiGHS itself, and where bounds that follow from
earlier solutions miss each other by what those were solved to (a gram a year)."""


class Infeasible(Exception):
    """No plan meets all demands on it; `rows` names a minimal set that conflicts.

    `parts` has the same as (block, position in it), of constraints and of variables whose
    bounds take part.
    """

    def __init__(self, rows: Sequence[str], parts: Sequence[tuple[str, int]] = ()) -> None:
        self.rows = list(rows)
        self.parts = list(parts)
        super().__init__(f"{self.heading}:\n" + "\n".join(f"  {row}" for row in self.rows))

    heading = "these rows cannot all hold"


class Unbounded(Infeasible):
    """The programme has no optimum; `rows` names variables that grow without end."""

    heading = "these grow without end"


class SolverError(Exception):
    """The solver stopped without an answer."""


@dataclass(frozen=True)
class Solution:
    """Values, duals and reduced costs of a solved programme, by block.

    Blocks of variables are (node, thing) arrays; duals are one per constraint, the change of
    the objective (million US$, minimised) with its bound. `basis` is that of `Solver.basis`,
    where it was asked for.
    """

    objective: float
    dual_objective: float
    values: Mapping[str, FloatArray]
    reduced: Mapping[str, FloatArray]
    duals: Mapping[str, FloatArray]
    mip_gap: float
    iterations: int
    basis: npt.NDArray[np.int8] = field(default_factory=lambda: np.zeros(0, dtype=np.int8))

    @property
    def gap(self) -> float:
        """Relative difference of the primal and the dual objective (0 for whole units)."""
        return abs(self.objective - self.dual_objective) / max(1.0, abs(self.objective))


class Solver:
    """A live HiGHS model of a programme.

    `solve()` may be called again after `set_bounds` or `set_costs`; it then starts from the
    last basis, by the primal simplex where costs alone have changed and by the dual else.
    """

    def __init__(self, model: Model) -> None:
        self.model = model
        self._whole = bool(model.integers().any())
        self._warm = self._moved = False
        self._all: tuple[FloatArray, ...] | None = None
        self._highs: Any = None
        self._begin(to_highs(model))

    def _begin(self, programme: highspy.HighsLp) -> None:
        """Let a new HiGHS hold a programme; it remembers nothing."""
        highs: Any = highspy.Highs()  # type: ignore[no-untyped-call]
        highs.setOptionValue("output_flag", False)
        highs.setOptionValue("threads", 1)
        highs.setOptionValue("mip_rel_gap", 0.0)
        highs.setOptionValue("mip_abs_gap", MIP_GAP)
        highs.setOptionValue("mip_lp_solver", INTERIOR if self.model.columns > LARGE else "choose")
        if highs.passModel(programme) == highspy.HighsStatus.kError:
            raise SolverError("HiGHS refused the programme: a coefficient is not a finite number")
        self._highs = highs

    def set_bounds(self, block: str, lower: FloatArray, upper: FloatArray) -> None:
        """Change the bounds of a block of variables."""
        span = self.model.variables[block].span
        index = np.arange(span.start, span.stop, dtype=np.int32)
        self._highs.changeColsBounds(len(index), index, lower.ravel(), upper.ravel())
        self._moved = True

    def set_all(
        self,
        columns: tuple[FloatArray, FloatArray],
        rows: tuple[FloatArray, FloatArray],
        cost: FloatArray,
    ) -> None:
        """Change the bounds of all variables and of all constraints, and the cost.

        Only what differs from the last such change is handed over.
        """
        now = (*columns, *rows, cost)
        before = self._all or tuple(np.full_like(one, np.nan) for one in now)
        moved = [a != b for a, b in zip(now, before, strict=True)]
        which = [np.flatnonzero(m) for m in (moved[0] | moved[1], moved[2] | moved[3], moved[4])]
        column, row, dearer = which
        lower, upper = columns
        self._highs.changeColsBounds(len(column), _int32(column), lower[column], upper[column])
        lower, upper = rows
        self._highs.changeRowsBounds(len(row), _int32(row), lower[row], upper[row])
        self._highs.changeColsCost(len(dearer), _int32(dearer), cost[dearer])
        self._all = now
        self._moved = True

    def set_costs(self, cost: FloatArray) -> None:
        """Change the cost of all variables."""
        index = np.arange(len(cost), dtype=np.int32)
        self._highs.changeColsCost(len(index), index, cost)

    def set_row_bounds(self, row: int, lower: float, upper: float) -> None:
        """Change the bounds of one constraint, by its number among all."""
        self._highs.changeRowBounds(row, lower, upper)
        self._moved = True

    def basis(self) -> npt.NDArray[np.int8]:
        """HiGHS's status of every variable, then of every constraint, in the last solution."""
        basis = self._highs.getBasis()
        status = (*basis.col_status, *basis.row_status)
        return np.fromiter(map(int, status), dtype=np.int8, count=len(status))

    def start_from(self, basis: npt.NDArray[np.int8]) -> None:
        """Begin the next solve at a basis, with nothing else remembered.

        What follows then depends on the programme and that basis alone, not on what this
        solver did before.
        """
        kinds = (
            highspy.HighsBasisStatus.kLower,
            highspy.HighsBasisStatus.kBasic,
            highspy.HighsBasisStatus.kUpper,
            highspy.HighsBasisStatus.kZero,
            highspy.HighsBasisStatus.kNonbasic,
        )
        status = [kinds[s] for s in basis.tolist()]
        start = highspy.HighsBasis()
        start.col_status = status[: self.model.columns]
        start.row_status = status[self.model.columns :]
        self._highs.clearSolver()
        self._highs.setBasis(start)
        self._warm, self._moved = True, False

    def solve(
        self, *, explain: bool = True, certify: bool = True, presolve: bool = True
    ) -> Solution:
        """Solve to optimality.

        Unless `certify`, the dual objective is NaN and reduced costs are left out (both take as
        long as a short solve). Without `presolve` it is solved as it stands by the simplex method,
        to the tolerance of rows: presolve takes for a conflict what is off by a rounding.
        Raises Infeasible with the rows that conflict (which takes longer than to solve, and is
        left out unless `explain`), Unbounded, or SolverError.
        """
        cold_and_large = not self._warm and self.model.columns > LARGE and not self._whole
        is_feasible = self._warm and not self._moved
        self._highs.setOptionValue("simplex_strategy", PRIMAL if is_feasible else DUAL)
        # exact weights of the edges take a solve per row to begin with: too long for few steps
        weights = DEVEX if self._warm and self._moved else CHOOSE
        self._highs.setOptionValue("simplex_dual_edge_weight_strategy", weights)
        if presolve:
            status = self._run(INTERIOR if cold_and_large else "choose")
        else:
            status = self._run_as_it_stands()
        if status == highspy.HighsModelStatus.kUnknown:  # interior point gave up: finish by simplex
            status = self._run("simplex")
        if status == highspy.HighsModelStatus.kUnboundedOrInfeasible:  # presolve cannot tell which
            status = self._run_as_it_stands()
        if status == highspy.HighsModelStatus.kInfeasible:
            raise self._conflict() if explain else Infeasible([])
        if status == highspy.HighsModelStatus.kUnbounded:
            raise self._ray()
        if status != highspy.HighsModelStatus.kOptimal:
            raise SolverError(f"HiGHS stopped with {self._highs.modelStatusToString(status)}")
        self._warm, self._moved = True, False
        return self._read(certify=certify)

    def solve_robustly(self, *, explain: bool = True) -> Solution:
        """Solve without a certificate, from the last basis or, where that fails, from scratch.

        Now and then rounding leads a basis nowhere. It is then solved as it stands, and last to
        `ROUNDING`; where nothing helps the rows that conflict are found (unless not `explain`).
        Raises as `solve`.
        """
        for presolve, within in ((True, TIGHT), (False, TIGHT), (False, ROUNDING)):
            try:
                self._highs.setOptionValue(_FEASIBLE, within)
                solution = self.solve(explain=False, certify=False, presolve=presolve)
            except (Infeasible, SolverError):
                self._begin(self._highs.getLp())
                self._warm = False
            else:
                self._highs.setOptionValue(_FEASIBLE, TIGHT)
                return solution
        return self.solve(explain=explain, certify=False)

    def fix_whole(self, solution: Solution) -> None:
        """Fix the whole variables at their values and drop the demand, so that duals exist."""
        for name, block in self.model.variables.items():
            if block.integer.any():
                fixed = np.where(block.integer, np.round(solution.values[name].ravel()), np.nan)
                lower = np.where(block.integer, fixed, block.lower)
                upper = np.where(block.integer, fixed, block.upper)
                self.set_bounds(name, lower, upper)
                for column in np.flatnonzero(block.integer) + block.start:
                    self._highs.changeColIntegrality(int(column), highspy.HighsVarType.kContinuous)
        self._whole = self._warm = False  # branch and bound leaves no basis to start from

    def _read(self, *, certify: bool) -> Solution:
        answer = self._highs.getSolution()
        info = self._highs.getInfo()
        columns = np.array(answer.col_value)
        reduced = np.array(answer.col_dual) if certify else np.zeros(0)
        duals = np.array(answer.row_dual)
        blocks = self.model.variables.values()
        known = blocks if certify else ()
        return Solution(
            objective=float(info.objective_function_value),
            dual_objective=self._dual_objective(reduced, duals) if certify else np.nan,
            values={b.name: columns[b.span].reshape(b.nodes, b.things) for b in blocks},
            reduced={b.name: reduced[b.span].reshape(b.nodes, b.things) for b in known},
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

    def _run(self, solver: str) -> highspy.HighsModelStatus:
        self._highs.setOptionValue("solver", solver)
        self._highs.run()
        status: highspy.HighsModelStatus = self._highs.getModelStatus()
        return status

    def _run_as_it_stands(self) -> highspy.HighsModelStatus:
        self._highs.setOptionValue("presolve", "off")
        status = self._run("simplex")
        self._highs.setOptionValue("presolve", "choose")
        return status

    def _conflict(self) -> Infeasible:
        """A minimal set of rows and bounds that cannot hold together, in words."""
        rows, columns = smallest_conflict(self._highs, INTERIOR, LARGE)
        parts = [_find(self.model.constraints, int(i)) for i in rows]
        parts += [_find(self.model.variables, int(j)) for j in columns]
        words = self._in_words(rows, columns)
        return Infeasible(words or ["whole units: no choice of them fits"], parts)

    def _ray(self) -> Unbounded:
        self._highs.setOptionValue("presolve", "off")
        self._run("simplex")
        _, has_ray, ray = self._highs.getPrimalRay()
        growing = np.flatnonzero(np.abs(np.array(ray)) > 1e-9) if has_ray else np.empty(0, np.intp)
        parts = [_find(self.model.variables, int(j)) for j in growing]
        return Unbounded(self._in_words(np.empty(0, np.intp), growing[:20]), parts)

    def _in_words(self, rows: IntArray, columns: IntArray) -> list[str]:
        """What the rows and the bounds of columns are about; nodes of one thing are joined."""
        nodes: dict[str, list[str]] = {}
        for row in rows:
            name, place = _find(self.model.constraints, int(row))
            block = self.model.constraints[name]
            words = _words(name, block.things, int(block.thing[place]))
            nodes.setdefault(words, []).append(self._node(int(block.node[place])))
        for column in columns:
            name, place = _find(self.model.variables, int(column))
            node, thing = divmod(place, self.model.variables[name].things)
            labels = self.model.labels.get(name, pd.DataFrame(index=[0]))
            nodes.setdefault(_words(f"bounds of {name}", labels, thing), []).append(
                self._node(node)
            )
        return [words + _at(labels) for words, labels in nodes.items()]

    def _node(self, node: int) -> str:
        return self.model.nodes[node] if node < len(self.model.nodes) else ""


def _int32(index: IntArray) -> npt.NDArray[np.int32]:
    return index.astype(np.int32)


def _find(
    blocks: Mapping[str, Variables] | Mapping[str, Constraints], index: int
) -> tuple[str, int]:
    """The block that holds the index, and its place in it."""
    block = next(b for b in blocks.values() if index < b.span.stop)
    return block.name, index - block.start


def _at(nodes: Sequence[str]) -> str:
    named = [node for node in dict.fromkeys(nodes) if node]
    more = f" and {len(named) - 3} more" if len(named) > 3 else ""
    return f" in {', '.join(named[:3])}{more}" if named else ""


def _words(name: str, labels: pd.DataFrame, row: int) -> str:
    if row >= len(labels) or labels.columns.empty:
        return name
    label = labels.iloc[row]
    place = f"{label['table']}:{label['row']}: " if "table" in label else ""
    rest = ", ".join(str(v) for k, v in label.items() if k not in ("table", "row") and v != "")
    return f"{place}{name} of {rest}"


def to_highs(model: Model) -> highspy.HighsLp:
    """The programme as HiGHS takes it; its variables and constraints have no names."""
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
