"""Parquet folders and data packages hold a run exactly, as pyarrow and pandas read them."""

import csv
import hashlib
import io
import json
import zipfile

import pandas as pd
import pyarrow.parquet as pq
import pytest

from kidorui.results import Result, result_schema
from kidorui.results.exports.data_package import write_data_package
from kidorui.results.exports.parquet import write_parquet
from kidorui.runs.tables import read_table
from tests.exports.conftest import NASTY, ORIGIN


def from_parquet(kind, folder):
    schema = result_schema(kind)
    files = {path.stem: path for path in folder.glob("*.parquet")}
    return Result(kind, {name: read_table(path, schema[name]) for name, path in files.items()})


def from_package(kind, folder):
    """The tables of a data package, by its descriptor alone."""
    descriptor = json.loads((folder / "datapackage.json").read_text())
    tables = {}
    for resource in descriptor["resources"]:
        with (folder / resource["path"]).open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        columns = {}
        for field in resource["schema"]["fields"]:
            texts = [row[field["name"]] for row in rows]
            columns[field["name"]] = READERS[field["type"]](texts)
        tables[resource["name"]] = pd.DataFrame(columns)
    return Result(kind, tables)


READERS = {
    "number": lambda texts: pd.Series([float(t or "nan") for t in texts], dtype=float),
    "integer": lambda texts: pd.Series(list(map(int, texts)), dtype=int),
    "boolean": lambda texts: pd.Series(
        [{"true": True, "false": False}[t] for t in texts], dtype=bool
    ),
    "array": lambda texts: pd.Series([tuple(json.loads(t)) for t in texts], dtype=object),
    "string": lambda texts: pd.Series(texts, dtype=object),
}


def test_parquet_gives_back_every_study_exactly(every, tmp_path):
    for result in every:
        write_parquet(result, ORIGIN, tmp_path / result.kind)
        assert from_parquet(result.kind, tmp_path / result.kind).hash == result.hash


def test_a_data_package_gives_back_every_study_exactly(every, tmp_path):
    for result in every:
        write_data_package(result, ORIGIN, tmp_path / result.kind)
        assert from_package(result.kind, tmp_path / result.kind).hash == result.hash


def test_all_that_a_table_may_hold_comes_back_exactly(toy, tmp_path):
    write_parquet(toy, ORIGIN, tmp_path / "parquet")
    write_data_package(toy, ORIGIN, tmp_path / "package")
    assert from_parquet("toy", tmp_path / "parquet").hash == toy.hash
    assert from_package("toy", tmp_path / "package").hash == toy.hash


def test_a_parquet_field_has_its_unit_and_description(toy, tmp_path):
    write_parquet(toy, ORIGIN, tmp_path / "toy")
    field = pq.read_schema(tmp_path / "toy" / "builds.parquet").field("capex_high")
    assert field.metadata[b"unit"] == b"million US$"
    assert field.metadata[b"description"] == b"high end of the range: cost"
    assert pd.read_parquet(tmp_path / "toy" / "totals.parquet")["what"].tolist() == NASTY
    told = {
        fact["what"]: fact["value"]
        for fact in json.loads((tmp_path / "toy" / "origin.json").read_text())
    }
    assert told["run"] == "toy-japan-0123ab"
    assert told["result hash"] == toy.hash


@pytest.fixture
def package(toy, tmp_path):
    write_data_package(toy, ORIGIN, tmp_path / "toy")
    return tmp_path / "toy"


def described(folder):
    return json.loads((folder / "datapackage.json").read_text())


def test_a_descriptor_says_what_its_files_are(package):
    content = described(package)
    assert content["$schema"].endswith("/2.0/datapackage.json")
    assert content["name"] == "toy-japan-0123ab"
    assert content["created"] == "2026-01-02T03:04:05+00:00"
    for resource in content["resources"]:
        data = (package / resource["path"]).read_bytes()
        assert resource["bytes"] == len(data)
        assert resource["hash"] == f"sha256:{hashlib.sha256(data).hexdigest()}"
    assert {path.name for path in package.iterdir()} == {
        "datapackage.json",
        "builds.csv",
        "totals.csv",
    }


def test_a_descriptor_says_what_its_columns_are(package):
    builds = described(package)["resources"][0]["schema"]
    fields = {field["name"]: field for field in builds["fields"]}
    assert builds["primaryKey"] == ["project", "year"]
    assert fields["capex"] == {
        "name": "capex",
        "type": "number",
        "description": "cost",
        "unit": "million US$",
    }
    assert fields["kind"]["constraints"] == {"enum": ["mine", "plant"]}
    assert [fields[n]["type"] for n in ("year", "parts", "committed")] == [
        "integer",
        "array",
        "boolean",
    ]


def test_keys_that_name_no_row_are_not_declared(toy, tmp_path):
    twice = pd.concat([toy.table("totals")] * 2, ignore_index=True)
    write_data_package(Result("toy", {"totals": twice}), ORIGIN, tmp_path / "twice")
    assert "primaryKey" not in described(tmp_path / "twice")["resources"][0]["schema"]


def test_sources_of_the_case_are_those_of_the_package(planned, tmp_path):
    write_data_package(planned, ORIGIN, tmp_path / "plan")
    sources = described(tmp_path / "plan")["sources"]
    table = planned.table("sources")
    assert [source["title"] for source in sources] == table["citation"].tolist()
    assert [source["licence"] for source in sources] == table["licence"].tolist()


def test_a_zip_is_the_folder_and_the_same_every_time(toy, package, tmp_path):
    for name in ("one.zip", "two.zip"):
        write_data_package(toy, ORIGIN, tmp_path / name)
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    with zipfile.ZipFile(io.BytesIO((tmp_path / "one.zip").read_bytes())) as archive:
        packed = {name: archive.read(name) for name in archive.namelist()}
    assert packed == {path.name: path.read_bytes() for path in package.iterdir()}


def test_a_folder_that_holds_anything_is_left_alone(toy, package):
    for write in (write_data_package, write_parquet):
        with pytest.raises(FileExistsError, match="holds something"):
            write(toy, ORIGIN, package)
