"""Cells by row and column, shaded, with texts in them."""

from __future__ import annotations

import math

from kidorui.figures.plots import Grid
from kidorui.figures.screen.axes import Rows, ink, label_width, row_axes, rows, rows_height
from kidorui.figures.screen.frame import FONT, WIDTHS, Drawn, Room, Width
from kidorui.figures.screen.plain import Options, finite
from kidorui.figures.screen.shades import along, ink_on
from kidorui.figures.screen.wording import (
    amount,
    breadth,
    lines_of,
    longest_word,
    said,
    tip,
    wrapped,
)
from kidorui.figures.theme import Theme
from kidorui.results import Json


def grid(plot: Grid, theme: Theme) -> Drawn:
    """A heat map; columns on top, the first row under them."""
    found = rows(plot.rows, plot.groups)
    low, high = _ends(plot)
    ramp = _ramp(plot, theme)
    options: Options = {
        "xAxis": [_columns(plot, theme)],
        "series": [_cells(plot, found, ramp, theme), *_blanks(plot, found, theme)],
        "visualMap": [_scale(plot, low, high, ramp, theme)],
    }

    def placed(room: Room) -> Options:
        return {
            "grid": [room.box(0.0, 26.0)],
            "xAxis": [_heads(plot, found, room.kind)],
            "yAxis": row_axes(found, (), theme, room.kind),
            "visualMap": [{"bottom": room.bottom}],
            "series": [{"label": _size(plot, found, room.kind)}],
        }

    def body(width: Width) -> float:
        head = 20.0 if plot.column_title else 0.0
        return 50.0 + head + _head(plot, found, width) + rows_height(found, (), width, 26.0)

    blank = plot.empty if any(math.isnan(v) for line in plot.values for v in line) else ""
    return Drawn(options, body, placed, blank=blank)


def _ends(plot: Grid) -> tuple[float, float]:
    seen = [abs(v) for line in plot.values for v in line if not math.isnan(v)]
    top = plot.top or max(seen, default=1.0) or 1.0
    return (-top, top) if plot.kind == "spread" else (0.0, top)


def _ramp(plot: Grid, theme: Theme) -> tuple[str, ...]:
    """The colours from the least value to the greatest."""
    if plot.kind == "spread":
        return theme.spread
    return theme.ramp[::-1] if plot.kind == "alarm" else theme.ramp


def _cells(plot: Grid, found: Rows, ramp: tuple[str, ...], theme: Theme) -> Options:
    low, high = _ends(plot)
    data: list[Json] = []
    for row, line in enumerate(plot.values):
        for column, value in enumerate(line):
            if math.isnan(value):
                continue
            text = plot.texts[row][column]
            colour = along(ramp, (value - low) / (high - low))
            told = amount(value, plot.unit)
            data.append(
                {
                    "value": [column, found.at[row], finite(value)],
                    "name": text,
                    "label": {"color": ink_on(colour)},
                    "tooltip": tip(
                        plot.rows[row], said(plot.columns[column], told), _other(text, told)
                    ),
                }
            )
    return {
        "type": "heatmap",
        "data": data,
        "label": {"show": True, "formatter": "{b}", "fontFamily": FONT, "fontSize": 11},
        "itemStyle": {"borderColor": theme.ground, "borderWidth": 2},
        "emphasis": {"itemStyle": {"borderColor": theme.ink, "borderWidth": 1}},
    }


def _other(text: str, told: str) -> str:
    """The text of a cell where it says more than its number."""
    return "" if not text or text.strip("+%") in told or text in told else text


def _blanks(plot: Grid, found: Rows, theme: Theme) -> list[Json]:
    """Texts of cells without a value."""
    data: list[Json] = [
        {"value": [column, found.at[row]], "name": plot.texts[row][column]}
        for row, line in enumerate(plot.values)
        for column, value in enumerate(line)
        if math.isnan(value) and plot.texts[row][column]
    ]
    if not data:
        return []
    label = {"show": True, "formatter": "{b}", "position": "inside", **ink(theme)}
    quiet: Options = {
        "silent": True,
        "symbolSize": 1,
        "itemStyle": {"color": "transparent"},
        "tooltip": {"show": False},
    }
    return [{"type": "scatter", **quiet, "data": data, "label": label}]


def _columns(plot: Grid, theme: Theme) -> Options:
    axis: Options = {
        "type": "category",
        "position": "top",
        "axisLine": {"show": False},
        "axisTick": {"show": False},
        "axisLabel": {"color": theme.ink, "fontFamily": FONT, "fontSize": 11, "interval": 0},
        "splitLine": {"show": False},
    }
    if plot.column_title:
        axis |= {
            "name": plot.column_title,
            "nameLocation": "middle",
            "nameGap": 26,
            "nameTextStyle": ink(theme),
        }
    return axis


def _cell(plot: Grid, found: Rows, kind: Width) -> float:
    """About the width of a cell, px."""
    free = WIDTHS[kind] - 30.0 - label_width(found, kind)
    return free / max(1, len(plot.columns)) - 4.0


def _heads(plot: Grid, found: Rows, kind: Width) -> Options:
    """The heads of columns, broken into lines where they are level."""
    turned = _turned(plot, found, kind)
    if turned["rotate"]:
        return {"data": list(plot.columns), "axisLabel": turned}
    cell = _cell(plot, found, kind)
    return {"data": [wrapped(c, 11, cell) for c in plot.columns], "axisLabel": turned}


def _turned(plot: Grid, found: Rows, kind: Width) -> Options:
    """How the heads of columns are written: level, on lines, or upright where cells are narrow."""
    cell = _cell(plot, found, kind)
    if longest_word(plot.columns, 11) <= cell:
        return {"rotate": 0, "width": cell, "overflow": "none", "lineHeight": 13}
    longest = min(110.0, max(breadth(column, 11) for column in plot.columns) + 6.0)
    return {"rotate": -90, "width": longest, "overflow": "truncate", "lineHeight": 13}


def _head(plot: Grid, found: Rows, kind: Width) -> float:
    """The height of the heads of columns, px."""
    turned = _turned(plot, found, kind)
    width = turned["width"]
    if turned["rotate"] and isinstance(width, float):
        return width + 6.0
    cell = _cell(plot, found, kind)
    return 13.0 * max((lines_of(column, 11, cell) for column in plot.columns), default=1) + 6.0


def _size(plot: Grid, found: Rows, kind: Width) -> Options:
    """The size of type in cells: as the narrowest allows; none where it could not be read."""
    longest = max((breadth(text, 1.0) for line in plot.texts for text in line), default=0.0)
    size = min(11.0, math.floor(_cell(plot, found, kind) / max(longest, 0.1)))
    return {"show": size >= 7, "fontSize": max(size, 7.0)}


def _scale(plot: Grid, low: float, high: float, ramp: tuple[str, ...], theme: Theme) -> Options:
    least = low if plot.kind == "spread" else 0.0
    return {
        "type": "continuous",
        "seriesIndex": 0,
        "dimension": 2,
        "min": low,
        "max": high,
        "inRange": {"color": list(ramp)},
        "orient": "horizontal",
        "right": 10,
        "itemWidth": 10,
        "itemHeight": 130,
        "padding": 0,
        "textGap": 6,
        "text": [amount(high, plot.unit), amount(least, plot.unit)],
        "textStyle": ink(theme),
        "calculable": False,
        "hoverLink": False,
    }
