"""What may fail, and what it costs: on a chain that can be reckoned by hand.

Oxide is mined in China, ships for a month and is made into metal in Japan, whose users hold two
months of it, run on half of what they want at least, and want 100 t a month.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import pytest

from kidorui.studies.base_year import solve_base_year
from kidorui.studies.context import Context
from kidorui.studies.outages.eve import calm_of
from kidorui.studies.outages.failing import every_ban, every_outage, with_outages
from kidorui.studies.outages.leverage import leverage
from kidorui.studies.outages.n_minus_1 import (
    MONTHS,
    Outages,
    all_outages,
    buffers,
    n_minus_1,
    skipped,
    survival,
)
from kidorui.studies.outages.stock_days import ANY, stock_days
from kidorui.studies.stress.calm import on_months
from kidorui.studies.stress.march import March
from kidorui.studies.stress.stops import MONTH_DAYS
from tests.changed import edited, with_rows
from tests.stress.chain import CALM_PRICE, FEED, YEAR, chain

MONTH_OF_METAL = 1200 / 12
LOST = 400.0
"""US$/kg that a lost kilogram costs users."""

LEAST = 0.5
HOLDING, RATE = 0.5, 0.05


def found_in(case, context: Context | None = None) -> Outages:
    """All outages of a case in 2028."""
    context = context or Context()
    return all_outages(case, 2028, solve_base_year(case, context), context)


def sea_and_cover(**cells):
    """A month at sea and two months of cover, or as the cells say."""
    return chain(**({"transit": YEAR / 12, "cover": YEAR / 6} | cells))


@pytest.fixture(scope="module")
def found() -> Outages:
    return found_in(sea_and_cover())


def compile_case(case):
    """The network of a case in 2028, by months."""
    return on_months(case, calm_of(case, 2028, 12))


def row_of(table: pd.DataFrame, kind: str, outage: str) -> pd.Series:
    [number] = np.flatnonzero((table["kind"] == kind) & (table["outage"] == outage))
    return table.iloc[number]


def test_every_country_and_stage_plant_owner_and_route_is_there_once(found):
    case = edited(sea_and_cover(), "plants", "metal-jp", owner="Maker, Trader")
    network = found_in(case).eve.world.network
    outages = every_outage(network, network.standing[0])
    assert [(one.kind, one.id) for one in outages] == [
        ("stage", "AU mine"),
        ("stage", "CN mine"),
        ("stage", "JP metal"),
        ("plant", "mine-cn"),
        ("plant", "mine-au"),
        ("plant", "metal-jp"),
        ("owner", "Maker"),
        ("owner", "Trader"),
        ("route", "ox-NdPr CN JP"),
    ]


def test_all_sites_of_a_country_fail_with_it_and_an_owner_of_several_is_in_that_country():
    case = with_rows(sea_and_cover(), "places", {"id": "CN-N", "name": "North", "iso3": "CHN"})
    case = edited(case, "plants", "mine-au", place="CN-N", owner="Miner")
    case = edited(case, "plants", "mine-cn", owner="Miner")
    network = compile_case(case)
    every = every_outage(network, network.standing[0])
    [stage] = [one for one in every if one.kind == "stage" and one.stage == "mine"]
    assert (stage.id, stage.origin) == ("CN mine", "CN")
    assert set(stage.goods) == {"mine-cn", "mine-au"}
    [owner] = [one for one in every if one.kind == "owner"]
    assert owner.origin == "CN"
    assert {one.origin for one in every if one.kind == "plant"} == {"CN", "CN-N", "JP"}


def test_nobody_cuts_off_a_site_of_his_own_country():
    case = with_rows(sea_and_cover(), "places", {"id": "JP-N", "name": "North", "iso3": "JPN"})
    inland = {"goods": "ox-NdPr", "origin": "JP-N", "destination": "JP", "cost": 0.1, "tariff": 0.0}
    network = compile_case(with_rows(case, "routes", inland | {"transit": 1.0}))
    assert [(one.origin, one.destination) for one in every_ban(network)] == [("CN", "JP")]


def test_what_opens_within_the_year_fails_with_its_country():
    case = edited(sea_and_cover(), "plants", "mine-au", place="CN", opening=2028.75)
    late = found_in(case)
    [stage] = [one for one in late.outages if one.id == "CN mine"]
    assert set(stage.goods) == {"mine-cn", "mine-au"}
    assert row_of(n_minus_1(late), "stage", "CN mine")["short_12"] == pytest.approx(
        row_of(n_minus_1(found_in(sea_and_cover())), "stage", "CN mine")["short_12"]
    )
    row_of(skipped(late), "plant", "mine-au")


def test_a_mine_that_fails_is_felt_when_what_is_at_sea_and_held_is_gone(found):
    row = row_of(n_minus_1(found), "stage", "CN mine")
    assert row["first_stop"] == pytest.approx(3 * MONTH_DAYS)
    assert row["sector"] == "vehicles"
    assert row["flow"] == pytest.approx(1500)
    oxide = 1.167  # t in a tonne of metal, as the case's contents have it
    for months, short in zip(MONTHS, (0, 0, 3, 9), strict=True):
        assert row[f"short_{months}"] == pytest.approx(short * MONTH_OF_METAL * oxide, abs=1e-3)
        assert row[f"share_{months}"] == pytest.approx(short / months, abs=1e-6)
        assert row[f"value_{months}"] == pytest.approx(
            short * MONTH_OF_METAL * LOST / 1e3, abs=1e-3
        )


def test_a_maker_at_home_that_fails_is_felt_when_what_users_hold_is_gone(found):
    row = row_of(n_minus_1(found), "stage", "JP metal")
    assert row["first_stop"] == pytest.approx(2 * MONTH_DAYS)


def test_the_cheapest_stock_is_the_oxide_where_makers_stand_idle_and_metal_where_they_fail(found):
    table = buffers(found)
    lasting = (12 - 3) * MONTH_OF_METAL * LEAST
    mine = table[(table["outage"] == "CN mine") & (table["months"] == 12)]
    assert mine["material"].tolist() == ["ox-NdPr"]
    assert mine["tonnes"].to_numpy() == pytest.approx([lasting * FEED], rel=1e-6)
    metal = table[(table["outage"] == "JP metal") & (table["months"] == 3)]
    assert metal["material"].tolist() == ["met-NdPr"]
    assert metal["tonnes"].to_numpy() == pytest.approx([MONTH_OF_METAL * LEAST], rel=1e-6)
    assert metal["days"].to_numpy() == pytest.approx([LEAST * MONTH_DAYS], rel=1e-3)


def test_a_stock_costs_its_holding_and_the_interest_on_what_it_is_worth(found):
    case = found.eve.world.case
    base = case.table("materials").set_index("id")["base_price"]["met-NdPr"]
    rate = case.settings.discount_rate
    [cost] = buffers(found).query("outage == 'JP metal' and months == 3")["cost"]
    tonnes = MONTH_OF_METAL * LEAST
    assert cost == pytest.approx(tonnes * (HOLDING + rate * max(base, CALM_PRICE)) / 1e3, rel=1e-3)


def test_longer_survival_never_costs_less_and_any_stage_never_more_than_one(found):
    table = n_minus_1(found)
    costs = table[[f"buffer_{months}" for months in MONTHS]].to_numpy()
    assert (np.diff(costs, axis=1) >= -1e-9).all()
    held = stock_days(found, Context()).pivot_table(
        index=["sector", "months"], columns="stage", values="cost"
    )
    for stage in held.columns.drop(ANY):
        assert (held[ANY] <= held[stage] + 1e-9).all()
    assert (held["metal"] > held["oxide"]).all()


def test_days_of_stock_are_those_of_the_failure_abroad(found):
    table = stock_days(found, Context())
    assert set(table["outage"]) == {"CN mine"}
    oxide = table[(table["stage"] == "oxide") & (table["months"] == 12)].iloc[0]
    assert oxide["gained"] == pytest.approx(9 * MONTH_DAYS)
    assert oxide["per_thousand"] == pytest.approx(oxide["gained"] / oxide["cost"] / 1e3)
    assert oxide["tonnes"] == pytest.approx(9 * MONTH_OF_METAL * LEAST * FEED, rel=1e-6)


def test_what_carries_nothing_is_listed_and_not_lived(found):
    table = skipped(found)
    assert table[["kind", "outage", "why"]].to_numpy().tolist() == [
        ["stage", "AU mine", "no base flow"],
        ["plant", "mine-au", "no base flow"],
    ]
    lived = {found.outages[k].id for k in found.endured}
    assert not lived & set(table["outage"])


def test_the_same_plants_are_lived_once_and_told_twice(found):
    table = n_minus_1(found)
    one, other = row_of(table, "plant", "mine-cn"), row_of(table, "stage", "CN mine")
    assert one["same_as"] == "stage CN mine"
    assert other["same_as"] == ""
    same = table.columns.drop(["rank", "kind", "outage", "name", "same_as"])
    assert one[same].tolist() == other[same].tolist()
    assert len(found.endured) < len(table)


def test_sectors_survive_by_the_outage_and_those_that_nothing_stops_are_told(found):
    table = survival(found)
    assert table["survives"].tolist() == sorted(table["survives"])
    assert table["outage"].iloc[0] == "JP metal"
    spared = found_in(sea_and_cover(cover=2 * YEAR))
    rows = survival(spared)
    assert rows["sector"].tolist() == ["vehicles"]
    assert rows["survives"].isna().all()
    assert n_minus_1(spared)["short_12"].to_numpy() == pytest.approx(0.0, abs=1e-6)
    assert buffers(spared).empty


def test_another_supplier_takes_over_at_the_speed_of_its_qualification():
    rival = {"base_flow": 0.0, "change_limit": 3000.0}
    alone = n_minus_1(found_in(sea_and_cover()))
    helped = n_minus_1(found_in(sea_and_cover(rival=rival)))
    lost = [row_of(t, "stage", "CN mine")["value_12"] for t in (alone, helped)]
    assert 0 < lost[1] < lost[0]


def test_the_answer_depends_on_the_outage_alone(found):
    number = found.number[found.outages.index(next(o for o in found.outages if o.id == "CN mine"))]
    other = found.number[found.outages.index(next(o for o in found.outages if o.id == "JP metal"))]
    march = March(found.eve.world)
    alone = found.eve.live(march, int(number)).path
    found.eve.live(march, int(other))
    again = found.eve.live(march, int(number)).path
    for name, values in alone.values.items():
        np.testing.assert_array_equal(values, again.values[name], err_msg=name)


def test_the_answer_does_not_depend_on_the_executor(found):
    with ThreadPoolExecutor(2) as workers:
        beside = found_in(sea_and_cover(), Context(workers))
    pd.testing.assert_frame_equal(n_minus_1(found), n_minus_1(beside))


def test_a_ban_costs_the_one_who_cuts_what_he_does_not_sell():
    case = edited(sea_and_cover(), "modes", "mine-cn", variable_cost=20.0)
    [row] = leverage(case, 2028, solve_base_year(case, Context()), Context()).to_dict("records")
    assert (row["origin"], row["destination"]) == ("CN", "JP")
    assert row["theirs"] == pytest.approx(9 * MONTH_OF_METAL * LOST / 1e3, rel=1e-3)
    year = 1200 * FEED * 20 / 1e3
    assert row["unsold"] == pytest.approx(year, rel=1e-3)
    assert row["spared"] == pytest.approx(year, rel=1e-3)
    assert row["own"] == pytest.approx(year, rel=1e-3)
    assert row["leverage"] == pytest.approx(row["theirs"] / year, rel=1e-3)


def test_outages_come_after_the_events_of_the_case_and_leave_them_as_they_are(found):
    case = sea_and_cover()
    both = with_outages(case, found.outages).table("events")
    own = case.table("events")
    pd.testing.assert_frame_equal(both.iloc[: len(own)], own)
    assert len(both) == len(own) + 1 + len(found.outages)  # one strikes nothing
    assert both["id"].is_unique


def test_a_year_outside_the_axis_is_refused():
    case = sea_and_cover()
    base = solve_base_year(case, Context())
    with pytest.raises(ValueError, match="year 1999; one from 2024 to"):
        all_outages(case, 1999, base, Context())
