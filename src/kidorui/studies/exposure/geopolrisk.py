"""GeoPolRisk: how concentrated the world's output is, and how unstable are those one buys from.

Method: Gemechu et al., J. Ind. Ecol. 20:154, 2016; Cimprich et al., J. Clean. Prod. 162:754,
2017; Santillán-Saldivar et al., Int. J. Life Cycle Assess. 27:1075, 2022; characterisation
factor as in Koyamparambath et al., 2024. Its conventions are those of geopolrisk-py 2.0.1, but
that a missing score stays missing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from kidorui.studies.exposure.inputs import Column, input_faults

FloatArray = npt.NDArray[np.float64]
Basis = Literal["quantity", "value"]

COPPER = 0.409412948
"""US$/kg: mean score x price of copper for OECD countries, 2017 to 2021, by which the
characterisation factor is counted in kg of copper (Koyamparambath et al., 2024)."""

WORST, BEST = -2.5, 2.5
"""Ends of the scale of a governance estimate (World Bank, Worldwide Governance Indicators)."""

ENDS = ("", "_low", "_high")

COLUMNS: Mapping[str, Mapping[str, Column]] = {
    "trade": {
        "year": Column("year"),
        "importer": Column("name"),
        "exporter": Column("name"),
        "value": Column("amount", blank=True),
        "quantity": Column("amount", blank=True),
    },
    "production": {
        "year": Column("year"),
        "country": Column("name"),
        "quantity": Column("amount"),
    },
    "governance": {
        "year": Column("year"),
        "country": Column("name"),
        "score": Column("amount", blank=True, most=1.0),
    },
}
"""What the tables hold that the index is computed from."""

KEY = ("year", "country")
"""What no two rows of production or governance may share."""


def instability(estimate: npt.ArrayLike) -> FloatArray:
    """(...): a governance estimate (-2.5 to 2.5, high is stable) as 0 (stable) to 1 (unstable).

    Estimates beyond the ends of the scale count as the end; a missing one stays missing.
    """
    scaled = (BEST - np.asarray(estimate, dtype=np.float64)) / (BEST - WORST)
    return np.asarray(np.clip(scaled, 0.0, 1.0))


def geopolrisk(
    trade: pd.DataFrame,
    production: pd.DataFrame,
    governance: pd.DataFrame,
    members: Mapping[str, Sequence[str]],
    *,
    missing: float | None = None,
    basis: Basis = "quantity",
) -> pd.DataFrame:
    """One row per year of trade and entity: the index, its parts, and their least and greatest.

    trade: year, importer, exporter, value (kUSD), quantity (t); rows of several codes add up.
    production: year, country, quantity (t), all producers of a year or none; governance: year,
    country, score (0 stable to 1 unstable, as `instability` gives). members: the countries of
    each entity; what they buy of each other counts as bought without risk. A partner without a
    score is open from 0 to 1: columns _low and _high, and the figure itself is NaN unless
    nothing comes from there. missing: the score of a partner that `governance` has no row of
    (geopolrisk-py: 0.5); one whose score is blank stays open. basis: what imports are weighed
    by; by value, domestic output counts at the import price.
    Columns: imports and production (t), unscored_share of imports, unweighed_share (of their
    value, without a quantity), price (US$/kg), hhi, trade_risk (domestic output left out),
    import_risk, geopolrisk, cf (kg Cu-eq/kg). Raises ValueError with all that is wrong.
    """
    frames = {"trade": trade, "production": production, "governance": governance}
    _check(frames, members, missing, basis)
    belongs = pd.DataFrame(
        [(entity, country) for entity, held in members.items() for country in dict.fromkeys(held)],
        columns=["entity", "country"],
    )
    years = pd.Index(np.unique(trade["year"].to_numpy(np.int64)), name="year")
    grid = pd.MultiIndex.from_product([years, list(members)], names=["year", "entity"])
    bought = _bought(trade, governance, belongs, missing, basis).reindex(grid, fill_value=0.0)
    made = _made(production, belongs).reindex(grid)
    made["hhi"] = _hhi(production).reindex(grid.get_level_values("year")).to_numpy()
    return _indices(bought, made, basis)


def _bought(
    trade: pd.DataFrame,
    governance: pd.DataFrame,
    belongs: pd.DataFrame,
    missing: float | None,
    basis: Basis,
) -> pd.DataFrame:
    """(year, entity): sums over what its members bought, by what is known of the partner."""
    rows = trade.merge(belongs, left_on="importer", right_on="country", how="inner")
    pairs = pd.MultiIndex.from_frame(belongs)
    own = pd.MultiIndex.from_frame(rows[["entity", "exporter"]]).isin(pairs)
    scores = governance.set_index(["country", "year"])["score"]
    found = scores.index.get_indexer(pd.MultiIndex.from_frame(rows[["exporter", "year"]]))
    known = np.append(scores.to_numpy(np.float64), np.nan if missing is None else missing)
    score = np.where(own, 0.0, known[found])  # get_indexer says -1, the last, where there is none
    value = rows["value"].fillna(0.0).to_numpy(np.float64)
    quantity = rows["quantity"].to_numpy(np.float64)
    weighed = ~np.isnan(quantity)
    quantity = np.nan_to_num(quantity)
    amount = quantity if basis == "quantity" else value
    unscored = np.isnan(score)
    parts = {
        "imports": quantity,
        "amount": amount,
        "risk": amount * np.nan_to_num(score),
        "unscored": amount * unscored,
        "open": (unscored & (quantity + value > 0)).astype(np.float64),
        "value": value,
        "weighed": value * weighed,
    }
    keys = [rows["year"].to_numpy(np.int64), rows["entity"].to_numpy()]
    sums = pd.DataFrame(parts).groupby(keys, sort=False).sum()
    return sums.rename_axis(["year", "entity"])


def _made(production: pd.DataFrame, belongs: pd.DataFrame) -> pd.DataFrame:
    """(year, entity): t made by its members; 0 for one that a year's producers do not name."""
    rows = production.merge(belongs, on="country", how="inner")
    years = np.unique(production["year"].to_numpy(np.int64))
    grid = pd.MultiIndex.from_product([years, belongs["entity"].unique()], names=["year", "entity"])
    sums = rows.groupby(["year", "entity"])["quantity"].sum()
    return sums.reindex(grid, fill_value=0.0).astype(np.float64).to_frame("production")


