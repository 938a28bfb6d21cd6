"""What events do to the network: to links, to plants, to demands and to who may buy what.

What they do to the opening of projects is in `delays`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt
import pandas as pd

from kidorui.case import Case
from kidorui.network.strikes import Schedule
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
    controlled origin (inf = all). `leak` (node, link) is the share of the base flow that goes
    round the events, at `premium` (node, link), US$/kg. `total` (node, event) is the share of
    all base flows it strikes that a quota lets through, to whom it may (inf = free, or no
    quota). `allowance_row` (node, link) and `entitled_row` (node, demand) are the event's row
    in the case, -1 where free.
    """

    allowance: FloatArray
    duty: FloatArray
    outage: FloatArray
    flood: FloatArray
    surge: FloatArray
    entitled: FloatArray
    leak: FloatArray
    premium: FloatArray
    total: FloatArray
    allowance_row: IntArray
    entitled_row: IntArray

    @classmethod
    def none(cls, nodes: int, links: int, units: int, demands: int, events: int) -> Hits:
        """No event is on."""
        return cls(
            allowance=np.full((nodes, links), np.inf),
            duty=np.zeros((nodes, links)),
            outage=np.zeros((nodes, units)),
            flood=np.zeros((nodes, units)),
            surge=np.zeros((nodes, demands)),
            entitled=np.full((nodes, demands), np.inf),
            leak=np.zeros((nodes, links)),
            premium=np.zeros((nodes, links)),
            total=np.full((nodes, events), np.inf),
            allowance_row=np.full((nodes, links), -1, dtype=np.intp),
            entitled_row=np.full((nodes, demands), -1, dtype=np.intp),
        )

    def at(self, nodes: IntArray) -> Hits:
        """The hits of some nodes, in that order."""
        return Hits(**{field.name: getattr(self, field.name)[nodes] for field in fields(self)})

    @property
    def running(self) -> FloatArray:
        """(node, unit): multiple of its capacity at which a unit can run."""
        return np.asarray((1 - self.outage) * np.where(self.flood > 0, self.flood, 1.0))


@dataclass(frozen=True)
class Target:
    """What an event strikes: `hit` (link, unit or demand) of its kind, `price` by link, US$/kg."""

    event: Event
    hit: BoolArray
    price: FloatArray

    @property
    def cuts_links(self) -> bool:
        """Whether it cuts flows, whoever uses them."""
        return self.event.kind in CUTS_FLOWS and not self.event.users

    @property
    def is_quota(self) -> bool:
        """Whether it caps the sum of flows, and leaves open who gets them."""
        return self.event.kind == "quota" and self.cuts_links


def find_targets(
    case: Case, links: pd.DataFrame, units: pd.DataFrame, demands: pd.DataFrame
) -> list[Target]:
    """What each event of the case strikes, in the order of the table."""
    struck = _Struck(case, links, units, demands)
    return [Target(event, struck.by(event), struck.price) for event in read_events(case)]


def strike(
    targets: Sequence[Target], schedule: Schedule, links: int, units: int, demands: int
) -> Hits:
    """The effects of a schedule on so many links, units and demands.

    Of several cuts of a link or of an end user, or outages or floods of a unit, the deepest
    holds, and so does the tightest of leaks; duties and surges add.
    """
    hits = Hits.none(len(schedule.on), links, units, demands, len(targets))
    # what cuts let pass in all, and what quotas leave of a flow and let pass of it
    passes, left, rounds = np.full((3, *hits.allowance.shape), np.inf)
    for number in np.flatnonzero(schedule.on.any(axis=0)).tolist():
        target = targets[number]
        nodes = np.flatnonzero(schedule.on[:, number])
        cells = np.ix_(nodes, np.flatnonzero(target.hit))
        kind = target.event.kind
        force, leak = schedule.force[nodes, number, None], schedule.leak[nodes, number, None]
        stopped = np.minimum(force, 1.0)
        if target.is_quota:
            hits.total[nodes, number] = 1 - stopped[:, 0]
            left[cells] = np.minimum(left[cells], 1 - stopped)
            rounds[cells] = np.minimum(rounds[cells], 1 - stopped * (1 - leak))
        elif target.cuts_links:
            _cut(hits.allowance, hits.allowance_row, cells, 1 - stopped, target.event)
            passes[cells] = np.minimum(passes[cells], 1 - stopped * (1 - leak))
        elif kind in CUTS_FLOWS:
            # what leaks to others reaches those shut out as well
            through = 1 - stopped * (1 - leak)
            _cut(hits.entitled, hits.entitled_row, cells, through, target.event)
        elif kind == "tariff":
            hits.duty[cells] += force * target.price[cells[1]]
        elif kind in _STRIKES_UNITS:
            effect = hits.outage if kind == "stop" else hits.flood
            size = stopped if kind == "stop" else 1 + force
            effect[cells] = np.maximum(effect[cells], size)
        elif kind == "surge":
            hits.surge[cells] += force
        if target.cuts_links:
            dearer = schedule.premium[nodes, number, None] * target.price[cells[1]] * (leak > 0)
            hits.premium[cells] = np.maximum(hits.premium[cells], dearer)
    # what gets round one cut, or round a quota, must still get round the others
    of_cuts = np.subtract(passes, hits.allowance, where=np.isfinite(passes), out=passes)
    of_quotas = np.subtract(rounds, left, where=np.isfinite(rounds), out=rounds)
    leaks = np.minimum(of_cuts, of_quotas)
    hits.leak[:] = np.where(np.isfinite(leaks), leaks, 0.0)
    return hits


def _cut(
    allowance: FloatArray,
    row: IntArray,
    cells: tuple[IntArray, ...],
    let_through: FloatArray,
    by: Event,
) -> None:
    """Let no more than the rest through what is hit, and note which event is the tightest."""
    rest = np.maximum(let_through, 0.0)
    row[cells] = np.where(rest < allowance[cells], by.row, row[cells])
    allowance[cells] = np.minimum(allowance[cells], rest)


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

    def by(self, event: Event) -> BoolArray:
        """Links, units or demands, whichever the kind of event strikes; nothing for know-how."""
        if event.kind in CUTS_FLOWS:
            return self.users(event) if event.users else self.links(event)
        if event.kind in _STRIKES_UNITS:
            return self.units(event)
        if event.kind == "surge":
            return self.demands(event)
        return self.links(event) if event.kind == "tariff" else np.zeros(0, dtype=bool)

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
