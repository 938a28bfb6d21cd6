"""Solves that are remembered, and that come out the same whether solved now or recalled."""

from __future__ import annotations

import io
import json
import threading
import time
import zipfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import numpy.typing as npt

from kidorui.program import Infeasible, Model, Solution, Solver
from kidorui.results import Json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kidorui.studies.context import Context

FloatArray = npt.NDArray[np.float64]
Basis = npt.NDArray[np.int8]
Answer = TypeVar("Answer")

NO_BASIS: Basis = np.zeros(0, dtype=np.int8)


@dataclass(frozen=True)
class Change:
    """What one solve does differently from the model as stated.

    `cost` of all variables (million US$ per unit); `bounds` by block of variables (node,
    thing); `rows` numbers of constraints, each with both its bounds.
    """

    cost: FloatArray | None = None
    bounds: Mapping[str, tuple[FloatArray, FloatArray]] = field(default_factory=dict)
    rows: Sequence[tuple[int, float, float]] = ()


@dataclass(frozen=True)
class Figures:
    """What a try left: the numbers read off its solution, and its basis where it was kept."""

    values: FloatArray
    basis: Basis


class Workbench:
    """A live model on which a study tries changes, one at a time.

    Every solve begins at the basis it is told to start from, so that it depends on that alone:
    a study that was stopped, and recalls half of its solves, gives the answer it would have
    given at once. `question` is all that decides the answer but for the name of the step.
    `seconds` is the time in which something was being solved. Threads may try changes at the
    same time, each on a live model of its own; a copy sent to another process starts with none.
    """

    def __init__(self, model: Model, question: Mapping[str, Json], context: Context) -> None:
        self.model = model
        self.seconds = 0.0
        self._question = question
        self._memo = context.memo
        self._live = threading.local()
        self._clock = threading.Lock()
        self._solving, self._since = 0, 0.0

    def __getstate__(self) -> dict[str, object]:
        return {"model": self.model, "_question": self._question, "_memo": self._memo}

    def __setstate__(self, state: dict[str, object]) -> None:
        self.__dict__.update(state)
        self.seconds = 0.0
        self._live, self._clock = threading.local(), threading.Lock()
        self._solving, self._since = 0, 0.0

    def solve(
        self, step: str, change: Change | None = None, start: Basis | None = None
    ) -> Solution:
        """The solution of the model under a change, with its basis; recalled where known."""

        def anew() -> Solution:
            with self._changed(change or Change(), start) as solver:
                return replace(solver.solve(), basis=solver.basis())

        return self.recall(step, self.model, anew)

    def recall(self, step: str, model: Model, solve: Callable[[], Solution]) -> Solution:
        """The solution remembered under the step, else that of `solve`, remembered from now."""
        known = self._memo.get(self._key(step))
        solution = unpack(known, model) if known else None
        if solution is None:
            solution = self._timed(solve)
            self._memo.put(self._key(step), pack(solution))
        return solution

    def attempt(
        self,
        step: str,
        change: Change,
        start: Basis | None,
        read: Callable[[Solution], FloatArray],
        *,
        keep_basis: bool = False,
    ) -> Figures:
        """Numbers read off the solution under a change; only they are remembered.

        Where the change leaves no solution, they are one NaN.
        """

        def anew() -> Figures:
            with self._changed(change, start) as solver:
                try:
                    values = np.ravel(read(solver.solve(explain=False)))
                except Infeasible:
                    return Figures(np.array([np.nan]), NO_BASIS)
                return Figures(values, solver.basis() if keep_basis else NO_BASIS)

        return self.figures(step, anew)

    def figures(self, step: str, work: Callable[[], Figures]) -> Figures:
        """Figures remembered under the step, else those of `work`, remembered from now."""
        known = self._memo.get(self._key(step))
        arrays = _read(known) if known else {}
        if arrays.keys() == {"values", "basis"}:
            return Figures(arrays["values"], arrays["basis"])
        found = self._timed(work)
        self._memo.put(self._key(step), _written(values=found.values, basis=found.basis))
        return found

    def _key(self, step: str) -> str:
        return json.dumps({**self._question, "step": step}, sort_keys=True, default=str)

    def _timed(self, work: Callable[[], Answer]) -> Answer:
        with self._clock:
            if not self._solving:
                self._since = time.perf_counter()
            self._solving += 1
        try:
            return work()
        finally:
            with self._clock:
                self._solving -= 1
                if not self._solving:
                    self.seconds += time.perf_counter() - self._since

    @contextmanager
    def _changed(self, change: Change, start: Basis | None) -> Iterator[Solver]:
        """The live solver of the thread under a change, which is taken back afterwards."""
        solver: Solver | None = getattr(self._live, "solver", None)
        if solver is None:
            solver = self._live.solver = Solver(self.model)
        if start is not None:
            solver.start_from(start)
        if change.cost is not None:
            solver.set_costs(change.cost)
        for name, (lower, upper) in change.bounds.items():
            solver.set_bounds(name, lower, upper)
        for row in change.rows:
            solver.set_row_bounds(*row)
        try:
            yield solver
        finally:
            self._take_back(solver, change)

    def _take_back(self, solver: Solver, change: Change) -> None:
        if change.cost is not None:
            solver.set_costs(self.model.cost())
        for name in change.bounds:
            block = self.model.variables[name]
            solver.set_bounds(name, block.lower, block.upper)
        if change.rows:
            lower, upper = self.model.row_bounds()
            for row, _, _ in change.rows:
                solver.set_row_bounds(row, float(lower[row]), float(upper[row]))


def pack(solution: Solution) -> bytes:
    """A solution as bytes (.npz), exact to the last bit."""
    return _written(
        scalars=np.array([solution.objective, solution.dual_objective, solution.mip_gap]),
        iterations=np.array([solution.iterations]),
        values=_flat(solution.values),
        reduced=_flat(solution.reduced),
        duals=_flat(solution.duals),
        basis=solution.basis,
    )


def unpack(content: bytes, model: Model) -> Solution | None:
    """The solution of a model from its bytes; None where they are of another model."""
    arrays = _read(content)
    sizes = tuple(len(arrays.get(name, ())) for name in ("values", "duals"))
    if sizes != (model.columns, model.rows):
        return None
    blocks = model.variables.values()

    def by_block(flat: FloatArray) -> dict[str, FloatArray]:
        return {b.name: flat[b.span].reshape(b.nodes, b.things) for b in blocks}

    objective, dual_objective, mip_gap = map(float, arrays["scalars"])
    return Solution(
        objective=objective,
        dual_objective=dual_objective,
        values=by_block(arrays["values"]),
        reduced=by_block(arrays["reduced"]),
        duals={c.name: arrays["duals"][c.span] for c in model.constraints.values()},
        mip_gap=mip_gap,
        iterations=int(arrays["iterations"][0]),
        basis=arrays["basis"],
    )


def _flat(blocks: Mapping[str, FloatArray]) -> FloatArray:
    return np.concatenate([np.ravel(block) for block in blocks.values()] or [np.zeros(0)])


def _written(**arrays: npt.NDArray[Any]) -> bytes:
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)  # type: ignore[arg-type]  # none is named allow_pickle
    return file.getvalue()


def _read(content: bytes) -> dict[str, npt.NDArray[Any]]:
    """The arrays of an .npz file; none where it is damaged."""
    try:
        with np.load(io.BytesIO(content)) as kept:
            return {name: kept[name] for name in kept.files}
    except (ValueError, OSError, zipfile.BadZipFile):
        return {}
