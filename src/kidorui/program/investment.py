"""Investment: which projects are decided, when and how large, and who pays (formulation, 4)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from kidorui.network import Network, Tree
from kidorui.network.units import lead_time, operating_share, ramp_matrix
from kidorui.program.model import Model
from kidorui.program.operation import Built

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

    Investment is written off over the life as an annuity from opening, with interest on half
    the building time, so that the end of the axis moves nothing. A project that does not
    happen (its odds) is not paid: capacity and cost are both expectations.
    """
    tree, projects = network.tree, network.case.table("projects").reset_index(drop=True)
    table = projects[~projects["committed"].to_numpy(bool)]
    decision = np.maximum(tree.start[:, None], table["decision"].to_numpy(float))
    opening = decision + lead_time(table)
    closing = opening + table["lifetime"].to_numpy(float)
    end = tree.start + tree.duration
    shape = (tree.size, tree.size, len(table))
    start, stop = (np.broadcast_to(a[:, None, None], shape) for a in (tree.start, end))
    descends = tree.ancestry[:, :, None]
    odds = table["odds"].fillna(1.0).to_numpy(float)
    used = operating_share(opening, closing, ramp_matrix(table["ramp"])[None, None], start, stop)
    paid = operating_share(opening, closing, np.ones((1, 1, 1, 1)), start, stop)
    rate = tree.discount_rate
    life = table["lifetime"].to_numpy(float)
    annuity = rate / (1 - (1 + rate) ** -life) if rate > 0 else 1 / life
    building = (1 + rate) ** (table["build_time"].to_numpy(float) / 2)
    capital = table["capex"].to_numpy(float) * annuity * building
    window = (end[:, None] > table["decision"].to_numpy(float)) & tree.decides[:, None]
    return Candidates(
        table=table,
        share=used * odds * descends,
        charged=paid * odds * descends,
        annual=capital + table["fixed_cost"].fillna(0.0).to_numpy(float),
        window=window & (opening < tree.start.max() + 1e-9),
    )


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
        whole_units(model, tree, projects)
    spending(model, network, projects, budget, open_funds)
    return built_capacity(network, projects)


def size_limit(model: Model, tree: Tree, largest: FloatArray, labels: pd.DataFrame) -> None:
    """Along every path of the tree a project is built at most to its largest size."""
    paths = sparse.csr_array(tree.ancestry[tree.leaves].astype(float))
    matrix = sparse.kron(paths, sparse.eye_array(len(largest)), format="csr")
    model.add_constraints(
        "project size",
        {"size": sparse.csr_array(matrix)},
        upper=np.tile(largest, len(tree.leaves)),
        labels=pd.concat([labels] * len(tree.leaves), ignore_index=True),
    )


def whole_units(model: Model, tree: Tree, projects: Candidates) -> None:
    """Sizes are whole multiples of a unit, or none, or between the smallest and the largest."""
    table = projects.table
    unit = table["size_unit"].to_numpy(float)
    smallest = table["size_min"].fillna(0.0).to_numpy(float)
    largest = table["size_max"].to_numpy(float)
    counted = ~np.isnan(unit) & (unit > 0)
    most = np.where(counted, np.floor(largest / np.where(counted, unit, 1.0) + 1e-9), 1.0)
    shape = (tree.size, len(table))
    model.add_variables("units", shape, upper=projects.window * most, integer=True)
    size = sparse.eye_array(tree.size * len(table))

    def per_unit(values: FloatArray) -> sparse.dia_array:
        return sparse.diags_array(np.tile(values, tree.size))

    upper = {"size": size, "units": -per_unit(np.where(counted, unit, largest))}
    lower = {"size": size, "units": -per_unit(np.where(counted, unit, smallest))}
    model.add_constraints("largest unit", upper, upper=0.0)
    model.add_constraints("smallest unit", lower, lower=0.0)


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
    model.add_variables("spend", (tree.size, count), labels=pairs[["table", "row", "fund"]])
    of_project = sparse.csr_array(
        (np.ones(count), (pairs["position"], np.arange(count))), shape=(len(table), count)
    )
    labels = table.assign(table="projects", row=table["_row"])[["table", "row", "id"]]
    model.add_constraints(
        "public share",
        {
            "spend": sparse.csr_array(sparse.kron(sparse.eye_array(tree.size), of_project)),
            "size": -sparse.diags_array(np.tile(asked, tree.size)),
        },
        lower=0.0,
        upper=0.0,
        labels=pd.concat([labels] * tree.size, ignore_index=True),
    )
    names = list(funds["id"].unique())
    of_fund = sparse.csr_array(
        (np.ones(count), (pd.Index(names).get_indexer(pairs["fund"]), np.arange(count))),
        shape=(len(names), count),
    )
    so_far = np.stack(
        [
            [funds.loc[(funds["id"] == f) & (funds["year"] < end), "amount"].sum() for f in names]
            for end in tree.start + tree.duration
        ]
    ).reshape(tree.size, len(names))
    path = sparse.csr_array(tree.ancestry.astype(float))
    rows = funds.drop_duplicates("id").assign(table="funds", row=lambda f: f["_row"])
    model.add_constraints(
        "fund",
        {"spend": sparse.csr_array(sparse.kron(path, of_fund))},
        upper=so_far.ravel(),
        labels=pd.concat([rows[["table", "row", "id"]]] * tree.size, ignore_index=True),
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
    return pairs[open_].assign(table="funds", row=lambda p: p["_row_fund"], fund=lambda p: p["id_fund"])


def built_capacity(network: Network, projects: Candidates) -> Built:
    """What a tonne of each size adds to the capacity of units and stocks in each node."""
    number = projects.table.index.to_numpy()
    return Built(
        of_units=_spread(projects, network.units["project"].to_numpy(), number),
        of_stocks=_spread(projects, network.stocks["project"].to_numpy(), number),
    )


def _spread(
    projects: Candidates, owner: npt.NDArray[np.intp], number: npt.NDArray[np.intp]
) -> sparse.csr_array:
    """(node x thing, node x project) shares, for things that belong to a candidate."""
    nodes, _, count = projects.share.shape
    things = len(owner)
    position = pd.Index(owner).get_indexer(pd.Index(number))
    later, decided, project = np.nonzero(projects.share * (position >= 0))
    return sparse.csr_array(
        (
            projects.share[later, decided, project],
            (later * things + position[project], decided * count + project),
        ),
        shape=(nodes * things, nodes * count),
    )
