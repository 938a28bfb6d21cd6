"""Countries and the places of a network: which place stands for which country."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from kidorui.case.case import Case

OTHERS = "*"
"""In `covers`: all countries that no other place stands for."""


@dataclass(frozen=True)
class Atlas:
    """Which place stands for a country alone (`own`), and which for several (`covering`).

    Countries are ISO 3166 alpha-3 codes. others: the place that stands for all that no place
    lists, "" where there is none.
    """

    own: Mapping[str, str]
    covering: Mapping[str, str]
    others: str

    def place(self, country: str) -> str:
        """The place that stands for the country alone; without one, the code it would have."""
        return self.own.get(country, country)

    def aggregate(self, country: str) -> str:
        """The place that stands for the country and others; "" where none does."""
        return self.covering.get(country, self.others)


def atlas(case: Case) -> Atlas:
    """Which places of a case stand for which countries.

    Of several places that lie in one country and stand for it alone, the first of the table is
    the country: the others are sites within it.
    """
    places = case.table("places")
    alone = places[places["covers"].map(len) == 0]
    own = alone.drop_duplicates("iso3").set_index("iso3")["id"]
    listed = places[["id", "covers"]].explode("covers").dropna().set_index("covers")["id"]
    covering = {str(country): str(place) for country, place in listed.items()}
    others = covering.pop(OTHERS, "")
    return Atlas({str(c): str(p) for c, p in own.items()}, covering, others)


def country_places(case: Case) -> Mapping[str, str]:
    """Every place of a case: the place of the network it is counted in, most often itself.

    A country that an importer added is counted in the place that covers it (`within`).
    """
    places: pd.DataFrame = case.table("places")
    counted = places["within"].where(places["within"] != "", places["id"])
    return dict(zip(places["id"].tolist(), counted.tolist(), strict=True))
