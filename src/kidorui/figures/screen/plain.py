"""Options as JSON knows them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from kidorui.results import Json

Options: TypeAlias = dict[str, Json]
"""A part of the options of a chart."""


def told(value: float, digits: int = 5) -> float | None:
    """A number to be drawn, to so many significant digits (less than a pixel); None for NaN."""
    if not math.isfinite(value):
        return None
    return float(f"{value:.{digits}g}")


def finite(value: float) -> float | None:
    """A number as it is; None for NaN and infinity, which JSON does not know."""
    return float(value) if math.isfinite(value) else None


def laid_over(under: Mapping[str, Json], over: Mapping[str, Json]) -> Options:
    """One set of options over another: mappings are merged, lists of mappings item by item."""
    merged: Options = dict(under)
    for key, value in over.items():
        merged[key] = _merged(merged[key], value) if key in merged else value
    return merged


def _merged(under: Json, over: Json) -> Json:
    if isinstance(under, Mapping) and isinstance(over, Mapping):
        return laid_over(under, over)
    if _is_list(under) and _is_list(over):
        assert isinstance(under, Sequence)
        assert isinstance(over, Sequence)
        if all(isinstance(item, Mapping) for item in (*under, *over)):
            shared = [_merged(a, b) for a, b in zip(under, over, strict=False)]
            return [*shared, *under[len(shared) :], *over[len(shared) :]]
    return over


def _is_list(value: Json) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)
