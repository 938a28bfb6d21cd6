"""A solved year, and what an observation would have seen in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from kidorui.network import Network
from kidorui.program import Solution
from kidorui.program.operation import shipped
from kidorui.studies.base_year import prices, served_by_demand
from kidorui.studies.calibration.bases import Basis, symbols

BoolArray = npt.NDArray[np.bool_]
FloatArray = npt.NDArray[np.float64]

CHAIN: Mapping[str, str] = {
    "ore": "mine",
    "concentrate": "mine",
    "carbonate": "mine",
    "oxide": "separation",
    "metal": "metal",
    "magnet": "magnet",
    "product": "use",
    "scrap": "recycling",
}
"""The step of the chain at which a material's stage is told."""

_BEFORE_MAGNETS = ("ore", "concentrate", "carbonate", "oxide", "metal")

Numbers = tuple[float, float]
"""What was computed, and the share of it that stands at a bound which fixes tonnage."""


@dataclass(frozen=True)
class Seen:
    """An observation as it is compared: what, where, and on which basis; `origin` may be blank."""

    kind: str
    place: str
    origin: str
    goods: str
    basis: Basis


@dataclass(frozen=True)
class SolvedYear:
    """One node of a solution, as far as observations see it.

    `activity` (activity), `flow` (link) and `served` (demand) in t/yr, `price` (pool) in US$/kg;
    `held_activity` and `held_flow` tell which of them stand at a bound that fixes tonnage.
    """

    network: Network
    activity: FloatArray
    flow: FloatArray
    served: FloatArray
    price: FloatArray
    held_activity: BoolArray
    held_flow: BoolArray

    def measure(self, seen: Seen) -> Numbers | str:
        """What the observation would have been here; in words, why that cannot be told."""
        if seen.kind == "stock":
            return "a stock is given to the model, not computed by it"
        if seen.kind == "price" or seen.basis.measure == "price":
            return self._price(seen)
        if joined := self._joined(seen.basis.elements):
            return f"the case carries {joined} as one element"
        counted = self.counted(seen)
        if not counted.any():
            return "the case holds no such material"
        if seen.kind == "production" or (seen.kind == "share" and not seen.origin):
            if seen.basis.measure in ("value", "gross"):
                return "output is counted in tonnes alone"
            return self._produced(seen, counted)
        if seen.kind == "demand":
            return self._used(seen, counted)
        return self._shipped(seen, counted)

    def value(self, seen: Seen) -> float:
        """What the observation would have been here; NaN where that cannot be told."""
        found = self.measure(seen)
        return np.nan if isinstance(found, str) else found[0]

    def produced(self, counted: FloatArray, basis: Basis) -> FloatArray:
        """(activity): t/yr that it adds of what is counted, `counted` (material) per tonne.

        Net of what it takes of the same, so that what splits or blends makes nothing.
        """
        network = self.network
        per_tonne = np.maximum(network.recipes.T @ self._by_pool(counted), 0.0)
        stage = network.units["stage"].to_numpy()[network.activities["unit"]]
        if basis.primary:
            per_tonne = np.where(stage == "recycling", 0.0, per_tonne)
        if basis.of_mines:
            per_tonne = np.where(stage == "mine", per_tonne, 0.0)
        return np.asarray(per_tonne * self.activity)

    def is_heavy(self, seen: Seen) -> bool:
        """Whether what was observed is heavy rare earths, by the elements or the material named."""
        elements = self.network.case.table("elements")["group"].to_numpy() == "heavy"
        if seen.basis.elements:
            return bool(elements[self._elements(seen.basis.elements)].all())
        if not (self.network.case.table("materials")["id"] == seen.goods).any():
            return False
        held = self.network.content_of(pd.Series([seen.goods]))[0]
        return bool(held[elements].sum() > held[~elements].sum())

    def place_of_activity(self) -> npt.NDArray[np.object_]:
        """(activity): where it runs."""
        units = self.network.units["place"].to_numpy(object)
        return np.asarray(units[self.network.activities["unit"]])

    def content(self, materials: pd.Series) -> FloatArray:
        """(row): t of oxide in a tonne of each material named."""
        return np.asarray(self.network.content_of(materials).sum(axis=1))

    def _produced(self, seen: Seen, counted: FloatArray) -> Numbers:
        made = self.produced(counted, seen.basis)
        here = made * (self.place_of_activity() == seen.place if seen.place else 1.0)
        whole = made.sum() if seen.basis.is_share else 1.0
        return _ratio(here.sum(), whole), _ratio((here * self.held_activity).sum(), here.sum())

    def _shipped(self, seen: Seen, counted: FloatArray) -> Numbers:
        links = self.network.links
        worth: FloatArray | float = 1.0
        if seen.basis.measure == "value":  # thousand US$; what nobody pays for is worth nothing
            worth = np.maximum(self.price[links["from_pool"].to_numpy()], 0.0)
        per_link = counted[self._material_number(links["material"])] * worth * self.flow
        arrives = np.ones(len(links), dtype=bool)
        if seen.place:
            arrives = (links["destination"] == seen.place).to_numpy(bool)
        came = (links["origin"] == seen.origin).to_numpy(bool) if seen.origin else arrives
        theirs = per_link * (arrives & came)
        whole = (per_link * arrives).sum() if seen.basis.is_share else 1.0
        return _ratio(theirs.sum(), whole), _ratio((theirs * self.held_flow).sum(), theirs.sum())

    def _used(self, seen: Seen, counted: FloatArray) -> Numbers:
        demands, network = self.network.demands, self.network
        if not seen.basis.apparent:
            here = (demands["place"] == seen.place).to_numpy(bool)
            per_tonne = counted[self._material_number(demands["material"])]
            return float((per_tonne * self.served * here).sum()), 0.0
        crossing = self._apparent_content(seen)
        links = network.links
        carried = crossing[self._material_number(links["material"])] * self.flow
        comes = (links["destination"] == seen.place).to_numpy(float)
        sign: FloatArray = comes - (links["origin"] == seen.place).to_numpy(float)
        mined = self.produced(crossing, Basis("content", of_mines=True))
        home = mined * (self.place_of_activity() == seen.place)
        total = float((carried * sign).sum() + home.sum())
        return total, _ratio((carried * comes * self.held_flow).sum(), total)

    def _apparent_content(self, seen: Seen) -> FloatArray:
        """(material): content that crosses the border as use, of the goods' elements."""
        materials = self.network.case.table("materials")
        elements = np.ones(len(self.network.elements), dtype=bool)
        if (materials["id"] == seen.goods).any():
            elements = self.network.content_of(pd.Series([seen.goods]))[0] > 0
        stages: tuple[str, ...] = _BEFORE_MAGNETS
        if seen.basis.apparent == "with magnets":
            stages = (*stages, "magnet", "product")
        crosses = materials["stage"].isin(stages).to_numpy(bool)
        return np.asarray((self.network.contents * elements).sum(axis=1) * crosses)

    def _price(self, seen: Seen) -> Numbers | str:
        pools = self.network.pools
        found = np.flatnonzero((pools["material"] == seen.goods) & (pools["place"] == seen.place))
        if not len(found):
            return "the model has no such market"
        return float(self.price[found[-1]]), 0.0

    def counted(self, seen: Seen) -> FloatArray:
        """(material): how much of a tonne counts for the observation, t/t."""
        network, basis = self.network, seen.basis
        materials = network.case.table("materials")
        chosen = ((materials["id"] == seen.goods) | (materials["stage"] == seen.goods)).to_numpy()
        if basis.of_mines:
            chosen = np.ones(len(materials), dtype=bool)
        if basis.hs:
            chosen = np.array([_traded_as(codes, basis.hs) for codes in materials["hs"]])
        by_element = network.contents
        if basis.holding:
            held = self._elements((basis.holding,))
            chosen = chosen & (by_element[:, held].sum(axis=1) > 0)
        if basis.elements:
            by_element = by_element * self._elements(basis.elements)
        if basis.measure == "content":
            return np.asarray(by_element.sum(axis=1) * chosen)
        return np.asarray(chosen, dtype=float)

    def _joined(self, wanted: tuple[str, ...]) -> str:
        """The element of the case that is only in part among those wanted, if there is one."""
        parts = [(e, set(symbols(e))) for e in self.network.elements]
        cut = [e for e, held in parts if held & set(wanted) and not held <= set(wanted)]
        return cut[0] if cut else ""

    def _elements(self, wanted: tuple[str, ...]) -> BoolArray:
        """(element): those that hold a symbol wanted."""
        return np.array([bool(set(symbols(e)) & set(wanted)) for e in self.network.elements])

    def _by_pool(self, by_material: FloatArray) -> FloatArray:
        return by_material[self._material_number(self.network.pools["material"])]

    def _material_number(self, materials: pd.Series) -> npt.NDArray[np.intp]:
        known = pd.Index(self.network.case.table("materials")["id"])
        return np.asarray(known.get_indexer(pd.Index(materials)), dtype=np.intp)


def solved_year(
    network: Network,
    solution: Solution,
    node: int = 0,
    held: tuple[BoolArray, BoolArray] | None = None,
) -> SolvedYear:
    """One node of a solution; `held` (activity, link) as in SolvedYear, nothing unless given."""
    activity = solution.values["activity"][node]
    flow = shipped(network, solution.values)[node]
    nothing = (np.zeros(len(activity), dtype=bool), np.zeros(len(flow), dtype=bool))
    held_activity, held_flow = held or nothing
    return SolvedYear(
        network=network,
        activity=activity,
        flow=flow,
        served=served_by_demand(network, solution)[node],
        price=prices(network, solution)[node],
        held_activity=held_activity,
        held_flow=held_flow,
    )


def _traded_as(codes: str, asked: tuple[str, ...]) -> bool:
    """Whether one of a material's codes lies under one of those asked for."""
    plain = [code.strip().replace(".", "") for code in codes.split(";")]
    return any(code.startswith(wanted) for code in plain for wanted in asked if code)


def _ratio(part: float, whole: float) -> float:
    return float(part / whole) if whole else 0.0
