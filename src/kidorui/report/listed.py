"""The two lists that a report prints in full: what is built, and who stops."""

from __future__ import annotations

import pandas as pd

from kidorui.figures.naming import NO_EVENT, Names
from kidorui.language import Language
from kidorui.report.content import Told
from kidorui.report.given import Given
from kidorui.report.tables import told_table

_MOST = 16
"""Rows of a list."""


def builds(plan: Given, say: Language) -> Told:
    """What is decided while no event has struck, dearest first."""
    names = Names(plan.result, say)
    table = plan.table("builds")
    rows = table[table["state"] == NO_EVENT].sort_values("cost", ascending=False).head(_MOST)
    yen = "billion yen/yr"
    shown = pd.DataFrame(
        {
            say("project"): [say.name(str(name)) for name in rows["name"]],
            say("size"): [
                say.quantity(size, unit)
                for size, unit in zip(rows["size"], rows["unit"], strict=True)
            ],
            say("cost, {unit}", unit=say.unit(yen)): (rows["cost_yen"] * say.scale(yen)).round(3),
            say("cost, {unit}", unit=say.unit("million US$/yr")): rows["cost"].round(2),
            say("public, {unit}", unit=say.unit("million US$")): rows["public"].round(2),
            say("decided"): [f"{year:.0f}" for year in rows["decided"]],
            say("opens"): [f"{year:.0f}" for year in rows["opens"]],
            say("place"): [names.place(str(place)) for place in rows["place"]],
            say("prong"): [say.name(str(prong)) for prong in rows["prong"]],
            say("odds"): [say.share(odds) for odds in rows["odds"]],
        }
    )
    return told_table(
        shown,
        say,
        title=say("Decided while no event has struck; public money and cost count the odds"),
        empty=say("Nothing is worth funding on these terms."),
    )


def stops(stress: Given, say: Language) -> Told:
    """Who stops, on which day, for how long, for want of what."""
    names = Names(stress.result, say)
    table = stress.table("stops")
    rows = table[table["first_stop"].notna() | table["first_line"].notna()]
    rows = rows.sort_values(["first_stop", "first_line"], kind="stable").head(_MOST)
    shown = pd.DataFrame(
        {
            say("sector"): [names.sector(str(sector)) for sector in rows["sector"]],
            say("for want of"): [names.good(str(goods)) for goods in rows["material"]],
            say("stops on day"): [say.number(day) for day in rows["first_stop"]],
            say("days it stands"): [say.number(days) for days in rows["stopped_days"]],
            say("worst filled"): [say.share(fill) for fill in rows["worst_fill"]],
            say("in month"): rows["worst_month"].to_list(),
            say("a line tied to the suppliers struck stops on day"): [
                say.number(day) for day in rows["first_line"]
            ],
        }
    )
    return told_table(
        shown,
        say,
        title=say(
            "A sector pools what reaches the country and stops where less than its least run is "
            "filled; a single line tied to the suppliers struck stops sooner"
        ),
        empty=say("No sector stops, and no single line."),
    )
