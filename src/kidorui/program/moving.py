"""What moves takes time: goods at sea, and what is inside a plant, month by month."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from kidorui.network import Network, Tree
from kidorui.network.months import MONTH
from kidorui.program.blocks import incidence

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Mover:
    """A block of flows, t/yr, whose goods arrive later.

    `lag` (thing) in years; `taken` and `landed` (pool, thing) are t taken out of and, after the
    lag, put into a pool for each tonne of flow.
    """

    name: str
    lag: FloatArray
    taken: sparse.csr_array
    landed: sparse.csr_array

    @property
    def things(self) -> int:
        """Number of flows in a node."""
        return len(self.lag)


@dataclass(frozen=True)
class Arrivals:
    """What arrives of flows that left in some sources, each a stretch of time.

    `in_time` (node x pool, source x thing): t/yr arriving in a node per t/yr of flow; `later`
    (pool, source x thing): t still under way after the last node per t/yr.
    """

    in_time: sparse.csr_array
    later: sparse.csr_array


def movers(network: Network) -> tuple[Mover, ...]:
    """The blocks of a network whose goods take time: activities, shipments, detours."""
    pools, links = len(network.pools), network.links
    leaves = incidence(links["from_pool"].to_numpy(), pools)
    enters = incidence(links["to_pool"].to_numpy(), pools)
    transit = links["transit"].to_numpy(float)
    inside = network.units["lag"].to_numpy(float)[network.activities["unit"]]
    used = sparse.csr_array((-network.recipes).maximum(0))
    made = sparse.csr_array(network.recipes.maximum(0))
    round_about = network.detours
    found = [
        Mover("activity", inside, used, made),
        Mover("shipment", transit, leaves, enters),
    ]
    if len(round_about):
        found.append(
            Mover("detour", transit[round_about], leaves[:, round_about], enters[:, round_about])
        )
    return tuple(found)


def months_under_way(moving: tuple[Mover, ...]) -> int:
    """Whole months after which all has arrived."""
    longest = max((float(mover.lag.max(initial=0.0)) for mover in moving), default=0.0)
    return max(1, int(np.ceil(longest / MONTH - 1e-9)))


def of_window(mover: Mover, tree: Tree) -> Arrivals:
    """What arrives of flows in the nodes of a window itself."""
    return _arrivals(mover, tree, tree.start, tree.start + tree.duration)


def of_past(mover: Mover, tree: Tree, months: int) -> Arrivals:
    """What arrives in a window of flows of the months before it, the last month first."""
    end = tree.start[0] - np.arange(months) * MONTH
    return _arrivals(mover, tree, end - MONTH, end)


def under_way(mover: Mover, flow: FloatArray) -> FloatArray:
    """(pool): t on the way at any time where the flow (thing), t/yr, is steady."""
    return np.asarray(mover.landed @ (mover.lag * flow))


def _arrivals(mover: Mover, tree: Tree, left: FloatArray, ended: FloatArray) -> Arrivals:
    lags, kind = np.unique(mover.lag, return_inverse=True)
    end = tree.start + tree.duration
    sinks = np.append(tree.start, end[-1]), np.append(end, np.inf)
    first = np.maximum(left + lags[:, None, None], sinks[0][:, None])
    last = np.minimum(ended + lags[:, None, None], sinks[1][:, None])
    years = np.maximum(last - first, 0.0)[kind]  # (thing, node or after, source)
    rate = years[:, :-1] / tree.duration[:, None]
    return Arrivals(_spread(mover.landed, rate), _spread(mover.landed, years[:, -1:]))


def _spread(landed: sparse.csr_array, share: FloatArray) -> sparse.csr_array:
    """(sink x pool, source x thing) from (pool, thing) and shares (thing, sink, source)."""
    pools, things = landed.shape
    _, sinks, sources = share.shape
    coo = landed.tocoo()
    parts = list(_cells(coo, share))
    row, column, value = (np.concatenate(part) for part in zip(*parts, strict=True))
    return sparse.csr_array((value, (row, column)), shape=(sinks * pools, sources * things))


def _cells(
    coo: sparse.coo_array, share: FloatArray
) -> Iterator[tuple[IntArray, IntArray, FloatArray]]:
    """Row, column and value of the cells that are not nought, by sink and source."""
    pools, things = coo.shape
    empty = np.zeros(0, dtype=np.intp)
    yield empty, empty, np.zeros(0)
    for sink in range(share.shape[1]):
        for source in range(share.shape[2]):
            value = coo.data * share[coo.col, sink, source]
            used = np.flatnonzero(value)
            yield coo.row[used] + sink * pools, coo.col[used] + source * things, value[used]
