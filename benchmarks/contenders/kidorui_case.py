"""Every step from a case's tables to a solved plan: python kidorui_case.py CASE."""

from __future__ import annotations

import sys

from phases import Phases

phases = Phases()

from kidorui.case import check, load  # noqa: E402
from kidorui.network import compile_network, grow  # noqa: E402
from kidorui.program import Solver, state_plan  # noqa: E402
from kidorui.studies.base_year import reference_for, solve_base_year  # noqa: E402
from kidorui.studies.context import Context  # noqa: E402

phases.end("import")
check(sys.argv[1])
phases.end("check")
case = load(sys.argv[1])
phases.end("load")
base = solve_base_year(case, Context())
phases.end("base year")
network = compile_network(case, grow(case, case.settings.events))
phases.end("compile")
program = state_plan(network, reference_for(network, base))
phases.end("state")
solver = Solver(program.model)
phases.end("hand over")
solution = solver.solve()
phases.end("solve and read")
solver._read()
phases.end("read again")
model = program.model
phases.report(
    objective=solution.objective,
    columns=model.columns,
    rows=model.rows,
    nonzeros=model.matrix().nnz,
    nodes=network.tree.size,
    pools=len(network.pools),
    links=len(network.links),
    gap=solution.gap,
)
