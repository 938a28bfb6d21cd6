"""The episodes: which case, what struck, and the months that are lived through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from kidorui.case import Case, load
from kidorui.network.months import MONTH
from kidorui.studies.context import Context
from kidorui.studies.stress.lived import Lived, live
from kidorui.studies.stress.scenario import scenario
from kidorui.studies.stress.world import Foresight, prepare_world

LOW_STOCKS, HIGH_STOCKS = " with low stocks", " with high stocks"

_ENDS = {LOW_STOCKS: "low", HIGH_STOCKS: "high"}


@dataclass(frozen=True)
class Episode:
    """Events of a case, with `lead` calm months before and `months` from the first of them.

    `onset` (years) is for events whose rows state no start. With `stocks` it is run at both ends
    of the ranges of stocks as well. `fitted`: parameters were set from its record. `fast`: among
    those that a quick check runs.
    """

    name: str
    case: str
    events: tuple[str, ...]
    lead: int
    months: int
    onset: float | None = None
    stocks: bool = False
    fitted: bool = False
    fast: bool = True

    @property
    def cases(self) -> tuple[str, ...]:
        """Names of the cases it needs, as `cases_for` has them."""
        return (self.case, *(self.case + end for end in _ENDS if self.stocks))


EPISODES = (
    # the year 2010, in which a quota and then a halt struck, and three years after
    Episode("halt of 2010", "japan-2009", ("cn-quota-2010", "cn-halt-2010"), 6, 42, fitted=True),
    # from April 2024, so that May has a May of the year before, to December 2025
    Episode(
        "licences of April 2025",
        "japan",
        ("cn-magnets-2025",),
        12,
        9,
        stocks=True,
        fitted=True,
        fast=False,
    ),
    Episode("Myanmar 2024-25", "japan", ("mm-stop-2024",), 4, 6),
    Episode("Mountain Pass 2015", "japan-2014", ("us-molycorp-stop",), 12, 13),
    Episode("price spike of 2022", "japan-2021", ("mm-closure-2022",), 12, 12),
    Episode("one-year cut to Japan", "japan", ("cn-ban",), 6, 12, fast=False),
)
"""The episodes that are marched through; the balance of 2035 is one year, in `n_minus_1`."""

N_MINUS_1 = "IEA N-1, 2035"


def episode_of(name: str) -> Episode:
    """The episode of a name; KeyError where there is none that is marched through."""
    return {episode.name: episode for episode in EPISODES}[name]


def is_fast(name: str) -> bool:
    """Whether an episode is among those that a quick check runs."""
    return name == N_MINUS_1 or episode_of(name).fast


def is_fitted(name: str) -> bool:
    """Whether a parameter was set from the record of the episode itself."""
    return name != N_MINUS_1 and episode_of(name).fitted


def cases_for(names: Sequence[str]) -> dict[str, Case]:
    """The bundled cases that episodes need, by name; with the end of stocks where it is one.

    Raises CaseError with every fault.
    """
    needed = [
        case
        for name in names
        for case in (("japan",) if name == N_MINUS_1 else episode_of(name).cases)
    ]
    return {name: _load(name) for name in dict.fromkeys(needed)}


def _load(name: str) -> Case:
    for words, end in _ENDS.items():
        if name.endswith(words):
            return load(name.removesuffix(words), at={"stockpiles.initial": end})
    return load(name)


def relive(episode: Episode, cases: Mapping[str, Case], context: Context) -> dict[str, Lived]:
    """The episode lived through, by case; the first is the case as it stands.

    The axis begins with a calendar month, so that months and years are those of the record.
    Raises Infeasible, SolverError.
    """
    return {name: _relive(episode, cases[name], context) for name in episode.cases}


def _relive(episode: Episode, case: Case, context: Context) -> Lived:
    asked = scenario(
        case, episode.events, onset=episode.onset, months=episode.months, lead=episode.lead
    )
    start = np.floor(asked.start / MONTH + 1e-6) * MONTH
    asked = replace(asked, start=float(start))
    return live(prepare_world(case, asked, Foresight(), context), asked)
