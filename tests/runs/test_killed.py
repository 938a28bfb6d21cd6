"""Killed at any moment, a writer leaves only whole runs and whole memo entries."""

import random
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from kidorui.results import schema
from kidorui.runs import Inputs, Store
from tests.runs import writer

SCRIPT = Path(writer.__file__)


@contextmanager
def writing(store: Store, first: int, *, force: bool = False):
    """A process that writes until it is killed, given when it has written once."""
    arguments = [str(schema.FOLDER), str(store.root), str(first), "force" if force else "once"]
    process = subprocess.Popen(
        [sys.executable, str(SCRIPT), *arguments], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline()
        yield process
    finally:
        process.kill()
        process.communicate()


def assert_whole(store: Store) -> int:
    runs = list(store.runs())
    folders = [path for path in store.root.iterdir() if not path.name.startswith(".")]
    assert len(runs) == len(folders)
    for run in runs:
        assert run.result.hash == writer.result(run.manifest.inputs.seed).hash
    return len(runs)


@pytest.mark.parametrize("force", [False, True])
def test_killed_at_any_moment(toy_kind, store, force):
    moments = random.Random(7)
    for first in range(0, 600, 100):
        with writing(store, first, force=force):
            time.sleep(moments.uniform(0.0, 0.12))
        if force:
            store.save(writer.result(99), Inputs("toy", "japan", "c", seed=99))  # sweeps
        assert assert_whole(store) >= 1
        for step in range(first, first + 100):
            assert store.memo.get(f"step {step}") in (None, writer.value(step))
    store.save(writer.result(999), Inputs("toy", "japan", "c", seed=999))
    store.memo.put("last", b"")
    assert not list(store.root.rglob(".[ur]*"))


def test_a_rerun_goes_on_from_the_memo(toy_kind, store):
    with writing(store, 0):
        pass
    kept = {step for step in range(100) if store.memo.get(f"step {step}") is not None}
    assert kept
    ages = {step: store.memo.path(f"step {step}").stat().st_mtime_ns for step in kept}
    with writing(store, 0) as process:
        while int(process.stdout.readline()) <= max(kept):
            pass
    assert {s: store.memo.path(f"step {s}").stat().st_mtime_ns for s in kept} == ages


@pytest.mark.parametrize("force", [False, True])
def test_two_processes_write_the_same_runs(toy_kind, store, force):
    with writing(store, 0, force=force) as one, writing(store, 0, force=force) as other:
        for _ in range(12):
            assert one.stdout.readline()
            assert other.stdout.readline()
        assert (one.poll(), other.poll()) == (None, None)
    store.save(writer.result(999), Inputs("toy", "japan", "c", seed=999))
    assert_whole(store)
