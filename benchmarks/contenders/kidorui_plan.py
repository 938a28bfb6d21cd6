"""The whole study `plan`, and how much of it is the solver: python kidorui_plan.py CASE."""

from __future__ import annotations

import sys
import time

from phases import Phases

phases = Phases()

from kidorui.case import load  # noqa: E402
from kidorui.program import Solver  # noqa: E402
from kidorui.studies.context import Context  # noqa: E402
from kidorui.studies.plan import PlanOptions, plan  # noqa: E402

phases.end("import")
solving = solves = 0
run = Solver._run


def timed(self: Solver, solver: str) -> object:
    global solving, solves
    began = time.process_time()
    try:
        return run(self, solver)
    finally:
        solving += time.process_time() - began
        solves += 1


Solver._run = timed
case = load(sys.argv[1])
phases.end("load")
result = plan(case, PlanOptions(), Context())
phases.end("plan")
phases.report(solver_cpu=solving, solves=solves, rows=sum(map(len, result.tables.values())))
