"""Commands about a case: check, new, diff, sources."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kidorui.cli.exits import FAULTY, FINE
from kidorui.cli.output import ROWS, records, say, say_json, say_table, say_wrapped
from kidorui.cli.studying import answer

if TYPE_CHECKING:
    import pandas as pd

    from kidorui.case import Case


def check(case: str, /, *, json: bool = False, quiet: bool = False) -> int:
    """Say everything that is wrong with a case, by table, row and column.

    Parameters
    ----------
    case
        Name of a bundled case, a folder of tables or an .xlsx file.
    json
        Write JSON instead of text.
    quiet
        Write nothing; only the exit code tells.
    """
    from kidorui.case import check as check_case

    report = check_case(case)
    errors = [fault for fault in report.faults if fault.severity == "error"]
    if json:
        say_json(
            {
                "faults": [
                    {
                        "severity": fault.severity,
                        "table": fault.table,
                        "row": fault.row,
                        "column": fault.column,
                        "wrong": fault.wrong,
                        "accepted": fault.accepted,
                    }
                    for fault in report.faults
                ],
                "rows": dict(report.rows),
            }
        )
    elif not quiet:
        for fault in report.faults:
            say(str(fault) if fault.severity == "error" else f"warning: {fault}")
        rows = sum(report.rows.values())
        warnings = len(report.faults) - len(errors)
        say(
            f"{case}: {len(errors)} faults, {warnings} warnings "
            f"in {rows:,} rows of {len(report.rows)} tables"
        )
    return FAULTY if errors else FINE


def new(folder: Path, /) -> int:
    """Start a case of your own: a folder with every table's header and an example.

    Parameters
    ----------
    folder
        The folder to make; it must not be there yet, or be empty.
    """
    from kidorui.case import new as new_case

    new_case(folder)
    say(f"{folder}: fill in the tables, then: kidorui check {folder}")
    return FINE


def diff(before: str, after: str, /, *, json: bool = False, rows: int = ROWS) -> int:
    """Show the rows and columns in which two cases differ.

    Parameters
    ----------
    before, after
        Names of bundled cases, folders of tables or .xlsx files.
    json
        Write JSON instead of a table.
    rows
        Rows to show, 0 for all.
    """
    from kidorui.case import diff as diff_cases
    from kidorui.case import load

    differences = diff_cases(load(before), load(after))
    if json:
        say_json(records(differences))
    elif differences.empty:
        say(f"{before} and {after} hold the same")
    else:
        say_table(differences, rows=rows)
    return FINE


def sources(
    case: str, /, *, quick: bool = False, json: bool = False, quiet: bool = False, rows: int = ROWS
) -> int:
    """Show what rests on what: the share of rows, of cost and of the answer, by source.

    The last row holds all that is assumed. Cost and answer are those of the case's plan: the
    stored one, or one made now.

    Parameters
    ----------
    case
        Name of a bundled case, a folder of tables or an .xlsx file.
    quick
        Leave out cost and answer, so that nothing is planned.
    json
        Write JSON instead of tables.
    quiet
        Show no progress.
    rows
        Rows to show, 0 for all.
    """
    from kidorui.case import load
    from kidorui.case import sources as sources_of

    loaded = load(case)
    table = sources_of(loaded)
    if not quick:
        weights = _weights(loaded, quiet=quiet or json).set_index("source")
        shares = weights.reindex(table["source"])[["supply", "builds", "answer"]].fillna(0.0)
        place = list(table.columns).index("share") + 1
        for number, name in enumerate(shares):
            table.insert(place + number, name, shares[name].to_numpy())
        last = table.index[-1:]  # all assumptions together
        table = table.sort_values("answer", ascending=False, kind="stable")
        table = table.loc[[*table.index.drop(last), *last]]
    if json:
        say_json(records(table))
        return FINE
    say_table(table, rows=rows)
    if not quick:
        assumed = table.iloc[-1]
        say_wrapped(
            f"Assumptions: {assumed['share']:.0%} of the rows, {assumed['supply']:.0%} of the cost "
            f"of supply (making, shipping and storing, in all places), {assumed['builds']:.0%} of "
            f"the cost of what the plan builds, and {assumed['answer']:.0%} of the answer: of all "
            "that moves the plan's gain over doing nothing."
        )
    return FINE


def _weights(case: Case, *, quiet: bool) -> pd.DataFrame:
    """The table `rests_on` of the case's plan: of a stored one, or of one made now."""
    from kidorui.runs import Store
    from kidorui.runs.execute import Question
    from kidorui.studies.plan import PlanOptions
    from kidorui.studies.plan import plan as plan_study

    least = PlanOptions(risk=case.settings.risk, break_even=False, intervals=False)
    for options in (PlanOptions(risk=case.settings.risk), least):
        question = Question("plan", plan_study, case, options)
        stored = Store().find(question.inputs(seed=0))
        if stored is not None:
            return stored.result.table("rests_on")
    run, _ = answer(question, seed=0, force=False, quiet=quiet)
    return run.result.table("rests_on")
