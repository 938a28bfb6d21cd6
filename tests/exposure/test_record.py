"""What is read of a case's observations for the published indices, and what is left out."""

import numpy as np
import pytest

from kidorui.case import load
from kidorui.studies.exposure import record
from kidorui.studies.exposure.of_case import geopolrisk_of, supply_risk_of
from tests.changed import tiny, with_rows, with_table

COMMON = {"source": "agency", "confidence": "high", "year": 2024.0}


def flow(id_, origin, value, unit="gross t, HS 284690", place="JP", **more):
    row = {"id": id_, "kind": "flow", "place": place, "origin": origin, "goods": "ox-Dy"}
    return COMMON | row | {"value": value, "unit": unit} | more


def mined(place, value, goods="ox-NdPr", unit="t REO, of mines", **more):
    row = {"id": f"mined-{place}-{goods}", "kind": "production", "place": place, "goods": goods}
    return COMMON | row | {"value": value, "unit": unit} | more


def estimate(place, value, **more):
    row = {"id": f"wgi-{place}", "kind": "governance", "place": place, "value": value}
    return COMMON | row | {"unit": record.ESTIMATE} | more


def case(*rows, places=()):
    held = with_rows(tiny(), "places", *places) if places else tiny()
    return with_rows(held, "observations", *rows, keep=False)


def country(id_, within):
    return {"id": id_, "name": id_, "iso3": id_, "within": within} | {
        "source": "agency",
        "confidence": "high",
    }


def quantities(held, codes=("284690",)):
    rows = record.trade(held, codes)
    return dict(zip(rows["exporter"], rows["quantity"], strict=True))


def test_weight_and_value_of_a_flow_are_one_row():
    rows = record.trade(
        case(flow("a", "CN", 5.0), flow("b", "CN", 90.0, "kUSD, HS 284690")), ["284690"]
    )
    assert rows.to_dict("records") == [
        {
            "year": 2024,
            "importer": "JP",
            "exporter": "CN",
            "code": "284690",
            "value": 90.0,
            "quantity": 5.0,
        }
    ]


def test_a_weight_that_is_not_on_record_stays_missing():
    rows = record.trade(case(flow("b", "CN", 90.0, "kUSD, HS 284690")), ["284690"])
    assert np.isnan(rows["quantity"].item())


def test_other_bases_codes_and_years_are_left_out():
    held = case(
        flow("a", "CN", 5.0),
        flow("b", "AU", 5.0, "t"),
        flow("c", "AU", 0.5, "share by weight, HS 284690"),
        flow("d", "AU", 5.0, "gross t, HS 850511"),
        flow("e", "AU", 5.0, "gross t, HS 284690+284610"),
        flow("f", "AU", 5.0, "some words"),
        flow("g", "AU", 5.0, year=2023.0),
    )
    rows = record.trade(held, ["284690"], 2024)
    assert rows["exporter"].tolist() == ["CN"]


def test_of_two_rows_on_one_thing_the_later_counts():
    assert quantities(case(flow("a", "CN", 5.0), flow("b", "CN", 7.0))) == {"CN": 7.0}


def test_what_a_total_holds_beyond_its_parts_is_bought_from_nobody_named():
    held = case(flow("a", "", 10.0), flow("b", "CN", 6.0), flow("c", "AU", 3.0))
    assert quantities(held) == {"": 1.0, "AU": 3.0, "CN": 6.0}


def test_a_total_that_is_its_parts_to_rounding_leaves_no_rest():
    assert quantities(case(flow("a", "", 10_000.4), flow("b", "CN", 10_000.0))) == {"CN": 10_000.0}


def test_an_aggregate_gives_way_to_a_country_counted_in_it():
    held = case(
        flow("a", "RW", 9.0),
        flow("b", "KOR", 4.0),
        flow("c", "RW", 2.0, place="AU"),
        places=[country("KOR", "RW")],
    )
    rows = record.trade(held, ["284690"]).set_index("importer")
    assert rows["exporter"].to_dict() == {"JP": "KOR", "AU": "RW"}


def test_output_of_mines_adds_over_goods_and_not_over_vintages():
    held = case(
        mined("CN", 60.0),
        mined("CN", 10.0, goods="ox-Dy"),
        mined("CN", 65.0, id="later"),
        mined("AU", 5.0, unit="t REO"),
    )
    rows = record.production(held)
    assert rows.to_dict("records") == [{"year": 2024, "country": "CN", "quantity": 75.0}]


def test_members_are_the_place_its_sites_and_the_countries_counted_in_it():
    held = case(places=[country("KOR", "RW"), country("JPN", "")])
    assert record.members(held, "RW") == ("RW", "KOR")
    assert record.members(held, "JP") == ("JP", "JPN")
    with pytest.raises(LookupError, match="place: 'XX'; CN, JP"):
        record.members(held, "XX")


def test_raw_goods_of_the_japan_case_are_the_codes_of_the_reference():
    assert record.codes_of(load("japan")) == ("280530", "284610", "284690")


