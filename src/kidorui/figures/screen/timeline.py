"""Projects over calendar years: pale while they are built, full while they run."""

from __future__ import annotations

import math

from kidorui.figures.plots import Span, Timeline
from kidorui.figures.screen.axes import (
    ink,
    numbers,
    row_axes,
    rows,
    rows_height,
)
from kidorui.figures.screen.frame import Drawn, Room, Width
from kidorui.figures.screen.marks import Upright
from kidorui.figures.screen.plain import Options, told
from kidorui.figures.screen.shades import pale
from kidorui.figures.screen.wording import tip
from kidorui.figures.theme import Theme
from kidorui.results import Json


def timeline(plot: Timeline, theme: Theme) -> Drawn:
    """A row per span: a bar that is not seen to its start, a pale one, a full one."""
    spans = [span for group in plot.groups.values() for span in group]
    heads = [
        name if at == 0 else "" for name, group in plot.groups.items() for at, _ in enumerate(group)
    ]
    found = rows([span.label for span in spans], heads)
    notes = [span.note for span in spans]
    series: list[Json] = [_part(part, spans, found.at, theme) for part in ("foot", "pale", "full")]
    marks = Upright(plot.marks, math.floor(plot.first), math.ceil(plot.last))
    series += marks.series(theme, down=True)
    options: Options = {
        "xAxis": _years(plot, theme),
        "series": series,
    }

    def placed(room: Room) -> Options:
        return {"grid": [room.box(marks.above)], "yAxis": row_axes(found, notes, theme, room.kind)}

    def body(width: Width) -> float:
        return 30.0 + marks.above + rows_height(found, notes, width, 24.0)

    return Drawn(options, body, placed, key=plot.legend)


def _years(plot: Timeline, theme: Theme) -> list[Json]:
    """The axis of dates, and over the same stretch one whose years are written without commas."""
    first, last = math.floor(plot.first), math.ceil(plot.last)
    dates = {**numbers(theme), "min": first, "max": last, "show": False}
    written: Options = {
        "type": "category",
        "position": "bottom",
        "boundaryGap": False,
        "data": [str(year) for year in range(first, last + 1)],
        "axisLine": {"show": True, "lineStyle": {"color": theme.rule}},
        "axisTick": {"show": True, "lineStyle": {"color": theme.rule}},
        "axisLabel": {**ink(theme), "hideOverlap": True},
        "splitLine": {"show": True, "lineStyle": {"color": theme.rule, "opacity": 0.6}},
    }
    return [dates, written]


def _part(part: str, spans: list[Span], at: tuple[int, ...], theme: Theme) -> Options:
    data: list[Json] = []
    for span, place in zip(spans, at, strict=True):
        colour = theme.colour(span.role)
        opens = min(max(span.opens, span.start), span.end)
        length = {"foot": span.start, "pale": opens - span.start, "full": span.end - opens}[part]
        full: Options = {"color": colour, "borderColor": colour}
        light: Options = {"color": pale(colour, theme, 0.28), "borderColor": colour}
        item: Options = {
            "value": [told(length, 9), place],
            "name": span.label,
            "tooltip": tip(span.label, _dates(span), span.note),
        }
        if part != "foot":
            item["itemStyle"] = full if part == "full" else light
        data.append(item)
    made: Options = {
        "type": "bar",
        "stack": "span",
        "xAxisIndex": 0,
        "barMaxWidth": 14,
        "barCategoryGap": "35%",
        "data": data,
    }
    if part == "foot":
        made |= {"silent": True, "itemStyle": {"color": "transparent"}, "tooltip": {"show": False}}
    return made


def _dates(span: Span) -> str:
    return " → ".join(f"{date:.2f}".rstrip("0").rstrip(".") for date in _told(span))


def _told(span: Span) -> list[float]:
    return list(dict.fromkeys((span.start, span.opens, span.end)))
