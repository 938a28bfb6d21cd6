"""World Bank Worldwide Governance Indicators: political stability and absence of violence.

The estimate is in units of a standard normal, about -2.5 to 2.5, with its standard error. Read
are the long layout (one row per country, year and indicator: CSV, or the workbooks of 2024 and
2025, whose sheet `pv` or column `indicator` says which), the wide layout of the DataBank (a
column per year, series PV.EST and PV.STD.ERR), and the workbook before 2024 (a sheet of political
stability with six columns under each year). Kaufmann, Kraay and Mastruzzi (2010), The Worldwide
Governance Indicators: Methodology and Analytical Issues, World Bank Policy Research Paper 5430.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

import pandas as pd

from kidorui.case.importers.countries import by_letters
from kidorui.case.importers.rows import Asked, Given, Source, left, observed
from kidorui.case.importers.sheets import sheets_of
from kidorui.case.importers.strict import (
    Findings,
    csv_records,
    numbers,
    repeated,
    table_of,
    text_of,
    years,
)

SOURCE = Source(
    id="world-bank-wgi",
    family="world-bank-wgi",
    citation="World Bank, Worldwide Governance Indicators, political stability and absence of "
    "violence/terrorism (Kaufmann, Kraay and Mastruzzi)",
    licence="CC BY 4.0",
    note="estimate, about -2.5 to 2.5; uncertainty is the standard error that the World Bank "
    "states; revised with every edition, and the series breaks between 2022 and 2023",
)

UNIT = "WGI estimate, political stability"

_MISSING = ("", "..", "na", "n/a", "#n/a", "nan")
_INDICATOR = ("indicator", "Governance dimension")
_OURS = ("pv", "pv.est", "political stability and absence of violence/terrorism")
_ESTIMATES = ("PV.EST", "GOV_WGI_PV.EST", "GOV_WGI_PV_EST")
_ERRORS = ("PV.STD.ERR", "GOV_WGI_PV.STD.ERR", "GOV_WGI_PV_STD_ERR")
_YEAR = re.compile(r"(?:YR)?(\d{4})(?: \[YR\d{4}\])?")
_FOOT = ("Data from database", "Last Updated")
_LONG_HEAD = ("code", "year", "indicator", "estimate", "stddev")
_SHEETS = ("pv", "politicalstability", "politicalstabilitynoviolence")

Records = Iterator[tuple[int, Sequence[str]]]


def read_wgi(path: Path, wanted: Asked) -> Given:
    """Political stability by country and year; a missing estimate gives no row.

    Raises CaseError with the faults of the file, by line.
    """
    findings = Findings(path.name)
    frame = table_of(_long(_records(path, findings), findings), "wgi", findings, _INDICATOR)
    named = frame[list(_INDICATOR)].agg("".join, axis=1).str.casefold()
    ours = named.isin(["", *_OURS])
    records = frame[ours].copy()
    if not len(records) and not findings.count:
        there = ", ".join(sorted(set(named))[:8])
        findings.blame(None, "indicator", f"no political stability: {there}", "pv, or PV.EST")
    records["year"] = years(records, "year", findings)
    records["value"] = numbers(records, "estimate", findings, _MISSING)
    records["uncertainty"] = numbers(records, "stderr", findings, _MISSING)
    for year in sorted(set(wanted.years) - set(records["year"])):
        findings.blame(None, "year", f"no rows of {year}", "a year that is there")
    is_group = ~records["country"].str.fullmatch(r"[A-Z]{3}")
    missing = records["value"].isna()
    chosen = wanted.wants(records["year"])
    kept = records[chosen & ~missing & ~is_group].copy()
    kept["iso3"] = by_letters(kept, "country", findings)
    repeated(kept, ["iso3", "year"], findings, "the country and year")
    findings.refuse()
    return Given(
        source=SOURCE,
        rows=_rows(kept, wanted),
        scopes=tuple(f"wgi-{year:.0f}-" for year in sorted(records.loc[chosen, "year"].unique())),
        read=len(frame),
        kept=len(kept),
        left_out=left(
            ("of other indicators", int((~ours).sum())),
            ("of other years", int((~chosen).sum())),
            ("estimates that are missing, and stay missing", int((chosen & missing).sum())),
            ("of areas that are no country", int((chosen & ~missing & is_group).sum())),
        ),
        told=_told(kept),
    )


def _rows(records: pd.DataFrame, wanted: Asked) -> pd.DataFrame:
    place = records["iso3"].map(wanted.atlas.place)
    table = records[["year", "value", "uncertainty"]].assign(
        id="wgi-" + records["year"].astype(int).astype(str) + "-" + place,
        kind="governance",
        place=place,
        unit=UNIT,
    )
    return observed(table, SOURCE, wanted)


def _told(records: pd.DataFrame) -> tuple[str, ...]:
    alone = int(records["uncertainty"].isna().sum())
    return (f"{alone:,} estimates stand without a standard error",) if alone else ()


def _records(path: Path, findings: Findings) -> Records:
    """Records of the file that hold political stability, with their lines."""
    if path.suffix.casefold() not in (".xlsx", ".xlsm"):
        return iter(csv_records(text_of(path, findings), findings))
    sheets = sheets_of(path, findings)
    chosen = [name for name in sheets if re.sub(r"\W", "", name).casefold() in _SHEETS]
    for name in [*chosen, *sheets]:
        if chosen or len(sheets) == 1 or _is_long(sheets[name]):
            return iter(enumerate(sheets[name], start=1))
    wrong = f"no sheet of political stability; there are {', '.join(sheets)}"
    findings.blame(None, "", wrong, "a sheet pv, or one with a column indicator")
    findings.refuse()
    return iter(())


def _is_long(rows: Sequence[Sequence[str]]) -> bool:
    return any("indicator" in map(str.casefold, row) for row in rows[:20])


def _long(records: Records, findings: Findings) -> Records:
    """The records in the long layout, whatever layout they come in."""
    above: list[str] = []
    before = []
    for line, record in records:
        cells = [cell.strip() for cell in record]
        folded = list(map(str.casefold, cells))
        if "country code" in folded and any(map(_YEAR.fullmatch, cells)):
            return _unpivoted(line, cells, records, findings)
        if "code" in folded and "estimate" in folded and folded.count("estimate") > 1:
            return _spread(line, cells, above, records)
        if {"code", "iso3", "economy (code)", "country code"} & set(folded):
            return chain([(line, record)], records)
        before.append((line, record))
        above = cells
        if len(before) > 20:
            break
    return chain(before, records)


def _unpivoted(line: int, head: list[str], records: Records, findings: Findings) -> Records:
    """The DataBank's layout: a column per year; estimate and standard error are series."""
    names = list(map(str.casefold, head))
    country = names.index("country code")
    series = next((names.index(n) for n in ("series code", "indicator code") if n in names), -1)
    if series < 0:
        findings.blame(line, "", "no column Series Code", "the DataBank's CSV, with its codes")
        findings.refuse()
    of_year = {at: m[1] for at, cell in enumerate(head) if (m := _YEAR.fullmatch(cell))}
    cells: dict[tuple[str, str], list[str]] = {}
    lines: dict[tuple[str, str], int] = {}
    for number, record in records:
        if record[0].startswith(_FOOT):
            continue
        if len(record) < len(head):
            wrong = f"truncated: {len(record)} cells under {len(head)} columns"
            findings.blame(number, "", wrong, "a cell for each column")
            continue
        code = record[series].strip()
        if code not in (*_ESTIMATES, *_ERRORS):
            continue
        for at, year in of_year.items():
            key = (record[country].strip(), year)
            pair = cells.setdefault(key, ["", ""])
            pair[0 if code in _ESTIMATES else 1] = record[at].strip()
            lines.setdefault(key, number)
    rows = [
        (lines[country_year], [*country_year, "pv", *pair]) for country_year, pair in cells.items()
    ]
    return chain([(line, list(_LONG_HEAD))], rows)


def _spread(line: int, head: list[str], above: list[str], records: Records) -> Records:
    """The workbook's layout before 2024: under each year Estimate, StdErr and four more."""
    code = list(map(str.casefold, head)).index("code")
    blocks = [
        (at, above[at].removesuffix(".0"))
        for at, cell in enumerate(head)
        if cell.casefold() == "estimate" and at < len(above)
    ]
    rows = [
        (number, [record[code].strip(), year, "pv", record[at].strip(), record[at + 1].strip()])
        for number, record in records
        if record[code].strip()
        for at, year in blocks
    ]
    return chain([(line, list(_LONG_HEAD))], rows)
