"""A chain by hand: China digs and separates, Malaysia makes metal and magnets, Japan buys.

Of what Japan uses, 10 t/yr of magnets come from Malaysia and 2 t/yr of NdPr oxide from China.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from kidorui.network import compile_network, grow
from kidorui.studies.exposure.year_flows import YearFlows
from tests.changed import tiny, with_rows, with_settings, without

PLANTS = {
    ("ion-cn", "CN", "mine"): {"mine-ion": 30.0},
    ("sep-cn", "CN", "separation"): {"sep-ion": 30.0},
    ("metal-my", "MY", "metal"): {"make-NdPr": 4.0, "make-Dy": 0.27},
    ("magnet-my", "MY", "magnet"): {"make-magnet": 10.0},
}
"""(id, place, stage) of each plant, and the activity of its recipes, t/yr."""

ROUTES = {
    ("ox-NdPr", "CN", "MY"): 4.8,
    ("ox-Dy", "CN", "MY"): 0.27 * 1.18,
    ("ox-NdPr", "CN", "JP"): 2.0,
    ("magnet", "MY", "JP"): 10.0,
}
"""(material, from, to) of each route, and what it carries, t/yr."""

LOOP = ("rec-jp", "JP", "recycling"), {"recycle": 2.5}
"""A plant in Japan that gives back 0.95 t/yr of oxide from the magnet maker's swarf."""

LOOP_ROUTES = {
    **ROUTES,
    ("ox-NdPr", "CN", "MY"): 4.8 - 0.95,
    ("swarf", "MY", "JP"): 2.5,
    ("ox-NdPr", "JP", "MY"): 0.95,
}
"""Routes where swarf comes to Japan and oxide goes back to the metal maker."""

USED = {"magnet": 10.0, "ox-NdPr": 2.0}
"""What Japan uses, t/yr."""

NDPR, DY = (10 * 0.35, 2.0), 10 * 0.023
"""NdPr in the magnets and in the oxide, and Dy in the magnets, t oxide/yr."""


def bought_case(plants=PLANTS, routes=ROUTES):
    """The tiny case with the plants, routes and demands above, and nothing else."""
    emptied = ("stockpiles", "projects", "substitutions", "contracts", "policies", "events")
    case = with_settings(without(tiny(), *emptied), events=())
    built = [
        {"id": name, "name": name, "place": place, "stage": stage, "capacity": 1e4, "group": "both",
         "availability": 1.0}
        for name, place, stage in plants
    ]  # fmt: skip
    modes = [
        {"plant": plant[0], "recipe": recipe, "variable_cost": 1.0}
        for plant, recipes in plants.items()
        for recipe in recipes
    ]
    ways = [
        {"goods": goods, "origin": origin, "destination": to, "cost": 0.1, "transit": 5.0}
        for goods, origin, to in routes
    ]
    demands = [
        {"sector": f"of {material}", "place": "JP", "material": material, "year": 2024.0,
         "quantity": tonnes, "elasticity": -0.1, "value_lost": 1000.0}
        for material, tonnes in USED.items()
    ]  # fmt: skip
    for table, rows in (("plants", built), ("modes", modes), ("routes", ways)):
        case = with_rows(case, table, *rows, keep=False)
    return with_rows(case, "demands", *demands, keep=False)


@cache
def bought(focus: str = "JP", *, loop: bool = False) -> YearFlows:
    """Its flows, seen from a place; with the loop of swarf where asked."""
    plants, routes = ({**PLANTS, LOOP[0]: LOOP[1]}, LOOP_ROUTES) if loop else (PLANTS, ROUTES)
    case = with_settings(bought_case(plants, routes), focus=focus)
    network = compile_network(case, grow(case, base_year_only=True), trace_control=False)
    run = {recipe: tonnes for recipes in plants.values() for recipe, tonnes in recipes.items()}
    links = network.links[["material", "origin", "destination"]].itertuples(index=False, name=None)
    return YearFlows(
        network,
        2024,
        activity=network.activities["recipe"].map(run).to_numpy(float),
        shipment=np.array([routes[link] for link in links]),
        relabel=np.zeros(len(network.relabel)),
        unexplained=np.zeros(len(network.pools)),
        served=network.demands["material"].map(USED).to_numpy(float),
        saved=np.zeros(0),
        price=np.full(len(network.pools), np.nan),
    )
