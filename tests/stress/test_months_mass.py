"""Mass closes: in every month and pool, and over the whole path, by arithmetic of its own."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kidorui.network.months import MONTH
from tests.changed import edited, tiny, with_rows, with_settings
from tests.stress.chain import BAN, SECTORS, chain, lived


def busy():
    """The tiny case with goods in work, users' stocks, leaks and an alarm."""
    case = edited(tiny(), "events", "ban-cn", leak=0.2, premium=0.3, duration=0.75)
    case = with_settings(case, cover_elsewhere=15.0, alarm=1.5, hoard=0.2)
    for plant, days in (("magnet-jp", 45.0), ("metal-jp", 10.0), ("sep-my", 70.0)):
        case = edited(case, "plants", plant, work_in_progress=days)
    users = {"id": "users", "holder": "industry", "place": "JP", "material": "magnet",
             "initial": 700.0, "capacity": 900.0, "holding_cost": 1.0,
             "release": "always", "release_always": True}  # fmt: skip
    return with_rows(case, "stockpiles", users)


@cache
def path(name: str):
    if name == "chain":
        event = BAN | {"duration": 4 * MONTH, "leak": 0.1, "premium": 0.2}
        case = chain(event, transit=40, inside=20, cover=25, wanted=SECTORS,
                     state={"initial": 50.0, "capacity": 60.0})  # fmt: skip
        return lived(case, "ban", months=12)
    if name == "traced":
        return lived(busy(), "licence-cn", "ban-cn", months=12)
    if name == "perfect":
        return lived(busy(), "ban-cn", "boom", months=8, foresight="5")
    return lived(busy(), "ban-cn", "boom", months=14)


PATHS = ["tiny", "perfect", "traced", "chain"]


