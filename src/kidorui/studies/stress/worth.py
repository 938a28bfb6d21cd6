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
    return _unmet(lived, lived.path.values["served"])


def _unmet(lived: Lived, given: FloatArray) -> tuple[FloatArray, FloatArray]:
    network, months = lived.network, lived.path.months
    base = network.demands["base_price"].to_numpy(float)
    wanted = lived.given.quantity[:months, :, None] * network.step_width
    served = given[:months].reshape(wanted.shape)
    short = np.clip(wanted - served, 0.0, None) * _reference(network)
    loss = (short * (network.step_value - base[:, None])).sum(axis=2) * PER_TONNE
    return np.asarray(short.sum(axis=2)), np.asarray(loss)


def focus_loss(lived: Lived, months: int | None = None) -> float:
    """Loss of the focus place from the first strike on, above base prices, million US$.

    Beyond what would have been lost without it (or, where that is not known, in the last calm
    month). months: how many count from then; all unless given.
    """
    focus = focus_demands(lived.network)
    here = unmet(lived)[1][:, focus].sum(axis=1)
    if lived.usual is not None:
        calm = _unmet(lived, lived.usual)[1][lived.lead :, focus].sum(axis=1)
        calm = calm[:months]
    else:
        calm = np.array(here[lived.lead - 1] if lived.lead else 0.0)
    until = None if months is None else lived.lead + months
    return float(np.maximum(here[lived.lead : until] - calm, 0.0).sum() * MONTH)


def _reference(network: Network) -> FloatArray:
    base = network.demands["base_price"].to_numpy(float)
    return np.asarray(reference_share(network.step_width, network.step_value, base))
