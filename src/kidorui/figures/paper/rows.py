"""Rows with their labels on the left, headings of groups and notes on the right; axes above."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kidorui.figures.paper import fonts
from kidorui.figures.paper.marks import above
from kidorui.figures.paper.scale import Scale, told
from kidorui.figures.paper.sheet import LEFT, RIGHT, SMALL, TEXT, TINY, WIDTH, Box, Sheet
from kidorui.figures.plots import Mark

MOST = 0.38 * WIDTH
"""The widest that labels may be, points."""

_LEADING, _HEADING = 9.2, 11.5


@dataclass(frozen=True)
class Labels:
    """The labels and notes of rows in lines, and where the plot between them lies."""

    labels: Sequence[Sequence[str]]
    notes: Sequence[Sequence[str]]
    left: float
    right: float


@dataclass(frozen=True)
class Row:
    """Where a row lies, points from the top."""

    top: float
    bottom: float

    @property
    def middle(self) -> float:
        """Its middle."""
        return (self.top + self.bottom) / 2


def measured(
    sheet: Sheet, rows: Sequence[str], notes: Sequence[str] = (), unit: str = ""
) -> Labels:
    """Labels and notes wrapped to the room they may take; the unit of the axis has room as well."""
    labels = [fonts.balanced(row, TEXT, MOST, japanese=sheet.japanese) for row in rows]
    wide = max((sheet.width(line) for lines in labels for line in lines), default=0.0)
    most = 0.24 * WIDTH
    told_ = [fonts.balanced(note, SMALL, most, japanese=sheet.japanese) for note in notes]
    side = max((sheet.width(line, SMALL) for lines in told_ for line in lines), default=0.0)
    least = sheet.width(unit, TINY) + 12 if unit else 0.0
    left = LEFT + min(max(wide, least), MOST + 6) + 8
    return Labels(labels, told_, left, RIGHT - (side + 8 if side else 0.0))


def written(
    sheet: Sheet,
    labels: Labels,
    groups: Sequence[str],
    top: float,
    height: Callable[[int], float],
) -> list[Row]:
    """Write labels, headings and notes from `top`, rows at least `height` of the row high."""
    y, found = top, []
    for at, lines in enumerate(labels.labels):
        if at < len(groups) and groups[at]:
            y += 4 if at else 0
            long = LEFT + sheet.width(groups[at], TEXT, True) > labels.left - 4
            sheet.text(LEFT, y + TEXT * 0.95, groups[at], bold=True, backed=1.0 if long else 0.0)
            y += _HEADING
        note = labels.notes[at] if at < len(labels.notes) else ()
        high = max(height(at), (max(len(lines), len(note)) - 1) * _LEADING + 12.0)
        row = Row(y, y + high)
        centred(sheet, LEFT, row.middle, lines)
        centred(sheet, labels.right + 8, row.middle, note, size=SMALL, colour="soft")
        found.append(row)
        y += high
    return found


def centred(
    sheet: Sheet,
    x: float,
    middle: float,
    lines: Sequence[str],
    *,
    size: float = TEXT,
    colour: str = "ink",
) -> None:
    """Lines of words about a middle."""
    first = middle - (len(lines) - 1) * _LEADING / 2 + size * 0.36
    for at, line in enumerate(lines):
        sheet.text(x, first + at * _LEADING, line, size=size, colour=colour)


def axis_above(
    sheet: Sheet, scale: Scale, unit: str, marks: Sequence[Mark], top: float, ticks: Sequence[float]
) -> float:
    """Labels of marks, then round values of the axis with its unit before them; gives the y below.

    The rules themselves are drawn by `rules_below`, when the bottom is known.
    """
    y = above(sheet, scale, marks, top, RIGHT)
    last = -1e9
    for tick in ticks:
        words = told(tick, ticks)
        half = sheet.width(words, TINY) / 2
        if scale(tick) - half > last:
            sheet.text(
                scale(tick), y + TINY, words, size=TINY, colour="soft", align="center", backed=1.0
            )
            last = scale(tick) + half + 3
    if unit and ticks:
        first = scale(ticks[0]) - sheet.width(told(ticks[0], ticks), TINY) / 2
        room = first - 5 - LEFT
        words = fonts.shortened(unit, TINY, room, sheet.japanese)
        sheet.text(first - 5, y + TINY, words, size=TINY, colour="soft", align="right")
    return y + TINY + 4


def rules_below(
    sheet: Sheet,
    scale: Scale,
    marks: Sequence[Mark],
    top: float,
    bottom: float,
    ticks: Sequence[float],
) -> None:
    """Rules at the axis's round values, a darker one at its beginning or nought, and marks."""
    sheet.rules([((scale(v), top), (scale(v), bottom)) for v in ticks])
    base = 0.0 if not scale.log and scale.low <= 0 <= scale.high else scale.low
    if base == 0.0:
        sheet.line([(scale(base), top), (scale(base), bottom)], "ink", width=0.7, over=3.0)
    for mark in marks:
        x = scale(mark.at)
        sheet.line([(x, top), (x, bottom)], mark.role, width=0.9, dashed=True, over=3.5)


def value_beside(
    sheet: Sheet,
    x: float,
    middle: float,
    words: str,
    *,
    before: bool = False,
    size: float = SMALL,
    backed: float = 0.9,
) -> Box:
    """A value right of a place, or before it, on the ground's colour."""
    at = x - 3 if before else x + 3
    return sheet.text(
        at,
        middle + size * 0.36,
        words,
        size=size,
        align="right" if before else "left",
        backed=backed,
        over=6.0,
    )
