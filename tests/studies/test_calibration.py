"""Calibration: what fits the record, on which basis, and what bounds hold there."""

import json
from pathlib import Path

import numpy as np
import pytest

from kidorui.case import Case
from kidorui.cli import run
from kidorui.results import Result, result_schema
from kidorui.studies.base_year import solve_base_year
from kidorui.studies.calibration import CalibrateOptions, calibrate, name_of
from kidorui.studies.calibration.bases import Basis, read_basis, symbols
from kidorui.studies.calibration.bounds import fitted_units, free_of_bounds
from kidorui.studies.calibration.prediction import as_it_happened, predict
from kidorui.studies.calibration.year import Seen, solved_year
from kidorui.studies.context import Context
from tests.changed import TINY, edited, tiny, with_rows, with_table, without
from tests.studies.conftest import DictMemo

OF_THE_WORLD = ("CN", "JP", "MY", "AU", "RW")


def calibrated(case: Case, *pasts: Case) -> Result:
    options = CalibrateOptions(tuple(map(name_of, pasts)))
    return calibrate(case, options, Context(), pasts)


@pytest.fixture(scope="module")
def told() -> Result:
    return calibrated(tiny())


def observed(case: Case, *rows: dict, keep: bool = False) -> Case:
    """The case with these observations of 2024, those of the record left out unless `keep`."""
    full = [
        {"id": f"planted-{n}", "year": 2024.0, "source": "agency", "confidence": "high", **row}
        for n, row in enumerate(rows)
    ]
    return with_rows(case, "observations", *full, keep=keep)


def fit(case: Case, **row: object) -> dict:
    """The row of `fits` of one observation."""
    cells = {"kind": "production", "place": "CN", "goods": "ox-NdPr", "value": 1.0, "unit": "t"}
    result = calibrated(observed(case, {**cells, **row}))
    return dict(result.table("fits").iloc[0])


def test_all_declared_tables_are_there(told):
    assert told.faults() == []
    assert set(told.tables) == set(result_schema("calibration"))
    json.dumps(told.meta)


@pytest.mark.parametrize("name", sorted(result_schema("calibration")))
def test_keys_name_a_row(told, name):
    keys = list(result_schema("calibration")[name].keys)
    assert not told.table(name).duplicated(keys).any()


def test_the_same_question_has_the_same_answer(told):
    memo = DictMemo()
    for _ in range(2):
        again = calibrate(tiny(), CalibrateOptions(), Context(memo=memo))
        assert again.hash == told.hash


def test_a_bound_taken_off_never_makes_the_world_worse_off(told):
    bounded, unbound, free = (
        told.meta[f"objective{end}"] for end in ("", "_without_quotas", "_free")
    )
    assert unbound < bounded
    assert free <= unbound + 1e-9 * abs(unbound)


def test_a_planted_figure_is_found_inside_or_outside():
    computed = fit(tiny())["computed"]
    assert computed > 0
    for value, verdict in (
        (computed, "inside"),
        (computed / 1.09, "inside"),
        (computed / 1.11, "outside"),
        (computed / 0.89, "outside"),
    ):
        row = fit(tiny(), value=value)
        assert row["verdict"] == verdict
        assert row["deviation"] == pytest.approx(computed / value - 1)


def test_two_standard_errors_are_inside_where_one_is_stated():
    computed = fit(tiny())["computed"]
    for error, verdict in ((0.06, "inside"), (0.04, "outside")):
        row = fit(tiny(), value=computed / 1.1, uncertainty=error * computed)
        assert row["verdict"] == verdict


def test_heavy_oxides_may_be_further_off_and_mines_less():
    for goods, place, tolerance in (
        ("ox-Dy", "CN", 0.25),
        ("ox-NdPr", "CN", 0.10),
        ("conc-light", "AU", 0.05),
    ):
        assert fit(tiny(), goods=goods, place=place)["tolerance"] == tolerance
    assert fit(tiny(), goods="oxide", unit="t REO, Dy")["tolerance"] == 0.25


