"""A plan as a reader wants it: few tables, few columns, from the tables of the result alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from kidorui.results import Json
from kidorui.studies.dependence import BASE_YEAR, DIRECT
from kidorui.studies.moments import NO_EVENT
from kidorui.studies.solved import NOTHING, PLAN

_NEAR = 0.5
"""Cut of its cost above which a project is nowhere near being built."""

Tables = Mapping[str, pd.DataFrame]


@dataclass(frozen=True)
class Part:
    """One part of the answer: its title (units in it), and its rows."""

    name: str
    title: str
    rows: pd.DataFrame
    empty: str


def parts(tables: Tables, meta: Mapping[str, Json]) -> list[Part]:
    """Builds, shortage, dependence and break-evens, of those tables that are there."""
    makers = {
        "builds": _builds,
        "shortage_by_element": _shortage,
        "dependence": _dependence,
        "break_even": _break_even,
    }
    return [make(tables[name], meta) for name, make in makers.items() if name in tables]


def _builds(table: pd.DataFrame, meta: Mapping[str, Json]) -> Part:
    rows = table[table["state"] == NO_EVENT] if "state" in table else table
    sums = [c for c in ("size", "public", "cost", "cost_yen") if c in rows]
    firsts = [c for c in ("place", "decided", "opens", "unit") if c in rows]
    how = {**dict.fromkeys(firsts, "first"), **dict.fromkeys(sums, "sum")}
    if how:  # a stored run may be of another version
        rows = rows.groupby("project", sort=False).agg(how).reset_index()
    for name in ("decided", "opens"):
        if name in rows:
            rows[name] = [f"{year:.0f}" for year in rows[name]]
    for name, places in (("public", 2), ("cost", 2), ("cost_yen", 3)):
        if name in rows:
            rows[name] = rows[name].round(places)
    order = ["project", "place", "decided", "opens", "size", "unit", "public", "cost", "cost_yen"]
    return Part(
        "builds",
        "Builds while no event has struck: first decision and opening, size, public money "
        "(million US$), cost (million US$/yr; billion yen/yr)",
        rows[[c for c in order if c in rows] or list(rows.columns)].rename(
            columns={"cost_yen": "yen"}
        ),
        "Nothing is worth funding on these terms.",
    )


def _shortage(table: pd.DataFrame, meta: Mapping[str, Json]) -> Part:
    rows = table[(table["state"] != NO_EVENT) & (table["shortage_nothing"] > 0)]
    rows = pd.DataFrame(
        {
            "event": rows["state"],
            "year": rows["year"],
            "element": rows["element"],
            "use": rows["demand"],
            "without": rows["shortage_nothing"],
            "plan": rows["shortage_plan"],
            "avoided": rows["avoided"],
        }
    )
    return Part(
        "shortage",
        f"Short in {meta.get('focus', 'the focus place')} in the first year of an event, "
        "without the plan and with it (t oxide/yr)",
        rows.reset_index(drop=True),
        "Nothing goes short in the first year of an event planned for.",
    )


def _dependence(table: pd.DataFrame, meta: Mapping[str, Json]) -> Part:
    told = table[table["state"] == NO_EVENT]
    later = told[told["plan"] != BASE_YEAR]["year"]
    year = int(later.min()) if len(later) else 0
    keys = ["stage", "group", "basis"]
    wide = told[(told["year"] == year) | (told["plan"] == BASE_YEAR)]
    shares = wide.pivot(index=keys, columns="plan", values="share") * 100
    at_last = wide[wide["plan"] == PLAN].set_index(keys)
    shares["ceiling"] = at_last["ceiling"] * 100
    order = pd.MultiIndex.from_frame(told[keys].drop_duplicates())
    shares = shares.reindex(order).reset_index()
    shares = shares[shares[[PLAN, NOTHING]].notna().any(axis=1)]
    shares = shares[(shares["basis"] != DIRECT) | shares["ceiling"].notna()]
    rows = shares.rename(columns={NOTHING: "without"})
    rows["above"] = np.where(rows[PLAN] > rows["ceiling"] + 1e-4, "above", "")
    columns = [*keys, BASE_YEAR, "without", PLAN, "ceiling", "above"]
    shown = [BASE_YEAR, "without", PLAN, "ceiling"]
    rows[shown] = rows[shown].round(1)
    return Part(
        "dependence",
        f"Share that passes {meta.get('control', 'the controlling place')}, "
        f"{meta.get('base_year', BASE_YEAR)} and {year} (%)",
        rows[columns].reset_index(drop=True),
        "Nothing is used or imported.",
    )


def _break_even(table: pd.DataFrame, meta: Mapping[str, Json]) -> Part:
    rows = pd.DataFrame(
        {
            "project": table["project"],
            "built": np.where(table["built"] > 0, "yes", "no"),
            "chance a year": _entries(table, "hazard", 100, "%"),
            "value lost": _entries(table, "value", 1, "x"),
            "cost cut": [_cut(cut) for cut in table["cost_cut_share"]],
        }
    )
    out = (table["built"] <= 0) & ~(table["cost_cut_share"] < _NEAR)
    for name in ("hazard", "value"):
        out &= table[f"{name}_enters"].isin(["never", "not swept"])
    if (table[["hazard_enters", "value_enters"]] == "not swept").all(axis=None):
        return Part("break_even", "", rows.head(0), "Break-evens were not asked for.")
    left = f". Nowhere near: {', '.join(table.loc[out, 'project'])}" if out.any() else ""
    return Part(
        "break_even",
        "Enters from which chance of the events, which multiple of the value of a lost "
        f"kilogram; its first tonnes would pay after which cut of its cost{left}",
        rows[~out].reset_index(drop=True),
        f"No project enters anywhere{left}." if len(table) else "No project is left to decide.",
    )


def _entries(table: pd.DataFrame, name: str, scale: float, unit: str) -> list[str]:
    columns = zip(
        table[f"{name}_enters"], table[f"{name}_below"], table[f"{name}_from"], strict=True
    )
    return [_entry(how, below * scale, start * scale, unit) for how, below, start in columns]


def _entry(how: str, below: float, start: float, unit: str) -> str:
    if how in ("always", "never", "not swept"):
        return how
    words = f"{start:g} {unit}" if below != below else f"{below:g}-{start:g} {unit}"
    return words if how == "from" else f"{words}, not always"


def _cut(share: float) -> str:
    if share != share:
        return "no fund"
    return "none" if share <= 0 else f"{share:.0%}"
