"""Points over two axes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from kidorui.figures.paper import marks, placing
from kidorui.figures.paper.legend import MARKERS, Key
from kidorui.figures.paper.scale import Scale, extent, told
from kidorui.figures.paper.sheet import LEFT, RIGHT, SMALL, TINY, Box, Place, Sheet
from kidorui.figures.plots import Point, Scatter

_EQUAL, _HIGH = 250.0, 200.0


def keys(plot: Scatter) -> Sequence[Key]:
    """The legend as the plot words it, with the shape of each role."""
    shapes = _shapes(plot)
    return [Key(name, role, "dot", shapes[role]) for name, role in plot.legend.items()]


def draw(plot: Scatter, sheet: Sheet, top: float) -> float:
    """Draw the points from `top`; gives the y below them."""
    points = [p for p in plot.points if _seen(p.x, plot.log) and _seen(p.y, plot.log)]
    xs, ys = [p.x for p in points], [p.y for p in points]
    if plot.diagonal:
        xs = ys = [*xs, *ys]
    upright = [mark for mark in plot.marks if mark.axis == "x"]
    levels = [mark for mark in plot.marks if mark.axis == "value"]
    x_ends = extent([*xs, *(mark.at for mark in upright)], plot.log)
    y_ends = extent([*ys, *(mark.at for mark in levels)], plot.log)
    ticks = Scale(*y_ends, 0.0, 1.0, plot.log).ticks()
    left = LEFT + max(sheet.width(told(v), TINY) for v in ticks) + 5
    wide = sheet.width(told(x_ends[1]), TINY)
    right = RIGHT - max(wide / 2, 8.0)
    y = sheet.lines_of_text(LEFT, top, [plot.y_title], size=SMALL, colour="soft") + 5
    x_scale = Scale(*x_ends, left, right, plot.log)
    y = marks.above(sheet, x_scale, upright, y, RIGHT)
    high = _EQUAL if plot.diagonal else _HIGH
    y_scale = Scale(*y_ends, y + high, y, plot.log)
    _axes(sheet, x_scale, y_scale)
    if plot.diagonal:
        _diagonal(plot, sheet, x_scale, y_scale)
    seen = [(x_scale(p.x), y_scale(p.y)) for p in points]
    lines = marks.upright(sheet, x_scale, y_scale, upright)
    lines += marks.level(sheet, x_scale, y_scale, levels, seen)
    _points(plot, sheet, points, x_scale, y_scale, lines)
    sheet.text(right, y + high + 19, plot.x_title, size=SMALL, colour="soft", align="right")
    return y + high + 21


def _seen(value: float, log: bool) -> bool:
    return math.isfinite(value) and (value > 0 or not log)


def _shapes(plot: Scatter) -> Mapping[str, str]:
    roles = dict.fromkeys([*plot.legend.values(), *(p.role for p in plot.points)])
    return {role: MARKERS[at % len(MARKERS)] for at, role in enumerate(roles)}


def _axes(sheet: Sheet, x: Scale, y: Scale) -> None:
    across, up = x.ticks(6), y.ticks()
    sheet.rules([((x.start, y(v)), (x.end, y(v))) for v in up])
    sheet.rules([((x(v), y.end), (x(v), y.start)) for v in across])
    sheet.line([(x.start, y.start), (x.end, y.start)], "ink", width=0.7)
    for value in up:
        sheet.text(
            x.start - 4,
            y(value) + TINY * 0.36,
            told(value),
            size=TINY,
            colour="soft",
            align="right",
        )
    for value in across:
        sheet.text(
            x(value), y.start + 9.5, told(value, across), size=TINY, colour="soft", align="center"
        )


def _diagonal(plot: Scatter, sheet: Sheet, x: Scale, y: Scale) -> None:
    """The line of equal values, and the band within a factor of it, inside the axes."""
    low, high = max(x.low, y.low), min(x.high, y.high)
    steps = [low + (high - low) * i / 60 for i in range(61)]
    if plot.log:
        steps = [low * (high / low) ** (i / 60) for i in range(61)]
    if plot.within > 1:
        above = [(x(v), y(v * plot.within)) for v in steps]
        below = [(x(v), y(v / plot.within)) for v in steps]
        sheet.area([*above, *reversed(below)], "muted", alpha=0.18, over=0.8)
    sheet.line([(x(low), y(low)), (x(high), y(high))], "soft", width=0.8, dashed=True, over=1.0)


def _points(
    plot: Scatter,
    sheet: Sheet,
    seen: Sequence[Point],
    x: Scale,
    y: Scale,
    lines: list[list[Place]],
) -> None:
    """The points, joined where asked, with labels that cover neither them nor lines."""
    shapes = _shapes(plot)
    if plot.diagonal:
        low, top = max(x.low, y.low), min(x.high, y.high)
        lines.append([(x(low), y(low)), (x(top), y(top))])
    if plot.joined:
        groups: dict[str, list[Point]] = {}
        for p in seen:
            groups.setdefault(p.group, []).append(p)
        for group in groups.values():
            line = [(x(p.x), y(p.y)) for p in group]
            sheet.line(line, group[0].role, width=1.2)
            lines.append(line)
    for p in seen:
        sheet.dots([(x(p.x), y(p.y))], p.role, size=5.0 * math.sqrt(p.size), marker=shapes[p.role])
    spots = [placing.Spot(x(p.x), y(p.y), 2.5 * math.sqrt(p.size), p.label) for p in seen]
    placing.beside(sheet, spots, Box(x.start, y.end, RIGHT, y.start), lines=lines)
