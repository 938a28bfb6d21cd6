"""The scenario tree: chances, cuts of time, and what arrives when."""

from __future__ import annotations

import numpy as np
import pytest

from kidorui.network import Tree, grow
from kidorui.network.tree import onset_windows
from tests.changed import edited, tiny, with_settings
from tests.random_cases import random_case


def chances_at(tree: Tree, moment: float) -> float:
    here = (tree.start <= moment) & (moment < tree.start + tree.duration)
    return float(tree.probability[here].sum())


@pytest.fixture(params=["tiny", 1, 2, "two onsets"])
def tree(request) -> Tree:
    if request.param == "tiny":
        return grow(tiny(), ["ban-cn", "stop-my", "boom"])
    if request.param == "two onsets":
        case = with_settings(tiny(), event_years=(2027, 2031), slices=5)
        return grow(case, ["ban-cn", "ban-cn+boom"], 0.3)
    case = random_case(request.param)
    return grow(case, case.settings.events)


def test_chances_add_up_to_one_at_every_moment(tree):
    moments = np.linspace(tree.start.min(), (tree.start + tree.duration).max() - 1e-6, 400)
    assert [chances_at(tree, m) for m in moments] == pytest.approx(np.ones(400), abs=1e-12)


def test_nodes_follow_their_parents_without_gap_to_the_end_of_the_axis(tree):
    later = np.flatnonzero(tree.parent >= 0)
    before = tree.parent[later]
    assert (before < later).all()
    np.testing.assert_allclose(tree.start[later], (tree.start + tree.duration)[before])
    ends = (tree.start + tree.duration)[tree.leaves]
    np.testing.assert_allclose(ends, 2034)
    assert (tree.duration > 0).all()


def test_one_onset_has_the_chance_of_its_hazard_over_its_window():
    tree = grow(tiny(), ["ban-cn"])  # hazard 0.08 over 2024 to 2032: as long before as after
    quiet = 0.92**8
    assert tree.probability[tree.branch == 0] == pytest.approx(1 - quiet)
    trunk = tree.branch < 0
    assert tree.probability[trunk & (tree.start < 2028)] == pytest.approx(1)
    assert tree.probability[trunk & (tree.start >= 2028)] == pytest.approx(quiet)


def test_each_onset_stands_for_the_window_up_to_the_next():
    case = with_settings(tiny(), event_years=(2027, 2030))
    tree = grow(case, ["ban-cn"], 0.1)
    first, second = tree.probability[tree.branch == 0], tree.probability[tree.branch == 1]
    assert first == pytest.approx(1 - 0.9**6)  # 2024 to 2030
    assert second == pytest.approx(0.9**6 - 0.9**9)  # 2030 to 2033, as long as 2027 to 2030


def test_a_longer_axis_makes_no_event_likelier():
    short, long_ = (grow(with_settings(tiny(), end=end), ["ban-cn"]) for end in (2034, 2044))
    assert short.probability[short.branch == 0][0] == long_.probability[long_.branch == 0][0]
    assert onset_windows(with_settings(tiny(), end=2030)) == [2024, 2030]  # cut by the axis


def test_hazards_compete_by_their_rates():
    tree = grow(tiny(), ["ban-cn", "boom"])  # 0.08 and 0.05 a year
    quiet = (0.92 * 0.95) ** 8
    rates = np.log([0.92, 0.95])
    ban, boom = (tree.probability[tree.branch == b][0] for b in (0, 1))
    assert ban + boom == pytest.approx(1 - quiet)
    assert ban / boom == pytest.approx(rates[0] / rates[1])


def test_a_hazard_given_is_that_of_any_event():
    tree = grow(tiny(), ["ban-cn", "boom"], 0.2)
    trunk_end = tree.probability[(tree.branch < 0) & (tree.start >= 2028)]
    assert trunk_end == pytest.approx(0.8**8)


@pytest.mark.parametrize(("hazard", "quiet"), [(0.0, 1.0), (1.0, 0.0)])
def test_no_hazard_and_certainty_are_the_ends(hazard, quiet):
    tree = grow(tiny(), ["ban-cn"], hazard)
    assert tree.probability[tree.branch == 0] == pytest.approx(1 - quiet, abs=1e-9)


