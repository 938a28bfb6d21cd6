"""When events hold and how hard: the share they stop, node by node."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from kidorui.case import Case
from kidorui.network.links import DAYS
from kidorui.network.tree import Tree

BoolArray = npt.NDArray[np.bool_]
FloatArray = npt.NDArray[np.float64]

_MOMENTS = 30
"""Moments at which a node is looked at where a force changes within it: days of a month."""


_INSTANT = 1e-6
"""Years (half a minute) below which a change is at once."""


@dataclass(frozen=True)
class Strike:
    """An event that holds from `start` to `end` (years; inf = until further notice).

    `event` is its row in the table of events, from 0. `severity` is the share stopped in the
    end (of a tariff, surge or dumping what is added); `leak` the share of it that gets round;
    `premium` what that costs, as a share of the base price. `build_up`, `processing` and
    `easing` are in years, as the table of events says.
    """

    event: int
    start: float
    end: float
    severity: float
    build_up: float = 0.0
    processing: float = 0.0
    easing: float = 0.0
    leak: float = 0.0
    premium: float = 0.0

    @property
    def is_constant(self) -> bool:
        """Whether it is as hard on every day that it holds."""
        return self.build_up + self.processing + self.easing < _INSTANT

    def force(self, since: FloatArray) -> FloatArray:
        """Share stopped at moments so many years after its start, while it holds."""
        if self.is_constant:
            return np.full_like(since, self.severity)
        waiting = 1.0 if self.processing + self.easing >= _INSTANT else self.severity
        eased = _ramp(since - self.processing, self.easing)
        held = waiting + (self.severity - waiting) * eased
        return np.asarray(held * _ramp(since, self.build_up))


@dataclass(frozen=True)
class Schedule:
    """(node, event): whether an event is `on`, and its `force`, `leak` and `premium` there."""

    on: BoolArray
    force: FloatArray
    leak: FloatArray
    premium: FloatArray


def read_strikes(case: Case) -> list[Strike]:
    """The events as their rows say, from their own start (-inf where they state none)."""
    events = case.table("events")
    start = events["start"].fillna(-np.inf).to_numpy(float)
    end = (events["start"] + events["duration"]).fillna(np.inf).to_numpy(float)
    days = events[["build_up", "processing", "easing"]].fillna(0.0).to_numpy(float) / DAYS
    rest = events[["leak", "premium"]].fillna(0.0).to_numpy(float)
    severity = events["severity"].to_numpy(float)
    return [
        Strike(number, start[number], end[number], severity[number], *days[number], *rest[number])
        for number in range(len(events))
    ]


def active_events(case: Case, tree: Tree) -> BoolArray:
    """(node, event): in force at the middle of the node, or struck in it."""
    events = case.table("events")
    begins = events["start"].fillna(-np.inf).to_numpy(float)
    ends = events["start"].fillna(np.inf) + events["duration"].fillna(np.inf)
    moment = tree.middle[:, None]
    standing = events["in_force"].to_numpy(bool) & (begins <= moment) & (moment < ends.to_numpy())
    struck = np.array([events["id"].isin(on) for on in tree.events], dtype=bool)
    return np.asarray(standing | struck.reshape(standing.shape))


def schedule_on_tree(case: Case, tree: Tree) -> Schedule:
    """The events in force and those that the nodes of a tree are struck by."""
    strikes = read_strikes(case)
    on = active_events(case, tree)
    began = _began(tree, on, case.table("events"))
    force = np.zeros(on.shape)
    for strike in strikes:
        nodes = np.flatnonzero(on[:, strike.event])
        since = _moments(tree)[nodes] - began[nodes, strike.event, None]
        force[nodes, strike.event] = strike.force(np.maximum(since, 0.0)).mean(axis=1)
    return _with_leaks(on, force, strikes)


def schedule_on_axis(case: Case, tree: Tree, strikes: Sequence[Strike]) -> Schedule:
    """Strikes that begin and end when they say, on any day; other events are off."""
    moments = _moments(tree)
    force = np.zeros((tree.size, len(case.table("events"))))
    on = np.zeros(force.shape, dtype=bool)
    for strike in strikes:
        holds = (moments >= strike.start) & (moments < strike.end)
        since = np.maximum(moments - max(strike.start, -1e6), 0.0)
        mean = (strike.force(since) * holds).mean(axis=1)
        force[:, strike.event] += mean
        # a cut that has eased away is over; a quota at nought still holds flows to what they were
        on[:, strike.event] |= holds.any(axis=1) & (strike.is_constant | (mean > 0))
    return _with_leaks(on, force, strikes)


def _with_leaks(on: BoolArray, force: FloatArray, strikes: Sequence[Strike]) -> Schedule:
    leak, premium = np.zeros((2, *force.shape))
    for strike in strikes:
        leak[:, strike.event], premium[:, strike.event] = strike.leak, strike.premium
    return Schedule(on, force, leak, premium)


def _began(tree: Tree, on: BoolArray, events: pd.DataFrame) -> FloatArray:
    """(node, event): when it began, of those on; as its row says where it is in force."""
    stated = np.where(events["in_force"], events["start"].to_numpy(float), np.nan)
    began = np.zeros(on.shape)
    for node, parent in enumerate(tree.parent):
        goes_on = on[parent] if parent >= 0 else np.zeros(on.shape[1], dtype=bool)
        began[node] = np.where(goes_on, began[parent], tree.start[node])
    return np.where(np.isnan(stated), began, stated)


def _moments(tree: Tree) -> FloatArray:
    """(node, moment): moments spread evenly over each node, years."""
    parts = (np.arange(_MOMENTS) + 0.5) / _MOMENTS
    return np.asarray(tree.start[:, None] + tree.duration[:, None] * parts)


def _ramp(since: FloatArray, length: float) -> FloatArray:
    """From 0 to 1 over a length of time; 1 at once where it has none."""
    if length < _INSTANT:
        return (since >= 0).astype(float)
    return np.asarray(np.clip(since / length, 0.0, 1.0))
