"""Marks: lines across a plot at a value, with their labels."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from kidorui.figures.paper.scale import Scale
from kidorui.figures.paper.sheet import LEFT, TINY, Place, Sheet
from kidorui.figures.plots import Mark

_APART = 9.0


def upright(sheet: Sheet, x: Scale, y: Scale, marks: Sequence[Mark]) -> list[list[Place]]:
    """Draw upright lines at values of x, whose labels stand above the axes; gives the lines."""
    lines = [[(x(mark.at), y.end - 3), (x(mark.at), y.start)] for mark in marks]
    for mark, line in zip(marks, lines, strict=True):
        sheet.line(line, mark.role, width=0.9, dashed=True)
    return lines


def level(
    sheet: Sheet, x: Scale, y: Scale, marks: Sequence[Mark], data: Sequence[Place]
) -> list[list[Place]]:
    """Draw level lines at values of y, labelled at the end with fewer data near; gives the lines.

    data: places of what is drawn, points.
    """
    lines = []
    for mark in marks:
        line = [(x.start, y(mark.at)), (x.end, y(mark.at))]
        lines.append(line)
        sheet.line(line, mark.role, width=0.9, dashed=True)
        if mark.label:
            _label(sheet, x, y, mark, data)
    return lines


def _label(sheet: Sheet, x: Scale, y: Scale, mark: Mark, data: Sequence[Place]) -> None:
    """The label of a level line, above or below it, at the right or left, where most is free."""
    wide, line = sheet.width(mark.label, TINY), y(mark.at)
    rights = (x.end, x.start + wide)
    baselines = (line - 2.5, line + TINY + 1.0)
    places = [
        (right, base)
        for right, base in product(rights, baselines)
        if base - TINY >= y.end - 8 and base <= y.start
    ]

    def hidden(place: Place) -> int:
        right, base = place
        return sum(
            right - wide - 2 < px < right + 2 and base - TINY - 1 < py < base + 2 for px, py in data
        )

    right, base = min(places or [(x.end, line - 2.5)], key=hidden)
    sheet.text(
        right,
        base,
        mark.label,
        size=TINY,
        colour=f"word-{mark.role}",
        align="right",
        halo=True,
        over=6.0,
    )


def above(sheet: Sheet, scale: Scale, marks: Sequence[Mark], top: float, right: float) -> float:
    """The labels of marks above an axis, above each other where they would meet."""
    shown = sorted((mark for mark in marks if mark.label), key=lambda mark: mark.at)
    if not shown:
        return top
    places = _in_one_row(sheet, scale, shown, right) or _in_rows(sheet, scale, shown, right)
    rows_ = max(row for _, row in places) + 1
    for mark, (left, row) in zip(shown, places, strict=True):
        y = top + (rows_ - 1 - row) * _APART
        sheet.text(left, y + TINY, mark.label, size=TINY, colour=f"word-{mark.role}")
    return top + rows_ * _APART


def _in_one_row(
    sheet: Sheet, scale: Scale, marks: Sequence[Mark], right: float
) -> list[tuple[float, int]]:
    """Where labels begin that stand over, before or after their marks; none where some meet."""
    if len(marks) > 5:
        return []
    wide = [sheet.width(mark.label, TINY) for mark in marks]
    ways = sorted(product((0.5, 0.0, 1.0), repeat=len(marks)), key=lambda way: -way.count(0.5))
    for way in ways:
        lefts = []
        for mark, width, part in zip(marks, wide, way, strict=True):
            left = scale(mark.at) - part * width + (part - 0.5) * 4
            lefts.append(min(max(left, LEFT), right - width))
        ends = [left + width + 5 for left, width in zip(lefts, wide, strict=True)]
        if all(end <= left for end, left in zip(ends, lefts[1:], strict=False)):
            return [(left, 0) for left in lefts]
    return []


def _in_rows(
    sheet: Sheet, scale: Scale, marks: Sequence[Mark], right: float
) -> list[tuple[float, int]]:
    """Where labels over their marks begin, and in which row above the axis, so that none meet."""
    ends: list[float] = []
    found = []
    for mark in marks:
        width = sheet.width(mark.label, TINY)
        left = min(max(scale(mark.at) - width / 2, LEFT), right - width)
        row = next((at for at, end in enumerate(ends) if end <= left), len(ends))
        ends[row : row + 1] = [left + width + 5]
        found.append((left, row))
    return found
