"""What colours and shapes stand for, in rows above a plot."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from kidorui.figures.paper.sheet import LEFT, RIGHT, SMALL, Sheet
from kidorui.figures.plots import Role

MARKERS = ("o", "D", "s", "^", "v", "P")
"""Shapes of dots by order of series."""

Shape = Literal["bar", "pale", "line", "dot", "hollow"]


@dataclass(frozen=True)
class Key:
    """One entry of a legend: how it looks and what it is."""

    name: str
    colour: str
    shape: Shape = "bar"
    marker: str = ""
    dashed: bool = False
    alpha: float = 0.25
    width: float = 1.4


_SWATCH, _LINE, _GAP, _BETWEEN, _ROW = 11.0, 19.0, 3.5, 13.0, 11.5


def keys_of(roles: Mapping[str, Role], shape: Shape = "bar") -> list[Key]:
    """A legend as a plot words it."""
    return [Key(name, role, shape) for name, role in roles.items()]


def distinct(keys: Iterable[Key]) -> list[Key]:
    """Keys without those told already, and without those that have no name."""
    return list(dict.fromkeys(key for key in keys if key.name))


def draw(sheet: Sheet, keys: Iterable[Key], top: float) -> float:
    """The keys in rows from `top`; gives the y below them, `top` where there are none."""
    x, y = LEFT, top
    drawn = False
    for key in keys:
        swatch = _LINE if key.shape == "line" else _SWATCH
        wide = swatch + _GAP + sheet.width(key.name, SMALL)
        if drawn and x + wide > RIGHT:
            x, y = LEFT, y + _ROW
        _swatch(sheet, key, x, x + swatch, y + _ROW / 2)
        sheet.text(x + swatch + _GAP, y + _ROW / 2 + SMALL * 0.36, key.name, size=SMALL)
        x += wide + _BETWEEN
        drawn = True
    return y + _ROW + 3 if drawn else top


def _swatch(sheet: Sheet, key: Key, left: float, right: float, y: float) -> None:
    middle = [((left + right) / 2, y)]
    match key.shape:
        case "bar":
            sheet.box(left + 1, y - 3.2, right - 1, y + 3.2, key.colour)
        case "pale":
            sheet.box(left + 0.5, y - 3.2, right - 0.5, y + 3.2, key.colour, alpha=key.alpha)
        case "line":
            sheet.line([(left, y), (right, y)], key.colour, width=key.width, dashed=key.dashed)
            if key.marker:
                sheet.dots(middle, key.colour, size=4.0, marker=key.marker)
        case "dot":
            sheet.dots(middle, key.colour, marker=key.marker or "o")
        case "hollow":
            sheet.dots(middle, key.colour, marker=key.marker or "o", hollow=True)
