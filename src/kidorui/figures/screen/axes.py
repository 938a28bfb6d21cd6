"""Axes of numbers and of rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kidorui.figures.screen.frame import FONT, TEXT, Width
from kidorui.figures.screen.plain import Options
from kidorui.figures.screen.wording import breadth, lines_of, longest_word, wrapped
from kidorui.figures.theme import Theme
from kidorui.results import Json

_LABELS: Mapping[Width, float] = {"narrow": 108, "middle": 150, "wide": 220}
_NOTES: Mapping[Width, float] = {"narrow": 74, "middle": 110, "wide": 180}
"""How wide labels of rows and notes beside them may be, px."""
_HEADINGS: Mapping[Width, float] = {"narrow": 215, "middle": 300, "wide": 440}
"""How wide a heading may be, px."""
_MOST_LINES = 4
"""Lines of a label for which a row has room."""


def numbers(theme: Theme, name: str = "", *, log: bool = False) -> Options:
    """An axis of numbers with light lines across; name: what it counts, with its unit."""
    axis: Options = {
        "type": "log" if log else "value",
        "axisLine": {"show": False},
        "axisTick": {"show": False},
        "axisLabel": {**ink(theme), "hideOverlap": True},
        "splitLine": {"show": True, "lineStyle": {"color": theme.rule, "width": 1}},
        "minorSplitLine": {"show": False},
    }
    if name:
        axis |= {"name": name, "nameTextStyle": ink(theme)}
    return axis


def below(gap: float = 26) -> Options:
    """Where the name of a horizontal axis stands: under the middle of its labels."""
    return {"nameLocation": "middle", "nameGap": gap}


def ink(theme: Theme, size: int = TEXT - 1) -> Options:
    """Soft small letters."""
    return {"color": theme.soft, "fontFamily": FONT, "fontSize": size}


@dataclass(frozen=True)
class Rows:
    """Rows of a plot on a category axis from top to bottom, each group under its heading.

    cells: what stands on the axis; at: the place of each row on it.
    """

    cells: tuple[str, ...]
    at: tuple[int, ...]

    @property
    def headings(self) -> frozenset[int]:
        """Places on the axis that are headings."""
        return frozenset(range(len(self.cells))) - frozenset(self.at)

    def axis(self, theme: Theme, kind: Width) -> Options:
        """The axis on the left."""
        size, wide = _size(kind), label_width(self, kind)
        cells: list[Json] = [
            _heading(cell, theme, kind) if at in self.headings else wrapped(cell, size, wide)
            for at, cell in enumerate(self.cells)
        ]
        return {
            "type": "category",
            "inverse": True,
            "data": cells,
            "axisLine": {"show": False},
            "axisTick": {"show": False},
            "axisLabel": {
                "color": theme.ink,
                "fontFamily": FONT,
                "fontSize": size,
                "lineHeight": TEXT + 2,
                "interval": 0,
            },
            "splitLine": {"show": False},
        }

    def notes(self, words: Sequence[str], theme: Theme, kind: Width) -> Options:
        """An axis on the right with words beside the rows."""
        cells = [""] * len(self.cells)
        wide = _fitting(words, _NOTES[kind])
        for at, word in zip(self.at, words, strict=True):
            cells[at] = wrapped(word, TEXT - 1, wide)
        label = {**ink(theme), "interval": 0, "lineHeight": TEXT + 1, "margin": 12}
        axis = self.axis(theme, kind)
        return {**axis, "position": "right", "data": list(cells), "axisLabel": label}


def _heading(text: str, theme: Theme, kind: Width) -> Options:
    """A heading begins at the axis and lies over the plot, whose row is empty there."""
    style: Options = {
        "align": "left",
        "color": theme.soft,
        "fontWeight": 600,
        "backgroundColor": theme.ground,
        "padding": [1, 4, 1, 0],
    }
    return {"value": wrapped(text, _size(kind) * 1.08, _HEADINGS[kind]), "textStyle": style}


def rows(labels: Sequence[str], groups: Sequence[str] = ()) -> Rows:
    """Rows in order; groups: the heading over each, "" for none."""
    cells: list[str] = []
    places: list[int] = []
    for at, label in enumerate(labels):
        if at < len(groups) and groups[at]:
            cells.append(groups[at])
        places.append(len(cells))
        cells.append(label)
    return Rows(tuple(cells), tuple(places))


def row_axes(found: Rows, notes: Sequence[str], theme: Theme, kind: Width) -> list[Json]:
    """The axis of rows, and that of their notes where there are any, for a width of the chart."""
    axis = found.axis(theme, kind)
    return [axis, found.notes(notes, theme, kind)] if any(notes) else [axis]


def label_width(found: Rows, kind: Width) -> float:
    """The width of the labels of rows, px."""
    return _fitting([found.cells[at] for at in found.at], _LABELS[kind])


def rows_height(found: Rows, notes: Sequence[str], kind: Width, least: float) -> float:
    """The height of all rows, each at least so high and high enough for most labels, px."""
    wide, beside = label_width(found, kind), _fitting(notes, _NOTES[kind])
    lines = [lines_of(found.cells[at], _size(kind), wide) for at in found.at]
    lines += [lines_of(note, TEXT - 1, beside) for note in notes]
    most = min(_MOST_LINES, max(lines, default=1))
    return len(found.cells) * max(least, 6.0 + (TEXT + 2) * most)


def _size(kind: Width) -> int:
    return TEXT - 1 if kind == "narrow" else TEXT


def _fitting(words: Sequence[str], most: float) -> float:
    """A width for words: what the longest needs, or the most there is, or the longest word."""
    longest = max((breadth(word, TEXT) for word in words), default=0.0)
    word = min(longest_word(words, TEXT), 1.35 * most)
    return round(min(longest, max(most, word)) + 6.0)
