"""What a stress answers: its tables, by hand on months made up, and what must hold on any."""

from dataclasses import replace

import numpy as np
import pytest

from kidorui.results import Result, arranged, result_schema
from kidorui.studies.context import Context
from kidorui.studies.stress.conditions import conditions
from kidorui.studies.stress.covering import cover
from kidorui.studies.stress.lived import Lived, live
from kidorui.studies.stress.losses import losses
from kidorui.studies.stress.march import Path
from kidorui.studies.stress.pricing import prices
from kidorui.studies.stress.rerouted import flows
from kidorui.studies.stress.scenario import scenario
from kidorui.studies.stress.shortage import shortage
from kidorui.studies.stress.stops import least_run, stops
from kidorui.studies.stress.told import headline, notes, parts, summary
from kidorui.studies.stress.world import Foresight, prepare_world
from tests.changed import tiny, with_rows, with_settings, with_table

MONTH = 30.4375
COVER = 30.0  # days
LEAD, AFTER = 6, 6
QUANTITY = {"vehicles": 9000.0, "electronics": 3000.0, "defence": 100.0}
MAKERS = {
    "stops": stops,
    "shortage": shortage,
    "cover": cover,
    "prices": prices,
    "flows": flows,
    "losses": losses,
}


def stressed_case():
    """Tiny with steady demand that gives way to no price at the focus place, and magnets held."""
    case = with_settings(tiny(), gdp=10_000.0)
    demands = case.table("demands")
    demands = demands[demands["year"] == 2024].copy()
    demands.loc[demands["place"] == "JP", "elasticity"] = 0.0
    case = with_table(case, "demands", demands)
    events = case.table("events")
    case = with_table(case, "events", events[events["id"] != "licence-cn"])
    known = {"place": "JP", "source": "assumed", "confidence": "low"}
    case = with_rows(
        case,
        "sectors",
        {"sector": "vehicles", "value_added": 1000.0, "multiplier": 2.0, "min_run": 0.6, **known},
        {"sector": "electronics", "multiplier": 1.0, "min_run": 0.5, **known},
    )
    held = sum(QUANTITY.values()) * COVER / 365.25
    magnets = {"id": "users", "holder": "industry", "material": "magnet", "release": "always"}
    return with_rows(
        case,
        "stockpiles",
        {**magnets, "initial": held, "capacity": 2 * held, "holding_cost": 0.0, **known},
    )


@pytest.fixture(scope="module")
def made_up():
    """A world, its scenario and conditions, and a path on which nothing moves."""
    case = stressed_case()
    what = scenario(case, ["ban-cn"], months=AFTER, lead=LEAD)
    world = prepare_world(case, what, Foresight(), Context())
    given = conditions(world, what.strikes)
    network = world.network
    months, demands = LEAD + AFTER, len(network.demands)
    values = {
        "activity": np.zeros((months, len(network.activities))),
        "shipment": np.zeros((months, len(network.links))),
        "detour": np.zeros((months, len(network.detours))),
        "served": np.zeros((months, network.step_width.size)),
        "saved": np.zeros((months, len(network.savings))),
        "bought": np.zeros((months, demands)),
        "disposed": np.zeros((months, len(network.pools))),
        "level": np.zeros((months, len(world.stores))),
    }
    price = np.full((months, len(network.pools) + demands), 65.0)
    path = Path(first=0, values=values, price=price, iterations=0)
    wanted = given.quantity[:, :, None] * network.step_width
    filled = Lived(world, what, given, path, usual=wanted.reshape(months, -1))
    return with_fill(filled, {})


def changed(lived, **values):
    path = replace(lived.path, values={**lived.path.values, **values})
    return replace(lived, path=path)


def with_fill(lived, fill):
    """All demands served, but for some sectors of the focus place a share in each month."""
    network = lived.network
    share = np.ones((LEAD + AFTER, len(network.demands)))
    for sector, later in fill.items():
        share[LEAD:, demand(lived, sector)] = later
    full = lived.given.quantity[:, :, None] * network.step_width
    served = full * share[:, :, None]
    return changed(lived, served=served.reshape(len(served), -1))


def demand(lived, sector, place="JP"):
    rows = lived.network.demands
    return int(np.flatnonzero((rows["sector"] == sector) & (rows["place"] == place))[0])


def link(lived, material, origin, destination):
    rows = lived.network.links
    there = (rows["origin"] == origin) & (rows["destination"] == destination)
    return int(np.flatnonzero(there & (rows["material"] == material))[0])


def pool(lived, material, place):
    rows = lived.network.pools
    return int(np.flatnonzero((rows["material"] == material) & (rows["place"] == place))[0])


