"""A march against HiGHS alone: python kidorui_march.py CASE EVENT FORESIGHT MONTHS.

The march is timed as a study runs it, from conditions to path. What each month is solved as is
then noted, and the same programmes are given to HiGHS by itself in the same order, with the
same options and from its own last basis; of that only its run() is counted.
"""

from __future__ import annotations

import sys
import time

from phases import Phases

phases = Phases()

import highspy  # noqa: E402
import numpy as np  # noqa: E402

from kidorui.case import load  # noqa: E402
from kidorui.program import solve  # noqa: E402
from kidorui.studies.context import Context  # noqa: E402
from kidorui.studies.stress.lived import live  # noqa: E402
from kidorui.studies.stress.scenario import scenario  # noqa: E402
from kidorui.studies.stress.world import Foresight, prepare_world  # noqa: E402

phases.end("import")
name, event, foresight, months = sys.argv[1:5]
ROUNDS = 3


class Noted(solve.Solver):
    """A solver that notes the bounds and costs it is given, and under which options."""

    def __init__(self, model) -> None:
        super().__init__(model)
        notes.append(solve.to_highs(model))

    def set_all(self, columns, rows, cost) -> None:
        notes.append((*map(np.array, (*columns, *rows, cost)),))
        super().set_all(columns, rows, cost)

    def _run(self, solver: str):
        keys = ("simplex_strategy", "simplex_dual_edge_weight_strategy", "presolve")
        options = {key: self._highs.getOptionValue(key)[1] for key in keys}
        notes.append({**options, "solver": solver})
        status = super()._run(solver)
        objectives.append(self._highs.getInfo().objective_function_value)
        return status


notes: list = []
objectives: list[float] = []


def replay() -> tuple[float, float]:
    """CPU seconds in run(), and the furthest an objective is from that of the march."""
    highs = highspy.Highs()
    for key, value in (("output_flag", False), ("threads", 1)):
        highs.setOptionValue(key, value)
    spent, apart, at = 0.0, 0.0, 0
    for note in notes:
        if isinstance(note, highspy.HighsLp):
            highs.passModel(note)
            columns = np.arange(note.num_col_, dtype=np.int32)
            rows = np.arange(note.num_row_, dtype=np.int32)
        elif isinstance(note, dict):
            for key, value in note.items():
                highs.setOptionValue(key, value)
            began = time.process_time()
            highs.run()
            spent += time.process_time() - began
            value = highs.getInfo().objective_function_value
            apart = max(apart, abs(value - objectives[at]) / max(1.0, abs(objectives[at])))
            at += 1
        else:
            lower, upper, row_lower, row_upper, cost = note
            highs.changeColsBounds(len(columns), columns, lower, upper)
            highs.changeRowsBounds(len(rows), rows, row_lower, row_upper)
            highs.changeColsCost(len(columns), columns, cost)
    return spent, apart


case = load(name)
asked = scenario(case, [event], months=int(months))
world = prepare_world(case, asked, Foresight.parse(foresight), Context())
phases.end("prepare")

from kidorui.studies.stress import march  # noqa: E402

plain = march.Solver
march.Solver = Noted
live(world, asked)
march.Solver = plain
phases.end("note")
marches, raws, apart = [], [], 0.0
for _ in range(ROUNDS):  # in turn, so that a busy spell of the machine hits both
    began = time.process_time()
    lived = live(world, asked)
    marches.append(time.process_time() - began)
    spent, off = replay()
    raws.append(spent)
    apart = max(apart, off)
phases.end("march and replay")
model = world.window.model
phases.report(
    march=float(np.median(marches)),
    raw=float(np.median(raws)),
    ratio=float(np.median(np.array(marches) / np.array(raws))),
    months=sum(isinstance(note, tuple) for note in notes),  # struck, and the same without it
    iterations=lived.path.iterations,
    columns=model.columns,
    rows=model.rows,
    pools=world.window.pools,
    objectives_apart=apart,
)
