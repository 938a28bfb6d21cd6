"""Nothing that the paper renderer writes is cut off, covered or left out."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import combinations

import matplotlib as mpl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.lines import Line2D
from matplotlib.text import Text

from kidorui.figures import paper
from kidorui.figures.paper import fonts, sankey, scale
from kidorui.figures.paper.grid import step
from kidorui.figures.paper.rows import MOST
from kidorui.figures.plots import (
    Bars,
    Dots,
    Grid,
    Line,
    Lines,
    Link,
    Map,
    Mark,
    Node,
    Panel,
    Point,
    Sankey,
    Scatter,
    Series,
    Span,
    Spot,
    Timeline,
)
from kidorui.language.language import number
from tests.figures.pictures import SAMPLES, sample

NAN = math.nan


def drawn(plot):
    return sample("drawn", "A title", "A note.", "A finding.", plot)


def texts(picture, dpi=150.0):
    """Each text of a picture with its box in points, as Agg draws it, and the figure's size."""
    figure = paper.figure(picture, "light")
    figure.set_dpi(dpi)
    canvas = FigureCanvasAgg(figure)
    with mpl.rc_context({"text.hinting": "no_hinting"}):
        canvas.draw()
        found = [
            (text.get_text(), text.get_window_extent(canvas.get_renderer()))
            for text in figure.findobj(Text)
            if text.get_text()
        ]
    part = 72.0 / dpi
    boxes = [(words, b.x0 * part, b.y0 * part, b.x1 * part, b.y1 * part) for words, b in found]
    wide, high = figure.get_size_inches() * 72.0
    return boxes, wide, high


def outside(picture):
    boxes, wide, high = texts(picture)
    return [b for b in boxes if b[1] < 0 or b[2] < 0 or b[3] > wide or b[4] > high]


def covered(picture):
    """Pairs of texts whose boxes overlap by more than a third of a point either way."""
    boxes, _, _ = texts(picture)
    return [
        (a[0], b[0])
        for a, b in combinations(boxes, 2)
        if min(a[3], b[3]) - max(a[1], b[1]) > 0.34 and min(a[4], b[4]) - max(a[2], b[2]) > 0.34
    ]


def words_of(picture):
    return [box[0] for box in texts(picture)[0]]


@pytest.mark.parametrize("name", SAMPLES)
def test_no_words_leave_the_figure_or_cover_others(name):
    assert outside(SAMPLES[name]) == []
    assert covered(SAMPLES[name]) == []


def test_long_labels_and_notes_wrap_and_leave_more_than_a_third_to_the_bars():
    rows = [
        f"{at} sintered neodymium-iron-boron magnets for traction motors, magnets of other makers"
        for at in range(14)
    ]
    note = "delivered under a contract that ends with the year 2031, then open"
    plot = Bars(
        rows,
        (Series("Nothing done, as things stand", "without", [10.0 * at for at in range(14)]),),
        "t of contained rare-earth oxide a year",
        notes=[note] * 14,
        groups=["A heading that is somewhat long for a group of rows", *[""] * 13],
    )
    picture = drawn(plot)
    assert outside(picture) == []
    assert covered(picture) == []
    boxes, _, _ = texts(picture)
    ends = [box[3] for box in boxes if box[1] < 5 and "neodymium" in box[0]]
    assert max(ends) <= MOST + 6


def test_a_unit_longer_than_every_label_is_not_cut():
    plot = Bars(("La", "Ce"), (Series("s", "plan", (-10.0, 2.0)),), "million US$ of 2024 a year")
    picture = drawn(plot)
    assert "million US$ of 2024 a year" in words_of(picture)
    assert outside(picture) == []
    assert covered(picture) == []


def test_a_word_wider_than_its_room_is_broken():
    lines = fonts.wrapped("Praseodymium" * 12, 7.5, 100.0)
    assert len(lines) > 5
    assert all(fonts.width(line, 7.5) <= 100.0 for line in lines)
    assert "".join(lines) == "Praseodymium" * 12


