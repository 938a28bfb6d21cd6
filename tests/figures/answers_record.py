"""Small answers of calibration, reconcile and validate, written by hand."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from kidorui.results import Json, Result
from tests.figures.answers_plan import frame

META: Mapping[str, Json] = {"case": "small", "case_hash": "0123456789", "kidorui": "0"}
NAN = float("nan")


def calibration_answer(**other: pd.DataFrame) -> Result:
    """A base year beside the record."""
    tables = {
        "fits": frame(
            "id kind basis unit expected computed deviation tolerance verdict fixed",
            ["a", "production", "C, output", "t", 100.0, 101.0, 0.01, 0.05, "inside", 0.0],
            ["b", "production", "B, output", "t", 10.0, 12.0, 0.2, 0.05, "outside", 1.0],
            ["c", "flow", "A from C, by value", "thousand US$", 8.0, 0.0, -1.0, 0.25, "outside", 0],
            ["d", "share", "C, share", "1", 0.8, 0.91, 0.11, 0.02, "between sources", 0.0],
            ["e", "price", "C, price", "US$/kg", 5.0, 5.0, 0.0, 0.2, "calibration", NAN],
        ),
        "fixed": frame(
            "stage counted fixed world share",
            ["mine", "quotas", 70.0, 100.0, 0.7],
            ["mine", "base flows", 10.0, 100.0, 0.1],
            ["mine", "all", 80.0, 100.0, 0.8],
            ["metal", "base flows", 9.0, 100.0, 0.09],
            ["metal", "all", 9.0, 100.0, 0.09],
            ["all stages", "quotas", 70.0, 200.0, 0.35],
            ["all stages", "all", 89.0, 200.0, 0.445],
        ),
    }
    return Result("calibration", {**tables, **other}, META)


def reconcile_answer(**other: pd.DataFrame) -> Result:
    """A reconciled year with one gross error."""
    tables = {
        "residuals": frame(
            "id basis unit observed reconciled standardised gross",
            ["a", "A from B", "t", 286.0, 30.0, -3.4, True],
            ["b", "A from C", "t", 100.0, 130.0, 2.3, False],
            ["c", "C, output", "t", 90.0, 91.0, 0.2, False],
            ["d", "D, output", "t", 90.0, 91.0, NAN, False],
        ),
        "gross_errors": frame("step id critical", [1, "a", 3.34]),
        "flows": frame(
            "material origin destination base reconciled error determined",
            ["la-oxide", "C", "A", 100.0, 104.0, 2.0, True],
            ["clay", "B", "C", 0.0, 50.0, 9.0, False],
        ),
    }
    return Result("reconcile", {**tables, **other}, META)


def validate_answer(**other: pd.DataFrame) -> Result:
    """Episodes with a check inside, three outside, one of them open at one end."""
    checks = frame(
        "check episode what unit low high recorded computed computed_low computed_high verdict "
        "fitted",
        ["in", "e", "Inside", "percent", 10.0, 20.0, 15.0, 12.0, NAN, NAN, "inside", False],
        ["far", "e", "Far out", "1", 2.0, 6.0, 3.0, 250.0, NAN, NAN, "outside", True],
        ["open", "e", "Open", "percent", 150.0, NAN, 211.0, 88.0, NAN, NAN, "outside", True],
        ["none", "e", "None", "1", 0.0, 0.0, 0.0, 1.0, NAN, NAN, "outside", False],
        ["told", "e", "Told", "percent", NAN, NAN, 3.0, 4.0, NAN, NAN, "reported", False],
    )
    months = [f"2010-{month:02d}" for month in range(1, 13)] + ["2011-01"]
    series = pd.DataFrame(
        {
            "episode": "e",
            "month": months,
            "what": "imports",
            "unit": "t a month",
            "computed": [100.0] * len(months),
            "recorded": [NAN] * 8 + [120.0, 50.0] + [NAN] * 3,
        }
    )
    once = series.assign(what="price", recorded=[1.0] + [NAN] * (len(months) - 1))
    tables = {"checks": checks, "series": pd.concat([series, once], ignore_index=True)}
    return Result("validate", {**tables, **other}, META)
