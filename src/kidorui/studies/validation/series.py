"""The whole path of an episode beside the points that are on record."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from kidorui.studies.stress.lived import Lived
from kidorui.studies.validation import trade
from kidorui.studies.validation.checks import read_record
from kidorui.studies.validation.markets import border_price

FloatArray = npt.NDArray[np.float64]

Series = tuple[str, str, Callable[[Lived], FloatArray]]

YUAN = 7.2
"""CNY in a US$ over 2024 and 2025."""

_COLUMNS = ["episode", "month", "what", "unit", "computed", "recorded"]


def series(episode: str, lived: Lived) -> pd.DataFrame:
    """One row per month and series of an episode, with what is on record of it (else NaN)."""
    tables = [
        pd.DataFrame(
            {
                "month": list(lived.labels),
                "what": what,
                "unit": unit,
                "computed": measure(lived),
            }
        )
        for what, unit, measure in _SERIES[episode]
    ]
    record = read_record()
    record = record.loc[record["episode"] == episode, ["month", "what", "unit", "recorded"]]
    rows = pd.concat(tables, ignore_index=True).merge(
        record, on=["month", "what", "unit"], how="left"
    )
    return rows.assign(episode=episode)[_COLUMNS]


def no_series() -> pd.DataFrame:
    """The table without rows."""
    return pd.DataFrame(columns=_COLUMNS)


def _price(material: str, place: str, factor: float = 1.0) -> Callable[[Lived], FloatArray]:
    return lambda lived: np.asarray(border_price(lived, material, place) * factor)


def _from_control(lived: Lived) -> FloatArray:
    return trade.imports(lived, trade.RAW, lived.case.settings.control)


def _magnets(to: str = "") -> Callable[[Lived], FloatArray]:
    return lambda lived: trade.exports(lived, lived.case.settings.control, ("magnet",), to)


_IMPORTS: Series = ("imports from China", "t a month", _from_control)
_NDPR: Series = ("price of NdPr oxide in China", "US$/kg", _price("ndpr-oxide", "CN"))

_SERIES: Mapping[str, tuple[Series, ...]] = {
    "halt of 2010": (
        _IMPORTS,
        ("price of neodymium oxide in Japan", "US$/kg", _price("nd-oxide", "JP")),
        ("price of neodymium oxide in China", "US$/kg", _price("nd-oxide", "CN")),
        ("price of dysprosium oxide in Japan", "US$/kg", _price("dy-oxide", "JP")),
        ("price of dysprosium oxide in China", "US$/kg", _price("dy-oxide", "CN")),
    ),
    "licences of April 2025": (
        ("exports of magnets", "t a month", _magnets()),
        ("exports of magnets to Japan", "t a month", _magnets("JP")),
        ("price of dysprosium oxide in Europe", "US$/kg", _price("dy-oxide", "EU")),
        ("price of dysprosium oxide in China", "US$/kg", _price("dy-oxide", "CN")),
        ("price of terbium oxide in Europe", "US$/kg", _price("tb-oxide", "EU")),
        ("price of terbium oxide in China", "US$/kg", _price("tb-oxide", "CN")),
    ),
    "Myanmar 2024-25": (
        ("price of terbium oxide in China", "CNY/kg", _price("tb-oxide", "CN", YUAN)),
    ),
    "Mountain Pass 2015": (_NDPR,),
    "price spike of 2022": (
        _NDPR,
        ("price of neodymium oxide in China", "US$/kg", _price("nd-oxide", "CN")),
    ),
    "one-year cut to Japan": (_IMPORTS,),
}
