"""Validation: how a check is judged, what a miss does, and what is measured on a path."""

import json
import math

import numpy as np
import pandas as pd
import pytest

from kidorui.cli.exits import Refused
from kidorui.cli.validating import validate as command
from kidorui.network.months import MONTH
from kidorui.program import Infeasible
from kidorui.results import result_schema
from kidorui.studies.calibration import name_of
from kidorui.studies.context import Context
from kidorui.studies.stress.lived import Lived, live
from kidorui.studies.stress.scenario import scenario
from kidorui.studies.stress.world import Foresight, prepare_world
from kidorui.studies.validation import (
    ValidateOptions,
    cases_for,
    episodes_asked,
    study,
    trade,
    validate,
)
from kidorui.studies.validation.checks import (
    Found,
    changed,
    chosen,
    judge,
    read_checks,
    read_known,
    read_parameters,
    read_record,
)
from kidorui.studies.validation.episodes import EPISODES, N_MINUS_1
from kidorui.studies.validation.markets import basket, border_price, paid, ratio
from kidorui.studies.validation.measures import _MEASURES
from kidorui.studies.validation.series import _SERIES
from kidorui.studies.validation.told import band
from tests.changed import tiny

NAN = math.nan
MYANMAR = "Myanmar 2024-25"


@pytest.mark.parametrize(
    ("low", "high", "value", "verdict"),
    [
        (51, 81, 66.2, "inside"),
        (51, 81, 51, "inside"),
        (51, 81, 81, "inside"),
        (51, 81, 50.99, "outside"),
        (51, 81, 81.01, "outside"),
        (150, NAN, 211, "inside"),
        (150, NAN, 149, "outside"),
        (NAN, 5, -0.9, "inside"),
        (NAN, 5, 5.1, "outside"),
        (0, 0, 0, "inside"),
        (0, 0, 1e-9, "inside"),
        (0, 0, 1, "outside"),
        (30, 80, NAN, "outside"),
        (NAN, NAN, 37, "reported"),
    ],
)
def test_a_figure_is_judged_by_its_band(low, high, value, verdict):
    assert judge(Found(value), low, high) == verdict


@pytest.mark.parametrize(
    ("ends", "verdict"),
    [((40, 70), "inside"), ((20, 70), "outside"), ((40, NAN), "outside"), ((40, 90), "outside")],
)
def test_all_of_a_range_must_be_inside(ends, verdict):
    assert judge(Found(52, *ends, has_range=True), 30, 80) == verdict


def test_bands_in_words():
    assert band(51, 81) == "51 to 81"
    assert band(150, NAN) == "at least 150"
    assert band(NAN, 5) == "at most 5"
    assert band(NAN, NAN) == "not judged"


def test_checks_are_chosen_by_name_or_episode():
    checks = read_checks()
    assert list(chosen(checks, ())["check"]) == list(checks["check"])
    assert len(chosen(checks, ("2010",))) == 8
    assert set(chosen(checks, ("halt",))["episode"]) == {"halt of 2010"}
    assert list(chosen(checks, ("mm-stops",))["check"]) == ["mm-stops"]
    assert list(chosen(checks, ("mm-stops", "cut"))["check"]) == ["mm-stops", "cut-gdp"]
    with pytest.raises(ValueError, match="no check or episode 1973"):
        chosen(checks, ("2010", "1973"))


def test_episodes_follow_from_names():
    assert episodes_asked(("mm-stops",), fast=False) == [MYANMAR]
    assert episodes_asked((), fast=False) == [*(e.name for e in EPISODES), N_MINUS_1]
    slow = {episode.name for episode in EPISODES if not episode.fast}
    assert set(episodes_asked((), fast=True)) == set(episodes_asked((), fast=False)) - slow