def test_prices_are_calibration_whatever_they_are():
    row = fit(tiny(), kind="price", goods="ox-Dy", value=260.0, unit="US$/kg, FOB China")
    assert row["verdict"] == "calibration"
    assert "proves nothing" in row["why"]
    assert np.isnan(row["tolerance"])


@pytest.mark.parametrize(
    ("unit", "word"),
    [
        ("t, in boxes", "in boxes"),
        ("barrels", "barrels"),
        ("US$/kg, China domestic", "China domestic"),
        ("gross t, HS 28x", "HS 28x"),
    ],
)
def test_a_basis_that_is_not_understood_is_compared_with_nothing(unit, word):
    row = fit(tiny(), unit=unit)
    assert row["verdict"] == "not computed"
    assert word in row["why"]
    assert np.isnan(row["computed"])


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        ({"kind": "stock", "place": "JP"}, "a stock is given"),
        ({"unit": "kUSD"}, "tonnes alone"),
        ({"goods": "oxide", "unit": "t REO, Nd"}, "NdPr as one element"),
        ({"kind": "price", "goods": "oxide", "unit": "US$/kg"}, "no such market"),
        ({"kind": "flow", "place": "JP", "unit": "gross t, HS 999999"}, "no such material"),
    ],
)
def test_what_the_model_cannot_tell_it_says(cells, why):
    row = fit(tiny(), **cells)
    assert row["verdict"] == "not computed"
    assert why in row["why"]


def test_words_of_a_unit():
    assert read_basis("t REO, of mines") == Basis("content", of_mines=True)
    assert read_basis("share, NdPrDyTb, primary") == Basis(
        "content", True, elements=("Nd", "Pr", "Dy", "Tb"), primary=True
    )
    assert read_basis("share by value, HS 280530+284690") == Basis(
        "value", True, hs=("280530", "284690")
    )
    assert read_basis("gross t, HS 284610") == Basis("gross", hs=("284610",))
    assert symbols("NdPr") == ("Nd", "Pr")
    assert symbols("rest") == symbols("HS") == symbols("") == ()


def test_shares_of_the_world_add_up_and_scrap_is_told_apart():
    rows = [
        {"kind": "share", "place": place, "goods": "oxide", "value": 0.5, "unit": unit}
        for unit in ("share, NdPrDy, primary", "share, NdPrDy, with scrap")
        for place in OF_THE_WORLD
    ]
    fits = calibrated(observed(tiny(), *rows)).table("fits")
    primary, with_scrap = fits["computed"][:5], fits["computed"][5:]
    assert primary.sum() == pytest.approx(1.0)
    assert with_scrap.sum() == pytest.approx(1.0)
    assert not np.allclose(primary, with_scrap)
    assert (fits["deviation"] == fits["computed"] - 0.5).all()


def test_sources_that_disagree_span_what_lies_between_them():
    share = fit(tiny(), kind="share", goods="oxide", unit="share")["computed"]
    cells = {"kind": "share", "place": "CN", "goods": "oxide", "unit": "share"}
    values = (share - 0.1, share + 0.05, share + 0.01)
    case = observed(tiny(), *({**cells, "value": value} for value in values))
    assert list(calibrated(case).table("fits")["verdict"]) == [
        "between sources",
        "between sources",
        "inside",
    ]


def test_imports_are_told_by_weight_and_by_value():
    case = edited(tiny(), "plants", "magnet-jp", capacity=9000.0)
    flow = {"kind": "flow", "place": "JP", "origin": "CN", "goods": "magnet", "value": 1.0}
    share = {**flow, "kind": "share"}
    fits = calibrated(
        observed(
            case,
            {**flow, "unit": "t"},
            {**flow, "unit": "kUSD, HS 850511"},
            {**share, "unit": "share by weight, HS 850511+280530+284690"},
            {**share, "unit": "share by value, HS 850511+280530+284690"},
        )
    ).table("fits")
    weight, value, by_weight, by_value = fits["computed"]
    base = solve_base_year(case, Context())
    price = base.pools.set_index(["material", "place"])["price"]["magnet", "CN"]
    assert weight == pytest.approx(2500.0)
    assert value == pytest.approx(weight * price)
    assert 0 < by_weight < 1
    assert 0 < by_value < 1
    assert by_weight != pytest.approx(by_value, rel=1e-3)
    assert fits["fixed"][0] == 1.0
    assert "held by bounds" in fits["why"][0]


