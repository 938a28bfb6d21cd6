"""`reconcile` on the tiny case and on the bundled one: balances, errors, overlay, refusals."""

import json
from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest

from kidorui.case import Case, load
from kidorui.cli import run
from kidorui.results import Result
from kidorui.studies.base_year import BaseYear, solve_base_year
from kidorui.studies.calibration.terms import Lens
from kidorui.studies.calibration.year import solved_year
from kidorui.studies.context import Context
from kidorui.studies.reconcile import ReconcileOptions, nearness, overlay_of, reconcile
from kidorui.studies.reconcile.fitting import System
from kidorui.studies.reconcile.observed import figures, measured
from kidorui.studies.reconcile.unknowns import unknowns_of
from tests.changed import TINY, tiny, with_rows, with_table

SEEN = {"year": 2024, "source": "agency", "confidence": "high"}


_BASE_YEARS: dict[str, BaseYear] = {}


@pytest.fixture(autouse=True)
def _base_years_once(monkeypatch):
    """Cases that differ in observations alone have one network: its base year is solved once."""

    def solved_once(case, context):
        key = with_rows(case, "observations", keep=False).hash
        if key not in _BASE_YEARS:
            _BASE_YEARS[key] = solve_base_year(case, context)
        base = _BASE_YEARS[key]
        return replace(base, network=replace(base.network, case=case))

    monkeypatch.setattr("kidorui.studies.reconcile.study.solve_base_year", solved_once)


def observed(case, *rows):
    """The case with these observations alone."""
    numbered = [{"id": f"seen-{n}", **SEEN, **row} for n, row in enumerate(rows)]
    return with_rows(case, "observations", *numbered, keep=False)


def produced(place, goods, value, error, **cells):
    row = {"kind": "production", "place": place, "goods": goods, "value": value, "unit": "t"}
    return {**row, "uncertainty": error, **cells}


def shipped(place, origin, goods, value, **cells):
    row = {"kind": "flow", "place": place, "origin": origin, "goods": goods, "value": value}
    return {**row, "unit": "t", "uncertainty": np.nan, **cells}


def answer(case, intervals=0, **options) -> Result:
    return reconcile(case, ReconcileOptions(year=2024, intervals=intervals, **options), Context())


@cache
def japan() -> Case:
    return load("japan")


@cache
def of_japan() -> Result:
    return answer(japan(), cross_check=True)


def residual(result, name):
    return result.table("residuals").set_index("id").loc[name]


def open_balances(case, result):
    """(pool): what the tables of a result leave open, t/yr, with coefficients as reconciled."""
    network = solve_base_year(case, Context()).network
    recipes = network.recipes.toarray()
    changed = result.table("coefficients")
    for row in changed.itertuples(index=False):
        at = np.ix_(
            network.pools["material"] == row.material, network.activities["recipe"] == row.recipe
        )
        recipes[at] *= row.reconciled / row.stated
    told = result.table("activities").set_index(["plant", "recipe"])["reconciled"]
    keys = pd.MultiIndex.from_arrays(
        [
            network.units["id"].to_numpy()[network.activities["unit"]],
            network.activities["recipe"],
        ]
    )
    left = pd.Series(recipes @ told.reindex(keys).fillna(0.0).to_numpy())
    left.index = pd.MultiIndex.from_frame(network.pools[["material", "place"]])
    flows, uses = result.table("flows"), result.table("uses")
    stocks, pools = result.table("stocks"), result.table("pools")
    for rows, place, column, sign in (
        (flows, "destination", "reconciled", 1.0),
        (flows, "origin", "reconciled", -1.0),
        (uses, "place", "reconciled", -1.0),
        (stocks, "place", "change", -1.0),
        (pools, "place", "disposed", -1.0),
        (pools, "place", "unexplained", 1.0),
    ):
        summed = (sign * rows[column]).groupby([rows["material"], rows[place]]).sum()
        left = left.add(summed.reindex(left.index).fillna(0.0))
    return left


