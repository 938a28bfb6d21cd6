"""Bounds that fix tonnage as tables: each by name, and what they fix of the world's output."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from kidorui.network import Network
from kidorui.program import Solution
from kidorui.studies.base_year import NO_WEIGHT, PER_TONNE
from kidorui.studies.calibration.bounds import (
    CAPACITY,
    CONTRACT,
    FITTED,
    FLOW,
    QUOTA,
    Held,
    bounded,
    by_route,
    by_unit,
    outputs_observed,
    reached,
)
from kidorui.studies.calibration.year import CHAIN, SolvedYear

BoolArray = npt.NDArray[np.bool_]
FloatArray = npt.NDArray[np.float64]

Group = Literal["quotas", "base flows", "fitted capacities", "all but quotas", "all"]

_COLUMNS = (
    "kind",
    "stage",
    "what",
    "place",
    "origin",
    "bound",
    "computed",
    "content",
    "share",
    "binds",
    "worth",
    "source",
    "why",
)


def bounds_table(
    year: SolvedYear, solution: Solution, found: Held, fitted: BoolArray
) -> pd.DataFrame:
    """One row per bound that fixes tonnage, or would if it were reached, the largest first.

    `content` is what it fixes, t of oxide contained, and `share` that of the world's output at
    its stage; both are told whether or not it binds. A base flow of nought is told where more
    would flow.
    """
    tables = [
        _of_units(year, solution, found, fitted),
        _of_routes(year, solution, found),
        _of_contracts(year, solution, found),
    ]
    rows = pd.concat([t for t in tables if len(t)] or tables[:1], ignore_index=True)
    told = (rows["bound"] > 0) | (rows["worth"] > 1e-3)
    order = ["content", "worth", "what", "place"]
    rows = rows[told].sort_values(order, ascending=[False, False, True, True], kind="stable")
    return rows.reset_index(drop=True)


def fixed_table(year: SolvedYear, bounds: pd.DataFrame) -> pd.DataFrame:
    """One row per stage and kind of bound: what those that bind fix of the world's output.

    Where several kinds hold the same goods (a quota their making, a base flow where they go),
    no place is counted beyond what it makes.
    """
    made = world_output(year)
    binding = bounds[bounds["binds"]].copy()
    binding["maker"] = np.where(binding["origin"] != "", binding["origin"], binding["place"])
    groups: dict[Group, list[str]] = {
        "quotas": [QUOTA],
        "base flows": [FLOW, CONTRACT],
        "fitted capacities": [CAPACITY],
        "all but quotas": [FLOW, CONTRACT, CAPACITY],
        "all": [QUOTA, FLOW, CONTRACT, CAPACITY],
    }
    rows = []
    for group, kinds in groups.items():
        chosen = binding[binding["kind"].isin(kinds)]
        fixed = chosen.groupby(["stage", "maker"])["content"].sum().reindex(made.index)
        fixed = fixed.fillna(0.0).clip(upper=made).groupby("stage").sum()
        rows.append(
            pd.DataFrame(
                {"counted": group, "fixed": fixed, "world": made.groupby("stage").sum()}
            ).reset_index()
        )
    table = pd.concat(rows, ignore_index=True)
    whole = table.groupby("counted", sort=False)[["fixed", "world"]].sum().reset_index()
    table = pd.concat([table, whole.assign(stage="all stages")], ignore_index=True)
    table["share"] = table["fixed"] / table["world"].where(table["world"] > 0)
    rank = {stage: number for number, stage in enumerate([*CHAIN.values(), "all stages"])}
    order = table["stage"].map(rank)
    return table.iloc[np.argsort(order, kind="stable")].reset_index(drop=True)


def world_output(year: SolvedYear) -> pd.Series:
    """(stage, maker): t of oxide contained in what its units make of the goods of the stage."""
    network = year.network
    stage = network.units["stage"].replace("recycling", "separation").to_numpy(object)
    frame = pd.DataFrame(
        {
            "stage": stage[network.activities["unit"]],
            "maker": year.place_of_activity(),
            "made": _own_output(year),
        }
    )
    made = frame.groupby(["stage", "maker"])["made"].sum()
    return made[made > 0]


def _own_output(year: SolvedYear) -> FloatArray:
    """(activity): t of oxide contained in what it makes of the goods of its own stage.

    What recyclers give back as oxide counts as separation.
    """
    network = year.network
    materials = network.case.table("materials").set_index("id")["stage"]
    chain = network.pools["material"].map(materials).map(CHAIN).to_numpy(object)
    content = year.content(network.pools["material"])
    stage = network.units["stage"].to_numpy(object)[network.activities["unit"]]
    total = np.zeros(len(network.activities))
    for step in dict.fromkeys(CHAIN.values()):
        own = (stage == step) | ((stage == "recycling") & (step == "separation"))
        makes = np.maximum(network.recipes.T @ (content * (chain == step)), 0.0)
        total += np.where(own, makes, 0.0)
    return np.asarray(total * year.activity)


def _of_units(year: SolvedYear, solution: Solution, found: Held, fitted: BoolArray) -> pd.DataFrame:
    """Quotas below capacity and fitted capacities."""
    network = year.network
    units, case = network.units, network.case
    run, quota = by_unit(network, solution), network.quota[0]
    by_quota = quota < network.capacity[0]
    chosen = np.flatnonzero(by_quota | (fitted & (network.capacity[0] > 0)))
    rows = units.iloc[chosen]
    plants = case.table("plants").set_index("id")[["source", "note"]]
    projects = case.table("projects").set_index("id")[["source", "note"]]
    said = pd.concat([plants, projects]).reindex(rows["id"])
    unit = network.activities["unit"].to_numpy()
    content = np.bincount(unit, weights=_own_output(year), minlength=len(units))
    return _table(
        year,
        kind=np.where(by_quota[chosen], QUOTA, CAPACITY).astype(object),
        stage=rows["stage"].replace("recycling", "separation"),
        what=rows["id"],
        place=rows["place"],
        origin="",
        bound=np.minimum(quota, network.capacity[0])[chosen],
        computed=run[chosen],
        content=content[chosen],
        binds=(found.quota | found.fitted)[chosen],
        worth=_undone(network, -solution.duals["capacity"][: len(units)])[chosen],
        source=said["source"],
        why=_noted(said["note"], fitted[chosen]),
    )


def _of_routes(year: SolvedYear, solution: Solution, found: Held) -> pd.DataFrame:
    """Base flows on routes with a yearly limit."""
    network = year.network
    routes, flow = network.routes, by_route(network, solution)
    chosen = np.flatnonzero(bounded(routes))
    rows = routes.iloc[chosen]
    stage = network.case.table("materials").set_index("id")["stage"]
    said = _said_of(network.case.table("routes"), rows, stage)
    return _table(
        year,
        kind=FLOW,
        stage=_step(network, rows["material"]),
        what=rows["material"],
        place=rows["destination"],
        origin=rows["origin"],
        bound=rows["base_flow"],
        computed=flow[chosen],
        content=flow[chosen] * year.content(rows["material"]),
        binds=found.route[chosen],
        worth=_undone(network, -solution.duals.get("inertia", np.zeros(len(chosen)))),
        source=said["source"],
        why=_noted(said["note"], _as_observed(year, rows)),
    )


def _step(network: Network, materials: pd.Series) -> pd.Series:
    """The step of the chain that makes each material; what recyclers make is separated."""
    stage = network.case.table("materials").set_index("id")["stage"]
    return materials.map(stage).map(CHAIN).replace("recycling", "separation")


def _said_of(table: pd.DataFrame, routes: pd.DataFrame, stage: pd.Series) -> pd.DataFrame:
    """Source and note of each route: of the row for its material, else of that for its stage."""
    told = table.set_index(["goods", "origin", "destination"])[["source", "note"]]
    ends = [routes["origin"].to_numpy(), routes["destination"].to_numpy()]
    own, staged = (
        told.reindex(pd.MultiIndex.from_arrays([goods, *ends])).reset_index(drop=True)
        for goods in (routes["material"], routes["material"].map(stage))
    )
    return own.where(own["source"].notna(), staged)


def _as_observed(year: SolvedYear, routes: pd.DataFrame) -> BoolArray:
    """(route): whether its base flow alone equals an output observed where it comes from."""
    equal = np.zeros(len(routes), dtype=bool)
    materials = year.network.case.table("materials")["id"]
    for seen, expected in outputs_observed(year.network.case):
        counted = routes["material"].map(dict(zip(materials, year.counted(seen), strict=True)))
        amount = counted.to_numpy(float) * routes["base_flow"].to_numpy(float)
        theirs = (routes["origin"] == seen.place).to_numpy(bool)
        equal |= theirs & (np.abs(amount - expected) <= FITTED * abs(expected)) & (expected > 0)
    return equal


def _noted(notes: pd.Series, equal: BoolArray) -> list[str]:
    """The notes, with a word where a bound equals an output observed."""
    same = np.where(equal, f"; equals an output observed within {FITTED:.0%}", "")
    return [f"{note}{more}".lstrip("; ") for note, more in zip(notes, same, strict=True)]


def _of_contracts(year: SolvedYear, solution: Solution, found: Held) -> pd.DataFrame:
    """Contracts that run in the base year, and the least they deliver.

    Where a base flow holds the route as well, the tonnage is told there.
    """
    network = year.network
    now = network.tree.middle[0]
    contracts = network.case.table("contracts")
    runs = (contracts["start"] <= now) & (now < contracts["end"] + 1)
    rows = contracts[runs].rename(columns={"seller": "origin", "buyer": "destination"})
    keys = ["material", "origin", "destination"]
    shipped = network.routes[keys].assign(
        flow=by_route(network, solution), at_base_flow=found.route
    )
    rows = rows.merge(shipped, on=keys)
    quantity = rows["quantity"].to_numpy(float)
    delivered = rows["flow"].to_numpy(float)
    return _table(
        year,
        kind=CONTRACT,
        stage=_step(network, rows["material"]),
        what=rows["material"],
        place=rows["destination"],
        origin=rows["origin"],
        bound=quantity,
        computed=delivered,
        content=np.where(rows["at_base_flow"], 0.0, np.minimum(delivered, quantity))
        * year.content(rows["material"]),
        binds=reached(-delivered, -quantity) & (quantity > 0),
        worth=np.nan,
        source=rows["source"],
        why="contract " + rows["id"],
    )


def _table(year: SolvedYear, **columns: object) -> pd.DataFrame:
    arrays = {
        name: value.to_numpy() if isinstance(value, pd.Series) else value
        for name, value in columns.items()
    }
    rows = pd.DataFrame(arrays)
    world = world_output(year).groupby("stage").sum()
    rows["share"] = rows["content"] / rows["stage"].map(world).astype(float)
    words = dict.fromkeys(("kind", "stage", "what", "place", "origin", "source", "why"), object)
    numbers = dict.fromkeys(("bound", "computed", "content", "share", "worth"), float)
    return rows[list(_COLUMNS)].astype({**words, **numbers, "binds": bool})


def _undone(network: Network, dual: FloatArray) -> FloatArray:
    """Duals of the base year, million US$ per t/yr, as US$/kg."""
    weight = float(network.tree.weight[0])
    return np.asarray(np.maximum(dual, 0.0) / max(weight, NO_WEIGHT) / PER_TONNE + 0.0)
