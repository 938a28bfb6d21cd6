"""Facts of the case in the tables of an answer: places, goods, controls, sources."""

from __future__ import annotations

import pytest

from kidorui.case import load, tables
from kidorui.results import Result, result_schema
from kidorui.results.result import table_faults
from kidorui.runs import Inputs, Store, compare, sql
from kidorui.studies.context import Context
from kidorui.studies.exposure.study import ExposureOptions, exposure
from kidorui.studies.of_case import events_of, tables_of_case
from kidorui.studies.plan import PlanOptions, plan
from kidorui.studies.stress.study import StressOptions, stress
from tests.changed import tiny, with_rows, without

NAMES = set(result_schema("of_case"))


@pytest.mark.parametrize("case", [tiny(), load("japan"), without(tiny(), "events")])
def test_tables_are_as_declared_and_have_a_row_for_each_of_the_case(case):
    told = tables_of_case(case, ["ban-cn"])
    schema = result_schema("of_case")
    assert set(told) == set(schema)
    for name, table in told.items():
        assert table_faults(table, schema[name]) == []
        assert not table.duplicated(list(schema[name].keys)).any()
    for name, of_case in (("places", "places"), ("goods", "materials"), ("controls", "events")):
        assert list(told[name].iloc[:, 0]) == list(case.table(of_case)["id"])
    assert set(told["sources"]["id"]) == set(case.table("sources")["id"])


def test_places_say_which_countries_they_stand_for_and_which_are_home():
    places = tables_of_case(load("japan"))["places"].set_index("id")
    assert list(places.index[places["home"]]) == ["JP", "MT"]
    assert places.loc["MT", "iso3"] == ("JPN",)
    assert "DEU" in places.loc["EU", "iso3"]
    assert [place for place, codes in places["iso3"].items() if "*" in codes] == ["RW"]
    added = {"id": "EST", "name": "Estonia", "iso3": "EST", "covers": (), "within": "EU"}
    more = tables_of_case(with_rows(load("japan"), "places", added))["places"].set_index("id")
    assert more.loc["EST", "within"] == "EU"
    assert (places["within"] == "").all()


def test_sources_are_counted_by_the_rows_that_cite_them():
    sources = tables_of_case(tiny())["sources"].set_index("id")
    cited = sum((tiny().table(t)["source"] == "assumed").sum() for t in tables() if t != "sources")
    assert sources.loc["assumed", "rows"] == cited
    assert sources["assumed"].to_dict() == (sources["kind"] == "assumption").to_dict()
    assert "events" in sources.loc["assumed", "tables"]


def struck(result) -> list[str]:
    controls = result.table("controls")
    return list(controls["event"][controls["struck"]])


def test_what_was_asked_is_marked_as_struck(tiny_plan):
    assert struck(tiny_plan) == sorted(tiny_plan.meta["events"], key=_order)
    both = plan(tiny(), PlanOptions(events=("ban-cn+stop-my",), break_even=False), Context())
    assert struck(both) == ["ban-cn", "stop-my"]
    quick = StressOptions(events=("boom",), months=3, table=False, prevention=False)
    assert struck(stress(tiny(), quick, Context())) == ["boom"]
    assert struck(exposure(tiny(), ExposureOptions(outages=False), Context())) == []
    assert events_of(["a+b", "c"]) == {"a", "b", "c"}
    in_force = tiny_plan.table("controls").set_index("event")["in_force"]
    assert list(in_force.index[in_force]) == ["licence-cn"]


def _order(event: str) -> int:
    return list(tiny().table("events")["id"]).index(event)


def test_a_run_of_before_these_tables_is_opened_compared_and_queried(
    tmp_path, tiny_plan, monkeypatch
):
    store = Store(tmp_path)
    new = store.save(tiny_plan, Inputs("plan", "tiny", tiny().hash))
    kept = {name: table for name, table in tiny_plan.tables.items() if name not in NAMES}
    monkeypatch.setattr(Result, "validate", lambda result: result)
    before = Result("plan", kept, tiny_plan.meta)
    old = store.save(before, Inputs("plan", "tiny", tiny().hash, seed=1))
    assert store.open(old.id).result.hash == before.hash
    assert store.open(new.id).result.hash == tiny_plan.hash
    assert store.open(new.id).table("places")["iso3"].map(type).eq(tuple).all()
    assert compare(store.open(old.id), store.open(new.id)).table("answers").empty
    rows = sql("SELECT run, count(*) AS n FROM sources GROUP BY run", store)
    assert rows.to_dict("list") == {"run": [new.id], "n": [len(tiny_plan.table("sources"))]}
