"""What could be built instead, and what would have to be otherwise for a project to pay."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from kidorui.figures.picture import Picture
from kidorui.figures.plots import Bars, Grid, Series
from kidorui.figures.rows import each
from kidorui.language import Language
from kidorui.results import Result

PROJECTS = 14
"""Projects that are told at most."""

SHOWN = 0.005
"""Share of its largest size from which a project is told as part of a plan."""


def alternatives(result: Result, say: Language) -> Picture:
    """What is built in the best plan and in those that cost little more, by project."""
    plans = result.table("alternatives").sort_values("alternative")
    data = result.table("alternative_builds")
    data = data[data["of_largest"] >= SHOWN].reset_index(drop=True)
    wide = data.pivot_table(index="project", columns="alternative", values="of_largest")
    wide = wide.reindex(columns=plans["alternative"])
    order = pd.DataFrame({"plans": wide.notna().sum(axis=1), "size": wide.sum(axis=1)})
    order = order.sort_values(["plans", "size"], ascending=False, kind="stable")
    wide = wide.loc[order.index[:PROJECTS]]
    names = dict(zip(data["project"].astype(str), data["name"].astype(str), strict=True))
    sizes = {(str(r["project"]), int(r["alternative"])): float(r["size"]) for r in each(data)}
    plot = Grid(
        rows=[say.name(names[str(project)]) for project in wide.index],
        columns=[_head(row, say) for row in each(plans)],
        values=(wide * 100).to_numpy(float).tolist(),
        texts=[
            [
                say.number(sizes[str(p), int(a)], 2) if (str(p), int(a)) in sizes else ""
                for a in plans["alternative"]
            ]
            for p in wide.index
        ],
        unit=say.unit("%"),
        column_title=say("cost over the best, million US$/yr; public money, million US$"),
        empty=say("not built"),
        top=100.0,
    )
    return Picture(
        name="alternatives",
        title=say("Plans that cost little more than the best"),
        note=say(
            "Figures: size in t/yr, of stocks in t; shade: share of the largest size, per cent. "
            "What is decided while no event has struck, projects in most plans first."
        ),
        finding=_alternatives_finding(plans, wide, names, say),
        plot=plot,
        data=data.merge(plans[["alternative", "cost", "public"]], on="alternative"),
        tables=("alternatives", "alternative_builds"),
        units={"of_largest": "1", "cost": "million US$/yr", "public": "million US$"},
    )


def _head(row: pd.Series, say: Language) -> str:
    """The cost of a plan over the best and its public money."""
    public = say.number(float(row["public"]))
    if int(row["alternative"]) == 1:
        return say("best; {public}", public=public)
    over = say.number(max(float(row["cost"]), 0.0), 2)
    return say("+{cost}; {public}", cost=over, public=public)


def _alternatives_finding(
    plans: pd.DataFrame, wide: pd.DataFrame, names: Mapping[str, str], say: Language
) -> str:
    always = [say.name(names[str(p)]) for p in wide.index[wide.notna().all(axis=1)]]
    facts = {
        "number": len(plans),
        "cost": say.quantity(float(plans["cost"].max()), "million US$/yr"),
        "always": len(always),
        "all": len(wide),
    }
    if not always:
        return say(
            "Among {number} plans within {cost} of the best no project is in all of them.", **facts
        )
    return say(
        "{always} of {all} projects are in all {number} plans within {cost} of the best: {names}.",
        names=say.listed(always),
        **facts,
    )


def break_even(result: Result, say: Language) -> Picture:
    """By how much its yearly cost must fall for a project that is not built to pay."""
    data = nearest(result)
    plot = Bars(
        rows=[say.name(str(name)) for name in data["name"]],
        series=[
            Series(
                say("cut of the yearly cost at which it pays"),
                "plan",
                (data["cost_cut_share"] * 100).tolist(),
            )
        ],
        unit=say.unit("%"),
        notes=[_enters(row, say) for row in each(data)],
    )
    return Picture(
        name="break_even",
        title=say("What it would take for more projects to pay"),
        note=say(
            "Per cent of its yearly cost, annuity and fixed cost; the {number} projects nearest to "
            "paying of those not built. To the right: price of its main product at which it pays "
            "(today's in the plan), and chance of an event from which it is built.",
            number=len(data),
        ),
        finding=_break_even_finding(data, say),
        plot=plot,
        data=data,
        tables=("break_even",),
        units={
            "cost": "US$/(t/yr)/yr",
            "cost_cut": "US$/(t/yr)/yr",
            "cost_cut_share": "1",
            "price": "US$/kg",
            "price_enters": "US$/kg",
            "hazard_from": "1/yr",
        },
    )


def nearest(result: Result) -> pd.DataFrame:
    """The projects not built, nearest to paying first."""
    table = result.table("break_even")
    rows = table[(table["cost_cut_share"] > 0) & table["cost_cut_share"].notna()]
    rows = rows.sort_values("cost_cut_share", kind="stable").head(PROJECTS)
    columns = ["project", "name", "prong", "cost", "cost_cut", "cost_cut_share", "product", "price"]
    return rows[[*columns, "price_enters", "hazard_enters", "hazard_from"]].reset_index(drop=True)


def _enters(row: pd.Series, say: Language) -> str:
    words = []
    if row["product"] and row["price_enters"] == row["price_enters"]:
        price, now = (say.number(float(row[c]), 2) for c in ("price_enters", "price"))
        words.append(say("{price} ({now}) US$/kg", price=price, now=now))
    if row["hazard_from"] == row["hazard_from"]:
        words.append(say("{share} a year", share=say.share(float(row["hazard_from"]))))
    return say.listed(words, "; ")


def _break_even_finding(data: pd.DataFrame, say: Language) -> str:
    if data.empty:
        return say("All projects that a fund may pay are built.")
    row = data.iloc[0]
    return say(
        "{name} is nearest: it pays at {share} less a year.",
        name=say.name(str(row["name"])),
        share=say.share(float(row["cost_cut_share"])),
    )
