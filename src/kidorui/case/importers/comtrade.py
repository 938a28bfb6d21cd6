"""UN Comtrade: an export of comtradeplus.un.org, as each country reports its own trade.

Imports are valued cif and exports fob, in US$; weight is net, in kg. A flow between two countries
may so be there twice, as either reports it: both are observations. Columns as in the download of
2024 and later (refYear, reporterISO, flowCode, partnerISO, cmdCode, netWgt, primaryValue, ...).
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from kidorui.case.importers.countries import by_letters
from kidorui.case.importers.goods import codes_of, goods_of, traded_told, under
from kidorui.case.importers.rows import Asked, Given, Source, left, observed
from kidorui.case.importers.strict import Findings, numbers, read_records, repeated, years

SOURCE = Source(
    id="comtrade",
    family="comtrade",
    citation="United Nations, UN Comtrade Database, trade as reported, by reporter, partner and "
    "HS code",
    licence="UN Comtrade terms of use: attribution; further dissemination needs permission",
    note="imported as reported: imports cif, exports fob; net weight of the product",
)

_BREAKDOWNS = {
    "partner2Code": ("", "0"),
    "customsCode": ("", "C00"),
    "motCode": ("", "0"),
    "mosCode": ("", "0"),
}
"""Columns that split a flow, and what stands there in its total."""

_FLOWS = {"M": "imports", "X": "exports"}
_WORLD = "W00"


def read_comtrade(path: Path, wanted: Asked) -> Given:
    """Flows of the case's customs codes, a row for the value and one for the tonnes.

    Raises CaseError with the faults of the file, by line.
    """
    codes = codes_of(wanted)
    findings = Findings(path.name)
    optional = [*_BREAKDOWNS, "isNetWgtEstimated"]
    records = read_records(path, "comtrade", findings, optional)
    records["year"] = years(records, "refYear", findings)
    records["value"] = numbers(records, "primaryValue", findings)
    records["weight"] = numbers(records, "netWgt", findings)
    findings.refuse()
    why = _why_not(records, codes, wanted)
    kept = records[why == ""].copy()
    kept["reporter"] = by_letters(kept, "reporterISO", findings)
    kept["partner"] = by_letters(kept, "partnerISO", findings)
    repeated(
        kept, ["year", "reporterISO", "flowCode", "partnerISO", "cmdCode"], findings, "the flow"
    )
    for year in sorted(set(wanted.years) - set(records["year"])):
        findings.blame(None, "refYear", f"no rows of {year}", "a year that is there")
    findings.refuse()
    # a weight of 0 beside a value is how Comtrade writes that none was reported
    kept["weight"] = kept["weight"].where((kept["weight"] > 0) | (kept["value"] == 0))
    rows = _rows(kept, wanted)
    counts = why[why != ""].value_counts().sort_index()
    return Given(
        source=SOURCE,
        rows=rows,
        scopes=tuple(sorted(_stems(kept, wanted).unique())),
        read=len(records),
        kept=len(kept),
        left_out=left(
            *((str(reason), int(count)) for reason, count in counts.items()),
            ("weights that were not reported (the value is kept)", kept["weight"].isna().sum()),
            ("values that were not reported (the weight is kept)", kept["value"].isna().sum()),
        ),
        told=traded_told(kept["cmdCode"], rows, wanted),
    )


def _why_not(records: pd.DataFrame, codes: tuple[str, ...], wanted: Asked) -> pd.Series:
    """Why a record gives no observation; "" where it does. The first reason counts."""
    why = pd.Series("", index=records.index)
    six = records["cmdCode"].str.fullmatch(r"\d{6}")
    split = pd.Series(False, index=records.index)
    for column, total in _BREAKDOWNS.items():
        split |= ~records[column].isin(total)
    number = pd.to_numeric(records["cmdCode"].where(six, "0"), errors="coerce")
    partner = records["partnerISO"]
    for reason, where in (
        ("of other years", ~wanted.wants(records["year"])),
        ("of codes other than of six digits (their totals)", ~six),
        ("of goods that the case does not trade in, by HS code", ~under(number, codes)),
        ("of months, not years", records["freqCode"] != "A"),
        ("of re-imports, re-exports and other flows", ~records["flowCode"].isin(list(_FLOWS))),
        ("with the world as partner (totals)", partner == _WORLD),
        ("with areas that are no country (not elsewhere specified, groups)", _is_area(partner)),
        ("by groups of countries", _is_area(records["reporterISO"])),
        ("split by second partner, customs procedure or transport", split),
        ("from a country to itself", partner == records["reporterISO"]),
    ):
        why = why.where((why != "") | ~where, reason)
    return why


def _is_area(codes: pd.Series) -> pd.Series:
    """Codes of areas: not three letters (_X, A79, F19), or a union; S19 is Taiwan."""
    return ~codes.str.fullmatch(r"[A-Z]{3}|S19") | codes.isin(["EUR", "EUN"])


def _rows(flows: pd.DataFrame, wanted: Asked) -> pd.DataFrame:
    place = wanted.atlas.place
    reporter, partner = flows["reporter"].map(place), flows["partner"].map(place)
    is_import = flows["flowCode"] == "M"
    hs, flow = flows["cmdCode"], flows["flowCode"].map(_FLOWS)
    goods = {code: goods_of(code, wanted) for code in hs.unique()}
    origin = partner.where(is_import, reporter)
    destination = reporter.where(is_import, partner)
    terms = is_import.map({True: "cif", False: "fob"})
    note = flow + " as " + flows["reporter"] + " reports them, " + terms
    estimated = flows["isNetWgtEstimated"].str.casefold().isin(["true", "1"])
    weighed = note.str.replace(", cif|, fob", "", regex=True)
    weighed = weighed.where(~estimated, weighed + "; weight estimated by the UN")
    stem = _stems(flows, wanted) + partner
    table = pd.DataFrame(
        {"year": flows["year"], "kind": "flow", "place": destination, "origin": origin}
    ).assign(goods=hs.map(goods))
    value = table.assign(
        id=stem + "-value", value=flows["value"] / 1e3, unit="kUSD, HS " + hs, note=note
    )
    weight = table.assign(
        id=stem + "-weight", value=flows["weight"] / 1e3, unit="gross t, HS " + hs, note=weighed
    )
    weight["confidence"] = estimated.map({True: "medium", False: "high"})
    both = pd.concat([value.assign(confidence="high"), weight], ignore_index=True)
    return observed(both.dropna(subset="value"), SOURCE, wanted)


def _stems(flows: pd.DataFrame, wanted: Asked) -> pd.Series:
    """What the ids of a reporter's flows of a year and code begin with.

    Of these the rows of a file are the whole; those of other reporters, as of another download,
    stay.
    """
    year = flows["year"].astype(int).astype(str)
    flow = flows["flowCode"].map(_FLOWS)
    reporter = flows["reporter"].map(wanted.atlas.place)
    return "comtrade-" + year + "-" + flows["cmdCode"] + "-" + flow + "-" + reporter + "-"
