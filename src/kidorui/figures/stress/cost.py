"""What a cut costs, what would have prevented it, and what the plan changes."""

from __future__ import annotations

import pandas as pd

from kidorui.figures.naming import Names, brief
from kidorui.figures.picture import Picture
from kidorui.figures.plots import Bars, Dots, Series
from kidorui.figures.rows import MISSING, each, headings, numbers, positive
from kidorui.language import Language
from kidorui.results import Result

ROWS = 11
PROJECTS = 14
WORTH = 0.001
"""Projects that avoid less than this share of the loss are left out."""
WORST = 5
PROJECT = (
    *("project", "name", "prong", "place", "cost"),
    *("avoided", "per_dollar", "enters_at", "opens", "in_time"),
)


def losses(result: Result, say: Language) -> Picture:
    """Loss of users and of the economy by sector."""
    names = Names(result, say)
    table = result.table("losses").sort_values("economy_high", ascending=False, kind="stable")
    shown, others = table.head(ROWS), table.iloc[ROWS:]
    columns = ["value_lost", "economy", "economy_high"]
    rows = shown[["sector", *columns]]
    labels = [names.sector(str(sector)) for sector in shown["sector"]]
    if len(others):
        added = {"sector": "others", **others[columns].sum()}
        rows = pd.concat([rows, pd.DataFrame([added])], ignore_index=True)
        labels.append(say("{count} others", count=len(others)))
    scale = say.scale("million US$")
    return Picture(
        name="losses",
        title=say("What the cut costs, by sector"),
        note=say(
            "Million US$ over the months lived: value added lost times multipliers where even the "
            "dearest use goes short; at the upper end all that users give way by price and "
            "substitution is lost output too. To the right, worth to users of what they go without."
        ),
        finding=_losses_finding(table, names, say),
        plot=Bars(
            rows=labels,
            series=[
                Series(say("lost to the economy"), "without", numbers(rows["economy"], scale)),
                Series(
                    say("more at the upper end"),
                    "muted",
                    numbers(rows["economy_high"] - rows["economy"], scale),
                ),
            ],
            unit=say.unit("million US$"),
            notes=[
                say("users: {value}", value=say.number(float(value) * scale, 2))
                for value in rows["value_lost"]
            ],
            stacked=True,
        ),
        data=rows,
        tables=("losses",),
        units=dict.fromkeys(columns, "million US$"),
    )


def _losses_finding(table: pd.DataFrame, names: Names, say: Language) -> str:
    worst = table.sort_values("economy").iloc[-1]
    return say(
        "The economy loses {low}, at the upper end {high}; most in {sector}, {value}.",
        low=say.quantity(float(table["economy"].sum()), "million US$"),
        high=say.quantity(float(table["economy_high"].sum()), "million US$"),
        sector=names.sector(str(worst["sector"])),
        value=say.quantity(float(worst["economy"]), "million US$"),
    )


def prevention(result: Result, say: Language) -> Picture:
    """Loss that each open project would have avoided, against its yearly cost."""
    table = result.table("prevention")
    worth = table[(table["avoided"] > 0) & (table["of_loss"] >= WORTH)]
    shown = worth.sort_values("per_dollar", ascending=False).head(PROJECTS)
    shown = shown.sort_values("in_time", ascending=False, kind="stable")
    timely = shown[shown["in_time"]]
    scale = say.scale("million US$")
    return Picture(
        name="prevention",
        title=say("What would have prevented it, and for how much a year"),
        note=say(
            "Each project alone, at its largest size, standing when it strikes: loss of users "
            "avoided (million US$, once) against its cost (million US$ a year), logarithmic. To "
            "the right, the chance of the cut in a year above which it pays. Left out: {left} of "
            "{all} that avoid little or less.",
            left=len(table) - len(shown),
            all=len(table),
        ),
        finding=_prevention_finding(timely, say),
        plot=Dots(
            rows=[brief(say.name(str(name)), 44) for name in shown["name"]],
            series=[
                Series(say("cost a year"), "base", positive(shown["cost"], scale)),
                Series(
                    say("loss avoided"),
                    "plan",
                    positive(shown["avoided"], scale),
                ),
            ],
            unit=say.unit("million US$"),
            groups=headings(
                say("Stands in time if decided now") if timely else say("Comes too late for it")
                for timely in shown["in_time"]
            ),
            notes=[_pays(row, say) for row in each(shown)],
            log=True,
        ),
        data=shown[list(PROJECT)],
        tables=("prevention",),
        units={
            "cost": "million US$/yr",
            "avoided": "million US$",
            "per_dollar": "US$ per US$/yr",
            "enters_at": "1/yr",
            "opens": "yr",
        },
    )


