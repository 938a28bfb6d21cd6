"""Who holds what: stockpiles split by use, users elsewhere, the state, projects and yards."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from kidorui.network import compile_network
from kidorui.network.months import month_axis
from kidorui.network.stores import gather_stores
from tests.changed import edited, tiny, with_rows, with_settings

MAGNETS = {"id": "makers-magnet", "holder": "industry", "place": "JP", "material": "magnet",
           "initial": 363.0, "capacity": 900.0, "holding_cost": 2.0,
           "release": "always"}  # fmt: skip


def stores_of(case, start: float = 2028.0) -> tuple[pd.DataFrame, object]:
    network = compile_network(case, month_axis(case, start, 12), strikes=[])
    return gather_stores(network), network


@pytest.fixture(scope="module")
def held():
    case = with_settings(with_rows(tiny(), "stockpiles", MAGNETS), cover_elsewhere=20.0, alarm=2.0)
    return stores_of(case)


def test_what_sectors_use_is_theirs_each_a_part_by_use(held):
    stores, network = held
    own = stores[stores["id"] == "makers-magnet"].set_index("demand")
    demands, quantity = network.demands, network.quantity.mean(axis=0)  # of the first year
    assert set(own["kind"]) == {"user"}
    assert set(demands.loc[own.index, "sector"]) == {"vehicles", "electronics", "defence"}
    assert set(demands.loc[own.index, "place"]) == {"JP"}
    share = quantity[own.index] / quantity[own.index].sum()
    np.testing.assert_allclose(own["initial"], 363 * share)
    np.testing.assert_allclose(own["capacity"], 900 * share)
    days = own["initial"] / quantity[own.index]
    assert np.ptp(days) == pytest.approx(0)  # the same days of cover for all
    assert own["pool"].tolist() == demands.loc[own.index, "pool"].tolist()


def test_what_no_sector_uses_stays_with_industry(held):
    stores, _ = held
    metal = stores[stores["id"] == "makers-NdPr"]
    assert metal["kind"].tolist() == ["industry"]
    assert metal["demand"].tolist() == [-1]
    assert metal["initial"].tolist() == [800.0]


def test_industry_aims_at_more_under_alarm_and_the_state_does_not(held):
    stores, _ = held
    store = stores[stores["stock"] >= 0].groupby("id")[["calm", "alarm", "initial"]].sum()
    assert store.loc["makers-NdPr"].tolist() == [800, 1600, 800]
    assert store.loc["makers-magnet"].tolist() == pytest.approx([363, 726, 363])
    assert store.loc["state-Dy"].tolist() == [60, 60, 60]


def test_there_is_room_for_what_is_aimed_at(held):
    stores, _ = held
    assert (stores["capacity"] >= stores["alarm"] - 1e-9).all()
    assert stores.set_index("id").loc["makers-NdPr", "capacity"] == 1600  # of 1,500 stated


def test_users_elsewhere_hold_the_days_that_the_case_says(held):
    stores, network = held
    elsewhere = stores[(stores["kind"] == "user") & (stores["stock"] < 0)].set_index("demand")
    demands = network.demands.loc[elsewhere.index]
    assert "JP" not in set(demands["place"])  # a stockpile says what is held there
    assert set(zip(demands["sector"], demands["place"], strict=True)) == {
        ("vehicles", "CN"), ("electronics", "CN"), ("vehicles", "RW"),
    }  # fmt: skip
    quantity = network.quantity[:, elsewhere.index].mean(axis=0)
    np.testing.assert_allclose(elsewhere["initial"], 20 / 365.25 * quantity)
    np.testing.assert_allclose(elsewhere["alarm"], 40 / 365.25 * quantity)
    assert elsewhere["release_always"].all()


def test_without_a_word_nobody_elsewhere_holds_anything():
    stores, _ = stores_of(tiny())
    assert "user" not in set(stores["kind"])


def test_each_pool_has_a_yard_empty_and_without_end_after_all_else(held):
    stores, network = held
    pools = len(network.pools)
    assert (stores["kind"].iloc[-pools:] == "yard").all()
    assert (stores["kind"].iloc[:-pools] != "yard").all()
    yards = stores.iloc[-pools:]
    assert yards["pool"].tolist() == list(range(pools))
    assert yards["initial"].sum() == yards["calm"].sum() == yards["alarm"].sum() == 0
    assert np.isinf(yards["capacity"]).all()


def test_the_state_draws_by_its_rule_and_after_its_notice():
    case = edited(tiny(), "stockpiles", "state-Dy", notice=73.05)
    stores, _ = stores_of(case)
    state = stores.set_index("id").loc["state-Dy"]
    assert not state["release_always"]
    assert state["notice"] == pytest.approx(0.2)
    assert state["kind"] == "state"


def test_a_committed_store_is_full_when_open_and_empty_before():
    committed = edited(tiny(), "projects", "stock-Dy", committed=True, decision=2026.0)
    for start, full in ((2028.0, 400.0), (2025.0, 0.0)):
        stores, _ = stores_of(committed, start)
        row = stores.set_index("id").loc["stock-Dy"]
        assert row["initial"] == pytest.approx(full)
        assert row["kind"] == "state"
        assert not row["release_always"]
