"""Supply outside the controlled country over demand there in a year to come: N-1."""

from __future__ import annotations

import numpy as np

from kidorui.case import Case
from kidorui.network import compile_network
from kidorui.network.months import chain
from kidorui.program import Solver
from kidorui.program.operation import state_at_rest
from kidorui.studies.base_year import reference_for, served_by_demand, solve_base_year
from kidorui.studies.context import Context

MAGNET = ("Nd", "Pr", "NdPr", "Dy", "Tb")
"""Elements of magnets, as cases name them."""


def n_minus_1(case: Case, year: int, context: Context) -> float:
    """Share of the demand outside the controlled country that is met without it in a year.

    Magnet rare earths, t of oxide contained; demand at base prices, what substitution spares not
    counted as met. Nothing passes the border of the controlled country either way, plants that
    are committed stand as the case has them. Raises Infeasible.
    """
    axis = chain(case, np.array([float(year)]), np.array([1.0]), [()])
    network = compile_network(case, axis, trace_control=False, strikes=())
    model = state_at_rest(network, reference_for(network, solve_base_year(case, context)))
    control, links = case.settings.control, network.links
    across = ((links["origin"] == control) | (links["destination"] == control)).to_numpy()
    shut = model.variables["shipment"]
    shut.upper[:] = np.where(across, 0.0, shut.upper)
    solution = Solver(model).solve()
    demands = network.demands
    counted = np.isin(network.elements, MAGNET)
    content = network.content_of(demands["material"])[:, counted].sum(axis=1)
    content = content * (demands["place"] != control).to_numpy()
    met = served_by_demand(network, solution)[0]
    np.subtract.at(met, network.savings["demand"].to_numpy(np.intp), solution.values["saved"][0])
    return float(met @ content / (network.quantity[0] @ content))
