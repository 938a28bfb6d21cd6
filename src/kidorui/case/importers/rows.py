"""What an importer is asked for, and what it gives: observations, their source, what it left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from kidorui.case.case import Case
from kidorui.case.cells import number_text
from kidorui.case.faults import CaseError, Fault
from kidorui.case.places import Atlas, atlas
from kidorui.case.schema import table_schema

BoolArray = npt.NDArray[np.bool_]

FIRST_YEAR, LAST_YEAR = 1900, 2100
"""Years that an observation may be of."""


@dataclass(frozen=True)
class Asked:
    """The case that is imported into, and which part of a file is wanted.

    years: those wanted, all where empty. hs: customs codes wanted (with all below them), those
    of the case's materials where empty. uncertainty: one standard error as a share of the
    value, for rows whose source states none; NaN = none is assumed.
    """

    case: Case
    atlas: Atlas
    years: tuple[int, ...] = ()
    hs: tuple[str, ...] = ()
    uncertainty: float = float("nan")

    def wants(self, years: pd.Series) -> pd.Series:
        """Which of these years are wanted."""
        return years.isin(self.years) if self.years else years.notna()


def asked(
    case: Case,
    years: Sequence[int] = (),
    hs: Sequence[str] = (),
    uncertainty: float = float("nan"),
) -> Asked:
    """What is asked of an importer; CaseError where that makes no sense."""
    faults = [
        Fault("--year", None, "", f"{year} is out of range", f"{FIRST_YEAR} to {LAST_YEAR}")
        for year in years
        if not FIRST_YEAR <= year <= LAST_YEAR
    ]
    faults += [
        Fault("--hs", None, "", f"{code!r} is no customs code", "2 to 6 digits, such as 284690")
        for code in hs
        if not (code.isascii() and code.isdigit() and 2 <= len(code) <= 6)
    ]
    if uncertainty < 0:
        faults.append(
            Fault("--uncertainty", None, "", f"{uncertainty:g}", "a share of the value, from 0")
        )
    if faults:
        raise CaseError(faults)
    return Asked(case, atlas(case), tuple(sorted(set(years))), tuple(hs), uncertainty)


@dataclass(frozen=True)
class Source:
    """A row of the table sources; `family` is what the ids of all editions begin with."""

    id: str
    family: str
    citation: str
    licence: str
    note: str = ""
    kind: str = "dataset"


@dataclass(frozen=True)
class LeftOut:
    """Rows of a file that gave no observation, and why."""

    why: str
    rows: int


@dataclass(frozen=True)
class Given:
    """What a file gives.

    rows: the columns of the table observations, all text, numbers missing as "".
    scopes: what ids of rows begin with that these take the place of. read, kept: rows of the
    file, and those of them that gave an observation. told: what a reader should know.
    """

    source: Source
    rows: pd.DataFrame
    scopes: tuple[str, ...]
    read: int
    kept: int
    left_out: tuple[LeftOut, ...] = ()
    told: tuple[str, ...] = field(default=())


def left(*counted: tuple[str, int]) -> tuple[LeftOut, ...]:
    """The reasons that hold for any row at all."""
    return tuple(LeftOut(why, int(rows)) for why, rows in counted if rows)


def observed(rows: pd.DataFrame, source: Source, wanted: Asked) -> pd.DataFrame:
    """Rows as the table observations has them, in the order of their ids.

    rows: id, year, kind, value, unit, and where they have them place, origin, goods,
    uncertainty (NaN where the source states none), confidence and note.
    """
    table = rows.copy()
    for name in ("place", "origin", "goods", "note"):
        if name not in table:
            table[name] = ""
    if "confidence" not in table:
        table["confidence"] = "high"
    stated = table["uncertainty"] if "uncertainty" in table else pd.Series(np.nan, table.index)
    table["uncertainty"] = stated.astype(float)
    if not np.isnan(wanted.uncertainty):
        blank = table["uncertainty"].isna()
        share = wanted.uncertainty
        table.loc[blank, "uncertainty"] = share * table.loc[blank, "value"].abs()
        assumed = f"uncertainty assumed, {100 * share:g}% of the value"
        joined = table["note"].where(table["note"] == "", table["note"] + "; ") + assumed
        table["note"] = table["note"].where(~blank, joined)
    for name in ("value", "uncertainty"):
        table[name] = [number_text(float(f"{x:.15g}")) for x in table[name].tolist()]
    table["year"] = table["year"].astype(int).astype(str)
    table["source"] = source.id
    names = list(table_schema("observations").names)
    return table[names].astype(str).sort_values("id", kind="stable", ignore_index=True)


def within_a_place(rows: pd.DataFrame, wanted: Asked) -> int:
    """How many flows join countries that one place of the network stands for."""
    ends = [_counted_in(rows[name], wanted) for name in ("place", "origin")]
    return int(((ends[0] == ends[1]) & (rows["origin"] != "")).sum())


def _counted_in(places: pd.Series, wanted: Asked) -> pd.Series:
    known = wanted.case.table("places").set_index("id")["within"]
    stands = set(known.index[known == ""])
    return places.map(
        lambda place: (
            place
            if place in stands
            else known.get(place, "") or wanted.atlas.aggregate(place) or place
        )
    )
