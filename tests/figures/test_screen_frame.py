"""Options for screens: JSON, in words, colours and layouts that hold for every plot."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import pytest

from kidorui.figures.picture import Picture
from kidorui.figures.plots import Bars, Series
from kidorui.figures.screen import height, options
from kidorui.figures.screen.marks import even_step, rounded_up
from kidorui.figures.screen.plain import laid_over
from kidorui.figures.screen.shades import along, ink_on, mixed
from kidorui.figures.screen.wording import breadth, lines_of, tip, wrapped
from kidorui.figures.theme import DARK, LIGHT, THEMES
from kidorui.results import Json
from tests.figures.pictures import SAMPLES

every = pytest.mark.parametrize("picture", SAMPLES.values(), ids=SAMPLES)

TOP = {
    "animationDuration", "animationDurationUpdate", "aria", "backgroundColor", "geo", "grid",
    "legend", "matrix", "media", "series", "textStyle", "title", "toolbox", "tooltip", "visualMap",
    "xAxis", "yAxis",
}  # fmt: skip
SERIES = {
    "animation", "areaStyle", "barCategoryGap", "barGap", "barMaxWidth", "bottom",
    "coordinateSystem", "data", "draggable", "effect", "emphasis", "endLabel", "geoIndex",
    "itemStyle", "label", "labelLayout", "labelLine", "left", "levels", "lineStyle", "links",
    "markLine", "name", "nodeAlign", "nodeGap", "nodeWidth", "radius", "right", "showAllSymbol",
    "silent", "stack", "stackStrategy", "symbol", "symbolSize", "tooltip", "top", "type",
    "xAxisIndex", "yAxisIndex", "z",
}  # fmt: skip
AXIS = {
    "axisLabel", "axisLine", "axisPointer", "axisTick", "boundaryGap", "data", "gridIndex",
    "interval", "inverse", "max", "min", "minorSplitLine", "name", "nameGap", "nameLocation",
    "nameTextStyle", "position", "scale", "show", "splitLine", "splitNumber", "type",
}  # fmt: skip
TYPES = {"bar", "heatmap", "line", "lines", "pie", "sankey", "scatter"}
"""What ECharts 6.1 knows of these parts, as far as it is used (checked against its types)."""


def walked(value: Json) -> Iterator[Json]:
    yield value
    if isinstance(value, Mapping):
        for part in value.values():
            yield from walked(part)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for part in value:
            yield from walked(part)


def flat(text: str) -> str:
    """A text without the breaks of its lines."""
    return "".join(text.split())


def words(value: Json) -> set[str]:
    return {part for part in walked(value) if isinstance(part, str)}


@every
@pytest.mark.parametrize("theme", THEMES)
def test_options_are_json_as_they_stand_and_hold_no_function(picture: Picture, theme: str):
    made = options(picture, theme)
    assert json.loads(json.dumps(made, allow_nan=False)) == made
    assert not any("function" in word or "=>" in word for word in words(made))


@every
def test_only_keys_that_echarts_knows_are_used(picture: Picture):
    made = options(picture)
    layouts = [layout["option"] for layout in made["media"]]
    for part in (made, *layouts):
        assert set(part) <= TOP
        for one in part.get("series", ()):
            assert set(one) <= SERIES
        for axis in (*part.get("xAxis", ()), *part.get("yAxis", ())):
            assert set(axis) <= AXIS
    assert {one["type"] for one in made["series"]} <= TYPES


@every
def test_title_note_finding_and_source_are_those_of_the_picture(picture: Picture):
    made = options(picture)
    title, source = made["title"][:2]
    assert flat(title["text"]) == flat(picture.title)
    assert flat(title["subtext"]) == flat(picture.note)
    assert flat(source["text"]) == flat(picture.source)
    assert made["aria"]["enabled"] is True
    assert made["aria"]["label"]["description"] == picture.finding
    assert made["toolbox"] == {"show": False}


@every
def test_each_theme_has_its_own_ground_and_ink(picture: Picture):
    light, dark = options(picture, "light"), options(picture, "dark")
    assert light["backgroundColor"] == LIGHT.ground
    assert dark["backgroundColor"] == DARK.ground
    assert light["title"][0]["textStyle"]["color"] == LIGHT.ink
    assert dark["title"][0]["textStyle"]["color"] == DARK.ink
    drawn = words(dark["series"]) & (set(LIGHT.roles.values()) - set(DARK.roles.values()))
    assert drawn == set()  # no colour of the light theme on a dark ground


@every
def test_every_colour_drawn_is_a_role_of_the_theme_or_between_its_own_colours(picture: Picture):
    named = {*LIGHT.roles.values(), LIGHT.ground, LIGHT.ink, LIGHT.soft, LIGHT.rule, LIGHT.land}
    grounds = (LIGHT.ground, LIGHT.land)
    shares = (0.15, 0.2, 0.25, 0.28, 0.3, 0.38, 0.45)
    pale = {mixed(role, ground, s) for role in named for ground in grounds for s in shares}
    strong = {*LIGHT.ramp, *LIGHT.spread, ink_on("#ffffff"), ink_on("#000000"), "transparent"}
    found = {word for word in words(options(picture)) if re.fullmatch(r"#[0-9a-f]{6}", word)}
    assert found <= named | pale | strong


@every
def test_every_layout_fits_the_narrowest_width_it_is_used_at(picture: Picture):
    narrow, middle, wide = (layout["option"] for layout in options(picture)["media"])
    for layout, width in ((narrow, 360), (middle, 520), (wide, 760)):
        title = layout["title"][0]
        assert all(breadth(line, 15) <= width for line in title["text"].split("\n"))
        assert all(breadth(line, 12) <= width for line in title["subtext"].split("\n"))
    assert height(picture, 100) == height(picture, 360)
    assert height(picture, 760) == height(picture, 2000)


@every
def test_layouts_meet_without_gap_or_overlap_and_the_last_takes_all_others(picture: Picture):
    narrow, middle, wide = options(picture)["media"]
    assert narrow["query"]["maxWidth"] + 1 == middle["query"]["minWidth"]
    assert "query" not in wide
    assert middle["query"]["maxWidth"] < 900


@every
def test_what_lies_wide_is_what_is_laid_out_without_media_queries(picture: Picture):
    made = options(picture)
    wide = made["media"][2]["option"]
    assert laid_over({k: v for k, v in made.items() if k != "media"}, wide) == {
        k: v for k, v in made.items() if k != "media"
    }


@every
def test_every_name_in_the_legend_has_a_series_or_a_colour_of_the_key(picture: Picture):
    made = options(picture)
    entries = [entry["name"] for entry in made.get("legend", {"data": []})["data"]]
    assert len(entries) == len(set(entries))
    names = {one.get("name") for one in made["series"]}
    names |= {
        cell["name"] for one in made["series"] if one["type"] == "pie" for cell in one["data"]
    }
    assert set(entries) <= names


@every
def test_axes_and_grids_that_series_name_are_there(picture: Picture):
    made = options(picture)
    grids = len(made.get("grid", ()))
    for axis in (*made.get("xAxis", ()), *made.get("yAxis", ())):
        assert axis.get("gridIndex", 0) < grids
    for one in made["series"]:
        if "xAxisIndex" in one and "yAxisIndex" in one:
            across = made["xAxis"][one["xAxisIndex"]]
            up = made["yAxis"][one["yAxisIndex"]]
            assert across.get("gridIndex", 0) == up.get("gridIndex", 0)


def test_a_longer_note_and_more_rows_want_more_height():
    short = SAMPLES["onset"]
    wordy = replace(short, note=short.note * 12)
    assert height(wordy, 900) > height(short, 900)
    assert height(wordy, 380) - height(short, 380) > height(wordy, 900) - height(short, 900)
    more = Bars(["row"] * 14, [Series("a", "plan", [1.0] * 14)], "t")
    assert height(replace(short, plot=more), 900) > height(short, 900)


def test_an_unknown_theme_is_refused_by_name():
    with pytest.raises(ValueError, match=r"no theme 'sepia'; one of light, dark, paper"):
        options(SAMPLES["needs"], "sepia")


def test_a_picture_gives_its_own_options():
    assert SAMPLES["needs"].options("dark") == options(SAMPLES["needs"], "dark")


def test_words_of_a_case_do_not_run_in_a_tooltip():
    plot = Bars(["<img src=x onerror=alert(1)>{c}"], [Series("a&b", "plan", [1.0])], "t")
    made = options(replace(SAMPLES["needs"], plot=plot))
    told = made["series"][0]["data"][0]["tooltip"]["formatter"]
    assert told == ("<b>&lt;img src=x onerror=alert(1)&gt;&#123;c&#125;</b><br/>a&amp;b: 1 t")


def test_a_tooltip_leaves_out_what_is_empty():
    assert tip("", "one", "", "two") == {"formatter": "one<br/>two"}


def test_east_asian_letters_are_taken_for_full_squares():
    assert breadth("希土類", 10) == 30
    assert breadth("abc", 10) < 20
    assert lines_of("", 12, 300) == 0
    assert lines_of("希土" * 50, 12, 340) > lines_of("ab" * 50, 12, 340)


def test_lines_break_between_words_and_lose_none():
    text = "Where the rare earths come from, 2,500 t of them"
    broken = wrapped(text, 12, 120)
    assert broken.replace("\n", " ") == text
    assert all(breadth(line, 12) <= 120 for line in broken.split("\n"))
    assert lines_of(text, 12, 120) == broken.count("\n") + 1 > 1
    assert wrapped("unbreakable", 12, 10) == "unbreakable"


def test_japanese_breaks_between_letters_and_not_before_a_full_stop():
    broken = wrapped("希土類の計画。", 10, 60)
    assert broken == "希土類の計\n画。"


def test_the_ink_on_a_colour_is_the_one_of_more_contrast():
    assert ink_on("#ffffff") == ink_on("#f0b98a") == "#10161d"
    assert ink_on("#000000") == ink_on("#0b4a7a") == "#ffffff"


def test_colours_along_a_ramp_meet_its_steps():
    ramp = ("#000000", "#808080", "#ffffff")
    assert [along(ramp, share) for share in (0, 0.5, 1)] == list(ramp)
    assert along(ramp, 0.25) == "#404040"
    assert along(ramp, -1) == ramp[0]
    assert along(ramp, 2) == ramp[2]


@pytest.mark.parametrize(("value", "top"), [(252, 300), (9140, 10_000), (1.2, 1.2), (0.07, 0.08)])
def test_the_end_of_an_axis_is_round_and_not_below(value: float, top: float):
    assert rounded_up(value) == pytest.approx(top)


@pytest.mark.parametrize("span", [100, 120, 1.6, 300, 60, 2.4, 1000])
def test_an_axis_is_divided_into_few_even_steps(span: float):
    parts = span / even_step(span)
    assert math.isclose(parts, round(parts))
    assert 3 <= round(parts) <= 5


def test_options_laid_over_others_merge_lists_of_mappings_item_by_item():
    under = {"a": [{"x": 1}, {"y": 2}], "b": [1, 2], "c": {"d": 1}}
    over = {"a": [{"x": 3, "z": 4}], "b": [5], "c": {"e": 2}}
    assert laid_over(under, over) == {
        "a": [{"x": 3, "z": 4}, {"y": 2}], "b": [5], "c": {"d": 1, "e": 2},
    }  # fmt: skip
    assert under["a"] == [{"x": 1}, {"y": 2}]