def test_what_splits_or_blends_makes_nothing():
    case = with_rows(
        tiny(),
        "materials",
        {"id": "ox-fine", "name": "Fine oxide", "stage": "oxide", "base_price": 60.0,
         "disposal_cost": 1.0, "source": "assumed", "confidence": "low"},
    )  # fmt: skip
    case = with_rows(
        case,
        "contents",
        {"material": "ox-fine", "element": "NdPr", "content": 1.0, "source": "assumed",
         "confidence": "low"},
    )  # fmt: skip
    line = {"recipe": "refine", "source": "assumed", "confidence": "low"}
    case = with_rows(
        case,
        "recipes",
        {**line, "material": "ox-NdPr", "coefficient": -1.0},
        {**line, "material": "ox-fine", "coefficient": 1.0},
    )
    case = with_rows(
        case,
        "modes",
        {"plant": "sep-my", "recipe": "refine", "variable_cost": 0.1, "source": "assumed",
         "confidence": "low"},
    )  # fmt: skip
    fine = {"place": "MY", "material": "ox-fine", "year": 2024.0, "elasticity": -0.3,
            "value_lost": 900.0, "source": "assumed", "confidence": "low"}  # fmt: skip
    case = with_rows(case, "demands", {**fine, "sector": "glass", "quantity": 100.0})
    base = solve_base_year(case, Context())
    year = solved_year(base.network, base.solution)
    refined = Seen("production", "MY", "", "ox-fine", Basis("weight"))
    assert year.measure(refined)[0] > 50
    by_plant = base.network.units["id"].to_numpy()[base.network.activities["unit"]]
    made = np.bincount(
        (by_plant == "sep-my").astype(int),
        weights=year.produced(year.counted(Seen("production", "", "", "oxide", Basis("weight"))),
                              Basis("weight")),
    )[1]  # fmt: skip
    separated = year.activity[
        (by_plant == "sep-my") & (base.network.activities["recipe"] == "sep-light").to_numpy()
    ].sum()
    assert made == pytest.approx(0.19 * separated)


def test_use_is_what_was_mined_and_crossed_the_border():
    case = without(tiny(), "stockpiles")
    base = solve_base_year(case, Context())
    year = solved_year(base.network, base.solution)
    use, _ = year.measure(Seen("demand", "JP", "", "oxide", Basis("content", apparent="use")))
    into, _ = year.measure(
        Seen("demand", "JP", "", "oxide", Basis("content", apparent="with magnets"))
    )
    links = base.network.links
    content = base.network.content_of(links["material"]).sum(axis=1)
    sign = (links["destination"] == "JP").astype(float) - (links["origin"] == "JP")
    assert into == pytest.approx(float((content * year.flow * sign).sum()))
    magnets = (links["material"] == "magnet").to_numpy()
    assert into - use == pytest.approx(float((content * year.flow * sign)[magnets].sum()))


def test_a_quota_that_binds_is_named_with_its_worth_and_share(told):
    row = told.table("bounds").iloc[0]
    assert (row["kind"], row["what"], row["stage"]) == ("quota", "mine-cn", "mine")
    assert row["binds"]
    assert row["worth"] > 0
    assert row["content"] == pytest.approx(160_000 * 0.202)
    fixed = told.table("fixed").set_index(["stage", "counted"])
    assert fixed.loc[("mine", "quotas"), "fixed"] == pytest.approx(row["content"])
    assert fixed.loc[("mine", "quotas"), "share"] == pytest.approx(row["share"])
    assert fixed.loc[("mine", "all but quotas"), "share"] == 0


