"""What is said, in the reader's language: English as written, others by their catalogue."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Literal

from kidorui.language.entries import NAME, UNIT, entry, is_english
from kidorui.language.sentences import Sentences

LANGUAGES = ("en", "ja")
"""Languages there are; all but English have a catalogue `<code>.po` beside this file."""

_SCALES: Mapping[str, Mapping[str, float]] = {
    "ja": {"billion yen": 10.0, "billion yen/yr": 10.0},  # told in 100 million yen, 億円
}
_MONEY: Mapping[str, tuple[float, str, str]] = {
    "million US$": (1e6, "US$", ""),
    "million US$/yr": (1e6, "US$", "/yr"),
    "billion yen": (1e9, "yen", ""),
    "billion yen/yr": (1e9, "yen", "/yr"),
}
"""Units of money: what one of it is of its currency, the currency, what it is per."""

_POWERS: Mapping[str, Sequence[tuple[float, str]]] = {
    "en": ((1e6, "million"), (1e9, "billion"), (1e12, "trillion")),
    "ja": ((1e4, "万"), (1e8, "億"), (1e12, "兆")),
}
"""Powers that a language has a word for, as sums of money are told."""


@dataclass(frozen=True)
class Language:
    """One language. A text that its catalogue lacks is said as it stands, in English.

    code: en or ja. `missing` gathers what was asked for and not there.
    """

    code: str
    missing: set[str] = field(default_factory=set, compare=False, repr=False)

    def __call__(self, text: str, /, **facts: object) -> str:
        """A message, its places `{so}` filled with facts: words as they are, numbers as written."""
        filled = {
            name: self.number(fact) if isinstance(fact, float) else str(fact)
            for name, fact in facts.items()
        }
        return self._said(text).format(**filled)

    def name(self, text: str) -> str:
        """The name of a place, material, sector, project, element or event of a case."""
        return self._said(text, NAME)

    def unit(self, unit: str) -> str:
        """A unit of the tables, such as `t oxide/yr`."""
        return self._said(unit, UNIT) if unit else ""

    def scale(self, unit: str) -> float:
        """By how much a number in this unit is multiplied, where the language counts otherwise."""
        return _SCALES.get(self.code, {}).get(unit, 1.0)

    def number(self, value: float, digits: int = 3) -> str:
        """A number to so many significant digits, none of a whole part cut; a dash if missing."""
        return number(value, digits, self.code)

    def quantity(self, value: float, unit: str, digits: int = 3) -> str:
        """A number with its unit; money in the largest power the language has a word for."""
        return self._with_unit([value], unit, digits)

    def between(self, low: float, high: float, unit: str, digits: int = 3) -> str:
        """A range with its unit, `low to high unit`; one number where both are told alike."""
        return self._with_unit([low, high], unit, digits)

    def _with_unit(self, values: Sequence[float], unit: str, digits: int) -> str:
        power, words = self._told_in(max(map(abs, values)), unit)
        ends = [self.number(value / power, digits) for value in values]
        told = (
            ends[0] if ends[0] == ends[-1] else self("{low} to {high}", low=ends[0], high=ends[1])
        )
        gap = "" if self.code == "ja" or words in ("", "%") else " "
        return told + gap + words

    def _told_in(self, size: float, unit: str) -> tuple[float, str]:
        """What a number in a unit is divided by, and the words that follow it then."""
        if unit in ("", "1"):
            return 1.0, ""
        if unit not in _MONEY or math.isnan(size):
            return 1.0 / self.scale(unit), self.unit(unit)
        power, currency, per = _MONEY[unit]
        powers = _POWERS[self.code]
        reached = [step for step in powers if step[0] <= size * power]
        step, word = max(reached, default=min(powers))
        gap = "" if self.code == "ja" else " "
        return step / power, f"{word}{gap}{self.unit(currency)}{self.unit(per)}"

    def share(self, value: float, digits: int = 2) -> str:
        """A share of 1 as per cent."""
        return self.quantity(value * 100, "%", digits)

    def listed(self, parts: Iterable[str], mark: Literal[", ", "; "] = ", ") -> str:
        """Words in a row, as the language sets them apart."""
        apart = {", ": "、", "; ": "；"}[mark] if self.code == "ja" else mark
        return apart.join(parts)

    def sentence(self, text: str) -> str:
        """A sentence as a study wrote it, found again by the pattern it was made from.

        A paragraph or a list is told part by part; what a pattern's places hold is told too.
        """
        if self.code == "en":
            return text
        said, known = self._sentences.told(text)
        if not known:
            self.missing.add(text)
        return said

    def _said(self, text: str, context: str = "") -> str:
        if self.code == "en":
            return text
        said = entry(self.code, text, context)
        if not said and context == NAME:  # an assumption is a name where it labels a bar
            said = self._sentences.exact(text)
        if not said and is_english(text):
            self.missing.add(text)
        return said or text

    @cached_property
    def _sentences(self) -> Sentences:
        return Sentences(self.code)


def number(value: float, digits: int = 3, code: str = "en") -> str:
    """A number to so many significant digits, none of a whole part cut; a dash where missing."""
    if math.isnan(value):
        return "–"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    size = abs(value)
    places = 0 if size == 0 else max(0, digits - 1 - math.floor(math.log10(size)))
    text = f"{value:,.{min(places, 6)}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text.replace("-", "−")


@cache
def language(code: str = "en") -> Language:
    """A language by its code; ValueError names those there are."""
    if code not in LANGUAGES:
        raise ValueError(f"no language {code!r}; one of {', '.join(LANGUAGES)}")
    return Language(code)
