"""USGS Mineral Commodity Summaries, data release: `MCS2026_Commodities_Data.csv` and its like.

Of the chapters on rare earths it takes the mine production of the world by country, the salient
statistics of the United States that are of one stage, and prices. The release is Windows-1252
text; numbers have commas, `—` is zero, W is withheld, NA not available.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd

from kidorui.case.importers.countries import by_name, countries, plain
from kidorui.case.importers.goods import has_stage, material_named
from kidorui.case.importers.rows import Asked, Given, LeftOut, Source, left, observed
from kidorui.case.importers.strict import Findings, read_records, years

_CHAPTERS = ("RARE EARTHS", "RARE EARTHS (HEAVY)", "SCANDIUM", "YTTRIUM")
_MISSING = ("", "W", "NA", "XX")
_ZERO = ("—", "–", "-", "--", "Zero")
_AREAS = ("World total", "World total (rounded)", "Other countries", "World")
_BOUND = re.compile(r"^[<>]|\d\s*[–-]\s*\d|^E$|^Large$|^Less than", re.IGNORECASE)
_RELEASE = re.compile(r"MCS(20\d\d)", re.IGNORECASE)
_PRICE = re.compile(r"^price\b.*?dollars per kilogram:\s*", re.IGNORECASE)
_PORT = re.compile(r"Free on board ([A-Z][A-Za-z]+)")

_SALIENT = {
    # statistic, detail: kind, goods, where the United States stand in the row, unit
    ("production", "production: mineral concentrates"): (
        "production", "concentrate", "place", "t REO, of mines",
    ),
    ("import", "imports: compounds"): ("flow", "oxide", "place", "t REO"),
    ("import", "imports: metals: rare-earth metals and alloys"): (
        "flow", "metal", "place", "t REO",
    ),
    ("export", "exports: metals: rare-earth metals and alloys"): (
        "flow", "metal", "origin", "t REO",
    ),
    ("consumption", "consumption, apparent, compounds and metals"): (
        "demand", "oxide", "place", "t REO, apparent use",
    ),
}  # fmt: skip
"""Salient statistics that are of one stage; the others lump stages or are of another kind."""


def read_usgs(path: Path, wanted: Asked) -> Given:
    """Mine production, salient statistics of the United States and prices of rare earths.

    Raises CaseError with the faults of the file, by line.
    """
    findings = Findings(path.name)
    everything = read_records(path, "usgs", findings, ["Other notes"])
    ours = everything["chapter"].str.upper().isin(_CHAPTERS)
    if not ours.any() and not findings.count:
        accepted = f"the chapters {', '.join(_CHAPTERS)}"
        findings.blame(None, "chapter", "nothing on rare earths", accepted)
    records = everything[ours].copy()
    mapped = _mapped(records, wanted)
    records = records.join(mapped)
    kept = records[records["why"] == ""].copy()
    kept["year"] = years(kept, "year", findings)
    kept["country"] = by_name(kept, "country", findings)
    figures = _figures(kept, findings)
    for year in sorted(set(wanted.years) - set(kept["year"])):
        findings.blame(None, "year", f"no rows of {year}", "a year of the release")
    findings.refuse()
    kept = kept.assign(figure=figures)
    reasons = _without_figure(kept, wanted)
    table, agree = _once(kept[reasons == ""])
    source = _source(path)
    stems = "usgs-" + table["year"].astype(int).astype(str) + "-" + table["kind"] + "-"
    counts = pd.concat([records["why"], reasons])
    counts = counts[counts != ""].value_counts().sort_index()
    return Given(
        source=source,
        rows=_rows(table, wanted, source),
        scopes=tuple(sorted(stems.unique())),
        read=len(everything),
        kept=len(table),
        left_out=(
            *left(("of other chapters", int((~ours).sum()))),
            *(LeftOut(str(why), int(count)) for why, count in counts.items()),
            *left(("said by the world table as well", agree)),
        ),
        told=_differing(kept[reasons == ""]),
    )


def _mapped(records: pd.DataFrame, wanted: Asked) -> pd.DataFrame:
    """(row): why it gives nothing, else kind, goods, side and unit of its observation."""
    section = records["section"].str.casefold()
    columns = ["why", "kind", "goods", "side", "basis", "is_world"]
    found = [
        _meaning(*cells, wanted=wanted)
        for cells in zip(
            section, records["statistic"], records["detail"], records["country"],
            records["chapter"], strict=True,
        )
    ]  # fmt: skip
    return pd.DataFrame(found, columns=columns, index=records.index)


def _meaning(
    section: str, statistic: str, detail: str, country: str, chapter: str, wanted: Asked
) -> tuple[str, str, str, str, str, bool]:
    """What a row is: why it gives nothing, kind, goods, side, basis, whether of the world table."""
    none = ("", "", "", "", False)
    if section.startswith("world"):
        if statistic.casefold() != "production":
            return (f"{statistic.lower()}, which is no yearly figure of the chain", *none)
        if country in _AREAS:
            return ("of the world as a whole, or of other countries together", *none)
        if chapter.upper() != "RARE EARTHS":
            return ("of a part of what mines make", *none)
        return _at_stage("production", "concentrate", "place", "t REO, of mines", wanted, True)
    if section.startswith("salient"):
        price = _PRICE.match(detail)
        if price:
            goods = material_named(detail[price.end() :], wanted)
            if not goods:
                return ("prices of what the case has no material of its own for", *none)
            return "", "price", goods, "", "US$/kg, FOB", False
        known = _SALIENT.get((statistic.casefold(), detail.casefold()))
        if known and chapter.upper() == "RARE EARTHS":
            return _at_stage(*known, wanted, False)
        return ("statistics that lump stages, or are no figure of the chain", *none)
    return ("import sources and other shares over several years", *none)


def _at_stage(
    kind: str, goods: str, side: str, basis: str, wanted: Asked, is_world: bool
) -> tuple[str, str, str, str, str, bool]:
    if not has_stage(goods, wanted):
        return f"of a stage that the case has not ({goods})", "", "", "", "", False
    return "", kind, goods, side, basis, is_world


def _figures(records: pd.DataFrame, findings: Findings) -> pd.Series:
    """Values as numbers; NaN for what is missing, withheld or a bound, which is no fault."""
    texts = records["value"].str.strip()
    plain = texts.str.replace(r"(?<=\d),(?=\d{3}\b)", "", regex=True)
    plain = plain.where(~texts.isin(_ZERO), "0")
    is_number = plain.str.fullmatch(r"\d+\.?\d*|\.\d+")
    wrong = ~is_number & ~texts.isin(_MISSING) & ~texts.str.contains(_BOUND)
    accepted = "a number such as 42,400, W, NA, — or a bound"
    findings.blame_rows(
        records.loc[wrong, "line"], texts[wrong], "value", "{} is no number", accepted
    )
    return pd.to_numeric(plain.where(is_number), errors="coerce").astype(float)


def _without_figure(records: pd.DataFrame, wanted: Asked) -> pd.Series:
    """Why a row that could be an observation is none; "" where it is one."""
    missing = records["figure"].isna()
    withheld = records["value"].isin(_MISSING)
    why = pd.Series("", index=records.index)
    why = why.where(~missing, "bounds and ranges, which are no one figure")
    why = why.where(~withheld, "withheld or not available (W, NA, blank)")
    return why.where(wanted.wants(records["year"]), "of other years")


def _once(records: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Rows of which each says something of its own: the table of the world before the salient."""
    keys = ["year", "kind", "goods", "country", "side", "basis"]
    ordered = records.sort_values("is_world", ascending=False, kind="stable")
    again = ordered.duplicated(keys)
    return ordered[~again].sort_index(), int(again.sum())


