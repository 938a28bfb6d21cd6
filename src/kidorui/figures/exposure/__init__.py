"""Pictures of exposure: on whom we depend, what hurts if it fails, what stock bridges it."""

from __future__ import annotations

from collections.abc import Mapping

from kidorui.figures.catalogue import Drawing
from kidorui.figures.exposure.chain import sankey_heavy, sankey_light
from kidorui.figures.exposure.origins import concentration, origins
from kidorui.figures.exposure.outages import buffers, chokepoints, leverage

_OUTAGES = "ask for outages: leave out --quick"
_CHAIN = "this run was made before ways were traced plant by plant: run kidorui exposure anew"

PICTURES: Mapping[str, Drawing] = {
    "sankey_light": Drawing(sankey_light, ("chain",), _CHAIN),
    "sankey_heavy": Drawing(sankey_heavy, ("chain",), _CHAIN),
    "origins": Drawing(origins, ("origins",)),
    "concentration": Drawing(concentration, ("indices",)),
    "chokepoints": Drawing(chokepoints, ("n_minus_1",), _OUTAGES),
    "buffers": Drawing(buffers, ("n_minus_1", "buffers"), _OUTAGES),
    "leverage": Drawing(leverage, ("leverage",), _OUTAGES),
}
"""The pictures in reading order."""
