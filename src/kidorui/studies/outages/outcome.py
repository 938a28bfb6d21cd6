"""What is read of a life under an outage."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from kidorui.network.months import MONTH
from kidorui.program.operation import shipped
from kidorui.studies.base_year import PER_TONNE
from kidorui.studies.stress.lived import Lived
from kidorui.studies.stress.losses import losses, worth_gone
from kidorui.studies.stress.march import Path
from kidorui.studies.stress.shortage import missing
from kidorui.studies.stress.stops import days_stopped

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Outcome:
    """What an outage does, in the months after its onset; beyond the same months without it.

    Of the demands asked after: `first_stop` days from the onset (NaN = never) and `stopped` days
    of each; `short` and `wanted` (month) t of oxide contained, `value` (month) million US$ worth of
    what is not used. `economy` is the loss of the focus place's economy, million US$. By place,
    over all months, million US$ at the calm's prices: `lost` worth of what its users go without,
    `unsold` exports it does not make, `spared` cost of what its plants do not run.
    """

    first_stop: FloatArray
    stopped: FloatArray
    short: FloatArray
    wanted: FloatArray
    value: FloatArray
    economy: float
    lost: FloatArray
    unsold: FloatArray
    spared: FloatArray


def read(lived: Lived, usual: Path, lines: IntArray) -> Outcome:
    """The outcome for some demands (`lines`); `usual` are the same months without the outage."""
    network, after = lived.network, slice(lived.lead, None)
    content = network.content_of(network.demands["material"].iloc[lines]).sum(axis=1)
    every = np.arange(len(network.demands))
    worth, _ = worth_gone(lived, every)
    first, stopped = days_stopped(lived)
    return Outcome(
        first_stop=first[lines],
        stopped=stopped[lines],
        short=missing(lived)[after, lines] @ content * MONTH,
        wanted=lived.wanted[after, lines] @ content * MONTH,
        value=worth[:, lines].sum(axis=1),
        economy=float(losses(lived)["economy"].sum()),
        lost=_by_place(lived, network.demands["place"].to_numpy(object), worth.sum(axis=0)),
        **_of_makers(lived, usual),
    )


def _of_makers(lived: Lived, usual: Path) -> dict[str, FloatArray]:
    """By place: `unsold` and `spared`, million US$ over the months after the onset."""
    network, after = lived.network, slice(lived.lead, lived.path.months)
    values = lived.path.values
    links, units = network.links, network.units
    price = lived.world.worth[links["from_pool"].to_numpy()]
    gone = (shipped(network, usual.values)[after] - shipped(network, values)[after]).sum(axis=0)
    idle = (usual.values["activity"][after] - values["activity"][after]).sum(axis=0)
    cost = network.activities["cost"].to_numpy(float)
    makers = units["place"].to_numpy(object)[network.activities["unit"]]
    per = MONTH * PER_TONNE
    return {
        "unsold": _by_place(lived, links["origin"].to_numpy(object), gone * price * per),
        "spared": _by_place(lived, makers, idle * cost * per),
    }


def _by_place(lived: Lived, places: npt.NDArray[np.object_], values: FloatArray) -> FloatArray:
    """(place of the case): sums of values of things at places."""
    ids = pd.Index(lived.case.table("places")["id"])
    at = ids.get_indexer(pd.Index(places))
    return np.bincount(at, weights=values, minlength=len(ids)).astype(float)
