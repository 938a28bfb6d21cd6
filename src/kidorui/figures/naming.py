"""Names of what a result speaks of by id, in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Mapping

from kidorui.language import Language
from kidorui.results import Json, Result

NO_EVENT = "no event"

_SHORT: Mapping[str, str] = {"ev": "electric vehicles"}
"""Ids whose words are not those of the id itself."""

_BRACKETED = re.compile(r"\s*[(（].*[)）]$")
_DETAIL = re.compile(r": | \(|; |：|（|；")
_JOINED = re.compile(r"(?<=\w)[-_](?=\w)")


class Names:
    """Names by id: those of the tables `places`, `goods` and `controls`, else the id in words.

    A result made before these tables were told has none of them and is shown by ids.
    """

    def __init__(self, result: Result, say: Language) -> None:
        self._say = say
        self._places = _column(result, "places", "id")
        self._goods = _column(result, "goods", "id")
        self._events = {
            **_texts(result.meta.get("event_names")),
            **_column(result, "controls", "event"),
        }
        self.focus = say.name(str(result.meta.get("focus", "")))
        self.control = say.name(str(result.meta.get("control", "")))

    def place(self, place: str) -> str:
        """The name of a place."""
        return self._say.name(self._places.get(place, place))

    def good(self, good: str) -> str:
        """The name of a material or stage, what stands in brackets at its end left out."""
        name = self._say.name(self._goods.get(good, words(good)))
        return _BRACKETED.sub("", name) or name

    def sector(self, sector: str) -> str:
        """A sector in words: it has an id only."""
        return self._say.name(words(sector))

    def event(self, event: str) -> str:
        """The name of an event, or of several joined by +."""
        return " + ".join(self._say.name(self._events.get(e, words(e))) for e in event.split("+"))

    def state(self, state: str) -> str:
        """A state of the world: no event, an event, or `event from year`."""
        if state == NO_EVENT:
            return self._say("no event")
        event, since, year = state.partition(" from ")
        name = self.event(event)
        return self._say("{event}, from {year}", event=name, year=year) if since else name


def words(name: str) -> str:
    """An id in words: auto-parts is auto parts."""
    return _SHORT.get(name) or _JOINED.sub(" ", name)


def subject(text: str) -> str:
    """What an assumption is about: its words up to the first colon, semicolon or bracket."""
    return _DETAIL.split(text, maxsplit=1)[0]


def brief(text: str, most: int) -> str:
    """A text cut at a word so that it has at most so many characters."""
    if len(text) <= most:
        return text
    kept = text[: most - 1]
    at_word = kept.rsplit(" ", 1)[0] if " " in kept else kept
    return at_word.rstrip(" ,;:") + "…"


def _column(result: Result, table: str, key: str) -> Mapping[str, str]:
    if table not in result.tables:
        return {}
    rows = result.table(table)
    return {str(k): str(n) for k, n in zip(rows[key], rows["name"], strict=True) if n}


def _texts(found: Json) -> Mapping[str, str]:
    return {str(k): str(v) for k, v in found.items()} if isinstance(found, Mapping) else {}
