"""The bill: what the focus place pays, and what the world's surplus is made of."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from kidorui.network import Network
from kidorui.program import Solution
from kidorui.program.investment import MILLION
from kidorui.program.operation import sailing
from kidorui.studies.base_year import PER_TONNE
from kidorui.studies.builds import in_billion_yen
from kidorui.studies.dependence import home_places
from kidorui.studies.shortage import missing
from kidorui.studies.solved import NOTHING, PLAN, Solved

FloatArray = npt.NDArray[np.float64]

TOTAL = "total"


def accounts(solved: Solved, floors: pd.DataFrame) -> pd.DataFrame:
    """The focus place's own bill by item, million US$ a year: what it pays is positive.

    The mean over the axis and its scenarios, discounted; trade at clearing prices.
    """
    paid = {
        PLAN: _bill(solved, PLAN, floors["paid_plan"][floors["own"]].sum()),
        NOTHING: _bill(solved, NOTHING, floors["paid_nothing"][floors["own"]].sum()),
    }
    rows = pd.DataFrame(
        {"item": list(paid[PLAN]), "plan": paid[PLAN].values(), "nothing": paid[NOTHING].values()}
    ).astype({"plan": float, "nothing": float})
    total = pd.DataFrame(
        {"item": [TOTAL], "plan": [rows["plan"].sum()], "nothing": [rows["nothing"].sum()]}
    )
    rows = pd.concat([rows, total], ignore_index=True)
    rows["difference"] = rows["plan"] - rows["nothing"]
    for name in ("plan", "nothing", "difference"):
        rows[f"{name}_yen"] = in_billion_yen(solved, rows[name].to_numpy())
    return rows


def floor_payments(solved: Solved) -> pd.DataFrame:
    """What price floors of contracts cost, by contract and payer, million US$ a year (mean)."""
    table = solved.case.table("contracts")
    table = table[table["floor"].notna()].reset_index(drop=True)
    rows = table[["id", "seller", "buyer", "material", "floor_payer", "quantity", "floor"]].rename(
        columns={"id": "contract", "floor_payer": "payer"}
    )
    rows["own"] = _names_focus(solved, rows["payer"])
    for name, short in ((PLAN, "plan"), (NOTHING, "nothing")):
        told = [_floor(solved, name, contract) for _, contract in table.iterrows()]
        rows[f"delivered_{short}"] = np.array([delivered for delivered, _ in told], dtype=float)
        rows[f"paid_{short}"] = np.array([paid for _, paid in told], dtype=float)
    return rows.astype({"quantity": float, "floor": float})


def cost_parts(solved: Solved) -> pd.DataFrame:
    """What the objective is made of, million US$ discounted over the axis, world-wide.

    The parts add up to the objective; worth counts negative, as the programme minimises.
    """
    parts = {name: _parts(solved, solution) for name, solution in solved.both.items()}
    rows = pd.DataFrame(
        {
            "part": list(parts[PLAN]),
            "plan": parts[PLAN].values(),
            "nothing": parts[NOTHING].values(),
        }
    ).astype({"plan": float, "nothing": float})
    total = {"part": TOTAL, "plan": solved.plan.objective, "nothing": solved.nothing.objective}
    rows = pd.concat([rows, pd.DataFrame([total])], ignore_index=True)
    rows["difference"] = rows["plan"] - rows["nothing"]
    rows["difference_per_year"] = rows["difference"] / solved.tree.weight.sum()
    return rows


def duties(network: Network) -> FloatArray:
    """(node, link): tariffs of routes and of events, US$/kg."""
    return np.asarray(network.links["duty"].to_numpy(float)[None, :] + network.hits.duty)


def _bill(solved: Solved, name: str, floors: float) -> dict[str, float]:
    network, solution = solved.network, solved.both[name]
    values, mean = solution.values, solved.share_of_axis
    price = np.nan_to_num(solved.prices[name])
    home = home_places(solved.case)
    links, units = network.links, network.units.iloc[network.activities["unit"]]
    leaves, arrives = (links[end].isin(home).to_numpy() for end in ("origin", "destination"))
    enters, exits = arrives & ~leaves, leaves & ~arrives
    shipment = values["shipment"] * sailing(network)
    at_home = units["place"].isin(home).to_numpy()
    here, stocked = (t["place"].isin(home).to_numpy() for t in (network.pools, network.stocks))
    costs = network.case.table("materials").set_index("id")["disposal_cost"]
    disposal = costs.loc[network.pools["material"]].fillna(0.0).to_numpy(float)
    saving = network.savings
    public, private = _investment(solved, solution, home)

    def yearly(rates: FloatArray, per_unit: FloatArray) -> float:
        return float(mean @ (rates * per_unit).sum(axis=1)) * PER_TONNE

    return {
        "imports": yearly(shipment, price[:, links["to_pool"]] * enters),
        "exports": -yearly(shipment, price[:, links["from_pool"]] * exits),
        "tariffs collected": -yearly(shipment, duties(network) * enters),
        "production at home": yearly(
            values["activity"], network.activities["cost"].to_numpy() * at_home
        ),
        "transport at home": yearly(shipment, links["cost"].to_numpy() * (leaves & arrives)),
        "public money": public,
        "private investment at home": private,
        "price floors": float(floors),
        "stockholding": yearly(
            values["level"], network.stocks["holding_cost"].to_numpy(float) * stocked
        ),
        "substitution": yearly(
            values["saved"], saving["cost"].to_numpy(float) * saving["place"].isin(home).to_numpy()
        ),
        "disposal": yearly(values["disposed"], disposal * here),
        "shortage": float(mean @ missing(network, solution)[1] @ _at(home, network)),
    }


def _at(home: list[str], network: Network) -> FloatArray:
    return np.asarray(network.demands["place"].isin(home), dtype=float)


def _investment(solved: Solved, solution: Solution, home: list[str]) -> tuple[float, float]:
    """Public money, and private investment and fixed cost at home, million US$ a year (mean)."""
    table, tree = solved.projects.table, solved.tree
    years = np.einsum("mnj,m->nj", solved.projects.charged, tree.weight) / tree.weight.sum()
    paid = (solution.values["size"] * years).sum(axis=0) * MILLION
    fixed = table["fixed_cost"].fillna(0.0).to_numpy(float)
    capital = solved.projects.annual - fixed
    share = table["public_share"].fillna(0.0).to_numpy(float)
    at_home = table["place"].isin(home).to_numpy()
    return (
        float(paid @ (capital * share)),
        float(paid @ ((capital * (1 - share) + fixed) * at_home)),
    )


def _names_focus(solved: Solved, payers: pd.Series) -> npt.NDArray[np.bool_]:
    """Whether a payer's words name the focus place, by id or by name."""
    focus = solved.case.settings.focus
    names = solved.case.table("places").set_index("id")["name"]
    words = {focus.casefold(), str(names[focus]).casefold()}
    return np.array(
        [p.casefold() in words or str(names[focus]).casefold() in p.casefold() for p in payers],
        dtype=bool,
    )


