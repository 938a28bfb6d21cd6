"""Commands about a case: check, new, export, diff, sources."""

from __future__ import annotations

from pathlib import Path

from kidorui.cli.exits import FAULTY, FINE
from kidorui.cli.output import ROWS, records, say, say_json, say_table


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


def export(case: str, file: Path, /) -> int:
    """Write a case as one workbook, a folder of CSV or a folder of Parquet files.

    Parameters
    ----------
    case
        Name of a bundled case, a folder of tables or an .xlsx file.
    file
        Where to: a name ending in .xlsx, or a folder.
    """
    from kidorui.case import export as export_case
    from kidorui.case import load

    export_case(load(case), file)
    say(str(file))
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


def sources(case: str, /, *, json: bool = False, rows: int = ROWS) -> int:
    """Show what rests on what: each source with its rows, and the share that is assumed.

    Parameters
    ----------
    case
        Name of a bundled case, a folder of tables or an .xlsx file.
    json
        Write JSON instead of tables.
    rows
        Rows to show, 0 for all.
    """
    from kidorui.case import load
    from kidorui.case import sources as sources_of

    table = sources_of(load(case))
    if json:
        say_json(records(table))
    else:
        say_table(table, rows=rows)
    return FINE
