"""Pictures of exposure: what they draw is what the tables say."""

from __future__ import annotations

import math

import pytest

from kidorui.figures import NoPicture, drawings, picture
from kidorui.figures.plots import Bars, Dots, Sankey, Scatter
from tests.figures.answers_exposure import chain, exposure_answer
from tests.figures.wellformed import flaws

NAMES = tuple(drawings("exposure"))


def sankey(name: str) -> Sankey:
    plot = picture(exposure_answer(), name).plot
    assert isinstance(plot, Sankey)
    return plot


def dots(name: str) -> Dots:
    plot = picture(exposure_answer(), name).plot
    assert isinstance(plot, Dots)
    return plot


@pytest.mark.parametrize("name", NAMES)
def test_every_picture_is_whole(name: str) -> None:
    assert flaws(picture(exposure_answer(), name)) == []


@pytest.mark.parametrize(
    ("name", "table", "how"),
    [
        ("sankey_light", "chain", "run kidorui exposure anew"),
        ("chokepoints", "n_minus_1", "--quick"),
        ("buffers", "buffers", "--quick"),
        ("leverage", "leverage", "--quick"),
    ],
)
def test_what_was_not_asked_says_how_to_ask(name: str, table: str, how: str) -> None:
    answer = exposure_answer(**{table: exposure_answer().table(table).head(0)})
    with pytest.raises(NoPicture, match=f"{table}.*{how}"):
        picture(answer, name)


def test_a_sankey_tells_small_places_together_and_loses_nothing_worth_drawing() -> None:
    plot = sankey("sankey_heavy")
    labels = {node.id: node.label for node in plot.nodes}
    into = [link for link in plot.links if labels[link.source] == "others"]
    # D and E are below 2% each and are told as one; 0.1 t of scrap is a crumb.
    assert sum(link.value for link in into if link.target == "separation C") == pytest.approx(1.9)
    used = sum(link.value for link in plot.links if link.target.startswith("use "))
    assert used == pytest.approx(99.9)
    assert plot.columns == ["Mined", "Separated", "Made magnets", "Used"]


def test_a_sankey_has_the_colour_of_where_it_was_mined() -> None:
    plot = sankey("sankey_heavy")
    between = {
        link.role: link.value
        for link in plot.links
        if (link.source, link.target) == ("separation C", "magnet A")
    }
    assert between == {"control": 50.0, "free": 40.0}
    assert {node.id: node.role for node in plot.nodes}["magnet A"] == "good"
    said = picture(exposure_answer(), "sankey_heavy").finding
    assert "58% was mined in Cland and 100% separated there" in said


def test_a_sankey_takes_the_group_where_its_element_is_not_told() -> None:
    made = picture(exposure_answer(), "sankey_light")
    assert "light rare earths" in made.title
    with pytest.raises(NoPicture, match="no rows of Nd or light"):
        picture(exposure_answer(chain=chain().query("element == 'Dy'")), "sankey_light")


def test_origins_put_the_controlling_place_first_and_add_up_home() -> None:
    plot = picture(exposure_answer(), "origins").plot
    assert isinstance(plot, Bars)
    assert plot.stacked
    assert [series.name for series in plot.series][:2] == ["Cland", "Aland"]
    assert plot.series[0].role == "control"
    rows = list(zip(plot.groups, plot.rows, strict=True))
    assert rows[:3] == [("Nd", "mined"), ("", "separated"), ("", "made magnets")]
    # A and I are one country; what met no plant of the stage is missing to 100.
    magnets = {series.name: series.values[2] for series in plot.series}
    assert magnets["Aland"] == pytest.approx(70.0)
    assert sum(magnets.values()) == pytest.approx(70.0)
    # Nearly all Dy met no metal plant: the row says nothing and is left out.
    assert "made metal" not in plot.rows
    assert "30% of the Nd, 100% of the Dy" in picture(exposure_answer(), "origins").finding


def test_concentration_is_told_in_points_of_ten_thousand_by_oxide() -> None:
    plot = dots("concentration")
    assert [mark.at for mark in plot.marks] == [2500.0]
    assert plot.series[0].values == [2400.0, 4400.0, 9800.0]
    assert math.isnan(plot.series[1].values[0])
    assert plot.series[1].values[2] == 10_000.0
    assert "above 2,500 in 2 of 3" in picture(exposure_answer(), "concentration").finding


def test_chokepoints_tell_once_what_strikes_the_same() -> None:
    plot = dots("chokepoints")
    assert "C, all" not in plot.rows
    assert "All of C" in plot.rows
    at = list(plot.rows).index("All of C")
    assert [series.values[at] for series in plot.series] == [2400.0, 10_000.0]
    assert plot.notes[at] == "day 91: glass"
    nothing = list(plot.rows).index("La, C to A")
    assert math.isnan(plot.series[0].values[nothing])  # nought has no place on a logarithmic axis
    assert "3 of 4 outages" in picture(exposure_answer(), "chokepoints").finding


def test_buffers_tell_what_is_held_most_of_and_leave_out_what_no_stock_bridges() -> None:
    plot = dots("buffers")
    assert plot.rows == ["All of C"]
    assert plot.notes == ["La oxide 42 d +1"]
    assert [series.values[0] for series in plot.series] == [0.1, 1.5, 2400.0]


def test_leverage_tells_the_pairs_that_are_worth_it() -> None:
    made = picture(exposure_answer(), "leverage")
    assert isinstance(made.plot, Scatter)
    assert made.plot.diagonal
    assert [(p.x, p.y, p.label) for p in made.plot.points] == [
        (500.0, 9000.0, "Cland to Bland"),
        (160.0, 2400.0, "Cland to Aland"),
    ]
    assert "2.4 billion US$ and Cland itself 160 million US$" in made.finding
