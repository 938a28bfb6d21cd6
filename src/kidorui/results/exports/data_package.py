"""A result as a data package: one CSV file a table and datapackage.json, which describes them.

The form is Data Package 2.0 (datapackage.org). A folder, or a .zip of the same.
"""

from __future__ import annotations

import hashlib
import json
import math
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from kidorui.case.writing import whole_file, whole_folder
from kidorui.results.exports.origin import Head, Origin, heads, keys, sentences
from kidorui.results.result import Json, Result

DESCRIPTOR = "datapackage.json"
PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"

_TYPES = {
    "number": "number",
    "integer": "integer",
    "bool": "boolean",
    "list": "array",
    "words": "string",
}
_LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the same package is the same file


def write_data_package(result: Result, origin: Origin, path: Path) -> None:
    """Write a result as a data package: a .zip file, else a folder.

    It is there as a whole or not at all. Numbers are exact; a missing one is blank, a list is a
    JSON array. Raises FileExistsError where the folder holds anything.
    """
    if path.suffix.lower() != ".zip":
        with whole_folder(path) as folder:
            _fill(folder, result, origin)
        return
    with TemporaryDirectory() as place, whole_file(path) as unfinished:
        folder = Path(place)
        _fill(folder, result, origin)
        with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in sorted(folder.iterdir()):
                entry = zipfile.ZipInfo(file.name, _LONG_AGO)
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, file.read_bytes())


def _fill(folder: Path, result: Result, origin: Origin) -> None:
    resources: list[Json] = []
    for name, table in result.tables.items():
        columns = heads(result.kind, name, table)
        content = _csv(table, columns).encode()
        (folder / f"{name}.csv").write_bytes(content)
        schema = _schema(columns, keys(result.kind, name, table))
        resources.append(_resource(name, content, schema))
    descriptor = json.dumps(_descriptor(result, origin, resources), indent=2, ensure_ascii=False)
    (folder / DESCRIPTOR).write_text(descriptor + "\n", encoding="utf-8")


def _descriptor(result: Result, origin: Origin, resources: Sequence[Json]) -> Mapping[str, Json]:
    content: dict[str, Json] = {
        "$schema": PROFILE,
        "name": origin.run or result.kind,
        "title": f"{result.kind} of {origin.case}" if origin.case else result.kind,
        "description": "\n".join(sentences(result, "notes")) or f"Tables of a {result.kind}.",
        "keywords": ["supply security", "critical minerals", result.kind],
    }
    if origin.created:
        content["created"] = origin.created
    content["origin"] = [
        {"what": what, "value": text} for what, text in origin.facts(result) if what != "note"
    ]
    sources = result.tables.get("sources", pd.DataFrame())
    if not sources.empty:
        content["sources"] = _sources(sources)
    return {**content, "resources": list(resources)}


def _sources(table: pd.DataFrame) -> list[Json]:
    """The sources of the case; `licence` is that of the figures taken from each."""
    return [
        {"title": citation, "id": name, "kind": kind, "licence": licence}
        for name, kind, citation, licence in zip(
            *(map(str, table[c]) for c in ("id", "kind", "citation", "licence")), strict=True
        )
    ]


def _resource(name: str, content: bytes, schema: Json) -> Json:
    return {
        "name": name,
        "type": "table",
        "path": f"{name}.csv",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "schema": schema,
    }


def _schema(columns: Sequence[Head], names: Sequence[str]) -> Json:
    schema: dict[str, Json] = {
        "fields": [_field(column, column.name in names) for column in columns]
    }
    if names:
        schema["primaryKey"] = list(names)
    return schema


def _field(column: Head, is_key: bool) -> Json:
    field: dict[str, Json] = {"name": column.name, "type": _TYPES[column.stored_as]}
    if column.description:
        field["description"] = column.description
    if column.unit:
        field["unit"] = column.unit
    if column.stored_as == "words" and is_key:
        field["missingValues"] = []  # a blank is a name like any other
    if column.stored_as == "words" and column.accepts:
        field["constraints"] = {"enum": [*column.accepts, *([""] if is_key else [])]}
    return field


def _csv(table: pd.DataFrame, columns: Sequence[Head]) -> str:
    cells = {
        column.name: list(map(_WRITERS[column.stored_as], table[column.name].tolist()))
        for column in columns
    }
    return pd.DataFrame(cells, dtype=object).to_csv(index=False, lineterminator="\n")


def _number(value: float) -> str:
    if math.isnan(value):
        return ""
    if math.isinf(value):
        return "INF" if value > 0 else "-INF"
    return repr(float(value))


def _array(value: Sequence[object]) -> str:
    return json.dumps([str(item) for item in value], ensure_ascii=False)


def _word(value: object) -> str:
    return "" if value is None or value is pd.NA else str(value)


def _truth(value: object) -> str:
    return "true" if value else "false"


_WRITERS: Mapping[str, Callable[..., str]] = {
    "number": _number,
    "integer": str,
    "bool": _truth,
    "list": _array,
    "words": _word,
}