def test_every_check_has_an_episode_a_measure_and_a_verdict_known():
    checks, known = read_checks(), read_known()
    assert checks["check"].is_unique
    assert set(checks["episode"]) == {*(e.name for e in EPISODES), N_MINUS_1}
    assert {*_MEASURES, "2025-first-stop", "iea-n1"} == set(checks["check"])
    assert list(known.index) == list(checks["check"])
    assert set(known["verdict"]) <= {"inside", "outside", "reported"}
    assert (checks["source"] != "").all()
    for episode in EPISODES:
        rows = checks[checks["episode"] == episode.name]
        assert set(rows["case"]) == {episode.case}


def test_every_known_miss_says_why():
    known = read_known()
    missed = known[known["verdict"] == "outside"]
    assert (missed["why"].str.len() > 40).all()


def test_the_record_is_of_series_that_are_told():
    record = read_record()
    told = {(e, what, unit) for e, rows in _SERIES.items() for what, unit, _ in rows}
    assert set(record[["episode", "what", "unit"]].itertuples(index=False, name=None)) <= told
    assert (record["source"] != "").all()


def test_parameters_set_from_2025_say_so():
    table = read_parameters().set_index(["id", "column"])
    assert table.loc[("cn-magnets-2025", "easing"), "set_from"] == "fitted on 2025"
    allowed = result_schema("validate")["parameters"].columns[4].accepts
    assert set(table["set_from"]) <= set(allowed)


def test_only_a_check_that_passed_and_no_longer_does_is_lost():
    known = pd.DataFrame(
        {"verdict": ["inside", "inside", "outside", "outside"]}, index=["a", "b", "c", "d"]
    )
    now = {"a": "outside", "b": "inside", "c": "inside", "d": "outside", "new": "outside"}
    assert changed(now, known) == (["a"], ["c"])
    assert changed({"a": "failed"}, known) == (["a"], [])
    assert changed({}, known) == ([], [])


@pytest.fixture
def stub(monkeypatch):
    """Episodes that are not run: `found` says what they would have given."""
    found: dict[str, float] = {"mm-price-tb": 20.0, "mm-stops": 0.0}
    monkeypatch.setattr(study, "relive", lambda episode, cases, context: {episode.case: None})
    monkeypatch.setattr(study, "measure", lambda check, paths: Found(found[check]))
    monkeypatch.setattr(study, "series", lambda name, lived: study.no_series())
    return found


def validated(*names: str):
    cases = cases_for(episodes_asked(names, fast=False))
    options = ValidateOptions(names, cases=tuple(map(name_of, cases.values())))
    return validate(cases, options, Context())


def test_all_inside_is_no_failure(stub):
    result = validated("mm")
    assert result.faults() == []
    assert set(result.tables) == set(result_schema("validate"))
    assert result.meta["counts"] == {"inside": 2, "outside": 0, "reported": 0, "failed": 0}
    assert result.meta["failures"] == []
    json.dumps(result.meta)


def test_a_miss_is_a_failure_that_says_what_was_found(stub):
    stub["mm-price-tb"] = 60.0
    result = validated("mm")
    row = result.table("checks").set_index("check").loc["mm-price-tb"]
    assert row["verdict"] == "outside"
    assert row["computed"] == 60
    assert row["why"]
    (failure,) = result.meta["failures"]
    assert failure.startswith("mm-price-tb: 60 percent, inside when 5 to 45.")
    assert result.summary.set_index("headline")["value"]["outside"] == 1


def test_what_never_happens_is_told_as_never(stub):
    stub["mm-price-tb"] = NAN
    (failure,) = validated("mm").meta["failures"]
    assert failure.startswith("mm-price-tb: never percent")


def test_an_episode_that_cannot_be_solved_fails_and_the_others_go_on(stub, monkeypatch):
    stub["2015-price"] = 0.0

    def relive(episode, cases, context):
        if episode.name == MYANMAR:
            raise Infeasible([])
        return {episode.case: None}

    monkeypatch.setattr(study, "relive", relive)
    result = validated("mm", "2015")
    verdicts = result.table("checks").set_index("check")["verdict"].to_dict()
    assert verdicts == {"mm-price-tb": "failed", "mm-stops": "failed", "2015-price": "inside"}
    assert len(result.meta["failures"]) == 2


