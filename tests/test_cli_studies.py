"""Commands with their real studies, on the tiny case: what a user sees of them."""

import json
from pathlib import Path

import pytest

from kidorui.cli import run

TINY = str(Path(__file__).parent / "cases" / "tiny")


@pytest.fixture(autouse=True)
def store(tmp_path, monkeypatch):
    monkeypatch.setenv("KIDORUI_RUNS", str(tmp_path / "runs"))


def said(capsys, *arguments):
    code = run(arguments)
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_sources_tell_the_share_of_rows_cost_and_answer(capsys):
    code, out, _ = said(capsys, "sources", TINY)
    assert code == 0
    words = " ".join(out.split())
    assert "47% of the rows" in words
    assert "of the cost of what the plan builds" in words
    rows = json.loads(said(capsys, "sources", TINY, "--json")[1])
    assert rows[-1]["source"] == "(assumed)"
    assert sum(row["answer"] for row in rows[:-1]) == pytest.approx(1.0)


def test_a_plan_with_all_that_can_be_asked_of_it(capsys):
    code, out, _ = said(
        capsys,
        *("plan", TINY, "--quick", "--frontier", "2", "--alternatives", "1", "--slack", "1%"),
        *("--price", "ox-NdPr=0.5"),
    )
    assert code == 0
    for title in ("Regret:", "Frontier:", "Plans nearly as good:", "Who does not go on"):
        assert title in out
    assert "stops" in out


@pytest.mark.parametrize(
    ("option", "words"),
    [
        (("--slack", "two"), "--slack two: a share such as 2% or 0.02 is accepted"),
        (("--price", "ox-NdPr"), "--price ox-NdPr: MATERIAL=PRICE in US$/kg is accepted"),
        (("--price", "oxNdPr=1"), "--price oxNdPr: not in materials; did you mean ox-NdPr?"),
    ],
)
def test_options_that_cannot_be_read_are_refused(capsys, option, words):
    extra = ("--alternatives", "1") if option[0] == "--slack" else ()
    code, out, err = said(capsys, "plan", TINY, *extra, *option)
    assert (code, out) == (2, "")
    assert words in err


def test_the_robust_list_and_the_run_it_is_kept_in(capsys):
    code, out, _ = said(capsys, "robust", TINY, "--runs", "3", "--no-assumptions")
    assert code == 0
    assert "builds that are right in 80% of the runs" in " ".join(out.split())
    run_id = out.rsplit("kidorui show ", 1)[1].strip()
    assert "heavy-my" in said(capsys, "show", run_id, "projects")[1]
    again = said(capsys, "robust", TINY, "--runs", "3", "--no-assumptions")[1]
    assert f"run {run_id} (stored" in again


def test_a_stress_with_all_that_can_be_asked_of_it(capsys):
    assert said(capsys, "plan", TINY, "--quick", "--quiet")[0] == 0
    plan = json.loads(said(capsys, "runs", "--json")[1])[0]["run"]
    asked = ("stress", TINY, "ban-cn", "--months", "12", "--draws", "4", "--plan", plan)
    code, out, err = said(capsys, *asked)
    assert code == 0, err
    for title in (
        "Who stops in",
        "Day of the first stop, by what the state holds",
        "What would have prevented it",
        "The plan replayed",
        "Chance that a sector stands",
        "What drives it",
    ):
        assert title in " ".join(out.split()), title
    answer = json.loads(said(capsys, *asked, "--json")[1])
    assert {"stops", "table", "prevention", "replay", "fans"} <= set(answer["tables"])
    assert len({row["draw"] for row in answer["tables"]["draws"]}) == 4


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (("ban-ch",), "--event ban-ch: not in events; did you mean ban-cn?"),
        (("ban-cn", "--foresight", "some"), "foresight 'some'; none, a number of months, or"),
    ],
)
def test_a_stress_that_cannot_be_read_is_refused(capsys, asked, words):
    code, out, err = said(capsys, "stress", TINY, *asked)
    assert (code, out) == (2, "")
    assert words in " ".join(err.split())


def test_only_a_plan_can_be_replayed(capsys):
    assert said(capsys, "stress", TINY, "--months", "2", "--quick", "--quiet")[0] == 0
    run_id = json.loads(said(capsys, "runs", "--json")[1])[0]["run"]
    code, _, err = said(capsys, "stress", TINY, "--plan", run_id)
    assert code == 2
    assert "a run of stress; one of plan is accepted" in err


def test_an_exposure_of_all_that_may_fail(capsys):
    code, out, _ = said(capsys, "exposure", TINY)
    assert code == 0
    for words in (
        "On whom do we depend?",
        "What if one thing fails?",
        "What would a stock buy?",
        "What if they cut us off, and what does it cost them?",
        "Countries without which Japan loses most",
    ):
        assert words in out
    again = said(capsys, "exposure", TINY)[1]
    assert "(stored " in again


def test_an_exposure_without_outages_from_another_place(capsys):
    code, out, _ = said(capsys, "exposure", TINY, "--quick", "--focus", "RW", "--json")
    assert code == 0
    told = json.loads(out)["tables"]
    assert told["n_minus_1"] == []
    assert {row["origin"] for row in told["shares"] if row["stage"] == "magnet"} >= {"CN", "JP"}


def test_an_exposure_that_cannot_be_told_is_refused_with_all_that_is_wrong(capsys):
    code, out, err = said(capsys, "exposure", TINY, "--focus", "XX", "--year", "1990")
    assert (code, out) == (2, "")
    assert "--focus XX: no place XX; the case has CN, JP, AU, MY, RW" in err
    assert "--year 1990: a year from 2024 to" in err
