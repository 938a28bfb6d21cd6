"""The part stated by linopy and solved by HiGHS: python linopy_part.py ARRAYS.npz SOLVER."""

from __future__ import annotations

import sys

from phases import Phases

phases = Phases()

import linopy  # noqa: E402
import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
import xarray as xr  # noqa: E402

phases.end("import")
file, solver_name = sys.argv[1:3]
a = dict(np.load(file))
phases.end("load")

N, POOLS = a["limit"].shape[0], int(a["pools"])
node = pd.RangeIndex(N, name="node")


def over(dim: str, size: int) -> list[pd.Index]:
    return [node, pd.RangeIndex(size, name=dim)]


def array(values: np.ndarray, *dims: str) -> xr.DataArray:
    return xr.DataArray(
        values, dims=dims, coords={d: np.arange(n) for d, n in zip(dims, values.shape, strict=True)}
    )


def by_pool(expression, dim: str, pool: np.ndarray):
    """Sums of an expression over the things of each pool."""
    return expression.groupby(
        xr.DataArray(pool, dims=dim, name="pool", coords={dim: np.arange(len(pool))})
    ).sum()


m = linopy.Model()
weight = array(a["weight"] * 1e-3, "node")
activity = m.add_variables(
    lower=0, coords=over("activity", len(a["activity_cost"])), name="activity"
)
ship = m.add_variables(
    lower=0, upper=array(np.tile(a["link_capacity"], (N, 1)), "node", "link"), name="ship"
)
served = m.add_variables(lower=0, upper=array(a["wanted"], "node", "step"), name="served")
can = np.where(np.isnan(a["disposal_cost"]), 0.0, np.inf)
disposed = m.add_variables(
    lower=0, upper=array(np.tile(can, (N, 1)), "node", "pool"), name="disposed"
)
level = m.add_variables(lower=0, upper=array(a["store"], "node", "stock"), name="level")
drawn = m.add_variables(coords=over("stock", a["store"].shape[1]), name="drawn")
size = m.add_variables(lower=0, upper=array(a["window"], "decided", "project"), name="size")

# one term for each coefficient of a recipe, summed by pool
taken = activity.isel(activity=a["recipe_activity"]).assign_coords(
    activity=np.arange(len(a["recipe_activity"]))
)
recipes = taken * array(a["recipe_coefficient"], "activity")
balance = (
    by_pool(recipes, "activity", a["recipe_pool"])
    + by_pool(1 * ship, "link", a["link_to"])
    + by_pool(-1 * ship, "link", a["link_from"])
    + by_pool(1 * drawn, "stock", a["stock_pool"])
    + by_pool(-1 * served, "step", a["step_pool"])
    - disposed
)
m.add_constraints(balance == 0, name="balance")

used = by_pool(1 * activity, "activity", a["activity_unit"]).rename(pool="unit")
built = (
    size.isel(project=a["built_project"])
    .assign_coords(project=a["built_unit"])
    .rename(project="unit")
)
share = array(a["built_share"], "node", "decided", "unit").assign_coords(unit=a["built_unit"])
owned = (built * share).sum("decided")
m.add_constraints(used - owned <= array(a["limit"], "node", "unit"), name="capacity")
before = level.shift(node=1)
initial = np.zeros_like(a["store"])
initial[0] = a["stock_initial"]
m.add_constraints(
    level - before + drawn * array(a["duration"], "node") == array(initial, "node", "stock"),
    name="stock",
)
m.add_constraints(size.sum("decided") <= array(a["size_max"], "project"), name="project size")
m.add_objective(
    (activity * (array(a["activity_cost"], "activity") * weight)).sum()
    + (ship * (array(a["link_cost"], "link") * weight)).sum()
    - (served * (array(a["step_value"], "step") * weight)).sum()
    + (disposed * (array(np.nan_to_num(a["disposal_cost"]), "pool") * weight)).sum()
    + (level * array(a["level_cost"], "node", "stock")).sum()
    + (size * array(a["size_cost"], "decided", "project")).sum()
)
phases.end("build")
objective = None
options = {"threads": 1, "output_flag": False}
if solver_name == "none":
    highs = linopy.io.to_highspy(m)
    phases.end("hand over")
else:
    m.solve("highs", io_api="direct", solver=solver_name, **options)
    phases.end("hand over, solve and read")
    objective = float(m.objective.value)
phases.report(objective=objective, columns=int(m.nvars), rows=int(m.ncons))
