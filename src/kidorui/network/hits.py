"""What events do to the network: to links, to plants, to demands and to who may buy what.

What they do to the opening of projects is in `delays`.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt
import pandas as pd

from kidorui.case import Case
from kidorui.network.tree import Tree
from kidorui.network.units import gather_modes

BoolArray = npt.NDArray[np.bool_]
FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]

CUTS_FLOWS = ("ban", "licence", "quota", "closure")

_STRIKES_UNITS = ("stop", "dumping")


@dataclass(frozen=True)
class Hits:
    """Effects of all events on, by node.

    `allowance` (node, link) is the share of the base flow let through (inf = free);
    `duty` (node, link) is added to the cost, US$/kg; `outage` (node, unit) is the share of
    capacity lost; `flood` (node, unit) is the multiple of its capacity at which a unit runs
    without its quota (0 = it does not); `surge` (node, demand) is the share of demand added;
    `entitled` (node, demand) is the share of the base demand that may be met with goods of
    controlled origin (inf = all). `allowance_row` (node, link) and `entitled_row` (node, demand)
    are the event's row in the case, -1 where free.
    """

    allowance: FloatArray
    duty: FloatArray
    outage: FloatArray
    flood: FloatArray
    surge: FloatArray
    entitled: FloatArray
    allowance_row: IntArray
    entitled_row: IntArray

    @classmethod
    def none(cls, nodes: int, links: int, units: int, demands: int) -> Hits:
        """No event is on."""
        return cls(
            allowance=np.full((nodes, links), np.inf),
            duty=np.zeros((nodes, links)),
            outage=np.zeros((nodes, units)),
            flood=np.zeros((nodes, units)),
            surge=np.zeros((nodes, demands)),
            entitled=np.full((nodes, demands), np.inf),
            allowance_row=np.full((nodes, links), -1, dtype=np.intp),
            entitled_row=np.full((nodes, demands), -1, dtype=np.intp),
        )

    @property
    def running(self) -> FloatArray:
        """(node, unit): multiple of its capacity at which a unit can run."""
        return np.asarray((1 - self.outage) * np.where(self.flood > 0, self.flood, 1.0))


def active_events(case: Case, tree: Tree) -> BoolArray:
    """(node, event): in force at the middle of the node, or struck in it."""
    events = case.table("events")
    begins = events["start"].fillna(-np.inf).to_numpy(float)
    ends = events["start"].fillna(np.inf) + events["duration"].fillna(np.inf)
    moment = tree.middle[:, None]
    standing = events["in_force"].to_numpy(bool) & (begins <= moment) & (moment < ends.to_numpy())
    struck = np.array([events["id"].isin(on) for on in tree.events], dtype=bool)
    return np.asarray(standing | struck.reshape(standing.shape))


def apply_events(
    case: Case, tree: Tree, links: pd.DataFrame, units: pd.DataFrame, demands: pd.DataFrame
) -> Hits:
    """Work out the effects of the events on in each node.

    Of several cuts of a link or of an end user, or outages or floods of a unit, the deepest
    holds; duties and surges add.
    """
    hits = Hits.none(tree.size, len(links), len(units), len(demands))
    on = active_events(case, tree)
    struck = _Struck(case, links, units, demands)
    for number, event in enumerate(read_events(case)):
        nodes = np.flatnonzero(on[:, number])
        if event.kind in CUTS_FLOWS and event.users:
            _cut(hits.entitled, hits.entitled_row, nodes, struck.users(event), event)
        elif event.kind in CUTS_FLOWS:
            _cut(hits.allowance, hits.allowance_row, nodes, struck.links(event), event)
        elif event.kind == "tariff":
            hit = np.flatnonzero(struck.links(event))
            hits.duty[np.ix_(nodes, hit)] += event.severity * struck.price[hit]
        elif event.kind in _STRIKES_UNITS:
            cells = np.ix_(nodes, np.flatnonzero(struck.units(event)))
            stops = event.kind == "stop"
            effect = hits.outage if stops else hits.flood
            size = min(event.severity, 1.0) if stops else 1 + event.severity
            effect[cells] = np.maximum(effect[cells], size)
        elif event.kind == "surge":
            hits.surge[np.ix_(nodes, np.flatnonzero(struck.demands(event)))] += event.severity
    return hits


def _cut(allowance: FloatArray, row: IntArray, nodes: IntArray, hit: BoolArray, by: Event) -> None:
    """Let no more than the rest through what is hit, and note which event is the tightest."""
    cells = np.ix_(nodes, np.flatnonzero(hit))
    let_through = max(1 - by.severity, 0.0)
    row[cells] = np.where(let_through < allowance[cells], by.row, row[cells])
    allowance[cells] = np.minimum(allowance[cells], let_through)


@dataclass(frozen=True)
class Event:
    """A row of the table of events."""

    row: int
    kind: str
    origin: str
    destinations: tuple[str, ...]
    users: tuple[str, ...]
    goods: tuple[str, ...]
    severity: float
    extraterritorial: bool


def read_events(case: Case) -> list[Event]:
    """The rows of the table of events, in order."""
    columns = ["_row", *(field.name for field in fields(Event)[1:])]
    return [Event(*cells) for cells in case.table("events")[columns].itertuples(index=False)]


class _Struck:
    """Which links, units and demands an event strikes; `price` (link) is the base price."""

    def __init__(
        self, case: Case, links: pd.DataFrame, units: pd.DataFrame, demands: pd.DataFrame
    ) -> None:
        materials = case.table("materials").set_index("id")
        self._stage = materials["stage"]
        self._control = case.settings.control
        self._links, self._units, self._demands = links, units, demands
        self.price = links["material"].map(materials["base_price"]).fillna(0.0).to_numpy(float)
        recipes = case.table("recipes")
        made = gather_modes(case, units).merge(recipes[recipes["coefficient"] > 0], on="recipe")
        self._made = made[["unit", "material"]]

    def links(self, event: Event) -> BoolArray:
        """Goods that leave the origin, and with extraterritorial reach those made from them."""
        links = self._links
        came = links["origin"] == event.origin
        if event.extraterritorial and event.origin == self._control:
            came |= links["control"].astype(bool)
        hit = came & (links["destination"] != event.origin) & self._are(links["material"], event)
        return self._within(hit, links["destination"], event.destinations)

    def units(self, event: Event) -> BoolArray:
        """Plants named, or that make goods named, at the origin (anywhere where it is blank)."""
        made = self._made["unit"][self._are(self._made["material"], event)]
        hit = self._units["id"].isin(event.goods) | self._units.index.isin(made)
        return self._within(hit, self._units["place"], [event.origin] if event.origin else [])

    def demands(self, event: Event) -> BoolArray:
        """Demands for the goods, at the destinations."""
        hit = self._are(self._demands["material"], event)
        return self._within(hit, self._demands["place"], event.destinations)

    def users(self, event: Event) -> BoolArray:
        """Demands of the users named, by sector or priority, for the goods at the destinations."""
        demands = self._demands
        named = demands["sector"].isin(event.users) | demands["priority"].isin(event.users)
        hit = named & self._are(demands["material"], event) & (demands["place"] != event.origin)
        return self._within(hit, demands["place"], event.destinations)

    def _are(self, materials: pd.Series, event: Event) -> pd.Series:
        goods = event.goods
        return materials.isin(goods) | materials.map(self._stage).isin(goods)

    @staticmethod
    def _within(hit: pd.Series, place: pd.Series, places: Collection[str]) -> BoolArray:
        chosen = hit & place.isin(list(places)) if places else hit
        return chosen.to_numpy(bool)
