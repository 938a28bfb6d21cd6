"""The frame round every plot: title and note, legend, source, and room for the plot between.

Everything that depends on the width comes as media queries: one layout each for narrow, middle
and wide charts, worked out for the narrowest width at which it is used.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from kidorui.figures.picture import Picture
from kidorui.figures.plots import Role
from kidorui.figures.screen.plain import Options, laid_over
from kidorui.figures.screen.wording import breadth, lines_of, wrapped
from kidorui.figures.theme import Theme
from kidorui.results import Json

FONT = (
    "system-ui, 'Segoe UI', 'Helvetica Neue', 'Noto Sans', 'Hiragino Sans', 'Yu Gothic', "
    "'Noto Sans JP', 'Noto Sans CJK JP', sans-serif"
)
TITLE, NOTE, TEXT, SMALL = 15, 12, 12, 10
"""Sizes of type, px."""

EDGE = 10
"""Room kept free at each edge, px."""

Width = Literal["narrow", "middle", "wide"]

WIDTHS: Mapping[Width, int] = {"narrow": 360, "middle": 520, "wide": 760}
"""From which width on a layout is used, px; narrow also below."""

_LEADING = 1.35
_BOLD = 1.08
"""How much wider bold letters are."""
_SWATCH = 30
"""Width of a legend's sign with its gaps, px."""


@dataclass(frozen=True)
class Room:
    """What a plot has to itself: the chart's width and height, and what the frame takes, px."""

    kind: Width
    width: int
    height: float
    top: float
    bottom: float

    @property
    def narrow(self) -> bool:
        """Whether labels must be short."""
        return self.kind == "narrow"

    def choose(self, narrow: float, middle: float, wide: float) -> float:
        """One of three by the width."""
        return {"narrow": narrow, "middle": middle, "wide": wide}[self.kind]

    def box(self, above: float = 0.0, below: float = 0.0) -> Options:
        """All of the room as the box of one grid whose labels lie within, px."""
        return {
            "left": EDGE,
            "right": EDGE,
            "top": self.top + above,
            "bottom": self.bottom + below,
            "outerBoundsMode": "same",
            "outerBoundsContain": "all",
        }


def _nothing(room: Room) -> Options:
    return {}


@dataclass(frozen=True)
class Drawn:
    """A plot as options of ECharts without its frame.

    options: what does not depend on the width; placed: what does; body: the height in px that it
    wants at a width; entries: of the legend, for series by their names; key: a legend of colours
    that no series is named after, which cannot be switched; blank: what an empty cell means.
    Titles of its own come third and later in `title`: the frame's title and source stand first.
    """

    options: Options
    body: Callable[[Width], float]
    placed: Callable[[Room], Options] = _nothing
    entries: Sequence[Options] = ()
    key: Mapping[str, Role] = field(default_factory=dict)
    blank: str = ""


def framed(picture: Picture, drawn: Drawn, theme: Theme) -> Options:
    """The options of a picture: what is drawn within its frame, laid out for three widths."""
    layouts = {kind: _layout(picture, drawn, theme, kind) for kind in WIDTHS}
    constant = _constant(picture, theme)
    if _names(drawn):
        constant["legend"] = _legend(drawn, theme)
    base = laid_over(laid_over(constant, drawn.options), layouts["wide"])
    if not _names(drawn):
        base.pop("legend", None)
    if drawn.key or drawn.blank:
        series = base.get("series", ())
        assert isinstance(series, Sequence)
        base["series"] = [*series, _key(drawn, theme)]
    base["media"] = [
        {"query": {"maxWidth": WIDTHS["middle"] - 1}, "option": layouts["narrow"]},
        {
            "query": {"minWidth": WIDTHS["middle"], "maxWidth": WIDTHS["wide"] - 1},
            "option": layouts["middle"],
        },
        {"option": layouts["wide"]},
    ]
    return base


def wanted_height(picture: Picture, drawn: Drawn, width: float) -> int:
    """The height at which a picture is laid out best in a chart of so many px."""
    return round(_room(picture, drawn, _kind(width)).height)


def _kind(width: float) -> Width:
    fitting = [kind for kind, least in WIDTHS.items() if width >= least]
    return fitting[-1] if fitting else "narrow"


def _room(picture: Picture, drawn: Drawn, kind: Width) -> Room:
    width = WIDTHS[kind]
    top = _head(picture, width) + _legend_lines(drawn, width) * 20.0 + 6.0
    bottom = lines_of(picture.source, SMALL, width - 2 * EDGE) * SMALL * _LEADING + 10.0
    return Room(kind, width, round(top + drawn.body(kind) + bottom), top, bottom)


def _head(picture: Picture, width: int) -> float:
    title = lines_of(picture.title, TITLE * _BOLD, width - 2 * EDGE)
    note = lines_of(picture.note, NOTE, width - 2 * EDGE)
    return 8.0 + (title * TITLE + note * NOTE) * _LEADING + 8.0