def test_imports_of_japan_in_2024_add_up_to_the_total_on_record():
    rows = record.trade(load("japan"), year=2024)
    assert rows["quantity"].sum() == pytest.approx(8447.2 + 7802 + 7899.8)
    assert rows["value"].sum() == pytest.approx(254278 + 47133 + 214095, rel=1e-5)


def test_geopolrisk_of_japan_in_2024_is_an_interval_that_holds_the_published_figure():
    """Europe as one place has no score, and a few tonnes have no seller: reference 0.25186."""
    row = geopolrisk_of(load("japan"), 2024, "JP").rows.loc[0]
    assert row["price"] == pytest.approx(21.3468176815, rel=1e-4)  # of the reference
    assert np.isnan(row["geopolrisk"])
    assert row["geopolrisk_low"] < 0.251857 < row["geopolrisk_high"]
    assert row["unscored_share"] == pytest.approx((2597 + 106.3 + 102.1 + 258.1 + 50.2) / 24149)


def test_an_index_without_its_record_says_what_to_import():
    found = geopolrisk_of(case(), 2024, "JP")
    assert found.rows.empty
    assert found.reason == (
        "2024: no imports of JP by HS code (kidorui import baci or comtrade); "
        "no output of mines (kidorui import usgs or bgs); "
        "no governance estimates (kidorui import wgi)"
    )


@pytest.fixture(scope="module")
def recorded():
    """Japan buys 60 of China and 30 of Australia, and 10 of nobody named; all HS 2846.90."""
    held = with_rows(
        tiny(), "materials", *({**row, "hs": "284690"} for row in _materials()), keep=False
    )
    rows = [
        flow("a", "", 100.0),
        flow("b", "CN", 60.0),
        flow("c", "AU", 30.0),
        flow("va", "", 400.0, "kUSD, HS 284690"),
        flow("vb", "CN", 300.0, "kUSD, HS 284690"),
        flow("vc", "AU", 100.0, "kUSD, HS 284690"),
        mined("CN", 70.0),
        mined("AU", 30.0),
        estimate("CN", -0.5),
        estimate("AU", 1.0),
    ]
    return with_rows(held, "observations", *rows, keep=False)


def _materials():
    return tiny().table("materials").drop(columns=["_row", "_file"]).to_dict("records")


def test_geopolrisk_of_a_case_is_an_interval_where_a_seller_is_not_named(recorded):
    found = geopolrisk_of(recorded, 2024, "JP")
    row = found.rows.loc[0]
    assert row["hhi"] == pytest.approx(0.58)
    assert row["unscored_share"] == pytest.approx(0.1)
    assert np.isnan(row["geopolrisk"])
    assert row["import_risk_low"] == pytest.approx(0.6 * 0.6 + 0.3 * 0.3)
    assert row["import_risk_high"] == pytest.approx(0.6 * 0.6 + 0.3 * 0.3 + 0.1)
    assert row["price"] == pytest.approx(4.0)
    assert found.reason == "world output is that of the 2 producers on record"


def test_goods_of_nobody_named_that_have_no_value_leave_no_width_and_no_figure(recorded):
    row = geopolrisk_of(recorded, 2024, "JP", basis="value").rows.loc[0]
    assert row["unscored_share"] == 0.0
    assert np.isnan(row["import_risk"])
    assert row["import_risk_low"] == row["import_risk_high"]
    assert row["import_risk_low"] == pytest.approx(0.75 * 0.6 + 0.25 * 0.3)


def test_supply_risk_of_a_case_is_its_greatest_before_recycling_and_substitution(recorded):
    found = supply_risk_of(recorded, 2024, "JP")
    row = found.rows.loc[0]
    world = 0.7**2 * 6 + 0.3**2 * 3
    sourcing = 0.6**2 * 6 + 0.3**2 * 3
    assert row["hhi_world"] == pytest.approx(world)
    assert row["hhi_sourcing"] == pytest.approx(sourcing)
    assert np.isnan(row["sr"])
    assert row["sr_high"] == pytest.approx((world + sourcing + 0.1**2 * 10) / 2)
    assert found.reason.startswith("no recycling input rate and no substitution index")


def test_supply_risk_without_a_weight_of_imports_is_a_reason(recorded):
    rows = recorded.table("observations")
    held = with_table(recorded, "observations", rows[rows["unit"] != "gross t, HS 284690"])
    found = supply_risk_of(held, 2024, "JP")
    assert found.rows.empty
    assert found.reason == "2024: no weight of imports or of output on record"


def test_a_producer_that_sells_all_it_makes_relies_on_its_own(recorded):
    sold = flow("d", "AU", 50.0, place="CN")
    held = with_rows(recorded, "observations", sold)
    row = supply_risk_of(held, 2024, "CN").rows.loc[0]
    # CN mines 70, buys 50, sells 60 to JP: no net imports, so its own sourcing counts alone
    sourcing = (70 / 120) ** 2 * 6 + (50 / 120) ** 2 * 3
    assert row["hhi_sourcing"] == pytest.approx(sourcing)
    assert row["sr_high"] == pytest.approx(sourcing)
