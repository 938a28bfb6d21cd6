"""From a question to a stored run: look it up, or have the study answer it and keep the answer."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Generic, TypeVar

from kidorui.results import Result
from kidorui.runs.manifest import Inputs
from kidorui.runs.store import Run, Store
from kidorui.studies.context import Context

if TYPE_CHECKING:
    from kidorui.case import Case

Options = TypeVar("Options")


@dataclass(frozen=True)
class Question(Generic[Options]):
    """A study asked of a case with options (a dataclass of JSON values)."""

    kind: str
    study: Callable[[Case, Options, Context], Result]
    case: Case
    options: Options

    def inputs(self, seed: int) -> Inputs:
        """What decides the answer."""
        return Inputs(
            kind=self.kind,
            case=self.case.settings.name,
            case_hash=self.case.hash,
            options=asdict(self.options),  # type: ignore[call-overload]  # any dataclass
            seed=seed,
        )


def execute(
    question: Question[Options], context: Context, store: Store, *, force: bool = False
) -> tuple[Run, bool]:
    """The run that answers a question, and whether it was computed now.

    The stored run of the same inputs is returned unless `force`. The study works with the
    store's memo, so that a run that was killed goes on from what it had. Passes on what the
    study raises; nothing is stored then but the memo.
    """
    inputs = question.inputs(context.seed)
    stored = None if force else store.find(inputs)
    if stored is not None:
        return stored, False
    memo = store.memo
    start = time.perf_counter()
    result = question.study(question.case, question.options, replace(context, memo=memo))
    total = {"total": time.perf_counter() - start}
    result = replace(result, timings=dict(result.timings) or total)
    gap = result.meta.get("gap")
    run = store.save(
        result,
        inputs,
        gap=float(gap) if isinstance(gap, int | float) else None,
        memo_keys=memo.used,
        force=force,
    )
    return run, True
