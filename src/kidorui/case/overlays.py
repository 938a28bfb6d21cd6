"""Layers of a case: what it extends, itself, and the overlays on top; merged row by row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from kidorui.case.faults import Fault, suggest
from kidorui.case.parsing import (
    Table,
    any_bad,
    duplicates,
    empty,
    in_words,
    keys_of,
    parse,
    stands_for_all,
    take,
)
from kidorui.case.reading import RawCase, read_raw
from kidorui.case.schema import table_schema, tables
from kidorui.case.settings import Written

EXTENDS = "extends"
"""The setting that names the case below."""

CASES = Path(__file__).parents[1] / "cases"
"""Where the bundled cases are."""


@dataclass(frozen=True)
class Layer:
    """One folder or workbook of a case; `label` names it in faults where there are several."""

    path: Path
    raw: RawCase
    label: str
    overlay: bool


@dataclass(frozen=True)
class Merged:
    """All layers as one: tables, settings as written, and the faults of both.

    settings_known: whether the settings of all layers could be read; else none counts as missing.
    home: the file or sheet of settings that no layer states.
    absent, unread: tables that are in no layer, or could not be read in one.
    """

    tables: Mapping[str, Table]
    settings: Mapping[str, Written]
    settings_known: bool
    home: str
    absent: frozenset[str]
    unread: frozenset[str]
    faults: Sequence[Fault]


def bundled() -> tuple[str, ...]:
    """Names of the cases that come with kidorui."""
    return tuple(sorted(path.parent.name for path in CASES.glob("*/case.toml")))


def locate(case: str | Path) -> Path:
    """The folder or workbook of a case: that of a bundled name first, else the path.

    Raises FileNotFoundError, naming the nearest bundled case, where there is nothing.
    """
    if isinstance(case, str) and case in bundled():
        return CASES / case
    path = Path(case)
    if path.exists():
        return path
    hint = suggest(str(case), bundled())
    raise FileNotFoundError(
        f"{case}: no bundled case, folder or workbook of the name{f'; {hint}' if hint else ''}"
    )


def read_layers(
    case: str | Path, overlays: Sequence[str | Path]
) -> tuple[list[Layer], list[Fault]]:
    """The layers of a case, the one at the bottom first, and the faults of their files.

    Raises FileNotFoundError where the case or an overlay is not there.
    """
    chain, faults = _chain(locate(case))
    found = [*chain, *((locate(overlay), None) for overlay in overlays)]
    names = _labels([path for path, _ in found])
    faults = [replace(fault, layer=names[0]) for fault in faults]  # of the end of the chain
    layers = []
    for number, ((path, raw), label) in enumerate(zip(found, names, strict=True)):
        raw = raw or _without_settings(read_raw(path))
        layers.append(Layer(path, raw, label, overlay=number > 0 or _extends(raw)))
    for layer in layers:
        faults += [replace(fault, layer=layer.label) for fault in layer.raw.faults]
    return layers, faults


def merge(layers: Sequence[Layer], faults: Sequence[Fault]) -> Merged:
    """Parse the tables of all layers and lay them over each other."""
    told = list(faults)
    merged: dict[str, Table] = {}
    for name in tables():
        schema, table = table_schema(name), None
        for layer in layers:
            if name in layer.raw.tables:
                raw = layer.raw.tables[name]
                upper, wrong = parse(raw, schema, layer.label, overlay=layer.overlay)
                told += wrong + duplicates(upper, layer.label)
                if layer.overlay:
                    upper, wrong = _lay_over(table or empty(schema), upper, layer.label)
                    told += wrong
                table = upper
        merged[name] = table or empty(schema)
    settings = _settings(layers)
    merged["sources"] = _resting(
        merged, layers[-1].label, {written.cell for written in settings.values()}
    )
    is_whole = not any(fault.column == EXTENDS for fault in faults)
    unread = frozenset().union(*(layer.raw.unread for layer in layers))
    unread = unread if is_whole else frozenset(tables())
    present = unread.union(*(layer.raw.tables for layer in layers))
    return Merged(
        tables=merged,
        settings=settings,
        settings_known=is_whole and all(layer.raw.settings is not None for layer in layers),
        home=layers[-1].raw.home,
        absent=frozenset(tables()) - present,
        unread=unread,
        faults=told,
    )


def _resting(merged: Mapping[str, Table], top: str, settings: set[str]) -> Table:
    """The sources, without those of layers below whose rows a layer above has all taken out."""
    sources = merged["sources"]
    used = settings.union(
        *(table.frame["source"] for table in merged.values() if "source" in table.frame)
    )
    places = sources.frame[["id", "_file"]].itertuples(index=False, name=None)
    kept = [at for at, (source, layer) in enumerate(places) if layer == top or source in used]
    return take(sources, kept)


def _chain(path: Path) -> tuple[list[tuple[Path, RawCase | None]], list[Fault]]:
    """The case and all it extends, the one at the bottom first."""
    chain: list[tuple[Path, RawCase | None]] = []
    faults: list[Fault] = []
    seen: list[Path] = []
    while True:
        raw = read_raw(path)
        chain.insert(0, (path, raw))
        seen.append(path.resolve())
        home = path if path.is_dir() else path.parent
        target, row = (raw.settings or {}).get(EXTENDS, ("", None))
        if not target:
            return chain, faults
        try:
            below = locate(target if target in bundled() else home / target)
        except FileNotFoundError:
            hint = suggest(target, bundled())
            wrong = f"no case {target!r}"
            accepted = f"a bundled case, or a path seen from {home}"
            accepted += f"; {hint}" if hint else ""
        else:
            if below.resolve() not in seen:
                path = below
                continue
            wrong = f"the case extends itself by way of {target!r}"
            accepted = "a case that does not extend this one"
        faults.append(Fault(raw.home, row, EXTENDS, wrong, accepted))
        return chain, faults


def _extends(raw: RawCase) -> bool:
    return bool((raw.settings or {}).get(EXTENDS, ("", None))[0])


def _without_settings(raw: RawCase) -> RawCase:
    """An overlay as it is: it needs no settings, and lies on whatever it is laid on."""
    settings = {k: v for k, v in (raw.settings or {}).items() if k != EXTENDS}
    faults = tuple(f for f in raw.faults if (f.table, f.wrong) != (raw.home, "missing"))
    return replace(raw, settings=settings, faults=faults)


def _labels(paths: Sequence[Path]) -> list[str]:
    """A name for each layer; none is needed where there is only one."""
    if len(paths) == 1:
        return [""]
    names = [_name(path) for path in paths]
    return [
        name if names.count(name) == 1 else str(path)
        for name, path in zip(names, paths, strict=True)
    ]


def _name(path: Path) -> str:
    return path.resolve().stem if path.is_file() else path.resolve().name


def _settings(layers: Sequence[Layer]) -> dict[str, Written]:
    return {
        name: Written(cell, layer.raw.home, row, layer.label)
        for layer in layers
        for name, (cell, row) in (layer.raw.settings or {}).items()
    }


def _lay_over(lower: Table, upper: Table, label: str) -> tuple[Table, list[Fault]]:
    """The lower table with rows of the upper added, put in the place of theirs, or removed."""
    both = replace(
        lower,
        frame=pd.concat([lower.frame, upper.frame], ignore_index=True),
        bad={name: np.concatenate([bad, upper.bad[name]]) for name, bad in lower.bad.items()},
        remove=np.concatenate([lower.remove, upper.remove]),
    )
    place: dict[Any, int] = {}
    faults = []
    keys = lower.schema.keys
    unknown = any_bad(both, keys)
    for index, key in enumerate(keys_of(both)):
        if unknown[index]:
            if not both.remove[index]:
                place[index] = index  # a row that nothing can replace
        elif not both.remove[index]:
            place[key] = index
        elif not _take_out(place, key, below=len(lower.frame)):
            wrong = f"nothing to remove: there is no row {in_words(keys, key)}"
            near = suggest(str(key[0]), [str(k[0]) for k in place if isinstance(k, tuple)])
            row = int(both.frame["_row"][index])
            accepted = f"the key of a row below; {near}" if near else "the key of a row below"
            faults.append(Fault(lower.schema.name, row, keys[0], wrong, accepted, layer=label))
    return take(both, list(place.values())), faults


def _take_out(place: dict[Any, int], key: tuple[object, ...], below: int) -> bool:
    """Take out the row of a key, or with `*` in it all of `below` that fit; if there are any."""
    if not any(map(stands_for_all, key)):
        return place.pop(key, None) is not None
    fits = [
        known
        for known, index in place.items()
        if index < below
        and isinstance(known, tuple)
        and all(a == b or stands_for_all(a) for a, b in zip(key, known, strict=True))
    ]
    for known in fits:
        del place[known]
    return bool(fits)