def test_japanese_breaks_between_scripts_and_never_before_a_full_stop():
    words = "ネオジム・プラセオジム酸化物を購入する。次の文。"
    for room in (60.0, 75.0, 90.0, 110.0):
        lines = fonts.wrapped(words, 7.5, room, japanese=True)
        assert "".join(lines) == words
        assert not any(line[0] in "。、ー・" for line in lines)
        assert any(line.startswith(("酸化物", "プラセオジム")) for line in lines[1:])


@settings(max_examples=60, deadline=None)
@given(st.text(st.sampled_from("ab 酸化物ネオジム。（）、"), min_size=1, max_size=40))
def test_wrapping_loses_no_character(words):
    lines = fonts.wrapped(words, 7.5, 40.0, japanese=True)
    assert "".join("".join(lines).split()) == "".join(words.split())


@pytest.mark.parametrize("name", ["needs", "cost", "needs-ja"])
def test_every_bar_has_its_value_in_words(name):
    picture = SAMPLES[name]
    said = words_of(picture)
    for series in picture.plot.series:
        assert all(number(value) in said for value in series.values)


def test_stacks_have_their_sum_at_their_end():
    said = words_of(SAMPLES["origins"])
    assert {"9,550", "940", "5,320", "1,065", "180"} <= set(said)


def test_ranges_have_both_ends_and_a_point_only_one():
    plot = Bars(("a", "b"), (Series("s", "plan", (), (2.0, 5.0), (9.0, 5.0)),), "days")
    said = words_of(drawn(plot))
    assert "2–9" in said
    assert said.count("5") >= 1
    assert "5–5" not in said


def test_nodes_of_a_sankey_have_the_greater_of_what_enters_and_leaves():
    said = " ".join(words_of(SAMPLES["chain"]))
    for words in ("China 8,000", "Japan 6,420", "Traction motors 6,000", "France 120"):
        assert words in said


