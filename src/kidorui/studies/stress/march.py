"""The march through the months: solve the window, live its first month, move on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from kidorui.network.months import MONTH
from kidorui.program import Model, Solution, Solver
from kidorui.program.blocks import PER_TONNE
from kidorui.studies.stress.conditions import Conditions
from kidorui.studies.stress.world import World

Basis = npt.NDArray[np.int8]
FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]

KEEP = 0.02
"""What is held in the calm is worth this much more than its price, so that it is kept."""

SALVAGE = 0.5
"""Worth of what is held beyond that, as a share of its price (a forced sale)."""

COVER_YIELD = 0.5
"""What cover saves its owner a year, as a share of its price: less of it is held else."""

_KEPT = ("activity", "shipment", "detour", "served", "saved", "bought", "disposed", "level")


@dataclass(frozen=True)
class State:
    """What one month hands to the next.

    `month` is the next to be lived; `level` (store) t; `saved` (row of substitutions) t/yr;
    `past` by mover (months back, thing) t/yr; `settled` (route) t/yr of the calm, `backlog`
    (route) t held up by events; `worth` (pool) US$/kg; `basis` of the window.
    """

    month: int
    level: FloatArray
    saved: FloatArray
    past: tuple[FloatArray, ...]
    settled: FloatArray
    backlog: FloatArray
    worth: FloatArray
    basis: Basis


@dataclass(frozen=True)
class Path:
    """The months lived: (month, thing) arrays by block, t/yr (levels t), and prices, US$/kg.

    `price` is (month, pool, then demand: what its users would pay); `scarcity` (month, unit)
    what a tonne of its capacity a year is worth, US$ per t/yr and month.
    """

    first: int
    values: Mapping[str, FloatArray]
    price: FloatArray
    scarcity: FloatArray
    iterations: int

    @property
    def months(self) -> int:
        """Number of months lived."""
        return len(self.price)


def at_start(world: World) -> State:
    """The calm at the start of the axis: pipelines full, stores as they are."""
    window = world.window
    routes = len(world.network.routes)
    flow = np.bincount(
        world.network.links["route"], weights=world.flows[1], minlength=routes
    ).astype(float)
    return State(
        month=0,
        level=world.stores["initial"].to_numpy(float),
        saved=world.saved,
        past=tuple(np.tile(flow, (window.months, 1)) for flow in world.flows),
        settled=flow,
        backlog=np.zeros(routes),
        worth=world.worth,
        basis=np.zeros(0, dtype=np.int8),
    )


class March:
    """A live solver that walks a world through conditions."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.model = world.window.model.copy()
        self.solver = Solver(self.model)
        self._turn = _Turn(world, self.model)

    def walk(self, given: Conditions, state: State, until: int) -> Iterator[tuple[State, Solution]]:
        """Each month's solution, and the state after it, up to the month `until`.

        Begins at the basis of the state, so that it depends on the state alone.
        Raises Infeasible, with the rows that conflict.
        """
        if len(state.basis):
            self.solver.start_from(state.basis)
        while state.month < until:
            self._turn.set(given, state)
            model = self.model
            self.solver.set_all(model.column_bounds(), model.row_bounds(), model.cost())
            solution = self.solver.solve(explain=False)
            state = self._turn.after(given, state, solution)
            yield state, solution

    def path(self, given: Conditions, state: State, until: int) -> tuple[Path, State]:
        """The months from a state up to `until`, and the state then."""
        first = state.month
        lived: list[Solution] = []
        for later, solution in self.walk(given, state, until):
            lived.append(solution)
            state = later
        return self.record(first, lived), replace(state, basis=self.solver.basis())

    def record(self, first: int, lived: Sequence[Solution]) -> Path:
        """The first nodes of solutions as a path."""
        window = self.world.window
        network = window.network
        weight = network.tree.weight[0]
        rows = window.pools + len(network.demands)
        units = len(network.units)
        kept = [name for name in _KEPT if name in window.model.variables]
        balance = np.array([one.duals["balance"][:rows] for one in lived]).reshape(-1, rows)
        capacity = np.array([one.duals["capacity"][:units] for one in lived]).reshape(-1, units)
        return Path(
            first=first,
            values={name: np.array([one.values[name][0] for one in lived]) for name in kept},
            price=balance / weight / PER_TONNE,
            scarcity=-capacity * 1e6,
            iterations=sum(one.iterations for one in lived),
        )


