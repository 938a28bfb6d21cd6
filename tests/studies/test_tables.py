"""The tables behind a plan, each against what it should say."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from kidorui.network import grow
from kidorui.program import Solver
from kidorui.studies.base_year import prices, solve_base_year
from kidorui.studies.binding import binding
from kidorui.studies.breakeven import HAZARDS, VALUES, at_hazard, cost_cuts
from kidorui.studies.builds import trunk_sizes
from kidorui.studies.context import Context
from kidorui.studies.dependence import ceilings, home_places
from kidorui.studies.memory import Change, Workbench
from kidorui.studies.moments import NO_EVENT, first_years, nearest, trunk_at
from kidorui.studies.plan import PlanOptions, plan
from kidorui.studies.pricing import measure_intervals
from kidorui.studies.shortage import missing
from kidorui.studies.solved import LEAST, Terms
from kidorui.studies.traced import base_year
from tests.changed import edited, tiny, with_settings
from tests.random_cases import random_case
from tests.studies.conftest import solve


def test_moments_are_means_over_the_first_year(tiny_solved):
    tree = tiny_solved[0].tree
    [struck] = first_years(tree)
    assert (struck.state, struck.year) == ("ban-cn", 2028)
    assert struck.share[struck.share > 0] == pytest.approx(np.full(4, 0.25))
    for year, start in ((2024, 2024), (2027, 2026), (2030.5, 2030), (1990, 2024), (2050, 2030)):
        moment = trunk_at(tree, year)
        assert tree.start[np.flatnonzero(moment.share)] == start
        assert moment.state == NO_EVENT
    assert trunk_at(tree, 2050).year == 2033


def test_of_each_event_the_nearest_onset_is_told():
    case = with_settings(tiny(), event_years=(2026, 2028, 2030))
    struck = first_years(grow(case, ("ban-cn", "stop-my")))
    assert [(m.state, m.year) for m in nearest(struck, 2029)] == [
        ("ban-cn", 2028),
        ("stop-my", 2028),
    ]


def test_shortage_is_demand_at_the_base_price_less_what_is_served(tiny_solved):
    """All that is served lies on steps worth the base price or more, so it is plain subtraction."""
    solved = tiny_solved[0]
    network = solved.network
    unmet, loss = missing(network, solved.nothing)
    served = solved.nothing.values["served"].reshape((*unmet.shape, -1))
    worth = network.step_value > network.demands["base_price"].to_numpy()[:, None]
    at_least = network.quantity - (served * worth).sum(axis=2)
    assert unmet == pytest.approx(at_least, abs=1e-6)
    assert (loss <= unmet * network.demands["value_lost"].to_numpy() / 1e3 + 1e-6).all()
    assert (loss[unmet > 0] > 0).all()


def test_shortage_by_element_counts_the_same_shortage(tiny_plan):
    keys = ["state", "year"]
    by_sector = tiny_plan.table("shortage").groupby(keys)["shortage_nothing"].sum()
    ndpr = tiny_plan.table("shortage_by_element").query("element == 'NdPr'").set_index(keys)
    content = tiny().table("contents").set_index(["material", "element"])["content"]
    told = ndpr["shortage_nothing"].sort_index().to_numpy()
    assert told == pytest.approx(by_sector.sort_index().to_numpy() * content["magnet", "NdPr"])


def test_dependence_is_told_before_and_after(tiny_plan):
    table = tiny_plan.table("dependence")
    assert table["share"].dropna().between(0, 1).all()
    heavy = table.query("stage == 'separation' and group == 'heavy' and basis == 'look-through'")
    share = heavy[heavy["state"] == NO_EVENT].set_index(["plan", "year"])["share"]
    assert share["base year", 2024] == pytest.approx(1.0)  # none separates heavies but China
    assert share["plan", 2030] == pytest.approx(1.0)  # what it builds is for the ban
    banned = heavy[heavy["state"] == "ban-cn"].set_index(["plan", "year"])["share"]
    assert banned["do-nothing", 2028] == pytest.approx(1.0)
    assert banned["plan", 2028] < 0.5


def test_with_nobody_else_all_depends_on_the_controlling_place():
    case = edited(tiny(), "plants", "recycle-jp", capacity=0.0)
    case = edited(case, "projects", "recycle-jp-2", odds=0.0)
    result = plan(case, PlanOptions(budget=0.0, break_even=False), Context())
    table = result.table("dependence").query("stage == 'separation' and basis == 'look-through'")
    heavy = table[(table["group"] == "heavy") & (table["state"] == NO_EVENT)]
    assert heavy["share"].to_numpy() == pytest.approx(1.0, abs=1e-6)
    assert (table[table["group"] == "light"]["share"] < 1).all()  # Malaysia separates some


def test_the_strictest_ceiling_that_has_begun_counts():
    rows = pd.DataFrame(
        {
            "stage": ["magnet", "magnet", "separation", "separation", "separation"],
            "group": ["light", "light", "heavy", "light", "heavy"],
            "basis": ["direct", "direct", "look-through", "look-through", "direct"],
            "year": [2030, 2029, 2031, 2031, 2031],
        }
    )
    found = ceilings(tiny(), rows)
    assert found == pytest.approx([0.5, np.nan, 0.65, np.nan, np.nan], nan_ok=True)


def test_sites_of_the_country_are_home():
    assert home_places(tiny()) == ["JP"]
    site = edited(tiny(), "places", "MY", iso3="JPN")
    assert home_places(site) == ["JP", "MY"]


def test_prices_are_what_a_tonne_more_costs(tiny_solved):
    """Finite differences of the objective, one balance moved at a time."""
    solved, bench = tiny_solved
    network, tree = solved.network, solved.tree
    price = prices(network, solved.plan)
    start = bench.model.constraints["balance"].start
    used = network.demands["pool"].to_numpy()[:2]
    for node in (0, 3, 5):
        for pool in used:
            row, step = start + node * len(network.pools) + int(pool), 0.5
            ends = []
            for move in (-step, step):
                moved = bench.solve(
                    f"{row} {move}", Change(rows=[(row, move, move)]), solved.plan.basis
                )
                slope = (moved.objective - solved.plan.objective) / move
                ends.append(slope / tree.weight[node] * 1e3)
            low, high = sorted(ends)
            assert low - 1e-3 <= price[node, pool] <= high + 1e-3


def test_prices_on_a_kink_are_intervals_that_hold_the_price(tiny_solved):
    solved, bench = tiny_solved
    told = [trunk_at(solved.tree, 2030), *first_years(solved.tree)]
    found = measure_intervals(solved, bench, told, Context())
    assert found
    assert {moment for moment, _ in found} == {0}  # a mean over slices has no one interval
    for (_, pool), (low, high) in found.items():
        node = int(np.flatnonzero(told[0].share)[0])
        price = solved.prices["plan"][node, pool]
        assert low <= price <= high or np.isnan([low, high]).any()


def test_a_node_without_weight_has_no_price():
    result = plan(tiny(), PlanOptions(hazard=1.0, break_even=False), Context())
    later = result.table("prices").query("state == 'no event' and year == 2033")
    assert later["price"].isna().all()


def test_what_binds_is_told_in_the_words_of_the_case(tiny_plan):
    table = tiny_plan.table("binding")
    assert (table["worth"] >= 0).all()
    events = tiny().table("events").set_index("_row")["id"]
    told = table[table["kind"] == "event"]
    assert set(told["row"].map(events)) <= {"licence-cn", "ban-cn"}
    assert len(told)
    plants = tiny().table("plants").set_index("_row")["id"]
    stands = table[(table["kind"] == "capacity") & (table["table"] == "plants")]
    assert (stands["row"].map(plants) == stands["id"]).all()


def test_a_tonne_more_of_a_largest_size_is_worth_what_it_brings():
    solved, larger = (
        solve(edited(tiny(), "projects", "heavy-my", size_max=size))[0] for size in (100.0, 100.5)
    )
    worth = binding(solved).query("kind == 'largest size'").set_index("id")["worth"]
    brings = (solved.plan.objective - larger.plan.objective) / 0.5 * 1e6
    assert worth["heavy-my"] == pytest.approx(brings, rel=1e-3)
    assert brings > 0


@pytest.mark.parametrize("hazard", [0.0, 0.02, 0.5])
def test_a_sweep_states_the_same_programme_as_one_stated_anew(tiny_solved, hazard):
    solved, _ = tiny_solved
    tree = grow(tiny(), ("ban-cn",), hazard)
    anew = Terms().state(replace(solved.network, tree=tree), solved.reference).model
    assert at_hazard(solved, tree) == pytest.approx(anew.cost(), rel=1e-9, abs=1e-15)
    model = solved.program.model
    for name, block in model.constraints.items():
        if name == LEAST:  # weighed by cost
            continue
        other = anew.constraints[name]
        assert block.upper == pytest.approx(other.upper)
        for term, matrix in block.terms.items():
            assert abs(matrix - other.terms[term]).sum() == pytest.approx(0.0, abs=1e-9)


def test_a_sweep_finds_the_plan_of_its_own_hazard(tiny_plan):
    sizes = tiny_plan.table("sweeps").query("parameter == 'hazard' and level == 0.05")
    alone = plan(tiny(), PlanOptions(hazard=0.05, break_even=False), Context())
    built = alone.table("builds").query("state == 'no event'").groupby("project")["size"].sum()
    told = sizes.set_index("project")["size"]
    assert told[built.index].to_numpy() == pytest.approx(built.to_numpy(), rel=1e-4)


@pytest.mark.parametrize("seed", [1, 4])
def test_a_project_enters_between_the_levels_that_are_told(seed):
    result = plan(random_case(seed), PlanOptions(), Context())
    table = result.table("break_even").set_index("project")
    for parameter, name, levels in (("hazard", "hazard", HAZARDS), ("value lost", "value", VALUES)):
        swept = result.table("sweeps")
        swept = swept[swept["parameter"] == parameter]
        for project, row in table.iterrows():
            share = swept[swept["project"] == project].set_index("level")["of_largest"]
            enters = share.index[share >= 0.05]
            if row[f"{name}_enters"] == "never":
                assert not len(enters)
            elif row[f"{name}_enters"] == "always":
                assert list(enters) == list(levels)
            else:
                assert row[f"{name}_from"] == enters.min()
                assert levels.index(enters.min()) == levels.index(row[f"{name}_below"]) + 1


def test_a_cut_of_the_cost_lets_a_project_in():
    """Just below the cut told nothing is built, just above something is."""
    dear = edited(tiny(), "projects", "heavy-my", capex=4e6, fixed_cost=0.0)
    solved, bench = solve(dear)
    number = list(solved.projects.table["id"]).index("heavy-my")
    assert trunk_sizes(solved, solved.plan)[number] == pytest.approx(0, abs=1e-6)
    cut = cost_cuts(solved, bench, Context())[number]
    assert 0 < cut < 1
    for share, enters in ((cut - 0.02, False), (cut + 0.02, True)):
        cheaper = edited(dear, "projects", "heavy-my", capex=4e6 * (1 - share))
        other, _ = solve(cheaper)
        assert (trunk_sizes(other, other.plan)[number] > 1e-6) == enters


def test_without_a_fund_that_may_pay_no_cut_lets_a_project_in():
    case = edited(tiny(), "projects", "heavy-my", funds=())
    solved, bench = solve(case)
    number = list(solved.projects.table["id"]).index("heavy-my")
    assert np.isnan(cost_cuts(solved, bench, Context())[number])


def test_floors_are_paid_by_those_named():
    case = edited(tiny(), "contracts", "offtake-my", floor=500.0)
    floors = plan(case, PlanOptions(break_even=False), Context()).table("floors")
    assert floors["own"].all()
    assert (floors["paid_plan"] > 0).all()
    assert (floors["delivered_plan"] <= floors["quantity"] + 1e-6).all()
    theirs = edited(case, "contracts", "offtake-my", floor_payer="Somebody else")
    bill = plan(theirs, PlanOptions(break_even=False), Context()).table("accounts")
    assert "price floors" in set(bill["item"])
    assert bill.set_index("item").loc["price floors", "plan"] == 0


def test_observations_are_laid_beside_the_year_on_their_own_basis():
    case = edited(tiny(), "observations", "dy-price-2024", unit="CNY/t")
    table = base_year(case, solve_base_year(case, Context()))
    told = table.set_index("id")
    assert np.isnan(told["computed"]["dy-price-2024"])  # a basis that cannot be read
    assert told["computed"]["ndpr-cn-2024"] == pytest.approx(59080)
    seen = table[table["observed"].notna() & table["computed"].notna()]
    assert seen["deviation"].to_numpy() == pytest.approx(
        (seen["computed"] / seen["observed"] - 1).to_numpy()
    )


def test_unexplained_supply_is_flagged():
    case = edited(tiny(), "plants", "mine-cn", capacity=40000.0, quota=float("nan"))
    result = plan(case, PlanOptions(break_even=False), Context())
    table = result.table("unexplained")
    assert table.query("element == 'NdPr'")["too_much"].all()
    assert any("NdPr unexplained" in note for note in result.meta["notes"])


def test_a_bench_puts_back_what_it_changed(tiny_solved):
    solved, _ = tiny_solved
    bench = Workbench(solved.program.model, {"case": "x"}, Context())
    first = bench.solve("first")
    zero = np.zeros_like(first.values["size"])
    cost = solved.program.model.cost()
    bench.solve("else", Change(cost=2 * cost, bounds={"size": (zero, zero)}, rows=[(0, 0.0, 0.0)]))
    again = bench.solve("again", start=first.basis)
    fresh = Solver(solved.program.model).solve()
    assert again.objective == pytest.approx(fresh.objective, rel=1e-12)
    assert first.objective == again.objective
