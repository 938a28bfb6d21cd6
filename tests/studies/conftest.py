"""The plan of the tiny case, solved once for all tests that only look at it."""

import pytest

from kidorui.network import compile_network, grow
from kidorui.results import Result
from kidorui.studies.base_year import question_of, reference_for, solve_base_year
from kidorui.studies.context import Context
from kidorui.studies.memory import Workbench
from kidorui.studies.plan import PlanOptions, plan
from kidorui.studies.solved import Solved, Terms, solve_both
from tests.changed import tiny


class DictMemo:
    """A memo in memory that knows what it was asked."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}
        self.asked: list[str] = []

    def get(self, key: str) -> bytes | None:
        self.asked.append(key)
        return self.kept.get(key)

    def put(self, key: str, value: bytes) -> None:
        self.kept[key] = value


def solve(case, **terms) -> tuple[Solved, Workbench]:
    """A solved plan and the bench it was solved on."""
    base = solve_base_year(case, Context())
    network = compile_network(case, grow(case, case.settings.events))
    reference = reference_for(network, base)
    asked = Terms(**terms)
    program = asked.state(network, reference)
    bench = Workbench(program.model, question_of(case), Context())
    return Solved(base, reference, program, asked, *solve_both(bench, program, None)), bench


@pytest.fixture(scope="session")
def tiny_plan() -> Result:
    return plan(tiny(), PlanOptions(), Context())


@pytest.fixture(scope="session")
def tiny_solved() -> tuple[Solved, Workbench]:
    return solve(tiny())
