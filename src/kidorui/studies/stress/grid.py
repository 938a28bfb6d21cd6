"""How long each sector lasts, by what the state holds and by how much leaks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from kidorui.network.links import DAYS
from kidorui.studies.context import Context
from kidorui.studies.stress.lived import live
from kidorui.studies.stress.scenario import Scenario
from kidorui.studies.stress.stops import stops
from kidorui.studies.stress.world import World

FloatArray = npt.NDArray[np.float64]

STATE_DAYS = (0.0, 60.0, 120.0, 180.0)
LEAKS = (0.0, 0.2, 0.5)


@dataclass(frozen=True)
class Cell:
    """A size of the state's stock, in days of use, and a leak, as a share of what is cut."""

    days: float
    leak: float


def grid(world: World, scenario: Scenario, context: Context) -> pd.DataFrame:
    """One row per sector of the focus place, state stock and leak: day of its first stop.

    `first_stop` is NaN where it never stops in the months lived; of its materials the first to
    stop counts. A sector stays in the table if it stops in any cell.
    """
    cells = [Cell(days, leak) for days in STATE_DAYS for leak in LEAKS]
    found = context.map("stock and leak", partial(_first_stops, world, scenario), cells)
    rows = [
        table.assign(state_days=cell.days, leak=cell.leak)
        for cell, table in zip(cells, found, strict=True)
    ]
    every = pd.concat(rows, ignore_index=True)
    stopping = every.loc[every["first_stop"].notna(), "sector"].unique()
    kept: pd.DataFrame = every[every["sector"].isin(stopping)]
    return kept.sort_values(["sector", "state_days", "leak"], ignore_index=True)


def _first_stops(world: World, scenario: Scenario, cell: Cell) -> pd.DataFrame:
    strikes = tuple(replace(one, leak=cell.leak) for one in scenario.strikes)
    lived = live(with_state_stock(world, cell.days), replace(scenario, strikes=strikes))
    first: pd.DataFrame = stops(lived)[["sector", "first_stop"]].groupby("sector").min()
    return first.reset_index()


def with_state_stock(world: World, days: float) -> World:
    """The world in which each state stock holds so many days of what its place uses of it."""
    stores = world.stores.copy()
    stock = stores["stock"].to_numpy()
    project = world.network.stocks["project"].to_numpy()
    state = (stores["kind"] == "state").to_numpy() & (stock >= 0)
    state &= np.where(stock >= 0, project[np.maximum(stock, 0)], 0) < 0
    held = days / DAYS * yearly_use(world)[stores["pool"].to_numpy()[state]]
    for column in ("initial", "capacity", "calm", "alarm"):
        stores.loc[state, column] = held
    return replace(world, stores=stores)


def yearly_use(world: World) -> FloatArray:
    """(pool): what recipes and sectors take of a material at a place in the calm, t/yr.

    All copies of a pool tell the use of the place.
    """
    network = world.network
    used = np.asarray(world.window.moving[0].taken @ world.flows[0])
    bought = np.bincount(network.demands["pool"], weights=network.quantity[0], minlength=len(used))
    cell = network.pools.assign(use=used + bought)
    return cell.groupby(["material", "place"])["use"].transform("sum").to_numpy(float)