@pytest.mark.parametrize("baskets", ["fixed", "free"])
def test_what_the_tables_tell_is_balanced_in_every_pool(baskets):
    case = observed(
        tiny(),
        produced("CN", "ox-NdPr", 56_000, 1_000),
        produced("CN", "ox-Dy", 2_900, 100),
        produced("CN", "magnet", 110_000, 3_000),
        shipped("JP", "CN", "magnet", 2_400),
    )
    result = answer(case, baskets=baskets)
    assert result.meta["converged"]
    assert open_balances(case, result).abs().max() < 0.01


def test_free_coefficients_fit_better_and_move_within_their_errors():
    case = observed(
        tiny(),
        produced("MY", "ox-NdPr", 4_640, 20),
        shipped("MY", "AU", "conc-light", 24_000, uncertainty=20),
    )
    fixed, free = (answer(case, baskets=baskets, level=1e-9) for baskets in ("fixed", "free"))
    assert free.meta["objective"] < fixed.meta["objective"]
    moved = free.table("coefficients").set_index(["recipe", "material"])
    row = moved.loc[("sep-light", "ox-NdPr")]
    assert row["stated"] == 0.19
    assert row["uncertainty"] == pytest.approx((0.195 - 0.18) / 4)
    assert row["reconciled"] > row["stated"]
    assert row["error"] < row["uncertainty"]
    steps = free.table("convergence")
    assert steps["violation"].iloc[-1] < 1e-9 < steps["violation"].iloc[0]


def test_no_recipe_gives_more_of_an_element_than_it_takes():
    case = observed(
        tiny(),
        produced("MY", "ox-NdPr", 7_000, 5),
        shipped("MY", "AU", "conc-light", 24_000, uncertainty=5),
    )
    told = answer(case, baskets="free", level=1e-99).table("coefficients")
    yields = told.set_index(["recipe", "material"])
    assert yields.loc[("sep-light", "ox-NdPr"), "reconciled"] <= 0.2 + 1e-9


def test_two_observations_of_one_thing_meet_by_their_errors():
    """The mean by weights of 1 and 1/4, with errors of 100 and 200."""
    case = observed(
        tiny(),
        produced("JP", "magnet", 9_000, 100),
        produced("JP", "magnet", 9_200, 200),
    )
    row = residual(answer(case, own=False), "seen-0")
    assert row["reconciled"] == pytest.approx((9_000 + 9_200 / 4) / 1.25, rel=1e-6)
    assert row["redundant"]
    assert row["standardised"] == pytest.approx(200 / np.hypot(100, 200), rel=1e-6)


def test_a_planted_error_is_taken_out_and_told():
    rows = [produced("JP", "magnet", value, 100) for value in (9_000, 9_050, 8_950, 9_900)]
    result = answer(observed(tiny(), *rows))
    assert list(result.table("gross_errors")["id"]) == ["seen-3"]
    assert not residual(result, "seen-3")["used"]
    assert any("seen-3" in note for note in result.meta["notes"])


def test_a_share_that_the_network_rules_out_moves_nothing():
    """The only way to Japan for magnets is from China: 20% cannot be, and is told."""
    result = answer(tiny())
    assert list(result.table("gross_errors")["id"]) == ["share-cn-jp-2024"]
    assert residual(result, "share-cn-jp-2024")["reconciled"] == pytest.approx(1)


def test_errors_are_assumed_by_confidence_and_said_so():
    case = observed(
        tiny(),
        produced("CN", "magnet", 100_000, np.nan, confidence="medium"),
        produced("JP", "magnet", 9_000, 123),
    )
    result = answer(case, scale=2.0)
    assert residual(result, "seen-0")["uncertainty"] == pytest.approx(0.15 * 2 * 100_000)
    assert residual(result, "seen-0")["assumed"]
    assert residual(result, "seen-1")["uncertainty"] == 123
    assert not residual(result, "seen-1")["assumed"]
    told = result.table("assumptions").set_index("about")["error"]
    assert told["figure of medium confidence"] == pytest.approx(0.30)


