"""Fonts, the width of words in them, and where lines break."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path

from matplotlib import font_manager
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

LATIN = "DejaVu Sans"
JAPANESE = "IPAexGothic"
STACKS = {
    False: f"'{LATIN}', Verdana, Arial, sans-serif",
    True: f"'{JAPANESE}', 'Hiragino Sans', 'Yu Gothic', 'Noto Sans CJK JP', Meiryo, "
    f"'{LATIN}', sans-serif",
}
"""Families of an SVG's text, without Japanese and with it; the first is what was measured."""

_WIDE = re.compile(r"[\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]")
_PIECES = re.compile(
    r"[\u30a1-\u30fa\u30fc]+\u30fb?|"  # katakana, to a middle dot
    r"[\u3005\u3400-\u9fff\uf900-\ufaff]+[\u3041-\u309f]*|"  # kanji with its ending
    r"[\u3041-\u309f]+|"  # hiragana
    r"[\u3000-\u30ff\uff00-\uffef]|"
    r"[^\s\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]+\s*|\s+"
)
"""What a line is not broken within: a word of Latin letters, or Japanese of one script."""

_NOT_FIRST = "、。，．・：；！？）」』】〕％ーぁぃぅぇぉっゃゅょァィゥェォッャュョ々"
_NOT_LAST = "（「『【〔"


def is_japanese(words: str) -> bool:
    """Whether a text has Japanese characters."""
    return _WIDE.search(words) is not None


@cache
def _japanese() -> str:
    """The Japanese font's family, registered once.

    Its package is found and not imported, for importing it would change matplotlib's settings.
    """
    font_manager.fontManager.addfont(_file())
    return JAPANESE


def _file() -> Path:
    spec = find_spec("matplotlib_fontja")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("Japanese figures need the package matplotlib-fontja")
    return Path(spec.origin).parent / "fonts" / "ipaexg.ttf"


def subset(characters: str) -> bytes:
    """The Japanese font with these characters only, as WOFF, the same bytes each time."""
    from fontTools import subset as cutting
    from fontTools.ttLib import TTFont

    with TTFont(_file(), recalcTimestamp=False) as whole:
        cutter = cutting.Subsetter(cutting.Options(recalc_timestamp=False))
        cutter.populate(text=characters)
        cutter.subset(whole)
        whole.flavor = "woff"
        made = BytesIO()
        whole.save(made)
    return made.getvalue()


@lru_cache(maxsize=256)
def font(size: float, bold: bool, japanese: bool) -> FontProperties:
    """The font of a text of this size in points; Japanese has no bold face."""
    families = [_japanese(), LATIN] if japanese else [LATIN]
    weight = "bold" if bold and not japanese else "normal"
    return FontProperties(family=families, size=size, weight=weight)


@lru_cache(maxsize=8192)
def width(words: str, size: float, bold: bool = False, japanese: bool = False) -> float:
    """How wide a text is, in points."""
    if not words:
        return 0.0
    found = text_to_path.get_text_width_height_descent(words, font(size, bold, japanese), False)
    return float(found[0])


def wrapped(
    words: str, size: float, room: float, bold: bool = False, japanese: bool = False
) -> list[str]:
    """A text in lines no wider than `room` points, words broken only if wider."""
    lines: list[str] = []
    line, far = "", 0.0
    space = width("a b", size, bold, japanese) - width("ab", size, bold, japanese)
    for piece in _pieces(words, size, room, bold, japanese):
        solid = piece.rstrip()
        wide = width(solid, size, bold, japanese)
        if line.strip() and far + wide > room:
            lines.append(line.rstrip())
            piece, line, far = piece.lstrip(), "", 0.0
        line += piece
        far += wide + space * (len(piece) - len(solid))
    return [*lines, line.rstrip()] if line.strip() or not lines else lines


def balanced(
    words: str, size: float, room: float, bold: bool = False, japanese: bool = False
) -> list[str]:
    """A text wrapped into as few lines as `wrapped`, these of about the same width."""
    lines = wrapped(words, size, room, bold, japanese)
    if len(lines) < 2:
        return lines
    low, high = room / len(lines), room
    for _ in range(5):
        middle = (low + high) / 2
        tried = wrapped(words, size, middle, bold, japanese)
        fits = all(width(line, size, bold, japanese) <= middle for line in tried)
        if fits and len(tried) <= len(lines):
            high, lines = middle, tried
        else:
            low = middle
    return lines


def shortened(words: str, size: float, room: float, japanese: bool = False) -> str:
    """A text cut with an ellipsis where it is wider than `room` points."""
    if width(words, size, False, japanese) <= room:
        return words
    while words and width(words + "…", size, False, japanese) > room:
        words = words[:-1].rstrip()
    return words + "…"


def _pieces(words: str, size: float, room: float, bold: bool, japanese: bool) -> list[str]:
    """What is not broken: words that fit the room, with the marks that belong to them."""
    pieces: list[str] = []
    for piece in _PIECES.findall(words):
        if len(piece) > 1 and width(piece.rstrip(), size, bold, japanese) > room:
            pieces.extend(piece)
            continue
        if pieces and (piece[0] in _NOT_FIRST or pieces[-1][-1] in _NOT_LAST):
            pieces[-1] += piece
        else:
            pieces.append(piece)
    return pieces
