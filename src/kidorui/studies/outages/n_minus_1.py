"""N-1: each outage by what it costs the focus place, and each sector by how long it survives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from kidorui.case import Case
from kidorui.studies.base_year import BaseYear
from kidorui.studies.context import Context
from kidorui.studies.outages.enduring import Endured, endure
from kidorui.studies.outages.eve import Eve, calm_of, eve_of
from kidorui.studies.outages.failing import (
    Outage,
    alike,
    base_flow,
    event_of,
    every_outage,
    with_outages,
)
from kidorui.studies.outages.holding import Need, held_terms
from kidorui.studies.outages.outcome import Outcome
from kidorui.studies.shortage import focus_demands
from kidorui.studies.stress.calm import on_months

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]

MONTHS = (1, 3, 6, 12)
"""Months after the onset at which losses are told, and for which stocks are found."""

HORIZON = MONTHS[-1]
"""Months lived after the onset."""

NO_TONNES = 1e-3
"""t/yr of base flow below which there is nothing to lose."""

NO_FLOW = "no base flow"


@dataclass(frozen=True)
class Outages:
    """All outages of a case from one eve, and what each did.

    `number` is the row of each outage's event in the case; `flow` (outage, t/yr) what passed it in
    the last calm month; `endured` has those that were lived, `first` (outage) the one that strikes
    the same things, itself where there is none before it. `lines` are the demands of the
    focus place.
    """

    eve: Eve
    outages: Sequence[Outage]
    number: IntArray
    flow: FloatArray
    first: IntArray
    endured: Mapping[int, Endured]
    lines: IntArray

    @property
    def lived(self) -> list[tuple[int, Outcome]]:
        """Outages that were lived and could be, with what they did."""
        return [(k, one.outcome) for k, one in self.endured.items() if one.outcome is not None]


def live_outages(
    case: Case,
    outages: Sequence[Outage],
    eve: Eve,
    context: Context,
    *,
    survive: Sequence[int] = (),
    what: str = "outages",
) -> Outages:
    """Live every outage through which anything flows, each set of things once.

    eve: of the case with the outages as its last events. survive: months for which to find the
    cheapest stocks; what: the word under which progress is told.
    """
    network, before = eve.world.network, eve.lead - 1
    number = np.array([event_of(case, k) for k in range(len(outages))], dtype=np.intp)
    targets = [network.targets[event] for event in number.tolist()]
    usual = eve.usual.values
    activity, shipment = usual["activity"][before], usual["shipment"][before]
    flow = np.array([base_flow(network, one, activity, shipment) for one in targets])
    first = alike(targets)
    due = np.flatnonzero((flow > NO_TONNES) & (first == np.arange(len(outages))))
    lines = focus_demands(network)
    events = number[due].tolist()
    found = endure(eve, events, lines, context, survive=survive, what=what)
    endured = dict(zip(due.tolist(), found, strict=True))
    return Outages(eve, outages, number, flow, first, endured, lines)


def all_outages(case: Case, year: int, base: BaseYear, context: Context) -> Outages:
    """Every country at a stage, plant, owner and route that fails in a year, one at a time.

    What opens within the months lived fails with its country and its owner.
    Raises ValueError for a year outside the case's axis, Infeasible.
    """
    calm = calm_of(case, year, HORIZON)
    network = on_months(case, calm)
    outages = every_outage(network, network.standing[calm.lead :].max(axis=0))
    struck = with_outages(case, outages)
    eve = eve_of(struck, event_of(case, -1), year, HORIZON, base, context)
    return live_outages(case, outages, eve, context, survive=MONTHS)


def n_minus_1(found: Outages) -> pd.DataFrame:
    """One row per outage that has a base flow, the worst first.

    Losses of the focus place, cumulative to the end of some months: `short` t of oxide that is
    wanted and neither used nor spared, also as a share of what is wanted; `value` of what is not
    used, million US$; `economy` of the whole time. `buffer` is the yearly cost, million US$, of the
    cheapest stock with which no sector stops for so many months.
    """
    price = price_of(found)
    rows = []
    for outage, flow, twin in zip(found.outages, found.flow, found.first.tolist(), strict=True):
        one = found.endured.get(twin)
        if one is None or one.outcome is None:
            continue
        same = found.outages[twin]
        rows.append(
            {
                **_told(outage),
                "same_as": "" if same is outage else f"{same.kind} {same.id}",
                "flow": flow,
                **stopping(found, one.outcome),
                **_losses(one.outcome),
                **_to_survive(one.needs, price),
            }
        )
    table = pd.DataFrame(rows, columns=_COLUMNS)
    order = [f"value_{HORIZON}", "economy", "kind", "outage"]
    table = table.sort_values(order, ascending=[False, False, True, True], ignore_index=True)
    table.insert(0, "rank", np.arange(1, len(table) + 1))
    return table


_COLUMNS = [
    *("kind", "outage", "name", "place", "stage", "same_as", "flow"),
    *("first_stop", "sector", "stopping"),
    *(f"{what}_{month}" for what in ("short", "share", "value") for month in MONTHS),
    "economy",
    f"purchase_{HORIZON}",
    *(f"buffer_{month}" for month in MONTHS),
]


def _told(outage: Outage) -> dict[str, object]:
    return {
        "kind": outage.kind,
        "outage": outage.id,
        "name": outage.name,
        "place": outage.origin,
        "stage": outage.stage,
    }


def stopping(found: Outages, outcome: Outcome) -> dict[str, object]:
    """Day of the first stop, the sector, and how many sectors stop."""
    sectors = found.eve.world.network.demands["sector"].to_numpy(object)[found.lines]
    stops = ~np.isnan(outcome.first_stop)
    if not stops.any():
        return {"first_stop": np.nan, "sector": "", "stopping": 0}
    soonest = int(np.nanargmin(outcome.first_stop))
    return {
        "first_stop": float(outcome.first_stop[soonest]),
        "sector": sectors[soonest],
        "stopping": len(set(sectors[stops])),
    }


def _losses(outcome: Outcome) -> dict[str, float]:
    """Cumulative losses to the end of each month told."""
    until = np.array(MONTHS) - 1
    short, wanted, value = (
        np.cumsum(values)[until] for values in (outcome.short, outcome.wanted, outcome.value)
    )
    share = np.divide(short, wanted, out=np.zeros(len(short)), where=wanted > 0)
    told = {"short": short, "share": share, "value": value}
    return {
        **{
            f"{what}_{m}": float(v)
            for what, of in told.items()
            for m, v in zip(MONTHS, of, strict=True)
        },
        "economy": outcome.economy,
    }


def _to_survive(needs: Sequence[Need], price: Mapping[str, float]) -> dict[str, float]:
    """Cost of the cheapest stock by months to survive; nothing where nobody stops."""
    by_months = {need.months: need for need in needs}
    last = by_months.get(HORIZON)
    return {
        f"purchase_{HORIZON}": last.purchase(price) if last else 0.0,
        **{f"buffer_{m}": by_months[m].cost if m in by_months else 0.0 for m in MONTHS},
    }


def price_of(found: Outages) -> dict[str, float]:
    """By material at the focus place: million US$ that a tonne costs to buy for a stock."""
    price = held_terms(found.eve.world)["price"]
    return {str(material): float(each) for material, each in price.items()}


def skipped(found: Outages) -> pd.DataFrame:
    """One row per outage that was not lived, and why: it has no base flow, or no solution."""
    rows = []
    for outage, twin in zip(found.outages, found.first.tolist(), strict=True):
        one = found.endured.get(twin)
        if one is None:
            why = NO_FLOW
        elif one.failed:
            why = one.failed
        else:
            continue
        rows.append({"kind": outage.kind, "outage": outage.id, "name": outage.name, "why": why})
    return pd.DataFrame(rows, columns=["kind", "outage", "name", "why"])


def survival(found: Outages) -> pd.DataFrame:
    """One row per sector of the focus place and outage that stops it, the soonest first.

    `survives` is the day of its first stop, for want of whichever of its materials is first; a
    sector that nothing stops has one row, without an outage.
    """
    demands = found.eve.world.network.demands.iloc[found.lines]
    wanted = found.eve.world.network.quantity[found.eve.lead, found.lines] > 0
    table = pd.concat(
        [
            demands.loc[:, ["sector", "material"]].assign(
                kind=found.outages[k].kind,
                outage=found.outages[k].id,
                name=found.outages[k].name,
                survives=outcome.first_stop,
                stopped_days=outcome.stopped,
            )
            for k, outcome in found.lived
        ]
        or [demands.head(0).assign(kind="", outage="", name="", survives=0.0, stopped_days=0.0)],
        ignore_index=True,
    )
    stops = table[table["survives"].notna()].sort_values(["survives", "sector"], kind="stable")
    stops = stops.drop_duplicates(["sector", "kind", "outage"])
    still = sorted(set(demands["sector"][wanted]) - set(stops["sector"]))
    never = pd.DataFrame({"sector": still}, dtype=object).assign(
        material="", kind="", outage="", name="", survives=np.nan, stopped_days=0.0
    )
    both = pd.concat([stops, never], ignore_index=True) if len(never) else stops
    return both.reset_index(drop=True)


def buffers(found: Outages) -> pd.DataFrame:
    """One row per outage, months to survive and material held: t, days of use, what it costs."""
    rows = [
        {
            "kind": found.outages[k].kind,
            "outage": found.outages[k].id,
            "months": need.months,
            "material": material,
            "tonnes": tonnes,
        }
        for k, one in found.endured.items()
        for need in one.needs
        for material, tonnes in need.tonnes.items()
    ]
    table = pd.DataFrame(rows, columns=["kind", "outage", "months", "material", "tonnes"])
    terms = held_terms(found.eve.world).reindex(table["material"]).reset_index(drop=True)
    each = table["tonnes"]
    return table.assign(
        stage=terms["stage"],
        days=each * terms["days"],
        purchase=each * terms["price"],
        cost=each * terms["cost"],
    )
