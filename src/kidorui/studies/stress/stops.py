"""When each sector stops and for how long; and when the first line that is tied to one supplier."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from kidorui.network.links import DAYS
from kidorui.network.months import MONTH
from kidorui.network.stores import USER
from kidorui.studies.shortage import focus_demands
from kidorui.studies.stress.lived import Lived

BoolArray = npt.NDArray[np.bool_]
FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]

MONTH_DAYS = DAYS * MONTH

ASSUMED_RUN = 0.5
"""Least share of full output at which a sector without a row in `sectors` runs; an assumption."""

_STILL = 0.01
"""A line that gets less than this stands, however low its row says it can run."""

_NOISE = 1e-6
"""Shares within this of the least run, and flows below it (t/yr), are the solver's tolerance."""


def stops(lived: Lived) -> pd.DataFrame:
    """One row per sector and material in demand at the focus place: days it stops, from day 0.

    A sector without a row in `sectors` is taken to run down to half of its full output. In a
    month with less than that, its lines run at the least for as long as goods last, then stop.
    `first_line` is of a line that can use goods of the suppliers struck alone, until it has
    tested others.
    """
    here = in_demand(lived)
    fill = lived.fill[lived.lead :, here]
    stands = stopped_share(lived)[lived.lead :, here]
    rows = lived.network.demands.iloc[here][["sector", "material"]].reset_index(drop=True)
    rows["min_run"] = least_run(lived)[here]
    rows["first_stop"], rows["stopped_days"] = (days[here] for days in days_stopped(lived))
    rows["longest"] = _longest(stands) * MONTH_DAYS
    worst = fill.argmin(axis=0) if len(fill) else np.zeros(len(here), dtype=np.intp)
    rows["worst_fill"] = _at(fill, worst) if len(fill) else np.ones(len(here))
    months = np.array([*lived.labels[lived.lead :], ""], dtype=object)
    rows["worst_month"] = months[worst]
    return pd.concat([rows, _first_lines(lived, here)], axis=1)


def days_stopped(lived: Lived) -> tuple[FloatArray, FloatArray]:
    """(demand): day from the onset on which its lines first stop, NaN = never; days stopped."""
    stands = stopped_share(lived)[lived.lead :]
    month = _first(stands.T > 0)
    ran = 1 - _at(stands, np.nan_to_num(month).astype(np.intp))
    return (month + ran) * MONTH_DAYS, np.asarray(stands.sum(axis=0) * MONTH_DAYS)


def in_demand(lived: Lived) -> IntArray:
    """Numbers of the demands at the focus place that want anything after the onset."""
    here = focus_demands(lived.network)
    return here[(lived.wanted[max(lived.lead - 1, 0) :, here] > _NOISE).any(axis=0)]


def least_run(lived: Lived) -> FloatArray:
    """(demand): least share of full output at which its lines run."""
    demands = lived.network.demands
    known = lived.case.table("sectors").set_index(["sector", "place"])["min_run"].to_dict()
    keys = zip(demands["sector"], demands["place"], strict=True)
    return np.maximum([known.get(key, ASSUMED_RUN) for key in keys], _STILL).astype(float)


def stopped_share(lived: Lived) -> FloatArray:
    """(month, demand): share of the month in which its lines stand; none before the onset."""
    fill, least = lived.fill, least_run(lived)
    stands = np.where(fill < least - _NOISE, 1 - fill / least, 0.0)
    stands[: lived.lead] = 0.0
    return stands


def tied_routes(lived: Lived) -> BoolArray:
    """(route): which ones the new strikes cut at their origin.

    What is made elsewhere of controlled goods is left out: its makers have other feed.
    """
    network, links = lived.network, lived.network.links
    hit = np.zeros(len(network.routes), dtype=bool)
    for strike in lived.scenario.strikes:
        target = network.targets[strike.event]
        if target.cuts_links:
            own = target.hit & (links["origin"] == target.event.origin).to_numpy()
            hit[links["route"].to_numpy()[own]] = True
    return hit & lived.given.cut[lived.lead : lived.path.months].any(axis=0)


def _first_lines(lived: Lived, here: IntArray) -> pd.DataFrame:
    """Rows of `here`: supplier, tied_share, first_line and restart, by stock day by day."""
    network, before = lived.network, max(lived.lead - 1, 0)
    materials, kind = np.unique(
        network.demands["material"].to_numpy(str)[here], return_inverse=True
    )
    into = _into_focus(lived, materials)
    tied = into[tied_routes(lived)[into["route"].to_numpy()] & (into["calm"] > _NOISE)]
    count = len(materials)
    inflow = np.bincount(into["kind"], weights=into["calm"], minlength=count)
    cut = np.bincount(tied["kind"], weights=tied["calm"], minlength=count)
    home = _made_at_home(lived, materials)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(cut > _NOISE, cut / (inflow + home), 0.0)
        arriving = _arriving(lived, tied, count) / np.where(cut > _NOISE, cut, np.nan)[:, None]
    free = _freed(lived, into, home)
    users = lived.world.stores[lived.world.stores["kind"] == USER]
    held = np.bincount(users["demand"], weights=users["initial"], minlength=len(network.demands))
    use = np.maximum(lived.served[before], 1e-12) / DAYS
    stop, restart = _stop_of(arriving[kind], (held / use)[here], least_run(lived)[here], free[kind])
    names = [" ".join(sorted(set(tied["origin"][tied["kind"] == k]))) for k in range(count)]
    return pd.DataFrame(
        {
            "supplier": np.array(names, dtype=object)[kind],
            "tied_share": share[kind],
            "first_line": stop,
            "restart": restart,
        }
    )


