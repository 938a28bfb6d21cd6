"""Units stated in a header, such as `capacity [kt/yr]`, and what turns them into the schema's."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from kidorui.case.faults import Unreadable

if TYPE_CHECKING:
    from pint import UnitRegistry

DEFINITIONS = (
    "t = [mass]", "kg = 1e-3 * t", "g = 1e-6 * t", "kt = 1e3 * t", "Mt = 1e6 * t",
    "yr = [time] = _ = year", "month = yr / 12", "day = yr / 365.25",
    "km = [length]", "m = 1e-3 * km", "nautical_mile = 1.852 * km = nmi", "mile = 1.609344 * km",
    "USD = [dollars]", "JPY = [yen]",
    "deg = [angle] = _ = degree", "rad = 57.29577951308232 * deg",
    "percent = 0.01", "thousand = 1e3", "million = 1e6", "billion = 1e9",
)  # fmt: skip
"""All units there are. Currencies do not turn into each other: that takes a rate and a year."""

# no powers: none is needed, and a tower of them would never be worked out
_TERM = r"(?:[A-Za-z_]+|1)"
_JOIN = r"(?: ?[*/] ?| )"
_GROUP = rf"(?:{_TERM}|\({_TERM}(?:{_JOIN}{_TERM})*\))"
_FORM = re.compile(rf"{_GROUP}(?:{_JOIN}{_GROUP})*")
_LONGEST = 60
_EXAMPLES = {
    "t/yr": "kt/yr", "t": "kt", "USD/kg": "USD/t", "yr": "month", "day": "yr",
    "km": "nautical_mile", "percent": "1", "1": "percent", "t/t": "percent", "1/yr": "percent/yr",
    "million USD": "billion USD", "deg": "rad", "USD/(t/yr)": "million USD/(kt/yr)",
}  # fmt: skip


def factor(written: str, unit: str) -> float:
    """What a number in the unit as written is multiplied by to be in `unit`.

    Raises Unreadable where there is no such unit, or it measures something else.
    """
    if written == unit:
        return 1.0
    accepted = f"{unit}, or what converts to it"
    if unit in _EXAMPLES:
        accepted += f", such as {_EXAMPLES[unit]}"
    words = " ".join(written.replace("%", " percent ").split())
    if not _FORM.fullmatch(words) or len(words) > _LONGEST:
        raise Unreadable(f"unit [{written}] is not known", accepted)
    return _convert(words, unit, accepted)


def _convert(written: str, unit: str, accepted: str) -> float:
    from pint import DimensionalityError, UndefinedUnitError

    registry = _registry()
    try:
        quantity = registry.Quantity(1.0, registry.parse_units(written))
        return float(quantity.to(registry.parse_units(unit)).magnitude)
    except DimensionalityError as error:
        raise Unreadable(f"unit [{written}] measures something else", accepted) from error
    except UndefinedUnitError as error:
        raise Unreadable(f"unit [{written}] is not known", accepted) from error


@cache
def _registry() -> UnitRegistry[float]:
    from pint import UnitRegistry

    registry: UnitRegistry[float] = UnitRegistry(None)
    for definition in DEFINITIONS:
        registry.define(definition)
    return registry
