"""Look-through: where what a place uses was made, over any number of borders.

The flows of one node of a network as an absorbing Markov chain (`kidorui.network.lookthrough`)
of pools and activities: a pool hands on what entered it, an activity what it was fed, in equal
parts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from kidorui.network.compile import Network
from kidorui.network.lookthrough import Chain

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.intp]

_TRACE = 1e-9
"""Flows below this share of the largest are noise of the solver, not goods, t/yr."""

_NEVER_BELOW = 1e-6
"""By how much a flow of the solver may be below 0 and yet be 0, t/yr."""

NOT_PASSED, RECYCLED, UNEXPLAINED = "no such plant", "recycled", "unexplained"
"""What else content can come of than a plant of the stage: no such plant, scrap, nothing known."""

NO_ORIGIN = "no known origin"
"""Content that goes round in circles of flows that nothing enters."""


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
    """Flows of content through pools and activities, t/yr of the oxides of some elements.

    Nodes are the pools, then the activities; `moved` is (to, from). `made` (activity) is what
    each makes, `fed` what it takes; `unexplained` (pool) what nobody made.
    """

    network: Network
    moved: sparse.csr_array
    made: FloatArray
    fed: FloatArray
    unexplained: FloatArray

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
        """The flows of one node, counted by their content of a group of elements."""
        elements = network.element_group(group)
        return cls.of_elements(network, activity, shipment, relabel, unexplained, elements)

    @classmethod
    def of_elements(
        cls,
        network: Network,
        activity: FloatArray,
        shipment: FloatArray,
        relabel: FloatArray,
        unexplained: FloatArray,
        elements: BoolArray,
    ) -> Mixing:
        """The flows of one node, counted by their content of the elements (element) told."""
        activity, shipment, relabel, unexplained = map(
            _not_below_0, (activity, shipment, relabel, unexplained)
        )
        pools, links = len(network.pools), network.links
        held = network.content_of(network.pools["material"])[:, elements].sum(axis=1)
        recipes = sparse.csr_array(network.recipes * activity[None, :] * held[:, None])
        made, fed = sparse.coo_array(recipes.maximum(0)), sparse.coo_array((-recipes).maximum(0))
        start = np.concatenate([links["from_pool"].to_numpy(), network.relabel[:, 0]])
        end = np.concatenate([links["to_pool"].to_numpy(), network.relabel[:, 1]])
        content = np.concatenate([shipment, relabel]) * held[start]
        return cls(
            network,
            moved=sparse.csr_array(
                (
                    np.concatenate([content, made.data, fed.data]),
                    (
                        np.concatenate([end, made.row, fed.col + pools]),
                        np.concatenate([start, made.col + pools, fed.row]),
                    ),
                ),
                shape=(pools + len(activity), pools + len(activity)),
            ),
            made=np.asarray(made.sum(axis=0)),
            fed=np.asarray(fed.sum(axis=0)),
            unexplained=unexplained * held,
        )

    @property
    def place(self) -> pd.Series:
        """(node): where each pool and activity is."""
        units = self.network.units["place"].iloc[self.network.activities["unit"]]
        return pd.concat([self.network.pools["place"], units], ignore_index=True)

    def share_through(self, stage: str, place: str) -> FloatArray:
        """(pool): share of its content that passed a `stage` plant in `place`, ever."""
        units = self.network.units
        here = ((units["stage"] == stage) & (units["place"] == place)).to_numpy()
        absorbs = here[self.network.activities["unit"].to_numpy()]
        chain = self.ending_at(absorbs, np.where(absorbs, 0, 1), 2)
        return chain.reaching(0)[: len(self.unexplained)]

    def to_last(self, stage: str) -> tuple[Chain, list[str]]:
        """The chain that ends at the first plant of a stage met upstream, and its labels.

        Labels are the places of those plants; `no such plant` for what mines made that met
        none, `recycled` for scrap that nothing was traced behind, and `unexplained`.
        """
        units = self.network.units.iloc[self.network.activities["unit"]]
        places = sorted(set(units["place"]))
        labels = [*places, NOT_PASSED, RECYCLED, UNEXPLAINED]
        else_ = units["stage"].map({"mine": NOT_PASSED, "recycling": RECYCLED}).fillna(UNEXPLAINED)
        absorbs = (units["stage"] == stage).to_numpy()
        names = np.where(absorbs, units["place"], else_)
        label = pd.Index(labels).get_indexer(pd.Index(names))
        return self.ending_at(absorbs, label, len(labels)), labels

    def feeds(self, activities: IntArray) -> sparse.csr_array:
        """(activity, node): shares of what some activities take; 0 where one takes nothing."""
        fed = self.fed[activities]
        share = np.where(fed > 0, 1 / np.where(fed > 0, fed, 1.0), 0.0)
        rows = self.moved[activities + len(self.unexplained)]
        return sparse.csr_array(sparse.diags_array(share) @ rows)

    def ending_at(self, absorbs: BoolArray, label: IntArray, labels: int) -> Chain:
        """The chain in which content begins at the activities that absorb, or that nothing feeds.

        label: (activity) the label it begins under, of so many; what is unexplained begins in its
        pool, under the last label.
        """
        pools, activities = len(self.unexplained), len(self.made)
        begins = absorbs | (self.fed <= 0)
        passed = sparse.diags_array(np.concatenate([np.ones(pools), ~begins]))
        moved = sparse.csr_array(passed @ self.moved)
        begun = np.where(begins, self.made, 0.0)
        born = sparse.csr_array(
            (
                np.concatenate([self.unexplained, begun]),
                (
                    np.arange(pools + activities),
                    np.concatenate([np.full(pools, labels - 1), label]),
                ),
            ),
            shape=(pools + activities, labels),
        )
        entering = self.moved[:pools].sum(axis=1) + self.unexplained
        noise = np.zeros(pools + activities)
        noise[:pools] = _TRACE * float(entering.max(initial=0.0))
        return Chain.of(moved, born, noise)


def _not_below_0(flow: FloatArray) -> FloatArray:
    """The flow without the solver's noise below 0; what is truly negative stays so."""
    return np.where(flow > -_NEVER_BELOW, np.maximum(flow, 0.0), flow)