def _differing(records: pd.DataFrame) -> tuple[str, ...]:
    """Where the salient statistics and the table of the world say different things."""
    keys = ["year", "kind", "goods", "country", "side", "basis"]
    spread = records.groupby(keys)["figure"].agg(["min", "max"])
    apart = spread[spread["min"] != spread["max"]]
    return tuple(
        f"{key[3]} {key[0]:.0f}, {key[1]} of {key[2]}: {low:,g} and {high:,g} in one release; the "
        "table of the world counts"
        for key, low, high in apart.itertuples(name=None)
    )


def _rows(records: pd.DataFrame, wanted: Asked, source: Source) -> pd.DataFrame:
    place = records["country"].map(wanted.atlas.place)
    is_price = records["kind"] == "price"
    year = records["year"].astype(int).astype(str)
    stem = "usgs-" + year + "-" + records["kind"] + "-" + records["goods"]
    side = records["side"].map({"place": "", "origin": "-exports"}).fillna("")
    estimated = records["notes"].str.contains(r"\bestimated\b", case=False)
    note = records["notes"].str.replace(r"\s*--\s*", " ", regex=True).str.strip()
    note = note.where(~is_price, _product(records) + ". " + note)
    port = _port(records, wanted).where(is_price, "")
    table = pd.DataFrame(
        {
            "id": stem + ("-" + place).where(~is_price, "") + side,
            "year": records["year"],
            "kind": records["kind"],
            "place": place.where(records["side"] == "place", port),
            "origin": place.where(records["side"] == "origin", ""),
            "goods": records["goods"],
            "value": records["figure"],
            "unit": records["basis"].where(port != wanted.atlas.place("CHN"), "US$/kg, FOB China"),
            "confidence": np.where(estimated, "medium", "high"),
            "note": note,
        }
    )
    return observed(table, source, wanted)


def _product(records: pd.DataFrame) -> pd.Series:
    """What a price is of, as the release words it."""
    return records["detail"].str.replace(_PRICE, "", regex=True)


def _port(records: pd.DataFrame, wanted: Asked) -> pd.Series:
    """The place where a price is paid free on board, "" where the release names none."""
    named = records["notes"].str.extract(_PORT, expand=False).fillna("")
    codes = named.map(lambda name: countries().by_name.get(plain(name), ""))
    return codes.map(lambda code: wanted.atlas.place(code) if code else "")


def _source(path: Path) -> Source:
    match = _RELEASE.search(path.name)
    year = match[1] if match else ""
    return Source(
        id=f"usgs-release-{year}" if year else "usgs-release",
        family="usgs-release",
        citation=f"USGS, Mineral Commodity Summaries {year}".rstrip()
        + ", data release (salient statistics and world mine production); prices from Argus",
        licence="US public domain",
        note="years of different releases are not to be added up; revised from one to the next",
    )
