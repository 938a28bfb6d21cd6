"""Observations of the base year beside what was computed, with the bounds and without them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from kidorui.case import Case, country_places
from kidorui.studies.calibration.bases import Basis, read_basis
from kidorui.studies.calibration.year import Seen, SolvedYear

ERRORS = 2.0
"""Standard errors within which a figure is inside, where its uncertainty is stated."""

TOLERANCE: Mapping[str, float] = {
    "mine output": 0.05,
    "output of light oxides": 0.10,
    "output of heavy oxides": 0.25,
    "other output": 0.10,
    "flow by weight": 0.10,
    "flow by value": 0.25,
    "share": 0.02,
    "demand": 0.10,
}
"""How far from the record a figure without a stated error may lie, set before it was computed:
relative, but for a share, where it is the difference.

Mines: the 5% asked of the case. Oxides: annual figures made from a month's or a quarter's, and
the part of the heavies that ores and separators lose unseen. Flows: mirrored customs data; by
value at base prices of one grade each. Shares: published as whole per cents by sources that
round and revise.
"""

HELD = 0.5
"""Share of an observed figure that bounds hold above which it is no test of the model."""

INSIDE, OUTSIDE, BETWEEN = "inside", "outside", "between sources"
CALIBRATION, UNTOLD = "calibration", "not computed"

_COMPUTED = (
    "computed",
    "without_quotas",
    "free",
    "deviation",
    "deviation_without_quotas",
    "deviation_free",
    "tolerance",
    "fixed",
)
"""Columns that are missing where nothing could be computed."""


@dataclass(frozen=True)
class Observation:
    """A row of the table of observations whose basis could be read, and where it is from."""

    id: str
    seen: Seen
    expected: float
    uncertainty: float
    source: str
    note: str

    @property
    def is_share(self) -> bool:
        """Whether deviations are told as differences of shares."""
        return self.seen.kind == "share"


def observations(case: Case, year: int) -> tuple[list[Observation], pd.DataFrame]:
    """The observations of a year whose basis can be read, and the rows of the others.

    Rows of the others have id, kind, unit, value, source and why. Governance is not among them:
    nothing that flows is observed there.
    """
    table = case.table("observations")
    table = table[(table["year"] == year) & (table["kind"] != "governance")]
    read, unread = [], []
    for row in table.to_dict("records"):
        basis = read_basis(str(row["unit"]))
        if isinstance(basis, str):
            why = f"basis not understood: {basis!r}"
            unread.append({**row, "why": why})
            continue
        kind, place, origin, goods = (str(row[c]) for c in ("kind", "place", "origin", "goods"))
        read.append(
            Observation(
                id=str(row["id"]),
                seen=Seen(kind, place, origin, goods, basis),
                expected=float(row["value"]),
                uncertainty=float(row["uncertainty"]),
                source=str(row["source"]),
                note=str(row["note"]),
            )
        )
    return read, pd.DataFrame(unread, columns=["id", "kind", "unit", "value", "source", "why"])


def compared(case: Case, year: int) -> tuple[list[Observation], pd.DataFrame]:
    """As `observations`, but those of countries that are counted in another place are not read."""
    read, unread = observations(case, year)
    within = country_places(case)
    table = case.table("observations").set_index("id")
    kept, rows = [], unread.to_dict("records")
    for one in read:
        places = (one.seen.place, one.seen.origin)
        inside = [name for name in places if within.get(name, name) != name]
        if inside:
            row = table.loc[one.id, ["kind", "unit", "value", "source"]]
            why = f"{inside[0]} is counted in {within[inside[0]]}, not in the network by itself"
            rows.append({"id": one.id, **row.to_dict(), "why": why})
        else:
            kept.append(one)
    return kept, pd.DataFrame(rows, columns=unread.columns)


@dataclass(frozen=True)
class Years:
    """The base year as it stands, without quotas, and free of all that fixes tonnage."""

    bounded: SolvedYear
    without_quotas: SolvedYear
    free: SolvedYear


def fits_table(case: Case, years: Years) -> pd.DataFrame:
    """One row per observation of the base year, in the order of the case's table."""
    read, unread = compared(case, case.settings.base_year)
    names = names_of(case)
    spans = _spans(read)
    rows = [_fit(one, years, spans[one.seen], names) for one in read]
    rows += untold(unread, ("uncertainty", *_COMPUTED))
    order = {name: number for number, name in enumerate(case.table("observations")["id"])}
    rows.sort(key=lambda row: order[str(row["id"])])
    return pd.DataFrame(rows)


def names_of(case: Case) -> dict[str, str]:
    """Names of places and materials by id."""
    tables = [case.table(name).set_index("id")["name"] for name in ("places", "materials")]
    return dict(pd.concat(tables))


def untold(unread: pd.DataFrame, blank: Iterable[str]) -> list[dict[str, object]]:
    """Rows of the observations whose basis could not be read; `blank` columns are missing."""
    return [
        {
            **dict.fromkeys(blank, np.nan),
            "id": row.id,
            "kind": row.kind,
            "basis": row.unit,
            "unit": "",
            "expected": row.value,
            "verdict": UNTOLD,
            "source": row.source,
            "why": row.why,
        }
        for row in unread.itertuples(index=False)
    ]


