"""The second question: what to fund now, at what cost, and what is right whatever is assumed."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from kidorui.language import Language
from kidorui.report.content import Answer, Change, Number
from kidorui.report.given import AllGiven, Given
from kidorui.report.rows import Row, rows
from kidorui.studies.robust_told import HIGH, LOW, ROBUST

_NO_EVENT = "no event"
_FEW = 3
"""Projects and assumptions named."""

_UNMOVED = 0.5
"""Cut of its cost above which a project is nowhere near being built."""


def funding(given: AllGiven, say: Language) -> Answer:
    """What to fund, from the plan; what is robust, from a robust run."""
    question = say(
        "Which few things to fund now, at what yearly cost, and which are right whatever we assume?"
    )
    plan, robust = given.first("plan"), given.first("robust")
    missing = []
    if plan is None:
        missing.append(say("No plan was given: kidorui plan CASE"))
    if robust is None:
        missing.append(say("No run says what is right whatever is assumed: kidorui robust CASE"))
    sentences = [_to_fund(plan, say)] if plan else []
    sentences += [_robust(robust, say)] if robust else []
    return Answer(
        question,
        sentences,
        over=over(robust, say),
        numbers=list(_numbers(plan, robust, say)) if plan else [],
        rests=list(weights(plan, say)) if plan else [],
        changes=[
            *(_entries(plan, say) if plan else ()),
            *(_flips(robust, say) if robust else ()),
            *(_assumed(robust, say) if robust else ()),
        ],
        missing=missing,
    )


def _sure(plan: Given) -> pd.DataFrame:
    """Builds decided while no event has struck, one row a project, dearest first."""
    table = plan.table("builds")
    rows = table[table["state"] == _NO_EVENT]
    rows = (
        rows.assign(row=rows.index)
        .groupby("project", sort=False)
        .agg(
            {
                "name": "first",
                "decided": "min",
                "size": "sum",
                "unit": "first",
                "public": "sum",
                "cost": "sum",
                "cost_yen": "sum",
            }
        )
    )
    return rows.sort_values("cost", ascending=False)


def _to_fund(plan: Given, say: Language) -> str:
    sure = _sure(plan)
    if sure.empty:
        return say("Nothing is worth funding on these terms.")
    first = sure[sure["decided"] == sure["decided"].min()]
    named = [
        say(
            "{name} ({size})",
            name=say.name(row.word("name")),
            size=say.quantity(row.number("size"), row.word("unit")),
        )
        for row in rows(first.head(_FEW).reset_index())
    ]
    rest = len(first) - len(named)
    return say(
        "Fund in {year}: {projects}{rest}.",
        year=str(int(sure["decided"].min())),
        projects=say.listed(named),
        rest=say(" and {count} smaller ones", count=str(rest)) if rest else "",
    )


def _robust(robust: Given, say: Language) -> str:
    table = robust.table("projects")
    sure = table[table["robust"]]
    if sure.empty:
        return say("No project is right in {share} of the runs.", share=say.share(ROBUST))
    return say(
        "Right in {share} of the runs or more, whatever is assumed: {projects}.",
        share=say.share(ROBUST),
        projects=say.listed(say.name(str(name)) for name in sure["name"]),
    )


def _numbers(plan: Given, robust: Given | None, say: Language) -> Iterator[Number]:
    sure = _sure(plan)
    row = plan.cell("builds") if len(sure) else None
    spread = spreads(robust)
    yield Number(
        say("Public money"),
        say.quantity(float(sure["public"].sum()), "million US$"),
        row,
        between(spread, "public money", "million US$", say),
    )
    yield Number(
        say("Cost a year, capital and fixed cost"),
        say.quantity(float(sure["cost_yen"].sum()), "billion yen/yr"),
        row,
        between(spread, "yearly cost", "billion yen/yr", say),
    )
    regret = plan.table("regret")
    for action, key, label in (
        ("plan", "regret of the plan", say("Largest regret of the plan, in any world")),
        ("do-nothing", "regret of doing nothing", say("Largest regret of doing nothing")),
    ):
        rows = regret[regret["action"] == action]
        if len(rows):
            at = rows["regret"].idxmax()
            yield Number(
                label,
                say.quantity(float(rows["regret"].max()), "billion yen"),
                plan.cell("regret", at),
                between(spread, key, "billion yen", say),
            )


def spreads(robust: Given | None) -> pd.DataFrame:
    """(figure): the range of each figure over the runs of a robust answer."""
    if robust is None:
        return pd.DataFrame(columns=["low", "high"])
    table = robust.table("figures")
    grouped = table.groupby("figure", sort=False)["value"]
    return pd.DataFrame({"low": grouped.quantile(LOW / 100), "high": grouped.quantile(HIGH / 100)})


def over(robust: Given | None, say: Language) -> str:
    """What the ranges of a plan's figures are over."""
    if robust is None:
        return ""
    runs = robust.table("figures")["run"].nunique()
    return say(
        "percentiles {low} to {high} of {runs} plans over all that is unsure",
        low=LOW,
        high=HIGH,
        runs=str(runs),
    )


