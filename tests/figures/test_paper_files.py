"""Files of the paper renderer: the same each time, and fit for a page in light and dark."""

from __future__ import annotations

import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from xml.etree import ElementTree as ET

import matplotlib as mpl
import pytest
from fontTools.ttLib import TTFont

from kidorui.figures import paper
from kidorui.figures.paper.paint import READABLE, contrast, paint, stand_ins
from kidorui.figures.theme import DARK, LIGHT, THEMES
from tests.figures.pictures import SAMPLES

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("name", ["needs", "map", "needs-ja"])
def test_files_are_the_same_byte_for_byte_each_time(name):
    picture = SAMPLES[name]
    assert paper.png(picture, "dark", 60.0) == paper.png(picture, "dark", 60.0)
    assert paper.svg(picture, "paper") == paper.svg(picture, "paper")
    assert paper.inline_svg(picture) == paper.inline_svg(picture)


def test_threads_draw_what_one_draws_alone():
    names = ["needs", "chain", "needs-ja", "map"] * 2
    alone = [paper.svg(SAMPLES[name], "light") for name in names]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda name: paper.svg(SAMPLES[name], "light"), names))
    assert together == alone


def test_settings_of_matplotlib_stay_as_they_were():
    before = dict(mpl.rcParams)
    for name in ("needs", "needs-ja", "map"):
        paper.png(SAMPLES[name], "light", 60.0)
        paper.inline_svg(SAMPLES[name])
    assert dict(mpl.rcParams) == before


def test_settings_of_the_user_do_not_change_a_picture():
    plain = paper.svg(SAMPLES["shares"], "light")
    theirs = {
        "font.family": "monospace",
        "lines.linewidth": 9.0,
        "axes.facecolor": "red",
        "patch.edgecolor": "red",
        "text.color": "red",
    }
    with mpl.rc_context(theirs):
        assert paper.svg(SAMPLES["shares"], "light") == plain


def test_matplotlib_is_imported_only_to_draw_and_pyplot_never():
    code = """
import sys
from kidorui.figures import paper
from kidorui.figures.picture import Picture
assert "matplotlib" not in sys.modules
from tests.figures.pictures import SAMPLES
SAMPLES["needs-ja"].svg("paper")
SAMPLES["map"].png("paper", 50.0)
assert "matplotlib" in sys.modules
assert "matplotlib.pyplot" not in sys.modules
assert "matplotlib_fontja" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("theme", THEMES)
def test_a_file_has_the_colours_of_its_theme_and_no_others(theme):
    known = set(paint(theme).values())
    for picture in SAMPLES.values():
        used = set(re.findall(r"#[0-9a-f]{6}\b", paper.svg(picture, theme)))
        assert used <= known
        assert THEMES[theme].ground in used


def test_text_is_text_in_a_family_that_readers_have():
    text = paper.svg(SAMPLES["needs-ja"], "paper")
    assert ">ジスプロシウム酸化物</text>" in text
    assert "'IPAexGothic', 'Hiragino Sans'" in text
    assert "font-weight: 700" in text
    assert "IPAex" not in paper.svg(SAMPLES["needs"], "paper")


@pytest.mark.parametrize("name", SAMPLES)
def test_every_colour_of_an_inline_picture_is_a_variable_with_the_light_theme_behind(name):
    text = paper.inline_svg(SAMPLES[name])
    light = paint("light")
    pairs = re.findall(r"var\(--fig-([a-z0-9-]+), (#[0-9a-f]{6})\)", text)
    assert pairs
    assert all(light[role] == colour for role, colour in pairs)
    rest = re.sub(r"var\(--fig-[a-z0-9-]+, #[0-9a-f]{6}\)", "", text)
    assert (
        re.findall(r"#[0-9a-fA-F]{3,8}\b(?!-)", re.sub(r'(href=|url\()"?#[^")]*', "", rest)) == []
    )
    for style in re.findall(r"(?:fill|stroke): ([^;\"]+)", rest):
        assert style in ("", "none")


def test_inline_pictures_stand_together_in_a_page():
    ids = []
    for picture in SAMPLES.values():
        text = paper.inline_svg(picture)
        assert text.startswith("<svg ")
        assert "<style" not in text
        assert "<metadata" not in text
        root = ET.fromstring(text)
        assert root.get("role") == "img"
        assert root.get("aria-label") == picture.finding
        assert root.get("width") == "100%"
        assert root.get("height") is None
        assert root.get("viewBox").startswith("0 0 453.6 ")
        own = [e.get("id") for e in root.iter() if e.get("id")]
        named = set(re.findall(r"(?:url\(|href=\")#([^)\"]+)", text))
        assert named <= set(own)
        ids.extend(own)
    assert len(ids) == len(set(ids))


def test_a_picture_of_two_runs_has_ids_of_its_own_in_each():
    ids = [
        set(re.findall(r'\bid="([^"]+)"', paper.inline_svg(SAMPLES["map"], scope)))
        for scope in ("run1-", "run2-")
    ]
    assert ids[0]
    assert not ids[0] & ids[1]


def test_the_font_for_some_characters_has_these_and_is_small():
    made = paper.font_for("重希土類のabc")
    assert made == paper.font_for("重希土類のabc")
    assert made.startswith(b"wOFF")
    assert len(made) < 20_000
    with TTFont(BytesIO(made)) as font:
        assert {ord(c) for c in "重希土類のabc"} <= set(font.getBestCmap())
        assert ord("軽") not in font.getBestCmap()


def test_the_page_has_a_variable_for_every_colour_in_light_dark_and_print():
    css = paper.theme_css()
    light, dark, printed = re.split(r"@media", css)
    for block, theme in ((light, "light"), (dark, "dark"), (printed, "paper")):
        declared = dict(re.findall(r"--fig-([a-z0-9-]+): (#[0-9a-f]{6});", block))
        assert declared == dict(paint(theme))
    assert f"--fig-plan: {LIGHT.roles['plan']};" in light
    assert f"--fig-plan: {DARK.roles['plan']};" in dark
    assert "prefers-color-scheme: dark" in dark
    assert "print" in printed


def test_stand_ins_are_told_apart_from_each_other_and_from_every_theme():
    colours = list(stand_ins().values())
    assert len(set(colours)) == len(colours)
    assert not set(colours) & {c for theme in THEMES for c in paint(theme).values()}


@pytest.mark.parametrize("theme", THEMES)
def test_words_can_be_read_on_what_they_stand_on(theme):
    colours = paint(theme)
    steps = [name for name in colours if name.startswith(("ramp-", "spread-"))]
    assert len(steps) == 11
    for name in steps:
        assert contrast(colours[name], colours[f"on-{name}"]) >= READABLE
    for name in ("ink", "soft", *(n for n in colours if n.startswith("word-"))):
        assert contrast(colours[name], colours["ground"]) >= READABLE


def test_a_picture_has_its_finding_for_those_who_cannot_see_it():
    picture = SAMPLES["needs"]
    root = ET.fromstring(paper.svg(picture, "light"))
    assert root.get("aria-label") == picture.finding
    assert root.get("width") == "453.6pt"
    assert root.find(f".//{SVG}metadata") is None


def test_black_on_white_has_the_contrast_the_guideline_says():
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.478, abs=1e-3)