def _stop_of(
    arriving: FloatArray, cover: FloatArray, least: FloatArray, free: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Day each line stops and day it starts again (NaN = never), of (line) givens.

    arriving: (line, day), days of use a day. A line runs at full rate, at what arrives once its
    stock is out, and stops on the day on which both do not come to its least run. What it holds
    is its cover with what came in and went out, as far as it never falls below nought.
    """
    day = np.arange(arriving.shape[1])
    level = cover[:, None] + np.cumsum(arriving - 1, axis=1)
    level -= np.minimum(np.minimum.accumulate(level, axis=1), 0.0)
    begins = np.hstack([cover[:, None], level])[:, :-1]
    tied = day < free[:, None]
    stop = _first(tied & (begins + arriving < least[:, None] - _NOISE))
    enough = ~tied | (arriving >= least[:, None] - _NOISE)
    return stop, _first(enough & (day > stop[:, None]))


def _into_focus(lived: Lived, materials: npt.NDArray[np.str_]) -> pd.DataFrame:
    """Routes of the materials into the focus place: route, kind (material), origin, days, t/yr."""
    routes = lived.network.routes.assign(
        route=np.arange(len(lived.network.routes)),
        kind=pd.Index(materials).get_indexer(pd.Index(lived.network.routes["material"])),
        calm=lived.flows[max(lived.lead - 1, 0)],
        later=lived.flows[lived.lead :].max(axis=0, initial=0.0),
    )
    into = routes[(routes["destination"] == lived.case.settings.focus) & (routes["kind"] >= 0)]
    days = into[["transit", "qualification"]] * DAYS
    return into[["route", "kind", "origin", "calm", "later"]].join(days)


def _arriving(lived: Lived, routes: pd.DataFrame, kinds: int) -> FloatArray:
    """(kind, day): t/yr that arrive by routes on each day from the onset, a transit after."""
    days = round((lived.path.months - lived.lead) * MONTH_DAYS)
    left = np.arange(days) + 0.5 - routes["transit"].to_numpy()[:, None]
    month = lived.lead + np.floor(left / MONTH_DAYS).astype(np.intp)
    flow = lived.flows[np.maximum(month, 0), routes["route"].to_numpy(np.intp)[:, None]]
    out = np.zeros((kinds, days))
    np.add.at(out, routes["kind"].to_numpy(np.intp), flow)
    return out


def _made_at_home(lived: Lived, materials: npt.NDArray[np.str_]) -> FloatArray:
    """(material): t/yr that plants at the focus place make in the last calm month."""
    network = lived.network
    made = network.recipes.maximum(0) @ lived.path.values["activity"][max(lived.lead - 1, 0)]
    pools = network.pools.assign(made=made)
    pools = pools[pools["place"] == lived.case.settings.focus]
    return np.asarray(pools.groupby("material")["made"].sum().reindex(materials).fillna(0.0))


def _freed(lived: Lived, into: pd.DataFrame, home: FloatArray) -> FloatArray:
    """(kind): day from which other goods are qualified; inf where there are none.

    The line knows one supplier: any other is new to it, however well others know it, and takes
    as long as the slowest test of the material.
    """
    other = into[~tied_routes(lived)[into["route"].to_numpy()] & (into["later"] > _NOISE)]
    known = home > _NOISE
    known[other["kind"].to_numpy(np.intp)] = True
    slowest = np.full(len(home), -np.inf)
    np.maximum.at(slowest, into["kind"].to_numpy(np.intp), into["qualification"].to_numpy(float))
    return np.where(known & np.isfinite(slowest), slowest, np.inf)


def _first(found: BoolArray) -> FloatArray:
    """(row): number of the first column that is so, NaN where none is."""
    closed = np.hstack([found, np.ones((len(found), 1), dtype=bool)])
    first = closed.argmax(axis=1).astype(float)
    return np.where(first < found.shape[1], first, np.nan)


def _at(table: FloatArray, row: IntArray) -> FloatArray:
    """One row of each column."""
    return np.take_along_axis(table, row[None], axis=0)[0] if len(table) else np.zeros(len(row))


def _longest(stands: FloatArray) -> FloatArray:
    """(column): the most in any run of rows that are not nought."""
    total = np.cumsum(stands, axis=0)
    earlier = np.maximum.accumulate(np.where(stands > 0, 0.0, total), axis=0)
    return np.asarray((total - earlier).max(axis=0, initial=0.0))
