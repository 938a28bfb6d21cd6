"""The bill: what the focus place pays, and what the world's surplus is made of."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kidorui.program import Solution
from kidorui.program.operation import sailing, shipped
from kidorui.studies.base_year import PER_TONNE
from kidorui.studies.bill import Bills, duties, floor, names_focus
from kidorui.studies.builds import in_billion_yen
from kidorui.studies.solved import NOTHING, PLAN, Solved

TOTAL = "total"


def accounts(solved: Solved, paid: Bills) -> pd.DataFrame:
    """The focus place's own bill by item, million US$ a year: what it pays is positive.

    The mean over the axis and its scenarios, discounted; trade at clearing prices.
    """
    mean = solved.share_of_axis
    rows = pd.DataFrame(
        {
            "item": list(paid[PLAN]),
            "plan": [float(mean @ item) for item in paid[PLAN].values()],
            "nothing": [float(mean @ item) for item in paid[NOTHING].values()],
        }
    )
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
    rows["own"] = names_focus(solved, rows["payer"])
    for name, short in ((PLAN, "plan"), (NOTHING, "nothing")):
        told = [floor(solved, name, contract) for _, contract in table.iterrows()]
        mean = solved.share_of_axis
        rows[f"delivered_{short}"] = np.array([float(mean @ given) for given, _ in told])
        rows[f"paid_{short}"] = np.array([float(mean @ paid) for _, paid in told])
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


def _parts(solved: Solved, solution: Solution) -> dict[str, float]:
    model, network = solved.program.model, solved.network
    spent = {
        name: float((solved.expected[block.span] * solution.values[name].ravel()).sum())
        for name, block in model.variables.items()
    }
    weight = solved.tree.weight
    moved = shipped(network, solution.values) * sailing(network)
    tariffs = float(weight @ (moved * duties(network)).sum(axis=1)) * PER_TONNE
    expected = float(sum(spent.values()))
    return {
        "worth of what is used": spent["served"],
        "production": spent["activity"],
        "transport": spent["shipment"] + spent.get("detour", 0.0) - tariffs,
        "tariffs": tariffs,
        "stockholding": spent["level"],
        "substitution": spent["saved"],
        "disposal": spent["disposed"],
        "unexplained supply": spent["unexplained"],
        "contract penalties": spent.get("undelivered", 0.0),
        "investment": spent["size"],
        **({"aversion to risk": solution.objective - expected} if solved.risk > 0 else {}),
    }