def with_shipments(lived, *shipped):
    shipment = np.zeros_like(lived.path.values["shipment"])
    for material, origin, destination, calm, later in shipped:
        column = link(lived, material, origin, destination)
        shipment[:LEAD, column], shipment[LEAD:, column] = calm, later
    return changed(lived, shipment=shipment)


def with_recipe(lived, recipe, unit, rate):
    network = lived.network
    made = network.units["id"].to_numpy()[network.activities["unit"]] == unit
    at = np.flatnonzero((network.activities["recipe"] == recipe) & made)[0]
    activity = lived.path.values["activity"].copy()
    activity[:, at] = rate
    return changed(lived, activity=activity)


def row(table, **keys):
    for column, value in keys.items():
        table = table[table[column] == value]
    assert len(table) == 1, keys
    return table.iloc[0]


VEHICLES = [1.0, 0.8, 0.3, 0.0, 0.5, 1.0]


def test_a_line_runs_at_its_least_and_stops_on_a_day(made_up):
    told = row(stops(with_fill(made_up, {"vehicles": VEHICLES})), sector="vehicles")
    assert told["first_stop"] == pytest.approx(2 * MONTH + 0.3 / 0.6 * MONTH)
    assert told["stopped_days"] == pytest.approx((0.5 + 1 + 1 - 0.5 / 0.6) * MONTH)
    assert told["longest"] == pytest.approx(told["stopped_days"])
    assert (told["worst_fill"], told["worst_month"]) == (0.0, made_up.labels[LEAD + 3])


def test_the_longest_stop_is_of_months_on_end(made_up):
    table = stops(with_fill(made_up, {"electronics": [0, 1, 0, 0.25, 1, 0.4]}))
    told = row(table, sector="electronics")
    assert told["first_stop"] == 0
    assert told["stopped_days"] == pytest.approx((1 + 1 + 0.5 + 0.2) * MONTH)
    assert told["longest"] == pytest.approx(1.5 * MONTH)


def test_a_sector_without_a_row_runs_down_to_half(made_up):
    assert least_run(made_up)[demand(made_up, "defence")] == 0.5
    some = stops(with_fill(made_up, {"defence": 0.51}))
    less = stops(with_fill(made_up, {"defence": 0.49}))
    assert np.isnan(row(some, sector="defence")["first_stop"])
    assert row(less, sector="defence")["first_stop"] == pytest.approx(0.98 * MONTH)


def test_a_single_line_stops_when_cover_and_goods_at_sea_are_gone(made_up):
    calm, cut = 2500.0, 250.0
    later = [cut, cut, cut, calm, calm, calm]
    told = row(
        stops(with_shipments(made_up, ("magnet", "CN", "JP", calm, later))), sector="vehicles"
    )
    assert (told["supplier"], told["tied_share"]) == ("CN", 1.0)
    # 14 days at sea, then 0.9 days of use a day: after 33 of them 0.3 of a day are left
    assert told["first_line"] == 14 + 33
    assert told["restart"] == np.ceil(3 * MONTH + 14 - 0.5)


def test_a_single_line_is_free_once_makers_at_home_are_tested(made_up):
    lived = with_recipe(made_up, "make-magnet", "magnet-jp", 7500.0)
    lived = with_shipments(lived, ("magnet", "CN", "JP", 2500.0, 0.0))
    at_once = row(stops(lived), sector="vehicles")
    assert at_once["tied_share"] == pytest.approx(0.25)
    assert np.isnan(at_once["first_line"])  # the case states no days of testing
    routes = lived.network.routes.assign(qualification=100 / 365.25)
    world = replace(lived.world, network=replace(lived.network, routes=routes))
    told = row(stops(replace(lived, world=world)), sector="vehicles")
    assert (told["first_line"], told["restart"]) == (14 + 30, 100)


def test_a_line_of_goods_that_nobody_cuts_has_no_supplier_to_lose(made_up):
    lived = with_shipments(made_up, ("ox-NdPr", "MY", "JP", 100.0, 0.0))
    told = stops(lived)
    assert (told["supplier"] == "").all()
    assert (told["tied_share"] == 0).all()
    assert told[["first_line", "restart"]].isna().all(axis=None)


def test_shortage_is_what_is_neither_used_nor_spared_by_month_and_element(made_up):
    saved = np.zeros_like(made_up.path.values["saved"])
    saved[LEAD:] = 120.0
    table = shortage(changed(with_fill(made_up, {"vehicles": VEHICLES}), saved=saved))
    worst = row(table, month=made_up.labels[LEAD + 3], element="NdPr")
    assert worst["shortage"] == pytest.approx(9000 / 12 * 0.35)
    assert worst["wanted"] == pytest.approx(9000 / 12 * 0.35)
    assert worst["saved"] == pytest.approx(10 * 0.35)
    assert len(table) == 4 * 2  # four months short, two elements; a month without has no row
    assert table["shortage"].sum() == pytest.approx(2.4 * 9000 / 12 * (0.35 + 0.023))


