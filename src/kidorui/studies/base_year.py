"""The base year: what the network says flowed, where it needed `unexplained`, at what prices."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version

import numpy as np
import numpy.typing as npt
import pandas as pd

from kidorui.case import Case
from kidorui.network import Network, compile_network, grow
from kidorui.program import Reference, Solution, state_base_year
from kidorui.program.operation import shipped
from kidorui.results import Json
from kidorui.studies.context import Context
from kidorui.studies.memory import Workbench

FloatArray = npt.NDArray[np.float64]

PER_TONNE = 1e-3
"""Million US$ in a tonne at 1 US$/kg."""

NO_WEIGHT = 1e-9
"""Years x discount x probability below which a node counts for nothing."""


@dataclass(frozen=True)
class BaseYear:
    """The solved base year: its network, solution and what it hands to later years.

    `flows` (material, origin, destination: flow, t/yr), `pools` (material, place:
    unexplained and throughput, t/yr; price, US$/kg).
    """

    network: Network
    solution: Solution
    flows: pd.Series
    pools: pd.DataFrame


def solve_base_year(case: Case, context: Context) -> BaseYear:
    """Clear the market of the base year with the flows observed as upper bounds."""
    network = compile_network(case, grow(case, base_year_only=True), trace_control=False)
    program = state_base_year(network)
    solution = Workbench(program.model, question_of(case), context).solve("base year")
    routes = network.routes
    flow = np.bincount(
        network.links["route"],
        weights=shipped(network, solution.values)[0],
        minlength=len(routes),
    )
    keys = pd.MultiIndex.from_frame(routes[["material", "origin", "destination"]])
    return BaseYear(
        network=network,
        solution=solution,
        flows=pd.Series(flow, index=keys, name="flow"),
        pools=network.pools[["material", "place"]].assign(
            unexplained=solution.values["unexplained"][0],
            throughput=throughput(network, solution, 0),
            price=prices(network, solution)[0],
        ),
    )


def question_of(case: Case) -> dict[str, Json]:
    """What decides every solve of a case: its content and the versions that solve it."""
    return {"case": case.hash, "kidorui": version("kidorui"), "highspy": version("highspy")}


def reference_for(network: Network, base: BaseYear) -> Reference:
    """What the base year hands to a plan's network: stated flows first, computed ones else."""
    routes = network.routes
    keys = pd.MultiIndex.from_frame(routes[["material", "origin", "destination"]])
    computed = base.flows.reindex(keys).fillna(0.0).to_numpy()
    stated = routes["base_flow"].to_numpy(float)
    known = base.pools.set_index(["material", "place"])
    pools = known.reindex(pd.MultiIndex.from_frame(network.pools[["material", "place"]]))
    copies = network.pools.groupby(["material", "place"])["control"].transform("max")
    used_up = (network.pools["control"] == copies).to_numpy()  # of no origin counts as controlled
    return Reference(
        flow=np.where(np.isnan(stated), computed, stated),
        unexplained=pools["unexplained"].fillna(0.0).to_numpy() * used_up,
        throughput=pools["throughput"].fillna(0.0).to_numpy(),
        price=pools["price"].to_numpy(float),
    )


def prices(network: Network, solution: Solution, weight: FloatArray | None = None) -> FloatArray:
    """(node, pool): price in US$/kg, the dual of the balance undone of discount and odds.

    `weight` (node) replaces the tree's own where the objective weighs nodes otherwise; a node
    without weight has no price (NaN).
    """
    counts = network.tree.weight if weight is None else weight
    duals = solution.duals["balance"].reshape(network.tree.size, len(network.pools))
    with np.errstate(divide="ignore", invalid="ignore"):
        found = duals / counts[:, None] / PER_TONNE
    return np.where(counts[:, None] > NO_WEIGHT, found, np.nan)


def throughput(network: Network, solution: Solution, node: int) -> FloatArray:
    """(pool): what recipes and sectors take out of each pool, t/yr."""
    taken = (-network.recipes).maximum(0) @ solution.values["activity"][node]
    served = served_by_demand(network, solution)[node]
    return np.asarray(
        taken + np.bincount(network.demands["pool"], weights=served, minlength=len(network.pools))
    )


def served_by_demand(network: Network, solution: Solution) -> FloatArray:
    """(node, demand): quantity served, t/yr."""
    tree, demands = network.tree, network.demands
    served = solution.values["served"].reshape(tree.size, len(demands), -1)
    return np.asarray(served.sum(axis=2))
