"""Plants that run, pipelines that are committed and projects the plan may build, as one table."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from kidorui.case import Case
from kidorui.network.links import DAYS
from kidorui.network.tree import Tree

FloatArray = npt.NDArray[np.float64]

_INSTANT = 1e-6
"""A stretch of time in which nothing opens or closes, years."""


def lead_time(projects: pd.DataFrame) -> FloatArray:
    """Years from the decision on a project to its opening: permit, build, qualify, slip."""
    parts = projects[["permit_time", "build_time", "qualification_time", "slip"]]
    return np.asarray(parts.fillna(0.0).sum(axis=1), dtype=float)


def gather_units(case: Case) -> pd.DataFrame:
    """One row per unit: `id, kind, place, stage, group, prong, name, capacity, ...`.

    `kind` is existing, committed or candidate; `capacity` (t/yr) is the nameplate, times the
    odds for a committed project, and for a candidate 1 (built sizes are decided). Openings
    and closings are in years, as is `lag`, from feed to product; `table` and `row` say where
    the unit is written.
    """
    plants = case.table("plants")
    existing = pd.DataFrame(
        {
            "id": plants["id"],
            "kind": "existing",
            "place": plants["place"],
            "stage": plants["stage"],
            "group": plants["group"],
            "prong": plants["prong"],
            "name": plants["name"],
            "capacity": plants["capacity"] * plants["availability"].fillna(1.0),
            "quota": plants["quota"].fillna(np.inf),
            "opening": plants["opening"].fillna(-np.inf),
            "closing": plants["closing"].fillna(np.inf) + 1,
            "ramp": plants["ramp"],
            "lag": plants["work_in_progress"].fillna(0.0) / DAYS,
            "table": "plants",
            "row": plants["_row"],
            "project": -1,
        }
    )
    projects = case.table("projects").reset_index(drop=True)
    committed = projects["committed"].to_numpy(bool)
    odds = projects["odds"].fillna(1.0)
    opening = projects["decision"] + lead_time(projects)
    pipeline = pd.DataFrame(
        {
            "id": projects["id"],
            "kind": np.where(committed, "committed", "candidate"),
            "place": projects["place"],
            "stage": projects["stage"],
            "group": projects["group"],
            "prong": projects["prong"],
            "name": projects["name"],
            "capacity": np.where(committed, projects["size_max"] * odds, 1.0),
            "quota": np.inf,
            "opening": opening,
            "closing": opening + projects["lifetime"],
            "ramp": projects["ramp"],
            "lag": projects["work_in_progress"].fillna(0.0) / DAYS,
            "table": "projects",
            "row": projects["_row"],
            "project": np.arange(len(projects)),
        }
    )
    pipeline = pipeline[projects["stage"] != "stockpile"]
    return pd.concat([existing, pipeline], ignore_index=True)


def gather_modes(case: Case, units: pd.DataFrame) -> pd.DataFrame:
    """Modes of every unit: `unit` (row of units), `recipe`, `cost` (US$/kg of activity)."""
    of_plants = case.table("modes").rename(columns={"plant": "id", "variable_cost": "cost"})
    of_projects = (
        case.table("projects")
        .explode("recipes")
        .rename(columns={"recipes": "recipe", "variable_cost": "cost"})
    )
    columns = ["table", "id", "recipe", "cost"]
    modes = pd.concat(
        [of_plants.assign(table="plants")[columns], of_projects.assign(table="projects")[columns]],
        ignore_index=True,
    )
    numbered = units[["table", "id"]].assign(unit=np.arange(len(units)))
    modes = modes.dropna(subset="recipe").merge(numbered, on=["table", "id"], how="inner")
    return modes.assign(cost=modes["cost"].fillna(0.0))[["unit", "recipe", "cost"]]


def ramp_matrix(ramps: pd.Series) -> FloatArray:
    """Ramps as rows of equal length: the share of capacity by full years since opening."""
    longest = max((len(r) for r in ramps), default=1) or 1
    rows = [list(r) + [r[-1] if r else 1.0] * (longest - len(r)) for r in ramps]
    return np.array(rows, dtype=float).reshape(len(ramps), longest)


def operating_share(
    opening: FloatArray, closing: FloatArray, ramp: FloatArray, start: FloatArray, end: FloatArray
) -> FloatArray:
    """Mean share of nameplate in use from `start` to `end`, by elements (broadcast).

    `ramp` has one more axis than the others: the full years since opening, of which the last
    stands for all that follow.
    """
    steps = ramp.shape[-1]
    in_use = np.zeros(np.broadcast_shapes(opening.shape, closing.shape, start.shape, end.shape))
    for age in range(steps):
        reached = np.maximum(start, opening + age)
        left = np.minimum(
            end, closing if age == steps - 1 else np.minimum(closing, opening + age + 1)
        )
        in_use += ramp[..., age] * np.maximum(left - reached, 0.0)
    return np.asarray(in_use / (end - start))


def standing_at(
    opening: FloatArray, closing: FloatArray, ramp: FloatArray, moment: FloatArray
) -> FloatArray:
    """Share of nameplate in use just before a moment, by elements (broadcast)."""
    return operating_share(opening, closing, ramp, moment - _INSTANT, moment)


def installed(units: pd.DataFrame, tree: Tree, delay: FloatArray) -> FloatArray:
    """(node, unit): capacity of existing and committed units, t/yr; candidates have none.

    `delay` (node, unit) moves the opening and the closing, years.
    """
    share = operating_share(
        units["opening"].to_numpy(float) + delay,
        units["closing"].to_numpy(float) + delay,
        ramp_matrix(units["ramp"]),
        tree.start[:, None],
        (tree.start + tree.duration)[:, None],
    )
    owned = (units["kind"] != "candidate").to_numpy()
    return np.asarray(share * units["capacity"].to_numpy(float) * owned)
