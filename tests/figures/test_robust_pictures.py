"""Pictures of a robust study say what its tables say."""

from __future__ import annotations

import math

import pytest

from kidorui.figures import NoPicture, picture, pictures
from kidorui.figures.plots import Bars, Dots
from tests.figures.answers_plan import robust_answer


def test_projects_never_built_are_left_out_and_robust_ones_stand_apart():
    made = picture(robust_answer(), "robust")
    assert isinstance(made.plot, Bars)
    sure, unsure = made.plot.series
    assert (sure.role, sure.values[0], unsure.values[1]) == ("plan", 90.0, 40.0)
    assert math.isnan(sure.values[1])
    assert made.plot.rows == ["Magnets *", "Separation"]
    assert list(made.plot.notes) == ["300 (200 to 300)", "10 to 40"]
    assert [mark.at for mark in made.plot.marks] == [80.0]


def test_the_finding_counts_the_robust():
    assert picture(robust_answer(), "robust").finding == (
        "1 of 2 projects that are ever built are built in 80% of the runs or more: Magnets."
    )


def test_assumptions_are_ranked_by_the_money_they_move():
    made = picture(robust_answer(), "assumptions")
    assert isinstance(made.plot, Bars)
    assert made.plot.rows == ["Split of use", "Cost of magnets"]
    turning, moving = made.plot.series
    assert (turning.values[1], moving.values[0]) == (2.0, 7.5)
    assert made.finding.startswith("1 of 3 assumptions turn a decision")
    assert "a-split: 7.5 million US$/yr" in made.finding


def test_without_assumptions_the_picture_says_how_to_ask():
    answer = robust_answer(assumptions=robust_answer().table("assumptions").head(0))
    assert list(pictures(answer)) == ["robust", "figures"]
    with pytest.raises(NoPicture, match="run without --no-assumptions"):
        picture(answer, "assumptions")


def test_figures_spread_about_the_case():
    made = picture(robust_answer(), "figures")
    assert isinstance(made.plot, Dots)
    (series,) = made.plot.series
    # Of 0.5, 1, 1, 1.5 and 2 the tenth percentile is 0.7 and the ninetieth 1.8.
    assert list(series.values) == pytest.approx([100.0, 100.0, 100.0])
    assert list(series.low) == pytest.approx([70.0, 70.0, 70.0])
    assert list(series.high) == pytest.approx([180.0, 180.0, 180.0])
    assert made.plot.notes[0] == "50 million US$ (35 to 90 million US$)"
    assert made.plot.rows[2] == "loss with the plan: C stops all"
    assert made.finding == (
        "Gain over doing nothing: 10 million US$/yr in the case, 7 to 18 million US$/yr over the "
        "runs."
    )
