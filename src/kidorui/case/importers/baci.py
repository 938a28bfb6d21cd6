"""CEPII BACI: trade of a year by exporter, importer and HS6 product, kUSD and t.

Columns t (year), i (exporter), j (importer), k (product), v (thousand current US$), q (t); a
year's CSV, or the published zip that holds many. A year has some 11 million rows, so it is read
as a stream, of which only the codes that the case trades in are kept. Gaulier and Zignago (2010),
BACI: International Trade Database at the Product-Level, CEPII Working Paper 2010-23.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np
import pandas as pd

from kidorui.case.importers.countries import countries
from kidorui.case.importers.goods import codes_of, goods_of, traded_told, under
from kidorui.case.importers.rows import (
    FIRST_YEAR,
    LAST_YEAR,
    Asked,
    Given,
    Source,
    left,
    observed,
)
from kidorui.case.importers.strict import Findings, csv_records, decode, positions, repeated

_YEARLY = re.compile(r"BACI_(HS\d\d)_Y(\d{4})_V(\w+)\.csv", re.IGNORECASE)
_CODES = re.compile(r"country_codes_V\w+\.csv", re.IGNORECASE)
_COLUMNS = ("t", "i", "j", "k", "v", "q")
_MISSING = ["", *(" " * blanks + "NA" for blanks in range(16))]
_INTEGER, _NUMBER = re.compile(r"\d+"), re.compile(r"(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_BLOCK = 1 << 20  # bytes parsed at a time
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError)
_LICENCE = "Etalab Open Licence 2.0"


@dataclass(frozen=True)
class _Part:
    """One yearly CSV, in a zip or alone."""

    path: Path
    member: str = ""

    @property
    def name(self) -> str:
        return f"{self.path.name}/{self.member}" if self.member else self.path.name

    @contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        if self.member:
            with zipfile.ZipFile(self.path) as archive, archive.open(self.member) as file:
                yield file
        else:
            with self.path.open("rb") as file:
                yield file


def read_baci(path: Path, wanted: Asked) -> Given:
    """Flows of the case's customs codes, a row for the value and one for the tonnes.

    Raises CaseError with the faults of the file, by line.
    """
    codes = codes_of(wanted)
    findings = Findings(path.name)
    parts, names = _parts(path, wanted, findings)
    flows, read = [], 0
    for part in parts:
        chosen, count = _stream(part, codes)
        flows.append(chosen)
        read += count
    frame = pd.concat(flows, ignore_index=True)
    of_year = wanted.wants(frame["t"])
    if wanted.years:
        for year in sorted(set(wanted.years) - set(frame["t"])):
            findings.blame(None, "t", f"no rows of {year}", _years_there(frame["t"]))
    findings.refuse()
    kept = frame[of_year].reset_index(drop=True)
    exporter = _alpha(kept, "i", names, findings)
    importer = _alpha(kept, "j", names, findings)
    findings.refuse()
    kept = kept.assign(origin=exporter, place=importer)
    source = _source(parts)
    at_home = kept["origin"] == kept["place"]
    rows = _rows(kept[~at_home], wanted, source)
    return Given(
        source=source,
        rows=rows,
        scopes=_scopes(kept, wanted),
        read=read,
        kept=len(kept) - int(at_home.sum()),
        left_out=left(
            ("of goods that the case does not trade in, by HS code", read - len(frame)),
            ("of other years", int((~of_year).sum())),
            ("from a country to itself", int(at_home.sum())),
            ("quantities that the file does not state (the value is kept)", _nan(kept, "q")),
            ("values that the file does not state (the quantity is kept)", _nan(kept, "v")),
        ),
        told=traded_told(kept["k"].astype(str).str.zfill(6), rows, wanted),
    )


def _parts(path: Path, wanted: Asked, findings: Findings) -> tuple[list[_Part], Mapping[int, str]]:
    """The yearly files to read, and country codes by number as published beside them."""
    if not zipfile.is_zipfile(path):
        if path.suffix.casefold() == ".zip":
            findings.blame(None, "", "no zip, or a truncated one", "the zip as published")
            findings.refuse()
        beside = sorted(other for other in path.parent.iterdir() if _CODES.fullmatch(other.name))
        names = _country_codes(beside[-1].read_bytes(), beside[-1].name) if beside else {}
        return [_Part(path)], names
    members, names = _in_zip(path, findings)
    if not members:
        accepted = "a zip with files such as BACI_HS92_Y2023_V202501.csv"
        findings.blame(None, "", "no yearly CSV of BACI in it", accepted)
    for year in sorted(set(wanted.years) - set(members)):
        findings.blame(None, "", f"no year {year} in it", _years_there(pd.Series(list(members))))
    findings.refuse()
    years = sorted(wanted.years or members)
    return [_Part(path, members[year]) for year in years], names


def _in_zip(path: Path, findings: Findings) -> tuple[Mapping[int, str], Mapping[int, str]]:
    """Names of the yearly files in a zip by year, and its table of country codes."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            tables = [name for name in names if _CODES.fullmatch(Path(name).name)]
            codes = _country_codes(archive.read(tables[0]), tables[0]) if tables else {}
    except _DAMAGED as error:
        findings.blame(None, "", f"damaged or truncated: {error}", "the zip as published")
        findings.refuse()
        raise
    found = ((_YEARLY.fullmatch(Path(name).name), name) for name in names)
    return {int(match[2]): name for match, name in found if match}, codes


