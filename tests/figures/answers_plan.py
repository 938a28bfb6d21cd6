"""Small answers of plan and robust, written by hand: A is looked from, C controls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from kidorui.results import Json, Result

STRUCK = "stop"

META: Mapping[str, Json] = {
    "case": "small",
    "case_hash": "0123456789",
    "kidorui": "0",
    "focus_id": "A",
    "focus": "Aland",
    "control_id": "C",
    "control": "Cland",
    "base_year": 2024,
    "year": 2030,
    "axis": [2027, 2040],
    "event_names": {STRUCK: "C stops all"},
}


def frame(columns: str, *rows: Sequence[object]) -> pd.DataFrame:
    """A table by the words of its columns and its rows."""
    return pd.DataFrame(list(rows), columns=columns.split())


def plan_answer(**other: pd.DataFrame) -> Result:
    """A plan with all tables that pictures read; those given stand instead."""
    tables = {
        "builds": builds(),
        "committed": committed(),
        "dependence": dependence(),
        "shortage": shortage(),
        "shortage_by_element": shortage_by_element(),
        "prices": prices(),
        "accounts": accounts(),
        "regret": regret(),
        "break_even": break_even(),
        "sweeps": frame("parameter level project size of_largest", ["hazard", 0.1, "p", 0.0, 0.0]),
        "rests_on": rests_on(),
        "flows": flows(),
        "frontier": frontier(),
        "alternatives": alternatives(),
        "alternative_builds": alternative_builds(),
        "places": places(),
        "goods": goods(),
        "controls": controls(),
        "sources": sources(),
    }
    return Result("plan", {**tables, **other}, META)


def builds() -> pd.DataFrame:
    rows = frame(
        "project name prong stage place decided opens size unit of_largest cost",
        ["mag", "Magnets", "diversify", "magnet", "B", 2027, 2030.5, 300.0, "t/yr", 1.0, 9.0],
        ["sep", "Separation", "build", "separation", "A", 2028, 2032.0, 40.0, "t/yr", 0.4, 0.75],
        ["dy", "Stock of Dy", "stockpile", "stockpile", "A", 2027, 2027.25, 20.0, "t", 0.2, 0.25],
        ["nd", "Stock of Nd", "stockpile", "stockpile", "A", 2029, 2029.25, 5.0, "t", 0.5, 0.5],
        ["crumb", "Crumb", "build", "metal", "A", 2029, 2030.0, 0.1, "t/yr", 0.001, 0.01],
    )
    later = rows["project"].isin(["nd", "crumb"])
    return rows.assign(state=later.map({True: f"{STRUCK} from 2028", False: "no event"}))


def committed() -> pd.DataFrame:
    return frame(
        "project name prong stage group place opens size unit odds expected",
        ["big", "Big mine", "diversify", "mine", "light", "B", 2029.0, 900.0, "t/yr", 1.0, 900.0],
        [
            "own",
            "Mine of C",
            "diversify",
            "mine",
            "light",
            "C",
            2029.0,
            9000.0,
            "t/yr",
            1.0,
            9000.0,
        ],
        ["old", "Old mine", "diversify", "mine", "light", "B", 2026.0, 950.0, "t/yr", 1.0, 950.0],
    )


def dependence() -> pd.DataFrame:
    shares = {
        (2024, "base year"): (0.9, 0.2),
        (2030, "do-nothing"): (0.8, 0.3),
        (2030, "plan"): (0.5, 0.1),
        (2040, "plan"): (0.7, 0.1),
    }
    return pd.DataFrame(
        [
            {
                "stage": stage,
                "group": "light",
                "basis": basis,
                "year": year,
                "state": "no event",
                "plan": plan,
                "share": share if basis == "look-through" else 1.0,
                "ceiling": 0.6 if stage == "separation" and year > 2024 else float("nan"),
                "above": share > 0.6 and stage == "separation" and year > 2024,
            }
            for (year, plan), both in shares.items()
            for stage, share in zip(("separation", "magnet"), both, strict=True)
            for basis in ("direct", "look-through")
        ]
    )


def shortage() -> pd.DataFrame:
    return frame(
        "state year sector loss_nothing",
        ["no event", 2028, "motors", 1.0],
        [STRUCK, 2028, "motors", 30.0],
        [STRUCK, 2028, "glass", 10.0],
        [STRUCK, 2032, "motors", 35.0],
    )


def shortage_by_element() -> pd.DataFrame:
    return frame(
        "state year element group demand shortage_nothing shortage_plan",
        ["no event", 2028, "La", "light", 100.0, 1.0, 1.0],
        [STRUCK, 2028, "La", "light", 100.0, 40.0, 10.0],
        [STRUCK, 2028, "Y", "heavy", 50.0, 20.0, 20.0],
        [STRUCK, 2028, "Sm", "light", 8.0, 0.1, 0.05],
        [STRUCK, 2028, "Ce", "light", 90.0, 0.0, 0.0],
        [STRUCK, 2032, "La", "light", 100.0, 90.0, 90.0],
    )


def prices() -> pd.DataFrame:
    return frame(
        "material place origin state year price_base price price_nothing",
        ["la-oxide", "A", "any", "no event", 2030, 1.0, 0.5, 0.5],
        ["la-oxide", "A", "any", STRUCK, 2028, 1.0, 30.0, 300.0],
        ["la-oxide", "A", "outside", STRUCK, 2028, 1.0, 45.0, 300.0],
        ["la-oxide", "C", "any", STRUCK, 2028, 1.0, 0.01, 0.01],
        ["la-oxide", "A", "any", "no event", 2040, 1.0, 0.7, 0.7],
        ["magnet", "A", "any", "no event", 2030, 60.0, -0.1, 62.0],
        ["magnet", "A", "any", STRUCK, 2028, 60.0, 90.0, 80.0],
        ["unused", "A", "any", STRUCK, 2028, 60.0, 900.0, 900.0],
    )


def accounts() -> pd.DataFrame:
    return frame(
        "item plan nothing difference",
        ["imports", 110.0, 100.0, 10.0],
        ["disposal", 1.0, 1.01, -0.01],
        ["shortage", 5.0, 30.0, -25.0],
        ["total", 116.0, 131.01, -15.01],
    )


def regret() -> pd.DataFrame:
    return frame(
        "world chance action cost regret",
        ["no event", 0.6, "plan", 210.0, 10.0],
        ["no event", 0.6, "do-nothing", 200.0, 0.0],
        ["stop from 2028", 0.4, "plan", 220.0, 0.0],
        ["stop from 2028", 0.4, "do-nothing", 270.0, 50.0],
    )


def break_even() -> pd.DataFrame:
    nan = float("nan")
    return frame(
        "project name prong built cost cost_cut cost_cut_share product price price_enters "
        "hazard_enters hazard_from",
        ["far", "Far", "build", 0.0, 100.0, 60.0, 0.6, "magnet", 60.0, 80.0, "never", nan],
        ["near", "Near", "build", 0.0, 100.0, 10.0, 0.1, "magnet", 60.0, 62.0, "from", 0.2],
        ["mag", "Magnets", "build", 300.0, 100.0, 0.0, 0.0, "magnet", 60.0, 55.0, "always", 0.0],
        ["unpaid", "Unpaid", "build", 0.0, 100.0, nan, nan, "", nan, nan, "never", nan],
    )


def rests_on() -> pd.DataFrame:
    return frame(
        "source kind supply builds answer",
        ["a-cost", "assumption", 0.5, 0.0, 0.6],
        ["maker", "company", 0.5, 1.0, 0.3],
        ["a-split", "assumption", 0.0, 0.0, 0.1],
        ["(assumed)", "assumption", 0.5, 0.0, 0.7],
    )


def flows() -> pd.DataFrame:
    return frame(
        "material origin destination year base_year plan nothing",
        ["dy-oxide", "C", "A", 2030, 100.0, 40.0, 40.0],
        ["la-oxide", "C", "A", 2030, 500.0, 300.0, 300.0],
        ["la-oxide", "B", "A", 2030, 0.0, 259.0, 200.0],
        ["magnet", "B", "A", 2030, 0.0, 1.0, 1.0],
        ["dy-oxide", "C", "B", 2030, 50.0, 50.0, 50.0],
        ["magnet", "C", "B", 2030, 900.0, 900.0, 900.0],
        ["ore", "B", "A", 2030, 9000.0, 9000.0, 9000.0],
        ["magnet", "D", "A", 2030, 2.0, 2.0, 2.0],
    )


def frontier() -> pd.DataFrame:
    return frame(
        "point kind public cost tail loss shortage",
        [1, "budget", 0.0, 3.0, 3.0, 40.0, 90.0],
        [2, "plan", 50.0, 0.0, 0.0, 10.0, 30.0],
        [3, "less shortage", 200.0, 5.0, 5.0, 4.0, 10.0],
    )


def alternatives() -> pd.DataFrame:
    return frame(
        "alternative cost public loss differs",
        [1, 0.0, 50.0, 10.0, 0.0],
        [2, 0.25, 60.0, 11.0, 0.5],
    )


def alternative_builds() -> pd.DataFrame:
    return frame(
        "alternative project name size unit of_largest",
        [1, "mag", "Magnets", 300.0, "t/yr", 1.0],
        [1, "sep", "Separation", 40.0, "t/yr", 0.4],
        [2, "mag", "Magnets", 150.0, "t/yr", 0.5],
        [2, "sep", "Separation", 0.01, "t/yr", 0.0001],
    )


def places() -> pd.DataFrame:
    return frame(
        "id name lat lon iso3",
        ["A", "Aland", 35.0, 139.0, ("JPN",)],
        ["B", "Bland", 33.0, -118.0, ("USA",)],
        ["C", "Cland", 30.0, 122.0, ("CHN",)],
        ["D", "All others", 35.0, 129.0, ("*",)],
    )


def goods() -> pd.DataFrame:
    return frame(
        "id name stage",
        ["ore", "ore", "concentrate"],
        ["dy-oxide", "Dy oxide", "oxide"],
        ["la-oxide", "La oxide (pure)", "oxide"],
        ["magnet", "magnets", "magnet"],
    )


def controls() -> pd.DataFrame:
    return frame(
        "event name origin destinations goods in_force",
        ["licences", "Licences", "C", (), ("dy-oxide",), True],
        [STRUCK, "C stops all", "C", ("A",), ("oxide", "magnet"), False],
    )


def sources() -> pd.DataFrame:
    return frame(
        "id citation",
        ["a-cost", "Cost of magnets: nobody tells"],
        ["maker", "Maker, report of 2024"],
        ["a-split", "Split of use: by judgement"],
    )


def robust_answer(**other: pd.DataFrame) -> Result:
    """A robust study of two projects that are built and one that never is."""
    nan = float("nan")
    loss = f"{STRUCK}: loss in its first year, with the plan"
    tables = {
        "projects": frame(
            "project name share robust in_case size size_low size_high flips",
            ["mag", "Magnets", 0.9, True, True, 300.0, 200.0, 300.0, ""],
            ["sep", "Separation", 0.4, False, False, 0.0, 10.0, 40.0, ""],
            ["mud", "Mud", 0.0, False, False, 0.0, nan, nan, ""],
        ),
        "figures": frame(
            "run kind figure value",
            *[
                [run, "case" if run == 1 else "drawn", figure, value * factor]
                for run, factor in enumerate((1.0, 0.5, 2.0, 1.5, 1.0), start=1)
                for figure, value in (("public money", 50.0), ("gain", 10.0), (loss, 80.0))
            ],
        ),
        "assumptions": frame(
            "rank source assumed low high changed moved rows",
            [1, "a-cost", "Cost of magnets: nobody tells", "-mag", "", 1, 2.0, ""],
            [2, "a-split", "Split of use: by judgement", "", "", 0, 7.5, ""],
            [3, "a-still", "Never matters", "", "", 0, 0.0, ""],
        ),
    }
    return Result("robust", {**tables, **other}, META)
