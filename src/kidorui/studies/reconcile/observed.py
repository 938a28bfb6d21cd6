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
from kidorui.studies.calibration.terms import Lens, Seen, Terms
from kidorui.studies.reconcile.assumed import LEAST, basis_error, stated_error
from kidorui.studies.reconcile.restated import Figure, data_sets, once, thing, without_sums
from kidorui.studies.reconcile.unknowns import Unknowns

FloatArray = npt.NDArray[np.float64]

LITTLE = 0.1
"""Part of the usual whole, or t/yr, below which a share of it is not told."""

NOTHING = "nothing in the network can be this"

NOT_COMPARED = ["id", "kind", "basis", "unit", "observed", "source", "why"]
"""Columns of the observations that nothing is compared with."""

_DOUBT: Mapping[str, int] = {"high": 0, "medium": 1, "low": 2}


@dataclass(frozen=True)
class Found:
    """The observations of a year, as the network's places have them and as they were made.

    counted: one figure for each fact, those of countries summed in their place; each: those by
    country too, one for each fact; left_out: rows of `NOT_COMPARED`; again: how many of these
    only say again what others say.
    """

    counted: Sequence[Figure]
    each: Sequence[Figure]
    left_out: Sequence[Mapping[str, object]]
    again: int


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


def figures(case: Case, year: int, *, scale: float) -> Found:
    """Observations of a year, each fact once, those of countries counted in their place.

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
    confidence = table.set_index("id")["confidence"].to_dict()
    sets, names, within = data_sets(case), names_of(case), country_places(case)
    each, again = once([_figure(one, str(confidence[one.id]), sets, scale) for one in read])
    plain, moved, left_out = [], [], _unread(unread)
    for figure in each:
        counted = replace(
            figure.seen,
            place=within.get(figure.seen.place, figure.seen.place),
            origin=within.get(figure.seen.origin, figure.seen.origin),
        )
        if why := _cannot_move(figure.seen, counted):
            left_out.append(_left_out_as(figure, names, why))
        elif counted == figure.seen:
            plain.append(figure)
        else:
            moved.append((counted, figure))
    summed, sums_again = once([*plain, *_summed(moved)])
    rest, shares_again = without_sums(summed)
    repeated = [*again, *sums_again, *shares_again]
    left_out += [_left_out_as(one.figure, names, one.why) for one in repeated]
    gone = {name for one in sums_again for name in (one.figure.id, *one.figure.parts)}
    return Found(rest, [one for one in each if one.id not in gone], left_out, len(repeated))


def measured(
    found: Sequence[Figure], unknowns: Unknowns, lens: Lens, case: Case, *, scale: float
) -> tuple[list[Measured], list[dict[str, object]]]:
    """The figures that the network can tell, as rows over its unknowns; and those left out."""
    names = names_of(case)
    out, left_out = [], []
    for figure in found:
        terms = terms_of(figure, lens)
        if isinstance(terms, str):
            left_out.append(_left_out_as(figure, names, terms))
            continue
        part = unknowns.row(terms)
        whole = None if terms.whole is None else unknowns.row(terms.whole)
        can_be = (part if whole is None else np.abs(part) + np.abs(whole)) != 0
        if not (can_be & (unknowns.upper > 0)).any():
            why = "the sum of its partners, which count" if figure.but else NOTHING
            left_out.append(_left_out_as(figure, names, why))
            continue
        added = basis_error(figure.value, figure.seen, scale=scale)
        out.append(
            Measured(
                figure=figure,
                words=words_of(figure, names),
                unit=unit_in_words(figure.seen),
                error=float(np.hypot(figure.error, added)),
                part=part,
                whole=whole,
            )
        )
    return out, left_out


def terms_of(figure: Figure, lens: Lens) -> Terms | str:
    """What a figure adds up in the lens's network; in words, why that cannot be told."""
    terms = lens.terms(figure.seen)
    if isinstance(terms, str) or not figure.but:
        return terms
    others = ~lens.network.links["origin"].isin(figure.but).to_numpy(bool)
    return replace(terms, flow=terms.flow * others)


