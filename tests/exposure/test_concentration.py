"""Concentration and reliance: known answers, published figures, and what must always hold."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kidorui.studies.exposure.concentration import (
    HHI_POINTS,
    apparent_consumption,
    hhi,
    hhi_range,
    import_reliance,
    net_import_reliance,
    self_sufficiency,
    shares,
)

USGS = Path(__file__).parents[3] / "shared" / "data" / "trade" / "usgs"

needs_usgs = pytest.mark.skipif(not USGS.is_dir(), reason="reference data is not at hand")

amounts = st.lists(st.floats(1e-3, 1e6), min_size=1, max_size=12)


def test_hhi_of_four_suppliers_is_the_known_one():
    # US Department of Justice, Herfindahl-Hirschman index: shares of 30, 30, 20 and 20 percent
    assert hhi([30, 30, 20, 20]) * HHI_POINTS == pytest.approx(2600)


def test_shares_add_up_along_the_last_axis():
    found = shares([[1.0, 3.0], [5.0, 0.0]])
    assert found.tolist() == [[0.25, 0.75], [1.0, 0.0]]


def test_nothing_to_share_out_and_missing_amounts_are_missing():
    assert np.isnan(hhi([0.0, 0.0]))
    assert np.isnan(hhi([1.0, np.nan]))
    assert np.isnan(self_sufficiency(1.0, 0.0))
    assert np.isnan(net_import_reliance(np.nan, 2.0, 1.0))


def test_an_amount_below_nothing_is_refused():
    with pytest.raises(ValueError, match=r"amounts: -2; numbers from 0 are accepted"):
        hhi([1.0, -2.0])


@given(amounts)
def test_hhi_lies_between_equal_parts_and_one_supplier(held):
    found = float(hhi(held))
    assert 1 / len(held) - 1e-12 <= found <= 1 + 1e-12


@given(amounts, st.floats(1e-3, 1e3))
def test_hhi_does_not_depend_on_the_unit(held, unit):
    assert hhi(np.array(held) * unit) == pytest.approx(float(hhi(held)))


@given(amounts, amounts)
def test_hhi_of_any_split_of_the_unnamed_is_within_the_range(named, others):
    low, high = hhi_range(named, sum(others))
    assert low - 1e-12 <= hhi([*named, *others]) <= high + 1e-12
    assert hhi([*named, sum(others)]) == pytest.approx(float(high))


def test_net_import_reliance_falls_by_what_is_put_into_stock():
    # 10 made, 100 bought, 20 sold: 80 net imports of 90 used; 8 of them stored, 72 of 82
    assert net_import_reliance(10, 100, 20) == pytest.approx(80 / 90)
    assert net_import_reliance(10, 100, 20, from_stocks=-8) == pytest.approx(72 / 82)


def test_a_net_exporter_is_below_nothing_by_one_measure_and_at_nothing_by_the_other():
    assert net_import_reliance(100, 10, 30) == pytest.approx(-0.25)
    assert import_reliance(100, 10, 30) == 0.0


@given(st.floats(0, 1e5), st.floats(0, 1e5), st.floats(0, 1e5))
def test_without_stocks_both_measures_agree_for_a_net_importer(made, sold, more):
    bought = sold + more
    ours, theirs = net_import_reliance(made, bought, sold), import_reliance(made, bought, sold)
    assert theirs == pytest.approx(float(ours), nan_ok=True)


@given(st.floats(1, 1e5), st.floats(0, 1e5), st.floats(0, 1e5))
def test_what_is_not_imported_net_is_made_at_home(made, bought, sold):
    used = float(apparent_consumption(made, bought, sold))
    if used > 1:
        whole = net_import_reliance(made, bought, sold) + self_sufficiency(made, used)
        assert whole == pytest.approx(1.0)


@needs_usgs
@pytest.mark.parametrize(("year", "published"), [(2015, 38), (2016, 100), (2017, 100)])
def test_us_net_import_reliance_is_that_published(year, published):
    """MCS 2019: 38, 100 and 100% of compounds and metals; from Data Series 140."""
    row = pd.read_csv(USGS / "usgs_ds140_ree_1900_2020_wide.csv").set_index("year").loc[year]
    found = net_import_reliance(
        row["united_states__production"],
        row["united_states__imports"],
        row["united_states__exports"],
    )
    assert found * 100 == pytest.approx(published, abs=0.5)


@needs_usgs
@pytest.mark.parametrize("year", range(2013, 2021))
def test_us_apparent_consumption_is_that_published_to_its_rounding(year):
    row = pd.read_csv(USGS / "usgs_ds140_ree_1900_2020_wide.csv").set_index("year").loc[year]
    made, bought, sold, used = (
        row[f"united_states__{name}"]
        for name in ("production", "imports", "exports", "apparent_consumption")
    )
    # three digits of each: half a unit of the last one of the largest
    rounding = sum(0.5 * 10 ** max(np.floor(np.log10(max(x, 1))) - 2, 0) for x in (made, bought))
    rounding += sum(0.5 * 10 ** max(np.floor(np.log10(max(x, 1))) - 2, 0) for x in (sold, used))
    assert apparent_consumption(made, bought, sold) == pytest.approx(used, abs=rounding)


@needs_usgs
def test_us_salient_statistics_hold_together():
    """MCS 2026: >95, >95, >90, 53 and 67%; production is rounded to two digits.

    Exports of compounds are not given apart from ores, so net imports are what is used less
    what is made.
    """
    rows = pd.read_csv(USGS / "usgs_mcs2026_ree.csv", dtype=str)
    rows = rows[rows["MCS chapter"] == "RARE EARTHS"].set_index(["Statistics_detail", "Year"])
    value = rows["Value"].str.replace(",", "")
    for year, low, high in [
        ("2021", 95, 100),
        ("2022", 95, 100),
        ("2023", 90, 100),
        ("2024", 52.5, 53.5),
        ("2025", 66.5, 67.5),
    ]:
        made = float(value["Production: Compounds and metals", year])
        used = float(value["Consumption, apparent, compounds and metals", year])
        half = 0.5 * 10 ** (np.floor(np.log10(made)) - 1)
        most, least = (
            100 * float(net_import_reliance(m, used - m, 0)) for m in (made - half, made + half)
        )
        assert least <= high
        assert most >= low
        told = value["Net import reliance as a percentage of apparent consumption: "
                     "Compounds and metals", year]  # fmt: skip
        assert told.strip(">") in (f"{low:.0f}", f"{low + 0.5:.0f}")