def _floor(solved: Solved, name: str, c: pd.Series) -> tuple[float, float]:
    """Mean quantity delivered under a contract (t/yr) and what its floor costs a year."""
    links, tree = solved.network.links, solved.tree
    serves = (links["origin"] == c["seller"]) & (links["destination"] == c["buyer"])
    chosen = np.flatnonzero((serves & (links["material"] == c["material"])).to_numpy())
    on = (tree.middle >= c["start"]) & (tree.middle < c["end"] + 1)
    shipped = solved.both[name].values["shipment"][:, chosen]
    price = solved.prices[name][:, links["to_pool"].to_numpy()[chosen]]
    under = shipped * np.minimum(
        1, c["quantity"] / np.maximum(shipped.sum(axis=1, keepdims=True), 1e-9)
    )
    gap = np.nan_to_num(np.clip(c["floor"] - price, 0, None))
    mean = solved.share_of_axis * on
    return float(mean @ under.sum(axis=1)), float(mean @ (under * gap).sum(axis=1)) * PER_TONNE


def _parts(solved: Solved, solution: Solution) -> dict[str, float]:
    model, network = solved.program.model, solved.network
    spent = {
        name: float((solved.expected[block.span] * solution.values[name].ravel()).sum())
        for name, block in model.variables.items()
    }
    weight = solved.tree.weight
    moved = solution.values["shipment"] * sailing(network)
    tariffs = float(weight @ (moved * duties(network)).sum(axis=1)) * PER_TONNE
    expected = float(sum(spent.values()))
    return {
        "worth of what is used": spent["served"],
        "production": spent["activity"],
        "transport": spent["shipment"] - tariffs,
        "tariffs": tariffs,
        "stockholding": spent["level"],
        "substitution": spent["saved"],
        "disposal": spent["disposed"],
        "unexplained supply": spent["unexplained"],
        "contract penalties": spent.get("undelivered", 0.0),
        "investment": spent["size"],
        **({"aversion to risk": solution.objective - expected} if solved.risk > 0 else {}),
    }
