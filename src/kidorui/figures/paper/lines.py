"""Lines and bands over an axis, in one panel or in several that share their axes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from kidorui.figures.paper import fonts, marks
from kidorui.figures.paper.legend import MARKERS, Key, distinct
from kidorui.figures.paper.scale import YEARS, Scale, extent, told
from kidorui.figures.paper.sheet import LEFT, RIGHT, SMALL, TEXT, TINY, WIDTH, Sheet
from kidorui.figures.plots import Line, Lines, Panel

_ABREAST = 3
_ALONE, _HIGH = 175.0, 84.0
_BETWEEN, _APART = 14.0, 8.6


@dataclass(frozen=True)
class _Frame:
    """A panel's axes: x to the right, y upwards."""

    x: Scale
    y: Scale

    def at(self, x: float, y: float) -> tuple[float, float]:
        return (self.x(x), self.y(y)) if math.isfinite(y) else (math.nan, math.nan)


def keys(plot: Lines) -> Sequence[Key]:
    """Every line and band where there are several panels; of one panel its bands."""
    lines: list[Key] = []
    if len(plot.panels) > 1:
        marker = _markers(plot)
        lines = [
            Key(line.name, line.role, "line", marker[line.name], line.dashed)
            for panel in plot.panels
            for line in panel.lines
        ]
    bands = [
        Key(band.name, band.role, "pale", alpha=band.strength)
        for panel in plot.panels
        for band in panel.bands
    ]
    found = distinct([*lines, *bands])
    return found if len(plot.panels) > 1 or bands else ()


def draw(plot: Lines, sheet: Sheet, top: float) -> float:
    """Draw the panels from `top`; gives the y below them."""
    count = len(plot.panels)
    if not count:
        return top
    abreast = 2 if count == 4 else min(_ABREAST, count)
    if plot.unit:
        top = sheet.lines_of_text(LEFT, top, [plot.unit], size=TINY, colour="soft")
    spans = [_y_extent(plot, [p] if plot.own else plot.panels) for p in plot.panels]
    axis = max(_axis_width(sheet, span) for span in spans)
    side = _side(plot, sheet) if len(plot.panels) == 1 else 4.0
    shared = not plot.own
    inner = RIGHT - LEFT - axis - side
    gap = _BETWEEN + (0.0 if shared else axis)
    wide = (inner - gap * (abreast - 1)) / abreast
    y = top
    for first in range(0, len(plot.panels), abreast):
        row = plot.panels[first : first + abreast]
        lefts = [LEFT + axis + at * (wide + gap) for at in range(len(row))]
        head = max(
            _heading(plot, sheet, panel, left, left + wide, y)
            for panel, left in zip(row, lefts, strict=True)
        )
        high = _ALONE if len(plot.panels) == 1 else _HIGH
        for at, (panel, left) in enumerate(zip(row, lefts, strict=True)):
            low, top_value = spans[first + at]
            frame = _Frame(
                _x_scale(plot, left, left + wide), Scale(low, top_value, head + high, head)
            )
            _axes(plot, sheet, frame, numbers=plot.own or at == 0, most=4 if high < 100 else 5)
            _panel(plot, sheet, panel, frame)
            below = first + at + abreast >= len(plot.panels)
            _x_axis(plot, sheet, frame, words=below)
        last = first + abreast >= len(plot.panels)
        full = len(row) == abreast
        y = head + high + (10.0 if not last and full else 12.0) + (0 if last else 6.0)
    return _x_title(plot, sheet, y, LEFT + axis, LEFT + axis + inner)


def _markers(plot: Lines) -> dict[str, str]:
    """A shape for each line's end, so that colour is not all that tells lines apart."""
    names = dict.fromkeys(line.name for panel in plot.panels for line in panel.lines)
    return {name: MARKERS[at % len(MARKERS)] for at, name in enumerate(names)}


