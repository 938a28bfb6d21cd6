"""Spans over calendar years under the headings of their groups."""

from __future__ import annotations

from kidorui.figures.paper import rows
from kidorui.figures.paper.scale import YEARS, Scale
from kidorui.figures.paper.sheet import Sheet
from kidorui.figures.plots import Span, Timeline

_ROW, _THICK, _PALE = 14.0, 8.0, 0.32


def draw(plot: Timeline, sheet: Sheet, top: float) -> float:
    """Draw the spans from `top`; gives the y below them."""
    spans = [span for group in plot.groups.values() for span in group]
    groups = [
        name if at == 0 else "" for name, group in plot.groups.items() for at in range(len(group))
    ]
    labels = rows.measured(sheet, [s.label for s in spans], [s.note for s in spans])
    scale = Scale(plot.first, plot.last, labels.left + 4, labels.right - 8)
    ticks = scale.ticks(max(3, int((scale.end - scale.start) / 32)), YEARS)
    head = rows.axis_above(sheet, scale, "", plot.marks, top, ticks)
    found = rows.written(sheet, labels, groups, head + 2, lambda _: _ROW)
    bottom = found[-1].bottom if found else head
    rows.rules_below(sheet, scale, plot.marks, head, bottom, ticks)
    for span, row in zip(spans, found, strict=True):
        _span(sheet, scale, span, row.middle)
    return bottom


def _span(sheet: Sheet, scale: Scale, span: Span, y: float) -> None:
    """Pale while it is built, full from its opening."""
    top, bottom = y - _THICK / 2, y + _THICK / 2
    begin, opens, end = scale(span.start), scale(span.opens), scale(span.end)
    if opens > begin:
        sheet.box(begin, top, opens, bottom, span.role, alpha=_PALE)
    if end > opens:
        sheet.box(opens, top, end, bottom, span.role)
