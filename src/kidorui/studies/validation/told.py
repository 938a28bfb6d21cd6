"""The validation in headlines and sentences, and the few columns of it that a terminal shows."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd

from kidorui.results import Part
from kidorui.studies.validation.checks import FAILED, INSIDE, OUTSIDE, REPORTED

HOLDS, BY_EPISODE = "Does it reproduce what happened?", "Which episodes?"

Tables = Mapping[str, pd.DataFrame]


def summary(checks: pd.DataFrame) -> pd.DataFrame:
    """The headlines: counts over all checks, over those not fitted, and by episode."""
    verdict, free = checks["verdict"], ~checks["fitted"].astype(bool)
    judged = verdict.isin([INSIDE, OUTSIDE, FAILED])
    rows = [
        (HOLDS, "checks judged", judged.sum()),
        (HOLDS, "inside their band", (verdict == INSIDE).sum()),
        (HOLDS, "outside", (verdict == OUTSIDE).sum()),
        (HOLDS, "could not be run", (verdict == FAILED).sum()),
        (HOLDS, "of episodes nothing was fitted to, judged", (judged & free).sum()),
        (HOLDS, "of these inside", ((verdict == INSIDE) & free).sum()),
        (HOLDS, "reported, not judged", (verdict == REPORTED).sum()),
    ]
    rows += [
        (BY_EPISODE, f"{episode}: inside, of {len(of)}", (of["verdict"] == INSIDE).sum())
        for episode, of in checks[judged].groupby("episode", sort=False)
    ]
    table = pd.DataFrame(rows, columns=["question", "headline", "value"])
    table.insert(0, "order", np.arange(1, len(table) + 1))
    return table.assign(unit="checks").astype({"value": float})


def failures(checks: pd.DataFrame) -> list[str]:
    """Every check that is outside or could not be run, with what was computed and why."""
    missed = checks[checks["verdict"].isin([OUTSIDE, FAILED])]
    return [_sentence(row) for row in missed.to_dict("records")]


def notes(checks: pd.DataFrame) -> list[str]:
    """Sentences a reader must see beside the counts."""
    said = []
    if checks["fitted"].any():
        said.append(
            "Checks marked fitted are of an episode from which a parameter was set (table "
            "parameters): inside, they show that the model can follow it, not that it foretells."
        )
    if (checks["episode"] == "one-year cut to Japan").any():
        said.append(
            "The loss of GDP stands beside published estimates, which are models too: inside "
            "means consistent with them, not validated."
        )
    return said


def parts(tables: Tables) -> list[Part]:
    """The tables as a terminal shows them."""
    return [_checks_part(tables["checks"]), _parameters_part(tables["parameters"])]


def _checks_part(checks: pd.DataFrame) -> Part:
    rows = pd.DataFrame(
        {
            "check": checks["check"],
            "unit": checks["unit"],
            "inside when": [band(low, high) for low, high in checks[["low", "high"]].to_numpy()],
            "recorded": checks["recorded"],
            "computed": checks["computed"].round(2),
            "verdict": checks["verdict"],
            "fitted": np.where(checks["fitted"], "yes", ""),
        }
    )
    return Part("checks", "Each check beside its band and the record", rows, "Nothing was asked.")


def _parameters_part(table: pd.DataFrame) -> Part:
    rows = table[table["set_from"].str.startswith("fitted")]
    shown = rows[["name", "case", "value", "unit", "set_from"]].reset_index(drop=True)
    return Part(
        "parameters",
        "What was set from the record of an episode (show RUN parameters has the rest)",
        shown,
        "Nothing that these episodes rest on was fitted.",
    )


def band(low: float, high: float) -> str:
    """A band in words; a missing end is open."""
    if math.isnan(low) and math.isnan(high):
        return "not judged"
    if math.isnan(low):
        return f"at most {_number(high)}"
    if math.isnan(high):
        return f"at least {_number(low)}"
    return f"{_number(low)} to {_number(high)}"


def _number(number: float) -> str:
    return f"{number:g}"


def _sentence(row: Mapping[object, object]) -> str:
    computed, why = float(str(row["computed"])), str(row["why"])
    low, high = float(str(row["low"])), float(str(row["high"]))
    if row["verdict"] == FAILED:
        return f"{row['check']}: could not be run: {why}"
    found = "never" if math.isnan(computed) else f"{computed:,.4g}"
    ends = [float(str(row[name])) for name in ("computed_low", "computed_high")]
    spread = "" if all(map(math.isnan, ends)) else f" ({ends[0]:.3g} to {ends[1]:.3g})"
    return (
        f"{row['check']}: {found}{spread} {row['unit']}, inside when {band(low, high)}. {why}"
    ).rstrip()
