"""The flows of a year that all that is static is read from, seen from a focus place."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from kidorui.case import Case, country_places
from kidorui.network import Network
from kidorui.network.months import MONTH
from kidorui.network.trace import Mixing
from kidorui.program import Solution
from kidorui.program.operation import shipped
from kidorui.studies.base_year import (
    BaseYear,
    prices,
    reference_for,
    served_by_demand,
    solve_base_year,
)
from kidorui.studies.context import Context
from kidorui.studies.dependence import home_places
from kidorui.studies.stress.calm import at_rest, on_months
from kidorui.studies.stress.scenario import LEAD, Scenario, standing_on

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class YearFlows:
    """What flows in a year, all balanced, t/yr of the materials as named.

    `activity` (activity), `shipment` (link, with what leaks round events), `relabel` (its rows),
    `unexplained` (pool), `served` (demand) of which `saved` (saving) is spared by substitution;
    `price` (pool) is what the market clears at, US$/kg.
    """

    network: Network
    year: int
    activity: FloatArray
    shipment: FloatArray
    relabel: FloatArray
    unexplained: FloatArray
    served: FloatArray
    saved: FloatArray
    price: FloatArray

    @classmethod
    def of(cls, network: Network, year: int, solution: Solution) -> YearFlows:
        """The flows of a solution that has one node."""
        values = solution.values
        return cls(
            network,
            year,
            activity=values["activity"][0],
            shipment=shipped(network, values)[0],
            relabel=values["relabel"][0],
            unexplained=values["unexplained"][0],
            served=served_by_demand(network, solution)[0],
            saved=values["saved"][0],
            price=prices(network, solution)[0],
        )

    @property
    def case(self) -> Case:
        """The case."""
        return self.network.case

    @cached_property
    def used(self) -> FloatArray:
        """(demand): what is truly used, t/yr: served without what substitution spares."""
        spared = np.zeros(len(self.served))
        np.add.at(spared, self.network.savings["demand"].to_numpy(), self.saved)
        return np.maximum(self.served - spared, 0.0)

    @cached_property
    def home(self) -> list[str]:
        """The places of the focus place's country."""
        return home_places(self.case)

    def at_home(self, places: pd.Series) -> BoolArray:
        """(row): whether a place is one of the focus place's country."""
        return np.asarray(places.isin(self.home), dtype=bool)

    @cached_property
    def by_element(self) -> tuple[Mixing, ...]:
        """(element): the flows counted by their content of each element alone."""
        each = np.eye(len(self.network.elements), dtype=bool)
        return tuple(self.mixing(only) for only in each)

    def mixing(self, elements: BoolArray) -> Mixing:
        """The flows counted by their content of the elements (element) told."""
        flows = (self.activity, self.shipment, self.relabel, self.unexplained)
        return Mixing.of_elements(self.network, *flows, elements)


def year_flows(
    case: Case, year: int | None, context: Context, base: BaseYear | None = None
) -> YearFlows:
    """The flows of the base year, or of a later one: its market at rest under what is in force.

    base: the solved base year, solved anew unless given.
    Raises ValueError for a year before the base year or beyond the axis of the case.
    """
    first = case.settings.base_year
    if year is not None and (accepted := years_instead(case, year)):
        raise ValueError(f"year {year}; {accepted}")
    base = base or solve_base_year(case, context)
    if year is None or year == first:
        return YearFlows.of(base.network, first, base.solution)
    middle = year + LEAD * MONTH
    standing = standing_on(case, middle)
    network = on_months(case, Scenario((), standing, middle, months=1, lead=0))
    once, calm = at_rest(network, reference_for(network, base))
    return YearFlows.of(once, year, calm)


def years_instead(case: Case, year: int) -> str:
    """In words, the years that are accepted where this one is not; "" where it is."""
    first, last = case.settings.base_year, int(case.settings.end) - 1
    inside = first <= year <= last
    return "" if inside else f"a year from {first} to {last}, as the case has them"


def refocused(case: Case, place: str) -> Case:
    """The same case seen from another place.

    Raises ValueError naming the places there are, where the case has no such place or counts it
    in another.
    """
    counted = country_places(case)
    if counted.get(place) != place:
        known = ", ".join(one for one, within in counted.items() if one == within)
        within = f", which is counted in {counted[place]}" if place in counted else ""
        raise ValueError(f"no place {place}{within}; the case has {known}")
    return replace(case, settings=replace(case.settings, focus=place))
