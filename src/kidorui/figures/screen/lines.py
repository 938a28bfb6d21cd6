"""Lines and bands over years or days, in one panel or several."""

from __future__ import annotations

import math
from collections.abc import Sequence

from kidorui.figures.plots import Band, Line, Lines, Panel
from kidorui.figures.screen.axes import ink, numbers
from kidorui.figures.screen.frame import (
    EDGE,
    FONT,
    SMALL,
    TEXT,
    WIDTHS,
    Drawn,
    Room,
    Width,
    heading,
)
from kidorui.figures.screen.lattice import Lattice
from kidorui.figures.screen.marks import Upright, even_step, level, rounded_up
from kidorui.figures.screen.plain import Options, told
from kidorui.figures.screen.shades import pale
from kidorui.figures.screen.wording import breadth, lines_of, wrapped
from kidorui.figures.theme import Theme
from kidorui.results import Json

_GAP = 14.0
"""Between panels, px."""
_OVER = 18.0
"""Over all panels, for the unit, px."""
_BESIDE = 5
"""Lines at most that are named at their ends."""
_WHOLE = "path://M0,3h24v2h-24z"
_BROKEN = "path://M0,3h6v2h-6zM9,3h6v2h-6zM18,3h6v2h-6z"
"""Signs of lines in the legend."""


def lines(plot: Lines, theme: Theme) -> Drawn:
    """Lines over x; every panel has a grid, an axis of y, and two of x: of places and of marks."""
    places = Lattice(plot.x, plot.labels)
    ends = _ends(plot)
    series: list[Json] = []
    for order, panel in enumerate(plot.panels):
        drawn = _panel(panel, order, places, theme)
        if len(plot.panels) == 1 and len(panel.lines) <= _BESIDE:
            drawn = [_named(one, theme) for one in drawn]
        series += drawn
        series += _upright(plot, panel).series(theme, x_axis=2 * order + 1, y_axis=order)
        heights = [mark for mark in panel.marks if mark.axis == "value"]
        series += level(heights, theme, x_axis=2 * order, y_axis=order)
    options: Options = {
        "tooltip": {"trigger": "axis", "axisPointer": {"type": "line", "snap": True}},
        "xAxis": [a for o in range(len(plot.panels)) for a in _x_axes(plot, places, o, theme)],
        "yAxis": [_y_axis(plot, o, ends[o], theme) for o in range(len(plot.panels))],
        "series": series,
        **_grids(len(plot.panels)),
        "title": [{}, {}, *_titles(plot, theme)],
        "legend": {"itemWidth": 24},
    }

    def placed(room: Room) -> Options:
        return _placed(plot, places, series, room)

    def body(width: Width) -> float:
        columns = _columns(len(plot.panels), width)
        down = math.ceil(len(plot.panels) / columns)
        if len(plot.panels) == 1:
            return 350.0
        head = _panel_head(plot, WIDTHS[width] / columns)
        return 40.0 + down * ((180.0 if down == 1 else 116.0) + head)

    return Drawn(options, body, placed, _entries(plot, theme))


def _grids(count: int) -> Options:
    """Grids that lie in the cells of a table, where there are several."""
    return {} if count == 1 else {"grid": [{"coordinateSystem": "matrix"} for _ in range(count)]}


def _upright(plot: Lines, panel: Panel) -> Upright:
    """The marks of a panel that are values of x."""
    return Upright([m for m in panel.marks if m.axis == "x"], plot.x[0], plot.x[-1])


def _panel(panel: Panel, order: int, places: Lattice, theme: Theme) -> list[Options]:
    drawn: list[Options] = []
    for at, band in enumerate(panel.bands):
        drawn += _band(band, f"band {order} {at}", order, places, theme)
    drawn += [_line(line, order, places, theme) for line in panel.lines]
    return drawn


def _line(line: Line, order: int, places: Lattice, theme: Theme) -> Options:
    colour = theme.colour(line.role)
    return {
        **_over(line.name, order, places, line.y),
        "symbol": "circle" if line.points else "none",
        "symbolSize": 6,
        "showAllSymbol": True,
        "lineStyle": {"color": colour, "width": 2, "type": "dashed" if line.dashed else "solid"},
        "itemStyle": {"color": colour},
        "z": 3,
    }


def _band(band: Band, stack: str, order: int, places: Lattice, theme: Theme) -> list[Options]:
    """An area stacked on its low end; a line that is not seen tells the high end to the tooltip."""
    colour = theme.colour(band.role)
    unseen: Options = {
        "symbol": "none",
        "lineStyle": {"opacity": 0},
        "itemStyle": {"color": colour},
        "emphasis": {"disabled": True},
        "z": 1,
    }
    stacked: Options = {"stack": stack, "stackStrategy": "all"}
    rise = [high - low for low, high in zip(band.low, band.high, strict=True)]
    return [
        {**_over(band.name, order, places, band.low), **unseen, **stacked},
        {
            **_over(band.name, order, places, rise),
            **unseen,
            **stacked,
            "areaStyle": {"color": colour, "opacity": band.strength},
            "tooltip": {"show": False},
        },
        {**_over(band.name, order, places, band.high), **unseen},
    ]


