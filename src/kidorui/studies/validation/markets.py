"""Prices in a lived path: marginal at a place, or weighed by what is used; never mixed."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from kidorui.studies.stress.lived import Lived
from kidorui.studies.stress.pricing import pool_of, prices

FloatArray = npt.NDArray[np.float64]


def border_price(lived: Lived, material: str, place: str) -> FloatArray:
    """(month): marginal price of a material at a place, US$/kg; NaN where it is not traded.

    Of two copies that of controlled origin, which any user without a bound may draw on.
    """
    pool = pool_of(lived.network, material, place)
    if pool < 0:
        return np.full(lived.path.months, np.nan)
    return np.asarray(lived.path.price[:, pool])


def ratio(lived: Lived, material: str, outside: str) -> FloatArray:
    """(month): marginal price at a place outside over that inside the controlled country."""
    inside = border_price(lived, material, lived.case.settings.control)
    return np.asarray(border_price(lived, material, outside) / np.maximum(inside, 1e-9))


def basket(lived: Lived, weights: Mapping[str, float], place: str) -> FloatArray:
    """(month): mean of marginal prices at a place by fixed weights, US$/kg."""
    whole = sum(weights.values())
    spent = [weight * border_price(lived, name, place) for name, weight in weights.items()]
    return np.asarray(np.sum(spent, axis=0) / max(whole, 1e-12))


def paid(lived: Lived, material: str) -> FloatArray:
    """(month): world mean of the marginal prices of a material by what is used at each, US$/kg."""
    table = prices(lived)
    return table.loc[table["material"] == material, "world_paid"].to_numpy(float)
