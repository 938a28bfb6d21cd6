"""`kidorui export`: the form follows from the file's ending, and what cannot be is refused."""

import json
from dataclasses import asdict

import openpyxl
import pandas as pd
import pytest

from kidorui.case import load
from kidorui.cli import run
from kidorui.runs import Inputs, Store
from kidorui.studies.plan import PlanOptions
from tests.changed import TINY, tiny


@pytest.fixture
def store(tmp_path, monkeypatch, planned):
    monkeypatch.setenv("KIDORUI_RUNS", str(tmp_path / "runs"))
    store = Store()
    store.save(planned, Inputs("plan", "tiny", tiny().hash, asdict(PlanOptions())))
    return store


@pytest.fixture
def stored(store):
    return next(iter(store.runs())).id


@pytest.fixture
def export(capsys, tmp_path):
    def call(what, name, *more):
        code = run(["export", str(what), str(tmp_path / "out" / name), *more])
        said = capsys.readouterr()
        return code, said.out + said.err

    return call


@pytest.mark.parametrize(
    ("name", "more", "part"),
    [
        ("plan.xlsx", (), ""),
        ("plan.csv", (), ""),
        ("plan.zip", (), ""),
        ("plan.geojson", (), ""),
        ("plan.json", ("--as", "geojson"), ""),
        ("plan", (), "datapackage.json"),
        ("plan.parquet", (), "builds.parquet"),
        ("plan.d", ("--as", "parquet"), "builds.parquet"),
    ],
)
def test_a_run_in_every_form(export, stored, tmp_path, name, more, part):
    code, said = export(stored, name, *more)
    assert (code, said.split()) == (0, [str(tmp_path / "out" / name)])
    assert (tmp_path / "out" / name / part).is_file()
    assert [path.name for path in (tmp_path / "out").iterdir()] == [name]


def test_a_workbook_tells_the_run_it_is_of(export, store, stored, tmp_path):
    export(stored, "plan.xlsx")
    book = openpyxl.load_workbook(tmp_path / "out" / "plan.xlsx")
    told = {row[0]: row[1] for row in book["about"].iter_rows(values_only=True)}
    manifest = store.open(stored).manifest
    book.close()
    assert told["run"] == stored
    assert told["case hash"] == tiny().hash
    assert told["result hash"] == manifest.result_hash
    assert told["version of highspy"] == manifest.versions["highspy"]
    assert told["option year"] == "2030"


def test_a_csv_of_a_run_is_iamc_data_and_a_folder_a_data_package(export, stored, tmp_path):
    export(stored, "plan.csv")
    wide = pd.read_csv(tmp_path / "out" / "plan.csv")
    assert list(wide.columns[:5]) == ["Model", "Scenario", "Region", "Variable", "Unit"]
    export(stored, "plan")
    content = json.loads((tmp_path / "out" / "plan" / "datapackage.json").read_text())
    assert content["name"] == stored


@pytest.mark.parametrize(
    ("name", "more"),
    [("tiny.xlsx", ()), ("tiny", ()), ("t.parquet", ()), ("t", ("--as", "parquet"))],
)
def test_a_case_loads_again_in_every_form(export, tmp_path, name, more):
    assert export(TINY, name, *more)[0] == 0
    assert load(tmp_path / "out" / name).hash == tiny().hash


def test_the_programme_of_a_case_comes_with_its_names(export, tmp_path):
    code, said = export(TINY, "tiny.mps.gz")
    files = [tmp_path / "out" / name for name in ("tiny.mps.gz", "tiny.names.csv")]
    assert (code, said.split()) == (0, list(map(str, files)))
    assert all(file.is_file() for file in files)


@pytest.mark.parametrize(
    ("name", "more", "wrong"),
    [
        ("plan.ods", (), "plan.ods: no form of a run such as"),
        ("plan.mps", (), "plan.mps: no form of a run such as"),
        ("plan", ("--as", "mps"), "--as mps: no form of a run such as"),
        ("plan", ("--as", "csv"), "accepted are workbook (.xlsx), iamc (.csv), datapackage (.zip"),
        ("plan.txt", ("--as", "workbook"), "plan.txt: a file of the form workbook ends in .xlsx"),
    ],
)
def test_a_form_that_a_run_has_not_is_refused(export, stored, tmp_path, name, more, wrong):
    code, said = export(stored, name, *more)
    assert code == 2
    assert wrong in said
    assert not (tmp_path / "out").exists()


def test_a_form_that_a_case_has_not_is_refused(export):
    assert export(TINY, "tiny.csv") == (
        2,
        f"tiny.csv: no form of a case such as {TINY}; accepted are workbook (.xlsx), "
        "parquet (.parquet), mps (.mps or .mps.gz), csv (a folder)\n",
    )


def test_what_is_neither_a_run_nor_a_case_is_refused(export, stored):
    code, said = export(stored[:-1], "x.xlsx")
    assert code == 2
    assert f"did you mean {stored}?" in said
    assert "no bundled case, folder or workbook of the name" in said


def test_a_folder_that_holds_anything_is_refused(export, stored, tmp_path):
    export(stored, "plan")
    code, said = export(stored, "plan", "--as", "parquet")
    assert code == 2
    assert "the folder holds something; name a new or empty one" in said