def _country_codes(data: bytes, name: str) -> Mapping[int, str]:
    """Alpha-3 by number from CEPII's own table; `Other Asia, nes` (S19) is Taiwan."""
    findings = Findings(name)
    records = csv_records(decode(data, findings), findings)
    _, header = next(records, (1, []))
    heads = [head.strip().casefold() for head in header]
    if not {"country_code", "country_iso3"} <= set(heads):
        findings.blame(1, "", f"found {', '.join(heads)}", "country_code and country_iso3")
        findings.refuse()
    number, letters = heads.index("country_code"), heads.index("country_iso3")
    found = {}
    for line, record in records:
        if len(record) <= max(number, letters) or not _INTEGER.fullmatch(record[number].strip()):
            findings.blame(line, "country_code", f"{','.join(record)!r}", "a number and a code")
        else:
            found[int(record[number])] = record[letters].strip()
    findings.refuse()
    known = countries().by_letters
    return {code: known[iso3] for code, iso3 in found.items() if iso3 in known}


def _stream(part: _Part, codes: tuple[str, ...]) -> tuple[pd.DataFrame, int]:
    """Rows of a yearly file under the codes, with `line`, and how many rows the file has.

    Where a row is not as it should be, the file is gone through again line by line to say so.
    """
    import pyarrow as pa

    try:
        _check_ends(part)
    except _DAMAGED as error:
        _tell_faults(part, str(error))
    try:
        chosen, rows = _read_fast(part, codes)
    except (pa.ArrowException, ValueError, *_DAMAGED) as error:
        _tell_faults(part, str(error))
        raise
    findings = Findings(part.name)
    if not rows:
        findings.blame(None, "", "a header and no rows", "a year's CSV of BACI")
    repeated(chosen, ["t", "i", "j", "k"], findings, "the flow")
    findings.refuse()
    return chosen, rows


def _read_fast(part: _Part, codes: tuple[str, ...]) -> tuple[pd.DataFrame, int]:
    import pyarrow as pa
    from pyarrow import csv as arrow

    whole = pa.int32()
    types = {"t": whole, "i": whole, "j": whole, "k": whole, "v": pa.float64(), "q": pa.float64()}
    convert = arrow.ConvertOptions(
        column_types=types, null_values=_MISSING, include_columns=list(_COLUMNS)
    )
    kept, rows = [], 0
    with part.open() as file:
        stream = arrow.open_csv(
            pa.PythonFile(file, mode="r"),
            read_options=arrow.ReadOptions(block_size=_BLOCK),
            convert_options=convert,
        )
        for batch in stream:
            if any(batch.column(name).null_count for name in ("t", "i", "j", "k")):
                raise ValueError("a blank year, country or product")
            chosen = under(batch.column("k").to_numpy(), codes)
            found = batch.filter(pa.array(chosen)).to_pandas()
            kept.append(found.assign(line=rows + 2 + np.flatnonzero(chosen)))
            rows += batch.num_rows
    frame = (
        pd.concat(kept, ignore_index=True) if kept else pd.DataFrame(columns=[*_COLUMNS, "line"])
    )
    if (frame[["v", "q"]] < 0).any(axis=None) or not frame["t"].between(
        FIRST_YEAR, LAST_YEAR
    ).all():
        raise ValueError("a negative figure, or a year out of range")
    return frame, rows


def _check_ends(part: _Part) -> None:
    """Refuse a wrong header, an empty file, and one whose last line breaks off."""
    findings = Findings(part.name)
    with part.open() as file:
        head = file.readline()
        if not part.member and head:
            file.seek(-1, io.SEEK_END)
            whole = file.read(1) == b"\n"
    if not head.strip():
        findings.blame(1, "", "empty", "a year's CSV of BACI")
        findings.refuse()
    _, header = next(csv_records(decode(head, findings), findings), (1, []))
    positions(header, "baci", findings)
    if not part.member and not whole:  # within a zip the checksum tells
        last = _tell_faults(part, "")
        findings.blame(last, "", "truncated: the last line has no end", "the file as published")
        findings.refuse()


