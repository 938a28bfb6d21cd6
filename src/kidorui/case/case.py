"""A case, as every question is asked of it: load and check one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from kidorui.case.checks import Draft, check_draft
from kidorui.case.faults import CaseError, Fault, Report, accept, suggest
from kidorui.case.overlays import Merged, merge, read_layers
from kidorui.case.reading import SETTINGS_FILE, SETTINGS_SHEET
from kidorui.case.schema import TableSchema, table_schema, tables
from kidorui.case.settings import Settings, SettingsDraft

ENDS = ("low", "value", "high")

_NO_TABLES = (SETTINGS_FILE, SETTINGS_SHEET, "at")


@dataclass(frozen=True, eq=False, repr=False)
class Case:
    """A sound case: its settings, and every table of the schema, perhaps without rows.

    In a table, texts are str ("" where blank), numbers float in the schema's unit (NaN where
    missing), yes and no bool, lists tuples; a range is three columns x, x_low, x_high. `_row`
    is the row's number in its file and `_file` its layer ("" where there is only one).
    origin: the name or path it was loaded from.
    """

    settings: Settings
    tables: Mapping[str, pd.DataFrame]
    origin: str

    def __repr__(self) -> str:
        rows = sum(map(len, self.tables.values()))
        return f"Case({self.settings.name}: {rows:,} rows in {len(self.tables)} tables)"

    def table(self, name: str) -> pd.DataFrame:
        """One table by name; KeyError names those there are."""
        if name not in self.tables:
            raise KeyError(f"no table {name!r} in a case; {suggest(name, tables())}")
        return self.tables[name]

    def at(self, ends: Mapping[str, str]) -> Case:
        """The same case with ranges taken at other ends, named as for `load`.

        Where it was loaded at an end, that counts as the middle. Raises CaseError for a name or
        an end that there is not.
        """
        faults = _wrong_ends(ends, set(self.table("sources")["id"]))
        if faults:
            raise CaseError(faults)
        chosen = {n: _at_ends(t, table_schema(n), ends) for n, t in self.tables.items()}
        return replace(self, tables=chosen)

    @cached_property
    def hash(self) -> str:
        """sha256 of settings and tables: the same whatever the files they were read from."""
        digest = hashlib.sha256(_json(_hashed(self.settings)))
        for name in tables():
            digest.update(_json([name, len(self.tables[name])]))
            for column in table_schema(name).names:
                values = self.tables[name][column]
                if values.dtype.kind == "f":
                    values = values + 0.0  # -0.0 + 0.0 is 0.0
                digest.update(_json([column, values.tolist()]))
        return digest.hexdigest()


def load(
    case: str | Path,
    *,
    at: Mapping[str, str] | None = None,
    overlays: Sequence[str | Path] = (),
) -> Case:
    """A case by the name of a bundled one, or from a folder of tables or an .xlsx workbook.

    at: the end of ranges to take, low, value or high: {"*": end} for all, {name: end} for a
        table, a column ("projects.capex") or a source; the closer name wins, a source over a
        column. overlays: cases whose rows and settings are laid on top, in order.
    Raises CaseError with every fault, FileNotFoundError where there is no such case.
    """
    draft, faults = _draft(case, overlays)
    chosen, wrong = _choose(draft, at or {})
    errors = [fault for fault in _ordered([*wrong, *faults]) if fault.severity == "error"]
    if errors:
        raise CaseError(errors)
    return Case(draft.settings.settings(), chosen, str(case))


def check(
    case: str | Path,
    *,
    at: Mapping[str, str] | None = None,
    overlays: Sequence[str | Path] = (),
) -> Report:
    """Everything that is wrong with a case, and its rows by table; arguments as for `load`.

    Raises FileNotFoundError where there is no such case.
    """
    draft, faults = _draft(case, overlays)
    _, wrong = _choose(draft, at or {})
    rows = {name: len(table.frame) for name, table in draft.tables.items()}
    return Report(tuple(_ordered([*wrong, *faults])), rows)


def range_columns() -> list[str]:
    """Columns that hold ranges, as `table.column`."""
    return [
        f"{name}.{column.name}"
        for name in tables()
        for column in table_schema(name).columns
        if column.type == "range"
    ]


def _draft(case: str | Path, overlays: Sequence[str | Path]) -> tuple[Draft, list[Fault]]:
    merged: Merged = merge(*read_layers(case, overlays))
    settings = SettingsDraft(merged.settings, merged.home, known=merged.settings_known)
    draft = Draft(merged.tables, settings, merged.absent, merged.unread)
    between = check_draft(draft)  # which may find settings that refer to nothing
    return draft, [*merged.faults, *settings.faults, *between]


def _choose(draft: Draft, at: Mapping[str, str]) -> tuple[dict[str, pd.DataFrame], list[Fault]]:
    """The tables at the chosen ends of their ranges, and what is wrong with the choice."""
    faults = _wrong_ends(at, set(draft.tables["sources"].frame["id"]))
    if faults:
        return {}, faults
    chosen = {name: _at_ends(table.frame, table.schema, at) for name, table in draft.tables.items()}
    return chosen, []


def _wrong_ends(at: Mapping[str, str], sources: set[str]) -> list[Fault]:
    names = {"*", *tables(), *range_columns(), *sources}
    faults = []
    for name, end in at.items():
        if end not in ENDS:
            faults.append(Fault("at", None, name, f"{end!r}", f"one of {', '.join(ENDS)}"))
        if name not in names:
            what = accept("*, a table, a column of ranges or a source", name, names)
            faults.append(Fault("at", None, name, "no such table, column or source", what))
    return faults


def _at_ends(frame: pd.DataFrame, schema: TableSchema, at: Mapping[str, str]) -> pd.DataFrame:
    ranges = [column.name for column in schema.columns if column.type == "range"]
    if not ranges or not set(at.values()) - {"value"}:
        return frame
    whole = at.get(schema.name, at.get("*", "value"))

    def stated(name: str) -> npt.NDArray[np.float64]:
        otherwise = at.get(f"{schema.name}.{name}", whole)
        ends = frame["source"].map(lambda source: at.get(source, otherwise)).to_numpy(object)
        low_or_high = [frame[f"{name}_low"], frame[f"{name}_high"]]
        return np.select([ends == "low", ends == "high"], low_or_high, frame[name])

    return frame.assign(**{name: stated(name) for name in ranges})


def _ordered(faults: Sequence[Fault]) -> list[Fault]:
    """Settings first, then table by table in the order of the schema, by layer and row."""
    order = {name: number for number, name in enumerate(tables())}
    layers = {layer: number for number, layer in enumerate(dict.fromkeys(f.layer for f in faults))}

    def place(fault: Fault) -> tuple[int, int, int]:
        last = -1 if fault.table in _NO_TABLES else len(order)
        return order.get(fault.table, last), layers[fault.layer], fault.row or 0

    return sorted(faults, key=place)


def _hashed(settings: Settings) -> dict[str, object]:
    """Settings that make a difference: not from which case they came."""
    return {name: value for name, value in asdict(settings).items() if name != "extends"}


def _json(content: object) -> bytes:
    return json.dumps(content, ensure_ascii=True, separators=(",", ":")).encode()
