"""Faults of events by kind, and of what must be alike in all years."""

from __future__ import annotations

import pytest

from kidorui.case import check, load

BAN, STOP, SURGE = 3, 4, 5
"""Rows of the events of the tiny case."""


def told(folder) -> list[str]:
    return [str(fault) for fault in check(folder.path).faults]


@pytest.fixture
def events(folder):
    """The tiny case, with a column for end users."""
    folder.add_column("events", "users")
    return folder


@pytest.mark.parametrize("kind", ["ban", "licence", "quota"])
def test_end_users_are_sectors_or_priorities(events, kind):
    events.set("events", BAN, kind=kind, users="defence;vehicles;medical")
    assert told(events) == []
    assert load(events.path).table("events")["users"][1] == ("defence", "vehicles", "medical")
    events.set("events", BAN, users="army")
    assert told(events)[0].startswith("events:3:users: there is no 'army'")


@pytest.mark.parametrize("kind", ["closure", "tariff", "stop", "surge", "dumping", "know-how"])
def test_other_kinds_cannot_tell_end_users_apart(events, kind):
    events.set("events", BAN, kind=kind, users="defence", destinations="")
    assert "events:3:users: end users, whom only a ban, licence or quota" in " ".join(told(events))


def test_end_users_are_followed_for_the_goods_of_the_controlling_place_alone(events):
    events.set("events", BAN, users="defence", origin="MY")
    [fault] = told(events)
    assert fault.startswith("events:3:origin: not the controlling place")
    assert "CN, or no users" in fault


def test_dumping_may_name_plants_and_needs_who_dumps(folder):
    folder.set("events", STOP, kind="dumping", severity="2.5")
    assert told(folder) == []
    folder.set("events", STOP, origin="")
    assert told(folder)[0].startswith("events:4:origin: blank")
    folder.set("events", STOP, origin="MY", destinations="JP")
    assert told(folder) == [
        "events:4:destinations: without effect: plants are hit where they are; blank"
    ]


def test_know_how_is_of_goods_and_its_severity_in_years(folder):
    folder.set("events", BAN, kind="know-how", severity="3.5", severity_low="2", severity_high="5")
    assert told(folder) == []
    folder.set("events", BAN, goods="sep-my")
    assert told(folder)[0].startswith("events:3:goods: sep-my is a plant, which a know-how")
    folder.set("events", BAN, goods="oxide", origin="")
    assert told(folder)[0].startswith("events:3:origin: blank")


@pytest.mark.parametrize(
    ("cells", "column", "said"),
    [
        ({"elasticity": "-0.4"}, "elasticity", "-0.4, and -0.3 in another year"),
        ({"value_lost": "900"}, "value_lost", "900, and 1500 in another year"),
        ({"priority": "essential"}, "priority", "essential, and civil in another year"),
    ],
)
def test_a_demand_has_one_curve_in_all_years(folder, cells, column, said):
    folder.set("demands", 3, **cells)  # the second year of the first demand
    places = [fault for fault in told(folder) if fault.startswith(f"demands:3:{column}: ")]
    assert said in places[0]


def test_a_demand_has_one_curve_at_the_ends_of_ranges_too(folder):
    folder.add_column("demands", "value_lost_low")
    folder.set("demands", 3, value_lost_low="1000")
    assert [fault.split(":")[2] for fault in told(folder)] == ["value_lost_low"]


def test_a_ceiling_that_binds_looks_through_to_the_controlling_place_alone(folder):
    folder.set("policies", 3, origin="MY")
    assert told(folder) == []  # reported against, not enforced
    folder.set("policies", 3, enforced="yes")
    assert told(folder)[0].startswith("policies:3:origin: not the controlling place")
    folder.set("policies", 3, basis="direct")
    assert told(folder) == []
