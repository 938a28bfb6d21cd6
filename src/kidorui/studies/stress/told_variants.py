"""What other stocks, leaks, plants and draws would have made of it, as a reader wants it."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from kidorui.results import Part

_TRIFLE = 0.01
"""Share of the loss below which what a project avoids is not told on the screen."""

_TOLD = 8
"""Rows of a table told on the screen."""


def variant_parts(tables: Mapping[str, pd.DataFrame]) -> list[Part]:
    """First stops by stock and leak, prevention, the plan replayed, chances and what drives them.

    Parts that were not asked for are left out.
    """
    made = {
        "table": _first_stops,
        "prevention": _prevention,
        "replay": _replay,
        "stops_chance": _chances,
        "tornado": _tornado,
        "failures": _failures,
    }
    return [make(tables[name]) for name, make in made.items() if len(tables[name])]


def _first_stops(table: pd.DataFrame) -> Part:
    """A row per sector and leak, a column per stock of the state."""
    days = table.assign(leak=[f"{leak:.0%}" for leak in table["leak"]])
    days["held"] = [f"{held:g} days" for held in table["state_days"]]
    order = dict.fromkeys(days.sort_values("state_days")["held"])
    wide = days.pivot(index=["sector", "leak"], columns="held", values="first_stop")
    told = wide[list(order)].map("{:.0f}".format).replace("nan", "-")
    leaks = dict.fromkeys(days.sort_values(["sector", "state_days"])["leak"])
    rows = told.reindex(
        [(s, leak) for s in dict.fromkeys(days["sector"]) for leak in leaks]
    ).reset_index()
    return Part(
        "table",
        "Day of the first stop, by what the state holds of each of its stocks (days of use) and "
        "by the share of what is cut that leaks round at a premium; - = none in the months lived",
        rows,
        "No sector stops, whatever the state holds and whatever leaks.",
    )


def _prevention(table: pd.DataFrame) -> Part:
    columns = ["project", "size", "unit", "cost", "avoided", "of_loss", "per_dollar", "enters_at"]
    rows = table.loc[table["of_loss"] > _TRIFLE, [*columns, "in_time"]].head(_TOLD).copy()
    rows["of_loss"] = [f"{share:.0%}" for share in rows["of_loss"]]
    rows["enters_at"] = ["never" if pd.isna(c) else f"{c:.1%}" for c in rows["enters_at"]]
    return Part(
        "prevention",
        "What would have prevented it, each project alone and standing: cost (million US$ a "
        "year), loss avoided (million US$), the same for each US$ of a year's cost, and the "
        "chance of the event in a year above which it pays",
        rows.round({"cost": 2, "avoided": 0, "per_dollar": 1}),
        "No project would have avoided any of it.",
    )


def _replay(table: pd.DataFrame) -> Part:
    worst = table.sort_values("loss_without", ascending=False, kind="stable").head(_TOLD)
    columns = [
        "sector",
        "material",
        "loss_without",
        "loss_with",
        "plan_loss_without",
        "plan_loss_with",
    ]
    return Part(
        "replay",
        "The plan replayed: loss of the first year (million US$), month by month without and "
        "with the plan, and as the plan's own quarters had both",
        worst[columns].round(1),
        "No plan was replayed.",
    )


def _chances(table: pd.DataFrame) -> Part:
    rows = table[table["material"] == "any"].sort_values("chance", ascending=False)
    rows = rows.head(_TOLD).assign(
        chance=[f"{chance:.0%}" for chance in rows["chance"].head(_TOLD)],
        error=[f"{error:.1%}" for error in rows["error"].head(_TOLD)],
    )
    return Part(
        "stops_chance",
        "Chance that a sector stands for more than 30 days in all, over the draws",
        rows.drop(columns="material").reset_index(drop=True),
        "No draw was lived through.",
    )


def _tornado(table: pd.DataFrame) -> Part:
    order = table["correlation"].abs().sort_values(ascending=False, kind="stable").index
    return Part(
        "tornado",
        "What drives it: rank correlation of each factor with the answer, over the draws",
        table.loc[order].head(2 * _TOLD).round(2).reset_index(drop=True),
        "No draw was lived through.",
    )


def _failures(table: pd.DataFrame) -> Part:
    return Part("failures", "Draws that failed, and why", table.head(_TOLD), "No draw failed.")
