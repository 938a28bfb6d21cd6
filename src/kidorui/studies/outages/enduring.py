"""Every outage lived through from one eve, by batches on the executor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from kidorui.program import Infeasible, SolverError
from kidorui.studies.context import Context
from kidorui.studies.outages.eve import Eve
from kidorui.studies.outages.holding import Need, Shelf
from kidorui.studies.outages.outcome import Outcome, read
from kidorui.studies.stress.march import March

IntArray = npt.NDArray[np.intp]

BATCH = 8
"""Outages that a worker lives before it reports: laying out a march takes as long as half."""


@dataclass(frozen=True)
class Endured:
    """The outcome of an outage, and what would have to be held to survive each of the months asked.

    `failed` says why it could not be lived, "" where it could; `needs` is empty where nobody stops.
    """

    outcome: Outcome | None
    needs: tuple[Need, ...]
    failed: str


def endure(
    eve: Eve,
    events: Sequence[int],
    lines: IntArray,
    context: Context,
    *,
    survive: Sequence[int] = (),
    what: str = "outages",
) -> list[Endured]:
    """Live each event (its row in the case) and read of it what befalls some demands (`lines`).

    survive: months for which to find the cheapest stocks; what: the word under which progress is
    told. Answers do not depend on the executor.
    """
    batches = [events[begin : begin + BATCH] for begin in range(0, len(events), BATCH)]
    work = partial(_endure, _Desk(eve, lines, tuple(survive)))
    return [one for batch in context.map(what, work, batches) for one in batch]


@dataclass(frozen=True)
class _Desk:
    """What a worker needs."""

    eve: Eve
    lines: IntArray
    survive: tuple[int, ...]


def _endure(desk: _Desk, events: Sequence[int]) -> list[Endured]:
    march = March(desk.eve.world, explain=False)
    shelf = Shelf(desk.eve) if desk.survive else None
    return [_one(desk, march, shelf, event) for event in events]


def _one(desk: _Desk, march: March, shelf: Shelf | None, event: int) -> Endured:
    try:
        lived = desk.eve.live(march, event)
        outcome = read(lived, desk.eve.usual, desk.lines)
        if shelf is None or np.isnan(outcome.first_stop).all():
            return Endured(outcome, (), "")
        return Endured(outcome, tuple(shelf.need(lived, m) for m in desk.survive), "")
    except (Infeasible, SolverError) as error:
        return Endured(None, (), str(error).splitlines()[0])
