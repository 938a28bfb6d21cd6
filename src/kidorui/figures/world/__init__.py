"""Outlines of countries: Natural Earth 1:110m (public domain), cut at 30 degrees west.

The map lies about the Pacific: longitudes run from -30 to 330. Borders are as that data set draws
them and imply no view. Features have properties `name` (ISO 3166 alpha-3) and `country`.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import TypedDict

WEST, EAST, SOUTH, NORTH = -30.0, 330.0, -56.0, 76.0
"""What of the world is shown, degrees."""


class Properties(TypedDict):
    """What a feature is called."""

    name: str
    country: str


class Geometry(TypedDict):
    """Polygons of rings of (longitude, latitude)."""

    type: str
    coordinates: list[list[list[list[float]]]]


class Feature(TypedDict):
    """One country."""

    type: str
    properties: Properties
    geometry: Geometry


class Outlines(TypedDict):
    """All countries, as GeoJSON."""

    type: str
    features: list[Feature]


@cache
def outlines() -> Outlines:
    """The outlines as GeoJSON."""
    text = files(__name__).joinpath("outlines.json").read_text(encoding="utf-8")
    found: Outlines = json.loads(text)
    return found


def about_pacific(longitude: float) -> float:
    """A longitude (-180 to 180) on the map that runs from -30 to 330."""
    return longitude + 360.0 if longitude < WEST else longitude
