"""Free baskets: coefficients of recipes as measured quantities with errors of their own.

A balance is then a sum of products of two unknowns, and is taken as linear about the last point
(Cencic, Metall. Mater. Trans. B 47 (2016) 3187, as in STAN): with A the coefficients of the last
point (x', d') and J the sum of A0 x' by coefficient, A x + J d = J d'. The unknown of a
coefficient is its relative deviation d from what the case states.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from kidorui.network import Network
from kidorui.studies.calibration.terms import Output
from kidorui.studies.reconcile.assumed import coefficient_errors

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]

WIDEST = 0.9
"""Largest relative deviation of a coefficient, so that none changes its sign."""


@dataclass(frozen=True)
class Baskets:
    """The coefficients that are free, and where each stands among those of the network.

    `table`: recipe, material, coefficient as stated, error (relative); `pool`, `activity`,
    `number` (entry): which coefficient is where in the network, `value` as stated. `limits`
    (recipe and element, coefficient) are kept below `limit`: of no element does a recipe give
    more than it takes, or more than as stated where that is more.
    """

    network: Network
    table: pd.DataFrame
    pool: IntArray
    activity: IntArray
    number: IntArray
    value: FloatArray
    limits: sparse.csr_array
    limit: FloatArray

    @property
    def error(self) -> FloatArray:
        """(coefficient): standard error, relative."""
        return self.table["error"].to_numpy(float)

    def at(self, deviation: FloatArray) -> Network:
        """The network with coefficients that deviate so."""
        change = sparse.csr_array(
            (self.value * deviation[self.number], (self.pool, self.activity)),
            shape=self.network.recipes.shape,
        )
        return replace(self.network, recipes=sparse.csr_array(self.network.recipes + change))

    def slopes(self, activity: FloatArray) -> sparse.csr_array:
        """(pool, coefficient): what a relative deviation adds to each pool, t/yr."""
        moved = self.value * activity[self.activity]
        shape = (self.network.recipes.shape[0], len(self.table))
        return sparse.csr_array((moved, (self.pool, self.number)), shape=shape)

    def slope_of(
        self, output: Output, coefficients: FloatArray, activity: FloatArray
    ) -> FloatArray:
        """(coefficient): what a relative deviation adds to an output observed.

        `coefficients` (activity) tells whose output counts: it is net, so none that only takes.
        """
        counts = output.counted[self.pool] * output.makers[self.activity]
        makes = coefficients[self.activity] > 0
        moved = self.value * activity[self.activity] * counts * makes
        summed = np.bincount(self.number, weights=moved, minlength=len(self.table))
        return np.asarray(summed, dtype=float)


def free_baskets(network: Network, runs: npt.NDArray[np.bool_], *, scale: float) -> Baskets:
    """Coefficients of the recipes that can run, but for those of one, which define the unit.

    runs (activity): which can run. scale: factor on errors that are assumed.
    """
    recipes = network.case.table("recipes")
    used = set(network.activities["recipe"].to_numpy()[runs].tolist())
    free = recipes["recipe"].isin(used) & ((recipes["coefficient"].abs() - 1).abs() > 1e-12)
    rows = recipes[free & (recipes["coefficient"] != 0)].reset_index(drop=True)
    table = rows[["recipe", "material", "coefficient", "confidence"]].assign(
        error=coefficient_errors(rows, scale=scale)
    )
    entries = network.recipes.tocoo()
    key = pd.MultiIndex.from_arrays(
        [
            network.activities["recipe"].to_numpy()[entries.col],
            network.pools["material"].to_numpy()[entries.row],
        ]
    )
    number = pd.MultiIndex.from_frame(table[["recipe", "material"]]).get_indexer(key)
    kept = number >= 0
    limits, limit = _content_limits(network, table)
    return Baskets(
        network=network,
        table=table,
        pool=np.asarray(entries.row[kept], dtype=np.intp),
        activity=np.asarray(entries.col[kept], dtype=np.intp),
        number=np.asarray(number[kept], dtype=np.intp),
        value=np.asarray(entries.data[kept], dtype=float),
        limits=limits,
        limit=limit,
    )


def _content_limits(network: Network, table: pd.DataFrame) -> tuple[sparse.csr_array, FloatArray]:
    """What each recipe gives of each element, less what it takes: none, or as much as stated."""
    recipes = network.case.table("recipes")
    takes = recipes.groupby("recipe")["coefficient"].min() < 0
    names = [name for name in dict.fromkeys(table["recipe"]) if takes[name]]
    order = pd.Index(names)
    all_rows = recipes[recipes["recipe"].isin(names)]
    held = network.content_of(all_rows["material"]) * all_rows["coefficient"].to_numpy()[:, None]
    stated = np.zeros((len(names), held.shape[1]))
    np.add.at(stated, order.get_indexer(pd.Index(all_rows["recipe"])), held)
    mine = order.get_indexer(pd.Index(table["recipe"]))
    content = network.content_of(table["material"]) * table["coefficient"].to_numpy()[:, None]
    column, element = np.nonzero(content * (mine >= 0)[:, None])
    row = mine[column] * held.shape[1] + element
    matrix = sparse.csr_array(
        (content[column, element], (row, column)), shape=(stated.size, len(table))
    )
    used = np.flatnonzero(np.diff(matrix.indptr))
    return sparse.csr_array(matrix[used]), np.maximum(-stated.ravel()[used], 0.0)
