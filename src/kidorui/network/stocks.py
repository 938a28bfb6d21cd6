"""Stockpiles that exist, that are committed and that the plan may build, as one table."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from kidorui.case import Case
from kidorui.network.links import DAYS
from kidorui.network.tree import Tree
from kidorui.network.units import lead_time, ramp_matrix, standing_at

FloatArray = npt.NDArray[np.float64]


def gather_stocks(case: Case) -> pd.DataFrame:
    """One row per stockpile: `id, holder, place, material, initial, capacity, notice, ...`.

    `capacity` (t) is what can be held, of a committed project times its odds, and 0 for a
    candidate (built sizes are decided); `project` is the row of a project, else -1. What a
    project holds costs nothing but its fixed cost, and is drawn only while an event is on.
    """
    existing = case.table("stockpiles")
    held = pd.DataFrame(
        {
            "id": existing["id"],
            "holder": existing["holder"],
            "place": existing["place"],
            "material": existing["material"],
            "initial": existing["initial"],
            "capacity": np.maximum(existing["capacity"], existing["initial"]),
            "holding_cost": existing["holding_cost"],
            "release_always": existing["release"] == "always",
            "notice": existing["notice"].fillna(0.0) / DAYS,
            "project": -1,
            "table": "stockpiles",
            "row": existing["_row"],
        }
    )
    projects = case.table("projects").reset_index(drop=True)
    chosen = projects[projects["stage"] == "stockpile"]
    expected = chosen["size_max"] * chosen["odds"].fillna(1.0)
    built = pd.DataFrame(
        {
            "id": chosen["id"],
            "holder": "state",
            "place": chosen["place"],
            "material": chosen["material"],
            "initial": 0.0,
            "capacity": np.where(chosen["committed"].to_numpy(bool), expected, 0.0),
            "holding_cost": 0.0,
            "release_always": False,
            "notice": 0.0,
            "project": chosen.index,
            "table": "projects",
            "row": chosen["_row"],
        }
    )
    parts = [part for part in (held, built) if len(part)]
    return pd.concat(parts or [held], ignore_index=True)


def stored(case: Case, stocks: pd.DataFrame, tree: Tree) -> FloatArray:
    """(node, stock): tonnes that can be held at the end of the node."""
    projects = case.table("projects").reset_index(drop=True)
    owner = stocks["project"].to_numpy()
    of_project = projects.iloc[owner[owner >= 0]]
    share = np.ones((tree.size, len(stocks)))
    opening = (of_project["decision"] + lead_time(of_project)).to_numpy(float)
    share[:, owner >= 0] = standing_at(
        opening,
        opening + of_project["lifetime"].to_numpy(float),
        ramp_matrix(of_project["ramp"]),
        (tree.start + tree.duration)[:, None],
    )
    return np.asarray(share * stocks["capacity"].to_numpy(float))
