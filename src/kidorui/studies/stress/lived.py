"""A scenario lived through: what every table of a stress reads."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from kidorui.case import Case
from kidorui.network import Network
from kidorui.studies.stress.conditions import Conditions, conditions
from kidorui.studies.stress.march import March, Path
from kidorui.studies.stress.scenario import Scenario
from kidorui.studies.stress.state import at_start
from kidorui.studies.stress.world import World

FloatArray = npt.NDArray[np.float64]


_DEAREST = 0.01
"""Share by which the parts of the dearest step lie below the value lost at most."""


@dataclass(frozen=True)
class Lived:
    """A path through conditions in a world, from its first month.

    Months before `lead` are calm; day 0 is the first day of month `lead`.
    """

    world: World
    scenario: Scenario
    given: Conditions
    path: Path

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
        served = self.path.values["served"]
        return np.asarray(served.reshape(len(served), len(self.network.demands), -1).sum(axis=2))

    @cached_property
    def wanted(self) -> FloatArray:
        """(month, demand): t/yr that would be used at the prices of the calm, savings apart.

        What was served in the last calm month, moved as the demand at base prices moves.
        """
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
        what they make. Against the calm, at most 1; 1 of nothing.
        """
        network, months = self.network, self.path.months
        dearest = network.demands["value_lost"].to_numpy(float)[:, None]
        must = network.step_width * (network.step_value >= dearest * (1 - _DEAREST))
        served = self.path.values["served"].reshape(months, len(network.demands), -1)
        wanted = self.given.quantity[:months] * must.sum(axis=1)
        met = (served * (must > 0)).sum(axis=2) / np.where(wanted > 1e-9, wanted, 1.0)
        before = np.where(wanted > 1e-9, met, 1.0)[max(self.lead - 1, 0)]
        share = np.where(wanted > 1e-9, met / np.maximum(before, 1e-9), 1.0)
        return np.minimum(share, 1.0)

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
    """Live through a scenario from the start of the world's axis.

    Raises Infeasible with the rows that conflict.
    """
    given = conditions(
        world.network, world.reference, world.stores, scenario.standing, scenario.strikes
    )
    march = march or March(world)
    path, _ = march.path(given, at_start(world), scenario.months)
    return Lived(world, scenario, given, path)
