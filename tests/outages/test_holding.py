"""The cheapest stock beside the same programme written out by hand, on a chain of one maker.

Oxide from abroad, made into metal by one plant at home. Lags that are no whole months make goods
land when they are not wanted yet, so that what is kept from month to month counts.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from scipy.optimize import linprog

from kidorui.network.months import MONTH
from kidorui.studies.base_year import solve_base_year
from kidorui.studies.context import Context
from kidorui.studies.outages.eve import Eve, eve_of
from kidorui.studies.outages.failing import Outage, event_of, with_outages
from kidorui.studies.outages.holding import Need, Shelf, yearly_cost
from kidorui.studies.stress.lived import Lived
from kidorui.studies.stress.march import March
from kidorui.studies.stress.stops import least_run
from tests.stress.chain import FEED, SECTORS, YEAR, chain

MONTHS = 12
MINE = Outage("plant", "mine-cn", "", "CN", "", "mine", ("mine-cn",))
MAKER = Outage("plant", "metal-jp", "", "JP", "", "metal", ("metal-jp",))


def lived_without(case, outage: Outage) -> tuple[Eve, Lived]:
    """The year of 2028 without what fails."""
    struck, base = with_outages(case, [outage]), solve_base_year(case, Context())
    eve = eve_of(struck, event_of(case, -1), 2028, MONTHS, base, Context())
    return eve, eve.live(March(eve.world), event_of(case, 0))


def overlap(month: int, left: int, lag: float) -> float:
    """Months of what left in a month, over that month, that land in another."""
    return max(0.0, min(month + 1, left + 1 + lag) - max(month, left + lag))


def by_hand(eve: Eve, lived: Lived, inside: float, months: int) -> float:
    """Million US$ a year of the cheapest stock: makers run more or less, goods are kept."""
    network, after = eve.world.network, slice(lived.lead, None)
    cost = dict(zip(network.pools["material"], yearly_cost(network, eve.world.worth), strict=True))
    make = (network.activities["recipe"] == "make").to_numpy()
    maker = (network.units["id"] == "metal-jp").to_numpy()
    ran = lived.path.values["activity"][after][:, make].sum(axis=1)
    room = lived.given.capacity[after][:, maker].sum(axis=1) - ran
    lacks = np.maximum(least_run(lived) * lived.wanted - lived.served, 0.0)[after].sum(axis=1)
    lag = inside / (YEAR * MONTH)
    # oxide and metal held, then by month: made more, oxide kept, metal kept
    made, oxide, metal = (2 + k * MONTHS for k in range(3))
    rows, limits = [], []

    def at_most(cells: Mapping[int, float], limit: float) -> None:
        row = np.zeros(metal + MONTHS)
        row[list(cells)] = list(cells.values())
        rows.append(row)
        limits.append(limit)

    for month in range(MONTHS):
        ox_before, met_before = (0, 1) if month == 0 else (oxide + month - 1, metal + month - 1)
        at_most({made + month: FEED, oxide + month: 1 / MONTH, ox_before: -1 / MONTH}, 0.0)
        landing = {made + left: -overlap(month, left, lag) for left in range(MONTHS)}
        wanted = lacks[month] if month < months else 0.0
        at_most({**landing, metal + month: 1 / MONTH, met_before: -1 / MONTH}, -wanted)
    inside_still = {
        made + left: -MONTH * (1 - sum(overlap(m, left, lag) for m in range(MONTHS)))
        for left in range(MONTHS)
    }
    at_most({**inside_still, metal + MONTHS - 1: -1.0}, 0.0)
    objective = np.zeros(metal + MONTHS)
    objective[:2] = cost["ox-NdPr"], cost["met-NdPr"]
    free = [(0.0, None)] * (2 * MONTHS)
    bounds = [(0.0, None)] * 2 + list(zip(-ran, np.maximum(room, 0.0), strict=True)) + free
    found = linprog(objective, np.array(rows), np.array(limits), bounds=bounds)
    assert found.status == 0
    return float(found.fun)


@pytest.mark.parametrize(
    "cells",
    [
        {"transit": 8.0, "inside": 45.0},
        {"transit": 20.0, "inside": 20.0, "cover": 20.0},
        {"transit": 41.0, "inside": 80.0, "feed": 40.0, "wanted": SECTORS,
         "rival": {"base_flow": 0.0, "change_limit": 2000.0}},
    ],
)  # fmt: skip
def test_the_cheapest_stock_is_that_of_the_programme_by_hand(cells):
    eve, lived = lived_without(chain(**cells), MINE)
    shelf = Shelf(eve)
    costs = [shelf.need(lived, months).cost for months in (3, 6, 12)]
    hand = [by_hand(eve, lived, cells["inside"], months) for months in (3, 6, 12)]
    assert costs == pytest.approx(hand, rel=1e-7, abs=1e-9)
    assert costs[-1] > 0
    assert costs == sorted(costs)


def test_no_stock_is_found_by_running_down_what_is_inside_the_plant():
    """Held to the end, a stock must replace what makers do not put in, though it lands later."""
    case = chain(transit=YEAR / 12, inside=YEAR / 6, cover=YEAR / 12)
    eve, lived = lived_without(case, MINE)
    need = Shelf(eve).need(lived, MONTHS)
    month, least = 1200 / 12, 0.5
    stands = MONTHS - 4  # months at sea, inside and covered
    assert sum(need.tonnes.values()) == pytest.approx(stands * month * least * FEED, rel=1e-6)


def test_where_no_stock_of_what_may_be_held_would_do_its_cost_is_missing():
    eve, lived = lived_without(chain(cover=YEAR / 6), MAKER)
    need = Shelf(eve).need(lived, MONTHS, stages=("oxide",))
    assert np.isnan(need.cost)
    assert np.isnan(need.purchase({}))
    assert not need.tonnes


def test_a_stock_is_bought_at_the_prices_of_what_it_holds():
    need = Need(3, {"ox": 10.0, "met": 2.0}, 0.5)
    assert need.purchase({"ox": 0.02, "met": 0.05}) == pytest.approx(0.3)
    assert isinstance(Need(3, {}, 0.0).purchase({}), float)
