"""Whether countries are counted once, and observations say what was observed."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from kidorui.case.checks.draft import Draft
from kidorui.case.faults import Fault

_COUNTRY = re.compile(r"[A-Z][A-Z0-9]{2}")
_OTHERS = "*"


def check_places(draft: Draft) -> Iterator[Fault]:
    """Countries that two places stand for, and places counted in one that is counted elsewhere."""
    places = draft.frame("places")
    first: dict[str, str] = {}
    unsure = draft.bad("places", "covers", "id")
    for index in np.flatnonzero((places["covers"].map(len) > 0) & ~unsure).tolist():
        place = places["id"][index]
        for country in places["covers"][index]:
            if country != _OTHERS and not _COUNTRY.fullmatch(country):
                wrong, accepted = f"{country!r} is no country", "an ISO 3166 alpha-3 code, or *"
                yield draft.fault("places", index, "covers", wrong, accepted)
            elif first.setdefault(country, place) != place:
                wrong = f"{first[country]} stands for {country} already"
                accepted = "each country in one place"
                yield draft.fault("places", index, "covers", wrong, accepted)
    yield from _counted_twice(draft, first)
    yield from _counted_elsewhere(draft)


def check_observations(draft: Draft) -> Iterator[Fault]:
    """Observations without goods that are not of governance, and of governance without a place."""
    seen = draft.frame("observations")
    is_governance = seen["kind"] == "governance"
    kind_told = ~draft.bad("observations", "kind")
    silent = (
        kind_told & ~is_governance & (seen["goods"] == "") & ~draft.bad("observations", "goods")
    )
    for index in np.flatnonzero(silent).tolist():
        accepted = "a material or stage; only governance has none"
        yield draft.fault("observations", index, "goods", "blank", accepted)
    nowhere = (
        kind_told & is_governance & (seen["place"] == "") & ~draft.bad("observations", "place")
    )
    for index in np.flatnonzero(nowhere).tolist():
        yield draft.fault("observations", index, "place", "blank", "whose governance it is")


def _counted_twice(draft: Draft, covered: dict[str, str]) -> Iterator[Fault]:
    """Places of the network for a country alone that another place stands for as well."""
    places = draft.frame("places")
    alone = (places["covers"].map(len) == 0) & (places["within"] == "")
    alone &= ~draft.bad("places", "covers", "within", "iso3")
    for index in np.flatnonzero(alone & places["iso3"].isin(set(covered))).tolist():
        country, place = places["iso3"][index], covered[places["iso3"][index]]
        wrong = f"{place} stands for {country} as well; what is imported of it is counted here"
        accepted = f"a country that {place} does not cover, or within {place}"
        yield draft.fault("places", index, "iso3", wrong, accepted, "warning")


def _counted_elsewhere(draft: Draft) -> Iterator[Fault]:
    """Places counted in a place that is itself counted in one."""
    places = draft.frame("places")
    within = dict(zip(places["id"], places["within"], strict=True))
    chained = np.array([within.get(place, "") != "" for place in places["within"]], dtype=bool)
    for index in np.flatnonzero(chained & ~draft.bad("places", "within")).tolist():
        place = places["within"][index]
        wrong = f"{place} is itself counted in {within[place]}"
        yield draft.fault("places", index, "within", wrong, "a place of the network")