def _y_extent(plot: Lines, panels: Sequence[Panel]) -> tuple[float, float]:
    values = [v for p in panels for line in p.lines for v in line.y]
    values += [v for p in panels for band in p.bands for v in (*band.low, *band.high)]
    values += [mark.at for p in panels for mark in p.marks if mark.axis == "value"]
    zero = math.isnan(plot.bottom) or plot.bottom == 0.0
    low, high = extent(values, zero=zero, most=4)
    if not zero:
        low = plot.bottom
    return low, (high if math.isnan(plot.top) else plot.top)


def _axis_width(sheet: Sheet, span: tuple[float, float]) -> float:
    ticks = Scale(*span, 0.0, 1.0).ticks()
    return max(sheet.width(told(v), TINY) for v in ticks) + 4


def _x_scale(plot: Lines, left: float, right: float) -> Scale:
    low, high = min(plot.x), max(plot.x)
    return Scale(low, high if high > low else low + 1.0, left, right)


def _heading(plot: Lines, sheet: Sheet, panel: Panel, left: float, right: float, y: float) -> float:
    """Title and note of a panel, the labels of its marks; gives the y where its axes begin."""
    if panel.title:
        lines = sheet.wrapped(panel.title, TEXT, right - left, bold=True)
        y = sheet.lines_of_text(left, y, lines, bold=True)
    if panel.note:
        y = sheet.lines_of_text(
            left, y, sheet.wrapped(panel.note, TINY, right - left), size=TINY, colour="soft"
        )
    scale = _x_scale(plot, left, right)
    upright = [mark for mark in panel.marks if mark.axis == "x"]
    return marks.above(sheet, scale, upright, y + 3, min(right + 8, RIGHT)) + 3


def _axes(plot: Lines, sheet: Sheet, frame: _Frame, *, numbers: bool, most: int) -> None:
    ticks = frame.y.ticks(most)
    left, right = frame.x.start, frame.x.end
    sheet.rules([((left, frame.y(v)), (right, frame.y(v))) for v in ticks])
    base = 0.0 if frame.y.low <= 0.0 <= frame.y.high else frame.y.low
    sheet.line([(left, frame.y(base)), (right, frame.y(base))], "ink", width=0.7, over=1.5)
    if not numbers:
        return
    for tick in ticks:
        sheet.text(
            left - 4,
            frame.y(tick) + TINY * 0.36,
            told(tick),
            size=TINY,
            colour="soft",
            align="right",
        )


def _x_axis(plot: Lines, sheet: Sheet, frame: _Frame, *, words: bool) -> None:
    """Short ticks below the axis, with words at the bottom of a column of panels."""
    y = frame.y.start
    room = frame.x.end - frame.x.start
    if plot.labels:
        places = [(x, word) for x, word in zip(plot.x, plot.labels, strict=True) if word]
    else:
        wide = max(sheet.width(told(end, plot.x), TINY) for end in (frame.x.low, frame.x.high))
        ticks = frame.x.ticks(max(4, min(8, int(room / (wide + 10)))), _steps(plot))
        places = [(tick, told(tick, ticks)) for tick in ticks]
    sheet.rules([((frame.x(x), y), (frame.x(x), y + 2.5)) for x, _ in places], "soft")
    last = -math.inf
    for x, word in places if words else ():
        half = sheet.width(word, TINY) / 2
        middle = min(frame.x(x), RIGHT - half)
        if middle - half < last + 3:
            continue
        sheet.text(middle, y + 10, word, size=TINY, colour="soft", align="center")
        last = middle + half


def _steps(plot: Lines) -> Sequence[float]:
    """Round steps of x: of months or days, which are told one by one, parts of a dozen."""
    apart = {round(after - before, 6) for before, after in pairwise(plot.x)}
    dozens = apart == {1.0} and 12 <= plot.x[-1] - plot.x[0] <= 72 and plot.x[0] < 1900
    if dozens:
        return (1.0, 2.0, 3.0, 6.0, 12.0, 24.0)
    return YEARS if plot.x[0] >= 1900 and plot.x[-1] <= 2200 else ()


