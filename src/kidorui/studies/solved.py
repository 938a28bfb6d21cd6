"""The plan and doing nothing, solved on one network: what every table of the plan reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy import sparse

from kidorui.case import Case
from kidorui.network import Network, Tree
from kidorui.program import Program, Reference, Solution, Solver, state_plan
from kidorui.program.investment import MILLION, Candidates
from kidorui.studies.base_year import BaseYear, prices
from kidorui.studies.memory import Change, Workbench

FloatArray = npt.NDArray[np.float64]

PLAN, NOTHING = "plan", "do-nothing"

LEAST = "least"


@dataclass(frozen=True)
class Terms:
    """On what terms a plan is made: public money (million US$), funds let in, aversion to risk."""

    budget: float | None = None
    open_funds: tuple[str, ...] = ()
    risk: float = 0.0

    def state(self, network: Network, reference: Reference, *, whole: bool = False) -> Program:
        """The programme of a plan on these terms, with a row to ask for a least of each project."""
        program = state_plan(
            network,
            reference,
            budget=self.budget,
            open_funds=self.open_funds,
            whole=whole,
            risk=self.risk,
        )
        _add_least(program)
        return program


@dataclass(frozen=True)
class Solved:
    """A plan with what it was made from, and the same world with no project decided.

    `program` is the one of the plan without whole units.
    """

    base: BaseYear
    reference: Reference
    program: Program
    terms: Terms
    plan: Solution
    nothing: Solution

    @property
    def network(self) -> Network:
        """The network both were solved on."""
        return self.program.network

    @property
    def case(self) -> Case:
        """The case."""
        return self.network.case

    @property
    def tree(self) -> Tree:
        """The tree of scenarios."""
        return self.network.tree

    @property
    def projects(self) -> Candidates:
        """The projects the plan decides on."""
        if self.program.projects is None:
            raise TypeError("a plan's programme has projects")
        return self.program.projects

    @property
    def both(self) -> Mapping[str, Solution]:
        """The two solutions by name."""
        return {PLAN: self.plan, NOTHING: self.nothing}

    @property
    def risk(self) -> float:
        """Weight of the worst outcomes in the objective."""
        return self.terms.risk

    def restate(self, network: Network) -> Program:
        """The programme on the same terms on another network."""
        return self.terms.state(network, self.reference)

    @cached_property
    def expected(self) -> FloatArray:
        """Expected cost of all variables before aversion to risk, million US$ per unit."""
        model = self.program.model
        if self.risk <= 0:
            return model.cost()
        neutral = replace(self.terms, risk=0.0).state(self.network, self.reference).model
        cost = np.zeros(model.columns)
        for name, block in neutral.variables.items():
            cost[model.variables[name].span] = block.cost
        return cost

    def expected_cost(self, solution: Solution) -> float:
        """Expected cost of a solution, million US$ discounted over the axis."""
        spent = [
            self.expected[block.span] @ solution.values[name].ravel()
            for name, block in self.program.model.variables.items()
        ]
        return float(sum(spent))

    @cached_property
    def prices(self) -> Mapping[str, FloatArray]:
        """Prices of both, (node, pool), US$/kg; NaN where a node has no weight."""
        return {name: prices(self.network, s, self.weight(s)) for name, s in self.both.items()}

    @cached_property
    def share_of_axis(self) -> FloatArray:
        """(node): its share of the discounted, expected years of the axis."""
        return np.asarray(self.tree.weight / self.tree.weight.sum())

    def weight(self, solution: Solution) -> FloatArray:
        """(node): what a yearly rate counts in the objective, aversion to risk included."""
        if self.risk <= 0:
            return self.tree.weight
        averse = solution.duals["node cost"]
        chance = (1 - self.risk) * self.tree.probability + averse
        return np.asarray(self.tree.duration * self.tree.discount * chance)


def solve_both(
    bench: Workbench,
    program: Program,
    whole: Program | None,
) -> tuple[Solution, Solution]:
    """The plan, and the world in which no project is decided (committed ones go on).

    `whole` is the same programme with whole units, or None; its duals are those with the
    units fixed.
    """
    if whole is None:
        plan = bench.solve(PLAN)
    else:
        plan = bench.recall(PLAN, whole.model, lambda: _solve_whole(whole))
    none = np.zeros_like(plan.values["size"])
    start = plan.basis if whole is None else None
    return plan, bench.solve(NOTHING, Change(bounds={"size": (none, none)}), start)


def size_costs(program: Program) -> FloatArray:
    """(node, project): expected cost of a tonne decided in a node, million US$ over the axis."""
    projects = program.projects
    if projects is None:
        raise TypeError("a plan's programme has projects")
    years = np.einsum("mnj,m->nj", projects.charged, program.network.tree.weight)
    return np.asarray(years * projects.annual * MILLION)


def _add_least(program: Program) -> None:
    """Rows `least`, one per project, that bind nothing until they are asked to.

    What is decided on the trunk, each tonne counted by its cost against the dearest node's.
    """
    block, trunk = program.model.variables["size"], program.network.tree.branch < 0
    cost = size_costs(program) * trunk[:, None]
    count = cost / np.maximum(cost.max(axis=0, initial=0.0), 1e-300)
    project = np.tile(np.arange(block.things), block.nodes)
    matrix = sparse.csr_array(
        (count.ravel(), (project, np.arange(block.size))), shape=(block.things, block.size)
    )
    program.model.add_constraints(LEAST, {"size": matrix})


def _solve_whole(whole: Program) -> Solution:
    solver = Solver(whole.model)
    found = solver.solve()
    solver.fix_whole(found)
    return replace(solver.solve(), mip_gap=found.mip_gap)
