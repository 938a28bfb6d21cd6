"""Results of the tiny case, and one of a toy kind that holds all that a table may hold."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from kidorui.results import Result, schema
from kidorui.results.exports import Origin
from kidorui.studies.context import Context
from kidorui.studies.exposure.study import ExposureOptions, exposure
from kidorui.studies.plan import PlanOptions, plan
from kidorui.studies.stress.study import StressOptions, stress
from tests.changed import tiny

ORIGIN = Origin(
    run="toy-japan-0123ab",
    case="japan",
    case_hash="c" * 64,
    created="2026-01-02T03:04:05+00:00",
    seed=7,
    solver="HiGHS 1",
    options={"events": ["ban", "halt"], "hazard": None},
    versions={"kidorui": "0.1.0"},
)
TOY = """table,column,type,unit,description,key
builds,project,id,,what is built,yes
builds,year,integer,yr,first year,yes
builds,capex,range,million US$,cost,
builds,kind,mine|plant,,kind of project,
builds,parts,list,,what it consists of,
builds,committed,yes|no,,whether it is built anyway,
totals,what,text,,what is counted,yes
totals,amount,number,t/yr,how much,
"""
NASTY = [
    "=1+1",
    "@SUM(A1)",
    "http://example.org",
    "1e3",
    "",
    "a,b;c",
    'said "so"',
    "希土類",
    "x\ny",
]


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Result:
    folder = tmp_path / "schema"
    folder.mkdir()
    (folder / "toy.csv").write_text(TOY)
    monkeypatch.setattr(schema, "FOLDER", folder)
    builds = pd.DataFrame(
        {
            "project": ["sep-au", "metal-jp", "鉱山"],
            "year": [2028, 2029, 2030],
            "capex": [100.0, 1 / 3, np.nan],
            "capex_low": [80.0, -1e-300, np.nan],
            "capex_high": [np.inf, 50.0, np.nan],
            "kind": ["plant", "plant", "mine"],
            "parts": [("sx", "a; b"), (), ("pit",)],
            "committed": [True, False, False],
        }
    )
    totals = pd.DataFrame({"what": NASTY, "amount": np.arange(len(NASTY)) / 7})
    tables = {"builds": builds, "totals": totals}
    return Result("toy", tables, {"title": "Toys", "notes": ["=a note"]}).validate()


@pytest.fixture(scope="session")
def planned() -> Result:
    return plan(tiny(), PlanOptions(break_even=False, intervals=False), Context())


@pytest.fixture(scope="session")
def stressed() -> Result:
    options = StressOptions(events=("ban-cn",), months=24, table=False, prevention=False)
    return stress(tiny(), options, Context())


@pytest.fixture(scope="session")
def exposed() -> Result:
    return exposure(tiny(), ExposureOptions(outages=False), Context())


@pytest.fixture(scope="session")
def every(planned: Result, stressed: Result, exposed: Result) -> list[Result]:
    return [planned, stressed, exposed]
