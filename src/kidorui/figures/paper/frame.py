"""What stands round every plot: title, note, legend and source; and the plot that is drawn."""

from __future__ import annotations

from collections.abc import Sequence

from kidorui.figures.paper import (
    bars,
    dots,
    fonts,
    grid,
    legend,
    lines,
    map,
    sankey,
    scatter,
    timeline,
)
from kidorui.figures.paper.legend import Key
from kidorui.figures.paper.paint import Paint
from kidorui.figures.paper.sheet import LEFT, MARGIN, RIGHT, TEXT, TINY, Sheet
from kidorui.figures.picture import Picture
from kidorui.figures.plots import (
    Bars,
    Dots,
    Grid,
    Lines,
    Map,
    Plot,
    Sankey,
    Scatter,
    Timeline,
)

TITLE = 9.5
_ROOM = RIGHT - LEFT


def sheet_of(picture: Picture, paint: Paint, strokes: bool = True) -> Sheet:
    """The sheet with a picture drawn on it, cut to the height it needs."""
    words = f"{picture.title}{picture.note}{picture.source}{picture.plot!r}"
    sheet = Sheet(paint, fonts.is_japanese(words), strokes)
    y = _heading(sheet, picture)
    y = legend.draw(sheet, keys(picture.plot), y)
    y = draw(picture.plot, sheet, y)
    if picture.source:
        lines_ = sheet.wrapped(picture.source, TINY, _ROOM)
        y = sheet.lines_of_text(LEFT, y + 7, lines_, size=TINY, colour="soft")
    sheet.cut(y + MARGIN)
    return sheet


def keys(plot: Plot) -> Sequence[Key]:
    """The legend a plot needs."""
    match plot:
        case Bars():
            return bars.keys(plot)
        case Dots():
            return dots.keys(plot)
        case Lines():
            return lines.keys(plot)
        case Scatter():
            return scatter.keys(plot)
        case Map():
            return map.keys(plot)
        case Sankey() | Timeline():
            return legend.keys_of(plot.legend)
        case Grid():
            return ()


def draw(plot: Plot, sheet: Sheet, top: float) -> float:
    """Draw a plot from `top`; gives the y below it."""
    match plot:
        case Bars():
            return bars.draw(plot, sheet, top)
        case Dots():
            return dots.draw(plot, sheet, top)
        case Lines():
            return lines.draw(plot, sheet, top)
        case Scatter():
            return scatter.draw(plot, sheet, top)
        case Grid():
            return grid.draw(plot, sheet, top)
        case Sankey():
            return sankey.draw(plot, sheet, top)
        case Timeline():
            return timeline.draw(plot, sheet, top)
        case Map():
            return map.draw(plot, sheet, top)


def _heading(sheet: Sheet, picture: Picture) -> float:
    size = TITLE + 0.5 if sheet.japanese else TITLE
    title = sheet.wrapped(picture.title, size, _ROOM, bold=True)
    y = sheet.lines_of_text(LEFT, MARGIN, title, size=size, bold=True) + 1.5
    if picture.note:
        note = sheet.wrapped(picture.note, TEXT, _ROOM)
        y = sheet.lines_of_text(LEFT, y, note, size=TEXT, colour="soft")
    return y + 5
