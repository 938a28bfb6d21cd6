"""The plan's programme with rows to trade by: the loss and the public money.

What the frontier and the alternatives are found on. The rows bind nothing until asked to, so
that the plan's own basis starts every solve.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from kidorui.network import Network
from kidorui.program import Model, Solution
from kidorui.program.investment import MILLION
from kidorui.results import Json
from kidorui.studies.base_year import PER_TONNE
from kidorui.studies.builds import SMALLEST, size_unit, trunk_sizes
from kidorui.studies.context import Context
from kidorui.studies.memory import Basis, Change, Workbench
from kidorui.studies.shortage import focus_demands, missing, reference_steps
from kidorui.studies.solved import Solved, size_costs

FloatArray = npt.NDArray[np.float64]

LOSS, PURSE = "loss", "purse"

LEAST, MOST, HALVED = 1e-2, 10.0, 4
"""Taxes on what is not wished for, and how often the span of them is halved."""

GIFT = 0.9
"""Largest share of its cost that what is wished for is given.

Were it paid to build, every largest size would be filled, and IPX stalls.
"""

_BASIC = 1
"""HiGHS's status of a row that does not bind."""


@dataclass(frozen=True)
class Found:
    """What one portfolio comes to.

    cost: expected cost of the world (million US$ over the axis); public: most public money
    along any path (million US$); loss and shortage: expected ones of the focus place over the
    axis (million US$ a year, t oxide a year); tail: mean cost of the worst scenarios (million
    US$); sizes (project) decided while no event has struck, and what they cost within the axis
    (money, million US$).
    """

    cost: float
    public: float
    loss: float
    shortage: float
    tail: float
    sizes: FloatArray
    money: FloatArray

    def mixed(self, other: Found, share: float) -> Found:
        """A mix with a share of another portfolio; what is not in proportion is at most so."""

        def between(mine: float, theirs: float) -> float:
            return (1 - share) * mine + share * theirs

        return Found(
            cost=between(self.cost, other.cost),
            public=between(self.public, other.public),
            loss=between(self.loss, other.loss),
            shortage=between(self.shortage, other.shortage),
            tail=between(self.tail, other.tail),
            sizes=(1 - share) * self.sizes + share * other.sizes,
            money=(1 - share) * self.money + share * other.money,
        )


class Desk:
    """Solves the plan's programme with a least worth served, a purse, or a wish."""

    def __init__(self, solved: Solved, question: Mapping[str, Json], context: Context) -> None:
        self.solved = solved
        model = solved.restate(solved.network).model
        _add_rows(model, solved)
        self.bench = Workbench(model, {**question, "rows": "portfolio"}, context)
        own = solved.plan.basis
        before = solved.program.model
        extra = np.full(model.rows - before.rows, _BASIC, dtype=np.int8)
        whole = len(own) != before.columns + before.rows
        self._start: Basis | None = None if whole else np.concatenate([own, extra])

    def best(self) -> Found:
        """The plan itself."""
        return self._found(_figures(self.solved, self.solved.plan))

    def within(self, public: float) -> Found:
        """The cheapest that spends at most `public` (million US$) along any path."""
        return self._solve(f"public {public:.6g}", rows=self._purse(public), start=self._start)

    def losing(self, loss: float) -> Found:
        """The cheapest that loses at most `loss` (million US$ a year, expected)."""
        return self._solve(f"loss {loss:.6g}", rows=[self._least_worth(loss)], start=self._start)

    def least_loss(self) -> float:
        """The least expected loss of the focus place that any plan can have, million US$/yr."""
        cost = np.zeros(self.bench.model.columns)
        _, served = _worth(self.solved.network)
        cost[self.bench.model.variables["served"].span] = -served.ravel()
        return self._solve("least loss", cost=cost).loss

    def near(self, slack: float, wish: FloatArray, name: str) -> Found:
        """The portfolio that minimises `wish` (project) x money, at most `slack` dearer.

        Money is what is decided while no event has struck costs within the axis; slack is in
        million US$ over it. The wish is a tax on that money, below 0 a gift, and the rate that
        spends the slack is sought.
        The last plans to either side are mixed so as to spend it just: a mix of plans is a plan,
        and what it costs lies between. (A row that bounds the cost instead leaves the solver a
        face of near-optimal plans, on which it was still searching after minutes.)
        """
        best = self.best()
        beyond = self._wishing(MOST, wish, name)
        if not beyond.cost > best.cost + slack:  # granted as far as it goes
            return beyond
        within, low, high = best, LEAST, MOST
        for _ in range(HALVED):
            weight = float(np.sqrt(low * high))
            found = self._wishing(weight, wish, name)
            if found.cost > best.cost + slack:
                high, beyond = weight, found
            else:
                low, within = weight, found
        share = (best.cost + slack - within.cost) / max(beyond.cost - within.cost, 1e-12)
        return within.mixed(beyond, float(np.clip(share, 0.0, 1.0)))

    def _wishing(self, weight: float, wish: FloatArray, name: str) -> Found:
        """The cheapest plan where a wish counts as a cost."""
        block = self.bench.model.variables["size"]
        trunk = (self.solved.tree.branch < 0)[:, None]
        cost = self.bench.model.cost()
        rate = np.maximum(weight * wish, -GIFT)
        cost[block.span] += (size_costs(self.solved.program) * trunk * rate).ravel()
        return self._solve(f"wish {name} {weight:.6g}", cost=cost, start=None)

    def _solve(
        self,
        step: str,
        cost: FloatArray | None = None,
        rows: Sequence[tuple[int, float, float]] = (),
        start: Basis | None = None,
    ) -> Found:
        def read(solution: Solution) -> FloatArray:
            return _figures(self.solved, solution)

        change = Change(cost=cost, rows=tuple(rows))
        return self._found(self.bench.attempt(step, change, start, read).values)

    def _found(self, figures: FloatArray) -> Found:
        if len(figures) == 1:  # no solution: all unknown
            figures = np.full(5 + 2 * len(self.solved.projects.table), np.nan)
        cost, public, loss, shortage, tail = map(float, figures[:5])
        sizes, money = figures[5:].reshape(2, -1)
        return Found(cost, public, loss, shortage, tail, sizes, money)

    def _purse(self, public: float) -> list[tuple[int, float, float]]:
        block = self.bench.model.constraints[PURSE]
        return [(row, -np.inf, public) for row in range(block.span.start, block.span.stop)]

    def _least_worth(self, loss: float) -> tuple[int, float, float]:
        wanted, _ = _worth(self.solved.network)
        whole = float(wanted.sum()) - loss * float(self.solved.tree.weight.sum())
        return self.bench.model.constraints[LOSS].start, whole, np.inf