def _x_title(plot: Lines, sheet: Sheet, y: float, left: float, right: float) -> float:
    if not plot.x_title:
        return y
    sheet.text(
        (left + right) / 2, y + SMALL, plot.x_title, size=SMALL, colour="soft", align="center"
    )
    return y + SMALL * 1.4


def _panel(plot: Lines, sheet: Sheet, panel: Panel, frame: _Frame) -> None:
    alone = len(plot.panels) == 1
    for band in panel.bands:
        _band(plot, sheet, band.low, band.high, band.role, band.strength, frame)
    marks.upright(sheet, frame.x, frame.y, [mark for mark in panel.marks if mark.axis == "x"])
    marker = _markers(plot)
    drawn: list[tuple[float, float]] = []
    for line in panel.lines:
        points = [frame.at(x, y) for x, y in zip(plot.x, line.y, strict=True)]
        sheet.line(
            points, line.role, width=1.5, dashed=line.dashed, over=3.0, capped=not line.dashed
        )
        seen = [p for p in points if not math.isnan(p[1])]
        if not seen:
            continue
        drawn += seen
        shape = "o" if alone else marker[line.name]
        sheet.dots(seen if line.points else seen[-1:], line.role, size=4.2, marker=shape)
    levels = [mark for mark in panel.marks if mark.axis == "value"]
    marks.level(sheet, frame.x, frame.y, levels, drawn)
    if alone:
        _names(plot, sheet, panel.lines, frame)


def _band(
    plot: Lines,
    sheet: Sheet,
    low: Sequence[float],
    high: Sequence[float],
    role: str,
    strength: float,
    frame: _Frame,
) -> None:
    """An area between two lines, in as many pieces as its values have gaps."""
    piece: list[tuple[float, float, float]] = []
    for x, below, above in [*zip(plot.x, low, high, strict=True), (0.0, math.nan, math.nan)]:
        if math.isfinite(below) and math.isfinite(above):
            piece.append((x, below, above))
            continue
        if len(piece) > 1:
            forth = [frame.at(at, up) for at, _, up in piece]
            back = [frame.at(at, down) for at, down, _ in reversed(piece)]
            sheet.area([*forth, *back], role, alpha=strength)
        piece = []


def _side(plot: Lines, sheet: Sheet) -> float:
    """The room for names at the ends of lines."""
    names = [
        fonts.balanced(line.name, SMALL, 0.24 * WIDTH, japanese=sheet.japanese)
        for line in plot.panels[0].lines
    ]
    return max((sheet.width(part, SMALL) for name in names for part in name), default=0.0) + 10


def _names(plot: Lines, sheet: Sheet, lines: Sequence[Line], frame: _Frame) -> None:
    """Names at the ends of lines, pushed apart where they would meet."""
    placed = []
    for line in lines:
        ends = [y for y in line.y if math.isfinite(y)]
        if ends and line.name:
            words = fonts.balanced(line.name, SMALL, 0.24 * WIDTH, japanese=sheet.japanese)
            placed.append((frame.y(ends[-1]), words, line.role))
    placed.sort(key=lambda one: one[0])
    heights = [len(words) * _APART for _, words, _ in placed]
    middles = _apart([y for y, _, _ in placed], heights, frame.y.end, frame.y.start)
    for (_, words, role), middle in zip(placed, middles, strict=True):
        first = middle - (len(words) - 1) * _APART / 2 + SMALL * 0.36
        for at, part in enumerate(words):
            sheet.text(
                frame.x.end + 6, first + at * _APART, part, size=SMALL, colour=f"word-{role}"
            )


def _apart(
    wanted: Sequence[float], heights: Sequence[float], top: float, bottom: float
) -> list[float]:
    """Places in order, near those wanted, at least their heights apart, above the bottom."""
    places = list(wanted)
    for at in range(1, len(places)):
        least = places[at - 1] + (heights[at - 1] + heights[at]) / 2
        places[at] = max(places[at], least)
    limit = bottom + 3
    for at in range(len(places) - 1, -1, -1):
        places[at] = min(places[at], limit - (heights[at] / 2 if at < len(places) - 1 else 0))
        limit = places[at] - heights[at] / 2
    return places
