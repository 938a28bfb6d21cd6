"""Sentences as studies wrote them, found again by the patterns they were made from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import chain

from kidorui.language.entries import NAME, SENTENCE, UNIT, entry, is_english, sentences

_PLACE = re.compile(r"\{(\w+)\}")
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


class Sentences:
    """The sentences of one language, each looked for once."""

    def __init__(self, code: str) -> None:
        self._code = code
        self._heard: dict[str, tuple[str, bool]] = {}

    def told(self, text: str) -> tuple[str, bool]:
        """A sentence or a part of one, and whether all of it is known."""
        if text in self._heard:
            return self._heard[text]
        exact = self.exact(text)
        best = exact or text
        known = bool(exact) or not is_english(text)
        if not known:
            for said, whole in chain(self._by_pattern(text), self._by_part(text)):
                if whole or best == text:
                    best, known = said, whole
                if whole:
                    break
            known = known or bool(best == text and _ID.fullmatch(text))
        self._heard[text] = best, known
        return best, known

    def exact(self, text: str) -> str:
        """A text that the catalogue has as it stands; "" where it has none, as of a number."""
        if not any(letter.isalpha() for letter in text):
            return ""
        said = (entry(self._code, text, context) for context in (SENTENCE, NAME, UNIT))
        return next(filter(None, said), "")

    def _by_pattern(self, text: str) -> Iterator[tuple[str, bool]]:
        """All ways in which the text fits a pattern."""
        for pattern, said in _patterns(self._code):
            if not all(words in text for words in _PLACE.split(pattern)[::2]):
                continue
            for match in filter(None, (way.fullmatch(text) for way in _ways(pattern))):
                facts = {name: self.told(fact) for name, fact in match.groupdict().items()}
                filled = {name: fact for name, (fact, _) in facts.items()}
                yield said.format(**filled), all(whole for _, whole in facts.values())

    def _by_part(self, text: str) -> Iterator[tuple[str, bool]]:
        """The text as a paragraph, or as a list; a name in it may hold the mark of the list."""
        for end, join in _MARKS:
            for mark in end.finditer(text):
                first, rest = text[: mark.start()], text[mark.end() :]
                if not first or not rest:
                    continue
                said, known = self.told(first)
                if known:
                    others, whole = self.told(rest)
                    yield said + join + others, whole
        parts = _MARKS[0][0].split(text)
        if len(parts) > 1:
            told = [self.told(one) for one in parts]
            yield "".join(said for said, _ in told), False


@cache
def _patterns(code: str) -> tuple[tuple[str, str], ...]:
    """Patterns of sentences and what is said for them, those with most words of their own first."""
    found = [pair for pair in sentences(code) if _PLACE.search(pair[0])]
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
