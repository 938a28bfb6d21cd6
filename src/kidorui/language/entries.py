"""Entries of a catalogue: messages, and names, units and sentences under contexts of their own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

NAME, UNIT, SENTENCE = "name", "unit", "sentence"
"""Contexts of entries; a message has none."""

_ENGLISH = re.compile("[a-z]{2}|[A-Z]{2}")
"""What has to be said in another language: neither a number nor a symbol such as t, Dy or NdPr."""

_SAID = re.compile("[\u3040-\u30ff\u4e00-\u9fff]")
"""Letters of a text that is in Japanese already."""


def entry(code: str, text: str, context: str = "") -> str:
    """What a text is in a language, "" where its catalogue has none."""
    message = _read(code).get(text, context or None)
    return str(message.string) if message is not None and message.string else ""


def sentences(code: str) -> Iterator[tuple[str, str]]:
    """All sentences of a catalogue and what is said for them."""
    for message in _read(code):
        if message.context == SENTENCE and message.string:
            yield str(message.id), str(message.string)


def is_english(text: str) -> bool:
    """Whether a text has words that are still to be said in another language."""
    return bool(_ENGLISH.search(text)) and not _SAID.search(text)


@cache
def _read(code: str) -> Catalog:
    from babel.messages.pofile import read_po

    with files("kidorui.language").joinpath(f"{code}.po").open("rb") as file:
        return read_po(file, locale=code)
