"""The world before anything happens: its network on months, its window, and its calm."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from kidorui.case import Case
from kidorui.network import Network
from kidorui.network.months import MONTH, window
from kidorui.network.stores import YARD_MONTHS, gather_stores
from kidorui.network.strikes import Strike
from kidorui.program import Reference
from kidorui.program.moving import months_under_way, movers, under_way
from kidorui.program.rules import quotas_on
from kidorui.program.window import Window, state_window
from kidorui.studies.base_year import BaseYear, prices, reference_for, solve_base_year
from kidorui.studies.context import Context
from kidorui.studies.stress.calm import at_rest, on_months
from kidorui.studies.stress.scenario import Scenario

FloatArray = npt.NDArray[np.float64]

AHEAD = 6
"""Months that the rolling window looks ahead, or the longest lead time where that is longer."""


@dataclass(frozen=True)
class Foresight:
    """How far the market sees: `months` ahead, of what is coming (`knows`) or as if today went on.

    `months` None looks to the end of the axis.
    """

    months: int | None = None
    knows: bool = False

    @classmethod
    def parse(cls, words: str) -> Foresight:
        """`none`, a number of months, or `perfect`; ValueError for anything else."""
        if words == "none":
            return cls()
        if words == "perfect":
            return cls(None, knows=True)
        if words.isdigit() and int(words) > 0:
            return cls(int(words), knows=True)
        raise ValueError(f"foresight {words!r}; none, a number of months, or perfect")


@dataclass(frozen=True)
class World:
    """A case on an axis of months, and all that a march through it begins with.

    `network` is compiled on the axis; `stores` are its stores; `window` the stated programme;
    `flows` by mover and `worth` (pool, US$/kg) are those of the calm at the start; `pipeline`
    and `spare` (pool, t) are what is then under way, and what a yard may hold at half its worth.
    """

    network: Network
    reference: Reference
    standing: tuple[Strike, ...]
    stores: pd.DataFrame
    window: Window
    knows: bool
    flows: tuple[FloatArray, ...]
    saved: FloatArray
    worth: FloatArray
    pipeline: FloatArray
    spare: FloatArray

    @property
    def case(self) -> Case:
        """The case."""
        return self.network.case


def prepare_world(
    case: Case,
    scenario: Scenario,
    foresight: Foresight,
    context: Context,
    base: BaseYear | None = None,
) -> World:
    """Compile, state and settle: the world as it stands at the start of a scenario.

    It has room for the scenario's strikes, whenever they fall on its axis and however hard.
    base: its base year, solved anew unless given.
    """
    base = base or solve_base_year(case, context)
    start, months = scenario.start, scenario.months
    network = on_months(case, scenario)
    reference = reference_for(network, base)
    stores = gather_stores(network)
    once, calm = at_rest(network, reference)
    tree = window(case, start, _lengths(network, foresight, months))
    stated = state_window(
        network.on(tree, np.zeros(tree.size, dtype=np.intp)),
        reference,
        stores,
        quotas_on(network.hits),
    )
    flows = tuple(calm.values[mover.name][0] for mover in stated.moving)
    pipeline = sum(
        (under_way(mover, flow) for mover, flow in zip(stated.moving, flows, strict=True)),
        np.zeros(len(network.pools)),
    )
    inflow = sum(
        (mover.landed @ flow for mover, flow in zip(stated.moving, flows, strict=True)),
        np.zeros(len(network.pools)),
    )
    return World(
        network=network,
        reference=reference,
        standing=scenario.standing,
        stores=stores,
        window=stated,
        knows=foresight.knows,
        flows=flows,
        saved=calm.values["saved"][0],
        worth=np.maximum(prices(once, calm)[0], 0.0),
        pipeline=pipeline,
        spare=inflow * MONTH * YARD_MONTHS,
    )


def _lengths(network: Network, foresight: Foresight, months: int) -> list[float]:
    """Months of each node of the window: one each where it is known, else two and the rest.

    The second month stands alone so that what is begun now for it cannot be put off.
    """
    if foresight.knows:
        return [1.0] * (foresight.months or months)
    ahead = max(AHEAD, months_under_way(movers(network)) + 2)
    return [1.0, 1.0, float(ahead - 2)]
