"""Look-through: where what a place uses was made, over any number of borders.

Proportional mixing: a pool hands on what entered it in equal parts, so that the share of each
pool that ever passed a given country at a given stage solves one sparse linear system (an
absorbing Markov chain; Kemeny and Snell, Finite Markov Chains, 1960, ch. 3).
"""

from __future__ import annotations

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
    pools = len(network.pools)
    held = network.content_of(network.pools["material"])[:, network.element_group(group)].sum(axis=1)
    content = sparse.diags_array(held)
    recipes = network.recipes.multiply(activity[None, :])
    made = content @ sparse.csr_array(recipes.maximum(0))
    fed = content @ sparse.csr_array((-recipes).maximum(0))
    units = network.units.iloc[network.activities["unit"]]
    absorbs = ((units["stage"] == stage) & (units["place"] == place)).to_numpy()

    feed = fed.sum(axis=0)
    per_feed = np.where(feed > 0, 1 / np.maximum(feed, 1e-300), 0.0) * ~absorbs
    through_recipes = made @ sparse.diags_array(per_feed) @ fed.T
    links = network.links
    moved = shipment * held[links["from_pool"].to_numpy()]
    through_links = sparse.csr_array(
        (moved, (links["to_pool"].to_numpy(), links["from_pool"].to_numpy())), shape=(pools, pools)
    )
    passed = relabel * held[network.relabel[:, 0]] if len(relabel) else np.zeros(0)
    through_relabel = sparse.csr_array(
        (passed, (network.relabel[:, 1], network.relabel[:, 0])), shape=(pools, pools)
    )
    entering = (
        made.sum(axis=1)
        + np.bincount(links["to_pool"], weights=moved, minlength=pools)[:pools]
        + np.bincount(network.relabel[:, 1], weights=passed, minlength=pools)[:pools]
        + unexplained * held
    )
    alive = entering > _TRACE * max(entering.max(), 1e-300)
    scale = sparse.diags_array(np.where(alive, 1 / np.where(alive, entering, 1.0), 0.0))
    mixing = scale @ sparse.csr_array(through_recipes + through_links + through_relabel)
    born = scale @ (made @ absorbs.astype(float))
    share = spsolve(sparse.csc_array(sparse.eye_array(pools) - mixing), born)
    return np.clip(np.asarray(share), 0.0, 1.0)
