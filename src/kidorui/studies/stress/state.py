"""What one month of a march hands to the next."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kidorui.program import Solution
from kidorui.studies.stress.world import World

Basis = npt.NDArray[np.int8]
FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class State:
    """What one month hands to the next.

    `month` is the next to be lived; `level` (store) t; `saved` (row of substitutions) t/yr;
    `past` by mover (months back, thing) t/yr; `calm` by mover (thing), t/yr of the last calm
    month; `backlog` (route) t held up by events; `worth` (pool) US$/kg; `basis` of the window.
    """

    month: int
    level: FloatArray
    saved: FloatArray
    past: tuple[FloatArray, ...]
    calm: tuple[FloatArray, ...]
    backlog: FloatArray
    worth: FloatArray
    basis: Basis


def at_start(world: World) -> State:
    """The calm at the start of the axis: pipelines full, stores as they are."""
    window = world.window
    routes = len(world.network.routes)
    return State(
        month=0,
        level=world.stores["initial"].to_numpy(float),
        saved=world.saved,
        past=tuple(np.tile(flow, (window.months, 1)) for flow in world.flows),
        calm=world.flows,
        backlog=np.zeros(routes),
        worth=world.worth,
        basis=np.zeros(0, dtype=np.int8),
    )


def levels(solution: Solution) -> FloatArray:
    """(store): what is held at the end of the first node, t."""
    cover, beyond = solution.values["cover"][0], solution.values["beyond"][0]
    held = np.maximum(beyond, 0.0)
    held[: len(cover)] += np.maximum(cover, 0.0)
    return np.asarray(held)
