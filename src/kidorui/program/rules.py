"""Rules that bind operation beyond plants and stocks: speed, contracts, users, policies, savings.

Formulation, section 3.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from kidorui.network import Network, Tree
from kidorui.network.hits import Hits, Target
from kidorui.network.links import DAYS
from kidorui.program.blocks import (
    PER_TONNE,
    Reference,
    at_every_node,
    from_parent,
    incidence,
    label_rows,
)
from kidorui.program.model import Model

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]


def inertia(model: Model, network: Network, reference: Reference) -> None:
    """A flow grows by no more than its yearly limit: buyers must qualify a supplier.

    It grows from what it was when it last was as free of events as now, so that what an event
    cut off may come back at once.
    """
    tree, links, routes = network.tree, network.links, network.routes
    limit = routes["change_limit"].to_numpy(float)
    bound = limited_routes(network, reference)
    if not len(bound):
        return
    node, route = (a.ravel() for a in np.meshgrid(np.arange(tree.size), bound, indexing="ij"))
    earlier = as_free_before(network)[node, route]
    since = np.where(earlier >= 0, tree.middle[earlier], network.case.settings.base_year + 0.5)
    grown = limit[route] * np.maximum(tree.middle[node] - since, 0.0)
    start = np.where(earlier >= 0, 0.0, reference.flow[route])
    flow = at_every_node(tree, incidence(links["route"].to_numpy(), len(routes)))
    compared = sparse.diags_array((earlier >= 0).astype(float))
    now = flow[node * len(routes) + route]
    then = compared @ flow[np.maximum(earlier, 0) * len(routes) + route]
    labels = label_rows(routes.iloc[bound], "material", "origin", "destination", table="routes")
    model.add_constraints("inertia", {"shipment": now - then}, upper=start + grown, labels=labels)


def limited_routes(network: Network, reference: Reference) -> IntArray:
    """Routes whose growth is bound: they have a yearly limit and a base flow to grow from."""
    limit = network.routes["change_limit"].to_numpy(float)
    return np.flatnonzero(np.isfinite(limit) & ~np.isnan(reference.flow))


def as_free_before(network: Network) -> IntArray:
    """(node, route): last node before it in which events left the route as free, or -1."""
    tree, links = network.tree, network.links
    link = links["route"].to_numpy(np.intp)
    free = np.full((len(network.routes), tree.size), np.inf)
    np.minimum.at(free, link, freedom(network.targets, network.hits).T)
    free = free.T
    route = np.arange(free.shape[1])
    earlier = np.repeat(tree.parent[:, None], len(route), axis=1)
    while True:
        cut = (earlier >= 0) & (free[earlier, route] < free)
        if not cut.any():
            return earlier
        earlier = np.where(cut, tree.parent[earlier], earlier)


def freedom(targets: Sequence[Target], hits: Hits) -> FloatArray:
    """(node, link): share of the base flow that events leave it, or it and others; inf = all."""
    free = hits.allowance.copy()
    for number in np.flatnonzero(np.isfinite(hits.total).any(axis=0)).tolist():
        free = np.minimum(free, np.where(targets[number].hit, hits.total[:, number, None], np.inf))
    return free


def contracts(model: Model, network: Network) -> None:
    """Firm quantities are delivered, or the shortfall costs its penalty."""
    tree, links = network.tree, network.links
    table = network.case.table("contracts").reset_index(drop=True)
    ends = ["material", "origin", "destination"]
    named = table.rename(columns={"seller": "origin", "buyer": "destination"}).assign(
        contract=table.index
    )
    served = links[ends].assign(link=np.arange(len(links))).merge(named, on=ends)
    if served.empty:
        return
    kept, contract = np.unique(served["contract"], return_inverse=True)
    serves = sparse.csr_array(
        (np.ones(len(served)), (contract, served["link"])), shape=(len(kept), len(links))
    )
    table = table.loc[kept]
    labels = label_rows(table, "id", table="contracts")
    model.add_variables(
        "undelivered",
        (tree.size, len(table)),
        cost=(tree.weight * PER_TONNE)[:, None] * table["penalty"].to_numpy(),
        labels=labels,
    )
    due = firm_quantities(table, tree).ravel()
    model.add_constraints(
        "contract",
        {"shipment": at_every_node(tree, serves), "undelivered": sparse.eye_array(due.size)},
        lower=due,
        labels=labels,
    )


def firm_quantities(contracts: pd.DataFrame, tree: Tree) -> FloatArray:
    """(node, contract): what is due, t/yr, in the nodes whose middle lies in its years."""
    years = tree.middle[:, None]
    begun, over = contracts["start"].to_numpy(float), contracts["end"].to_numpy(float) + 1
    on = (years >= begun) & (years < over)
    return np.asarray(on * contracts["quantity"].to_numpy(float))


def quotas(
    model: Model, network: Network, reference: Reference, numbers: Sequence[int] | None = None
) -> None:
    """A quota caps the sum of the flows it strikes, whose base flow is known: who pays gets them.

    numbers: rows of the events that have a constraint; those on in some node unless given.
    """
    tree, links = network.tree, network.links
    if numbers is None:
        numbers = quotas_on(network.hits)
    if not numbers:
        return
    known = ~np.isnan(reference.flow)[links["route"].to_numpy()]
    struck = np.array([network.targets[number].hit & known for number in numbers])
    events = network.case.table("events").iloc[list(numbers)]
    model.add_constraints(
        "quota",
        {"shipment": at_every_node(tree, sparse.csr_array(struck.astype(float)))},
        upper=quota_bound(network, reference, numbers).ravel(),
        labels=label_rows(events, "id", table="events"),
    )


def quotas_on(hits: Hits) -> list[int]:
    """Rows of the events whose quota is on in some node."""
    return [int(number) for number in np.flatnonzero(np.isfinite(hits.total).any(axis=0))]


def quota_bound(network: Network, reference: Reference, numbers: Sequence[int]) -> FloatArray:
    """(node, quota): what the quotas of some events let through, t/yr; inf where they are off."""
    route = network.links["route"].to_numpy()
    flow = np.nan_to_num(reference.flow)
    base = [flow[np.unique(route[network.targets[number].hit])].sum() for number in numbers]
    total = network.hits.total[:, list(numbers)]
    return np.where(np.isfinite(total), np.nan_to_num(total, posinf=0.0) * base, np.inf)


def passing(network: Network) -> FloatArray:
    """(node, pair): upper bound of `relabel`: for one demand alone only while it is bound."""
    owner = network.passes_for
    free = owner < 0
    if free.all():
        return np.full((network.tree.size, len(owner)), np.inf)
    bound = np.isfinite(network.hits.entitled[:, np.maximum(owner, 0)])
    return np.where(free | bound, np.inf, 0.0)


def end_users(model: Model, network: Network) -> None:
    """Users whom an event shuts out draw no more than their share on goods of controlled origin.

    What passes from the free copy for such a demand alone is theirs without limit.
    """
    tree, demands, hits = network.tree, network.demands, network.hits
    traced = network.pools["control"].to_numpy()[demands["pool"].to_numpy()]
    node, demand = np.nonzero(np.isfinite(hits.entitled) & traced)
    if not len(node):
        return
    steps, count = network.step_width.shape[1], len(demands)
    served = incidence(np.repeat(np.arange(count), steps), count)
    saved = incidence(network.savings["demand"].to_numpy(), count)
    own = np.flatnonzero(network.passes_for >= 0)
    passes = sparse.csr_array(
        (np.ones(len(own)), (network.passes_for[own], own)), shape=(count, len(network.relabel))
    )
    row = node * count + demand
    labels = label_rows(demands, "sector", "place", "material", table="events")
    labels = labels.iloc[demand].assign(row=hits.entitled_row[node, demand])
    model.add_constraints(
        "end user",
        {
            "served": at_every_node(tree, served)[row],
            "saved": -at_every_node(tree, saved)[row],
            "relabel": -at_every_node(tree, passes)[row],
        },
        upper=hits.entitled[node, demand] * network.quantity[node, demand],
        labels=labels,
        node=node,
        thing=np.arange(len(node)),
    )


@dataclass(frozen=True)
class Policy:
    """A row of the table of policies."""

    row: int
    id: str
    kind: str
    place: str
    origin: str
    goods: str
    group: str
    basis: str
    bound: float
    start: float


def enforced(network: Network) -> list[Policy]:
    """The policies that bind the plan."""
    table = network.case.table("policies")
    columns = ["_row", *(field.name for field in fields(Policy)[1:])]
    rows = table.loc[table["enforced"].astype(bool), columns]
    return [Policy(*cells) for cells in rows.itertuples(index=False)]


def policies(model: Model, network: Network, reference: Reference) -> None:
    """Enforced policies, wherever no event is on from their start."""
    tree = network.tree
    for policy in enforced(network):
        nodes = np.flatnonzero((tree.middle >= policy.start) & ~tree.in_event)
        if not len(nodes):
            continue
        if policy.kind == "share":
            block, row = "shipment", share_row(network, policy)
            lower, upper = -np.inf, 0.0
        else:
            block, row = "level", cover_row(network, policy)
            lower, upper = cover_floor(network, policy, reference), np.inf
        label = {"table": "policies", "row": policy.row, "id": policy.id}
        rows = {block: row}
        if policy.kind == "share" and len(network.detours):
            rows["detour"] = row[network.detours]
        model.add_constraints(
            f"policy {policy.id}",
            {
                name: at_every_node(tree, sparse.csr_array(one[None, :]))[nodes]
                for name, one in rows.items()
            },
            lower=lower,
            upper=upper,
            labels=pd.DataFrame([label]),
            node=nodes,
        )


def share_row(network: Network, policy: Policy) -> FloatArray:
    """(link): content that counts against a ceiling on an origin's share, bought there or not."""
    links = network.links
    bought = (links["destination"] == policy.place).to_numpy()
    counted = of_goods(network, links["material"], policy.goods) & bought
    content = network.content_of(links["material"])[:, network.element_group(policy.group)]
    theirs = (
        links["control"] if policy.basis == "look-through" else links["origin"] == policy.origin
    )
    return np.asarray(counted * content.sum(axis=1) * (theirs.to_numpy(float) - policy.bound))


