"""Which plot is drawn by what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

from kidorui.figures.picture import Picture
from kidorui.figures.plots import (
    Bars,
    Dots,
    Grid,
    Lines,
    Map,
    Plot,
    Sankey,
    Scatter,
    Timeline,
)
from kidorui.figures.screen.bars import bars
from kidorui.figures.screen.dots import dots
from kidorui.figures.screen.frame import Drawn, framed, wanted_height
from kidorui.figures.screen.grid import grid
from kidorui.figures.screen.lines import lines
from kidorui.figures.screen.sankey import sankey
from kidorui.figures.screen.scatter import scatter
from kidorui.figures.screen.timeline import timeline
from kidorui.figures.screen.world import world
from kidorui.figures.theme import LIGHT, Theme, theme_named
from kidorui.results import Json


def options(picture: Picture, theme: str = "light") -> Mapping[str, Json]:
    """A picture as options of ECharts 6, all of it JSON.

    theme: light, dark or paper. Raises ValueError for any other.
    """
    worn = theme_named(theme)
    return framed(picture, _drawn(picture.plot, worn), worn)


def height(picture: Picture, width: float) -> int:
    """The height in px at which a picture looks best in a chart of so many px."""
    return wanted_height(picture, _drawn(picture.plot, LIGHT), width)


def _drawn(plot: Plot, theme: Theme) -> Drawn:
    match plot:
        case Bars():
            return bars(plot, theme)
        case Dots():
            return dots(plot, theme)
        case Lines():
            return lines(plot, theme)
        case Scatter():
            return scatter(plot, theme)
        case Grid():
            return grid(plot, theme)
        case Sankey():
            return sankey(plot, theme)
        case Timeline():
            return timeline(plot, theme)
        case Map():
            return world(plot, theme)
        case _:
            assert_never(plot)
