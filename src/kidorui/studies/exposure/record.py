"""What a case has on record of trade, mine output and governance, as tables by country.

Only rows whose unit says the basis are read (`gross t, HS 284690`; `t REO, of mines`), so that
bases are never added. Countries are the places of the rows: those that an importer added, and
those of the network.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from kidorui.case import Case, country_places, customs_codes
from kidorui.studies.calibration.bases import Basis, read_basis
from kidorui.studies.exposure.geopolrisk import instability

RAW = ("carbonate", "oxide", "metal")
"""Stages of goods that customs count as rare earths: HS 2805.30, 2846.10 and 2846.90."""

ESTIMATE = "WGI estimate, political stability"
"""Unit of a governance observation."""

UNNAMED = ""
"""The exporter of what a total of imports holds beyond the exporters that are named."""

MEASURES = {"value": "value", "gross": "quantity"}
"""Measures of trade, and the columns that hold them: kUSD and t of product."""

ROUNDED = 1e-3
"""Share of a total that may be missing from its parts by rounding alone."""


def codes_of(case: Case, stages: Iterable[str] = RAW) -> tuple[str, ...]:
    """HS codes that the materials of some stages are traded under, in rising order."""
    materials = case.table("materials")
    held = materials.loc[materials["stage"].isin(list(stages)), "hs"]
    return tuple(sorted({code for cell in held for code in customs_codes(cell)}))


def members(case: Case, place: str) -> tuple[str, ...]:
    """The place and all that is counted in it: sites in its country, countries it covers.

    Raises LookupError for a place that the case does not have.
    """
    places = case.table("places").set_index("id")
    if place not in places.index:
        raise LookupError(f"place: {place!r}; {', '.join(places.index)} are accepted")
    inside = pd.Series(country_places(case)) == place
    if not places.at[place, "covers"]:
        inside |= (places["iso3"] == places.at[place, "iso3"]) & (places["covers"].map(len) == 0)
    return (place, *(name for name in places.index[inside] if name != place))


def trade(case: Case, codes: Sequence[str] = (), year: int | None = None) -> pd.DataFrame:
    """Flows on record: year, importer, exporter, code, value (kUSD), quantity (t of product).

    codes: HS codes, by default those of the case's raw goods. Of two rows on one thing the later
    counts. An aggregate of countries is left out where a country of it has a row of the same
    year, code and partner. Where a total of imports is on record (a flow without an origin) and
    the exporters that are named fall short of it by more than rounding, the rest has a row of
    its own, its exporter UNNAMED.
    """
    wanted = set(codes or codes_of(case))
    rows = _read(case, "flow", year).rename(columns={"place": "importer", "origin": "exporter"})
    bases = rows["basis"].tolist()
    rows["code"] = [basis.hs[0] if len(basis.hs) == 1 else "" for basis in bases]
    rows["measure"] = ["" if b.is_share else MEASURES.get(b.measure, "") for b in bases]
    rows = rows[rows["code"].isin(wanted) & (rows["measure"] != "") & (rows["importer"] != "")]
    keys = ["year", "importer", "exporter", "code", "measure"]
    rows = rows.drop_duplicates(keys, keep="last")
    for end in ("importer", "exporter"):
        rows = _finest(case, rows, end, [key for key in keys if key != end])
    total = rows["exporter"] == UNNAMED
    rows = pd.concat([rows[~total], _rest(rows[total], rows[~total])], ignore_index=True)
    wide = rows.set_index(keys)["value"].unstack("measure")
    columns = pd.Index(MEASURES.values())
    return wide.reindex(columns=columns).astype(np.float64).reset_index()


def production(case: Case, year: int | None = None) -> pd.DataFrame:
    """Mine output on record: year, country, quantity (t REO); rows with unit `t REO, of mines`.

    Rows of one country on several goods add up; of two on one thing the later counts, and an
    aggregate is left out where a country of it has a row of the same year.
    """
    rows = _read(case, "production", year).rename(columns={"place": "country"})
    of_mines = [b.of_mines and b.measure == "content" and not b.elements for b in rows["basis"]]
    rows = rows[np.array(of_mines, dtype=np.bool_) & (rows["country"] != "").to_numpy()]
    rows = rows.drop_duplicates(["year", "country", "goods"], keep="last")
    sums = _finest(case, rows, "country", ["year"]).groupby(["year", "country"])["value"].sum()
    return sums.rename("quantity").reset_index()


def governance(case: Case, year: int | None = None) -> pd.DataFrame:
    """Political instability on record: year, country, score from 0 (stable) to 1.

    From estimates -2.5 to 2.5 (unit `WGI estimate, political stability`); a country without an
    estimate has no row.
    """
    rows = _of_year(case.table("observations"), year)
    rows = rows[(rows["kind"] == "governance") & (rows["unit"] == ESTIMATE)]
    rows = rows.drop_duplicates(["year", "place"], keep="last")
    score = instability(rows["value"].to_numpy(np.float64))
    found = {"year": rows["year"], "country": rows["place"], "score": score}
    return pd.DataFrame(found).reset_index(drop=True)


def _read(case: Case, kind: str, year: int | None) -> pd.DataFrame:
    """Observations of a kind whose unit is understood, with their basis."""
    rows = _of_year(case.table("observations"), year)
    rows = rows[rows["kind"] == kind]
    bases = {unit: read_basis(unit) for unit in rows["unit"].unique()}
    rows = rows.assign(basis=rows["unit"].map(bases))
    known = {unit for unit, basis in bases.items() if isinstance(basis, Basis)}
    return rows[rows["unit"].isin(known)]


def _of_year(rows: pd.DataFrame, year: int | None) -> pd.DataFrame:
    rows = rows.assign(year=rows["year"].astype(np.int64))
    return rows if year is None else rows[rows["year"] == year]


def _finest(case: Case, rows: pd.DataFrame, end: str, others: list[str]) -> pd.DataFrame:
    """Without the aggregates that a country counted in them stands beside, all else equal."""
    counted = rows[end].map(country_places(case))
    inner = rows[counted.notna() & (counted != rows[end])]
    covered = pd.MultiIndex.from_frame(inner[others].assign(at=counted[inner.index]))
    return rows[~pd.MultiIndex.from_frame(rows[[*others, end]]).isin(covered)]


def _rest(totals: pd.DataFrame, named: pd.DataFrame) -> pd.DataFrame:
    """What totals of imports hold beyond the exporters named, where that is not rounding."""
    keys = ["year", "importer", "code", "measure"]
    parts = named.groupby(keys)["value"].sum()
    told = parts.reindex(pd.MultiIndex.from_frame(totals[keys]), fill_value=0.0)
    rest = totals["value"].to_numpy(np.float64) - told.to_numpy(np.float64)
    more = rest > ROUNDED * totals["value"].to_numpy(np.float64)
    found: pd.DataFrame = totals.assign(value=rest)[more]
    return found
