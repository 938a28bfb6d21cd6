"""Points over two axes, with the diagonal, and joined points."""

from __future__ import annotations

import math
from collections.abc import Sequence

from kidorui.figures.plots import Point, Role, Scatter
from kidorui.figures.screen.axes import below, ink, numbers
from kidorui.figures.screen.dots import SYMBOLS
from kidorui.figures.screen.frame import FONT, Drawn, Room, Width
from kidorui.figures.screen.marks import Upright, ends_of, level
from kidorui.figures.screen.plain import Options, finite, told
from kidorui.figures.screen.wording import said, tip
from kidorui.figures.theme import Theme
from kidorui.language.language import number
from kidorui.results import Json


def scatter(plot: Scatter, theme: Theme) -> Drawn:
    """Points by role, each role a series, named where the legend names it."""
    names = {role: name for name, role in plot.legend.items()}
    roles = list(dict.fromkeys([*plot.legend.values(), *(point.role for point in plot.points)]))
    series: list[Json] = []
    if plot.diagonal:
        series += _diagonal(plot, theme)
    if plot.joined:
        groups = dict.fromkeys(point.group for point in plot.points)
        series += [_path([p for p in plot.points if p.group == g], theme) for g in groups]
    series += [
        _points(plot, role, names.get(role, ""), SYMBOLS[order % 4], theme)
        for order, role in enumerate(roles)
    ]
    ends_x = ends_of([point.x for point in plot.points], log=plot.log)
    marks = Upright([mark for mark in plot.marks if mark.axis == "x"], *ends_x, plot.log)
    series += marks.series(theme)
    series += level([mark for mark in plot.marks if mark.axis == "value"], theme)
    across_axis = {**numbers(theme, plot.x_title, log=plot.log), **below()}
    up_axis: Options = {
        **numbers(theme, plot.y_title, log=plot.log),
        "nameLocation": "end",
        "nameGap": 8.0 + marks.above,
        "nameTextStyle": {**ink(theme), "align": "left"},
    }
    if plot.diagonal:
        low, high = _ends(plot)
        ends: Options = {"min": told(low), "max": told(high)}
        across_axis |= ends
        up_axis |= ends
    options: Options = {"xAxis": [across_axis], "yAxis": [up_axis], "series": series}
    options["legend"] = {"itemWidth": 11, "itemHeight": 11}

    def placed(room: Room) -> Options:
        return {"grid": [{**room.box(4.0), "right": 24}]}

    def body(width: Width) -> float:
        return {"narrow": 300.0, "middle": 330.0, "wide": 370.0}[width]

    return Drawn(options, body, placed, _entries(plot, theme))


def _entries(plot: Scatter, theme: Theme) -> list[Options]:
    return [
        {
            "name": name,
            "icon": SYMBOLS[order % 4],
            "itemStyle": {"color": theme.colour(role)},
        }
        for order, (name, role) in enumerate(plot.legend.items())
    ]


def _points(plot: Scatter, role: Role, name: str, symbol: str, theme: Theme) -> Options:
    data: list[Json] = [
        {
            "value": [finite(point.x), finite(point.y)],
            "name": point.label,
            "symbolSize": round(9.0 * math.sqrt(max(point.size, 0.1)), 2),
            "tooltip": tip(
                point.label or name,
                said(plot.x_title, number(point.x)),
                said(plot.y_title, number(point.y)),
            ),
        }
        for point in plot.points
        if point.role == role
    ]
    return {
        "type": "scatter",
        "name": name,
        "symbol": symbol,
        "itemStyle": {
            "color": theme.colour(role),
            "opacity": 0.95,
            "borderColor": theme.ground,
            "borderWidth": 1,
        },
        "label": {
            "show": True,
            "formatter": "{b}",
            "position": "right",
            "distance": 4,
            "color": theme.ink,
            "fontFamily": FONT,
            "fontSize": 11,
        },
        "labelLayout": {"hideOverlap": True},
        "data": data,
        "z": 4,
    }


def _path(points: Sequence[Point], theme: Theme) -> Options:
    """A line through points in their order."""
    return {
        "type": "line",
        "data": [[finite(point.x), finite(point.y)] for point in points],
        "symbol": "none",
        "silent": True,
        "lineStyle": {"color": theme.colour(points[0].role), "width": 1.5, "opacity": 0.7},
        "tooltip": {"show": False},
        "emphasis": {"disabled": True},
        "z": 2,
    }


def _diagonal(plot: Scatter, theme: Theme) -> list[Json]:
    low, high = _ends(plot)
    quiet: Options = {
        "type": "line",
        "symbol": "none",
        "silent": True,
        "tooltip": {"show": False},
        "emphasis": {"disabled": True},
        "z": 1,
    }
    soft = theme.colour("muted")
    equal: Options = {
        **quiet,
        "data": [[told(end), told(end)] for end in (low, high)],
        "lineStyle": {"color": soft, "type": "dashed", "width": 1.5},
    }
    if plot.within <= 1:
        return [equal]
    unseen: Options = {**quiet, "lineStyle": {"opacity": 0}, "stack": "within"}
    floor = [[told(end), told(end / plot.within)] for end in (low, high)]
    rise = [[told(end), told(end * plot.within - end / plot.within)] for end in (low, high)]
    area: Options = {"areaStyle": {"color": soft, "opacity": 0.16}}
    return [{**unseen, "data": floor}, {**unseen, **area, "data": rise}, equal]


def _ends(plot: Scatter) -> tuple[float, float]:
    """Ends that both axes share, so that the diagonal goes from corner to corner."""
    seen = [v for p in plot.points for v in (p.x, p.y) if not math.isnan(v)]
    if plot.log:
        positive = [v for v in seen if v > 0] or [1.0, 10.0]
        return (
            10.0 ** math.floor(math.log10(min(positive)) - 0.02),
            10.0 ** math.ceil(math.log10(max(positive)) + 0.02),
        )
    return min([0.0, *seen]), 1.05 * max(seen, default=1.0)