def test_output_beyond_capacity_is_a_gross_error_unless_plants_are_let_beyond():
    case = observed(tiny(), produced("AU", "conc-light", 30_000, 100))
    assert list(answer(case).table("gross_errors")["id"]) == ["seen-0"]
    assert answer(case, beyond=True).table("gross_errors").empty


def test_plants_stay_within_capacity_unless_let_beyond():
    case = observed(tiny(), produced("AU", "conc-light", 30_000, 2_000))
    within, beyond = (answer(case, beyond=beyond, level=0.001) for beyond in (False, True))
    stood = within.table("activities").set_index("plant").loc["mine-au"]
    assert stood["reconciled"] == pytest.approx(26_000 * 0.95, rel=1e-9)
    assert stood["at_bound"]
    assert beyond.table("activities").set_index("plant").loc["mine-au", "reconciled"] > 28_000
    written = beyond.table("overlay").set_index(["table", "row", "column"])
    assert written.loc[("plants", "mine-au", "capacity"), "after"] > 28_000 / 0.95


def test_countries_of_a_place_are_counted_in_it_together():
    """Two countries within RW: what they sent to Japan is one flow, errors in squares."""
    places = tiny().table("places")
    both = with_rows(
        tiny(),
        "places",
        *(
            {"id": name, "name": name, "iso3": name, "within": "RW", "source": "agency",
             "confidence": "high"}
            for name in ("FRA", "EST")
        ),
    )  # fmt: skip
    assert len(both.table("places")) == len(places) + 2
    routes = tiny().table("routes")
    way = routes[(routes["origin"] == "JP") & (routes["destination"] == "RW")]
    case = with_table(both, "routes", pd.concat([routes, way.assign(origin="CN", goods="swarf")]))
    case = observed(
        case,
        shipped("FRA", "JP", "magnet", 300, uncertainty=30),
        shipped("EST", "JP", "magnet", 500, uncertainty=40),
        shipped("FRA", "EST", "magnet", 70),
    )
    result = answer(case, own=False)
    row = residual(result, "seen-0+1")
    assert row["observed"] == 800
    assert row["uncertainty"] == pytest.approx(50)
    assert "sum of 2 countries" in row["why"]
    left = result.table("not_compared").set_index("id")
    assert "no flows of the network" in left.loc["seen-2", "why"]
    assert any("taken as independent" in note for note in result.meta["notes"])


def test_stocks_observed_at_both_ends_are_a_change():
    stock = {"kind": "stock", "place": "JP", "goods": "met-NdPr", "unit": "t", "uncertainty": 1.0}
    case = observed(
        tiny(),
        {**stock, "value": 900.0},
        {**stock, "value": 800.0, "year": 2023},
    )
    result = answer(case)
    rise = result.table("stocks").set_index("id").loc["makers-NdPr"]
    assert rise["change"] == pytest.approx(100, abs=1)
    assert rise["determined"]
    assert "rise of stocks" in residual(result, "seen-0")["basis"]


def test_a_base_flow_that_an_observation_of_its_data_set_says_is_no_second_measurement():
    """Stated from the agency that observes it, it leaves the flow to the observation alone."""
    routes = tiny().table("routes")
    ours = (routes["goods"] == "magnet") & (routes["destination"] == "JP")
    errors = {}
    for source in ("agency", "another"):
        stated = routes.assign(
            base_flow=routes["base_flow"].where(~ours, 2_400.0),
            source=routes["source"].where(~ours, source),
        )
        case = observed(with_table(tiny(), "routes", stated), shipped("JP", "CN", "magnet", 2_400))
        flows = answer(case).table("flows").set_index(["material", "origin", "destination"])
        errors[source] = flows.loc[("magnet", "CN", "JP"), "error"]
    assert errors["agency"] > errors["another"]