class Ledger:
    """(month, material x place) t: what goes in and out, copies of goods taken together."""

    def __init__(self, life) -> None:
        self.life, network, values = life, life.network, life.path.values
        self.months = life.path.months
        group = network.pools.groupby(["material", "place"]).ngroup().to_numpy()
        self.cells = int(group.max()) + 1
        links, recipes = network.links, network.recipes.toarray()
        self.group = group
        self.moves = [("activity", network.units["lag"].to_numpy()[network.activities["unit"]],
                       self.of_pools(np.maximum(-recipes, 0)),
                       self.of_pools(np.maximum(recipes, 0)))]  # fmt: skip
        for block, chosen in (("shipment", slice(None)), ("detour", network.detours)):
            if block in values:
                some = links.iloc[chosen]
                self.moves.append(
                    (block, some["transit"].to_numpy(), self.mark(some["from_pool"]),
                     self.mark(some["to_pool"]))
                )  # fmt: skip

    def of_pools(self, matrix: np.ndarray) -> np.ndarray:
        out = np.zeros((self.cells, matrix.shape[1]))
        np.add.at(out, self.group, matrix)
        return out

    def mark(self, pools) -> np.ndarray:
        return (self.group[np.asarray(pools)][None, :] == np.arange(self.cells)[:, None]) * 1.0

    def at(self, pools, amounts: np.ndarray) -> np.ndarray:
        return amounts @ self.mark(pools).T

    def flow(self, block: str) -> np.ndarray:
        """(month, thing): flows with those of the calm for ten years before."""
        number = [name for name, *_ in self.moves].index(block)
        before = np.tile(self.life.world.flows[number], (120, 1))
        return np.vstack([before, self.life.path.values[block]]) * MONTH

    def arriving(self, block: str, lag: np.ndarray) -> np.ndarray:
        """(month, thing): t that come in each month of what left so much earlier."""
        left = self.flow(block)
        whole = np.floor(lag / MONTH + 1e-12).astype(int)
        part = lag / MONTH - whole
        months = 120 + np.arange(self.months)[:, None]
        thing = np.arange(len(lag))[None, :]
        return (1 - part) * left[months - whole, thing] + part * left[months - whole - 1, thing]

    def at_sea(self, block: str, lag: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(thing): t on their way as the axis begins and as the path ends."""
        steady = self.life.world.flows[[name for name, *_ in self.moves].index(block)]
        begin = steady * lag
        gone = self.life.path.values[block].sum(axis=0) * MONTH
        return begin, begin + gone - self.arriving(block, lag).sum(axis=0)

    @property
    def stored(self) -> np.ndarray:
        """(month, cell): t in all stores, begun with the start of the axis."""
        level = np.vstack([self.life.world.stores["initial"], self.life.path.values["level"]])
        return self.at(self.life.world.stores["pool"], level)


@pytest.mark.parametrize("name", PATHS)
def test_every_pool_closes_in_every_month(name):
    life = path(name)
    network, values, books = life.network, life.path.values, Ledger(life)
    assert life.world.reference.unexplained.sum() == 0  # nothing comes from nowhere
    into = -np.diff(books.stored, axis=0)
    gross = np.abs(into)
    terms = [
        -books.at(network.demands["pool"], life.served) * MONTH,
        -books.at(np.arange(len(network.pools)), values["disposed"]) * MONTH,
    ]
    if len(network.savings):
        saved = network.demands["pool"].to_numpy()[network.savings["demand"]]
        terms.append(books.at(saved, values["saved"]) * MONTH)
    for block, lag, taken, landed in books.moves:
        terms.append(-values[block] @ taken.T * MONTH)
        terms.append(books.arriving(block, lag) @ landed.T)
    for term in terms:
        into, gross = into + term, gross + np.abs(term)
    assert np.abs(into).max() <= 1e-7 * gross.max()


@pytest.mark.parametrize("name", PATHS)
def test_what_users_buy_save_and_hold_is_what_they_use(name):
    life = path(name)
    network, values, stores = life.network, life.path.values, life.world.stores
    held = np.vstack([stores["initial"], values["level"]])
    got = values["bought"] * MONTH
    for number, demand in enumerate(network.savings["demand"]):
        got[:, demand] += values["saved"][:, number] * MONTH
    for store in np.flatnonzero(stores["demand"] >= 0):
        got[:, stores["demand"][store]] -= np.diff(held[:, store])
    np.testing.assert_allclose(got, life.served * MONTH, rtol=1e-7, atol=1e-5)


@pytest.mark.parametrize("name", PATHS)
def test_over_the_path_what_was_there_and_made_is_used_left_or_on_its_way(name):
    life = path(name)
    network, values, books = life.network, life.path.values, Ledger(life)
    begun, left = books.stored[0], books.stored[-1]
    made = np.zeros(books.cells)
    sea = np.zeros((2, books.cells))
    for block, lag, taken, landed in books.moves:
        made += (landed - taken) @ values[block].sum(axis=0) * MONTH
        sea += np.array([landed @ on_way for on_way in books.at_sea(block, lag)])
    used = books.at(network.demands["pool"], life.served).sum(axis=0) * MONTH
    used += books.at(np.arange(len(network.pools)), values["disposed"]).sum(axis=0) * MONTH
    if len(network.savings):
        saved = network.demands["pool"].to_numpy()[network.savings["demand"]]
        used -= books.at(saved, values["saved"]).sum(axis=0) * MONTH
    gap = begun + sea[0] + made - (used + left + sea[1])
    assert np.abs(gap).max() <= 1e-7 * np.abs(made).max() + 1e-6 * used.max()
    np.testing.assert_allclose(
        sea[0], books.at(np.arange(len(network.pools)), life.world.pipeline), atol=1e-6
    )


@pytest.mark.parametrize("name", PATHS)
def test_nothing_is_negative_and_nobody_uses_more_than_is_wanted(name):
    life = path(name)
    for block, values in life.path.values.items():
        assert values.min(initial=0.0) >= -1e-6 * max(values.max(initial=0.0), 1.0), block
    most = life.given.quantity[: life.path.months, :, None] * life.network.step_width
    served = life.path.values["served"].reshape(most.shape)
    assert (served <= most * (1 + 1e-7) + 1e-6).all()
    capacity = life.given.capacity[: life.path.months]
    for unit in range(len(life.network.units)):
        runs = (life.network.activities["unit"] == unit).to_numpy()
        used = life.path.values["activity"][:, runs].sum(axis=1)
        assert (used <= capacity[:, unit] * (1 + 1e-7) + 1e-6).all()


@settings(deadline=None, max_examples=6)
@given(
    st.floats(0, 1), st.floats(0, 1), st.integers(0, 75), st.integers(0, 60), st.integers(0, 90),
    st.integers(1, 8),
)  # fmt: skip
def test_whatever_strikes_nothing_is_lost(severity, leak, transit, inside, cover, months):
    event = BAN | {"severity": severity, "leak": leak, "premium": 0.5,
                   "duration": months * MONTH}  # fmt: skip
    life = lived(chain(event, transit=transit, inside=inside, cover=cover), "ban",
                 months=8, lead=2)  # fmt: skip
    books, values = Ledger(life), life.path.values
    mined = values["activity"][:, (life.network.activities["recipe"] == "mine")].sum() * MONTH
    feed = np.where(life.network.pools["material"] == "met-NdPr", 1.25, 1.0)
    weight = np.zeros(books.cells)
    weight[books.group] = feed
    sea = [sum(landed @ way for (_, lag, _, landed), way in
               zip(books.moves, (books.at_sea(b, g)[end] for b, g, *_ in books.moves),
                   strict=True)) for end in (0, 1)]  # fmt: skip
    used = 1.25 * life.served.sum() * MONTH + values["disposed"].sum() * MONTH
    there = weight @ (books.stored[0] + sea[0]) + mined
    assert there == pytest.approx(weight @ (books.stored[-1] + sea[1]) + used, rel=1e-7, abs=1e-4)
