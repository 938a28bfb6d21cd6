"""The frontier: what less shortage costs, and what a smaller purse leaves undone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from kidorui.studies.context import Context
from kidorui.studies.portfolio import Desk, Found
from kidorui.studies.solved import Solved

BUDGET, BEST, SHORTAGE = "budget", "plan", "less shortage"

Point = tuple[str, Found]


def frontier(desk: Desk, count: int, context: Context) -> list[Point]:
    """`count` portfolios beside the plan: half with less public money, half with less loss.

    The first half spends even parts of what the plan does, from nothing on; the second goes
    down in even steps from the plan's expected loss to the least that any plan can have, each
    at the least cost (the epsilon-constraint method, Haimes et al., IEEE Trans. SMC 1, 1971).
    """
    best = desk.best()
    poorer = count - count // 2
    budgets = best.public * np.arange(poorer) / max(poorer, 1)
    least = desk.least_loss() if count // 2 else np.nan
    steps = np.arange(1, count // 2 + 1) / max(count // 2, 1)
    losses = best.loss - (best.loss - least) * steps
    asked = [(BUDGET, float(b)) for b in budgets] + [(SHORTAGE, float(x)) for x in losses]

    def solve(what: tuple[str, float]) -> Found:
        kind, level = what
        return desk.within(level) if kind == BUDGET else desk.losing(level)

    found = context.map("frontier", solve, asked)
    points = [(kind, one) for (kind, _), one in zip(asked, found, strict=True)]
    return [*points[:poorer], (BEST, best), *points[poorer:]]


def frontier_table(solved: Solved, points: Sequence[Point]) -> pd.DataFrame:
    """One row per portfolio: public money, cost over the plan's, loss, shortage, worst cost."""
    years = float(solved.tree.weight.sum())
    best = next((found for kind, found in points if kind == BEST), None)
    rows = [
        {
            "point": number,
            "kind": kind,
            "public": found.public,
            "cost": (found.cost - (best.cost if best else 0.0)) / years,
            "tail": (found.tail - (best.tail if best else 0.0)) / years,
            "loss": found.loss,
            "shortage": found.shortage,
        }
        for number, (kind, found) in enumerate(points, start=1)
    ]
    columns = ["point", "kind", "public", "cost", "tail", "loss", "shortage"]
    return pd.DataFrame(rows, columns=columns)
