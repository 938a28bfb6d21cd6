from dataclasses import dataclass
from types import SimpleNamespace

import pytest

from kidorui.runs.execute import Question, execute
from kidorui.studies.context import Cancelled, Context


@dataclass(frozen=True)
class Options:
    steps: int = 5


@pytest.fixture
def case():
    return SimpleNamespace(settings=SimpleNamespace(name="tiny"), hash="c" * 64)


@pytest.fixture
def worked():
    """The steps a study did itself, in order."""
    return []


@pytest.fixture
def question(case, toy, worked):
    def study(case, options, context):
        for step in range(options.steps):
            context.report(f"step {step}", step / options.steps)
            if context.memo.get(f"step {step}") is None:
                worked.append(step)
                context.memo.put(f"step {step}", b"done")
        return toy()

    return Question("toy", study, case, Options())


def test_what_was_asked_is_in_the_manifest(question, store):
    run, computed = execute(question, Context(seed=7), store)
    inputs = run.manifest.inputs
    assert computed
    assert (inputs.case, inputs.seed, inputs.options) == ("tiny", 7, {"steps": 5})
    assert run.manifest.gap == 0.0
    assert run.manifest.memo_keys == tuple(f"step {n}" for n in range(5))


def test_a_stored_answer_is_not_computed_again(question, store, worked):
    first, _ = execute(question, Context(), store)
    again, computed = execute(question, Context(), store)
    assert (again.id, computed, worked) == (first.id, False, [0, 1, 2, 3, 4])
    assert execute(question, Context(), store, force=True)[1]


def test_what_was_stopped_goes_on_from_the_memo(question, store, worked):
    with pytest.raises(Cancelled, match="step 3"):
        execute(question, Context(cancelled=lambda: len(worked) == 3), store)
    assert store.list().empty
    run, _ = execute(question, Context(), store)
    assert worked == [0, 1, 2, 3, 4]
    assert run.manifest.memo_keys == tuple(f"step {n}" for n in range(5))
