"""The part of the programme that PyPSA can state, as a case and as arrays.

Operation and expansion over the periods of the trunk: recipes, trade, stocks, steps of demand,
plants and candidates up to their largest size. Left out: transit, inertia, events, contracts,
policies, substitution, funds, stockpile projects, what is unexplained.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

from kidorui.case import Case, export, load
from kidorui.network import Network, compile_network, grow
from kidorui.program import Reference, state_plan
from tests.random_cases import Size, write_random_case

SIZES = {
    "1e4": Size((6, 6), 3, tuple(range(2025, 2043)), 2043, (), 0, 4, 12),
    "1e5": Size((12, 12), 6, tuple(range(2025, 2065)), 2065, (), 0, 4, 16),
    "6e5": Size((16, 16), 8, tuple(range(2025, 2099)), 2099, (), 0, 4, 60),
}
"""Sizes by their number of columns, roughly."""


def write_part(folder: Path, size: Size, seed: int = 1) -> tuple[Path, Path]:
    """Write the part as a case and as arrays; returns the paths of both."""
    with TemporaryDirectory() as drawn:
        write_random_case(Path(drawn), seed, size=size)
        case = reduced(load(drawn))
    home = export(case, folder / "case") or folder / "case"
    np.savez(folder / "arrays.npz", **arrays(load(home)))
    return Path(home), folder / "arrays.npz"


def reduced(case: Case) -> Case:
    """The case with all that is left out taken away."""
    gone = ("events", "contracts", "policies", "substitutions")
    tables = {name: t.iloc[:0] if name in gone else t for name, t in case.tables.items()}
    blank = {f"change_limit{end}": np.nan for end in ("", "_low", "_high")}
    tables["routes"] = tables["routes"].assign(transit=0.0, **blank)
    projects = tables["projects"]
    tables["projects"] = projects[projects["stage"] != "stockpile"].assign(public_share=0.0)
    tables["stockpiles"] = tables["stockpiles"].assign(release="always")
    return replace(case, tables=tables, settings=replace(case.settings, events=()))


def arrays(case: Case) -> dict[str, np.ndarray]:
    """What a statement of the part needs, and no more."""
    network = compile_network(case, grow(case, ()))
    nothing = np.zeros(len(network.pools))
    reference = Reference(np.full(len(network.routes), np.nan), nothing, nothing)
    program = state_plan(network, reference)
    steps = network.step_width.shape[1]
    recipes = network.recipes.tocoo()
    materials = case.table("materials").set_index("id")
    level = program.model.variables["level"]
    return {
        "weight": network.tree.weight,
        "duration": network.tree.duration,
        "pools": np.array(len(network.pools)),
        "recipe_pool": recipes.row,
        "recipe_activity": recipes.col,
        "recipe_coefficient": recipes.data,
        "activity_unit": network.activities["unit"].to_numpy(),
        "activity_cost": network.activities["cost"].to_numpy(),
        "limit": np.minimum(network.capacity, network.units["quota"].to_numpy()),
        "link_from": network.links["from_pool"].to_numpy(),
        "link_to": network.links["to_pool"].to_numpy(),
        "link_cost": network.links["cost"].to_numpy(),
        "link_capacity": network.links["capacity"].to_numpy(),
        "step_pool": np.repeat(network.demands["pool"].to_numpy(), steps),
        "step_value": network.step_value.ravel(),
        "wanted": np.repeat(network.quantity, steps, axis=1) * network.step_width.ravel(),
        "disposal_cost": materials["disposal_cost"].loc[network.pools["material"]].to_numpy(),
        "stock_pool": network.stocks["pool"].to_numpy(),
        "stock_initial": network.stocks["initial"].to_numpy(),
        "store": network.store,
        "level_cost": level.cost.reshape(level.nodes, level.things),
        **built(network, program),
    }


def built(network: Network, program: object) -> dict[str, np.ndarray]:
    """Projects: what a size decided in a node costs, and gives to a unit in another."""
    projects, size = program.projects, program.model.variables["size"]
    owner = network.units["project"].to_numpy()
    position = projects.table.index.get_indexer(pd.Index(owner))
    unit = np.flatnonzero(position >= 0)
    shape = (size.nodes, size.things)
    return {
        "window": size.upper.reshape(shape),
        "size_cost": size.cost.reshape(shape),
        "size_max": projects.table["size_max"].to_numpy(),
        "built_unit": unit,
        "built_project": position[unit],
        "built_share": projects.share[:, :, position[unit]],
    }
