"""What the answer rests on: the cost, the builds and the plan's gain, by source of the rows.

The weight of a row in the answer is how far the gain of the plan would move with the row's
figure, in proportion (a derivative by its logarithm, from the duals): cost times activity for a
cost, dual times bound for a capacity, demand or limit, dual times flow for a yield.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from kidorui.case import Case, tables
from kidorui.case.provenance import ASSUMED
from kidorui.program import Solution
from kidorui.studies.solved import Solved

FloatArray = npt.NDArray[np.float64]

_KEY = ["table", "row"]

_COSTS: Mapping[str, str] = {
    **dict.fromkeys(["shipment", "detour", "saved", "level", "disposed", "undelivered"], "supply"),
    "unexplained": "worth",
    "served": "worth",
    "size": "builds",
}
"""Blocks of variables whose cost is that of the row they are labelled with, and its kind."""


def rests_on(solved: Solved) -> pd.DataFrame:
    """One row per source, by its share of the answer; in the last all assumptions together.

    Shares (0 to 1) of the cost of supply (making, shipping, storing, all places), of the yearly
    cost of what the plan builds, and of the answer: the plan's gain over doing nothing.
    """
    plan, nothing = (effects(solved, s) for s in (solved.plan, solved.nothing))
    both = pd.concat([nothing.assign(gain=nothing["effect"]), plan.assign(gain=-plan["effect"])])
    weights = pd.DataFrame(
        {
            "supply": plan[plan["kind"] == "supply"].groupby(_KEY)["effect"].sum().abs(),
            "builds": plan[plan["kind"] == "builds"].groupby(_KEY)["effect"].sum().abs(),
            "answer": both.groupby(_KEY)["gain"].sum().abs(),
        }
    ).fillna(0.0)
    weights = weights.div(weights.sum().clip(lower=1e-300))
    cited = _cited(solved.case)
    weights["source"] = cited.reindex(weights.index)
    kinds = solved.case.table("sources").set_index("id")["kind"]
    rows = weights.groupby("source").sum().join(kinds).reset_index()
    rows = rows[(rows[["supply", "builds", "answer"]] > 0).any(axis=1)]
    rows = rows.sort_values(["answer", "supply"], ascending=False)
    assumed = rows[rows["kind"] == "assumption"][["supply", "builds", "answer"]].sum()
    last = pd.DataFrame([{"source": ASSUMED, "kind": "assumption", **assumed}])
    table = pd.concat([rows, last], ignore_index=True)
    return table[["source", "kind", "supply", "builds", "answer"]]


def effects(solved: Solved, solution: Solution) -> pd.DataFrame:
    """(table, row, kind, effect): how the optimum moves with each row's figures, million US$.

    Kinds: supply, builds and worth are what costs and values come to, which adds up to the
    optimum; bound is what bounds come to, which adds up to the optimum as well (duality);
    yield is what the coefficients of recipes come to.
    """
    return pd.concat(list(_parts(solved, solution)), ignore_index=True)


def _parts(solved: Solved, solution: Solution) -> Iterator[pd.DataFrame]:
    model = solved.program.model
    yield _told("supply", _modes(solved), _spent(solved, solution, "activity"))
    for name, kind in _COSTS.items():
        if name in model.variables and model.variables[name].things:
            yield _told(kind, model.labels[name], _spent(solved, solution, name))
    for name, variables in model.variables.items():
        if _KEY[0] in model.labels.get(name, ()):
            value, upper = solution.values[name].ravel(), variables.upper
            at_it = np.isfinite(upper) & (np.abs(value - upper) <= 1e-7 * np.maximum(upper, 1.0))
            pressed = np.clip(solution.reduced[name].ravel(), None, 0.0)
            rent = np.where(at_it, pressed, 0.0) * _finite(upper)
            of_thing = rent.reshape(variables.nodes, variables.things).sum(axis=0)
            yield _told("bound", model.labels[name], of_thing)
    for name, block in model.constraints.items():
        if _KEY[0] in block.things:
            dual = solution.duals[name]
            bound = np.where(dual > 0, block.lower, block.upper)
            yield _told("bound", block.labels, dual * _finite(bound))
    yield _yields(solved, solution)


def _finite(bound: FloatArray) -> FloatArray:
    """Bounds, and nought where there is none: that does not press."""
    return np.where(np.isfinite(bound), bound, 0.0)


def _spent(solved: Solved, solution: Solution, name: str) -> FloatArray:
    """(thing): cost of a block over all nodes, million US$."""
    block = solved.program.model.variables[name]
    cost = solved.expected[block.span].reshape(block.nodes, block.things)
    return np.asarray((cost * solution.values[name]).sum(axis=0))


def _told(kind: str, labels: pd.DataFrame, effect: FloatArray) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "table": labels["table"].to_numpy(object),
            "row": labels["row"].to_numpy(np.int64),
            "kind": kind,
            "effect": effect,
        }
    )


def _modes(solved: Solved) -> pd.DataFrame:
    """(activity): the row that states its cost, of the modes or of the projects."""
    labels = solved.program.model.labels["activity"]
    modes = solved.case.table("modes").set_index(["plant", "recipe"])["_row"]
    keys = pd.MultiIndex.from_frame(labels[["id", "recipe"]])
    of_plant = (labels["table"] == "plants").to_numpy()
    row = np.where(of_plant, modes.reindex(keys).to_numpy(float), labels["row"])
    return pd.DataFrame({"table": np.where(of_plant, "modes", "projects"), "row": row})


def _yields(solved: Solved, solution: Solution) -> pd.DataFrame:
    """The effect of every coefficient of a recipe."""
    network = solved.network
    size = solved.tree.size
    price = solution.duals["balance"].reshape(size, -1)
    coefficients = network.recipes.tocoo()
    pool, activity = coefficients.row, coefficients.col
    moved = np.einsum("np,np->p", price[:, pool], solution.values["activity"][:, activity])
    keys = pd.MultiIndex.from_arrays(
        [
            network.activities["recipe"].to_numpy(object)[activity],
            network.pools["material"].to_numpy(object)[pool],
        ]
    )
    rows = solved.case.table("recipes").set_index(["recipe", "material"])["_row"]
    labels = pd.DataFrame({"table": "recipes", "row": rows.reindex(keys).to_numpy()})
    return _told("yield", labels, -moved * coefficients.data)


def _cited(case: Case) -> pd.Series:
    """(table, row): the source it cites; of an overlay the row of the nearest layer counts."""
    cited = pd.concat(
        [
            case.table(name)[["_row", "source"]].assign(table=name)
            for name in tables()
            if "source" in case.table(name)
        ]
    ).rename(columns={"_row": "row"})
    return cited.drop_duplicates(_KEY, keep="last").set_index(_KEY)["source"]