def in_words(seen: Seen, names: Mapping[str, str]) -> str:
    """What was observed, in words: `Japan, imports from China: HS 284690`."""
    basis = seen.basis
    place = names.get(seen.place, seen.place) or "world"
    goods = f"HS {' and '.join(basis.hs)}" if basis.hs else names.get(seen.goods, seen.goods)
    if basis.of_mines:
        goods = "all that mines make"
    what = {
        "production": f"{place}, output: {goods}",
        "flow": f"{place}, imports from {names.get(seen.origin, 'all')}: {goods}",
        "price": f"{place}, price: {goods}",
        "demand": f"{place}, use: {goods}",
        "stock": f"{place}, stock: {goods}",
        "share": f"{place}, share of the world's output: {goods}",
    }[seen.kind]
    if seen.kind == "share" and seen.origin:
        what = f"{place}, share of {names.get(seen.origin, seen.origin)} in imports: {goods}"
    return ", ".join([what, *_qualified(basis)])


def unit_in_words(seen: Seen) -> str:
    """The unit of what is computed."""
    if seen.basis.is_share:
        return "1"
    return {
        "weight": "t",
        "content": "t REO",
        "gross": "t",
        "value": "thousand US$",
        "price": "US$/kg",
    }[seen.basis.measure]


def tolerance_of(one: Observation, year: SolvedYear) -> float:
    """How far from the record counts as inside, in the terms of `deviation`."""
    if one.seen.kind == "price":
        return np.nan
    if not np.isnan(one.uncertainty):
        scale = 1.0 if one.is_share else abs(one.expected)
        return ERRORS * one.uncertainty / scale if scale else np.nan
    return TOLERANCE[_kind_of(one.seen, year)]


def deviation_of(one: Observation, computed: float) -> float:
    """Computed against expected: relative, of a share the difference."""
    if one.is_share:
        return computed - one.expected
    return computed / one.expected - 1 if one.expected else np.nan


def _fit(
    one: Observation, years: Years, span: tuple[float, float], names: Mapping[str, str]
) -> dict[str, object]:
    """One row of the table."""
    row: dict[str, object] = {
        "id": one.id,
        "kind": one.seen.kind,
        "basis": in_words(one.seen, names),
        "unit": unit_in_words(one.seen),
        "expected": one.expected,
        "uncertainty": one.uncertainty,
        "source": one.source,
    }
    found = years.bounded.measure(one.seen)
    if isinstance(found, str):
        return {**row, **dict.fromkeys(_COMPUTED, np.nan), "verdict": UNTOLD, "why": found}
    computed, fixed = found
    unbound, free = (year.value(one.seen) for year in (years.without_quotas, years.free))
    deviation, tolerance = deviation_of(one, computed), tolerance_of(one, years.bounded)
    verdict = _verdict(one, computed, deviation, tolerance, span)
    return {
        **row,
        "computed": computed,
        "without_quotas": unbound,
        "free": free,
        "deviation": deviation,
        "deviation_without_quotas": deviation_of(one, unbound),
        "deviation_free": deviation_of(one, free),
        "tolerance": tolerance,
        "verdict": verdict,
        "fixed": np.nan if one.seen.kind == "price" else fixed,
        "why": _why(one, fixed, verdict, rests=not abs(deviation_of(one, free)) <= tolerance),
    }


def _verdict(
    one: Observation,
    computed: float,
    deviation: float,
    tolerance: float,
    span: tuple[float, float],
) -> str:
    if one.seen.kind == "price":
        return CALIBRATION
    if np.isnan(deviation) or np.isnan(tolerance):
        return UNTOLD
    if abs(deviation) <= tolerance:
        return INSIDE
    low, high = span
    return BETWEEN if low < high and low <= computed <= high else OUTSIDE


def _why(one: Observation, fixed: float, verdict: str, *, rests: bool) -> str:
    """What a reader must know of the comparison, before the note of the observation.

    `rests`: whether the figure is outside once no bound holds.
    """
    said = []
    if one.seen.kind == "price":
        said.append("base prices are inputs: this proves nothing")
    elif fixed > HELD:
        differs = "the case's own figure differs"
        said.append(f"held by bounds: {differs if verdict == OUTSIDE else 'no test of the model'}")
    elif verdict == INSIDE and rests:
        said.append("rests on bounds elsewhere: outside without them")
    if one.seen.basis.measure == "gross":
        said.append("gross weight against oxide or metal")
    return "; ".join([*said, one.note] if one.note else said)


def _kind_of(seen: Seen, year: SolvedYear) -> str:
    """The word under which the tolerance stands."""
    if seen.kind == "share":
        return "share"
    if seen.kind == "demand":
        return "demand"
    if seen.kind == "flow":
        return "flow by value" if seen.basis.measure == "value" else "flow by weight"
    materials = year.network.case.table("materials").set_index("id")["stage"]
    stage = str(materials.get(seen.goods, seen.goods))
    if seen.basis.of_mines or stage in ("ore", "concentrate", "carbonate"):
        return "mine output"
    if stage != "oxide":
        return "other output"
    heavy = year.is_heavy(seen)
    return "output of heavy oxides" if heavy else "output of light oxides"


def _qualified(basis: Basis) -> Iterable[str]:
    if basis.measure == "content" or basis.elements:
        yield f"{' '.join(basis.elements) or 'all elements'} as oxide"
    if basis.holding:
        yield f"of those that hold {basis.holding}"
    if basis.measure in ("gross", "value"):
        yield "by value" if basis.measure == "value" else "by weight"
    if basis.primary:
        yield "recycling left out"
    if basis.apparent:
        yield {"use": "mined and net imports up to metal"}.get(
            basis.apparent, "mined and net imports, magnets included"
        )


def _spans(read: Iterable[Observation]) -> Mapping[Seen, tuple[float, float]]:
    """The least and the greatest that sources say of the same thing."""
    spans: dict[Seen, tuple[float, float]] = {}
    for one in read:
        low, high = spans.get(one.seen, (one.expected, one.expected))
        spans[one.seen] = min(low, one.expected), max(high, one.expected)
    return spans
