"""Lines across a plot at a ceiling or an onset, with their words at an end."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from kidorui.figures.plots import Mark
from kidorui.figures.screen.frame import FONT
from kidorui.figures.screen.plain import Options, finite
from kidorui.figures.screen.wording import breadth
from kidorui.figures.theme import Theme
from kidorui.results import Json

_SIZE = 11
_STEP = 13.0
"""Between words that stand over each other, px."""
_NARROWEST = 200.0
"""Width of a plot in which words should not meet, px."""


@dataclass(frozen=True)
class Upright:
    """Upright lines over a stretch of the horizontal axis; their words stand above the plot."""

    marks: Sequence[Mark]
    low: float
    high: float
    log: bool = False

    @property
    def above(self) -> float:
        """Room above the plot for the words, px."""
        named = [level for mark, level in self._levels() if mark.label]
        return 16.0 + _STEP * max(named) if named else 0.0

    def series(
        self, theme: Theme, *, x_axis: int = 0, y_axis: int = 0, down: bool = False
    ) -> list[Json]:
        """A series of nothing but the lines, if there are any.

        down: the vertical axis runs downwards, so that lines end at the foot of the plot.
        """
        lines: list[Json] = []
        for mark, level in self._levels():
            label = {
                **_label(mark, theme),
                "position": "start" if down else "end",
                "distance": 3.0 + _STEP * level,
                "align": self._align(mark),
            }
            lines.append({"xAxis": finite(mark.at), **_line(mark, theme), "label": label})
        return _carrier(lines, x_axis, y_axis)

    def share(self, at: float) -> float:
        """Where a value lies between both ends, 0 to 1."""
        low, high = self.low, self.high
        if self.log and min(low, high, at) > 0:
            low, high, at = math.log(low), math.log(high), math.log(at)
        return (at - low) / (high - low) if high > low else 0.5

    def _align(self, mark: Mark) -> str:
        """Words at an edge lie inwards."""
        share = self.share(mark.at)
        return "left" if share < 0.1 else "right" if share > 0.85 else "center"

    def _levels(self) -> list[tuple[Mark, int]]:
        """Each mark with how many others its words stand over."""
        ends: list[float] = []
        found: list[tuple[Mark, int]] = []
        for mark in sorted(self.marks, key=lambda mark: mark.at):
            wide = (breadth(mark.label, _SIZE) + 8.0) / _NARROWEST
            before = {"left": 0.0, "center": 0.5, "right": 1.0}[self._align(mark)] * wide
            start = self.share(mark.at) - before
            free = (at for at, end in enumerate(ends) if end <= start)
            level = next(free, len(ends))
            ends[level : level + 1] = [start + wide]
            found.append((mark, level))
        return found


def level(marks: Sequence[Mark], theme: Theme, *, x_axis: int = 0, y_axis: int = 0) -> list[Json]:
    """A series of nothing but level lines at values of the vertical axis, if there are any."""
    lines: list[Json] = [
        {
            "yAxis": finite(mark.at),
            **_line(mark, theme),
            "label": {**_label(mark, theme), "position": "insideStartTop", "distance": 3},
        }
        for mark in marks
    ]
    return _carrier(lines, x_axis, y_axis)


def nought(theme: Theme) -> list[Json]:
    """An upright line at nought, for bars to both sides of it."""
    style: Options = {"color": theme.soft, "type": "solid", "width": 1}
    return _carrier([{"xAxis": 0, "lineStyle": style, "label": {"show": False}}], 0, 0)


def _line(mark: Mark, theme: Theme) -> Options:
    style: Options = {"color": theme.colour(mark.role), "type": "dashed", "width": 1.5}
    return {"name": mark.label, "lineStyle": style}


def _label(mark: Mark, theme: Theme) -> Options:
    return {
        "show": bool(mark.label),
        "formatter": "{b}",
        "color": theme.ink if mark.role in ("muted", "base") else theme.colour(mark.role),
        "fontFamily": FONT,
        "fontSize": _SIZE,
    }


def _carrier(lines: list[Json], x_axis: int, y_axis: int) -> list[Json]:
    if not lines:
        return []
    return [
        {
            "type": "scatter",
            "xAxisIndex": x_axis,
            "yAxisIndex": y_axis,
            "data": [],
            "silent": True,
            "tooltip": {"show": False},
            "markLine": {
                "symbol": "none",
                "silent": True,
                "animation": False,
                "data": lines,
                "z": 3,
            },
        }
    ]


def ends_of(values: Sequence[float], *, log: bool = False) -> tuple[float, float]:
    """About where an axis over values begins and ends."""
    seen = [v for v in values if math.isfinite(v) and (v > 0 or not log)]
    if not seen:
        return 0.0, 1.0
    return (min(seen), max(seen)) if log else (min(0.0, *seen), max(0.0, *seen))


def rounded_up(value: float) -> float:
    """The next round number that is not less."""
    if value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    steps = (1.0, 1.2, 1.6, 2.0, 2.4, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
    return next(power * step for step in steps if power * step >= value * (1 - 1e-9))


def even_step(span: float) -> float:
    """A round step that divides a span into three to five parts; a quarter where none does."""
    for parts in (4, 5, 3):
        step = span / parts
        lead = step / 10.0 ** math.floor(math.log10(step)) if step > 0 else 0.0
        if any(math.isclose(lead, round_one) for round_one in (1, 2, 2.5, 3, 4, 5, 6, 8)):
            return step
    return span / 4
