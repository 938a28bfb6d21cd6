"""Mass closes: in every pool and node, and for every element over the network and the years."""

from __future__ import annotations

import numpy as np
import pytest

from tests.program.planned import planned

KEYS = ["tiny", 0, 1, 2, 4]


@pytest.fixture(params=KEYS)
def plan(request):
    return planned(request.param)


def per_step(plan) -> np.ndarray:
    """(node, demand) served, t/yr."""
    served = plan.solution.values["served"]
    return served.reshape(len(served), len(plan.network.demands), -1).sum(axis=2)


def shipped_within(tree, node: int, first: float, last: float, flow: np.ndarray) -> np.ndarray:
    """(link): what left between two moments on the way to a node, t."""
    total = np.zeros(flow.shape[1])
    while node >= 0:
        start = tree.start[node] if tree.parent[node] >= 0 else -np.inf
        end = tree.start[node] + tree.duration[node]
        total += max(min(last, end) - max(first, start), 0.0) * flow[node]
        node = tree.parent[node]
    return total


def test_every_pool_closes_in_every_node(plan):
    network, tree, values = plan.network, plan.network.tree, plan.solution.values
    pools, links = len(network.pools), network.links
    served = per_step(plan)
    for node in range(tree.size):
        arrived = np.array(
            [
                shipped_within(tree, node, tree.start[node] - t,
                               tree.start[node] + tree.duration[node] - t,
                               values["shipment"][:, [link]])[0]
                for link, t in enumerate(links["transit"])
            ]
        ) / tree.duration[node]  # fmt: skip
        sailed = values["shipment"][node].copy()
        if node in tree.leaves:  # what would be at sea when the axis ends does not sail
            sailed *= np.maximum(1 - links["transit"].to_numpy() / tree.duration[node], 0.0)
        gross = np.abs(network.recipes) @ values["activity"][node]
        net = network.recipes @ values["activity"][node]
        for pool, amount in (
            (links["to_pool"], arrived),
            (links["from_pool"], -sailed),
            (network.demands["pool"], -served[node]),
            (network.demands["pool"].to_numpy()[network.savings["demand"]], values["saved"][node]),
            (network.stocks["pool"], values["withdrawal"][node]),
            (network.relabel[:, 0], -values["relabel"][node]),
            (network.relabel[:, 1], values["relabel"][node]),
        ):
            net = net + np.bincount(pool, weights=amount, minlength=pools)
            gross = gross + np.bincount(pool, weights=np.abs(amount), minlength=pools)
        net = net + values["unexplained"][node] - values["disposed"][node]
        assert np.abs(net).max() <= 1e-9 * gross.max()


def test_every_element_closes_over_the_network_and_the_years(plan):
    network, tree, values = plan.network, plan.network.tree, plan.solution.values
    content = network.content_of(network.pools["material"])
    link_content = network.content_of(network.links["material"])
    stock_content = network.content_of(network.stocks["material"])
    demand_content = network.content_of(network.demands["material"])
    saved_content = demand_content[network.savings["demand"]]
    changed = content.T @ network.recipes  # (element, activity): mined, or lost
    transit = network.links["transit"].to_numpy()
    for leaf in tree.leaves:
        path = np.flatnonzero(tree.ancestry[leaf])
        years = tree.duration[path]
        end = tree.start[leaf] + tree.duration[leaf]
        mined_less_lost = (years @ values["activity"][path]) @ changed.T
        unexplained = years @ values["unexplained"][path] @ content
        used = years @ per_step(plan)[path] @ demand_content
        used = used - years @ values["saved"][path] @ saved_content
        disposed = years @ values["disposed"][path] @ content
        left = np.array(
            [
                # in the last node nothing sails that would be at sea when the axis ends
                shipped_within(
                    tree,
                    leaf,
                    end - t,
                    max(end - t, tree.start[leaf]),
                    values["shipment"][:, [link]],
                )[0]
                for link, t in enumerate(transit)
            ]
        )
        at_sea = (left - transit * values["shipment"][0]) @ link_content
        stocked = values["level"][leaf] - network.stocks["initial"].to_numpy()
        into = mined_less_lost + unexplained
        out = used + disposed + at_sea + stocked @ stock_content
        # controlled and free copies are the same goods; mines dominate what goes in
        scale = np.abs(changed) @ (years @ values["activity"][path])
        assert np.abs(into - out).max() <= 1e-9 * scale.max()


def test_no_recipe_makes_more_of_an_element_than_it_takes(plan):
    network = plan.network
    content = network.content_of(network.pools["material"])
    made = content.T @ network.recipes
    takes = (network.recipes < 0).sum(axis=0) > 0
    fed = content.T @ (-network.recipes).maximum(0)
    assert (made[:, takes] <= 1e-6 * fed[:, takes] + 1e-12).all()


def test_stocks_keep_what_they_are_given(plan):
    network, tree, values = plan.network, plan.network.tree, plan.solution.values
    begun = np.where(
        (tree.parent < 0)[:, None],
        network.stocks["initial"].to_numpy(),
        values["level"][np.maximum(tree.parent, 0)],
    )
    ended = begun - tree.duration[:, None] * values["withdrawal"]
    np.testing.assert_allclose(values["level"], ended, atol=1e-6)
    assert values["level"].min() >= -1e-7
