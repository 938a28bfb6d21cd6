"""A reconciled year as rows of a case: an overlay in which every study starts from it."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from kidorui.case import Case, table_schema
from kidorui.results import Result
from kidorui.studies.base_year import BaseYear, served_by_demand
from kidorui.studies.reconcile.tables import Reconciled

CHANGED, LEAST = 1e-3, 0.1
"""Difference from the solved base year, as a share and in t/yr, above which a row is written."""

_KEYS: Mapping[str, tuple[str, ...]] = {
    "routes": ("goods", "origin", "destination"),
    "demands": ("sector", "place", "material", "year"),
    "plants": ("id",),
    "recipes": ("recipe", "material"),
}

Change = tuple[str, str, str, float, float]


@dataclass(frozen=True)
class Overlay:
    """Settings and tables of an overlay, columns as in the case's schema."""

    settings: Mapping[str, str]
    tables: Mapping[str, pd.DataFrame]


def changes_table(year: Reconciled) -> pd.DataFrame:
    """One row per cell that differs: base flows, demands, bounds that were passed, coefficients."""
    rows: list[Change] = [
        *_flows(year),
        *_demands(year),
        *_plants(year),
        *_coefficients(year),
    ]
    return pd.DataFrame(rows, columns=["table", "row", "column", "before", "after"])


def overlay_of(case: Case, result: Result, year: int) -> Overlay:
    """The overlay that a reconciliation of the case's base year makes.

    Raises ValueError for another year: later years and base flows are counted from the base year.
    """
    if why := refused_year(case, year):
        raise ValueError(why)
    source = f"reconcile-{year}"
    tables = {
        str(name): _rows(case, str(name), rows, source)
        for name, rows in result.table("overlay").groupby("table", sort=False)
    }
    citation = (
        f"Reconciled year {year} of the case {case.settings.name}: flows and uses nearest to its "
        f"observations with balances closed (kidorui reconcile, answer {result.hash[:12]})"
    )
    row = {"id": source, "kind": "calculation", "citation": citation, "licence": "none"}
    tables["sources"] = pd.DataFrame([row])
    settings = {
        "name": f"{case.settings.name}-reconciled",
        "title": f"{case.settings.title}, reconciled with observations of {year}",
    }
    return Overlay(settings, tables)


def refused_year(case: Case, year: int) -> str:
    """Why no overlay can be written of a year; "" where one can."""
    if year == case.settings.base_year:
        return ""
    return (
        f"an overlay can be written for the base year {case.settings.base_year} alone, not "
        f"for {year}; a case that extends this one with base_year = {year} has that year"
    )


def nearness(result: Result, base: BaseYear) -> pd.DataFrame:
    """How near a solved base year comes to the reconciled one: flows, uses, output by place.

    Plants of a place and stage count together: which of them runs is nobody's observation. `off`
    is the sum of the differences, in size, as a share of the sum of what was reconciled.
    """
    network = base.network
    flows = result.table("flows").set_index(["material", "origin", "destination"])["reconciled"]
    uses = result.table("uses").set_index(["sector", "place", "material"])["reconciled"]
    output = result.table("activities").groupby(["place", "stage"])["reconciled"].sum()
    served = pd.Series(
        served_by_demand(network, base.solution)[0],
        index=pd.MultiIndex.from_frame(network.demands[["sector", "place", "material"]]),
    )
    ran = (
        network.units[["place", "stage"]]
        .iloc[network.activities["unit"]]
        .assign(ran=base.solution.values["activity"][0])
        .groupby(["place", "stage"])["ran"]
        .sum()
    )
    rows = []
    for name, wanted, got in (
        ("flows", flows, base.flows),
        ("uses", uses, served),
        ("output by place and stage", output, ran),
    ):
        both = pd.concat([wanted.rename("wanted"), got.rename("got")], axis=1).fillna(0.0)
        total = float(both["wanted"].sum())
        apart = float((both["wanted"] - both["got"]).abs().sum())
        rows.append((name, total, apart, apart / total if total else 0.0))
    return pd.DataFrame(rows, columns=["what", "reconciled", "apart", "off"])


