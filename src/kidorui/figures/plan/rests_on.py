"""How much of the answer rests on which source."""

from __future__ import annotations

import pandas as pd

from kidorui.figures.naming import brief, subject
from kidorui.figures.picture import Picture
from kidorui.figures.plots import Bars, Series
from kidorui.figures.rows import each
from kidorui.language import Language
from kidorui.results import Result

ASSUMED, ASSUMPTION = "(assumed)", "assumption"

SOURCES = 12
"""Sources that are told, the others added up."""

LETTERS = 72
"""Letters of a citation that fit beside the bars."""


def rests_on(result: Result, say: Language) -> Picture:
    """Share of the answer by source, assumptions apart from what is published."""
    data = weights(result)
    assumed = (data["kind"] == ASSUMPTION).to_numpy(bool)
    share = data["answer"] * 100
    citations = _citations(result)
    plot = Bars(
        rows=[_label(row, citations, say) for row in each(data)],
        series=[
            Series(say("assumption"), "warn", share.where(assumed).tolist()),
            Series(say("published"), "base", share.where(~assumed).tolist()),
        ],
        unit=say.unit("%"),
        notes=[str(s) for s in data["source"]],
        stacked=True,
    )
    return Picture(
        name="rests_on",
        title=say("What the answer rests on"),
        note=say(
            "Per cent of all that moves the plan's gain over doing nothing, in proportion to the "
            "figure of each row of the case; to the right the source's id."
        ),
        finding=_finding(result, data, citations, say),
        plot=plot,
        data=data,
        tables=("rests_on", "sources"),
        units={"answer": "1", "builds": "1", "supply": "1"},
    )


def weights(result: Result) -> pd.DataFrame:
    """Sources by their share of the answer, the smaller ones added up by kind of basis."""
    table = result.table("rests_on")
    own = table[table["source"] != ASSUMED].sort_values("answer", ascending=False, kind="stable")
    rest, told = own.iloc[SOURCES:], own.iloc[:SOURCES]
    rest = rest[rest["answer"] > 0]
    added = []
    for kind, rows in (
        (ASSUMPTION, rest[rest["kind"] == ASSUMPTION]),
        ("", rest[rest["kind"] != ASSUMPTION]),
    ):
        if len(rows):
            sums = rows[["supply", "builds", "answer"]].sum()
            added.append({"source": "", "kind": kind, **sums, "sources": len(rows)})
    return pd.concat([told.assign(sources=1), pd.DataFrame(added)], ignore_index=True)


def _citations(result: Result) -> dict[str, str]:
    if "sources" not in result.tables:
        return {}
    table = result.table("sources")
    return {str(k): str(c) for k, c in zip(table["id"], table["citation"], strict=True)}


def _label(row: pd.Series, citations: dict[str, str], say: Language) -> str:
    if row["source"]:
        source = str(row["source"])
        text = say.name(citations.get(source, source))
        return brief(subject(text) if row["kind"] == ASSUMPTION else text, LETTERS)
    if row["kind"] == ASSUMPTION:
        return say("{number} other assumptions", number=int(row["sources"]))
    return say("{number} other sources", number=int(row["sources"]))


def _finding(result: Result, data: pd.DataFrame, citations: dict[str, str], say: Language) -> str:
    table = result.table("rests_on")
    assumed = table[(table["kind"] == ASSUMPTION) & (table["source"] != ASSUMED)]["answer"].sum()
    first = data.iloc[0]
    return say(
        "Assumptions carry {share} of the answer; the heaviest source, {source}, carries {own}.",
        share=say.share(float(assumed)),
        source=str(first["source"]),
        own=say.share(float(first["answer"])),
    )