def words_of(figure: Figure, names: Mapping[str, str]) -> str:
    """What a figure is, in words: `Japan, imports from all but China: HS 284690, by weight`."""
    words = in_words(figure.seen, names)
    if not figure.but:
        return words
    told = ", ".join(names.get(place, place) for place in figure.but)
    return words.replace("imports from all", f"imports from all but {told}", 1)


def stock_changes(case: Case, year: int, unknowns: Unknowns, *, scale: float) -> list[Measured]:
    """What stocks rose by in a year of which both ends were observed, of all holders together."""
    names, stocks = names_of(case), unknowns.network.stocks
    table = case.table("observations")
    now, then = (table[(table["kind"] == "stock") & (table["year"] == y)] for y in (year, year - 1))
    keys = ["place", "goods", "unit"]
    now, then = (table.drop_duplicates(keys, keep="last") for table in (now, then))
    both = now.merge(then, on=keys, suffixes=("", "_then"))
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
            data_set=str(row["source"]),
            note=f"rise on {row['id_then']}",
        )
        words = f"{names.get(place, place)}, rise of stocks: {names.get(goods, goods)}"
        out.append(Measured(figure, words, "t", figure.error, part))
    return out


def left_out_table(rows: Sequence[Mapping[str, object]]) -> pd.DataFrame:
    """Observations of the year that nothing is compared with, and why."""
    return pd.DataFrame(rows, columns=NOT_COMPARED)


def _figure(one: Observation, confidence: str, sets: Mapping[str, str], scale: float) -> Figure:
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
        data_set=sets.get(one.source, one.source),
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


def _summed(moved: Sequence[tuple[Seen, Figure]]) -> list[Figure]:
    """Figures of the countries of a place as one for each data set, errors as independent.

    moved: what each is counted as, and the figure itself.
    """
    groups: dict[tuple[Seen, str], dict[Seen, list[Figure]]] = {}
    for counted, figure in moved:
        group = groups.setdefault((counted, figure.data_set), {})
        group.setdefault(thing(figure.seen), []).append(figure)
    out = []
    for (counted, _), by_thing in groups.items():
        parts = [_mean(reports) for reports in by_thing.values()]
        ids = [figure.id for reports in by_thing.values() for figure in reports]
        out.append(
            replace(
                parts[0],
                id=f"{ids[0]}+{len(parts) - 1}" if len(parts) > 1 else ids[0],
                seen=counted,
                value=sum(figure.value for figure in parts),
                error=float(np.sqrt(sum(figure.error**2 for figure in parts))),
                assumed=any(figure.assumed for figure in parts),
                confidence=max((figure.confidence for figure in parts), key=_DOUBT.__getitem__),
                note=f"sum of {len(parts)} countries: {', '.join(ids)}",
                parts=tuple(ids),
            )
        )
    return out


def _mean(reports: Sequence[Figure]) -> Figure:
    """Reports of one thing by one data set, as of both sides of a border, as their mean."""
    count = len(reports)
    if count == 1:
        return reports[0]
    return replace(
        reports[0],
        value=sum(figure.value for figure in reports) / count,
        error=float(np.sqrt(sum(figure.error**2 for figure in reports))) / count,
        assumed=any(figure.assumed for figure in reports),
        confidence=max((figure.confidence for figure in reports), key=_DOUBT.__getitem__),
    )


def _unread(rows: pd.DataFrame) -> list[dict[str, object]]:
    """Rows left out because their basis could not be read; it stands as their unit."""
    return [
        {
            **_left_out(*(str(row[c]) for c in ("id", "kind", "unit", "unit", "source", "why"))),
            "observed": float(row["value"]),
        }
        for row in rows.to_dict("records")
    ]


def _left_out_as(figure: Figure, names: Mapping[str, str], why: str) -> dict[str, object]:
    seen = figure.seen
    words, unit = words_of(figure, names), unit_in_words(seen)
    row = _left_out(figure.id, seen.kind, words, unit, figure.source, why)
    return {**row, "observed": figure.value}


def _left_out(
    name: str, kind: str, words: str, unit: str, source: str, why: str
) -> dict[str, object]:
    return {"id": name, "kind": kind, "basis": words, "unit": unit, "source": source, "why": why}
