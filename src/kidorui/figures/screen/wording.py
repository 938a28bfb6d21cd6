"""Words in a chart: how wide they are, and what a tooltip says."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable
from functools import cache

from kidorui.figures.screen.plain import Options
from kidorui.language.language import number

_BREADTHS = (
    ("iIjl.,:;!|'()[] ", 0.34),
    ("frt-/", 0.42),
    ("mwMW%@—→", 0.92),
    ("ABCDEGHKNOQRUVXYZ&", 0.7),
)
"""Breadth of letters as a share of the size of type, in a broad face (DejaVu Sans)."""
_OTHER = 0.61
_PIECE = re.compile(
    r"[\u2e80-\u9fff\uff00-\uffef][、。，．）」：；・ー％]*|[^\s\u2e80-\u9fff\uff00-\uffef]+|\s+"
)


@cache
def _letter(letter: str) -> float:
    if unicodedata.east_asian_width(letter) in "WF":
        return 1.0
    return next((share for letters, share in _BREADTHS if letter in letters), _OTHER)


def breadth(text: str, size: float) -> float:
    """About how wide a text is in a size of type, px; East Asian letters are full squares."""
    return size * sum(map(_letter, text))


def wrapped(text: str, size: float, width: float) -> str:
    """A text in lines of at most a width, px: what ECharts measures on a busy machine is too wide.

    Japanese breaks between letters, not before a full stop; a word too wide has a line of its own.
    """
    lines = [""]
    for piece in _PIECE.findall(text):
        if breadth((lines[-1] + piece).rstrip(), size) > width and lines[-1].strip():
            lines.append("")
        if lines[-1] or piece.strip():
            lines[-1] += piece
    return "\n".join(line.rstrip() for line in lines)


def lines_of(text: str, size: float, width: float) -> int:
    """Into how many lines a text is broken at a width, px."""
    return wrapped(text, size, width).count("\n") + 1 if text else 0


def longest_word(texts: Iterable[str], size: float) -> float:
    """The breadth of the widest word that does not break, px."""
    return max((breadth(word, size) for text in texts for word in text.split()), default=0.0)


def amount(value: float, unit: str) -> str:
    """A number with its unit."""
    return number(value) + ("%" if unit == "%" else f" {unit}" if unit else "")


def between(low: float, high: float, unit: str) -> str:
    """A range with its unit."""
    return f"{number(low)} – {amount(high, unit)}"


def tip(heading: str, *lines: str) -> Options:
    """A tooltip of its own for one item: a heading and lines, each as it stands.

    The page shows it as HTML and ECharts fills {a}: neither happens to words of a case.
    """
    told = [f"<b>{_literal(heading)}</b>"] if heading else []
    return {"formatter": "<br/>".join([*told, *(_literal(line) for line in lines if line)])}


def said(name: str, told: str) -> str:
    """A name and what is told of it; what is told alone where there is no name."""
    return f"{name}: {told}" if name else told


def _literal(text: str) -> str:
    return html.escape(text).replace("{", "&#123;").replace("}", "&#125;")
