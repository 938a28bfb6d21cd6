"""Compile a case to the indexed arrays that the programme is stated on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from kidorui.case import Case
from kidorui.network.delays import opening_delay
from kidorui.network.demand import curve, gather_demands, gather_savings, quantities
from kidorui.network.hits import Hits, Target, find_targets, strike
from kidorui.network.links import expand_routes
from kidorui.network.pools import Shape, controlled, keep, tainting
from kidorui.network.stocks import gather_stocks, stored
from kidorui.network.strikes import Schedule, Strike, schedule_on_axis, schedule_on_tree
from kidorui.network.tree import Tree
from kidorui.network.units import gather_modes, gather_units, installed

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Network:
    """A case on a tree, as tables of things and arrays over (node, thing).

    Tables (a row a thing; names of the case kept): `pools` material, place, control;
    `units`; `activities` unit, recipe, cost, control; `links` with `from_pool`, `to_pool`,
    `route` and their `routes`; `demands` and `stocks` with `pool`; `savings` (what can be
    substituted) with `demand`. `targets` are what each event strikes; `detours` the links round
    which goods leak. Two copies of a pool exist where goods of controlled origin
    must be told from others (`control` True); a free good can always pass as a controlled one
    (`relabel`: rows of free and controlled pool), or for one demand alone where its share of
    controlled goods is bound (`passes_for`: that demand, -1 for anyone).

    Arrays: `recipes` (pool, activity) t/t; `capacity` (node, unit) t/yr and `store`
    (node, stock) t of what stands or is committed (`standing`: the capacity before events
    strike); `quota` (node, unit) t/yr, inf where there is none; `quantity` (node, demand) t/yr
    at the base price; `step_width` (share of it) and `step_value` (US$/kg), both (demand, step);
    `contents` (material, element) t/t. Flows t/yr, stocks t, costs US$/kg, times in years.
    """

    case: Case
    tree: Tree
    pools: pd.DataFrame
    units: pd.DataFrame
    activities: pd.DataFrame
    recipes: sparse.csr_array
    relabel: IntArray
    passes_for: IntArray
    links: pd.DataFrame
    routes: pd.DataFrame
    demands: pd.DataFrame
    savings: pd.DataFrame
    stocks: pd.DataFrame
    standing: FloatArray
    capacity: FloatArray
    quota: FloatArray
    store: FloatArray
    quantity: FloatArray
    step_width: FloatArray
    step_value: FloatArray
    hits: Hits
    targets: Sequence[Target]
    detours: IntArray
    contents: FloatArray

    def on(self, tree: Tree, nodes: IntArray) -> Network:
        """The same network on the nodes of another tree, each as it is in one of this tree's."""
        return replace(
            self,
            tree=tree,
            standing=self.standing[nodes],
            capacity=self.capacity[nodes],
            quota=self.quota[nodes],
            store=self.store[nodes],
            quantity=self.quantity[nodes],
            hits=self.hits.at(nodes),
        )

    def under(self, hits: Hits) -> Network:
        """The same network where events hit it otherwise; `detours` and `relabel` stay."""
        calm = self.quantity / (1 + self.hits.surge)
        return replace(
            self,
            capacity=self.standing * hits.running,
            quota=np.where(hits.flood > 0, np.inf, self.units["quota"].to_numpy(float)),
            quantity=calm * (1 + hits.surge),
            hits=hits,
        )

    @property
    def elements(self) -> list[str]:
        """Element ids, the columns of `contents`."""
        return list(self.case.table("elements")["id"])

    def content_of(self, materials: pd.Series) -> FloatArray:
        """(row, element): t of oxide in a tonne of each material named."""
        order = pd.Series(
            np.arange(len(self.case.table("materials"))), index=self.case.table("materials")["id"]
        )
        return np.asarray(self.contents[order.loc[materials].to_numpy()])

    def element_group(self, group: str) -> npt.NDArray[np.bool_]:
        """Which elements are light, heavy, or both."""
        groups = self.case.table("elements")["group"]
        return np.asarray((groups == group) | (group == "both"), dtype=bool)


