"""A map of the world about the Pacific: countries, flows as arcs, spots on top."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
from matplotlib.path import Path

from kidorui.figures.paper import placing
from kidorui.figures.paper.legend import Key, keys_of
from kidorui.figures.paper.sheet import LEFT, RIGHT, Box, Place, Sheet
from kidorui.figures.plots import Arc, Map, Spot
from kidorui.figures.world import EAST, NORTH, SOUTH, WEST, outlines
from kidorui.language.language import number

ASPECT = 1.2
"""How much longer a degree of latitude is drawn than one of longitude."""

_TALL = 215.0
_WIDEST, _THINNEST, _LARGEST, _DOT = 5.5, 0.8, 8.5, 2.2
_BEND = 0.16
_FINE = 0.3


@dataclass(frozen=True)
class _View:
    """What of the world is shown, degrees, and points per degree of longitude."""

    west: float
    north: float
    scale: float
    top: float
    right: float
    bottom: float

    def at(self, place: Place) -> Place:
        """Where a longitude and latitude lie on the sheet."""
        x = LEFT + (place[0] - self.west) * self.scale
        return x, self.top + (self.north - place[1]) * self.scale * ASPECT


def keys(plot: Map) -> list[Key]:
    """The legend as the plot words it, and how wide an arc of a round amount is."""
    most = max((arc.width for arc in plot.arcs), default=0.0)
    found = keys_of(plot.legend)
    if most > 0:
        amount = _round(most / 2)
        words = f"{number(amount)} {plot.unit}".strip()
        found.append(Key(words, "soft", "line", width=_thick(amount, most)))
    return found


def draw(plot: Map, sheet: Sheet, top: float) -> float:
    """Draw the map from `top`; gives the y below it."""
    view = _view(plot, top)
    _land(plot, sheet, view)
    most = max((arc.width for arc in plot.arcs), default=0.0)
    largest = max((spot.size for spot in plot.spots), default=0.0)
    radius = [_radius(spot, largest) for spot in plot.spots]
    ends = {(s.lon, s.lat): r for s, r in zip(plot.spots, radius, strict=True)}
    labels, curves = [], []
    for arc in sorted(plot.arcs, key=lambda one: -one.width):
        curve = _arc(sheet, view, arc, _thick(arc.width, most), ends.get(arc.end, 0.0))
        curves.append(curve)
        if arc.label:
            middle = curve[len(curve) // 2]
            labels.append(placing.Spot(*middle, 1.0, arc.label, f"word-{arc.role}"))
    found = []
    for spot, size in sorted(zip(plot.spots, radius, strict=True), key=lambda one: -one[1]):
        x, y = view.at((spot.lon, spot.lat))
        sheet.dots([(x, y)], spot.role, size=2 * size, over=4.5)
        found.append(placing.Spot(x, y, size, spot.label))
    bounds = Box(LEFT, top, RIGHT, view.bottom)
    placing.beside(sheet, [*found, *labels], bounds, lines=curves, halo=True)
    return view.bottom


def _view(plot: Map, top: float) -> _View:
    """The part of the world in which things are, in the sheet's width."""
    places = [(s.lon, s.lat) for s in plot.spots]
    places += [p for a in plot.arcs for p in (a.start, a.end, _bent(a.start, a.end, 0.5))]
    if not places:
        places = [(WEST, SOUTH), (EAST, NORTH)]
    lon, lat = np.array(places, dtype=float).T
    wide = RIGHT - LEFT
    west, east = max(lon.min() - 14, WEST), min(lon.max() + 14, EAST)
    south, north = max(lat.min() - 9, SOUTH), min(lat.max() + 9, NORTH)
    # As wide as the sheet; where that were too high, more of the world at the sides.
    scale = min(wide / (east - west), _TALL / ((north - south) * ASPECT))
    scale = max(scale, wide / (EAST - WEST))
    span = wide / scale
    west = min(max((west + east) / 2 - span / 2, WEST), EAST - span)
    least = 0.42 * wide / scale / ASPECT
    if north - south < least:
        middle = (north + south) / 2
        south, north = middle - least / 2, middle + least / 2
        south, north = (SOUTH, SOUTH + least) if south < SOUTH else (south, north)
        south, north = (NORTH - least, NORTH) if north > NORTH else (south, north)
    bottom = top + (north - south) * scale * ASPECT
    return _View(float(west), float(north), float(scale), top, RIGHT, float(bottom))


@cache
def _countries() -> tuple[tuple[str, np.ndarray, np.ndarray], ...]:
    """Each country's code, the points of its outlines and the codes of their path."""
    found = []
    for feature in outlines()["features"]:
        rings = [
            np.array(ring) for polygon in feature["geometry"]["coordinates"] for ring in polygon
        ]
        codes = []
        for ring in rings:
            lines = [Path.LINETO] * (len(ring) - 2)
            codes.append(np.array([Path.MOVETO, *lines, Path.CLOSEPOLY], dtype=np.uint8))
        found.append((feature["properties"]["name"], np.concatenate(rings), np.concatenate(codes)))
    return tuple(found)


