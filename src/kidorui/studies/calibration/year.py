"""A solved year, and what an observation would have seen in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from kidorui.network import Network
from kidorui.program import Solution
from kidorui.program.operation import shipped
from kidorui.studies.base_year import prices, served_by_demand
from kidorui.studies.calibration.bases import Basis
from kidorui.studies.calibration.terms import Lens, Seen, Terms

__all__ = ["CHAIN", "Numbers", "Seen", "SolvedYear", "solved_year"]

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

Numbers = tuple[float, float]
"""What was computed, and the share of it that stands at a bound which fixes tonnage."""


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

    @cached_property
    def lens(self) -> Lens:
        """What observations add up in this year, with goods valued at its prices."""
        return Lens(self.network, self.price)

    def measure(self, seen: Seen) -> Numbers | str:
        """What the observation would have been here; in words, why that cannot be told."""
        if seen.kind != "stock" and (seen.kind == "price" or seen.basis.measure == "price"):
            return self._price(seen)
        terms = self.lens.terms(seen)
        if isinstance(terms, str):
            return terms
        part = self._total(terms)
        whole = 1.0 if terms.whole is None else self._total(terms.whole)
        return _ratio(part, whole), _ratio(self._held(terms), part)

    def value(self, seen: Seen) -> float:
        """What the observation would have been here; NaN where that cannot be told."""
        found = self.measure(seen)
        return np.nan if isinstance(found, str) else found[0]

    def produced(self, counted: FloatArray, basis: Basis) -> FloatArray:
        """(activity): t/yr that it adds of what is counted, as Lens.made."""
        return np.asarray(self.lens.made(counted, basis) * self.activity)

    def is_heavy(self, seen: Seen) -> bool:
        """Whether what was observed is heavy rare earths, by the elements or the material named."""
        return self.lens.is_heavy(seen)

    def place_of_activity(self) -> npt.NDArray[np.object_]:
        """(activity): where it runs."""
        return self.lens.place_of_activity()

    def counted(self, seen: Seen) -> FloatArray:
        """(material): how much of a tonne counts for the observation, t/t."""
        return self.lens.counted(seen)

    def content(self, materials: pd.Series) -> FloatArray:
        """(row): t of oxide in a tonne of each material named."""
        return np.asarray(self.network.content_of(materials).sum(axis=1))

    def _total(self, terms: Terms) -> float:
        return terms.total(self.activity, self.flow, self.served)

    def _held(self, terms: Terms) -> float:
        """What of it stands at a bound; of use that is mined and imported, the imports alone."""
        if terms.flow.any():
            return float((np.maximum(terms.flow, 0.0) * self.flow * self.held_flow).sum())
        return float((terms.activity * self.activity * self.held_activity).sum())

    def _price(self, seen: Seen) -> Numbers | str:
        pools = self.network.pools
        found = np.flatnonzero((pools["material"] == seen.goods) & (pools["place"] == seen.place))
        if not len(found):
            return "the model has no such market"
        return float(self.price[found[-1]]), 0.0


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


def _ratio(part: float, whole: float) -> float:
    return float(part / whole) if whole else 0.0