def compile_network(
    case: Case,
    tree: Tree,
    *,
    trace_control: bool | None = None,
    strikes: Sequence[Strike] | None = None,
) -> Network:
    """Compile `case` on `tree`.

    Controlled origin is traced in separate pools when an event of the tree (or in force) is
    extraterritorial or names end users, or an enforced policy looks through; `trace_control`
    overrides that. `strikes`, where given, are the only events there are, each on its own days;
    else those of the tree's nodes are on, and those in force.
    Raises nothing: a case that loads compiles.
    """
    schedule = (
        schedule_on_tree(case, tree) if strikes is None else schedule_on_axis(case, tree, strikes)
    )
    units = gather_units(case)
    modes = gather_modes(case, units)
    routes = expand_routes(case)
    grid = _Grid.of(case)
    shape, signed = grid.shape(case, units, modes, routes)
    trace = _must_trace(case, schedule) if trace_control is None else trace_control

    demands = gather_demands(case)
    stocks = gather_stocks(case)
    at_demand = grid.pair(demands["material"], demands["place"])
    at_stock = grid.pair(stocks["material"], stocks["place"])
    served, stocked = np.zeros((2, shape.pairs), dtype=bool)
    served[at_demand] = served[at_stock] = True
    stocked[at_stock[(stocks["initial"] > 0).to_numpy()]] = True
    kept = keep(shape, served, stocked)
    de_minimis = _de_minimis(case, schedule)
    held = np.zeros(shape.pairs, dtype=bool)
    if trace:
        born = np.tile(grid.places == case.settings.control, len(grid.materials))
        held = controlled(shape, born, de_minimis) & kept.pairs

    layout = _Pools.of(grid, kept.pairs, held, case.settings.control)
    activities, matrix = _activities(
        layout, units, modes, signed, shape, kept.modes, de_minimis, case.settings.control
    )
    links, kept_routes = _links(layout, grid, routes, kept.routes)
    widths, values = curve(demands, case.settings.demand_steps)
    demands = demands.assign(pool=layout.use(at_demand))
    stocks = stocks.assign(pool=layout.use(at_stock))
    stocks = stocks[stocks["pool"] >= 0].reset_index(drop=True)
    targets = find_targets(case, links, units, demands)
    sizes = len(links), len(units), len(demands)
    hits = strike(targets, schedule, *sizes)
    relabel, passes_for = _relabel(layout, demands["pool"].to_numpy(), hits)
    standing = installed(units, tree, _delay(case, tree, units))
    calm = Network(
        case=case,
        tree=tree,
        pools=layout.table(grid),
        units=units,
        activities=activities,
        recipes=matrix,
        relabel=relabel,
        passes_for=passes_for,
        links=links,
        routes=kept_routes,
        demands=demands,
        savings=gather_savings(case, demands),
        stocks=stocks,
        standing=standing,
        capacity=standing,
        quota=np.tile(units["quota"].to_numpy(float), (tree.size, 1)),
        store=stored(case, stocks, tree),
        quantity=quantities(case, demands, tree),
        step_width=widths,
        step_value=values,
        hits=Hits.none(tree.size, *sizes, len(targets)),
        targets=targets,
        detours=np.flatnonzero(hits.leak.any(axis=0)),
        contents=_contents(case),
    )
    return calm.under(hits)


@dataclass(frozen=True)
class _Grid:
    """All (material, place) pairs, numbered material by material."""

    materials: npt.NDArray[np.object_]
    places: npt.NDArray[np.object_]

    @classmethod
    def of(cls, case: Case) -> _Grid:
        return cls(
            case.table("materials")["id"].to_numpy(object),
            case.table("places")["id"].to_numpy(object),
        )

    def pair(self, material: pd.Series, place: pd.Series) -> IntArray:
        m = pd.Index(self.materials).get_indexer(pd.Index(material))
        p = pd.Index(self.places).get_indexer(pd.Index(place))
        return np.asarray(m * len(self.places) + p, dtype=np.intp)

    def shape(
        self, case: Case, units: pd.DataFrame, modes: pd.DataFrame, routes: pd.DataFrame
    ) -> tuple[Shape, sparse.csr_array]:
        """Recipes in place and routes as graphs; also the signed (mode, pair) coefficients."""
        rows = (
            modes.assign(mode=np.arange(len(modes)), place=units["place"].to_numpy()[modes["unit"]])
            .merge(case.table("recipes")[["recipe", "material", "coefficient"]], on="recipe")
            .reset_index(drop=True)
        )
        pairs = len(self.materials) * len(self.places)
        signed = sparse.csr_array(
            (rows["coefficient"], (rows["mode"], self.pair(rows["material"], rows["place"]))),
            shape=(len(modes), pairs),
        )
        shape = Shape(
            inputs=sparse.csr_array((-signed).maximum(0)),
            outputs=sparse.csr_array(signed.maximum(0)),
            origin=self.pair(routes["material"], routes["origin"]),
            destination=self.pair(routes["material"], routes["destination"]),
        )
        return shape, signed


