"""Plants that run, pipelines that are committed and projects the plan may build, as one table."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from kidorui.case import Case
from kidorui.network.tree import Tree

FloatArray = npt.NDArray[np.float64]

_SAMPLES = 4
"""Points at which a node is sampled for what opens or closes within it."""


def lead_time(projects: pd.DataFrame) -> FloatArray:
    """Years from the decision on a project to its opening: permit, build, qualify, slip."""
    parts = projects[["permit_time", "build_time", "qualification_time", "slip"]]
    return np.asarray(parts.fillna(0.0).sum(axis=1), dtype=float)


def gather_units(case: Case) -> pd.DataFrame:
    """One row per unit: `id, kind, place, stage, group, prong, name, capacity, ...`.

    `kind` is existing, committed or candidate; `capacity` (t/yr) is the nameplate, times the
    odds for a committed project, and for a candidate 1 (built sizes are decided). Openings
    and closings are in years; `table` and `row` say where the unit is written.
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
            "table": "projects",
            "row": projects["_row"],
            "project": np.arange(len(projects)),
        }
    )
    pipeline = pipeline[projects["stage"] != "stockpile"]
    return pd.concat([existing, pipeline], ignore_index=True)


def gather_modes(case: Case, units: pd.DataFrame) -> pd.DataFrame:
    """Modes of every unit: `unit` (row of units), `recipe`, `cost` (US$/kg of activity)."""
    of_plants = case.table("modes")[["plant", "recipe", "variable_cost"]].rename(
        columns={"plant": "id", "variable_cost": "cost"}
    )
    projects = case.table("projects")
    of_projects = (
        projects[["id", "recipes", "variable_cost"]]
        .explode("recipes")
        .dropna(subset="recipes")
        .rename(columns={"recipes": "recipe", "variable_cost": "cost"})
    )
    modes = pd.concat([of_plants, of_projects], ignore_index=True)
    position = pd.Series(np.arange(len(units)), index=units["id"])
    modes["unit"] = modes["id"].map(position)
    modes = modes.dropna(subset="unit").astype({"unit": int})
    modes["cost"] = modes["cost"].fillna(0.0)
    return modes[["unit", "recipe", "cost"]].reset_index(drop=True)


def ramp_matrix(ramps: pd.Series) -> FloatArray:
    """Ramps as rows of equal length: the share of capacity by full years since opening."""
    longest = max((len(r) for r in ramps), default=1) or 1
    rows = [list(r) + [r[-1] if r else 1.0] * (longest - len(r)) for r in ramps]
    return np.array(rows, dtype=float).reshape(len(ramps), longest)


def operating_share(
    opening: FloatArray, closing: FloatArray, ramp: FloatArray, start: FloatArray, end: FloatArray
) -> FloatArray:
    """Mean share of nameplate in use from `start` to `end`, by elements (broadcast).

    `ramp` has one more axis than the others: the years since opening.
    """
    offsets = (np.arange(_SAMPLES) + 0.5) / _SAMPLES
    moments = start[..., None] + (end - start)[..., None] * offsets
    age = moments - opening[..., None]
    step = np.clip(np.floor(np.where(np.isfinite(age), age, 1e3)), 0, ramp.shape[-1] - 1)
    share = np.take_along_axis(
        np.broadcast_to(ramp, (*step.shape[:-1], ramp.shape[-1])), step.astype(int), axis=-1
    )
    on = (age >= 0) & (moments < closing[..., None])
    return np.asarray((share * on).mean(axis=-1))


def installed(units: pd.DataFrame, tree: Tree) -> FloatArray:
    """(node, unit): capacity of existing and committed units, t/yr; candidates have none."""
    share = operating_share(
        units["opening"].to_numpy(float)[None, :],
        units["closing"].to_numpy(float)[None, :],
        ramp_matrix(units["ramp"])[None, :, :],
        np.repeat(tree.start[:, None], len(units), axis=1),
        np.repeat((tree.start + tree.duration)[:, None], len(units), axis=1),
    )
    owned = (units["kind"] != "candidate").to_numpy()
    return np.asarray(share * units["capacity"].to_numpy(float) * owned)
