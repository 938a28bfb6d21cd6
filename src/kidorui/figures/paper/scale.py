"""Axes: from a value to a place in points, and round numbers to write beside it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kidorui.language.language import number

YEARS = (1.0, 2.0, 5.0, 10.0, 20.0)
"""Steps between years that count as round."""

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True)
class Scale:
    """An axis from value `low` at place `start` to value `high` at place `end`, in points."""

    low: float
    high: float
    start: float
    end: float
    log: bool = False

    def __call__(self, value: float) -> float:
        """Where a value lies; beyond the ends it lies at the end."""
        value = min(max(value, self.low), self.high)
        if self.log:
            part = math.log(value / self.low) / math.log(self.high / self.low)
        else:
            part = (value - self.low) / (self.high - self.low)
        return self.start + part * (self.end - self.start)

    def ticks(self, most: int = 5, steps: Sequence[float] = ()) -> list[float]:
        """Round values along the axis, at most about so many; steps: those that count as round."""
        if self.log:
            return _decades(self.low, self.high, most)
        least = (self.high - self.low) / most
        step = next((step for step in steps if step >= least), 0.0) or _step(least)
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        return [0.0 if n == 0 else n * step for n in range(first, last + 1)]


def extent(
    values: Iterable[float],
    log: bool = False,
    zero: bool = True,
    most: int = 5,
    tight: bool = False,
) -> tuple[float, float]:
    """The ends of an axis that holds all values, at round numbers; 0 to 1 where there are none.

    zero: the axis begins at nought unless values lie below; tight: it ends at the outer values.
    """
    found = [v for v in values if math.isfinite(v) and (not log or v > 0)]
    if not found:
        return (1.0, 10.0) if log else (0.0, 1.0)
    low, high = min(found), max(found)
    if log:
        return _log_extent(low, high)
    if zero:
        low, high = min(low, 0.0), max(high, 0.0)
    if high - low <= 1e-9 * max(abs(low), abs(high), 1e-99):
        low, high = (low - 1.0, high + 1.0) if low and not zero else (low, high + 1.0)
    if tight:
        return low, high
    step = _step((high - low) / most)
    return math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step


def told(value: float, like: Sequence[float] = ()) -> str:
    """A value of an axis in words; years, to be known by the values beside, have no commas."""
    if like and all(v == round(v) and 1900 <= v <= 2200 for v in like):
        return f"{value:.0f}"
    return number(value, 6)


def _log_extent(low: float, high: float) -> tuple[float, float]:
    """The nearest 1, 2 or 5 of a decade on either side."""
    begin, end = math.floor(math.log10(low)), math.ceil(math.log10(high))
    marks = [m * 10.0**p for p in range(begin - 1, end + 1) for m in (1, 2, 5)]
    below = max(m for m in marks if m < low * 0.999)
    above = min((m for m in marks if m >= high * 0.999), default=10.0**end)
    return below, max(above, below * 10)


def _decades(low: float, high: float, most: int) -> list[float]:
    begin, end = math.floor(math.log10(low)), math.ceil(math.log10(high))
    for marks in ((1, 2, 5), (1, 3), (1,)):
        found = [m * 10.0**p for p in range(begin, end + 1) for m in marks]
        found = [v for v in found if low * 0.999 <= v <= high * 1.001]
        if len(found) <= most + 1:
            return found
    return found[:: max(1, math.ceil(len(found) / most))]


def _step(least: float) -> float:
    """The round step no smaller than this."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(m * power for m in _STEPS if m * power >= least * (1 - 1e-9))
