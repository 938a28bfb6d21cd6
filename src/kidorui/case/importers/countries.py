"""Country codes and names as the data sets write them, to ISO 3166 alpha-3.

The table is ISO 3166-1 (codes as in the public-domain list of datahub.io/core/country-codes),
with the numbers that CEPII and the United Nations use beside it (842 for the United States, 251
for France, 490 for `Other Asia, nes`, which is Taiwan), the letters of older World Bank files,
names as the USGS writes them, and states that are no more with the one that followed.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pandas as pd

from kidorui.case.importers.strict import Findings

_FILE = Path(__file__).with_name("countries.csv")


@dataclass(frozen=True)
class Countries:
    """By number, by letters and by name (in small letters): the alpha-3 code.

    name: by code, the country in words. successor: of a state that is no more.
    """

    by_number: Mapping[int, str]
    by_letters: Mapping[str, str]
    by_name: Mapping[str, str]
    name: Mapping[str, str]
    successor: Mapping[str, str]


@cache
def countries() -> Countries:
    """The table of countries."""
    with _FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    numbers, letters, names = {}, {}, {}
    for row in rows:
        code = row["iso3"]
        for number in (row["numeric"], row["other_numeric"]):
            if number:
                numbers[int(number)] = code
        for other in (code, row["other_letters"]):
            if other:
                letters[other] = code
        for name in (row["name"], *row["other_names"].split(";")):
            if name:
                names[plain(name)] = code
    return Countries(
        by_number=numbers,
        by_letters=letters,
        by_name=names,
        name={row["iso3"]: row["name"] for row in rows},
        successor={row["iso3"]: row["successor"] for row in rows if row["successor"]},
    )


def plain(name: str) -> str:
    """A name in small letters and with one kind of apostrophe."""
    return name.strip().casefold().replace("’", "'")


def by_letters(
    frame: pd.DataFrame, column: str, findings: Findings, areas: Collection[str] = ()
) -> pd.Series:
    """Alpha-3 codes of a column of codes, "" for `areas`; what is unknown is noted."""
    known = countries().by_letters
    return _known(frame, column, findings, known, areas, "an ISO 3166 alpha-3 code")


def by_name(
    frame: pd.DataFrame, column: str, findings: Findings, areas: Collection[str] = ()
) -> pd.Series:
    """Alpha-3 codes of a column of names, "" for `areas`; what is unknown is noted."""
    known = {name: countries().by_name.get(plain(name), "") for name in frame[column].unique()}
    known = {name: code for name, code in known.items() if code}
    return _known(frame, column, findings, known, areas, "a country's name in English")


def _known(
    frame: pd.DataFrame,
    column: str,
    findings: Findings,
    known: Mapping[str, str],
    areas: Collection[str],
    accepted: str,
) -> pd.Series:
    cells = frame[column]
    codes = cells.map(lambda cell: known.get(cell, "")).astype(str)
    wrong = (codes == "") & ~cells.isin(list(areas))
    findings.blame_rows(
        frame.loc[wrong, "line"], cells[wrong], column, "{} is no country known", accepted
    )
    return codes
