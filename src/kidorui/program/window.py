"""The programme of a window of months that moves along the axis (formulation, section 10).

It is stated once; from month to month its bounds, right-hand sides and worths change.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from kidorui.network import Network
from kidorui.network.months import MONTH
from kidorui.network.stores import YARD
from kidorui.program.blocks import (
    PER_TONNE,
    Reference,
    at_every_node,
    from_parent,
    incidence,
    label_rows,
    pool_labels,
)
from kidorui.program.model import Model, Sparse
from kidorui.program.moving import (
    Arrivals,
    Mover,
    months_under_way,
    movers,
    of_past,
    of_window,
)
from kidorui.program.operation import add_flows
from kidorui.program.rules import contracts, limited_routes, quotas, substitution_speed

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]

LATER = 0.0005
"""What a dollar spent in a node counts more than one in the node before."""

DEAREST = 0.99
"""Share of the value lost above which a step of demand is of its dearest use."""

PRIORITIES = ("civil", "essential", "medical", "defence")
"""Classes of users, from the one that gives way first."""


@dataclass(frozen=True)
class Window:
    """The stated programme, and what its moving parts are worked out from.

    `network` is that of the window's nodes; `stores` as `gather_stores` has them. Of each of
    `moving`, `inside` is what arrives of flows in the window itself and `past` of those of the
    `months` before it. Balance rows are those of pools, then one for each demand (what its users
    bought and hold). `limited` are the routes whose growth is bound.
    """

    model: Model
    network: Network
    stores: pd.DataFrame
    moving: tuple[Mover, ...]
    inside: tuple[Arrivals, ...]
    past: tuple[Arrivals, ...]
    months: int
    limited: IntArray

    @cached_property
    def nodes(self) -> int:
        """Number of nodes."""
        return self.network.tree.size

    @cached_property
    def pools(self) -> int:
        """Number of pools; in a balance the rows of the demands follow them."""
        return len(self.network.pools)

    @cached_property
    def held(self) -> int:
        """Number of stores that are not yards; in the table the yards follow them."""
        return int((self.stores["kind"] != YARD).sum())

    @cached_property
    def later(self) -> FloatArray:
        """(node, 1): what a dollar spent in it counts: a trifle more the later."""
        return 1 + LATER * np.arange(self.nodes, dtype=float)[:, None]

    @cached_property
    def preference(self) -> FloatArray:
        """(node, demand x step): what is taken off the cost of serving by priority, if at all.

        A kilogram of the dearest use of a higher class is worth more than any for a lower one;
        it counts while goods are cut. Million US$ per t/yr; none unless the case rations so.
        """
        network, settings = self.network, self.network.case.settings
        steps = network.step_value
        if settings.rationing != "priority":
            return np.zeros((self.nodes, 0))
        here = (network.demands["place"] == settings.focus).to_numpy()
        rank = network.demands["priority"].map(PRIORITIES.index).to_numpy(float) * here
        dearest = steps >= DEAREST * network.demands["value_lost"].to_numpy(float)[:, None]
        bonus = (rank[:, None] * steps.max(initial=0.0) * dearest).ravel()
        return np.asarray((network.tree.weight * PER_TONNE)[:, None] * bonus)

    def trifles(self, mover: str) -> FloatArray:
        """(node, thing): what a dollar counts that is spent on a flow.

        Of what takes more than a month a trifle less the later: next month's is not done now.
        """
        slow = next(one for one in self.moving if one.name == mover).lag > MONTH
        return np.where(slow, 2 - self.later, self.later)

    @cached_property
    def shared(self) -> IntArray:
        """Units that run several activities: their capacity is a constraint."""
        count = np.bincount(self.network.activities["unit"], minlength=len(self.network.units))
        return np.flatnonzero(count > 1)

    @cached_property
    def twofold(self) -> IntArray:
        """Which limited routes have several copies: their growth is a constraint."""
        count = np.bincount(self.network.links["route"], minlength=len(self.network.routes))
        return np.flatnonzero(count[self.limited] > 1)

    @cached_property
    def arriving(self) -> sparse.csr_array:
        """(node x pool, months x movers): what arrives of the flows of past months."""
        return sparse.csr_array(sparse.hstack([part.in_time for part in self.past]))

    @cached_property
    def still_out(self) -> sparse.csr_array:
        """(pool, months x movers): what is under way after the window of past flows."""
        return sparse.csr_array(sparse.hstack([part.later for part in self.past]))


def state_window(
    network: Network,
    reference: Reference,
    stores: pd.DataFrame,
    quota_events: Sequence[int],
) -> Window:
    """State the programme on the network of a window.

    quota_events: rows of the quotas that may be on.
    """
    moving = movers(network)
    months = months_under_way(moving)
    window = Window(
        model=Model(network.tree.labels),
        network=network,
        stores=stores,
        moving=moving,
        inside=tuple(of_window(mover, network.tree) for mover in moving),
        past=tuple(of_past(mover, network.tree, months) for mover in moving),
        months=months,
        limited=limited_routes(network, reference),
    )
    model = window.model
    add_flows(model, network, reference)
    model.add_variables("bought", (network.tree.size, len(network.demands)))
    _hurry(window)
    _add_stores(window)
    _balance(window)
    _capacity(window)
    substitution_speed(model, network)
    contracts(model, network)
    quotas(model, network, reference, quota_events)
    _growth(window)
    _end_users(window)
    _releases(window)
    _left_behind(window)
    if network.case.settings.rationing == "contract":
        _alike(window)
    return window


def _hurry(window: Window) -> None:
    """Goods are wanted rather today than tomorrow, and what must be done is done today.

    What is used later counts less, and what is spent later a trifle more: else the market would
    put off, month after month, what the last and longest node can still make up for.
    """
    tree, variables = window.network.tree, window.model.variables
    patience = (1 + window.network.case.settings.discount_rate) ** (tree.middle[0] - tree.middle)
    spent = variables["activity"].cost
    spent *= window.trifles("activity").ravel()
    for name in ("saved", "disposed", "unexplained", "undelivered", "served"):
        if name in variables:
            cost = variables[name].cost.reshape(tree.size, -1)
            cost *= patience[:, None] if name == "served" else window.later


def _add_stores(window: Window) -> None:
    """Variables of stores: what each holds at the end of a node, t, and what is worth having.

    A store holds `cover`, as far as it aims at it, and what is `beyond` (yards hold nothing
    else). At the end of the window `under way` (pool) is what is worth having of goods at sea,
    in work and in the yard; `spare` what is so beyond, at half the worth.
    """
    model, network, stores = window.model, window.network, window.stores
    labels, nodes = stores[["id", "material"]], network.tree.size
    model.add_variables("cover", (nodes, window.held), labels=labels.iloc[: window.held])
    model.add_variables("beyond", (nodes, len(stores)), labels=labels)
    model.add_variables("under way", (1, window.pools))
    model.add_variables("spare", (1, window.pools))


def _balance(window: Window) -> None:
    """Pools: recipes, arrivals and stores against departures, what is bought, disposed.

    Users: bought + saved + taken from their store = served.
    """
    network = window.network
    tree, demands, pools = network.tree, network.demands, window.pools
    users, rows = len(demands), pools + len(demands)
    of_user = pools + np.arange(users)
    steps = network.step_width.shape[1]
    bought = incidence(of_user, rows) - incidence(demands["pool"].to_numpy(), rows)
    saved = incidence(of_user[network.savings["demand"].to_numpy()], rows)
    passed = incidence(network.relabel[:, 1], rows) - incidence(network.relabel[:, 0], rows)
    lying = sparse.eye_array(rows, pools, format="csr")
    terms: dict[str, Sparse] = {
        "bought": at_every_node(tree, bought),
        "served": -at_every_node(tree, incidence(np.repeat(of_user, steps), rows)),
        "saved": at_every_node(tree, saved),
        "relabel": at_every_node(tree, passed),
        "disposed": -at_every_node(tree, lying),
        "unexplained": at_every_node(tree, lying),
        "cover": _drawn(window, rows, window.held),
        "beyond": _drawn(window, rows, len(window.stores)),
    }
    for mover, arrivals in zip(window.moving, window.inside, strict=True):
        taken = sparse.kron(sparse.eye_array(tree.size), mover.taken)
        flow = sparse.csr_array(arrivals.in_time - taken)
        terms[mover.name] = _deeper(flow, tree.size, pools, rows)
    labels = pd.concat(
        [pool_labels(network), label_rows(demands, "material", "place", table="demands")],
        ignore_index=True,
    )
    window.model.add_constraints("balance", terms, lower=0.0, upper=0.0, labels=labels)


def _drawn(window: Window, rows: int, count: int) -> sparse.csr_array:
    """(node x row, node x store): what leaves each of the first stores over a node, as a rate."""
    stores, tree = window.stores.iloc[:count], window.network.tree
    user = stores["demand"].to_numpy()
    row = np.where(user >= 0, window.pools + user, stores["pool"].to_numpy())
    gone = from_parent(tree, count) - sparse.eye_array(tree.size * count)
    rate = sparse.diags_array(np.repeat(1 / tree.duration, count)) @ gone
    return sparse.csr_array(at_every_node(tree, incidence(row, rows)) @ rate)


def _deeper(matrix: sparse.csr_array, nodes: int, rows: int, deeper: int) -> sparse.csr_array:
    """A matrix over (node x row) with more rows, empty, in each node."""
    coo = matrix.tocoo()
    row = coo.row // rows * deeper + coo.row % rows
    return sparse.csr_array((coo.data, (row, coo.col)), shape=(nodes * deeper, coo.shape[1]))


def _capacity(window: Window) -> None:
    """Modes that share a plant share its capacity; a mode alone has it as its bound."""
    network = window.network
    modes = incidence(network.activities["unit"].to_numpy(), len(network.units))[window.shared]
    window.model.add_constraints(
        "capacity",
        {"activity": at_every_node(network.tree, modes)},
        labels=label_rows(network.units.iloc[window.shared], "id"),
    )


def _growth(window: Window) -> None:
    """Copies of a limited route share its bound; one alone has it as its own."""
    network = window.network
    routes = window.limited[window.twofold]
    flow = incidence(network.links["route"].to_numpy(), len(network.routes))[routes]
    chosen = network.routes.iloc[routes]
    labels = label_rows(chosen, "material", "origin", "destination", table="routes")
    window.model.add_constraints(
        "growth", {"shipment": at_every_node(network.tree, flow)}, labels=labels
    )


def _end_users(window: Window) -> None:
    """Users shut out buy no more than their share of goods of controlled origin.

    What they hold is theirs, and so is what passes from the free copy for them alone.
    """
    model, network = window.model, window.network
    tree, demands = network.tree, network.demands
    known = [target for target in network.targets if target.event.users and not target.cuts_links]
    named = np.zeros(len(demands), dtype=bool)
    for target in known:
        named |= target.hit
    traced = network.pools["control"].to_numpy()[demands["pool"].to_numpy()]
    bound = np.flatnonzero(named & traced)
    if len(bound) == 0:
        return
    # what passes for one user alone is that user's at any time: it is the same as for all
    model.variables["relabel"].upper[:] = np.inf
    own = np.flatnonzero(network.passes_for >= 0)
    passes = sparse.csr_array(
        (np.ones(len(own)), (network.passes_for[own], own)),
        shape=(len(demands), len(network.relabel)),
    )
    each = sparse.eye_array(len(demands), format="csr")
    model.add_constraints(
        "end user",
        {
            "bought": at_every_node(tree, each[bound]),
            "relabel": -at_every_node(tree, passes[bound]),
        },
        labels=label_rows(demands.iloc[bound], "sector", "place", "material", table="demands"),
        thing=np.tile(np.arange(len(bound)), tree.size),
    )


def _releases(window: Window) -> None:
    """Stores that are not drawn at will do not fall, unless their rule lets them."""
    stores, tree = window.stores, window.network.tree
    ruled = np.flatnonzero(~stores["release_always"].to_numpy(bool))
    if not len(ruled):
        return

    def rise(count: int) -> sparse.csr_array:
        step = sparse.csr_array(sparse.eye_array(tree.size * count) - from_parent(tree, count))
        return step[(np.arange(tree.size)[:, None] * count + ruled).ravel()]

    window.model.add_constraints(
        "release",
        {"cover": rise(window.held), "beyond": rise(len(stores))},
        labels=stores.iloc[ruled][["id", "material"]],
    )


def _left_behind(window: Window) -> None:
    """What of goods at sea, in work and in yards has a worth at the end is there."""
    model, stores = window.model, len(window.stores)
    last = (window.nodes - 1) * stores + window.held
    terms: dict[str, Sparse] = {
        "beyond": sparse.eye_array(window.pools, window.nodes * stores, k=last),
        "under way": -sparse.eye_array(window.pools),
        "spare": -sparse.eye_array(window.pools),
    }
    for mover, arrivals in zip(window.moving, window.inside, strict=True):
        terms[mover.name] = arrivals.later
    model.add_constraints("pipeline", terms, lower=0.0, labels=pool_labels(window.network))


def _alike(window: Window) -> None:
    """By contract: users of a material at the focus place buy the same share of what they use."""
    model, network = window.model, window.network
    demands, settings = network.demands, network.case.settings
    shut_out = np.isfinite(network.hits.entitled).any(axis=0)
    here = (demands["place"] == settings.focus).to_numpy() & ~shut_out
    chosen = np.flatnonzero(here & (network.quantity[0] > 0))
    material, group = np.unique(demands["material"].to_numpy(str)[chosen], return_inverse=True)
    model.add_variables("fill", (window.nodes, len(material)))
    each = sparse.eye_array(len(demands), format="csr")[chosen]
    share = sparse.csr_array(
        (network.quantity[0][chosen], (np.arange(len(chosen)), group)),
        shape=(len(chosen), len(material)),
    )
    model.add_constraints(
        "alike",
        {"bought": at_every_node(network.tree, each), "fill": -at_every_node(network.tree, share)},
        lower=0.0,
        upper=0.0,
        labels=label_rows(demands.iloc[chosen], "sector", "place", "material", table="demands"),
    )
