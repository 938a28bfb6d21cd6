"""Pictures on paper, drawn by matplotlib, which is imported when something is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from kidorui.figures.picture import Picture

__all__ = ["figure", "font_for", "inline_svg", "png", "svg", "theme_css"]


def figure(picture: Picture, theme: str = "paper") -> Figure:
    """A picture as a figure of matplotlib, 16 cm wide; theme: light, dark or paper."""
    from kidorui.figures.paper.frame import sheet_of
    from kidorui.figures.paper.paint import paint

    return sheet_of(picture, paint(theme)).figure


def svg(picture: Picture, theme: str = "paper") -> str:
    """A picture as an SVG document; theme: light, dark or paper."""
    from kidorui.figures.paper import document

    return document.svg(picture, theme)


def png(picture: Picture, theme: str = "paper", dpi: float = 150.0) -> bytes:
    """A picture as a PNG file; theme: light, dark or paper."""
    from kidorui.figures.paper import document

    return document.png(picture, theme, dpi)


def inline_svg(picture: Picture, scope: str = "") -> str:
    """A picture as an `svg` element for a page that has `theme_css`: its colours are variables.

    scope: what its ids begin with, where a page has pictures of the same name.
    """
    from kidorui.figures.paper import document

    return document.inline_svg(picture, scope)


def theme_css() -> str:
    """The variables `--fig-<name>` that colour `inline_svg` in light, dark and print."""
    from kidorui.figures.paper import paint

    return paint.css()


def font_for(characters: str) -> bytes:
    """The Japanese font, IPAexGothic, with these characters only, as WOFF."""
    from kidorui.figures.paper import fonts

    return fonts.subset(characters)
