"""What all commands that ask a study share: what is asked, the run that answers, telling it."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from kidorui.cli.exits import FAILS, FINE, Refused
from kidorui.cli.output import (
    result_json,
    say,
    say_headlines,
    say_json,
    say_table,
    say_wrapped,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from kidorui.case import Case
    from kidorui.results import Part, Result
    from kidorui.runs import Run
    from kidorui.runs.execute import Question

Options = TypeVar("Options")


def ends(at: Sequence[str]) -> dict[str, str]:
    """`--at` as `load` takes it: {"*": end} for all, {name: end} for one of its parts."""
    chosen: dict[str, str] = {}
    for text in at:
        name, equals, end = text.rpartition("=")
        if end not in ("low", "value", "high") or (equals and not name):
            raise Refused(f"--at {text}: an end is low, value or high, for one part NAME=END")
        chosen[name or "*"] = end
    return chosen


def load_to_plan(
    case: str,
    at: Sequence[str],
    overlays: Sequence[Path],
    *,
    events: Sequence[str],
    open_funds: Sequence[str],
) -> Case:
    """The case to plan for; refuses events and funds that it does not have."""
    from kidorui.case import load

    loaded = load(case, at=ends(at), overlays=overlays)
    refuse_unknown(loaded, "events", "event", [part for e in events for part in e.split("+")])
    refuse_unknown(loaded, "funds", "open-fund", open_funds)
    return loaded


def refuse_unknown(case: Case, table: str, option: str, ids: Sequence[str]) -> None:
    """Refuse ids that are not in a table of the case, all at once."""
    from difflib import get_close_matches

    known = list(dict.fromkeys(case.table(table)["id"]))
    faults = []
    for name in ids:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}"
            faults.append(f"--{option} {name}: not in {table}; {hint}")
    if faults:
        raise Refused("\n".join(faults))


def answer(question: Question[Options], *, seed: int, force: bool, quiet: bool) -> tuple[Run, bool]:
    """The run that answers a question, and whether it was computed now; on all cores."""
    import os
    from concurrent.futures import ThreadPoolExecutor

    from kidorui.console import Meter, interruptible
    from kidorui.runs import Store
    from kidorui.runs.execute import execute
    from kidorui.studies.context import Context

    workers = ThreadPoolExecutor(os.cpu_count())  # the solver lets go of Python's lock
    with Meter(quiet=quiet) as meter:

        def work(cancelled: Callable[[], bool]) -> tuple[Run, bool]:
            context = Context(workers, meter, cancelled, seed)
            return execute(question, context, Store(), force=force)

        try:
            return interruptible(work)
        finally:
            workers.shutdown(wait=False, cancel_futures=True)


def tell(run: Run, parts: Iterable[Part], *, computed: bool) -> None:
    """The answer in a screen or two: headlines, the tables behind them, what a reader must see."""
    say_headlines(run.result.summary)
    for part in parts:
        if part.rows.empty:
            say_wrapped(part.empty)
            say()
        else:
            say_wrapped(part.title)
            say_table(part.rows, rows=0)
    for sentence in (*run.sentences("notes"), *run.sentences("failures")):
        say_wrapped(sentence)
    say()
    stored = "" if computed else f" (stored {run.manifest.created}; --force answers anew)"
    say(f"run {run.id}{stored}; see kidorui show {run.id}")


def ask(
    question: Question[Options],
    parts: Callable[[Result], Iterable[Part]],
    *,
    seed: int = 0,
    force: bool,
    json: bool,
    quiet: bool,
) -> int:
    """Answer a question and tell it, with the parts of its tables; the exit code."""
    run, computed = answer(question, seed=seed, force=force, quiet=quiet or json)
    if not json and not quiet:
        tell(run, parts(run.result), computed=computed)
    return told(run, json=json)


def told(run: Run, *, json: bool) -> int:
    """Write the answer as JSON where that is asked for; the exit code of the command."""
    if json:
        say_json({"run": run.id, **result_json(run.result)})
    return FAILS if run.sentences("failures") else FINE
