"""The command `reconcile`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter, validators

from kidorui.cli.exits import Refused
from kidorui.cli.output import say
from kidorui.cli.studying import answer, tell, told

if TYPE_CHECKING:
    from kidorui.case import Case
    from kidorui.results import Result
    from kidorui.studies.reconcile import Overlay

Share = Annotated[float, Parameter(validator=validators.Number(gt=0, lt=1))]
Factor = Annotated[float, Parameter(validator=validators.Number(gt=0))]
Count = Annotated[int, Parameter(validator=validators.Number(gte=0))]


def reconcile(
    case: str,
    /,
    *,
    year: int | None = None,
    baskets: Literal["fixed", "free"] = "fixed",
    level: Share = 0.05,
    scale: Factor = 1.0,
    beyond: bool = False,
    observations_only: bool = False,
    intervals: Count = 40,
    cross_check: bool = False,
    write: Path | None = None,
    force: bool = False,
    json: bool = False,
    quiet: bool = False,
) -> int:
    """Find the balanced flows nearest to all observations of a year, and what is wrong in them.

    The answer is stored as a run; the same question is answered from the store.

    Parameters
    ----------
    case
        Name of a bundled case, a folder of tables or an .xlsx file.
    year
        Year whose observations are reconciled; the base year unless given.
    baskets
        fixed: recipes as the case states them; free: their coefficients are measured quantities
        with errors of their own.
    level
        Chance of a false alarm, among all observations together, at which gross errors are told.
    scale
        Factor on all standard errors that are assumed.
    beyond
        Let plants run beyond capacity and quota where observations ask for it.
    observations_only
        Do not count the case's own demands and base flows as measured.
    intervals
        For how many of what observations leave open the least and the most are sought.
    cross_check
        Solve the last programme with HiGHS as well.
    write
        Folder to write an overlay to, in which every study starts from the reconciled year; it
        must not be there yet, or be empty.
    force
        Solve anew and replace the stored run.
    json
        Write the answer as JSON to stdout, and nothing else.
    quiet
        Write nothing but errors, and no progress.
    """
    from kidorui.case import load
    from kidorui.case.writing import refuse_filled
    from kidorui.console import set_up_log
    from kidorui.runs.execute import Question
    from kidorui.studies.reconcile import ReconcileOptions, overlay_of
    from kidorui.studies.reconcile import reconcile as reconcile_study
    from kidorui.studies.reconcile.overlay import refused_year
    from kidorui.studies.reconcile.told import parts

    set_up_log(quiet=quiet)
    loaded = load(case)
    chosen = loaded.settings.base_year if year is None else year
    options = ReconcileOptions(
        year=chosen,
        baskets=baskets,
        level=level,
        scale=scale,
        beyond=beyond,
        own=not observations_only,
        intervals=intervals,
        cross_check=cross_check,
    )
    question = Question("reconcile", reconcile_study, loaded, options)
    if write is not None:
        refuse_filled(write)  # before anything is solved
        if why := refused_year(loaded, chosen):
            raise Refused(why)
    try:
        run, computed = answer(question, seed=0, force=force, quiet=quiet or json)
        overlay = None if write is None else overlay_of(loaded, run.result, chosen)
    except ValueError as error:
        raise Refused(str(error)) from error
    if not json and not quiet:
        tell(run, parts(run.result.tables), computed=computed)
    if write is not None and overlay is not None:
        near = _written(case, loaded, run.result, overlay, write)
        if not json and not quiet:
            say(near)
    return told(run, json=json)


def _written(case: str, loaded: Case, result: Result, overlay: Overlay, folder: Path) -> str:
    """Write the overlay; in words, how near its own base year comes to what was reconciled."""
    import json
    import os

    from kidorui.case import bundled, load, table_schema
    from kidorui.case.exporting import write_csv
    from kidorui.case.reading import SETTINGS_FILE
    from kidorui.case.writing import whole_folder
    from kidorui.studies.base_year import solve_base_year
    from kidorui.studies.context import Context
    from kidorui.studies.reconcile import nearness

    below = case if case in bundled() else os.path.relpath(case, folder)
    settings = {"extends": below, **overlay.settings}
    with whole_folder(folder) as unfinished:
        lines = [
            f"{name} = {json.dumps(value, ensure_ascii=False)}\n"
            for name, value in settings.items()
        ]
        (unfinished / SETTINGS_FILE).write_text("".join(lines), encoding="utf-8")
        for name, frame in overlay.tables.items():
            schema = table_schema(name)
            absent = [column for column in schema.names if column not in frame]
            write_csv(frame.assign(**dict.fromkeys(absent, "")), schema, unfinished / name)
    base = solve_base_year(load(folder), Context())
    off = nearness(result, base).set_index("what")["off"]
    told_off = ", ".join(f"{what} {share:.1%}" for what, share in off.items())
    rows = sum(len(frame) for name, frame in overlay.tables.items() if name != "sources")
    return (
        f"{folder}: {rows} rows that extend {loaded.settings.name}; its own base year, solved as a "
        f"market, differs from what was reconciled by {told_off} of the tonnage"
    )
