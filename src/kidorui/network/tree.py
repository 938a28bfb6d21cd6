"""The scenario tree: periods of the plan, branching where an event may begin.

A *node* is a stretch of time in a state of the world. The trunk is the world of today's
restrictions; a branch leaves it in an onset year, its first year split into slices. All
quantities of the programme live on nodes, so nothing can know the future
(`docs/formulation.md`, section 2).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from kidorui.case import Case

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]

_SAME = 1e-9
"""Moments (years) and chances closer than this are the same."""


@dataclass(frozen=True)
class Tree:
    """Nodes of time and state, parents before children.

    All arrays have one entry per node. `start` and `duration` are in years; `parent` is -1
    for the root; `probability` is that of passing through the node; `events` names the
    events on in it; `branch` is -1 on the trunk and else the number of the branch;
    `before` is the last node before the branch (the node itself on the trunk). `goes_on` tells
    that time goes on after the last nodes: what is at sea then is not lost.
    """

    start: FloatArray
    duration: FloatArray
    parent: IntArray
    probability: FloatArray
    branch: IntArray
    before: IntArray
    events: tuple[tuple[str, ...], ...]
    labels: tuple[str, ...]
    discount_rate: float
    origin: float
    goes_on: bool = False

    @property
    def size(self) -> int:
        """Number of nodes."""
        return len(self.start)

    @cached_property
    def middle(self) -> FloatArray:
        """Middle of each node, years."""
        return self.start + self.duration / 2

    @cached_property
    def discount(self) -> FloatArray:
        """Discount factor at the middle of each node, to the start of the axis."""
        return np.power(1 + self.discount_rate, -(self.middle - self.origin))

    @cached_property
    def weight(self) -> FloatArray:
        """Years x discount x probability: what a yearly rate counts in the objective."""
        return self.duration * self.discount * self.probability

    @cached_property
    def ancestry(self) -> npt.NDArray[np.bool_]:
        """(node, node): whether the second is the first or one of its ancestors."""
        reach = np.eye(self.size, dtype=bool)
        for node, parent in enumerate(self.parent):
            if parent >= 0:
                reach[node] |= reach[parent]
        return reach

    @cached_property
    def leaves(self) -> IntArray:
        """Nodes without children: one per scenario."""
        return np.setdiff1d(np.arange(self.size), self.parent)

    @cached_property
    def in_event(self) -> npt.NDArray[np.bool_]:
        """Whether an event that is not in force today is on in the node."""
        return np.array([bool(e) for e in self.events])

    @cached_property
    def decides(self) -> npt.NDArray[np.bool_]:
        """Whether projects can be decided in the node: in whole years, not in slices."""
        return self.duration >= 1 - _SAME

    def arriving(self, transit: FloatArray) -> FloatArray:
        """(transit, node, node): what arrives in a node of what was shipped in another.

        `transit` is in years. The share is that of the first node's time in which goods arrive
        that left, a transit earlier, in the second (itself or an ancestor), so that a rate
        shipped times the share is the rate arriving: nothing is lost or made, whatever the
        lengths of the nodes. Before the axis goods were shipped as in its first node.
        """
        end = self.start + self.duration
        opened = np.where(self.parent < 0, -np.inf, self.start)
        late = transit[:, None, None]
        left = np.minimum(end[:, None] - late, end[None, :])
        entered = np.maximum(self.start[:, None] - late, opened[None, :])
        overlap = np.maximum(left - entered, 0.0) * self.ancestry
        return np.asarray(overlap / self.duration[:, None])


def grow(
    case: Case,
    events: Sequence[str] = (),
    hazard: float | None = None,
    *,
    base_year_only: bool = False,
) -> Tree:
    """Grow the tree of a case for the given events.

    Each entry of `events` is an event id, or several joined by "+" that strike together.
    An event leaves the trunk once in each onset year of the case; the branch stands for an
    onset in its window (see `onset_windows`), with the chance that its hazard gives; hazards
    compete. `hazard` replaces the events' own: the chance per year that any of them begins.

    Raises ValueError for an event without a hazard where none is given.
    """
    s = case.settings
    if base_year_only:
        return _assemble(case, [_Node(float(s.base_year), 1.0, -1, 1.0, -1, 0, (), "base year")])
    rates = _rates(case, events, hazard)
    total = sum(rates.values())
    edges = onset_windows(case)
    onsets = sorted(y for y in s.event_years if s.years[0] < y < s.end)
    quiet = [float(np.exp(-total * (edge - s.years[0]))) for edge in edges]
    chance = {y: quiet[i] - quiet[i + 1] for i, y in enumerate(onsets)}
    branches = [(e, y) for y in onsets for e in rates]
    share = {e: rate / total if total > 0 else 0.0 for e, rate in rates.items()}

    starts = [float(y) for y in s.years]
    ends = [*starts[1:], float(s.end)]
    # the trunk: periods are cut where a branch leaves them, so that an onset has a node before it
    cuts = sorted({*starts, *(float(y) for _, y in branches)})
    stops = [*cuts[1:], ends[-1]]
    nodes: list[_Node] = []
    for i, (a, b) in enumerate(zip(cuts, stops, strict=True)):
        gone = sum(chance[y] for y in onsets if y <= a)
        nodes.append(_Node(a, b - a, i - 1, 1.0 - gone, -1, i, (), f"{a:.0f}"))
    for number, (event, onset) in enumerate(branches):
        trunk = stops.index(onset)
        probability = chance[onset] * share[event]
        nodes += _branch(case, event, float(onset), trunk, probability, number, len(nodes), cuts)
    return _assemble(case, nodes)


@dataclass(frozen=True)
class _Node:
    start: float
    duration: float
    parent: int
    probability: float
    branch: int
    before: int
    events: tuple[str, ...]
    label: str


def _branch(
    case: Case,
    event: str,
    onset: float,
    trunk: int,
    probability: float,
    number: int,
    offset: int,
    cuts: Sequence[float],
) -> list[_Node]:
    """The nodes of one branch: the event year in slices, then the remaining periods."""
    s = case.settings
    names = tuple(event.split("+"))
    over = onset + _duration(case, names)
    slices = onset + np.arange(s.slices) / s.slices
    ends = {onset + 1, over, float(s.end), *(c for c in cuts if c > onset + 1)}
    edges = _distinct([*slices, *(e for e in ends if onset < e <= s.end)])
    cut = sum(edge < onset + 1 - _SAME for edge in edges)
    nodes = []
    for i, (a, b) in enumerate(pairwise(edges)):
        on = names if a < over - _SAME else ()
        part = f" part {i + 1}/{cut}" if i < cut and cut > 1 else ""
        label = f"{event} from {onset:.0f}: {np.floor(a + _SAME):.0f}{part}"
        parent = trunk if i == 0 else offset + i - 1
        nodes.append(_Node(a, b - a, parent, probability, number, trunk, on, label))
    return nodes


def _distinct(edges: Sequence[float]) -> list[float]:
    """The edges in order, those that differ by rounding alone taken as one."""
    rising = np.sort(edges)
    return [float(e) for e in rising[np.diff(rising, prepend=-np.inf) > _SAME]]


def _assemble(case: Case, nodes: Sequence[_Node]) -> Tree:
    return Tree(
        start=np.array([n.start for n in nodes]),
        duration=np.array([n.duration for n in nodes]),
        parent=np.array([n.parent for n in nodes], dtype=np.intp),
        probability=np.array([n.probability for n in nodes]),
        branch=np.array([n.branch for n in nodes], dtype=np.intp),
        before=np.array([n.before for n in nodes], dtype=np.intp),
        events=tuple(n.events for n in nodes),
        labels=tuple(n.label for n in nodes),
        discount_rate=case.settings.discount_rate,
        origin=nodes[0].start,
    )


def _rates(case: Case, events: Sequence[str], hazard: float | None) -> dict[str, float]:
    """Rate (1/yr) at which each event begins: that of a constant hazard, chance 1 - exp(-rate).

    Rates of events that compete add up; events joined by "+" take the smallest hazard.
    """
    table = case.table("events").set_index("id")["hazard"]
    own = {e: float(np.min([table[name] for name in e.split("+")])) for e in events}
    if hazard is None:
        if unknown := [e for e, chance in own.items() if np.isnan(chance)]:
            raise ValueError(f"no hazard is stated for {', '.join(unknown)}: give one")
        return {e: _rate(chance) for e, chance in own.items()}
    parts = {e: 0.0 if np.isnan(chance) else _rate(chance) for e, chance in own.items()}
    total = sum(parts.values())
    equal = 1 / max(len(parts), 1)
    return {e: _rate(hazard) * (r / total if total else equal) for e, r in parts.items()}


def _rate(chance: float) -> float:
    return float(-np.log1p(-min(chance, 1 - _SAME)))


def onset_windows(case: Case) -> list[float]:
    """Edges of the windows of onset, one more than there are onset years.

    The first window opens with the axis, each later one with its onset year, and the last is
    as long as the years before its onset back to the onset before it (or to the start of the
    axis): not up to the end of the axis, so that a longer axis makes no event likelier.
    """
    s = case.settings
    onsets = sorted(float(y) for y in s.event_years if s.years[0] < y < s.end)
    first = float(s.years[0])
    before = [first, *onsets][-2:]
    last = min(2 * before[-1] - before[0], float(s.end)) if onsets else first
    return [first, *onsets[1:], last]


def _duration(case: Case, names: Sequence[str]) -> float:
    table = case.table("events").set_index("id")["duration"]
    durations = [float(table[name]) for name in names]
    return max(np.inf if np.isnan(d) else d for d in durations)
