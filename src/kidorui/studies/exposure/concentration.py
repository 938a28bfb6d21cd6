"""How concentrated a supply is, and how far it comes from abroad: formulas on plain arrays.

Amounts are of one basis (weight, oxide contained, or value); shares and indices run from 0 to 1.
A missing amount (NaN) stays missing: what is computed from it is missing too.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]

HHI_POINTS = 10_000.0
"""Points of an HHI of 1: authorities on competition square percentages, indices here fractions."""


def shares(amounts: npt.ArrayLike) -> FloatArray:
    """(..., supplier): each supplier's share of the sum along the last axis.

    NaN where there is nothing to share out. Raises ValueError for an amount below 0.
    """
    held = _amounts(amounts)
    whole = held.sum(axis=-1, keepdims=True)
    return _over(held, whole)


def hhi(amounts: npt.ArrayLike) -> FloatArray:
    """Herfindahl-Hirschman index over the last axis: the sum of squared shares, 1/n to 1.

    NaN where there is nothing to share out. Raises ValueError for an amount below 0.
    Source: Hirschman, The paternity of an index, Am. Econ. Rev. 54:761, 1964.
    """
    return np.asarray(np.square(shares(amounts)).sum(axis=-1))


def hhi_range(amounts: npt.ArrayLike, unnamed: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Least and greatest HHI where an amount is known to exist but not from whom.

    amounts: (..., supplier) as for `hhi`; unnamed: (...), what comes from others than these, in
    the same unit. Least: it is split among countless suppliers; greatest: it all comes from one.
    NaN where there is nothing to share out. Raises ValueError for an amount below 0.
    """
    held, rest = _amounts(amounts), _amounts(unnamed)
    squared, whole = np.square(held).sum(axis=-1), np.square(held.sum(axis=-1) + rest)
    return _over(squared, whole), _over(squared + np.square(rest), whole)


def apparent_consumption(
    production: npt.ArrayLike,
    imports: npt.ArrayLike,
    exports: npt.ArrayLike,
    from_stocks: npt.ArrayLike = 0.0,
) -> FloatArray:
    """Production + imports − exports + what was taken from stocks (a build-up is negative).

    Source: USGS, Mineral Commodity Summaries 2026, notes to the salient statistics.
    """
    made, bought, sold, released = _arrays(production, imports, exports, from_stocks)
    return np.asarray(made + bought - sold + released)


def net_import_reliance(
    production: npt.ArrayLike,
    imports: npt.ArrayLike,
    exports: npt.ArrayLike,
    from_stocks: npt.ArrayLike = 0.0,
) -> FloatArray:
    """USGS: (imports − exports + taken from stocks) / apparent consumption.

    Below 0 for a net exporter (which USGS prints as E); NaN where nothing is consumed. Rare
    earths it defines as imports − exports, since stocks are not reported: leave `from_stocks`.
    Source: USGS, Mineral Commodity Summaries 2026, notes to the salient statistics.
    """
    made, bought, sold, released = _arrays(production, imports, exports, from_stocks)
    used = apparent_consumption(made, bought, sold, released)
    return _over(bought - sold + released, used)


def import_reliance(
    production: npt.ArrayLike, imports: npt.ArrayLike, exports: npt.ArrayLike
) -> FloatArray:
    """European Commission: (imports − exports) / (domestic production + imports − exports).

    Held at 0 for a net exporter, since it weighs world supply against sourcing; NaN where
    nothing is consumed. It is the measure of USGS with stocks left out.
    Source: European Commission, Methodology for establishing the EU list of critical raw
    materials: guidelines, 2017.
    """
    made, bought, sold = _arrays(production, imports, exports)
    return np.asarray(np.clip(_over(bought - sold, made + bought - sold), 0.0, 1.0))


def self_sufficiency(production: npt.ArrayLike, use: npt.ArrayLike) -> FloatArray:
    """Domestic production / use, both of one basis; above 1 for who makes more than it uses.

    NaN where nothing is used.
    """
    made, used = _arrays(production, use)
    return _over(made, used)


def _amounts(amounts: npt.ArrayLike) -> FloatArray:
    held = np.asarray(amounts, dtype=np.float64)
    if (held < 0).any():
        raise ValueError(f"amounts: {held[held < 0][0]:g}; numbers from 0 are accepted")
    return held


def _arrays(*amounts: npt.ArrayLike) -> list[FloatArray]:
    return [np.asarray(amount, dtype=np.float64) for amount in amounts]


def _over(part: FloatArray, whole: FloatArray) -> FloatArray:
    """part / whole; NaN where the whole is nothing, or less than nothing."""
    return np.asarray(part / np.where(whole > 0, whole, np.nan))
