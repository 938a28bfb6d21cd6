"""The part stated by PyPSA and solved by HiGHS: python pypsa_part.py ARRAYS.npz SOLVER.

A pool is a bus, a recipe a multi-port link, a demand's step a generator that takes (sign -1),
a stock a store. Modes that share a plant draw on a bus of its capacity, which what stands and
what may be built supply. Snapshots are the periods, weighted by discounted years.
"""

from __future__ import annotations

import logging
import sys
import warnings

from phases import Phases

phases = Phases()
warnings.simplefilter("ignore")
logging.disable(logging.WARNING)

import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
import pypsa  # noqa: E402
from scipy import sparse  # noqa: E402

phases.end("import")
file, solver_name = sys.argv[1:3]
a = dict(np.load(file))
phases.end("load")

N, POOLS = a["limit"].shape[0], int(a["pools"])
UNITS, ACTIVITIES = a["limit"].shape[1], len(a["activity_cost"])
BIG = 1e9  # in place of no bound


def names(what: str, count: int) -> pd.Index:
    return pd.Index([f"{what}{i}" for i in range(count)])


def series(values: np.ndarray, columns: pd.Index) -> pd.DataFrame:
    return pd.DataFrame(values, index=n.snapshots, columns=columns)


n = pypsa.Network()
n.set_snapshots(pd.RangeIndex(N))
n.snapshot_weightings["objective"] = a["weight"] * 1e-3
n.snapshot_weightings["stores"] = a["duration"]
n.snapshot_weightings["generators"] = 1.0
pool, capacity = names("pool", POOLS), names("capacity", UNITS)
for what in ("pool", "capacity", "ambient", "built"):
    n.add("Carrier", what)
n.add("Bus", pool, carrier="pool")
n.add("Bus", capacity, carrier="capacity")
n.add("Bus", "ambient", carrier="ambient")
n.add("Generator", "ambient", bus="ambient", carrier="ambient", p_nom=BIG)

# recipes: bus0 is the plant's capacity, of which a unit of activity takes one
recipes = sparse.csr_array(
    (a["recipe_coefficient"], (a["recipe_activity"], a["recipe_pool"])), shape=(ACTIVITIES, POOLS)
)
ports = np.diff(recipes.indptr)
columns: dict[str, object] = {"bus0": capacity[a["activity_unit"]]}
for port in range(int(ports.max())):
    has = ports > port
    at = np.minimum(recipes.indptr[:-1] + port, recipes.nnz - 1)
    columns[f"bus{port + 1}"] = np.where(has, pool[recipes.indices[at]], "")
    efficiency = "efficiency" if port == 0 else f"efficiency{port + 1}"
    columns[efficiency] = np.where(has, recipes.data[at], 1.0)
n.add("Link", names("activity", ACTIVITIES), p_nom=BIG, marginal_cost=a["activity_cost"], **columns)

top = a["limit"].max(axis=0)
n.add(
    "Generator",
    names("stands", UNITS),
    bus=capacity,
    carrier="capacity",
    p_nom=top,
    p_max_pu=series(a["limit"] / np.where(top > 0, top, 1.0), names("stands", UNITS)),
)
links = names("link", len(a["link_cost"]))
n.add(
    "Link",
    links,
    bus0=pool[a["link_from"]],
    bus1=pool[a["link_to"]],
    p_nom=np.minimum(a["link_capacity"], BIG),
    marginal_cost=a["link_cost"],
)
steps = names("step", len(a["step_value"]))
most = a["wanted"].max(axis=0)
n.add(
    "Generator",
    steps,
    bus=pool[a["step_pool"]],
    carrier="pool",
    sign=-1.0,
    p_nom=most,
    p_max_pu=series(a["wanted"] / np.where(most > 0, most, 1.0), steps),
    marginal_cost=-a["step_value"],
)
can = np.flatnonzero(~np.isnan(a["disposal_cost"]))
n.add(
    "Generator",
    pd.Index([f"dispose{i}" for i in can]),
    bus=pool[can],
    carrier="pool",
    sign=-1.0,
    p_nom=BIG,
    marginal_cost=a["disposal_cost"][can],
)
stocks = names("stock", len(a["stock_pool"]))
room = a["store"].max(axis=0)
held = a["level_cost"] / (a["weight"] * 1e-3)[:, None]
n.add(
    "Store",
    stocks,
    bus=pool[a["stock_pool"]],
    e_nom=room,
    e_max_pu=series(a["store"] / np.where(room > 0, room, 1.0), stocks),
    e_initial=a["stock_initial"],
    marginal_cost_storage=series(held, stocks),
)
decided, project = np.nonzero(a["window"] > 0)
unit = np.full(a["window"].shape[1], -1)
unit[a["built_project"]] = a["built_unit"]
column = np.full(a["window"].shape[1], -1)
column[a["built_project"]] = np.arange(len(a["built_project"]))
builds = pd.Index([f"built{j}-{m}" for j, m in zip(project, decided, strict=True)])
for j in np.unique(project):
    n.add("Carrier", f"project{j}")
n.add(
    "Generator",
    builds,
    bus=capacity[unit[project]],
    carrier=[f"project{j}" for j in project],
    p_nom_extendable=True,
    p_nom_max=a["window"][decided, project],
    p_max_pu=series(a["built_share"][:, decided, column[project]], builds),
    capital_cost=a["size_cost"][decided, project],
)
for j in np.unique(project):
    n.add(
        "GlobalConstraint",
        f"project size {j}",
        type="tech_capacity_expansion_limit",
        carrier_attribute=f"project{j}",
        sense="<=",
        constant=a["size_max"][j],
    )
phases.end("network")
model = n.optimize.create_model()
phases.end("build")
objective = None
if solver_name == "none":
    import linopy

    linopy.io.to_highspy(model)
    phases.end("hand over")
else:
    n.optimize.solve_model(
        solver_name="highs",
        io_api="direct",
        solver_options={"threads": 1, "solver": solver_name, "output_flag": False},
    )
    phases.end("hand over, solve and read")
    objective = float(n.objective)
phases.report(objective=objective, columns=int(model.nvars), rows=int(model.ncons))
