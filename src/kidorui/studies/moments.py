"""When and in which state of the world an answer is told: weights over the nodes of a tree."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kidorui.network import Tree

FloatArray = npt.NDArray[np.float64]

NO_EVENT = "no event"


@dataclass(frozen=True)
class Moment:
    """A year in a state of the world: `share` (node) sums to 1.

    `state` is "no event" (the trunk: today's restrictions go on) or the event that strikes
    at the start of `year`.
    """

    state: str
    year: int
    share: FloatArray


def trunk_at(tree: Tree, year: float) -> Moment:
    """The period of the trunk that holds a year, the nearest one where none does."""
    trunk = np.flatnonzero(tree.branch < 0)
    node = trunk[np.searchsorted(tree.start[trunk], year + 1e-9, side="right").clip(1) - 1]
    first, last = tree.start[trunk[0]], tree.start[trunk[-1]] + tree.duration[trunk[-1]] - 1
    return Moment(NO_EVENT, int(np.clip(year, first, last)), _share(tree, np.array([node])))


def first_years(tree: Tree) -> list[Moment]:
    """The first year of every branch, in the order of the branches."""
    moments = []
    for branch in range(int(tree.branch.max(initial=-1)) + 1):
        nodes = np.flatnonzero(tree.branch == branch)
        onset = tree.start[nodes[0]]
        first = nodes[tree.start[nodes] < onset + 1 - 1e-9]
        moments.append(Moment(branch_event(tree, branch), int(onset), _share(tree, first)))
    return moments


def branch_event(tree: Tree, branch: int) -> str:
    """The event, or events joined by +, that open a branch."""
    return "+".join(tree.events[int(np.flatnonzero(tree.branch == branch)[0])])


def beside(tree: Tree, struck: Iterable[Moment], otherwise: float) -> list[Moment]:
    """The trunk in the years in which events strike; in `otherwise` where none does."""
    years: list[float] = [*sorted({moment.year for moment in struck})]
    return [trunk_at(tree, year) for year in years or [otherwise]]


def nearest(struck: Iterable[Moment], year: float) -> list[Moment]:
    """For every event, the onset nearest to a year (the earlier of two)."""
    chosen: dict[str, Moment] = {}
    for moment in sorted(struck, key=lambda m: (abs(m.year - year), m.year)):
        chosen.setdefault(moment.state, moment)
    return list(chosen.values())


def state_of(tree: Tree, node: int) -> str:
    """The state of the world in a node, in words: "no event", or the event and its year."""
    branch = int(tree.branch[node])
    if branch < 0:
        return NO_EVENT
    onset = tree.start[tree.branch == branch].min()
    return f"{branch_event(tree, branch)} from {onset:.0f}"


def _share(tree: Tree, nodes: npt.NDArray[np.intp]) -> FloatArray:
    share = np.zeros(tree.size)
    share[nodes] = tree.duration[nodes] / tree.duration[nodes].sum()
    return share
