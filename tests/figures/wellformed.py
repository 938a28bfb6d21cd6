"""What every picture must be: as long in each part as in the others, and told."""

from __future__ import annotations

from itertools import pairwise

from kidorui.figures import Picture
from kidorui.figures.plots import Bars, Dots, Grid, Lines, Sankey, Series


def flaws(made: Picture) -> list[str]:
    """All that is wrong with a picture's shape."""
    plot = made.plot
    found = [
        f"{name} is empty"
        for name in ("title", "note", "finding", "tables", "source")
        if not getattr(made, name)
    ]
    found += [f"no column {name} for a unit" for name in made.units if name not in made.data]
    if "{" in made.note + made.title + made.finding:
        found.append("a place of a text is not filled")
    if isinstance(plot, Bars | Dots):
        spans = plot.spans if isinstance(plot, Dots) else ()
        found += [f for s in (*plot.series, *spans) for f in _ends(s, len(plot.rows))]
        found += [
            f"{len(part)} {what} for {len(plot.rows)} rows"
            for what, part in (("groups", plot.groups), ("notes", plot.notes))
            if part and len(part) != len(plot.rows)
        ]
    elif isinstance(plot, Lines):
        many = len(plot.x)
        found += [] if all(a < b for a, b in pairwise(plot.x)) else ["x does not rise"]
        for panel in plot.panels:
            found += [f"{panel.title}: {s.name}" for s in panel.lines if len(s.y) != many]
            found += [
                f"{panel.title}: {b.name}"
                for b in panel.bands
                if not len(b.low) == len(b.high) == many
            ]
    elif isinstance(plot, Grid):
        for cells in (plot.values, plot.texts):
            found += [] if len(cells) == len(plot.rows) else ["cells of other rows"]
            found += ["cells of other columns" for row in cells if len(row) != len(plot.columns)]
    elif isinstance(plot, Sankey):
        ends = {end for link in plot.links for end in (link.source, link.target)}
        columns = {node.id: node.column for node in plot.nodes}
        found += [f"{end} is no node" for end in ends - set(columns)]
        found += [f"node {node} has no link" for node in set(columns) - ends]
        found += [
            f"{link.source} to {link.target} goes back"
            for link in plot.links
            if columns[link.source] >= columns[link.target]
        ]
        found += [] if max(columns.values()) < len(plot.columns) else ["a column has no heading"]
    return found


def _ends(series: Series, rows: int) -> list[str]:
    parts = (series.values, *(p for p in (series.low, series.high) if p))
    return [f"{series.name}: {len(part)} of {rows} rows" for part in parts if len(part) != rows]
