"""Alternatives: plans that cost little more than the best, and differ most from it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from kidorui.studies.context import Context
from kidorui.studies.portfolio import Desk, Found
from kidorui.studies.solved import Solved

FloatArray = npt.NDArray[np.float64]


def alternatives(desk: Desk, count: int, slack: float, context: Context) -> list[Found]:
    """The plan, and `count` portfolios at most `slack` (million US$ over the axis) dearer.

    Each minimises the money in what those before it built and maximises it in what none of
    them did (hop, skip and jump: Brill, Chang and Hopkins, Management Science 28, 1982, with
    signs so that what is new is sought, not only what is old left).
    """
    found = [desk.best()]
    wishes: list[FloatArray] = []
    rng = np.random.default_rng(context.seed)
    for number in range(1, count + 1):
        context.report("alternatives", (number - 1) / count)
        signs = _away_from(np.array([one.money for one in found]))
        if any(np.array_equal(signs, earlier) for earlier in wishes):
            signs = rng.choice([-1.0, 1.0], len(signs))  # all directions of its own are used up
        wishes.append(signs)
        found.append(desk.near(slack, signs, f"{number} of {count}"))
    return found


def _away_from(money: FloatArray) -> FloatArray:
    """(project): what to wish little of (above 0), by how many plans hold it, and much of."""
    largest = np.maximum(money.max(axis=1, keepdims=True, initial=0.0), 1e-12)
    used = (money > 1e-3 * largest).mean(axis=0)
    return np.where(used > 0, used, -1.0)


def alternatives_table(solved: Solved, found: Sequence[Found]) -> pd.DataFrame:
    """One row per plan, the best first: how dear it is, and how far from the best.

    `differs` is the share of the money of both that is in other projects or sizes.
    """
    years = float(solved.tree.weight.sum())
    rows = []
    for number, one in enumerate(found, start=1):
        here, best = np.nan_to_num(one.money), np.nan_to_num(found[0].money)
        both = float((here + best).sum())
        rows.append(
            {
                "alternative": number,
                "cost": (one.cost - found[0].cost) / years,
                "public": one.public,
                "loss": one.loss,
                "differs": float(np.abs(here - best).sum()) / both if both else 0.0,
            }
        )
    return pd.DataFrame(rows, columns=["alternative", "cost", "public", "loss", "differs"])
