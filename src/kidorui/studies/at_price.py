"""Who dies when a product can be had at a price anywhere: the plan against a price war."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from kidorui.network import Network
from kidorui.program import Model, Solution
from kidorui.program.blocks import PER_TONNE, at_every_node, incidence
from kidorui.program.investment import MILLION, yearly_cost
from kidorui.results import Json
from kidorui.studies.base_year import NO_WEIGHT
from kidorui.studies.context import Context
from kidorui.studies.memory import Change, Workbench
from kidorui.studies.moments import Moment
from kidorui.studies.solved import Solved

FloatArray = npt.NDArray[np.float64]

OFFER = "offer"

STAGES = ("mine", "separation", "recycling")
"""Who sells what the price is of; metal and magnet makers buy it."""

STOPS, FAILS, UNBUILT, RUNS = "stops", "does not earn its capital", "not built", "goes on"

_HALF = 0.5
"""Share of its use in the plan below which a maker counts as stopped."""


@dataclass(frozen=True)
class Makers:
    """Mines, separators and recyclers outside the controlling place, by owner.

    `table` has a row per owner (or plant without one): its things, places and stages, and
    `needs`, the yearly cost of its capital in million US$ where all of it is known; `of_unit`
    (owner, unit) and `candidate` (owner) say what belongs to whom.
    """

    table: pd.DataFrame
    of_unit: sparse.csr_array
    candidate: npt.NDArray[np.bool_]


def at_price(
    solved: Solved,
    prices: Sequence[tuple[str, float]],
    told: Moment,
    question: Mapping[str, Json],
    context: Context,
) -> pd.DataFrame:
    """One row per price (of a material, US$/kg) and maker: its use, what it earns, its end.

    At a price the material can be had in any amount at every place, and what contracts with a
    floor ask for may be left undelivered at no cost. `told` is the year that is told.
    """
    if not prices:
        return pd.DataFrame(columns=list(_COLUMNS))
    makers = _makers(solved, told)
    base = _read(solved, makers, told, solved.plan)
    tables = []
    for material in dict.fromkeys(name for name, _ in prices):
        model = solved.restate(solved.network).model
        pools = _offer(model, solved.network, material)
        bench = Workbench(model, {**question, "offer": material}, context)
        for price in (p for name, p in prices if name == material):
            context.report(f"{material} at {price:g} US$/kg")
            change = _change(solved, model, pools, price)

            def read(solution: Solution) -> FloatArray:
                return _read(solved, makers, told, solution)

            found = bench.attempt(f"offer at {price:g}", change, None, read).values
            tables.append(_told(makers, material, price, base, found.reshape(base.shape)))
    return pd.concat(tables, ignore_index=True)


def _offer(model: Model, network: Network, material: str) -> npt.NDArray[np.intp]:
    """Add supply of a material at all its pools, nothing as yet; returns the pools."""
    pools = np.flatnonzero((network.pools["material"] == material).to_numpy())
    model.add_variables(OFFER, (network.tree.size, len(pools)), upper=0.0)
    enters = at_every_node(network.tree, incidence(pools, len(network.pools)))
    model.let_in("balance", OFFER, enters)
    return pools


def _change(solved: Solved, model: Model, pools: npt.NDArray[np.intp], price: float) -> Change:
    tree = solved.tree
    cost = model.cost()
    cost[model.variables[OFFER].span] = np.repeat(tree.weight * PER_TONNE * price, len(pools))
    if "undelivered" in model.variables:
        with_floor = solved.case.table("contracts").set_index("id")["floor"].notna()
        named = with_floor[model.labels["undelivered"]["id"]].to_numpy()
        cost[model.variables["undelivered"].span] *= np.tile(~named, tree.size)
    shape = (tree.size, len(pools))
    return Change(cost=cost, bounds={OFFER: (np.zeros(shape), np.full(shape, np.inf))})


def _makers(solved: Solved, told: Moment) -> Makers:
    case, units = solved.case, solved.network.units
    committed = (units["kind"] != "candidate").to_numpy()
    chosen = units["stage"].isin(STAGES) & (units["place"] != case.settings.control)
    rows = units[chosen].assign(
        unit=np.flatnonzero(chosen),
        needs=_needs(solved, told)[chosen],
        candidate=~committed[chosen],
        maker=np.where(committed, _owners(solved), "")[chosen],
    )
    rows["maker"] = rows["maker"].where(rows["maker"] != "", rows["id"])
    group, names = pd.factorize(rows["maker"], sort=True)
    table = rows.groupby(group).agg(
        things=("id", _joined),
        places=("place", _joined),
        stages=("stage", _joined),
        needs=("needs", lambda values: values.sum(skipna=False)),
        candidate=("candidate", "all"),
    )
    table.insert(0, "maker", names)
    of_unit = sparse.csr_array(
        (np.ones(len(rows)), (group, rows["unit"])), shape=(len(names), len(units))
    )
    return Makers(table, of_unit, table.pop("candidate").to_numpy(bool))


def _owners(solved: Solved) -> npt.NDArray[np.object_]:
    """(unit): owner of each, "" where the case names none."""
    units = solved.network.units
    known = pd.concat(
        [solved.case.table(name).assign(table=name) for name in ("plants", "projects")]
    ).set_index(["table", "id"])["owner"]
    return known.reindex(pd.MultiIndex.from_frame(units[["table", "id"]])).to_numpy(object)


def _needs(solved: Solved, told: Moment) -> FloatArray:
    """(unit): yearly cost of its capital, million US$; none of what stands, NaN if not known."""
    projects = solved.case.table("projects").reset_index(drop=True)
    of_project = solved.network.units["project"].to_numpy()
    annual = yearly_cost(projects, solved.case.settings.discount_rate)
    annual = np.where(projects["capex"] > 0, annual, np.nan)[of_project]
    stands = solved.network.capacity[told.share > 0].mean(axis=0)
    return np.where(of_project >= 0, annual * stands * MILLION, 0.0)


def _joined(words: pd.Series) -> str:
    return "; ".join(dict.fromkeys(words))


def _read(solved: Solved, makers: Makers, told: Moment, solution: Solution) -> FloatArray:
    """(what, maker): share of capacity used, and million US$ a year that capacity earns."""
    network, tree = solved.network, solved.tree
    node = int(np.flatnonzero(told.share > 0)[0])
    activities, count = network.activities, len(network.units)
    used = np.bincount(activities["unit"], solution.values["activity"][node], minlength=count)
    adds = solved.program.model.constraints["capacity"].terms["size"]
    built = -(adds @ solution.values["size"].ravel()).reshape(tree.size, count)[node]
    capacity = network.capacity[node] + built
    weight = max(float(solved.weight(solution)[node]), NO_WEIGHT)
    rent = -solution.duals["capacity"].reshape(tree.size, count)[node] / weight
    whole = makers.of_unit @ capacity
    return np.array(
        [
            np.where(whole > 1e-6, makers.of_unit @ used / np.maximum(whole, 1e-6), 0.0),
            makers.of_unit @ (rent * capacity),
        ]
    )


def _told(
    makers: Makers, material: str, price: float, base: FloatArray, found: FloatArray
) -> pd.DataFrame:
    (use_plan, earns_plan), (use, earns) = base, found
    needs = makers.table["needs"].to_numpy(float)
    word = np.full(len(needs), RUNS, dtype=object)
    word[earns < needs * (1 - 1e-6)] = FAILS
    word[use < _HALF * use_plan] = STOPS
    word[makers.candidate & (use <= 1e-6)] = UNBUILT
    there = (use_plan > 1e-6) | (use > 1e-6)
    columns = {"use_plan": use_plan, "use": use, "earns_plan": earns_plan, "earns": earns}
    rows = makers.table.assign(material=material, price=price, **columns, verdict=word)[there]
    return pd.DataFrame(rows[[*_COLUMNS]].sort_values(["verdict", "maker"], ignore_index=True))


_COLUMNS = (
    "material",
    "price",
    "maker",
    "things",
    "places",
    "stages",
    "use_plan",
    "use",
    "earns_plan",
    "earns",
    "needs",
    "verdict",
)
