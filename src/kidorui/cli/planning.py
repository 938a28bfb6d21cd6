"""The command `plan`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter, validators

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
    from collections.abc import Callable, Sequence

    from kidorui.case import Case
    from kidorui.runs import Run, Store
    from kidorui.studies.plan import PlanOptions

Several = Parameter(consume_multiple=True)
Share = Annotated[float, Parameter(validator=validators.Number(gte=0, lte=1))]
Money = Annotated[float, Parameter(validator=validators.Number(gte=0))]


def plan(
    case: str,
    /,
    *,
    event: Annotated[tuple[str, ...], Several] = (),
    hazard: Share | None = None,
    budget: Money | None = None,
    risk: Share | None = None,
    at: Annotated[tuple[str, ...], Several] = (),
    overlay: Annotated[tuple[Path, ...], Several] = (),
    whole: bool = False,
    open_fund: Annotated[tuple[str, ...], Several] = (),
    year: int | None = None,
    quick: bool = False,
    seed: int = 0,
    force: bool = False,
    html: Path | None = None,
    json: bool = False,
    quiet: bool = False,
) -> int:
    """Plan what to build: which few things to fund now, and what they bring.

    The answer is stored as a run; the same question is answered from the store.

    Parameters
    ----------
    case
        Name of a bundled case, a folder of tables or an .xlsx file.
    event
        Ids of the events to plan for; those of the case unless given. ONE+OTHER strike together.
    hazard
        Probability of the events, per year.
    budget
        Public money over the horizon, million US$.
    risk
        Weight of the worst outcomes against the mean; that of the case unless given.
    at
        The end of ranges to plan at: low, value or high for all, or NAME=END for one table or
        source.
    overlay
        Folders of rows that add to, replace or remove rows of the case.
    whole
        Build whole units only.
    open_fund
        Ids of funds to let in that are not open to these projects.
    year
        The year for which dependence and prices are told.
    quick
        Leave out the break-evens, which take most of the time.
    seed
        Seed of whatever is drawn at random.
    force
        Plan anew and replace the stored run.
    html
        Where to write the one-page report; beside the run unless given.
    json
        Write the answer as JSON to stdout, and nothing else.
    quiet
        Write nothing but errors, and no progress.
    """
    from kidorui.case import load
    from kidorui.console import set_up_log
    from kidorui.runs import Store
    from kidorui.studies.plan import PlanOptions

    set_up_log(quiet=quiet)
    loaded = load(case, at=ends(at), overlays=overlay)
    _refuse_unknown(loaded, "events", "event", [part for e in event for part in e.split("+")])
    _refuse_unknown(loaded, "funds", "open-fund", open_fund)
    further: dict[str, Any] = {"break_even": False} if quick else {}
    further |= {"open_funds": tuple(open_fund)} if open_fund else {}
    further |= {"year": year} if year is not None else {}
    options = PlanOptions(
        events=tuple(event),
        hazard=hazard,
        budget=budget,
        risk=loaded.settings.risk if risk is None else risk,
        whole=whole,
        **further,
    )
    store = Store()
    run, computed = _execute(loaded, options, store, seed=seed, force=force, quiet=quiet or json)
    page = _write_page(run, html)
    failures = _sentences(run, "failures")
    if json:
        say_json({"run": run.id, **result_json(run.result)})
    elif not quiet:
        _tell(run, page, computed=computed)
    return FAILS if failures else FINE


def ends(at: Sequence[str]) -> dict[str, str]:
    """`--at` as `load` takes it: {"*": end} for all, {name: end} for one table or source."""
    chosen: dict[str, str] = {}
    for text in at:
        name, equals, end = text.rpartition("=")
        if end not in ("low", "value", "high") or (equals and not name):
            raise Refused(f"--at {text}: an end is low, value or high, for one part NAME=END")
        chosen[name or "*"] = end
    return chosen


def _refuse_unknown(case: Case, table: str, option: str, ids: Sequence[str]) -> None:
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


def _execute(
    case: Case, options: PlanOptions, store: Store, *, seed: int, force: bool, quiet: bool
) -> tuple[Run, bool]:
    import os
    from concurrent.futures import ThreadPoolExecutor

    from kidorui.console import Meter, interruptible
    from kidorui.runs.execute import Question, execute
    from kidorui.studies.context import Context
    from kidorui.studies.plan import plan as plan_study

    question = Question("plan", plan_study, case, options)
    workers = ThreadPoolExecutor(os.cpu_count())  # the solver lets go of Python's lock
    with Meter(quiet=quiet) as meter:

        def work(cancelled: Callable[[], bool]) -> tuple[Run, bool]:
            context = Context(workers, meter, cancelled, seed)
            return execute(question, context, store, force=force)

        try:
            return interruptible(work)
        finally:
            workers.shutdown(wait=False, cancel_futures=True)


def _write_page(run: Run, file: Path | None) -> Path:
    from kidorui.report import page
    from kidorui.runs.files import write_file, write_file_in

    text = page(run.result).encode()
    if file is None:
        file = run.path.with_suffix(".html")
        write_file_in(run.path.parent, file, text)
    else:
        write_file(file, text)
    return file


def _tell(run: Run, page: Path, *, computed: bool) -> None:
    """The answer in one screen or two: headlines, then the tables behind them."""
    from kidorui.studies.plan_told import parts

    result = run.result
    say_headlines(result.summary)
    for part in parts(result.tables, result.meta):
        if part.rows.empty:
            say_wrapped(part.empty)
            say()
        else:
            say_wrapped(part.title)
            say_table(part.rows, rows=0)
    for sentence in (*_sentences(run, "notes"), *_sentences(run, "failures")):
        say_wrapped(sentence)
    say()
    stored = "" if computed else f" (stored {run.manifest.created}; --force plans anew)"
    say(f"run {run.id}{stored}; see kidorui show {run.id}")
    say(f"page {page}")


def _sentences(run: Run, name: str) -> tuple[str, ...]:
    """Sentences in the result's meta: `notes` or `failures`."""
    found = run.manifest.meta.get(name, ())
    return tuple(map(str, found)) if isinstance(found, list | tuple) else ()
