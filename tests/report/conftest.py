"""Runs of the bundled case `example`, made once: a plan, two stresses."""

from collections.abc import Mapping

import pytest

import kidorui as kd
from kidorui.results import Result
from kidorui.runs import Inputs, Run, Store


@pytest.fixture(scope="session")
def results() -> Mapping[str, Result]:
    """Answers about the case, by what was asked."""
    plan = kd.plan("example", year=2028)
    return {
        "plan": plan,
        "cheap": kd.plan("example", year=2028, budget=1.0, break_even=False),
        "ban": kd.stress("example", "ban", months=18, plan=plan),
        "today": kd.stress("example", months=6, table=False, prevention=False),
    }


@pytest.fixture(scope="session")
def runs(
    results: Mapping[str, Result], tmp_path_factory: pytest.TempPathFactory
) -> Mapping[str, Run]:
    """The same, stored."""
    store = Store(tmp_path_factory.mktemp("runs"))
    return {name: store.save(result, _inputs(result)) for name, result in results.items()}


def _inputs(result: Result) -> Inputs:
    meta = result.meta
    options = meta["options"]
    assert isinstance(options, Mapping)
    return Inputs(result.kind, str(meta["case"]), str(meta["case_hash"]), options)
