"""What goes short, with the plan and without: by sector and by element."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from kidorui.network import Network
from kidorui.network.demand import reference_share
from kidorui.program import Solution
from kidorui.studies.base_year import PER_TONNE
from kidorui.studies.moments import Moment
from kidorui.studies.solved import NOTHING, PLAN, Solved

FloatArray = npt.NDArray[np.float64]

_NOISE = 1e-7
"""Share of a demand below which a shortage is the solver's tolerance."""


def missing(network: Network, solution: Solution) -> tuple[FloatArray, FloatArray]:
    """(node, demand): demand at the base price that is not met, and what that loses.

    In t/yr and million US$/yr, as `unmet` has them.
    """
    return unmet(network, network.quantity, solution.values["served"])


def unmet(
    network: Network, quantity: FloatArray, served: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """What is not met of quantities (time, demand), t/yr, and what that loses, million US$/yr.

    served: (time, demand x step). Met is what is served, be it by goods or by substitution. The
    loss is what the unmet steps of the demand curve are worth above the base price.
    """
    base = network.demands["base_price"].to_numpy(float)
    wanted = quantity[:, :, None] * network.step_width
    short = np.clip(wanted - served.reshape(wanted.shape), 0.0, None)
    short *= reference_steps(network)
    short[short.sum(axis=2) < _NOISE * quantity] = 0.0
    loss = (short * (network.step_value - base[:, None])).sum(axis=2) * PER_TONNE
    return np.asarray(short.sum(axis=2)), np.asarray(loss)


def reference_steps(network: Network) -> npt.NDArray[np.bool_]:
    """(demand, step): whether a step of the curve is part of the demand at the base price."""
    base = network.demands["base_price"].to_numpy(float)
    return reference_share(network.step_width, network.step_value, base) > 0


def saved(network: Network, solution: Solution) -> FloatArray:
    """(node, demand): t/yr that substitution saves."""
    out = np.zeros((network.tree.size, len(network.demands)))
    np.add.at(out.T, network.savings["demand"].to_numpy(), solution.values["saved"].T)
    return out


def shortage(solved: Solved, moments: Sequence[Moment]) -> pd.DataFrame:
    """One row per moment and demand of the focus place: shortage and loss, both ways."""
    network = solved.network
    share = np.array([moment.share for moment in moments])
    here = focus_demands(network)
    short = {name: missing(network, s) for name, s in solved.both.items()}

    def told(values: FloatArray) -> FloatArray:
        return np.asarray((share @ values)[:, here]).ravel()

    demands = network.demands.iloc[here]
    rows = _grid(moments, demands[["sector", "place", "material"]])
    rows["demand"] = told(network.quantity)
    rows["shortage_nothing"] = told(short[NOTHING][0])
    rows["shortage_plan"] = told(short[PLAN][0])
    rows["avoided"] = rows["shortage_nothing"] - rows["shortage_plan"]
    rows["saved_plan"] = told(saved(network, solved.plan))
    rows["loss_nothing"] = told(short[NOTHING][1])
    rows["loss_plan"] = told(short[PLAN][1])
    rows["loss_avoided"] = rows["loss_nothing"] - rows["loss_plan"]
    return rows


def shortage_by_element(solved: Solved, moments: Sequence[Moment]) -> pd.DataFrame:
    """One row per moment and element: the same shortages, in t of oxide contained."""
    network = solved.network
    share = np.array([moment.share for moment in moments])
    here = focus_demands(network)
    content = network.content_of(network.demands["material"].iloc[here])

    def told(values: FloatArray) -> FloatArray:
        return np.asarray((share @ values)[:, here] @ content).ravel()

    elements = solved.case.table("elements").reset_index(drop=True)
    rows = _grid(moments, elements[["id", "group"]].rename(columns={"id": "element"}))
    rows["demand"] = told(network.quantity)
    rows["shortage_nothing"] = told(missing(network, solved.nothing)[0])
    rows["shortage_plan"] = told(missing(network, solved.plan)[0])
    rows["avoided"] = rows["shortage_nothing"] - rows["shortage_plan"]
    return rows[rows["demand"] > 0].reset_index(drop=True)


def focus_demands(network: Network) -> npt.NDArray[np.intp]:
    """Numbers of the demands at the focus place."""
    focus = network.case.settings.focus
    return np.flatnonzero((network.demands["place"] == focus).to_numpy())


def _grid(moments: Sequence[Moment], things: pd.DataFrame) -> pd.DataFrame:
    """Every moment with every thing."""
    count = len(things)
    rows = pd.concat([things] * len(moments), ignore_index=True) if moments else things.head(0)
    rows.insert(0, "state", np.repeat([m.state for m in moments], count).astype(object))
    rows.insert(1, "year", np.repeat([m.year for m in moments], count).astype(int))
    return rows
