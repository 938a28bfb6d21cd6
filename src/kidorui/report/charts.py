"""Bars as inline SVG, coloured by the style sheet of the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

_WIDTH, _LABEL, _VALUE = 460, 150, 62
_BAR, _SKIP, _GAP = 9, 2, 9

Bar = tuple[str, float]
"""A style class (plan, without, base) and a value; NaN draws nothing."""


@dataclass(frozen=True)
class Group:
    """A label with its bars, one below the other; `mark` is a line across them (NaN: none)."""

    label: str
    bars: Sequence[Bar]
    mark: float = float("nan")


def bars(groups: Sequence[Group], *, title: str, unit: str, top: float | None = None) -> Markup:
    """Horizontal bars by group, each with its number; all on one scale from 0 to `top`.

    title: what the chart shows, for those who do not see it; unit: follows each number.
    """
    values = [v for group in groups for _, v in group.bars if v == v]
    scale = (_WIDTH - _LABEL - _VALUE) / (top or max(values, default=0.0) or 1.0)
    parts, y = [], 2.0
    for group in groups:
        height = len(group.bars) * (_BAR + _SKIP)
        parts.append(_text("label", _LABEL - 8, y + height / 2 + 3, group.label))
        for row, (style, value) in enumerate(group.bars):
            if value == value:
                parts.append(_bar(style, value, y + row * (_BAR + _SKIP), scale, unit))
        if group.mark == group.mark:
            x = _LABEL + group.mark * scale
            parts.append(
                Markup('<line class="mark" x1="{0:.1f}" x2="{0:.1f}" y1="{1:.1f}" y2="{2:.1f}"/>')
                .format(x, y - 3, y + height + 1)
            )  # fmt: skip
        y += height + _GAP
    return Markup(
        '<svg viewBox="0 0 {} {:.0f}" role="img" aria-label="{}">{}</svg>'
    ).format(_WIDTH, max(y, 1), title, Markup("").join(parts))  # fmt: skip


def _bar(style: str, value: float, y: float, scale: float, unit: str) -> Markup:
    length = max(value * scale, 0.75)
    words = f"{value:,.0f}{unit}"
    shape = Markup('<rect class="{}" x="{}" y="{:.1f}" width="{:.1f}" height="{}"/>')
    return shape.format(style, _LABEL, y, length, _BAR) + _text(
        "value", _LABEL + length + 4, y + _BAR - 1, words
    )


def _text(style: str, x: float, y: float, words: str) -> Markup:
    shape = Markup('<text class="{}" x="{:.1f}" y="{:.1f}">{}</text>')
    return shape.format(style, x, y, escape(words))
