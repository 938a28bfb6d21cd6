"""Operation: the blocks that clear the market in every node (formulation, section 3)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from kidorui.network import Network, Tree
from kidorui.program.model import Constraints, Model

FloatArray = npt.NDArray[np.float64]

PER_TONNE = 1e-3
"""Million US$ in a tonne at 1 US$/kg."""

UNEXPLAINED_PRICE = 3.0
"""Cost of `unexplained` supply, as a multiple of the base price."""

SALVAGE = 0.5
"""Worth of stock left at the end of the axis, as a share of the base price (a forced sale)."""


@dataclass(frozen=True)
class Reference:
    """What the base year hands to later years.

    `flow` (route) is the start of the inertia and the measure of allowances, t/yr, NaN where
    unknown; `unexplained` (pool) is the most that may appear unexplained, t/yr; `throughput`
    (pool) is what was used up, t/yr.
    """

    flow: FloatArray
    unexplained: FloatArray
    throughput: FloatArray


@dataclass(frozen=True)
class Built:
    """Capacity that a tonne of each decided size adds: (node x unit or stock, size) matrices."""

    of_units: sparse.csr_array
    of_stocks: sparse.csr_array


def at_every_node(tree: Tree, matrix: sparse.sparray) -> sparse.csr_array:
    """The same (row, thing) matrix in every node."""
    return sparse.csr_array(sparse.kron(sparse.eye_array(tree.size), matrix, format="csr"))


def incidence(rows: npt.NDArray[np.intp], count: int) -> sparse.csr_array:
    """(row, thing): a one where a thing belongs to a row."""
    things = np.arange(len(rows))
    return sparse.csr_array((np.ones(len(rows)), (rows, things)), shape=(count, len(rows)))


def state_operation(
    model: Model, network: Network, reference: Reference, built: Built | None = None
) -> None:
    """Add the variables and constraints of operation to the model.

    `built` is what decided projects add to capacities; its block `size` must be in the model.
    """
    add_flows(model, network, reference)
    add_stocks(model, network)
    balance(model, network)
    capacity(model, network, built)
    stock_level(model, network, built)
    substitution_speed(model, network)
    inertia(model, network, reference)
    contracts(model, network)
    policies(model, network, reference)


def add_flows(model: Model, network: Network, reference: Reference) -> None:
    """Variables of operation: rates in t/yr, each costed in million US$ over its node."""
    tree, n = network.tree, network.tree.size
    weight = (tree.weight * PER_TONNE)[:, None]
    activities, links, demands = network.activities, network.links, network.demands
    prices = network.case.table("materials").set_index("id")[["base_price", "disposal_cost"]]
    of_pool = prices.loc[network.pools["material"]]

    model.add_variables(
        "activity",
        (n, len(activities)),
        cost=weight * activities["cost"].to_numpy(),
        labels=_labels(network.units.iloc[activities["unit"]], "id").assign(
            recipe=activities["recipe"].to_numpy()
        ),
    )
    model.add_variables(
        "shipment",
        (n, len(links)),
        upper=shipment_bound(network, reference),
        cost=weight * (links["cost"].to_numpy() + network.hits.duty),
        labels=links.assign(table="routes")[["table", "row", "material", "origin", "destination"]],
    )
    steps = network.step_width.shape[1]
    model.add_variables(
        "served",
        (n, len(demands) * steps),
        upper=np.repeat(network.quantity, steps, axis=1) * network.step_width.ravel(),
        cost=-weight * network.step_value.ravel(),
        labels=_labels(demands, "sector", "place", "material", table="demands").loc[
            np.repeat(np.arange(len(demands)), steps)
        ],
    )
    saving = substitutes(network)
    model.add_variables(
        "saved",
        (n, len(saving)),
        upper=network.quantity[:, saving["demand"]] * saving["share"].to_numpy(),
        cost=weight * saving["cost"].to_numpy(),
        labels=_labels(saving, "sector", "place", "material", table="substitutions"),
    )
    model.add_variables(
        "disposed",
        (n, len(network.pools)),
        upper=np.where(of_pool["disposal_cost"].isna(), 0.0, np.inf),
        cost=weight * of_pool["disposal_cost"].fillna(0.0).to_numpy(),
    )
    model.add_variables(
        "unexplained",
        (n, len(network.pools)),
        upper=reference.unexplained,
        cost=weight * UNEXPLAINED_PRICE * of_pool["base_price"].fillna(0.0).to_numpy(),
    )
    model.add_variables("relabel", (n, len(network.relabel)))


def add_stocks(model: Model, network: Network) -> None:
    """Variables of stocks: level at the end of the node (t) and withdrawal over it (t/yr)."""
    tree, stocks = network.tree, network.stocks
    base_price = network.case.table("materials").set_index("id")["base_price"]
    worth = base_price.loc[stocks["material"]].fillna(0.0).to_numpy() * SALVAGE * PER_TONNE
    last = np.isin(np.arange(tree.size), tree.leaves)
    at_end = np.power(1 + tree.discount_rate, -(tree.start + tree.duration - tree.origin))
    left = (last * tree.probability * at_end)[:, None] * worth
    holding = (tree.weight * PER_TONNE)[:, None] * stocks["holding_cost"].to_numpy()
    labels = stocks[["table", "row", "id"]]
    model.add_variables("level", (tree.size, len(stocks)), cost=holding - left, labels=labels)
    may_draw = tree.in_event[:, None] | stocks["release_always"].to_numpy(bool)
    model.add_variables(
        "withdrawal",
        (tree.size, len(stocks)),
        lower=-np.inf,
        upper=np.where(may_draw, np.inf, 0.0),
        labels=labels,
    )


def balance(model: Model, network: Network) -> Constraints:
    """recipes + arrivals - departures + stock + saved + unexplained = served + disposed."""
    tree, pools = network.tree, len(network.pools)
    links, demands, stocks = network.links, network.demands, network.stocks
    steps = network.step_width.shape[1]
    departures = incidence(links["from_pool"].to_numpy(), pools)
    served = incidence(np.repeat(demands["pool"].to_numpy(), steps), pools)
    saved = incidence(demands["pool"].to_numpy()[substitutes(network)["demand"]], pools)
    passed = incidence(network.relabel[:, 1], pools) - incidence(network.relabel[:, 0], pools)
    terms = {
        "activity": at_every_node(tree, network.recipes),
        "shipment": arrivals(network) - at_every_node(tree, departures),
        "withdrawal": at_every_node(tree, incidence(stocks["pool"].to_numpy(), pools)),
        "saved": at_every_node(tree, saved),
        "unexplained": at_every_node(tree, sparse.eye_array(pools)),
        "relabel": at_every_node(tree, passed),
        "served": -at_every_node(tree, served),
        "disposed": -at_every_node(tree, sparse.eye_array(pools)),
    }
    things = network.pools.loc[np.tile(np.arange(pools), tree.size), ["material", "place"]]
    return model.add_constraints("balance", terms, lower=0.0, upper=0.0, labels=things)


def arrivals(network: Network) -> sparse.csr_array:
    """What arrives of what is shipped: goods at sea when a node ends arrive in the next."""
    tree, links = network.tree, network.links
    pools, count = len(network.pools), len(links)
    node, link = (a.ravel() for a in np.indices((tree.size, count)))
    parent = tree.parent[node]
    late = np.minimum(links["transit"].to_numpy()[link] / tree.duration[node], 1.0)
    late = np.where(parent >= 0, late, 0.0)  # before the axis the flow was steady
    # a slower parent leaves only what it shipped in its own last `transit` years
    row = node * pools + links["to_pool"].to_numpy()[link]
    here = sparse.csr_array(
        (1 - late, (row, node * count + link)), shape=(tree.size * pools, tree.size * count)
    )
    at_sea = late > 0
    before = sparse.csr_array(
        (late[at_sea], (row[at_sea], parent[at_sea] * count + link[at_sea])), shape=here.shape
    )
    return sparse.csr_array(here + before)


def capacity(model: Model, network: Network, built: Built | None) -> Constraints:
    """The modes of a unit share its capacity (or its lower quota), and what is built."""
    tree, units = network.tree, network.units
    limit = np.minimum(network.capacity, units["quota"].to_numpy(float))
    modes = incidence(network.activities["unit"].to_numpy(), len(units))
    labels = _labels(units, "id").loc[np.tile(np.arange(len(units)), tree.size)]
    terms = {"activity": at_every_node(tree, modes)}
    if built is not None:
        terms["size"] = -built.of_units
    return model.add_constraints("capacity", terms, upper=limit.ravel(), labels=labels)


def stock_level(model: Model, network: Network, built: Built | None) -> None:
    """A stock ends a node at what it began with, less what was withdrawn; within its capacity."""
    tree, stocks = network.tree, network.stocks
    count = len(stocks)
    node, stock = (a.ravel() for a in np.indices((tree.size, count)))
    parent = tree.parent[node]
    row = np.arange(tree.size * count)
    carried = sparse.csr_array(
        (np.ones((parent >= 0).sum()), (row[parent >= 0], (parent * count + stock)[parent >= 0])),
        shape=(len(row), len(row)),
    )
    begun = np.where(parent < 0, stocks["initial"].to_numpy()[stock], 0.0)
    labels = stocks.loc[stock, ["table", "row", "id"]]
    model.add_constraints(
        "stock",
        {
            "level": sparse.eye_array(len(row)) - carried,
            "withdrawal": sparse.diags_array(tree.duration[node]),
        },
        lower=begun,
        upper=begun,
        labels=labels,
    )
    terms: dict[str, sparse.sparray] = {"level": sparse.eye_array(len(row))}
    if built is not None:
        terms["size"] = -built.of_stocks
    model.add_constraints(
        "store",
        terms,
        upper=stocks["capacity"].to_numpy()[stock],
        labels=labels,
    )


def shipment_bound(network: Network, reference: Reference) -> FloatArray:
    """(node, link): capacity of the route, and the allowance of events on its base flow."""
    links = network.links
    flow = np.nan_to_num(reference.flow[links["route"].to_numpy()], nan=0.0)
    allowance = network.hits.allowance
    with np.errstate(invalid="ignore"):
        allowed = np.where(np.isinf(allowance), np.inf, allowance * flow)
    return np.minimum(links["capacity"].to_numpy(), allowed)


def inertia(model: Model, network: Network, reference: Reference) -> None:
    """A flow grows by no more than its yearly limit: buyers must qualify a supplier.

    What an event cut off may come back at once to where it was before the event.
    """
    tree, links, routes = network.tree, network.links, network.routes
    limited = np.isfinite(routes["change_limit"].to_numpy())
    limited &= ~np.isnan(reference.flow)
    node, route = (a.ravel() for a in np.meshgrid(
        np.arange(tree.size), np.flatnonzero(limited), indexing="ij"
    ))
    earlier = np.where(_was_cut(network)[node, route], tree.before[node], tree.parent[node])
    base_middle = network.case.settings.base_year + 0.5
    since = np.where(earlier >= 0, tree.middle[earlier], base_middle)
    grown = routes["change_limit"].to_numpy()[route] * np.maximum(tree.middle[node] - since, 0.0)
    start = np.where(earlier >= 0, 0.0, reference.flow[route])
    row = np.arange(len(node))
    of_route = incidence(links["route"].to_numpy(), len(routes)).tocsr()
    whole = at_every_node(tree, of_route)
    count = len(routes)
    now = whole[node * count + route]
    has = sparse.diags_array((earlier >= 0).astype(float))
    then = has @ whole[np.maximum(earlier, 0) * count + route]
    labels = routes.loc[route, ["row", "material", "origin", "destination"]]
    labels.insert(0, "table", "routes")
    if len(row):
        model.add_constraints(
            "inertia", {"shipment": now - then}, upper=start + grown, labels=labels
        )


def contracts(model: Model, network: Network) -> None:
    """Firm quantities are delivered, or the shortfall costs its penalty."""
    tree, links = network.tree, network.links
    table = network.case.table("contracts").reset_index(drop=True)
    serves = np.stack(
        [
            (
                (links["origin"] == c.seller)
                & (links["destination"] == c.buyer)
                & (links["material"] == c.material)
            ).to_numpy(float)
            for c in table.itertuples()
        ]
        or [np.zeros(len(links))]
    )[: len(table)]
    table = table[serves.any(axis=1)]
    serves = serves[serves.any(axis=1)]
    if table.empty:
        return
    years = tree.middle[:, None]
    on = (years >= table["start"].to_numpy()) & (years < table["end"].to_numpy() + 1)
    labels = _labels(table, "id", table="contracts")
    model.add_variables(
        "undelivered",
        (tree.size, len(table)),
        cost=(tree.weight * PER_TONNE)[:, None] * table["penalty"].to_numpy(),
        labels=labels,
    )
    model.add_constraints(
        "contract",
        {
            "shipment": at_every_node(tree, sparse.csr_array(serves)),
            "undelivered": sparse.eye_array(on.size),
        },
        lower=(on * table["quantity"].to_numpy()).ravel(),
        labels=pd.concat([labels] * tree.size, ignore_index=True),
    )


def policies(model: Model, network: Network, reference: Reference) -> None:
    """Enforced policies: a ceiling on one origin's share, a floor on days of cover."""
    table = network.case.table("policies")
    table = table[table["enforced"].astype(bool)]
    stages = network.case.table("materials").set_index("id")["stage"]
    tree, links, stocks = network.tree, network.links, network.stocks
    for policy in table.itertuples():
        nodes = np.flatnonzero((tree.middle >= policy.start) & ~tree.in_event)
        label = pd.DataFrame({"table": "policies", "row": policy._row, "id": policy.id}, index=nodes)
        chosen = (stages == policy.goods) | (stages.index == policy.goods)
        if policy.kind == "share":
            counted = np.isin(links["material"], stages.index[chosen])
            counted &= (links["destination"] == policy.place).to_numpy()
            content = network.content_of(links["material"])[
                :, network.element_group(policy.group)
            ].sum(axis=1)
            theirs = (
                links["control"].to_numpy(bool)
                if policy.basis == "look-through"
                else (links["origin"] == policy.origin).to_numpy()
            )
            row = counted * content * (theirs - policy.bound)
            matrix = at_every_node(tree, sparse.csr_array(row[None, :]))[nodes]
            model.add_constraints("policy " + policy.id, {"shipment": matrix}, upper=0.0, labels=label)
        else:
            mine = np.isin(stocks["material"], stages.index[chosen])
            mine &= (stocks["place"] == policy.place).to_numpy()
            pools = np.unique(stocks["pool"].to_numpy()[mine])
            floor = policy.bound / 365.25 * reference.throughput[pools].sum()
            matrix = at_every_node(tree, sparse.csr_array(mine.astype(float)[None, :]))[nodes]
            model.add_constraints("policy " + policy.id, {"level": matrix}, lower=floor, labels=label)


