"""What rests on what: the sources of a case and the rows that cite them."""

from __future__ import annotations

import pandas as pd

from kidorui.case.case import Case
from kidorui.case.schema import tables

ASSUMED = "(assumed)"
"""Stands for all sources that are assumptions, in the last row of `sources`."""

_COUNTS = ("rows", "high", "medium", "low")


def sources(case: Case) -> pd.DataFrame:
    """One row per source, the one most rests on first; in the last, all assumptions together.

    Columns source, kind, rows (how many cite it), share (of all rows that cite a source, 0 to
    1), high, medium, low (rows by confidence), tables, citation, licence.
    """
    cited = _citations(case)
    known = case.table("sources").set_index("id")[["kind", "citation", "licence"]]
    table = known.join(_counts(cited, cited["source"]))
    assumed = cited[cited["source"].map(known["kind"]) == "assumption"]
    total = _counts(assumed, pd.Series(ASSUMED, index=assumed.index))
    table = table.sort_values("rows", ascending=False, kind="stable", na_position="last")
    table = pd.concat([table, total.assign(kind="assumption", citation="all that is assumed")])
    if ASSUMED not in table.index:  # nothing is
        table.loc[ASSUMED, ["kind", "citation"]] = ["assumption", "nothing is assumed"]
    counts = table[list(_COUNTS)].fillna(0).astype(int)
    words = table[["kind", "tables", "citation", "licence"]].fillna("").astype("str")
    table = pd.concat([counts, words], axis=1).rename_axis("source").reset_index()
    table["share"] = table["rows"] / max(len(cited), 1)
    order = ["source", "kind", "rows", "share", "high", "medium", "low", "tables"]
    return table[[*order, "citation", "licence"]]


def _citations(case: Case) -> pd.DataFrame:
    """(row of any table): its table, source and confidence."""
    cited = [
        case.table(name)[["source", "confidence"]].assign(table=name)
        for name in tables()
        if "source" in case.table(name)
    ]
    return pd.concat(cited, ignore_index=True)


def _counts(cited: pd.DataFrame, by: pd.Series) -> pd.DataFrame:
    """Rows in all and by confidence, and the tables they are in, by group."""
    groups = cited.assign(**{c: cited["confidence"] == c for c in _COUNTS[1:]}).groupby(by)
    return groups.agg(
        rows=("table", "size"),
        **{c: (c, "sum") for c in _COUNTS[1:]},
        tables=("table", lambda names: " ".join(dict.fromkeys(names))),
    )