def test_losses_are_worth_of_what_is_not_had_and_value_added_of_what_stands(made_up):
    table = losses(with_fill(made_up, {"vehicles": VEHICLES, "electronics": [0.5, 1, 1, 1, 1, 1]}))
    cars, rest = row(table, sector="vehicles"), row(table, sector="electronics")
    assert cars["unserved"] == pytest.approx(1800 * 0.373)
    assert cars["value_lost"] == pytest.approx(1800 * 2.5)  # t x 1,000 US$/t
    assert cars["output_lost"] == pytest.approx(2.4 / 12)
    assert cars["value_added_lost"] == pytest.approx(200)
    assert (cars["economy"], cars["gdp_share"]) == (pytest.approx(400), pytest.approx(0.04))
    assert cars["basis"] == "value added"
    assert rest["value_lost"] == pytest.approx(125 * 1.2)
    assert rest["value_added_lost"] == pytest.approx(125 * (1.2 - 0.065))
    assert (rest["basis"], rest["multiplier"]) == ("value lost", 1.0)
    assert np.isnan(rest["value_added"])


def test_no_gdp_no_share(made_up):
    network = replace(made_up.network, case=with_settings(made_up.case, gdp=0.0))
    lived = replace(made_up, world=replace(made_up.world, network=network))
    assert losses(lived)["gdp_share"].isna().all()


def test_cover_is_days_of_what_all_use_in_the_calm(made_up):
    stores = made_up.world.stores
    level = np.zeros_like(made_up.path.values["level"])
    users = (stores["kind"] == "user") & (stores["place"] == "JP")
    level[:, users] = stores.loc[users, "initial"].to_numpy()
    level[LEAD:, users] /= 2
    told = cover(changed(made_up, level=level))
    assert not (told["kind"] == "yard").any()
    for month, days in ((LEAD - 1, COVER), (LEAD, COVER / 2)):
        cell = row(told, kind="user", material="magnet", month=made_up.labels[month])
        assert cell["days"] == pytest.approx(days)
    unused = row(told, kind="state", material="met-Dy", month=made_up.labels[0])
    assert np.isnan(unused["days"])
    making = with_recipe(made_up, "make-magnet", "magnet-jp", 1000.0)
    level[:, (stores["id"] == "state-Dy").to_numpy()] = 27.0
    cell = row(
        cover(changed(making, level=level)),
        kind="state",
        material="met-Dy",
        month=made_up.labels[0],
    )
    assert cell["days"] == pytest.approx(365.25)  # 0.027 t a tonne


def test_prices_inside_and_outside_are_marginal_and_the_means_by_volume(made_up):
    price = made_up.path.price.copy()
    for place, value in (("CN", 50.0), ("JP", 200.0), ("RW", 80.0)):
        price[:, pool(made_up, "magnet", place)] = value
    bought = np.zeros_like(made_up.path.values["bought"])
    for sector, place, rate in (
        ("vehicles", "CN", 600),
        ("vehicles", "JP", 100),
        ("vehicles", "RW", 300),
    ):
        bought[:, demand(made_up, sector, place)] = rate
    path = replace(made_up.path, price=price)
    told = prices(changed(replace(made_up, path=path), bought=bought))
    cell = row(told, month=made_up.labels[0], material="magnet")
    assert (cell["inside"], cell["outside"], cell["outside_rest"]) == (50, 200, 80)
    assert cell["dearest"] == "RW"
    assert cell["inside_paid"] == 50
    assert cell["outside_paid"] == pytest.approx((100 * 200 + 300 * 80) / 400)
    assert cell["world_paid"] == pytest.approx((600 * 50 + 100 * 200 + 300 * 80) / 1000)
    metal = row(told, month=made_up.labels[0], material="met-Dy")
    assert np.isnan(metal["world_paid"])  # nobody takes any


def test_prices_count_what_recipes_take(made_up):
    price = made_up.path.price.copy()
    price[:, pool(made_up, "met-NdPr", "JP")] = 90.0
    price[:, pool(made_up, "met-NdPr", "CN")] = 60.0
    lived = with_recipe(made_up, "make-magnet", "magnet-jp", 1000.0)
    lived = with_recipe(lived, "make-magnet", "magnet-cn", 2000.0)
    told = prices(replace(lived, path=replace(lived.path, price=price)))
    cell = row(told, month=made_up.labels[0], material="met-NdPr")
    assert cell["world_paid"] == pytest.approx(70)


