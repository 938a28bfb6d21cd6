"""Published indices of the focus place as one table: each part with its least and greatest."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from kidorui.case import Case
from kidorui.studies.exposure.of_case import Indexed, geopolrisk_of, supply_risk_of

GEOPOLRISK, SUPPLY_RISK = "GeoPolRisk", "EU supply risk"

_PARTS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    GEOPOLRISK: {
        "geopolrisk": ("score", "1"),
        "hhi": ("HHI of world output", "1"),
        "import_risk": ("import risk", "1"),
        "cf": ("characterisation factor", "kg Cu-eq/kg"),
        "price": ("price of imports", "US$/kg"),
        "imports": ("imports", "t of product"),
        "unscored_share": ("share of imports without a governance score", "1"),
    },
    SUPPLY_RISK: {
        "sr": ("score", "1"),
        "hhi_world": ("world supply, weighed by governance", "1"),
        "hhi_sourcing": ("own sourcing, weighed by governance", "1"),
        "listed_sourcing": ("share of sourcing that is named", "1"),
    },
}
"""Columns of each index that are told, in words and with their units."""


def published(case: Case, year: int) -> dict[str, pd.DataFrame]:
    """Table `published`: one row per index and part, and `note`, what is missing of it.

    `low` and `high` are the ends over all that is not known (scores of governance, recycling,
    substitution); `value` is missing where they differ.
    """
    focus = case.settings.focus
    found = {
        GEOPOLRISK: geopolrisk_of(case, year, focus),
        SUPPLY_RISK: supply_risk_of(case, year, focus),
    }
    rows = [row for index, one in found.items() for row in _rows(index, one)]
    return {"published": pd.DataFrame(rows)}


def _rows(index: str, found: Indexed) -> list[dict[str, object]]:
    return [
        {
            "index": index,
            "part": part,
            "value": _of(found.rows, column),
            "low": _of(found.rows, f"{column}_low", column),
            "high": _of(found.rows, f"{column}_high", column),
            "unit": unit,
            "note": found.reason,
        }
        for column, (part, unit) in _PARTS[index].items()
    ]


def _of(rows: pd.DataFrame, *columns: str) -> float:
    """The one figure of the first of the columns that there is; NaN where there is none."""
    known = [column for column in columns if column in rows]
    return float(rows[known[0]].iloc[0]) if known and len(rows) else np.nan
