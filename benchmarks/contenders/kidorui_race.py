"""One programme by one of HiGHS's solvers, cold, one thread.

python kidorui_race.py CASE_OR_SIZE:SEED SOLVER
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from phases import Phases

phases = Phases()

import highspy  # noqa: E402

from kidorui.case import load  # noqa: E402
from kidorui.network import compile_network, grow  # noqa: E402
from kidorui.program import state_plan  # noqa: E402
from kidorui.program.solve import to_highs  # noqa: E402
from kidorui.studies.base_year import reference_for, solve_base_year  # noqa: E402
from kidorui.studies.context import Context  # noqa: E402
from tests.random_cases import random_case  # noqa: E402

LIMIT = 300.0

phases.end("import")
what, solver = sys.argv[1:3]
name, _, seed = what.partition(":")
case = random_case(int(seed), size=name) if seed else load(name)
base = solve_base_year(case, Context())
network = compile_network(case, grow(case, case.settings.events))
model = state_plan(network, reference_for(network, base)).model
highs = highspy.Highs()
for option, value in {
    "output_flag": False,
    "threads": 1,
    "time_limit": LIMIT,
    "solver": solver.removesuffix("-"),
    "run_crossover": "off" if solver.endswith("-") else "on",
}.items():
    highs.setOptionValue(option, value)
highs.passModel(to_highs(model))
phases.end("state")
highs.run()
phases.end("solve")
info = highs.getInfo()
phases.report(
    objective=info.objective_function_value,
    status=highs.modelStatusToString(highs.getModelStatus()),
    columns=model.columns,
    rows=model.rows,
    nonzeros=model.matrix().nnz,
    simplex=info.simplex_iteration_count,
    interior=info.ipm_iteration_count,
)
