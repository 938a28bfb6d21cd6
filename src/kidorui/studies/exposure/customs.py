"""What the customs record tells of the focus place's imports, and what it lumps together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from kidorui.case import Case, customs_codes
from kidorui.studies.calibration.bases import Basis, read_basis
from kidorui.studies.exposure.elements import ALL, NOT_IDENTIFIED, lumped
from kidorui.studies.exposure.record import MEASURES as RECORD
from kidorui.studies.exposure.record import UNNAMED, codes_of, members, trade

RAW_GOODS = "all raw goods"
"""In place of a code: oxides, compounds and metals together."""

NOT_NAMED = "not named"
"""In place of an origin: what a total of imports holds beyond the countries that are named."""

MEASURES = {"weight": ("quantity", 1.0, "t of product"), "value": ("value", 1e-3, "million US$")}
"""Bases of the record: its column, what of it makes one of the unit, and the unit."""

TOTAL, NAMED = "total on record", "countries named"
"""What shares are of: the imports in all that a row states, or the sum of those that are named."""

KEYS = ["hs", "basis", "element", "origin"]
COLUMNS = [*KEYS, "amount", "unit", "share", "of", "identified", "lumps"]


def customs(case: Case, year: int) -> pd.DataFrame:
    """One row per HS code, basis and origin of the focus place's imports on record in a year.

    `element` is `all`: shares are those of the code as a whole. All raw goods (oxides, compounds,
    metals) have rows together besides. Each element in the goods of a code has a row: the same
    shares where it is alone there, else `not identified` and no figures, since a weight of lumped
    goods tells nothing of one element in them. Where one country alone is named and no total is
    on record, its share cannot be told and is missing.
    """
    stages = set(case.table("materials")["stage"])
    codes = codes_of(case, stages)
    rows = trade(case, codes, year) if codes else pd.DataFrame()
    home = members(case, case.settings.focus)
    if len(rows):
        rows = rows[rows["importer"].isin(home) & ~rows["exporter"].isin(home)]
    totals = _totals(case, year, home)
    rows, totals = _with_raw_goods(rows, totals, codes_of(case))
    tables = [_of_basis(rows, basis, totals) for basis in MEASURES] if len(rows) else []
    found = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=COLUMNS)
    held = {code: _elements(case, code) for code in found["hs"].unique()}
    found = found.assign(
        element=ALL,
        identified=found["share"].notna(),
        lumps=found["hs"].map(lambda code: tuple(held[code])),
    )
    alone = {code: elements[0] for code, elements in held.items() if len(elements) == 1}
    same = found[found["hs"].isin(list(alone))]
    same = same.assign(element=same["hs"].map(alone))
    told = pd.concat([found, same, _not_identified(found, held)], ignore_index=True)
    types = {"amount": float, "share": float, "identified": bool}
    told = told.assign(single=told["element"] != ALL)
    told = told.sort_values(["hs", "basis", "single", "element", "origin"], ignore_index=True)
    return told[COLUMNS].astype(types)


def _with_raw_goods(
    rows: pd.DataFrame, totals: pd.MultiIndex, codes: Sequence[str]
) -> tuple[pd.DataFrame, pd.MultiIndex]:
    """The record with all codes of raw goods once more as one, where there are several."""
    seen = [code for code in codes if len(rows) and (rows["code"] == code).any()]
    if len(seen) < 2:
        return rows, totals
    pooled = rows[rows["code"].isin(seen)].assign(code=RAW_GOODS)
    whole = [
        (column, RAW_GOODS)
        for column, *_ in MEASURES.values()
        if all((column, code) in totals for code in seen)
    ]
    both = pd.MultiIndex.from_tuples([*totals, *whole], names=totals.names)
    return pd.concat([rows, pooled], ignore_index=True), both


def _of_basis(rows: pd.DataFrame, basis: str, totals: pd.MultiIndex) -> pd.DataFrame:
    """One row per code and origin on one basis; codes without a figure on it have none."""
    column, factor, unit = MEASURES[basis]
    sums = rows.groupby(["code", "exporter"])[column].sum(min_count=1).dropna() * factor
    by_code = sums.groupby("code")
    whole = by_code.transform("sum")
    table = pd.DataFrame({"amount": sums, "share": sums / whole.where(whole > 0)})
    table["named"] = by_code.transform("size")
    table = table.reset_index().rename(columns={"code": "hs", "exporter": "origin"})
    table["origin"] = table["origin"].replace(UNNAMED, NOT_NAMED)
    stated = pd.MultiIndex.from_product([[column], table["hs"]]).isin(totals)
    table["share"] = table["share"].where(stated | (table["named"] > 1))
    return table.assign(basis=basis, unit=unit, of=np.where(stated, TOTAL, NAMED))


def _totals(case: Case, year: int, home: Sequence[str]) -> pd.MultiIndex:
    """(column of the record, code) of which a row states the imports from all origins."""
    rows = case.table("observations")
    rows = rows[(rows["year"] == year) & (rows["kind"] == "flow") & (rows["origin"] == "")]
    bases = [read_basis(unit) for unit in rows["unit"][rows["place"].isin(home)]]
    stated = [
        (RECORD[basis.measure], basis.hs[0])
        for basis in bases
        if isinstance(basis, Basis) and basis.measure in RECORD and len(basis.hs) == 1
    ]
    return pd.MultiIndex.from_tuples(stated, names=["column", "code"])


def _elements(case: Case, code: str) -> list[str]:
    """Elements in the goods of the case that are traded under a code; lumped ones one by one."""
    cells = case.table("materials").set_index("id")["hs"]
    wanted = codes_of(case) if code == RAW_GOODS else (code,)
    under = cells.map(lambda cell: any(one.startswith(wanted) for one in customs_codes(cell)))
    contents = case.table("contents")
    held = contents["material"].map(under).to_numpy(bool) & (contents["content"] > 0).to_numpy()
    elements = set(contents["element"][held])
    apart = lumped(case)
    inside = apart[apart["carried_as"].isin(elements)]
    order = [*case.table("elements")["id"], *apart["element"]]
    every = (elements - set(inside["carried_as"])) | set(inside["element"])
    return [element for element in order if element in every]


def _not_identified(found: pd.DataFrame, held: dict[str, list[str]]) -> pd.DataFrame:
    """One row per code, basis and element of a code that lumps several."""
    lumping = [code for code, elements in held.items() if len(elements) > 1]
    codes = found[found["hs"].isin(lumping)].drop_duplicates(["hs", "basis"])
    rows = codes.assign(element=codes["hs"].map(held)).explode("element")
    return rows.assign(origin=NOT_IDENTIFIED, amount=np.nan, share=np.nan, identified=False)
