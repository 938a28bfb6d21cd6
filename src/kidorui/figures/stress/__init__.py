"""Pictures of a stress: who stops, what it costs, what is unsure, what would help."""

from __future__ import annotations

from collections.abc import Mapping

from kidorui.figures.catalogue import Drawing
from kidorui.figures.stress.cost import losses, prevention, replay
from kidorui.figures.stress.fill import fill
from kidorui.figures.stress.markets import cover, prices
from kidorui.figures.stress.ranges import ranges, ranges_stop
from kidorui.figures.stress.stops import stops
from kidorui.figures.stress.unsure import first_stops, spread

_QUICK = "ask for it by leaving out --quick"

PICTURES: Mapping[str, Drawing] = {
    "stops": Drawing(stops, ("stops",)),
    "fill": Drawing(fill, ("stops", "shortage")),
    "cover": Drawing(cover, ("cover",)),
    "prices": Drawing(prices, ("prices",)),
    "losses": Drawing(losses, ("losses",)),
    "ranges_stop": Drawing(ranges_stop, ("ranges",)),
    "ranges": Drawing(ranges, ("ranges",)),
    "spread": Drawing(spread, ("tornado",), "ask for draws: kidorui stress --draws 64"),
    "first_stops": Drawing(first_stops, ("table",), _QUICK),
    "prevention": Drawing(prevention, ("prevention",), _QUICK),
    "replay": Drawing(
        replay, ("replay",), "ask for it with a plan: kidorui stress --plan RUN of kidorui plan"
    ),
}
"""The pictures in reading order."""
