"""Pictures of a plan say what its tables say."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pandas as pd
import pytest

from kidorui.figures import NoPicture, Picture, picture, pictures
from kidorui.figures.plots import Bars, Dots, Grid, Map, Scatter, Timeline
from kidorui.figures.world import EAST, WEST
from tests.figures.answers_plan import META, plan_answer


@cache
def made(name: str) -> Picture:
    return picture(plan_answer(), name)


def test_a_full_answer_has_every_picture_and_each_names_tables_it_has():
    answer = plan_answer()
    found = pictures(answer)
    assert list(found) == [
        "timeline", "projects_map", "dependence", "network", "shortage", "prices", "accounts",
        "regret", "frontier", "alternatives", "break_even", "rests_on",
    ]  # fmt: skip
    for name, one in found.items():
        assert one.name == name
        assert set(one.tables) <= set(answer.tables)
        assert one.title
        assert one.note
        assert one.finding.endswith(".")
        assert len(one.data)


@pytest.mark.parametrize(
    ("table", "name", "asked"),
    [
        ("frontier", "frontier", "--frontier"),
        ("alternatives", "alternatives", "--alternatives"),
        ("sweeps", "break_even", "without --quick"),
        ("places", "network", "plan again"),
    ],
)
def test_what_was_not_asked_for_is_refused_with_how_to_ask(table, name, asked):
    empty = plan_answer(**{table: plan_answer().table(table).head(0)})
    assert name not in list(pictures(empty))
    with pytest.raises(NoPicture, match=f"no rows in {table}; .*{asked}"):
        picture(empty, name)


class TestNetwork:
    def test_a_flow_is_split_into_what_is_under_control_and_what_is_not(self):
        rows = made("network").data.set_index(["origin", "destination", "controlled"])
        assert rows.loc[("C", "A", True), "base_year"] == 100.0
        assert rows.loc[("C", "A", True), "plan"] == 40.0
        assert rows.loc[("C", "A", False), "plan"] == 300.0

    def test_controlled_flows_are_in_their_role_and_dashed_where_cut(self):
        plot = made("network").plot
        assert isinstance(plot, Map)
        control = [arc for arc in plot.arcs if arc.role == "control"]
        assert [(arc.width, arc.dashed, arc.label) for arc in control] == [
            (100.0, True, "100 → 40"),
            (50.0, False, ""),
        ]
        assert {(arc.width, arc.role) for arc in plot.arcs if arc.role != "control"} == {
            (300.0, "fifth"),
            (260.0, "free"),
        }

    def test_an_event_that_has_not_struck_controls_nothing(self):
        assert not made("network").data.query("destination == 'B'")["cut"].any()
        assert made("network").data["controlled"].sum() == 2

    def test_raw_goods_finished_goods_of_others_and_crumbs_are_left_out(self):
        rows = made("network").data
        assert "D" not in set(rows["origin"])  # 2 of 602 t
        assert rows["width"].max() == 300.0  # neither the ore nor the magnets from C to B

    def test_the_finding_counts_all_that_arrives(self):
        assert made("network").finding == (
            "Cland ships 56% of the 602 t/yr that reach Aland in 2030, against 100% in 2024; 40 "
            "t/yr are under a control in force, against 100."
        )

    def test_places_lie_on_the_map_and_all_others_at_sea(self):
        plot = made("network").plot
        assert isinstance(plot, Map)
        by_name = {spot.label.split()[0]: spot for spot in plot.spots}
        assert by_name["Bland"].lon == 242.0
        assert by_name["Bland"].label == "Bland 260 (0)"
        assert all(WEST <= spot.lon <= EAST for spot in plot.spots)


class TestBuilds:
    def test_each_kind_of_decision_has_its_role_and_crumbs_are_left_out(self):
        plot = made("timeline").plot
        assert isinstance(plot, Timeline)
        roles = {span.label: span.role for spans in plot.groups.values() for span in spans}
        assert roles == {
            "Magnets": "plan",
            "Separation": "plan",
            "Stock of Dy": "plan",
            "Stock of Nd": "warn",
            "Big mine": "muted",
        }
        assert next(iter(plot.groups)) == "diversify imports"

    def test_a_decision_after_an_event_says_which(self):
        plot = made("timeline").plot
        assert isinstance(plot, Timeline)
        notes = {span.label: span.note for spans in plot.groups.values() for span in spans}
        assert notes["Stock of Nd"] == "5 t; 0.5; once: C stops all, from 2028"
        assert notes["Magnets"] == "300 t/yr; 9"

    def test_the_finding_names_the_dearest(self):
        finding = made("timeline").finding
        assert "2 of 3 decisions fall in 2027; Magnets, open in 2030, takes 90%" in finding

    def test_the_map_has_a_spot_for_each_prong_of_a_place(self):
        plot = made("projects_map").plot
        assert isinstance(plot, Map)
        assert [(spot.role, spot.size) for spot in plot.spots if spot.role != "muted"] == [
            ("second", 0.75),
            ("fifth", 0.25),
            ("first", 9.0),
        ]
        labels = [spot.label for spot in plot.spots if spot.label]
        assert labels == ["Aland: 2 projects", "Bland: Magnets; 2 committed", "Cland 1"]
        assert "90% of the yearly cost of 10 million US$/yr is spent in Bland" in (
            made("projects_map").finding
        )


class TestDependence:
    def test_dots_are_look_through_shares_in_per_cent(self):
        plot = made("dependence").plot
        assert isinstance(plot, Dots)
        values = {series.role: list(series.values) for series in plot.series}
        assert values == {"base": [90.0, 20.0], "without": [80.0, 30.0], "plan": [50.0, 10.0]}
        assert plot.groups == ["separated", "made into magnets"]

    def test_the_ceiling_is_marked_where_there_is_one(self):
        plot = made("dependence").plot
        assert isinstance(plot, Dots)
        assert [mark.at for mark in plot.marks] == [60.0]

    def test_ceilings_that_differ_are_told_by_row(self):
        table = plan_answer().table("dependence")
        table.loc[(table["stage"] == "magnet") & (table["year"] > 2024), "ceiling"] = 0.4
        plot = picture(plan_answer(dependence=table), "dependence").plot
        assert isinstance(plot, Dots)
        assert plot.marks == []
        assert list(plot.notes) == ["90% → 50%; at most 60%", "20% → 10%; at most 40%"]

    def test_the_finding_tells_the_largest_share_that_is_held_down_and_its_later_course(self):
        assert made("dependence").finding == (
            "Light separated: 50% in 2030 with the plan, 80% without it, 90% in the base year; "
            "70% in 2040 with the plan."
        )


class TestShortage:
    def test_the_costliest_onset_is_told_and_crumbs_are_added_up(self):
        data = made("shortage").data
        assert list(data["year"].unique()) == [2028]  # 40 lost then, 35 in 2032
        assert list(data["element"]) == ["La", "Y", ""]
        assert data["shortage_nothing"].sum() == pytest.approx(60.1)

    def test_bars_and_notes_tell_both_worlds(self):
        plot = made("shortage").plot
        assert isinstance(plot, Bars)
        assert [series.role for series in plot.series] == ["without", "plan"]
        assert list(plot.notes) == ["40% → 10%", "40%", "1.2% → 0.62%"]
        assert plot.groups == ["C stops all, 2028", "", ""]

    def test_without_an_event_the_quiet_year_is_told(self):
        answer = plan_answer()
        quiet = {
            name: answer.table(name).query("state == 'no event'")
            for name in ("shortage", "shortage_by_element")
        }
        assert list(picture(plan_answer(**quiet), "shortage").data["shortage_plan"]) == [1.0]


class TestPrices:
    def test_the_focus_place_is_told_and_what_it_does_not_import_left_out(self):
        data = made("prices").data
        assert set(data["material"]) == {"la-oxide", "magnet"}
        assert 2040 not in set(data["year"])
        assert data["price"].min() > -1
        assert 0.01 not in set(data["price"])

    def test_dots_are_with_the_plan_and_bars_reach_to_without(self):
        plot = made("prices").plot
        assert isinstance(plot, Dots)
        assert plot.rows == ["magnets", "La oxide"]
        base, quiet, struck = plot.series
        assert list(base.values) == [60.0, 1.0]
        assert math.isnan(quiet.values[0])  # below nought, on a logarithmic axis
        assert (list(struck.values), list(struck.low), list(struck.high)) == (
            [90.0, 30.0],
            [80.0, 30.0],
            [90.0, 300.0],
        )
        assert list(plot.notes) == ["", "outside +50%"]

    def test_the_finding_is_the_largest_rise(self):
        assert made("prices").finding == (
            "La oxide rises most: 30 US$/kg in 2028 (C stops all) with the plan, 300 without it, "
            "1 at the base price."
        )


class TestMoney:
    def test_costs_and_savings_are_apart_and_the_total_is_last(self):
        picture_ = made("accounts")
        assert isinstance(picture_.plot, Bars)
        more, less = (list(series.values) for series in picture_.plot.series)
        assert (more[0], less[1], less[2]) == (10.0, -25.0, -15.01)
        assert math.isnan(more[1])
        assert math.isnan(less[0])
        assert list(picture_.data["item"]) == ["imports", "shortage", "total"]
        assert "Aland pays 15 million US$/yr less with the plan; shortage moves most, 25" in (
            picture_.finding
        )

    def test_regret_is_told_in_the_worst_world_of_each_action(self):
        assert made("regret").finding == (
            "Doing nothing is regretted most in one world (C stops all, from 2028): 50 billion "
            "yen; the plan at most 10 billion yen (no event)."
        )

    def test_the_plan_is_marked_on_the_frontier(self):
        plot = made("frontier").plot
        assert isinstance(plot, Scatter)
        assert [(p.x, p.y) for p in plot.points if p.role == "plan"] == [(50.0, 10.0)]
        assert [p.x for p in plot.points] == [0.0, 50.0, 200.0]
        assert (
            "takes 50 million US$ and loses 10 million US$/yr; the least is 4"
            in made("frontier").finding
        )

    def test_a_portfolio_that_cannot_be_had_is_left_out_of_the_frontier(self):
        table = plan_answer().table("frontier")
        none = table.iloc[[-1]].assign(point=4, public=np.nan, cost=np.nan, loss=np.nan)
        answer = plan_answer(frontier=pd.concat([table, none], ignore_index=True))
        found = picture(answer, "frontier")
        assert isinstance(found.plot, Scatter)
        assert len(found.plot.points) == 3
        assert "–" not in found.finding


class TestChoices:
    def test_cells_are_shares_of_the_largest_size_and_crumbs_are_blank(self):
        plot = made("alternatives").plot
        assert isinstance(plot, Grid)
        assert plot.rows == ["Magnets", "Separation"]
        assert plot.values[0] == [100.0, 50.0]
        assert plot.texts == [["300", "150"], ["40", ""]]
        assert plot.values[1][0] == 40.0
        assert math.isnan(plot.values[1][1])
        assert plot.columns == ["best; 50", "+0.25; 60"]

    def test_the_finding_names_what_is_in_every_plan(self):
        assert made("alternatives").finding == (
            "1 of 2 projects are in all 2 plans within 0.25 million US$/yr of the best: Magnets."
        )

    def test_what_is_built_or_cannot_be_paid_is_not_nearest_to_paying(self):
        picture_ = made("break_even")
        assert list(picture_.data["project"]) == ["near", "far"]
        assert isinstance(picture_.plot, Bars)
        assert picture_.plot.notes[0] == "62 (60) US$/kg; 20% a year"
        assert picture_.finding == "Near is nearest: it pays at 10% less a year."


class TestRestsOn:
    def test_assumptions_are_marked_and_not_counted_twice(self):
        picture_ = made("rests_on")
        assert isinstance(picture_.plot, Bars)
        assumed, published = (list(series.values) for series in picture_.plot.series)
        assert (assumed[0], assumed[2], published[1]) == (60.0, 10.0, 30.0)
        assert math.isnan(assumed[1])
        assert picture_.data["answer"].sum() == pytest.approx(1.0)
        assert picture_.plot.rows == ["Cost of magnets", "Maker, report of 2024", "Split of use"]
        assert "Assumptions carry 70% of the answer; the heaviest source, a-cost" in (
            picture_.finding
        )


def test_money_is_told_as_the_language_counts_it():
    from kidorui.language import Language

    class HundredMillions(Language):
        def scale(self, unit: str) -> float:
            return 10.0 if unit.startswith("billion yen") else 1.0

    plot = picture(plan_answer(), "regret", HundredMillions("en")).plot
    assert isinstance(plot, Bars)
    assert list(plot.series[0].values) == [0.0, 500.0]
    assert plot.series[1].values[0] == 100.0


def test_a_source_names_case_and_tables():
    assert str(META["case"]) in made("regret").source
    assert "tables regret" in made("regret").source
