"""The least stock with which users at home do not stop (formulation, section 11).

A small programme over the places at home alone: what comes from abroad, what is drawn from
stocks and what plants make is as it was in a path that was lived; stated are the differences to it
that a buffer allows. What is not needed in a month, of the buffer or of what is made or imported
more, lies until it is. It is stated once, and its bounds are set to a path.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from kidorui.network import Network
from kidorui.network.months import MONTH
from kidorui.program.blocks import PER_TONNE, at_every_node, incidence, label_rows, pool_labels
from kidorui.program.model import Model
from kidorui.program.moving import movers, of_window
from kidorui.program.solve import Solver

BoolArray = npt.NDArray[np.bool_]
FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Room:
    """What a path that was lived leaves, by month, t/yr.

    `capacity` (month, unit) that was idle; `ran` (month, activity) that may be given up; `spare`
    (month, pool) what could be imported beyond it, then or later; `lacks` (month, demand) what is
    missing to the least on which users run.
    """

    capacity: FloatArray
    ran: FloatArray
    spare: FloatArray
    lacks: FloatArray


class Buffers:
    """A programme of the months after an onset, at home, stated once and set to many paths.

    pools, units, activities and demands are the numbers of those at home in the network.
    """

    def __init__(self, network: Network, home: BoolArray, cost: FloatArray) -> None:
        """State it on the months of a network; home: (pool), cost: (pool) million US$/yr per t.

        A pool without a cost (NaN) can hold nothing.
        """
        places = set(network.pools["place"].to_numpy()[home])
        units = network.units["place"].isin(places).to_numpy()
        self.pools = np.flatnonzero(home)
        self.units = np.flatnonzero(units)
        self.activities = np.flatnonzero(units[network.activities["unit"].to_numpy()])
        self.demands = np.flatnonzero(home[network.demands["pool"].to_numpy()])
        self._stored = ~np.isnan(cost[self.pools])
        self._cost = np.nan_to_num(cost[self.pools])
        self.model = _state(network, self, self._cost)
        self._months = network.tree.size

    def least(self, room: Room, months: int, may_hold: BoolArray) -> tuple[FloatArray, float]:
        """(pool at home): t to hold so that nothing lacks in the first months; million US$ a year.

        may_hold: (pool at home). NaN where no stock of these would do.
        Raises SolverError.
        """
        wanted = self._set(room, months, may_hold)
        if not wanted.any():
            return np.zeros(len(self.pools)), 0.0
        # from scratch: it takes a hundredth of a second, and one warm start stalled for two minutes
        solution = Solver(self.model).solve_robustly(explain=False)
        missing = (wanted - solution.values["bought"]).sum()
        if missing > _MISSING * max(wanted.sum(), 1.0):
            return np.full(len(self.pools), np.nan), np.nan
        held = np.maximum(solution.values["buffer"][0], 0.0)
        return held, float(held @ self._cost)

    def _set(self, room: Room, months: int, may_hold: BoolArray) -> FloatArray:
        """Set the bounds to a path; what is wanted of it in the first months (month, demand)."""
        variables, rows = self.model.variables, self.model.constraints
        wanted = np.where(np.arange(self._months)[:, None] < months, room.lacks, 0.0)
        variables["more"].lower[:] = -room.ran.ravel()
        variables["bought"].upper[:] = wanted.ravel()
        variables["buffer"].upper[:] = np.where(may_hold & self._stored, np.inf, 0.0)
        rows["imports"].upper[:] = np.cumsum(room.spare, axis=0).ravel()
        rows["capacity"].upper[:] = room.capacity.ravel()
        return wanted


_MISSING = 1e-6
"""Share of what lacks that may be missing still: the solver's tolerance."""

_DEARER = 100.0
"""How many times the dearest stock what lacks still is worth: it is missing only if it must be."""


def _state(network: Network, of: Buffers, cost: FloatArray) -> Model:
    """The blocks; every month alike but for the lags inside plants."""
    tree, count = network.tree, len(network.pools)
    nodes, pools, activities = tree.size, len(of.pools), len(of.activities)
    making = movers(network)[0]
    taken = at_every_node(tree, making.taken[of.pools][:, of.activities])
    rows = (np.arange(nodes)[:, None] * count + of.pools).ravel()
    columns = (np.arange(nodes)[:, None] * making.things + of.activities).ravel()
    made = of_window(making, tree)
    landed, later = made.in_time[rows][:, columns], made.later[of.pools][:, columns]
    position = np.full(count, -1)
    position[of.pools] = np.arange(pools)
    buyer = position[network.demands["pool"].to_numpy()[of.demands]]
    model = Model(tree.labels)
    labels = pool_labels(network).iloc[of.pools]
    model.add_variables("more", (nodes, activities))
    wanted = -_DEARER * max(float(cost.max(initial=0.0)), PER_TONNE)
    model.add_variables("bought", (nodes, len(of.demands)), cost=wanted)
    model.add_variables("imported", (nodes, pools))
    model.add_variables("kept", (nodes, pools))
    model.add_variables("buffer", (1, pools), cost=cost, labels=labels)
    lying = sparse.eye_array(nodes * pools, format="csr")
    before = sparse.eye_array(nodes * pools, k=-pools, format="csr")
    model.add_constraints(
        "balance",
        {
            "more": sparse.csr_array(landed - taken),
            "bought": -at_every_node(tree, incidence(buyer, pools)),
            "imported": lying,
            "kept": sparse.csr_array((before - lying) / MONTH),
            "buffer": sparse.csr_array(sparse.eye_array(nodes * pools, pools) / MONTH),
        },
        lower=0.0,
        upper=0.0,
        labels=labels,
    )
    last = sparse.eye_array(pools, nodes * pools, k=(nodes - 1) * pools)
    model.add_constraints(
        "under way",
        {"more": sparse.csr_array(later), "kept": sparse.csr_array(last)},
        lower=0.0,
        labels=labels,
    )
    place = np.full(len(network.units), -1)
    place[of.units] = np.arange(len(of.units))
    modes = incidence(place[network.activities["unit"].to_numpy()[of.activities]], len(of.units))
    model.add_constraints(
        "capacity",
        {"more": at_every_node(tree, modes)},
        labels=label_rows(network.units.iloc[of.units], "id"),
    )
    so_far = sparse.kron(np.tril(np.ones((nodes, nodes))), sparse.eye_array(pools), format="csr")
    model.add_constraints("imports", {"imported": so_far}, labels=labels)
    return model
