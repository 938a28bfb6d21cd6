"""Strict reading of published files: every fault with its line, and no figure guessed."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from kidorui.case.faults import CaseError, Fault
from kidorui.case.importers.rows import FIRST_YEAR, LAST_YEAR

MOST_TOLD = 20
"""Most faults of a file that are told one by one; of the rest the number is."""

LARGEST = 500_000_000
"""Largest file that is read whole, bytes."""

Layout = Mapping[str, Sequence[str]]
"""Columns that a file must have: the name used here, and the headers it may stand under."""

LAYOUTS: Mapping[str, Layout] = {
    "baci": {name: (name,) for name in ("t", "i", "j", "k", "v", "q")},
    "comtrade": {
        name: (name,)
        for name in (
            "freqCode", "refYear", "reporterISO", "flowCode", "partnerISO", "cmdCode",
            "netWgt", "primaryValue",
        )
    },
    "usgs": {
        "chapter": ("MCS chapter",),
        "section": ("Section",),
        "commodity": ("Commodity",),
        "country": ("Country",),
        "statistic": ("Statistics",),
        "detail": ("Statistics_detail",),
        "unit": ("Unit",),
        "year": ("Year",),
        "value": ("Value",),
        "notes": ("Notes",),
    },
    "bgs": {
        name: (name,)
        for name in (
            "year", "country_trans", "country_iso3_code", "bgs_commodity_trans", "quantity",
            "units",
        )
    },
    "wgi": {
        "country": ("code", "Economy (code)", "iso3", "Country Code"),
        "year": ("year", "Time"),
        "estimate": ("estimate", "Governance estimate (approx. -2.5 to +2.5)"),
        "stderr": ("stddev", "stderr", "Standard error (estimate)"),
    },
}  # fmt: skip
"""By format, the columns it cannot be without."""


@dataclass
class Findings:
    """The faults of one file, told together.

    heads: by the name of a column here, the header it stands under in the file.
    """

    file: str
    heads: Mapping[str, str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    count: int = 0

    def blame(self, line: int | None, column: str, wrong: str, accepted: str) -> None:
        """Note a fault; line 1 is the header."""
        self.count += 1
        if len(self.faults) < MOST_TOLD:
            self.faults.append(
                Fault(self.file, line, self.heads.get(column, column), wrong, accepted)
            )

    def blame_rows(
        self, lines: Iterable[int], cells: Iterable[object], column: str, wrong: str, accepted: str
    ) -> None:
        """Note a fault for each row; `wrong` has {} where its cell goes."""
        for line, cell in zip(lines, cells, strict=True):
            self.blame(int(line), column, wrong.format(repr(cell)), accepted)

    def refuse(self) -> None:
        """Raise CaseError with all that was noted, if anything was."""
        if self.count > len(self.faults):
            more = self.count - len(self.faults)
            wrong = f"{more:,} more faults"
            accepted = "the file as published; it may be damaged or of another kind"
            self.faults.append(Fault(self.file, None, "", wrong, accepted))
        if self.faults:
            raise CaseError(self.faults)


def read_records(
    path: Path, form: str, findings: Findings, optional: Sequence[str] = ()
) -> pd.DataFrame:
    """A CSV file's wanted columns as text, with `line`; rows at fault are noted and left out.

    form: a format of LAYOUTS; optional: further columns, "" where the file lacks them.
    Raises CaseError where the file is empty, no text, or its header is another's.
    """
    records = iter(csv_records(text_of(path, findings), findings))
    return table_of(records, form, findings, optional)


def table_of(
    records: Iterator[tuple[int, Sequence[str]]],
    form: str,
    findings: Findings,
    optional: Sequence[str] = (),
) -> pd.DataFrame:
    """Records, the header first, as `read_records` gives them."""
    line, header = next(records, (1, ()))
    if not any(header):
        findings.blame(line, "", "empty", f"a file in the format {form}")
        findings.refuse()
    place = positions(header, form, findings, line)
    names = [name.strip().casefold() for name in header]
    for name in optional:
        if name.casefold() in names:
            place[name] = names.index(name.casefold())
    findings.heads = {name: header[at].strip() for name, at in place.items()}
    lines, kept = [], []
    width = len(names)
    for line, record in records:
        if len(record) < width or any(record[width:]):
            less = "truncated: " if len(record) < width else ""
            wrong = f"{less}{len(record)} cells under {width} columns"
            findings.blame(line, "", wrong, "a cell for each column")
            continue
        lines.append(line)
        kept.append([record[at].strip() for at in place.values()])
    if not lines:
        if not findings.count:
            findings.blame(None, "", "a header and no rows", f"a file in the format {form}")
        findings.refuse()
    frame = pd.DataFrame(kept, columns=list(place), dtype=str)
    frame["line"] = np.array(lines, dtype=np.int64)
    return frame.assign(**{name: "" for name in optional if name not in place})


def positions(
    header: Sequence[str], form: str, findings: Findings, line: int = 1
) -> dict[str, int]:
    """Where the wanted columns stand; CaseError says what is missing, and what it looks like."""
    names = [name.strip().casefold() for name in header]
    found, missing = {}, []
    for name, heads in LAYOUTS[form].items():
        at = next((names.index(head.casefold()) for head in heads if head.casefold() in names), -1)
        if at < 0:
            missing.append(" or ".join(heads))
        else:
            found[name] = at
    if missing:
        shown = ", ".join(name.strip() for name in header[:16])
        more = f" and {len(header) - 16} more" if len(header) > 16 else ""
        wrong = f"no column {', '.join(missing)}; found {shown}{more}"
        other = looks_like(header)
        hint = f"; it looks like {other}: kidorui import {other}" if other not in ("", form) else ""
        findings.blame(line, "", wrong, f"the header of {form}{hint}")
        findings.refuse()
    return found


def looks_like(header: Sequence[str]) -> str:
    """The format whose columns a header has; "" where it is none's."""
    names = {name.strip().casefold() for name in header}
    for form, layout in LAYOUTS.items():
        if all(any(head.casefold() in names for head in heads) for heads in layout.values()):
            return form
    return ""