def test_a_base_flow_of_nought_gives_way_to_what_was_observed():
    """Japan's metal from others than China, Vietnam, Thailand: none by the case, 102 t by customs.

    "No such trade" is said of what is not of note: within 1% of what the pool takes.
    """
    row = residual(of_japan(), "jp-import-280530-all-2024")
    assert row["observed"] == pytest.approx(102.1, abs=0.01)
    assert row["used"]
    assert row["reconciled"] > 50
    told = of_japan().table("assumptions").set_index("about")
    assert told.loc["base flow of nought", "error"] == pytest.approx(0.01)


def test_without_their_own_figures_more_is_open_and_named():
    alone, with_own = (answer(tiny(), intervals=40, own=own) for own in (False, True))
    assert (
        alone.table("flows")["error"].isna().sum() > with_own.table("flows")["error"].isna().sum()
    )
    open_ones = alone.table("unobservable")
    assert "Magnets (NdFeB): Japan to Rest of the world" in set(open_ones["what"])
    sought = open_ones[open_ones["low"].notna()]
    assert len(sought)
    assert (sought["low"] <= sought["value"] + 1e-3).all()
    assert (sought["high"] >= sought["value"] - 1e-3).all()


def test_rows_measure_what_a_solved_year_measures():
    """The coefficients of every observation give, on a solved year, what `calibrate` tells."""
    case = japan()
    base = solve_base_year(case, Context())
    year = solved_year(base.network, base.solution)
    unknowns = unknowns_of(base, beyond=False)
    found = figures(case, 2024, scale=1.0)
    rows, _ = measured(found.counted, unknowns, Lens(base.network, year.price), case, scale=1.0)
    assert len(rows) >= 60
    whole = [one for one in rows if not one.figure.but]
    assert len(whole) < len(rows)
    for one in whole:
        assert one.found(unknowns.prior) == pytest.approx(year.value(one.figure.seen), rel=1e-9)


def test_a_year_without_observations_is_refused():
    with pytest.raises(ValueError, match=r"no observation of 2019; there are some of 2024"):
        reconcile(tiny(), ReconcileOptions(year=2019), Context())


def test_options_that_make_no_sense_are_refused_all_at_once():
    with pytest.raises(ValueError, match="baskets 'loose'") as refused:
        ReconcileOptions(year=2024, baskets="loose", level=2.0)
    assert "level 2.0; accepted is above 0 and below 1" in str(refused.value)


def test_another_year_is_laid_on_the_base_years_network_and_said_so():
    case = observed(tiny(), produced("JP", "magnet", 9_000, 100, year=2023))
    result = reconcile(case, ReconcileOptions(year=2023), Context())
    assert any("network of 2024" in note for note in result.meta["notes"])
    with pytest.raises(ValueError, match="base year 2024 alone"):
        overlay_of(case, result, 2023)


def test_a_contradicted_balance_leaves_the_system_as_it_was():
    """The prior of the base year meets all balances: where nothing is observed, nothing moves."""
    case = observed(tiny(), produced("JP", "magnet", 12_350, 100))
    base = solve_base_year(case, Context())
    unknowns = unknowns_of(base, beyond=False)
    system = System(unknowns, [], np.zeros(len(base.network.pools)), own=False)
    fitted = system.solve(np.arange(0))
    assert fitted.point == pytest.approx(unknowns.prior, rel=1e-5, abs=0.05)


