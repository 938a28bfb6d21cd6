"""The march through the months: solve the window, live its first month, move on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from kidorui.program import Solution, Solver
from kidorui.program.blocks import PER_TONNE
from kidorui.studies.stress.conditions import Conditions
from kidorui.studies.stress.state import State, levels
from kidorui.studies.stress.turn import Turn
from kidorui.studies.stress.world import World

FloatArray = npt.NDArray[np.float64]

_KEPT = ("activity", "shipment", "detour", "served", "saved", "bought", "disposed")


@dataclass(frozen=True)
class Path:
    """The months lived: (month, thing) arrays by block, t/yr, and `level` of the stores, t.

    `price` is (month, pool, then demand: what its users would pay), US$/kg.
    """

    first: int
    values: Mapping[str, FloatArray]
    price: FloatArray
    iterations: int

    @property
    def months(self) -> int:
        """Number of months lived."""
        return len(self.price)


class March:
    """A live solver that walks a world through conditions.

    explain: whether to find the rows that conflict in a month that has no solution.
    """

    def __init__(self, world: World, *, explain: bool = True) -> None:
        self.world = world
        self._explain = explain
        self.model = world.window.model.copy()
        self.solver = Solver(self.model)
        self._turn = Turn(world, self.model)

    def walk(self, given: Conditions, state: State, until: int) -> Iterator[tuple[State, Solution]]:
        """Each month's solution, and the state after it, up to the month `until`.

        Begins at the basis of the state, so that it depends on the state alone.
        Raises Infeasible, with the rows that conflict.
        """
        if len(state.basis):
            self.solver.start_from(state.basis)
        while state.month < until:
            self._turn.set(given, state)
            model = self.model
            self.solver.set_all(model.column_bounds(), model.row_bounds(), model.cost())
            solution = self.solver.solve_robustly(explain=self._explain)
            state = self._turn.after(given, state, solution)
            yield state, solution

    def path(self, given: Conditions, state: State, until: int) -> tuple[Path, State]:
        """The months from a state up to `until`, and the state then."""
        first = state.month
        lived: list[Solution] = []
        for later, solution in self.walk(given, state, until):
            lived.append(solution)
            state = later
        return self.record(first, lived), replace(state, basis=self.solver.basis())

    def record(self, first: int, lived: Sequence[Solution]) -> Path:
        """The first nodes of solutions as a path."""
        window = self.world.window
        network = window.network
        weight = network.tree.weight[0]
        rows = window.pools + len(network.demands)
        kept = [name for name in _KEPT if name in window.model.variables]
        balance = np.array([one.duals["balance"][:rows] for one in lived]).reshape(-1, rows)
        return Path(
            first=first,
            values={
                **{name: np.array([one.values[name][0] for one in lived]) for name in kept},
                "level": np.array([levels(one) for one in lived]),
            },
            price=balance / weight / PER_TONNE,
            iterations=sum(one.iterations for one in lived),
        )
