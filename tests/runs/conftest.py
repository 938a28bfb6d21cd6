from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from kidorui.results import Result, schema
from kidorui.runs import Inputs, Store

TOY = """table,column,type,unit,description,key
builds,project,id,,what is built,yes
builds,year,integer,,first year,yes
builds,capex,range,million US$,cost,
builds,kind,mine|plant,,kind of project,
builds,parts,list,,what it consists of,
builds,committed,yes|no,,whether it is built anyway,
totals,what,text,,what is counted,yes
totals,amount,number,t/yr,how much,
"""


@pytest.fixture
def toy_kind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    folder = tmp_path / "schema"
    folder.mkdir()
    (folder / "toy.csv").write_text(TOY)
    (folder / "compare.csv").write_text((schema.FOLDER / "compare.csv").read_text())
    monkeypatch.setattr(schema, "FOLDER", folder)
    return "toy"


@pytest.fixture
def toy(toy_kind: str) -> Callable[..., Result]:
    def make(**changes: object) -> Result:
        builds = pd.DataFrame(
            {
                "project": ["sep-au", "metal-jp", "鉱山"],
                "year": [2028, 2029, 2030],
                "capex": [100.0, 50.0, np.nan],
                "capex_low": [80.0, 50.0, np.nan],
                "capex_high": [130.0, 50.0, np.nan],
                "kind": ["plant", "plant", "mine"],
                "parts": [("sx", "calciner"), (), ("pit",)],
                "committed": [True, False, False],
            }
        )
        totals = pd.DataFrame({"what": ["NdPr", "Dy"], "amount": [3000.0, -0.0]})
        tables = {"builds": builds, "totals": totals} | changes
        return Result("toy", tables, {"gap": 0.0, "notes": ["a note"]}, {"solve": 1.5})  # type: ignore[arg-type]

    return make


@pytest.fixture
def inputs() -> Inputs:
    return Inputs("toy", "Japan (test)", "c" * 64, {"hazard": 0.1, "events": ["ban"]}, seed=3)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "runs")
