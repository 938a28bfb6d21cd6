"""Files that kidorui writes, read by the libraries they are made for.

These bring what kidorui may not (a package under the GPL), so they live in an environment of
their own, which `make test-all` makes and names in KIDORUI_ORACLES.
"""

import json
import os
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from kidorui.results import Result
from kidorui.results.exports import Origin
from kidorui.results.exports.data_package import write_data_package
from kidorui.results.exports.iamc import iamc_data, write_iamc
from kidorui.studies.context import Context
from kidorui.studies.exposure.study import ExposureOptions, exposure
from kidorui.studies.plan import PlanOptions, plan
from kidorui.studies.stress.study import StressOptions, stress
from tests.changed import tiny

ORACLES = os.environ.get("KIDORUI_ORACLES", "")
ORIGIN = Origin(run="any-tiny-0123ab", case="tiny", created="2026-01-02T03:04:05+00:00")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not ORACLES, reason="make test-all makes the environment it needs"),
]


def told(script: str, *arguments: object) -> dict:
    """What a script beside this file writes, run by the Python of the other environment."""
    python = Path(ORACLES).absolute()
    assert python.exists(), f"{ORACLES} is not there: make test-all makes it"
    command = [python, "-W", "ignore", Path(__file__).with_name(script), *map(str, arguments)]
    # pint keeps paths of its own files in the user's cache: those of another environment mislead
    home = python.parents[1] / "home"
    env = {**os.environ, "HOME": str(home), "XDG_CACHE_HOME": str(home / ".cache")}
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=300, env=env
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def results() -> dict[str, Result]:
    case, context = tiny(), Context()
    quick = StressOptions(events=("ban-cn",), months=24, table=False, prevention=False)
    answers = [
        plan(case, PlanOptions(break_even=False, frontier=2), context),
        stress(case, quick, context),
        exposure(case, ExposureOptions(), context),
    ]
    return {result.kind: result for result in answers}


@pytest.mark.parametrize("kind", ["plan", "stress", "exposure"])
def test_pyam_reads_the_same_numbers(results, tmp_path, kind):
    write_iamc(results[kind], ORIGIN, tmp_path / "data.csv")
    expected = iamc_data(results[kind], ORIGIN)
    read = told("read_iamc.py", tmp_path / "data.csv")
    assert read["columns"] == list(expected.columns)
    names = list(expected.columns[:-1])
    rows = pd.DataFrame(read["rows"], columns=read["columns"]).sort_values(names, ignore_index=True)
    # pandas reads a number to the last digit but one unless told to take longer
    pd.testing.assert_frame_equal(rows, expected, check_dtype=False, rtol=1e-15, atol=0)


def test_pyam_finds_that_parts_add_up(results, tmp_path):
    write_iamc(results["plan"], ORIGIN, tmp_path / "data.csv")
    wholes = ["Production|Separation|Light", "Capacity|Mine|Both", "Shortage|Light"]
    assert told("read_iamc.py", tmp_path / "data.csv", *wholes)["apart"] == []
    # more than its parts: were that not found, nothing would be said above
    lines = (tmp_path / "data.csv").read_text().splitlines()
    whole = next(n for n, line in enumerate(lines) if "|Separation|Light,t/yr," in line)
    head, comma, figures = lines[whole].partition(",t/yr,")
    lines[whole] = head + comma + ",".join("9999" if f else "" for f in figures.split(","))
    (tmp_path / "data.csv").write_text("\n".join(lines))
    variable = head.split(",")[-1]
    assert told("read_iamc.py", tmp_path / "data.csv", variable)["apart"] == [variable]


@pytest.mark.parametrize(
    ("kind", "name"), [("plan", "package"), ("stress", "a.zip"), ("exposure", "a.zip")]
)
def test_frictionless_finds_a_package_valid(results, tmp_path, kind, name):
    result = results[kind]
    write_data_package(result, ORIGIN, tmp_path / name)
    path = tmp_path / name if name.endswith(".zip") else tmp_path / name / "datapackage.json"
    read = told("read_package.py", path)
    assert (read["valid"], read["faults"]) == (True, [])
    assert list(read["tables"]) == list(result.tables)
    for table, content in read["tables"].items():
        expected = result.table(table)
        assert list(content["fields"]) == list(expected.columns)
        assert len(content["rows"]) == len(expected)
        columns = dict(zip(expected.columns, zip(*content["rows"], strict=True), strict=False))
        for column, cells in columns.items():
            if content["fields"][column] == "number":
                numbers = np.array([np.nan if c is None else float(c) for c in cells])
                np.testing.assert_array_equal(numbers, expected[column].to_numpy(float))


def test_frictionless_finds_what_is_wrong_with_a_package(results, tmp_path):
    write_data_package(results["plan"], ORIGIN, tmp_path / "package")
    file = tmp_path / "package" / "builds.csv"
    lines = file.read_text(encoding="utf-8").splitlines()
    lines[1] = lines[1].replace(",t/yr,", ",t/week,").replace(",t,", ",t/week,")
    file.write_text("\n".join([*lines, lines[1]]) + "\n", encoding="utf-8")
    read = told("read_package.py", tmp_path / "package" / "datapackage.json")
    assert not read["valid"]
    assert {fault[0] for fault in read["faults"]} >= {"Constraint Error", "PrimaryKey Error"}
