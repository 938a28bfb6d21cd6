"""One fact counts once: editions of a data set, totals of their parts, shares of their flows."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from kidorui.case import load
from kidorui.case.importers import import_file
from kidorui.studies.context import Context
from kidorui.studies.reconcile import ReconcileOptions, reconcile
from kidorui.studies.reconcile.observed import figures
from tests.changed import tiny, with_rows

BACI = Path(__file__).parents[3] / "shared" / "data" / "trade" / "baci"
FLOWS = BACI / "baci_ree_flows_flagged.parquet"

SOURCES = {
    "baci-2024": "dataset",
    "baci-hs92-v202501": "dataset",
    "un-comtrade": "dataset",
    "comtrade": "dataset",
    "reuters-2024": "press",
    "reuters-2025": "press",
}


def flow(name, origin, value, source="baci-2024", place="JP", **cells):
    return {
        "id": name, "year": 2024, "kind": "flow", "place": place, "origin": origin,
        "goods": "magnet", "value": value, "unit": "gross t, HS 850511", "uncertainty": np.nan,
        "source": source, "confidence": "high", **cells,
    }  # fmt: skip


def found(*rows, places=()):
    case = with_rows(tiny(), "observations", *rows, keep=False)
    sources = [{"id": name, "kind": kind, "citation": name} for name, kind in SOURCES.items()]
    case = with_rows(case, "sources", *sources)
    inside = {"within": "RW", "source": "baci-2024", "confidence": "high"}
    named = [{"id": name, "name": name, "iso3": name, **inside} for name in places]
    if named:
        case = with_rows(case, "places", *named)
    return figures(case, 2024, scale=1.0)


def told(result):
    return {figure.id: figure.value for figure in result.counted}


def test_of_two_editions_of_a_data_set_the_last_counts():
    result = found(flow("old", "CN", 100.0), flow("new", "CN", 104.0, "baci-hs92-v202501"))
    assert told(result) == {"new": 104}
    assert result.again == 1
    (row,) = result.left_out
    assert (row["id"], row["why"]) == (
        "old",
        "told again by baci-hs92-v202501, which counts (new)",
    )


def test_goods_are_those_of_the_customs_code_whatever_the_row_calls_them():
    other = flow("new", "CN", 104.0, "baci-hs92-v202501", goods="magnets")
    assert told(found(flow("old", "CN", 100.0), other)) == {"new": 104}


def test_other_publishers_and_reports_of_the_press_are_further_measurements():
    rows = (
        flow("customs", "CN", 100.0),
        flow("first", "CN", 90.0, "reuters-2024"),
        flow("second", "CN", 95.0, "reuters-2025"),
    )
    result = found(*rows)
    assert len(result.counted) == 3
    assert result.again == 0


def test_comtrade_does_not_count_beside_baci_which_is_made_from_it():
    rows = (
        flow("made", "CN", 100.0),
        flow("raw", "CN", 95.0, "comtrade"),
        flow("alone", "RW", 7.0, "comtrade"),
    )
    assert told(found(*rows)) == {"made": 100, "alone": 7}


def test_a_sum_by_country_counts_and_not_one_for_the_place():
    rows = (
        flow("typed", "RW", 900.0),
        flow("a", "FRA", 300.0, "baci-hs92-v202501"),
        flow("b", "EST", 500.0, "baci-hs92-v202501"),
    )
    assert told(found(*rows, places=("FRA", "EST"))) == {"a+1": 800}


def test_data_sets_are_not_added_to_each_other_within_a_place():
    """What two publishers say of the countries of a place is two figures, not one."""
    rows = (
        flow("a", "FRA", 300.0),
        flow("b", "EST", 500.0),
        flow("c", "FRA", 310.0, "reuters-2024"),
        flow("d", "EST", 520.0, "reuters-2024"),
    )
    assert told(found(*rows, places=("FRA", "EST"))) == {"a+1": 800, "c+1": 830}


def test_reports_of_both_sides_of_a_border_are_summed_by_their_mean():
    rows = (
        flow("exports", "FRA", 300.0, "comtrade", uncertainty=30.0),
        flow("imports", "FRA", 340.0, "comtrade", uncertainty=40.0),
        flow("other", "EST", 500.0, "comtrade", uncertainty=0.6),
    )
    (figure,) = found(*rows, places=("FRA", "EST")).counted
    assert figure.value == 820
    assert figure.error == pytest.approx(np.hypot(25, 0.6))
    assert figure.parts == ("exports", "imports", "other")


def test_a_total_tells_what_its_partners_leave():
    """1000 within 50 beside 600 and 300 of its own data set: 100 from others, within 5 and 1."""
    rows = (flow("all", "", 1000.0), flow("cn", "CN", 600.0), flow("rw", "RW", 300.0))
    by_id = {figure.id: figure for figure in found(*rows).counted}
    assert by_id["all"].value == pytest.approx(100)
    assert by_id["all"].error == pytest.approx(np.hypot(0.05 * 100, 1e-3 * 1000))
    assert by_id["all"].but == ("CN", "RW")
    assert by_id["cn"].value == 600


def test_a_stated_error_of_a_total_holds_those_of_its_partners():
    rows = (
        flow("all", "", 1000.0, uncertainty=50.0),
        flow("cn", "CN", 600.0, uncertainty=30.0),
    )
    by_id = {figure.id: figure for figure in found(*rows).counted}
    assert by_id["all"].error == pytest.approx(np.hypot(np.sqrt(50**2 - 30**2), 1.0))


def test_a_total_of_another_data_set_stays_whole():
    rows = (flow("all", "", 1000.0, "reuters-2024"), flow("cn", "CN", 600.0))
    assert told(found(*rows)) == {"all": 1000, "cn": 600}


def test_a_share_that_flows_of_its_data_set_were_divided_into_is_left_out():
    share = flow("share", "CN", 0.6, kind="share", unit="share by weight, HS 850511")
    parts = (flow("all", "", 1000.0), flow("cn", "CN", 600.0))
    assert "share" not in told(found(share, *parts))
    assert "share" in told(found(share, parts[1]))
    assert "share" in told(found({**share, "source": "reuters-2024"}, *parts))
    by_value = {**share, "unit": "share by value, HS 850511"}
    assert "share" in told(found(by_value, *parts))


@pytest.mark.skipif(not FLOWS.is_file(), reason="reference data is not at hand")
def test_the_known_bad_row_is_told_from_the_file_as_published(tmp_path):
    """Japan's imports of 2023 in CEPII's layout: 45 flows tested, India's HS 284610 alone told."""
    folder = tmp_path / "trade"
    folder.mkdir()
    (folder / "case.toml").write_text('extends = "japan"\nname = "trade"\n', encoding="utf-8")
    table = pd.read_parquet(FLOWS)
    table = table[(table["year"] == 2023) & (table["importer_iso3"] == "JPN")]
    heads = {
        "year": "t", "exporter_code": "i", "importer_code": "j", "hs6": "k", "value_kusd": "v",
        "quantity_t": "q",
    }  # fmt: skip
    published = table[list(heads)].rename(columns=heads)
    file = tmp_path / "BACI_HS92_Y2023_V202501.csv"
    published.to_csv(file, index=False, na_rep="NA")
    import_file("baci", file, folder)
    result = reconcile(load(folder), ReconcileOptions(year=2023, intervals=0), Context())
    values = result.table("unit_values")
    assert (values["tested"] > 0).sum() == 45
    assert list(values.loc[values["gross"], "origin"]) == ["IN"]
    gross = result.table("gross_errors")
    ids = list(gross.loc[gross["test"] == "unit value", "id"])
    assert sorted(ids) == ["baci-2023-284610-IN-JP-value", "baci-2023-284610-IN-JP-weight"]
    row = gross.set_index("id").loc["baci-2023-284610-IN-JP-weight"]
    assert row["observed"] == pytest.approx(3368.0, abs=0.01)
    assert row["expected"] == pytest.approx(22.8, abs=0.1)
    residuals = result.table("residuals").set_index("id")
    assert not residuals.loc[ids, "used"].any()
