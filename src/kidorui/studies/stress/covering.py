"""What is held at the focus place, by whom, and how long it lasts."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from kidorui.network.links import DAYS
from kidorui.network.stores import YARD
from kidorui.studies.stress.lived import Lived

FloatArray = npt.NDArray[np.float64]


def cover(lived: Lived) -> pd.DataFrame:
    """One row per month, kind of holder and material held at the focus place, at month's end.

    `held` in t; `days` at the rate at which recipes and sectors use the material in the last
    calm month, NaN where nothing does. Yards are left out: what lies there is in nobody's cover.
    """
    stores, focus = lived.world.stores, lived.case.settings.focus
    own = ((stores["place"] == focus) & (stores["kind"] != YARD)).to_numpy()
    rows = stores.loc[own, ["kind", "material"]]
    group = rows.groupby(["kind", "material"], sort=True).ngroup().to_numpy(np.intp)
    things = rows.assign(group=group).drop_duplicates("group").sort_values("group")
    held = np.zeros((len(things), lived.path.months))
    np.add.at(held, group, lived.path.values["level"][:, own].T)
    use = things["material"].map(used(lived)).to_numpy(float)
    days = held / np.where(use > 0, use, np.nan)[:, None] * DAYS
    months = lived.path.months
    return pd.DataFrame(
        {
            "month": np.repeat(np.array(lived.labels, dtype=object), len(things)),
            "kind": np.tile(things["kind"].to_numpy(object), months),
            "material": np.tile(things["material"].to_numpy(object), months),
            "held": held.T.ravel(),
            "days": days.T.ravel(),
        }
    )


def used(lived: Lived) -> dict[str, float]:
    """By material: t/yr that recipes and sectors use at the focus place in the last calm month."""
    network, focus = lived.network, lived.case.settings.focus
    before = max(lived.lead - 1, 0)
    pools, demands, savings = network.pools, network.demands, network.savings
    use = lived.served[before].copy()
    np.subtract.at(use, savings["demand"].to_numpy(np.intp), lived.path.values["saved"][before])
    both = pd.concat(
        [
            pools[["material", "place"]].assign(use=intake(lived)[before]),
            demands[["material", "place"]].assign(use=use),
        ]
    )
    total = both[both["place"] == focus].groupby("material")["use"].sum()
    return {str(material): float(rate) for material, rate in total.items()}


def intake(lived: Lived) -> FloatArray:
    """(month, pool): t/yr that recipes take."""
    taken = (-lived.network.recipes).maximum(0)
    return np.asarray((taken @ lived.path.values["activity"].T).T)