@dataclass(frozen=True)
class _Pools:
    """Numbers of the free and the controlled pool of each pair (-1: there is none)."""

    free: IntArray
    control: IntArray
    pair: IntArray
    is_control: npt.NDArray[np.bool_]

    @classmethod
    def of(
        cls,
        grid: _Grid,
        kept: npt.NDArray[np.bool_],
        held: npt.NDArray[np.bool_],
        control_place: str,
    ) -> _Pools:
        at_control = np.tile(grid.places == control_place, len(grid.materials)) & held
        pairs = np.concatenate([np.flatnonzero(kept & ~at_control), np.flatnonzero(held)])
        is_control = np.arange(len(pairs)) >= (kept & ~at_control).sum()
        free = np.full(len(kept), -1, dtype=np.intp)
        control = np.full(len(kept), -1, dtype=np.intp)
        free[pairs[~is_control]] = np.flatnonzero(~is_control)
        control[pairs[is_control]] = np.flatnonzero(is_control)
        return cls(free, control, pairs, is_control)

    def use(self, pairs: IntArray) -> IntArray:
        """Pool from which goods are used up: the controlled one where there is one."""
        return np.where(self.control[pairs] >= 0, self.control[pairs], self.free[pairs])

    def relabel(self) -> IntArray:
        """(pair, 2): free pools and the controlled pools that they may pass into."""
        both = np.flatnonzero((self.free >= 0) & (self.control >= 0))
        return np.stack([self.free[both], self.control[both]], axis=1)

    def table(self, grid: _Grid) -> pd.DataFrame:
        return pd.DataFrame(
            {
                "material": grid.materials[self.pair // len(grid.places)],
                "place": grid.places[self.pair % len(grid.places)],
                "control": self.is_control,
            }
        )


def _activities(
    layout: _Pools,
    units: pd.DataFrame,
    modes: pd.DataFrame,
    signed: sparse.csr_array,
    shape: Shape,
    runs: npt.NDArray[np.bool_],
    de_minimis: float,
    control_place: str,
) -> tuple[pd.DataFrame, sparse.csr_array]:
    """Activities and their (pool, activity) coefficients, a free and a controlled one a mode."""
    at_control = units["place"].to_numpy()[modes["unit"]] == control_place
    makes_control = (shape.outputs > 0) @ (layout.control >= 0) > 0
    makes_free = (shape.outputs > 0) @ (layout.free >= 0) > 0
    trace = bool((layout.control >= 0).any())
    free_runs = np.flatnonzero(runs & makes_free & ~(at_control & trace))
    control_runs = np.flatnonzero(
        runs & makes_control & (at_control | ((shape.inputs > 0) @ (layout.control >= 0) > 0))
    )
    taints = tainting(shape.inputs, de_minimis)
    # a free product needs free feed, but for inputs below de minimis
    free_feed = np.where(layout.free >= 0, layout.free, layout.control)
    control_feed = np.where(layout.control >= 0, layout.control, layout.free)
    coo = signed.tocoo()
    mode, pair, value = coo.row, coo.col, coo.data
    tainted = np.asarray(taints[mode, pair]).ravel() > 0
    in_free = np.where((value < 0) & ~tainted, control_feed[pair], free_feed[pair])
    in_control = control_feed[pair]
    row = np.concatenate([free_runs, control_runs])
    is_control = np.arange(len(row)) >= len(free_runs)
    activities = pd.DataFrame(
        {
            "unit": modes["unit"].to_numpy()[row],
            "recipe": modes["recipe"].to_numpy()[row],
            "cost": modes["cost"].to_numpy()[row],
            "control": is_control,
        }
    )
    matrix = sparse.csr_array((len(layout.pair), len(row)))
    for chosen, pools, offset in (
        (free_runs, in_free, 0),
        (control_runs, in_control, len(free_runs)),
    ):
        number = np.full(signed.shape[0], -1)
        number[chosen] = np.arange(len(chosen)) + offset
        keep = (number[mode] >= 0) & (pools >= 0)
        matrix = matrix + sparse.csr_array(
            (value[keep], (pools[keep], number[mode[keep]])), shape=matrix.shape
        )
    return activities, sparse.csr_array(matrix)


def _links(
    layout: _Pools,
    grid: _Grid,
    routes: pd.DataFrame,
    moves: npt.NDArray[np.bool_],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Links between pools, and the routes they belong to."""
    routes = routes[moves].reset_index(drop=True)
    start = grid.pair(routes["material"], routes["origin"])
    end = grid.pair(routes["material"], routes["destination"])
    # free goods enter a pool for controlled ones only where there is no other to enter
    to_free = np.where(
        layout.free[end] >= 0,
        layout.free[end],
        np.where(layout.control[start] < 0, layout.control[end], -1),
    )
    copies = []
    for control, source, sink in (
        (False, layout.free[start], to_free),
        (True, layout.control[start], layout.control[end]),
    ):
        usable = (source >= 0) & (sink >= 0)
        copies.append(
            routes[usable].assign(
                control=control,
                route=np.flatnonzero(usable),
                from_pool=source[usable],
                to_pool=sink[usable],
            )
        )
    links = pd.concat(copies, ignore_index=True)
    return links, routes


def _relabel(layout: _Pools, demanded: IntArray, hits: Hits) -> tuple[IntArray, IntArray]:
    """Pairs of pools between which goods pass as controlled, and for which demand alone."""
    pairs = layout.relabel()
    sink = {int(controlled): i for i, controlled in enumerate(pairs[:, 1])}
    bound = np.flatnonzero(np.isfinite(hits.entitled).any(axis=0))
    own = np.array([d for d in bound if int(demanded[d]) in sink], dtype=np.intp)
    row = np.array([sink[int(pool)] for pool in demanded[own]], dtype=np.intp)
    passes_for = np.concatenate([np.full(len(pairs), -1, dtype=np.intp), own])
    return np.concatenate([pairs, pairs[row]]), passes_for


def _delay(case: Case, tree: Tree, units: pd.DataFrame) -> FloatArray:
    """(node, unit): years by which events put off committed projects."""
    delay = np.zeros((tree.size, len(units)))
    of_project = np.flatnonzero(units["project"] >= 0)
    projects = case.table("projects").iloc[units["project"].to_numpy()[of_project]]
    decided = projects["decision"].to_numpy(float)
    delay[:, of_project] = opening_delay(case, tree, projects, decided)
    return delay


def _contents(case: Case) -> FloatArray:
    """(material, element) contents in the order of the case's tables."""
    materials = pd.Index(case.table("materials")["id"])
    elements = pd.Index(case.table("elements")["id"])
    rows = case.table("contents")
    out = np.zeros((len(materials), len(elements)))
    out[materials.get_indexer(rows["material"]), elements.get_indexer(rows["element"])] = rows[
        "content"
    ]
    return out


def _must_trace(case: Case, schedule: Schedule) -> bool:
    policies = case.table("policies")
    looks = (policies["basis"] == "look-through") & policies["enforced"].astype(bool)
    return bool(_reaching(case, schedule).any() or looks.any())


def _de_minimis(case: Case, schedule: Schedule) -> float:
    """The strictest de minimis of the extraterritorial events on somewhere in the tree."""
    shares = case.table("events").loc[_reaching(case, schedule), "de_minimis"]
    return float(shares.fillna(0.0).min()) if len(shares) else 0.0


def _reaching(case: Case, schedule: Schedule) -> npt.NDArray[np.bool_]:
    """Which events hold for goods made elsewhere from the controlling place's material.

    Those with end users do: who may not have goods may not have what was made of them.
    """
    events = case.table("events")
    reach = events["extraterritorial"].astype(bool) | events["users"].astype(bool)
    theirs = (events["origin"] == case.settings.control) & reach
    return np.asarray(theirs.to_numpy(bool) & schedule.on.any(axis=0))
