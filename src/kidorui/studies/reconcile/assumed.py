"""What is assumed where a source does not say how sure it is: all in one place, and told."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from kidorui.studies.calibration.terms import Seen

FloatArray = npt.NDArray[np.float64]

RELATIVE: Mapping[str, float] = {"high": 0.05, "medium": 0.15, "low": 0.40}
"""Standard error by confidence, of the figure."""

SHARE: Mapping[str, float] = {"high": 0.02, "medium": 0.05, "low": 0.10}
"""Standard error of a share by confidence, absolute."""

COEFFICIENT: Mapping[str, float] = {"high": 0.02, "medium": 0.05, "low": 0.15}
"""Standard error of a recipe's coefficient by confidence, of itself, where no range is stated."""

RANGE = 4.0
"""Standard errors in a stated range, low to high."""

COMPOUNDS, OTHER_GOODS, VALUE = 0.25, 0.05, 0.50
"""Standard errors of laying gross weight of compounds (HS 2846: oxides, carbonates and chlorides
of 46 to 100% oxide), gross weight of others, and value at one base price a material (of lots whose
grades differ) beside what the network counts; of the figure, added in squares."""

OWN: Mapping[str, float] = {"high": 0.10, "medium": 0.20, "low": 0.40}
"""Standard error of the case's own demands and base flows by confidence, of the figure, where no
range is stated: they are worked out from intensities, shares and splits of customs codes."""

NOUGHT = 0.01
"""Standard error of a base flow that the case states as nought, of what passes through the pool it
would reach: "no such trade" is said of what is not of note."""

STOCK = 0.25
"""Standard error of the change of a stock, of what it holds: that none changed is assumed."""

UNEXPLAINED = 0.02
"""Standard error of what is unexplained, of what passes through the pool."""

LEAST = 0.5
"""Least standard error, in the unit of the figure (of a share a thousandth of it)."""


def stated_error(value: float, confidence: str, seen: Seen, *, scale: float) -> float:
    """The standard error assumed for a figure without one, in its unit."""
    if seen.kind == "share":
        return max(SHARE[confidence] * scale, LEAST / 1000)
    return max(RELATIVE[confidence] * abs(value) * scale, LEAST)


def basis_error(value: float, seen: Seen, *, scale: float) -> float:
    """What laying the figure beside the network's tonnes adds to its error, in its unit."""
    if seen.kind == "share":
        return 0.0
    if seen.basis.measure == "value":
        return VALUE * abs(value) * scale
    if seen.basis.measure == "gross":
        is_compound = any(code.startswith("2846") for code in seen.basis.hs)
        return (COMPOUNDS if is_compound else OTHER_GOODS) * abs(value) * scale
    return 0.0


def own_errors(rows: pd.DataFrame, column: str, *, scale: float) -> FloatArray:
    """(row): standard error of the case's own figure: a part of its range, or assumed."""
    size: FloatArray = rows[column].abs().to_numpy(float)
    return _relative(rows, column, OWN, scale) * size


def coefficient_errors(rows: pd.DataFrame, *, scale: float) -> FloatArray:
    """(row of recipes): standard error of the coefficient, of itself: of its range, or assumed."""
    return _relative(rows, "coefficient", COEFFICIENT, scale)


def _relative(
    rows: pd.DataFrame, column: str, by_confidence: Mapping[str, float], scale: float
) -> FloatArray:
    size = rows[column].abs().to_numpy(float)
    width = (rows[f"{column}_high"] - rows[f"{column}_low"]).abs().to_numpy(float)
    assumed = rows["confidence"].map(dict(by_confidence)).to_numpy(float) * scale
    return np.where(width > 0, width / RANGE / np.maximum(size, 1e-300), assumed)


def assumptions(scale: float) -> pd.DataFrame:
    """One row per assumption: what it is about, its value as used, and of what."""
    rows = [
        *((f"figure of {c} confidence", v * scale, "of the figure") for c, v in RELATIVE.items()),
        *((f"share of {c} confidence", v * scale, "absolute") for c, v in SHARE.items()),
        *(
            (f"coefficient of {c} confidence", v * scale, "of itself; only with free baskets")
            for c, v in COEFFICIENT.items()
        ),
        ("gross weight of compounds", COMPOUNDS * scale, "of the figure, added in squares"),
        ("gross weight of other goods", OTHER_GOODS * scale, "of the figure, added in squares"),
        ("value at base prices", VALUE * scale, "of the figure, added in squares"),
        *((f"the case's own figure of {c} confidence", v * scale, "of it") for c, v in OWN.items()),
        ("base flow of nought", NOUGHT * scale, "of what passes through the pool it would reach"),
        ("change of a stock, taken as nought", STOCK * scale, "of what it holds"),
        ("unexplained, taken as nought", UNEXPLAINED * scale, "of what passes through the pool"),
    ]
    return pd.DataFrame(rows, columns=["about", "error", "of"])
