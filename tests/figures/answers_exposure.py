"""A small answer of exposure, written by hand: A is looked from, C controls, B is another."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from kidorui.results import Json, Result
from tests.figures.answers_plan import frame

META: Mapping[str, Json] = {
    "case": "small",
    "case_hash": "0123456789",
    "kidorui": "0",
    "focus_id": "A",
    "focus": "Aland",
    "control_id": "C",
    "control": "Cland",
    "home": ["A", "I"],
}


def exposure_answer(**other: pd.DataFrame) -> Result:
    """An exposure with its outages; tables that are given stand instead."""
    tables = {
        "chain": chain(),
        "origins": origins(),
        "indices": indices(),
        "n_minus_1": outages(),
        "buffers": buffers(),
        "leverage": leverage(),
        "places": frame("id name", ["A", "Aland"], ["B", "Bland"], ["C", "Cland"]),
        "goods": frame("id name", ["la-oxide", "La oxide"]),
    }
    return Result("exposure", {**tables, **other}, META)


def chain() -> pd.DataFrame:
    """100 t of Dy: 60 mined in C and 40 in B, all separated in C; the rest by small ways."""
    return frame(
        "element from_stage from_place to_stage to_place mined amount",
        ["Dy", "mine", "C", "separation", "C", "C", 58.0],
        ["Dy", "mine", "B", "separation", "C", "B", 40.0],
        ["Dy", "mine", "D", "separation", "C", "D", 0.9],
        ["Dy", "mine", "E", "separation", "C", "E", 1.0],
        ["Dy", "scrap", "C", "separation", "C", "recycled", 0.1],
        ["Dy", "separation", "C", "magnet", "A", "C", 50.0],
        ["Dy", "separation", "C", "magnet", "A", "B", 40.0],
        ["Dy", "separation", "C", "use", "glass", "C", 8.0],
        ["Dy", "separation", "C", "use", "lamps", "D", 0.9],
        ["Dy", "separation", "C", "use", "lamps", "E", 1.0],
        ["Dy", "separation", "C", "use", "lamps", "recycled", 0.1],
        ["Dy", "magnet", "A", "use", "cars", "C", 50.0],
        ["Dy", "magnet", "A", "use", "cars", "B", 40.0],
        ["light", "mine", "C", "use", "glass", "C", 7.0],
    )


def origins() -> pd.DataFrame:
    return frame(
        "element stage via origin share",
        ["Nd", "mine", "all", "C", 0.2],
        ["Nd", "mine", "all", "B", 0.7],
        ["Nd", "mine", "all", "recycled", 0.1],
        ["Nd", "separation", "all", "C", 0.3],
        ["Nd", "separation", "all", "B", 0.7],
        ["Nd", "magnet", "all", "A", 0.6],
        ["Nd", "magnet", "all", "I", 0.1],
        ["Nd", "magnet", "all", "no such plant", 0.3],
        ["Nd", "mine", "C", "C", 0.2],
        ["Dy", "mine", "all", "B", 1.0],
        ["Dy", "separation", "all", "C", 1.0],
        ["Dy", "metal", "all", "C", 0.05],
        ["Dy", "metal", "all", "no such plant", 0.95],
    )


def indices() -> pd.DataFrame:
    rows = [
        ["light", "mine", "oxide", "hhi_output", 0.24],
        ["light", "mine", "weight", "hhi_output", 0.9],
        ["heavy", "mine", "oxide", "hhi_output", 0.44],
        ["heavy", "separation", "oxide", "hhi_output", 0.98],
        ["heavy", "separation", "oxide", "hhi_imports", 1.0],
        ["heavy", "separation", "oxide", "top_supplier", 1.0],
    ]
    return frame("element stage basis index value", *rows)


def outages() -> pd.DataFrame:
    nan = float("nan")
    return frame(
        "rank kind outage name same_as first_stop sector value_12 economy buffer_6 buffer_12",
        [1, "plant", "cn", "All of C", "", 91.4, "glass", 2400.0, 10000.0, 0.1, 1.5],
        [2, "stage", "C separation", "C, all", "plant cn", 91.4, "glass", 2400.0, 1e4, 0.1, 1.5],
        [3, "route", "la C A", "La, C to A", "", nan, "", 0.0, 0.0, 0.0, 0.0],
        [4, "stage", "C mine", "C, all mines", "", 200.0, "cars", 20.0, 5.0, nan, nan],
    )


def buffers() -> pd.DataFrame:
    return frame(
        "kind outage months material tonnes days cost",
        ["plant", "cn", 12, "la-oxide", 10.0, 42.3, 1.0],
        ["plant", "cn", 12, "y-oxide", 10.0, 20.0, 0.5],
        ["plant", "cn", 6, "la-oxide", 5.0, 20.0, 0.1],
    )


def leverage() -> pd.DataFrame:
    nan = float("nan")
    return frame(
        "origin destination flow theirs own leverage",
        ["C", "B", 100.0, 9000.0, 500.0, 18.0],
        ["C", "A", 50.0, 2400.0, 160.0, 15.0],
        ["B", "A", 5.0, 0.01, 12.0, nan],
    )