def text_of(path: Path, findings: Findings) -> str:
    """A whole file as text: UTF-8, else Windows-1252, in which some agencies still publish."""
    if path.stat().st_size > LARGEST:
        findings.blame(None, "", "too large", f"up to {LARGEST / 1e6:,.0f} MB")
        findings.refuse()
    return decode(path.read_bytes(), findings)


def decode(data: bytes, findings: Findings) -> str:
    """Text of bytes; CaseError where they are no text."""
    if data.startswith(b"PK"):
        findings.blame(
            None, "", "a zip", "the CSV or workbook in it; of baci alone the zip is read"
        )
        findings.refuse()
    if b"\x00" in data:
        findings.blame(None, "", "no text", "a CSV file")
        findings.refuse()
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def csv_records(text: str, findings: Findings) -> Iterator[tuple[int, list[str]]]:
    """Records of a CSV text with the line each begins at; a damaged end is noted."""
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    begins = 1
    try:
        for record in lines:
            if any(cell.strip() for cell in record):
                yield begins, record
            begins = lines.line_num + 1
    except csv.Error as error:
        wrong = f"truncated or not well-formed: {error}"
        findings.blame(begins, "", wrong, "cells separated by commas, quotes closed")


def numbers(
    frame: pd.DataFrame, column: str, findings: Findings, missing: Collection[str] = ("",)
) -> pd.Series:
    """A column of text as floats, NaN where it is missing; text where a number should be is noted.

    missing: cells that stand for no figure, in small letters.
    """
    texts = frame[column]
    blank = texts.str.casefold().isin(list(missing))
    plain = texts.where(~blank, "").str.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
    wrong = ~blank & ~plain
    values = pd.to_numeric(texts.where(plain), errors="coerce").astype(float)
    findings.blame_rows(
        frame.loc[wrong, "line"], texts[wrong], column, "{} is no number", "a number"
    )
    return values


def years(frame: pd.DataFrame, column: str, findings: Findings) -> pd.Series:
    """A column of text as years, NaN where it is none, which is noted."""
    texts = frame[column]
    values = pd.to_numeric(texts.where(texts.str.fullmatch(r"\d{4}")), errors="coerce")
    wrong = ~values.between(FIRST_YEAR, LAST_YEAR)
    accepted = f"a year, {FIRST_YEAR} to {LAST_YEAR}"
    findings.blame_rows(frame.loc[wrong, "line"], texts[wrong], column, "{} is no year", accepted)
    return values.where(~wrong)


def repeated(frame: pd.DataFrame, keys: Sequence[str], findings: Findings, what: str) -> None:
    """Note rows that say again what an earlier row says."""
    first = frame.groupby(list(keys), sort=False)["line"].transform("first")
    again = frame["line"] != first
    for line, earlier in zip(frame.loc[again, "line"], first[again], strict=True):
        findings.blame(int(line), "", f"{what} of line {earlier} again", "one row for each")