def _names(drawn: Drawn) -> list[str]:
    words = [str(entry["name"]) for entry in drawn.entries]
    return [*words, *drawn.key, *([drawn.blank] if drawn.blank else [])]


def _legend_lines(drawn: Drawn, width: int) -> int:
    lines, used = 0, float(width)
    for name in _names(drawn):
        need = _SWATCH + breadth(name, TEXT)
        if used + need > width - 2 * EDGE:
            lines, used = lines + 1, 0.0
        used += need
    return lines


def _layout(picture: Picture, drawn: Drawn, theme: Theme, kind: Width) -> Options:
    room = _room(picture, drawn, kind)
    placed = dict(drawn.placed(room))
    more = placed.pop("title", ())
    assert isinstance(more, Sequence)
    within = room.width - 2 * EDGE
    placed["title"] = [
        {
            "text": wrapped(picture.title, TITLE * _BOLD, within),
            "subtext": wrapped(picture.note, NOTE, within),
        },
        {"text": wrapped(picture.source, SMALL, within)},
        *more,
    ]
    if _names(drawn):
        placed["legend"] = {"top": _head(picture, room.width)}
    return placed


def _constant(picture: Picture, theme: Theme) -> Options:
    return {
        "backgroundColor": theme.ground,
        "textStyle": {"color": theme.ink, "fontFamily": FONT, "fontSize": TEXT},
        "animationDuration": 250,
        "animationDurationUpdate": 250,
        "aria": {"enabled": True, "label": {"enabled": True, "description": picture.finding}},
        "toolbox": {"show": False},
        "title": [_title(theme), _source(theme)],
        "tooltip": {
            "trigger": "item",
            "confine": True,
            "backgroundColor": theme.ground,
            "borderColor": theme.rule,
            "textStyle": {"color": theme.ink, "fontFamily": FONT, "fontSize": TEXT},
            "extraCssText": "max-width: 22em; white-space: normal;",
        },
    }


def _title(theme: Theme) -> Options:
    return {
        "left": EDGE,
        "top": 8,
        "padding": 0,
        "itemGap": 4,
        "textStyle": {
            "color": theme.ink,
            "fontFamily": FONT,
            "fontSize": TITLE,
            "fontWeight": 600,
            "lineHeight": round(TITLE * _LEADING),
        },
        "subtextStyle": {
            "color": theme.soft,
            "fontFamily": FONT,
            "fontSize": NOTE,
            "lineHeight": round(NOTE * _LEADING),
        },
    }


def _source(theme: Theme) -> Options:
    return {
        "left": EDGE,
        "bottom": 4,
        "padding": 0,
        "textStyle": {
            "color": theme.soft,
            "fontFamily": FONT,
            "fontSize": SMALL,
            "fontWeight": "normal",
            "lineHeight": round(SMALL * _LEADING),
        },
    }


def heading(text: str, theme: Theme, **place: Json) -> Options:
    """A small heading within the plot, at a place of its own."""
    return {
        "text": text,
        "padding": 0,
        "textStyle": {
            "color": theme.ink,
            "fontFamily": FONT,
            "fontSize": TEXT,
            "fontWeight": 600,
        },
        **place,
    }


def _legend(drawn: Drawn, theme: Theme) -> Options:
    entries: list[Json] = list(drawn.entries)
    fixed = bool(drawn.key or drawn.blank)
    if fixed:
        thin: Options = {"borderWidth": 1}
        entries = [
            {"name": name, "icon": "roundRect", "itemStyle": thin if name == drawn.blank else {}}
            for name in _names(drawn)
        ]
    return {
        "data": entries,
        "left": EDGE - 5,
        "itemWidth": 14,
        "itemHeight": 9,
        "itemGap": 12,
        "selectedMode": not fixed,
        "textStyle": {"color": theme.ink, "fontFamily": FONT, "fontSize": TEXT},
        "inactiveColor": theme.rule,
    }


def _key(drawn: Drawn, theme: Theme) -> Options:
    """A pie of no size: ECharts makes legends of series or of slices, not of colours."""
    slices: list[Json] = [
        {"name": name, "value": 1, "itemStyle": {"color": theme.colour(role)}}
        for name, role in drawn.key.items()
    ]
    if drawn.blank:
        empty: Options = {"color": theme.ground, "borderColor": theme.soft, "borderWidth": 1}
        slices.append({"name": drawn.blank, "value": 1, "itemStyle": empty})
    return {
        "type": "pie",
        "radius": 0,
        "silent": True,
        "label": {"show": False},
        "labelLine": {"show": False},
        "tooltip": {"show": False},
        "emphasis": {"disabled": True},
        "data": slices,
    }
