"""What sectors go short of, month by month and element by element."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from kidorui.network.months import MONTH
from kidorui.studies.shortage import focus_demands
from kidorui.studies.stress.lived import Lived

FloatArray = npt.NDArray[np.float64]

_NOISE = 1e-7
"""Share of a demand below which a shortage is the solver's tolerance."""


def shortage(lived: Lived) -> pd.DataFrame:
    """One row per month, sector and element short at the focus place after the onset, t oxide.

    Served is what is used and what substitution spares, so that `shortage` is beyond both;
    `saved` is what substitution spares beyond the calm. Months without a shortage have no row.
    """
    network, lead = lived.network, lived.lead
    here = focus_demands(network)
    sectors, number = np.unique(network.demands["sector"].to_numpy(str)[here], return_inverse=True)
    elements = lived.case.table("elements")
    content = network.content_of(network.demands["material"].iloc[here])

    def told(rates: FloatArray) -> FloatArray:
        out = np.zeros((len(sectors), lived.path.months - lead, len(elements)))
        np.add.at(out, number, rates[lead:, here].T[:, :, None] * content[:, None] * MONTH)
        return out.transpose(1, 0, 2)

    short = told(missing(lived))
    month, sector, element = np.nonzero(short > 0)
    at = (month, sector, element)
    return pd.DataFrame(
        {
            "month": np.array(lived.labels[lead:], dtype=object)[month],
            "sector": sectors.astype(object)[sector],
            "element": elements["id"].to_numpy(object)[element],
            "group": elements["group"].to_numpy(object)[element],
            "wanted": told(lived.wanted)[at],
            "saved": told(_saved_more(lived))[at],
            "shortage": short[at],
        }
    )


def missing(lived: Lived) -> FloatArray:
    """(month, demand): t/yr wanted that is neither used nor spared; none before the onset."""
    short = np.maximum(lived.wanted - lived.served, 0.0)
    short[short < _NOISE * lived.wanted] = 0.0
    short[: lived.lead] = 0.0
    return np.asarray(short)


def _saved_more(lived: Lived) -> FloatArray:
    """(month, demand): t/yr that substitution spares beyond the last calm month."""
    saved = np.zeros(lived.served.shape)
    row = lived.network.savings["demand"].to_numpy(np.intp)
    np.add.at(saved.T, row, lived.path.values["saved"].T)
    return np.asarray(np.maximum(saved - saved[max(lived.lead - 1, 0)], 0.0))
