"""What the base year could not explain, by element, and how each element closes."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kidorui.case import Case
from kidorui.program import Solution
from kidorui.studies.base_year import BaseYear
from kidorui.studies.calibration.bases import symbols
from kidorui.studies.calibration.year import SolvedYear

LIMITS = {"Nd": 0.10, "Pr": 0.10, "Dy": 0.25, "Tb": 0.25}
"""Share of the world's use of an element above which what is unexplained is a finding."""


def unexplained_table(case: Case, base: BaseYear, free: BaseYear) -> pd.DataFrame:
    """One row per element and stage; `share` is of the world's demand at base prices.

    Elements of which nothing is unexplained have a row for oxides, of nought.
    """
    bounded, lifted = _by_element(case, base), _by_element(case, free)
    elements = list(case.table("elements")["id"])
    stages = dict.fromkeys(["oxide", *case.table("materials")["stage"]])
    both = pd.DataFrame({"unexplained": bounded, "free": lifted}).fillna(0.0)
    keys = [
        (element, stage)
        for element in elements
        for stage in stages
        if stage == "oxide" or (element, stage) in both.index
    ]
    index = pd.MultiIndex.from_tuples(keys, names=["element", "stage"])
    rows = both.reindex(index).fillna(0.0).reset_index()
    demand = base.network.quantity[0] @ base.network.content_of(base.network.demands["material"])
    rows["world"] = rows["element"].map(dict(zip(elements, demand, strict=True)))
    for share, amount in (("share", "unexplained"), ("share_free", "free")):
        rows[share] = rows[amount] / rows["world"].where(rows["world"] > 0)
    rows["limit"] = [limit_of(element) for element in rows["element"]]
    total = rows.groupby("element")["share"].transform("sum")
    rows["finding"] = (total > rows["limit"]) & (rows["unexplained"] > 0)
    return rows


def balance_table(year: SolvedYear, solution: Solution) -> pd.DataFrame:
    """One row per element: where it came from and went in the base year, t of oxide contained.

    `unmet` is what users would take at base prices and did not get at those of the year.
    """
    network = year.network
    held = network.content_of(network.pools["material"])
    wanted = network.content_of(network.demands["material"])
    stage = network.units["stage"].to_numpy()[network.activities["unit"]]
    of_pool = network.pools["material"].map(
        network.case.table("materials").set_index("id")["stage"]
    )
    oxide = (of_pool == "oxide").to_numpy(float)[:, None] * held
    mined = np.maximum(network.recipes.T @ held, 0.0).T @ (year.activity * (stage == "mine"))
    made = np.maximum(network.recipes.T @ oxide, 0.0) * year.activity[:, None]
    recycled = made[stage == "recycling"].sum(axis=0)
    demand = network.quantity[0] @ wanted
    missed = np.maximum(network.quantity[0] - year.served, 0.0) @ wanted
    rows = pd.DataFrame(
        {
            "element": network.elements,
            "mined": mined,
            "primary": made.sum(axis=0) - recycled,
            "recycled": recycled,
            "demand": demand,
            "unmet": missed,
            "disposed": solution.values["disposed"][0] @ held,
        }
    )
    rows["recovered"] = rows["primary"] / rows["mined"].where(rows["mined"] > 0)
    rows["unmet_share"] = rows["unmet"] / rows["demand"].where(rows["demand"] > 0)
    return rows


def limit_of(element: str) -> float:
    """The share above which an element, or one that stands for several, is a finding."""
    return min((LIMITS[s] for s in symbols(element) if s in LIMITS), default=np.nan)


def _by_element(case: Case, base: BaseYear) -> pd.Series:
    """(element, stage): unexplained, t of oxide contained."""
    network = base.network
    pools = base.pools.reset_index(drop=True)
    stage = case.table("materials").set_index("id")["stage"]
    held = network.content_of(pools["material"]) * pools["unexplained"].to_numpy()[:, None]
    table = pd.DataFrame(held, columns=network.elements)
    table["stage"] = pools["material"].map(stage)
    found = table.melt(id_vars="stage", var_name="element").groupby(["element", "stage"])["value"]
    total = found.sum()
    return total[total > 1e-3]
