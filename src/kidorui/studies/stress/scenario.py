"""What strikes, when and how hard, on which axis: a scenario of a stress."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from kidorui.case import Case
from kidorui.network.months import MONTH
from kidorui.network.strikes import Strike, read_strikes

LEAD = 6
"""Months of calm before the first strike."""


@dataclass(frozen=True)
class Scenario:
    """Strikes that are new and those that stand, on `months` from `start` (years).

    The first new strike begins `lead` months after the start.
    """

    strikes: tuple[Strike, ...]
    standing: tuple[Strike, ...]
    start: float
    months: int
    lead: int

    @property
    def onset(self) -> float:
        """Moment at which the first new strike begins, years."""
        return self.start + self.lead * MONTH


def scenario(
    case: Case,
    events: Sequence[str] = (),
    *,
    onset: float | None = None,
    months: int = 36,
    lead: int = LEAD,
) -> Scenario:
    """The events named strike; without any, those in force that hit the focus place do.

    An event whose row states a start begins then, another at `onset` (years; the first event
    year of the case, or else the second year of its axis, unless given). `months` are counted
    from the first strike. Events in force that are not named are part of the calm, from the day
    they began.
    Raises ValueError for events that the case does not have, or an onset outside its years.
    """
    table = case.table("events")
    ids = table["id"].tolist()
    names = [name for part in events for name in part.split("+")]
    if unknown := [name for name in names if name not in ids]:
        raise ValueError(f"no event {', '.join(unknown)}; the case has {', '.join(ids)}")
    named = [ids.index(name) for name in dict.fromkeys(names)] or in_force_here(case)
    every = read_strikes(case)
    begins = _onset(case) if onset is None else onset
    settings = case.settings
    if not settings.base_year <= begins < settings.end:
        years = f"from {settings.base_year} to {settings.end}"
        raise ValueError(f"onset {begins:g}; a year {years}, as the case has them")
    strikes = tuple(_dated(every[number], case, begins) for number in named)
    standing = tuple(
        one
        for one, holds in zip(every, table["in_force"], strict=True)
        if holds and one.event not in named
    )
    first = min((one.start for one in strikes), default=begins)
    return Scenario(strikes, standing, first - lead * MONTH, months + lead, lead)


def standing_on(case: Case, moment: float) -> tuple[Strike, ...]:
    """The restrictions in force at a moment (years), as if they went on for good."""
    rows = zip(read_strikes(case), case.table("events")["in_force"], strict=True)
    return tuple(
        replace(one, end=np.inf) for one, holds in rows if holds and one.start <= moment < one.end
    )


def in_force_here(case: Case) -> list[int]:
    """Rows of the events in force with which the controlling place cuts off the focus place."""
    table, settings = case.table("events"), case.settings
    here = table["destinations"].map(lambda hit: not hit or settings.focus in hit)
    theirs = table["in_force"] & (table["origin"] == settings.control) & here
    return [int(number) for number in np.flatnonzero(theirs)]


def _onset(case: Case) -> float:
    settings = case.settings
    later = [*settings.event_years, *settings.years[1:], settings.end - 1]
    return float(later[0])


def _dated(strike: Strike, case: Case, onset: float) -> Strike:
    """The strike on its own days, or from the onset for as long as its row says."""
    if np.isfinite(strike.start):
        return strike
    lasts = float(case.table("events")["duration"].fillna(np.inf).to_numpy()[strike.event])
    return replace(strike, start=onset, end=onset + lasts)
