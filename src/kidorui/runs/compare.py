"""Two runs side by side: what was asked differently, and what came out differently."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from kidorui.results import Json, Result, ResultTable, result_schema
from kidorui.runs.manifest import Manifest, canonical
from kidorui.runs.store import Run, RunError, Store

TOLERANCE = 1e-9
"""Relative difference below which two numbers count as the same."""

_ANSWERS = ("table", "row", "column", "unit", "before", "after", "change", "relative")
_NUMBERS = ("before", "after", "change", "relative")
_WORDS = ("table", "row", "column", "before", "after")


def compare(before: Run | str, after: Run | str) -> Result:
    """The differences of two runs of one kind, as a Result of kind `compare`.

    Tables: inputs (options, case, seed, versions that differ), answers (numbers that differ,
    the largest relative change first; a row one run lacks counts as nought there) and words.
    Runs are given as such or by id; RunError if they are of two kinds.
    """
    old, new = _run(before), _run(after)
    kinds = old.manifest.inputs.kind, new.manifest.inputs.kind
    if kinds[0] != kinds[1]:
        raise RunError(
            f"{old.id} is a {kinds[0]}, {new.id} a {kinds[1]}: nothing to lay side by side"
        )
    schema = result_schema(kinds[0])
    left, right = old.result, new.result
    parts = [
        _differences(left.table(name), right.table(name), schema[name])
        for name in schema
        if name in left.tables and name in right.tables
    ]
    answers = pd.concat([part[0] for part in parts], ignore_index=True)
    order = pd.DataFrame(
        {"relative": -answers["relative"].abs(), "change": -answers["change"].abs()}
    )
    ranked = order.sort_values(["relative", "change"], kind="stable").index
    return Result(
        kind="compare",
        tables={
            "inputs": asked_differently(old.manifest, new.manifest),
            "answers": answers.loc[ranked].reset_index(drop=True),
            "words": pd.concat([part[1] for part in parts], ignore_index=True),
        },
        meta={"before": old.id, "after": new.id},
    )


def _run(run: Run | str) -> Run:
    return Store().open(run) if isinstance(run, str) else run


def asked_differently(old: Manifest, new: Manifest) -> pd.DataFrame:
    """Options, case, seed and versions that differ: columns what, before, after, in words."""
    left, right = _asked(old), _asked(new)
    names = [n for n in dict.fromkeys([*left, *right]) if left.get(n) != right.get(n)]
    rows = {"what": names, "before": [left.get(n, "") for n in names]}
    return pd.DataFrame(rows | {"after": [right.get(n, "") for n in names]}, dtype="str")


def _asked(manifest: Manifest) -> dict[str, str]:
    inputs = manifest.inputs
    facts: Mapping[str, Json] = {
        "case": inputs.case,
        "case hash": inputs.case_hash,
        **{f"option {name}": value for name, value in inputs.options.items()},
        "seed": inputs.seed,
        "solver": manifest.solver,
        **{f"version of {name}": value for name, value in manifest.versions.items()},
    }
    return {k: v if isinstance(v, str) else canonical(v) for k, v in facts.items()}


def _differences(
    old: pd.DataFrame, new: pd.DataFrame, schema: ResultTable
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The numbers and the words of one table that differ, a row for each."""
    keys = [key for key in schema.keys if key in old and key in new]
    left, right = _keyed(old, keys), _keyed(new, keys)
    index = left.index.union(right.index, sort=False)
    if schema.keys == schema.names:  # nothing but keys: a row is there or is not
        left, right = (side.assign(there=side.index) for side in (left, right))
        there = _words_apart(left["there"].reindex(index), right["there"].reindex(index))
        return _gathered([], schema.name, _ANSWERS), _gathered(
            [there.assign(column="there")], schema.name, _WORDS
        )
    left, right = left.reindex(index), right.reindex(index)
    numbers: list[pd.DataFrame] = []
    words: list[pd.DataFrame] = []
    for column in schema.columns:
        for name in column.names:
            if name in keys or name not in left or name not in right:
                continue
            if column.stored_as in ("number", "integer", "bool"):
                found = _numbers_apart(left[name], right[name])
                numbers.append(found.assign(column=name, unit=column.unit))
            else:
                words.append(_words_apart(left[name], right[name]).assign(column=name))
    return (
        _gathered(numbers, schema.name, _ANSWERS),
        _gathered(words, schema.name, _WORDS),
    )


def _keyed(table: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """The table indexed by `row`, its key in words; rows of the same key are numbered."""
    parts = [f"{key}=" + table[key].map(_word).astype("str") for key in keys]
    row = parts[0] if parts else pd.Series("", index=table.index, dtype="str")
    for part in parts[1:]:
        row = row + ", " + part
    times = row.groupby(row).cumcount()
    row = row.where(times == 0, row + " (" + (times + 1).astype("str") + ")")
    return table.set_axis(pd.Index(row, name="row"), axis="index")


def _word(value: object) -> str:
    return " ".join(value) if isinstance(value, tuple) else str(value)


def _numbers_apart(left: pd.Series, right: pd.Series) -> pd.DataFrame:
    before, after = left.astype("float64"), right.astype("float64")
    change = after.fillna(0.0) - before.fillna(0.0)
    size = np.fmax(before.abs().to_numpy("float64"), after.abs().to_numpy("float64"))
    relative: pd.Series = change / np.where(size > 0, size, 1.0)
    missing = before.isna() | after.isna()
    alike = (before == after) | (relative.abs() <= TOLERANCE) & ~missing
    alike |= before.isna() & after.isna()
    table = {"before": before, "after": after, "change": change, "relative": relative}
    return pd.DataFrame(table).loc[~alike]


def _words_apart(left: pd.Series, right: pd.Series) -> pd.DataFrame:
    # a row that one run lacks has NaN, and a column of nothing else is one of numbers to pandas
    sides = (side.astype(object).where(side.notna(), "") for side in (left, right))
    before, after = (side.map(_word) for side in sides)
    return pd.DataFrame({"before": before, "after": after})[before != after]


def _gathered(parts: list[pd.DataFrame], table: str, columns: tuple[str, ...]) -> pd.DataFrame:
    found = [part.reset_index().assign(table=table)[list(columns)] for part in parts if len(part)]
    if found:
        return pd.concat(found, ignore_index=True)
    numbers = _NUMBERS if columns == _ANSWERS else ()
    return pd.DataFrame(
        {name: pd.Series(dtype="float64" if name in numbers else "str") for name in columns}
    )
