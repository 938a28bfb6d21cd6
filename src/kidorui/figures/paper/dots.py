"""Dots by row, joined along it, with ranges behind them."""

from __future__ import annotations

import math
from collections.abc import Sequence

from kidorui.figures.paper import rows
from kidorui.figures.paper.legend import MARKERS, Key, Shape, distinct
from kidorui.figures.paper.scale import Scale, extent
from kidorui.figures.paper.sheet import TINY, Sheet
from kidorui.figures.plots import Dots, Series
from kidorui.language.language import number

_ROW, _PALE, _THICK = 15.0, 0.22, 7.0


def keys(plot: Dots) -> Sequence[Key]:
    """A key per series of dots and per span."""
    dots = [
        Key(series.name, series.role, _shape(at), MARKERS[at % len(MARKERS)])
        for at, series in enumerate(plot.series)
    ]
    spans = [Key(span.name, span.role, "pale", alpha=_PALE) for span in plot.spans]
    return distinct([*dots, *spans]) if len(dots) + len(spans) > 1 else ()


def draw(plot: Dots, sheet: Sheet, top: float) -> float:
    """Draw the dots from `top`; gives the y below them."""
    labels = rows.measured(sheet, plot.rows, plot.notes, plot.unit)
    ends = [v for s in (*plot.series, *plot.spans) for v in (*s.values, *s.low, *s.high)]
    low, high = extent([*ends, *(mark.at for mark in plot.marks)], plot.log, tight=True)
    shown = [v for v in ends if plot.told and not math.isnan(v)]
    wide = max((sheet.width(number(v), TINY) for v in shown), default=0) + 8
    part = Scale(low, high, 0.0, 1.0, plot.log)
    values = [v for s in plot.series for v in s.values if not math.isnan(v)]
    spare = (labels.right - labels.left) * (1 - max(map(part, values), default=0.0))
    scale = Scale(low, high, labels.left + 4, labels.right - max(8.0, wide - spare), plot.log)
    ticks = scale.ticks(6)
    head = rows.axis_above(sheet, scale, plot.unit, plot.marks, top, ticks)
    found = rows.written(sheet, labels, plot.groups, head + 2, lambda _: _ROW)
    bottom = found[-1].bottom if found else head
    rows.rules_below(sheet, scale, plot.marks, head, bottom, ticks)
    for at, row in enumerate(found):
        for series in (*plot.spans, *plot.series):
            _range(sheet, scale, series, at, row.middle)
        _dots(plot, sheet, scale, at, row.middle)
    return bottom


def _shape(at: int) -> Shape:
    return "hollow" if at == 0 else "dot"


def _range(sheet: Sheet, scale: Scale, series: Series, row: int, y: float) -> None:
    if not (series.low and series.high):
        return
    low, high = series.low[row], series.high[row]
    if not (math.isnan(low) or math.isnan(high)):
        left, right = scale(low), scale(high)
        sheet.box(
            left, y - _THICK / 2, max(right, left + 1), y + _THICK / 2, series.role, alpha=_PALE
        )


def _dots(plot: Dots, sheet: Sheet, scale: Scale, row: int, y: float) -> None:
    """The dots of a row, the line that joins them, the values of the outer two."""
    given = [(at, s, s.values[row]) for at, s in enumerate(plot.series) if row < len(s.values)]
    given = [(at, s, v) for at, s, v in given if not math.isnan(v)]
    if not given:
        return
    places = sorted((scale(v), v) for _, _, v in given)
    if plot.joined and len(places) > 1:
        sheet.line([(places[0][0], y), (places[-1][0], y)], "soft", width=0.9, over=2.5)
    for at, series, value in given:  # the last on top
        hollow = _shape(at) == "hollow" and len(plot.series) > 1
        sheet.dots(
            [(scale(value), y)], series.role, marker=MARKERS[at % len(MARKERS)], hollow=hollow
        )
    if not plot.told:
        return
    (least, low), (most, high) = places[0], places[-1]
    banded = plot.spans or any(series.low for series in plot.series)
    backed = 0.0 if banded else 0.9
    rows.value_beside(sheet, most + 2, y, number(high), size=TINY, backed=backed)
    if len(places) > 1 and number(low) != number(high) and len(plot.series) < 3:
        wide = sheet.width(number(low), TINY) + 6
        if least - wide > scale.start - 4:
            rows.value_beside(
                sheet, least - 2, y, number(low), before=True, size=TINY, backed=backed
            )