def test_a_quota_that_does_not_bind_fixes_nothing():
    case = edited(tiny(), "plants", "mine-cn", quota=199_000.0, capacity=200_000.0)
    result = calibrated(case)
    row = result.table("bounds").set_index("what").loc["mine-cn"]
    assert not row["binds"]
    assert row["worth"] == 0
    assert result.table("fixed").set_index(["stage", "counted"])["fixed"]["mine", "quotas"] == 0


def test_a_base_flow_that_binds_is_a_trade_bound():
    result = calibrated(edited(tiny(), "plants", "magnet-jp", capacity=9000.0))
    bounds = result.table("bounds")
    row = bounds[(bounds["what"] == "magnet") & (bounds["place"] == "JP")].iloc[0]
    assert (row["kind"], row["origin"], row["bound"], row["binds"]) == (
        "base flow", "CN", 2500.0, True,
    )  # fmt: skip
    fixed = result.table("fixed").set_index(["stage", "counted"])["fixed"]
    assert fixed["magnet", "base flows"] == pytest.approx(2500 * 0.373)
    assert fixed["magnet", "all but quotas"] == fixed["magnet", "base flows"]


def test_a_capacity_equal_to_an_observed_output_is_told_as_fitted():
    could = 38_000 * 0.9 * 0.19
    mines = {"kind": "production", "place": "MY", "goods": "ox-NdPr", "unit": "t"}
    case = observed(tiny(), {**mines, "value": could * 1.01})
    bounds = calibrated(case).table("bounds").set_index("what")
    assert bounds.loc["sep-my", "kind"] == "fitted capacity"
    assert "equals an output observed" in bounds.loc["sep-my", "why"]
    further_off = observed(tiny(), {**mines, "value": could * 1.05})
    assert "sep-my" not in set(calibrated(further_off).table("bounds")["what"])


def test_a_base_flow_equal_to_an_observed_output_says_so():
    rows = {"kind": "production", "goods": "magnet", "unit": "t"}
    case = observed(tiny(), {**rows, "place": "JP", "value": 1000.0})
    why = calibrated(case).table("bounds").set_index(["what", "place"])["why"]
    assert "equals an output observed" in why["magnet", "RW"]
    assert "equals an output observed" not in why["magnet", "JP"]


def test_a_ramp_fitted_to_an_output_runs_to_its_nameplate_when_free():
    case = edited(tiny(), "plants", "mine-au", opening=2024.0, ramp=(0.5, 1.0))
    output = {"kind": "production", "place": "AU", "goods": "conc-light", "unit": "t"}
    case = observed(case, {**output, "value": 13_000 * 0.95})
    row = calibrated(case).table("fits").iloc[0]
    assert row["computed"] == pytest.approx(13_000 * 0.95)
    assert row["fixed"] == 1.0
    network = solve_base_year(case, Context()).network
    fitted = fitted_units(case, network)
    assert list(network.units["id"][fitted]) == ["mine-au"]
    assert free_of_bounds(network, fitted).capacity[0][fitted] == pytest.approx(26_000 * 0.95)
    untouched = free_of_bounds(network, fitted).capacity[0][~fitted]
    assert untouched == pytest.approx(network.capacity[0][~fitted])


def test_no_maker_is_held_beyond_what_it_makes():
    for capacity in (9000.0, 12_000.0):
        fixed = calibrated(edited(tiny(), "plants", "magnet-jp", capacity=capacity)).table("fixed")
        assert (fixed["share"] <= 1 + 1e-9).all()
        wide = fixed.pivot(index="stage", columns="counted", values="fixed")
        parts = wide[["quotas", "base flows", "fitted capacities"]]
        assert (wide["all"] <= parts.sum(axis=1) + 1e-6).all()
        assert (wide["all"] >= parts.max(axis=1) - 1e-6).all()


