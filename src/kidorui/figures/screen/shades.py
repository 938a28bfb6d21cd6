"""Colours between colours, and the ink that can be read on them."""

from __future__ import annotations

from collections.abc import Sequence

from kidorui.figures.theme import Theme

Channels = tuple[float, float, float]

_DARK_INK, _LIGHT_INK = "#10161d", "#ffffff"


def mixed(colour: str, ground: str, share: float) -> str:
    """So much of a colour (0 to 1) laid over a ground, as #rrggbb."""
    over, under = _channels(colour), _channels(ground)
    return _written([share * a + (1 - share) * b for a, b in zip(over, under, strict=True)])


def along(ramp: Sequence[str], share: float) -> str:
    """The colour at a share (0 to 1) of a ramp, linear between its steps."""
    at = min(max(share, 0.0), 1.0) * (len(ramp) - 1)
    step = min(int(at), len(ramp) - 2)
    return mixed(ramp[step + 1], ramp[step], at - step)


def ink_on(colour: str) -> str:
    """The ink, dark or light, that stands out more from a colour (WCAG 2.2, contrast ratio)."""
    shine = _luminance(colour)
    dark, light = _luminance(_DARK_INK), _luminance(_LIGHT_INK)
    as_dark = (shine + 0.05) / (dark + 0.05)
    as_light = (light + 0.05) / (shine + 0.05)
    return _DARK_INK if as_dark >= as_light else _LIGHT_INK


def pale(colour: str, theme: Theme, share: float = 0.3) -> str:
    """A colour made pale on the theme's ground."""
    return mixed(colour, theme.ground, share)


def _channels(colour: str) -> Channels:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return float(red), float(green), float(blue)


def _written(channels: Sequence[float]) -> str:
    return "#" + "".join(f"{round(channel):02x}" for channel in channels)


def _luminance(colour: str) -> float:
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (channel / 255 for channel in _channels(colour))
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
