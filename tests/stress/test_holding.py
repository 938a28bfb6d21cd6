"""Who holds back, who hoards and who goes without."""

from __future__ import annotations

import numpy as np
import pytest

from kidorui.network.months import MONTH
from tests.changed import edited
from tests.stress.chain import (
    BAN,
    FEED,
    MONTH_DAYS,
    OXIDE_PRICE,
    SECTORS,
    chain,
    held_by,
    lived,
    of_route,
    served_to,
)

EXACT = {"rtol": 1e-6, "atol": 1e-4}
SCARE = BAN | {"severity": 0.001}


@pytest.mark.parametrize("notice", [0.0, 20.0, 61.0, 100.0])
def test_a_state_stock_is_drawn_after_its_notice_and_not_before(notice):
    state = {"initial": 300.0, "capacity": 300.0, "notice": notice}
    life = lived(chain(BAN, transit=0, state=state), "ban", months=9)
    first = int(np.ceil(notice / MONTH_DAYS - 1e-9))  # the first month that begins after it
    held = held_by(life, "state")
    np.testing.assert_allclose(held[: first + 1], 300.0, **EXACT)
    months = first + np.arange(3)
    np.testing.assert_allclose(served_to(life, "vehicles")[months], 1200.0, **EXACT)
    assert served_to(life, "vehicles")[:first].max(initial=0.0) <= 1e-6
    assert held[first + 3] == pytest.approx(0.0, abs=1e-6)  # a quarter of a year's use


def test_a_state_stock_is_filled_again_once_the_event_is_over():
    state = {"initial": 300.0, "capacity": 300.0}
    case = chain(BAN | {"duration": 4 * MONTH}, transit=10, state=state)
    life = lived(case, "ban", months=9)
    held = held_by(life, "state")
    assert held.min() <= 1e-6
    assert held[-1] == pytest.approx(300.0)
    np.testing.assert_allclose(served_to(life, "vehicles")[5:], 1200.0, **EXACT)


def test_a_state_stock_that_is_always_open_is_not_sold_in_the_calm():
    state = {"initial": 300.0, "capacity": 300.0, "release": "always", "release_always": True}
    life = lived(chain(BAN, state=state), "ban", months=4)
    own = (life.world.stores["kind"] == "state").to_numpy()
    np.testing.assert_allclose(life.path.values["level"][: life.lead, own], 300.0, **EXACT)


HELD = 1200 * FEED * 40 / 365.25
"""Oxide that makers hold in the calm, t."""

DEARER = 10 / OXIDE_PRICE
"""How much more a rival's oxide costs, as a share of the calm price."""


def scared(hoard: float, *, months: int = 10, **event: object):
    """A cut that takes next to nothing, seen by makers who hold 40 days of oxide."""
    case = chain(SCARE | event, transit=10, feed=40, rival={"transit": 10.0},
                 alarm=2.0, hoard=hoard, alarm_months=3.0)  # fmt: skip
    return lived(case, "ban", months=months)


def test_under_alarm_industry_fills_its_cover_and_pays_for_it():
    life = scared(hoard=0.6)
    held = held_by(life, "industry")
    assert held[0] == pytest.approx(HELD)
    assert held[-1] == pytest.approx(2 * HELD, rel=0.01)
    assert held.max() <= 2 * HELD + 1e-6
    assert of_route(life, "AU").sum() * MONTH == pytest.approx(HELD, rel=0.05)
    np.testing.assert_allclose(served_to(life, "vehicles"), 1200.0, **EXACT)


@pytest.mark.parametrize("hoard", [0.0, 0.2, DEARER - 0.03, DEARER + 0.05, 1.0])
def test_hoarding_pays_no_more_than_it_may(hoard):
    life = scared(hoard=hoard)
    bought = of_route(life, "AU").sum() * MONTH
    beyond = held_by(life, "industry")[-1] - HELD
    if hoard < DEARER:  # the rival's goods are too dear to be hoarded
        assert beyond <= 0.01 * HELD
        assert bought <= 0.02 * HELD
    else:
        assert beyond == pytest.approx(HELD, rel=0.01)
    oxide = life.network.pools.eval("material == 'ox-NdPr' and place == 'JP'").to_numpy()
    price = life.path.price[life.lead :, : len(oxide)][:, oxide]
    assert price.max() <= OXIDE_PRICE * (1 + max(hoard, 0.02)) * 1.02


