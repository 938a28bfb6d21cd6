"""The focus place's own bill, node by node: what it pays is positive."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from kidorui.network import Network
from kidorui.program import Solution
from kidorui.program.investment import MILLION
from kidorui.program.operation import sailing, shipped
from kidorui.studies.base_year import PER_TONNE
from kidorui.studies.dependence import home_places
from kidorui.studies.shortage import missing
from kidorui.studies.solved import NOTHING, PLAN, Solved

FloatArray = npt.NDArray[np.float64]

Bills = Mapping[str, Mapping[str, FloatArray]]
"""The bill with the plan and doing nothing, by name."""


def bills(solved: Solved) -> Bills:
    """The bill both ways: what accounts and regret are made of."""
    return {name: bill(solved, name) for name in (PLAN, NOTHING)}


def bill(solved: Solved, name: str) -> dict[str, FloatArray]:
    """(node) of each item, million US$ a year, for the plan or doing nothing by `name`.

    Trade is at clearing prices; investment as an annuity from opening; a shortage at what the
    unmet demand is worth above the base price.
    """
    network, solution = solved.network, solved.both[name]
    values, price = solution.values, np.nan_to_num(solved.prices[name])
    home = home_places(solved.case)
    links, units = network.links, network.units.iloc[network.activities["unit"]]
    leaves, arrives = (links[end].isin(home).to_numpy() for end in ("origin", "destination"))
    enters, exits = arrives & ~leaves, leaves & ~arrives
    shipment = shipped(network, values) * sailing(network)
    at_home = units["place"].isin(home).to_numpy()
    here, stocked = (t["place"].isin(home).to_numpy() for t in (network.pools, network.stocks))
    costs = network.case.table("materials").set_index("id")["disposal_cost"]
    disposal = costs.loc[network.pools["material"]].fillna(0.0).to_numpy(float)
    saving = network.savings
    public, private = _investment(solved, solution, home)

    def yearly(rates: FloatArray, per_unit: FloatArray) -> FloatArray:
        return np.asarray((rates * per_unit).sum(axis=1)) * PER_TONNE

    return {
        "imports": yearly(shipment, price[:, links["to_pool"]] * enters),
        "exports": -yearly(shipment, price[:, links["from_pool"]] * exits),
        "tariffs collected": -yearly(shipment, duties(network) * enters),
        "production at home": yearly(
            values["activity"], network.activities["cost"].to_numpy() * at_home
        ),
        "transport at home": yearly(shipment, links["cost"].to_numpy() * (leaves & arrives)),
        "public money": public,
        "private investment at home": private,
        "price floors": own_floors(solved, name),
        "stockholding": yearly(
            values["level"], network.stocks["holding_cost"].to_numpy(float) * stocked
        ),
        "substitution": yearly(
            values["saved"], saving["cost"].to_numpy(float) * saving["place"].isin(home).to_numpy()
        ),
        "disposal": yearly(values["disposed"], disposal * here),
        "shortage": missing(network, solution)[1] @ _at(home, network),
    }


def duties(network: Network) -> FloatArray:
    """(node, link): tariffs of routes and of events, US$/kg."""
    return np.asarray(network.links["duty"].to_numpy(float)[None, :] + network.hits.duty)


def own_floors(solved: Solved, name: str) -> FloatArray:
    """(node): what price floors cost the focus place, million US$ a year."""
    table = solved.case.table("contracts")
    table = table[table["floor"].notna()]
    paid = np.zeros(solved.tree.size)
    for _, contract in table[names_focus(solved, table["floor_payer"])].iterrows():
        paid += floor(solved, name, contract)[1]
    return paid


def floor(solved: Solved, name: str, contract: pd.Series) -> tuple[FloatArray, FloatArray]:
    """(node) quantity delivered under a contract, t/yr, and what its floor costs, million US$/yr.

    The firm quantity alone has the floor; it is paid where the buyer's price is below it.
    """
    links, tree = solved.network.links, solved.tree
    serves = (links["origin"] == contract["seller"]) & (links["destination"] == contract["buyer"])
    chosen = np.flatnonzero((serves & (links["material"] == contract["material"])).to_numpy())
    on = (tree.middle >= contract["start"]) & (tree.middle < contract["end"] + 1)
    moved = solved.both[name].values["shipment"][:, chosen] * on[:, None]
    price = solved.prices[name][:, links["to_pool"].to_numpy()[chosen]]
    share = contract["quantity"] / np.maximum(moved.sum(axis=1, keepdims=True), 1e-9)
    under = moved * np.minimum(1, share)
    gap = np.nan_to_num(np.clip(contract["floor"] - price, 0, None))
    return np.asarray(under.sum(axis=1)), np.asarray((under * gap).sum(axis=1)) * PER_TONNE


def names_focus(solved: Solved, payers: pd.Series) -> npt.NDArray[np.bool_]:
    """Whether a payer's words name the focus place, by id or by name."""
    focus = solved.case.settings.focus
    name = str(solved.case.table("places").set_index("id")["name"][focus]).casefold()
    words = payers.str.casefold()
    named = words.eq(focus.casefold()) | words.str.contains(name, regex=False)
    return named.to_numpy(bool)


def _at(home: list[str], network: Network) -> FloatArray:
    return np.asarray(network.demands["place"].isin(home), dtype=float)


def _investment(
    solved: Solved, solution: Solution, home: list[str]
) -> tuple[FloatArray, FloatArray]:
    """(node) public money, and private investment and fixed cost at home, million US$ a year."""
    table = solved.projects.table
    paid = np.einsum("mnj,nj->mj", solved.projects.charged, solution.values["size"]) * MILLION
    fixed = table["fixed_cost"].fillna(0.0).to_numpy(float)
    capital = solved.projects.annual - fixed
    share = table["public_share"].fillna(0.0).to_numpy(float)
    at_home = table["place"].isin(home).to_numpy()
    return paid @ (capital * share), paid @ ((capital * (1 - share) + fixed) * at_home)
