"""A world of one chain, small enough to reckon by hand: oxide from China, metal made in Japan.

Nothing else supplies Japan unless `rival` says so. Demand wants the same at any price up to
what a lost kilogram costs, so that what is served tells directly what could be had.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from kidorui.case import Case
from kidorui.network.months import MONTH
from kidorui.studies.context import Context
from kidorui.studies.stress.lived import Lived, live
from kidorui.studies.stress.scenario import scenario
from kidorui.studies.stress.world import Foresight, World, prepare_world
from tests.changed import tiny, with_rows, with_settings, without

YEAR = 365.25
MONTH_DAYS = YEAR * MONTH
FEED = 1.25
"""Oxide in a tonne of metal, t."""

ONSET = 2028.0
WANTED = {"vehicles": 1200.0}
SECTORS = {"vehicles": 1200.0, "electronics": 600.0, "defence": 60.0}
LOST = {"vehicles": 400.0, "electronics": 900.0, "defence": 600.0}
PRIORITY = {"vehicles": "civil", "electronics": "essential", "defence": "defence"}
OXIDE_PRICE = 20 + 0.5
"""What oxide costs in Japan in the calm, US$/kg: mined and shipped."""
CALM_PRICE = FEED * OXIDE_PRICE + 10
"""What metal costs in Japan in the calm, US$/kg: oxide mined and shipped, and the making."""

BAN = {"id": "ban", "kind": "ban", "origin": "CN", "goods": ("oxide",), "severity": 1.0}


def chain(
    *events: Mapping[str, object],
    transit: float = 30.0,
    inside: float = 0.0,
    cover: float = 0.0,
    feed: float = 0.0,
    state: Mapping[str, object] | None = None,
    rival: Mapping[str, object] | None = None,
    wanted: Mapping[str, float] = WANTED,
    **settings: object,
) -> Case:
    """The case: days at sea and inside the works, days of users' stock, what else there is.

    `feed` is days of the makers' stock of oxide; `state` and `rival` are cells of a stockpile of
    the state and of a route from Australia.
    """
    case = without(
        with_settings(tiny(), events=(), event_years=(2028,), **settings),
        "policies", "substitutions", "contracts", "projects", "funds", "observations",
    )  # fmt: skip
    for name in ("materials", "contents"):
        column = "id" if name == "materials" else "material"
        rows = case.table(name)
        kept = rows[rows[column].isin(["ox-NdPr", "met-NdPr"])].reset_index(drop=True)
        case = with_rows(case, name, *kept.to_dict("records"), keep=False)
    case = with_rows(
        case, "recipes",
        {"recipe": "mine", "material": "ox-NdPr", "coefficient": 1.0},
        {"recipe": "make", "material": "ox-NdPr", "coefficient": -FEED},
        {"recipe": "make", "material": "met-NdPr", "coefficient": 1.0},
        keep=False,
    )  # fmt: skip
    case = with_rows(
        case, "plants",
        {"id": "mine-cn", "place": "CN", "stage": "mine", "capacity": 50_000.0},
        {"id": "mine-au", "place": "AU", "stage": "mine", "capacity": 50_000.0},
        {"id": "metal-jp", "place": "JP", "stage": "metal", "capacity": 10_000.0,
         "work_in_progress": inside},
        keep=False,
    )  # fmt: skip
    case = with_rows(
        case, "modes",
        {"plant": "mine-cn", "recipe": "mine", "variable_cost": 20.0},
        {"plant": "mine-au", "recipe": "mine", "variable_cost": 30.0},
        {"plant": "metal-jp", "recipe": "make", "variable_cost": 10.0},
        keep=False,
    )  # fmt: skip
    routes = [_route("CN", transit)] + ([_route("AU", 20.0) | dict(rival)] if rival else [])
    case = with_rows(case, "routes", *routes, keep=False)
    case = with_rows(
        case, "demands",
        *({"sector": sector, "place": "JP", "material": "met-NdPr", "year": 2024.0,
           "quantity": quantity, "elasticity": 0.0, "value_lost": LOST[sector],
           "priority": PRIORITY[sector]} for sector, quantity in wanted.items()),
        keep=False,
    )  # fmt: skip
    held = cover / YEAR * sum(wanted.values())
    stockpiles = [_stockpile("users", "industry", held, "always")] * (cover > 0)
    if feed:
        oxide = feed / YEAR * sum(wanted.values()) * FEED
        stockpiles.append(
            _stockpile("makers", "industry", oxide, "always") | {"material": "ox-NdPr"}
        )
    if state:
        stockpiles.append(_stockpile("state", "state", 0.0, "event") | dict(state))
    case = with_rows(case, "stockpiles", *stockpiles, keep=False)
    return with_rows(case, "events", *events, keep=False)


def _route(origin: str, transit: float) -> dict[str, object]:
    return {"goods": "ox-NdPr", "origin": origin, "destination": "JP", "cost": 0.5,
            "transit": transit, "tariff": 0.0}  # fmt: skip


def _stockpile(name: str, holder: str, held: float, release: str) -> dict[str, object]:
    return {"id": name, "holder": holder, "place": "JP", "material": "met-NdPr", "initial": held,
            "capacity": held, "holding_cost": 0.5, "release": release}  # fmt: skip


def world_of(
    case: Case, events: Sequence[str], *, months: int = 18, foresight: str = "none", lead: int = 6
) -> tuple[World, object]:
    """The world of a scenario, and the scenario."""
    what = scenario(case, events, onset=ONSET, months=months, lead=lead)
    return prepare_world(case, what, Foresight.parse(foresight), Context()), what


def lived(case: Case, *events: str, **options: object) -> Lived:
    """The case lived through, from the calm before the events."""
    world, what = world_of(case, events, **options)
    return live(world, what)


def of_route(life: Lived, origin: str) -> np.ndarray:
    """(month from the onset): oxide shipped from a place, goods that leak apart, t/yr."""
    links = life.network.links
    chosen = (links["origin"] == origin).to_numpy()
    return np.asarray(life.path.values["shipment"][life.lead :, chosen].sum(axis=1))


def of_recipe(life: Lived, recipe: str) -> np.ndarray:
    """(month from the onset): activity of a recipe, t/yr."""
    chosen = (life.network.activities["recipe"] == recipe).to_numpy()
    return np.asarray(life.path.values["activity"][life.lead :, chosen].sum(axis=1))


def held_by(life: Lived, kind: str) -> np.ndarray:
    """(month from the last calm one): what holders of a kind hold at its end, t."""
    chosen = (life.world.stores["kind"] == kind).to_numpy()
    return np.asarray(life.path.values["level"][life.lead - 1 :, chosen].sum(axis=1))


def served_to(life: Lived, sector: str) -> np.ndarray:
    """(month from the onset): what a sector uses, t/yr."""
    chosen = (life.network.demands["sector"] == sector).to_numpy()
    return np.asarray(life.served[life.lead :, chosen].sum(axis=1))


def lasting(days: float, months: int) -> np.ndarray:
    """(month): the part of each that lies within so many days from the first."""
    return np.clip(days / MONTH_DAYS - np.arange(months), 0.0, 1.0)
