"""What the blocks of a programme are made of: givens, matrices over nodes, labels of rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from kidorui.network import Network, Tree
from kidorui.program.model import Sparse

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]

PER_TONNE = 1e-3
"""Million US$ in a tonne at 1 US$/kg."""


@dataclass(frozen=True)
class Reference:
    """What the base year hands to later years.

    `flow` (route) is the start of the inertia and the measure of allowances, t/yr, NaN where
    unknown; `unexplained` (pool) is the most that may appear unexplained, t/yr; `throughput`
    (pool) is what was used up, t/yr; `price` (pool) at which it cleared, US$/kg, NaN or None
    where unknown.
    """

    flow: FloatArray
    unexplained: FloatArray
    throughput: FloatArray
    price: FloatArray | None = None


@dataclass(frozen=True)
class Built:
    """Capacity that a tonne of each decided size adds: (node x unit or stock, size) matrices."""

    of_units: sparse.csr_array
    of_stocks: sparse.csr_array


def at_every_node(tree: Tree, matrix: Sparse) -> sparse.csr_array:
    """The same (row, thing) matrix in every node."""
    return sparse.csr_array(sparse.kron(sparse.eye_array(tree.size), matrix, format="csr"))


def incidence(rows: IntArray, count: int) -> sparse.csr_array:
    """(row, thing): a one where a thing belongs to a row."""
    things = np.arange(len(rows))
    return sparse.csr_array((np.ones(len(rows)), (rows, things)), shape=(count, len(rows)))


def from_parent(tree: Tree, things: int) -> sparse.csr_array:
    """(node x thing, node x thing): a one where the second is the first in the node before."""
    later = np.flatnonzero(tree.parent >= 0)
    step = sparse.csr_array(
        (np.ones(len(later)), (later, tree.parent[later])), shape=(tree.size, tree.size)
    )
    return sparse.csr_array(sparse.kron(step, sparse.eye_array(things), format="csr"))


def pool_labels(network: Network) -> pd.DataFrame:
    """A row per pool: the row of its material in the case, and where it is."""
    rows = network.case.table("materials").set_index("id")["_row"]
    labels = network.pools[["material", "place"]].copy()
    labels.insert(0, "table", "materials")
    labels.insert(1, "row", labels["material"].map(rows).to_numpy())
    return labels


def label_rows(rows: pd.DataFrame, *columns: str, table: str = "") -> pd.DataFrame:
    """`table`, `row` and `columns` of rows of the case; `rows` may name their own table."""
    out = rows[["row" if "row" in rows else "_row", *columns]].rename(columns={"_row": "row"})
    out.insert(0, "table", table or rows["table"])
    return out.reset_index(drop=True)
