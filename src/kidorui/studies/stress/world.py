"""The world before anything happens: its network on months, its window, and its calm."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from kidorui.case import Case
from kidorui.network import Network, compile_network
from kidorui.network.months import MONTH, chain, month_axis, window
from kidorui.network.stores import YARD_MONTHS, gather_stores
from kidorui.network.strikes import Strike
from kidorui.program import Reference, Solver
from kidorui.program.moving import months_under_way, movers, under_way
from kidorui.program.operation import state_at_rest
from kidorui.program.rules import quotas_on
from kidorui.program.window import Window, state_window
from kidorui.studies.base_year import BaseYear, prices, reference_for, solve_base_year
from kidorui.studies.context import Context
from kidorui.studies.stress.scenario import Scenario

FloatArray = npt.NDArray[np.float64]

AHEAD = 6
"""Months that the rolling window looks ahead, or the longest lead time where that is longer."""

PARTS, EQUALS = 4, 0.001
"""Parts of the dearest step of a demand, and by how much, as a share, their worths differ."""


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
    start, months, strikes = scenario.start, scenario.months, scenario.strikes
    axis = month_axis(case, start, months, strikes)
    network = compile_network(case, axis, strikes=[*scenario.standing, *strikes])
    struck = {one.event for one in (*scenario.standing, *strikes)}
    hit = np.zeros(len(network.links), dtype=bool)
    for number in struck:
        if network.targets[number].cuts_links:
            hit |= network.targets[number].hit
    network = replace(network, detours=np.flatnonzero(hit))  # as a draw may leak, or the table
    network = _in_parts(network)
    reference = reference_for(network, base)
    stores = gather_stores(network)
    # the market at rest at the start, with what is under way even
    moment = chain(case, np.array([start]), np.array([MONTH]), [()])
    once = network.on(moment, np.zeros(1, dtype=np.intp))
    calm = Solver(state_at_rest(once, reference)).solve()
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


def _in_parts(network: Network) -> Network:
    """The dearest step of each demand in parts whose worths differ by a trifle.

    Users who value goods alike then go short alike, part by part: of equals the programme would
    serve one and leave the other with nothing, and which would be chance.
    """
    tilt = 1 + EQUALS * (np.arange(PARTS)[::-1] - (PARTS - 1) / 2)
    width, value = network.step_width, network.step_value
    return replace(
        network,
        step_width=np.hstack([np.repeat(width[:, :1] / PARTS, PARTS, axis=1), width[:, 1:]]),
        step_value=np.hstack([value[:, :1] * tilt, value[:, 1:]]),
    )
