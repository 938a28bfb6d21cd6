"""What the plan decides and what is committed: sizes, dates, money, funds."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from kidorui.network.units import lead_time
from kidorui.program import Solution
from kidorui.program.investment import MILLION
from kidorui.studies.moments import NO_EVENT, state_of
from kidorui.studies.solved import Solved

FloatArray = npt.NDArray[np.float64]

SMALLEST = 0.005
"""Share of the largest size below which a project counts as not built."""


def builds(solved: Solved) -> pd.DataFrame:
    """One row per project and node in which the plan decides it."""
    tree, table = solved.tree, solved.projects.table.reset_index(drop=True)
    size = solved.plan.values["size"]
    largest = np.maximum(table["size_max"].to_numpy(float), 1e-12)
    node, number = np.nonzero(size > SMALLEST * largest)
    chosen = table.iloc[number].reset_index(drop=True)
    built = size[node, number]
    odds = chosen["odds"].fillna(1.0).to_numpy(float)
    decided = np.maximum(tree.start[node], chosen["decision"].to_numpy(float))
    annual = solved.projects.annual[number] * built * odds * MILLION
    public, payers = _paid(solved, node, number)
    rows = pd.DataFrame(
        {
            "project": chosen["id"],
            "name": chosen["name"],
            "state": [state_of(tree, int(n)) for n in node],
            "prong": chosen["prong"],
            "stage": chosen["stage"],
            "group": chosen["group"],
            "place": chosen["place"],
            "decided": np.floor(decided).astype(int),
            "opens": decided + lead_time(chosen),
            "size": built,
            "unit": size_unit(chosen),
            "of_largest": built / largest[number],
            "chance": tree.probability[node],
            "odds": odds,
            "funds": payers,
            "public": public,
            "investment": chosen["capex"].to_numpy(float) * built * odds * MILLION,
            "cost": annual,
            "cost_yen": in_billion_yen(solved, annual),
        }
    )
    rows["later"] = rows["state"] != NO_EVENT
    order = ["later", "decided", "cost", "project"]
    rows = rows.sort_values(order, ascending=[True, True, False, True], ignore_index=True)
    return rows.drop(columns="later")


def committed(solved: Solved) -> pd.DataFrame:
    """One row per committed project: what comes whatever the plan does."""
    projects = solved.case.table("projects").reset_index(drop=True)
    rows = projects[projects["committed"].to_numpy(bool)].reset_index(drop=True)
    odds = rows["odds"].fillna(1.0)
    return pd.DataFrame(
        {
            "project": rows["id"],
            "name": rows["name"],
            "prong": rows["prong"],
            "stage": rows["stage"],
            "group": rows["group"],
            "place": rows["place"],
            "opens": (rows["decision"] + lead_time(rows)).astype(float),
            "size": rows["size_max"].astype(float),
            "unit": size_unit(rows),
            "odds": odds.astype(float),
            "expected": rows["size_max"] * odds,
        }
    ).sort_values(["opens", "project"], ignore_index=True)


def trunk_sizes(solved: Solved, solution: Solution) -> FloatArray:
    """(project): size decided in any case, that is on the trunk of the tree."""
    return np.asarray(solution.values["size"][solved.tree.branch < 0].sum(axis=0))


def size_unit(projects: pd.DataFrame) -> npt.NDArray[np.object_]:
    """Unit of each project's size."""
    return np.where(projects["stage"] == "stockpile", "t", "t/yr").astype(object)


def in_billion_yen(solved: Solved, million: FloatArray) -> FloatArray:
    """Billion yen for million US$, at the rate of the case."""
    return np.asarray(million * solved.case.settings.yen_per_usd / 1e3)


def payer_of(solved: Solved) -> sparse.coo_array:
    """(project, fund pair) ones: which variables of `spend` pay for which project."""
    term = solved.program.model.constraints["public share"].terms["spend"]
    first = term[: len(solved.projects.table), : solved.plan.values["spend"].shape[1]]
    return sparse.coo_array(first)


def _paid(
    solved: Solved, node: npt.NDArray[np.intp], number: npt.NDArray[np.intp]
) -> tuple[FloatArray, list[str]]:
    """Public money of each decision (million US$, expected) and the funds that pay it."""
    spend = solved.plan.values["spend"]
    names = solved.program.model.labels["spend"]["fund"].to_numpy(object)
    pairs = payer_of(solved)
    paid, payers = np.zeros(len(node)), []
    for row, (n, j) in enumerate(zip(node, number, strict=True)):
        mine = pairs.col[pairs.row == j]
        amount = spend[n, mine]
        paid[row] = amount.sum()
        payers.append("; ".join(sorted(names[mine[amount > 1e-6 * max(paid[row], 1e-9)]])))
    return paid, payers
