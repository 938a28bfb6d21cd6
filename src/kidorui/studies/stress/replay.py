"""A plan replayed month by month: its shortage beside that of the plan's own years."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kidorui.network.months import MONTH
from kidorui.results import Result
from kidorui.studies.shortage import focus_demands
from kidorui.studies.stress.lived import Lived
from kidorui.studies.stress.worth import unmet

APART = 0.2
"""Difference of the two shortages, as a share of the larger, above which the summary says so."""

YEAR = 12


def replay(plan: Result, events: str, without: Lived, with_plan: Lived) -> pd.DataFrame:
    """One row per sector and material of the focus place, and one for all, in the first year.

    Shortage in t and loss in million US$ as the plan's years had them (`plan_*`; NaN where it
    did not plan for the events) and as lived through here, with the plan and without.
    """
    network = with_plan.network
    here = focus_demands(network)
    rows = network.demands.iloc[here][["sector", "material"]].reset_index(drop=True)
    for name, lived in (("without", without), ("with", with_plan)):
        parts = unmet(lived, lived.path.values["served"])
        short, loss = (_first_year(lived, part) for part in parts)
        rows[f"shortage_{name}"], rows[f"loss_{name}"] = short[here], loss[here]
    told = plan.table("shortage")
    told = told[(told["state"] == events) & (told["year"] == _year(with_plan))]
    columns = {
        "shortage_nothing": "plan_shortage_without",
        "shortage_plan": "plan_shortage_with",
        "loss_nothing": "plan_loss_without",
        "loss_plan": "plan_loss_with",
    }
    keys = ["sector", "material"]
    rows = rows.merge(told.rename(columns=columns)[[*keys, *columns.values()]], on=keys, how="left")
    numbers = rows.columns.difference(keys)
    total = rows[numbers].sum(min_count=1)
    every = pd.concat(
        [pd.DataFrame([{"sector": "all", "material": "all", **total}]), rows], ignore_index=True
    )
    larger = every[["loss_with", "plan_loss_with"]].max(axis=1)
    gap = (every["loss_with"] - every["plan_loss_with"]).abs()
    every["apart"] = np.where(larger > 0, gap / larger.where(larger > 0, 1.0), 0.0)
    return every


def rule(table: pd.DataFrame, events: str) -> str:
    """The 20% rule in words."""
    row = table.iloc[0]
    if np.isnan(row["plan_loss_with"]):
        return (
            f"The plan has no year in which {events} strikes as here: its own quarters cannot be "
            "laid beside the months. "
            f"Month by month the first year loses {row['loss_without']:,.0f} million US$ without "
            f"the plan and {row['loss_with']:,.0f} with it."
        )
    told = (
        f"First year of {events} with the plan: {row['plan_loss_with']:,.0f} million US$ lost in "
        f"the plan's own quarters, {row['loss_with']:,.0f} month by month (without it "
        f"{row['plan_loss_without']:,.0f} and {row['loss_without']:,.0f})."
    )
    if row["apart"] > APART:
        return f"{told} They are {row['apart']:.0%} apart, more than {APART:.0%}: trust the months."
    return f"{told} They are within {APART:.0%}."


def _first_year(lived: Lived, rates: np.ndarray) -> np.ndarray:
    return np.asarray(rates[lived.lead : lived.lead + YEAR].sum(axis=0) * MONTH)


def _year(lived: Lived) -> int:
    """The year of the onset, where a whole year is lived that begins with it; else none."""
    onset = lived.scenario.onset
    whole = lived.path.months - lived.lead >= YEAR and abs(onset - round(onset)) < MONTH
    return round(onset) if whole else -1