def test_flows_tell_the_routes_that_change_by_a_hundredth_of_the_trade_struck(made_up):
    lived = with_shipments(
        made_up,
        ("magnet", "CN", "JP", 2000.0, [100, 100, 100, 100, 100, 700]),
        ("magnet", "JP", "RW", 1000.0, 1000.0),
        ("magnet", "CN", "RW", 5000.0, 5029.0),
        ("ox-NdPr", "MY", "JP", 50.0, 60.0),
    )
    told = flows(lived)
    assert len(told) == 2  # 29 is less than a hundredth of 3,000
    cell = row(told, material="magnet", origin="CN", destination="JP")
    assert (cell["calm"], cell["during"], cell["change"]) == (2000, 200, -1800)
    assert cell["cut"]
    assert not row(told, material="ox-NdPr")["cut"]


def test_what_leaks_is_part_of_the_flow(made_up):
    network, at = made_up.network, link(made_up, "magnet", "CN", "JP")
    detour = np.zeros_like(made_up.path.values["detour"])
    detour[LEAD:, np.flatnonzero(network.detours == at)[0]] = 40.0
    lived = with_shipments(made_up, ("magnet", "CN", "JP", 2000.0, 60.0))
    cell = row(flows(changed(lived, detour=detour)), material="magnet")
    assert (cell["during"], cell["leaked"]) == (100, 40)


def tables_of(lived):
    made = {name: make(lived) for name, make in MAKERS.items()}
    return arranged("stress", {"summary": summary(lived, made), **made})


def test_headlines_say_unit_and_what_they_rest_on(made_up):
    lived = with_shipments(
        with_fill(made_up, {"vehicles": VEHICLES}), ("magnet", "CN", "JP", 2500.0, 0.0)
    )
    tables = tables_of(lived)
    told = tables["summary"].set_index("headline")
    assert (told["unit"] != "").all()
    first = told.filter(like="first to stop: vehicles", axis=0)
    assert first["value"].to_list() == [pytest.approx(2.5 * MONTH)]
    assert told.filter(like="10,000 million US$", axis=0)["value"].to_list() == [pytest.approx(4.0)]
    words = headline(lived, tables)
    assert "First to stop is vehicles, on day 76" in words
    assert "of CN alone stops on day 44" in words
    assert "4.00% of a year's GDP" in words
    assert any("half of full output: defence" in note for note in notes(lived, tables))
    assert [part.name for part in parts(tables, {})] == list(MAKERS)[:2] + list(MAKERS)[3:]


@pytest.fixture(scope="module", params=["ban-cn", "stop-my+boom", ""])
def marched(request):
    """Months of the tiny case as the market clears them."""
    events = [request.param] if request.param else []
    case = stressed_case()
    what = scenario(case, events, months=AFTER, lead=2)
    world = prepare_world(case, what, Foresight(), Context())
    return live(world, what)


def test_what_holds_of_any_months(marched):
    tables = tables_of(marched)
    declared = result_schema("stress")
    for name, table in tables.items():
        assert tuple(table.columns) == declared[name].names
        assert not table.duplicated(list(declared[name].keys)).any(), name
    told = tables["stops"]
    assert told["worst_fill"].between(0, 1).all()
    assert told["tied_share"].between(0, 1).all()
    assert (told["longest"] <= told["stopped_days"] + 1e-9).all()
    assert (told["stopped_days"] <= AFTER * MONTH + 1e-9).all()
    assert (told["first_stop"].isna() == (told["stopped_days"] == 0)).all()
    short = tables["shortage"]
    assert (short["shortage"] <= short["wanted"] + 1e-9).all()
    assert tables["losses"]["unserved"].sum() == pytest.approx(short["shortage"].sum(), abs=1e-6)
    paid = tables["prices"][["inside_paid", "outside_paid", "world_paid"]].dropna()
    least, most = paid.iloc[:, :2].min(axis=1), paid.iloc[:, :2].max(axis=1)
    assert paid["world_paid"].between(least - 1e-9, most + 1e-9).all()
    assert len(parts(tables, {})) == len(MAKERS) - 1


@pytest.mark.parametrize("marched", [""], indirect=True)
def test_nothing_stops_where_nothing_strikes(marched):
    assert not marched.scenario.strikes
    tables = tables_of(marched)
    assert tables["stops"][["first_stop", "first_line"]].isna().all(axis=None)
    assert tables["shortage"].empty
    assert tables["flows"].empty
    assert (tables["losses"][["value_lost", "economy", "stopped_days"]] == 0).all(axis=None)
    assert "No sector stops" in headline(marched, tables)


def test_the_tables_are_those_of_a_result(marched):
    result = Result("stress", tables_of(marched), {}, {})
    assert [fault for fault in result.faults() if not fault.endswith(": missing")] == []