def _flows(year: Reconciled) -> Iterator[Change]:
    network = year.system.unknowns.network
    told = year.told("flow")
    stated = network.routes["base_flow"].to_numpy(float)[network.links["route"]]
    keys = network.links[["material", "origin", "destination"]].agg("/".join, axis=1)
    for key, before, base, after in zip(
        keys, stated, told["base"], told["reconciled"], strict=True
    ):
        if _differs(base, after):
            yield "routes", key, "base_flow", float(before), float(after)


def _demands(year: Reconciled) -> Iterator[Change]:
    network = year.system.unknowns.network
    told = year.told("use")
    rows = network.case.table("demands")
    keys = ["sector", "place", "material"]
    scaled = network.demands[keys].assign(
        base=told["base"], after=told["reconciled"], stated=network.quantity[0]
    )
    for row in rows.merge(scaled, on=keys).itertuples(index=False):
        base, after = float(str(row.base)), float(str(row.after))
        if not _differs(base, after):
            continue
        quantity = float(str(row.quantity))
        factor = after / base if base > LEAST else after / float(str(row.stated))
        key = f"{row.sector}/{row.place}/{row.material}/{float(str(row.year)):.0f}"
        yield "demands", key, "quantity", quantity, quantity * factor


def _plants(year: Reconciled) -> Iterator[Change]:
    network = year.system.unknowns.network
    ran = np.bincount(
        network.activities["unit"],
        weights=year.told("activity")["reconciled"],
        minlength=len(network.units),
    )
    plants = network.case.table("plants").set_index("id")
    for unit, output in zip(network.units.itertuples(index=False), ran.tolist(), strict=True):
        if unit.kind != "existing":
            continue
        quota, capacity = float(str(unit.quota)), float(str(unit.capacity))
        if np.isfinite(quota) and output > quota and _differs(quota, output):
            yield "plants", str(unit.id), "quota", quota, output
        if output > capacity and _differs(capacity, output):
            own = plants.loc[str(unit.id)]
            before, part = (float(str(own[c])) for c in ("capacity", "availability"))
            yield "plants", str(unit.id), "capacity", before, output / part


def _coefficients(year: Reconciled) -> Iterator[Change]:
    baskets = year.system.baskets
    if baskets is None:
        return
    deviation = year.fitted.point[year.system.unknowns.count :]
    for row, moved in zip(baskets.table.itertuples(index=False), deviation.tolist(), strict=True):
        if abs(moved) > 1e-9:
            before = float(str(row.coefficient))
            yield (
                "recipes",
                f"{row.recipe}/{row.material}",
                "coefficient",
                before,
                before * (1 + moved),
            )


def _differs(before: object, after: object) -> bool:
    base, now = float(str(before)), float(str(after))
    return abs(now - base) > max(CHANGED * abs(base), LEAST)


def _rows(case: Case, name: str, changes: pd.DataFrame, source: str) -> pd.DataFrame:
    """Whole rows of a table with the cells changed, ranges moved along."""
    schema, keys = table_schema(name), list(_KEYS[name])
    table = case.table(name)
    stage = case.table("materials").set_index("id")["stage"]
    by_key = {_joined(row, keys): row for row in table.to_dict("records")}
    out: dict[str, dict[Hashable, object]] = {}
    for change in changes.itertuples(index=False):
        key = str(change.row)
        known: Mapping[Hashable, object] | None = out.get(key) or by_key.get(key)
        if known is None:  # a route stated for the stage of the material
            material, *ends = key.split("/")
            known = {**by_key["/".join([str(stage[material]), *ends])], "goods": material}
        row: dict[Hashable, object] = dict(known)
        column, after = str(change.column), float(str(change.after))
        before = float(str(change.before))
        for end in ("", "_low", "_high"):
            if f"{column}{end}" in row:
                value = float(str(row[f"{column}{end}"]))
                moved = value * after / before if before else after
                row[f"{column}{end}"] = after if not end or np.isnan(moved) else moved
        was = "not stated" if np.isnan(before) else f"{before:,.6g}"
        said = f"reconciled: {column} was {was}"
        row["note"] = f"{said}; {row['note']}" if row["note"] else said
        row["source"], row["confidence"] = source, "medium"
        out[key] = row
    frame = pd.DataFrame(list(out.values()))
    return frame[[column for column in schema.names if column in frame]]


def _joined(row: Mapping[Hashable, object], keys: list[str]) -> str:
    parts = [row[key] for key in keys]
    return "/".join(f"{p:.0f}" if isinstance(p, float) else str(p) for p in parts)
