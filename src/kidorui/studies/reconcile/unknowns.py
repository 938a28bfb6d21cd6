"""What a year is made of: activities, flows, uses, disposals, stocks, and what ties them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from kidorui.network import Network
from kidorui.program.blocks import incidence
from kidorui.program.operation import arrivals, shipment_bound
from kidorui.program.state import base_year_reference
from kidorui.studies.base_year import BaseYear, served_by_demand, throughput
from kidorui.studies.calibration.terms import Terms

FloatArray = npt.NDArray[np.float64]

SMALL = 0.01
"""Least scale of an unknown, as a share of what passes through the pools of its material."""

LEAST = 1.0
"""Least scale of an unknown, t/yr."""

CEILING = 3.0
"""Most that an unknown may be, as a multiple of the largest pool of its material: no goods go
round and round."""


@dataclass(frozen=True)
class Unknowns:
    """The unknowns of a year, block by block, with the balances that tie them.

    Blocks, in t/yr: `activity`, `flow` (link), `use` (demand), `disposed` (pool), `stock` (what
    each rose by) and `unexplained` (pool). `balances` (pool, unknown) must come to nought;
    `limits` (unit, unknown) are kept below `limit`, its capacity or lower quota.
    """

    network: Network
    blocks: Mapping[str, slice]
    balances: sparse.csr_array
    limits: sparse.csr_array
    limit: FloatArray
    lower: FloatArray
    upper: FloatArray
    prior: FloatArray
    scale: FloatArray

    @property
    def count(self) -> int:
        """Number of unknowns."""
        return len(self.prior)

    def row(self, terms: Terms) -> FloatArray:
        """(unknown): the coefficients of what an observation adds up."""
        out = np.zeros(self.count)
        out[self.blocks["activity"]] = terms.activity
        out[self.blocks["flow"]] = terms.flow
        out[self.blocks["use"]] = terms.served
        return out

    def of_pools(self) -> FloatArray:
        """(pool): what recipes and sectors took in the prior, t/yr."""
        taken = (-self.network.recipes).maximum(0) @ self.prior[self.blocks["activity"]]
        used = np.bincount(
            self.network.demands["pool"],
            weights=self.prior[self.blocks["use"]],
            minlength=len(self.network.pools),
        )
        return np.asarray(taken + used)


def unknowns_of(base: BaseYear, *, beyond: bool) -> Unknowns:
    """The unknowns of a base year, the solved one as their prior.

    beyond: whether units may run beyond capacity and quota (but not where they have none).
    """
    network, values = base.network, base.solution.values
    reference = base_year_reference(network)
    stocks, pools = network.stocks, len(network.pools)
    run = np.minimum(network.capacity[0], network.quota[0])
    unit = network.activities["unit"].to_numpy()
    used = served_by_demand(network, base.solution)[0]
    disposal = network.case.table("materials").set_index("id")["disposal_cost"]
    can_go = disposal.loc[network.pools["material"]].notna().to_numpy()
    parts: dict[str, tuple[FloatArray | float, FloatArray, FloatArray]] = {
        "activity": (0.0, np.where(run[unit] > 0, np.inf, 0.0), values["activity"][0]),
        "flow": (0.0, shipment_bound(network, reference)[0], values["shipment"][0]),
        "use": (0.0, np.where(network.quantity[0] > 0, np.inf, 0.0), used),
        "disposed": (0.0, np.where(can_go, np.inf, 0.0), values["disposed"][0]),
        "stock": (*_stock_bounds(stocks, network.store[0]), np.zeros(len(stocks))),
        "unexplained": (0.0, reference.unexplained, values["unexplained"][0]),
    }
    blocks, start = {}, 0
    for name, (_, _, prior) in parts.items():
        blocks[name] = slice(start, start + len(prior))
        start += len(prior)
    each = sparse.eye_array(pools)
    balances = sparse.hstack(
        [
            network.recipes,
            arrivals(network) - incidence(network.links["from_pool"].to_numpy(), pools),
            -incidence(network.demands["pool"].to_numpy(), pools),
            -each,
            -incidence(stocks["pool"].to_numpy(), pools),
            each,
        ],
        format="csr",
    )
    limited = np.unique(unit[np.isfinite(run[unit]) & (run[unit] > 0)])
    limited = limited[:0] if beyond else limited
    modes = sparse.csr_array(incidence(unit, len(network.units)))[limited]
    limits = sparse.hstack([modes, sparse.csr_array((len(limited), start - len(unit)))])
    prior = np.concatenate([prior for _, _, prior in parts.values()])
    moves = _moves(network, base, len(prior), blocks)
    lower = np.concatenate([np.zeros(len(p)) + low for low, _, p in parts.values()])
    upper = np.concatenate([np.zeros(len(p)) + high for _, high, p in parts.values()])
    upper = np.minimum(upper, np.maximum(CEILING * np.maximum(moves, prior), LEAST))
    return Unknowns(
        network=network,
        blocks=blocks,
        balances=sparse.csr_array(balances),
        limits=sparse.csr_array(limits),
        limit=run[limited],
        lower=lower,
        upper=upper,
        prior=np.clip(prior, lower, upper),
        scale=np.maximum(np.maximum(np.abs(prior), SMALL * moves), LEAST),
    )


def _stock_bounds(stocks: pd.DataFrame, store: FloatArray) -> tuple[FloatArray, FloatArray]:
    """What a stock can fall (only one released at any time) and rise by, t."""
    held = stocks["initial"].to_numpy(float)
    drawn = np.where(stocks["release_always"].to_numpy(bool), held, 0.0)
    return -drawn, np.maximum(store - held, 0.0)


def _moves(network: Network, base: BaseYear, count: int, blocks: Mapping[str, slice]) -> FloatArray:
    """(unknown): what passes in the prior through the largest pool of its material, t/yr."""
    passes = throughput(network, base.solution, 0)
    material = pd.Series(passes).groupby(network.pools["material"].to_numpy()).max()
    of_pool = material.loc[network.pools["material"]].to_numpy(float)
    touched = sparse.csr_array(abs(network.recipes).T > 0).astype(float)
    moves = np.zeros(count)
    moves[blocks["activity"]] = (
        (touched @ sparse.diags_array(of_pool)).max(axis=1).toarray().ravel()
    )
    moves[blocks["flow"]] = of_pool[network.links["from_pool"].to_numpy()]
    moves[blocks["use"]] = of_pool[network.demands["pool"].to_numpy()]
    moves[blocks["disposed"]] = moves[blocks["unexplained"]] = of_pool
    moves[blocks["stock"]] = of_pool[network.stocks["pool"].to_numpy()]
    return moves
