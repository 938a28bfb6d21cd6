"""Look-through: shares by hand, and against a walk of many steps."""

from __future__ import annotations

import numpy as np
import pytest

from kidorui.network import compile_network, grow
from kidorui.network.trace import share_through
from tests.changed import tiny, with_rows, with_settings
from tests.program.planned import planned


def three_countries(*, back: bool = False):
    """CN and AU dig, AU buys of CN and separates, JP uses; with a way back from AU to CN."""
    case = with_settings(tiny(), events=())
    case = with_rows(
        case,
        "plants",
        *(
            {"id": f"mine-{p}", "name": p, "place": p, "stage": "mine", "capacity": 100.0,
             "availability": 1.0}
            for p in ("CN", "AU")
        ),
        {"id": "sep-AU", "name": "AU", "place": "AU", "stage": "separation", "capacity": 100.0,
         "availability": 1.0},
        keep=False,
    )  # fmt: skip
    case = with_rows(
        case,
        "modes",
        {"plant": "mine-CN", "recipe": "mine-light", "variable_cost": 1.0},
        {"plant": "mine-AU", "recipe": "mine-light", "variable_cost": 1.0},
        {"plant": "sep-AU", "recipe": "sep-light", "variable_cost": 1.0},
        keep=False,
    )
    case = with_rows(
        case,
        "routes",
        {"goods": "conc-light", "origin": "CN", "destination": "AU", "cost": 0.1, "transit": 5.0},
        {"goods": "ox-NdPr", "origin": "AU", "destination": "JP", "cost": 0.1, "transit": 5.0},
        *[{"goods": "conc-light", "origin": "AU", "destination": "CN", "cost": 0.1}] * back,
        keep=False,
    )
    case = with_rows(
        case,
        "demands",
        {"sector": "s", "place": "JP", "material": "ox-NdPr", "year": 2024.0, "quantity": 1.0,
         "elasticity": -0.1, "value_lost": 100.0},
        keep=False,
    )  # fmt: skip
    for table in ("stockpiles", "projects", "substitutions", "contracts", "policies", "events"):
        case = with_rows(case, table, keep=False)
    return compile_network(case, grow(case), trace_control=False)


def test_shares_by_hand_in_a_chain_of_three_places():
    network = three_countries()
    units = network.units["id"].to_numpy()[network.activities["unit"]]
    activity = np.select([units == "mine-CN", units == "mine-AU", units == "sep-AU"], [6, 4, 10])
    flows = {"CN": 6.0, "AU": 1.5}  # concentrate to AU; 1.5 of its oxide to JP
    shipment = network.links["origin"].map(flows).to_numpy(float)
    none = np.zeros(len(network.pools))

    def share(material, place, stage, at):
        shares = share_through(
            network, activity.astype(float), shipment, np.zeros(0), none,
            stage=stage, place=at, group="light",
        )  # fmt: skip
        pools = network.pools
        here = (pools["material"] == material) & (pools["place"] == place)
        return float(shares[here.to_numpy()][0])

    assert share("conc-light", "CN", "mine", "CN") == pytest.approx(1.0)
    assert share("conc-light", "AU", "mine", "CN") == pytest.approx(0.6)
    assert share("ox-NdPr", "JP", "mine", "CN") == pytest.approx(0.6)
    assert share("ox-NdPr", "JP", "mine", "AU") == pytest.approx(0.4)
    assert share("ox-NdPr", "JP", "separation", "AU") == pytest.approx(1.0)
    assert share("conc-light", "AU", "separation", "AU") == pytest.approx(0.0)


@pytest.mark.parametrize("key", ["tiny", 1, 2])
@pytest.mark.parametrize("stage", ["mine", "separation", "magnet"])
@pytest.mark.parametrize("group", ["light", "heavy"])
def test_shares_are_those_of_a_walk_of_many_steps(key, stage, group):
    plan = planned(key)
    network, values = plan.network, plan.solution.values
    activity, shipment = values["activity"][1], values["shipment"][1]
    relabel, unexplained = values["relabel"][1], values["unexplained"][1]
    place = network.case.settings.control
    found = share_through(
        network, activity, shipment, relabel, unexplained, stage=stage, place=place, group=group
    )
    walked = walk(network, activity, shipment, relabel, unexplained, stage, place, group)
    np.testing.assert_allclose(found, walked, atol=1e-6)
    assert ((found >= 0) & (found <= 1)).all()


def walk(network, activity, shipment, relabel, unexplained, stage, place, group, steps=400):
    """Shares after `steps` of mixing, flow by flow and densely."""
    pools = len(network.pools)
    elements = network.case.table("elements")["group"].to_numpy()
    content = network.content_of(network.pools["material"])[:, elements == group].sum(axis=1)
    entering, flows = unexplained * content, np.zeros((pools, pools))
    born = np.zeros(pools)
    dense = network.recipes.toarray() * activity
    for number, unit in enumerate(network.activities["unit"]):
        made = np.maximum(dense[:, number], 0) * content
        fed = np.maximum(-dense[:, number], 0) * content
        entering += made
        if network.units["stage"][unit] == stage and network.units["place"][unit] == place:
            born += made
        elif fed.sum() > 0:
            flows += np.outer(made, fed / fed.sum())
    moves = [*zip(network.links["to_pool"], network.links["from_pool"], shipment, strict=True)]
    moves += [(to, from_, x) for (from_, to), x in zip(network.relabel, relabel, strict=True)]
    for to, from_, tonnes in moves:
        flows[to, from_] += tonnes * content[from_]
        entering[to] += tonnes * content[from_]
    alive = entering > 1e-9 * entering.max()
    flows, born = flows[alive] / entering[alive, None], born[alive] / entering[alive]
    share = np.zeros(pools)
    for _ in range(steps):
        share[alive] = born + flows @ share
    return share


def test_goods_that_only_go_round_have_no_origin():
    network = three_countries(back=True)
    round_ = (network.links["material"] == "conc-light").to_numpy(float)
    assert round_.sum() == 2
    shares = share_through(
        network, np.zeros(len(network.activities)), 5 * round_, np.zeros(0),
        np.zeros(len(network.pools)), stage="mine", place="CN", group="light",
    )  # fmt: skip
    assert not shares.any()
