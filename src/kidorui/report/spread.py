"""How far the figures of a plan spread over the runs of a robust answer."""

from __future__ import annotations

import pandas as pd

from kidorui.language import Language
from kidorui.report.given import Given
from kidorui.studies.robust_told import HIGH, LOW


def spreads(robust: Given | None) -> pd.DataFrame:
    """(figure): the range of each figure over the runs of a robust answer."""
    if robust is None:
        return pd.DataFrame(columns=["low", "high"])
    table = robust.table("figures")
    grouped = table.groupby("figure", sort=False)["value"]
    return pd.DataFrame({"low": grouped.quantile(LOW / 100), "high": grouped.quantile(HIGH / 100)})


def over(robust: Given | None, say: Language) -> str:
    """What the ranges of a plan's figures are over."""
    if robust is None:
        return ""
    runs = robust.table("figures")["run"].nunique()
    return say(
        "percentiles {low} to {high} of {runs} plans over all that is unsure",
        low=LOW,
        high=HIGH,
        runs=str(runs),
    )


def between(spread: pd.DataFrame, figure: str, unit: str, say: Language, digits: int = 2) -> str:
    """The range of a figure in words, "" where none is known."""
    if figure not in spread.index:
        return ""
    low, high = spread.loc[[figure], ["low", "high"]].to_numpy(float)[0]
    return say.between(low, high, unit, digits)
