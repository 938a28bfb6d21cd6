"""A sheet as a file: PNG, or SVG to stand alone or within a page."""

from __future__ import annotations

import re
from html import escape
from io import BytesIO, StringIO
from threading import Lock

from matplotlib import rc_context
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG

from kidorui.figures.paper.fonts import STACKS
from kidorui.figures.paper.frame import sheet_of
from kidorui.figures.paper.paint import paint, stand_ins
from kidorui.figures.paper.sheet import HALO, Sheet
from kidorui.figures.picture import Picture

_SAVING = Lock()
"""What a file is saved with are settings for all threads: one saves at a time."""

_JOINS = "stroke-linejoin: round; stroke-linecap: butt"
_FAMILY = re.compile(r"(font-family: |font: (?:\d+ )?[\d.]+px )[^;\"]*")
_EDGED = re.compile(r'(<g id="(strong|halo)-\d+">\s*(?:<!--.*?-->\s*)?<text style=")')
_FRACTION = re.compile(r"(\d\.\d\d)\d+")
_COLOUR = re.compile(r"#fe[0-9a-f]{4}")
_HEAD = re.compile(r"^.*?<svg[^>]*>.*?</metadata>", re.DOTALL)
_STYLE = re.compile(r"\s*<style type=\"text/css\">[^<]*</style>")
_UNTURNED = re.compile(r' transform="rotate\(-0 [^)]*\)"')
_ID = re.compile(r'(\bid="|href="#|url\(#)')


def png(picture: Picture, theme: str, dpi: float) -> bytes:
    """A picture as PNG."""
    sheet = sheet_of(picture, paint(theme))
    file = BytesIO()
    canvas = FigureCanvasAgg(sheet.figure)
    with _SAVING, rc_context({"text.hinting": "no_hinting"}):  # as wide as it was measured
        canvas.print_figure(file, format="png", dpi=dpi, metadata={"Software": None})
    return file.getvalue()


def svg(picture: Picture, theme: str) -> str:
    """A picture as an SVG document whose text is text."""
    sheet = sheet_of(picture, paint(theme), strokes=False)
    wide, high = _size(sheet)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{_head(picture, wide, high)}' + _body(
        sheet, picture.name, f' width="{wide}pt" height="{high}pt"'
    )


def inline_svg(picture: Picture, scope: str) -> str:
    """A picture as an `svg` element whose colours are CSS variables, the light theme's if unset.

    Its ids begin with scope and the picture's name, so that several may stand in one page.
    """
    sheet = sheet_of(picture, stand_ins(), strokes=False)
    text = _head(picture, *_size(sheet)) + _body(sheet, picture.name, ' width="100%"')
    text = _ID.sub(lambda found: f"{found[1]}{scope}{picture.name}-", text)
    names = {colour: name for name, colour in stand_ins().items()}
    light = paint("light")

    def variable(found: re.Match[str]) -> str:
        name = names[found[0]]
        return f"var(--fig-{name}, {light[name]})"

    return _COLOUR.sub(variable, text)


def _size(sheet: Sheet) -> tuple[float, float]:
    wide, high = sheet.figure.get_size_inches()
    return round(72 * float(wide), 2), round(72 * float(high), 2)


def _head(picture: Picture, wide: float, high: float) -> str:
    """The element's beginning, but for its size."""
    label = escape(picture.finding or picture.title)
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'viewBox="0 0 {wide} {high}" role="img" aria-label="{label}" style="{_JOINS}"'
    )


def _body(sheet: Sheet, name: str, size: str) -> str:
    """The element from its size on.

    What matplotlib puts at the head is left out: its style would hold for a whole page.
    """
    file = StringIO()
    with _SAVING, rc_context({"svg.fonttype": "none", "svg.hashsalt": name}):
        FigureCanvasSVG(sheet.figure).print_figure(file, format="svg", metadata={"Date": None})
    text = _UNTURNED.sub("", _STYLE.sub("", _HEAD.sub("", file.getvalue())))
    edged = {
        "strong": "font-weight: 700; ",
        "halo": f"paint-order: stroke; stroke: {sheet.paint['ground']}; stroke-width: {HALO}; ",
    }
    text = _EDGED.sub(lambda found: found[1] + edged[found[2]], _FRACTION.sub(r"\1", text))
    return f"{size}>" + _FAMILY.sub(lambda found: found[1] + STACKS[sheet.japanese], text)