def _land(plot: Map, sheet: Sheet, view: _View) -> None:
    """Land as one shape, then the shaded countries over it, cut at the map's edges."""
    edge = Box(LEFT, view.top, view.right, view.bottom)
    land: list[tuple[np.ndarray, np.ndarray]] = []
    for name, points, codes in _countries():
        x = LEFT + (points[:, 0] - view.west) * view.scale
        y = view.top + (view.north - points[:, 1]) * view.scale * ASPECT
        if (
            x.max() < edge.left
            or x.min() > edge.right
            or y.max() < edge.top
            or y.min() > edge.bottom
        ):
            continue
        placed, kept = _thinned(np.column_stack((x, y)), codes, edge)
        land.append((placed, kept))
        if name in plot.shaded:
            sheet.shape(
                Path(placed, kept), fill=plot.shaded[name], alpha=0.3, over=0.7, within=edge
            )
    if land:
        whole = Path(
            np.concatenate([points for points, _ in land]),
            np.concatenate([codes for _, codes in land]),
        )
        sheet.shape(whole, fill="land", edge="ground", width=0.4, over=0.6, within=edge)


def _thinned(points: np.ndarray, codes: np.ndarray, edge: Box) -> tuple[np.ndarray, np.ndarray]:
    """Outlines without points nearer than is seen, or beyond the edge; neighbours stay joined."""
    margin = 5.0
    low = (edge.left - margin, edge.top - margin)
    high = (edge.right + margin, edge.bottom + margin)
    fine = np.round(np.clip(points, low, high) / _FINE) * _FINE
    kept = np.ones(len(fine), dtype=bool)
    kept[1:] = (np.diff(fine, axis=0) != 0).any(axis=1)
    kept |= codes != Path.LINETO
    return fine[kept], codes[kept]


def _bent(start: Place, end: Place, part: float) -> Place:
    """A point of the arc, a quadratic Bézier curve bent to the north, as part of its length."""
    x, y = _control(start, end)
    one, two, three = (1 - part) ** 2, 2 * part * (1 - part), part**2
    return (
        one * start[0] + two * x + three * end[0],
        one * start[1] + two * y + three * end[1],
    )


def _control(start: Place, end: Place) -> Place:
    across, up = end[0] - start[0], end[1] - start[1]
    way = 1.0 if across >= 0 else -1.0
    return (
        (start[0] + end[0]) / 2 - way * up * _BEND,
        (start[1] + end[1]) / 2 + way * across * _BEND,
    )


def _arc(sheet: Sheet, view: _View, arc: Arc, thick: float, keep: float) -> list[Place]:
    """An arc with its head, which stops short of the spot it leads to; gives its points."""
    start, end = view.at(arc.start), view.at(arc.end)
    control = view.at(_control(arc.start, arc.end))
    parts = np.linspace(0.0, 1.0, 60)[:, None]
    curve = (
        (1 - parts) ** 2 * np.array(start)
        + 2 * parts * (1 - parts) * np.array(control)
        + parts**2 * np.array(end)
    )
    away = np.hypot(*(curve - np.array(end)).T)
    head = 3.5 + thick * 0.8
    tip, neck = _last(away, keep + 1.0), _last(away, keep + 1.0 + head)
    body = curve[: neck + 1]
    sheet.line(
        [(float(x), float(y)) for x, y in body],
        arc.role,
        width=thick,
        dashed=arc.dashed,
        alpha=0.85,
        over=3.0,
    )
    along = curve[tip] - curve[neck]
    length = math.hypot(*along)
    if length > 0:
        side = np.array([-along[1], along[0]]) / length * (1.6 + thick * 0.65)
        corners = (curve[tip], curve[neck] + side, curve[neck] - side)
        sheet.area([(float(x), float(y)) for x, y in corners], arc.role, alpha=0.95, over=3.2)
    return [(float(x), float(y)) for x, y in curve]


def _last(away: np.ndarray, least: float) -> int:
    """The last point of a curve at least so far from its end."""
    far = np.flatnonzero(away >= least)
    return int(far[-1]) if len(far) else 0


def _thick(width: float, most: float) -> float:
    """The width of an arc, in proportion to its amount and never invisible."""
    return max(_THINNEST, _WIDEST * width / most) if most > 0 else _THINNEST


def _radius(spot: Spot, largest: float) -> float:
    """The radius of a spot whose area is in proportion to its size."""
    if spot.size <= 0 or largest <= 0:
        return _DOT
    return max(_DOT, _LARGEST * math.sqrt(spot.size / largest))


def _round(value: float) -> float:
    power = 10.0 ** math.floor(math.log10(value))
    return max(m * power for m in (1.0, 2.0, 5.0) if m * power <= value * 1.0001)
