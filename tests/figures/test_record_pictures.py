"""Pictures of calibration, reconcile and validate: what they draw is what the tables say."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import pytest

from kidorui.figures import drawings, picture
from kidorui.figures.plots import Bars, Dots, Lines
from kidorui.results import Result
from tests.figures.answers_record import calibration_answer, reconcile_answer, validate_answer
from tests.figures.wellformed import flaws

ANSWERS: Mapping[str, Callable[[], Result]] = {
    "calibration": calibration_answer,
    "reconcile": reconcile_answer,
    "validate": validate_answer,
}
EACH = [(kind, name) for kind in ANSWERS for name in drawings(kind)]


def dots(answer: Result, name: str) -> Dots:
    plot = picture(answer, name).plot
    assert isinstance(plot, Dots)
    return plot


@pytest.mark.parametrize(("kind", "name"), EACH)
def test_every_picture_is_whole(kind: str, name: str) -> None:
    assert flaws(picture(ANSWERS[kind](), name)) == []


def test_fits_count_what_no_bound_holds_apart() -> None:
    made = picture(calibration_answer(), "fits")
    assert isinstance(made.plot, Bars)
    rows = list(zip(made.plot.groups, made.plot.rows, strict=True))
    assert rows == [
        ("Not held by a bound: a test", "output"),
        ("", "shares"),
        ("", "imports by value"),
        ("Held by a bound", "output"),
    ]
    inside, between, outside = (series.values for series in made.plot.series)
    assert (inside, between, outside) == ([1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 1])
    assert "1 of 4 figures are inside their tolerance, 2 outside" in made.finding


def test_misses_put_first_what_misses_by_most_of_what_was_tolerated() -> None:
    plot = dots(calibration_answer(), "misses")
    assert plot.rows == ["B, output", "A from C, by value"]
    assert plot.series[0].values == [20.0, -100.0]
    assert (plot.spans[0].low[0], plot.spans[0].high[0]) == (-5.0, 5.0)
    assert plot.notes == ["100% bound", ""]


def test_fixed_stacks_the_kinds_of_bounds_by_stage() -> None:
    made = picture(calibration_answer(), "fixed")
    assert isinstance(made.plot, Bars)
    assert made.plot.rows == ["mining", "metal making", "all stages"]
    assert [series.values[0] for series in made.plot.series] == [70.0, 10.0]
    assert "44% of the world" in made.finding
    assert "mining, 80%" in made.finding


def test_residuals_mark_what_was_taken_out_and_the_bound_it_passed() -> None:
    made = picture(reconcile_answer(), "residuals")
    plot = dots(reconcile_answer(), "residuals")
    assert plot.rows == ["A from B", "A from C", "C, output"]  # one without a test is left out
    fitted, out = plot.series
    assert math.isnan(fitted.values[0])
    assert out.values[0] == -3.4
    assert sorted(mark.at for mark in plot.marks) == [-3.34, -2.0, 2.0, 3.34]
    assert "1 of 3 figures cannot be right, most of all A from B" in made.finding


def test_without_gross_errors_there_is_no_critical_bound() -> None:
    table = reconcile_answer().table("residuals").assign(gross=False)
    none = reconcile_answer(
        residuals=table, gross_errors=reconcile_answer().table("gross_errors").head(0)
    )
    assert sorted(mark.at for mark in dots(none, "residuals").marks) == [-2.0, 2.0]
    assert picture(none, "residuals").finding.startswith("No figure is a gross error")


def test_moved_tells_flows_by_change_and_errors_only_where_determined() -> None:
    plot = dots(reconcile_answer(), "moved")
    assert plot.rows == ["clay, B to C", "la oxide, C to A"]
    assert plot.series[1].values == [50.0, 104.0]
    assert math.isnan(plot.series[1].low[0])
    assert (plot.series[1].low[1], plot.series[1].high[1]) == (102.0, 106.0)
    assert plot.notes == ["", "determined"]


def test_checks_stand_in_widths_of_their_range_misses_first() -> None:
    plot = dots(validate_answer(), "checks")
    assert plot.rows == ["far", "open", "none", "in"]
    recorded, computed = plot.series
    # 3 and 250 in 2 to 6: a quarter of the way, and far beyond the edge.
    assert (recorded.values[0], computed.values[0]) == (0.25, 3.0)
    # At least 150, 211 on record: as wide as twice the way to it.
    assert recorded.values[1] == 0.5
    assert computed.values[1] == pytest.approx((88 - 150) / 122)
    assert (plot.spans[0].low[1], plot.spans[0].high[1]) == (0.0, 3.0)
    # 0 to 0 has no width and is taken 1 wide about it.
    assert (recorded.values[2], computed.values[2]) == (0.5, 1.5)
    assert computed.values[3] == pytest.approx(0.2)
    assert plot.notes[1] == "88% (at least 150)"
    assert not plot.told


def test_checks_that_were_only_reported_are_not_judged() -> None:
    made = picture(validate_answer(), "checks")
    assert "told" not in set(made.data["check"])
    assert made.finding.startswith("1 of 4 checks are inside their range, 3 outside")


def test_series_show_some_months_about_those_on_record() -> None:
    made = picture(validate_answer(), "series")
    assert isinstance(made.plot, Lines)
    (panel,) = made.plot.panels  # the price has one month on record only
    assert panel.note == "t a month, 0 is 2010-09"
    assert made.plot.x[0] == -6.0
    assert made.plot.x[-1] == 4.0
    computed, recorded = panel.lines
    assert recorded.y[6:8] == [120.0, 50.0]
    assert recorded.points
    assert computed.y[0] == 100.0
    assert "Of 2 months on record 1 are computed to within a quarter" in made.finding


def test_series_without_any_record_are_told_as_computed() -> None:
    bare = validate_answer().table("series").assign(recorded=math.nan)
    made = picture(validate_answer(series=bare), "series")
    assert flaws(made) == []
    assert made.finding == "There is too little on record of any month."
    assert isinstance(made.plot, Lines)
    assert [panel.title for panel in made.plot.panels] == ["imports"]


def test_a_year_without_misses_says_so() -> None:
    fits = calibration_answer().table("fits").assign(verdict="inside")
    made = picture(calibration_answer(fits=fits), "misses")
    assert made.finding == "No figure is outside its tolerance."
    assert flaws(made) == []
