"""The nearest point: a convex quadratic programme by Clarabel, or by HiGHS as a cross-check."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import linalg, sparse

from kidorui.studies.reconcile.problem import Binding, Problem, Spread

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

STRAYS = 1e-6
"""How far, as a share of its scale, an unknown may pass a bound when a solution is polished."""


class NoPoint(ValueError):
    """No point meets balances, bounds and limits together."""


@dataclass(frozen=True)
class Nearest:
    """The reconciled unknowns, what binds, and how errors spread."""

    unknowns: FloatArray
    spread: Spread

    @property
    def binding(self) -> Binding:
        """What the observations push against."""
        return self.spread.binding

    @property
    def problem(self) -> Problem:
        """What was solved."""
        return self.spread.problem


@dataclass(frozen=True)
class _Programme:
    """min quadratic @ z^2 / 2 with equal @ z = due and below @ z <= limit; z free."""

    quadratic: FloatArray
    linear: FloatArray
    equal: sparse.csr_array
    due: FloatArray
    below: sparse.csr_array
    limit: FloatArray


def nearest(problem: Problem) -> Nearest:
    """The point nearest to the observations; of equals the one nearest to the prior.

    First the observations alone are fitted: the interior point method ends in the middle of all
    that fit equally well, so that what then stands at a bound does so in all of them. Then what
    was fitted is held, and what is open is put as near to the prior as bounds allow.
    Raises NoPoint where balances, bounds and limits cannot all hold.
    """
    fitted, binding = _fit(problem)
    spread = Spread(problem, binding)
    chosen = _choose(spread, _polish(spread, fitted))
    return Nearest(_polish(spread, chosen), spread)


def objective_by_highs(problem: Problem) -> float:
    """The least sum of squares by the interior point method of HiGHS (HiPO), as a cross-check.

    Raises NoPoint where it finds none to its tolerance.
    """
    import highspy

    seen, free = len(problem.observed), problem.upper > problem.lower
    at = np.where(free, 0.0, problem.lower)
    scale = problem.scale[free]
    columns = sparse.csr_array(sparse.eye_array(len(at)))[:, free] @ sparse.diags_array(scale)
    weigh = sparse.diags_array(1 / problem.error)
    balances, due = _even(problem.balances @ columns, problem.due - problem.balances @ at)
    limits, limit = _even(problem.limits @ columns, problem.limit - problem.limits @ at)
    nothing = sparse.csr_array((len(due) + len(limit), seen))
    matrix = sparse.csc_array(
        sparse.block_array(
            [
                [weigh @ problem.rows @ columns, -sparse.eye_array(seen)],
                [sparse.vstack([balances, limits]), nothing],
            ]
        )
    )
    wanted = (problem.observed - problem.rows @ at) / problem.error
    endless = np.full(seen, np.inf)
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = matrix.shape[1], matrix.shape[0]
    lp.col_cost_ = np.zeros(matrix.shape[1])
    lp.col_lower_ = np.concatenate([problem.lower[free] / scale, -endless])
    lp.col_upper_ = np.concatenate([problem.upper[free] / scale, endless])
    lp.row_lower_ = np.concatenate([wanted, due, np.full(len(limit), -np.inf)])
    lp.row_upper_ = np.concatenate([wanted, due, limit])
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_, lp.a_matrix_.index_ = matrix.indptr, matrix.indices
    lp.a_matrix_.value_ = matrix.data
    model = highspy.HighsModel()
    model.lp_ = lp
    model.hessian_.dim_ = matrix.shape[1]
    squares = np.arange(matrix.shape[1] - seen, matrix.shape[1], dtype=np.int32)
    model.hessian_.start_ = np.searchsorted(squares, np.arange(matrix.shape[1] + 1)).astype(
        np.int32
    )
    model.hessian_.index_, model.hessian_.value_ = squares, np.ones(seen)
    for method in ("hipo", "qpasm"):  # the second where the first stalls short of its tolerance
        solver = highspy.Highs()  # type: ignore[no-untyped-call]
        solver.setOptionValue("output_flag", False)
        solver.setOptionValue("solver", method)
        solver.passModel(model)
        solver.run()
        if solver.getModelStatus() == highspy.HighsModelStatus.kOptimal:
            return 2.0 * float(solver.getInfo().objective_function_value)
    raise NoPoint(f"HiGHS: {solver.modelStatusToString(solver.getModelStatus())}")


def _stated(problem: Problem) -> _Programme:
    """In units of scale, with the residuals in standard errors as further unknowns."""
    count, seen = len(problem.scale), len(problem.observed)
    scale = sparse.diags_array(problem.scale)
    weighed = sparse.diags_array(1 / problem.error) @ problem.rows @ scale
    balances, due = _even(problem.balances @ scale, problem.due)
    limits, limit = _even(problem.limits @ scale, problem.limit)
    each = sparse.csr_array(sparse.eye_array(count))
    fixed = problem.lower == problem.upper
    above, under = np.isfinite(problem.lower) & ~fixed, np.isfinite(problem.upper) & ~fixed
    bound = sparse.vstack([limits, -each[above], each[under]], format="csr")
    return _Programme(
        quadratic=np.concatenate([np.zeros(count), np.ones(seen)]),
        linear=np.zeros(count + seen),
        equal=sparse.csr_array(
            sparse.block_array(
                [
                    [weighed, -sparse.eye_array(seen)],
                    [balances, sparse.csr_array((len(due), seen))],
                    [each[fixed], sparse.csr_array((int(fixed.sum()), seen))],
                ]
            )
        ),
        due=np.concatenate(
            [problem.observed / problem.error, due, (problem.lower / problem.scale)[fixed]]
        ),
        below=sparse.csr_array(sparse.hstack([bound, sparse.csr_array((bound.shape[0], seen))])),
        limit=np.concatenate(
            [
                limit,
                -(problem.lower / problem.scale)[above],
                (problem.upper / problem.scale)[under],
            ]
        ),
    )


def _fit(problem: Problem) -> tuple[FloatArray, Binding]:
    """The middle of all points that fit best, and what binds in all of them."""
    program = _stated(problem)
    values, pushes = _by_clarabel(program)
    limits = len(problem.limit)
    fixed = problem.lower == problem.upper
    above = np.flatnonzero(np.isfinite(problem.lower) & ~fixed)
    under = np.flatnonzero(np.isfinite(problem.upper) & ~fixed)
    lower, upper = fixed.copy(), np.zeros_like(fixed)
    lower[above] = pushes[limits : limits + len(above)]
    upper[under] = pushes[limits + len(above) :]
    unknowns = values[: len(problem.scale)] * problem.scale
    unknowns = np.where(lower, problem.lower, np.where(upper, problem.upper, unknowns))
    return unknowns, Binding(lower, upper, pushes[:limits])


def _choose(spread: Spread, fitted: FloatArray) -> FloatArray:
    """Nearest to the prior among the points that fit as well as `fitted`, a polished one."""
    problem, binding = spread.problem, spread.binding
    free = np.flatnonzero(~binding.unknown)
    held, loose = np.flatnonzero(binding.limit), np.flatnonzero(~binding.limit)
    scale = problem.scale[free]
    columns = sparse.csr_array(sparse.eye_array(len(fitted)))[:, free] @ sparse.diags_array(scale)
    tied = sparse.csr_array(
        sparse.vstack([problem.balances, problem.limits[held], problem.rows]) @ columns
    )
    at = fitted[free] / scale
    equal, due = _even(tied, tied @ at)
    loosely = sparse.csr_array(problem.limits[loose] @ columns)
    room = np.maximum(problem.limit[loose] - problem.limits[loose] @ fitted, 0.0)
    below, limit = _even(loosely, loosely @ at + room)
    least = np.minimum(problem.lower[free] / scale, at)
    most = np.maximum(problem.upper[free] / scale, at)
    above, under = np.isfinite(least), np.isfinite(most)
    each = sparse.csr_array(sparse.eye_array(len(free)))
    program = _Programme(
        quadratic=np.ones(len(free)),
        linear=-problem.prior[free] / scale,
        equal=equal,
        due=due,
        below=sparse.csr_array(sparse.vstack([below, -each[above], each[under]])),
        limit=np.concatenate([limit, -least[above], most[under]]),
    )
    values, _ = _by_clarabel(program)
    chosen = fitted.copy()
    chosen[free] = values * scale
    return chosen


def _polish(spread: Spread, unknowns: FloatArray) -> FloatArray:
    """The same point to the last digit: balances closed and observations fitted by algebra.

    Left as it is where that would break a bound that does not bind.
    """
    problem, binding = spread.problem, spread.binding
    free = ~binding.unknown
    tied = sparse.vstack([problem.balances, problem.limits[np.flatnonzero(binding.limit)]])
    due = np.concatenate([problem.due, problem.limit[binding.limit]])
    held = np.asarray((tied @ sparse.diags_array(problem.scale)).todense())[:, free]
    point = unknowns.copy()
    if held.size:
        close = linalg.lstsq(held, due - tied @ point, lapack_driver="gelsy")[0]
        point[free] += close * problem.scale[free]
    left, sizes, right = spread.decomposition
    if len(sizes):
        step = right.T @ ((left.T @ -problem.residuals(point)) / sizes)
        point = point + problem.scale * (spread.basis @ step)
    slack = STRAYS * problem.scale
    inside = (point >= problem.lower - slack) & (point <= problem.upper + slack)
    if not inside.all():
        return unknowns
    return np.asarray(np.clip(point, problem.lower, problem.upper))


def _even(matrix: sparse.csr_array, due: FloatArray) -> tuple[sparse.csr_array, FloatArray]:
    """Rows of length one; those of nothing stay as they are."""
    matrix = sparse.csr_array(matrix)
    length = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    length = np.where(length > 0, length, 1.0)
    return sparse.csr_array(sparse.diags_array(1 / length) @ matrix), due / length


def _by_clarabel(program: _Programme) -> tuple[FloatArray, BoolArray]:
    """The solution, and which of the limits push."""
    import clarabel

    settings = clarabel.DefaultSettings()
    for name, value in _SETTINGS.items():
        setattr(settings, name, value)
    matrix = sparse.csc_matrix(sparse.vstack([program.equal, program.below]))
    solver = clarabel.DefaultSolver(
        sparse.csc_matrix(sparse.diags_array(program.quadratic)),
        program.linear,
        matrix,
        np.concatenate([program.due, program.limit]),
        [
            clarabel.ZeroConeT(program.equal.shape[0]),
            clarabel.NonnegativeConeT(program.below.shape[0]),
        ],
        settings,
    )
    found = solver.solve()
    if str(found.status) not in ("Solved", "AlmostSolved"):
        raise NoPoint(
            "balances, bounds and limits cannot all hold: "
            f"the quadratic solver says {found.status}; capacities or quotas are too small for "
            "what contracts or observations of nought ask, or a unit must be let run beyond them"
        )
    bounded = program.equal.shape[0]
    slack, push = np.asarray(found.s)[bounded:], np.asarray(found.z)[bounded:]
    return np.asarray(found.x), np.asarray(push > slack, dtype=bool)


_SETTINGS: Mapping[str, object] = {
    "verbose": False,
    "max_threads": 1,
    "tol_gap_abs": 1e-10,
    "tol_gap_rel": 1e-10,
    "tol_feas": 1e-10,
}