def test_too_much_held_by_bounds_is_said(told):
    assert not any("Bounds fix" in note for note in told.meta["notes"])
    held = calibrated(edited(tiny(), "plants", "metal-cn", quota=40_000.0))
    assert any("Bounds fix" in note and "no test" in note for note in held.meta["notes"])


def test_much_that_is_unexplained_is_a_finding_that_fails(told):
    assert told.meta["failures"] == []
    starved = edited(tiny(), "plants", "mine-cn", quota=20_000.0)
    starved = edited(starved, "plants", "ion-cn", quota=20_000.0)
    result = calibrated(starved)
    row = result.table("unexplained").set_index("element").loc["NdPr"]
    assert row["finding"]
    assert row["share"] > row["limit"] == 0.10
    assert row["free"] < row["unexplained"]
    assert [f for f in result.meta["failures"] if f.startswith("NdPr")]


def test_a_fit_that_is_lost_without_bounds_says_so():
    held = {"kind": "production", "place": "CN", "goods": "conc-light", "unit": "t"}
    row = fit(tiny(), **{**held, "value": 160_000.0})
    assert row["verdict"] == "inside"
    assert row["fixed"] == 1.0
    assert "held by bounds: no test" in row["why"]
    downstream = fit(tiny(), goods="ox-NdPr")
    row = fit(tiny(), goods="ox-NdPr", value=downstream["computed"] * 0.95)
    assert row["verdict"] == "inside"
    assert row["deviation_free"] > row["tolerance"]
    assert "rests on bounds" in row["why"]


def test_every_miss_is_said(told):
    missed = told.table("fits").query("verdict == 'outside'")
    notes = [note for note in told.meta["notes"] if note.startswith("Miss")]
    assert len(notes) == len(missed) > 0


def next_year(case: Case, **row: object) -> Case:
    """The case with prices of dysprosium in both years, and one more figure of 2025."""
    price = {"kind": "price", "place": "CN", "goods": "ox-NdPr", "unit": "US$/kg, FOB China"}
    both = [{**price, "value": 50.0}, {**price, "value": 50.0, "year": 2025.0, "id": "price-2025"}]
    return observed(case, *both, *([{"year": 2025.0, **row}] if row else []))


def surging(case: Case, share: float) -> Case:
    table = case.table("events").copy()
    table.loc[table["id"] == "boom", ["start", "severity"]] = [2025.0, share]
    return with_table(case, "events", table)


def test_the_year_after_is_computed_from_demand_and_events_alone():
    calm, boom = (predict(next_year(surging(tiny(), s)), Context()) for s in (0.0, 0.1))
    assert list(calm["year"]) == [2025]
    assert boom["computed"][0] > calm["computed"][0]
    assert boom["change_computed"][0] > calm["change_computed"][0]
    assert (boom["before"] == 50).all()
    assert (boom["change"] == 0).all()


def test_a_prediction_is_judged_by_its_change_and_beside_no_change():
    found = predict(next_year(tiny()), Context()).iloc[0]
    ratio = 1 + found["change_computed"]
    for factor, verdict in ((1.2, "inside"), (1.3, "outside"), (1 / 1.2, "inside")):
        case = next_year(tiny())
        table = case.table("observations").copy()
        table.loc[table["year"] == 2025, "value"] = 50.0 * ratio * factor
        row = predict(with_table(case, "observations", table), Context()).iloc[0]
        assert row["verdict"] == verdict
        no_change = max(ratio * factor, 1 / (ratio * factor))
        nearer = "model" if max(factor, 1 / factor) < no_change else "no change"
        assert row["nearer"] == nearer


def test_a_figure_without_one_of_the_year_before_has_no_verdict():
    case = next_year(tiny(), kind="flow", place="JP", origin="CN", goods="magnet", value=2.0,
                     unit="t")  # fmt: skip
    row = predict(case, Context()).iloc[1]
    assert row["verdict"] == "not computed"
    assert "no observation of the year before" in row["why"]


