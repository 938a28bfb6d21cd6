"""Horizontal bars: beside each other, stacked, or from one value to another."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from kidorui.figures.paper import rows
from kidorui.figures.paper.legend import Key, distinct
from kidorui.figures.paper.scale import Scale, extent
from kidorui.figures.paper.sheet import SMALL, TINY, Sheet
from kidorui.figures.plots import Bars, Series
from kidorui.language.language import number

_SINGLE, _BESIDE, _BETWEEN = 9.0, 7.0, 6.0


@dataclass(frozen=True)
class _Bar:
    """From value to value, its words, at which of its row's places."""

    low: float
    high: float
    words: str
    series: Series
    place: int
    value: float = math.nan


def keys(plot: Bars) -> Sequence[Key]:
    """A key per series where there are several."""
    if len(plot.series) < 2:
        return ()
    return distinct(Key(series.name, series.role) for series in plot.series)


def draw(plot: Bars, sheet: Sheet, top: float) -> float:
    """Draw the bars from `top`; gives the y below them."""
    labels = rows.measured(sheet, plot.rows, plot.notes, plot.unit)
    bars = [_bars(plot, row) for row in range(len(plot.rows))]
    scale = _scale(plot, sheet, bars, labels.left, labels.right)
    places = 1 if plot.stacked else len(plot.series)
    thick = _SINGLE if places == 1 else _BESIDE
    ticks = scale.ticks(6)
    head = rows.axis_above(sheet, scale, plot.unit, plot.marks, top, ticks)
    found = rows.written(
        sheet, labels, plot.groups, head + 2, lambda _: places * (thick + 1) + _BETWEEN
    )
    bottom = found[-1].bottom if found else head
    rows.rules_below(sheet, scale, plot.marks, head, bottom, ticks)
    for row, line in zip(found, bars, strict=True):
        first = row.middle - (places * (thick + 1) - 1) / 2
        for bar in line:
            y = first + bar.place * (thick + 1)
            _bar(plot, sheet, scale, bar, y, y + thick, inside=len(line) > 1)
        if plot.stacked and len(line) > 1:
            end = scale(max(0.0, *(bar.high for bar in line)))
            rows.value_beside(sheet, end, row.middle, _total(line))
        elif plot.stacked and line:
            _beside(plot, sheet, scale, line[0], row.middle)
    return bottom


def _bars(plot: Bars, row: int) -> list[_Bar]:
    """The bars of a row, from nought or the axis's beginning; those of NaN left out."""
    if plot.stacked:
        return _stack(plot, row)
    found = []
    for place, series in enumerate(plot.series):
        value = series.values[row] if row < len(series.values) else math.nan
        if series.low and series.high:
            low, high = series.low[row], series.high[row]
            if not (math.isnan(low) or math.isnan(high)):
                ends = [number(low), number(high)]
                words = ends[0] if ends[0] == ends[1] else "–".join(ends)
                found.append(_Bar(low, high, words, series, place, value))
        elif not math.isnan(value):
            found.append(_Bar(math.nan, value, number(value), series, place))
    return found


def _stack(plot: Bars, row: int) -> list[_Bar]:
    """Parts after each other from nought, those below nought to the left."""
    found, ends = [], {True: 0.0, False: 0.0}
    for series in plot.series:
        value = series.values[row]
        if math.isnan(value) or value == 0:
            continue
        at = ends[value > 0]
        found.append(_Bar(at, at + value, number(value), series, 0))
        ends[value > 0] = at + value
    return found


def _scale(
    plot: Bars, sheet: Sheet, bars: Sequence[Sequence[_Bar]], left: float, right: float
) -> Scale:
    """The axis, as long as leaves room for the values at the ends of bars."""
    ends = [v for line in bars for bar in line for v in (bar.low, bar.high) if not math.isnan(v)]
    marks = [mark.at for mark in plot.marks]
    low, high = extent([*ends, *marks], plot.log, tight=True)
    if plot.top:
        high = plot.top
    whole = Scale(low, high, 0.0, 1.0, plot.log)
    before = after = 0.0
    room = right - left - 4
    for line in bars:
        if not line:
            continue
        words = _total(line) if plot.stacked else max((b.words for b in line), key=len)
        wide = sheet.width(words, SMALL) + 6
        if any(bar.high < 0 and math.isnan(bar.low) for bar in line):
            part = whole(min(bar.high for bar in line))
            before = max(before, wide - part * room)
        part = whole(max(bar.high for bar in line))
        if part > 0:
            after = max(after, room - (room - wide) / part)
    return Scale(low, high, left + before, right - max(after, 4.0), plot.log)


def _total(line: Sequence[_Bar]) -> str:
    """The sum of a row's parts in words."""
    return number(sum(bar.high - bar.low for bar in line))


def _bar(
    plot: Bars, sheet: Sheet, scale: Scale, bar: _Bar, top: float, bottom: float, *, inside: bool
) -> None:
    """A bar with its value; inside: the value of a part of a stack is written in it if it fits."""
    ranged = not math.isnan(bar.low)
    base = bar.low if ranged else (scale.low if plot.log else 0.0)
    left, right = scale(base), scale(bar.high)
    if ranged and not plot.stacked and right - left < 2:
        left, right = left - 1, right + 1
    sheet.box(left, top, right, bottom, bar.series.role)
    middle = (top + bottom) / 2
    if not plot.stacked:
        _beside(plot, sheet, scale, bar, middle)
        if ranged and math.isfinite(bar.value):
            x = scale(bar.value)
            sheet.line([(x, top), (x, bottom)], "ground", width=1.2, over=2.5)
        return
    if inside and sheet.width(bar.words, TINY) + 4 < abs(right - left):
        sheet.text(
            (left + right) / 2,
            middle + TINY * 0.36,
            bar.words,
            size=TINY,
            colour="ground",
            align="center",
        )
    sheet.line([(right, top), (right, bottom)], "ground", width=0.8, over=2.5)


def _beside(plot: Bars, sheet: Sheet, scale: Scale, bar: _Bar, middle: float) -> None:
    """The words of a bar at its end."""
    before = bar.high < 0 and (math.isnan(bar.low) or plot.stacked)
    rows.value_beside(sheet, scale(bar.high), middle, bar.words, before=before)
