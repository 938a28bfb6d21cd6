"""What is said, in the reader's language: English as written, others by their catalogue."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from itertools import chain
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

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

_PLACE = re.compile(r"\{(\w+)\}")
_NAME, _UNIT, _SENTENCE = "name", "unit", "sentence"
_ENGLISH = re.compile("[a-z]{2}|[A-Z]{2}")
"""What has to be said in another language: neither a number nor a symbol such as t, Dy or NdPr."""

_SAID = re.compile("[\u3040-\u30ff\u4e00-\u9fff]")
"""Letters of a text that is in Japanese already."""

_ID = re.compile("[a-z0-9]+(?:-[a-z0-9]+)+")
"""An id, which stands as it is where it has no name."""

_MARKS = tuple(
    (re.compile(mark), join)
    for mark, join in (
        (r"(?<=\.) (?=[A-Z0-9])", ""),
        ("; ", "；"),
        (", ", "、"),
        (" and ", "及び"),
    )
)
"""What parts of a text are divided by, sentences first, and what stands between them then."""


@dataclass(frozen=True)
class Language:
    """One language. A text that its catalogue lacks is said as it stands, in English.

    code: en or ja. `missing` gathers what was asked for and not there.
    """

    code: str
    missing: set[str] = field(default_factory=set, compare=False, repr=False)
    _heard: dict[str, tuple[str, bool]] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )

    def __call__(self, text: str, /, **facts: object) -> str:
        """A message, its places `{so}` filled with facts: words as they are, numbers as written."""
        filled = {
            name: self.number(fact) if isinstance(fact, float) else str(fact)
            for name, fact in facts.items()
        }
        return self._said(text).format(**filled)

    def name(self, text: str) -> str:
        """The name of a place, material, sector, project, element or event of a case."""
        return self._said(text, _NAME)

    def unit(self, unit: str) -> str:
        """A unit of the tables, such as `t oxide/yr`."""
        return self._said(unit, _UNIT) if unit else ""

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
        said, known = self._told(text)
        if not known:
            self.missing.add(text)
        return said

    def _told(self, text: str) -> tuple[str, bool]:
        """A sentence or a part of one, and whether all of it is known."""
        if text in self._heard:
            return self._heard[text]
        exact = self._exact(text)
        best = exact or text
        known = bool(exact) or not _ENGLISH.search(text) or bool(_SAID.search(text))
        if not known:
            for said, whole in chain(self._by_pattern(text), self._by_part(text)):
                if whole or best == text:
                    best, known = said, whole
                if whole:
                    break
            known = known or bool(best == text and _ID.fullmatch(text))
        self._heard[text] = best, known
        return best, known

    def _exact(self, text: str) -> str:
        """A text that the catalogue has as it stands; "" where it has none, as of a number."""
        if not any(letter.isalpha() for letter in text):
            return ""
        for context in (_SENTENCE, _NAME, _UNIT):
            message = self._catalogue.get(text, context)
            if message is not None and message.string:
                return str(message.string)
        return ""

    def _by_pattern(self, text: str) -> Iterator[tuple[str, bool]]:
        """All ways in which the text fits a pattern."""
        for pattern, said in _patterns(self.code):
            if not all(words in text for words in _PLACE.split(pattern)[::2]):
                continue
            for match in filter(None, (way.fullmatch(text) for way in _ways(pattern))):
                facts = {name: self._told(fact) for name, fact in match.groupdict().items()}
                filled = {name: fact for name, (fact, _) in facts.items()}
                yield said.format(**filled), all(whole for _, whole in facts.values())

    def _by_part(self, text: str) -> Iterator[tuple[str, bool]]:
        """The text as a paragraph, or as a list; a name in it may hold the mark of the list."""
        for end, join in _MARKS:
            for mark in end.finditer(text):
                first, rest = text[: mark.start()], text[mark.end() :]
                if not first or not rest:
                    continue
                said, known = self._told(first)
                if known:
                    others, whole = self._told(rest)
                    yield said + join + others, whole
        sentences = _MARKS[0][0].split(text)
        if len(sentences) > 1:
            told = [self._told(one) for one in sentences]
            yield "".join(said for said, _ in told), False

    def _said(self, text: str, context: str | None = None) -> str:
        if self.code == "en":
            return text
        message = self._catalogue.get(text, context)
        said = message.string if message is not None else ""
        if not said and context == _NAME:  # an assumption is a name where it labels a bar
            said = self._exact(text)
        if not said:
            if _ENGLISH.search(text) and not _SAID.search(text):
                self.missing.add(text)
            return text
        return str(said)

    @property
    def _catalogue(self) -> Catalog:
        return _read(self.code)


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


@cache
def _read(code: str) -> Catalog:
    from babel.messages.pofile import read_po

    with files("kidorui.language").joinpath(f"{code}.po").open("rb") as file:
        return read_po(file, locale=code)


@cache
def _patterns(code: str) -> tuple[tuple[str, str], ...]:
    """Patterns of sentences and what is said for them, those with most words of their own first."""
    found = [
        (str(message.id), str(message.string))
        for message in _read(code)
        if message.context == _SENTENCE and message.string and _PLACE.search(str(message.id))
    ]
    return tuple(sorted(found, key=lambda pair: -len(_PLACE.sub("", pair[0]))))


@cache
def _ways(pattern: str) -> tuple[re.Pattern[str], ...]:
    """How to read it: its places as short as may be, the first one long, or all but the last."""
    parts = _PLACE.split(pattern)
    names = parts[1::2]
    last = len(names) - 1
    ways = []
    for long in dict.fromkeys((0, min(1, last), last)):
        places = [
            f"(?P<{name}>.+)" if at < long else f"(?P<{name}>.+?)" for at, name in enumerate(names)
        ]
        pairs = zip(map(re.escape, parts[::2]), [*places, ""], strict=True)
        ways.append(re.compile("".join(words + place for words, place in pairs), re.DOTALL))
    return tuple(ways)
