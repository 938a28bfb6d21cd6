"""Where draws part from the calm, and how each goes on from there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from kidorui.network.months import MONTH
from kidorui.program import Infeasible, Solution, SolverError
from kidorui.studies.stress.conditions import Conditions, conditions
from kidorui.studies.stress.lived import Lived
from kidorui.studies.stress.march import March, Path, State, at_start
from kidorui.studies.stress.sampling import Draw, stock_ratios
from kidorui.studies.stress.scenario import Scenario
from kidorui.studies.stress.world import World

Basis = npt.NDArray[np.int8]

_NEVER = -(10**6)

_NEW = 2
"""Months from a turn on in which the basis of the scenario is closer than that of last month.

Most steps of a path are taken in these: on the japan case it saves two fifths of the time of
the default window, a tenth with one month. The month after them is as quick from its own.
"""


@dataclass(frozen=True)
class Departures:
    """The calm lived once: its path, and its state in each month in which a draw parts from it.

    `bases` (turn, months since) are those of the scenario itself where something begins or ends.
    """

    world: World
    scenario: Scenario
    calm: Path
    states: Mapping[int, State]
    bases: Mapping[tuple[int, int], Basis]

    def live(self, draw: Draw) -> Lived:
        """Live a draw, for as long after its onset as the scenario says or the axis goes.

        Raises Infeasible with the rows that conflict, SolverError.
        """
        world, first = self.world, draw.first(self.scenario)
        ratio = stock_ratios(world.case, world.stores, draw)
        own = _holding(world, ratio)
        given = _conditions(own, self.scenario, draw.strikes)
        begin = parting(world, first)
        state = self.states[begin]
        state = replace(state, level=state.level * ratio)
        until = min(world.network.tree.size, first + self.scenario.months - self.scenario.lead)
        march = March(own)
        try:
            lived = [s for _, s in _walk(march, given, state, until, self._starts(draw, begin))]
        except (Infeasible, SolverError) as error:
            raise _explained(march, error) from None
        life = replace(self.scenario, strikes=draw.strikes, lead=first)
        return Lived(own, life, given, _joined(self.calm, march.record(begin, lived)))

    def _starts(self, draw: Draw, begin: int) -> dict[int, Basis]:
        """Bases to begin a month at, by month; of several turns the latest."""
        turns = sorted((at, n) for n, at in enumerate(_turns(self.world, draw.strikes)))
        return {
            max(at, begin) + since: self.bases[turn, since]
            for at, turn in turns
            if at >= 0
            for since in range(_NEW)
            if (turn, since) in self.bases
        }


def depart(world: World, scenario: Scenario, draws: Sequence[Draw]) -> Departures:
    """Live the calm once, as far as the latest draw needs it, and the scenario for its bases.

    Raises Infeasible where the calm has no solution.
    """
    own = Draw(-1, scenario.strikes, ())
    every = [*draws, own]
    due = {parting(world, draw.first(scenario)) for draw in every}
    start, march = at_start(world), March(world)
    given = _conditions(world, scenario, ())
    states: dict[int, State] = {}
    lived: list[Solution] = []
    for state, solution in march.walk(given, start, max(1, *due)):
        if state.month == 1 and 0 in due:
            # nothing is solved before the first month: its own basis is as good as any
            states[0] = replace(start, basis=march.solver.basis())
        if state.month in due:
            states[state.month] = replace(state, basis=march.solver.basis())
        lived.append(solution)
    begin = states[parting(world, own.first(scenario))]
    bases = _bases(world, scenario, begin)
    return Departures(world, scenario, march.record(0, lived), states, bases)


def parting(world: World, first: int) -> int:
    """The month in which a draw parts from the calm: when its market first sees it coming."""
    return max(0, first - _ahead(world))


def _ahead(world: World) -> int:
    return world.window.nodes - 1 if world.knows else 0


def _turns(world: World, strikes: Sequence[Draw | object]) -> list[int]:
    raise NotImplementedError


def _bases(world: World, scenario: Scenario, begin: State) -> dict[tuple[int, int], Basis]:
    """The bases of the scenario in the months in which something begins or ends; none if it fails."""
    turns = _turns(world, scenario.strikes)
    wanted = {
        max(at, begin.month) + since: (turn, since)
        for turn, at in enumerate(turns)
        if at >= 0
        for since in range(_NEW)
    }
    until = min(max(wanted, default=-1) + 1, scenario.months, world.network.tree.size)
    march, found = March(world), {}
    given = _conditions(world, scenario, scenario.strikes)
    try:
        for state, _ in march.walk(given, begin, until):
            if state.month - 1 in wanted:
                found[wanted[state.month - 1]] = march.solver.basis()
    except (Infeasible, SolverError):
        return {}  # draws begin at what they have; whether each has a solution is its own affair
    return found
