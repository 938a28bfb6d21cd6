"""Which days of stock, at which stage, buy a sector the most time for their cost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from kidorui.studies.context import Context
from kidorui.studies.dependence import home_places
from kidorui.studies.outages.eve import Eve
from kidorui.studies.outages.holding import STORED, Need, Shelf, held_terms
from kidorui.studies.outages.n_minus_1 import MONTHS, Outages, price_of
from kidorui.studies.stress.march import March
from kidorui.studies.stress.stops import MONTH_DAYS

IntArray = npt.NDArray[np.intp]

_THOUSAND = 1e-3
"""Million US$ in 1,000 US$."""

ANY = "any"
"""Stocks of all stages together, wherever they are cheapest."""


@dataclass(frozen=True)
class Worst:
    """The outage that stops a sector soonest: `demands` are the sector's."""

    sector: str
    outage: int
    first_stop: float
    demands: IntArray


def stock_days(found: Outages, context: Context) -> pd.DataFrame:
    """One row per sector, months to survive and stage of what is held, the most days per US$ first.

    Each sector under the outage that stops it soonest, of those abroad where there is any.
    `gained` are days beyond its first stop, `per_thousand` those for 1,000 US$ a year. Stages
    of which no stock would do have no row.
    """
    worst = list(_worst(found))
    needs = context.map("days of stock", partial(_needs, found.eve, found.number), worst)
    last, price = held_terms(found.eve.world)["days"], price_of(found)
    rows = [
        {
            "sector": one.sector,
            "kind": found.outages[one.outage].kind,
            "outage": found.outages[one.outage].id,
            "first_stop": one.first_stop,
            "months": need.months,
            "stage": stage,
            "materials": tuple(need.tonnes),
            "tonnes": sum(need.tonnes.values()),
            "days": _longest(need, last),
            "purchase": need.purchase(price),
            "cost": need.cost,
            "gained": need.months * MONTH_DAYS - one.first_stop,
        }
        for one, by_stage in zip(worst, needs, strict=True)
        for stage, need in by_stage
        if need.tonnes
    ]
    columns = ["sector", "kind", "outage", "first_stop", "months", "stage", "materials", "tonnes"]
    table = pd.DataFrame(rows, columns=[*columns, "days", "purchase", "cost", "gained"])
    table["per_thousand"] = table["gained"] / table["cost"].where(table["cost"] > 0) * _THOUSAND
    return table.sort_values("per_thousand", ascending=False, kind="stable", ignore_index=True)


def _longest(need: Need, days: pd.Series) -> float:
    """Days of use of what lasts longest, of (material) days a tonne; NaN where none is used."""
    return float((pd.Series(need.tonnes) * days).max())


def _worst(found: Outages) -> Iterator[Worst]:
    """Of each sector the outage that stops it soonest; of equals the one that stops it longer."""
    sector = found.eve.world.network.demands["sector"].to_numpy(object)[found.lines]
    if not found.lived:
        return
    number = np.array([k for k, _ in found.lived])
    first = np.array([outcome.first_stop for _, outcome in found.lived])
    stopped = np.array([outcome.stopped for _, outcome in found.lived])
    home = home_places(found.eve.world.case)
    at_home = np.array([found.outages[k].origin in home for k in number])
    for name in dict.fromkeys(sector[(~np.isnan(first)).any(axis=0)]):
        own = np.flatnonzero(sector == name)
        soonest = np.where(np.isnan(first[:, own]), np.inf, first[:, own]).min(axis=1)
        later = at_home & np.isfinite(soonest[~at_home]).any()
        row = int(np.lexsort((-stopped[:, own].sum(axis=1), soonest, later))[0])
        yield Worst(name, int(number[row]), float(soonest[row]), found.lines[own])


def _needs(eve: Eve, number: IntArray, worst: Worst) -> Sequence[tuple[str, Need]]:
    """By stage what keeps the sector running for so many months, those beyond its first stop."""
    lived = eve.live(March(eve.world), int(number[worst.outage]))
    shelf = Shelf(eve)
    months = [m for m in MONTHS if m * MONTH_DAYS > worst.first_stop]
    return [
        (stage, shelf.need(lived, m, worst.demands, STORED if stage == ANY else (stage,)))
        for m in months
        for stage in (ANY, *STORED)
    ]
