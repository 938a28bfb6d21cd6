"""Facts of the case that pictures and reports of an answer need, as tables of the answer."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import chain

import pandas as pd

from kidorui.case import Case, sources
from kidorui.case.provenance import ASSUMED
from kidorui.results import result_schema
from kidorui.studies.dependence import home_places


def tables_of_case(case: Case, struck: Collection[str] = ()) -> dict[str, pd.DataFrame]:
    """Tables places, goods, controls and sources, as declared in results/schema/of_case.csv.

    A result is shown without its case at hand, by names of it. struck: ids of the events that the
    study was asked about.
    """
    tables = {
        "places": _places(case),
        "goods": case.table("materials"),
        "controls": _controls(case, struck),
        "sources": _sources(case),
    }
    schema = result_schema("of_case")
    return {name: schema[name].arrange(table) for name, table in tables.items()}


def events_of(asked: Iterable[str]) -> frozenset[str]:
    """The events of what was asked for: those joined by + strike together."""
    return frozenset(chain.from_iterable(one.split("+") for one in asked))


def _places(case: Case) -> pd.DataFrame:
    places = case.table("places")
    stands_for = zip(places["covers"], places["iso3"], strict=True)
    countries = [covers or ((iso3,) if iso3 else ()) for covers, iso3 in stands_for]
    return places.assign(
        iso3=pd.Series(countries, index=places.index, dtype=object),
        home=places["id"].isin(home_places(case)),
    )


def _controls(case: Case, struck: Collection[str]) -> pd.DataFrame:
    events = case.table("events").rename(columns={"id": "event"})
    return events.assign(struck=events["event"].isin(list(struck)))


def _sources(case: Case) -> pd.DataFrame:
    """One row per source, the one most rests on first."""
    cited = sources(case).rename(columns={"source": "id"})
    cited = cited[cited["id"] != ASSUMED]
    tables = [tuple(names.split()) for names in cited["tables"]]
    return cited.assign(
        tables=pd.Series(tables, index=cited.index, dtype=object),
        assumed=cited["kind"] == "assumption",
    )