def test_an_event_without_a_hazard_needs_one_given():
    with pytest.raises(ValueError, match="licence-cn"):
        grow(tiny(), ["licence-cn"])
    assert grow(tiny(), ["licence-cn"], 0.1).probability.min() > 0


def test_the_first_year_of_an_event_is_cut_in_slices_and_it_ends_after_its_duration():
    tree = grow(tiny(), ["ban-cn"])  # lasts 2 years
    branch = np.flatnonzero(tree.branch == 0)
    assert tree.start[branch].tolist() == [2028, 2028.25, 2028.5, 2028.75, 2029, 2030]
    assert [bool(tree.events[n]) for n in branch] == [True] * 5 + [False]
    assert tree.decides[branch].tolist() == [False] * 4 + [True] * 2
    assert set(tree.before[branch]) == {tree.parent[branch[0]]}


@pytest.mark.parametrize("duration", [0.1, 0.5, 0.6, 1.0, 1.5])
def test_an_event_of_any_length_has_nodes_in_order(duration):
    case = edited(tiny(), "events", "ban-cn", duration=duration)
    tree = grow(case, ["ban-cn"])
    branch = tree.branch == 0
    assert (tree.duration > 0).all()
    on = np.array([bool(e) for e in tree.events])
    assert tree.duration[branch & on].sum() == pytest.approx(duration)


def test_an_event_without_a_duration_lasts_to_the_end():
    tree = grow(edited(tiny(), "events", "ban-cn", duration=np.nan), ["ban-cn"])
    assert tree.in_event[tree.branch == 0].all()


def test_events_joined_strike_together():
    tree = grow(tiny(), ["ban-cn+boom"])
    first = np.flatnonzero(tree.branch == 0)[0]
    assert tree.events[first] == ("ban-cn", "boom")
    # they take the smaller hazard
    assert tree.probability[first] == pytest.approx(1 - 0.95**8)


def test_the_trunk_is_cut_where_a_branch_leaves_it():
    tree = grow(with_settings(tiny(), event_years=(2027,)), ["ban-cn"])
    assert 2027 in tree.start[tree.branch < 0]
    assert 2027 not in grow(with_settings(tiny(), event_years=(2027,)), []).start


def test_a_rate_counts_by_years_discount_and_chance():
    tree = grow(tiny(), ["ban-cn"])
    node = 1  # 2026 to 2028
    assert tree.weight[node] == pytest.approx(2 * 1.04**-3)


@pytest.mark.parametrize("transit", [0.0, 0.02, 0.25, 0.3, 1.0, 1.7])
def test_what_is_shipped_arrives_or_is_at_sea_whatever_the_nodes(tree, transit):
    rng = np.random.default_rng(7)
    shipped = rng.uniform(0, 10, tree.size)
    arrived = tree.arriving(np.array([transit]))[0] @ shipped
    for leaf in tree.leaves:
        path = np.flatnonzero(tree.ancestry[leaf])
        end = tree.start[leaf] + tree.duration[leaf]
        at_sea_before = transit * shipped[0]
        last = np.maximum(tree.start[path], end - transit)
        left_late = np.maximum(tree.start[path] + tree.duration[path] - last, 0.0)
        at_sea_after = left_late @ shipped[path] + shipped[0] * max(
            transit - (end - tree.start[0]), 0.0
        )
        assert (arrived * tree.duration)[path].sum() == pytest.approx(
            (shipped * tree.duration)[path].sum() + at_sea_before - at_sea_after
        )


def test_a_steady_flow_arrives_steadily(tree):
    arrived = tree.arriving(np.array([0.0, 0.1, 2.0])) @ np.full(tree.size, 3.0)
    np.testing.assert_allclose(arrived, 3.0)


def test_what_leaves_in_one_slice_arrives_in_the_next_ones():
    tree = grow(tiny(), ["ban-cn"])  # slices of 0.25 years
    second = np.flatnonzero(tree.branch == 0)[1]
    shares = tree.arriving(np.array([0.3]))[0, second]
    first, trunk = tree.parent[second], tree.parent[tree.parent[second]]
    assert shares[[second, first, trunk]] == pytest.approx([0.0, 0.8, 0.2])
