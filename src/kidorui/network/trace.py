"""Look-through: where what a place uses was made, over any number of borders.

Proportional mixing: a pool hands on what entered it in equal parts, so that the share of each
pool that ever passed a given country at a given stage solves one sparse linear system (an
absorbing Markov chain; Kemeny and Snell, Finite Markov Chains, 1960, ch. 3).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse.linalg import spsolve

from kidorui.network.compile import Network

FloatArray = npt.NDArray[np.float64]

_TRACE = 1e-9
"""Flows below this share of the largest are noise of the solver, not goods, t/yr."""


def share_through(
    network: Network,
    activity: FloatArray,
    shipment: FloatArray,
    relabel: FloatArray,
    unexplained: FloatArray,
    *,
    stage: str,
    place: str,
    group: str,
) -> FloatArray:
    """(pool): share of its content of `group` that passed a `stage` plant in `place`.

    Flows (t/yr) are those of one node; stock changes are taken to have the make-up of their
    pool. A pool that nothing enters has a share of 0.
    """
    mixing = Mixing.of(network, activity, shipment, relabel, unexplained, group=group)
    return mixing.share_through(stage, place)


@dataclass(frozen=True)
class Mixing:
    """Flows of content between pools, t/yr of the oxides of a group.

    `made` and `fed` are (pool, activity); `moved` is (to, from); `entering` is what enters each
    pool from all sides.
    """

    network: Network
    made: sparse.csr_array
    fed: sparse.csr_array
    moved: sparse.csr_array
    entering: FloatArray

    @classmethod
    def of(
        cls,
        network: Network,
        activity: FloatArray,
        shipment: FloatArray,
        relabel: FloatArray,
        unexplained: FloatArray,
        *,
        group: str,
    ) -> Mixing:
        """The flows of one node, counted by their content of a group."""
        pools, links = len(network.pools), network.links
        contents = network.content_of(network.pools["material"])
        held = contents[:, network.element_group(group)].sum(axis=1)
        recipes = sparse.csr_array(network.recipes * activity[None, :] * held[:, None])
        made, fed = sparse.csr_array(recipes.maximum(0)), sparse.csr_array((-recipes).maximum(0))
        start = np.concatenate([links["from_pool"].to_numpy(), network.relabel[:, 0]])
        end = np.concatenate([links["to_pool"].to_numpy(), network.relabel[:, 1]])
        content = np.concatenate([shipment, relabel]) * held[start]
        moved = sparse.csr_array((content, (end, start)), shape=(pools, pools))
        arrived = np.bincount(end, weights=content, minlength=pools)
        return cls(network, made, fed, moved, made.sum(axis=1) + arrived + unexplained * held)

    def share_through(self, stage: str, place: str) -> FloatArray:
        """(pool): share of its content that passed a `stage` plant in `place`."""
        units = self.network.units
        here = ((units["stage"] == stage) & (units["place"] == place)).to_numpy()
        absorbs = here[self.network.activities["unit"].to_numpy()]
        feed = self.fed.sum(axis=0)
        per_feed = np.where(feed > 0, 1 / np.maximum(feed, 1e-300), 0.0) * ~absorbs
        through = self.moved + (self.made * per_feed[None, :]) @ self.fed.T
        alive = self.entering > _TRACE * max(self.entering.max(), 1e-300)
        scale = np.where(alive, 1 / np.where(alive, self.entering, 1.0), 0.0)
        # a circle of flows that nothing enters (fed from stock alone) has no share: it leaks away
        mixing = through * (scale * (1 - _TRACE))[:, None]
        born = scale * (self.made @ absorbs.astype(float))
        share = spsolve(sparse.csc_array(sparse.eye_array(len(scale)) - mixing), born)
        return np.asarray(np.clip(share, 0.0, 1.0))
