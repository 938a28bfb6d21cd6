"""A result as a folder of Parquet files, each column with its unit and description.

Also how a run stores its tables.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from kidorui.case.writing import whole_folder
from kidorui.results.exports.origin import Head, Origin, heads
from kidorui.results.result import Result

if TYPE_CHECKING:
    import pyarrow as pa

ORIGIN_FILE = "origin.json"


def write_parquet(result: Result, origin: Origin, folder: Path) -> None:
    """Write a result as a folder of one <table>.parquet a table, and origin.json.

    Values are exact. A column's unit and description are in the metadata of its field. Raises
    FileExistsError where the folder holds anything.
    """
    with whole_folder(folder) as unfinished:
        for name, table in result.tables.items():
            columns = heads(result.kind, name, table)
            write_table(table, columns, unfinished / f"{name}.parquet")
        facts = [{"what": what, "value": text} for what, text in origin.facts(result)]
        text = json.dumps(facts, indent=2, ensure_ascii=False)
        (unfinished / ORIGIN_FILE).write_text(text + "\n", encoding="utf-8")


def write_table(table: pd.DataFrame, columns: Sequence[Head], path: Path) -> None:
    """Write a table as one Parquet file with the types its columns are stored as."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema([_field(column) for column in columns])
    content = pa.Table.from_pandas(table, schema=schema, preserve_index=False)
    # without what pandas would note of its own types: readers are to go by the schema
    pq.write_table(content.replace_schema_metadata(None), path, compression="zstd")


def _field(column: Head) -> pa.Field:
    import pyarrow as pa

    kind = {
        "number": pa.float64(),
        "integer": pa.int64(),
        "bool": pa.bool_(),
        "words": pa.string(),
        "list": pa.list_(pa.string()),
    }[column.stored_as]
    noted = {"unit": column.unit}
    if column.description:
        noted["description"] = column.description
    return pa.field(column.name, kind, metadata=noted)
