"""Tables by which any number of a plan can be traced: flows, production, scenarios, base year."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from kidorui.case import Case, country_places
from kidorui.network import Network
from kidorui.program import Solution
from kidorui.program.operation import shipped
from kidorui.studies.base_year import BaseYear
from kidorui.studies.calibration.fits import compared
from kidorui.studies.calibration.year import solved_year
from kidorui.studies.moments import Moment, state_of
from kidorui.studies.solved import NOTHING, PLAN, Solved

FloatArray = npt.NDArray[np.float64]

TOO_MUCH: Mapping[str, float] = {"light": 0.10, "heavy": 0.25}
"""Unexplained share of world demand above which the data must be mended, by group."""

_TRACE = 1e-3
"""Flows below this are not told, t/yr."""


def scenarios(solved: Solved) -> pd.DataFrame:
    """One row per node of the tree: when, in which state of the world, with what chance."""
    tree = solved.tree
    return pd.DataFrame(
        {
            "node": np.arange(tree.size),
            "label": list(tree.labels),
            "state": [state_of(tree, node) for node in range(tree.size)],
            "start": tree.start,
            "duration": tree.duration,
            "parent": tree.parent.astype(int),
            "probability": tree.probability,
            "events": list(tree.events),
        }
    ).astype({"label": object, "state": object})


def flows(solved: Solved, moment: Moment) -> pd.DataFrame:
    """One row per material, origin and destination that carries anything, t/yr."""
    routes = solved.network.routes
    keys = ["material", "origin", "destination"]
    rows = routes[keys].assign(year=moment.year)
    rows["base_year"] = (
        solved.base.flows.reindex(pd.MultiIndex.from_frame(routes[keys])).fillna(0.0).to_numpy()
    )
    route = solved.network.links["route"].to_numpy()
    for name, short in ((PLAN, "plan"), (NOTHING, "nothing")):
        moved = moment.share @ shipped(solved.network, solved.both[name].values)
        rows[short] = np.bincount(route, weights=moved, minlength=len(routes))
    carried = rows[["base_year", "plan", "nothing"]].max(axis=1) > _TRACE
    return rows[carried].sort_values(keys, ignore_index=True)


def production(solved: Solved, moment: Moment) -> pd.DataFrame:
    """One row per plant, committed or candidate project: activity against capacity, t/yr."""
    network, units = solved.network, solved.network.units
    rows = units[["id", "kind", "stage", "group", "place"]].rename(columns={"id": "unit"})
    rows = rows.assign(year=moment.year)
    for name, short in ((PLAN, "plan"), (NOTHING, "nothing")):
        solution = solved.both[name]
        rows[f"capacity_{short}"] = moment.share @ capacity(solved, solution)
        rows[f"activity_{short}"] = moment.share @ run(network, solution)
        with np.errstate(divide="ignore", invalid="ignore"):
            use = rows[f"activity_{short}"] / rows[f"capacity_{short}"]
        rows[f"utilisation_{short}"] = use.where(rows[f"capacity_{short}"] > _TRACE)
    stands = rows[["capacity_plan", "capacity_nothing"]].max(axis=1) > _TRACE
    return rows[stands].reset_index(drop=True)


def run(network: Network, solution: Solution) -> FloatArray:
    """(node, unit): activity, t/yr."""
    out = np.zeros((solution.values["activity"].shape[0], len(network.units)))
    np.add.at(out.T, network.activities["unit"].to_numpy(), solution.values["activity"].T)
    return out


def capacity(solved: Solved, solution: Solution) -> FloatArray:
    """(node, unit): capacity with what is built, t/yr."""
    block = solved.program.model.constraints["capacity"]
    built = -block.terms["size"] @ solution.values["size"].ravel()
    return np.asarray((block.upper + built).reshape(solved.tree.size, -1))


def unexplained(case: Case, base: BaseYear) -> pd.DataFrame:
    """One row per element, material and place: what the base year could not explain.

    `share` and `of_element` (all places together) are of the world's base demand for the
    element; `too_much` tells whether the latter is above what is let pass.
    """
    network = base.network
    pools = base.pools.reset_index(drop=True)
    held = network.content_of(pools["material"]) * pools["unexplained"].to_numpy()[:, None]
    demand = network.quantity[0] @ network.content_of(network.demands["material"])
    pool, element = np.nonzero(held > _TRACE)
    elements = case.table("elements").reset_index(drop=True)
    world = np.maximum(demand, 1e-9)
    total = held.sum(axis=0) / world
    limit = elements["group"].map(TOO_MUCH).to_numpy(float)
    return pd.DataFrame(
        {
            "element": elements["id"].to_numpy(object)[element],
            "group": elements["group"].to_numpy(object)[element],
            "material": pools["material"].to_numpy(object)[pool],
            "place": pools["place"].to_numpy(object)[pool],
            "unexplained": held[pool, element],
            "share": held[pool, element] / world[element],
            "of_element": total[element],
            "limit": limit[element],
            "too_much": (total > limit)[element],
        }
    ).sort_values(["element", "material", "place"], ignore_index=True)


def base_year(case: Case, base: BaseYear) -> pd.DataFrame:
    """The computed base year beside what was observed of it, and what each place made.

    An observation is read on its own basis, as `kidorui.studies.calibration` does, which also
    tells what holds each figure; where its basis cannot be read the computed value is missing.
    """
    year = solved_year(base.network, base.solution)
    read, _ = compared(case, case.settings.base_year)
    computed = {one.id: year.value(one.seen) for one in read}
    seen = case.table("observations")
    of_network = [name for name, counted in country_places(case).items() if name == counted]
    seen = seen[(seen["year"] == case.settings.base_year) & (seen["kind"] != "governance")]
    seen = seen[seen[["place", "origin"]].isin([*of_network, ""]).all(axis=1)]
    rows = seen.rename(columns={"value": "observed"}).assign(
        computed=seen["id"].map(computed).astype(float)
    )
    made = base.network.recipes.maximum(0) @ base.solution.values["activity"][0]
    output = base.network.pools[["place", "material"]].assign(computed=made)
    output = output[output["computed"] > _TRACE].rename(columns={"material": "goods"})
    other = output.groupby(["place", "goods"], as_index=False)["computed"].sum()
    made_there = {"kind": "production", "origin": "", "unit": "t/yr", "source": "", "id": ""}
    rows = pd.concat([rows, other.assign(observed=np.nan, **made_there)], ignore_index=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        rows["deviation"] = rows["computed"] / rows["observed"] - 1
    rows["deviation"] = rows["deviation"].where(rows["observed"] != 0)
    keys = ["kind", "place", "origin", "goods", "id"]
    columns = ["id", *keys[:-1], "unit", "computed", "observed", "deviation", "source"]
    return pd.DataFrame(rows[columns].sort_values(keys, ignore_index=True, kind="stable"))