def _hhi(production: pd.DataFrame) -> pd.Series:
    """(year): HHI of the world's output; NaN where nothing was made."""
    quantity = production["quantity"].astype(np.float64)
    sums = pd.DataFrame({"whole": quantity, "squared": quantity**2}).groupby(production["year"])
    total = sums.sum()
    return total["squared"] / (total["whole"] ** 2).where(total["whole"] > 0)


def _indices(bought: pd.DataFrame, made: pd.DataFrame, basis: Basis) -> pd.DataFrame:
    """The columns of the answer from sums by year and entity."""
    price = bought["weighed"] / bought["imports"].where(bought["imports"] > 0)
    own = made["production"] * (1.0 if basis == "quantity" else price)
    own = own.where(made["production"] != 0, made["production"])  # none, whatever its price
    traded = bought["amount"].where(bought["amount"] > 0)
    used = bought["amount"] + own
    used = used.where(used > 0)
    point = bought["risk"].where(bought["open"] == 0)
    ends = (point, bought["risk"], bought["risk"] + bought["unscored"])
    rows = {
        "imports": bought["imports"],
        "production": made["production"],
        "unscored_share": bought["unscored"] / traded,
        "unweighed_share": 1 - bought["weighed"] / bought["value"].where(bought["value"] > 0),
        "price": price,
        "hhi": made["hhi"],
    }
    rows |= {f"trade_risk{end}": risk / traded for end, risk in zip(ENDS, ends, strict=True)}
    rows |= {f"import_risk{end}": risk / used for end, risk in zip(ENDS, ends, strict=True)}
    rows |= {f"geopolrisk{end}": made["hhi"] * rows[f"import_risk{end}"] for end in ENDS}
    rows |= {f"cf{end}": rows[f"geopolrisk{end}"] * price / COPPER for end in ENDS}
    return pd.DataFrame(rows).reset_index()


def _check(
    frames: Mapping[str, pd.DataFrame],
    members: Mapping[str, Sequence[str]],
    missing: float | None,
    basis: str,
) -> None:
    """Raise ValueError with all that is wrong with the inputs."""
    faults = []
    for name, frame in frames.items():
        faults += input_faults(name, frame, COLUMNS[name], () if name == "trade" else KEY)
    if not members:
        faults.append("members: no entity; at least one is accepted")
    if not faults:
        named = [frames["trade"][end] for end in ("importer", "exporter")]
        named += [frames[name]["country"] for name in ("production", "governance")]
        seen = set().union(*(names.unique() for names in named))
        faults += [
            f"members:{entity}:{country}: in none of the tables; countries as they name them"
            for entity, held in members.items()
            for country in held
            if country not in seen
        ]
    empty = [entity for entity, held in members.items() if not held]
    faults += [f"members:{entity}: no country; one or more are accepted" for entity in empty]
    if missing is not None and not 0 <= missing <= 1:
        faults.append(f"missing: {missing:g}; None or a score from 0 to 1 is accepted")
    if basis not in ("quantity", "value"):
        faults.append(f"basis: {basis!r}; 'quantity' or 'value' is accepted")
    if faults:
        raise ValueError("\n".join(faults))
