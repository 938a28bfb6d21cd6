"""At what hazard, at what value of a lost kilogram, at what cost a project enters the plan.

Nobody knows how likely an embargo is, or what a kilogram that cannot be had is worth. So the
plan is solved again over a range of both, and told is where each project enters.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from kidorui.network import Network, Tree, grow
from kidorui.network.tree import onset_windows
from kidorui.program import Solution, Solver
from kidorui.studies.base_year import NO_WEIGHT, PER_TONNE
from kidorui.studies.builds import SMALLEST, trunk_sizes
from kidorui.studies.context import Context
from kidorui.studies.memory import NO_BASIS, Basis, Change, Figures, Workbench
from kidorui.studies.moments import Moment
from kidorui.studies.product import entry_prices
from kidorui.studies.solved import LEAST, Solved, size_costs

FloatArray = npt.NDArray[np.float64]

HAZARDS = (0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5)
"""Chances per year that the events begin, all together."""

VALUES = (0.5, 1.0, 2.0, 4.0)
"""Multiples of what a kilogram that cannot be had is worth above its price."""

ENTERS = SMALLEST
"""Share of its largest size from which a project counts as entered: as one that is built."""

FIRST = 0.01
"""Share of its largest size that an unbuilt project is made to build, to see what it lacks."""

HAZARD, VALUE = "hazard", "value lost"


@dataclass(frozen=True)
class Point:
    """One solve of a sweep: sizes (project) decided in any case, t/yr or t."""

    kind: str
    level: float
    sizes: FloatArray


def sweep(solved: Solved, bench: Workbench, events: Sequence[str], context: Context) -> list[Point]:
    """Solve the plan over all hazards and all values of a lost kilogram.

    Only costs and bounds change, so that each solve goes on from the last; with aversion to
    risk a hazard is in the matrix too, and the programme is stated anew.
    """
    hazards = HAZARDS if events and (solved.tree.branch >= 0).any() else ()
    chains = [*_chains(HAZARD, hazards, own_hazard(solved)), *_chains(VALUE, VALUES, 1.0)]
    follow = partial(_follow, solved, bench, tuple(events))
    points = [p for chain in context.map("break-evens", follow, chains) for p in chain]
    return sorted(points, key=lambda p: (p.kind, p.level))


def _follow(
    solved: Solved, bench: Workbench, events: Sequence[str], chain: tuple[str, list[float]]
) -> list[Point]:
    """Solve the levels of a chain, each from the last."""
    kind, levels = chain
    start = _begin(bench, solved.plan.basis)
    points = []
    for level in levels:
        found = _try(solved, bench, events, kind, level, start)
        start = _begin(bench, found.basis)
        points.append(Point(kind, level, found.values))
    return points


def own_hazard(solved: Solved) -> float:
    """Chance per year that the plan itself reckons with, all events together."""
    tree = solved.tree
    leaves = tree.leaves[tree.branch[tree.leaves] < 0]
    quiet = float(tree.probability[leaves].sum())
    edges = onset_windows(solved.case)
    return float(1 - quiet ** (1 / (edges[-1] - edges[0])))


def at_hazard(solved: Solved, tree: Tree) -> FloatArray:
    """Cost of all variables on the same tree with other chances.

    Costs of operation are in proportion to the chance of their node; a decision is paid for in
    all nodes after it.
    """
    before = solved.tree.probability
    cost = solved.expected.copy()
    for name, block in solved.program.model.variables.items():
        if name == "size":
            moved = replace(solved.program, network=replace(solved.network, tree=tree))
            cost[block.span] = size_costs(moved).ravel()
        elif block.nodes == tree.size:
            ratio = tree.probability / np.maximum(before, 1e-300)
            cost[block.span] *= np.repeat(ratio, block.things)
    return cost


def at_value(solved: Solved, multiple: float) -> Network:
    """The network with a lost kilogram worth `multiple` times as much above its price.

    How much is wanted at the base price and what it would give way to stays as it is: only
    costs of the programme change.
    """
    network = solved.network
    base = network.demands["base_price"].to_numpy(float)[:, None]
    above = np.maximum(network.step_value - base, 0.0)
    return replace(network, step_value=network.step_value + (multiple - 1) * above)


def cost_cuts(solved: Solved, bench: Workbench, context: Context) -> FloatArray:
    """(project): share of its yearly cost at whose cut its first tonnes would pay.

    The programme is made to spend on it what a hundredth of its largest size costs, while no
    event has struck: by how much the whole then costs more, over what was spent, is the cut. 0
    for what is built, NaN where it cannot be, as no fund may pay it. (The reduced cost of its
    size is no guide: where capacity and trade are nought, duals may be anything.)
    """
    trunk = (solved.tree.branch < 0)[:, None]
    spent = FIRST * _largest(solved) * (size_costs(solved.program) * trunk).max(axis=0)
    built = trunk_sizes(solved, solved.plan)
    first = bench.model.constraints[LEAST].start
    begin, best = _begin(bench, solved.plan.basis), solved.plan.objective
    if begin is None:  # a plan of whole units: measured against the one without
        best = bench.attempt("without whole units", Change(), None, _objective).values[0]
    largest = _largest(solved)
    unbuilt = np.flatnonzero(built <= SMALLEST * largest)
    force = partial(_forced, bench, begin, first, FIRST * largest)
    cost = np.array(context.map("what unbuilt projects lack", force, unbuilt.tolist()))
    cuts = np.zeros(len(built))
    cuts[unbuilt] = np.maximum(cost - best, 0.0) / np.maximum(spent[unbuilt], 1e-300)
    return cuts


def _forced(
    bench: Workbench, begin: Basis | None, first: int, least: FloatArray, number: int
) -> float:
    """The objective with a project made to build its least."""
    asked = Change(rows=[(first + number, float(least[number]), np.inf)])
    [cost] = bench.attempt(f"least {number}", asked, begin, _objective).values
    return float(cost)


def _objective(solution: Solution) -> FloatArray:
    return np.array([solution.objective])


def break_even(
    solved: Solved, points: Sequence[Point], cuts: FloatArray, told: Moment
) -> pd.DataFrame:
    """One row per candidate project: from what hazard, value lost, cost and price it enters."""
    table = solved.projects.table.reset_index(drop=True)
    built = trunk_sizes(solved, solved.plan)
    rows = pd.DataFrame({"project": table["id"], "name": table["name"], "prong": table["prong"]})
    rows["built"] = built
    for kind, short in ((HAZARD, "hazard"), (VALUE, "value")):
        entries = [
            _entry(points, kind, number, largest) for number, largest in enumerate(_largest(solved))
        ]
        rows[f"{short}_below"] = np.array([below for below, _, _ in entries], dtype=float)
        rows[f"{short}_from"] = np.array([start for _, start, _ in entries], dtype=float)
        rows[f"{short}_enters"] = pd.Series([word for _, _, word in entries], dtype=object)
    rows["cost"] = solved.projects.annual
    rows["cost_cut"] = cuts * solved.projects.annual
    rows["cost_cut_share"] = cuts
    return rows.join(entry_prices(solved, told, rows["cost_cut"].to_numpy(float)))


def sweep_table(solved: Solved, points: Sequence[Point]) -> pd.DataFrame:
    """One row per solve of the sweeps and project: the size decided in any case."""
    table = solved.projects.table
    count = len(table)
    sizes = np.array([p.sizes for p in points]).reshape(len(points), count)
    largest = np.maximum(table["size_max"].to_numpy(float), 1e-12)
    return pd.DataFrame(
        {
            "parameter": np.repeat([p.kind for p in points], count).astype(object),
            "level": np.repeat(np.array([p.level for p in points], dtype=float), count),
            "project": np.tile(table["id"].to_numpy(object), len(points)),
            "size": sizes.ravel(),
            "of_largest": (sizes / largest).ravel(),
        }
    )


def _chains(kind: str, levels: Sequence[float], own: float) -> list[tuple[str, list[float]]]:
    """The levels above the plan's own, rising, and those below, falling: each from the last."""
    above = [level for level in levels if level >= own]
    return [(kind, above), (kind, [level for level in levels[::-1] if level < own])]


