"""The eve of an outage: the calm lived once, and where each outage goes on from there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from kidorui.case import Case
from kidorui.network.months import MONTH
from kidorui.network.strikes import Strike
from kidorui.program import Solution
from kidorui.studies.base_year import BaseYear
from kidorui.studies.context import Context
from kidorui.studies.stress.conditions import Conditions, conditions
from kidorui.studies.stress.departing import joined
from kidorui.studies.stress.lived import Lived
from kidorui.studies.stress.march import March, Path
from kidorui.studies.stress.scenario import LEAD, Scenario, standing_on
from kidorui.studies.stress.state import State, at_start
from kidorui.studies.stress.turn import KEEP
from kidorui.studies.stress.world import Foresight, World, prepare_world

Basis = npt.NDArray[np.int8]


@dataclass(frozen=True)
class Eve:
    """A world in the state in which every outage strikes it.

    `start` is that state. `usual` is the path under an event that strikes nothing, from the
    first month of the axis: what is short or lost is so beyond it. `bases` and `steps` (month
    after the onset) are its bases and the iterations it took to them. `threat` tells whether
    users of what is cut hoard, as under a ban.
    """

    world: World
    scenario: Scenario
    start: State
    usual: Path
    bases: tuple[Basis, ...]
    steps: tuple[int, ...]
    threat: bool

    @property
    def lead(self) -> int:
        """Number of calm months before the onset."""
        return self.scenario.lead

    def live(self, march: March, event: int) -> Lived:
        """Live an event of the case that stops all it strikes, from the onset on.

        The answer depends on the event alone, not on what the march did before. Raises
        Infeasible with the rows that conflict, SolverError.
        """
        given, scenario = _struck_by(self.world, self.scenario, event, threat=self.threat)
        path = march.record(self.lead, list(self._walk(march, given)))
        served = self.usual.values["served"]
        return Lived(self.world, scenario, given, joined(self.usual, path), served)

    def _walk(self, march: March, given: Conditions) -> Iterator[Solution]:
        """Month by month, from the bases of the usual path for as long as these are near.

        Most outages move little, and then each month is a few steps from the same month without
        it; a large one is nearer to its own month before.
        """
        state, none = self.start, np.zeros(0, dtype=np.int8)
        near = True
        for basis, steps in zip(self.bases, self.steps, strict=True):
            state = replace(state, basis=basis if near else none)
            for after, solution in march.walk(given, state, state.month + 1):
                state = after
                near = near and solution.iterations <= steps
                yield solution


def eve_of(
    case: Case,
    nothing: int,
    year: int,
    months: int,
    base: BaseYear,
    context: Context,
    *,
    threat: bool = False,
) -> Eve:
    """The eve in the middle of a year, with the restrictions of that day for good.

    nothing: the case's event that strikes nothing. Six months of calm are lived from the year's
    start; `months` are lived after the onset. threat: whether users of what is cut hoard. A
    failure alarms nobody, else a route that fails would cost more than all the plants behind it.
    Raises ValueError for a year outside the case's axis, Infeasible.
    """
    if not threat:
        case = replace(case, settings=replace(case.settings, alarm=1.0, hoard=KEEP))
    scenario = calm_of(case, year, months)
    world = prepare_world(case, scenario, Foresight(), context, base)
    march = March(world)
    before, start = march.path(conditions(world, ()), at_start(world), LEAD)
    given, _ = _struck_by(world, scenario, nothing, threat=threat)
    lived, bases = _lived_with_bases(march, given, start, scenario.months)
    usual = joined(before, march.record(LEAD, lived))
    steps = tuple(one.iterations for one in lived)
    return Eve(world, scenario, start, usual, bases, steps, threat)


def _struck_by(
    world: World, scenario: Scenario, event: int, *, threat: bool
) -> tuple[Conditions, Scenario]:
    """Conditions under an event from the onset on, and the scenario with it.

    Who holds cover without a threat holds no more than it, but does not stand idle beside it:
    under alarm cover is worth at most half of what is lost without.
    """
    strike = Strike(event, scenario.onset, np.inf, 1.0)
    given = conditions(world, [strike])
    if not threat:
        given = replace(given, alarm=np.repeat(given.struck[:, None], given.alarm.shape[1], axis=1))
    return given, replace(scenario, strikes=(strike,))


def calm_of(case: Case, year: int, months: int) -> Scenario:
    """Six months of calm from the start of a year, and `months` after them, without a strike.

    Raises ValueError for a year outside the case's axis.
    """
    settings = case.settings
    if not settings.base_year <= year < settings.end:
        raise ValueError(f"year {year}; one from {settings.base_year} to {settings.end - 1}")
    standing = standing_on(case, year + LEAD * MONTH)
    return Scenario((), standing, float(year), LEAD + months, LEAD)


def _lived_with_bases(
    march: March, given: Conditions, start: State, until: int
) -> tuple[Sequence[Solution], tuple[Basis, ...]]:
    lived, bases = [], []
    for _, solution in march.walk(given, start, until):
        lived.append(solution)
        bases.append(march.solver.basis())
    return lived, tuple(bases)
