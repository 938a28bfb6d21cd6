"""Flows from column to column, as bands between nodes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.path import Path

from kidorui.figures.paper import fonts
from kidorui.figures.paper.sheet import LEFT, RIGHT, SMALL, TEXT, WIDTH, Align, Sheet
from kidorui.figures.plots import Link, Node, Sankey
from kidorui.language.language import number

_BAR, _GAP, _LEAST, _LEADING = 6.0, 4.0, 1.0, 8.2
_SHORT, _TALL = 170.0, 330.0


@dataclass(frozen=True)
class _Placed:
    """Where a node's bar stands, points, and how many points a unit of its amount is."""

    x: float
    top: float
    bottom: float

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


def draw(plot: Sankey, sheet: Sheet, top: float) -> float:
    """Draw the flows from `top`; gives the y below them."""
    amounts = _amounts(plot)
    columns = ordered(plot, amounts)
    columns = [column for column in columns if column]
    if not columns:
        return top
    words = _words(sheet, columns, amounts)
    left, right = _sides(sheet, columns, words)
    xs = np.linspace(left, right - _BAR, len(columns)) if len(columns) > 1 else np.array([left])
    head = _heads(plot, sheet, xs, top)
    needed = {key: max(len(lines) * _LEADING + 2, 5.0) for key, lines in words.items()}
    high = min(max(_SHORT, *(sum(needed[n.id] + _GAP for n in c) * 1.2 for c in columns)), _TALL)
    unit = _scale(columns, amounts, needed, high)
    placed = _placed(columns, amounts, needed, unit, xs, head, high)
    _links(plot, sheet, placed, unit)
    for column in columns:
        for node in column:
            _node(sheet, node, placed[node.id], words[node.id], column is columns[0])
    return max(place.bottom for place in placed.values()) + 4


def ordered(plot: Sankey, amounts: Mapping[str, float]) -> list[list[Node]]:
    """Nodes by column in an order with few crossings: sweeps of the barycentre, the best kept.

    Sugiyama, Tagawa and Toda (1981), weights being the amounts.
    """
    count = max((node.column for node in plot.nodes), default=-1) + 1
    columns = [
        [n for n in plot.nodes if n.column == at and amounts.get(n.id, 0.0) > 0]
        for at in range(count)
    ]
    best, least = [list(column) for column in columns], crossings(columns, plot.links)
    for sweep in range(6):
        forth = sweep % 2 == 0
        for at in range(1, count) if forth else range(count - 2, -1, -1):
            _sort(columns, at, at - 1 if forth else at + 1, plot.links)
        now = crossings(columns, plot.links)
        if now < least - 1e-9:
            best, least = [list(column) for column in columns], now
    return best


def crossings(columns: Sequence[Sequence[Node]], links: Sequence[Link]) -> float:
    """The amount of flows that cross, summed over pairs of the lesser of the two."""
    place = {n.id: at for column in columns for at, n in enumerate(column)}
    level = {n.id: n.column for column in columns for n in column}
    seen = [k for k in links if k.source in place and k.target in place]
    if not seen:
        return 0.0
    start, end = (
        np.array([place[name] for name in names])
        for names in ([k.source for k in seen], [k.target for k in seen])
    )
    column = np.array([level[k.source] for k in seen])
    value = np.array([k.value for k in seen])
    turned = np.subtract.outer(start, start) * np.subtract.outer(end, end) < 0
    same = np.equal.outer(column, column)
    return float((np.minimum.outer(value, value) * (turned & same)).sum() / 2)


def _sort(columns: list[list[Node]], at: int, beside: int, links: Sequence[Link]) -> None:
    """Sort a column by the mean place, weighted, of what its nodes are linked to beside it."""
    place = {n.id: i for i, n in enumerate(columns[beside])}
    weight: dict[str, float] = {}
    pull: dict[str, float] = {}
    for link in links:
        for own, other in ((link.source, link.target), (link.target, link.source)):
            if other in place:
                weight[own] = weight.get(own, 0.0) + link.value
                pull[own] = pull.get(own, 0.0) + link.value * place[other]
    now = {n.id: float(i) for i, n in enumerate(columns[at])}
    columns[at].sort(key=lambda n: pull[n.id] / weight[n.id] if n.id in weight else now[n.id])


def _amounts(plot: Sankey) -> dict[str, float]:
    """What passes a node: the greater of what enters and leaves."""
    into: dict[str, float] = {}
    out: dict[str, float] = {}
    for link in plot.links:
        out[link.source] = out.get(link.source, 0.0) + link.value
        into[link.target] = into.get(link.target, 0.0) + link.value
    return {name: max(into.get(name, 0.0), out.get(name, 0.0)) for name in {**into, **out}}


def _words(
    sheet: Sheet, columns: Sequence[Sequence[Node]], amounts: Mapping[str, float]
) -> dict[str, list[str]]:
    """Label and amount of each node, in lines."""
    room = 0.19 * WIDTH if len(columns) > 3 else 0.22 * WIDTH
    found = {}
    for column in columns:
        for node in column:
            words = f"{node.label} {number(amounts[node.id])}"
            found[node.id] = fonts.balanced(words, SMALL, room, japanese=sheet.japanese)
    return found


