"""Dots by row and series, joined along the row, over ranges and spans."""

from __future__ import annotations

import math
from collections.abc import Sequence

from kidorui.figures.plots import Dots, Series
from kidorui.figures.screen.axes import (
    below,
    ink,
    numbers,
    row_axes,
    rows,
    rows_height,
)
from kidorui.figures.screen.bars import floating
from kidorui.figures.screen.frame import EDGE, Drawn, Room, Width
from kidorui.figures.screen.marks import Upright, ends_of, nought, rounded_up
from kidorui.figures.screen.plain import Options, finite
from kidorui.figures.screen.shades import pale
from kidorui.figures.screen.wording import amount, between, said, tip
from kidorui.figures.theme import Theme
from kidorui.language.language import number
from kidorui.results import Json

SYMBOLS = ("circle", "diamond", "rect", "triangle", "emptyCircle", "pin")
"""Shapes of the series in order: they differ by more than colour."""


def dots(plot: Dots, theme: Theme) -> Drawn:
    """Dots with the rows on the vertical axis, the first on top."""
    found = rows(plot.rows, plot.groups)
    series: list[Json] = []
    for order, one in enumerate(plot.spans):
        made = floating(
            one,
            plot.rows,
            found.at,
            plot.unit,
            pale(theme.colour(one.role), theme),
            f"span {order}",
        )
        series += [_overlaid(part) for part in made]
    if plot.joined and len(plot.series) > 1:
        series.append(_joined(plot, found.at, theme))
    for order, one in enumerate(plot.series):
        if len(one.low) and len(one.high):
            series.append(_range(one, found.at, theme))
        series.append(_dots(one, plot, found.at, theme, SYMBOLS[order % len(SYMBOLS)]))
    low, high = _ends(plot)
    marks = Upright(plot.marks, low, high, plot.log)
    series += marks.series(theme, down=True)
    value = {**numbers(theme, plot.unit, log=plot.log), **below()}
    if low < 0:
        series += nought(theme)
    percent = plot.unit == "%" and 80.0 < high <= 100.0
    if percent:
        value["max"] = 100
    elif any(mark.at >= high for mark in plot.marks):
        value["max"] = rounded_up(high)
    options: Options = {
        "xAxis": [value],
        "series": series,
        "legend": {"itemWidth": 11, "itemHeight": 11},
    }

    def placed(room: Room) -> Options:
        return {
            "grid": [{**room.box(marks.above), "right": EDGE + (0 if any(plot.notes) else 16)}],
            "series": [_numbered(one, plot, room) for one in series],
            "yAxis": row_axes(found, plot.notes, theme, room.kind),
        }

    def body(width: Width) -> float:
        return 46.0 + marks.above + rows_height(found, plot.notes, width, 25.0)

    return Drawn(options, body, placed, _entries(plot, theme))


def _ends(plot: Dots) -> tuple[float, float]:
    drawn = [v for s in plot.series for v in (*s.values, *s.low, *s.high)]
    spans = [v for s in plot.spans for v in (*s.low, *s.high)]
    return ends_of([*drawn, *spans, *(mark.at for mark in plot.marks)], log=plot.log)


def _entries(plot: Dots, theme: Theme) -> list[Options]:
    if len(plot.series) + len(plot.spans) < 2:
        return []
    dot: list[Options] = [
        {
            "name": one.name,
            "icon": SYMBOLS[order % len(SYMBOLS)],
            "itemStyle": {"color": theme.colour(one.role)},
        }
        for order, one in enumerate(plot.series)
    ]
    span: list[Options] = [
        {
            "name": one.name,
            "icon": "roundRect",
            "itemStyle": {"color": pale(theme.colour(one.role), theme)},
        }
        for one in plot.spans
    ]
    return [entry for entry in (*dot, *span) if entry["name"]]


def _overlaid(part: Json) -> Options:
    assert isinstance(part, dict)
    return {**part, "barGap": "-100%", "barMaxWidth": 14, "z": 1}


def _dots(series: Series, plot: Dots, at: Sequence[int], theme: Theme, symbol: str) -> Options:
    ranged = len(series.low) > 0 and len(series.high) > 0
    data: list[Json] = []
    for row, name in enumerate(plot.rows):
        value = series.values[row]
        told = said(series.name, amount(value, plot.unit))
        ends = between(series.low[row], series.high[row], plot.unit) if ranged else ""
        data.append(
            {
                "value": [finite(value), at[row]],
                "name": name,
                "tooltip": tip(name, told, f"({ends})" if ends else ""),
                "label": _label(plot, row, value),
            }
        )
    return {
        "type": "scatter",
        "name": series.name,
        "symbol": symbol,
        "symbolSize": 11,
        "itemStyle": {
            "color": theme.colour(series.role),
            "opacity": 1,
            "borderColor": theme.ground,
            "borderWidth": 1,
        },
        "label": {"show": plot.told, "distance": 3, **ink(theme, 10)},
        "data": data,
        "z": 4,
    }


def _numbered(one: Json, plot: Dots, room: Room) -> Options:
    """Whether the numbers of a series of dots are shown: in narrow charts they have no room."""
    dots = isinstance(one, dict) and one.get("type") == "scatter" and "markLine" not in one
    return {"label": {"show": plot.told and not room.narrow}} if dots else {}


def _label(plot: Dots, row: int, value: float) -> Options:
    """The number beside an outer dot of a row; of three or more dots the greatest alone.

    None where it would run into the words on either side.
    """
    share = Upright((), *_ends(plot), plot.log).share(value)
    seen = [s.values[row] for s in plot.series if not math.isnan(s.values[row])]
    if seen and value == max(seen):
        free = share < 0.93 or not any(plot.notes)
        return {"formatter": number(value) if free else "", "position": "right"}
    least = bool(seen) and value == min(seen) and len(plot.series) < 3 and share > 0.07
    return {"formatter": number(value) if least else "", "position": "left"}


def _joined(plot: Dots, at: Sequence[int], theme: Theme) -> Options:
    """A thin line along each row from its least dot to its greatest."""
    ends: list[tuple[float, float]] = []
    for row in range(len(plot.rows)):
        seen = [s.values[row] for s in plot.series if not math.isnan(s.values[row])]
        ends.append((min(seen), max(seen)) if seen else (math.nan, math.nan))
    return _strokes(ends, at, {"color": theme.colour("muted"), "width": 2}, 2)


def _range(series: Series, at: Sequence[int], theme: Theme) -> Options:
    """A thick pale line from low to high in each row."""
    style: Options = {
        "color": pale(theme.colour(series.role), theme, 0.45),
        "width": 7,
        "cap": "round",
    }
    made = _strokes(list(zip(series.low, series.high, strict=True)), at, style, 3)
    return {**made, "name": series.name}


def _strokes(
    ends: Sequence[tuple[float, float]], at: Sequence[int], style: Options, depth: int
) -> Options:
    data: list[Json] = []
    for (low, high), place in zip(ends, at, strict=True):
        data += [[finite(low), place], [finite(high), place], [None, None]]
    return {
        "type": "line",
        "data": data,
        "symbol": "none",
        "silent": True,
        "lineStyle": style,
        "tooltip": {"show": False},
        "emphasis": {"disabled": True},
        "z": depth,
    }
