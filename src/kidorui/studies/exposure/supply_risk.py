"""EU supply risk: concentration of world supply and of one's own sourcing, weighed by governance.

SR = [(HHI_WGI,t)_world · IR/2 + (HHI_WGI,t)_sourcing · (1 − IR/2)] · (1 − EoL_RIR) · SI_SR,
HHI_WGI,t = Σ S_c² · WGI_c · t_c.
Method: European Commission, Methodology for establishing the EU list of critical raw materials:
guidelines, 2017; Blengini et al., Resour. Policy 53:12, 2017. Written for the EU; the formula
asks only for a place's own sourcing.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from kidorui.studies.exposure.geopolrisk import ENDS, instability
from kidorui.studies.exposure.inputs import Column, input_faults

FloatArray = npt.NDArray[np.float64]

WORST = 10.0
"""Score of the worst governance; the best is 0."""

ROUNDED = 0.02
"""By how much published shares, rounded to percents, may add up to more than 1."""

KEY = ["material", "stage"]

_SUPPLY = {
    "material": Column("name"),
    "stage": Column("name"),
    "country": Column("name"),
    "share": Column("amount", most=1.0),
    "t": Column("amount"),
}

COLUMNS: Mapping[str, Mapping[str, Column]] = {
    "world": _SUPPLY,
    "sourcing": _SUPPLY,
    "governance": {
        "country": Column("name"),
        "score": Column("amount", blank=True, most=WORST),
    },
    "terms": {
        "material": Column("name"),
        "stage": Column("name"),
        "import_reliance": Column("amount", blank=True, most=1.0),
        "recycling": Column("amount", blank=True, most=1.0),
        "substitution": Column("amount", blank=True, most=1.0),
    },
}
"""What the tables hold that the index is computed from."""

_UNIQUE = {"world": [*KEY, "country"], "governance": ["country"], "terms": KEY}
_UNIQUE["sourcing"] = _UNIQUE["world"]


def governance_score(estimate: npt.ArrayLike) -> FloatArray:
    """(...): a governance estimate (-2.5 to 2.5, high is good) as 0 (good) to 10 (bad), linear.

    The Commission takes the mean of the six indicators of the World Bank.
    """
    return WORST * instability(estimate)


def supply_risk(
    world: pd.DataFrame, sourcing: pd.DataFrame, governance: pd.DataFrame, terms: pd.DataFrame
) -> pd.DataFrame:
    """One row per material and stage of `terms`: the index, its parts, least and greatest.

    world, sourcing: material, stage, country, share (0 to 1), t (trade parameter: 1 for free
    trade, 0.8 for a member or partner of a trade agreement, above 1 for export tax, quota or
    ban). Sourcing counts domestic supply with imports; where it has no row of a material and
    stage, world supply stands alone. governance: country, score (0 good to 10 bad). terms:
    material, stage, import_reliance, recycling (EoL_RIR), substitution (SI_SR), each 0 to 1.
    Shares that are not listed count for nothing, as in the published figures; at the greatest
    they are one country of the worst score. What is blank is open between its ends, and then
    the figure itself is NaN: a score from 0 to 10, each of the terms from 0 to 1.
    Columns: hhi_world, hhi_sourcing (0 to 10 x t), sr, each with _low and _high; listed_world
    and listed_sourcing, the shares there are. Raises ValueError with all that is wrong.
    """
    frames = {"world": world, "sourcing": sourcing, "governance": governance, "terms": terms}
    faults = [
        fault
        for name, frame in frames.items()
        for fault in input_faults(name, frame, COLUMNS[name], _UNIQUE[name])
    ]
    if faults:
        raise ValueError("\n".join(faults))
    scores = governance.set_index("country")["score"].astype(np.float64)
    rows = terms[KEY].reset_index(drop=True)
    keys = pd.MultiIndex.from_frame(rows)
    for name in ("world", "sourcing"):
        weighed = _weighed(name, frames[name], scores).reindex(keys)
        rows = rows.assign(**{str(c): weighed[c].to_numpy() for c in weighed})
    return rows.assign(**_risk(rows, terms))


def bottleneck(rows: pd.DataFrame) -> pd.DataFrame:
    """The stage of each material with the highest risk, which the Commission gives as its own.

    A material whose risk is missing at all stages has no row.
    """
    known = rows[rows["sr"].notna()]
    return known.loc[known.groupby("material")["sr"].idxmax()].reset_index(drop=True)


def _weighed(name: str, supply: pd.DataFrame, scores: pd.Series) -> pd.DataFrame:
    """(material, stage): HHI weighed by governance and trade, its ends, and what is listed."""
    share = supply["share"].to_numpy(np.float64)
    weight = share**2 * supply["t"].to_numpy(np.float64)
    score = scores.reindex(supply["country"]).to_numpy()
    unscored = np.isnan(score) & (weight > 0)
    low = weight * np.nan_to_num(score)
    parts = {
        "low": low,
        "high": low + weight * WORST * unscored,
        "unscored": unscored.astype(np.float64),
        "listed": share,
    }
    sums = pd.DataFrame(parts).groupby([supply[key].to_numpy() for key in KEY]).sum()
    if (sums["listed"] > 1 + ROUNDED).any():
        over = sums["listed"][sums["listed"] > 1 + ROUNDED].reset_index()
        raise ValueError(
            "\n".join(
                f"{name}:{material} {stage}: shares add up to {total:g}; at most 1 is accepted"
                for material, stage, total in over.itertuples(index=False)
            )
        )
    rest = (1 - sums["listed"]).clip(lower=0.0)
    return pd.DataFrame(
        {
            f"hhi_{name}": sums["low"].where(sums["unscored"] == 0),
            f"hhi_{name}_low": sums["low"],
            f"hhi_{name}_high": sums["high"] + rest**2 * WORST,
            f"listed_{name}": sums["listed"],
        }
    )


def _risk(rows: pd.DataFrame, terms: pd.DataFrame) -> dict[str, FloatArray]:
    """Supply risk and its ends."""
    alone = rows["listed_sourcing"].isna().to_numpy()
    reliance, recycled, fixed = (
        terms[name].to_numpy(np.float64)
        for name in ("import_reliance", "recycling", "substitution")
    )
    world, own = (
        {end: rows[f"hhi_{name}{end}"].to_numpy(np.float64) for end in ENDS}
        for name in ("world", "sourcing")
    )
    own = {end: np.where(alone, world[end], own[end]) for end in ENDS}

    def blend(end: str, reliance: FloatArray) -> FloatArray:
        return np.asarray(world[end] * reliance / 2 + own[end] * (1 - reliance / 2))

    def at(otherwise: float, term: FloatArray) -> FloatArray:
        return np.where(np.isnan(term), otherwise, term)

    least = np.minimum(*(blend("_low", at(end, reliance)) for end in (0.0, 1.0)))
    most = np.maximum(*(blend("_high", at(end, reliance)) for end in (0.0, 1.0)))
    mixed = np.where(alone, world[""], blend("", reliance))  # without sourcing IR has no part
    return {
        "sr": mixed * (1 - recycled) * fixed,
        "sr_low": least * (1 - at(1.0, recycled)) * at(0.0, fixed),
        "sr_high": most * (1 - at(0.0, recycled)) * at(1.0, fixed),
    }
