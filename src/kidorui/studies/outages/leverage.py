"""What a place can do to another by shipping it nothing, for each dollar of its own loss."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kidorui.case import Case
from kidorui.studies.base_year import BaseYear
from kidorui.studies.context import Context
from kidorui.studies.dependence import home_places
from kidorui.studies.outages.eve import calm_of, eve_of
from kidorui.studies.outages.failing import event_of, every_ban, with_outages
from kidorui.studies.outages.n_minus_1 import HORIZON, Outages, live_outages, stopping
from kidorui.studies.outages.outcome import Outcome
from kidorui.studies.stress.calm import on_months

TRIFLE = 0.1
"""Million US$ below which a loss is the noise of the market, and no ratio is formed of it."""


def leverage(case: Case, year: int, base: BaseYear, context: Context) -> pd.DataFrame:
    """One row per pair of places of two countries between which goods flow: losses over a year.

    `theirs` is the worth of what users of the place cut off go without, million US$; `unsold` the
    exports of the one that cuts, at prices of the calm, that nobody else takes, `users` what its
    own users go without; `own` is their sum, so that `leverage`, theirs over own, is the least:
    what its plants do not spend (`spared`) and what it does not buy abroad is not taken off. NaN
    where either is a trifle. Where the focus place is cut off, `first_stop`, `share_12` and
    `economy` are as in `n_minus_1`. Raises ValueError for a year outside the axis, Infeasible.
    """
    network = on_months(case, calm_of(case, year, HORIZON))
    every = every_ban(network)
    struck, nothing = with_outages(case, every), event_of(case, -1)
    eve = eve_of(struck, nothing, year, HORIZON, base, context, threat=True)
    found = live_outages(case, every, eve, context, what="bans")
    place = pd.Index(case.table("places")["id"])
    rows = []
    for k, outcome in found.lived:
        one = found.outages[k]
        mine, theirs = place.get_indexer([one.origin, one.destination])
        unsold, spared, users = (
            float(of[mine]) for of in (outcome.unsold, outcome.spared, outcome.lost)
        )
        rows.append(
            {
                "origin": one.origin,
                "destination": one.destination,
                "flow": found.flow[k],
                **_at_focus(found, outcome, one.destination),
                "theirs": float(outcome.lost[theirs]),
                "unsold": unsold,
                "spared": spared,
                "users": users,
                "own": max(unsold, 0.0) + users,
            }
        )
    columns = ["origin", "destination", "flow", *_AT_FOCUS, *_LOSSES]
    table = pd.DataFrame(rows, columns=columns)
    known = (table["theirs"] > TRIFLE) & (table["own"] > TRIFLE)
    table["leverage"] = (table["theirs"] / table["own"].where(table["own"] > 0)).where(known)
    return table.sort_values("theirs", ascending=False, kind="stable", ignore_index=True)


_AT_FOCUS = ("first_stop", "sector", "share_12", "economy")
_LOSSES = ("theirs", "unsold", "spared", "users", "own")


def _at_focus(found: Outages, outcome: Outcome, destination: str) -> dict[str, object]:
    """What befalls the focus place where it is the one cut off; missing where it is not."""
    if destination not in home_places(found.eve.world.case):
        return dict(zip(_AT_FOCUS, (np.nan, "", np.nan, np.nan), strict=True))
    stops = stopping(found, outcome)
    share = outcome.short.sum() / outcome.wanted.sum() if outcome.wanted.sum() > 0 else 0.0
    return {
        "first_stop": stops["first_stop"],
        "sector": stops["sector"],
        "share_12": float(share),
        "economy": outcome.economy,
    }
