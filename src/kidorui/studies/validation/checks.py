"""What is checked: bands set before anything was computed, and how a figure is judged by them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pandas as pd

Verdict = Literal["inside", "outside", "reported", "failed"]

INSIDE: Verdict = "inside"
OUTSIDE: Verdict = "outside"
REPORTED: Verdict = "reported"
FAILED: Verdict = "failed"

FOLDER = Path(__file__).parent

_EDGE = 1e-6
"""Slack on a band, of itself: the solver's tolerance and nothing more."""


@dataclass(frozen=True)
class Found:
    """What was computed for a check; `low` and `high` are its ends over a range that is unsure.

    NaN where there is nothing: a line that never stops has no day.
    """

    value: float
    low: float = math.nan
    high: float = math.nan
    has_range: bool = False

    @property
    def all(self) -> tuple[float, ...]:
        """The value, and the ends where there is a range."""
        return (self.value, self.low, self.high) if self.has_range else (self.value,)


def read_checks() -> pd.DataFrame:
    """The checks in order: `check, episode, case, what, unit, low, high, recorded, source`."""
    return pd.read_csv(FOLDER / "expected.csv")


def read_known() -> pd.DataFrame:
    """(check) `verdict` when the table was last accepted, and `why` it is a miss."""
    table = pd.read_csv(FOLDER / "known.csv", keep_default_na=False)
    return table.set_index("check")


def read_record() -> pd.DataFrame:
    """Points on record along a path: `episode, month, what, unit, recorded, source`."""
    return pd.read_csv(FOLDER / "record.csv", dtype={"month": str})


def read_parameters() -> pd.DataFrame:
    """What the episodes rest on: `case, table, id, column, set_from, note`."""
    return pd.read_csv(FOLDER / "parameters.csv", keep_default_na=False)


def judge(found: Found, low: float, high: float) -> Verdict:
    """Inside where all that was found is within the band; a missing end of it is open.

    What has no band is reported; what was not found (NaN) is outside.
    """
    if math.isnan(low) and math.isnan(high):
        return REPORTED
    return INSIDE if all(_within(value, low, high) for value in found.all) else OUTSIDE


def _within(value: float, low: float, high: float) -> bool:
    if math.isnan(value):
        return False
    slack = _EDGE * max(abs(low) if low == low else 0.0, abs(high) if high == high else 0.0, 1.0)
    return not (value < low - slack or value > high + slack)


def chosen(checks: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """The checks of these names, of a check or the first words of an episode; without, all.

    Raises ValueError for a name that is neither.
    """
    if not names:
        return checks
    keep = pd.Series(False, index=checks.index)
    unknown = []
    for name in names:
        by_episode = checks["episode"].str.lower().str.startswith(name.lower())
        hit = (checks["check"] == name) | by_episode | checks["check"].str.startswith(f"{name}-")
        if not hit.any():
            unknown.append(name)
        keep |= hit
    if unknown:
        known = ", ".join(dict.fromkeys(checks["episode"]))
        raise ValueError(
            f"no check or episode {', '.join(unknown)}; the episodes are {known}; the checks "
            f"{', '.join(checks['check'])}"
        )
    return checks[keep]


def changed(verdicts: Mapping[str, str], known: pd.DataFrame) -> tuple[list[str], list[str]]:
    """Checks that passed when last accepted and no longer do, and those that newly pass.

    verdicts: by check, of a run; checks not in it are left out.
    """
    was = known["verdict"].to_dict()
    lost = [c for c, v in verdicts.items() if was.get(c) == INSIDE and v != INSIDE]
    won = [c for c, v in verdicts.items() if v == INSIDE and was.get(c) != INSIDE]
    return lost, won
