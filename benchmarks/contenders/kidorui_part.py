"""The part stated and solved by kidorui: python kidorui_part.py CASE_FOLDER SOLVER."""

from __future__ import annotations

import sys

from phases import Phases

phases = Phases()

import numpy as np  # noqa: E402

from kidorui.case import load  # noqa: E402
from kidorui.network import compile_network, grow  # noqa: E402
from kidorui.program import Reference, Solver, solve, state_plan  # noqa: E402

phases.end("import")
folder, solver_name = sys.argv[1:3]
case = load(folder)
phases.end("load")
network = compile_network(case, grow(case, ()))
phases.end("compile")
nothing = np.zeros(len(network.pools))
reference = Reference(np.full(len(network.routes), np.nan), nothing, nothing)
program = state_plan(network, reference)
phases.end("build")
solver = Solver(program.model)
phases.end("hand over")
objective = None
if solver_name != "none":
    solve.LARGE = 0 if solver_name == "ipx" else 10**12
    solution = solver.solve()
    phases.end("solve and read")
    objective = solution.objective
model = program.model
phases.report(objective=objective, columns=model.columns, rows=model.rows)
