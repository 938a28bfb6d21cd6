"""A hash of a table's content: the same before it is stored and after it is read back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

import numpy as np
import pandas as pd


def hash_tables(tables: Mapping[str, pd.DataFrame]) -> str:
    """sha256 over the tables' names, columns, rows in order and values (-0.0 equals 0.0)."""
    digest = hashlib.sha256()
    for name in sorted(tables):
        digest.update(f"{name}:{hash_table(tables[name])}\n".encode())
    return digest.hexdigest()


def hash_table(table: pd.DataFrame) -> str:
    """sha256 over one table's columns and values; the index does not count."""
    digest = hashlib.sha256(f"{len(table)} rows\n".encode())
    for name in table.columns:
        kind, content = _column_bytes(table[name])
        digest.update(json.dumps([str(name), kind, len(content)]).encode())
        digest.update(content)
    return digest.hexdigest()


def _column_bytes(column: pd.Series) -> tuple[str, bytes]:
    """A column's kind and its values as bytes, whatever the width or backend of its type."""
    if pd.api.types.is_bool_dtype(column.dtype):
        return "bool", column.to_numpy(np.bool_).tobytes()
    if pd.api.types.is_integer_dtype(column.dtype):
        return "integer", column.to_numpy("<i8").tobytes()
    if pd.api.types.is_float_dtype(column.dtype):
        values = column.to_numpy("<f8", copy=True) + 0.0  # -0.0 + 0.0 is 0.0
        values[np.isnan(values)] = np.nan  # one bit pattern for all of them
        return "number", values.tobytes()
    return "words", json.dumps(
        [_words(value) for value in column], ensure_ascii=False, separators=(",", ":")
    ).encode("utf-8", errors="surrogatepass")


def _words(value: object) -> object:
    if isinstance(value, tuple | list | np.ndarray):
        return [str(item) for item in value]
    return None if value is None or value is pd.NA or value != value else str(value)
