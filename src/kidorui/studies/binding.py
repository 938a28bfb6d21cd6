"""What binds, and what one more of it is worth: funds, projects, plants, routes, policies."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from kidorui.program.model import Constraints
from kidorui.studies.base_year import NO_WEIGHT, PER_TONNE
from kidorui.studies.builds import size_unit
from kidorui.studies.moments import state_of
from kidorui.studies.solved import Solved

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]

SHOWN = 30
"""Rows of each kind that are told, the dearest first."""

_COLUMNS = ("kind", "table", "row", "id", "state", "year", "worth", "unit", "rent")

_NOISE = 1e-12
"""Million US$ per unit below which a dual is the solver's tolerance."""

_KINDS: Mapping[str, str] = {
    "capacity": "capacity",
    "store": "store",
    "inertia": "speed of a route",
    "contract": "contract",
    "substitution": "speed of substitution",
    "end user": "event",
    "quota": "event",
}
"""Blocks of constraints told node by node, and what a reader calls them."""


def binding(solved: Solved) -> pd.DataFrame:
    """One row per thing that binds: `worth` of one more of it, in `unit`.

    Funds and project sizes are told for the whole axis, in money of its start; all else by
    node, undone of discount and chance. `rent` is worth times the bound, million US$
    discounted and expected: what ranks the rows.
    """
    tables = [_funds(solved), _sizes(solved), _events_and_routes(solved)]
    for name, block in solved.program.model.constraints.items():
        if name in _KINDS:
            tables.append(_rows(solved, name, block, _KINDS[name]))
        elif name.startswith("policy "):
            tables.append(_rows(solved, name, block, "policy"))
    filled = [table for table in tables if len(table)]
    return pd.concat(filled, ignore_index=True) if filled else tables[0]


def fund_worth(solved: Solved) -> pd.DataFrame:
    """Worth of one more US$ of each fund, available from the year of each of its rows.

    A dollar of a tranche may be spent in all periods that end after its year.
    """
    tree, block = solved.tree, solved.program.model.constraints["fund"]
    count = block.size // tree.size
    dual = -solved.plan.duals["fund"].reshape(tree.size, count)
    ids = block.labels["id"].to_numpy(object)[:count]
    amount = block.upper.reshape(tree.size, count).max(axis=0, initial=0.0)
    funds = solved.case.table("funds")
    rows = funds[funds["id"].isin(ids)].reset_index(drop=True)
    column = pd.Index(ids).get_indexer(rows["id"])
    after = (tree.start + tree.duration)[:, None] > rows["year"].to_numpy(float)
    return pd.DataFrame(
        {
            "id": rows["id"],
            "row": rows["_row"].astype(int),
            "year": rows["year"].astype(int),
            "worth": (dual[:, column] * after).sum(axis=0) + 0.0,
            "amount": amount[column],
        }
    )


def _funds(solved: Solved) -> pd.DataFrame:
    worth = fund_worth(solved)
    return _table(
        kind="fund",
        table="funds",
        row=worth["row"],
        id=worth["id"],
        state="any",
        year=worth["year"],
        worth=worth["worth"],
        unit="US$/US$",
        rent=worth["worth"] * worth["amount"],
    )


def size_worth(solved: Solved) -> FloatArray:
    """(project): worth of a t/yr more of its largest size, million US$ over the axis."""
    count = len(solved.projects.table)
    if not count:  # where nothing may be built there are no rows to fold
        return np.zeros(0)
    along_paths = solved.plan.duals["project size"].reshape(-1, count)
    in_nodes = np.clip(solved.plan.reduced["size"], None, 0.0)  # bounded in each node as well
    return np.asarray(-along_paths.sum(axis=0) - in_nodes.sum(axis=0))


def _sizes(solved: Solved) -> pd.DataFrame:
    """Worth of a larger largest size of each project, over its life within the axis."""
    table = solved.projects.table.reset_index(drop=True)
    dual = size_worth(solved)
    dearest = np.argsort(-dual, kind="stable")
    dearest = dearest[dual[dearest] > 1e-9]
    chosen = table.iloc[dearest]
    return _table(
        kind="largest size",
        table="projects",
        row=chosen["_row"],
        id=chosen["id"],
        state="any",
        year=chosen["decision"],
        worth=dual[dearest] * 1e6,
        unit="US$ per " + pd.Series(size_unit(chosen), dtype=object),
        rent=dual[dearest] * chosen["size_max"].to_numpy(float),
    )


