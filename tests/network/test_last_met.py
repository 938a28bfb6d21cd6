"""Links from plant to plant: by hand, by counting every way through, and on random networks."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kidorui.network.last_met import Link, Stops

STAGES, PLACES, ORIGINS, USES = 3, 2, 3, 2
"""Numbers of each in the random networks; the last origin is unknown."""


def stops(passed, began, stage, place, stages=STAGES, places=PLACES) -> Stops:
    return Stops(
        np.array(passed, float), np.array(began, float), np.array(stage), np.array(place),
        stages, places,
    )  # fmt: skip


def by_ends(found: list[Link]) -> dict[tuple[int | None, int | None], np.ndarray]:
    ends = {(link.start, link.end): link.amount for link in found}
    assert len(ends) == len(found)
    return ends


@st.composite
def networks(draw, loops=True):
    """(passed, began, stage, place): shares of each stop add up to 1, some of them -1 in stage."""
    count = draw(st.integers(1, 6))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    passed = rng.random((count, count)) * (rng.random((count, count)) < 0.5)
    passed = passed if loops else np.tril(passed, -1)
    began = rng.random((count, ORIGINS)) * (rng.random((count, ORIGINS)) < 0.6)
    began[:, 0] += 0.01
    total = passed.sum(axis=1, keepdims=True) + began.sum(axis=1, keepdims=True)
    return (
        passed / total, began / total,
        rng.integers(-1, STAGES, size=count), rng.integers(PLACES, size=count),
    )  # fmt: skip


def used(count, seed=0):
    rng = np.random.default_rng(seed)
    return rng.random((USES, count)), rng.random((USES, ORIGINS))


def test_a_chain_by_hand():
    # 10 t of use 0: 8 from stop 1 (stage 2), 2 straight from stop 0 (stage 0)
    chain = stops([[0, 0], [1, 0]], [[0.75, 0.25], [0, 0]], [0, 2], [1, 0])
    ends = by_ends(list(chain.links(np.array([[2.0, 8.0]]), np.zeros((1, 2)))))
    np.testing.assert_allclose(ends[None, 0][0], [[0, 0], [7.5, 2.5]])
    np.testing.assert_allclose(ends[0, 2][1, 0], [6.0, 2.0])
    np.testing.assert_allclose(ends[0, None][1, 0], [1.5, 0.5])
    np.testing.assert_allclose(ends[2, None][0, 0], [6.0, 2.0])
    total = sum(amount.sum() for amount in ends.values())
    assert total == pytest.approx(10 + 8 + 2 + 8)


def test_what_went_round_through_scrap_is_told_by_its_last_time_round():
    # magnets of place 1 are made of metal of 0, of which half is scrap of magnets of 1 again
    chain = stops([[0, 0.5], [1, 0]], [[0.5], [0]], [0, 1], [0, 1], stages=2)
    ends = by_ends(list(chain.links(np.array([[0.0, 4.0]]), np.zeros((1, 1)))))
    assert ends[None, 0].sum() == pytest.approx(4.0)
    assert ends[0, 1][0, 1].sum() == pytest.approx(4.0)
    assert ends[1, None][1].sum() == pytest.approx(4.0)
    assert sum(amount.sum() for amount in ends.values()) == pytest.approx(12.0)


def test_a_stage_met_after_a_later_one_is_told_in_the_order_of_the_stages():
    # ore to stage 1 at place 0, back to stage 0 at place 1, used
    chain = stops([[0, 0], [1, 0]], [[1], [0]], [1, 0], [0, 1], stages=2)
    ends = by_ends(list(chain.links(np.array([[0.0, 3.0]]), np.zeros((1, 1)))))
    assert ends[None, 0][0, 1, 0] == pytest.approx(3.0)
    assert ends[0, 1][1, 0, 0] == pytest.approx(3.0)
    assert ends[1, None][0, 0, 0] == pytest.approx(3.0)


def test_circles_that_nothing_enters_are_of_the_last_origin():
    chain = stops([[0, 1], [1, 0]], [[0, 0], [0, 0]], [0, 1], [0, 0], stages=2, places=1)
    ends = by_ends(list(chain.links(np.array([[0.0, 5.0]]), np.zeros((1, 2)))))
    for link in ((None, 0), (0, 1), (1, None)):
        np.testing.assert_allclose(ends[link].reshape(-1, 2), [[0.0, 5.0]], atol=1e-12)


def every_way(chain: Stops, use):
    """{(from, to): amount} by walking every way there is upstream, which must be finite."""
    found: dict[tuple[object, object, int], float] = {}

    def walk(stop, share, last, user):
        stage = int(chain.stage[stop])
        if stage >= 0:
            last = {stage: int(chain.place[stop]), **last}
        for origin, part in enumerate(chain.began[stop]):
            row = [None, *sorted(last.items()), user]
            for link in pairwise(row):
                found[*link, origin] = found.get((*link, origin), 0.0) + share * part
        for before in np.flatnonzero(chain.passed[stop]):
            walk(before, share * chain.passed[stop, before], last, user)

    for user, stop in np.ndindex(use.shape):
        walk(stop, use[user, stop], {}, user)
    return found


@given(networks(loops=False))
def test_links_are_those_of_every_way_counted(network):
    chain = stops(*network)
    use, _ = used(len(network[2]))
    expected = every_way(chain, use)
    told = {}
    for link in chain.links(use, np.zeros((USES, ORIGINS))):
        for start, end, origin in zip(*np.nonzero(link.amount), strict=True):
            before = None if link.start is None else (link.start, int(start))
            after = int(end) if link.end is None else (link.end, int(end))
            told[before, after, int(origin)] = link.amount[start, end, origin]
    keys = {key for key, amount in {**expected, **told}.items() if amount > 1e-12}
    for key in keys:
        assert told.get(key, 0.0) == pytest.approx(expected.get(key, 0.0), abs=1e-10), key


@given(networks())
def test_what_enters_a_place_at_a_stage_leaves_it_and_is_what_met_it_last(network):
    chain = stops(*network)
    use, straight = used(len(network[2]))
    found = list(chain.links(use, straight))
    into_use = sum(link.amount.sum(axis=0) for link in found if link.end is None)
    np.testing.assert_allclose(into_use.sum(), use.sum() + straight.sum(), rtol=1e-9)
    np.testing.assert_allclose(into_use.sum(axis=1), use.sum(axis=1) + straight.sum(axis=1))
    for stage in range(STAGES):
        comes = sum(link.amount.sum(axis=0) for link in found if link.end == stage)
        goes = sum(link.amount.sum(axis=1) for link in found if link.start == stage)
        np.testing.assert_allclose(comes, goes, rtol=1e-9, atol=1e-12)
        last = use.sum(axis=0) @ chain.ends(frozenset([stage]))[0]
        by_place = np.bincount(chain.place, weights=last, minlength=PLACES)
        np.testing.assert_allclose(np.sum(goes, axis=1), by_place, rtol=1e-9, atol=1e-12)
    begun = sum(link.amount.sum(axis=(0, 1)) for link in found if link.start is None)
    origins = use.sum(axis=0) @ chain.ends(frozenset())[1] + straight.sum(axis=0)
    np.testing.assert_allclose(begun, origins, rtol=1e-9)
    assert min(link.amount.min() for link in found) >= -1e-12
