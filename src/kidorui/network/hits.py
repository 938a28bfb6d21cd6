"""What events do to the network: allowances on links, outages of plants, surges, tariffs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from kidorui.case import Case
from kidorui.network.tree import Tree

FloatArray = npt.NDArray[np.float64]

CUTS_FLOWS = ("ban", "licence", "quota", "closure")


@dataclass(frozen=True)
class Hits:
    """Effects of all events on, by node.

    `allowance` (node, link) is the share of the base flow let through (inf = free);
    `duty` (node, link) is added to the cost, US$/kg; `outage` (node, unit) is the share of
    capacity lost; `surge` (node, demand) is the share of demand added. `allowance_row`
    (node, link) is the event's row in the case, -1 where free.
    """

    allowance: FloatArray
    duty: FloatArray
    outage: FloatArray
    surge: FloatArray
    allowance_row: npt.NDArray[np.intp]


def active_events(case: Case, tree: Tree) -> npt.NDArray[np.bool_]:
    """(node, event): in force today and not yet over, or struck in the node."""
    events = case.table("events")
    ids = events["id"].to_numpy()
    begins = events["start"].fillna(-np.inf).to_numpy(float)
    ends = begins + events["duration"].fillna(np.inf).to_numpy(float)
    ends = np.where(np.isnan(ends), np.inf, ends)
    moment = tree.start[:, None]
    standing = events["in_force"].to_numpy(bool) & (begins <= moment) & (moment < ends)
    struck = np.array([[e in on for e in ids] for on in tree.events], dtype=bool)
    return np.asarray(standing | struck.reshape(tree.size, len(ids)))


def apply_events(
    case: Case, tree: Tree, links: pd.DataFrame, units: pd.DataFrame, demands: pd.DataFrame
) -> Hits:
    """Work out the effects of the events on in each node."""
    stages = case.table("materials").set_index("id")["stage"]
    prices = case.table("materials").set_index("id")["base_price"]
    on = active_events(case, tree)
    hits = Hits(
        allowance=np.full((tree.size, len(links)), np.inf),
        duty=np.zeros((tree.size, len(links))),
        outage=np.zeros((tree.size, len(units))),
        surge=np.zeros((tree.size, len(demands))),
        allowance_row=np.full((tree.size, len(links)), -1, dtype=np.intp),
    )
    link_stage = links["material"].map(stages)
    made = _made_by(case, units)
    for number, event in enumerate(case.table("events").itertuples(index=False)):
        nodes = np.flatnonzero(on[:, number])
        goods = list(event.goods)
        if event.kind in CUTS_FLOWS or event.kind == "tariff":
            hit = links["material"].isin(goods) | link_stage.isin(goods)
            came = links["origin"] == event.origin
            if event.extraterritorial:
                came |= links["control"].astype(bool)
            hit &= came & (links["destination"] != event.origin)
            if event.destinations:
                hit &= links["destination"].isin(event.destinations)
            cells = np.ix_(nodes, np.flatnonzero(hit))
            if event.kind == "tariff":
                hits.duty[cells] += event.severity * links["material"].map(prices)[hit].to_numpy()
            else:
                tighter = 1 - event.severity < hits.allowance[cells]
                hits.allowance_row[cells] = np.where(
                    tighter, event._row, hits.allowance_row[cells]
                )
                hits.allowance[cells] = np.minimum(hits.allowance[cells], 1 - event.severity)
        elif event.kind == "stop":
            struck = (units["place"] == event.origin).to_numpy() & (
                units["id"].isin(goods).to_numpy() | made[goods_columns(made, goods)].any(axis=1)
            )
            cells = np.ix_(nodes, np.flatnonzero(struck))
            hits.outage[cells] = np.maximum(hits.outage[cells], event.severity)
        elif event.kind == "surge":
            here = demands["material"].isin(goods) | demands["material"].map(stages).isin(goods)
            if event.destinations:
                here &= demands["place"].isin(event.destinations)
            hits.surge[np.ix_(nodes, np.flatnonzero(here))] += event.severity
    return hits


def goods_columns(made: pd.DataFrame, goods: list[str]) -> list[str]:
    """Those of `goods` that some unit makes, as a material or a stage."""
    return [g for g in goods if g in made.columns]


def _made_by(case: Case, units: pd.DataFrame) -> pd.DataFrame:
    """(unit, material or stage): whether a unit has a recipe that makes it."""
    from kidorui.network.units import gather_modes

    recipes = case.table("recipes")
    stages = case.table("materials").set_index("id")["stage"]
    outputs = recipes[recipes["coefficient"] > 0]
    made = gather_modes(case, units).merge(outputs, on="recipe")
    by_material = pd.crosstab(made["unit"], made["material"]).astype(bool)
    by_stage = pd.crosstab(made["unit"], made["material"].map(stages)).astype(bool)
    table = pd.concat([by_material, by_stage], axis=1)
    return table.reindex(np.arange(len(units)), fill_value=False)
