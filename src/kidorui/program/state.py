"""The whole programme of a case: operation, investment and risk on one network."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kidorui.network import Network
from kidorui.program.blocks import Reference
from kidorui.program.investment import Candidates, candidates, state_investment
from kidorui.program.model import Model
from kidorui.program.operation import stand_still, state_operation
from kidorui.program.risk import weigh_risk

UNEXPLAINED_SHARE = 0.25
"""In the base year, the most `unexplained` of an oxide, as a share of the world's base demand."""


@dataclass(frozen=True)
class Program:
    """A stated programme with what it was stated from."""

    model: Model
    network: Network
    projects: Candidates | None


def state_base_year(network: Network) -> Program:
    """Operation alone in the base year: flows near those observed, `unexplained` allowed.

    Stocks stand still: what the year used must have flowed in it.
    """
    model = Model(network.tree.labels)
    state_operation(model, network, base_year_reference(network))
    stand_still(model)
    return Program(model, network, None)


def state_plan(
    network: Network,
    reference: Reference,
    *,
    budget: float | None = None,
    open_funds: tuple[str, ...] = (),
    whole: bool = False,
    risk: float = 0.0,
) -> Program:
    """Operation and investment on the tree, weighed by risk (0: expected cost alone)."""
    model = Model(network.tree.labels)
    projects = candidates(network)
    built = state_investment(
        model, network, projects, budget=budget, open_funds=open_funds, whole=whole
    )
    state_operation(model, network, reference, built)
    if risk > 0:
        weigh_risk(model, network, projects, risk)
    return Program(model, network, projects)


def base_year_reference(network: Network) -> Reference:
    """Bounds of the base year: stated base flows, and `unexplained` of oxides only."""
    stage = network.case.table("materials").set_index("id")["stage"]
    of_pool = stage.loc[network.pools["material"]].to_numpy() == "oxide"
    demand = network.quantity[0] @ network.content_of(network.demands["material"])
    held = network.content_of(network.pools["material"])
    world = held @ demand / np.maximum(held.sum(axis=1), 1e-12)
    return Reference(
        flow=network.routes["base_flow"].to_numpy(float),
        unexplained=np.where(of_pool, UNEXPLAINED_SHARE * world, 0.0),
        throughput=np.zeros(len(network.pools)),
    )
