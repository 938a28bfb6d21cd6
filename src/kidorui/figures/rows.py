"""Rows of bars and dots: headings of their groups, and what is too small to tell."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

MISSING = float("nan")


def headings(groups: Iterable[str]) -> list[str]:
    """The heading of each row of rows told group by group: that of its group, where it is new."""
    told: list[str] = []
    last = ""
    for group in groups:
        told.append(group if group != last else "")
        last = group
    return told


def each(table: pd.DataFrame) -> list[pd.Series]:
    """The rows of a small table, one by one."""
    return [row for _, row in table.iterrows()]


def numbers(column: pd.Series, scale: float = 1.0) -> list[float]:
    """A column as plain numbers, times `scale`."""
    return [float(value) * scale for value in column]


def whole(column: pd.Series) -> list[float]:
    """A column in whole numbers, as days are told."""
    return numbers(column.round())


def positive(column: pd.Series, scale: float = 1.0) -> list[float]:
    """The same for a logarithmic axis: what is not above nought is missing."""
    return numbers(column.where(column > 0), scale)
