"""Which way goods go once events strike: the routes whose flow changes."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from kidorui.network.months import MONTH
from kidorui.studies.stress.lived import Lived

BoolArray = npt.NDArray[np.bool_]
FloatArray = npt.NDArray[np.float64]

_LEAST = 0.01
"""Change of a flow, as a share of the calm trade of the places struck, from which it is told."""

_NOISE = 1e-6
"""Changes below this, t/yr, are the solver's tolerance."""


def flows(lived: Lived) -> pd.DataFrame:
    """One row per route whose flow changes while events hold, t/yr.

    Told is a change of more than a hundredth of what, in the last calm month, went of the
    material into and out of the places struck (or anywhere, where that is nothing).
    """
    network, routes = lived.network, lived.network.routes
    calm = lived.flows[max(lived.lead - 1, 0)]
    while_on = _months_struck(lived)
    during = lived.flows[while_on].mean(axis=0) if while_on.any() else calm
    there = routes[["origin", "destination"]].isin(_places_struck(lived)).any(axis=1)
    trade = pd.DataFrame({"calm": calm, "there": calm * there, "material": routes["material"]})
    total = trade.groupby("material")[["there", "calm"]].transform("sum").to_numpy(float)
    measure = np.where(total[:, 0] > _NOISE, total[:, 0], total[:, 1])
    change = during - calm
    told = np.abs(change) > np.maximum(_LEAST * measure, _NOISE)
    leaked = np.zeros(len(routes))
    if "detour" in lived.path.values and while_on.any():
        route = network.links["route"].to_numpy(np.intp)[network.detours]
        np.add.at(leaked, route, lived.path.values["detour"][while_on].mean(axis=0))
    rows = pd.DataFrame(
        {
            **{name: routes[name] for name in ("material", "origin", "destination")},
            "cut": lived.given.cut[: lived.path.months][while_on].any(axis=0),
            "calm": calm,
            "during": during,
            "change": change,
            "leaked": leaked,
        }
    )
    chosen: pd.DataFrame = rows.loc[told]
    return chosen.reset_index(drop=True)


def _months_struck(lived: Lived) -> BoolArray:
    """(month): whether a new strike holds in some part of it."""
    begin = lived.network.tree.start[: lived.path.months]
    on = np.zeros(len(begin), dtype=bool)
    for strike in lived.scenario.strikes:
        on |= (begin + MONTH > strike.start + 1e-6) & (begin < strike.end - 1e-6)
    return on


def _places_struck(lived: Lived) -> set[str]:
    """Where what the new strikes hit stands: the ends of routes, plants, sectors."""
    network = lived.network
    found: set[str] = set()
    for strike in lived.scenario.strikes:
        target = network.targets[strike.event]
        kind, hit = target.event.kind, target.hit
        if target.cuts_links or kind == "tariff":
            found |= set(network.links.loc[hit, "destination"])
        elif kind in ("stop", "dumping"):
            found |= set(network.units.loc[hit, "place"])
        elif kind != "know-how":
            found |= set(network.demands.loc[hit, "place"])
    return found
