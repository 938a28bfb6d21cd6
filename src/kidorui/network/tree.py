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

import numpy as np
import numpy.typing as npt

from kidorui.case import Case

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Tree:
    """Nodes of time and state, parents before children.

    All arrays have one entry per node. `start` and `duration` are in years; `parent` is -1
    for the root; `probability` is that of passing through the node; `events` names the
    events on in it; `branch` is -1 on the trunk and else the number of the branch;
    `before` is the last node before the branch (the node itself on the trunk).
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
        return self.duration >= 1


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
    onset in the window from that year to the next (the first window opens with the axis, the
    last closes with it), with the chance that its hazard per year gives; hazards compete.
    `hazard` replaces the events' own (their sum is then `hazard`).
    """
    s = case.settings
    if base_year_only:
        return _assemble(case, [_Node(float(s.base_year), 1.0, -1, 1.0, -1, 0, (), "base year")])
    hazards = _hazards(case, events, hazard)
    onsets = sorted(y for y in s.event_years if s.years[0] < y < s.end)
    chance = _onset_chances(onsets, s.years[0], s.end, sum(hazards.values()))
    branches = [(e, y) for y in onsets for e in events] if onsets else []
    share = {e: h / max(sum(hazards.values()), 1e-300) for e, h in hazards.items()}

    starts = [float(y) for y in s.years]
    ends = [*starts[1:], float(s.end)]
    # the trunk: periods are cut where a branch leaves them, so that an onset has a node before it
    cuts = sorted({*starts, *(float(y) for _, y in branches)})
    stops = [*cuts[1:], ends[-1]]
    nodes: list[_Node] = []
    for i, (a, b) in enumerate(zip(cuts, stops, strict=True)):
        gone = sum(chance[y] for y in onsets if y <= a) if branches else 0.0
        nodes.append(_Node(a, b - a, i - 1, 1.0 - gone, -1, i, (), f"{a:.0f}"))
    for number, (event, onset) in enumerate(branches):
        trunk = next((i for i, c in enumerate(cuts) if stops[i] == onset), -1)
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
    duration = _duration(case, names)
    slices = onset + np.arange(s.slices) / s.slices
    later = {c for c in cuts if c > onset + 1} | {onset + 1, onset + duration}
    edges = [*slices, *sorted(c for c in later if onset < c < s.end), float(s.end)]
    nodes = []
    for i, (a, b) in enumerate(zip(edges[:-1], edges[1:], strict=True)):
        on = names if a < onset + duration - 1e-9 else ()
        quarter = f" slice {i + 1}/{s.slices}" if i < s.slices else ""
        label = f"{event} from {onset:.0f}: {np.floor(a + 1e-9):.0f}{quarter}"
        parent = trunk if i == 0 else offset + i - 1
        nodes.append(_Node(a, b - a, parent, probability, number, trunk, on, label))
    return nodes


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


def _hazards(case: Case, events: Sequence[str], hazard: float | None) -> dict[str, float]:
    """Chance per year that each (joint) event begins; joint events take the smallest hazard."""
    table = case.table("events").set_index("id")["hazard"]
    own = {e: float(min(table[name] for name in e.split("+"))) for e in events}
    if hazard is None:
        return own
    total = sum(own.values())
    return {e: hazard * (h / total if total else 1 / len(own)) for e, h in own.items()}


def _onset_chances(
    onsets: Sequence[int], first: float, end: float, hazard: float
) -> dict[int, float]:
    """Chance that the first onset falls in each window."""
    edges = [float(first), *(float(y) for y in onsets[1:]), float(end)]
    quiet = [(1 - hazard) ** (edge - first) for edge in edges]
    return {y: quiet[i] - quiet[i + 1] for i, y in enumerate(onsets)}


def _duration(case: Case, names: Sequence[str]) -> float:
    table = case.table("events").set_index("id")["duration"]
    durations = [float(table[name]) for name in names]
    return max(np.inf if np.isnan(d) else d for d in durations)
