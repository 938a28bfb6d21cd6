"""Value and weight of one flow: what does not fit the unit values of other partners is told."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from kidorui.studies.reconcile.unit_values import robust_spread, unit_values

BACI = Path(__file__).parents[3] / "shared" / "data" / "trade" / "baci"
FLOWS = BACI / "baci_ree_flows_flagged.parquet"


def pairs(quantity, value, goods="284610", place="JP", error=0.05):
    count = len(quantity)
    return pd.DataFrame(
        {
            "place": place,
            "goods": goods,
            "origin": [f"P{number}" for number in range(count)],
            "quantity": quantity,
            "value": value,
            "quantity_error": error,
            "value_error": error,
        }
    )


def traded(year, importer):
    """Real flows into a country with both figures (CEPII BACI), raw quantities."""
    columns = ["hs6", "exporter_iso3", "importer_iso3", "value_kusd", "quantity_t", "year"]
    table = pd.read_parquet(FLOWS, columns=columns)
    table = table[(table["year"] == year) & (table["quantity_t"] > 0) & (table["value_kusd"] > 0)]
    table = table if importer is None else table[table["importer_iso3"] == importer]
    return pd.DataFrame(
        {
            "place": table["importer_iso3"],
            "goods": table["hs6"].astype(str),
            "origin": table["exporter_iso3"],
            "quantity": table["quantity_t"],
            "value": table["value_kusd"],
            "quantity_error": 0.05,
            "value_error": 0.05,
        }
    )


def spread_out(rng, count, spread=1.0):
    quantity = np.exp(rng.normal(3, 2, count))
    return quantity, quantity * np.exp(rng.normal(2, spread, count))


@pytest.mark.skipif(not FLOWS.is_file(), reason="reference data is not at hand")
def test_the_known_bad_row_is_the_only_one_of_japans_in_2023():
    """India to Japan, HS 284610, 2023: 3,368 t for 322.8 thousand US$, beside a median of 14."""
    found = unit_values(traded(2023, "JPN"), 0.05)
    gross = found[found["gross"]]
    assert list(zip(gross["goods"], gross["origin"], strict=True)) == [("284610", "IND")]
    row = gross.iloc[0]
    assert row["unit_value"] == pytest.approx(0.0958, abs=1e-4)
    assert row["typical"] == pytest.approx(14.14, abs=0.01)
    assert row["standardised"] < -row["critical"]
    assert found["standardised"].notna().sum() == 45


@pytest.mark.skipif(not FLOWS.is_file(), reason="reference data is not at hand")
def test_of_all_the_world_of_2023_few_flows_are_told():
    """2.5% of 1,912 flows; a quarter of them to the Netherlands, where weights are filled in."""
    found = unit_values(traded(2023, None), 0.05)
    gross = found[found["gross"]]
    assert found["standardised"].notna().sum() == 1912
    assert len(gross) == 47
    assert gross["place"].value_counts().index[0] == "NLD"


def test_a_planted_price_is_told_whichever_figure_is_wrong():
    rng = np.random.default_rng(5)
    quantity, value = spread_out(rng, 30, 0.5)
    for changed in (quantity, value):
        kept = changed[7]
        changed[7] *= np.exp(9 * 0.5)
        found = unit_values(pairs(quantity, value), 0.05)
        assert list(np.flatnonzero(found["gross"])) == [7]
        changed[7] = kept


def test_units_do_not_matter():
    rng = np.random.default_rng(6)
    quantity, value = spread_out(rng, 25)
    value[3] *= 1e4
    first, second = (unit_values(pairs(quantity * k, value / k), 0.05) for k in (1.0, 1e3))
    assert first["standardised"].to_numpy() == pytest.approx(second["standardised"].to_numpy())
    assert first["gross"].tolist() == second["gross"].tolist()


def test_too_few_partners_have_no_test():
    found = unit_values(pairs(np.ones(4), np.array([1, 1, 1, 1e6])), 0.05)
    assert found["standardised"].isna().all()
    assert not found["gross"].any()


def test_the_spread_of_normal_variables_is_their_standard_deviation():
    rng = np.random.default_rng(7)
    found = [robust_spread(rng.normal(0, 2, 41)) for _ in range(800)]
    assert np.mean(found) == pytest.approx(2, rel=0.03)


@pytest.mark.parametrize("count", [10, 45, pytest.param(90, marks=pytest.mark.slow)])
def test_clean_samples_raise_no_more_alarms_than_stated(count):
    rng = np.random.default_rng(count)
    draws, level = 150, 0.05
    alarms = sum(
        unit_values(pairs(*spread_out(rng, count), error=0.0), level)["gross"].any()
        for _ in range(draws)
    )
    assert alarms <= stats.binom.ppf(0.995, draws, level)
