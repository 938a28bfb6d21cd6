"""Importing kidorui, or asking for help, loads nothing heavy; what it promises is there."""

import json
import subprocess
import sys

import pytest

import kidorui as kd

HEAVY = {
    "babel", "docx", "duckdb", "highspy", "jinja2", "matplotlib", "numpy", "openpyxl", "pandas",
    "pint", "pyarrow", "pydantic", "scipy", "xlsxwriter",
}  # fmt: skip
TERMINAL = {"cyclopts", "rich"}


def loaded_by(code: str) -> set[str]:
    """The top-level packages in sys.modules after running `code` in a fresh interpreter."""
    tell = "import json, sys; sys.stderr.write(json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\n{tell}"], capture_output=True, text=True, check=True
    )
    return {name.partition(".")[0] for name in json.loads(done.stderr)}


def test_import_is_light():
    assert not loaded_by("import kidorui") & (HEAVY | TERMINAL)


@pytest.mark.parametrize("command", ["", "plan", "sql", "check", "report", "figures", "export"])
def test_help_is_light(command):
    code = f"from kidorui.cli import run; run({[*command.split(), '--help']})"
    assert not loaded_by(code) & HEAVY


@pytest.mark.parametrize("name", kd.__all__)
def test_every_public_name_is_there(name):
    assert getattr(kd, name) is not None
    assert name in dir(kd)


def test_star_import():
    names: dict[str, object] = {}
    exec("from kidorui import *", names)
    assert set(kd.__all__) <= set(names)


def test_an_unknown_name_says_what_there_is():
    with pytest.raises(AttributeError, match=r"no attribute 'plam'.*'plan'"):
        _ = kd.plam


def test_runs_is_the_package():
    assert kd.runs.compare is kd.compare
