"""Colours by what they stand for, for light and dark screens and for paper.

Hues are those of Okabe and Ito (Color universal design, 2008), which the colour-blind tell apart,
darkened or lightened until they stand out from their ground by 3 to 1 or more (WCAG 2.2, 1.4.11).
Nothing is told by colour alone: roles differ in lightness, dash or place as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from kidorui.figures.plots import Role


@dataclass(frozen=True)
class Theme:
    """Ground, inks and the colour of each role; `ramp` goes from pale (little) to strong."""

    name: Literal["light", "dark", "paper"]
    ground: str
    ink: str
    soft: str
    rule: str
    land: str
    roles: Mapping[Role, str]
    ramp: tuple[str, ...]
    spread: tuple[str, ...]

    def colour(self, role: Role) -> str:
        """The colour of a role, as #rrggbb."""
        return self.roles[role]


_LIGHT: Mapping[Role, str] = {
    "plan": "#0072b2",
    "without": "#d55e00",
    "base": "#7a8594",
    "control": "#c0392b",
    "free": "#0072b2",
    "good": "#00805f",
    "warn": "#b3261e",
    "muted": "#9aa5b1",
    "light": "#b07d00",
    "heavy": "#5b3f8c",
    "first": "#0072b2",
    "second": "#d55e00",
    "third": "#00805f",
    "fourth": "#b5548c",
    "fifth": "#8a6d00",
    "sixth": "#4f5d73",
}

_DARK: Mapping[Role, str] = {
    "plan": "#56b4e9",
    "without": "#f0913a",
    "base": "#8f9bab",
    "control": "#ff7a66",
    "free": "#56b4e9",
    "good": "#3fc7a0",
    "warn": "#ff8a80",
    "muted": "#6f7b8a",
    "light": "#f0c040",
    "heavy": "#b79cf0",
    "first": "#56b4e9",
    "second": "#f0913a",
    "third": "#3fc7a0",
    "fourth": "#e08ac0",
    "fifth": "#e6d35a",
    "sixth": "#a9b7cc",
}

_RAMP = ("#f2f6fa", "#cfe1ee", "#9dc3dd", "#5f9cc5", "#2a72a6", "#0b4a7a")
_RAMP_DARK = ("#1b2530", "#22405a", "#2b5f88", "#3f86b8", "#6fb3dd", "#b5dcf5")

LIGHT = Theme(
    name="light",
    ground="#ffffff",
    ink="#1c2430",
    soft="#5b6675",
    rule="#d5dae1",
    land="#e6e9ee",
    roles=_LIGHT,
    ramp=_RAMP,
    spread=("#c55300", "#f0b98a", "#f6f6f6", "#9cc7e3", "#0072b2"),
)
DARK = Theme(
    name="dark",
    ground="#14191f",
    ink="#e7ebf0",
    soft="#9aa5b4",
    rule="#38424f",
    land="#28313c",
    roles=_DARK,
    ramp=_RAMP_DARK,
    spread=("#f0913a", "#8a5a30", "#232b35", "#2f5f80", "#56b4e9"),
)
PAPER = Theme(
    name="paper",
    ground="#ffffff",
    ink="#000000",
    soft="#444c57",
    rule="#c4cad2",
    land="#e9ecf0",
    roles=_LIGHT,
    ramp=_RAMP,
    spread=LIGHT.spread,
)

THEMES: Mapping[str, Theme] = {theme.name: theme for theme in (LIGHT, DARK, PAPER)}
"""The themes by name."""


def theme_named(name: str) -> Theme:
    """A theme by its name; ValueError names those there are."""
    if name not in THEMES:
        raise ValueError(f"no theme {name!r}; one of {', '.join(THEMES)}")
    return THEMES[name]
