"""The market before anything new happens: a case on an axis of months, and its calm at rest."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from kidorui.case import Case
from kidorui.network import Network, compile_network
from kidorui.network.months import MONTH, chain, month_axis
from kidorui.program import Reference, Solution, Solver
from kidorui.program.operation import state_at_rest
from kidorui.studies.stress.scenario import Scenario

PARTS, EQUALS = 4, 0.001
"""Parts of the dearest step of a demand, and by how much, as a share, their worths differ."""


def on_months(case: Case, scenario: Scenario) -> Network:
    """The network on the months of a scenario, with its strikes and room for what leaks round."""
    strikes = [*scenario.standing, *scenario.strikes]
    axis = month_axis(case, scenario.start, scenario.months, scenario.strikes)
    network = compile_network(case, axis, strikes=strikes)
    hit = np.zeros(len(network.links), dtype=bool)
    for number in {one.event for one in strikes}:
        if network.targets[number].cuts_links:
            hit |= network.targets[number].hit
    network = replace(network, detours=np.flatnonzero(hit))  # as a draw may leak, or the table
    return _in_parts(network)


def at_rest(network: Network, reference: Reference) -> tuple[Network, Solution]:
    """The market at rest in the first month of a network, with what is under way even.

    Also the network on that month alone.
    """
    moment = chain(network.case, network.tree.start[:1], np.array([MONTH]), [()])
    once = network.on(moment, np.zeros(1, dtype=np.intp))
    return once, Solver(state_at_rest(once, reference)).solve()


def _in_parts(network: Network) -> Network:
    """The dearest step of each demand in parts whose worths differ by a trifle.

    Users who value goods alike then go short alike, part by part: of equals the programme would
    serve one and leave the other with nothing, and which would be chance.
    """
    tilt = 1 + EQUALS * (np.arange(PARTS)[::-1] - (PARTS - 1) / 2)
    width, value = network.step_width, network.step_value
    return replace(
        network,
        step_width=np.hstack([np.repeat(width[:, :1] / PARTS, PARTS, axis=1), width[:, 1:]]),
        step_value=np.hstack([value[:, :1] * tilt, value[:, 1:]]),
    )
