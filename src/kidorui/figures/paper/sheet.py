"""A sheet of paper: lines, areas and words at places in points from its top left corner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch, Polygon, Rectangle
from matplotlib.path import Path
from matplotlib.patheffects import withStroke
from matplotlib.text import Text
from matplotlib.transforms import Affine2D, Transform

from kidorui.figures.paper import fonts
from kidorui.figures.paper.paint import Paint

WIDTH = 6.3 * 72
MARGIN = 4.0
LEFT, RIGHT = MARGIN, WIDTH - MARGIN
"""Width of a sheet and of its margins, points."""

TEXT, SMALL, TINY = 7.5, 7.0, 6.5
"""Sizes of text, points."""

HALO = 1.6
"""Width of the edge round letters that stand on other things, points."""

Place = tuple[float, float]
Align = Literal["left", "center", "right"]


@dataclass(frozen=True)
class Box:
    """Where words stand: left, top, right, bottom in points."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box, gap: float = 0.0) -> bool:
        """Whether two boxes overlap, or come nearer than `gap`."""
        return (
            self.left < other.right + gap
            and other.left < self.right + gap
            and self.top < other.bottom + gap
            and other.top < self.bottom + gap
        )


@dataclass
class Sheet:
    """What is drawn on; y grows downwards. Colours are names of `paint`.

    strokes: Japanese headings, whose font has no bold face, are thickened by a stroke, and halos
    drawn by one; else both are marked by their id, for an SVG to say it in its own way.
    """

    paint: Paint
    japanese: bool
    strokes: bool = True
    figure: Figure = field(init=False)
    _points: Affine2D = field(init=False)
    _place: Transform = field(init=False)
    boxes: list[Box] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self.figure = Figure(facecolor=self.paint["ground"], edgecolor="none", dpi=72)
        FigureCanvasAgg(self.figure)
        self._points = Affine2D()
        self._place = self._points + self.figure.dpi_scale_trans

    def cut(self, height: float) -> None:
        """Cut the sheet to its height, in points."""
        self.figure.set_size_inches(WIDTH / 72, height / 72)
        self._points.clear().scale(1 / 72, -1 / 72).translate(0.0, height / 72)

    def _add(self, artist: Artist) -> None:
        artist.set_transform(self._place)
        self.figure.add_artist(artist, clip=False)

    def width(self, words: str, size: float = TEXT, bold: bool = False) -> float:
        """How wide words are, in points."""
        return fonts.width(words, size, bold, self.japanese)

    def wrapped(self, words: str, size: float, room: float, bold: bool = False) -> list[str]:
        """Words in lines no wider than `room`."""
        return fonts.wrapped(words, size, room, bold, self.japanese)

    def text(
        self,
        x: float,
        y: float,
        words: str,
        *,
        size: float = TEXT,
        colour: str = "ink",
        align: Align = "left",
        bold: bool = False,
        turned: bool = False,
        backed: float = 0.0,
        halo: bool = False,
        over: float = 5.0,
    ) -> Box:
        """A line of words whose baseline is at y.

        turned: read upwards, x is its baseline; backed: how much of what is behind is hidden;
        halo: letters are edged with the ground's colour.
        """
        made = Text(
            x,
            y,
            words,
            color=self.paint[colour],
            fontproperties=fonts.font(size, bold, self.japanese),
            horizontalalignment="right" if turned else align,
            verticalalignment="baseline",
            rotation=90.0 if turned else 0.0,
            rotation_mode="anchor",
            parse_math=False,
            usetex=False,
            zorder=over,
        )
        if bold and self.japanese:
            self._edged(made, "strong", size * 0.045, str(made.get_color()))
        elif halo:
            self._edged(made, "halo", HALO, self.paint["ground"])
        self._add(made)
        wide = self.width(words, size, bold)
        if turned:
            box = Box(x - size * 0.8, y, x + size * 0.25, y + wide)
        else:
            start = {"left": x, "center": x - wide / 2, "right": x - wide}[align]
            box = Box(start, y - size * 0.8, start + wide, y + size * 0.25)
        self.boxes.append(box)
        if backed:
            edges = (box.left - 1, box.top, box.right + 1, box.bottom)
            self.box(*edges, "ground", alpha=backed, over=over - 0.1)
        return box

    def _edged(self, text: Text, how: str, width: float, colour: str) -> None:
        if self.strokes:
            text.set_path_effects([withStroke(linewidth=width, foreground=colour)])
        else:
            text.set_gid(f"{how}-{len(self.boxes)}")

    def lines_of_text(
        self,
        x: float,
        y: float,
        lines: Sequence[str],
        *,
        size: float = TEXT,
        colour: str = "ink",
        align: Align = "left",
        bold: bool = False,
        leading: float = 1.28,
    ) -> float:
        """Lines of words below each other from top y; gives the y below them."""
        for line in lines:
            self.text(x, y + size * 0.95, line, size=size, colour=colour, align=align, bold=bold)
            y += size * leading
        return y

    def line(
        self,
        points: Sequence[Place],
        colour: str,
        *,
        width: float = 0.6,
        dashed: bool = False,
        alpha: float = 1.0,
        over: float = 2.0,
        capped: bool = False,
    ) -> None:
        """A line through points; where one is NaN the line has a gap."""
        # matplotlib lengthens dashes with the width; wide ones are to stay short.
        part = (2.4 + 0.6 * width) / (3.0 * width)
        dashes = (0.0, (3.0 * part, 2.0 * part))
        made = Line2D(
            [p[0] for p in points],
            [p[1] for p in points],
            color=self.paint[colour],
            linewidth=width,
            linestyle=dashes if dashed else "solid",
            alpha=alpha,
            solid_capstyle="round" if capped else "butt",
            dash_capstyle="butt",
            solid_joinstyle="round",
            marker="",
            zorder=over,
        )
        self._add(made)

    def rules(
        self, lines: Sequence[tuple[Place, Place]], colour: str = "rule", width: float = 0.5
    ) -> None:
        """Straight rules, behind everything."""
        self._add(
            LineCollection(list(lines), colors=self.paint[colour], linewidths=width, zorder=0.5)
        )

    def box(
        self,
        left: float,
        top: float,
        right: float,
        bottom: float,
        colour: str,
        *,
        alpha: float = 1.0,
        edge: str = "",
        over: float = 2.0,
        width: float = 0.6,
    ) -> None:
        """A filled rectangle."""
        self._add(
            Rectangle(
                (min(left, right), top),
                abs(right - left),
                bottom - top,
                facecolor=self.paint[colour],
                alpha=alpha,
                edgecolor=self.paint[edge] if edge else "none",
                linewidth=width if edge else 0.0,
                zorder=over,
            )
        )

    def area(
        self, points: Sequence[Place], colour: str, *, alpha: float = 1.0, over: float = 1.0
    ) -> None:
        """A filled polygon without an edge."""
        self._add(
            Polygon(
                list(points),
                closed=True,
                facecolor=self.paint[colour],
                alpha=alpha,
                edgecolor="none",
                linewidth=0.0,
                zorder=over,
            )
        )

    def shape(
        self,
        path: Path,
        *,
        fill: str = "",
        edge: str = "",
        alpha: float = 1.0,
        width: float = 0.6,
        over: float = 1.0,
        within: Box | None = None,
    ) -> None:
        """A path, filled or stroked or both, of which only what lies within a box is seen."""
        made = PathPatch(
            path,
            facecolor=self.paint[fill] if fill else "none",
            edgecolor=self.paint[edge] if edge else "none",
            linewidth=width if edge else 0.0,
            joinstyle="round",
            alpha=alpha,
            zorder=over,
        )
        self._add(made)
        if within is not None:
            corner = (within.left, within.top)
            wide, high = within.right - within.left, within.bottom - within.top
            made.set_clip_path(Rectangle(corner, wide, high, transform=self._place))

    def dots(
        self,
        points: Sequence[Place],
        colour: str,
        *,
        size: float = 5.5,
        marker: str = "o",
        hollow: bool = False,
        over: float = 4.0,
    ) -> None:
        """Dots of a diameter in points; a hollow one shows the ground."""
        made = Line2D(
            [p[0] for p in points],
            [p[1] for p in points],
            linestyle="none",
            marker=marker,
            markersize=size,
            markerfacecolor=self.paint["ground" if hollow else colour],
            markeredgecolor=self.paint[colour if hollow else "ground"],
            markeredgewidth=1.2 if hollow else 0.6,
            zorder=over,
        )
        self._add(made)
