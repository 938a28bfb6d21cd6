"""The exposure of the tiny case: its tables are as declared, and say what is asked of them."""

from __future__ import annotations

import numpy as np
import pytest

import kidorui as kd
from kidorui.results import Result
from kidorui.studies.context import Context
from kidorui.studies.exposure.study import ExposureOptions, exposure
from tests.changed import edited, tiny, with_rows


@pytest.fixture(scope="module")
def told() -> Result:
    return exposure(tiny(), ExposureOptions(), Context())


def test_every_table_is_as_declared_and_filled(told):
    assert told.faults() == []
    empty = [name for name, table in told.tables.items() if table.empty]
    assert empty == ["customs"]  # no flow by HS code is on record of 2024


def test_its_headlines_are_those_of_its_tables(told):
    rows = told.summary.set_index("headline")["value"]
    worst = told.table("n_minus_1")
    assert rows["things that may fail, one at a time"] == len(worst)
    assert rows["of these, after which a sector stops within a year"] == int(
        worst["first_stop"].notna().sum()
    )
    [ban] = (
        told.table("leverage").query("origin == 'CN' and destination == 'JP'").to_dict("records")
    )
    assert rows["the same for each US$ of sales that China forgoes"] == pytest.approx(
        ban["leverage"]
    )
    assert rows["what users in Japan lose by it"] == pytest.approx(ban["theirs"])
    assert ban["leverage"] == pytest.approx(ban["theirs"] / ban["own"])


def test_all_that_may_fail_is_told_or_skipped_and_nothing_twice(told):
    keys = ["kind", "outage"]
    both = [told.table(name)[keys] for name in ("n_minus_1", "skipped")]
    every = {tuple(row) for table in both for row in table.itertuples(index=False)}
    assert len(every) == sum(map(len, both))
    plants = set(tiny().table("plants")["id"]) - {"mine-au-2"}  # which opens in 2027
    assert {outage for kind, outage in every if kind == "plant"} == plants


def test_losses_grow_with_time_and_a_stage_loses_no_less_than_its_plants(told):
    table = told.table("n_minus_1")
    for what in ("short", "value"):
        columns = table[[f"{what}_{months}" for months in (1, 3, 6, 12)]].to_numpy()
        assert (np.diff(columns, axis=1) >= -1e-9).all()
    lost = table.set_index(["kind", "outage"])["value_12"]
    for plant in ("mine-cn", "ion-cn"):
        assert lost["stage", "CN mine"] >= lost["plant", plant] * (1 - 1e-6)


def test_a_heavy_feed_that_fails_calls_for_heavy_stock(told):
    held = told.table("buffers").query("outage == 'sep-ion-cn' and months == 12")
    assert {"ox-Dy", "met-Dy"} & set(held["material"])
    assert not {"ox-NdPr", "met-NdPr"} & set(held["material"])


def test_more_cover_never_lets_a_sector_stop_sooner(told):
    more = edited(tiny(), "stockpiles", "makers-NdPr", initial=1500.0)
    day = [
        result.table("survival").query("outage == 'CN separation'")["survives"].min()
        for result in (told, exposure(more, ExposureOptions(), Context()))
    ]
    assert day[1] >= day[0] - 1e-6


def test_without_outages_their_tables_are_empty_and_the_rest_is_the_same(told):
    quick = exposure(tiny(), ExposureOptions(outages=False), Context())
    assert all(quick.table(name).empty for name in ("n_minus_1", "survival", "leverage"))
    for name in ("shares", "origins", "indices"):
        assert quick.table(name).equals(told.table(name))


def test_seen_from_china_nothing_is_imported(told):
    table = kd.exposure(tiny(), focus="CN", outages=False).table("indices")
    reliance = table.query("index == 'net_import_reliance' and stage == 'magnet'")["value"]
    assert (reliance <= 0).all()


def test_a_place_without_users_loses_nothing_and_has_its_tables_all_the_same():
    told = kd.exposure(tiny(), focus="AU")
    assert told.faults() == []
    rows = told.table("n_minus_1")
    assert len(rows) > 0
    assert (rows[["value_12", "purchase_12", "buffer_12"]] == 0).all(axis=None)
    assert told.table("survival").empty


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"focus": "XX"}, "no place XX"),
        ({"year": 1990}, "year 1990; a year from 2024"),
    ],
)
def test_what_the_case_does_not_have_is_refused(asked, words):
    with pytest.raises(ValueError, match=words):
        kd.exposure(tiny(), outages=False, **asked)


def test_an_estimate_of_every_partner_leaves_no_interval():
    case = with_rows(
        tiny(), "observations",
        *_record("CN", estimate=-0.5, tonnes=900.0),
        *_record("MY", estimate=0.5, tonnes=100.0),
        {"id": "made", "year": 2024.0, "kind": "production", "place": "CN", "goods": "concentrate",
         "value": 100.0, "unit": "t REO, of mines"},
    )  # fmt: skip
    table = kd.exposure(case, outages=False).table("published").set_index(["index", "part"])
    risk = (900 * (2.5 + 0.5) / 5 + 100 * (2.5 - 0.5) / 5) / 1000
    assert table.loc[("GeoPolRisk", "import risk"), "value"] == pytest.approx(risk)
    assert table.loc[("GeoPolRisk", "score"), "value"] == pytest.approx(risk)  # one maker: HHI 1


def _record(place: str, *, estimate: float, tonnes: float) -> list[dict[str, object]]:
    """What an import would write of a country: its estimate, and what Japan buys of it."""
    flow = {"year": 2024.0, "kind": "flow", "place": "JP", "origin": place, "goods": "oxide"}
    return [
        {"id": f"wgi-{place}", "year": 2024.0, "kind": "governance", "place": place,
         "value": estimate, "unit": "WGI estimate, political stability"},
        {"id": f"t-{place}", **flow, "value": tonnes, "unit": "gross t, HS 284690"},
        {"id": f"usd-{place}", **flow, "value": tonnes * 10, "unit": "kUSD, HS 284690"},
    ]  # fmt: skip
