"""Flows from column to column."""

from __future__ import annotations

from collections.abc import Sequence

from kidorui.figures.plots import Node, Sankey
from kidorui.figures.screen.frame import EDGE, FONT, TEXT, Drawn, Room, Width, heading
from kidorui.figures.screen.plain import Options, finite
from kidorui.figures.screen.wording import amount, lines_of, longest_word, tip, wrapped
from kidorui.figures.theme import Theme
from kidorui.results import Json


def sankey(plot: Sankey, theme: Theme) -> Drawn:
    """Nodes in their columns and links between, headings over the columns."""
    last = max((node.column for node in plot.nodes), default=0)
    options: Options = {
        "series": [
            {
                "type": "sankey",
                "left": EDGE,
                "right": EDGE,
                "nodeWidth": 13,
                "nodeGap": 9,
                "nodeAlign": "left",
                "draggable": False,
                "emphasis": {"focus": "adjacency"},
                "label": _label(theme),
                "data": [_node(node, plot, theme) for node in plot.nodes],
                "links": _links(plot, theme),
            }
        ],
        "title": [{}, {}, *(heading(text, theme) for text in plot.columns)],
    }

    def placed(room: Room) -> Options:
        apart = (room.width - 2 * EDGE) / max(1, last)
        return {
            "series": [
                {
                    "top": room.top + 8.0 + _heads(plot.columns, room),
                    "bottom": room.bottom + 6.0,
                    "levels": [_level(plot, column, last, apart) for column in range(last + 1)],
                }
            ],
            "title": _headings(plot.columns, room),
        }

    def body(width: Width) -> float:
        counts = [sum(node.column == at for node in plot.nodes) for at in range(last + 1)]
        return max(320.0, 40.0 + 34.0 * max(counts))

    return Drawn(options, body, placed, key=plot.legend)


def _heads(columns: Sequence[str], room: Room) -> float:
    """The height of the headings, px."""
    return 15.0 * max(lines_of(c, TEXT * 1.08, room.width / len(columns) - 8.0) for c in columns)


def _headings(columns: Sequence[str], room: Room) -> list[Json]:
    placed: list[Json] = []
    for at, text in enumerate(columns):
        share = 100 * at / max(1, len(columns) - 1)
        side: Options = {"left": f"{share:.2f}%", "textAlign": "center"}
        if at == 0:
            side = {"left": EDGE, "textAlign": "left"}
        elif at == len(columns) - 1:
            side = {"right": EDGE}
        width = room.width / len(columns) - 8.0
        placed.append({**side, "top": room.top, "text": wrapped(text, TEXT * 1.08, width)})
    return placed


def _label(theme: Theme) -> Options:
    return {
        "color": theme.ink,
        "fontFamily": FONT,
        "fontSize": 11,
        "textBorderColor": theme.ground,
        "textBorderWidth": 2,
        "overflow": "break",
        "lineHeight": 12,
    }


def _level(plot: Sankey, column: int, last: int, apart: float) -> Options:
    """Labels lie within the diagram: those of the last column to its left.

    apart: from column to column, px; the labels of the last two columns share it.
    """
    side = "left" if column == last else "right"
    free = apart - 24.0 if column < last - 1 else apart / 2 - 14.0
    labels = [node.label for node in plot.nodes if node.column == column]
    width = round(max(free, longest_word(labels, TEXT) + 4.0))
    return {"depth": column, "label": {"position": side, "width": width}}


def _node(node: Node, plot: Sankey, theme: Theme) -> Options:
    into = sum(link.value for link in plot.links if link.target == node.id)
    out = sum(link.value for link in plot.links if link.source == node.id)
    column = plot.columns[node.column] if node.column < len(plot.columns) else ""
    return {
        "name": node.id,
        "depth": node.column,
        "itemStyle": {"color": theme.colour(node.role), "borderWidth": 0},
        "label": {"formatter": node.label},
        "tooltip": tip(node.label, column, amount(max(into, out), plot.unit)),
    }


def _links(plot: Sankey, theme: Theme) -> list[Json]:
    labels = {node.id: node.label for node in plot.nodes}
    return [
        {
            "source": link.source,
            "target": link.target,
            "value": finite(link.value),
            "lineStyle": {"color": theme.colour(link.role), "opacity": 0.42, "curveness": 0.5},
            "tooltip": tip(
                f"{labels[link.source]} → {labels[link.target]}", amount(link.value, plot.unit)
            ),
        }
        for link in plot.links
    ]
