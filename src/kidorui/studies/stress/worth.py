"""What the focus place loses: value of what its sectors do not get."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from kidorui.network import Network
from kidorui.network.demand import reference_share
from kidorui.network.months import MONTH
from kidorui.studies.base_year import PER_TONNE
from kidorui.studies.shortage import focus_demands
from kidorui.studies.stress.lived import Lived

FloatArray = npt.NDArray[np.float64]


def unmet(lived: Lived) -> tuple[FloatArray, FloatArray]:
    """(month, demand): demand at the base price that is not met, and what that loses.

    In t/yr and million US$/yr, as the plan tells them (studies.shortage): met is what is used,
    be it goods or savings; the loss is what the unmet steps are worth above the base price.
    """
    network, months = lived.network, lived.path.months
    base = network.demands["base_price"].to_numpy(float)
    wanted = lived.given.quantity[:months, :, None] * network.step_width
    served = lived.path.values["served"].reshape(wanted.shape)
    short = np.clip(wanted - served, 0.0, None) * _reference(network)
    loss = (short * (network.step_value - base[:, None])).sum(axis=2) * PER_TONNE
    return np.asarray(short.sum(axis=2)), np.asarray(loss)


def focus_loss(lived: Lived, months: int | None = None) -> float:
    """Loss of the focus place from the first strike on, beyond that of the calm, million US$.

    months: how many count from then; all unless given.
    """
    _, loss = unmet(lived)
    here = loss[:, focus_demands(lived.network)].sum(axis=1)
    calm = here[lived.lead - 1] if lived.lead else 0.0
    until = None if months is None else lived.lead + months
    return float(np.maximum(here[lived.lead : until] - calm, 0.0).sum() * MONTH)


def _reference(network: Network) -> FloatArray:
    base = network.demands["base_price"].to_numpy(float)
    return np.asarray(reference_share(network.step_width, network.step_value, base))
