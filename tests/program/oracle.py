"""The same programme stated a second time, with linopy: block by block as in the formulation.

It reads the arrays of a Network and a Reference, and nothing of `kidorui.program`: what is
derived there (what stands when, what arrives when, since when a route may have grown) is
derived here anew, by plain loops over nodes; so is what events do to plants, to projects and to
end users (`oracle_events`).
"""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import xarray as xr

from kidorui.network import Network
from tests.program.oracle_events import Struck, share_in_use, spread

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import linopy

DAYS = 365.25
KILO = 1e-3  # million US$ in a tonne at 1 US$/kg
INF = np.inf


def array(values, *dims: str) -> xr.DataArray:
    values = np.asarray(values, dtype=float)
    coords = {d: np.arange(n) for d, n in zip(dims, values.shape, strict=True)}
    return xr.DataArray(values, dims=dims, coords=coords)


def belongs(things: pd.Series, count: int, group: str, thing: str) -> xr.DataArray:
    """Ones where a thing belongs to a group."""
    return array(np.arange(count)[:, None] == np.asarray(things)[None, :], group, thing)


class Oracle:
    """The programme of a network; `solve()` gives its optimum, million US$."""

    def __init__(
        self,
        network: Network,
        reference,
        *,
        invest: bool = True,
        budget: float | None = None,
        risk: float = 0.0,
    ) -> None:
        self.net, self.ref, self.case = network, reference, network.case
        self.tree = network.tree
        self.n = self.tree.size
        self.struck = Struck(network)
        self.m = linopy.Model()
        self.cost: dict[str, linopy.LinearExpression] = {}  # by block, over nodes, per scenario
        self.per_year = array(self.tree.duration * self.tree.discount, "node")
        self.materials = self.case.table("materials").set_index("id")
        self.size = None
        if invest:
            self.investment(budget)
        self.flows()
        self.stocks()
        self.balance()
        self.capacity()
        self.inertia()
        self.substitution()
        self.contracts()
        self.quotas()
        self.end_users()
        self.policies()
        self.objective(risk)

    def solve(self) -> float:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            status, condition = self.m.solve(
                "highs", io_api="direct", output_flag=False, log_to_console=False, threads=1
            )
        assert (status, condition) == ("ok", "optimal")
        return float(self.m.objective.value)

    def variable(self, name: str, lower, upper, **dims: int) -> linopy.Variable:
        shape = tuple(dims.values())
        coords = [pd.RangeIndex(size, name=dim) for dim, size in dims.items()]
        low = xr.DataArray(np.broadcast_to(lower, shape), coords=coords)
        high = xr.DataArray(np.broadcast_to(upper, shape), coords=coords)
        return self.m.add_variables(lower=low, upper=high, coords=coords, name=name)

    def paths(self, nodes: list[int], dim: str) -> xr.DataArray:
        """(dim, earlier): ones for the nodes on the way to each of `nodes`."""
        marks = np.zeros((len(nodes), self.n))
        for row, node in enumerate(nodes):
            marks[row, self.struck.ancestors(node)] = 1
        return array(marks, dim, "earlier")

    @property
    def leaves(self) -> list[int]:
        return sorted(set(range(self.n)) - set(self.tree.parent.tolist()))

    def at_parent(self, variable: linopy.Variable) -> linopy.LinearExpression:
        """The variable of the node before; nothing before the first."""
        parents = array(np.arange(self.n)[None, :] == self.tree.parent[:, None], "node", "earlier")
        return (variable.rename(node="earlier") * parents).sum("earlier")

    def flows(self) -> None:
        net, per_year = self.net, self.per_year * KILO
        activities, links = len(net.activities), len(net.links)
        pools, savings = len(net.pools), len(net.savings)
        self.activity = self.variable("activity", 0, INF, node=self.n, activity=activities)
        self.cost["activity"] = (
            self.activity * (array(net.activities["cost"], "activity") * per_year)
        ).sum("activity")

        upper = np.full((self.n, links), INF)
        for (node, link), let_through in np.ndenumerate(net.hits.allowance):
            route = net.links["route"][link]
            upper[node, link] = net.links["capacity"][link]
            base = self.ref.flow[route]
            if np.isfinite(let_through) and (let_through == 0 or not np.isnan(base)):
                most = 0.0 if let_through == 0 else let_through * base
                upper[node, link] = min(upper[node, link], most)
        self.ship = self.variable("ship", 0, upper, node=self.n, link=links)
        leak, premium = self.struck.leaks()
        around = leak * np.nan_to_num(self.ref.flow[net.links["route"]])
        self.detour = self.variable("detour", 0, around, node=self.n, link=links)
        self.gone = self.ship + self.detour
        price = array(net.links["cost"], "link") + array(net.hits.duty, "node", "link")
        sails = np.ones((self.n, len(net.links)))
        for leaf in self.leaves:
            sails[leaf] = self.arriving(leaf)[leaf]
        self.sails = array(sails, "node", "link")
        price = price * self.sails
        self.cost["ship"] = (self.ship * (price * per_year)).sum("link")
        dearer = (price + array(premium, "node", "link") * self.sails) * per_year
        self.cost["detour"] = (self.detour * dearer).sum("link")

        demands, steps = net.step_width.shape
        wanted = net.quantity[:, :, None] * net.step_width[None]
        self.served = self.variable("served", 0, wanted, node=self.n, demand=demands, step=steps)
        value = array(net.step_value, "demand", "step")
        self.cost["served"] = (self.served * (-value * per_year)).sum(["demand", "step"])

        if savings:
            most = net.quantity[:, net.savings["demand"]] * net.savings["share"].to_numpy()
            self.saved = self.variable("saved", 0, most, node=self.n, saving=savings)
            self.cost["saved"] = (
                self.saved * (array(net.savings["cost"], "saving") * per_year)
            ).sum("saving")
        material = net.pools["material"]
        disposal = self.materials["disposal_cost"].loc[material].to_numpy()
        can = np.where(np.isnan(disposal), 0.0, INF)[None, :]
        self.disposed = self.variable("disposed", 0, can, node=self.n, pool=pools)
        self.cost["disposed"] = (
            self.disposed * (array(np.nan_to_num(disposal), "pool") * per_year)
        ).sum("pool")
        price = self.materials["base_price"].loc[material].to_numpy()
        most = np.where(np.isnan(price), 0.0, self.ref.unexplained)[None, :]
        self.unexplained = self.variable("unexplained", 0, most, node=self.n, pool=pools)
        self.cost["unexplained"] = (
            self.unexplained * (array(3 * np.nan_to_num(price), "pool") * per_year)
        ).sum("pool")
        self.pairs = net.relabel[net.passes_for < 0]
        if len(self.pairs):
            self.relabel = self.variable("relabel", 0, INF, node=self.n, pair=len(self.pairs))
        self.reserved = {}
        for demand in sorted({demand for _, demand in self.struck.entitled()}):
            if self.struck.free_copy(demand) is not None:
                self.reserved[demand] = self.variable(f"for-{demand}", 0, INF, node=self.n)

    def stocks(self) -> None:
        net, tree, count = self.net, self.tree, len(self.net.stocks)
        if not count:
            return
        self.level = self.variable("level", 0, INF, node=self.n, stock=count)
        always = net.stocks["release_always"].to_numpy(bool)
        free = np.array([bool(e) for e in tree.events])[:, None] | always
        free[np.ix_(self.leaves, net.stocks["project"] >= 0)] = True
        upper = np.where(free, INF, 0.0)
        lower = -INF
        if self.size is None:  # the base year: stocks stand still
            lower, upper = 0.0, np.zeros(1)
        self.withdrawal = self.variable("withdrawal", lower, upper, node=self.n, stock=count)
        cost = self.level * (array(net.stocks["holding_cost"], "stock") * self.per_year * KILO)
        worth = self.materials["base_price"].fillna(0.0).loc[net.stocks["material"]].to_numpy()
        if self.ref.price is not None:
            cleared = np.maximum(self.ref.price[net.stocks["pool"]], 0.0)
            worth = np.where(np.isnan(cleared), worth, np.minimum(worth, cleared))
        worth = np.where(net.stocks["project"] >= 0, 0.0, worth)
        left = np.zeros((self.n, count))
        for node in self.leaves:
            years = tree.start[node] + tree.duration[node] - tree.start[0]
            left[node] = 0.5 * worth * KILO / (1 + tree.discount_rate) ** years
        cost = cost - self.level * array(left, "node", "stock")
        self.cost["level"] = cost.sum("stock")
        begun = np.where(tree.parent[:, None] < 0, net.stocks["initial"].to_numpy()[None, :], 0.0)
        drawn = self.withdrawal * array(tree.duration, "node")
        kept = self.level + drawn - self.at_parent(self.level)
        self.m.add_constraints(kept == array(begun, "node", "stock"))
        held = self.level.to_linexpr()
        if self.size is not None:
            held = held - self.built(net.stocks["project"], "stock", at_end=True)
        self.m.add_constraints(held <= array(net.store, "node", "stock"))

    def balance(self) -> None:
        net, pools = self.net, len(self.net.pools)
        into = belongs(net.links["to_pool"], pools, "pool", "link")
        out = belongs(net.links["from_pool"], pools, "pool", "link")
        arrives = self.variable("arrives", 0, INF, node=self.n, link=len(net.links))
        shares = np.zeros((self.n, self.n, len(net.links)))
        for node in range(self.n):
            for earlier, part in self.arriving(node).items():
                shares[node, earlier] = part
        shipped = self.gone.rename(node="earlier") * array(shares, "node", "earlier", "link")
        self.m.add_constraints(arrives - shipped.sum("earlier") == 0)
        recipes = array(net.recipes.toarray(), "pool", "activity")
        total = (self.activity * recipes).sum("activity")
        total = total + (arrives * into).sum("link") - (self.gone * self.sails * out).sum("link")
        uses = belongs(net.demands["pool"], pools, "pool", "demand")
        total = total - (self.served.sum("step") * uses).sum("demand")
        total = total + self.unexplained - self.disposed
        if len(net.savings):
            pool = net.demands["pool"].to_numpy()[net.savings["demand"]]
            total = total + (self.saved * belongs(pool, pools, "pool", "saving")).sum("saving")
        if len(net.stocks):
            holds = belongs(net.stocks["pool"], pools, "pool", "stock")
            total = total + (self.withdrawal * holds).sum("stock")
        if len(self.pairs):
            to = belongs(self.pairs[:, 1], pools, "pool", "pair")
            away = belongs(self.pairs[:, 0], pools, "pool", "pair")
            total = total + (self.relabel * (to - away)).sum("pair")
        for demand, passed in self.reserved.items():
            moved = np.zeros(pools)
            moved[self.struck.free_copy(demand)], moved[net.demands["pool"][demand]] = -1, 1
            total = total + passed * array(moved, "pool")
        self.m.add_constraints(total == 0, name="balance")

    def arriving(self, node: int) -> dict[int, np.ndarray]:
        """Of what arrives in a node, how much left in each node: by link, per t/yr shipped."""
        tree = self.tree
        transit = self.net.links["transit"].to_numpy()
        first, last = tree.start[node] - transit, tree.start[node] + tree.duration[node] - transit
        shares = {}
        for earlier in self.struck.ancestors(node):
            start, end = tree.start[earlier], tree.start[earlier] + tree.duration[earlier]
            if tree.parent[earlier] < 0:
                start = -1e9  # the first node's rate holds for all time before
            overlap = np.clip(np.minimum(last, end) - np.maximum(first, start), 0, None)
            shares[earlier] = overlap / tree.duration[node]
        return shares

    def capacity(self) -> None:
        units = self.net.units
        runs = belongs(self.net.activities["unit"], len(units), "unit", "activity")
        multiple, limit = np.ones((2, self.n, len(units)))
        for u, unit in enumerate(units.itertuples()):
            for node in range(self.n):
                multiple[node, u], quota = self.struck.struck_unit(node, u, unit)
                limit[node, u] = min(self.struck.standing(node, unit) * multiple[node, u], quota)
        used = (self.activity * runs).sum("activity")
        if self.size is not None:
            used = used - self.built(units["project"], "unit") * array(multiple, "node", "unit")
        self.m.add_constraints(used <= array(limit, "node", "unit"), name="capacity")

    def end_users(self) -> None:
        saving = self.net.savings["demand"].to_numpy()
        for (node, demand), rest in self.struck.entitled().items():
            drawn = self.served.isel(node=node, demand=demand).sum("step")
            for v in np.flatnonzero(saving == demand):
                drawn = drawn - self.saved.isel(node=node, saving=v)
            if demand in self.reserved:
                drawn = drawn - self.reserved[demand].isel(node=node)
            self.m.add_constraints(drawn <= rest * self.net.quantity[node, demand])

    def inertia(self) -> None:
        net, tree = self.net, self.tree
        total = self.variable("total", 0, INF, node=self.n, route=len(net.routes))
        of_route = belongs(net.links["route"], len(net.routes), "route", "link")
        self.m.add_constraints(total - (self.ship * of_route).sum("link") == 0)
        limit = net.routes["change_limit"].to_numpy()
        limited = np.flatnonzero(np.isfinite(limit) & ~np.isnan(self.ref.flow))
        then = np.zeros((self.n, self.n, len(limited)))
        most = np.zeros((self.n, len(limited)))
        for column, route in enumerate(limited):
            links = np.flatnonzero(net.links["route"] == route)
            free = net.hits.allowance[:, links].min(axis=1, initial=INF)
            for event in self.quotas_on():
                if set(self.struck.struck_links(event)) & set(links):
                    on = np.array([self.struck.is_on(event, node) for node in range(self.n)])
                    free = np.minimum(free, np.where(on, 1 - event.severity, INF))
            for node in range(self.n):
                before = [a for a in self.struck.ancestors(node)[1:] if free[a] >= free[node]]
                since = tree.middle[before[0]] if before else self.case.settings.base_year + 0.5
                most[node, column] = limit[route] * max(tree.middle[node] - since, 0.0)
                if before:
                    then[node, before[0], column] = 1
                else:
                    most[node, column] += self.ref.flow[route]
        if not len(limited):
            return
        bound = total.isel(route=limited).assign_coords(route=np.arange(len(limited)))
        grown = bound.rename(node="earlier") * array(then, "node", "earlier", "route")
        self.m.add_constraints(bound - grown.sum("earlier") <= array(most, "node", "route"))

    def substitution(self) -> None:
        savings, tree = self.net.savings, self.tree
        if not len(savings):
            return
        base = self.case.settings.base_year + 0.5
        before = [tree.middle[parent] if parent >= 0 else base for parent in tree.parent]
        years = np.maximum(tree.middle - before, 0)[:, None]
        step = years * savings["speed"].to_numpy() * self.net.quantity[:, savings["demand"]]
        growth = self.saved - self.at_parent(self.saved)
        self.m.add_constraints(growth <= array(step, "node", "saving"))

    def contracts(self) -> None:
        links, tree = self.net.links, self.tree
        terms = []
        for number, contract in enumerate(self.case.table("contracts").itertuples()):
            serves = np.flatnonzero(
                (links["origin"] == contract.seller)
                & (links["destination"] == contract.buyer)
                & (links["material"] == contract.material)
            )
            if not len(serves):
                continue
            short = self.variable(f"short-{number}", 0, INF, node=self.n)
            on = (tree.middle >= contract.start) & (tree.middle < contract.end + 1)
            delivered = self.ship.sel(link=serves).sum("link") + short
            self.m.add_constraints(delivered >= array(on * contract.quantity, "node"))
            terms.append(short * (contract.penalty * self.per_year * KILO))
        if terms:
            self.cost["undelivered"] = sum(terms[1:], terms[0])

    def quotas_on(self) -> list:
        return [event for event in self.struck.cuts() if event.kind == "quota"]

    def quotas(self) -> None:
        """All that a quota strikes together stays below its share of their base flows."""
        links = self.net.links
        for event in self.quotas_on():
            known = [
                link
                for link in self.struck.struck_links(event)
                if not np.isnan(self.ref.flow[links["route"][link]])
            ]
            routes = {links["route"][link] for link in known}
            base = sum(self.ref.flow[route] for route in routes)
            for node in range(self.n):
                if self.struck.is_on(event, node):
                    flow = self.ship.sel(node=node, link=known).sum("link")
                    self.m.add_constraints(flow <= max(1 - event.severity, 0) * base)

    def policies(self) -> None:
        net, tree = self.net, self.tree
        table = self.case.table("policies")
        for policy in table[table["enforced"]].itertuples():
            quiet = np.array([not e for e in tree.events])
            nodes = np.flatnonzero((tree.middle >= policy.start) & quiet)
            if not len(nodes):
                continue
            if policy.kind == "share":
                self.share(policy, nodes)
                continue
            here = net.stocks[net.stocks["place"] == policy.place]
            mine = here[self.goods(here["material"], policy.goods)].index.to_numpy()
            pools = net.pools[net.pools["place"] == policy.place]
            used = pools[self.goods(pools["material"], policy.goods)]
            used = used.drop_duplicates("material").index.to_numpy()
            floor = policy.bound / DAYS * self.ref.throughput[used].sum()
            self.m.add_constraints(self.level.isel(node=nodes, stock=mine).sum("stock") >= floor)

    def share(self, policy, nodes: np.ndarray) -> None:
        net = self.net
        bought = net.links[net.links["destination"] == policy.place]
        bought = bought[self.goods(bought["material"], policy.goods)]
        elements = self.case.table("elements")
        counted = (elements["group"] == policy.group) | (policy.group == "both")
        content = net.content_of(bought["material"])[:, counted].sum(axis=1)
        origin = bought["origin"] == policy.origin
        theirs = bought["control"].to_numpy() if policy.basis == "look-through" else origin
        links = bought.index.to_numpy()
        weight = xr.DataArray(content * (np.asarray(theirs) - policy.bound), [("link", links)])
        self.m.add_constraints((self.ship.isel(node=nodes, link=links) * weight).sum("link") <= 0)

    def goods(self, materials: pd.Series, goods: str) -> np.ndarray:
        stage = self.materials["stage"].loc[materials].to_numpy()
        return (materials.to_numpy() == goods) | (stage == goods)

    def investment(self, budget: float | None) -> None:
        tree = self.tree
        projects = self.case.table("projects").reset_index(drop=True)
        self.candidates = projects[~projects["committed"]]
        count = len(self.candidates)
        end = tree.start + tree.duration
        upper, yearly = np.zeros((self.n, count)), np.zeros(count)
        self.used = np.zeros((2, self.n, self.n, count))  # over a node, and at its end
        paid = np.zeros((self.n, self.n, count))
        for j, (_, p) in enumerate(self.candidates.iterrows()):
            lead = p.permit_time + p.build_time + p.qualification_time + p.slip
            rate, life = tree.discount_rate, p.lifetime
            annuity = rate / (1 - (1 + rate) ** -life) if rate else 1 / life
            wait = (1 + rate) ** (p.build_time / 2 + p.qualification_time + p.slip)
            yearly[j] = p.capex * annuity * wait + p.fixed_cost
            for decided in range(self.n):
                moment = max(tree.start[decided], p.decision)
                window = end[decided] > p.decision and tree.duration[decided] > 0.999
                late = self.struck.delayed(decided, p, moment, moment + lead)
                if window and moment + lead + late < end.max():
                    upper[decided, j] = p.size_max
                for node in range(self.n):
                    if decided in self.struck.ancestors(node):
                        opening = moment + lead
                        opening += self.struck.delayed(node, p, moment, moment + lead)
                        span = tree.start[node], end[node]
                        late = end[node] - 1e-7, end[node]
                        ramp = list(p.ramp) or [1.0]
                        self.used[0, node, decided, j] = p.odds * share_in_use(
                            opening, life, ramp, *span
                        )
                        self.used[1, node, decided, j] = p.odds * share_in_use(
                            opening, life, ramp, *late
                        )
                        paid[node, decided, j] = self.used[0, node, decided, j] * spread(p, rate)
        self.size = self.variable("size", 0, upper, decided=self.n, project=count)
        cost = array(paid * yearly * 1e-6, "node", "decided", "project") * self.per_year
        self.cost["size"] = (self.size * cost).sum(["decided", "project"])
        built = self.size.rename(decided="earlier") * self.paths(self.leaves, "leaf")
        largest = array(self.candidates["size_max"], "project")
        self.m.add_constraints(built.sum("earlier") <= largest)
        self.funds(budget)

    def funds(self, budget: float | None) -> None:
        end = self.tree.start + self.tree.duration
        funds = self.case.table("funds")
        funds = funds[funds["eligible"] & (funds["year"] < end.max())]
        scale = 1.0 if budget is None else budget / funds["amount"].sum()
        by_fund = dict(iter(funds.groupby("id")))
        spent: dict[str, list[linopy.Variable]] = {name: [] for name in by_fund}
        for j, p in enumerate(self.candidates.itertuples()):
            asked = p.capex * p.public_share * p.odds * 1e-6
            paid = []
            for name, rows in by_fund.items():
                rule = rows.iloc[0]
                allowed = (
                    name in p.funds
                    and (not rule["places"] or p.place in rule["places"])
                    and (not rule["stages"] or p.stage in rule["stages"])
                    and (not rule["prongs"] or p.prong in rule["prongs"])
                )
                if allowed:
                    spend = self.variable(f"spend-{p.id}-{name}", 0, INF, decided=self.n)
                    paid.append(spend)
                    spent[name].append(spend)
            due = self.size.isel(project=j, drop=True) * (-asked)
            self.m.add_constraints(sum(paid, due) == 0)
        for name, rows in by_fund.items():
            if spent[name]:
                had = [rows.loc[rows["year"] < e, "amount"].sum() * scale for e in end]
                so_far = self.paths(list(range(self.n)), "node")
                total = sum(spent[name][1:], spent[name][0] * 1.0).rename(decided="earlier")
                self.m.add_constraints((total * so_far).sum("earlier") <= array(had, "node"))

    def built(self, project: pd.Series, thing: str, *, at_end: bool = False):
        """What sizes add to the capacity of each thing in each node."""
        mine = np.asarray(project)[:, None] == self.candidates.index.to_numpy()[None, :]
        share = array(self.used[int(at_end)], "node", "decided", "project")
        gives = array(mine, thing, "project") * share
        return (self.size * gives).sum(["decided", "project"])

    def objective(self, risk: float) -> None:
        chance = array(self.tree.probability, "node")
        node_cost = sum(list(self.cost.values())[1:], next(iter(self.cost.values())) * 1.0)
        expected = (node_cost * chance).sum()
        if not risk:
            self.m.add_objective(expected)
            return
        tail = 1 - self.case.settings.alpha
        at_risk = self.variable("value at risk", -INF, INF, one=1)
        excess = self.variable("excess", 0, INF, leaf=len(self.leaves))
        on_path = node_cost.rename(node="earlier") * self.paths(self.leaves, "leaf")
        self.m.add_constraints(excess + at_risk.sum("one") - on_path.sum("earlier") >= 0)
        weight = array(self.tree.probability[self.leaves] / tail, "leaf")
        worst = at_risk.sum() + (excess * weight).sum()
        self.m.add_objective(expected * (1 - risk) + worst * risk)
