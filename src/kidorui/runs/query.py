"""SQL over all stored runs, by DuckDB."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pandas as pd

from kidorui.runs.store import Store


class QueryError(ValueError):
    """A query DuckDB refuses; the text is DuckDB's, with the views there are."""


def sql(query: str, store: Store | None = None) -> pd.DataFrame:
    """Ask all runs of a store.

    Views: `runs` (one row per run, as runs.list()) and one per result table (its rows of all
    runs, with a column `run`). Raises QueryError.
    """
    store = store or Store()
    listed = store.list()
    with duckdb.connect() as connection:
        connection.execute("SET python_enable_replacements = false")  # only the views have names
        connection.register("runs", listed)
        views = ["runs"]
        for name, files in sorted(_files(store).items()):
            connection.execute(_view(name, files))
            views.append(name)
        try:
            answer: duckdb.DuckDBPyRelation | None = connection.sql(query)
            table: pd.DataFrame = pd.DataFrame() if answer is None else answer.df()
        except duckdb.Error as error:
            raise QueryError(f"{error}\nThere are the views {', '.join(views)}.") from error
    return table


def _files(store: Store) -> dict[str, list[Path]]:
    files: dict[str, list[Path]] = {}
    for run in store.runs():
        for table in run.manifest.tables:
            files.setdefault(table, []).append(run.path / f"{table}.parquet")
    return files


def _view(name: str, files: list[Path]) -> str:
    listed = ", ".join(_quoted(str(file)) for file in files)
    return (
        f'CREATE VIEW "{name}" AS '
        "SELECT parse_filename(parse_dirpath(filename)) AS run, * EXCLUDE (filename) "
        f"FROM read_parquet([{listed}], union_by_name = true, filename = true)"
    )


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