def cover_row(network: Network, policy: Policy) -> FloatArray:
    """(stock): those that count for days of cover."""
    stocks = network.stocks
    here = (stocks["place"] == policy.place).to_numpy()
    return np.asarray(of_goods(network, stocks["material"], policy.goods) & here, dtype=float)


def cover_floor(network: Network, policy: Policy, reference: Reference) -> float:
    """What the stocks must hold: days of what the place used up in the base year, t."""
    pools = network.pools
    counted = (
        of_goods(network, pools["material"], policy.goods)
        & (pools["place"] == policy.place).to_numpy()
        & ~pools.duplicated(["material", "place"]).to_numpy()  # both copies tell the same
    )
    return float(policy.bound / DAYS * reference.throughput[counted].sum())


def of_goods(network: Network, materials: pd.Series, goods: str) -> npt.NDArray[np.bool_]:
    """Which materials are `goods`, or of that stage."""
    stage = materials.map(network.case.table("materials").set_index("id")["stage"])
    return np.asarray((materials == goods) | (stage == goods), dtype=bool)


def substitution_speed(model: Model, network: Network) -> None:
    """Savings grow no faster than their speed."""
    tree, savings = network.tree, network.savings
    if savings.empty:
        return
    since = np.where(
        tree.parent >= 0, tree.middle[tree.parent], network.case.settings.base_year + 0.5
    )
    years = np.maximum(tree.middle - since, 0.0)[:, None]
    quantity = network.quantity[:, savings["demand"]]
    count = len(savings)
    model.add_constraints(
        "substitution",
        {"saved": sparse.eye_array(tree.size * count) - from_parent(tree, count)},
        upper=(years * savings["speed"].to_numpy() * quantity).ravel(),
        labels=label_rows(savings, "sector", "place", "material", table="substitutions"),
    )
