"""What an observation adds up, as coefficients on a year's activities, flows and uses.

The words of a basis are read in one place and turned into numbers here: whoever measures a
solved year multiplies them with it, whoever reconciles a year with its observations makes rows
of a programme of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from kidorui.case import customs_codes
from kidorui.network import Network
from kidorui.studies.calibration.bases import Basis, symbols

BoolArray = npt.NDArray[np.bool_]
FloatArray = npt.NDArray[np.float64]

_BEFORE_MAGNETS = ("ore", "concentrate", "carbonate", "oxide", "metal")


@dataclass(frozen=True)
class Seen:
    """An observation as it is compared: what, where, and on which basis; `origin` may be blank."""

    kind: str
    place: str
    origin: str
    goods: str
    basis: Basis


@dataclass(frozen=True)
class Output:
    """How output counts: what a tonne in each pool counts for (pool), by whom (activity)."""

    counted: FloatArray
    makers: FloatArray


@dataclass(frozen=True)
class Terms:
    """What is added up: amounts for each t/yr of `activity`, `flow` (link) and `served` (demand).

    `whole` is what it is a share of, where it is a share. `output` tells how the coefficients of
    activities follow from recipes; None where none count.
    """

    activity: FloatArray
    flow: FloatArray
    served: FloatArray
    whole: Terms | None = None
    output: Output | None = None

    def total(self, activity: FloatArray, flow: FloatArray, served: FloatArray) -> float:
        """The amount in a year of these activities, flows and uses, t/yr each."""
        made = float((self.activity * activity).sum())
        moved = float((self.flow * flow).sum())
        return made + moved + float((self.served * served).sum())


@dataclass(frozen=True)
class Lens:
    """What observations see of a network, with goods valued at `price` (pool), US$/kg."""

    network: Network
    price: FloatArray

    def terms(self, seen: Seen) -> Terms | str:
        """What the observation adds up here; in words, why that cannot be told."""
        if seen.kind == "stock":
            return "a stock is given to the model, not computed by it"
        if seen.kind == "price" or seen.basis.measure == "price":
            return "a price is no quantity"
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

    def made(self, counted: FloatArray, basis: Basis) -> FloatArray:
        """(activity): what a t/yr of it adds of what is counted, `counted` (material) per tonne.

        Net of what it takes of the same, so that what splits or blends makes nothing.
        """
        per_tonne = np.maximum(self.network.recipes.T @ self.by_pool(counted), 0.0)
        return np.asarray(per_tonne * self._makers(basis))

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

    def by_pool(self, by_material: FloatArray) -> FloatArray:
        """(pool): what is told by material."""
        return by_material[self._material_number(self.network.pools["material"])]

    def _makers(self, basis: Basis) -> FloatArray:
        """(activity): 1 where its output counts on the basis, else 0."""
        stage = self.network.units["stage"].to_numpy()[self.network.activities["unit"]]
        counts = np.ones(len(stage), dtype=bool)
        if basis.primary:
            counts &= stage != "recycling"
        if basis.of_mines:
            counts &= stage == "mine"
        return counts.astype(float)

    def _produced(self, seen: Seen, counted: FloatArray) -> Terms:
        everyone = self._makers(seen.basis)
        here = everyone
        if seen.place:
            here = everyone * (self.place_of_activity() == seen.place)
        whole = self._output(counted, everyone) if seen.basis.is_share else None
        return self._output(counted, here, whole)

    def _output(self, counted: FloatArray, makers: FloatArray, whole: Terms | None = None) -> Terms:
        by_pool = self.by_pool(counted)
        per_tonne = np.maximum(self.network.recipes.T @ by_pool, 0.0) * makers
        nothing = self._nothing()
        output = Output(by_pool, makers)
        return Terms(per_tonne, nothing.flow, nothing.served, whole, output)

    def _shipped(self, seen: Seen, counted: FloatArray) -> Terms:
        links = self.network.links
        worth: FloatArray | float = 1.0
        if seen.basis.measure == "value":  # thousand US$; what nobody pays for is worth nothing
            worth = np.maximum(self.price[links["from_pool"].to_numpy()], 0.0)
        per_tonne = counted[self._material_number(links["material"])] * worth
        arrives = np.ones(len(links), dtype=bool)
        if seen.place:
            arrives = (links["destination"] == seen.place).to_numpy(bool)
        came = (links["origin"] == seen.origin).to_numpy(bool) if seen.origin else arrives
        nothing = self._nothing()
        whole = None
        if seen.basis.is_share:
            whole = Terms(nothing.activity, per_tonne * arrives, nothing.served)
        return Terms(nothing.activity, per_tonne * (arrives & came), nothing.served, whole)

    def _used(self, seen: Seen, counted: FloatArray) -> Terms:
        demands, links = self.network.demands, self.network.links
        nothing = self._nothing()
        if not seen.basis.apparent:
            here = (demands["place"] == seen.place).to_numpy(float)
            per_tonne = counted[self._material_number(demands["material"])]
            return Terms(nothing.activity, nothing.flow, per_tonne * here)
        crossing = self._apparent_content(seen)
        comes = (links["destination"] == seen.place).to_numpy(float)
        sign: FloatArray = comes - (links["origin"] == seen.place).to_numpy(float)
        flow = crossing[self._material_number(links["material"])] * sign
        mines = self._makers(Basis("content", of_mines=True))
        mined = self._output(crossing, mines * (self.place_of_activity() == seen.place))
        return Terms(mined.activity, flow, nothing.served, output=mined.output)

    def _nothing(self) -> Terms:
        network = self.network
        sizes = len(network.activities), len(network.links), len(network.demands)
        activity, flow, served = (np.zeros(size) for size in sizes)
        return Terms(activity, flow, served)

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

    def _joined(self, wanted: tuple[str, ...]) -> str:
        """The element of the case that is only in part among those wanted, if there is one."""
        parts = [(e, set(symbols(e))) for e in self.network.elements]
        cut = [e for e, held in parts if held & set(wanted) and not held <= set(wanted)]
        return cut[0] if cut else ""

    def _elements(self, wanted: tuple[str, ...]) -> BoolArray:
        """(element): those that hold a symbol wanted."""
        return np.array([bool(set(symbols(e)) & set(wanted)) for e in self.network.elements])

    def _material_number(self, materials: pd.Series) -> npt.NDArray[np.intp]:
        known = pd.Index(self.network.case.table("materials")["id"])
        return np.asarray(known.get_indexer(pd.Index(materials)), dtype=np.intp)


def _traded_as(codes: str, asked: tuple[str, ...]) -> bool:
    """Whether one of a material's codes lies under one of those asked for."""
    return any(code.startswith(asked) for code in customs_codes(codes))
