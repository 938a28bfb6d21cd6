"""Look-through on any network of flows: what began where is behind what is used.

An absorbing Markov chain walked upstream (Kemeny and Snell, Finite Markov Chains, 1960, ch. 3):
every node hands on what entered it in equal parts (proportional mixing), and the walk ends where
content began. For one use the transposed system is solved once, w = (I - M)^-T use, and gives the
shares of all origins together.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse.csgraph import breadth_first_order

from kidorui.network.upstream import Upstream

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.intp]

EXCESS = 1e-9
"""Share of what enters a node by which more may leave before it is told."""

FAULTS_TOLD = 5
"""Faulty flows named in an error; the others are counted."""

BORDERS, HARDLY_ANY = 24, 1e-12
"""Borders counted apart, and the share of a use below which it is not followed further."""


@dataclass(frozen=True)
class Behind:
    """What is behind a use, in the unit of the use (t/yr).

    `origins` is (label) or (label, use); `unknown` is what went round in circles that nothing
    enters. `residual` is the 1-norm of what the system was not solved to, as a share of the use:
    the figure of no origin is further off than that.
    """

    origins: FloatArray
    unknown: FloatArray
    residual: float


@dataclass(frozen=True)
class Chain:
    """Content that moves from node to node, each handing on what entered it in equal parts.

    `mixing` (to, from) and `began` (node, label) are shares of what entered each node, and add up
    to 1 where anything did; `entering` and `leaving` (node) are t/yr, the latter without use.
    """

    mixing: sparse.csr_array
    began: sparse.csr_array
    entering: FloatArray
    leaving: FloatArray

    @classmethod
    def of(
        cls,
        moved: sparse.csr_array,
        born: sparse.csr_array,
        noise: float | FloatArray = 0.0,
    ) -> Chain:
        """The chain of flows `moved` (to, from) and of what began, `born` (node, label), t/yr.

        A node that no more than `noise` enters is taken to be empty.
        Raises ValueError naming the flows that are negative or not finite.
        """
        _refuse_faulty(moved, born)
        entering = np.asarray(moved.sum(axis=1) + born.sum(axis=1))
        filled = entering > noise
        share = np.where(filled, 1 / np.where(filled, entering, 1.0), 0.0)
        scale = sparse.diags_array(share)
        return cls(
            mixing=sparse.csr_array(scale @ moved),
            began=sparse.csr_array(scale @ born),
            entering=entering,
            leaving=np.asarray(moved.sum(axis=0)),
        )

    @cached_property
    def rooted(self) -> BoolArray:
        """(node): whether something that began anywhere reaches it.

        The others are empty, or lie in circles of flows that nothing enters.
        """
        nodes = len(self.entering)
        begins = np.flatnonzero(self.began.sum(axis=1) > 0)
        downstream = sparse.coo_array(self.mixing.T)
        graph = sparse.csr_array(
            (
                np.ones(downstream.nnz + len(begins)),
                (
                    np.concatenate([downstream.row, np.full(len(begins), nodes)]),
                    np.concatenate([downstream.col, begins]),
                ),
            ),
            shape=(nodes + 1, nodes + 1),
        )
        found = np.zeros(nodes + 1, dtype=bool)
        found[breadth_first_order(graph, nodes, return_predecessors=False)] = True
        return found[:nodes]

    def excess(self, use: FloatArray) -> FloatArray:
        """(node): t/yr that leaves or is used beyond what enters: its make-up is unexplained.

        use: t/yr, all that is used at each node and goes no further.
        """
        beyond = self.leaving + use - self.entering
        return np.where(beyond > EXCESS * np.maximum(self.entering, self.leaving), beyond, 0.0)

    def behind(self, use: FloatArray) -> Behind:
        """What began under each label of what is used: `use` is (node) or (node, use), t/yr.

        origins + unknown add up to the use as far as `residual` tells.
        """
        visits, residual = self._within.visits(use[self.rooted])
        lost = visits.T @ self._lost
        return Behind(
            origins=np.maximum(self.began[self.rooted].T @ visits, 0.0),
            unknown=np.asarray(lost + use[~self.rooted].sum(axis=0)),
            residual=residual,
        )

    def reaching(self, label: int) -> FloatArray:
        """(node): share of what entered it that began under a label; 0 where nothing did."""
        share = np.zeros(len(self.entering))
        began = self.began[:, [label]].toarray().ravel()
        share[self.rooted] = self._within.shares(began[self.rooted])
        return np.clip(share, 0.0, 1.0)

    def entry(self, use: FloatArray, inside: BoolArray) -> tuple[FloatArray, Behind]:
        """Where the content of a use last came into some nodes from outside them.

        use: (node), t/yr, at nodes `inside` alone. Gives (node) t/yr that came directly from each
        node outside, and what began inside without ever coming in.
        """
        kept = inside & self.rooted
        within = Upstream(self.mixing[kept][:, kept])
        visits, residual = within.visits(use[kept])
        came = np.zeros(len(use))
        outside = ~inside & self.rooted
        came[outside] = self.mixing[kept][:, outside].T @ visits
        lost = visits @ self._into(kept, ~self.rooted)
        unknown = np.asarray(lost + use[~self.rooted].sum())
        return came, Behind(np.asarray(self.began[kept].T @ visits), unknown, residual)

    def borders(
        self, use: FloatArray, country: IntArray, at_most: int = BORDERS
    ) -> tuple[FloatArray, FloatArray]:
        """(borders, label): t/yr of a use that crossed 0, 1, 2, ... borders since it began.

        country: (node) number of the country it lies in. Also gives (borders) t/yr of no known
        origin. A last row `at_most` stands for that many borders or more.
        """
        rooted = self.rooted
        flows = sparse.coo_array(self.mixing[rooted][:, rooted])
        where = country[rooted]
        crosses = where[flows.row] != where[flows.col]
        stays, crossing = (
            sparse.csr_array((flows.data[at], (flows.row[at], flows.col[at])), shape=flows.shape)
            for at in (~crosses, crosses)
        )
        inland, began = Upstream(stays), self.began[rooted]
        left = use[rooted]
        found: list[FloatArray] = []
        unknown: list[float] = []
        while left.sum() > HARDLY_ANY * use.sum():
            last = len(found) == at_most
            visits, _ = (self._within if last else inland).visits(left)
            found.append(np.asarray(began.T @ visits))
            unknown.append(float(visits @ self._lost))
            left = np.zeros(len(left)) if last else crossing.T @ visits
        nowhere = np.zeros(max(len(found), 1))
        nowhere[0] = use[~rooted].sum()
        nowhere[: len(unknown)] += unknown
        return np.array(found or [np.zeros(began.shape[1])]), nowhere

    @cached_property
    def _within(self) -> Upstream:
        return Upstream(self.mixing[self.rooted][:, self.rooted])

    @cached_property
    def _lost(self) -> FloatArray:
        return self._into(self.rooted, ~self.rooted)

    def _into(self, to: BoolArray, start: BoolArray) -> FloatArray:
        return np.asarray(self.mixing[to][:, start].sum(axis=1))


def _refuse_faulty(moved: sparse.csr_array, born: sparse.csr_array) -> None:
    faults: list[str] = []
    for flows, words in ((moved, "flow to node {} from node {}"), (born, "born in node {} as {}")):
        cells = sparse.coo_array(flows)
        wrong = np.flatnonzero(~(np.isfinite(cells.data) & (cells.data >= 0)))
        faults += [
            f"{words.format(cells.row[i], cells.col[i])}: {cells.data[i]:g} t/yr"
            for i in wrong[:FAULTS_TOLD]
        ]
        if len(wrong) > FAULTS_TOLD:
            faults.append(f"and {len(wrong) - FAULTS_TOLD} more")
    if faults:
        raise ValueError("flows must be finite and not below 0\n" + "\n".join(faults))
