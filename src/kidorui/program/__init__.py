"""The linear programme: operation, investment and risk as named blocks of sparse arrays."""

from kidorui.program.blocks import Reference
from kidorui.program.model import Model
from kidorui.program.solve import Infeasible, Solution, Solver, SolverError, Unbounded
from kidorui.program.state import Program, state_base_year, state_plan

__all__ = [
    "Infeasible",
    "Model",
    "Program",
    "Reference",
    "Solution",
    "Solver",
    "SolverError",
    "Unbounded",
    "state_base_year",
    "state_plan",
]