def test_the_command_tells_and_writes_an_overlay(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("KIDORUI_RUNS", str(tmp_path / "runs"))
    folder = tmp_path / "reconciled"
    assert run(["reconcile", str(TINY), "--year", "2024", "--write", str(folder)]) == 0
    out = " ".join(capsys.readouterr().out.split())
    for words in ("Which cannot be right?", "share-cn-jp-2024", "observations leave open", "rows"):
        assert words in out
    assert run(["check", str(folder)]) == 0
    assert "0 faults, 0 warnings" in capsys.readouterr().out
    rows = load(folder).table("routes").set_index(["goods", "origin", "destination"])
    flow = rows.loc[("magnet", "CN", "JP")]
    assert flow["source"] == "reconcile-2024"
    assert flow["base_flow"] == pytest.approx(2_132, abs=2)
    capsys.readouterr()
    assert run(["reconcile", str(TINY), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["kind"] == "reconcile"
    assert run(["reconcile", str(TINY), "--year", "1999"]) == 2
    assert "no observation of 1999" in capsys.readouterr().err
    assert run(["reconcile", str(TINY), "--write", str(folder)]) == 2
    assert "holds something" in capsys.readouterr().err
    assert run(["reconcile", str(TINY), "--year", "2023", "--write", str(tmp_path / "no")]) == 2
    assert "base year 2024 alone" in capsys.readouterr().err


@pytest.mark.slow
def test_every_study_takes_the_overlay(tmp_path, monkeypatch):
    monkeypatch.setenv("KIDORUI_RUNS", str(tmp_path / "runs"))
    folder = tmp_path / "reconciled"
    assert run(["reconcile", str(TINY), "--write", str(folder), "--quiet"]) == 0
    assert run(["calibrate", str(folder), "--quiet"]) == 0
    assert run(["plan", str(folder), "--quick", "--quiet"]) == 0


def test_the_same_question_has_the_same_answer():
    assert answer(tiny()).hash == answer(tiny()).hash


def test_japan_is_solved_alike_by_both_solvers():
    result = of_japan()
    assert result.meta["converged"]
    assert result.meta["objective_highs"] == pytest.approx(
        result.meta["objective_clarabel"], rel=1e-6
    )


def test_japan_tells_the_shipment_from_vietnam_that_does_not_fit():
    """285.9 t of HS 284690 for 1.7 million US$, and little that the network could be."""
    assert list(of_japan().table("gross_errors")["id"]) == ["jp-import-284690-vn-2024"]
    residuals = of_japan().table("residuals")
    assert len(residuals) == 62
    assert residuals["used"].sum() == 61


def test_an_error_of_nought_is_always_one_given_bounds_and_said_so():
    """Russia's loparite is at its mine's capacity: the only flow of it has no error of its own."""
    flows = of_japan().table("flows").set_index(["material", "origin", "destination"])
    assert flows.loc[("loparite", "RU", "EU"), ["error", "at_bound"]].tolist() == [0, True]
    for name in ("flows", "uses", "activities"):
        told = of_japan().table(name)
        some = told["reconciled"] > 0
        assert told.loc[some & (told["error"] == 0), "at_bound"].all()


@pytest.mark.slow
def test_a_share_of_next_to_nothing_is_not_told():
    """Without the case's own figures nothing holds up Japan's imports of heavy oxides."""
    row = residual(answer(japan(), own=False), "jp-share-cn-heavy-2024")
    assert np.isnan(row["reconciled"])
    assert "less than a tenth of the usual whole" in row["why"]
    assert not residual(of_japan(), "jp-share-cn-heavy-2024")["why"].startswith("not told")


@pytest.mark.slow
def test_japan_overlay_comes_near_to_what_was_reconciled(tmp_path, monkeypatch):
    """The market of the base year, with base flows and demands as reconciled."""
    monkeypatch.setenv("KIDORUI_RUNS", str(tmp_path / "runs"))
    folder = tmp_path / "reconciled"
    assert run(["reconcile", "japan", "--write", str(folder), "--quiet"]) == 0
    off = nearness(of_japan(), solve_base_year(load(folder), Context())).set_index("what")["off"]
    assert off["uses"] < 0.02
    assert off["output by place and stage"] < 0.03
    assert off["flows"] < 0.10


@pytest.mark.slow
def test_japan_with_free_baskets_converges_and_stays_balanced():
    case = japan()
    result = answer(case, baskets="free", cross_check=True)
    assert result.meta["converged"]
    assert open_balances(case, result).abs().max() < 0.1
    assert result.table("coefficients")["moved"].abs().max() < 3
    assert result.meta["objective_highs"] == pytest.approx(
        result.meta["objective_clarabel"], rel=1e-6
    )


def test_the_case_itself_stays_as_it_was():
    before = tiny().hash
    answer(tiny())
    assert replace(tiny()).hash == before
