"""Investment: which projects are decided, when and how large, and who pays (formulation, 4)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from kidorui.network import Network, Tree
from kidorui.network.delays import opening_delay
from kidorui.network.units import lead_time, operating_share, ramp_matrix, standing_at
from kidorui.program.blocks import Built, at_every_node, incidence
from kidorui.program.model import Model

FloatArray = npt.NDArray[np.float64]

MILLION = 1e-6


@dataclass(frozen=True)
class Candidates:
    """Projects the plan decides on, and what a tonne decided in one node gives in another.

    `table` has a row per project; `share` and `charged` are (node, node of decision, project):
    share of the size in use (ramped, odds included), and share of the year it is paid for;
    `annual` (project) is its yearly cost per tonne a year, US$; `window` (node, project) tells
    where it may be decided.
    """

    table: pd.DataFrame
    share: FloatArray
    charged: FloatArray
    annual: FloatArray
    window: npt.NDArray[np.bool_]


def candidates(network: Network) -> Candidates:
    """Work out when each project could open and what it would cost a year.

    Investment is written off over the life as an annuity from opening, in proportion to the
    use of the ramp: were it paid in equal parts, the losses of the first years would have to
    be earned before the end of the axis, and moving that would move builds. Until opening it
    bears interest, for half the building time and for all the time that it stands ready but
    does not serve. A project that does not happen (its odds) is not paid: capacity and cost
    are both expectations. Events that withhold know-how put off the opening in the nodes from
    which they are on.
    """
    tree, projects = network.tree, network.case.table("projects").reset_index(drop=True)
    table = projects[~projects["committed"].to_numpy(bool)]
    decision = np.maximum(tree.start[:, None], table["decision"].to_numpy(float))
    delay = opening_delay(network.case, tree, table, decision)
    opening = decision + lead_time(table) + delay  # (node, node of decision, project)
    life = table["lifetime"].to_numpy(float)
    end = tree.start + tree.duration
    start, stop = tree.start[:, None, None], end[:, None, None]
    ramp = ramp_matrix(table["ramp"])
    odds = table["odds"].fillna(1.0).to_numpy(float)
    descends = tree.ancestry[:, :, None] * odds
    used = operating_share(opening, opening + life, ramp, start, stop)
    paid = used * write_off(ramp, life, tree.discount_rate)
    # a stock is counted at the end of a node, a plant over all of it
    is_store = (table["stage"] == "stockpile").to_numpy()
    used = np.where(is_store, standing_at(opening, opening + life, ramp, stop), used)
    window = (end[:, None] > table["decision"].to_numpy(float)) & tree.decides[:, None]
    as_decided = np.einsum("nnj->nj", opening)
    return Candidates(
        table=table,
        share=used * descends,
        charged=paid * descends,
        annual=yearly_cost(table, tree.discount_rate),
        window=window & (as_decided < end.max()),
    )


def write_off(ramp: FloatArray, life: FloatArray, rate: float) -> FloatArray:
    """(project): what a year of full use is charged, in yearly costs.

    So much that charges in proportion to use are worth, over the life, one yearly cost a year.
    `ramp` (project, year since opening), the last year going on.
    """
    year = np.arange(int(np.ceil(life.max(initial=1.0))))
    lived = np.clip(life[:, None] - year, 0.0, 1.0) * np.power(1 + rate, -(year + 0.5))
    use = ramp[:, np.minimum(year, ramp.shape[1] - 1)]
    return np.asarray(lived.sum(axis=1) / np.maximum((lived * use).sum(axis=1), 1e-12))


def yearly_cost(table: pd.DataFrame, rate: float) -> FloatArray:
    """(project): annuity of the investment and fixed cost, US$ per tonne a year, per year."""
    life = table["lifetime"].to_numpy(float)
    annuity = rate / (1 - (1 + rate) ** -life) if rate > 0 else 1 / life
    waiting = table["build_time"] / 2 + table["qualification_time"].fillna(0.0)
    waiting += table["slip"].fillna(0.0)
    capital = table["capex"] * (1 + rate) ** waiting * annuity
    return np.asarray(capital + table["fixed_cost"].fillna(0.0), dtype=float)


def state_investment(
    model: Model,
    network: Network,
    projects: Candidates,
    *,
    budget: float | None = None,
    open_funds: tuple[str, ...] = (),
    whole: bool = False,
) -> Built:
    """Add sizes, spending and budgets to the model; returns what sizes add to capacities.

    `budget` (million US$) replaces the sum of all eligible funds, each scaled alike;
    `open_funds` lets in funds that are not eligible; `whole` builds in whole units.
    """
    tree, table = network.tree, projects.table
    yearly = np.einsum("mnj,m->nj", projects.charged, tree.weight) * projects.annual * MILLION
    largest = table["size_max"].to_numpy(float)
    labels = table.assign(table="projects", row=table["_row"])[["table", "row", "id"]]
    labels = labels.reset_index(drop=True)
    model.add_variables(
        "size",
        (tree.size, len(table)),
        upper=projects.window * largest,
        cost=yearly,
        labels=labels,
    )
    size_limit(model, tree, largest, labels)
    if whole:
        whole_units(model, tree, projects, labels)
    spending(model, network, projects, budget, open_funds)
    return built_capacity(network, projects)


def size_limit(model: Model, tree: Tree, largest: FloatArray, labels: pd.DataFrame) -> None:
    """Along every path of the tree a project is built at most to its largest size."""
    paths = sparse.csr_array(tree.ancestry[tree.leaves].astype(float))
    model.add_constraints(
        "project size",
        {"size": sparse.csr_array(sparse.kron(paths, sparse.eye_array(len(largest))))},
        upper=np.tile(largest, len(tree.leaves)),
        labels=labels,
        node=np.repeat(tree.leaves, len(largest)),
    )


def whole_units(model: Model, tree: Tree, projects: Candidates, labels: pd.DataFrame) -> None:
    """Sizes are whole multiples of a unit, or none, or between the smallest and the largest."""
    table = projects.table
    unit = table["size_unit"].to_numpy(float)
    smallest = table["size_min"].fillna(0.0).to_numpy(float)
    largest = table["size_max"].to_numpy(float)
    counted = ~np.isnan(unit) & (unit > 0)
    most = np.where(counted, np.floor(largest / np.where(counted, unit, 1.0) + 1e-9), 1.0)
    shape = (tree.size, len(table))
    model.add_variables(
        "units", shape, upper=projects.window * most.astype(float), integer=True, labels=labels
    )
    size = sparse.eye_array(tree.size * len(table))

    def per_unit(values: FloatArray) -> sparse.dia_array:
        return sparse.diags_array(np.tile(values, tree.size))

    upper = {"size": size, "units": -per_unit(np.where(counted, unit, largest))}
    lower = {"size": size, "units": -per_unit(np.where(counted, unit, smallest))}
    model.add_constraints("largest unit", upper, upper=0.0, labels=labels)
    model.add_constraints("smallest unit", lower, lower=0.0, labels=labels)


def spending(
    model: Model,
    network: Network,
    projects: Candidates,
    budget: float | None,
    open_funds: tuple[str, ...],
) -> None:
    """Public shares are paid by eligible funds, each within what it has had so far."""
    tree, table = network.tree, projects.table
    funds = fund_amounts(network, budget, open_funds)
    pairs = eligible_pairs(table, funds)
    count = len(pairs)
    asked = (
        table["capex"] * table["public_share"].fillna(0.0) * table["odds"].fillna(1.0) * MILLION
    ).to_numpy(float)
    model.add_variables("spend", (tree.size, count), labels=pairs[["table", "row", "id", "fund"]])
    of_project = incidence(pairs["position"].to_numpy(), len(table))
    labels = table.assign(table="projects", row=table["_row"])[["table", "row", "id"]]
    model.add_constraints(
        "public share",
        {
            "spend": at_every_node(tree, of_project),
            "size": -sparse.diags_array(np.tile(asked, tree.size)),
        },
        lower=0.0,
        upper=0.0,
        labels=labels,
    )
    names = pd.Index(funds["id"].unique())
    of_fund = incidence(names.get_indexer(pairs["fund"]), len(names))
    had = funds["year"].to_numpy(float) < (tree.start + tree.duration)[:, None]
    given = incidence(names.get_indexer(funds["id"]), len(names)) * funds["amount"].to_numpy(float)
    rows = funds.drop_duplicates("id").assign(table="funds", row=lambda f: f["_row"])
    model.add_constraints(
        "fund",
        {"spend": sparse.csr_array(sparse.kron(sparse.csr_array(tree.ancestry * 1.0), of_fund))},
        upper=np.asarray(had @ given.T).ravel(),
        labels=rows[["table", "row", "id"]],
    )


def fund_amounts(
    network: Network, budget: float | None, open_funds: tuple[str, ...]
) -> pd.DataFrame:
    """Rows of the funds that are open, scaled so that they add up to `budget` where given."""
    funds = network.case.table("funds")
    end = float((network.tree.start + network.tree.duration).max())
    open_ = funds["eligible"].astype(bool) | funds["id"].isin(open_funds)
    funds = funds[open_ & (funds["year"] < end)].copy()
    total = float(funds["amount"].sum())
    if budget is not None and total > 0:
        funds["amount"] *= budget / total
    return funds


def eligible_pairs(table: pd.DataFrame, funds: pd.DataFrame) -> pd.DataFrame:
    """(project, fund) pairs in which the project may draw on the fund."""
    rules = funds.drop_duplicates("id")
    pairs = (
        table.assign(position=np.arange(len(table)))
        .merge(rules, how="cross", suffixes=("", "_fund"))
        .reset_index(drop=True)
    )

    def allows(rule: pd.Series, value: pd.Series) -> npt.NDArray[np.bool_]:
        pairs_of = zip(rule, value, strict=True)
        return np.array([not r or v in r for r, v in pairs_of], dtype=bool)

    named = np.array([f in p for f, p in zip(pairs["id_fund"], pairs["funds"], strict=True)])
    open_ = (
        named.astype(bool)
        & allows(pairs["places"], pairs["place"])
        & allows(pairs["stages"], pairs["stage"])
        & allows(pairs["prongs"], pairs["prong"])
    )
    return pairs[open_].assign(
        table="funds", row=lambda p: p["_row_fund"], fund=lambda p: p["id_fund"]
    )


def built_capacity(network: Network, projects: Candidates) -> Built:
    """What a tonne of each size adds to the capacity of units and stocks in each node.

    A plant that an event stops, or floods the market from, does so whether it was built or stood
    before.
    """
    running = network.hits.running.ravel()
    of_units = _spread(projects, network.units["project"].to_numpy())
    return Built(
        of_units=sparse.csr_array(sparse.diags_array(running) @ of_units),
        of_stocks=_spread(projects, network.stocks["project"].to_numpy()),
    )


def _spread(projects: Candidates, owner: npt.NDArray[np.intp]) -> sparse.csr_array:
    """(node x thing, node x project) shares, for things that belong to a candidate."""
    nodes, _, count = projects.share.shape
    thing = np.flatnonzero(np.isin(owner, projects.table.index))
    project = projects.table.index.get_indexer(pd.Index(owner[thing]))
    later, decided, which = np.nonzero(projects.share[:, :, project])
    return sparse.csr_array(
        (
            projects.share[later, decided, project[which]],
            (later * len(owner) + thing[which], decided * count + project[which]),
        ),
        shape=(nodes * len(owner), nodes * count),
    )
