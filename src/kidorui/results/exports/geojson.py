"""A result as a map: places as points with their figures, flows as lines with their amounts.

A GeoJSON FeatureCollection (RFC 7946), longitude before latitude. `geojson.csv` declares what is
told, a row each:

- only: `column=word` that a row of the table must have, one of several as `a|b`, joined by ;
- feature: `place` adds a property to the place's point, `flow` makes a line of every row
- at: the column with the place, or `meta:` and a fact of the result; A>B is a line from A to B
- property: of a place the name of the property, {column} filled from the row; of a flow the
  columns that tell what flows
- value, how: of a place the column and, of several rows, which to take; of a flow the amounts
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pandas as pd

from kidorui.case.writing import whole_file
from kidorui.results.exports.origin import ExportError, Origin, heads
from kidorui.results.result import Json, Result

_MAPPING = Path(__file__).with_suffix(".csv")
_META = "meta:"
_FIELD = re.compile(r"\{(\w+)\}")
_DECIMALS = 5  # of a degree: a metre

Row = Mapping[str, str]
Position = tuple[float, float] | None


def write_geojson(result: Result, origin: Origin, path: Path) -> None:
    """Write a result as a .geojson file; raises ExportError as `feature_collection`."""
    text = json.dumps(feature_collection(result, origin), ensure_ascii=False, allow_nan=False)
    with whole_file(path) as unfinished:
        unfinished.write_text(text + "\n", encoding="utf-8")


def feature_collection(result: Result, origin: Origin) -> Mapping[str, Json]:
    """The places of a result and what flows between them.

    A place that lies nowhere, and a flow from or to it, has the geometry null; `units` has the
    unit of every property with one. Raises ExportError where the result has no places, or its
    kind nothing to show on a map.
    """
    rows = [row for row in mapping() if row["kind"] == result.kind]
    if not rows:
        known = sorted({row["kind"] for row in mapping()})
        raise ExportError(
            f"a run of {result.kind} on a map: it has nothing that lies anywhere; "
            f"runs of {', '.join(known)} are accepted"
        )
    if "places" not in result.tables:
        raise ExportError(
            f"{origin.run or result.kind} on a map: it has no table `places`, so it was made by "
            "an older kidorui; ask the same again with --force"
        )
    units: dict[str, str] = {}
    rows = [row for row in rows if row["table"] in result.tables]
    figures = _figures(result, [row for row in rows if row["feature"] == "place"], units)
    places = result.table("places")
    lie = _positions(places)
    features: list[Json] = [
        _feature(
            {"feature": "place", **facts, **figures.get(str(facts["id"]), {})}, _point(lie, facts)
        )
        for facts in _facts_of(places)
    ]
    for row in rows:
        if row["feature"] == "flow":
            features += _flows(result, row, lie, units)
    facts = [{"what": what, "value": text} for what, text in origin.facts(result)]
    return {
        "type": "FeatureCollection",
        "name": origin.run or result.kind,
        "origin": facts,
        "units": units,
        "features": features,
    }


@cache
def mapping() -> tuple[Row, ...]:
    """The rows of geojson.csv."""
    table = pd.read_csv(_MAPPING, dtype=str, keep_default_na=False)
    return tuple({str(k): str(v) for k, v in row.items()} for row in table.to_dict("records"))


def _facts_of(places: pd.DataFrame) -> list[dict[str, Json]]:
    told = places.drop(columns=["lat", "lon"])
    return [
        {str(name): _plain(value) for name, value in row.items()} for row in told.to_dict("records")
    ]


def _positions(places: pd.DataFrame) -> Mapping[str, Position]:
    known = places["lat"].notna() & places["lon"].notna()
    rows = zip(places["id"], places["lon"], places["lat"], known, strict=True)
    return {
        str(name): (round(float(lon), _DECIMALS), round(float(lat), _DECIMALS)) if there else None
        for name, lon, lat, there in rows
    }


def _figures(
    result: Result, rows: list[Row], units: dict[str, str]
) -> Mapping[str, Mapping[str, Json]]:
    """Properties by place; notes their units."""
    found: dict[str, dict[str, Json]] = {}
    for row in rows:
        table = _only(result.table(row["table"]), row["only"])
        data = pd.DataFrame(
            {
                "at": _ends(result, row["at"], table)[0],
                "property": _names(row["property"], table),
                "value": table[row["value"]],
            }
        ).dropna(subset=["value"])
        unit = _unit(result, row["table"], row["value"])
        grouped = data.groupby(["at", "property"], sort=False)["value"]
        values = grouped.first() if row["how"] == "one" else grouped.agg(row["how"])
        cells = values.reset_index()
        for at, name, value in zip(cells["at"], cells["property"], cells["value"], strict=True):
            found.setdefault(at, {})[name] = float(value)
            if unit:
                units[name] = unit
    return found


def _flows(
    result: Result, row: Row, lie: Mapping[str, Position], units: dict[str, str]
) -> Iterator[Json]:
    """A line for every row of a table in which anything flows; notes the units."""
    table = _only(result.table(row["table"]), row["only"])
    amounts = row["value"].split(";")
    table = table[(table[amounts].fillna(0.0) != 0.0).any(axis=1)]
    units.update({name: unit for name in amounts if (unit := _unit(result, row["table"], name))})
    told = [*filter(None, row["property"].split(";")), *amounts]
    origins, destinations = _ends(result, row["at"], table)
    for start, end, values in zip(
        origins, destinations, table[told].to_dict("records"), strict=True
    ):
        facts = {str(name): _plain(value) for name, value in values.items()}
        what: dict[str, Json] = {"feature": "flow", "table": row["table"]}
        ends: dict[str, Json] = {"origin": start, "destination": end}
        yield _feature({**what, **ends, **facts}, _line(lie.get(start), lie.get(end)))


def _only(table: pd.DataFrame, told: str) -> pd.DataFrame:
    for condition in filter(None, told.split(";")):
        column, _, accepted = condition.partition("=")
        table = table[table[column].isin(accepted.split("|"))]
    return table


def _ends(result: Result, told: str, table: pd.DataFrame) -> list[list[str]]:
    """Ids of places: one list, or two of a flow."""
    return [
        [str(result.meta[end.removeprefix(_META)])] * len(table)
        if end.startswith(_META)
        else list(map(str, table[end]))
        for end in told.split(">")
    ]


def _names(template: str, table: pd.DataFrame) -> pd.Series:
    filled = pd.Series("", index=table.index, dtype=str)
    for number, piece in enumerate(_FIELD.split(template)):
        filled = filled + (table[piece].astype(str) if number % 2 else piece)
    return filled.str.replace(" ", "_")


def _unit(result: Result, table: str, column: str) -> str:
    found = {head.name: head.unit for head in heads(result.kind, table, result.table(table))}
    return found[column]


def _feature(properties: Mapping[str, Json], geometry: Mapping[str, Json] | None) -> Json:
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def _point(lie: Mapping[str, Position], facts: Mapping[str, Json]) -> Mapping[str, Json] | None:
    at = lie[str(facts["id"])]
    return None if at is None else {"type": "Point", "coordinates": at}


def _line(start: Position, end: Position) -> Mapping[str, Json] | None:
    """The shorter way between two positions, cut in two where it crosses the antimeridian."""
    if start is None or end is None:
        return None
    (x0, y0), (x1, y1) = start, end
    if abs(x1 - x0) <= 180:
        return {"type": "LineString", "coordinates": [start, end]}
    edge = math.copysign(180.0, x0)
    way = x1 + 2 * edge - x0  # eastwards above nought
    crossing = round(y0 + (y1 - y0) * (edge - x0) / way, _DECIMALS)
    halves = [[start, (edge, crossing)], [(-edge, crossing), end]]
    return {"type": "MultiLineString", "coordinates": halves}


def _plain(value: object) -> Json:
    """A cell as JSON has it; a missing number is null."""
    if isinstance(value, bool | str):
        return value
    if isinstance(value, int | float):
        return value if math.isfinite(value) else None
    return list(map(str, value)) if isinstance(value, tuple | list) else None
