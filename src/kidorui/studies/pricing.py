"""Prices with the plan and without, and how wide they are where a dual sits on a kink."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from kidorui.network import Network
from kidorui.program import Solution
from kidorui.studies.base_year import prices, throughput
from kidorui.studies.context import Context
from kidorui.studies.memory import Change, Workbench
from kidorui.studies.moments import Moment
from kidorui.studies.solved import NOTHING, PLAN, Solved

FloatArray = npt.NDArray[np.float64]

MEASURED = 8
"""Prices whose interval is measured, by two solves each."""

STEP = 1e-4
"""Share of what is used up by which a balance is moved to see the price on either side."""

_STAGES = ("oxide", "metal", "magnet")

Interval = tuple[float, float]


def price_table(
    solved: Solved,
    moments: Sequence[Moment],
    intervals: Mapping[tuple[int, int], Interval],
) -> pd.DataFrame:
    """One row per moment, material, place and origin; `intervals` by (moment, pool)."""
    network = solved.network
    rows = told_pools(network)
    share = np.array([m.share for m in moments])
    both = {name: mean_price(share, p)[:, rows["pool"]] for name, p in solved.prices.items()}
    base = network.case.table("materials").set_index("id")["base_price"]
    tables = []
    for number, moment in enumerate(moments):
        ends = [intervals.get((number, int(pool)), (np.nan, np.nan)) for pool in rows["pool"]]
        tables.append(
            rows[["material", "place", "origin"]].assign(
                state=moment.state,
                year=moment.year,
                price_base=rows["material"].map(base).astype(float),
                price=both[PLAN][number],
                price_low=np.array([low for low, _ in ends], dtype=float),
                price_high=np.array([high for _, high in ends], dtype=float),
                price_nothing=both[NOTHING][number],
            )
        )
    return pd.concat(tables, ignore_index=True)


def mean_price(share: FloatArray, price: FloatArray) -> FloatArray:
    """(moment, pool): mean over the nodes of each moment; NaN where one of them has none."""
    used = share[:, :, None] > 0
    return np.asarray(np.where(used, share[:, :, None] * price[None], 0.0).sum(axis=1))


def told_pools(network: Network) -> pd.DataFrame:
    """Pools whose price is told: oxides, metals and magnets in the places a reader asks about.

    Columns material, place, origin, pool. `origin` is `any` for the pool that users draw on,
    `outside` for goods proven free of controlled origin, where both are kept apart.
    """
    case = network.case
    stage = case.table("materials").set_index("id")["stage"]
    pools = network.pools.assign(pool=np.arange(len(network.pools)))
    pools = pools[pools["material"].map(stage).isin(_STAGES)]
    pools = pools[pools["place"].isin(told_places(network))]
    both = pools.groupby(["material", "place"])["control"].transform("nunique") > 1
    pools["origin"] = np.where(both & ~pools["control"].to_numpy(bool), "outside", "any")
    pools["origin"] = pools["origin"].astype(object)
    return pools.sort_values(["material", "place", "origin"], ignore_index=True)


def told_places(network: Network) -> list[str]:
    """The focus place, the controlling one, and the largest user beside them."""
    s = network.case.settings
    demands = network.demands
    worth = pd.Series(network.quantity[0] * demands["base_price"].fillna(0.0).to_numpy(float))
    by_place = worth.groupby(demands["place"].to_numpy()).sum().sort_index()
    others = by_place.drop([s.focus, s.control], errors="ignore").sort_values(
        ascending=False, kind="stable"
    )
    return [s.focus, s.control, *others.index[:1]]


def measure_intervals(
    solved: Solved, bench: Workbench, moments: Sequence[Moment], context: Context
) -> dict[tuple[int, int], Interval]:
    """Prices a little to either side of the plan, by (moment, pool): the ends of the interval.

    The dual of a balance is one of many where the optimum sits on a kink. Moving the balance
    by a small quantity either way and solving again gives the price on both sides of it.
    Measured for what the focus place uses most, by value, in one node of each moment.
    """
    chosen = _most_used(solved, moments)
    ends = context.map("prices on kinks", partial(_ends, solved, bench), chosen)
    return {(number, pool): end for (number, _, pool), end in zip(chosen, ends, strict=True)}


def _ends(solved: Solved, bench: Workbench, chosen: tuple[int, int, int]) -> Interval:
    """The ends of the interval of one price, (moment, node, pool)."""
    _, node, pool = chosen
    row = network_row(bench, solved.network, node, pool)
    step = STEP * max(throughput(solved.network, solved.plan, node)[pool], 1.0)
    less, more = (_price_at(solved, bench, node, pool, row, move) for move in (-step, step))
    middle = float(solved.prices[PLAN][node, pool])
    # a balance that cannot be moved one way has no end on that side: NaN goes through
    return float(np.minimum(less, middle)), float(np.maximum(more, middle))


def network_row(bench: Workbench, network: Network, node: int, pool: int) -> int:
    """Number of the balance of a pool in a node among all constraints."""
    return bench.model.constraints["balance"].start + node * len(network.pools) + pool


def _price_at(
    solved: Solved, bench: Workbench, node: int, pool: int, row: int, move: float
) -> float:
    """The price of a pool with its balance moved; NaN where it cannot be."""

    def read(moved: Solution) -> FloatArray:
        return np.asarray(prices(solved.network, moved, solved.weight(moved))[node, pool])

    side = "more" if move > 0 else "less"
    change = Change(rows=[(row, move, move)])
    return float(bench.attempt(f"price {row} {side}", change, solved.plan.basis, read).values[0])


def _most_used(solved: Solved, moments: Sequence[Moment]) -> list[tuple[int, int, int]]:
    """(moment, node, pool) of the largest uses at the focus place, by value at the price.

    Moments of one node only: a price that is a mean over parts of a year has no one interval.
    """
    network, focus = solved.network, solved.case.settings.focus
    told = told_pools(network)
    mine = told[(told["place"] == focus) & (told["origin"] == "any")]["pool"].to_numpy()
    worth = []
    for number, moment in enumerate(moments):
        nodes = np.flatnonzero(moment.share)
        if len(nodes) > 1:
            continue
        node = int(nodes[0])
        value = throughput(network, solved.plan, node)[mine] * solved.prices[PLAN][node, mine]
        worth += [
            (v, number, node, int(pool))
            for v, pool in zip(np.nan_to_num(value), mine, strict=True)
            if v > 0
        ]
    ranked = sorted(worth, key=lambda w: (-w[0], w[1], w[3]))[:MEASURED]
    return [(number, node, pool) for _, number, node, pool in ranked]