def test_labels_of_crowded_spots_do_not_cover_each_other():
    spots = [
        Spot(110.0 + 3 * (at % 4), 25.0 + 3 * (at // 4), f"Place {at}", "free", 10.0 + at)
        for at in range(12)
    ]
    picture = drawn(Map(spots, (), "t/yr"))
    assert covered(picture) == []
    assert outside(picture) == []


def test_labels_of_crowded_points_do_not_cover_each_other():
    points = [
        Point(1.0 + 0.01 * at, 1.0 + 0.02 * (at % 3), f"item {at}", "plan") for at in range(9)
    ]
    picture = drawn(Scatter([*points, Point(2.0, 3.0, "far", "plan")], "x", "y"))
    assert covered(picture) == []


def test_marks_close_together_are_labelled_apart():
    marks = [Mark(50.0 + 2 * at, f"event {at}") for at in range(5)]
    plot = Bars(("a",), (Series("s", "plan", (100.0,)),), "days", marks=marks)
    picture = drawn(plot)
    assert covered(picture) == []
    assert all(f"event {at}" in words_of(picture) for at in range(5))


def test_names_at_the_ends_of_lines_that_meet_are_apart():
    lines = [Line(f"line {at}", "plan", (0.0, 100.0 + 0.1 * at)) for at in range(5)]
    picture = drawn(Lines((2025.0, 2030.0), (Panel("", lines),), "t"))
    assert covered(picture) == []
    assert outside(picture) == []


def test_turned_column_headings_stay_inside():
    columns = [f"Rather long heading {at}" for at in range(16)]
    plot = Grid(("row",), columns, [[1.0] * 16], [["1"] * 16], "t")
    assert outside(drawn(plot)) == []
    assert covered(drawn(plot)) == []


def strokes(picture):
    """Ends of the dashed lines of a picture, points from the top left."""
    lines = paper.figure(picture, "light").findobj(Line2D)
    ends = [line.get_xydata()[[0, -1]] for line in lines if line.is_dashed()]
    return [(tuple(a.round(3)), tuple(b.round(3))) for a, b in ends]


@pytest.mark.parametrize("axis", ["x", "value"])
def test_a_mark_of_lines_and_of_points_stands_upright_on_x_and_lies_level_on_values(axis):
    mark = Mark(2.0, "mark", axis=axis)
    lines = Lines((1.0, 3.0), (Panel("", (Line("l", "plan", (1.0, 4.0)),), (), (mark,)),), "t")
    points = [Point(1.0, 1.0, "a", "plan"), Point(3.0, 4.0, "b", "plan")]
    for plot in (lines, Scatter(points, "x", "y", marks=(mark,))):
        picture = drawn(plot)
        (((x0, y0), (x1, y1)),) = strokes(picture)
        assert (x0 == x1, y0 == y1) == (axis == "x", axis == "value")
        assert "mark" in words_of(picture)
        assert covered(picture) == []
        assert outside(picture) == []


def test_a_front_passes_through_its_points_in_the_order_given_whatever_their_role():
    points = [Point(float(x), 5.0 - x, "", role) for x, role in enumerate(("plan", "warn", "plan"))]
    other = Point(1.0, 1.0, "", "plan", group="alternatives")
    figure = paper.figure(drawn(Scatter([*points, other], "x", "y", joined=True)), "light")
    front = [line for line in figure.findobj(Line2D) if len(line.get_xdata()) == 3]
    assert len(front) == 1
    assert list(front[0].get_xdata()) == sorted(front[0].get_xdata())


def test_values_beside_dots_are_left_out_where_asked():
    dots = Dots(("a",), (Series("s", "plan", (41.5,)), Series("t", "base", (77.5,))), "t")
    assert {"41.5", "77.5"} <= set(words_of(drawn(dots)))
    assert not {"41.5", "77.5"} & set(words_of(drawn(replace(dots, told=False))))


def test_a_timeline_over_thirteen_years_tells_whole_years():
    span = Span("a", 2027.5, 2030.0, 2041.0, "plan", "a note")
    said = words_of(drawn(Timeline({"Mines": (span,)}, 2027.5, 2041.0)))
    years = [words for words in said if words.startswith("20")]
    assert {"2030", "2040"} <= set(years)
    assert all(len(year) == 4 and year.isdigit() for year in years)
    assert not any(words.startswith("2,0") for words in said)


def test_months_are_told_by_sixes_or_dozens():
    x = [at + 0.5 for at in range(36)]
    panels = [Panel(f"p{at}", (Line("l", "plan", x),)) for at in range(3)]
    said = words_of(drawn(Lines(x, panels, "%", top=100.0)))
    assert {"12", "24"} <= set(said)
    assert not {"5", "10", "15"} & set(said)


EMPTY = {
    "bars": Bars(("a",), (Series("s", "plan", (NAN,)),), "t", log=True),
    "bars without rows": Bars((), (Series("s", "plan", ()),), "t"),
    "a bar of nought on a log axis": Bars(
        ("a", "b"), (Series("s", "plan", (0.0, 5.0)),), "t", log=True
    ),
    "dots": Dots(("a",), (Series("s", "plan", (NAN,)),), "t"),
    "lines": Lines((2025.0,), (Panel("p", (Line("l", "plan", (NAN,)),)),), "t"),
    "no panels": Lines((2025.0, 2026.0), (), "t"),
    "scatter": Scatter((), "x", "y", log=True, diagonal=True, within=2.0),
    "grid": Grid(("a",), ("b",), [[NAN]], [[""]], "t", "spread", empty="nothing"),
    "sankey": Sankey((Node("a", "A", 0, "plan"),), (), ("Mine",), "t"),
    "timeline": Timeline({}, 2025.0, 2030.0),
    "map": Map((), (), "t"),
}


@pytest.mark.parametrize("what", EMPTY)
def test_what_has_no_values_is_drawn_without_them(what):
    picture = drawn(EMPTY[what])
    assert outside(picture) == []
    assert "A title" in paper.svg(picture, "light")


def test_dollars_underscores_and_markup_are_written_as_they_are():
    plot = Bars(("US$ 5 to US$ 6", "a_b^c <d> & e"), (Series("s", "plan", (1.0, 2.0)),), "US$/kg")
    text = paper.svg(drawn(plot), "light")
    assert ">US$ 5 to US$ 6</text>" in text
    assert ">a_b^c &lt;d&gt; &amp; e</text>" in text


def test_symbols_of_tables_have_glyphs_in_both_languages():
    symbols = "– − ± ≥ ≤ → ∞ × · … ½ °"
    for words in (symbols, f"{symbols} 重希土類"):
        picture = replace(SAMPLES["cost"], title=words)
        assert paper.png(picture, "light", 60.0).startswith(b"\x89PNG")


def test_years_are_not_cut_by_commas():
    said = words_of(SAMPLES["balance"])
    assert "2030" in said
    assert not any(words.startswith("2,0") for words in said)


@given(
    st.lists(st.floats(-1e6, 1e6, allow_nan=False), min_size=1, max_size=8),
    st.booleans(),
)
def test_an_axis_holds_its_values_and_its_ticks_lie_on_it(values, zero):
    low, high = scale.extent(values, zero=zero)
    assert low < high
    assert low <= min(values) + 1e-6 * (high - low)
    assert high >= max(values) - 1e-6 * (high - low)
    axis = scale.Scale(low, high, 10.0, 200.0)
    assert 2 <= len(axis.ticks()) <= 8
    assert all(10.0 - 1e-6 <= axis(tick) <= 200.0 + 1e-6 for tick in axis.ticks())


@given(st.floats(1e-3, 1e6), st.floats(1.0, 1e6))
def test_a_logarithmic_axis_holds_its_values(low, ratio):
    ends = scale.extent([low, low * ratio], log=True)
    assert 0 < ends[0] < low
    assert ends[1] >= low * ratio * 0.998
    assert 1 <= len(scale.Scale(*ends, 0.0, 1.0, log=True).ticks()) <= 12


def test_alarm_is_strong_where_little_is_left_and_size_where_much_is():
    assert step("alarm", 1.0, 365.0) == "ramp-5"
    assert step("alarm", 364.0, 365.0) == "ramp-0"
    assert step("size", 365.0, 365.0) == "ramp-5"
    assert step("size", 1.0, 365.0) == "ramp-0"
    assert [step("spread", v, 10.0) for v in (-10.0, -5.0, 0.0, 5.0, 10.0)] == [
        f"spread-{at}" for at in range(5)
    ]


def crossed(links):
    """A picture's nodes in two columns and the links between them."""
    nodes = [
        Node(f"{side}{at}", "", column, "plan")
        for column, side in enumerate("st")
        for at in range(5)
    ]
    return Sankey(nodes, [Link(f"s{a}", f"t{b}", v, "plan") for a, b, v in links], ("", ""), "t")


def test_the_order_of_a_sankey_undoes_crossings_that_can_be_undone():
    plot = crossed([(at, 4 - at, 1.0) for at in range(5)])
    amounts = {f"{side}{at}": 1.0 for side in "st" for at in range(5)}
    given_ = [[n for n in plot.nodes if n.column == at] for at in (0, 1)]
    assert sankey.crossings(given_, plot.links) == 10.0
    assert sankey.crossings(sankey.ordered(plot, amounts), plot.links) == 0.0


@given(
    st.lists(
        st.tuples(st.integers(0, 4), st.integers(0, 4), st.floats(0.1, 9.0)),
        min_size=1,
        max_size=12,
    )
)
def test_the_order_of_a_sankey_is_never_worse_than_the_one_given(links):
    plot = crossed(links)
    amounts = {k.source: 1.0 for k in plot.links} | {k.target: 1.0 for k in plot.links}
    given_ = [[n for n in plot.nodes if n.column == at and n.id in amounts] for at in (0, 1)]
    ordered = sankey.ordered(plot, amounts)
    assert sorted(n.id for c in ordered for n in c) == sorted(amounts)
    assert sankey.crossings(ordered, plot.links) <= sankey.crossings(given_, plot.links) + 1e-9
