"""Setting the window's programme to a month and a state, and moving the state on."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from kidorui.network.months import MONTH
from kidorui.network.stores import STATE
from kidorui.program import Model, Solution
from kidorui.program.blocks import PER_TONNE
from kidorui.studies.stress.conditions import Conditions
from kidorui.studies.stress.state import State, levels
from kidorui.studies.stress.world import World

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]

KEEP = 0.02
"""What is held in the calm is worth this much more than its price, so that it is kept."""

SALVAGE = 0.5
"""Worth of what is held beyond that, as a share of its price (a forced sale)."""

COVER_YIELD = 0.03
"""What cover saves its owner a year, its cost paid, as a share of its price.

Less, and it would be sold today and bought back next month; more, and it would be kept in need.
"""

DRIFT = 0.005
"""Most by which, in a calm month, the worth of what is held moves towards its price.

A price on a kink may be any of an interval: a worth that leapt with it would make itself true.
"""

SWELLS = 1.1
"""Most by which a flow swells in a calm month."""

NEEDED = 0.5
"""Most that cover is worth to its user under threat, as a share of what is lost without it."""


class Turn:
    """Sets a window's programme to a month and a state, and moves the state on."""

    def __init__(self, world: World, model: Model) -> None:
        self.world, self.model = world, model
        window = world.window
        tree = window.network.tree
        self._nodes = window.nodes
        self._offset = tree.start - tree.start[0]
        self._duration = tree.duration
        self._weight = tree.weight[:, None] * window.later * PER_TONNE
        self._sailing = tree.weight[:, None] * window.trifles("shipment") * PER_TONNE
        # a level at the end of a node stands for half of it and half of the next
        self._lying = (self._weight + np.vstack([self._weight[1:], [[0.0]]])) / 2
        self._know_stores()
        self._know_plants_and_routes()
        self._know_demands()

    def _know_stores(self) -> None:
        """What is given of stores: whose they are, what they aim at, what they are worth."""
        network, stores, held = self.world.network, self.world.stores, self.world.window.held
        user = stores["demand"].to_numpy(np.intp)
        pool = stores["pool"].to_numpy(np.intp)
        self._row = np.where(user >= 0, self.world.window.pools + user, pool)
        self._store_pool = pool
        self._ruled = np.flatnonzero(~stores["release_always"].to_numpy(bool))
        self._target = stores[["calm", "alarm"]].to_numpy(float)[:held]
        lost = network.demands["value_lost"].to_numpy(float)[user[:held]]
        self._dearest = np.where(user[:held] >= 0, NEEDED * lost, np.inf)
        is_state = (stores["kind"] == STATE).to_numpy()
        self._keeps = np.flatnonzero(is_state[:held])
        # the state values what it holds as in ordinary times, whatever a standing cut made of it
        base = network.case.table("materials").set_index("id")["base_price"]
        ordinary = base.reindex(stores["material"]).to_numpy(float)
        self._most = np.where(is_state, np.nan_to_num(ordinary, nan=np.inf), np.inf)
        self._holding = stores["holding_cost"].to_numpy(float)

    def _know_plants_and_routes(self) -> None:
        """What is given of flows: which share a bound, how fast they grow, which are slow."""
        window, network = self.world.window, self.world.network
        routes = network.routes
        self._round_about = network.detours
        self._unit = network.activities["unit"].to_numpy(np.intp)
        self._with_others = np.flatnonzero(np.isin(self._unit, window.shared))
        self._route = network.links["route"].to_numpy(np.intp)
        single = np.setdiff1d(np.arange(len(window.limited)), window.twofold)
        place = np.full(len(routes), -1, dtype=np.intp)
        place[window.limited[single]] = single
        of_link = place[self._route]
        self._alone = np.flatnonzero(of_link >= 0)
        self._of_alone = of_link[self._alone]
        self._limit = routes["change_limit"].to_numpy(float)[window.limited]
        self._qualification = routes["qualification"].to_numpy(float)[window.limited]
        self._base_flow = np.nan_to_num(self.world.reference.flow)
        free = ~np.isin(np.arange(len(routes)), window.limited)[self._route]
        self._slow = tuple(
            np.flatnonzero((mover.lag > MONTH) & (free if mover.name == "shipment" else True))
            for mover in window.moving
        )

    def _know_demands(self) -> None:
        """What is given of demands: their curves, savings, contracts, and who may be shut out."""
        network, blocks = self.world.network, self.model.constraints
        self._served_cost = self.model.variables["served"].cost.copy()
        self._preference = self.world.window.preference
        self._width, self._steps = network.step_width.ravel(), network.step_width.shape[1]
        savings = network.savings
        middle = self._offset + self._duration / 2
        years = np.diff(middle, prepend=middle[0] - self._duration[0])[:, None]
        self._saves = savings["demand"].to_numpy(np.intp)
        self._share = savings["share"].to_numpy(float)
        self._speed = years * savings["speed"].to_numpy(float)
        self._contract = self._bound = np.zeros(0, dtype=np.intp)
        if "contract" in blocks:
            ids = pd.Index(network.case.table("contracts")["id"])
            self._contract = _positions(ids, blocks["contract"].things["id"])
        if "end user" in blocks:
            keys = ["sector", "place", "material"]
            demands = pd.MultiIndex.from_frame(network.demands[keys])
            self._bound = _positions(demands, blocks["end user"].things[keys])

    def set(self, given: Conditions, state: State) -> None:
        """Write the month's bounds, right-hand sides and worths into the model."""
        model = self.model
        at = self._months(given, state.month)
        variables, rows = model.variables, model.constraints
        variables["shipment"].upper[:] = given.shipment[at].ravel()
        variables["shipment"].cost[:] = (self._sailing * given.shipping[at]).ravel()
        if "detour" in variables:
            variables["detour"].upper[:] = given.detour[at].ravel()
            variables["detour"].cost[:] = (
                self._sailing[:, self._round_about] * given.detouring[at]
            ).ravel()
        quantity = given.quantity[at]
        served = np.repeat(quantity, self._steps, axis=1) * self._width
        variables["served"].upper[:] = served.ravel()
        if self._preference.size:
            by_priority = self._preference * given.struck[state.month]
            variables["served"].cost[:] = self._served_cost - by_priority.ravel()
        self._set_capacity(given.capacity[at])
        self._set_savings(state, quantity)
        self._set_stores(given, state, at)
        self._set_balance(state)
        self._set_growth(given, state)
        if not self.world.knows:
            self._set_slow(state)
            if not given.struck[state.month]:
                self._set_calm(state)
        if len(self._contract):
            rows["contract"].lower[:] = given.contract[at][:, self._contract].ravel()
        if "quota" in rows:
            rows["quota"].upper[:] = given.quota[at].ravel()
        if len(self._bound):
            share = given.entitled[at][:, self._bound]
            most = np.where(np.isinf(share), np.inf, 0.0)
            np.multiply(share, quantity[:, self._bound], out=most, where=np.isfinite(share))
            rows["end user"].upper[:] = most.ravel()

    def after(self, given: Conditions, state: State, solution: Solution) -> State:
        """The state after a month lived."""
        month, window = state.month, self.world.window
        flows = tuple(solution.values[mover.name][0] for mover in window.moving)
        flow, settled = self._by_route(flows[1]), self._by_route(state.calm[1])
        calm = not given.struck[month]
        backlog = state.backlog
        if not calm:
            missed = np.maximum(settled - flow, 0.0) * MONTH
            more = np.maximum(flow - settled, 0.0) * MONTH
            backlog = np.where(given.cut[month], backlog + missed, np.maximum(backlog - more, 0.0))
        return State(
            month=month + 1,
            level=levels(solution),
            saved=solution.values["saved"][0],
            past=tuple(
                np.vstack([now, before[:-1]]) for now, before in zip(flows, state.past, strict=True)
            ),
            calm=flows if calm else state.calm,
            backlog=backlog,
            worth=self._worth_after(state, solution) if calm else state.worth,
            basis=state.basis,
        )

    def _by_route(self, shipment: FloatArray) -> FloatArray:
        """(route): t/yr of all its links."""
        routes = len(self.world.network.routes)
        return np.bincount(self._route, weights=shipment, minlength=routes).astype(float)

    def _worth_after(self, state: State, solution: Solution) -> FloatArray:
        """(pool): the worth that follows the price of a calm month, US$/kg."""
        price = solution.duals["balance"][: self.world.window.pools] / self._weight[0, 0]
        within = np.clip(price, (1 - DRIFT) * state.worth, (1 + DRIFT) * state.worth)
        return np.asarray(within)

    def _months(self, given: Conditions, month: int) -> IntArray:
        """(node): the month whose conditions hold in it, as far as the market can tell."""
        nodes = np.arange(self._nodes)
        ahead = nodes if self.world.knows else np.zeros_like(nodes)
        return np.minimum(month + ahead, given.axis.size - 1)

    def _set_savings(self, state: State, quantity: FloatArray) -> None:
        if not len(self._saves):
            return
        used = quantity[:, self._saves]
        self.model.variables["saved"].upper[:] = (used * self._share).ravel()
        grown = self._speed * used
        grown[0] += state.saved
        self.model.constraints["substitution"].upper[:] = grown.ravel()

    def _set_capacity(self, capacity: FloatArray) -> None:
        """(node, unit): a bound of an activity alone in its unit, a row of several."""
        shared = self.world.window.shared
        most = capacity[:, self._unit].copy()
        most[:, self._with_others] = np.inf
        self.model.variables["activity"].upper[:] = most.ravel()
        self.model.constraints["capacity"].upper[:] = capacity[:, shared].ravel()

    def _set_stores(self, given: Conditions, state: State, at: IntArray) -> None:
        """Levels, what may be drawn, and what is worth having at the end of the window."""
        world, model = self.world, self.model
        held, settings = world.window.held, world.case.settings
        cover, beyond = model.variables["cover"], model.variables["beyond"]
        alarm = given.alarm[state.month][:held]
        target = np.where(alarm, self._target[:, 1], self._target[:, 0])
        cover.upper[:] = np.tile(target, self._nodes)
        room = np.maximum(given.store[at], state.level)
        room[:, :held] = np.maximum(room[:, :held] - target, 0.0)
        beyond.upper[:] = room.ravel()
        price = np.minimum(state.worth[self._store_pool], self._most)
        here = price[:held]
        more = np.where(alarm, settings.hoard, KEEP)
        more[self._keeps] = KEEP
        normal = np.minimum(here, self._dearest)
        worth = np.minimum((1 + more) * here, np.where(alarm, self._dearest, np.inf))
        # cover is held whatever it costs; what is beyond it is not
        saves = -self._lying * COVER_YIELD * normal
        saves[-1] -= worth * PER_TONNE
        cover.cost[:] = saves.ravel()
        cost = self._lying * (self._holding + settings.discount_rate * price)
        cost[-1, :held] -= SALVAGE * here * PER_TONNE
        beyond.cost[:] = cost.ravel()
        under_way, spare = model.variables["under way"], model.variables["spare"]
        under_way.upper[:], spare.upper[:] = world.pipeline, world.spare
        under_way.cost[:] = -(1 + KEEP) * state.worth * PER_TONNE
        spare.cost[:] = -SALVAGE * state.worth * PER_TONNE
        if len(self._ruled):
            least = np.where(given.released[at][:, self._ruled], -np.inf, 0.0)
            least[0] = np.where(np.isinf(least[0]), -np.inf, state.level[self._ruled])
            model.constraints["release"].lower[:] = least.ravel()

    def _set_balance(self, state: State) -> None:
        """What arrives of what left before, and what the stores begin with."""
        window, model = self.world.window, self.model
        past = np.concatenate([flow.ravel() for flow in state.past])
        rows = window.pools + len(self.world.network.demands)
        given = np.zeros((self._nodes, rows))
        given[:, : window.pools] = (window.arriving @ past).reshape(self._nodes, window.pools)
        given[0] += np.bincount(self._row, weights=state.level / self._duration[0], minlength=rows)
        balance = model.constraints["balance"]
        balance.lower[:] = balance.upper[:] = -given.ravel()
        model.constraints["pipeline"].lower[:] = -(window.still_out @ past)

    def _set_slow(self, state: State) -> None:
        """What takes more than a month is not planned to carry more than it does, or did.

        In the last and longest node it would arrive as if at once: the market would wait for
        that node, month after month.
        """
        flows = zip(self.world.window.moving, self._slow, state.calm, state.past, strict=True)
        for mover, slow, calm, past in flows:
            bound = self.model.variables[mover.name].upper.reshape(self._nodes, -1)
            bound[1:, slow] = np.minimum(bound[1:, slow], np.maximum(calm, past[0])[slow])

    def _set_calm(self, state: State) -> None:
        """In the calm a flow swells by little.

        Where goods take a month and a bit, this month's can make up for last month's only many
        times over, and next month's for that: what was short by a trifle would swing.
        """
        flows = zip(self.world.window.moving, self.world.flows, state.past, strict=True)
        for mover, steady, past in flows:
            bound = self.model.variables[mover.name].upper.reshape(self._nodes, -1)
            most = SWELLS * np.maximum(steady, past[0])
            bound[0] = np.minimum(bound[0], np.where(most > 0, most, np.inf))

    def _set_growth(self, given: Conditions, state: State) -> None:
        """A route grows at the speed at which buyers qualify; what an event held up may follow."""
        limited = self.world.window.limited
        begin = given.axis.start[state.month]
        middle = (begin + self._offset + self._duration / 2)[:, None]
        base, settled = self._base_flow[limited], self._by_route(state.calm[1])[limited]
        if given.struck[state.month]:
            since = np.maximum(middle - given.onset - self._qualification, 0.0)
            most = np.maximum(settled, base) + self._limit * since
            most[0] += state.backlog[limited] / self._duration[0]
        else:
            since = np.maximum(middle - (self.world.case.settings.base_year + 0.5), 0.0)
            most = np.maximum(base + self._limit * since, settled)
        twofold = self.world.window.twofold
        self.model.constraints["growth"].upper[:] = most[:, twofold].ravel()
        shipment = self.model.variables["shipment"]
        bound = shipment.upper.reshape(self._nodes, -1)
        bound[:, self._alone] = np.minimum(bound[:, self._alone], most[:, self._of_alone])


def _positions(known: pd.Index, named: pd.DataFrame | pd.Series) -> IntArray:
    """Where in a table the things are that a block of constraints is about."""
    things = pd.MultiIndex.from_frame(named) if isinstance(named, pd.DataFrame) else named
    return np.asarray(known.get_indexer(pd.Index(things)), dtype=np.intp)