def _over(name: str, order: int, places: Lattice, y: Sequence[float]) -> Options:
    return {
        "type": "line",
        "name": name,
        "xAxisIndex": 2 * order,
        "yAxisIndex": order,
        "data": [[at, told(value)] for at, value in zip(places.at, y, strict=True)],
    }


def _named(one: Options, theme: Theme) -> Options:
    """A line with its name at its end; bands have none."""
    if one["z"] != 3:
        return one
    style = one["itemStyle"]
    assert isinstance(style, dict)
    label: Options = {
        "formatter": "{a}",
        "color": style["color"],
        "fontFamily": FONT,
        "fontSize": 11,
        "overflow": "break",
    }
    return {**one, "endLabel": label, "labelLayout": {"moveOverlap": "shiftY"}}


def _x_axes(plot: Lines, places: Lattice, order: int, theme: Theme) -> list[Json]:
    """The axis that is seen, and one of numbers over the same stretch for the marks."""
    label = {**ink(theme), "hideOverlap": True}
    unit = f" [{plot.unit}]" if plot.unit else ""
    title = f"{plot.x_title}: " if plot.x_title else ""
    pointer: Options = {"label": {"formatter": title + "{value}" + unit}}
    span: Options = {"min": told(plot.x[0], 9), "max": told(plot.x[-1], 9)}
    seen: Options = {
        "gridIndex": order,
        "axisLine": {"show": True, "onZero": False, "lineStyle": {"color": theme.rule}},
        "axisTick": {"show": True, "lineStyle": {"color": theme.rule}},
        "axisLabel": label,
        "splitLine": {"show": False},
        "axisPointer": pointer,
    }
    if places.even:
        seen |= {"type": "category", "boundaryGap": False, "data": list(places.cells)}
    else:
        seen |= {"type": "value", **span}
        whole = [end == round(end) for end in (plot.x[0], plot.x[-1])]
        label |= {"showMinLabel": whole[0], "showMaxLabel": whole[1]}
    unseen: Options = {"type": "value", "gridIndex": order, "show": False, **span}
    return [seen, unseen]


def _y_axis(plot: Lines, order: int, ends: tuple[float, float], theme: Theme) -> Options:
    axis: Options = {**numbers(theme), "gridIndex": order, "splitNumber": 4}
    bottom, top = ends
    axis |= {key: told(end) for key, end in (("min", bottom), ("max", top)) if end == end}
    if top == top and bottom == bottom:
        axis["interval"] = told(even_step(top - bottom))
    axis["scale"] = math.isnan(plot.bottom)
    return axis


def _ends(plot: Lines) -> list[tuple[float, float]]:
    """The ends of the y axis of each panel; NaN where the data set it."""
    if plot.own or len(plot.panels) == 1:
        return [(_floor(plot, [panel]), _ceiling(plot, panel)) for panel in plot.panels]
    top = plot.top if not math.isnan(plot.top) else rounded_up(max(_values(plot.panels), default=1))
    return [(_floor(plot, plot.panels), top)] * len(plot.panels)


def _ceiling(plot: Lines, panel: Panel) -> float:
    """The upper end as asked, or above a mark that lies over all data; NaN where data set it."""
    marked = [mark.at for mark in panel.marks if mark.axis == "value"]
    if not math.isnan(plot.top) or not marked:
        return plot.top
    highest = max(_values([panel]))
    return rounded_up(highest) if highest in marked else math.nan


def _floor(plot: Lines, panels: Sequence[Panel]) -> float:
    """The lower end as asked, left open where data lie below it."""
    low = min(_values(panels), default=0.0)
    if math.isnan(plot.bottom) and len(panels) > 1:
        return -rounded_up(-low) if low < 0 else 0.0
    return plot.bottom if low >= plot.bottom else -rounded_up(-low) if low < 0 else math.nan


def _values(panels: Sequence[Panel]) -> list[float]:
    rows = [line.y for panel in panels for line in panel.lines]
    rows += [end for panel in panels for band in panel.bands for end in (band.low, band.high)]
    rows += [[mark.at for mark in panel.marks if mark.axis == "value"] for panel in panels]
    return [value for row in rows for value in row if not math.isnan(value)]


def _columns(count: int, width: Width) -> int:
    most = {"narrow": 1 if count <= 3 else 2, "middle": 2, "wide": 2 if count == 4 else 3}[width]
    return min(count, most)


def _titles(plot: Lines, theme: Theme) -> list[Options]:
    """Titles of panels with their notes, and the title of x at the foot."""
    found: list[Options] = []
    if len(plot.panels) > 1:
        for _ in plot.panels:
            one = heading("", theme, coordinateSystem="matrix", left=0, top=0)
            found.append({**one, "subtextStyle": ink(theme, SMALL), "itemGap": 2})
    foot = {**heading(plot.x_title, theme), "right": EDGE}
    foot["textStyle"] = {**ink(theme), "fontWeight": "normal"}
    unit = {**heading(plot.unit, theme), "left": EDGE, "textStyle": foot["textStyle"]}
    return [*found, foot, unit]


