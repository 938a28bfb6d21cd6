"""Months: their labels, the axis they make and the window that moves along it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kidorui.network.months import MONTH, month_axis, month_label, window
from kidorui.network.strikes import Strike
from tests.changed import tiny


@given(st.integers(1990, 2100), st.integers(0, 11))
def test_a_month_is_named_after_the_calendar(year, month):
    assert month_label(year + month * MONTH) == f"{year}-{month + 1:02d}"


@given(st.integers(1990, 2100), st.integers(0, 400))
def test_months_counted_on_from_a_start_keep_their_names(year, months):
    begun = year + 6 * MONTH - 6 * MONTH + months * MONTH  # as an axis comes to them
    assert month_label(begun) == f"{year + months // 12}-{months % 12 + 1:02d}"


@pytest.mark.parametrize(
    ("part", "label"), [(0.0, "2028-12"), (0.4, "2028-12"), (0.6, "2029-01"), (0.99, "2029-01")]
)
def test_a_month_that_begins_late_is_named_after_the_one_that_holds_most_of_it(part, label):
    assert month_label(2028 + (11 + part) * MONTH) == label


def test_an_axis_is_a_chain_of_certain_months_that_know_what_strikes_them():
    number = tiny().table("events")["id"].tolist().index("ban-cn")
    strike = Strike(number, start=2028.0 + 1.5 * MONTH, end=2028.0 + 3 * MONTH, severity=1.0)
    axis = month_axis(tiny(), 2028.0, 5, [strike])
    assert axis.events == ((), ("ban-cn",), ("ban-cn",), (), ())
    assert axis.labels == ("2028-01", "2028-02", "2028-03", "2028-04", "2028-05")
    assert axis.parent.tolist() == [-1, 0, 1, 2, 3]
    np.testing.assert_allclose(axis.start, 2028 + np.arange(5) / 12)
    np.testing.assert_allclose(axis.duration, 1 / 12)
    assert axis.probability.tolist() == [1.0] * 5
    assert axis.origin == 2028
    assert not axis.goes_on


def test_a_window_is_as_long_as_its_parts_and_time_goes_on_after_it():
    tree = window(tiny(), 2028.25, [1, 1, 4])
    np.testing.assert_allclose(tree.start, 2028.25 + np.array([0, 1, 2]) / 12)
    np.testing.assert_allclose(tree.duration, np.array([1, 1, 4]) / 12)
    assert tree.parent.tolist() == [-1, 0, 1]
    assert not tree.in_event.any()
    assert tree.goes_on
    np.testing.assert_allclose(tree.weight, tree.duration)  # over months nothing is discounted
