"""Pictures of a stress: what they draw is what the tables say."""

from __future__ import annotations

import math

import pytest

from kidorui.figures import NoPicture, drawings, picture, pictures
from kidorui.figures.plots import Bars, Dots, Grid, Lines
from tests.figures.answers_stress import quick, ranges, stops, stress_answer
from tests.figures.wellformed import flaws

NAMES = tuple(drawings("stress"))


def drawn(name: str) -> Bars | Dots | Grid | Lines:
    """A plot of the answer."""
    plot = picture(stress_answer(), name).plot
    assert isinstance(plot, Bars | Dots | Grid | Lines)
    return plot


def lines(name: str) -> Lines:
    plot = drawn(name)
    assert isinstance(plot, Lines)
    return plot


def dots(name: str) -> Dots:
    plot = drawn(name)
    assert isinstance(plot, Dots)
    return plot


def bars(name: str) -> Bars:
    plot = drawn(name)
    assert isinstance(plot, Bars)
    return plot


@pytest.mark.parametrize("name", NAMES)
def test_every_picture_is_whole(name: str) -> None:
    assert flaws(picture(stress_answer(), name)) == []


@pytest.mark.parametrize(
    ("name", "table", "how"),
    [
        ("spread", "tornado", "--draws"),
        ("replay", "replay", "--plan"),
        ("first_stops", "table", "--quick"),
    ],
)
def test_what_was_not_asked_says_how_to_ask(name: str, table: str, how: str) -> None:
    with pytest.raises(NoPicture, match=f"{table}.*{how}"):
        picture(quick(table), name)
    assert name not in list(pictures(quick(table)))


def test_fill_is_the_share_served_of_the_scarcest_element_by_month() -> None:
    plot = lines("fill")
    glass, pumps, lamps = plot.panels
    path = glass.lines[0].y
    # 70 of 100 t La in the first month, where Y is served to 9 in 10; none in the fourth.
    assert (path[0], path[1], path[3]) == (pytest.approx(70.0), 100.0, 0.0)
    assert [mark.at for mark in glass.marks] == [pytest.approx(3.0)]
    assert {mark.axis for mark in glass.marks} == {"x"}
    assert lamps.marks == []
    assert pumps.title == "pumps"


def test_fill_has_the_fans_of_the_material_behind_the_stop_where_draws_were_asked() -> None:
    glass = lines("fill").panels[0]
    assert glass.lines[1].y[0] == pytest.approx(50.0)  # that of la-oxide, not of y-oxide
    assert [band.low[0] for band in glass.bands] == [0.0, pytest.approx(20.0)]
    without = picture(quick("fans"), "fill")
    assert flaws(without) == []
    assert isinstance(without.plot, Lines)
    assert without.plot.panels[0].bands == []
    assert "draws" not in without.note
    assert "fans" not in without.tables


def test_stops_run_from_the_first_for_as_long_as_the_sector_stands_for_any_material() -> None:
    plot = dots("stops")
    assert plot.rows[1:] == ["glass", "pumps", "lamps"]
    span = plot.spans[0]
    assert (span.low[1], span.high[1]) == (91.0, 166.0)  # 75 days, by the losses of all materials
    assert math.isnan(span.low[3])
    assert plot.series[1].values[1:4:2] == [41.0, 41.0]
    assert plot.notes[1] == "75 days, La oxide; chance 75%"


def test_the_first_stop_has_its_range_over_what_is_not_known() -> None:
    plot = dots("stops")
    assert (plot.series[0].low[0], plot.series[0].high[0]) == (10.0, 120.0)
    assert plot.notes[0] == "no stop at some end"
    known = picture(stress_answer(ranges=ranges().iloc[:3]), "stops").plot
    assert isinstance(known, Dots)
    assert known.notes[0] == ""


def test_the_finding_tells_the_first_stop_and_for_want_of_what() -> None:
    said = picture(stress_answer(), "stops").finding
    assert "2 of 3 sectors stop" in said
    assert "glass, on day 91, for want of La oxide" in said
    assert "Single lines of 2 sectors stop, the first on day 41." in said


def test_where_nothing_stops_it_says_so() -> None:
    calm = stops().assign(first_stop=math.nan, first_line=math.nan)
    for name in ("stops", "fill"):
        made = picture(stress_answer(stops=calm), name)
        assert made.finding == "None of 3 sectors stops."
        assert flaws(made) == []


def test_prices_begin_with_the_material_behind_the_first_stop() -> None:
    plot = lines("prices")
    assert [panel.title for panel in plot.panels] == ["La oxide", "dy oxide"]
    assert plot.x == [-0.5, 0.5, 1.5]
    inside, outside, _ = plot.panels[0].lines
    assert (inside.name, outside.name) == ("Cland", "Aland")
    assert outside.y == [1.0, 50.0, 40.0]
    assert "from 1 to 50 US$ in Aland" in picture(stress_answer(), "prices").finding


