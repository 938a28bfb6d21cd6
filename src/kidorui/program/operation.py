"""Operation: the blocks that clear the market in every node (formulation, section 3)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
from scipy import sparse

from kidorui.network import Network
from kidorui.program.blocks import (
    PER_TONNE,
    Built,
    Reference,
    at_every_node,
    from_parent,
    incidence,
    label_rows,
    pool_labels,
)
from kidorui.program.model import Constraints, Model, Sparse
from kidorui.program.rules import (
    contracts,
    end_users,
    inertia,
    passing,
    policies,
    quotas,
    substitution_speed,
)

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]

UNEXPLAINED_PRICE = 3.0
"""Cost of `unexplained` supply, as a multiple of the base price."""

SALVAGE = 0.5
"""Worth of stock left at the end of the axis, as a share of its price (a forced sale)."""


def state_operation(
    model: Model, network: Network, reference: Reference, built: Built | None = None
) -> None:
    """Add the variables and constraints of operation to the model.

    `built` is what decided projects add to capacities; its block `size` must be in the model.
    """
    state_market(model, network, reference, built)
    policies(model, network, reference)


def state_market(
    model: Model, network: Network, reference: Reference, built: Built | None = None
) -> None:
    """Operation as it is whatever the policies of the focus place ask for."""
    add_flows(model, network, reference)
    add_stocks(model, network, reference)
    balance(model, network)
    capacity(model, network, built)
    stock_level(model, network, built)
    substitution_speed(model, network)
    inertia(model, network, reference)
    contracts(model, network)
    quotas(model, network, reference)
    end_users(model, network)


def state_at_rest(network: Network, reference: Reference) -> Model:
    """The market alone on a network of one node, all stocks standing still."""
    model = Model(network.tree.labels)
    state_market(model, network, reference)
    stand_still(model)
    return model


def stand_still(model: Model) -> None:
    """Let no stock be filled or drawn."""
    drawn = model.variables["withdrawal"]
    drawn.lower[:] = drawn.upper[:] = 0.0


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
        labels=label_rows(network.units.iloc[activities["unit"]], "id").assign(
            recipe=activities["recipe"].to_numpy()
        ),
    )
    model.add_variables(
        "shipment",
        (n, len(links)),
        upper=shipment_bound(network, reference),
        cost=weight * (links["cost"].to_numpy() + network.hits.duty) * sailing(network),
        labels=links.assign(table="routes")[["table", "row", "material", "origin", "destination"]],
    )
    add_detours(model, network, reference)
    steps = network.step_width.shape[1]
    model.add_variables(
        "served",
        (n, len(demands) * steps),
        upper=np.repeat(network.quantity, steps, axis=1) * network.step_width.ravel(),
        cost=-weight * network.step_value.ravel(),
        labels=label_rows(demands, "sector", "place", "material", table="demands").loc[
            np.repeat(np.arange(len(demands)), steps)
        ],
    )
    savings = network.savings
    model.add_variables(
        "saved",
        (n, len(savings)),
        upper=network.quantity[:, savings["demand"]] * savings["share"].to_numpy(),
        cost=weight * savings["cost"].to_numpy(),
        labels=label_rows(savings, "sector", "place", "material", table="substitutions"),
    )
    pools = pool_labels(network)
    model.add_variables(
        "disposed",
        (n, len(network.pools)),
        upper=np.where(of_pool["disposal_cost"].isna(), 0.0, np.inf),
        cost=weight * of_pool["disposal_cost"].fillna(0.0).to_numpy(),
        labels=pools,
    )
    base_price = of_pool["base_price"].to_numpy(float)
    model.add_variables(
        "unexplained",
        (n, len(network.pools)),
        upper=np.where(np.isnan(base_price), 0.0, reference.unexplained),  # never for nothing
        cost=weight * UNEXPLAINED_PRICE * np.nan_to_num(base_price),
        labels=pools,
    )
    model.add_variables("relabel", (n, len(network.relabel)), upper=passing(network))


def add_detours(model: Model, network: Network, reference: Reference) -> None:
    """Variables of what leaks round events, dearer by its premium; none where nothing does."""
    if not len(network.detours):
        return
    taken, hits = network.detours, network.hits
    links = network.links.iloc[taken]
    cost = links["cost"].to_numpy() + (hits.duty + hits.premium)[:, taken]
    model.add_variables(
        "detour",
        (network.tree.size, len(taken)),
        upper=detour_bound(network, reference),
        cost=(network.tree.weight * PER_TONNE)[:, None] * cost * sailing(network)[:, taken],
        labels=links.assign(table="routes")[["table", "row", "material", "origin", "destination"]],
    )


def add_stocks(model: Model, network: Network, reference: Reference) -> None:
    """Variables of stocks: level at the end of the node (t) and withdrawal over it (t/yr).

    A stock that stands today keeps a worth at the end of the axis, so that it is not emptied
    by the end of the world. One that a project builds is sold in the last node at the price
    of the day, so that none is built for a worth that nobody pays.
    """
    tree, stocks = network.tree, network.stocks
    last = np.isin(np.arange(tree.size), tree.leaves)
    of_project = stocks["project"].to_numpy() >= 0
    worth = np.where(of_project, 0.0, left_worth(network, reference)) * SALVAGE * PER_TONNE
    at_end = np.power(1 + tree.discount_rate, -(tree.start + tree.duration - tree.origin))
    left = (last * tree.probability * at_end)[:, None] * worth
    holding = (tree.weight * PER_TONNE)[:, None] * stocks["holding_cost"].to_numpy()
    labels = stocks[["table", "row", "id"]]
    model.add_variables("level", (tree.size, len(stocks)), cost=holding - left, labels=labels)
    released = tree.in_event[:, None] | stocks["release_always"].to_numpy(bool)
    released = released | (last[:, None] & of_project)
    model.add_variables(
        "withdrawal",
        (tree.size, len(stocks)),
        lower=-np.inf,
        upper=np.where(released, np.inf, 0.0),
        labels=labels,
    )


def left_worth(network: Network, reference: Reference) -> FloatArray:
    """(stock): the base price, or that at which the base year cleared if it is lower, US$/kg."""
    stocks = network.stocks
    base_price = network.case.table("materials").set_index("id")["base_price"]
    worth = base_price.loc[stocks["material"]].fillna(0.0).to_numpy(float)
    if reference.price is None:
        return worth
    cleared = reference.price[stocks["pool"].to_numpy()]
    return np.asarray(np.fmin(worth, np.maximum(cleared, 0.0)))


def balance(model: Model, network: Network) -> Constraints:
    """recipes + arrivals - departures + stock + saved + unexplained = served + disposed."""
    tree, pools = network.tree, len(network.pools)
    links, demands, stocks = network.links, network.demands, network.stocks
    steps = network.step_width.shape[1]
    departures = incidence(links["from_pool"].to_numpy(), pools)
    served = incidence(np.repeat(demands["pool"].to_numpy(), steps), pools)
    saved = incidence(demands["pool"].to_numpy()[network.savings["demand"]], pools)
    passed = incidence(network.relabel[:, 1], pools) - incidence(network.relabel[:, 0], pools)
    moved = arrivals(network) - at_every_node(tree, departures) @ sparse.diags_array(
        sailing(network).ravel()
    )
    terms: dict[str, Sparse] = {
        "activity": at_every_node(tree, network.recipes),
        "shipment": moved,
        "withdrawal": at_every_node(tree, incidence(stocks["pool"].to_numpy(), pools)),
        "saved": at_every_node(tree, saved),
        "unexplained": at_every_node(tree, sparse.eye_array(pools)),
        "relabel": at_every_node(tree, passed),
        "served": -at_every_node(tree, served),
        "disposed": -at_every_node(tree, sparse.eye_array(pools)),
    }
    if len(network.detours):
        terms["detour"] = moved[:, at_links(network, network.detours)]
    return model.add_constraints(
        "balance", terms, lower=0.0, upper=0.0, labels=pool_labels(network)
    )


def arrivals(network: Network) -> sparse.csr_array:
    """What arrives, node by node and pool by pool, of what is shipped in it and before it."""
    tree, links = network.tree, network.links
    pools, count = len(network.pools), len(links)
    transits, kind = np.unique(links["transit"].to_numpy(float), return_inverse=True)
    shares = tree.arriving(transits)[kind]
    link, node, left = np.nonzero(shares)
    row = node * pools + links["to_pool"].to_numpy()[link]
    return sparse.csr_array(
        (shares[link, node, left], (row, left * count + link)),
        shape=(tree.size * pools, tree.size * count),
    )


def at_links(network: Network, chosen: IntArray) -> IntArray:
    """Columns of chosen links in an array over (node, link)."""
    nodes = np.arange(network.tree.size)[:, None]
    return np.asarray(nodes * len(network.links) + chosen).ravel()


def sailing(network: Network) -> FloatArray:
    """(node, link): share of what is shipped in a node that sails: all but the last goods.

    In the last nodes nothing sails that would be at sea when the axis ends, so that neither
    goods nor what was spent on them are lost there; unless time goes on after it.
    """
    if network.tree.goes_on:
        return np.ones((network.tree.size, len(network.links)))
    tree, links = network.tree, network.links
    transits, kind = np.unique(links["transit"].to_numpy(float), return_inverse=True)
    own = np.einsum("tnn->tn", tree.arriving(transits))[kind].T
    last = np.isin(np.arange(tree.size), tree.leaves)
    return np.where(last[:, None], own, 1.0)


def capacity(model: Model, network: Network, built: Built | None) -> Constraints:
    """The modes of a unit share its capacity (or its lower quota), and what is built."""
    tree, units = network.tree, network.units
    limit = np.minimum(network.capacity, network.quota)
    modes = incidence(network.activities["unit"].to_numpy(), len(units))
    terms = {"activity": at_every_node(tree, modes)}
    if built is not None:
        terms["size"] = -built.of_units
    return model.add_constraints(
        "capacity", terms, upper=limit.ravel(), labels=label_rows(units, "id")
    )


def stock_level(model: Model, network: Network, built: Built | None) -> None:
    """A stock ends a node at what it began with, less what was withdrawn; within its capacity."""
    tree, stocks = network.tree, network.stocks
    begun = np.where(tree.parent[:, None] < 0, stocks["initial"].to_numpy(float), 0.0)
    each = sparse.eye_array(begun.size)
    labels = stocks[["table", "row", "id"]]
    model.add_constraints(
        "stock",
        {
            "level": each - from_parent(tree, len(stocks)),
            "withdrawal": sparse.diags_array(np.repeat(tree.duration, len(stocks))),
        },
        lower=begun.ravel(),
        upper=begun.ravel(),
        labels=labels,
    )
    terms: dict[str, Sparse] = {"level": each}
    if built is not None:
        terms["size"] = -built.of_stocks
    model.add_constraints("store", terms, upper=network.store.ravel(), labels=labels)


def shipment_bound(network: Network, reference: Reference) -> FloatArray:
    """(node, link): capacity of the route, and the allowance of events on its base flow.

    Of a base flow that is not known, only a full stop can be told.
    """
    links, allowance = network.links, network.hits.allowance
    flow = np.nan_to_num(base_flow(network, reference), nan=np.inf)
    let_through = np.where(allowance == 0, 0.0, np.inf)
    np.multiply(allowance, flow, out=let_through, where=np.isfinite(allowance) & (allowance > 0))
    return np.asarray(np.minimum(links["capacity"].to_numpy(), let_through))


def detour_bound(network: Network, reference: Reference) -> FloatArray:
    """(node, detour): the share of the base flow that leaks; nothing of one that is not known."""
    flow = np.nan_to_num(base_flow(network, reference)[network.detours], nan=0.0)
    return np.asarray(network.hits.leak[:, network.detours] * flow)


def base_flow(network: Network, reference: Reference) -> FloatArray:
    """(link): the base flow of its route, t/yr, by which events measure; NaN where unknown."""
    return np.asarray(reference.flow[network.links["route"].to_numpy()])


def shipped(network: Network, values: Mapping[str, FloatArray]) -> FloatArray:
    """(node, link): what moves on each link, with what leaks round events, t/yr."""
    moved = values["shipment"]
    if "detour" not in values:
        return moved
    every = moved.copy()
    every[:, network.detours] += values["detour"]
    return every
