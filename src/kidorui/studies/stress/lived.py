"""A scenario lived through: what every table of a stress reads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from kidorui.case import Case
from kidorui.network import Network
from kidorui.program.operation import shipped
from kidorui.program.window import DEAREST
from kidorui.studies.stress.conditions import Conditions, conditions
from kidorui.studies.stress.march import March, Path
from kidorui.studies.stress.scenario import Scenario
from kidorui.studies.stress.state import at_start
from kidorui.studies.stress.world import World

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Lived:
    """A path through conditions in a world, from its first month.

    Months before `lead` are calm; day 0 is the first day of month `lead`. `usual` (month, demand
    x step), t/yr, is what would have been served had nothing new struck: what is short or lost
    is so beyond that.
    """

    world: World
    scenario: Scenario
    given: Conditions
    path: Path
    usual: FloatArray

    @property
    def case(self) -> Case:
        """The case."""
        return self.world.case

    @property
    def network(self) -> Network:
        """The network on the axis of months."""
        return self.world.network

    @property
    def lead(self) -> int:
        """Number of calm months at the start."""
        return self.scenario.lead

    @property
    def labels(self) -> tuple[str, ...]:
        """The months, as `2028-01`."""
        return self.network.tree.labels[: self.path.months]

    @cached_property
    def served(self) -> FloatArray:
        """(month, demand): t/yr used by each sector."""
        return self._by_demand(self.path.values["served"])

    def _by_demand(self, served: FloatArray) -> FloatArray:
        months = served[: self.path.months]
        return np.asarray(months.reshape(len(months), len(self.network.demands), -1).sum(axis=2))

    @cached_property
    def wanted(self) -> FloatArray:
        """(month, demand): t/yr that would be used had nothing new struck."""
        return self._by_demand(self.usual)

    @cached_property
    def fill(self) -> FloatArray:
        """(month, demand): share of what is wanted that is used, at most 1; 1 of nothing."""
        return _share(self.served, self.wanted)

    @cached_property
    def output(self) -> FloatArray:
        """(month, demand): share of the dearest use, still wanted at the value lost, that is met.

        Users give way before that by price and by substitution, at the cost of both but not of
        what they make. Against what would have been, at most 1; 1 of nothing.
        """
        dearest = self.network.demands["value_lost"].to_numpy(float)[:, None]
        must = (self.network.step_value >= dearest * DEAREST).ravel()
        met, wanted = (
            self._by_demand(served * must) for served in (self.path.values["served"], self.usual)
        )
        return _share(met, wanted)

    @cached_property
    def flows(self) -> FloatArray:
        """(month, route): t/yr shipped, with what leaked round events."""
        network = self.network
        out = np.zeros((self.path.months, len(network.routes)))
        route = network.links["route"].to_numpy(np.intp)
        np.add.at(out.T, route, shipped(network, self.path.values).T)
        return out


Living: TypeAlias = Callable[[Case], Lived]
"""A case lived through the same scenario."""


def live(world: World, scenario: Scenario) -> Lived:
    """Live through a scenario from the start of the world's axis, and through the same without it.

    Raises Infeasible with the rows that conflict.
    """
    given, calm = conditions(world, scenario.strikes), conditions(world, ())
    path, usual = (
        March(world).path(months, at_start(world), scenario.months)[0] for months in (given, calm)
    )
    return Lived(world, scenario, given, path, usual.values["served"])


def _share(part: FloatArray, whole: FloatArray) -> FloatArray:
    """A part of a whole, at most 1; 1 of nothing."""
    share = np.where(whole > 1e-9, part / np.maximum(whole, 1e-9), 1.0)
    return np.minimum(share, 1.0)
