"""A part of an answer as a reader wants it: few columns, a title with the units in it."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class Part:
    """One part of an answer: its title, its rows, and what to say where it has none."""

    name: str
    title: str
    rows: pd.DataFrame
    empty: str
