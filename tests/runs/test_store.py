from dataclasses import replace

import pandas as pd
import pytest

from kidorui import runs
from kidorui.results import ResultError
from kidorui.runs import Inputs, RunError, Store


def test_a_run_reads_back_as_it_was(store, toy, inputs):
    run = store.save(toy(), inputs, gap=1e-4, memo_keys=("a", "b"))
    again = store.open(run.id).result
    for name in ("builds", "totals"):
        pd.testing.assert_frame_equal(again.table(name), toy().table(name))
    assert again.hash == toy().hash
    assert again.meta == toy().meta
    assert again.timings == toy().timings
    manifest = store.open(run.id).manifest
    assert (manifest.gap, manifest.memo_keys, manifest.inputs) == (1e-4, ("a", "b"), inputs)
    assert manifest.versions["highspy"] in manifest.solver
    assert manifest.created.endswith("+00:00")


def test_empty_tables_read_back(store, toy, inputs):
    result = toy(**{name: table.head(0) for name, table in toy().tables.items()})
    assert store.save(result, inputs).result.hash == result.hash


def test_ids_are_short_readable_and_follow_the_inputs(store, toy, inputs):
    run = store.save(toy(), inputs)
    assert run.id.startswith("toy-japan-test-")
    assert len(run.id) == len("toy-japan-test-") + 6
    assert store.save(toy(), replace(inputs)).id == run.id
    assert store.save(toy(), replace(inputs, seed=4)).id != run.id
    assert store.save(toy(), replace(inputs, options={"hazard": 0.2})).id != run.id


def test_the_stored_run_stands_unless_forced(store, toy, inputs):
    store.save(toy(), inputs)
    other = toy(totals=toy().table("totals").head(1))
    assert len(store.save(other, inputs).table("totals")) == 2
    assert len(store.save(other, inputs, force=True).table("totals")) == 1
    assert len(store.list()) == 1


def test_runs_whose_short_ids_meet_get_longer_ones(store, toy, inputs, monkeypatch):
    first = store.save(toy(), inputs)
    path = store.root / first.id / "manifest.json"
    path.write_text(path.read_text().replace(first.manifest.inputs_hash, "0" * 64))
    second = store.save(toy(), inputs)
    assert second.id.startswith(first.id)
    assert len(second.id) == len(first.id) + 2


def test_find(store, toy, inputs):
    assert store.find(inputs) is None
    run = store.save(toy(), inputs)
    assert store.find(inputs).id == run.id


def test_a_result_that_is_not_as_declared_is_not_stored(store, toy, inputs):
    with pytest.raises(ResultError):
        store.save(toy(totals=pd.DataFrame()), inputs)
    assert not store.root.exists()


@pytest.mark.parametrize("name", ["nothing", "../schema", "/", ".", "", ".unfinished-1"])
def test_what_is_no_run_is_refused(store, toy, inputs, name):
    store.save(toy(), inputs)
    with pytest.raises(RunError, match="no run"):
        store.open(name)


def test_a_misspelt_run_names_the_nearest(store, toy, inputs):
    run = store.save(toy(), inputs)
    with pytest.raises(RunError, match=f"did you mean {run.id}"):
        store.open(run.id[:-1])


def test_damage_is_said_not_returned(store, toy, inputs):
    run = store.save(toy(), inputs)
    file = run.path / "totals.parquet"
    intact = file.read_bytes()
    file.write_bytes(intact[: len(intact) // 2])
    with pytest.raises(RunError, match="table totals is damaged"):
        _ = store.open(run.id).result
    file.write_bytes((run.path / "builds.parquet").read_bytes())
    with pytest.raises(RunError, match="hash differs"):
        _ = store.open(run.id).result
    (run.path / "manifest.json").write_text("{")
    with pytest.raises(RunError, match=r"manifest\.json cannot be read"):
        store.open(run.id)
    assert store.list().empty


def test_list_has_the_newest_first(store, toy, inputs):
    assert store.list().empty
    for seed in (1, 2):
        store.save(toy(), replace(inputs, seed=seed))
    listed = store.list()
    assert set(listed["seed"]) == {1, 2}
    assert listed["created"].is_monotonic_decreasing
    assert listed["seconds"].tolist() == [1.5, 1.5]


def test_the_default_store_is_where_the_environment_says(tmp_path, toy, inputs, monkeypatch):
    monkeypatch.setenv("KIDORUI_RUNS", str(tmp_path / "elsewhere"))
    run = runs.save(toy(), inputs)
    assert run.path.parent == tmp_path / "elsewhere"
    assert runs.open(run.id).id == runs.list()["run"][0] == runs.find(inputs).id


def test_result_and_inputs_must_be_of_one_kind(store, toy):
    with pytest.raises(ValueError, match="kind"):
        store.save(toy(), Inputs("plan", "japan", "c"))


def test_what_killed_writers_left_is_swept(store, toy, inputs):
    run = store.save(toy(), inputs)
    (store.root / ".unfinished-1").mkdir()
    (store.root / ".unfinished-1" / "manifest.json").write_text("{}")
    run.path.rename(store.root / f".replaced-{run.id}.abc")  # killed between two renames
    assert store.open(run.id).result.hash == toy().hash
    (store.root / ".unfinished-1").mkdir(exist_ok=True)
    Store(store.root).save(toy(), replace(inputs, seed=9))
    assert {path.name for path in store.root.glob(".[ur]*")} == set()
    assert store.open(run.id).result.hash == toy().hash