def _try(
    solved: Solved,
    bench: Workbench,
    events: Sequence[str],
    kind: str,
    level: float,
    start: Basis | None,
) -> Figures:
    """Sizes decided in any case at one level of what is swept."""
    step = f"{kind} {level:g}"
    if kind == HAZARD:
        tree = grow(solved.case, events, level)
        network = replace(solved.network, tree=tree)
    else:
        network = at_value(solved, level)
    if solved.risk > 0 or solved.tree.probability.min() < NO_WEIGHT:
        return bench.figures(step, lambda: _anew(solved, network))
    change = Change(cost=at_hazard(solved, tree)) if kind == HAZARD else _worth(solved, network)
    read = partial(trunk_sizes, solved)
    return bench.attempt(step, change, start, read, keep_basis=True)


def _worth(solved: Solved, network: Network) -> Change:
    """Costs with what the demand curves of a network are worth."""
    worth = network.tree.weight[:, None] * PER_TONNE * network.step_value.ravel()
    cost = solved.expected.copy()
    cost[solved.program.model.variables["served"].span] = -worth.ravel()
    return Change(cost=cost)


def _anew(solved: Solved, network: Network) -> Figures:
    """Solve from nothing: where costs are in the matrix as well, or a node had none before."""
    solution = Solver(solved.restate(network).model).solve()
    return Figures(trunk_sizes(solved, solution), NO_BASIS)


def _begin(bench: Workbench, basis: Basis) -> Basis | None:
    """Where the next solve begins; not at a basis of another programme (one of whole units)."""
    return basis if len(basis) == bench.model.columns + bench.model.rows else None


def _largest(solved: Solved) -> FloatArray:
    return np.asarray(np.maximum(solved.projects.table["size_max"].to_numpy(float), 1e-12))


def _entry(
    points: Sequence[Point], kind: str, number: int, largest: float
) -> tuple[float, float, str]:
    """Largest level below the entry, level of the entry, and both in words."""
    swept = sorted((p.level, p.sizes[number] >= ENTERS * largest) for p in points if p.kind == kind)
    if not swept:
        return np.nan, np.nan, "not swept"
    levels, enters = zip(*swept, strict=True)
    if not any(enters):
        return levels[-1], np.nan, "never"
    first = enters.index(True)
    word = "always" if first == 0 else "from"
    if not all(enters[first:]):
        word = "not always from"
    return (np.nan if first == 0 else levels[first - 1]), levels[first], word