def _rows(solved: Solved, name: str, block: Constraints, kind: str) -> pd.DataFrame:
    """The dearest rows of a block of constraints, node by node."""
    dual = np.abs(solved.plan.duals[name])
    pressed = np.flatnonzero(dual > _NOISE)
    bound = np.where(np.isfinite(block.upper), block.upper, block.lower)[pressed]
    labels = block.things.iloc[block.thing[pressed]]
    return _by_node(
        solved,
        block.node[pressed],
        dual[pressed],
        bound,
        level="level" in block.terms,
        kind=kind,
        table=labels["table"].to_numpy(object),
        row=labels["row"].to_numpy(),
        id=_words(labels),
    )


def _events_and_routes(solved: Solved) -> pd.DataFrame:
    """Shipments at their bound: the allowance of an event, or the capacity of a route."""
    network, block = solved.network, solved.program.model.variables["shipment"]
    dual = -solved.plan.reduced["shipment"]
    upper = block.upper.reshape(dual.shape)
    near = solved.plan.values["shipment"] * (1 + 1e-6) + 1e-6 >= upper
    node, link = np.nonzero((dual > _NOISE) & near)
    links = network.links.iloc[link]
    by_event = upper[node, link] < links["capacity"].to_numpy(float)
    words = links[["material", "origin", "destination"]].assign(
        copy=np.where(links["control"], "of controlled origin", "")
    )
    return _by_node(
        solved,
        node,
        dual[node, link],
        upper[node, link],
        kind=np.where(by_event, "event", "route").astype(object),
        table=np.where(by_event, "events", "routes").astype(object),
        row=np.where(by_event, network.hits.allowance_row[node, link], links["row"].to_numpy()),
        id=_words(words),
    )


def _by_node(
    solved: Solved,
    node: IntArray,
    dual: FloatArray,
    bound: FloatArray,
    *,
    level: bool = False,
    **columns: object,
) -> pd.DataFrame:
    """Rows by state and year: parts of a year taken together, the dearest told.

    `dual` is in million US$ per t/yr (per t of a level), `bound` in the same. A ban has a bound
    of nought and so no rent: half of those told are the dearest by worth.
    """
    tree = solved.tree
    rows = pd.DataFrame(columns)
    rows["state"] = [state_of(tree, int(n)) for n in node]
    rows["year"] = np.floor(tree.start[node] + 1e-9)
    rows["span"] = tree.duration[node]
    rows["worth"] = _undone(solved, dual, node, level=level) * rows["span"]
    rows["rent"] = dual * np.abs(np.where(np.isfinite(bound), bound, 0.0))
    keys = ["kind", "table", "row", "id", "state", "year"]
    rows = rows.groupby(keys, sort=True)[["worth", "rent", "span"]].sum().reset_index()
    rows["worth"] /= rows["span"]
    by_rent = rows.sort_values("rent", ascending=False, kind="stable").head(SHOWN)
    by_worth = rows.sort_values("worth", ascending=False, kind="stable").head(SHOWN // 2)
    chosen = by_rent.index[: SHOWN // 2].union(by_worth.index, sort=False)
    chosen = chosen.append(by_rent.index.difference(chosen, sort=False))[:SHOWN]
    rows = rows.loc[chosen].sort_values(["rent", "worth"], ascending=False, kind="stable")
    return _table(**{str(name): column for name, column in rows.items()}, unit="US$/kg")


def _undone(solved: Solved, dual: FloatArray, node: IntArray, *, level: bool) -> FloatArray:
    """Duals (million US$ per t/yr, or per t of a level) as US$/kg in the node's own money."""
    weight = solved.weight(solved.plan)[node]
    if level:
        weight = weight / solved.tree.duration[node]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(weight > NO_WEIGHT, dual / weight / PER_TONNE, np.nan)


def _words(labels: pd.DataFrame) -> list[str]:
    """The cells of a label but table and row, as words."""
    columns = [c for c in labels.columns if c not in ("table", "row")]
    return [" ".join(str(v) for v in cells if str(v)) for cells in labels[columns].to_numpy()]


def _table(**columns: object) -> pd.DataFrame:
    arrays = {
        name: value.to_numpy() if isinstance(value, pd.Series) else value
        for name, value in columns.items()
    }
    table = pd.DataFrame(arrays)[list(_COLUMNS)]
    words = dict.fromkeys(("kind", "table", "id", "state", "unit"), object)
    return table.astype({**words, "row": int, "year": int, "worth": float, "rent": float})
