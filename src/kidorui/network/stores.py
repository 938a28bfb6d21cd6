"""Who holds what, month by month: users, industry and the state, and what lies at the works."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from kidorui.network.compile import Network
from kidorui.network.links import DAYS

FloatArray = npt.NDArray[np.float64]

USER, INDUSTRY, STATE, YARD = "user", "industry", "state", "yard"

YEAR = 12
"""Months whose mean use tells who holds how much of a stockpile."""

YARD_MONTHS = 3.0
"""Months of what comes in that may lie at a place at half its worth; an assumption."""


def gather_stores(network: Network) -> pd.DataFrame:
    """One row per store: `kind, id, stock, demand, material, place, pool, initial, ...`.

    A stockpile of industry that holds what sectors use belongs to these, each its part by use:
    a store of kind `user`, of the `demand` (-1 of others). Users elsewhere hold the days that
    the case says. `calm` and `alarm` are the cover aimed at, without a threat and under it;
    `capacity`, `initial` and both in t. A yard for each pool comes last, empty.
    """
    held = _stockpiles(network)
    return pd.concat(
        [held, _elsewhere(network, held), _yards(network)], ignore_index=True
    ).reset_index(drop=True)


def _stockpiles(network: Network) -> pd.DataFrame:
    stocks, demands = network.stocks, network.demands
    alarm = network.case.settings.alarm
    quantity = network.quantity[:YEAR].mean(axis=0)
    use = demands.assign(demand=np.arange(len(demands)), quantity=quantity)
    use = use.loc[quantity > 0, ["material", "place", "demand", "quantity"]]
    use["share"] = use["quantity"] / use.groupby(["material", "place"])["quantity"].transform("sum")
    rows = stocks.assign(stock=np.arange(len(stocks)))
    of_industry = (rows["holder"] == INDUSTRY) & (rows["project"] < 0)
    owned = rows[of_industry].merge(use, on=["material", "place"], how="left")
    owned = owned.assign(
        demand=owned["demand"].fillna(-1).astype(np.intp), share=owned["share"].fillna(1.0)
    )
    others = rows[~of_industry].assign(demand=np.intp(-1), share=1.0)
    both = pd.concat([owned, others], ignore_index=True)
    # what a project holds is full when the axis begins, as far as the project is open then
    stored = network.store[0][both["stock"]]
    begins = np.where(both["project"] >= 0, stored, both["initial"])
    initial = np.asarray(begins * both["share"].to_numpy(float))
    industry = (both["holder"] == INDUSTRY).to_numpy()
    kind = np.where(both["demand"] >= 0, USER, both["holder"])
    of_project = (both["project"] >= 0).to_numpy()
    full = network.store.max(axis=0)[both["stock"]] * both["share"].to_numpy(float)
    calm = np.where(of_project, full, initial)
    wanted = np.where(industry, initial * alarm, calm)
    return pd.DataFrame(
        {
            "kind": kind,
            "id": both["id"],
            "stock": both["stock"],
            "demand": both["demand"],
            "material": both["material"],
            "place": both["place"],
            "pool": both["pool"],
            "initial": initial,
            "capacity": np.maximum((both["capacity"] * both["share"]).to_numpy(float), wanted),
            "calm": calm,
            "alarm": wanted,
            "holding_cost": both["holding_cost"],
            "release_always": both["release_always"],
            "notice": both["notice"],
        }
    )


def _elsewhere(network: Network, held: pd.DataFrame) -> pd.DataFrame:
    """Stores of users who have no row: the cover that the case assumes of them."""
    demands, settings = network.demands, network.case.settings
    known = set(zip(held["material"], held["place"], strict=True))
    told = np.array(
        [cell in known for cell in zip(demands["material"], demands["place"], strict=True)],
        dtype=bool,
    )
    initial = settings.cover_elsewhere / DAYS * network.quantity[:YEAR].mean(axis=0)
    chosen = np.flatnonzero(~told & (initial > 0))
    rows = demands.iloc[chosen]
    return pd.DataFrame(
        {
            "kind": USER,
            "id": rows["place"] + " " + rows["sector"],
            "stock": -1,
            "demand": chosen,
            "material": rows["material"],
            "place": rows["place"],
            "pool": rows["pool"],
            "initial": initial[chosen],
            "capacity": initial[chosen] * settings.alarm,
            "calm": initial[chosen],
            "alarm": initial[chosen] * settings.alarm,
            "holding_cost": 0.0,
            "release_always": True,
            "notice": 0.0,
        }
    )


def _yards(network: Network) -> pd.DataFrame:
    pools = network.pools
    return pd.DataFrame(
        {
            "kind": YARD,
            "id": pools["place"] + " " + pools["material"],
            "stock": -1,
            "demand": -1,
            "material": pools["material"],
            "place": pools["place"],
            "pool": np.arange(len(pools)),
            "initial": 0.0,
            "capacity": np.inf,
            "calm": 0.0,
            "alarm": 0.0,
            "holding_cost": 0.0,
            "release_always": True,
            "notice": 0.0,
        }
    )
