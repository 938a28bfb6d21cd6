"""The programme of a month stated a second time, with linopy: a window of two months and the rest.

It reads the tables of a Network, the stores, the conditions of the months and a State, and nothing
of how `kidorui.program` states the window: what arrives when, what may be drawn, how fast routes
grow and what is worth having at the end are derived here anew.
"""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import xarray as xr

from kidorui.studies.stress import turn as assumed
from kidorui.studies.stress.conditions import Conditions
from kidorui.studies.stress.state import State
from kidorui.studies.stress.world import World
from tests.program.oracle import INF, KILO, array, belongs

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import linopy

MONTH = 1 / 12
RANK = {"civil": 0, "essential": 1, "medical": 2, "defence": 3}


class WindowOracle:
    """The programme that a market without foresight solves in the month of a state."""

    def __init__(self, world: World, given: Conditions, state: State, later: float) -> None:
        self.world, self.net, self.state = world, world.network, state
        self.settings = world.case.settings
        lengths = world.window.network.tree.duration
        self.years = lengths
        self.n = len(lengths)
        self.end = np.cumsum(lengths)
        self.start = self.end - lengths
        self.middle = (self.start + self.end) / 2
        # what is spent later counts a trifle more (on slow flows less), what is used later less
        self.trifle = later * np.arange(self.n)
        self.spent = lengths * KILO * (1 + self.trifle)
        self.m, self.cost = linopy.Model(), []
        self.now = {  # the market takes this month's conditions to last
            name: getattr(given, name)[state.month]
            for name in ("shipment", "shipping", "detour", "detouring", "capacity", "quantity",
                         "entitled", "contract", "quota", "store", "released", "alarm", "struck")
        }  # fmt: skip
        self.moment, self.onset = given.axis.start[state.month], given.onset
        self.flows()
        self.users()
        self.stores()
        self.balance()
        self.limits()
        self.growth()
        self.slow()
        self.end_of_window()
        self.rationing()

    def solve(self) -> float:
        self.m.add_objective(sum(self.cost[1:], self.cost[0] * 1.0))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            status, condition = self.m.solve(
                "highs", io_api="direct", output_flag=False, log_to_console=False, threads=1
            )
        assert (status, condition) == ("ok", "optimal")
        return float(self.m.objective.value)

    def variable(self, name: str, upper, lower=0.0, cost=None, **dims: int) -> linopy.Variable:
        """A block over nodes and things; cost is million US$ per unit, (node, thing)."""
        shape = (self.n, *dims.values())
        dim = ("node", *dims)
        coords = [pd.RangeIndex(size, name=d) for size, d in zip(shape, dim, strict=True)]

        def spread(values) -> xr.DataArray:
            return xr.DataArray(np.broadcast_to(np.asarray(values, float), shape), coords=coords)

        block = self.m.add_variables(
            lower=spread(lower), upper=spread(upper), coords=coords, name=name
        )
        if cost is not None:
            self.cost.append((block * spread(cost)).sum())
        return block

    def each(self, per_tonne) -> np.ndarray:
        """(node, thing): what a rate costs, from US$/kg."""
        return self.spent[:, None] * np.asarray(per_tonne, float)

    def moved(self, per_tonne, lag: np.ndarray) -> np.ndarray:
        """(node, thing): what a rate of a flow costs; one that takes over a month can wait."""
        sign = np.where(lag > MONTH, -1.0, 1.0)
        weight = (self.years * KILO)[:, None] * (1 + np.outer(self.trifle, sign))
        return weight * np.asarray(per_tonne, float)

    def flows(self) -> None:
        net, now = self.net, self.now
        inside = net.units["lag"].to_numpy()[net.activities["unit"]]
        transit = net.links["transit"].to_numpy()
        self.activity = self.variable(
            "activity", INF, cost=self.moved(net.activities["cost"], inside),
            activity=len(net.activities),
        )  # fmt: skip
        self.ship = self.variable(
            "ship", now["shipment"], cost=self.moved(now["shipping"], transit),
            link=len(net.links),
        )  # fmt: skip
        around, dearer = np.zeros((2, len(net.links)))
        around[net.detours], dearer[net.detours] = now["detour"], now["detouring"]
        self.detour = self.variable(
            "detour", around, cost=self.moved(dearer, transit), link=len(net.links)
        )
        material = net.case.table("materials").set_index("id").loc[net.pools["material"]]
        price, disposal = material["base_price"], material["disposal_cost"]
        self.disposed = self.variable(
            "disposed", np.where(disposal.isna(), 0, INF),
            cost=self.each(disposal.fillna(0)), pool=len(net.pools),
        )  # fmt: skip
        self.unexplained = self.variable(
            "unexplained", np.where(price.isna(), 0, self.world.reference.unexplained),
            cost=self.each(3 * price.fillna(0)), pool=len(net.pools),
        )  # fmt: skip
        if len(net.relabel):
            self.relabel = self.variable("relabel", INF, pair=len(net.relabel))

    def users(self) -> None:
        net, now, settings = self.net, self.now, self.settings
        here = (net.demands["place"] == settings.focus).to_numpy()
        value = net.step_value.copy()
        preferred = np.zeros(value.shape)
        if settings.rationing == "priority" and now["struck"]:
            rank = net.demands["priority"].map(RANK).to_numpy(float)
            dearest = value >= 0.99 * net.demands["value_lost"].to_numpy(float)[:, None]
            preferred = (rank * here * net.step_value.max())[:, None] * dearest
        patience = (1 + settings.discount_rate) ** (self.middle[0] - self.middle)
        wanted = now["quantity"][:, None] * net.step_width
        demands, steps = wanted.shape
        self.served = self.variable(
            "served", wanted, cost=-(self.years * KILO)[:, None, None]
            * (patience[:, None, None] * value + preferred),
            demand=demands, step=steps,
        )  # fmt: skip
        self.bought = self.variable("bought", INF, demand=demands)
        savings = net.savings
        self.saved = None
        if len(savings):
            quantity = now["quantity"][savings["demand"]]
            self.saved = self.variable(
                "saved", savings["share"].to_numpy() * quantity, cost=self.each(savings["cost"]),
                saving=len(savings),
            )  # fmt: skip
            speed = savings["speed"].to_numpy() * quantity
            for node in range(self.n):
                grown = self.saved.isel(node=node, drop=True)
                if node:
                    grown = grown - self.saved.isel(node=node - 1, drop=True)
                    most = (self.middle[node] - self.middle[node - 1]) * speed
                else:
                    most = MONTH * speed + self.state.saved
                self.m.add_constraints(grown <= array(most, "saving"))

    def stores(self) -> None:
        world, now, net, settings = self.world, self.now, self.net, self.settings
        table = world.stores
        count = len(table)
        yard = (table["kind"] == "yard").to_numpy()
        state = (table["kind"] == "state").to_numpy()
        alarm = now["alarm"] & ~yard
        aim = np.where(alarm, table["alarm"], table["calm"])
        room = np.maximum(now["store"], self.state.level)
        worth = self.state.worth[table["pool"].to_numpy()]
        base = net.case.table("materials").set_index("id")["base_price"].loc[table["material"]]
        worth = np.where(state, np.fmin(worth, base.to_numpy(float)), worth)
        user = table["demand"].to_numpy()
        lost = net.demands["value_lost"].to_numpy(float)[np.maximum(user, 0)]
        needed = np.where(user >= 0, assumed.NEEDED * lost, INF)
        markup = np.where(alarm & ~state, settings.hoard, assumed.KEEP)
        at_end = np.minimum((1 + markup) * worth, np.where(alarm, needed, INF))
        lying = self.spent / 2 + np.append(self.spent[1:], 0.0) / 2  # mean of both ends of a node
        last = np.arange(self.n) == self.n - 1
        saves = -np.outer(lying, assumed.COVER_YIELD * np.minimum(worth, needed))
        saves -= np.outer(last, at_end * KILO)
        self.cover = self.variable(
            "cover", np.where(yard, 0, aim), cost=np.where(yard, 0, saves), store=count
        )
        costs = np.outer(lying, table["holding_cost"] + settings.discount_rate * worth)
        costs -= np.outer(last, np.where(yard, 0, assumed.SALVAGE * worth * KILO))
        self.beyond = self.variable(
            "beyond", np.where(yard, INF, np.maximum(room - aim, 0)), cost=costs, store=count
        )
        self.drawn = []
        held = [
            1.0 * self.cover.isel(node=k, drop=True) + self.beyond.isel(node=k, drop=True)
            for k in range(self.n)
        ]
        ruled = np.flatnonzero(~table["release_always"].to_numpy(bool) & ~now["released"])
        for node in range(self.n):
            before = array(self.state.level, "store") if node == 0 else held[node - 1]
            self.drawn.append(before - held[node])
            if len(ruled):
                self.m.add_constraints(self.drawn[node].isel(store=ruled) <= 0)
        self.yard = yard

    def moving(self) -> list[tuple]:
        """Flow, years that it takes, what it takes out of and puts into pools, and the past."""
        net = self.net
        recipes = net.recipes.toarray()
        inside = net.units["lag"].to_numpy()[net.activities["unit"]]
        pools = len(net.pools)
        out = belongs(net.links["from_pool"], pools, "pool", "link")
        into = belongs(net.links["to_pool"], pools, "pool", "link")
        transit = net.links["transit"].to_numpy()
        past = list(self.state.past)
        around = np.zeros((len(past[1]), len(net.links)))
        if len(net.detours):
            around[:, net.detours] = past[2]
        made = array(np.maximum(recipes, 0), "pool", "activity")
        fed = array(np.maximum(-recipes, 0), "pool", "activity")
        return [
            (self.activity, "activity", inside, fed, made, past[0]),
            (self.ship, "link", transit, out, into, past[1]),
            (self.detour, "link", transit, out, into, around),
        ]

    @staticmethod
    def overlap(first, last, start: float, end: float) -> np.ndarray:
        return np.maximum(np.minimum(last, end) - np.maximum(first, start), 0.0)

    def balance(self) -> None:
        net, table = self.net, self.world.stores
        pools, demands = len(net.pools), len(net.demands)
        user = table["demand"].to_numpy()
        lies = belongs(np.where(user >= 0, -1, table["pool"]), pools, "pool", "store")
        owns = belongs(user, demands, "demand", "store")
        draws = belongs(net.demands["pool"], pools, "pool", "demand")
        if len(net.relabel):
            to = belongs(net.relabel[:, 1], pools, "pool", "pair")
            away = belongs(net.relabel[:, 0], pools, "pool", "pair")
        for node in range(self.n):
            years, at = float(self.years[node]), {"node": node}
            total = (self.drawn[node] * lies).sum("store")
            total = total - (self.bought.isel(at, drop=True) * draws).sum("demand") * years
            total = (
                total
                + (self.unexplained.isel(at, drop=True) - self.disposed.isel(at, drop=True)) * years
            )
            if len(net.relabel):
                total = total + (self.relabel.isel(at, drop=True) * (to - away)).sum("pair") * years
            for flow, thing, lag, taken, landed, past in self.moving():
                total = total - (flow.isel(at, drop=True) * taken).sum(thing) * years
                for left in range(node + 1):
                    arrives = self.overlap(
                        self.start[left] + lag, self.end[left] + lag,
                        self.start[node], self.end[node],
                    )  # fmt: skip
                    came = flow.isel(node=left, drop=True) * (landed * array(arrives, thing))
                    total = total + came.sum(thing)
                total = total + (landed * array(self.come(past, lag, node), thing)).sum(thing)
            self.m.add_constraints(total == 0)
            got = (
                self.bought.isel(at, drop=True) * years
                - self.served.isel(at, drop=True).sum("step") * years
            )
            got = got + (self.drawn[node] * owns).sum("store")
            if self.saved is not None:
                of = belongs(net.savings["demand"], demands, "demand", "saving")
                got = got + (self.saved.isel(at, drop=True) * of).sum("saving") * years
            self.m.add_constraints(got == 0)

    def come(self, past: np.ndarray, lag: np.ndarray, node: int | None) -> np.ndarray:
        """(thing): t that left before the window and come in a node, or after it (None)."""
        start, end = (self.end[-1], INF) if node is None else (self.start[node], self.end[node])
        back = np.arange(len(past))[:, None]
        left, ended = -(back + 1) * MONTH + lag, -back * MONTH + lag
        return (self.overlap(left, ended, start, end) * past).sum(axis=0)

    def limits(self) -> None:
        net, now = self.net, self.now
        runs = belongs(net.activities["unit"], len(net.units), "unit", "activity")
        used = (self.activity * runs).sum("activity")
        self.m.add_constraints(used <= array(np.tile(now["capacity"], (self.n, 1)), "node", "unit"))
        links = net.links
        for number, contract in enumerate(net.case.table("contracts").itertuples()):
            serves = np.flatnonzero(
                (links["origin"] == contract.seller)
                & (links["destination"] == contract.buyer)
                & (links["material"] == contract.material)
            )
            if len(serves):
                short = self.variable(
                    f"short-{number}", INF, cost=self.each([contract.penalty]), one=1
                )
                delivered = self.ship.isel(link=serves).sum("link") + short.sum("one")
                self.m.add_constraints(delivered >= float(now["contract"][number]))
        held = [n for n, target in enumerate(net.targets) if target.is_quota]
        for number, most in zip(held, now["quota"], strict=False):
            if np.isfinite(most):
                hit = np.flatnonzero(net.targets[number].hit)
                self.m.add_constraints(self.ship.isel(link=hit).sum("link") <= float(most))

    def by_route(self, flow: np.ndarray) -> np.ndarray:
        return np.bincount(self.net.links["route"], weights=flow, minlength=len(self.net.routes))

    def growth(self) -> None:
        """Limited routes: from what they were, as fast as buyers qualify, and what was held up."""
        routes, base = self.net.routes, self.world.reference.flow
        settled = self.by_route(self.state.calm[1])
        self.limited = []
        for route in routes.itertuples():
            if np.isinf(route.change_limit) or np.isnan(base[route.Index]):
                continue
            self.limited.append(route.Index)
            mine = np.flatnonzero(self.net.links["route"] == route.Index)
            if not len(mine):
                continue
            for node in range(self.n):
                moment = self.moment + self.middle[node]
                if self.now["struck"]:
                    since = max(moment - self.onset - route.qualification, 0.0)
                    most = max(settled[route.Index], base[route.Index])
                    most += route.change_limit * since
                    if node == 0:
                        most += self.state.backlog[route.Index] / MONTH
                else:
                    since = max(moment - self.settings.base_year - 0.5, 0.0)
                    most = base[route.Index] + route.change_limit * since
                    most = max(most, settled[route.Index])
                carried = self.ship.isel(node=node, link=mine, drop=True).sum("link")
                self.m.add_constraints(carried <= float(most))

    def slow(self) -> None:
        """What takes over a month is planned to carry no more than it does or did in the calm."""
        calm = [*self.state.calm]
        around = np.zeros((2, len(self.net.links)))
        if len(self.net.detours):
            around[0, self.net.detours] = calm[2]
        for number, (flow, thing, lag, *_, past) in enumerate(self.moving()):
            usual = around[0] if number == 2 else calm[number]
            most = np.maximum(usual, past[0])
            bound = lag > MONTH
            if number == 1:
                bound = bound & ~self.net.links["route"].isin(self.limited).to_numpy()
            slow = np.flatnonzero(bound)
            if number == 2:
                slow = np.intersect1d(slow, self.net.detours)
            if not len(slow):
                continue
            later = flow.isel(node=slice(1, None)).isel({thing: slow})
            self.m.add_constraints(later <= array(most[slow], thing).assign_coords({thing: slow}))

    def end_of_window(self) -> None:
        """What is then at sea, in work or in yards is worth its price up to what is usual."""
        net, worth = self.net, self.state.worth
        pools = len(net.pools)

        def at_last(share: float) -> np.ndarray:
            return np.outer(np.arange(self.n) == self.n - 1, -share * worth * KILO)

        usual = self.variable(
            "usual", self.world.pipeline, cost=at_last(1 + assumed.KEEP), pool=pools
        ).isel(node=-1, drop=True)
        spare = self.variable(
            "spare", self.world.spare, cost=at_last(assumed.SALVAGE), pool=pools
        ).isel(node=-1, drop=True)
        lies = belongs(np.where(self.yard, self.world.stores["pool"], -1), pools, "pool", "store")
        there = (self.beyond.isel(node=-1, drop=True) * lies).sum("store") - usual - spare
        for flow, thing, lag, _, landed, past in self.moving():
            there = there + (landed * array(self.come(past, lag, None), thing)).sum(thing)
            for node in range(self.n):
                out = self.overlap(self.start[node] + lag, self.end[node] + lag, self.end[-1], INF)
                there = there + (
                    flow.isel(node=node, drop=True) * (landed * array(out, thing))
                ).sum(thing)
        self.m.add_constraints(there >= 0)

    def rationing(self) -> None:
        """By contract all users of a material at the focus place buy the same share."""
        net = self.net
        if self.settings.rationing != "contract":
            return
        quantity = self.net.quantity[0]
        here = (net.demands["place"] == self.settings.focus).to_numpy() & (quantity > 0)
        for material in sorted(set(net.demands["material"][here])):
            share = self.variable(f"share-{material}", INF, one=1).sum("one")
            for demand in np.flatnonzero(here & (net.demands["material"] == material)):
                bought = self.bought.isel(demand=demand, drop=True)
                self.m.add_constraints(bought - share * float(quantity[demand]) == 0)
