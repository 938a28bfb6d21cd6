"""Commands about runs: show, runs, compare, sql."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kidorui.cli.exits import FINE, Refused
from kidorui.cli.output import ROWS, records, result_json, say, say_json, say_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from kidorui.runs import Run


def show(what: str, table: str | None = None, /, *, json: bool = False, rows: int = ROWS) -> int:
    """Show a table of a case or of a run; without a table, which tables there are.

    Parameters
    ----------
    what
        Id of a run (see `kidorui runs`), or a case: a bundled name, a folder or an .xlsx file.
    table
        Name of the table.
    json
        Write JSON instead of a table.
    rows
        Rows to show, 0 for all.
    """
    run = run_of(what)
    if run is not None:
        tables = {name: run.table(name) for name in run.manifest.tables}
    else:
        from kidorui.case import load

        tables = dict(load(what).tables)
    if table is None:
        _show_list(tables, run, json=json)
    elif table not in tables:
        raise Refused(_unknown(f"{what}: table", table, tables))
    elif json:
        say_json(records(tables[table]))
    else:
        say_table(tables[table], rows=rows)
    return FINE


def runs(*, json: bool = False, rows: int = ROWS) -> int:
    """List the stored runs, newest first.

    They are kept in the folder that the environment variable KIDORUI_RUNS names, else ./runs.

    Parameters
    ----------
    json
        Write JSON instead of a table.
    rows
        Rows to show, 0 for all.
    """
    from kidorui.runs import Store

    store = Store()
    table = store.list()
    if json:
        say_json(records(table))
    elif table.empty:
        say(f"no runs in {store.root}")
    else:
        say_table(table[["run", "created", "seconds", "options"]], rows=rows)
    return FINE


def compare(before: str, after: str, /, *, json: bool = False, rows: int = ROWS) -> int:
    """Lay two runs side by side: what was asked differently, what came out differently.

    Parameters
    ----------
    before, after
        Ids of two runs of one study.
    json
        Write JSON instead of tables.
    rows
        Rows to show of each table, 0 for all.
    """
    from kidorui.runs import compare as compare_runs

    result = compare_runs(before, after)
    if json:
        say_json(result_json(result))
        return FINE
    titles = {
        "inputs": "Asked differently",
        "answers": "Numbers that differ, the largest relative change first",
        "words": "Words that differ",
    }
    for name, title in titles.items():
        if not result.table(name).empty:
            say_table(result.table(name), title=title, rows=rows)
    if all(table.empty for table in result.tables.values()):
        say(f"{before} and {after} hold the same")
    return FINE


def sql(query: str, /, *, json: bool = False, rows: int = ROWS) -> int:
    """Ask all stored runs by SQL (DuckDB).

    Tables: `runs`, and one per result table, with a column `run`.

    Parameters
    ----------
    query
        Such as "SELECT run, sum(capex) FROM builds GROUP BY run".
    json
        Write JSON instead of a table.
    rows
        Rows to show, 0 for all.
    """
    from kidorui.runs import sql as ask

    answer = ask(query)
    if json:
        say_json(records(answer))
    else:
        say_table(answer, rows=rows)
    return FINE


def run_of(what: str) -> Run | None:
    """The run of that id, if there is one."""
    from kidorui.runs import RunError, Store

    store = Store()
    try:
        return store.open(what)
    except RunError:
        if (store.root / what).is_dir() and "/" not in what:
            raise
        return None


def _show_list(tables: Mapping[str, pd.DataFrame], run: Run | None, *, json: bool) -> None:
    import pandas as pd

    listed = pd.DataFrame(
        {"table": list(tables), "rows": [len(table) for table in tables.values()]}
    )
    if json:
        say_json(records(listed))
        return
    if run is not None:
        manifest = run.manifest
        say(f"{run.id}: {manifest.inputs.kind} of {manifest.inputs.case}, {manifest.created}")
    say_table(listed, rows=0)


def _unknown(what: str, name: str, known: Mapping[str, object]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, known, n=1)
    hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}"
    return f"{what}: no {name!r}; {hint}"
