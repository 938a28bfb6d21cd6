"""Gross errors: the measurement test at a stated level, one observation taken out at a time.

Mah and Tamhane, AIChE Journal 28 (1982) 828; Serth and Heenan, AIChE Journal 32 (1986) 733:
the adjustment of each observation over its own standard error is a standard normal variable
where there is no gross error. So that all m of them together raise a false alarm with a chance
of `level` at most, each is tested at 1 - (1 - level)^(1/m) (Sidak 1967).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy import stats

from kidorui.studies.reconcile.nearest import Nearest

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Removal:
    """An observation taken out as a gross error, by its number among all.

    standardised: its adjustment over its standard error, of `tested` observations with
    `critical` as the bound; `alike` those that the test cannot tell from it.
    """

    observation: int
    standardised: float
    critical: float
    tested: int
    alike: tuple[int, ...]


def critical_value(tested: int, level: float) -> float:
    """The least standardised adjustment that is a gross error, of so many tested together."""
    each = 1.0 - (1.0 - level) ** (1.0 / max(tested, 1))
    return float(stats.norm.isf(each / 2))


def worst(found: Nearest, doubt: FloatArray, level: float) -> Removal | None:
    """The observation whose adjustment stands out most; None where none does.

    The first len(doubt) rows of the problem are observations, the others assumptions. Of those
    that cannot be told apart, the one with the largest `doubt`, its error as a share of itself.
    """
    sizes = found.spread.standardised(found.unknowns)[: len(doubt)]
    tested = int(np.isfinite(sizes).sum())
    if not tested:
        return None
    critical = critical_value(tested, level)
    first = int(np.nanargmax(sizes))
    if not sizes[first] > critical:
        return None
    alike = np.flatnonzero(found.spread.moves_with(first)[: len(doubt)])
    chosen = int(alike[np.argmax(doubt[alike])]) if len(alike) else first
    others = tuple(int(one) for one in alike if one != chosen)
    return Removal(chosen, float(sizes[first]), critical, tested, others)


def eliminate(
    solve: Callable[[IntArray], Nearest],
    kept: IntArray,
    doubt: FloatArray,
    level: float,
    tell: Callable[[Removal], None],
) -> tuple[IntArray, list[Removal]]:
    """Solve, take out the worst, solve again, until nothing stands out.

    `solve` takes the numbers of the observations kept, the first time all of `kept`; `doubt` is
    over all observations. Gives the numbers kept, and what was taken out in order; `tell` hears
    of each. The last solve is the answer.
    """
    removals: list[Removal] = []
    while True:
        removal = worst(solve(kept), doubt[kept], level)
        if removal is None:
            return kept, removals
        numbered = replace(
            removal,
            observation=int(kept[removal.observation]),
            alike=tuple(int(kept[one]) for one in removal.alike),
        )
        removals.append(numbered)
        tell(numbered)
        kept = np.delete(kept, removal.observation)


def global_test(found: Nearest) -> tuple[float, int, float]:
    """Sum of squares, degrees of freedom, and the chance of as much without gross errors."""
    squares = found.problem.objective(found.unknowns)
    freedom = found.spread.redundancy
    return squares, freedom, float(stats.chi2.sf(squares, freedom)) if freedom else np.nan


def observed_test(found: Nearest, count: int) -> tuple[float, float]:
    """Sum of squares of the first `count` rows, the observations, and what is expected of it.

    The expectation of (a_i / s_i)^2 is 1 - |U_i|^2. Rows that are assumed, of which most stay as
    they are, fill the global test with degrees of freedom; these do not.
    """
    off = found.problem.residuals(found.unknowns)[:count]
    return float((off**2).sum()), float(found.spread.open_share[:count].sum())
