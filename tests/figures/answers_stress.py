"""A small answer of stress, written by hand: C cuts A off; glass and pumps stop, lamps do not."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from kidorui.results import Json, Result
from tests.figures.answers_plan import frame

STOP_DAY = 91.3125
"""Three months to the day."""

META: Mapping[str, Json] = {
    "case": "small",
    "case_hash": "0123456789",
    "kidorui": "0",
    "focus_id": "A",
    "focus": "Aland",
    "control_id": "C",
    "control": "Cland",
    "onset": 2028.0,
    "events": ["cut"],
    "event_names": {"cut": "C stops all"},
    "options": {"months": 12},
}


def stress_answer(**other: pd.DataFrame) -> Result:
    """A stress with draws and a plan lived again; tables that are given stand instead."""
    tables = {
        "stops": stops(),
        "shortage": shortage(),
        "cover": cover(),
        "prices": prices(),
        "losses": losses(),
        "table": first_stops(),
        "prevention": prevention(),
        "ranges": ranges(),
        "fans": fans(),
        "stops_chance": frame(
            "sector material chance error draws",
            ["glass", "any", 0.75, 0.1, 8],
            ["glass", "la-oxide", 0.75, 0.1, 8],
            ["lamps", "any", 0.0, 0.0, 8],
        ),
        "tornado": tornado(),
        "spread": frame(
            "factor unit value value_low value_high",
            ["leak of cut", "1", 0.0, 0.0, 0.5],
            ["duration", "1", 1.0, 0.5, 2.0],
            ["onset", "month", 0.0, 0.0, 11.0],
            ["stock of state", "1", 0.5, 0.0, 1.0],
        ),
        "replay": replay(),
        "goods": frame("id name", ["la-oxide", "La oxide"], ["y-oxide", "Y oxide (pure)"]),
        "places": frame("id name", ["A", "Aland"], ["C", "Cland"]),
    }
    return Result("stress", {**tables, **other}, META)


def quick(*without: str) -> Result:
    """The same with no rows in some tables, as where they were not asked for."""
    answer = stress_answer()
    return stress_answer(**{name: answer.table(name).head(0) for name in without})


def stops() -> pd.DataFrame:
    nan = float("nan")
    return frame(
        "sector material first_stop stopped_days worst_fill first_line",
        ["glass", "la-oxide", STOP_DAY, 60.0, 0.0, 41.0],
        ["glass", "y-oxide", nan, 0.0, 0.9, 80.0],
        ["pumps", "y-oxide", 121.6, 30.0, 0.4, nan],
        ["lamps", "y-oxide", nan, 0.0, 0.8, 41.0],
    )


def shortage() -> pd.DataFrame:
    return frame(
        "month sector element group wanted saved shortage",
        ["2028-01", "glass", "La", "light", 100.0, 0.0, 30.0],
        ["2028-01", "glass", "Y", "heavy", 10.0, 0.0, 1.0],
        ["2028-04", "glass", "La", "light", 100.0, 0.0, 100.0],
        ["2028-04", "lamps", "Y", "heavy", 10.0, 0.0, 2.0],
    )


def cover() -> pd.DataFrame:
    return pd.concat(
        [
            frame(
                "month kind material held days",
                [month, "user", "la-oxide", held, held],
                [month, "state", "la-oxide", held / 2, held / 2],
                [month, "user", "y-oxide", 90.0, 90.0],
                [month, "user", "dy-oxide", 5.0, 5.0],
            )
            for month, held in (("2027-12", 40.0), ("2028-01", 20.0), ("2028-02", 0.0))
        ]
    )


def prices() -> pd.DataFrame:
    return frame(
        "month material inside outside outside_rest dearest",
        ["2027-12", "la-oxide", 0.0, 1.0, 1.5, "B"],
        ["2028-01", "la-oxide", 0.0, 50.0, 2.0, "B"],
        ["2028-02", "la-oxide", 0.0, 40.0, 2.0, "B"],
        ["2027-12", "dy-oxide", 250.0, 250.0, 250.0, "B"],
        ["2028-01", "dy-oxide", 240.0, 900.0, 300.0, "B"],
        ["2028-02", "dy-oxide", 240.0, 800.0, 300.0, "B"],
    )


def losses() -> pd.DataFrame:
    small = [[f"small-{at}", 1.0, 0.0, 2.0, 0.0] for at in range(12)]
    return frame(
        "sector value_lost economy economy_high stopped_days",
        ["glass", 180.0, 2000.0, 2500.0, 75.0],
        ["pumps", 10.0, 100.0, 4000.0, 30.0],
        *small,
    )


def first_stops() -> pd.DataFrame:
    nan = float("nan")
    return frame(
        "sector state_days leak first_stop",
        ["glass", 0.0, 0.0, 90.0],
        ["pumps", 0.0, 0.0, 70.2],
        ["glass", 0.0, 0.5, nan],
        ["pumps", 0.0, 0.5, nan],
        ["glass", 60.0, 0.0, 95.0],
        ["pumps", 60.0, 0.0, 121.0],
        ["glass", 60.0, 0.5, nan],
        ["pumps", 60.0, 0.5, nan],
    )


def prevention() -> pd.DataFrame:
    nan = float("nan")
    return frame(
        "project name prong place cost avoided of_loss per_dollar enters_at opens in_time",
        ["s", "Stock of La", "stockpile", "A", 0.1, 180.0, 0.18, 1800.0, 0.0006, 2027.25, True],
        ["p", "Plant in A", "build", "A", 170.0, 800.0, 0.8, 4.7, 0.2, 2032.0, False],
        ["q", "Plant in B", "diversify", "B", 20.0, 15.0, 0.015, 0.75, nan, 2032.0, False],
        ["r", "No help", "diversify", "B", 20.0, -3.0, -0.003, -0.15, nan, 2032.0, False],
    )


def ranges() -> pd.DataFrame:
    nan = float("nan")
    return frame(
        "moved end first first_stop value_lost economy",
        ["nothing", "value", "glass", STOP_DAY, 190.0, 2100.0],
        ["stocks", "low", "pumps", 10.0, 250.0, 2600.0],
        ["stocks", "high", "glass", 120.0, 100.0, 1500.0],
        ["what leaks", "low", "glass", STOP_DAY, 190.0, 2100.0],
        ["what leaks", "high", "", nan, 5.0, 40.0],
    )


def fans() -> pd.DataFrame:
    return pd.concat(
        [
            frame(
                "sector material what unit month draws q05 q25 q50 q75 q95",
                ["glass", good, what, "1", month, 8, 0.0, 0.2, level, 0.9, 1.0],
            )
            for good, level in (("la-oxide", 0.5), ("y-oxide", 0.99))
            for what in ("fill", "short")
            for month in range(3)
        ]
    )


def tornado() -> pd.DataFrame:
    return frame(
        "answer factor correlation draws error",
        ["value short", "onset", 0.04, 8, 0.125],
        ["value short", "leak of cut", -0.67, 8, 0.125],
        ["value short", "duration", 0.63, 8, 0.125],
        ["value short", "stock of state", -0.08, 8, 0.125],
        ["stopped days", "onset", 0.02, 8, 0.125],
        ["stopped days", "leak of cut", -0.69, 8, 0.125],
        ["stopped days", "duration", 0.58, 8, 0.125],
        ["stopped days", "stock of state", 0.01, 8, 0.125],
    )


def replay() -> pd.DataFrame:
    columns = (
        "sector material shortage_without loss_without shortage_with loss_with "
        "plan_shortage_without plan_loss_without plan_shortage_with plan_loss_with apart"
    )
    return frame(
        columns,
        ["all", "all", 50.0, 1100.0, 40.0, 650.0, 25.0, 380.0, 10.0, 80.0, 0.9],
        ["glass", "la-oxide", 30.0, 600.0, 20.0, 300.0, 15.0, 200.0, 6.0, 50.0, 0.8],
        ["glass", "y-oxide", 10.0, 300.0, 10.0, 250.0, 5.0, 100.0, 2.0, 20.0, 0.9],
        ["pumps", "y-oxide", 10.0, 200.0, 10.0, 100.0, 5.0, 80.0, 2.0, 10.0, 0.9],
    )
