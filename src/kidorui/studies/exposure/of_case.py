"""The published indices of a place, from what a case has on record."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from kidorui.case import Case
from kidorui.studies.exposure import record
from kidorui.studies.exposure.concentration import import_reliance
from kidorui.studies.exposure.geopolrisk import Basis, geopolrisk
from kidorui.studies.exposure.supply_risk import WORST, supply_risk

MATERIAL, STAGE = "rare earths", "as traded"
"""What the EU supply risk of a case is of: raw goods pooled by weight, as customs count them."""


@dataclass(frozen=True)
class Indexed:
    """Rows of an index, and why there are none, or what they do not hold ("" where nothing)."""

    rows: pd.DataFrame
    reason: str = ""


@dataclass(frozen=True)
class _Seen:
    """The record that both indices rest on, and what it lacks for them ("" where nothing)."""

    held: tuple[str, ...]
    trade: pd.DataFrame
    made: pd.DataFrame
    scores: pd.DataFrame
    lacks: str

    @classmethod
    def of(cls, case: Case, year: int, focus: str) -> _Seen:
        """What is on record of a year, seen from a place, and which import could add to it."""
        held = record.members(case, focus)
        trade, made = record.trade(case, year=year), record.production(case, year)
        scores = record.governance(case, year)
        lacks = []
        if not trade["importer"].isin(held).any():
            lacks.append(f"no imports of {held[0]} by HS code (kidorui import baci or comtrade)")
        if made.empty:
            lacks.append("no output of mines (kidorui import usgs or bgs)")
        if scores.empty:
            lacks.append("no governance estimates (kidorui import wgi)")
        return cls(held, trade, made, scores, f"{year}: {'; '.join(lacks)}" if lacks else "")


def geopolrisk_of(case: Case, year: int, focus: str, *, basis: Basis = "quantity") -> Indexed:
    """GeoPolRisk of a place in a year: one row as `geopolrisk` gives, entity = the place.

    World output is that of mines (t REO), imports are raw goods (t of product, or kUSD), as in
    the reference: bases that only a ratio of ratios can put beside each other. Raises
    LookupError for a place that the case does not have.
    """
    seen = _Seen.of(case, year, focus)
    if seen.lacks:
        return Indexed(pd.DataFrame(), seen.lacks)
    held, trade, made, scores = seen.held, seen.trade, seen.made, seen.scores
    named = set(trade["importer"]) | set(trade["exporter"]) | set(made["country"])
    members = {focus: [place for place in held if place in named]}
    rows = geopolrisk(trade, made, scores, members, basis=basis)
    return Indexed(rows, _output_on_record(made))


def supply_risk_of(case: Case, year: int, focus: str) -> Indexed:
    """EU supply risk of a place in a year: one row as `supply_risk` gives, of all raw goods.

    World supply is mine output (t REO); sourcing is domestic mine output with imports by weight.
    A case has no trade parameters (taken as 1), and no recycling input rate or substitution
    index of trade as a whole: blank, so that `sr` is NaN and `sr_high` the risk before both.
    Import reliance is 1 where nothing is mined at home, else by trade on record.
    """
    seen = _Seen.of(case, year, focus)
    if seen.lacks:
        return Indexed(pd.DataFrame(), seen.lacks)
    held, trade, made, scores = seen.held, seen.trade, seen.made, seen.scores
    home = float(made.loc[made["country"].isin(held), "quantity"].sum())
    inside = trade["importer"].isin(held)
    bought = trade[inside & ~trade["exporter"].isin(held)]
    sold = trade.loc[trade["exporter"].isin(held) & ~inside, "quantity"].sum()
    amounts = bought.groupby("exporter")["quantity"].sum()
    if home > 0:
        amounts[focus] = home
    world = made.set_index("country")["quantity"]
    if not (amounts.sum() > 0 and world.sum() > 0):
        return Indexed(pd.DataFrame(), f"{year}: no weight of imports or of output on record")
    reliance = import_reliance(home, amounts.sum() - home, sold)
    terms = pd.DataFrame(
        {
            "material": [MATERIAL],
            "stage": [STAGE],
            "import_reliance": [float(reliance)],
            "recycling": [np.nan],
            "substitution": [np.nan],
        }
    )
    graded = pd.DataFrame({"country": scores["country"], "score": scores["score"] * WORST})
    rows = supply_risk(_shares(world), _shares(amounts), graded, terms)
    lacks = "no recycling input rate and no substitution index on record"
    return Indexed(rows, f"{lacks}; {_output_on_record(made)}")


def _shares(amounts: pd.Series) -> pd.DataFrame:
    """Rows as `supply_risk` takes them; a supplier that is not named is a share not listed."""
    share = (amounts / amounts.sum()).drop(record.UNNAMED, errors="ignore")
    return pd.DataFrame(
        {"material": MATERIAL, "stage": STAGE, "country": share.index, "share": share, "t": 1.0}
    ).reset_index(drop=True)


def _output_on_record(made: pd.DataFrame) -> str:
    """Whose output stands for the world's: an HHI of few rows may be one of a short record."""
    return f"world output is that of the {len(made)} producers on record"
