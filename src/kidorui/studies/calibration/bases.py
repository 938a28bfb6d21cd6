"""On what basis an observation was made: the words of its unit, read strictly.

A unit is a measure and then parts, split by commas: `gross t, HS 284690` or `share, NdPrDyTb,
primary`. A word that is not understood makes the observation one that nothing is compared with,
so that no figure is ever laid beside one of another basis quietly.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

Measure = Literal["weight", "content", "gross", "value", "price"]

MEASURES: Mapping[str, tuple[Measure, bool]] = {
    "t": ("weight", False),
    "t/yr": ("weight", False),
    "t reo": ("content", False),
    "reo equivalent t": ("content", False),
    "gross t": ("gross", False),
    "kusd": ("value", False),
    "us$/kg": ("price", False),
    "usd/kg": ("price", False),
    "1": ("weight", True),
    "share": ("weight", True),
    "share by weight": ("weight", True),
    "share by value": ("value", True),
}
"""The measures there are, in small letters: what is added up, and whether it is a share of it."""

SYMBOLS = frozenset(
    ["La", "Ce", "Pr", "Nd", "Sm", "Eu", "Gd", "Tb", "Dy", "Ho", "Er", "Tm", "Yb", "Lu", "Y", "Sc"]
)

_PAIR = re.compile(r"[A-Z][a-z]?")


@dataclass(frozen=True)
class Basis:
    """What is counted, and of what.

    measure: weight (t as the model counts a material), content (t of oxide contained), gross
        (t of product, beside which the model's weight stands), value (thousand US$ at computed
        prices) or price (US$/kg). is_share: as a share of the world's output, or of imports.
    hs: customs codes that say which materials; elements: symbols of those counted alone;
    holding: symbol that a material must hold. primary: without what recycling gave back.
    of_mines: all that mines make. apparent: use as mined and net imports, of ore to metal
    (`use`) or of ore to magnet (`with magnets`).
    """

    measure: Measure
    is_share: bool = False
    hs: tuple[str, ...] = ()
    elements: tuple[str, ...] = ()
    holding: str = ""
    primary: bool = False
    of_mines: bool = False
    apparent: Literal["", "use", "with magnets"] = ""


def read_basis(unit: str) -> Basis | str:
    """The basis that a unit states; the word of it that is not understood where there is one."""
    first, *parts = [part.strip() for part in unit.split(",")]
    known = MEASURES.get(first.lower())
    if known is None:
        return first or unit
    basis = Basis(*known)
    for part in parts:
        more = _with(basis, part)
        if more is None:
            return part
        basis = more
    return basis


def symbols(name: str) -> tuple[str, ...]:
    """Symbols of rare earths run together in a name (`NdPr`); none where it holds other words."""
    found = tuple(_PAIR.findall(name))
    return found if found and "".join(found) == name and set(found) <= SYMBOLS else ()


_WORDS: Mapping[str, Callable[[Basis], Basis]] = {
    "with scrap": lambda basis: basis,
    "primary": lambda basis: replace(basis, primary=True),
    "primary only": lambda basis: replace(basis, primary=True),
    "of mines": lambda basis: replace(basis, of_mines=True),
    "apparent use": lambda basis: replace(basis, apparent="use"),
    "apparent use with magnets": lambda basis: replace(basis, apparent="with magnets"),
    "NdFeB": lambda basis: replace(basis, holding="Nd"),
    "FOB": lambda basis: basis,
    "FOB China": lambda basis: basis,
}


def _with(basis: Basis, part: str) -> Basis | None:
    """The basis with one more part; None where it is not understood."""
    if part in _WORDS:
        return _WORDS[part](basis)
    if match := re.fullmatch(r"HS (\d{4,6}(?:\+\d{4,6})*)", part):
        return replace(basis, hs=tuple(match[1].split("+")))
    if found := symbols(part):
        measure: Measure = "content" if basis.measure == "weight" else basis.measure
        return replace(basis, elements=found, measure=measure)
    return None
