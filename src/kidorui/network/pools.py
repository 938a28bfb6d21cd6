"""Which materials can be where, and which are of use there: the pools of the network.

A *pool* is a material at a place. Those that nothing can fill, or that serve nothing, are
left out before the programme is stated.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from kidorui.case.reach import Shape, available

BoolArray = npt.NDArray[np.bool_]

__all__ = ["Kept", "Shape", "available", "controlled", "keep", "tainting", "useful"]


@dataclass(frozen=True)
class Kept:
    """What takes part: `pairs`, the `modes` that run in them and the `routes` between them."""

    pairs: BoolArray
    modes: BoolArray
    routes: BoolArray


def keep(shape: Shape, served: BoolArray, stocked: BoolArray) -> Kept:
    """Pairs that can be filled and are of use, with the by-products of what runs for them."""
    full = available(shape, stocked)
    pairs = full & useful(shape, served)
    needs = (shape.inputs > 0).astype(float)
    makes = shape.outputs > 0
    modes = (needs @ full >= needs.sum(axis=1)) & (makes @ pairs > 0)
    pairs = full & (pairs | (makes.T @ modes > 0))
    return Kept(pairs, modes, full[shape.origin] & pairs[shape.destination])


def useful(shape: Shape, served: BoolArray) -> BoolArray:
    """Pairs from which something `served` (demanded or stocked) can be reached."""
    wanted = served.copy()
    needs = (shape.inputs > 0).astype(float).T.tocsr()
    makes = (shape.outputs > 0).astype(float)
    while True:
        runs = makes @ wanted > 0
        grown = wanted | (needs @ runs > 0)
        grown[shape.origin[grown[shape.destination]]] = True
        if np.array_equal(grown, wanted):
            return wanted
        wanted = grown


def controlled(shape: Shape, born: BoolArray, de_minimis: float) -> BoolArray:
    """Pairs that can hold goods of controlled origin: made from `born` above de minimis."""
    held = born.copy()
    taints = tainting(shape.inputs, de_minimis)
    makes = (shape.outputs > 0).astype(float).T.tocsr()
    while True:
        grown = held | (makes @ (taints @ held > 0) > 0)
        grown[shape.destination[grown[shape.origin]]] = True
        if np.array_equal(grown, held):
            return held
        held = grown


def tainting(inputs: sparse.csr_array, de_minimis: float) -> sparse.csr_array:
    """Inputs whose share of a recipe's feed is above de minimis, as ones."""
    total = np.maximum(inputs.sum(axis=1), 1e-300)
    shares = inputs.multiply(1 / total[:, None]).tocsr()
    shares.data = (shares.data > de_minimis).astype(float)
    shares.eliminate_zeros()
    return sparse.csr_array(shares)
