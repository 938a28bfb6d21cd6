"""What holds in each month of the axis, whatever happened before: the givens of the window."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from kidorui.network import Network, Tree
from kidorui.network.hits import Hits, strike
from kidorui.network.months import MONTH
from kidorui.network.strikes import Strike, schedule_on_axis
from kidorui.program.operation import detour_bound, shipment_bound
from kidorui.program.rules import firm_quantities, freedom, quota_bound, quotas_on
from kidorui.studies.stress.world import World

BoolArray = npt.NDArray[np.bool_]
FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Conditions:
    """(month, thing): bounds and costs that the calendar and the events set.

    `shipment`, `detour` t/yr and what a tonne of each costs, US$/kg; `capacity` (unit),
    `quantity` (demand) t/yr, `entitled` (demand) the share of it that may be of controlled origin,
    `contract` and `quota` (those that may be on) t/yr; `store` (store, t) what it can hold;
    `released` (store) whether its rule lets it be drawn; `alarm` (store) whether what it holds
    is under threat; `cut` (route) whether an event holds it down. `onset` is the moment the
    first new strike begins (inf: none does) and `struck` (month) whether one has begun.
    """

    axis: Tree
    shipment: FloatArray
    shipping: FloatArray
    detour: FloatArray
    detouring: FloatArray
    capacity: FloatArray
    quantity: FloatArray
    entitled: FloatArray
    contract: FloatArray
    quota: FloatArray
    store: FloatArray
    released: BoolArray
    alarm: BoolArray
    cut: BoolArray
    onset: float
    struck: BoolArray


def conditions(world: World, strikes: Sequence[Strike]) -> Conditions:
    """Conditions on the axis of a world, with what is part of its calm and strikes that are new."""
    network, reference, stores = world.network, world.reference, world.stores
    axis = network.tree
    hits = _hits(network, [*world.standing, *strikes])
    struck = network.under(hits)
    new = _hits(network, strikes)
    onset = min((one.start for one in strikes), default=np.inf)
    links, settings = network.links, network.case.settings
    cost = links["cost"].to_numpy(float) + hits.duty
    round_about = network.detours
    cut = np.zeros((axis.size, len(network.routes)), dtype=bool)
    np.logical_or.at(cut.T, links["route"].to_numpy(), np.isfinite(hits.allowance).T)
    return Conditions(
        axis=axis,
        shipment=shipment_bound(struck, reference),
        shipping=cost,
        detour=detour_bound(struck, reference),
        detouring=(cost + hits.premium)[:, round_about],
        capacity=np.minimum(struck.capacity, struck.quota),
        quantity=struck.quantity,
        entitled=hits.entitled,
        contract=firm_quantities(network.case.table("contracts"), axis),
        quota=quota_bound(struck, reference, quotas_on(network.hits)),
        store=_room(network, stores),
        released=_released(axis, stores, onset, strikes),
        alarm=_alarm(network, stores, new, settings.alarm_months),
        cut=cut,
        onset=onset,
        struck=axis.start + MONTH > onset,
    )


def _hits(network: Network, strikes: Sequence[Strike]) -> Hits:
    tree = network.tree
    links, units, demands = len(network.links), len(network.units), len(network.demands)
    schedule = schedule_on_axis(network.case, tree, strikes)
    return strike(network.targets, schedule, links, units, demands)


def _room(network: Network, stores: pd.DataFrame) -> FloatArray:
    """(month, store): what a store can hold, t; of a project as far as it is open."""
    room = np.tile(stores["capacity"].to_numpy(float), (network.tree.size, 1))
    owned = np.flatnonzero(stores["stock"] >= 0)
    stock = stores["stock"].to_numpy()[owned]
    project = network.stocks["project"].to_numpy()[stock] >= 0
    room[:, owned[project]] = network.store[:, stock[project]]
    return room


def _released(
    axis: Tree, stores: pd.DataFrame, onset: float, strikes: Sequence[Strike]
) -> BoolArray:
    """(month, store): whether it may be drawn: always, or in an event and after its notice."""
    begin = axis.start[:, None]
    end = max((one.end for one in strikes), default=-np.inf)
    due = onset + stores["notice"].to_numpy(float)
    in_event = (begin >= due - 1e-6) & (begin < end)
    return np.asarray(in_event | stores["release_always"].to_numpy(bool))


def _alarm(network: Network, stores: pd.DataFrame, new: Hits, months: float) -> BoolArray:
    """(month, store): whether an event cuts what it holds at its place, or did of late."""
    links, demands = network.links, network.demands
    row, found = pd.factorize(_cells(stores["material"], stores["place"]))
    hit = np.zeros((len(found), network.tree.size), dtype=bool)
    for cells, struck in (
        (_cells(links["material"], links["destination"]), freedom(network.targets, new) < 1),
        (_cells(demands["material"], demands["place"]), new.entitled < 1),
    ):
        thing = np.flatnonzero(struck.any(axis=0))
        at = pd.Index(found).get_indexer(pd.Index(cells[thing]))
        np.logical_or.at(hit, at[at >= 0], struck.T[thing[at >= 0]])
    late = hit.copy()
    for delay in range(1, round(months) + 1):
        late[:, delay:] |= hit[:, :-delay]
    return np.asarray(late[row].T)


def _cells(material: pd.Series, place: pd.Series) -> npt.NDArray[np.object_]:
    """A material at a place as one word each."""
    return np.asarray(material.astype(object) + " at " + place.astype(object), dtype=object)
