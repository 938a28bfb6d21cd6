"""How hard an event is over time: as it begins, while it lasts, and on the nodes of an axis."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kidorui.network import grow
from kidorui.network.months import MONTH, month_axis
from kidorui.network.strikes import (
    Strike,
    read_strikes,
    schedule_on_axis,
    schedule_on_tree,
)
from tests.changed import edited, tiny, with_rows, with_settings

YEAR = 365.25
EVENT = {"id": "e", "kind": "ban", "origin": "CN", "goods": ("magnet",), "severity": 0.8}


def days(*values: float) -> np.ndarray:
    return np.array(values) / YEAR


def strike(**more: float) -> Strike:
    return Strike(**{"event": 0, "start": 2028.0, "end": np.inf, "severity": 0.8} | more)


def one_event(**cells: object):
    """The tiny case with one event alone."""
    return with_rows(with_settings(tiny(), events=()), "events", EVENT | cells, keep=False)


def on_months(one: Strike, months: int, start: float = 2028.0, **cells: object):
    case = one_event(**cells)
    return schedule_on_axis(case, month_axis(case, start, months, [one]), [one])


def test_a_plain_event_is_as_hard_on_every_day():
    one = strike()
    assert one.is_constant
    np.testing.assert_array_equal(one.force(days(0, 1, 1000)), 0.8)


def test_a_cut_that_builds_up_grows_evenly_to_its_severity():
    one = strike(build_up=40 / YEAR)
    np.testing.assert_allclose(one.force(days(0, 10, 20, 40, 400)), [0, 0.2, 0.4, 0.8, 0.8])


def test_a_licence_stops_all_while_applications_wait_and_then_eases():
    one = strike(severity=0.3, processing=45 / YEAR, easing=30 / YEAR)
    np.testing.assert_allclose(
        one.force(days(0, 44, 46 - 1, 60, 75, 300)), [1, 1, 1, 0.65, 0.3, 0.3], atol=1e-12
    )


def test_a_licence_without_easing_is_at_its_lasting_share_from_the_day_after():
    one = strike(severity=0.3, processing=45 / YEAR)
    np.testing.assert_allclose(one.force(days(0, 44.9, 45.1)), [1, 1, 0.3])


def test_what_was_cleared_before_still_passes_while_applications_wait():
    one = strike(severity=0.3, build_up=20 / YEAR, processing=60 / YEAR, easing=10 / YEAR)
    np.testing.assert_allclose(one.force(days(0, 5, 20, 60, 70)), [0, 0.25, 1, 1, 0.3], atol=1e-12)


lengths = st.floats(0, 200).map(lambda length: length / YEAR)


@given(st.floats(0, 1), lengths, lengths, lengths)
def test_force_lies_between_nothing_and_all_and_ends_at_its_severity(
    severity, build_up, processing, easing
):
    one = strike(severity=severity, build_up=build_up, processing=processing, easing=easing)
    force = one.force(np.linspace(0, 3, 400))
    assert force.min() >= 0
    assert force.max() <= 1
    assert force[-1] == pytest.approx(severity)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 30), st.integers(1, 90))
def test_a_month_in_which_it_begins_or_ends_is_struck_in_part(late, lasting):
    first, last = late / 30, (late + lasting) / 30  # months from the start of the axis
    one = strike(start=2028 + first * MONTH + 1e-9, end=2028 + last * MONTH + 1e-9)
    schedule = on_months(one, 5)
    whole = [max(min(m + 1, last) - max(m, first), 0.0) for m in range(5)]
    np.testing.assert_allclose(schedule.force[:, 0], 0.8 * np.array(whole), atol=1e-9)
    np.testing.assert_array_equal(schedule.on[:, 0], np.array(whole) > 1e-9)


def test_a_month_is_struck_by_the_mean_of_its_days():
    one = strike(severity=1.0, build_up=2 * MONTH)
    np.testing.assert_allclose(on_months(one, 4).force[:, 0], [0.25, 0.75, 1, 1])


def test_a_licence_that_waits_half_a_month_stops_half_of_it():
    one = strike(severity=0.2, processing=1.5 * MONTH)
    np.testing.assert_allclose(on_months(one, 4).force[:, 0], [1, 0.6, 0.2, 0.2])


def test_an_event_without_a_start_has_long_reached_its_severity():
    one = strike(start=-np.inf, build_up=1.0, processing=2.0, easing=3.0)
    np.testing.assert_allclose(on_months(one, 2).force[:, 0], 0.8)


def test_a_cut_that_has_eased_away_is_over_but_a_quota_at_nought_holds():
    eased = strike(severity=0.0, processing=MONTH, easing=MONTH)
    assert on_months(eased, 4).on[:, 0].tolist() == [True, True, False, False]
    quota = strike(severity=0.0)
    assert on_months(quota, 2, kind="quota").on[:, 0].all()


def test_events_that_no_strike_names_are_off():
    case = tiny()
    axis = month_axis(case, 2028.0, 3, [])
    assert not schedule_on_axis(case, axis, []).on.any()
    assert not schedule_on_axis(case, axis, []).force.any()


def test_rows_are_read_in_days_and_shares():
    case = one_event(build_up=73.05, processing=36.525, easing=365.25, leak=0.2, premium=0.5,
                     start=2025.0, duration=2.0)  # fmt: skip
    (one,) = read_strikes(case)
    assert (one.start, one.end, one.severity, one.leak, one.premium) == (2025, 2027, 0.8, 0.2, 0.5)
    assert (one.build_up, one.processing, one.easing) == pytest.approx((0.2, 0.1, 1.0))


def test_a_row_that_says_no_more_holds_for_ever_and_leaks_nothing():
    (one,) = read_strikes(one_event())
    assert (one.start, one.end) == (-np.inf, np.inf)
    assert one.is_constant
    assert one.leak == one.premium == 0


def test_leak_and_premium_go_with_their_event():
    case = with_rows(tiny(), "events", EVENT | {"leak": 0.3, "premium": 2.0, "in_force": True})
    schedule = schedule_on_tree(case, grow(case))
    assert schedule.leak[:, -1].tolist() == [0.3] * len(schedule.leak)
    assert schedule.premium[:, -1].tolist() == [2.0] * len(schedule.leak)
    assert not schedule.leak[:, :-1].any()


def test_an_event_in_force_is_as_far_as_it_has_come_by_each_node():
    case = one_event(in_force=True, start=2026.0, build_up=4 * YEAR)
    schedule = schedule_on_tree(case, grow(case))  # nodes from 2024, 2026, 2028, 2030 to 2034
    assert schedule.on[:, 0].tolist() == [False, True, True, True]
    np.testing.assert_allclose(schedule.force[1:, 0], [0.2, 0.6, 0.8], atol=1e-12)


def test_an_event_of_the_tree_begins_with_its_branch_and_is_not_begun_anew_in_later_nodes():
    case = edited(tiny(), "events", "ban-cn", severity=1.0, build_up=YEAR)
    tree = grow(case, ["ban-cn"])
    schedule = schedule_on_tree(case, tree)
    number = case.table("events")["id"].tolist().index("ban-cn")
    struck = np.flatnonzero([bool(on) for on in tree.events])
    np.testing.assert_allclose(
        schedule.force[struck, number], [0.125, 0.375, 0.625, 0.875] + [1.0] * (len(struck) - 4)
    )
    assert not schedule.force[np.setdiff1d(np.arange(tree.size), struck), number].any()
