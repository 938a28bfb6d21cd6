"""Regret: what the plan costs if nothing happens, and doing nothing if it does, year by year."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from kidorui.network import Tree
from kidorui.studies.bill import Bills
from kidorui.studies.builds import in_billion_yen
from kidorui.studies.moments import NO_EVENT, state_of
from kidorui.studies.solved import NOTHING, PLAN, Solved

FloatArray = npt.NDArray[np.float64]


def by_year(solved: Solved, bills: Bills) -> pd.DataFrame:
    """The focus place's own bill by world and calendar year, billion yen, not discounted.

    A world is a path of the tree: no event, or an event in its onset year. What is spent is as
    in the accounts: trade at clearing prices, investment as annuities, shortage at its loss.
    """
    tree = solved.tree
    years = np.arange(int(tree.start[0]), int(np.ceil((tree.start + tree.duration).max())))
    paid = _paid(solved, bills)
    tables = []
    for leaf in tree.leaves:
        share = _shares(tree, int(leaf), years)
        rows = pd.DataFrame({"world": state_of(tree, int(leaf)), "year": years})
        for name, short in ((PLAN, "plan"), (NOTHING, "nothing")):
            rows[short] = in_billion_yen(solved, share @ paid[name])
        tables.append(rows)
    table = pd.concat(tables, ignore_index=True)
    table["difference"] = table["plan"] - table["nothing"]
    return table


def regret(solved: Solved, bills: Bills) -> pd.DataFrame:
    """Two rows per world, the plan and doing nothing: what each costs over the better one.

    Billion yen over the axis, discounted to its start; chance is that of the world.
    """
    tree = solved.tree
    paid = _paid(solved, bills)
    per_year = tree.duration * tree.discount
    rows = []
    for leaf in tree.leaves:
        path = tree.ancestry[leaf] * per_year
        cost = {name: float(path @ paid[name]) for name in (PLAN, NOTHING)}
        best = min(cost.values())
        for name, amount in cost.items():
            yen = in_billion_yen(solved, np.array([amount, amount - best]))
            rows.append(
                {
                    "world": state_of(tree, int(leaf)),
                    "chance": float(tree.probability[leaf]),
                    "action": name,
                    "cost": float(yen[0]),
                    "regret": float(yen[1]),
                }
            )
    table = pd.DataFrame(rows)
    order = table["world"].ne(NO_EVENT)  # the quiet world first
    return table.loc[order.sort_values(kind="stable").index].reset_index(drop=True)


def _paid(solved: Solved, bills: Bills) -> dict[str, FloatArray]:
    """(node): the whole bill, million US$ a year."""
    nothing = np.zeros(solved.tree.size)
    return {name: np.asarray(sum(items.values(), nothing)) for name, items in bills.items()}


def _shares(tree: Tree, leaf: int, years: npt.NDArray[np.intp]) -> FloatArray:
    """(year, node): share of a calendar year that each node of a path fills."""
    end = tree.start + tree.duration
    overlap = np.minimum(end, years[:, None] + 1) - np.maximum(tree.start, years[:, None])
    return np.asarray(np.maximum(overlap, 0.0) * tree.ancestry[leaf])