def substitutes(network: Network) -> pd.DataFrame:
    """Rows of the substitutions table with the `demand` they save on."""
    rows = network.case.table("substitutions")
    keys = ["sector", "place", "material"]
    position = network.demands[keys].assign(demand=np.arange(len(network.demands)))
    joined = rows.merge(position, on=keys, how="inner")
    return joined.assign(row=joined["_row"])


def substitution_speed(model: Model, network: Network) -> None:
    """Savings grow no faster than their speed."""
    tree, saving = network.tree, substitutes(network)
    if saving.empty:
        return
    count = len(saving)
    node, item = (a.ravel() for a in np.indices((tree.size, count)))
    parent = tree.parent[node]
    since = np.where(parent >= 0, tree.middle[parent], network.case.settings.base_year + 0.5)
    step = saving["speed"].to_numpy()[item] * np.maximum(tree.middle[node] - since, 0)
    row = np.arange(len(node))
    carried = sparse.csr_array(
        (np.ones((parent >= 0).sum()), (row[parent >= 0], (parent * count + item)[parent >= 0])),
        shape=(len(row), len(row)),
    )
    quantity = network.quantity[:, saving["demand"]].ravel()
    labels = _labels(saving, "sector", "place", "material", table="substitutions")
    model.add_constraints(
        "substitution",
        {"saved": sparse.eye_array(len(row)) - carried},
        upper=step * quantity,
        labels=pd.concat([labels] * tree.size, ignore_index=True),
    )


def _was_cut(network: Network) -> npt.NDArray[np.bool_]:
    """(node, route): whether the branch's event has cut the route, now or earlier in it."""
    tree, links = network.tree, network.links
    base = network.hits.allowance[np.maximum(tree.before, 0)]
    tighter = network.hits.allowance < base
    of_route = incidence(links["route"].to_numpy(), len(network.routes))
    cut = (of_route @ tighter.T.astype(float) > 0).T
    spread = tree.ancestry & (tree.branch[:, None] == tree.branch[None, :])
    return np.asarray((spread.astype(float) @ cut.astype(float) > 0) & (tree.branch[:, None] >= 0))


def _labels(rows: pd.DataFrame, *columns: str, table: str = "") -> pd.DataFrame:
    out = rows[["row" if "row" in rows else "_row", *columns]].rename(columns={"_row": "row"})
    out.insert(0, "table", rows["table"] if not table else table)
    return out.reset_index(drop=True)