def portfolio_builds(solved: Solved, key: str, found: Sequence[Found]) -> pd.DataFrame:
    """One row per portfolio (numbered from 1 in column `key`) and project that it builds."""
    table = solved.projects.table
    largest = np.maximum(table["size_max"].to_numpy(float), 1e-12)
    sizes = np.array([one.sizes for one in found]).reshape(len(found), len(table))
    number, project = np.nonzero(sizes > SMALLEST * largest)
    return pd.DataFrame(
        {
            key: number + 1,
            "project": table["id"].to_numpy(object)[project],
            "name": table["name"].to_numpy(object)[project],
            "size": sizes[number, project],
            "unit": size_unit(table)[project],
            "of_largest": (sizes / largest)[number, project],
        }
    )


def scenario_costs(solved: Solved, solution: Solution) -> FloatArray:
    """(leaf): discounted cost of each scenario were it to come, million US$."""
    tree, model, projects = solved.tree, solved.program.model, solved.projects
    chance = np.maximum(tree.probability, 1e-300)
    of_node = np.zeros(tree.size)
    for name, block in model.variables.items():
        if name != "size" and block.nodes == tree.size:
            cost = solved.expected[block.span].reshape(block.nodes, block.things)
            of_node += (cost * solution.values[name]).sum(axis=1) / chance
    charged = np.einsum("mnj,nj,j->m", projects.charged, solution.values["size"], projects.annual)
    of_node += charged * tree.duration * tree.discount * MILLION
    return np.asarray(tree.ancestry[tree.leaves] @ of_node)


def worst_mean(cost: FloatArray, chance: FloatArray, alpha: float) -> float:
    """Mean of the worst 1 - alpha of scenarios (Rockafellar and Uryasev 2000)."""
    order = np.argsort(-cost, kind="stable")
    before = np.concatenate([[0.0], np.cumsum(chance[order])[:-1]])
    tail = 1 - alpha
    share = np.clip(tail - before, 0.0, chance[order])
    return float(share @ cost[order] / share.sum())


def _figures(solved: Solved, solution: Solution) -> FloatArray:
    """Cost, public money, loss, shortage, tail and sizes of a solution, in one array."""
    tree, network = solved.tree, solved.network
    here = focus_demands(network)
    unmet, loss = missing(network, solution)
    content = network.content_of(network.demands["material"].iloc[here]).sum(axis=1)
    spent = tree.ancestry[tree.leaves] @ solution.values["spend"].sum(axis=1)
    chance = tree.probability[tree.leaves]
    alpha = network.case.settings.alpha
    numbers = [
        solved.expected_cost(solution),
        float(spent.max(initial=0.0)),
        float(solved.share_of_axis @ loss[:, here].sum(axis=1)),
        float(solved.share_of_axis @ (unmet[:, here] @ content)),
        worst_mean(scenario_costs(solved, solution), chance, alpha),
    ]
    trunk = (tree.branch < 0)[:, None]
    money = (size_costs(solved.program) * trunk * solution.values["size"]).sum(axis=0)
    return np.concatenate([numbers, trunk_sizes(solved, solution), money])


def _add_rows(model: Model, solved: Solved) -> None:
    """The two rows, last of all, so that the plan's basis goes on holding."""
    tree = solved.tree
    _, gap = _worth(solved.network)
    model.add_constraints(LOSS, {"served": sparse.csr_array(gap.reshape(1, -1))})
    paths = tree.ancestry[tree.leaves].astype(float)
    pairs = np.ones((1, model.variables["spend"].things))
    model.add_constraints(PURSE, {"spend": sparse.csr_array(np.kron(paths, pairs))})


def _worth(network: Network) -> tuple[FloatArray, FloatArray]:
    """What the focus place's demand at the base price is worth above it, over the axis.

    Of all of it (node, demand x step), million US$, and of a t/yr served.
    """
    tree, demands = network.tree, network.demands
    base = demands["base_price"].to_numpy(float)[:, None]
    here = np.isin(np.arange(len(demands)), focus_demands(network))[:, None]
    gap = np.where(here & reference_steps(network), network.step_value - base, 0.0)
    served = tree.weight[:, None] * gap.ravel() * PER_TONNE
    steps = network.step_width.shape[1]
    wanted = np.repeat(network.quantity, steps, axis=1) * network.step_width.ravel()
    return served * wanted, served
