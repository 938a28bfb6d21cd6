"""What the focus place loses: value of what its sectors do not get."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from kidorui.network.months import MONTH
from kidorui.studies import shortage
from kidorui.studies.shortage import focus_demands
from kidorui.studies.stress.lived import Lived

FloatArray = npt.NDArray[np.float64]


def unmet(lived: Lived, served: FloatArray) -> tuple[FloatArray, FloatArray]:
    """(month, demand): what is not met where `served` is, and what that loses, as the plan has it.

    Of the demand at the base price, t/yr and million US$/yr.
    """
    months = lived.path.months
    return shortage.unmet(lived.network, lived.given.quantity[:months], served[:months])


def focus_loss(lived: Lived) -> float:
    """Loss of the focus place from the first strike on, above base prices, million US$.

    Beyond what would have been lost without it.
    """
    focus = focus_demands(lived.network)
    here, usual = (
        unmet(lived, served)[1][lived.lead :, focus].sum(axis=1)
        for served in (lived.path.values["served"], lived.usual)
    )
    return float(np.maximum(here - usual, 0.0).sum() * MONTH)