def _sides(
    sheet: Sheet, columns: Sequence[Sequence[Node]], words: Mapping[str, Sequence[str]]
) -> tuple[float, float]:
    """Where the first column begins and the last ends: their labels stand outside."""

    def wide(column: Sequence[Node]) -> float:
        return max(sheet.width(line, SMALL) for n in column for line in words[n.id]) + 5

    return LEFT + wide(columns[0]), RIGHT - wide(columns[-1])


def _heads(plot: Sankey, sheet: Sheet, xs: np.ndarray, top: float) -> float:
    room = (RIGHT - LEFT) / max(len(xs), 1) - 8
    heads = [sheet.wrapped(head, TEXT, room, bold=True) for head in plot.columns[: len(xs)]]
    deepest = max((len(lines) for lines in heads), default=0)
    for at, lines in enumerate(heads):
        x, align = _head_place(sheet, lines, float(xs[at]), at == 0, at == len(xs) - 1)
        y = top + (deepest - len(lines)) * 9.6
        sheet.lines_of_text(x, y, lines, bold=True, align=align)
    return top + deepest * 9.6 + 6


def _head_place(
    sheet: Sheet, lines: Sequence[str], x: float, first: bool, last: bool
) -> tuple[float, Align]:
    """Over the labels of the outer columns, over the bars of the others."""
    wide = max(sheet.width(line, TEXT, True) for line in lines)
    if first:
        return (LEFT, "left") if wide > x + _BAR - LEFT else (x + _BAR, "right")
    if last:
        return (RIGHT, "right") if wide > RIGHT - x else (x, "left")
    return x + _BAR / 2, "center"


def _scale(
    columns: Sequence[Sequence[Node]],
    amounts: Mapping[str, float],
    needed: Mapping[str, float],
    high: float,
) -> float:
    """Points per unit of amount at which the fullest column is as high as the plot."""
    low, top = 0.0, high / max(max(sum(amounts[n.id] for n in c) for c in columns), 1e-12)
    for _ in range(40):
        middle = (low + top) / 2
        filled = max(
            sum(max(amounts[n.id] * middle, needed[n.id]) + _GAP for n in c) for c in columns
        )
        low, top = (middle, top) if filled <= high else (low, middle)
    return low


def _placed(
    columns: Sequence[Sequence[Node]],
    amounts: Mapping[str, float],
    needed: Mapping[str, float],
    unit: float,
    xs: np.ndarray,
    top: float,
    high: float,
) -> dict[str, _Placed]:
    """Each node in the middle of a slot that also holds its label; columns fill the height."""
    found = {}
    for column, x in zip(columns, xs, strict=True):
        slots = [max(amounts[n.id] * unit, needed[n.id]) for n in column]
        spare = high - sum(slots)
        gap = min(spare / len(column), 16.0)
        y = top + (high - sum(slots) - gap * (len(column) - 1)) / 2
        for node, slot in zip(column, slots, strict=True):
            tall = max(amounts[node.id] * unit, _LEAST)
            found[node.id] = _Placed(float(x), y + (slot - tall) / 2, y + (slot + tall) / 2)
            y += slot + gap
    return found


def _links(plot: Sankey, sheet: Sheet, placed: Mapping[str, _Placed], unit: float) -> None:
    """Bands whose ends stand on their nodes in the order of what they lead to."""
    seen = [k for k in plot.links if k.source in placed and k.target in placed and k.value > 0]
    starts, ends = {}, {}
    offset: dict[tuple[str, str], float] = {}
    for at, link in sorted(enumerate(seen), key=lambda one: placed[one[1].target].middle):
        starts[at] = offset.get((link.source, "out"), 0.0)
        offset[link.source, "out"] = starts[at] + link.value * unit
    for at, link in sorted(enumerate(seen), key=lambda one: placed[one[1].source].middle):
        ends[at] = offset.get((link.target, "in"), 0.0)
        offset[link.target, "in"] = ends[at] + link.value * unit
    for at, link in enumerate(seen):
        source, target = placed[link.source], placed[link.target]
        thick = max(link.value * unit, 0.5)
        band = _band(
            (source.x + _BAR, source.top + starts[at]), (target.x, target.top + ends[at]), thick
        )
        sheet.shape(band, fill=link.role, alpha=0.38)


def _band(start: tuple[float, float], end: tuple[float, float], thick: float) -> Path:
    (x0, y0), (x1, y1) = start, end
    middle = (x0 + x1) / 2
    corners = [
        (x0, y0),
        (middle, y0),
        (middle, y1),
        (x1, y1),
        (x1, y1 + thick),
        (middle, y1 + thick),
        (middle, y0 + thick),
        (x0, y0 + thick),
        (x0, y0),
    ]
    curve = [Path.CURVE4] * 3
    return Path(corners, [Path.MOVETO, *curve, Path.LINETO, *curve, Path.CLOSEPOLY])


def _node(
    sheet: Sheet, node: Node, place: _Placed, words: Sequence[str], first_column: bool
) -> None:
    sheet.box(place.x, place.top, place.x + _BAR, place.bottom, node.role, over=3.0)
    first = place.middle - (len(words) - 1) * _LEADING / 2 + SMALL * 0.36
    for at, line in enumerate(words):
        y = first + at * _LEADING
        if first_column:
            sheet.text(place.x - 4, y, line, size=SMALL, align="right")
        else:
            sheet.text(place.x + _BAR + 4, y, line, size=SMALL, halo=True)
