"""Plants, pipelines and stocks: what stands when, and how much of it."""

from __future__ import annotations

import numpy as np
import pytest

from kidorui.network import compile_network, grow
from kidorui.network.units import gather_modes, gather_units, lead_time, operating_share
from tests.changed import edited, tiny, with_rows


def share(opening, closing, ramp, start, end):
    ends = (np.atleast_1d(np.asarray(x, float)) for x in (opening, closing))
    span = (np.atleast_1d(np.asarray(x, float)) for x in (start, end))
    return operating_share(*ends, np.asarray(ramp, float)[None, :], *span)[0]


@pytest.mark.parametrize(
    ("opening", "closing", "ramp", "start", "end", "expected"),
    [
        (-np.inf, np.inf, [1.0], 2024, 2026, 1.0),
        (2025, np.inf, [1.0], 2024, 2027, 2 / 3),
        (2024.5, np.inf, [1.0], 2024, 2025, 0.5),
        (2024, 2025.5, [1.0], 2024, 2026, 0.75),
        (2024, np.inf, [0.2, 0.6, 1.0], 2024, 2028, (0.2 + 0.6 + 2) / 4),
        (2023.5, np.inf, [0.5, 1.0], 2024, 2026, (0.5 * 0.5 + 1.5) / 2),
        (-np.inf, 2025, [0.5, 0.8], 2024, 2026, 0.8 / 2),
        (2030, np.inf, [1.0], 2024, 2026, 0.0),
        (2025, 2024, [1.0], 2024, 2026, 0.0),
    ],
)
def test_capacity_counts_by_the_time_it_stands(opening, closing, ramp, start, end, expected):
    assert share(opening, closing, ramp, start, end) == pytest.approx(expected, abs=1e-12)


def test_shares_agree_with_a_count_day_by_day():
    rng = np.random.default_rng(5)
    for _ in range(50):
        opening, life = rng.uniform(2020, 2032), rng.uniform(1, 9)
        ramp = rng.uniform(0, 1, rng.integers(1, 5))
        start = rng.uniform(2022, 2030)
        end = start + rng.uniform(0.1, 6)
        moments = np.linspace(start, end, 20_001)[:-1]
        age = np.floor(moments - opening).astype(int)
        on = (moments >= opening) & (moments < opening + life)
        counted = (ramp[np.clip(age, 0, len(ramp) - 1)] * on).mean()
        assert share(opening, opening + life, ramp, start, end) == pytest.approx(counted, abs=2e-3)


def test_a_plant_runs_from_its_opening_through_its_closing_year():
    case = edited(tiny(), "plants", "mine-au", opening=2025.0, closing=2028.0, availability=1.0)
    network = compile_network(case, grow(case))
    unit = network.units.index[network.units["id"] == "mine-au"][0]
    nominal = case.table("plants").set_index("id").loc["mine-au", "capacity"]
    used = network.capacity[:, unit] / nominal
    assert used.tolist() == pytest.approx([0.5, 1.0, 0.5, 0.0])  # 2024, 2026, 2028, 2030


def test_a_committed_project_opens_after_its_lead_time_with_its_odds():
    case = edited(
        tiny(),
        "projects",
        "recycle-jp-2",
        decision=2024.0,
        permit_time=0.5,
        build_time=1.0,
        qualification_time=0.5,
        slip=1.0,
        odds=0.6,
        size_max=1000.0,
        ramp=(0.5, 1.0),
        lifetime=20.0,
    )
    network = compile_network(case, grow(case))
    unit = network.units.index[network.units["id"] == "recycle-jp-2"][0]
    # opens in 2027: half of the period 2026 to 2028, at half its size
    expected = [0, 0.25 * 600, 600, 600]
    assert network.capacity[:, unit].tolist() == pytest.approx(expected)


def test_candidates_stand_nowhere_until_decided():
    network = compile_network(tiny(), grow(tiny(), ["ban-cn"]))
    candidate = (network.units["kind"] == "candidate").to_numpy()
    assert candidate.any()
    assert network.capacity[:, candidate].max() == 0


def test_lead_time_adds_permit_building_qualification_and_slip():
    row = {"permit_time": 1.0, "build_time": 2.0, "qualification_time": 0.5, "slip": np.nan}
    table = tiny().table("projects").assign(**row)
    assert lead_time(table).tolist() == [3.5] * len(table)


def test_modes_of_plants_and_projects_are_found_by_table():
    case = with_rows(
        edited(tiny(), "projects", "metal-jp-2", id="metal-jp"),  # a project may be named so
        "modes",
    )
    units = gather_units(case)
    modes = gather_modes(case, units)
    named = modes.assign(id=units["id"].to_numpy()[modes["unit"]])
    twins = named[named["id"] == "metal-jp"]
    assert twins["unit"].nunique() == 2
    assert sorted(twins["recipe"].unique()) == ["make-Dy", "make-NdPr"]


def test_a_committed_stockpile_can_be_filled_once_it_stands():
    case = edited(
        tiny(), "projects", "stock-Dy", committed=True, odds=0.5, size_max=400.0, decision=2024.0,
        permit_time=0.0, build_time=3.0, qualification_time=0.0, slip=0.0, lifetime=30.0,
    )  # fmt: skip
    network = compile_network(case, grow(case))
    stock = network.stocks.index[network.stocks["id"] == "stock-Dy"][0]
    # opens in 2027, within the period 2026 to 2028, at whose end it is counted
    assert network.store[:, stock].tolist() == pytest.approx([0, 200, 200, 200])


def test_an_existing_stock_can_hold_what_it_holds():
    case = edited(tiny(), "stockpiles", "state-Dy", initial=150.0, capacity=100.0)
    network = compile_network(case, grow(case))
    stock = network.stocks.index[network.stocks["id"] == "state-Dy"][0]
    assert set(network.store[:, stock]) == {150.0}
