"""Prices in the world with the plan and in the one without it."""

from __future__ import annotations

import pandas as pd

from kidorui.figures.naming import NO_EVENT, Names
from kidorui.figures.picture import Picture
from kidorui.figures.plots import Dots, Role, Series
from kidorui.language import Language
from kidorui.results import Result

MATERIALS = 14
"""Materials that are told: those whose price moves the import bill most."""

LEAST = 0.1
"""Price below which a material is worth nothing, US$/kg: it is a by-product in excess."""

APART = 0.02
"""Share by which prices of goods of controlled origin and of others differ to be told."""

_EVENT_ROLES: tuple[Role, ...] = ("control", "heavy", "fourth")


def prices(result: Result, say: Language) -> Picture:
    """Prices at the focus place by material: base, told year, and the first year of each event."""
    names, year = Names(result, say), int(str(result.meta["year"]))
    data = at_focus(result)
    materials = list(dict.fromkeys(data["material"]))
    shown = data[data["origin"] == "any"]
    base = shown.drop_duplicates("material").set_index("material")["price_base"]
    series = [Series(say("base price"), "base", _on_log(base.reindex(materials)))]
    roles = iter(_EVENT_ROLES)
    worlds = shown.drop_duplicates(["state", "year"])
    for state, when in zip(worlds["state"], worlds["year"], strict=True):
        role: Role = "plan" if state == NO_EVENT else next(roles)
        words = say("{state}, {year}", state=names.state(str(state)), year=int(when))
        rows = shown[(shown["state"] == state) & (shown["year"] == when)]
        told = rows.set_index("material").reindex(materials)
        ends = told[["price", "price_nothing"]]
        low, high = _on_log(ends.min(axis=1)), _on_log(ends.max(axis=1))
        series.append(Series(words, role, _on_log(told["price"]), low, high))
    premiums = [_premium(data[data["material"] == m], say) for m in materials]
    plot = Dots(
        rows=[names.good(m) for m in materials],
        series=series,
        unit=say.unit("US$/kg"),
        notes=premiums if any(premiums) else (),
        log=True,
        joined=False,
    )
    return Picture(
        name="prices",
        title=say("Prices in {focus} with the plan", focus=names.focus),
        note=_note(len(materials), any(premiums), say),
        finding=_finding(data, names, year, say),
        plot=plot,
        data=data,
        tables=("prices", "flows"),
        units=dict.fromkeys(("price_base", "price", "price_nothing"), "US$/kg"),
    )


def _note(materials: int, premiums: bool, say: Language) -> str:
    text = say(
        "US$/kg, logarithmic, above {least}; dots with the plan, pale bars to the price without "
        "it. The {number} materials whose price moves the import bill most.",
        number=materials,
        least=LEAST,
    )
    if not premiums:
        return text
    apart = say("To the right: how much dearer goods proven free of controlled origin are.")
    return say("{text} {more}", text=text, more=apart)


def at_focus(result: Result) -> pd.DataFrame:
    """Prices at the focus place in the told year and in events, of the materials that matter.

    These are the ones whose price differs most from the base price in any of the states, times
    what the focus place imported in the base year; ordered by base price, dearest first. Columns:
    material, origin, state, year, price_base, price and price_nothing (US$/kg).
    """
    table = result.table("prices")
    told = (table["state"] != NO_EVENT) | (table["year"] == result.meta["year"])
    table = table[(table["place"] == result.meta["focus_id"]) & told]
    states = table.loc[table["state"] != NO_EVENT, "state"].unique()[: len(_EVENT_ROLES)]
    table = table[table["state"].isin([NO_EVENT, *states])]
    flows = result.table("flows")
    imports = flows[flows["destination"] == result.meta["focus_id"]]
    weight = imports.groupby("material")[["base_year", "plan"]].sum().max(axis=1)
    moved = table[["price", "price_nothing"]].sub(table["price_base"], axis=0).abs().max(axis=1)
    stake = moved.groupby(table["material"]).max() * weight.reindex(table["material"].unique())
    kept = stake.dropna().sort_values(ascending=False).head(MATERIALS).index
    columns = ["material", "origin", "state", "year", "price_base", "price", "price_nothing"]
    rows = table.loc[table["material"].isin(kept), columns]
    return rows.sort_values("price_base", ascending=False, kind="stable", ignore_index=True)


def _on_log(values: pd.Series) -> list[float]:
    return [float(v) if v >= LEAST else float("nan") for v in values]


def _premium(rows: pd.DataFrame, say: Language) -> str:
    """By how much goods free of controlled origin are dearer, where most."""
    keys = ["state", "year"]
    pair = rows.pivot_table(index=keys, columns="origin", values="price", sort=False)
    if not {"any", "outside"} <= set(pair.columns):
        return ""
    over = (pair["outside"] / pair["any"].where(pair["any"] >= LEAST) - 1).dropna()
    if over.empty or over.max() < APART:
        return ""
    return say("outside +{share}", share=say.share(float(over.max())))


def _finding(data: pd.DataFrame, names: Names, year: int, say: Language) -> str:
    """The largest rise over the base price with the plan in any event, else in the told year."""
    rows = data[(data["origin"] == "any") & (data["price_base"] >= LEAST)]
    struck = rows[rows["state"] != NO_EVENT]
    rows = struck if len(struck) else rows
    if rows.empty:
        return say("No price is told.")
    row = rows.iloc[int((rows["price"] / rows["price_base"]).to_numpy(float).argmax())]
    return say(
        "{good} rises most: {price} in {year} ({state}) with the plan, {nothing} without "
        "it, {base} at the base price.",
        good=names.good(str(row["material"])),
        price=say.quantity(float(row["price"]), "US$/kg"),
        nothing=say.number(float(row["price_nothing"])),
        base=say.number(float(row["price_base"])),
        state=names.state(str(row["state"])),
        year=int(row["year"]),
    )
