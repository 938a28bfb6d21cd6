"""What the plan costs and saves, and in which world one would rather have done otherwise."""

from __future__ import annotations

import pandas as pd

from kidorui.figures.naming import Names
from kidorui.figures.picture import Picture
from kidorui.figures.plots import Bars, Point, Scatter, Series
from kidorui.figures.rows import each
from kidorui.language import Language
from kidorui.results import Result

TOTAL = "total"

SMALL = 0.005
"""Share of the largest difference below which an item of the bill is left out."""


def accounts(result: Result, say: Language) -> Picture:
    """What the plan adds to and takes from the focus country's bill, by item."""
    names = Names(result, say)
    data = items(result)
    more, less = data["difference"].clip(lower=0.0), data["difference"].clip(upper=0.0)
    groups = [say("together") if item == TOTAL else "" for item in data["item"]]
    if groups:
        groups[0] = groups[0] or say("by item")
    plot = Bars(
        rows=[say.name(str(item)) for item in data["item"]],
        series=[
            Series(say("the plan costs more"), "without", more.where(more > 0).tolist()),
            Series(say("the plan saves"), "plan", less.where(less < 0).tolist()),
        ],
        unit=say.unit("million US$/yr"),
        groups=groups,
        notes=[
            say("{before} → {now}", before=say.number(float(b)), now=say.number(float(p)))
            for b, p in zip(data["nothing"], data["plan"], strict=True)
        ],
        stacked=True,
    )
    return Picture(
        name="accounts",
        title=say("What the plan adds to the bill of {focus}", focus=names.focus),
        note=say(
            "million US$ a year, plan less doing nothing, mean of the axis and its scenarios, "
            "discounted. What {focus} pays counts up. To the right: without the plan → with it.",
            focus=names.focus,
        ),
        finding=_accounts_finding(data, names, say),
        plot=plot,
        data=data,
        tables=("accounts",),
        units=dict.fromkeys(("plan", "nothing", "difference"), "million US$/yr"),
    )


def items(result: Result) -> pd.DataFrame:
    """Items of the bill that the plan changes, the largest rise first, the total last."""
    table = result.table("accounts")[["item", "plan", "nothing", "difference"]]
    total = table["item"] == TOTAL
    size = table["difference"].abs()
    large = ~total & (size > SMALL * size[~total].max())
    rows = table[large].sort_values("difference", ascending=False, kind="stable")
    together: pd.DataFrame = pd.concat([rows, table[total]], ignore_index=True)
    return together


def _accounts_finding(data: pd.DataFrame, names: Names, say: Language) -> str:
    own = data[data["item"] != TOTAL]
    total = data[data["item"] == TOTAL]["difference"]
    if own.empty or total.empty:
        return say("The plan changes nothing on the bill.")
    change = float(total.iloc[0])
    most = own.sort_values("difference", key=abs, kind="stable").iloc[-1]
    facts = {
        "focus": names.focus,
        "amount": say.quantity(abs(change), "million US$/yr"),
        "item": say.name(str(most["item"])),
        "moved": say.quantity(abs(float(most["difference"])), "million US$/yr"),
    }
    if change < 0:
        return say("{focus} pays {amount} less with the plan; {item} moves most, {moved}.", **facts)
    return say("{focus} pays {amount} more with the plan; {item} moves most, {moved}.", **facts)


