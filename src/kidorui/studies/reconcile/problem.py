"""Data reconciliation as numbers: what is observed, what must hold, and how errors spread.

Narasimhan and Jordache, Data Reconciliation and Gross Error Detection (2000), chapters 3, 7, 8;
bounds that bind are taken as equalities, so that what is told of errors holds given them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy import linalg, sparse

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

NOTHING = 1e-7
"""Part of a direction, and of a variance, that counts as none: what the data leave open."""

RANK = 1e-9
"""Singular value, as a share of the largest, below which equations depend on each other."""


@dataclass(frozen=True)
class Problem:
    """Observations of unknowns that equations, limits and bounds tie together.

    min sum(((rows @ x - observed) / error)^2) with balances @ x = due, limits @ x <= limit and
    lower <= x <= upper. `prior` chooses among those that the observations leave open, by
    squares of (x - prior) / scale; `scale` is the size of each unknown. Shapes: rows
    (observation, unknown), balances and limits (equation, unknown).
    """

    rows: sparse.csr_array
    observed: FloatArray
    error: FloatArray
    balances: sparse.csr_array
    due: FloatArray
    limits: sparse.csr_array
    limit: FloatArray
    lower: FloatArray
    upper: FloatArray
    prior: FloatArray
    scale: FloatArray

    @classmethod
    def of(
        cls,
        rows: sparse.csr_array,
        observed: FloatArray,
        error: FloatArray,
        balances: sparse.csr_array,
    ) -> Problem:
        """Observations and balances alone: no bounds, no limits, a prior of nought."""
        count = rows.shape[1]
        return cls(
            rows=rows,
            observed=observed,
            error=error,
            balances=balances,
            due=np.zeros(balances.shape[0]),
            limits=sparse.csr_array((0, count)),
            limit=np.zeros(0),
            lower=np.full(count, -np.inf),
            upper=np.full(count, np.inf),
            prior=np.zeros(count),
            scale=np.ones(count),
        )

    def without(self, observation: int) -> Problem:
        """The same without one observation."""
        kept = np.delete(np.arange(len(self.observed)), observation)
        return replace(
            self, rows=self.rows[kept], observed=self.observed[kept], error=self.error[kept]
        )

    def residuals(self, unknowns: FloatArray) -> FloatArray:
        """(observation): reconciled less observed, in standard errors."""
        return np.asarray((self.rows @ unknowns - self.observed) / self.error)

    def objective(self, unknowns: FloatArray) -> float:
        """Sum of squares of the residuals in standard errors."""
        return float((self.residuals(unknowns) ** 2).sum())

    def violation(self, unknowns: FloatArray) -> float:
        """The largest residual of a balance, as a share of what passes through it or of 1 t."""
        passes = abs(self.balances) @ np.abs(unknowns) / 2
        off = np.abs(self.balances @ unknowns - self.due)
        return float((off / np.maximum(passes, 1.0)).max(initial=0.0))


@dataclass(frozen=True)
class Binding:
    """Which bounds and limits the observations push against: (unknown), (unknown), (limit)."""

    lower: BoolArray
    upper: BoolArray
    limit: BoolArray

    @classmethod
    def none(cls, problem: Problem) -> Binding:
        """Nothing binds but what is fixed by equal bounds."""
        fixed = problem.lower == problem.upper
        return cls(fixed, np.zeros_like(fixed), np.zeros(len(problem.limit), dtype=bool))

    @property
    def unknown(self) -> BoolArray:
        """(unknown): at one of its bounds."""
        return self.lower | self.upper


@dataclass(frozen=True)
class Spread:
    """How errors of the observations spread to the unknowns, given what binds.

    The unknowns that equations and binding bounds leave are spanned by `basis` (unknown,
    direction), in units of `scale`; `left`, `sizes` and `right` are the singular value
    decomposition of the observations in standard errors along it.
    """

    problem: Problem
    binding: Binding

    @cached_property
    def basis(self) -> FloatArray:
        """(unknown, direction): orthonormal directions in which nothing that binds is broken."""
        p = self.problem
        free = ~self.binding.unknown
        tied = sparse.vstack([p.balances, p.limits[np.flatnonzero(self.binding.limit)]])
        held = np.asarray((tied @ sparse.diags_array(p.scale)).todense())[:, free]
        out = np.zeros((len(p.scale), 0))
        if not free.any():
            return out
        null = null_space(held)
        out = np.zeros((len(p.scale), null.shape[1]))
        out[free] = null
        return out

    @cached_property
    def decomposition(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """`left`, `sizes` and `right`: only what the observations determine."""
        weighed = self.weighed(self.problem.rows) / self.problem.error[:, None]
        if not weighed.size:
            empty = np.zeros(0)
            return np.zeros((weighed.shape[0], 0)), empty, np.zeros((0, weighed.shape[1]))
        left, sizes, right = linalg.svd(weighed, full_matrices=False)
        seen = sizes > RANK * sizes.max(initial=0.0)
        return left[:, seen], sizes[seen], right[seen]

    @cached_property
    def open_basis(self) -> FloatArray:
        """(unknown, direction): of the basis, what moves nothing that was observed."""
        right = self.decomposition[2]
        return np.asarray(self.basis @ null_space(right)) if len(right) else self.basis

    def weighed(self, functionals: sparse.csr_array) -> FloatArray:
        """(functional, direction): linear functionals of the unknowns along the basis."""
        return np.asarray((functionals @ sparse.diags_array(self.problem.scale)) @ self.basis)

    @property
    def rank(self) -> int:
        """How many independent things the observations determine."""
        return len(self.decomposition[1])

    @property
    def redundancy(self) -> int:
        """Observations beyond those that are needed: degrees of freedom of the global test."""
        return len(self.problem.observed) - self.rank

    @cached_property
    def open_share(self) -> FloatArray:
        """(observation): variance of its adjustment as a share of its own; 0 = not redundant."""
        left = self.decomposition[0]
        share = 1.0 - (left**2).sum(axis=1)
        return np.where(share > NOTHING, share, 0.0)

    def errors(self, functionals: sparse.csr_array) -> tuple[FloatArray, BoolArray]:
        """(functional): standard error, NaN where the data do not determine it; and whether so."""
        along = self.weighed(functionals)
        _, sizes, right = self.decomposition
        seen = along @ right.T
        unseen = along - seen @ right
        size = abs(functionals) @ self.problem.scale
        determined = np.sqrt((unseen**2).sum(axis=1)) <= NOTHING * np.maximum(size, 1e-300)
        error = np.sqrt(((seen / sizes) ** 2).sum(axis=1)) if len(sizes) else np.zeros(len(along))
        return np.where(determined, error, np.nan), determined

    def of_unknowns(self) -> tuple[FloatArray, BoolArray]:
        """(unknown): standard error and whether the data determine it."""
        return self.errors(sparse.csr_array(sparse.eye_array(len(self.problem.scale))))

    def standardised(self, unknowns: FloatArray) -> FloatArray:
        """(observation): adjustment over its own standard error; NaN where not redundant."""
        share = self.open_share
        off = np.abs(self.problem.residuals(unknowns))
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(share > 0, off / np.sqrt(share), np.nan)

    def moves_with(self, observation: int) -> BoolArray:
        """(observation): adjustments wholly correlated with one's: none can be told from it."""
        left = self.decomposition[0]
        apart = np.eye(len(left))[observation] - left @ left[observation]
        share = self.open_share
        both = np.sqrt(share * share[observation])
        with np.errstate(divide="ignore", invalid="ignore"):
            alike = np.abs(apart) / both
        return np.asarray((share > 0) & (alike > 1 - 1e-6))


def null_space(matrix: FloatArray) -> FloatArray:
    """(column, direction): an orthonormal basis of what a matrix takes to nought."""
    columns = matrix.shape[1]
    length = np.sqrt((matrix**2).sum(axis=1))
    rows = matrix[length > 0] / length[length > 0, None]
    if not len(rows):
        return np.eye(columns)
    whole, triangle, _ = linalg.qr(rows.T, mode="full", pivoting=True)
    sizes = np.abs(np.diag(triangle))
    rank = int((sizes > RANK * sizes.max()).sum())
    return np.asarray(whole[:, rank:])


def project(
    observed: FloatArray, error: FloatArray, balances: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """All measured, no bounds: the reconciled values and their covariance, in closed form.

    x = y - S A' (A S A')^-1 A y and (I - S A' (A S A')^-1 A) S, with S the squares of `error`
    on the diagonal; `observed` may have one more axis before it (sample, measured).
    """
    weighed = balances * error
    back = np.linalg.pinv(weighed)  # better than the normal matrix, whose condition is squared
    gain = error[:, None] * back
    values = observed - (observed @ balances.T) @ gain.T
    held = np.eye(len(error)) - back @ weighed
    return values, error[:, None] * held * error
