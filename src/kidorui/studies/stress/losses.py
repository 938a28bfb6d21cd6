"""What a stress costs the sectors of the focus place, and the economy with them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from kidorui.network.months import MONTH
from kidorui.studies.base_year import PER_TONNE
from kidorui.studies.stress.lived import Lived
from kidorui.studies.stress.shortage import missing
from kidorui.studies.stress.stops import MONTH_DAYS, in_demand, stopped_share

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]

VALUE_ADDED, VALUE_LOST = "value added", "value lost"


def losses(lived: Lived) -> pd.DataFrame:
    """One row per sector of the focus place, over the months after the onset, million US$.

    `value_lost` is the area under the demand curve between what would have been used and what
    is used. `value_added_lost` is the sector's value added times its output lost: where even the
    dearest use of its worst material goes short, after users have given way by price and by
    substitution. `economy_high` counts all that they give way as output lost: an upper end.
    Where a sector states no value added, what it does not get stands in, at its worth less the
    calm price, which it does not pay (`basis`): the two are never added up. `economy` is that
    times the multiplier; `gdp_share` of one year's GDP, NaN where that is not stated.
    """
    here = in_demand(lived)
    sectors, number = np.unique(
        lived.network.demands["sector"].to_numpy(str)[here], return_inverse=True
    )
    content = lived.network.content_of(lived.network.demands["material"].iloc[here]).sum(axis=1)
    short = missing(lived)[:, here].sum(axis=0) * MONTH

    def of_sectors(values: FloatArray) -> FloatArray:
        return np.bincount(number, weights=values, minlength=len(sectors)).astype(float)

    area, net = (of_sectors(part.sum(axis=0)) for part in worth_gone(lived, here))
    idle, less = (
        _worst(1 - share[lived.lead :, here], number, len(sectors)).sum(axis=0) * MONTH
        for share in (lived.output, lived.fill)
    )
    stood = _worst(stopped_share(lived)[:, here], number, len(sectors)).sum(axis=0) * MONTH_DAYS
    rows = pd.DataFrame({"sector": sectors.astype(object)})
    own = lived.case.table("sectors")
    own = own[own["place"] == lived.case.settings.focus].set_index("sector")
    own = own[["value_added", "multiplier"]].reindex(sectors)
    added = own["value_added"].to_numpy(float)
    stated = ~np.isnan(added)
    rows["unserved"] = of_sectors(short * content)
    rows["value_lost"] = area
    rows["stopped_days"] = stood
    rows["output_lost"] = idle
    rows["value_added"] = added
    rows["value_added_lost"] = np.where(stated, added * idle, net)
    rows["multiplier"] = own["multiplier"].fillna(1.0).to_numpy(float)
    rows["economy"] = rows["value_added_lost"] * rows["multiplier"]
    upper = np.where(stated, added * np.maximum(less, idle), net)
    rows["economy_high"] = upper * rows["multiplier"]
    gdp = lived.case.settings.gdp
    rows["gdp_share"] = rows["economy"] / gdp if gdp > 0 else np.nan
    rows["basis"] = np.where(stated, VALUE_ADDED, VALUE_LOST).astype(object)
    return rows


def worth_gone(lived: Lived, here: IntArray) -> tuple[FloatArray, FloatArray]:
    """(month after the onset, row of here): worth of what is not used, and less its calm price.

    Million US$ in the month.
    """
    network, months = lived.network, lived.path.months
    gone = (lived.usual[:months] - lived.path.values["served"])[lived.lead :]
    gone = gone.reshape(len(gone), len(network.demands), -1)[:, here]
    gone *= missing(lived)[lived.lead :, here, None] > 0
    paid = lived.path.price[max(lived.lead - 1, 0), len(network.pools) :][here]
    area = (gone * network.step_value[here]).sum(axis=2)
    net = area - gone.sum(axis=2) * np.maximum(paid, 0.0)
    per_month = MONTH * PER_TONNE
    return np.maximum(area, 0.0) * per_month, np.maximum(net, 0.0) * per_month


def _worst(values: FloatArray, group: IntArray, groups: int) -> FloatArray:
    """(month, group): the largest of (month, thing), at least nought."""
    out = np.zeros((len(values), groups))
    np.maximum.at(out.T, group, values.T)
    return out
