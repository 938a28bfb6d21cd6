"""Horizontal bars by row: beside each other, stacked, or from a low to a high end."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from kidorui.figures.plots import Bars, Series
from kidorui.figures.screen.axes import (
    below,
    ink,
    numbers,
    row_axes,
    rows,
    rows_height,
)
from kidorui.figures.screen.frame import EDGE, Drawn, Room, Width
from kidorui.figures.screen.marks import Upright, ends_of, nought, rounded_up
from kidorui.figures.screen.plain import Options, finite
from kidorui.figures.screen.shades import ink_on
from kidorui.figures.screen.wording import amount, between, breadth, said, tip
from kidorui.figures.theme import Theme
from kidorui.language.language import number
from kidorui.results import Json

_NARROW = 200.0
"""About the width of the bars in a narrow chart, px."""


def bars(plot: Bars, theme: Theme) -> Drawn:
    """Bars with the rows on the vertical axis, the first on top."""
    found = rows(plot.rows, plot.groups)
    series: list[Json] = []
    for order, one in enumerate(plot.series):
        colour = theme.colour(one.role)
        if len(one.low) and len(one.high):
            series += floating(one, plot.rows, found.at, plot.unit, colour, f"range {order}")
        else:
            series.append(_bar(one, plot, found.at, colour, theme))
    if plot.stacked:
        series += _sums(plot, found.at, theme)
    low, high = _ends(plot)
    marks = Upright(plot.marks, low, high, plot.log)
    series += marks.series(theme, down=True)
    value = {**numbers(theme, plot.unit, log=plot.log), **below()}
    if low < 0:
        series += nought(theme)
    if any(plot.notes) and not plot.log:
        value["boundaryGap"] = [0, "7%"]
    if plot.top or (plot.unit == "%" and 80.0 < high <= 100.0):
        top = plot.top or 100
        full = any(plot.notes) and high > 0.95 * top
        value["max"] = 1.08 * top if full else top  # room for its number before the note
        if full and isinstance(label := value.get("axisLabel"), Mapping):
            value["axisLabel"] = {**label, "showMaxLabel": False}
    elif any(mark.at >= high for mark in plot.marks):
        value["max"] = rounded_up(high)
    options: Options = {
        "xAxis": [value],
        "series": series,
    }

    def placed(room: Room) -> Options:
        return {
            "grid": [{**room.box(marks.above), "right": EDGE + (0 if any(plot.notes) else 20)}],
            "yAxis": row_axes(found, plot.notes, theme, room.kind),
        }

    def body(width: Width) -> float:
        beside = 1 if plot.stacked else max(1, len(plot.series))
        least = max(26.0, 12.0 * beside + 10.0)
        return 46.0 + marks.above + rows_height(found, plot.notes, width, least)

    return Drawn(options, body, placed, _entries(plot.series, theme))


def _ends(plot: Bars) -> tuple[float, float]:
    """The least and greatest of what is drawn, nought and marks among it."""
    ends = [v for s in plot.series for v in (*s.low, *s.high, *(() if len(s.low) else s.values))]
    if plot.stacked:
        stacks = [_parts(plot, row) for row in range(len(plot.rows))]
        ends = [sum(part for part in stack if part > 0) for stack in stacks]
        ends += [sum(part for part in stack if part < 0) for stack in stacks]
    return ends_of([*ends, *(mark.at for mark in plot.marks)], log=plot.log)


def _entries(series: Sequence[Series], theme: Theme) -> list[Options]:
    """The legend of several named series, by the colours of their roles."""
    if len(series) < 2:
        return []
    return [
        {"name": one.name, "icon": "roundRect", "itemStyle": {"color": theme.colour(one.role)}}
        for one in series
        if one.name
    ]


def _bar(series: Series, plot: Bars, at: Sequence[int], colour: str, theme: Theme) -> Options:
    made: Options = {
        "type": "bar",
        "name": series.name,
        "itemStyle": {"color": colour},
        "barMaxWidth": 18,
        "barGap": "12%",
        "barCategoryGap": "30%",
        "data": [
            {
                "value": [finite(value), place],
                "name": row,
                "tooltip": tip(row, said(series.name, amount(value, plot.unit))),
                "label": _label(plot, order, value, colour),
            }
            for order, (row, value, place) in enumerate(
                zip(plot.rows, series.values, at, strict=True)
            )
        ],
    }
    if plot.stacked:
        made["stack"] = "all"
    made["label"] = {"show": True, "distance": 3, **ink(theme, 10)}
    return made


def _label(plot: Bars, row: int, value: float, colour: str) -> Options:
    """The number of a bar after it, or in it where it is a part of a stack that has the room."""
    words = "" if math.isnan(value) else number(value)
    if not plot.stacked:
        return {"formatter": words, "position": "left" if value < 0 else "right"}
    parts = _parts(plot, row)
    longest = max(sum(map(abs, _parts(plot, other))) for other in range(len(plot.rows))) or 1.0
    fits = _NARROW * abs(value) / longest >= breadth(words, 10) + 4.0 if words else False
    shown = words if fits and len(parts) > 1 else ""
    return {"formatter": shown, "position": "inside", "color": ink_on(colour)}


def _parts(plot: Bars, row: int) -> list[float]:
    return [s.values[row] for s in plot.series if s.values[row] and not math.isnan(s.values[row])]


def _sums(plot: Bars, at: Sequence[int], theme: Theme) -> list[Json]:
    """The sum of each stack after it, where all parts lie on the right."""
    sums = [(sum(_parts(plot, row)), row) for row in range(len(plot.rows)) if _parts(plot, row)]
    if any(part < 0 for row in range(len(plot.rows)) for part in _parts(plot, row)):
        return []
    return [
        {
            "type": "scatter",
            "data": [
                {"value": [finite(value), at[row]], "name": number(value)} for value, row in sums
            ],
            "symbolSize": 1,
            "itemStyle": {"color": "transparent"},
            "silent": True,
            "tooltip": {"show": False},
            "label": {
                "show": True,
                "formatter": "{b}",
                "position": "right",
                "distance": 3,
                **ink(theme, 10),
            },
        }
    ]


def floating(
    series: Series, words: Sequence[str], at: Sequence[int], unit: str, colour: str, stack: str
) -> list[Json]:
    """Bars from low to high: a foot that is not seen, and what lies right and left of nought on it.

    Bars of one sign are stacked, so that low is foot + left and high is foot + right.
    """
    foot: list[Json] = []
    right: list[Json] = []
    left: list[Json] = []
    for row, low, high, place in zip(words, series.low, series.high, at, strict=True):
        base = low if low > 0 else high if high < 0 else 0.0
        gap = math.isnan(low) or math.isnan(high)
        told = tip(row, said(series.name, between(low, high, unit)))
        foot.append([None if gap else base, place])
        for part, end in ((right, max(high, base) - base), (left, min(low, base) - base)):
            shown = None if gap or end == 0 else end
            part.append({"value": [shown, place], "name": row, "tooltip": told})
    unseen: Options = {
        "data": foot,
        "itemStyle": {"color": "transparent"},
        "silent": True,
        "tooltip": {"show": False},
    }
    common: Options = {
        "type": "bar",
        "name": series.name,
        "stack": stack,
        "barMaxWidth": 18,
        "barCategoryGap": "30%",
        "itemStyle": {"color": colour},
    }
    return [{**common, **unseen}, {**common, "data": right}, {**common, "data": left}]
