"""Cells by row and column, shaded in steps, with words in them."""

from __future__ import annotations

import math

from kidorui.figures.paper import fonts, rows
from kidorui.figures.paper.sheet import LEFT, RIGHT, SMALL, TINY, Sheet
from kidorui.figures.plots import Grid
from kidorui.language.language import number

_CELL, _WIDEST, _GAP = 15.0, 64.0, 0.75
_RAMP, _SPREAD = 6, 5


def draw(plot: Grid, sheet: Sheet, top: float) -> float:
    """Draw the grid from `top`; gives the y below it."""
    labels = rows.measured(sheet, plot.rows)
    count = max(len(plot.columns), 1)
    wide = min((RIGHT - labels.left) / count, _WIDEST)
    y = _key(plot, sheet, top)
    head = _heads(plot, sheet, labels.left, wide, y)
    found = rows.written(sheet, labels, plot.groups, head + 2, lambda _: _CELL)
    most = _most(plot)
    size = _text_size(plot, sheet, wide)
    for row, values, texts in zip(found, plot.values, plot.texts, strict=True):
        for at, (value, words) in enumerate(zip(values, texts, strict=True)):
            left = labels.left + at * wide
            _cell(plot, sheet, (left, row.top, left + wide, row.bottom), value, words, most, size)
    return found[-1].bottom if found else head


def step(kind: str, value: float, most: float) -> str:
    """The step of the theme's ramp or spread that a value has."""
    part = value / most if most else 0.0
    if kind == "spread":
        at = min(max(math.floor((part + 1) / 2 * _SPREAD), 0), _SPREAD - 1)
        return f"spread-{at}"
    if kind == "alarm":
        part = 1 - part
    return f"ramp-{min(max(math.floor(part * _RAMP), 0), _RAMP - 1)}"


def _edge(step: str) -> str:
    """The colour of a cell's edge: only steps near the ground's colour need one."""
    return "rule" if step in ("ramp-0", "spread-2") else ""


def _most(plot: Grid) -> float:
    seen = [abs(v) for line in plot.values for v in line if math.isfinite(v)]
    return plot.top or max(seen, default=1.0)


def _text_size(plot: Grid, sheet: Sheet, wide: float) -> float:
    """The largest size at which every text fits its cell, 5 points at least."""
    widest = max((sheet.width(t, SMALL) for line in plot.texts for t in line), default=1.0)
    return max(5.0, min(SMALL, SMALL * (wide - 4) / max(widest, 1.0)))


def _cell(
    plot: Grid,
    sheet: Sheet,
    edges: tuple[float, float, float, float],
    value: float,
    words: str,
    most: float,
    size: float,
) -> None:
    left, top, right, bottom = edges
    x, y = (left + right) / 2, (top + bottom) / 2
    if math.isnan(value):
        if words:
            sheet.text(x, y + size * 0.36, words, size=size, colour="soft", align="center")
        else:
            sheet.dots([(x, y)], "rule", size=2.5)
        return
    name = step(plot.kind, value, most)
    edges = (left + _GAP, top + _GAP, right - _GAP, bottom - _GAP)
    sheet.box(*edges, name, edge=_edge(name), width=0.4)
    if words:
        sheet.text(x, y + size * 0.36, words, size=size, colour=f"on-{name}", align="center")


def _heads(plot: Grid, sheet: Sheet, left: float, wide: float, top: float) -> float:
    """Column headings, level where their words fit the column, else turned."""
    y = top
    if plot.column_title:
        y = sheet.lines_of_text(left, y, [plot.column_title], size=SMALL, colour="soft") + 3
    room = wide - 3
    heads = [fonts.balanced(c, TINY, room, japanese=sheet.japanese) for c in plot.columns]
    level = all(sheet.width(line, TINY) <= room for lines in heads for line in lines)
    if level:
        deepest = max((len(lines) for lines in heads), default=0)
        for at, lines in enumerate(heads):
            first = y + (deepest - len(lines)) * 8.4
            sheet.lines_of_text(
                left + (at + 0.5) * wide, first, lines, size=TINY, align="center", leading=1.29
            )
        return y + deepest * 8.4 + 1
    longest = max(sheet.width(c, TINY) for c in plot.columns)
    for at, column in enumerate(plot.columns):
        start = y + longest - sheet.width(column, TINY)
        sheet.text(left + (at + 0.5) * wide + TINY * 0.36, start, column, size=TINY, turned=True)
    return y + longest + 3


def _key(plot: Grid, sheet: Sheet, top: float) -> float:
    """The steps with the values at their ends, and what blank cells mean."""
    most = _most(plot)
    ends = (-most, most) if plot.kind == "spread" else (0.0, most)
    count = _SPREAD if plot.kind == "spread" else _RAMP
    x, middle = LEFT, top + 5.5
    gap = "" if plot.unit == "%" else " "
    words = [number(ends[0]), f"{number(ends[1])}{gap}{plot.unit}".strip()]
    if plot.kind == "spread":
        words[1] = "+" + words[1]
    x = sheet.text(x, middle + SMALL * 0.36, words[0], size=SMALL).right + 3
    for at in range(count):
        value = ends[0] + (at + 0.5) / count * (ends[1] - ends[0])
        name = step(plot.kind, value, most)
        sheet.box(x, middle - 3.5, x + 13, middle + 3.5, name, edge=_edge(name), width=0.4)
        x += 13.5
    x = sheet.text(x + 3, middle + SMALL * 0.36, words[1], size=SMALL).right + 14
    blank = any(math.isnan(v) for line in plot.values for v in line)
    if plot.empty and blank:
        sheet.dots([(x + 2, middle)], "soft", size=2.5)
        sheet.text(x + 8, middle + SMALL * 0.36, plot.empty, size=SMALL)
    return top + 17
