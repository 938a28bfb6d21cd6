"""The march through the months has the answers that can be reckoned by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kidorui.network.months import MONTH
from kidorui.program import Infeasible
from kidorui.studies.stress.conditions import conditions
from kidorui.studies.stress.lived import Lived
from kidorui.studies.stress.march import March, Path
from kidorui.studies.stress.state import at_start
from tests.changed import edited, tiny, with_table, without
from tests.stress.chain import (
    BAN,
    CALM_PRICE,
    FEED,
    MONTH_DAYS,
    SECTORS,
    chain,
    held_by,
    lasting,
    lived,
    of_recipe,
    of_route,
    served_to,
    world_of,
)

EXACT = {"rtol": 1e-6, "atol": 1e-4}
LICENCE = {"id": "licence", "kind": "licence", "origin": "CN", "goods": ("oxide",)}


@pytest.mark.parametrize("foresight", ["none", "perfect"])
def test_where_nothing_happens_every_month_is_like_the_first(foresight):
    case = chain(transit=30, inside=25, cover=30, state={"initial": 50.0, "capacity": 80.0},
                 wanted={"vehicles": 1200.0, "defence": 60.0}, cover_elsewhere=20, alarm=2.0,
                 rival={"base_flow": 0.0, "change_limit": 100.0})  # fmt: skip
    life = lived(case, months=24, foresight=foresight)
    assert life.path.months == 30
    for name, values in life.path.values.items():
        np.testing.assert_allclose(values, np.tile(values[0], (30, 1)), **EXACT, err_msg=name)
    np.testing.assert_allclose(life.served, [[60.0, 1200.0]] * 30, **EXACT)


LONG_LAG = pytest.mark.xfail(
    strict=True,
    reason="what takes two months or more is shipped twice over in the first calm month, and as "
    "much lies in a yard from then on",
)


@pytest.mark.parametrize(
    ("transit", "inside", "cover"),
    [
        (0, 0, 0),
        (30, 0, 100),
        (45, 0, 0),
        (10, 30, 0),
        (30, 30, 60),
        (45, 0, 20),
        (50, 35, 0),
        pytest.param(60, 0, 100, marks=LONG_LAG),
        pytest.param(90, 0, 0, marks=LONG_LAG),
    ],
)
def test_however_long_goods_take_the_calm_goes_on(transit, inside, cover):
    life = lived(chain(transit=transit, inside=inside, cover=cover), months=8)
    np.testing.assert_allclose(life.served, 1200.0, **EXACT)
    np.testing.assert_allclose(life.path.values["shipment"], 1500.0, rtol=1e-3)


def test_cover_is_kept_in_the_calm_though_holding_it_costs():
    case = edited(chain(cover=60), "stockpiles", "users", holding_cost=1.0)
    life = lived(case, months=8)
    np.testing.assert_allclose(held_by(life, "user"), 1200 * 60 / 365.25, **EXACT)


def steady(case):
    """The case in which demand stays as it is in the base year and no supplier grows."""
    demands, routes = case.table("demands"), case.table("routes")
    case = with_table(case, "demands", demands[demands["year"] == 2024])
    return with_table(case, "routes", routes.assign(change_limit=np.nan))


@pytest.mark.xfail(
    strict=True,
    reason="shipments swing from month to month, more and more: of what leaves in a month part "
    "arrives a month later than the rest, and demand is met to the tonne",
)
def test_a_calm_world_goes_on_much_as_it_began():
    """Not exactly: routes, plants and stocks of many materials come to terms month by month."""
    life = lived(steady(without(tiny(), "events")), months=24, lead=0)
    own = (life.world.stores["kind"] != "yard").to_numpy()
    level, initial = life.path.values["level"][:, own], life.world.stores["initial"][own]
    assert (np.abs(level - initial.to_numpy()) <= 0.15 * initial.to_numpy()).all()
    here = (life.network.demands["place"] == "JP").to_numpy()
    np.testing.assert_allclose(
        life.served[:, here], np.tile(life.served[0, here], (24, 1)), rtol=0.02
    )


def test_in_the_calm_metal_costs_what_it_takes():
    life = lived(chain(BAN, transit=0, cover=30), "ban", months=1)
    pool = life.network.demands["pool"].to_numpy()
    price = life.path.price[: life.lead, pool]
    assert price.min() >= CALM_PRICE - 1e-6
    assert price.max() <= CALM_PRICE * 1.02  # what is held may be worth a little more


@settings(deadline=None, max_examples=8)
@given(st.integers(0, 120), st.integers(0, 30))
def test_users_run_out_on_the_day_that_stock_and_sea_come_to(cover, transit):
    life = lived(chain(BAN, transit=transit, cover=cover), "ban", months=6, lead=2)
    expected = 1200 * lasting(cover + transit, 6)
    np.testing.assert_allclose(served_to(life, "vehicles"), expected, **EXACT)


@settings(deadline=None, max_examples=8)
@given(st.integers(0, 60), st.integers(0, 30), st.integers(0, 30))
def test_all_that_is_held_at_sea_and_in_the_works_is_used(cover, transit, inside):
    """Not to the day: what is fed in a month comes out evenly over one."""
    life = lived(chain(BAN, transit=transit, inside=inside, cover=cover), "ban", months=6, lead=2)
    served = served_to(life, "vehicles")
    days = cover + transit + inside
    np.testing.assert_allclose(served.sum() * MONTH, 1200 * days / 365.25, **EXACT)
    early = np.cumsum(served) - np.cumsum(1200 * lasting(days, 6))
    assert early.max() <= 1e-3  # nothing comes before its time


def test_what_is_at_sea_still_arrives_and_what_is_in_work_still_comes_out():
    life = lived(chain(BAN, transit=50, inside=35), "ban", months=6)
    calm = 1200 * FEED
    assert not of_route(life, "CN").any()
    made = of_recipe(life, "make")
    np.testing.assert_allclose(made * FEED, calm * lasting(50, 6), **EXACT)
    out = served_to(life, "vehicles")
    np.testing.assert_allclose(out.sum() * MONTH, 1200 * (50 + 35) / 365.25, **EXACT)
    assert out[2] > made[2]  # the works are fed no longer, and still deliver


@pytest.mark.parametrize("wait", [0.0, 20.0, 75.0])
def test_a_licence_lets_nothing_through_while_it_is_processed_and_then_eases(wait):
    event = LICENCE | {"severity": 0.4, "processing": wait, "easing": 2 * MONTH_DAYS}
    life = lived(chain(event, transit=0), "licence", months=9)
    shipped = of_route(life, "CN") / (1200 * FEED)
    days = (np.arange(9 * 3000) + 0.5) / 3000 * MONTH_DAYS
    passes = 0.6 * np.clip((days - wait) / (2 * MONTH_DAYS), 0, 1)
    expected = passes.reshape(9, 3000).mean(axis=1)
    np.testing.assert_allclose(shipped, expected, atol=0.01)  # a month is looked at day by day
    assert shipped[: int(wait // MONTH_DAYS)].max(initial=0.0) == 0
    assert shipped[-1] == pytest.approx(0.6)


def test_a_cut_that_builds_up_lets_through_what_was_cleared_before():
    event = BAN | {"build_up": 3 * MONTH_DAYS}
    shipped = of_route(lived(chain(event, transit=0), "ban", months=5), "CN") / (1200 * FEED)
    np.testing.assert_allclose(shipped, [5 / 6, 3 / 6, 1 / 6, 0, 0], atol=1e-6)


def test_what_was_held_up_comes_after_but_no_more_than_was_missed():
    case = chain(BAN | {"duration": 2 * MONTH}, transit=10, cover=100)
    case = edited(case, "routes", "ox-NdPr", base_flow=1550.0, change_limit=0.0)
    life = lived(case, "ban", months=8)
    shipped = of_route(life, "CN")
    assert shipped[:2].max() == 0
    assert shipped[2] > 1.5 * 1500  # a rebound above the calm
    more = (shipped[2:] - 1500).sum() * MONTH
    assert more == pytest.approx(2 * 1500 * MONTH, rel=0.01)  # what was missed, and no more
    assert shipped[2] <= 1550 + 2 * 1500 + 1e-6  # the limit, and all that was held up
    np.testing.assert_allclose(shipped[-3:], 1500.0, rtol=0.02)
    np.testing.assert_allclose(held_by(life, "user")[[0, -1]], 1200 * 100 / 365.25, **EXACT)
    np.testing.assert_allclose(served_to(life, "vehicles"), 1200.0, **EXACT)


def test_without_a_backlog_a_limited_route_grows_no_faster_than_its_limit():
    case = chain(BAN | {"severity": 0.0, "kind": "closure"}, transit=0)
    case = edited(case, "routes", "ox-NdPr", base_flow=1500.0, change_limit=0.0)
    case = edited(case, "demands", "vehicles", quantity=2000.0)
    life = lived(case, "ban", months=6)
    np.testing.assert_allclose(of_route(life, "CN"), 1500.0, **EXACT)


@pytest.mark.parametrize("wait", [0.0, 91.0, 150.0])
def test_a_new_supplier_is_held_back_until_its_goods_are_qualified(wait):
    rival = {"base_flow": 0.0, "change_limit": 1200.0, "qualification": wait}
    life = lived(chain(BAN, transit=0, rival=rival), "ban", months=12)
    qualified = np.maximum((np.arange(12) + 0.5) * MONTH - wait / 365.25, 0.0)
    np.testing.assert_allclose(of_route(life, "AU"), 1200 * qualified, **EXACT)
    calm = life.network.links["origin"].eq("AU").to_numpy()
    assert life.path.values["shipment"][: life.lead, calm].max() <= 1e-6


@pytest.mark.parametrize(("premium", "used"), [(0.0, 1.0), (0.15, 1.0), (0.2, 0.0)])
def test_what_leaks_costs_its_premium_and_is_bought_where_that_pays(premium, used):
    """Oxide round the ban costs 55 x premium more; that of the rival, 10 more."""
    event = BAN | {"leak": 0.3, "premium": premium}
    life = lived(chain(event, transit=10, rival={"transit": 10.0}), "ban", months=4)
    detour = life.path.values["detour"][life.lead :].sum(axis=1)
    np.testing.assert_allclose(detour, used * 0.3 * 1500, **EXACT)
    np.testing.assert_allclose(of_route(life, "AU"), (1 - used * 0.3) * 1500, **EXACT)
    np.testing.assert_allclose(life.flows[life.lead :].sum(axis=1), 1500.0, **EXACT)


def test_all_of_a_leak_is_used_where_there_is_nothing_else():
    life = lived(chain(BAN | {"leak": 0.3, "premium": 1.0}, transit=0), "ban", months=4)
    np.testing.assert_allclose(served_to(life, "vehicles"), 0.3 * 1200, **EXACT)


def test_an_event_that_begins_inside_a_month_stops_the_rest_of_it():
    case = chain(BAN | {"id": "later"}, BAN | {"id": "quiet", "severity": 0.0}, transit=0)
    case = edited(case, "events", "later", start=2028.0 + 2.6 * MONTH)
    case = edited(case, "events", "quiet", start=2028.0)
    life = lived(case, "quiet", "later", months=5)
    np.testing.assert_allclose(of_route(life, "CN"), np.array([1, 1, 0.6, 0, 0]) * 1500, **EXACT)


def value(life) -> float:
    """What the months lived are worth: use less all costs, million US$, discounted."""
    network, values = life.network, life.path.values
    months = life.path.months
    of_pool = network.case.table("materials").set_index("id")["disposal_cost"]
    disposal = of_pool.reindex(network.pools["material"]).fillna(0.0).to_numpy(float)
    worth = values["served"] @ network.step_value.ravel()
    worth = worth - values["activity"] @ network.activities["cost"].to_numpy(float)
    worth = worth - (values["shipment"] * life.given.shipping[:months]).sum(axis=1)
    worth = worth - values["level"] @ life.world.stores["holding_cost"].to_numpy(float)
    worth = worth - values["disposed"] @ disposal
    rate = network.case.settings.discount_rate
    return float((worth * (1 + rate) ** (-np.arange(months) * MONTH)).sum() * MONTH * 1e-3)


def test_who_knows_what_is_coming_is_no_worse_off():
    case = chain(BAN | {"duration": 5 * MONTH}, transit=30, cover=20, wanted=SECTORS)
    none, some, perfect = (
        lived(case, "ban", months=14, foresight=words) for words in ("none", "4", "perfect")
    )
    assert value(perfect) >= value(some) - 1e-6
    assert value(some) >= value(none) - 1e-6
    assert value(perfect) > value(none) + 50  # 5 months without are 180 t of 400 US$/kg and more
    assert perfect.served.sum() > none.served.sum()


def at_once_and_resumed(case, event: str, until: int, foresight: str) -> tuple[Lived, Lived]:
    """Sixteen struck months lived in one go, and lived to a month and on from its state."""
    world, what = world_of(case, [event], months=16, foresight=foresight)
    given = conditions(world, what.strikes)
    whole, end = March(world).path(given, at_start(world), what.months)
    early, state = March(world).path(given, at_start(world), until)
    late, resumed = March(world).path(given, state, what.months)
    assert (early.months, late.first, late.months) == (until, until, what.months - until)
    assert resumed.month == end.month == what.months
    joined = Path(
        first=0,
        values={n: np.concatenate([early.values[n], late.values[n]]) for n in whole.values},
        price=np.concatenate([early.price, late.price]),
        iterations=early.iterations + late.iterations,
    )
    at_once = Lived(world, what, given, whole, usual=whole.values["served"])
    return at_once, replace(at_once, path=joined)


@pytest.mark.parametrize("until", [3, 7, 14])
@pytest.mark.parametrize("foresight", ["none", "4"])
def test_a_path_resumed_from_a_state_is_the_path_at_once(until, foresight):
    case = chain(BAN | {"duration": 5 * MONTH, "leak": 0.1, "premium": 0.5}, transit=15, cover=30,
                 alarm=2.0, hoard=0.1,
                 rival={"base_flow": 0.0, "change_limit": 900.0})  # fmt: skip
    at_once, resumed = at_once_and_resumed(case, "ban", until, foresight)
    for name, values in at_once.path.values.items():
        scale = max(np.abs(values).max(initial=0.0), 1.0)
        np.testing.assert_allclose(
            resumed.path.values[name], values, rtol=1e-9, atol=1e-9 * scale, err_msg=name
        )


@pytest.mark.parametrize("until", [3, 7])
def test_where_optima_tie_a_path_resumed_is_worth_as_much_as_the_path_at_once(until):
    """Users in China value the last magnets alike: which of them gets them is open."""
    at_once, resumed = at_once_and_resumed(tiny(), "ban-cn", until, "none")
    assert value(resumed) == pytest.approx(value(at_once), rel=1e-9)
    here = (at_once.network.demands["place"] == "JP").to_numpy()
    np.testing.assert_allclose(resumed.served[:, here], at_once.served[:, here], rtol=1e-9)


def test_a_march_depends_on_the_state_alone():
    world, what = world_of(tiny(), ["ban-cn"], months=8)
    given = conditions(world, what.strikes)
    march = March(world)
    _, state = march.path(given, at_start(world), 5)
    first, _ = march.path(given, state, 10)
    again, _ = march.path(given, state, 10)
    for name, values in first.values.items():
        np.testing.assert_array_equal(again.values[name], values)


def impossible(world, what):
    """Conditions in which a plant must run at less than nothing."""
    given = conditions(world, what.strikes)
    return replace(given, capacity=np.where(given.struck[:, None], -1.0, given.capacity))


def test_what_cannot_be_met_is_told():
    world, what = world_of(chain(BAN), ["ban"], months=3)
    march = March(world)
    with pytest.raises(Infeasible) as told:
        march.path(impossible(world, what), at_start(world), what.months)
    assert any("metal-jp" in row or "mine" in row for row in told.value.rows)
