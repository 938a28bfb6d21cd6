"""Plans of tiny and random cases, solved once for all tests of a process."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from kidorui.case import Case
from kidorui.network import Network, compile_network, grow
from kidorui.program import Program, Reference, Solution, Solver, state_plan
from kidorui.studies.base_year import reference_for, solve_base_year
from kidorui.studies.context import Context
from tests.changed import tiny
from tests.random_cases import random_case


@dataclass(frozen=True)
class Planned:
    """A case with its network, reference, programme, live solver and solution."""

    case: Case
    network: Network
    reference: Reference
    program: Program
    solver: Solver
    solution: Solution


def stated(case: Case, **options: object) -> tuple[Network, Reference, Program]:
    """The network, reference and programme of a case on its own events."""
    base = solve_base_year(case, Context())
    network = compile_network(case, grow(case, case.settings.events))
    reference = reference_for(network, base)
    return network, reference, state_plan(network, reference, **options)


def plan_for(case: Case, **options: object) -> Planned:
    """Plan for a case."""
    network, reference, program = stated(case, **options)
    solver = Solver(program.model)
    return Planned(case, network, reference, program, solver, solver.solve())


@cache
def planned(key: str | int, **options: object) -> Planned:
    """The plan of `tiny`, or of the random case of that seed; leave its solver as it is."""
    return plan_for(tiny() if key == "tiny" else random_case(int(key)), **options)
