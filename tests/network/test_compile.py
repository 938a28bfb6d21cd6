"""Compiling a case: pools, free and controlled copies, links and activities."""

from __future__ import annotations

import numpy as np
import pytest

from kidorui.network import compile_network, grow
from kidorui.network.links import expand_routes
from tests.changed import edited, tiny, with_rows, with_settings
from tests.random_cases import random_case


def compiled(case, **options):
    return compile_network(case, grow(case, case.settings.events), **options)


def at_home():
    """The tiny case, of whose events none reaches beyond borders."""
    return edited(tiny(), "events", "licence-cn", extraterritorial=False)


def extraterritorial(de_minimis: float = 0.0):
    return edited(at_home(), "events", "ban-cn", extraterritorial=True, de_minimis=de_minimis)


def pool(network, material, place, control):
    pools = network.pools
    rows = pools[(pools["material"] == material) & (pools["place"] == place)]
    found = rows.index[rows["control"] == control]
    return int(found[0]) if len(found) else -1


def test_every_pool_can_be_filled_and_serves_something():
    network = compiled(at_home())
    filled = set(network.links["to_pool"]) | set(network.recipes.maximum(0).nonzero()[0])
    filled |= set(network.stocks["pool"])
    emptied = set(network.links["from_pool"]) | set((-network.recipes).maximum(0).nonzero()[0])
    emptied |= set(network.demands["pool"]) | set(network.stocks["pool"])
    by_products = {i for i in range(len(network.pools)) if i not in emptied}
    assert filled == set(range(len(network.pools)))
    disposable = network.case.table("materials").set_index("id")["disposal_cost"].notna()
    assert disposable[network.pools.loc[sorted(by_products), "material"]].all()


def test_a_recipe_stands_in_the_network_with_all_it_takes_and_makes():
    network = compiled(tiny())
    recipes = tiny().table("recipes").set_index(["recipe", "material"])["coefficient"]
    for number, activity in enumerate(network.activities.itertuples()):
        column = network.recipes[:, [number]].tocoo()
        found = dict(zip(network.pools["material"].iloc[column.row], column.data, strict=True))
        assert found == pytest.approx(recipes[activity.recipe].to_dict())


@pytest.mark.parametrize("case", [extraterritorial(), *map(random_case, range(4))], ids=str)
def test_controlled_goods_cannot_become_free(case):
    network = compiled(case, trace_control=True)
    control = network.pools["control"].to_numpy()
    assert control.any()
    links = network.links
    source, sink = control[links["from_pool"]], control[links["to_pool"]]
    assert not (source & ~sink).any()
    takes = (network.recipes < 0).toarray()
    makes = (network.recipes > 0).toarray()
    spoiled = takes[control].any(axis=0) & makes[~control].any(axis=0)
    for activity in np.flatnonzero(spoiled):  # only inputs below de minimis may be controlled
        feed = np.minimum(network.recipes[:, [activity]].toarray().ravel(), 0.0)
        assert (feed[control] / feed.sum()).max() <= 0.001
    passed = network.relabel
    assert not control[passed[:, 0]].any()
    assert control[passed[:, 1]].all()


def test_all_that_the_controller_holds_is_controlled():
    network = compiled(extraterritorial())
    assert network.pools.loc[network.pools["place"] == "CN", "control"].all()


def test_goods_of_both_origins_are_told_apart_where_both_can_be():
    network = compiled(extraterritorial())
    assert pool(network, "magnet", "JP", True) >= 0
    assert pool(network, "magnet", "JP", False) >= 0
    assert pool(network, "conc-light", "AU", True) == -1  # nothing controlled gets there
    modes = network.activities.assign(id=network.units["id"].to_numpy()[network.activities["unit"]])
    copies = modes[(modes["id"] == "magnet-jp")]["control"].tolist()
    assert sorted(copies) == [False, True]


def test_demand_and_stocks_take_of_the_controlled_pool_into_which_free_goods_pass():
    network = compiled(extraterritorial())
    for table in (network.demands, network.stocks):
        here = table[table["place"] == "JP"]
        assert network.pools.loc[here["pool"], "control"].all()
    free, controlled = pool(network, "magnet", "JP", False), pool(network, "magnet", "JP", True)
    assert [free, controlled] in network.relabel.tolist()


def test_an_input_below_de_minimis_leaves_the_product_free():
    # dysprosium metal is 0.027 of 0.427 t of metal: 6% of the feed of a magnet
    network = compiled(extraterritorial(de_minimis=0.1))
    modes = network.activities
    jp = network.units.index[network.units["id"] == "magnet-jp"][0]
    free = modes.index[(modes["unit"] == jp) & ~modes["control"]][0]
    taken = {
        (network.pools["material"][p], bool(network.pools["control"][p]))
        for p in np.flatnonzero(network.recipes[:, [free]].toarray() < 0)
    }
    assert taken == {("met-NdPr", False), ("met-Dy", True)}
    strict = compiled(extraterritorial(de_minimis=0.05))
    modes = strict.activities
    free = modes.index[(modes["unit"] == jp) & ~modes["control"]][0]
    taken = np.flatnonzero(strict.recipes[:, [free]].toarray() < 0)
    assert not strict.pools.loc[taken, "control"].any()


def test_nothing_is_traced_unless_something_reaches_beyond_borders():
    assert not compiled(at_home()).pools["control"].any()
    assert compiled(tiny()).pools["control"].any()
    looking = edited(at_home(), "policies", "cap-cn-heavy", enforced=True)
    assert compiled(looking).pools["control"].any()
    assert not compiled(extraterritorial(), trace_control=False).pools["control"].any()
    # an event that is neither in force nor in the tree reaches nothing
    case = extraterritorial()
    assert not compile_network(case, grow(case, ["boom"])).pools["control"].any()


def test_a_route_of_a_material_wins_over_that_of_its_stage():
    routes = expand_routes(tiny()).set_index(["material", "origin", "destination"])
    assert routes.loc[("ox-NdPr", "MY", "JP"), "base_flow"] == 2500
    assert routes.loc[("ox-Dy", "MY", "JP"), "cost"] == 0.3
    assert routes.index.is_unique


def test_a_routes_duty_is_on_the_base_price():
    routes = expand_routes(tiny()).set_index(["material", "origin", "destination"])
    assert routes.loc[("magnet", "JP", "RW"), "cost"] == pytest.approx(0.6 + 0.02 * 65)


def test_a_stock_of_what_nobody_makes_is_kept():
    case = with_rows(
        with_settings(tiny(), events=()),
        "materials",
        {"id": "ox-Tb", "name": "Terbium oxide", "stage": "oxide", "base_price": 900.0},
    )
    case = with_rows(
        case,
        "stockpiles",
        {"id": "tb", "place": "JP", "material": "ox-Tb", "initial": 3.0, "capacity": 5.0,
         "holding_cost": 1.0, "release": "always"},
    )  # fmt: skip
    network = compile_network(case, grow(case))
    assert "tb" in set(network.stocks["id"])


def test_compiling_and_stating_a_large_network_is_quick():
    import time

    from kidorui.program import Reference, state_plan

    case = random_case(1, size="huge")
    tree = grow(case, case.settings.events)
    best = np.inf
    for _ in range(2):
        began = time.perf_counter()
        network = compile_network(case, tree)
        nothing = np.zeros(len(network.pools))
        state_plan(network, Reference(np.full(len(network.routes), 10.0), nothing, nothing))
        best = min(best, time.perf_counter() - began)
    assert len(network.pools) > 350
    assert len(network.links) > 600
    assert best < 2.0  # a third of a second on an idle core; this one may be busy