def _pays(row: pd.Series, say: Language) -> str:
    if not row["enters_at"] >= 0:
        return say("at no chance")
    return say("from {chance} a year", chance=say.share(float(row["enters_at"])))


def _prevention_finding(timely: pd.DataFrame, say: Language) -> str:
    if timely.empty:
        return say("Nothing that stands in time avoids any of the loss.")
    most = timely.sort_values("avoided").iloc[-1]
    return say(
        "Of what stands in time, {name} avoids most: {avoided} ({share} of the loss) for {cost} a "
        "year.",
        name=say.name(str(most["name"])),
        avoided=say.quantity(float(most["avoided"]), "million US$"),
        share=say.share(float(most["of_loss"])),
        cost=say.quantity(float(most["cost"]), "million US$"),
    )


def replay(result: Result, say: Language) -> Picture:
    """First year's loss with and without the plan: month by month, and in its own quarters."""
    names = Names(result, say)
    table = result.table("replay")
    whole = table[table["sector"] == "all"]
    parts = table[table["sector"] != "all"].drop(columns=["material", "apart"])
    sectors = parts.groupby("sector", as_index=False).sum(numeric_only=True)
    sectors = sectors.sort_values("loss_without", ascending=False).head(WORST)
    shown = pd.concat([whole.drop(columns=["material", "apart"]), sectors], ignore_index=True)
    views: list[tuple[str, str, str]] = [
        (say("Month by month"), "loss_without", "loss_with"),
        (say("In the plan's own quarters"), "plan_loss_without", "plan_loss_with"),
    ]
    views = views if whole["plan_loss_with"].notna().any() else views[:1]
    scale = say.scale("million US$")
    return Picture(
        name="replay",
        title=say("What the plan changes in the first year of the cut"),
        note=say(
            "Loss of users above base prices, million US$, with the projects that the plan decides "
            "whatever happens and without. Where months and quarters differ, trust the months."
        ),
        finding=_replay_finding(whole, say),
        plot=Bars(
            rows=[
                say("all sectors") if sector == "all" else names.sector(str(sector))
                for _ in views
                for sector in shown["sector"]
            ],
            series=[
                Series(
                    say("without the plan"),
                    "without",
                    [value for _, column, _ in views for value in numbers(shown[column], scale)],
                ),
                Series(
                    say("with the plan"),
                    "plan",
                    [value for _, _, column in views for value in numbers(shown[column], scale)],
                ),
            ],
            unit=say.unit("million US$"),
            groups=headings(view for view, _, _ in views for _ in shown["sector"]),
        ),
        data=shown,
        tables=("replay",),
        units=dict.fromkeys([c for _, a, b in views for c in (a, b)], "million US$")
        | {str(c): "t" for c in shown if str(c).startswith(("shortage", "plan_shortage"))},
    )


def _replay_finding(whole: pd.DataFrame, say: Language) -> str:
    row = whole.iloc[0] if len(whole) else pd.Series(dtype=float)
    with_, without = row.get("loss_with", MISSING), row.get("loss_without", MISSING)
    text = say(
        "With the plan users lose {with_plan} in the first year instead of {without}.",
        with_plan=say.quantity(float(with_), "million US$"),
        without=say.quantity(float(without), "million US$"),
    )
    own = float(row.get("plan_loss_with", MISSING))
    if not own >= 0:
        return text
    return (
        text + " " + say("The plan's own quarters say {own}.", own=say.quantity(own, "million US$"))
    )
