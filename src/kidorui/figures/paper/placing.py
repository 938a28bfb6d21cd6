"""Labels beside points, so that they cover neither each other nor the points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kidorui.figures.paper.sheet import SMALL, Align, Box, Place, Sheet

_SIDES: Sequence[tuple[float, float]] = (
    (1, 0),
    (-1, 0),
    (0, -1),
    (0, 1),
    (0.7, -0.7),
    (-0.7, -0.7),
    (0.7, 0.7),
    (-0.7, 0.7),
)
_RINGS = (0.0, 6.0, 13.0, 22.0, 34.0)


@dataclass(frozen=True)
class Spot:
    """A point with its radius, its label and the colour of this."""

    x: float
    y: float
    radius: float
    label: str
    colour: str = "ink"


def beside(
    sheet: Sheet,
    spots: Sequence[Spot],
    bounds: Box,
    *,
    lines: Sequence[Sequence[Place]] = (),
    size: float = SMALL,
    halo: bool = False,
) -> None:
    """Write the labels of spots, the first first, at the nearest free place within bounds.

    lines: what labels should rather not cover. A label away from its spot has a thin line to it.
    A greedy search over eight sides and five distances; where nothing is free, the least overlap.
    """
    dots = [Box(s.x - s.radius, s.y - s.radius, s.x + s.radius, s.y + s.radius) for s in spots]
    blocked = list(dots)
    along = _along(lines)
    for spot in spots:
        if not spot.label:
            continue
        wide = sheet.width(spot.label, size)
        ways = [
            (_box(spot, side, ring, wide, size), side, ring) for ring in _RINGS for side in _SIDES
        ]
        box, _, ring = min(ways, key=lambda way: _cost(way[0], way[2], bounds, blocked, along))
        if ring:
            _leader(sheet, spot, box)
        sheet.text(
            box.left,
            box.bottom - size * 0.25,
            spot.label,
            size=size,
            colour=spot.colour,
            halo=halo,
            over=6.0,
        )
        blocked.append(box)


def _box(spot: Spot, side: tuple[float, float], ring: float, wide: float, size: float) -> Box:
    away = spot.radius + 2.0 + ring
    x, y = spot.x + side[0] * away, spot.y + side[1] * away
    high = size * 1.05
    align: Align = "left" if side[0] > 0 else "right" if side[0] < 0 else "center"
    left = {"left": x, "right": x - wide, "center": x - wide / 2}[align]
    top = y - high / 2 + side[1] * high / 2
    return Box(left, top, left + wide, top + high)


def _along(lines: Sequence[Sequence[Place]]) -> np.ndarray:
    """Points (n, 2) every two points along lines."""
    pieces = [np.empty((0, 2))]
    for line in lines:
        ends = np.array(line, dtype=float)
        lengths = np.hypot(*np.diff(ends, axis=0).T)
        far = np.concatenate(([0.0], np.cumsum(lengths)))
        steps = np.arange(0.0, far[-1], 2.0)
        pieces.append(np.column_stack([np.interp(steps, far, ends[:, at]) for at in (0, 1)]))
    return np.concatenate(pieces)


def _cost(box: Box, ring: float, bounds: Box, blocked: Sequence[Box], along: np.ndarray) -> float:
    """How much of other things a label hides or leaves the bounds, then how far it is."""
    out = max(0.0, bounds.left - box.left, box.right - bounds.right) + max(
        0.0, bounds.top - box.top, box.bottom - bounds.bottom
    )
    hidden = sum(
        (min(box.right, b.right) - max(box.left, b.left) + 1)
        * (min(box.bottom, b.bottom) - max(box.top, b.top) + 1)
        for b in blocked
        if box.meets(b, 0.5)
    )
    x, y = along.T
    struck = (x > box.left - 2) & (x < box.right + 2) & (y > box.top - 1) & (y < box.bottom + 1)
    return 1000.0 * out + 10.0 * hidden + 2.5 * float(struck.sum()) + ring


def _leader(sheet: Sheet, spot: Spot, box: Box) -> None:
    x = min(max(spot.x, box.left), box.right)
    y = min(max(spot.y, box.top), box.bottom)
    sheet.line([(spot.x, spot.y), (x, y)], "soft", width=0.4, over=3.5)
