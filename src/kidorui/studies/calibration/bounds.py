"""Bounds that fix tonnage in the base year: which they are, how much they fix, taking them off.

Four kinds are told apart. A `quota` is a government's: a real bound of that year, which the
model does not explain. A `base flow` is a trade flow observed, taken as the most that its route
carries, since buyers need time to qualify another seller. A `fitted capacity` is a capacity that
equals, within FITTED, an output observed. A `contract` is the least that is delivered.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from kidorui.case import Case
from kidorui.network import Network
from kidorui.program import Solution
from kidorui.program.operation import shipped
from kidorui.studies.calibration.bases import read_basis
from kidorui.studies.calibration.year import Seen, SolvedYear

BoolArray = npt.NDArray[np.bool_]
FloatArray = npt.NDArray[np.float64]

FITTED = 0.02
"""A capacity this near to an output observed counts as fitted to it."""

AT = 1e-6
"""Distance from a bound, relative and in t/yr, at which it counts as reached."""

QUOTA, FLOW, CAPACITY, CONTRACT = "quota", "base flow", "fitted capacity", "contract"


@dataclass(frozen=True)
class Held:
    """What stands at a bound in a solved base year.

    `quota` and `fitted` (unit): at a quota, at a fitted capacity; `route` (route): at its base
    flow.
    """

    quota: BoolArray
    fitted: BoolArray
    route: BoolArray

    def of(self, network: Network) -> tuple[BoolArray, BoolArray]:
        """(activity) and (link): which belong to a unit or a route that is held."""
        unit = network.activities["unit"].to_numpy()
        return (self.quota | self.fitted)[unit], self.route[network.links["route"].to_numpy()]


def fitted_units(case: Case, network: Network) -> BoolArray:
    """(unit): those whose capacities together equal an output observed in the base year.

    The output is what they would make at full capacity, quotas aside.
    """
    capacity = network.capacity[0]
    unit = network.activities["unit"].to_numpy()
    full = _full_year(network, capacity[unit])
    fitted = np.zeros(len(network.units), dtype=bool)
    for seen, expected in outputs_observed(case):
        by_activity = _most(network, full, seen)
        could = pd.Series(by_activity).groupby(unit).max()
        total = float(could.sum())
        if expected > 0 and total > 0 and abs(total / expected - 1) <= FITTED:
            fitted[could.index[could > 0]] = True
    return fitted


def without_quotas(network: Network) -> Network:
    """The network of the base year without quotas, all else as it stands."""
    return replace(network, quota=np.full_like(network.quota, np.inf))


def free_of_bounds(network: Network, fitted: BoolArray) -> Network:
    """The network of the base year without any bound that fixes tonnage.

    No quotas, no base flows (but on routes that an event cuts, where they measure what it lets
    through), and fitted capacities at their nameplate, ramp aside, or without end where the
    nameplate itself is what was observed. Contracts stay: they are the least, not the most.
    """
    routes = network.routes
    limited = np.isfinite(network.hits.allowance).any(axis=0)
    cut = np.zeros(len(routes), dtype=bool)
    cut[network.links["route"].to_numpy()[limited]] = True
    nameplate, stands = network.units["capacity"].to_numpy(float), network.capacity[0]
    open_end = np.where(nameplate > stands * (1 + FITTED), nameplate, np.inf)
    return replace(
        without_quotas(network),
        routes=routes.assign(base_flow=routes["base_flow"].where(cut)),
        capacity=np.where(fitted & (stands > 0), open_end, network.capacity),
    )


def held(network: Network, solution: Solution, fitted: BoolArray) -> Held:
    """Which bounds the solved base year stands at."""
    routes, run = network.routes, by_unit(network, solution)
    capacity, quota = network.capacity[0], network.quota[0]
    at_quota = reached(run, quota) & (quota < capacity)
    return Held(
        quota=at_quota,
        fitted=fitted & ~at_quota & reached(run, capacity) & (capacity > 0),
        route=bounded(routes)
        & reached(by_route(network, solution), routes["base_flow"].to_numpy(float)),
    )


def outputs_observed(case: Case) -> list[tuple[Seen, float]]:
    """Outputs of a place observed in the base year, on a basis of tonnes, primary or not."""
    table = case.table("observations")
    rows = table[(table["kind"] == "production") & (table["year"] == case.settings.base_year)]
    out = []
    columns = [rows[name].tolist() for name in ("place", "goods", "unit", "value")]
    for place, goods, unit, value in zip(*columns, strict=True):
        basis = read_basis(unit)
        if not isinstance(basis, str) and basis.measure in ("weight", "content"):
            out.append((Seen("production", place, "", goods, basis), float(value)))
    return out


def _full_year(network: Network, activity: FloatArray) -> SolvedYear:
    """A year in which every activity ran at what is given, and nothing else is known."""
    nothing = np.zeros(len(network.links))
    return SolvedYear(
        network=network,
        activity=activity,
        flow=nothing,
        served=np.zeros(len(network.demands)),
        price=np.zeros(len(network.pools)),
        held_activity=np.zeros(len(activity), dtype=bool),
        held_flow=nothing.astype(bool),
    )


def _most(network: Network, full: SolvedYear, seen: Seen) -> FloatArray:
    """(activity): the most it could make of what was observed, at the place."""
    here = full.place_of_activity() == seen.place
    return np.asarray(full.produced(full.counted(seen), seen.basis) * here)


def bounded(routes: pd.DataFrame) -> BoolArray:
    """(route): those with a yearly limit whose base flow is stated, the most of the base year."""
    limit, flow = routes["change_limit"].to_numpy(float), routes["base_flow"].to_numpy(float)
    return np.asarray(np.isfinite(limit) & ~np.isnan(flow))


def reached(value: FloatArray, bound: FloatArray) -> BoolArray:
    """Which values stand at their upper bound, by elements."""
    with np.errstate(invalid="ignore"):
        return np.asarray(value >= bound - AT * np.maximum(np.abs(bound), 1.0))


def by_unit(network: Network, solution: Solution) -> FloatArray:
    """(unit): activity of all its modes, t/yr."""
    unit = network.activities["unit"].to_numpy()
    run = solution.values["activity"][0]
    return np.asarray(np.bincount(unit, weights=run, minlength=len(network.units)), dtype=float)


def by_route(network: Network, solution: Solution) -> FloatArray:
    """(route): flow on all its links, t/yr."""
    route = network.links["route"].to_numpy()
    flow = shipped(network, solution.values)[0]
    return np.asarray(np.bincount(route, weights=flow, minlength=len(network.routes)), dtype=float)
