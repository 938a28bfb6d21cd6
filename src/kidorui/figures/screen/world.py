"""A map of the world about the Pacific: countries shaded, flows as arcs, spots on top."""

from __future__ import annotations

import math

from kidorui.figures.plots import Arc, Map, Spot
from kidorui.figures.screen.frame import FONT, Drawn, Room, Width
from kidorui.figures.screen.plain import Options, finite
from kidorui.figures.screen.shades import mixed
from kidorui.figures.screen.wording import amount, tip
from kidorui.figures.theme import Theme
from kidorui.figures.world import EAST, NORTH, SOUTH, WEST, about_pacific
from kidorui.results import Json

_WIDEST, _THINNEST = 7.0, 1.0
_LARGEST, _SMALLEST = 28.0, 7.0
_CURVE = 0.2
_EASTERN = 200.0
"""East of this longitude names stand to the left of their spots, so that none is cut."""
_ASPECT = 0.75
"""Width of a degree of longitude on the map over that of latitude."""


def world(plot: Map, theme: Theme) -> Drawn:
    """A map named `world`, which the page has registered, with two series on it."""
    options: Options = {
        "geo": [_geo(plot, theme)],
        "series": [_arcs(plot, theme), _spots(plot, theme), *_amounts(plot, theme)],
    }

    def placed(room: Room) -> Options:
        return {"geo": [{"top": room.top + 4.0, "bottom": room.bottom + 2.0}]}

    def body(width: Width) -> float:
        return {"narrow": 190.0, "middle": 270.0, "wide": 410.0}[width]

    return Drawn(options, body, placed, key=plot.legend)


def _geo(plot: Map, theme: Theme) -> Options:
    regions: list[Json] = [
        {
            "name": code,
            "itemStyle": {"areaColor": mixed(theme.colour(role), theme.land, 0.38)},
        }
        for code, role in plot.shaded.items()
    ]
    return {
        "map": "world",
        "left": 4,
        "right": 4,
        "boundingCoords": [[WEST, NORTH], [EAST, SOUTH]],
        "preserveAspect": "contain",
        "aspectScale": _ASPECT,
        "clip": True,
        "roam": True,
        "scaleLimit": {"min": 1, "max": 10},
        "itemStyle": {"areaColor": theme.land, "borderColor": theme.ground, "borderWidth": 0.6},
        "emphasis": {"disabled": True},
        "select": {"disabled": True},
        "label": {"show": False},
        "tooltip": {"show": False},
        "silent": True,
        "regions": regions,
    }


def _on_map(place: tuple[float, float]) -> list[Json]:
    longitude, latitude = place
    return [about_pacific(longitude), latitude]


def _arcs(plot: Map, theme: Theme) -> Options:
    most = max((arc.width for arc in plot.arcs if not math.isnan(arc.width)), default=0.0) or 1.0
    return {
        "type": "lines",
        "coordinateSystem": "geo",
        "geoIndex": 0,
        "symbol": ["none", "arrow"],
        "effect": {"show": False},
        "data": [_arc(arc, plot, most, theme) for arc in plot.arcs],
        "z": 3,
    }


def _arc(arc: Arc, plot: Map, most: float, theme: Theme) -> Options:
    width = max(_THINNEST, _WIDEST * arc.width / most) if arc.width > 0 else _THINNEST
    return {
        "coords": [_on_map(arc.start), _on_map(arc.end)],
        "name": arc.label,
        "value": finite(arc.width),
        "lineStyle": {
            "color": theme.colour(arc.role),
            "width": round(width, 2),
            "type": "dashed" if arc.dashed else "solid",
            "curveness": _CURVE,
            "opacity": 0.75,
        },
        "symbolSize": round(5.0 + 0.9 * width, 2),
        "tooltip": tip(arc.label, amount(arc.width, plot.unit)),
    }


def _amounts(plot: Map, theme: Theme) -> list[Json]:
    """The words of arcs, level, at the middle of each curve."""
    data: list[Json] = [
        {"name": arc.label, "value": _middle(arc)} for arc in plot.arcs if arc.label
    ]
    if not data:
        return []
    quiet: Options = {
        "silent": True,
        "symbolSize": 1,
        "itemStyle": {"color": "transparent"},
        "tooltip": {"show": False},
    }
    made = {"type": "scatter", "coordinateSystem": "geo", "geoIndex": 0, **quiet}
    return [
        {
            **made,
            "label": {**_label(theme), "position": "inside", "fontWeight": 600},
            "labelLayout": {"hideOverlap": True},
            "data": data,
            "z": 5,
        }
    ]


def _middle(arc: Arc) -> list[Json]:
    """The middle of the quadratic curve that ECharts draws, in degrees."""
    x1, x2 = (about_pacific(place[0]) * _ASPECT for place in (arc.start, arc.end))
    y1, y2 = -arc.start[1], -arc.end[1]
    x = (x1 + x2) / 2 - (y1 - y2) * _CURVE / 2
    y = (y1 + y2) / 2 - (x2 - x1) * _CURVE / 2
    return [round(x / _ASPECT, 2), round(-y, 2)]


def _label(theme: Theme) -> Options:
    return {
        "show": True,
        "formatter": "{b}",
        "color": theme.ink,
        "fontFamily": FONT,
        "fontSize": 11,
        "textBorderColor": theme.ground,
        "textBorderWidth": 2,
    }


def _spots(plot: Map, theme: Theme) -> Options:
    most = max((spot.size for spot in plot.spots if not math.isnan(spot.size)), default=0.0) or 1.0
    return {
        "type": "scatter",
        "coordinateSystem": "geo",
        "geoIndex": 0,
        "label": {**_label(theme), "position": "right", "distance": 3},
        "labelLayout": {"hideOverlap": True},
        "data": [_spot(spot, plot, most, theme) for spot in plot.spots],
        "z": 4,
    }


def _spot(spot: Spot, plot: Map, most: float, theme: Theme) -> Options:
    size = _LARGEST * math.sqrt(spot.size / most) if spot.size > 0 else 0.0
    told = amount(spot.size, plot.unit) if spot.size > 0 else ""
    side = "left" if about_pacific(spot.lon) > _EASTERN else "right"
    return {
        "name": spot.label,
        "label": {"position": side},
        "value": [*_on_map((spot.lon, spot.lat)), finite(spot.size)],
        "symbolSize": round(max(size, _SMALLEST), 2),
        "itemStyle": {
            "color": theme.colour(spot.role),
            "opacity": 0.85,
            "borderColor": theme.ground,
            "borderWidth": 1,
        },
        "tooltip": tip(spot.label, told),
    }