def between(spread: pd.DataFrame, figure: str, unit: str, say: Language) -> str:
    """The range of a figure in words, "" where none is known."""
    if figure not in spread.index:
        return ""
    low, high = spread.loc[[figure], ["low", "high"]].to_numpy(float)[0]
    return say.between(low, high, unit, 2)


def weights(plan: Given, say: Language) -> Iterator[Change]:
    """How much of the plan's gain is assumed, and the assumption it rests on most."""
    table = plan.table("rests_on")
    if table.empty:
        return
    cited = plan.table("sources").set_index("id")["citation"] if plan.has("sources") else None
    whole = table[table["source"] == "(assumed)"]
    single = table[(table["kind"] == "assumption") & (table["source"] != "(assumed)")]
    for row in rows(whole):
        yield Change(
            say(
                "{share} of what moves the plan's gain over doing nothing is assumed.",
                share=say.share(row.number("answer")),
            ),
            plan.cell("rests_on", row.at),
        )
    for row in rows(single.nlargest(1, "answer")):
        named = row.word("source")
        text = str(cited.get(named, named)) if cited is not None else named
        yield Change(
            say(
                "Weakest: {assumption} ({share} of it).",
                assumption=say.sentence(text),
                share=say.share(row.number("answer")),
            ),
            plan.cell("rests_on", row.at),
        )


def _entries(plan: Given, say: Language) -> Iterator[Change]:
    """What would have to be true for the next projects to pay."""
    table = plan.table("break_even")
    out = table[table["built"] <= 0]
    near = out[(out["cost_cut_share"] > 0) & (out["cost_cut_share"] < _UNMOVED)]
    for row in rows(near.nsmallest(_FEW, "cost_cut_share")):
        yield Change(
            say(
                "{project} would be built at {cut} less cost{price}.",
                project=say.name(row.word("name")),
                cut=say.share(row.number("cost_cut_share")),
                price=_price(row, say),
            ),
            plan.cell("break_even", row.at),
        )
    likelier = out[out["hazard_enters"] == "from"]
    for row in rows(likelier.nsmallest(_FEW, "hazard_from")):
        yield Change(
            say(
                "{project} is built from a chance of {hazard} a year on.",
                project=say.name(row.word("name")),
                hazard=say.share(row.number("hazard_from")),
            ),
            plan.cell("break_even", row.at),
        )


def _price(row: Row, say: Language) -> str:
    if not row.word("product") or row.number("price_enters") != row.number("price_enters"):
        return ""
    return say(
        ", or with {goods} at {enters} instead of {price}",
        goods=say.name(row.word("product")),
        enters=say.quantity(row.number("price_enters"), "US$/kg"),
        price=say.quantity(row.number("price"), "US$/kg"),
    )


def _flips(robust: Given, say: Language) -> Iterator[Change]:
    """Projects of the case's plan that some assumption drops."""
    table = robust.table("projects")
    shaky = table[table["in_case"] & ~table["robust"]]
    for row in rows(shaky.nsmallest(_FEW, "share")):
        yield Change(
            say(
                "{project} is built in {share} of the plans only{flips}.",
                project=say.name(row.word("name")),
                share=say.share(row.number("share")),
                flips=say(": it turns on {what}", what=say.sentence(row.word("flips")))
                if row.word("flips")
                else "",
            ),
            robust.cell("projects", row.at),
        )


def _assumed(robust: Given, say: Language) -> Iterator[Change]:
    """The assumption that moves most of the builds' money."""
    table = robust.table("assumptions")
    for row in rows(table[table["moved"] > 0].nlargest(1, "moved")):
        yield Change(
            say(
                "The assumption that changes the builds most, {moved}: {assumed}.",
                moved=say.quantity(row.number("moved"), "million US$/yr"),
                assumed=say.sentence(row.word("assumed")),
            ),
            robust.cell("assumptions", row.at),
        )
