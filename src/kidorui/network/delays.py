"""Know-how withheld: by how many years events put off the opening of projects elsewhere."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from kidorui.case import Case
from kidorui.network.tree import Tree
from kidorui.network.units import lead_time

BoolArray = npt.NDArray[np.bool_]
FloatArray = npt.NDArray[np.float64]


def opening_delay(
    case: Case, tree: Tree, projects: pd.DataFrame, decided: FloatArray
) -> FloatArray:
    """Years by which the opening of projects moves, as it stands in each node.

    projects: rows of the table of projects. decided: moments of decision, with the projects on
    the last axis. Returns an array (node, *axes of decided). An event puts off what is not yet
    open when it begins and was decided before it ends; of several the longest delay holds.
    """
    opening = decided + lead_time(projects)
    delay = np.zeros((tree.size, *decided.shape))
    events = case.table("events")
    for _, event in events[events["kind"] == "know-how"].iterrows():
        began, ended = (
            moment.reshape(-1, *np.ones(decided.ndim, dtype=int)) for moment in _spell(tree, event)
        )
        late = (opening > began) & (decided < ended) & _withheld_from(case, projects, event)
        np.maximum(delay, float(event["severity"]) * late, out=delay)
    return delay


def _spell(tree: Tree, event: pd.Series) -> tuple[FloatArray, FloatArray]:
    """(node): when the event began and ended, as it is known there; inf where it has not begun.

    One in force is known everywhere; another begins and ends with the nodes of its branches.
    """
    began, ended = np.full((2, tree.size), np.inf)
    if event["in_force"]:
        began[:] = event["start"]
        ended[:] = np.nan_to_num(event["start"] + event["duration"], nan=np.inf)
        return began, ended
    on = np.array([event["id"] in names for names in tree.events], dtype=bool)
    for branch in np.unique(tree.branch[on]):
        within = tree.branch == branch
        struck = within & on
        began[within] = tree.start[struck].min()
        ended[within] = (tree.start + tree.duration)[struck].max()
    return began, ended


def _withheld_from(case: Case, projects: pd.DataFrame, event: pd.Series) -> BoolArray:
    """Which projects make goods of the event, at its destinations, outside its origin."""
    stage = case.table("materials").set_index("id")["stage"]
    recipes = case.table("recipes")
    made = recipes.loc[recipes["coefficient"] > 0, ["recipe", "material"]]
    goods = made["material"].isin(event["goods"]) | made["material"].map(stage).isin(event["goods"])
    teach = set(made.loc[goods, "recipe"])
    makes = np.array([not teach.isdisjoint(held) for held in projects["recipes"]], dtype=bool)
    away = (projects["place"] != event["origin"]).to_numpy()
    hit = projects["place"].isin(event["destinations"]).to_numpy()
    return np.asarray(makes & away & (hit | (not event["destinations"])), dtype=bool)
