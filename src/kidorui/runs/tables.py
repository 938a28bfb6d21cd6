"""Result tables as Parquet files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from kidorui.results import ResultTable
from kidorui.results.exports import parquet
from kidorui.results.exports.origin import declared


def write_table(table: pd.DataFrame, schema: ResultTable, path: Path) -> None:
    """Write a table with the types its schema declares; each column carries its unit."""
    columns = [replace(head, description="") for head in declared(schema)]
    parquet.write_table(table, columns, path)


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
