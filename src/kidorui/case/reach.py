"""Which materials can be where: what recipes and routes can fill."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Shape:
    """Recipes in place and routes as graphs over all (material, place) pairs.

    `inputs` and `outputs` are (mode, pair) matrices of tonnes per unit of activity, both
    positive; `origin` and `destination` are the pairs each route joins.
    """

    inputs: sparse.csr_array
    outputs: sparse.csr_array
    origin: IntArray
    destination: IntArray

    @property
    def pairs(self) -> int:
        """Number of (material, place) pairs."""
        return int(self.inputs.shape[1])


def available(shape: Shape, stocked: BoolArray | None = None) -> BoolArray:
    """Pairs that recipes and routes can fill, from recipes without inputs and what is stocked."""
    full = np.zeros(shape.pairs, dtype=bool) if stocked is None else stocked.copy()
    needs = (shape.inputs > 0).astype(float)
    makes = (shape.outputs > 0).astype(float).T.tocsr()
    required = needs.sum(axis=1)
    while True:
        runs = needs @ full >= required
        grown = full | (makes @ runs > 0)
        grown[shape.destination[grown[shape.origin]]] = True
        if np.array_equal(grown, full):
            return full
        full = grown