def test_the_cases_must_be_those_named(stub):
    with pytest.raises(ValueError, match="not those the options name"):
        validate(cases_for([MYANMAR]), ValidateOptions(("mm",)), Context())


def test_the_command_tells_stores_and_fails_on_a_miss(stub, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("KIDORUI_RUNS", str(tmp_path / "runs"))
    assert command("mm", quiet=True) == 0
    assert command("mm", json=True) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["kind"] == "validate"
    assert answer["meta"]["counts"]["inside"] == 2
    assert command("mm") == 0
    assert "(stored " in capsys.readouterr().out
    stub["mm-stops"] = 3.0
    assert command("mm", force=True) == 1
    out = capsys.readouterr().out
    assert "Does it reproduce what happened?" in out
    assert "mm-stops: 3" in out
    assert command("mm", json=True) == 1


def test_the_command_refuses_names_it_does_not_know():
    with pytest.raises(Refused, match="no check or episode 1973"):
        command("1973")


@pytest.fixture(scope="module")
def lived() -> Lived:
    case = tiny()
    asked = scenario(case, ["ban-cn"], months=6, lead=3)
    world = prepare_world(case, asked, Foresight.parse("none"), Context())
    return live(world, asked)


def test_goods_arrive_as_long_after_as_they_are_under_way(lived):
    """Magnets from China are 14 days at sea: of a month's, 14 days' worth land in the next."""
    share = 14 / 365.25 / MONTH
    left = trade.exports(lived, "CN", ("magnet",), to="JP")
    came = trade.imports(lived, ("magnet",), "CN")
    assert came[0] == pytest.approx(left[0])
    assert came[1:] == pytest.approx((1 - share) * left[1:] + share * left[:-1])
    assert came[lived.lead] > left[lived.lead]


def test_exports_are_of_all_destinations_and_imports_of_all_origins(lived):
    to = sum(trade.exports(lived, "CN", ("magnet",), place) for place in ("JP", "RW"))
    assert trade.exports(lived, "CN", ("magnet",)) == pytest.approx(to)
    of = sum(trade.imports(lived, ("oxide",), place) for place in ("CN", "MY"))
    assert trade.imports(lived, ("oxide",)) == pytest.approx(of)
    names = trade.materials_of(lived, ("oxide",))
    assert trade.import_weight(lived, names) == pytest.approx(of)


def test_value_is_weight_at_the_price_of_the_border(lived):
    price = border_price(lived, "ox-Dy", "JP")
    weight = trade.import_weight(lived, ["ox-Dy"])
    assert trade.import_value(lived, ["ox-Dy"]) == pytest.approx(weight * price)


def test_prices_outside_rise_over_those_inside_in_a_ban(lived):
    apart = ratio(lived, "ox-Dy", "JP")
    assert apart[lived.lead] > apart[: lived.lead].max()
    mean = basket(lived, {"ox-Dy": 1.0, "ox-NdPr": 3.0}, "JP")
    each = [border_price(lived, name, "JP") for name in ("ox-Dy", "ox-NdPr")]
    assert mean == pytest.approx((each[0] + 3 * each[1]) / 4)
    assert np.isnan(border_price(lived, "ox-Dy", "nowhere")).all()
    whole = paid(lived, "ox-Dy")
    inside = border_price(lived, "ox-Dy", "CN")
    assert (whole >= np.minimum(inside, border_price(lived, "ox-Dy", "JP")) * 0.99).all()


def test_the_months_of_a_year_and_the_calm(lived):
    assert len(trade.year(lived, int(lived.labels[0][:4]))) <= 12
    assert len(range(*trade.calm(lived).indices(99))) == lived.lead


def test_raw_goods_but_cerium(lived):
    assert trade.non_cerium_oxides(lived) == ["mixed-heavy", "ox-NdPr", "ox-Dy"]
    assert trade.apparent_use(lived)[0] > 0
