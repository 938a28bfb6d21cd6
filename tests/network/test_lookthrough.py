"""The chain walked upstream: by hand, in closed form, densely, and on random networks."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from kidorui.network import upstream
from kidorui.network.lookthrough import Chain


def chain(nodes, moved, born, labels=None, **options) -> Chain:
    """The chain of flows (from, to, t/yr) and of what began (node, label, t/yr)."""
    start, end, flow = zip(*moved, strict=True) if moved else ((), (), ())
    node, label, began = zip(*born, strict=True) if born else ((), (), ())
    labels = labels or max(label, default=0) + 1
    return Chain.of(
        sparse.csr_array((np.array(flow, float), (end, start)), shape=(nodes, nodes)),
        sparse.csr_array((np.array(began, float), (node, label)), shape=(nodes, labels)),
        **options,
    )


def one(node, nodes, amount=1.0):
    use = np.zeros(nodes)
    use[node] = amount
    return use


CN, VN, JP = 0, 1, 2


def test_oxide_of_china_in_magnets_of_vietnam_is_all_of_china():
    oxide_cn, magnet_vn, magnet_jp = range(3)
    flows = chain(
        3,
        [(oxide_cn, magnet_vn, 10.0), (magnet_vn, magnet_jp, 8.0)],
        [(oxide_cn, CN, 12.0)],
        labels=3,
    )
    behind = flows.behind(one(magnet_jp, 3, 8.0))
    np.testing.assert_allclose(behind.origins, [8.0, 0.0, 0.0])
    assert behind.unknown == 0
    crossed, nowhere = flows.borders(one(magnet_jp, 3, 8.0), np.array([CN, VN, JP]))
    np.testing.assert_allclose(crossed, [[0, 0, 0], [0, 0, 0], [8.0, 0, 0]], atol=1e-12)
    assert not nowhere.any()


def test_a_pool_hands_on_what_entered_it_in_equal_parts():
    flows = chain(3, [(0, 2, 30.0), (1, 2, 10.0)], [(0, 0, 100.0), (1, 1, 10.0)])
    np.testing.assert_allclose(flows.behind(one(2, 3, 4.0)).origins, [3.0, 1.0])
    np.testing.assert_allclose(flows.reaching(0), [1.0, 0.0, 0.75])


def test_a_scrap_loop_has_the_share_of_its_closed_form():
    # two makers, each with ore of its own, that feed on each other's scrap: h1 = (a + f h2)/(a + f)
    a, b, f, g = 3.0, 2.0, 1.5, 4.0
    flows = chain(2, [(1, 0, f), (0, 1, g)], [(0, 0, a), (1, 1, b)])
    first = a * (b + g) / ((a + f) * (b + g) - f * g)
    second = first * g / (b + g)
    np.testing.assert_allclose(flows.reaching(0), [first, second], rtol=1e-14)
    np.testing.assert_allclose(flows.behind(one(0, 2)).origins, [first, 1 - first], rtol=1e-14)


@pytest.mark.parametrize("fresh", [1e-3, 1e-9])
def test_of_goods_that_go_round_and_round_the_little_that_enters_is_the_origin(fresh):
    flows = chain(2, [(0, 1, 1.0), (1, 0, 1.0)], [(0, 0, fresh)])
    np.testing.assert_allclose(flows.reaching(0), 1.0, rtol=1e-6)
    assert flows.behind(one(1, 2)).origins[0] == pytest.approx(1.0, rel=1e-6)


def test_a_circle_that_nothing_enters_is_of_no_known_origin():
    flows = chain(3, [(0, 1, 5.0), (1, 0, 5.0), (1, 2, 3.0)], [(2, 0, 1.0)])
    assert flows.rooted.tolist() == [False, False, True]
    behind = flows.behind(one(2, 3, 4.0))
    assert behind.origins[0] == pytest.approx(1.0)
    assert behind.unknown == pytest.approx(3.0)
    assert flows.behind(one(0, 3, 7.0)).unknown == pytest.approx(7.0)
    crossed, nowhere = flows.borders(one(2, 3, 4.0), np.array([0, 0, 1]))
    assert crossed.sum() == pytest.approx(1.0)
    assert nowhere[0] == pytest.approx(3.0)


def test_what_leaves_a_node_beyond_what_enters_it_is_told_and_has_its_make_up():
    flows = chain(3, [(0, 2, 1.0), (1, 2, 1.0), (2, 2, 0.0)], [(0, 0, 1.0), (1, 1, 1.0)])
    np.testing.assert_allclose(flows.excess(one(2, 3, 5.0)), [0.0, 0.0, 3.0])
    np.testing.assert_allclose(flows.behind(one(2, 3, 5.0)).origins, [2.5, 2.5])
    assert not flows.excess(one(2, 3, 2.0)).any()


def test_flows_below_0_or_not_finite_are_refused_all_at_once():
    moved = [(0, 1, -2.5), (1, 2, float("nan")), (0, 2, 1.0)]
    with pytest.raises(ValueError, match="not below 0") as told:
        chain(3, moved, [(2, 0, -1.0), (0, 0, 1.0)])
    assert str(told.value).splitlines()[1:] == [
        "flow to node 1 from node 0: -2.5 t/yr",
        "flow to node 2 from node 1: nan t/yr",
        "born in node 2 as 0: -1 t/yr",
    ]
    with pytest.raises(ValueError, match="and 4 more"):
        chain(4, [(i, j, -1.0) for i in range(3) for j in range(3)], [(0, 0, 1.0)])


def test_a_node_that_no_more_than_noise_enters_is_empty():
    moved, born = [(0, 1, 1e-12), (1, 2, 5.0)], [(0, 0, 1.0), (2, 0, 5.0)]
    np.testing.assert_allclose(chain(3, moved, born).reaching(0), [1.0, 1.0, 1.0])
    np.testing.assert_allclose(chain(3, moved, born, noise=1e-9).reaching(0), [1.0, 0.0, 0.5])


def test_content_that_went_abroad_and_came_back_crossed_two_borders():
    # half of the oxide of 0 is used at home, half made into metal in 1 and bought back
    flows = chain(3, [(0, 2, 1.0), (0, 1, 1.0), (1, 2, 1.0)], [(0, 0, 2.0)])
    crossed, _ = flows.borders(one(2, 3, 2.0), np.array([7, 3, 7]))
    np.testing.assert_allclose(crossed[:, 0], [1.0, 0.0, 1.0], atol=1e-12)
    capped, _ = flows.borders(one(2, 3, 2.0), np.array([7, 3, 7]), at_most=1)
    np.testing.assert_allclose(capped[:, 0], [1.0, 1.0], atol=1e-12)


def test_borders_of_goods_that_go_to_and_fro_follow_the_geometric_law():
    # of what is in either country half came from the other: p(k) = 2^-(k + 1)
    flows = chain(2, [(0, 1, 1.0), (1, 0, 1.0)], [(0, 0, 1.0), (1, 1, 1.0)])
    crossed, nowhere = flows.borders(one(0, 2), np.array([0, 1]))
    law = 0.5 ** (np.arange(25) + 1)
    law[24] = 0.5**24  # 24 borders or more
    np.testing.assert_allclose(crossed.sum(axis=1), law, rtol=1e-12)
    np.testing.assert_allclose(crossed[0:3], [[0.5, 0], [0, 0.25], [0.125, 0]], atol=1e-15)
    assert not nowhere.any()


@st.composite
def networks(draw):
    """(moved, born, use, country): dense arrays of a small network, with circles and dead ends."""
    nodes = draw(st.integers(2, 9))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    there = rng.random((nodes, nodes)) < draw(st.floats(0.05, 0.6))
    moved = np.where(there, rng.lognormal(0, 2, (nodes, nodes)), 0.0)
    begins = rng.random((nodes, 3)) < draw(st.floats(0.05, 0.5))
    born = np.where(begins, rng.lognormal(0, 2, (nodes, 3)), 0.0)
    return moved, born, rng.random(nodes), rng.integers(3, size=nodes)


def of_dense(moved, born) -> Chain:
    return Chain.of(sparse.csr_array(moved), sparse.csr_array(born))


@given(networks())
def test_shares_are_not_negative_and_add_up_to_the_use(network):
    moved, born, use, country = network
    flows = of_dense(moved, born)
    behind = flows.behind(use)
    assert (behind.origins >= -1e-12).all()
    assert behind.unknown >= -1e-12
    assert behind.residual < 1e-9
    assert behind.origins.sum() + behind.unknown == pytest.approx(use.sum(), rel=1e-9)
    crossed, nowhere = flows.borders(use, country)
    np.testing.assert_allclose(crossed.sum(axis=0), behind.origins, rtol=1e-7, atol=1e-9)
    assert nowhere.sum() == pytest.approx(behind.unknown, rel=1e-7, abs=1e-9)


@given(networks())
def test_shares_are_those_of_a_dense_solve_by_least_squares(network):
    moved, born, use, _ = network
    flows = of_dense(moved, born)
    entering = moved.sum(axis=1) + born.sum(axis=1)
    scale = np.divide(1, entering, out=np.zeros_like(entering), where=entering > 0)[:, None]
    mixing, began = moved * scale, born * scale
    # of the many solutions a closed circle has, the walk from nothing gives the least: 0 there
    alive = np.linalg.matrix_power(mixing + np.diag(began.sum(axis=1)), 64) @ began.sum(axis=1) > 0
    shares = np.zeros_like(born)
    within = np.eye(alive.sum()) - mixing[np.ix_(alive, alive)]
    shares[alive] = np.linalg.lstsq(within, began[alive], rcond=None)[0]
    np.testing.assert_allclose(flows.behind(use).origins, use @ shares, rtol=1e-6, atol=1e-9)
    for label in range(3):
        np.testing.assert_allclose(flows.reaching(label), shares[:, label], rtol=1e-6, atol=1e-9)


@given(networks(), st.integers(0, 2**32 - 1))
def test_the_order_of_nodes_makes_no_difference(network, seed):
    moved, born, use, country = network
    order = np.random.default_rng(seed).permutation(len(use))
    first = of_dense(moved, born)
    second = of_dense(moved[np.ix_(order, order)], born[order])
    np.testing.assert_allclose(
        second.behind(use[order]).origins, first.behind(use).origins, rtol=1e-7, atol=1e-9
    )
    np.testing.assert_allclose(
        second.borders(use[order], country[order])[0].sum(axis=0),
        first.borders(use, country)[0].sum(axis=0),
        rtol=1e-7,
        atol=1e-9,
    )


@given(networks())
def test_what_came_in_and_what_began_inside_add_up_to_all_that_is_behind(network):
    moved, born, use, country = network
    flows, inside = of_dense(moved, born), country == country[0]
    at_home = use * inside
    came, own = flows.entry(at_home, inside)
    assert not came[inside].any()
    by_country = np.array([came * (country == c) for c in range(3)]).T
    parts = flows.behind(by_country)
    whole = flows.behind(at_home)
    assert parts.origins.shape == (3, 3)
    np.testing.assert_allclose(
        own.origins + parts.origins.sum(axis=1), whole.origins, rtol=1e-7, atol=1e-9
    )
    assert own.unknown + parts.unknown.sum() == pytest.approx(whole.unknown, rel=1e-7, abs=1e-9)


def random_network(nodes, seed=0, kind="any"):
    """A network of ten flows to a node and one origin in twenty nodes, of 200 labels."""
    rng = np.random.default_rng(seed)
    count = 10 * nodes
    start = rng.integers(nodes, size=count)
    end = rng.integers(nodes, size=count)
    if kind == "near":
        end = (start + rng.integers(-50, 51, size=count)) % nodes
    moved = sparse.csr_array((rng.lognormal(0, 2, count), (end, start)), shape=(nodes, nodes))
    begins = rng.choice(nodes, nodes // 20, replace=False)
    born = sparse.csr_array(
        (rng.lognormal(0, 2, len(begins)), (begins, rng.integers(200, size=len(begins)))),
        shape=(nodes, 200),
    )
    return moved, born


@pytest.mark.parametrize("kind", ["any", "near"])
def test_all_origins_of_one_use_in_a_network_of_10000_nodes(kind):
    flows = Chain.of(*random_network(10_000, kind=kind))
    use = one(123, 10_000, 40.0)
    behind = flows.behind(use)
    assert behind.residual < 1e-10
    assert behind.origins.shape == (200,)
    assert (behind.origins.sum() + behind.unknown) / 40.0 == pytest.approx(1.0, abs=1e-9)
    assert (behind.origins >= 0).all()
    assert (behind.origins > 0).sum() > 100


def test_iteration_and_elimination_agree(monkeypatch):
    network = random_network(1500)
    use = one(7, 1500)
    iterated = Chain.of(*network)
    found, shares = iterated.behind(use), iterated.reaching(3)
    monkeypatch.setattr(upstream, "SMALL", 10_000)
    eliminated = Chain.of(*network)
    np.testing.assert_allclose(found.origins, eliminated.behind(use).origins, atol=1e-11)
    np.testing.assert_allclose(shares, eliminated.reaching(3), atol=1e-10)


def test_a_long_chain_on_which_iteration_fails_is_eliminated():
    nodes = 5000
    steps = [(i, i + 1, 1.0) for i in range(nodes - 1)]
    behind = chain(nodes, steps, [(0, 0, 1.0)]).behind(one(nodes - 1, nodes, 2.0))
    assert behind.origins[0] == pytest.approx(2.0, rel=1e-9)
    assert behind.residual < 1e-10


def test_nothing_used_has_nothing_behind_it():
    flows = chain(2, [(0, 1, 1.0)], [(0, 0, 1.0)])
    behind = flows.behind(np.zeros(2))
    assert not behind.origins.any()
    assert behind.unknown == 0
    assert behind.residual == 0
    crossed, nowhere = flows.borders(np.zeros(2), np.array([0, 1]))
    assert not crossed.any()
    assert not nowhere.any()
    assert flows.behind(np.zeros((2, 0))).origins.shape == (1, 0)
