"""Where a result comes from, and what each of its columns is: what every export says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from kidorui.results.result import Json, Result, stored_as
from kidorui.results.schema import ResultTable, result_schema

_ENDS = {"_low": "low end of the range: ", "_high": "high end of the range: "}


class ExportError(ValueError):
    """A result that cannot be had in a form; the text says why and what would be accepted."""


@dataclass(frozen=True)
class Origin:
    """Which run an answer is, of which case, made with what.

    created is UTC in ISO format; options are the study's.
    """

    run: str = ""
    case: str = ""
    case_hash: str = ""
    created: str = ""
    seed: int = 0
    solver: str = ""
    options: Mapping[str, Json] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)

    def facts(self, result: Result) -> list[tuple[str, str]]:
        """What a reader must know of a result, as (what, in words), in reading order."""
        title = result.meta.get("title", "")
        facts = [
            ("kind", result.kind),
            ("title", str(title)),
            ("run", self.run),
            ("created", self.created),
            ("case", self.case),
            ("case hash", self.case_hash),
            ("result hash", result.hash),
            ("seed", str(self.seed)),
            ("solver", self.solver),
        ]
        facts += [(f"version of {name}", text) for name, text in self.versions.items()]
        facts += [(f"option {name}", _in_words(value)) for name, value in self.options.items()]
        facts += [("note", text) for text in sentences(result, "notes")]
        facts += [("failure", text) for text in sentences(result, "failures")]
        if self.case:
            facts.append(
                ("sources", f"kidorui sources {self.case}: which source each row rests on")
            )
        return [(what, text) for what, text in facts if text]


@dataclass(frozen=True)
class Head:
    """One column of a table as it is exported; `unit` is "" where it has none.

    stored_as: number, integer, bool, list or words; accepts: the words of an enumeration.
    """

    name: str
    unit: str
    description: str
    stored_as: str
    accepts: tuple[str, ...] = ()


def heads(kind: str, name: str, table: pd.DataFrame) -> tuple[Head, ...]:
    """The columns of a result table, in its order, as its schema describes them.

    A column the schema does not know (a run of an older kidorui) is told by what it holds.
    """
    known = _tables(kind).get(name)
    named = {head.name: head for head in (declared(known) if known else ())}
    return tuple(
        named.get(column) or Head(column, "", "", _held(table[column]))
        for column in map(str, table.columns)
    )


def declared(table: ResultTable) -> tuple[Head, ...]:
    """The columns that a table's schema declares, the three of a range each for itself."""
    found = []
    for column in table.columns:
        accepts = ("yes", "no") if column.stored_as == "bool" else column.accepts
        for name in column.names:
            end = _ENDS.get(name.removeprefix(column.name), "")
            description = end + column.description
            found.append(Head(name, column.unit, description, column.stored_as, accepts))
    return tuple(found)


def keys(kind: str, name: str, table: pd.DataFrame) -> tuple[str, ...]:
    """The columns that name a row, where they do so in this table; else none."""
    known = _tables(kind).get(name)
    names = known.keys if known else ()
    if not names or not set(names) <= set(table.columns):
        return ()
    named = table[list(names)]
    return names if not named.isna().any(axis=None) and not named.duplicated().any() else ()


def sentences(result: Result, name: str) -> tuple[str, ...]:
    """Sentences of the result's meta: `notes` or `failures`."""
    found = result.meta.get(name, ())
    return tuple(map(str, found)) if isinstance(found, list | tuple) else ()


def _tables(kind: str) -> Mapping[str, ResultTable]:
    try:
        return result_schema(kind)
    except LookupError:  # of a kidorui that had this kind of study
        return {}


def _held(column: pd.Series) -> str:
    held = stored_as(column)
    return "words" if held == "mixed" else held


def _in_words(value: Json) -> str:
    if value is None or value == "" or value == [] or value == ():
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
