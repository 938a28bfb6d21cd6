"""What would have prevented it: each project lived through as if it stood, and its cost."""

from __future__ import annotations

from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from kidorui.case import Case
from kidorui.network.units import lead_time
from kidorui.program.investment import MILLION, yearly_cost
from kidorui.studies.base_year import PER_TONNE
from kidorui.studies.builds import size_unit
from kidorui.studies.context import Context
from kidorui.studies.stress.built import standing
from kidorui.studies.stress.lived import Lived, Living
from kidorui.studies.stress.worth import focus_loss

FloatArray = npt.NDArray[np.float64]


def prevention(lived: Lived, living: Living, context: Context) -> pd.DataFrame:
    """One row per project open to decide: loss avoided did it stand, its cost, and their ratio.

    Each is lived through at its largest size, alone, certain and at full use when the first
    strike falls. `avoided` is in million US$ over the months lived, `cost` its annuity and fixed
    cost in million US$ a year; `per_dollar` their ratio: worth it where the chance of the event
    in a year is above its inverse, `enters_at`. `in_time` tells whether it could stand by then
    were it decided at the start of the case's axis. living: a case lived through the scenario.
    """
    case, scenario = lived.case, lived.scenario
    projects = case.table("projects")
    table = projects[~projects["committed"].to_numpy(bool)].reset_index(drop=True)
    suffered = focus_loss(lived)
    left = context.map(
        "prevention", partial(_left, case, living, scenario.start), table["id"].tolist()
    )
    cost = yearly_cost(table, case.settings.discount_rate) * table["size_max"] * MILLION
    cost += _tied_up(lived, table)
    avoided = suffered - np.array(left, dtype=float)
    opens = np.maximum(table["decision"], case.settings.years[0]) + lead_time(table)
    ratio = np.where(cost > 0, avoided / cost, np.nan)
    rows = pd.DataFrame(
        {
            "project": table["id"],
            "name": table["name"],
            "prong": table["prong"],
            "place": table["place"],
            "size": table["size_max"],
            "unit": size_unit(table),
            "cost": cost,
            "avoided": avoided,
            "of_loss": avoided / max(suffered, 1e-9),
            "per_dollar": ratio,
            "enters_at": np.where(ratio > 1, 1 / np.maximum(ratio, 1.0), np.nan),
            "opens": opens,
            "in_time": opens <= scenario.onset,
        }
    )
    return rows.sort_values("per_dollar", ascending=False, ignore_index=True)


def _tied_up(lived: Lived, table: pd.DataFrame) -> FloatArray:
    """(project): interest a year on what a stockpile holds, at the calm's price, million US$."""
    pools = lived.network.pools.assign(price=lived.world.worth)
    price = pools.groupby(["material", "place"])["price"].max()
    held = pd.MultiIndex.from_frame(table[["material", "place"]])
    worth = price.reindex(held).fillna(0.0).to_numpy(float)
    stock = (table["stage"] == "stockpile").to_numpy()
    rate = lived.case.settings.discount_rate
    return np.asarray(stock * rate * worth * table["size_max"].to_numpy(float) * PER_TONNE)


def _left(case: Case, living: Living, start: float, project: str) -> float:
    """The loss that is left where a project stands."""
    return focus_loss(living(standing(case, project, start)))
