"""Options for screens: every value of a plot stands where ECharts draws it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from kidorui.figures.plots import (
    Arc,
    Band,
    Bars,
    Dots,
    Grid,
    Line,
    Lines,
    Map,
    Mark,
    Panel,
    Plot,
    Sankey,
    Scatter,
    Series,
    Spot,
    Timeline,
)
from kidorui.figures.screen import options
from kidorui.figures.screen.axes import rows
from kidorui.figures.screen.frame import Room
from kidorui.figures.screen.lattice import Lattice
from kidorui.figures.screen.marks import Upright
from kidorui.figures.theme import LIGHT
from tests.figures.pictures import SAMPLES

NAN = math.nan
Made = Mapping[str, Any]


def flat(cell: Any) -> str:
    """The words of a cell of an axis without the breaks of its lines."""
    text: str = cell["value"] if isinstance(cell, Mapping) else cell
    return text.replace("\n", " ")


def drawn(plot: Plot) -> Made:
    return options(replace(SAMPLES["needs"], plot=plot))


def values(series: Made) -> list[Any]:
    return [item["value"] if isinstance(item, Mapping) else item for item in series["data"]]


def near(found: Sequence[float | None], told: Sequence[float]) -> None:
    """What is drawn is what was told, to a thousandth of a px; null for NaN."""
    assert [value is None for value in found] == [math.isnan(value) for value in told]
    for value, wanted in zip(found, told, strict=True):
        if value is not None:
            assert value == pytest.approx(wanted, rel=5e-5)


def test_each_bar_stands_in_its_row_with_a_tooltip_of_name_value_and_unit():
    plot = SAMPLES["needs"].plot
    assert isinstance(plot, Bars)
    made = options(SAMPLES["needs"])
    axis = [flat(cell) for cell in made["yAxis"][0]["data"]]
    for series, one in zip(plot.series, made["series"], strict=False):
        assert (one["type"], one["name"]) == ("bar", series.name)
        assert one["itemStyle"]["color"] == LIGHT.colour(series.role)
        for row, value, item in zip(plot.rows, series.values, one["data"], strict=True):
            assert item["value"][0] == value
            assert axis[item["value"][1]] == row
            assert item["tooltip"]["formatter"].endswith(f"{value:,.0f} t oxide/yr")
    assert made["series"][0]["data"][0]["tooltip"]["formatter"] == (
        "<b>Neodymium and praseodymium oxide</b><br/>Nothing done: 9,140 t oxide/yr"
    )
    assert made["xAxis"][0]["name"] == "t oxide/yr"


def test_headings_stand_over_their_groups_and_notes_beside_their_rows():
    plot = SAMPLES["needs"].plot
    assert isinstance(plot, Bars)
    left, right = options(SAMPLES["needs"])["yAxis"]
    cells = [flat(cell) for cell in left["data"]]
    assert cells == ["Magnet materials", *plot.rows[:3], "Others", *plot.rows[3:]]
    assert left["inverse"] is right["inverse"] is True
    assert right["data"] == ["", *plot.notes[:3], "", *plot.notes[3:]]


def test_rows_of_the_same_name_keep_places_of_their_own():
    found = rows(("light", "heavy", "light", "heavy"), ("mined", "", "separated", ""))
    assert found.at == (1, 2, 4, 5)
    assert found.headings == {0, 3}


def test_bars_from_low_to_high_end_where_they_should_also_across_nought():
    low, high = (12.0, -5.0, -8.0, NAN), (89.0, 3.0, -2.0, 4.0)
    made = drawn(Bars(list("abcd"), [Series("range", "without", (), low, high)], "days"))
    foot, right, left = (values(one) for one in made["series"][:3])
    assert [one["stack"] for one in made["series"][:3]] == ["range 0"] * 3
    ends = [
        (f[0] + (lo[0] or 0), f[0] + (hi[0] or 0))
        for f, hi, lo in zip(foot[:3], right[:3], left[:3], strict=True)
    ]
    assert ends == [(12, 89), (-5, 3), (-8, -2)]
    assert foot[3] == [None, 3]
    assert made["series"][0]["itemStyle"]["color"] == "transparent"
    assert "range: 12 – 89 days" in made["series"][1]["data"][0]["tooltip"]["formatter"]
    # ECharts stacks bars of one sign only: what is left of nought lies on a foot left of it
    for base, more, less in zip(foot[:3], right[:3], left[:3], strict=True):
        assert base[0] * (more[0] or 0) >= 0
        assert base[0] * (less[0] or 0) >= 0


def test_stacked_bars_share_a_stack_and_a_missing_part_is_null():
    made = options(SAMPLES["origins"])
    assert [one["stack"] for one in made["series"][:3]] == ["all"] * 3
    assert made["series"][2]["data"][1]["value"] == [None, 1]


def test_a_stack_tells_its_sum_after_it_and_its_parts_where_they_have_room():
    made = options(SAMPLES["origins"])
    (sums,) = [one for one in made["series"] if one["type"] == "scatter"]
    assert [item["name"] for item in sums["data"]] == ["9,550", "940", "5,320", "1,065", "180"]
    assert sums["data"][0]["value"] == [9550, 0]
    china, australia = (item["label"]["formatter"] for item in made["series"][0]["data"][:2])
    assert (china, australia) == ("5,200", "")


def test_a_stack_to_both_sides_of_nought_has_no_sum():
    parts = [Series("a", "plan", [3.0]), Series("b", "base", [-2.0])]
    made = drawn(Bars(["x"], parts, "t", stacked=True))
    assert [one["type"] for one in made["series"]] == ["bar", "bar", "scatter"]
    assert "markLine" in made["series"][2]  # the line at nought


def test_bars_and_outer_dots_have_their_numbers_beside_them():
    bar = drawn(Bars(["a", "b"], [Series("s", "plan", [3.25, -4.0])], "t"))["series"][0]
    told = [(item["label"]["formatter"], item["label"]["position"]) for item in bar["data"]]
    assert told == [("3.25", "right"), ("−4", "left")]
    pair = [Series("s", "plan", [1.0]), Series("t", "base", [4.0])]
    media = drawn(Dots(["a"], pair, "t"))["media"]
    shown = [layout["option"]["series"][1]["label"]["show"] for layout in media]
    assert shown == [False, True, True]
    dots = drawn(Dots(["a"], pair, "t"))["series"][1:]
    assert [one["data"][0]["label"]["formatter"] for one in dots] == ["1", "4"]
    third = drawn(Dots(["a"], [*pair, Series("u", "warn", [2.0])], "t"))["series"][1:]
    assert [one["data"][0]["label"]["formatter"] for one in third] == ["", "4", ""]
    quiet = drawn(Dots(["a"], pair, "t", told=False))["series"][1:]
    assert [one["label"]["show"] for one in quiet] == [False, False]


def test_an_axis_of_per_cent_ends_at_a_hundred():
    assert drawn(Bars(["a"], [Series("s", "plan", [97.0])], "%"))["xAxis"][0]["max"] == 100
    assert drawn(Dots(["a"], [Series("s", "plan", [97.0])], "%"))["xAxis"][0]["max"] == 100
    assert "max" not in drawn(Bars(["a"], [Series("s", "plan", [130.0])], "%"))["xAxis"][0]


def test_a_number_that_would_run_into_the_words_beside_it_is_left_out():
    pair = [Series("s", "plan", [0.1, 50.0]), Series("t", "base", [100.0, 60.0])]
    dots = drawn(Dots(["a", "b"], pair, "%", notes=("note", "")))["series"][1:]
    assert [[item["label"]["formatter"] for item in one["data"]] for one in dots] == [
        ["", "50"], ["", "60"],
    ]  # fmt: skip


def test_a_logarithmic_axis_is_one_and_a_given_top_is_its_end():
    assert options(SAMPLES["onset"])["xAxis"][0]["type"] == "log"
    made = drawn(Bars(["a"], [Series("s", "plan", [3.0])], "%", top=100.0))
    assert made["xAxis"][0]["max"] == 100
    assert made["xAxis"][0]["type"] == "value"


def test_a_mark_beyond_all_bars_stretches_the_axis():
    made = drawn(Bars(["a"], [Series("s", "plan", [3.0])], "%", marks=[Mark(60.0, "ceiling")]))
    assert made["xAxis"][0]["max"] >= 60
    (line,) = made["series"][-1]["markLine"]["data"]
    assert (line["xAxis"], line["name"]) == (60, "ceiling")
    assert line["lineStyle"]["color"] == LIGHT.colour("warn")
    assert line["label"]["position"] == "start"  # the rows run downwards: the start is on top


def test_one_named_series_needs_no_legend():
    made = drawn(Bars(["a"], [Series("only", "plan", [3.0])], "%"))
    assert "legend" not in made


def test_dots_lie_in_their_rows_over_spans_and_on_a_line_from_least_to_greatest():
    plot = SAMPLES["shares"].plot
    assert isinstance(plot, Dots)
    made = options(SAMPLES["shares"])
    at = rows(plot.rows, plot.groups).at
    dots = [one for one in made["series"] if one["type"] == "scatter" and one.get("name")]
    for series, one in zip(plot.series, dots, strict=True):
        near([value[0] for value in values(one)], series.values)
        assert [value[1] for value in values(one)] == list(at)
        assert one["itemStyle"]["color"] == LIGHT.colour(series.role)
    assert len({one["symbol"] for one in dots}) == len(dots)  # told apart by shape as well
    (line,) = [one for one in made["series"] if one["type"] == "line"]
    assert line["data"][:3] == [[44.0, 1], [71.0, 1], [None, None]]
    assert line["data"][-3:] == [[92.0, at[-1]], [92.0, at[-1]], [None, None]]
    foot, right, _ = made["series"][:3]
    assert [f[0] + r[0] for f, r in zip(values(foot), values(right), strict=True) if f[0]] == [
        57.0, 52.0, 47.0, 71.0, 99.0, 64.0,
    ]  # fmt: skip


def test_a_range_is_drawn_even_where_its_dot_is_missing():
    made = drawn(Dots(["a"], [Series("s", "plan", [NAN], [1.0], [4.0])], "t"))
    line, dot = made["series"]
    assert line["data"] == [[1.0, 0], [4.0, 0], [None, None]]
    assert values(dot) == [[None, 0]]


def test_lines_stand_over_named_places_and_bands_on_their_low_ends():
    plot = SAMPLES["course"].plot
    assert isinstance(plot, Lines)
    (panel,) = plot.panels
    made = options(SAMPLES["course"])
    lines = {one["name"]: one for one in made["series"] if one.get("name")}
    cells = made["xAxis"][0]["data"]
    for line in panel.lines:
        one = lines[line.name]
        assert [float(cells[at]) for at, _ in one["data"]] == list(plot.x)
        near([y for _, y in one["data"]], line.y)
        assert one["lineStyle"]["type"] == ("dashed" if line.dashed else "solid")
        assert one["lineStyle"]["color"] == LIGHT.colour(line.role)
    low, rise, high = made["series"][:3]
    (band,) = panel.bands
    near([y for _, y in low["data"]], band.low)
    near([y for _, y in high["data"]], band.high)
    near([y for _, y in rise["data"]], [b - a for a, b in zip(band.low, band.high, strict=True)])
    assert low["stack"] == rise["stack"]
    assert rise["areaStyle"] == {"color": LIGHT.colour(band.role), "opacity": band.strength}
    assert rise["tooltip"] == {"show": False}  # the difference says nothing to a reader
    assert "stack" not in high


def test_tooltips_of_lines_tell_x_with_its_title_and_the_unit():
    pointer = options(SAMPLES["course"])["xAxis"][0]["axisPointer"]
    assert pointer["label"]["formatter"] == "days after the ban: {value} [%]"
    assert options(SAMPLES["course"])["tooltip"]["trigger"] == "axis"


def test_marks_of_lines_stand_on_the_axis_they_name_between_places_too():
    panel = Panel("", [Line("a", "plan", [1.0, 2.0])], marks=[
        Mark(2027.5, "ban", axis="x"), Mark(1.5, "need"),
    ])  # fmt: skip
    made = drawn(Lines([2027.0, 2028.0], [panel], "t"))
    upright, level = (one for one in made["series"] if "markLine" in one)
    assert upright["markLine"]["data"][0]["xAxis"] == 2027.5
    assert upright["xAxisIndex"] == 1
    hidden = made["xAxis"][1]
    assert (hidden["type"], hidden["min"], hidden["max"]) == ("value", 2027, 2028)
    assert level["markLine"]["data"][0]["yAxis"] == 1.5


def test_each_panel_has_a_grid_and_axes_of_its_own_with_shared_ends():
    plot = SAMPLES["balance"].plot
    assert isinstance(plot, Lines)
    made = options(SAMPLES["balance"])
    count = len(plot.panels)
    assert len(made["grid"]) == len(made["yAxis"]) == count
    assert [axis["gridIndex"] for axis in made["yAxis"]] == list(range(count))
    assert [axis["gridIndex"] for axis in made["xAxis"]] == [o // 2 for o in range(2 * count)]
    assert len({(axis["min"], axis["max"]) for axis in made["yAxis"]}) == 1
    highest = max(v for p in plot.panels for line in p.lines for v in line.y if v == v)
    assert made["yAxis"][0]["max"] >= highest
    assert [title["text"] for title in made["title"][2 : 2 + count]] == [
        panel.title for panel in plot.panels
    ]
    for order, panel in enumerate(plot.panels):
        seen = [
            one for one in made["series"]
            if one["type"] == "line" and one["yAxisIndex"] == order and one["z"] == 3
        ]  # fmt: skip
        assert [one["name"] for one in seen] == [line.name for line in panel.lines]
        assert {one["xAxisIndex"] for one in seen} == {2 * order}
        for one, line in zip(seen, panel.lines, strict=True):
            near([y for _, y in one["data"]], line.y)


def test_panels_have_a_cell_each_with_their_title_at_any_width():
    plot = SAMPLES["balance"].plot
    assert isinstance(plot, Lines)
    count = len(plot.panels)
    made = options(SAMPLES["balance"])
    parts = (*made["grid"], *made["title"][2 : 2 + count])
    assert all(part["coordinateSystem"] == "matrix" for part in parts)
    wide = []
    for layout in (media["option"] for media in made["media"]):
        across, down = (len(layout["matrix"][side]["data"]) for side in ("x", "y"))
        cells = [tuple(grid["coord"]) for grid in layout["grid"]]
        assert cells == [(order % across, order // across) for order in range(count)]
        assert cells[-1][1] == down - 1
        assert [tuple(title["coord"]) for title in layout["title"][2 : 2 + count]] == cells
        wide.append(across)
    assert wide == [2, 2, 3]


def test_one_panel_needs_no_table_and_leaves_room_for_names_at_the_ends_where_it_is_wide():
    made = options(SAMPLES["course"])
    assert "matrix" not in made
    narrow, _, wide = (media["option"] for media in made["media"])
    assert narrow["grid"][0]["right"] < wide["grid"][0]["right"]
    shown = [one["endLabel"]["show"] for one in narrow["series"] if "endLabel" in one]
    assert shown == [False] * 3
    assert [one["endLabel"]["show"] for one in wide["series"] if "endLabel" in one] == [True] * 3


def test_panels_with_own_axes_leave_their_ends_to_the_data():
    panels = [
        Panel("a", [Line("l", "plan", [1.0, 2.0])]),
        Panel("b", [Line("l", "plan", [5.0, 900.0])]),
    ]
    made = drawn(Lines([1.0, 2.0], panels, "t", own=True))
    assert all("max" not in axis for axis in made["yAxis"])


def test_values_below_the_asked_bottom_are_not_cut_off():
    made = drawn(Lines([1.0, 2.0], [Panel("", [Line("l", "plan", [-3.0, 2.0])])], "t"))
    assert made["yAxis"][0]["min"] <= -3


def test_years_are_written_without_a_comma_and_gaps_keep_their_width():
    places = Lattice((2025.0, 2026.0, 2030.0), ())
    assert places.even
    assert places.cells == ["2025", "2026", "2027", "2028", "2029", "2030"]
    assert places.at == [0, 1, 5]


def test_words_for_x_name_its_places_and_only_they_are_ticks():
    places = Lattice((0.0, 1.0, 2.0, 3.0), ("2025-04", "", "2025-06", ""))
    assert places.cells == ["2025-04", "1", "2025-06", "3"]
    assert places.ticks(Room("wide", 760, 500, 0, 0), 600) == [0, 2]


def test_ticks_are_round_and_fewer_where_there_is_less_room():
    places = Lattice(tuple(float(year) for year in range(2024, 2041)), ())
    room = Room("wide", 760, 500, 0, 0)
    assert [places.cells[at] for at in places.ticks(room, 150)] == ["2025", "2030", "2035", "2040"]
    assert len(places.ticks(room, 900)) == 17


@pytest.mark.parametrize("x", [(0.0, 0.31831, 7.77), (0.5, 1.5, 2.5)])
def test_uneven_or_never_whole_x_is_an_axis_of_numbers(x: tuple[float, ...]):
    places = Lattice(x, ())
    assert not places.even
    near(places.at, x)
    made = drawn(Lines(x, [Panel("", [Line("l", "plan", [1.0, 2.0, 3.0])])], "t"))
    assert made["xAxis"][0]["type"] == "value"
    assert (made["xAxis"][0]["min"], made["xAxis"][0]["max"]) == (x[0], x[-1])


def test_a_band_with_gaps_is_null_there_and_not_nan():
    band = Band("b", "plan", [1.0, NAN], [2.0, NAN])
    made = drawn(Lines([1.0, 2.0], [Panel("", bands=[band])], "t"))
    assert [one["data"][1][1] for one in made["series"][:3]] == [None] * 3


def test_words_of_marks_that_are_near_stand_over_each_other():
    far = Upright([Mark(1.0, "ban"), Mark(9.0, "end")], 0, 10)
    near_ones = Upright([Mark(5.0, "stocks run out"), Mark(5.2, "ban ends")], 0, 10)
    assert near_ones.above > far.above > 0
    assert Upright([Mark(5.0)], 0, 10).above == 0
    (series,) = near_ones.series(LIGHT)
    low, high = (line["label"]["distance"] for line in series["markLine"]["data"])
    assert high > low


def test_points_are_grouped_by_role_and_told_on_both_axes():
    plot = SAMPLES["fit"].plot
    assert isinstance(plot, Scatter)
    made = options(SAMPLES["fit"])
    found = {
        item["name"]: (one, item)
        for one in made["series"] if one["type"] == "scatter" for item in one["data"]
    }  # fmt: skip
    names = {role: name for name, role in plot.legend.items()}
    for point in plot.points:
        one, item = found[point.label]
        assert item["value"] == [point.x, point.y]
        assert one["name"] == names[point.role]
        assert one["itemStyle"]["color"] == LIGHT.colour(point.role)
        assert "recorded, t oxide/yr: " in item["tooltip"]["formatter"]
    assert (made["xAxis"][0]["name"], made["yAxis"][0]["name"]) == (plot.x_title, plot.y_title)
    assert made["xAxis"][0]["type"] == made["yAxis"][0]["type"] == "log"


def test_the_diagonal_goes_from_corner_to_corner_within_a_band_of_its_factor():
    made = options(SAMPLES["fit"])
    low, high = made["xAxis"][0]["min"], made["xAxis"][0]["max"]
    assert (made["yAxis"][0]["min"], made["yAxis"][0]["max"]) == (low, high)
    floor, rise, equal = made["series"][:3]
    assert equal["data"] == [[low, low], [high, high]]
    for at, end in enumerate((low, high)):
        assert floor["data"][at][1] == end / 2
        assert floor["data"][at][1] + rise["data"][at][1] == pytest.approx(end * 2)


def test_joined_points_are_joined_within_their_group_only():
    plot = SAMPLES["frontier"].plot
    assert isinstance(plot, Scatter)
    paths = [one["data"] for one in options(SAMPLES["frontier"])["series"] if one["type"] == "line"]
    assert paths[0] == [[p.x, p.y] for p in plot.points if not p.group]
    assert len(paths) == 2


def test_a_larger_point_is_larger_by_area():
    sizes = {
        item["value"][0]: item["symbolSize"]
        for one in options(SAMPLES["frontier"])["series"] if one["type"] == "scatter"
        for item in one["data"]
    }  # fmt: skip
    assert sizes[15.6] / sizes[4.0] == pytest.approx(math.sqrt(2), rel=1e-2)


def test_cells_stand_in_row_and_column_with_text_and_unit():
    plot = SAMPLES["stops"].plot
    assert isinstance(plot, Grid)
    made = options(SAMPLES["stops"])
    heat = made["series"][0]
    axis = made["yAxis"][0]["data"]
    found = {(axis[item["value"][1]], made["xAxis"][0]["data"][item["value"][0]]): item
             for item in heat["data"]}  # fmt: skip
    for r, row in enumerate(plot.rows):
        for c, column in enumerate(plot.columns):
            value = plot.values[r][c]
            if math.isnan(value):
                assert (row, column) not in found
                continue
            item = found[row, column]
            assert item["value"][2] == value
            assert item["name"] == plot.texts[r][c]
            assert f"{column}: {value:g} days" in item["tooltip"]["formatter"]


def test_a_grid_of_alarm_is_strong_where_small_and_its_scale_tells_the_unit():
    scale = options(SAMPLES["stops"])["visualMap"][0]
    assert scale["inRange"]["color"] == list(LIGHT.ramp[::-1])
    assert (scale["min"], scale["max"]) == (0, 365)
    assert scale["text"] == ["365 days", "0 days"]
    assert options(SAMPLES["losses"])["visualMap"][0]["inRange"]["color"] == list(LIGHT.ramp)


def test_a_grid_of_both_signs_is_shaded_about_nought():
    scale = options(SAMPLES["sensitivity"])["visualMap"][0]
    assert (scale["min"], scale["max"]) == (-31, 31)
    assert scale["inRange"]["color"] == list(LIGHT.spread)


def test_what_a_blank_cell_means_is_told_in_the_legend():
    made = options(SAMPLES["stops"])
    plot = SAMPLES["stops"].plot
    assert isinstance(plot, Grid)
    assert made["legend"]["data"][-1]["name"] == plot.empty
    assert made["legend"]["selectedMode"] is False
    assert "legend" not in options(SAMPLES["losses"])  # no cell is blank


def test_texts_of_cells_without_a_value_are_written_all_the_same():
    made = drawn(Grid(["a"], ["b", "c"], [[1.0, NAN]], [["1", "never"]], "days"))
    (blank,) = [one for one in made["series"] if one["type"] == "scatter"]
    assert blank["data"] == [{"value": [1, 0], "name": "never"}]


def test_nodes_and_links_of_a_sankey_keep_their_columns_colours_and_amounts():
    plot = SAMPLES["chain"].plot
    assert isinstance(plot, Sankey)
    made = options(SAMPLES["chain"])
    one = made["series"][0]
    assert one["type"] == "sankey"
    for node, item in zip(plot.nodes, one["data"], strict=True):
        assert (item["name"], item["depth"]) == (node.id, node.column)
        assert item["label"]["formatter"] == node.label
        assert item["itemStyle"]["color"] == LIGHT.colour(node.role)
    for link, item in zip(plot.links, one["links"], strict=True):
        assert (item["source"], item["target"]) == (link.source, link.target)
        assert item["value"] == link.value
        assert item["lineStyle"]["color"] == LIGHT.colour(link.role)
        assert item["tooltip"]["formatter"].endswith(" t oxide/yr")
    assert [title["text"] for title in made["title"][2:]] == list(plot.columns)
    states = next(item for item in one["data"] if item["name"] == "m-us")
    assert states["tooltip"]["formatter"] == "<b>United States</b><br/>Mine<br/>1,020 t oxide/yr"
    assert [level["depth"] for level in one["levels"]] == [0, 1, 2, 3]


def test_spans_of_a_timeline_begin_open_and_end_on_their_dates():
    plot = SAMPLES["projects"].plot
    assert isinstance(plot, Timeline)
    made = options(SAMPLES["projects"])
    spans = [span for group in plot.groups.values() for span in group]
    foot, light, full = (values(one) for one in made["series"][:3])
    cells = made["yAxis"][0]["data"]
    for at, span in enumerate(spans):
        start = foot[at][0]
        assert start == span.start
        assert start + light[at][0] == pytest.approx(span.opens)
        assert start + light[at][0] + full[at][0] == pytest.approx(span.end)
        assert cells[foot[at][1]] == span.label
        assert made["series"][2]["data"][at]["itemStyle"]["color"] == LIGHT.colour(span.role)
    dates, years = made["xAxis"]
    assert (dates["min"], dates["max"]) == (plot.first, plot.last)
    assert years["data"][0] == "2025"
    assert years["data"][-1] == "2041"
    assert "2026 → 2028.5 → 2041" in made["series"][2]["data"][1]["tooltip"]["formatter"]
    assert [entry["name"] for entry in made["legend"]["data"]] == list(plot.legend)


def test_spots_and_arcs_lie_about_the_pacific():
    plot = SAMPLES["map"].plot
    assert isinstance(plot, Map)
    made = options(SAMPLES["map"])
    (geo,) = made["geo"]
    assert geo["map"] == "world"
    arcs, spots = made["series"][:2]
    for arc, item in zip(plot.arcs, arcs["data"], strict=True):
        assert item["coords"] == [list(arc.start), list(arc.end)]
        assert item["value"] == arc.width
        assert item["lineStyle"]["color"] == LIGHT.colour(arc.role)
        assert item["lineStyle"]["type"] == ("dashed" if arc.dashed else "solid")
        assert item["tooltip"]["formatter"].endswith(" t oxide/yr")
    for spot, item in zip(plot.spots, spots["data"], strict=True):
        assert item["value"] == [spot.lon, spot.lat, spot.size]
        assert item["name"] == spot.label
        assert item["itemStyle"]["color"] == LIGHT.colour(spot.role)
    assert {region["name"] for region in geo["regions"]} == set(plot.shaded)
    assert arcs["effect"] == {"show": False}


def test_the_americas_lie_east_of_the_pacific():
    place = (-118.2, 34.0)
    made = drawn(
        Map([Spot(*place, "Los Angeles", "free")], [Arc(place, (139.7, 35.7), 1.0, "free")], "t")
    )
    assert made["series"][1]["data"][0]["value"][0] == pytest.approx(241.8)
    assert made["series"][0]["data"][0]["coords"][0][0] == pytest.approx(241.8)


def test_wider_arcs_carry_more_and_larger_spots_hold_more():
    made = options(SAMPLES["map"])
    arcs, spots = made["series"][:2]
    widths = sorted((item["value"], item["lineStyle"]["width"]) for item in arcs["data"])
    assert [width for _, width in widths] == sorted(width for _, width in widths)
    sizes = {item["name"]: item["symbolSize"] for item in spots["data"]}
    area = (sizes["Baotou"] / sizes["Kuantan"]) ** 2
    assert area == pytest.approx(5400 / 3100, rel=1e-2)