def test_history_is_in_force_from_the_year_it_began_and_not_before():
    for year, began in ((2024, False), (2025, True)):
        events = as_it_happened(surging(tiny(), 0.1), year).table("events").set_index("id")
        assert events.loc["boom", "in_force"] == began
        assert events.loc["licence-cn", "in_force"] == began
        assert not events.loc["ban-cn", "in_force"]


def test_the_cases_to_predict_from_must_be_those_named():
    with pytest.raises(ValueError, match="not those the options name"):
        calibrate(tiny(), CalibrateOptions(("other 0",)), Context())


def test_predictions_stand_in_the_result():
    result = calibrated(tiny(), next_year(tiny()))
    assert list(result.table("prediction")["year"]) == [2025]
    asked = result.summary["question"]
    assert asked.str.contains("predicted").any()
    assert not calibrated(tiny()).summary["question"].str.contains("predicted").any()


@pytest.fixture
def overlay(tmp_path: Path) -> Path:
    """A folder that lays prices of two years over the tiny case."""
    (tmp_path / "past").mkdir()
    (tmp_path / "past" / "case.toml").write_text(f'extends = "{TINY}"\nname = "past"\n')
    (tmp_path / "past" / "observations.csv").write_text(
        "id,year,kind,place,origin,goods,value,unit,uncertainty,source,confidence,note\n"
        'p-24,2024,price,CN,,ox-NdPr,55,"US$/kg, FOB China",,agency,high,\n'
        'p-25,2025,price,CN,,ox-NdPr,57,"US$/kg, FOB China",,agency,high,\n'
    )
    return tmp_path / "past"


def test_the_command_tells_stores_and_recalls(overlay, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("KIDORUI_RUNS", str(tmp_path / "runs"))
    ask = ["calibrate", str(TINY), "--predict", str(overlay)]
    assert run([*ask, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["kind"] == "calibration"
    assert answer["tables"]["prediction"][0]["id"] == "p-25"
    assert run(ask) == 0
    out = capsys.readouterr().out
    assert "(stored " in out
    assert "Does the base year fit?" in out
    assert "mine-cn" in out
    assert run(["calibrate", str(TINY), "--quiet"]) == 0
    assert capsys.readouterr().out == ""


def test_the_command_fails_on_a_finding(tmp_path, monkeypatch, capsys):
    import shutil

    monkeypatch.setenv("KIDORUI_RUNS", str(tmp_path / "runs"))
    folder = shutil.copytree(TINY, tmp_path / "starved")
    plants = (folder / "plants.csv").read_text()
    (folder / "plants.csv").write_text(plants.replace(",1,160000,", ",1,20000,"))
    assert run(["calibrate", str(folder)]) == 1
    assert "of the world's use, above 10%" in capsys.readouterr().out
    assert run(["calibrate", "nowhere"]) == 2


def test_every_element_closes(told):
    balance = told.table("balance").set_index("element")
    assert list(balance.index) == ["NdPr", "Dy"]
    base = solve_base_year(tiny(), Context())
    network, solution = base.network, base.solution
    stage = network.units["stage"].to_numpy()[network.activities["unit"]]
    run_ = solution.values["activity"][0]
    held = network.content_of(network.pools["material"])
    # what is mined is used as magnets, thrown away, or lost between the two in making
    lost = -(network.recipes.T @ held)[stage != "mine"].T @ run_[stage != "mine"]
    served = solution.values["served"].reshape(len(network.demands), -1).sum(axis=1)
    saved = solution.values["saved"][0]
    used = served @ network.content_of(network.demands["material"])
    used -= saved @ network.content_of(network.savings["material"])
    assert balance["mined"].to_numpy() == pytest.approx(
        used + balance["disposed"].to_numpy() + lost
    )
    assert (balance["unmet_share"].between(0, 1)).all()
    assert (balance["recovered"].between(0, 1)).all()