def _tell_faults(part: _Part, otherwise: str) -> int:
    """Raise CaseError with the faults of a file, line by line, or with what is said otherwise.

    Without either, how many lines the file has.
    """
    findings, last = Findings(part.name), 0
    try:
        with part.open() as file:
            lines = csv.reader(io.TextIOWrapper(file, "utf-8-sig", errors="replace", newline=""))
            width, place = _place_of(next(lines))
            for record in lines:
                last = lines.line_num
                _check(record, last, width, place, findings)
    except (*_DAMAGED, csv.Error) as error:
        findings.blame(None, "", f"damaged or truncated: {error}", "the file as published")
    if otherwise and not findings.count:
        findings.blame(None, "", otherwise, "the file as published")
    findings.refuse()
    return last


def _place_of(header: list[str]) -> tuple[int, dict[str, int]]:
    names = [name.strip() for name in header]
    return len(names), {name: names.index(name) for name in _COLUMNS}


def _check(
    record: list[str], line: int, width: int, place: Mapping[str, int], findings: Findings
) -> None:
    if len(record) != width:
        less = "truncated: " if len(record) < width else ""
        wrong = f"{less}{len(record)} cells under {width} columns"
        findings.blame(line, "", wrong, "a cell for each column")
        return
    for name, at in place.items():
        cell = record[at].strip()
        if name in ("v", "q"):
            if not _NUMBER.fullmatch(cell) and cell not in ("", "NA"):
                findings.blame(line, name, f"{cell!r} is no number", "a number from 0, or NA")
        elif not _INTEGER.fullmatch(cell):
            findings.blame(line, name, f"{cell!r} is no code", "a whole number")
        elif name == "t" and not FIRST_YEAR <= int(cell) <= LAST_YEAR:
            accepted = f"a year, {FIRST_YEAR} to {LAST_YEAR}"
            findings.blame(line, name, f"{cell!r} is no year", accepted)


def _alpha(
    flows: pd.DataFrame, column: str, names: Mapping[int, str], findings: Findings
) -> pd.Series:
    known = {**countries().by_number, **names}
    codes = flows[column].map(lambda number: known.get(number, "")).astype(str)
    wrong = codes == ""
    accepted = "a number of CEPII's country codes; their table may lie beside the file"
    findings.blame_rows(
        flows.loc[wrong, "line"], flows.loc[wrong, column], column, "no country {}", accepted
    )
    return codes


def _rows(flows: pd.DataFrame, wanted: Asked, source: Source) -> pd.DataFrame:
    """Two observations of each flow; numbers that mean one country are added up."""
    hs = flows["k"].astype(str).str.zfill(6)
    keys = ["t", "hs", "origin", "place"]
    flows = flows.assign(hs=hs).groupby(keys, as_index=False, sort=False)[["v", "q"]].agg(_total)
    goods = {code: goods_of(code, wanted) for code in flows["hs"].unique()}
    flows["origin"] = flows["origin"].map(wanted.atlas.place)
    flows["place"] = flows["place"].map(wanted.atlas.place)
    flows["goods"] = flows["hs"].map(goods)
    stem = "baci-" + flows["t"].astype(str) + "-" + flows["hs"]
    stem += "-" + flows["origin"] + "-" + flows["place"]
    both = [
        flows.assign(
            id=stem + f"-{word}", value=flows[column], unit=measure + ", HS " + flows["hs"]
        )
        for word, column, measure in (("value", "v", "kUSD"), ("weight", "q", "gross t"))
    ]
    table = pd.concat(both, ignore_index=True).dropna(subset="value")
    return observed(table.rename(columns={"t": "year"}).assign(kind="flow"), source, wanted)


def _total(values: pd.Series) -> float:
    return float(values.sum(skipna=False))


def _source(parts: list[_Part]) -> Source:
    match = _YEARLY.fullmatch(Path(parts[0].member or parts[0].path.name).name)
    revision, version = (match[1].upper(), match[3]) if match else ("", "")
    known = f", {revision}, version {version}" if match else ""
    return Source(
        id=f"baci-{revision.lower()}-v{version.lower()}" if match else "baci",
        family="baci-hs",
        citation=f"CEPII BACI{known}, trade by exporter, importer and HS6 product (Gaulier and "
        "Zignago, BACI: International Trade Database at the Product-Level, CEPII Working Paper "
        "2010-23)",
        licence=_LICENCE,
        note="imported as published: no quality flag is applied; product weight",
    )


def _scopes(flows: pd.DataFrame, wanted: Asked) -> tuple[str, ...]:
    years = wanted.years or tuple(sorted(map(int, flows["t"].unique())))
    return tuple(f"baci-{year}-{code}" for year in years for code in (wanted.hs or ("",)))


def _nan(frame: pd.DataFrame, column: str) -> int:
    return int(frame[column].isna().sum())


def _years_there(years: pd.Series) -> str:
    there = sorted(set(map(int, years)))
    if not there:
        return "a file with rows of the case's goods"
    return f"there are {there[0]} to {there[-1]}" if len(there) > 1 else f"there is {there[0]}"