class _Turn:
    """Sets a window's programme to a month and a state, and moves the state on."""

    def __init__(self, world: World, model: Model) -> None:
        self.world, self.model = world, model
        window, network = world.window, world.network
        tree = window.network.tree
        self._nodes = window.nodes
        self._offset = tree.start - tree.start[0]
        self._duration = tree.duration
        self._weight = (tree.weight * PER_TONNE)[:, None]
        end = self._offset[-1] + self._duration[-1]
        self._at_end = PER_TONNE * (1 + tree.discount_rate) ** -end
        steps = network.step_width.shape[1]
        self._width = network.step_width.ravel()
        self._steps = steps
        stores = world.stores
        user = stores["demand"].to_numpy(np.intp)
        self._row = np.where(user >= 0, window.pools + user, stores["pool"].to_numpy(np.intp))
        self._store_pool = stores["pool"].to_numpy(np.intp)
        self._ruled = np.flatnonzero(~stores["release_always"].to_numpy(bool))
        self._target = stores[["calm", "alarm"]].to_numpy(float)[: window.held]
        self._keeps = np.flatnonzero((stores["kind"] == "state")[: window.held])
        self._holding = stores["holding_cost"].to_numpy(float)
        routes = network.routes
        self._limit = routes["change_limit"].to_numpy(float)[window.limited]
        self._qualification = routes["qualification"].to_numpy(float)[window.limited]
        self._route = network.links["route"].to_numpy(np.intp)
        self._base_flow = np.nan_to_num(world.reference.flow)
        blocks = model.constraints
        none = np.zeros(0, dtype=np.intp)
        self._contract = self._bound = none
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
        variables["shipment"].cost[:] = (self._weight * given.shipping[at]).ravel()
        if "detour" in variables:
            variables["detour"].upper[:] = given.detour[at].ravel()
            variables["detour"].cost[:] = (self._weight * given.detouring[at]).ravel()
        quantity = given.quantity[at]
        served = np.repeat(quantity, self._steps, axis=1) * self._width
        variables["served"].upper[:] = served.ravel()
        rows["capacity"].upper[:] = given.capacity[at].ravel()
        self._set_savings(state, quantity)
        self._set_stores(given, state, at)
        self._set_balance(state)
        self._set_growth(given, state)
        if len(self._contract):
            rows["contract"].lower[:] = given.contract[at][:, self._contract].ravel()
        if "quota" in rows:
            rows["quota"].upper[:] = given.quota[at].ravel()
        if len(self._bound):
            share = given.entitled[at][:, self._bound]
            rows["end user"].upper[:] = (share * quantity[:, self._bound]).ravel()

    def after(self, given: Conditions, state: State, solution: Solution) -> State:
        """The state after a month lived."""
        month, window = state.month, self.world.window
        flows = tuple(solution.values[mover.name][0] for mover in window.moving)
        routes = len(self.world.network.routes)
        flow = np.bincount(self._route, weights=flows[1], minlength=routes).astype(float)
        calm = not given.struck[month]
        backlog = state.backlog
        if not calm:
            missed = np.maximum(state.settled - flow, 0.0) * MONTH
            more = np.maximum(flow - state.settled, 0.0) * MONTH
            backlog = np.where(given.cut[month], backlog + missed, np.maximum(backlog - more, 0.0))
        return State(
            month=month + 1,
            level=np.maximum(solution.values["level"][0], 0.0),
            saved=solution.values["saved"][0],
            past=tuple(
                np.vstack([now, before[:-1]]) for now, before in zip(flows, state.past, strict=True)
            ),
            settled=flow if calm else state.settled,
            backlog=backlog,
            worth=state.worth,
            basis=state.basis,
        )

    def _months(self, given: Conditions, month: int) -> IntArray:
        """(node): the month whose conditions hold in it, as far as the market can tell."""
        nodes = np.arange(self._nodes)
        ahead = nodes if self.world.knows else np.zeros_like(nodes)
        return np.minimum(month + ahead, given.axis.size - 1)

    def _set_savings(self, state: State, quantity: FloatArray) -> None:
        model, savings = self.model, self.world.network.savings
        if savings.empty:
            return
        demand = savings["demand"].to_numpy(np.intp)
        model.variables["saved"].upper[:] = (
            quantity[:, demand] * savings["share"].to_numpy()
        ).ravel()
        middle = self._offset + self._duration / 2
        years = np.diff(middle, prepend=middle[0] - self._duration[0])[:, None]
        grown = years * savings["speed"].to_numpy() * quantity[:, demand]
        grown[0] += state.saved
        model.constraints["substitution"].upper[:] = grown.ravel()

    def _set_stores(self, given: Conditions, state: State, at: IntArray) -> None:
        """Levels, what may be drawn, and what is worth having at the end of the window."""
        world, window, model = self.world, self.world.window, self.model
        settings = world.case.settings
        level, held = model.variables["level"], window.held
        room = np.maximum(given.store[at], 0.0)
        level.upper[:] = np.maximum(room, state.level * ~np.isinf(room)).ravel()
        price = state.worth[self._store_pool]
        interest = settings.discount_rate * price
        cost = self._weight * np.where(np.arange(len(price)) < held, self._holding, interest)
        cost[-1, :held] -= SALVAGE * price[:held] * self._at_end
        level.cost[:] = cost.ravel()
        alarm = given.alarm[state.month][:held]
        kept = model.variables["kept"]
        cover = np.where(alarm, self._target[:, 1], self._target[:, 0])
        kept.upper[:] = np.tile(cover, self._nodes)
        more = np.where(alarm, settings.hoard, KEEP)
        more[self._keeps] = KEEP
        saves = -self._weight * COVER_YIELD * price[:held]
        saves[-1] = -(1 + more - SALVAGE) * price[:held] * self._at_end
        kept.cost[:] = saves.ravel()
        under_way, spare = model.variables["under way"], model.variables["spare"]
        under_way.upper[:], spare.upper[:] = world.pipeline, world.spare
        under_way.cost[:] = -(1 + KEEP) * state.worth * self._at_end
        spare.cost[:] = -SALVAGE * state.worth * self._at_end
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

    def _set_growth(self, given: Conditions, state: State) -> None:
        """A route grows at the speed at which buyers qualify; what an event held up may follow."""
        limited = self.world.window.limited
        begin = given.axis.start[state.month]
        middle = (begin + self._offset + self._duration / 2)[:, None]
        base = self._base_flow[limited]
        if given.struck[state.month]:
            since = np.maximum(middle - given.onset - self._qualification, 0.0)
            most = np.maximum(state.settled[limited], base) + self._limit * since
            most[0] += state.backlog[limited] / self._duration[0]
        else:
            since = np.maximum(middle - (self.world.case.settings.base_year + 0.5), 0.0)
            most = np.maximum(base + self._limit * since, state.settled[limited])
        self.model.constraints["growth"].upper[:] = most.ravel()


def _positions(known: pd.Index, named: pd.DataFrame | pd.Series) -> IntArray:
    """Where in a table the things are that a block of constraints is about."""
    things = pd.MultiIndex.from_frame(named) if isinstance(named, pd.DataFrame) else named
    return np.asarray(known.get_indexer(pd.Index(things)), dtype=np.intp)
