"""A picture: what it shows, in which unit, from which tables, and the values drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from kidorui.figures.plots import Plot
from kidorui.results import Json


@dataclass(frozen=True)
class Picture:
    """One picture, the same for a notebook, a report and a screen.

    name: by which it is asked for; title: what it shows; note: unit and how to read it; finding:
    what a reader should see in it, a sentence, also for those who cannot see it; tables: the
    result tables it is made from; source: run, tables and the sources they rest on, in words;
    data: what is drawn, a row each, as tables have it (units in `units` by column).
    """

    name: str
    title: str
    note: str
    finding: str
    plot: Plot
    data: pd.DataFrame
    tables: Sequence[str]
    source: str = ""
    units: Mapping[str, str] = field(default_factory=dict)

    def to_csv(self) -> str:
        """The data as CSV, the unit of a column in its heading."""
        units = {c: f"{c} [{self.units[str(c)]}]" for c in self.data if self.units.get(str(c))}
        return self.data.rename(columns=units).to_csv(index=False, lineterminator="\n")

    def options(self, theme: str = "light") -> Mapping[str, Json]:
        """The picture as options of ECharts; theme: light, dark or paper."""
        from kidorui.figures.screen import options

        return options(self, theme)

    def svg(self, theme: str = "paper") -> str:
        """The picture as an SVG document."""
        from kidorui.figures.paper import svg

        return svg(self, theme)

    def png(self, theme: str = "paper", dpi: float = 150.0) -> bytes:
        """The picture as a PNG file."""
        from kidorui.figures.paper import png

        return png(self, theme, dpi)

    def _repr_svg_(self) -> str:
        """How a notebook shows it."""
        return self.svg("light")