def test_what_cannot_be_hoarded_at_that_price_is_left_to_those_who_use_it():
    """Half is cut, and nobody else supplies: makers would hoard, and users pay more."""
    case = chain(BAN | {"severity": 0.5}, transit=0, feed=40, alarm=3.0, hoard=0.5)
    life = lived(case, "ban", months=4)
    assert held_by(life, "industry")[-1] <= 1e-6
    used = 1200 * FEED * (0.5 * 4 / 12) + HELD
    assert served_to(life, "vehicles").sum() * MONTH * FEED == pytest.approx(used)


def test_alarm_ends_some_months_after_the_event():
    life = scared(hoard=0.6, months=14, duration=3 * MONTH)
    store = (life.world.stores["kind"] == "industry").to_numpy()
    alarm = life.given.alarm[life.lead :, store].any(axis=1)
    assert alarm.tolist() == [True] * 6 + [False] * 8
    held = held_by(life, "industry")
    assert held[5] == pytest.approx(2 * HELD)
    assert held[-1] == pytest.approx(HELD, rel=0.01)  # used up again, not bought anew


def short(rationing: str, severity: float, **more: object):
    """Three sectors that live from hand to mouth, and a cut."""
    case = chain(BAN | {"severity": severity}, transit=0, wanted=SECTORS, rationing=rationing)
    life = lived(case, "ban", months=3, **more)
    return {sector: served_to(life, sector) / wanted for sector, wanted in SECTORS.items()}


def test_by_price_the_highest_value_is_served_first():
    fill = short("price", severity=0.7)  # of 1,860 t a year 558 are left
    np.testing.assert_allclose(fill["electronics"], 558 / 600, **EXACT)
    assert fill["defence"].max() <= 1e-6
    assert fill["vehicles"].max() <= 1e-6


def test_by_priority_defence_comes_first_whatever_it_pays():
    fill = short("priority", severity=0.7)
    np.testing.assert_allclose(fill["defence"], 1.0, **EXACT)
    np.testing.assert_allclose(fill["electronics"], (558 - 60) / 600, **EXACT)
    assert fill["vehicles"].max() <= 1e-6


def test_by_contract_all_get_the_same_share():
    fill = short("contract", severity=0.7)
    for share in fill.values():
        np.testing.assert_allclose(share, 0.3, **EXACT)


@pytest.mark.parametrize("rationing", ["price", "priority", "contract"])
def test_however_it_is_rationed_all_that_there_is_is_used(rationing):
    fill = short(rationing, severity=0.4)
    used = sum(fill[sector] * wanted for sector, wanted in SECTORS.items())
    np.testing.assert_allclose(used, 0.6 * 1860, **EXACT)


def test_users_keep_what_is_theirs():
    """What a sector holds lasts it as long as its own use, however much others would pay."""
    case = chain(BAN, transit=0, cover=60, wanted=SECTORS, rationing="price")
    life = lived(case, "ban", months=4)
    for sector, wanted in SECTORS.items():
        served = served_to(life, sector) / wanted
        np.testing.assert_allclose(served, np.clip(60 / MONTH_DAYS - np.arange(4), 0, 1), **EXACT)


def test_who_is_shut_out_lives_on_what_it_holds():
    event = {"id": "arms", "kind": "licence", "origin": "CN", "goods": ("met-NdPr",),
             "users": ("defence",), "severity": 1.0}  # fmt: skip
    case = chain(event, transit=0, cover=45, wanted=SECTORS)
    case = edited(case, "plants", "mine-au", capacity=0.0)
    life = lived(case, "arms", months=4)
    fill = served_to(life, "defence") / 60
    np.testing.assert_allclose(fill, np.clip(45 / MONTH_DAYS - np.arange(4), 0, 1), **EXACT)
    np.testing.assert_allclose(served_to(life, "vehicles"), 1200.0, **EXACT)


def test_who_is_shut_out_buys_goods_of_other_origin():
    event = {"id": "arms", "kind": "licence", "origin": "CN", "goods": ("met-NdPr",),
             "users": ("defence",), "severity": 1.0}  # fmt: skip
    case = chain(event, transit=10, wanted=SECTORS, rival={"transit": 10.0})
    life = lived(case, "arms", months=4)
    np.testing.assert_allclose(served_to(life, "defence"), 60.0, **EXACT)
    made = of_route(life, "AU")
    assert made.mean() == pytest.approx(60 * FEED, rel=0.1)  # the others need none of it
