"""A scenario lived through: what every table of a stress reads."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from kidorui.case import Case
from kidorui.network import Network
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
    is so beyond that. Where it is not known the last calm month stands in, moved as demand moves.
    """

    world: World
    scenario: Scenario
    given: Conditions
    path: Path
    usual: FloatArray | None = None

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
        if self.usual is not None:
            return self._by_demand(self.usual)
        quantity = self.given.quantity[: self.path.months]
        before = max(self.lead - 1, 0)
        share = self.served[before] / np.maximum(quantity[before], 1e-12)
        return np.asarray(quantity * np.where(quantity[before] > 0, share, 1.0))

    @cached_property
    def fill(self) -> FloatArray:
        """(month, demand): share of what is wanted that is used, at most 1; 1 of nothing."""
        wanted = self.wanted
        share = np.where(wanted > 1e-9, self.served / np.maximum(wanted, 1e-9), 1.0)
        return np.minimum(share, 1.0)

    @cached_property
    def output(self) -> FloatArray:
        """(month, demand): share of the dearest use, still wanted at the value lost, that is met.

        Users give way before that by price and by substitution, at the cost of both but not of
        what they make. Against what would have been, at most 1; 1 of nothing.
        """
        network, months = self.network, self.path.months
        dearest = network.demands["value_lost"].to_numpy(float)[:, None]
        must = network.step_value >= dearest * DEAREST

        def met(served: FloatArray) -> FloatArray:
            return self._by_demand(served * must.ravel())

        now = met(self.path.values["served"])
        if self.usual is not None:
            wanted = met(self.usual)
        else:
            before = max(self.lead - 1, 0)
            quantity = self.given.quantity[:months]
            moved = quantity / np.maximum(quantity[before], 1e-12)
            wanted = now[before] * np.where(quantity[before] > 0, moved, 1.0)
        return np.minimum(np.where(wanted > 1e-9, now / np.maximum(wanted, 1e-9), 1.0), 1.0)

    @cached_property
    def flows(self) -> FloatArray:
        """(month, route): t/yr shipped, with what leaked round events."""
        network, values = self.network, self.path.values
        route = network.links["route"].to_numpy(np.intp)
        out = np.zeros((self.path.months, len(network.routes)))
        np.add.at(out.T, route, values["shipment"].T)
        if "detour" in values:
            np.add.at(out.T, route[network.detours], values["detour"].T)
        return out


def live(world: World, scenario: Scenario, march: March | None = None) -> Lived:
    """Live through a scenario from the start of the world's axis, and through the same without it.

    Raises Infeasible with the rows that conflict.
    """
    given = conditions(
        world.network, world.reference, world.stores, scenario.standing, scenario.strikes
    )
    march = march or March(world)
    path, _ = march.path(given, at_start(world), scenario.months)
    return Lived(world, scenario, given, path, without(world, scenario))


def without(world: World, scenario: Scenario) -> FloatArray:
    """(month, demand x step): what is served where nothing of a scenario strikes, t/yr."""
    given = conditions(world.network, world.reference, world.stores, scenario.standing, ())
    path, _ = March(world).path(given, at_start(world), scenario.months)
    return path.values["served"]
