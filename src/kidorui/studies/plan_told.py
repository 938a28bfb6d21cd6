"""A plan as a reader wants it: few tables, few columns, from the tables of the result alone."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from kidorui.results import Json, Part
from kidorui.studies.dependence import BASE_YEAR, DIRECT
from kidorui.studies.moments import NO_EVENT
from kidorui.studies.solved import NOTHING, PLAN

_NEAR = 0.5
"""Cut of its cost above which a project is nowhere near being built."""

Tables = Mapping[str, pd.DataFrame]


def parts(tables: Tables, meta: Mapping[str, Json]) -> list[Part]:
    """Builds, shortage, dependence, break-evens and regret, and what else was asked for."""
    makers = {
        "builds": _builds,
        "shortage_by_element": _shortage,
        "dependence": _dependence,
        "break_even": _break_even,
        "regret": _regret,
    }
    told = [make(tables[name], meta) for name, make in makers.items() if name in tables]
    return [*told, *_asked(tables)]


def _asked(tables: Tables) -> list[Part]:
    """Frontier, alternatives and makers at a price, of those that were asked for."""
    told = []
    if len(tables.get("frontier", ())):
        told += [_frontier(tables["frontier"])]
        told += [_sizes(tables["frontier_builds"], "point", "What each point builds (t/yr, t)")]
    if len(tables.get("alternatives", ())):
        told += [_alternatives(tables["alternatives"])]
        told += [_sizes(tables["alternative_builds"], "alternative", "What each builds (t/yr, t)")]
    if len(tables.get("at_price", ())):
        told += [_at_price(tables["at_price"])]
    return told


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
    if "price_enters" in table:
        rows["pays at, US$/kg"] = [
            _price(*p) for p in zip(*(table[c] for c in _PRICES), strict=True)
        ]
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


_PRICES = ("product", "price", "price_enters")


def _price(product: str, price: float, enters: float) -> str:
    """Price of the main product at which a project pays, and the one there is."""
    return f"{enters:.3g} {product} ({price:.3g})" if product and enters == enters else ""


def _regret(table: pd.DataFrame, meta: Mapping[str, Json]) -> Part:
    wide = table.pivot(index=["world", "chance"], columns="action", values=["cost", "regret"])
    wide = wide.reindex(pd.MultiIndex.from_frame(table[["world", "chance"]].drop_duplicates()))
    rows = pd.DataFrame(
        {
            "world": wide.index.get_level_values("world"),
            "chance": wide.index.get_level_values("chance"),
            "plan": wide[("cost", PLAN)].to_numpy(),
            "without": wide[("cost", NOTHING)].to_numpy(),
            "plan's regret": wide[("regret", PLAN)].to_numpy(),
            "without it": wide[("regret", NOTHING)].to_numpy(),
        }
    )
    focus = meta.get("focus", "the focus place")
    title = f"Regret: bill of {focus} over the axis in each world (billion yen, discounted)"
    return Part("regret", title, rows, "There is one world.")


def _frontier(rows: pd.DataFrame) -> Part:
    return Part(
        "frontier",
        "Frontier: public money (million US$), cost of the world and of its worst scenarios over "
        "the plan's (million US$/yr), loss (million US$/yr), shortage (t oxide/yr)",
        rows,
        "",
    )


def _alternatives(rows: pd.DataFrame) -> Part:
    return Part(
        "alternatives",
        "Plans nearly as good: cost over the best (million US$/yr), public money (million US$), "
        "loss (million US$/yr), share of the money that goes elsewhere",
        rows,
        "",
    )


def _at_price(table: pd.DataFrame) -> Part:
    rows = table[table["verdict"] != "goes on"]
    columns = ["material", "price", "maker", "places", "use_plan", "use", "earns", "needs"]
    return Part(
        "at_price",
        "Who does not go on where the material can be had at the price (US$/kg) anywhere: share "
        "of capacity used with the plan and then, what it earns and needs (million US$/yr)",
        rows[[*columns, "verdict"]].rename(columns={"use": "then", "use_plan": "use"}),
        "At these prices all makers go on.",
    )


def _sizes(table: pd.DataFrame, key: str, title: str) -> Part:
    """Sizes by project and portfolio."""
    wide = table.pivot(index="project", columns=key, values="size").fillna(0.0)
    order = list(dict.fromkeys(table["project"]))
    rows = wide.loc[order].rename(columns=str).rename_axis(columns=None).reset_index()
    return Part(f"{key}_builds", title, rows, "None of them builds anything.")


def _cut(share: float) -> str:
    if share != share:
        return "no fund"
    return "none" if share <= 0 else f"{share:.0%}"
