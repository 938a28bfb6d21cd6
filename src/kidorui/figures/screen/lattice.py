"""A horizontal axis of years, days or months, whose ticks are words and not counts.

ECharts writes 2,025 on an axis of numbers, and no template takes the comma away. Where the values
are evenly spaced, or are so with gaps, the axis is one of categories, each named as a reader would.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from kidorui.figures.screen.frame import Room
from kidorui.figures.screen.plain import told
from kidorui.figures.screen.wording import breadth
from kidorui.language.language import number
from kidorui.results import Json

_FINEST = 10_000
"""Parts of a unit of x to which steps are told apart."""
_MOST = 1_000
"""Categories at most."""
_STEPS = (1, 2, 5, 10, 20, 25, 30, 50, 60, 90, 100, 200, 250, 500, 1000)


@dataclass(frozen=True)
class Lattice:
    """Even places from the first x to the last; words: those for x, "" where none is given."""

    x: Sequence[float]
    words: Sequence[str]

    @cached_property
    def step(self) -> float:
        """The distance between places, in units of x; 0 where x is too uneven or never whole."""
        parts = [round((value - self.x[0]) * _FINEST) for value in self.x]
        step = math.gcd(*parts)
        even = step > 0 and max(parts) / step <= _MOST
        named = any(self.words) or sum(value == round(value) for value in self.x) > 1
        return step / _FINEST if even and named else 0.0

    @property
    def even(self) -> bool:
        """Whether categories stand for x."""
        return self.step > 0

    @cached_property
    def at(self) -> list[float | int | None]:
        """The first coordinate of each x: the number of its place, or x itself."""
        if not self.even:
            return [told(value, 9) for value in self.x]
        return [round((value - self.x[0]) / self.step) for value in self.x]

    @cached_property
    def cells(self) -> list[str]:
        """The name of each place."""
        count = round((self.x[-1] - self.x[0]) / self.step) + 1
        cells = [_plain(self.x[0] + at * self.step) for at in range(count)]
        for at, word in zip(self.at, self.words, strict=False):
            if word:
                cells[int(at or 0)] = word
        return cells

    def ticks(self, room: Room, width: float) -> list[Json]:
        """Places that are named on an axis of so many px: those with words, else round ones."""
        if any(self.words):
            worded = [at for at, word in zip(self.at, self.words, strict=True) if word]
            gap = 10 + max(breadth(word, 11) for word in self.words)
            every = max(1, math.ceil(gap * len(worded) / max(width, 1.0)))
            return list(worded[::every])
        values = [self.x[0] + at * self.step for at in range(len(self.cells))]
        gap = 9 + max(breadth(cell, 11) for cell in (self.cells[0], self.cells[-1]))
        fewest = (self.x[-1] - self.x[0]) * gap / max(width, 1.0)
        step = next((s for s in _STEPS if s >= fewest), 10 * _STEPS[-1])
        return [at for at, value in enumerate(values) if _multiple(value, step)]


def _plain(value: float) -> str:
    """A year or day: no comma in four digits."""
    whole = abs(value - round(value)) < 1e-9
    return str(round(value)) if whole and abs(value) < 10_000 else number(value, 6)


def _multiple(value: float, step: float) -> bool:
    return abs(value / step - round(value / step)) < 1e-9
