"""The cheapest stock at home with which sectors do not stop for so many months."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from kidorui.network import Network
from kidorui.network.links import DAYS
from kidorui.network.months import window
from kidorui.program import SolverError
from kidorui.program.buffer import Buffers, Room
from kidorui.program.moving import movers, of_window
from kidorui.program.operation import shipped
from kidorui.studies.base_year import PER_TONNE
from kidorui.studies.dependence import home_places
from kidorui.studies.outages.eve import Eve
from kidorui.studies.stress.grid import yearly_use
from kidorui.studies.stress.lived import Lived
from kidorui.studies.stress.stops import in_demand, least_run, stopped_share
from kidorui.studies.stress.world import World

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]


STORED = ("concentrate", "carbonate", "oxide", "metal", "magnet")
"""Stages that a stock is held of; nobody stores scrap or products for others."""


@dataclass(frozen=True)
class Need:
    """What to hold so that nobody asked after stops in the first months: (material) t, and cost.

    `cost` in million US$ a year; NaN, and no tonnes, where no stock of what may be held would do.
    """

    months: int
    tonnes: Mapping[str, float]
    cost: float

    def purchase(self, price: Mapping[str, float]) -> float:
        """Million US$ to buy it once at prices (material) of a tonne; NaN as the cost."""
        if np.isnan(self.cost):
            return np.nan
        return float(sum(tonnes * price[m] for m, tonnes in self.tonnes.items()))


class Shelf:
    """Finds what to hold under outages lived from an eve, and what it costs.

    A stock costs its holding and the interest on what it is worth, at the higher of base price and
    price of the calm, every year whether it is needed or not.
    """

    def __init__(self, eve: Eve) -> None:
        world = eve.world
        network = world.network
        self._usual = eve.usual
        months = eve.scenario.months - eve.lead
        tree = window(world.case, eve.scenario.onset, [1.0] * months)
        self._network = network.on(tree, np.full(months, eve.lead, dtype=np.intp))
        self._arrives = of_window(movers(self._network)[1], tree).in_time
        home = network.pools["place"].isin(home_places(world.case)).to_numpy()
        self._buffers = Buffers(self._network, home, yearly_cost(network, world.worth))
        self._material = network.pools["material"].to_numpy(object)[self._buffers.pools]
        stage = world.case.table("materials").set_index("id")["stage"]
        self.stage = stage.loc[self._material].to_numpy(object)

    def need(
        self,
        lived: Lived,
        months: int,
        demands: IntArray | None = None,
        stages: Sequence[str] | None = None,
    ) -> Need:
        """What to hold so that sectors of the focus place run for so many months of a life.

        demands: those that must not stop, all that want anything unless given. Nobody gets less
        than he did: what is missing to the least run comes from the stock. stages: of the
        materials that may be held, all of STORED unless given. Where the solver gives up there is
        no answer, as where no stock would do.
        """
        chosen = in_demand(lived) if demands is None else demands
        may = np.isin(self.stage, STORED if stages is None else stages)
        try:
            held, cost = self._buffers.least(self._room(lived, chosen), months, may)
        except SolverError:
            return Need(months, {}, np.nan)
        told = np.flatnonzero(held > _TRACE)
        tonnes: dict[str, float] = {}
        for material, amount in zip(self._material[told], held[told].tolist(), strict=True):
            tonnes[material] = tonnes.get(material, 0.0) + amount
        return Need(months, tonnes, cost)

    def _room(self, lived: Lived, chosen: IntArray) -> Room:
        of, network = self._buffers, self._network
        after = slice(lived.lead, lived.path.months)
        ran = lived.path.values["activity"][after]
        unit = network.activities["unit"].to_numpy()
        by_unit = np.zeros((len(ran), len(network.units)))
        np.add.at(by_unit.T, unit, ran.T)
        idle = np.maximum(lived.given.capacity[after] - by_unit, 0.0)
        served, wanted = lived.served[after], lived.wanted[after]
        must = np.zeros(len(network.demands), dtype=bool)
        must[chosen] = True
        stand = must & (stopped_share(lived)[after] > 0)
        lacks = np.where(stand, np.maximum(least_run(lived) * wanted - served, 0.0), 0.0)
        return Room(
            capacity=idle[:, of.units],
            ran=np.maximum(ran[:, of.activities], 0.0),
            spare=self._spare(lived)[:, of.pools],
            lacks=lacks[:, of.demands],
        )

    def _spare(self, lived: Lived) -> FloatArray:
        """(month, pool): t/yr that do not arrive from abroad, of what is no dearer than without.

        Makers who lack one input do not buy the others; did they have it, they could.
        """
        network, after = self._network, slice(lived.lead, lived.path.months)
        links, home = network.links, home_places(lived.case)
        into = (links["destination"].isin(home) & ~links["origin"].isin(home)).to_numpy()
        left = (
            shipped(network, self._usual.values)[after] - shipped(network, lived.path.values)[after]
        )
        count = len(network.pools)
        spare = (self._arrives @ (left * into).ravel()).reshape(len(left), count)
        now, before = lived.path.price[after, :count], self._usual.price[after, :count]
        return np.where(now <= before * (1 + _DEARER), np.maximum(spare, 0.0), 0.0)


_DEARER = 0.02
"""Share by which a price may differ without goods being dearer: prices lie on kinks."""

_TRACE = 0.01
"""t below which a stock is not worth a row."""


def held_terms(world: World) -> pd.DataFrame:
    """By material at the focus place: `stage`, `price`, `cost` and `days` of a tonne held.

    `price` to buy it, million US$, and `cost` a year; `days` that it lasts at the rate at which
    recipes and sectors use the material in the calm. NaN where there is no price, or no use.
    """
    network = world.network
    pools = network.pools.assign(
        price=worth_of(network, world.worth) * PER_TONNE,
        cost=yearly_cost(network, world.worth),
        use=yearly_use(world),
    )
    here = pools[pools["place"].isin(home_places(world.case))]
    terms = here.groupby("material")[["price", "cost", "use"]].max()
    terms["days"] = DAYS / terms["use"].where(terms["use"] > _TRACE)
    terms["stage"] = network.case.table("materials").set_index("id")["stage"]
    return terms[["stage", "price", "cost", "days"]]


def worth_of(network: Network, price: FloatArray) -> FloatArray:
    """(pool): the higher of base price and price (of the calm), US$/kg; NaN of what has none."""
    base = network.case.table("materials").set_index("id")["base_price"]
    known = network.pools["material"].map(base).to_numpy(float)
    return np.where(np.isnan(known), np.nan, np.fmax(known, price))


def yearly_cost(network: Network, price: FloatArray) -> FloatArray:
    """(pool): million US$ a year that a tonne costs to hold; NaN of what has no price.

    price: (pool) US$/kg of the calm. The cost of holding is the mean of the case's stockpiles of
    the material, of its stage where there is none, else nought.
    """
    case = network.case
    materials = case.table("materials").set_index("id")
    stocks = case.table("stockpiles").assign(
        stage=lambda rows: rows["material"].map(materials["stage"])
    )
    named = network.pools["material"]
    holding = named.map(stocks.groupby("material")["holding_cost"].mean())
    of_stage = named.map(materials["stage"]).map(stocks.groupby("stage")["holding_cost"].mean())
    each = holding.fillna(of_stage).fillna(0.0).to_numpy(float)
    return np.asarray((each + case.settings.discount_rate * worth_of(network, price)) * PER_TONNE)
