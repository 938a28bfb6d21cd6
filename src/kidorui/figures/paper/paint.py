"""Colours by name: of a theme, or stand-ins that an inline SVG replaces by CSS variables."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import get_args

from kidorui.figures.plots import Role
from kidorui.figures.theme import DARK, LIGHT, PAPER, Theme, theme_named

Paint = Mapping[str, str]
"""Colour (#rrggbb) by name: ground, ink, soft, rule, land, each role, ramp-0 to 5, spread-0 to 4.

The colour of text on a step of ramp or spread is named on-ramp-0 and so on, that of words in a
role's colour word-plan and so on.
"""

READABLE = 4.5
"""The least contrast of words and what they stand on (WCAG 2.2, 1.4.3)."""


@cache
def paint(theme: str) -> Paint:
    """The colours of a theme by name."""
    return _colours(theme_named(theme))


def stand_ins() -> Paint:
    """A colour of its own for each name, none of which is a theme's."""
    return {name: f"#fe{at:04x}" for at, name in enumerate(paint("light"), start=1)}


def css() -> str:
    """Custom properties `--fig-<name>` for light, dark (as the page's reader asked) and print."""
    light, dark, paper = (_declared(paint(theme.name)) for theme in (LIGHT, DARK, PAPER))
    return (
        f":root {{ {light} }}\n"
        f"@media screen and (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}\n"
        f"@media print {{ :root {{ {paper} }} }}\n"
    )


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, 1 to 21 (WCAG 2.2)."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _declared(colours: Paint) -> str:
    return " ".join(f"--fig-{name}: {colour};" for name, colour in colours.items())


def _colours(theme: Theme) -> Paint:
    named = {
        "ground": theme.ground,
        "ink": theme.ink,
        "soft": theme.soft,
        "rule": theme.rule,
        "land": theme.land,
    }
    named |= {role: theme.colour(role) for role in get_args(Role)}
    named |= {f"word-{role}": _word(theme.colour(role), theme) for role in get_args(Role)}
    for kind, steps in (("ramp", theme.ramp), ("spread", theme.spread)):
        named |= {f"{kind}-{at}": colour for at, colour in enumerate(steps)}
        named |= {f"on-{kind}-{at}": _on(colour, theme) for at, colour in enumerate(steps)}
    return named


def _on(colour: str, theme: Theme) -> str:
    """Ink or ground, whichever is better read on a colour; black or white if neither is."""
    ways = [theme.ink, theme.ground]
    if max(contrast(text, colour) for text in ways) < READABLE:
        ways = ["#000000", "#ffffff"]
    return max(ways, key=lambda text: contrast(text, colour))


def _word(colour: str, theme: Theme) -> str:
    """A colour with as much ink in it as makes its words readable on the ground."""
    mixed = (_mixed(colour, theme.ink, part / 20) for part in range(21))
    return next((way for way in mixed if contrast(way, theme.ground) >= READABLE), theme.ink)


def _mixed(one: str, other: str, part: float) -> str:
    pairs = ((int(one[at : at + 2], 16), int(other[at : at + 2], 16)) for at in (1, 3, 5))
    return "#" + "".join(f"{round(a + (b - a) * part):02x}" for a, b in pairs)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
