"""Result tables as Parquet files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from kidorui.results import ResultTable

_ARROW = {
    "number": pa.float64(),
    "integer": pa.int64(),
    "bool": pa.bool_(),
    "words": pa.string(),
    "list": pa.list_(pa.string()),
}


def write_table(table: pd.DataFrame, schema: ResultTable, path: Path) -> None:
    """Write a table with the types its schema declares; each column carries its unit."""
    fields = [
        pa.field(name, _ARROW[column.stored_as], metadata={"unit": column.unit})
        for column in schema.columns
        for name in column.names
    ]
    content = pa.Table.from_pandas(table, schema=pa.schema(fields), preserve_index=False)
    pq.write_table(content.replace_schema_metadata(None), path, compression="zstd")


def read_table(path: Path, schema: ResultTable | None) -> pd.DataFrame:
    """Read a table as its study made it; raises OSError or ValueError where it is damaged.

    schema: as declared today; columns it does not know keep the types of the file.
    """
    # Not through a memory map or threads: a table is small, and a damaged one must only raise.
    table: pd.DataFrame = pq.ParquetFile(path).read(use_threads=False).to_pandas()
    kinds = schema.stored_as() if schema else {}
    for name in table.columns:
        if kinds.get(name) == "list" or _holds_arrays(table[name]):
            table[name] = pd.Series([tuple(v) for v in table[name]], dtype=object)
    return table


def _holds_arrays(column: pd.Series) -> bool:
    return column.dtype == object and any(isinstance(value, np.ndarray) for value in column)
