"""The observations of a year as rows over its unknowns, each with its standard error."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from kidorui.case import Case
from kidorui.case.places import country_places
from kidorui.studies.calibration.bases import Basis
from kidorui.studies.calibration.fits import (
    Observation,
    in_words,
    names_of,
    observations,
    unit_in_words,
)
from kidorui.studies.calibration.terms import Lens, Seen
from kidorui.studies.reconcile.assumed import LEAST, basis_error, stated_error
from kidorui.studies.reconcile.unknowns import Unknowns

FloatArray = npt.NDArray[np.float64]

LITTLE = 0.1
"""Part of the usual whole, or t/yr, below which a share of it is not told."""

NOT_COMPARED = ["id", "kind", "basis", "unit", "observed", "source", "why"]
"""Columns of the observations that nothing is compared with."""


@dataclass(frozen=True)
class Figure:
    """An observation of the network's own places: one of the case, or the sum of several.

    `error` is its standard error in its own unit, `assumed` whether it was not stated.
    """

    id: str
    seen: Seen
    value: float
    error: float
    assumed: bool
    confidence: str
    source: str
    note: str
    parts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Measured:
    """A figure with what it adds up: `part` (unknown), of which share of `whole` where it is one.

    `error` holds what the comparison adds to the figure's own.
    """

    figure: Figure
    words: str
    unit: str
    error: float
    part: FloatArray
    whole: FloatArray | None = None

    def row(self, point: FloatArray, usual: FloatArray) -> tuple[FloatArray, float]:
        """The row over the unknowns and what it should be; of a share, linear about `point`.

        A share g = part / whole is taken as g' + (part - g' whole) / whole', with g' and whole'
        those of the point (Gauss and Newton). Where less than LITTLE is left of the whole of
        the `usual` point the share says nothing, and (part - r whole) / (LITTLE usual) = 0 stands
        in its place, r the share observed.
        """
        if self.whole is None:
            return self.part, self.figure.value
        total = float(self.whole @ point)
        least = max(LITTLE * float(self.whole @ usual), LITTLE)
        if total < least:
            return (self.part - self.figure.value * self.whole) / least, 0.0
        share = float(self.part @ point) / total
        return (self.part - share * self.whole) / total, self.figure.value - share

    def found(self, point: FloatArray) -> float:
        """What the figure is at a point, in its own unit."""
        part = float(self.part @ point)
        if self.whole is None:
            return part
        total = float(self.whole @ point)
        return part / total if total > 0 else np.nan


def figures(case: Case, year: int, *, scale: float) -> tuple[list[Figure], list[dict[str, object]]]:
    """Observations of a year, those of countries counted in their place, and those left out.

    scale: factor on all errors that are assumed. Raises ValueError where the case has no
    observation of the year.
    """
    table = case.table("observations")
    table = table[table["kind"] != "governance"]
    if not (table["year"] == year).any():
        known = sorted({int(y) for y in table["year"]})
        has = f"there are some of {', '.join(map(str, known))}" if known else "it has none at all"
        raise ValueError(f"case {case.settings.name}: no observation of {year}; {has}")
    read, unread = observations(case, year)
    read = [one for one in read if one.seen.kind != "governance"]
    confidence = table.set_index("id")["confidence"]
    names, within = names_of(case), country_places(case)
    left_out = [
        {
            **_left_out(*(str(row[c]) for c in ("id", "kind", "unit", "unit", "source", "why"))),
            "observed": float(row["value"]),
        }
        for row in unread.to_dict("records")
        if row["kind"] != "governance"
    ]
    plain, moved = [], []
    for one in read:
        counted = replace(
            one.seen,
            place=within.get(one.seen.place, one.seen.place),
            origin=within.get(one.seen.origin, one.seen.origin),
        )
        figure = _figure(one, str(confidence[one.id]), scale)
        why = _cannot_move(one.seen, counted)
        if why:
            left_out.append(_left_out_as(figure, names, why))
        elif counted == one.seen:
            plain.append(figure)
        else:
            moved.append(replace(figure, seen=counted))
    return [*plain, *_summed(moved)], left_out


def measured(
    found: Sequence[Figure], unknowns: Unknowns, lens: Lens, case: Case, *, scale: float
) -> tuple[list[Measured], list[dict[str, object]]]:
    """The figures that the network can tell, as rows over its unknowns; and those left out."""
    names = names_of(case)
    out, left_out = [], []
    for figure in found:
        terms = lens.terms(figure.seen)
        if isinstance(terms, str):
            left_out.append(_left_out_as(figure, names, terms))
            continue
        part = unknowns.row(terms)
        whole = None if terms.whole is None else unknowns.row(terms.whole)
        can_be = (part if whole is None else np.abs(part) + np.abs(whole)) != 0
        if not (can_be & (unknowns.upper > 0)).any():
            left_out.append(_left_out_as(figure, names, "nothing in the network can be this"))
            continue
        added = basis_error(figure.value, figure.seen, scale=scale)
        out.append(
            Measured(
                figure=figure,
                words=in_words(figure.seen, names),
                unit=unit_in_words(figure.seen),
                error=float(np.hypot(figure.error, added)),
                part=part,
                whole=whole,
            )
        )
    return out, left_out


def stock_changes(case: Case, year: int, unknowns: Unknowns, *, scale: float) -> list[Measured]:
    """What stocks rose by in a year of which both ends were observed, of all holders together."""
    names, stocks = names_of(case), unknowns.network.stocks
    table = case.table("observations")
    now, then = (table[(table["kind"] == "stock") & (table["year"] == y)] for y in (year, year - 1))
    both = now.merge(then, on=["place", "goods", "unit"], suffixes=("", "_then"))
    out = []
    for row in both.to_dict("records"):
        place, goods = str(row["place"]), str(row["goods"])
        held = (stocks["place"] == place) & (stocks["material"] == goods)
        if not held.any():
            continue
        part = np.zeros(unknowns.count)
        part[unknowns.blocks["stock"]] = held.to_numpy(float)
        seen = Seen("stock", place, "", goods, Basis("weight"))
        ends = [
            (float(row[f"value{end}"]), float(row[f"uncertainty{end}"]), row[f"confidence{end}"])
            for end in ("", "_then")
        ]
        errors = [
            stated_error(value, str(confidence), seen, scale=scale) if np.isnan(error) else error
            for value, error, confidence in ends
        ]
        figure = Figure(
            id=str(row["id"]),
            seen=seen,
            value=ends[0][0] - ends[1][0],
            error=max(float(np.hypot(errors[0], errors[1])), LEAST),
            assumed=any(np.isnan(error) for _, error, _ in ends),
            confidence=str(row["confidence"]),
            source=str(row["source"]),
            note=f"rise on {row['id_then']}",
        )
        words = f"{names.get(place, place)}, rise of stocks: {names.get(goods, goods)}"
        out.append(Measured(figure, words, "t", figure.error, part))
    return out


def left_out_table(rows: Sequence[Mapping[str, object]]) -> pd.DataFrame:
    """Observations of the year that nothing is compared with, and why."""
    return pd.DataFrame(rows, columns=NOT_COMPARED)


def _figure(one: Observation, confidence: str, scale: float) -> Figure:
    assumed = bool(np.isnan(one.uncertainty))
    error = one.uncertainty
    if assumed:
        error = stated_error(one.expected, confidence, one.seen, scale=scale)
    least = LEAST / 1000 if one.seen.kind == "share" else LEAST
    return Figure(
        id=one.id,
        seen=one.seen,
        value=one.expected,
        error=max(float(error), least),
        assumed=assumed,
        confidence=confidence,
        source=one.source,
        note=one.note,
    )


def _cannot_move(seen: Seen, counted: Seen) -> str:
    """Why an observation of a country cannot be counted in its place; "" where it can."""
    if seen == counted:
        return ""
    if seen.kind == "share":
        return "a share of one country of a place does not add up with those of others"
    if seen.kind == "flow" and not counted.origin:
        return "imports of one country of a place from all hold those from within the place"
    if counted.place == counted.origin:
        return "flows within one place are no flows of the network"
    return ""


def _summed(moved: Sequence[Figure]) -> list[Figure]:
    """Figures of the countries of a place as one, their errors taken as independent."""
    groups: dict[Seen, list[Figure]] = {}
    for figure in moved:
        groups.setdefault(figure.seen, []).append(figure)
    order = {"high": 0, "medium": 1, "low": 2}
    return [
        replace(
            of_one[0],
            value=sum(figure.value for figure in of_one),
            error=float(np.sqrt(sum(figure.error**2 for figure in of_one))),
            assumed=any(figure.assumed for figure in of_one),
            confidence=max((figure.confidence for figure in of_one), key=order.__getitem__),
            note=f"sum of {len(of_one)} countries: {', '.join(f.id for f in of_one)}",
            parts=tuple(figure.id for figure in of_one),
        )
        for of_one in groups.values()
    ]


def _left_out_as(figure: Figure, names: Mapping[str, str], why: str) -> dict[str, object]:
    seen = figure.seen
    words, unit = in_words(seen, names), unit_in_words(seen)
    row = _left_out(figure.id, seen.kind, words, unit, figure.source, why)
    return {**row, "observed": figure.value}


def _left_out(
    name: str, kind: str, words: str, unit: str, source: str, why: str
) -> dict[str, object]:
    return {"id": name, "kind": kind, "basis": words, "unit": unit, "source": source, "why": why}