def regret(result: Result, say: Language) -> Picture:
    """By how much the plan, or doing nothing, costs more than the other in each world."""
    names = Names(result, say)
    data = result.table("regret")[["world", "chance", "action", "cost", "regret"]]
    worlds = data.drop_duplicates("world")
    wide = data.pivot(index="world", columns="action", values="regret").reindex(worlds["world"])
    scale = say.scale("billion yen")
    plot = Bars(
        rows=[names.state(str(world)) for world in worlds["world"]],
        series=[
            Series(say("doing nothing"), "without", (wide["do-nothing"] * scale).tolist()),
            Series(say("the plan"), "plan", (wide["plan"] * scale).tolist()),
        ],
        unit=say.unit("billion yen"),
        notes=[say("chance {share}", share=say.share(float(c))) for c in worlds["chance"]],
    )
    return Picture(
        name="regret",
        title=say("Regret of the plan and of doing nothing, by world"),
        note=say(
            "billion yen over the axis, discounted: by how much the bill of {focus} is above that "
            "of the other choice in the same world.",
            focus=names.focus,
        ),
        finding=_regret_finding(data, names, say),
        plot=plot,
        data=data.reset_index(drop=True),
        tables=("regret",),
        units={"cost": "billion yen", "regret": "billion yen", "chance": "1"},
    )


def _regret_finding(data: pd.DataFrame, names: Names, say: Language) -> str:
    ranked = data.sort_values("regret", ascending=False, kind="stable")
    nothing = ranked[ranked["action"] == "do-nothing"].iloc[0]
    plan = ranked[ranked["action"] == "plan"].iloc[0]
    return say(
        "Doing nothing is regretted most in one world ({nothing_world}): {nothing}; the plan at "
        "most {plan} ({plan_world}).",
        nothing=say.quantity(float(nothing["regret"]), "billion yen"),
        nothing_world=names.state(str(nothing["world"])),
        plan=say.quantity(float(plan["regret"]), "billion yen"),
        plan_world=names.state(str(plan["world"])),
    )


def frontier(result: Result, say: Language) -> Picture:
    """The least loss for so much public money, and where the plan stands."""
    names = Names(result, say)
    columns = ["point", "kind", "public", "cost", "loss", "shortage"]
    found = result.table("frontier").dropna(subset=["public", "loss"])  # some cannot be had
    data = found.sort_values("loss", ascending=False)[columns].reset_index(drop=True)
    points = [
        Point(
            float(row["public"]),
            float(row["loss"]),
            say("the plan") if row["kind"] == "plan" else "",
            "plan" if row["kind"] == "plan" else "base",
            size=1.6 if row["kind"] == "plan" else 1.0,
        )
        for row in each(data)
    ]
    plot = Scatter(
        points=points,
        x_title=say("public money, million US$"),
        y_title=say("expected loss by shortage, million US$/yr"),
        joined=True,
    )
    return Picture(
        name="frontier",
        title=say("Public money against loss by shortage"),
        note=say(
            "Each point is a portfolio: left of the plan the cheapest with so much public money, "
            "below it the cheapest with so little loss; money along the costliest path, loss of "
            "{focus} expected, mean of the axis.",
            focus=names.focus,
        ),
        finding=_frontier_finding(data, say),
        plot=plot,
        data=data,
        tables=("frontier",),
        units={
            "public": "million US$",
            "cost": "million US$/yr",
            "loss": "million US$/yr",
            "shortage": "t oxide/yr",
        },
    )


def _frontier_finding(data: pd.DataFrame, say: Language) -> str:
    plan = data[data["kind"] == "plan"]
    least, most = data.iloc[0], data.iloc[-1]
    if plan.empty:
        return say(
            "The loss falls from {high} to {low} as public money grows from {least} to {most}.",
            high=say.quantity(float(least["loss"]), "million US$/yr"),
            low=say.quantity(float(most["loss"]), "million US$/yr"),
            least=say.quantity(float(least["public"]), "million US$"),
            most=say.quantity(float(most["public"]), "million US$"),
        )
    return say(
        "With {least} of public money {high} are lost; the plan takes {public} and loses {loss}; "
        "the least is {low}, for {most}.",
        least=say.quantity(float(least["public"]), "million US$"),
        high=say.quantity(float(least["loss"]), "million US$/yr"),
        public=say.quantity(float(plan["public"].iloc[0]), "million US$"),
        loss=say.quantity(float(plan["loss"].iloc[0]), "million US$/yr"),
        low=say.quantity(float(most["loss"]), "million US$/yr"),
        most=say.quantity(float(most["public"]), "million US$"),
    )
