"""Pictures for screens: plain options of ECharts 6, without functions, that turn into JSON.

A map is drawn on `geo.map = "world"`, which the page registers from `figures.world.outlines()`.
Three layouts by the width of the chart come as media queries in the options.
"""

from kidorui.figures.screen.drawing import height, options

__all__ = ["height", "options"]
