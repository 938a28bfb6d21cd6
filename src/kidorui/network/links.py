"""Routes expanded to links: one for each material, and twice where control is traced."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kidorui.case import Case

DAYS = 365.25


def expand_routes(case: Case) -> pd.DataFrame:
    """One row per material, origin and destination: costs in US$/kg, times in years.

    `cost` holds the `duty` on the value at the base price.
    A row of the case for a stage stands for every material of the stage; a row for the
    material itself wins. `base_flow` is NaN where the case gives none.
    """
    materials = case.table("materials")
    routes = case.table("routes").copy()
    by_stage = materials[["id", "stage"]].rename(columns={"id": "material"})
    of_stage = routes.merge(by_stage, left_on="goods", right_on="stage", how="inner")
    own = routes[routes["goods"].isin(materials["id"])].assign(material=lambda r: r["goods"])
    both = pd.concat([own, of_stage], ignore_index=True)
    both = both.drop_duplicates(["material", "origin", "destination"], keep="first")
    both = both.merge(
        materials[["id", "base_price"]], left_on="material", right_on="id", how="left"
    )
    duty = both["tariff"].fillna(0.0) / 100 * both["base_price"].fillna(0.0)
    return pd.DataFrame(
        {
            "material": both["material"],
            "origin": both["origin"],
            "destination": both["destination"],
            "cost": both["cost"] + duty,
            "duty": duty,
            "transit": both["transit"] / DAYS,
            "capacity": both["capacity"].fillna(np.inf),
            "base_flow": both["base_flow"],
            "change_limit": both["change_limit"].fillna(np.inf),
            "qualification": both["qualification"].fillna(0.0) / DAYS,
            "row": both["_row"],
        }
    ).reset_index(drop=True)
