"""Where draws part from the calm, and how each goes on from there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from kidorui.network.months import MONTH
from kidorui.network.strikes import Strike
from kidorui.program import Infeasible, Solution, SolverError
from kidorui.studies.stress.conditions import Conditions, conditions
from kidorui.studies.stress.lived import Lived
from kidorui.studies.stress.march import March, Path
from kidorui.studies.stress.sampling import Draw, stock_ratios
from kidorui.studies.stress.scenario import Scenario
from kidorui.studies.stress.state import State, at_start
from kidorui.studies.stress.world import World

Basis = npt.NDArray[np.int8]

_NEW = ((0, 1), (1,))
"""Months after something begins, then after it ends, in which the scenario's basis is closer.

Closer than that of the month before, that is: most steps of a path are taken around such turns.
On the japan case it saves two fifths of the time of the default window, a tenth with one month.
The month of an end is half struck and half free, and is quickest from its own.
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
        given = conditions(own, draw.strikes)
        begin = parting(world, first)
        state = self.states[begin]
        state = replace(state, level=state.level * ratio)
        until = min(world.network.tree.size, first + self.scenario.months - self.scenario.lead)
        march = March(own)
        lived = list(_walk(march, given, state, until, self._starts(draw)))
        life = replace(self.scenario, strikes=draw.strikes, lead=first)
        path = joined(self.calm, march.record(begin, lived))
        return Lived(own, life, given, path, self.calm.values["served"])

    def _starts(self, draw: Draw) -> dict[int, Basis]:
        """Bases to begin a month at, by month; of several turns the latest."""
        turns = _turns(self.world, self.scenario, draw.strikes)
        known = sorted((at, turn) for turn, at in enumerate(turns) if at is not None)
        return {
            at + since: self.bases[turn, since]
            for at, turn in known
            for since in _NEW[turn % 2]
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
    given = conditions(world, ())
    states: dict[int, State] = {}
    lived: list[Solution] = []
    # to the end: what is short in a draw is short of what would have been
    for state, solution in march.walk(given, start, world.network.tree.size):
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


def _turns(world: World, scenario: Scenario, strikes: Sequence[Strike]) -> list[int | None]:
    """For each strike the month in which its begin, then its end, comes in sight (None: never)."""
    moments = np.array([moment for one in strikes for moment in (one.start, one.end)])
    months = np.floor((moments - scenario.start) / MONTH + 1e-6) - _ahead(world)
    return [max(0, int(month)) if np.isfinite(month) else None for month in months]


def _bases(world: World, scenario: Scenario, begin: State) -> dict[tuple[int, int], Basis]:
    """(turn, months since): the scenario's own bases; none where it has no solution."""
    turns = _turns(world, scenario, scenario.strikes)
    end = min(scenario.months, world.network.tree.size)
    known = [(turn, at) for turn, at in enumerate(turns) if at is not None and at < end]
    until = min(max((at for _, at in known), default=0) + 2, end)
    march, found = March(world), {}
    given = conditions(world, scenario.strikes)
    try:
        for state, _ in march.walk(given, begin, until):
            since = [(turn, state.month - 1 - at) for turn, at in known]
            new = [key for key in since if key[1] in _NEW[key[0] % 2]]
            found.update(dict.fromkeys(new, march.solver.basis()) if new else {})
    except (Infeasible, SolverError):
        return {}  # draws then begin at what they have, and each fails or not by itself
    return found


def _walk(
    march: March, given: Conditions, state: State, until: int, starts: Mapping[int, Basis]
) -> Iterator[Solution]:
    """Walk from a state, beginning some months at a basis of their own."""
    none = np.zeros(0, dtype=np.int8)
    while state.month < until:
        later = [month for month in starts if state.month < month < until]
        state = replace(state, basis=starts.get(state.month, state.basis))
        for after, solution in march.walk(given, state, min([*later, until])):
            yield solution
            state = after
        state = replace(state, basis=none)  # goes on from where the solver stands


def _holding(world: World, ratio: npt.NDArray[np.float64]) -> World:
    """The world whose stores hold, aim at and have room for so much of what they do."""
    held = {name: world.stores[name] * ratio for name in ("calm", "alarm", "initial")}
    room = np.maximum(world.stores["capacity"], held["alarm"])
    return replace(world, stores=world.stores.assign(**held, capacity=room))


def joined(calm: Path, path: Path) -> Path:
    """The calm up to where a path begins, and the path."""
    if not path.first:
        return path
    before = slice(0, path.first)
    return replace(
        path,
        first=0,
        values={k: np.concatenate([calm.values[k][before], v]) for k, v in path.values.items()},
        price=np.concatenate([calm.price[before], path.price]),
    )