def test_cover_stacks_the_holders_of_what_is_behind_the_stops() -> None:
    plot = lines("cover")
    assert [panel.title for panel in plot.panels] == ["La oxide", "Y oxide"]
    la = plot.panels[0]
    assert la.bands[0].high == [40.0, 20.0, 0.0]  # users
    assert la.bands[1].high == [60.0, 30.0, 0.0]  # and the state on top
    assert [len(panel.bands) for panel in plot.panels] == [2, 2]  # industry holds nothing
    assert [mark.at for mark in la.marks] == [0.0, pytest.approx(3.0)]
    assert "60 days of use" in picture(stress_answer(), "cover").finding


def test_losses_add_up_what_is_not_told_by_name() -> None:
    made = picture(stress_answer(), "losses")
    plot = bars("losses")
    assert plot.rows[0] == "pumps"
    assert plot.rows[-1] == "3 others"
    assert [series.values[0] for series in plot.series] == [100.0, 3900.0]
    told = stress_answer().table("losses")
    for column in ("value_lost", "economy", "economy_high"):
        assert made.data[column].sum() == told[column].sum()
    assert "2.1 billion US$" in made.finding
    assert "glass" in made.finding


def test_first_stops_tell_the_earliest_of_all_sectors_and_leave_blank_where_none_stops() -> None:
    plot = drawn("first_stops")
    assert isinstance(plot, Grid)
    assert plot.texts == [["70 pumps", ""], ["95 glass", ""]]
    assert plot.values[0][0] == 70.2
    assert math.isnan(plot.values[0][1])
    assert "12 months" in plot.empty
    said = picture(stress_answer(), "first_stops").finding
    assert "day 70" in said
    assert "day 95" in said
    assert "50% on nothing stops" in said


def test_ranges_put_the_widest_swing_first_and_say_at_which_end() -> None:
    plot = dots("ranges")
    assert plot.rows == ["what leaks", "stocks"] * 2
    low, stands, high = plot.series
    assert (low.values[0], stands.values[0], high.values[0]) == (2100.0, 2100.0, 40.0)
    assert stands.values[2] == 190.0
    assert plot.log
    assert "0.04 to 2.6 billion US$" in picture(stress_answer(), "ranges").finding


def test_an_end_at_which_nothing_stops_is_told() -> None:
    plot = dots("ranges_stop")
    leaks = list(plot.rows).index("what leaks")
    assert plot.notes[leaks] == "glass / no stop"
    assert math.isnan(plot.series[2].values[leaks])
    assert picture(stress_answer(), "ranges_stop").finding.endswith("At some end nothing stops.")


def test_spread_puts_first_what_moves_the_loss_most_either_way() -> None:
    plot = bars("spread")
    assert plot.rows == ["leak", "duration", "stock of state", "onset"]
    assert plot.series[0].values == [-0.67, 0.63, -0.08, 0.04]
    assert [mark.at for mark in plot.marks] == [-0.25, 0.25]
    assert plot.notes[:2] == ["0 to 50%", "0.5 to 2 times as long"]
    assert "leak" in picture(stress_answer(), "spread").finding


def test_prevention_tells_apart_what_stands_in_time_and_leaves_out_what_harms() -> None:
    plot = dots("prevention")
    assert plot.rows == ["Stock of La", "Plant in A", "Plant in B"]
    assert plot.groups[0]
    assert plot.groups[1]
    assert plot.groups[2] == ""
    assert plot.series[1].values == [180.0, 800.0, 15.0]
    assert plot.notes[0] == "from 0.06% a year"
    assert plot.notes[2] == "at no chance"
    said = picture(stress_answer(), "prevention").finding
    assert "Stock of La avoids most: 180 million US$ (18% of the loss)" in said


def test_replay_sets_the_months_beside_the_plans_own_quarters() -> None:
    plot = bars("replay")
    assert plot.rows == ["all sectors", "glass", "pumps"] * 2
    without, with_plan = plot.series
    assert without.values == [1100.0, 900.0, 200.0, 380.0, 300.0, 80.0]
    assert with_plan.values[:3] == [650.0, 550.0, 100.0]


def test_replay_of_a_plan_for_other_events_has_the_months_alone() -> None:
    table = stress_answer().table("replay")
    own = [column for column in table if str(column).startswith("plan_")]
    plot = picture(
        stress_answer(replay=table.assign(**dict.fromkeys(own, math.nan))), "replay"
    ).plot
    assert isinstance(plot, Bars)
    assert plot.rows == ["all sectors", "glass", "pumps"]


def test_where_there_is_nothing_to_tell_the_finding_says_so() -> None:
    whole = stress_answer()
    none = whole.table("prevention").assign(avoided=-1.0)
    grid = whole.table("table").assign(first_stop=math.nan)
    for name, answer, said in (
        ("prevention", stress_answer(prevention=none), "Nothing that stands in time"),
        ("first_stops", stress_answer(table=grid), "No sector stops"),
        ("ranges_stop", stress_answer(ranges=ranges().assign(first_stop=math.nan)), "no sector"),
        ("ranges", stress_answer(ranges=ranges().head(1)), "loses 2.1 billion US$."),
    ):
        made = picture(answer, name)
        assert said in made.finding
        assert flaws(made) == []
