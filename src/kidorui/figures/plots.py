"""What may be drawn: plain values, colours by role, no word of how a renderer does it.

Every text is in the reader's language already and every number in the unit that the plot names.
Colours are roles of `theme.py`; NaN draws nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Role: TypeAlias = Literal[
    "plan",  # with the plan
    "without",  # nothing done
    "base",  # today, the base year, what was observed
    "control",  # the place that controls, or under control
    "free",  # outside its reach
    "good",
    "warn",
    "muted",
    "light",
    "heavy",
    "first",  # series without a meaning of their own, in order
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
]
"""What a colour stands for; the theme says which it is."""

Numbers: TypeAlias = Sequence[float]


@dataclass(frozen=True)
class Mark:
    """A line across a plot at a value of an axis, such as a ceiling or the onset of an event.

    axis: value (the axis of the values: y of lines and points), or x, of plots that have both.
    """

    at: float
    label: str = ""
    role: Role = "warn"
    axis: Literal["value", "x"] = "value"


@dataclass(frozen=True)
class Series:
    """One bar or dot per row: `values`, perhaps with `low` and `high` ends of a range."""

    name: str
    role: Role
    values: Numbers
    low: Numbers = ()
    high: Numbers = ()


@dataclass(frozen=True)
class Bars:
    """Horizontal bars by row, beside each other, or from `low` to `high` where a series has these.

    groups: heading over the first row of each group, "" for none; notes: words to the right of a
    row; marks: lines across; log: a logarithmic axis; top: end of the axis, 0 for the largest.
    """

    rows: Sequence[str]
    series: Sequence[Series]
    unit: str
    groups: Sequence[str] = ()
    notes: Sequence[str] = ()
    marks: Sequence[Mark] = ()
    log: bool = False
    top: float = 0.0
    stacked: bool = False


@dataclass(frozen=True)
class Dots:
    """A dot per row and series, joined by a line along the row; ranges as thick pale bars.

    spans: series whose low and high are a band behind the dots (its values are not drawn);
    told: whether the values of the outer dots are written beside them.
    """

    rows: Sequence[str]
    series: Sequence[Series]
    unit: str
    spans: Sequence[Series] = ()
    groups: Sequence[str] = ()
    notes: Sequence[str] = ()
    marks: Sequence[Mark] = ()
    log: bool = False
    joined: bool = True
    told: bool = True


@dataclass(frozen=True)
class Line:
    """A line over the x of its panel."""

    name: str
    role: Role
    y: Numbers
    dashed: bool = False
    points: bool = False


@dataclass(frozen=True)
class Band:
    """An area from low to high over the x of its panel; strength 0 to 1."""

    name: str
    role: Role
    low: Numbers
    high: Numbers
    strength: float = 0.25


@dataclass(frozen=True)
class Panel:
    """One of several small plots with the same axes; `note` stands below its title."""

    title: str
    lines: Sequence[Line] = ()
    bands: Sequence[Band] = ()
    marks: Sequence[Mark] = ()
    note: str = ""


@dataclass(frozen=True)
class Lines:
    """Lines over `x`, in one panel or several that share their axes.

    labels: words for the ticks of x, one per x, "" for none; top and bottom: ends of the y axis,
    NaN for what the data need; own: each panel has a y axis of its own.
    """

    x: Numbers
    panels: Sequence[Panel]
    unit: str
    x_title: str = ""
    labels: Sequence[str] = ()
    bottom: float = 0.0
    top: float = float("nan")
    own: bool = False


@dataclass(frozen=True)
class Point:
    """A labelled point; the label may be "" where points are many."""

    x: float
    y: float
    label: str
    role: Role
    size: float = 1.0
    group: str = ""


@dataclass(frozen=True)
class Scatter:
    """Points over two axes; `diagonal` draws x = y, with a band of factor `within` round it."""

    points: Sequence[Point]
    x_title: str
    y_title: str
    log: bool = False
    diagonal: bool = False
    within: float = 0.0
    joined: bool = False
    marks: Sequence[Mark] = ()
    legend: Mapping[str, Role] = field(default_factory=dict)


@dataclass(frozen=True)
class Grid:
    """Cells by row and column: `values` (row, column) shaded, `texts` written in them.

    kind: size (pale to dark as it grows), alarm (dark where small, as days to a stop), or spread
    (two colours about nought); a cell of NaN is blank and `empty` says what that means.
    """

    rows: Sequence[str]
    columns: Sequence[str]
    values: Sequence[Numbers]
    texts: Sequence[Sequence[str]]
    unit: str
    kind: Literal["size", "alarm", "spread"] = "size"
    groups: Sequence[str] = ()
    column_title: str = ""
    empty: str = ""
    top: float = 0.0


@dataclass(frozen=True)
class Node:
    """A node of a Sankey diagram in a column (0 is the first)."""

    id: str
    label: str
    column: int
    role: Role


@dataclass(frozen=True)
class Link:
    """A link from node to node."""

    source: str
    target: str
    value: float
    role: Role


@dataclass(frozen=True)
class Sankey:
    """Flows from column to column; `columns` are their headings, `legend` says the colours."""

    nodes: Sequence[Node]
    links: Sequence[Link]
    columns: Sequence[str]
    unit: str
    legend: Mapping[str, Role] = field(default_factory=dict)


@dataclass(frozen=True)
class Span:
    """A bar of a timeline: pale from `start` (decision) to `opens`, full from there to `end`."""

    label: str
    start: float
    opens: float
    end: float
    role: Role
    note: str = ""


@dataclass(frozen=True)
class Timeline:
    """Spans under group headings over calendar years; marks are dates."""

    groups: Mapping[str, Sequence[Span]]
    first: float
    last: float
    marks: Sequence[Mark] = ()
    legend: Mapping[str, Role] = field(default_factory=dict)


@dataclass(frozen=True)
class Spot:
    """A circle on a map; its area grows with `size` (0 draws a small dot)."""

    lon: float
    lat: float
    label: str
    role: Role
    size: float = 0.0


@dataclass(frozen=True)
class Arc:
    """A flow on a map from and to (lon, lat); its width grows with `width`."""

    start: tuple[float, float]
    end: tuple[float, float]
    width: float
    role: Role
    label: str = ""
    dashed: bool = False


@dataclass(frozen=True)
class Map:
    """A map of the world about the Pacific: countries shaded, flows as arcs, spots on top.

    shaded: role by ISO 3166 alpha-3 code; unit: of the widths and of the sizes of spots.
    """

    spots: Sequence[Spot]
    arcs: Sequence[Arc]
    unit: str
    shaded: Mapping[str, Role] = field(default_factory=dict)
    legend: Mapping[str, Role] = field(default_factory=dict)


Plot: TypeAlias = Bars | Dots | Lines | Scatter | Grid | Sankey | Timeline | Map
"""Any of the plots."""
