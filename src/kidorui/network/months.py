"""Time month by month: the axis of a stress, and the window that moves along it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from kidorui.case import Case
from kidorui.network.strikes import Strike
from kidorui.network.tree import Tree

FloatArray = npt.NDArray[np.float64]

MONTH = 1 / 12
"""Years in a month: all are of equal length."""


def month_axis(case: Case, start: float, months: int, strikes: Sequence[Strike] = ()) -> Tree:
    """A chain of months from `start` (years), each struck by the events that hold in it."""
    names = case.table("events")["id"].tolist()
    begins = start + np.arange(months, dtype=float) * MONTH
    on = [
        tuple(names[s.event] for s in strikes if s.start < begin + MONTH and begin < s.end)
        for begin in begins
    ]
    return chain(case, begins, np.full(months, MONTH), on)


def window(case: Case, start: float, lengths: Sequence[float]) -> Tree:
    """A chain of nodes of `lengths` (months) from `start` (years), after which time goes on.

    Money of all its nodes counts the same: over months, discounting would but put things off.
    """
    years = np.asarray(lengths, dtype=float) * MONTH
    begins = start + np.cumsum(years) - years
    nodes = chain(case, begins, years, [()] * len(years))
    return replace(nodes, discount_rate=0.0, goes_on=True)


def chain(
    case: Case, begins: FloatArray, years: FloatArray, events: Sequence[tuple[str, ...]]
) -> Tree:
    """Nodes one after the other, certain, labelled by year and month."""
    number = np.arange(len(begins))
    return Tree(
        start=begins,
        duration=years,
        parent=number - 1,
        probability=np.ones(len(begins)),
        branch=np.full(len(begins), -1, dtype=np.intp),
        before=number,
        events=tuple(events),
        labels=tuple(month_label(begin) for begin in begins),
        discount_rate=case.settings.discount_rate,
        origin=float(begins[0]),
    )


def month_label(moment: float) -> str:
    """The calendar month that holds most of the month from a moment (years): `2028-01`."""
    count = int(np.floor(moment * 12 + 0.5 + 1e-6))
    return f"{count // 12}-{count % 12 + 1:02d}"