def _placed(plot: Lines, places: Lattice, series: Sequence[Json], room: Room) -> Options:
    """One grid in the whole room, or a table of cells with a title and a grid in each."""
    count = len(plot.panels)
    columns = _columns(count, room.kind)
    wide = (room.width - 2 * EDGE) / columns
    head = _panel_head(plot, wide)
    beside = _beside(plot, room)
    box: Options = {
        "top": room.top + _OVER,
        "bottom": room.bottom + (18.0 if plot.x_title else 4.0),
    }
    within: Options = {"outerBoundsMode": "same", "outerBoundsContain": "axisLabel"}
    titles: list[Json] = [
        {"bottom": room.bottom, "textStyle": {"fontSize": 11}},
        {"top": room.top, "textStyle": {"fontSize": 11}},
    ]
    placed: Options = {"title": titles}
    if count == 1:
        top = room.top + _OVER + head
        placed["grid"] = [{**box, **within, "top": top, "left": EDGE, "right": EDGE + beside}]
    else:
        cells = [divmod(order, columns) for order in range(count)]
        inner: Options = {"left": 0, "right": _GAP, "top": head, "bottom": 6, **within}
        placed["matrix"] = _table(columns, math.ceil(count / columns), box)
        placed["grid"] = [{"coord": [column, row], **inner} for row, column in cells]
        panel_titles: list[Json] = [
            {"coord": [column, row], **_titled(panel, wide - _GAP)}
            for (row, column), panel in zip(cells, plot.panels, strict=True)
        ]
        placed["title"] = [*panel_titles, *titles]
    if places.even:
        ticks = places.ticks(room, wide - _GAP - 40.0 - beside)
        axis: Options = {"axisLabel": {"customValues": ticks}, "axisTick": {"customValues": ticks}}
        placed["xAxis"] = [part for _ in range(count) for part in (axis, {})]
    shown = {"endLabel": {"show": beside > 0}}
    placed["series"] = [shown if _has_end(one) else {} for one in series]
    return placed


def _titled(panel: Panel, width: float) -> Options:
    """Title and note of a panel in lines of a width, px."""
    return {
        "text": wrapped(panel.title, TEXT * 1.08, width),
        "subtext": wrapped(panel.note, SMALL, width),
    }


def _table(columns: int, down: int, box: Options) -> Options:
    """A table without rules or heads, in whose cells grids and titles are laid out in px."""
    bare: Options = {"itemStyle": {"borderWidth": 0, "color": "transparent"}}
    return {
        **box,
        "left": EDGE,
        "right": EDGE,
        "x": {"show": False, "data": [str(at) for at in range(columns)]},
        "y": {"show": False, "data": [str(at) for at in range(down)]},
        "body": bare,
        "corner": bare,
        "backgroundStyle": {"borderWidth": 0, "color": "transparent"},
    }


def _has_end(one: Json) -> bool:
    return isinstance(one, dict) and "endLabel" in one


def _panel_head(plot: Lines, wide: float) -> float:
    """The height of title, note and words of marks over each panel, px."""
    marks = max(_upright(plot, panel).above for panel in plot.panels)
    if len(plot.panels) == 1:
        return marks
    title = max(lines_of(panel.title, TEXT * 1.08, wide - _GAP) for panel in plot.panels)
    note = max(lines_of(panel.note, SMALL, wide - _GAP) for panel in plot.panels)
    return 4.0 + 14.0 * title + 13.0 * note + marks


def _beside(plot: Lines, room: Room) -> float:
    """Px kept free for names at the ends of lines; none in narrow charts."""
    if len(plot.panels) > 1 or room.narrow or len(plot.panels[0].lines) > _BESIDE:
        return 0.0
    longest = max((breadth(line.name, 11) for line in plot.panels[0].lines), default=0.0)
    return round(min(longest + 8.0, 0.25 * room.width))


def _sign(line: Line, theme: Theme) -> Options:
    """A line's sign in the legend: ECharts puts a dot on those of lines without dots."""
    if line.points:
        return {"name": line.name}
    icon = _BROKEN if line.dashed else _WHOLE
    return {"name": line.name, "icon": icon, "itemStyle": {"color": theme.colour(line.role)}}


def _entries(plot: Lines, theme: Theme) -> list[Options]:
    """The legend: each name once, bands as pale boxes."""
    found: dict[str, Options] = {}
    for panel in plot.panels:
        for line in panel.lines:
            found.setdefault(line.name, _sign(line, theme))
        for band in panel.bands:
            colour = pale(theme.colour(band.role), theme, max(band.strength, 0.2))
            box: Options = {"name": band.name, "icon": "roundRect", "itemStyle": {"color": colour}}
            found.setdefault(band.name, box)
    found.pop("", None)
    return list(found.values()) if len(found) > 1 else []
