"""Demand by sector, and its stepped curve through the base year's price and quantity."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from kidorui.case import Case
from kidorui.network.tree import Tree

FloatArray = npt.NDArray[np.float64]

_CHEAPEST = 0.5
"""Lowest price on the curve, as a multiple of the base price."""

_BELOW = 0.25
"""Share of the steps that lie below the base price."""


def gather_demands(case: Case) -> pd.DataFrame:
    """One row per sector, place and material: base price, elasticity, value lost, priority."""
    rows = case.table("demands")
    keys = ["sector", "place", "material"]
    demands = rows.groupby(keys, sort=True, as_index=False).agg(
        elasticity=("elasticity", "first"),
        value_lost=("value_lost", "first"),
        priority=("priority", "first"),
        row=("_row", "first"),
    )
    price = case.table("materials").set_index("id")["base_price"]
    demands["base_price"] = demands["material"].map(price).to_numpy(float)
    return demands


def gather_savings(case: Case, demands: pd.DataFrame) -> pd.DataFrame:
    """Rows of the substitutions table with the `demand` they save on."""
    keys = ["sector", "place", "material"]
    number = demands[keys].assign(demand=np.arange(len(demands)))
    rows = case.table("substitutions").rename(columns={"_row": "row"})
    return rows.merge(number, on=keys, how="inner")


def quantities(case: Case, demands: pd.DataFrame, tree: Tree) -> FloatArray:
    """(node, demand): quantity at the base price, t/yr, interpolated between stated years.

    A year's quantity is that of its middle; before the first year stated and after the last
    it stays as it is.
    """
    keys = ["sector", "place", "material"]
    number = demands[keys].assign(demand=np.arange(len(demands)))
    rows = case.table("demands").merge(number, on=keys).sort_values(["demand", "year"])
    first = np.searchsorted(rows["demand"], np.arange(len(demands)))
    last = np.searchsorted(rows["demand"], np.arange(len(demands)), side="right") - 1
    year, quantity = rows["year"].to_numpy(float) + 0.5, rows["quantity"].to_numpy(float)
    # rows of all demands on one rising axis, each demand within a span of its own
    span = year.max(initial=0.0) - year.min(initial=np.inf) + 1 if len(year) else 1.0
    moment = np.clip(tree.middle[:, None], year[first], year[last])
    axis = year + rows["demand"].to_numpy() * span
    return np.asarray(np.interp(moment + np.arange(len(demands)) * span, axis, quantity))


def curve(demands: pd.DataFrame, steps: int) -> tuple[FloatArray, FloatArray]:
    """Width (share of the base quantity) and value (US$/kg) of each step, dearest first.

    The curve is q = (p / p0) ** elasticity, from half the base price to the value lost, cut
    in geometric steps of which one edge is the base price; the quantity still wanted at the
    value lost is the first step. Returns two (demand, step) arrays.
    """
    base = demands["base_price"].to_numpy(float)[:, None]
    elasticity = demands["elasticity"].to_numpy(float)[:, None]
    top = np.maximum(demands["value_lost"].to_numpy(float)[:, None] / base, 1.0)
    below = max(1, round(steps * _BELOW))
    above = max(1, steps - below - 1)
    rising = np.linspace(0, 1, above + 1)[::-1]
    multiples = np.hstack([top**rising, np.geomspace(1, _CHEAPEST, below + 1)[None, 1:] + 0 * base])
    wanted = multiples**elasticity
    widths = np.hstack([wanted[:, :1], np.diff(wanted, axis=1)])
    middles = np.sqrt(multiples[:, :-1] * multiples[:, 1:])
    return widths, np.hstack([top, middles]) * base


def reference_share(widths: FloatArray, values: FloatArray, base_price: FloatArray) -> FloatArray:
    """(demand, step): 1 where the step is part of the demand at the base price, else 0."""
    return np.asarray((values > base_price[:, None] * (1 - 1e-12)) & (widths > 0), dtype=float)
