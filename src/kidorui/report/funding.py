"""The second question: what to fund now, at what cost, and what is right whatever is assumed."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from kidorui.case.provenance import ASSUMED
from kidorui.figures.naming import NO_EVENT, Names
from kidorui.language import Language
from kidorui.report.backing import citations, single_assumptions
from kidorui.report.content import Answer, Change, Number
from kidorui.report.given import AllGiven, Given
from kidorui.report.rows import Row, rows
from kidorui.report.spread import between, over, spreads
from kidorui.studies.robust_told import ROBUST

_FEW = 3
"""Projects and assumptions named."""

_SMALL = 0.02
"""Share of the yearly cost below which a project is not named on page one."""

_LIKELY = 0.4
"""Chance of an event a year above which nobody would plan for it."""

_UNMOVED = 0.5
"""Cut of its cost above which a project is nowhere near being built."""


def funding(given: AllGiven, say: Language) -> Answer:
    """What to fund, from the plan; what is robust, from a robust run."""
    question = say(
        "Which few things to fund now, at what yearly cost, and which are right whatever we assume?"
    )
    plan, robust = given.first("plan"), given.first("robust")
    missing = []
    replayed = [run for run in given.of_kind("stress") if run.has("replay")]
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
        numbers=[
            *(_numbers(plan, robust, say) if plan else ()),
            *(number for run in replayed for number in _lived(run, say)),
        ],
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
    rows = table[table["state"] == NO_EVENT]
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
    share = first["cost"] / max(sure["cost"].sum(), 1e-9)
    large = first.assign(share=share)[share >= _SMALL].head(_FEW)
    named = [
        say(
            "{name} ({size}, {share} of the yearly cost)",
            name=say.name(row.word("name")),
            size=say.quantity(row.number("size"), row.word("unit")),
            share=say.share(row.number("share")),
        )
        for row in rows(large.reset_index())
    ]
    rest = len(first) - len(named)
    return say(
        "Fund in {year}: {projects}{rest}.",
        year=str(int(sure["decided"].min())),
        projects=say.listed(named),
        rest=_smaller(rest, say) if rest else "",
    )


def _smaller(count: int, say: Language) -> str:
    return say(
        ", and {count} that take less than {share} of it",
        count=str(count),
        share=say.share(_SMALL),
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
    summary = plan.table("summary")
    told = {str(h): int(str(at)) for at, h in summary["headline"].items()}
    money, cost = (
        plan.cell("summary", told[name]) if name in told else plan.cell("builds")
        for name in ("public money they take", "the same in yen")
    )
    spread = spreads(robust)
    yield Number(
        say("Public money, once"),
        say.quantity(float(sure["public"].sum()), "million US$"),
        money,
        between(spread, "public money", "million US$", say),
    )
    yield Number(
        say("Cost a year, capital and fixed cost"),
        say.quantity(float(sure["cost_yen"].sum()), "billion yen/yr"),
        cost,
        between(spread, "yearly cost", "billion yen/yr", say),
    )
    regret = plan.table("regret")
    for action, key, label in (
        ("plan", "regret of the plan", say("Most that the plan costs too much, in any world")),
        ("do-nothing", "regret of doing nothing", say("Most that doing nothing costs too much")),
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


def _lived(run: Given, say: Language) -> Iterator[Number]:
    """What the plan saves where the months are lived through with its builds."""
    table = run.table("replay")
    table = table[table["sector"] == "all"]
    before, after = (float(table[name].sum()) for name in ("loss_without", "loss_with"))
    yield Number(
        say("Users lose in the first year, month by month"),
        say.quantity(after, "million US$"),
        run.cell("replay", table.index[0]) if len(table) else None,
        say("from {before}", before=say.quantity(before, "million US$")),
    )


def weights(plan: Given, say: Language) -> Iterator[Change]:
    """How much of the plan's gain is assumed, and the assumption it rests on most."""
    table = plan.table("rests_on")
    if table.empty:
        return
    cited = citations(plan)
    whole = table[table["source"] == ASSUMED]
    for row in rows(whole):
        yield Change(
            say(
                "{share} of what moves the plan's gain over doing nothing is assumed.",
                share=say.share(row.number("answer")),
            ),
            plan.cell("rests_on", row.at),
        )
    for row in rows(single_assumptions(plan).nlargest(1, "answer")):
        named = row.word("source")
        yield Change(
            say(
                "Weakest: {assumption} ({share} of it).",
                assumption=say.sentence(cited.get(named, named)),
                share=say.share(row.number("answer")),
            ),
            plan.cell("rests_on", row.at),
        )


def _entries(plan: Given, say: Language) -> Iterator[Change]:
    """What would have to be true for the next projects to pay."""
    table = plan.table("break_even")
    out = table[table["built"] <= 0]
    near = out[(out["cost_cut_share"] > 0) & (out["cost_cut_share"] < _UNMOVED)]
    names = Names(plan.result, say)
    for row in rows(near.nsmallest(_FEW - 1, "cost_cut_share")):
        yield Change(
            say(
                "{project} would be built at {cut} less cost{price}.",
                project=say.name(row.word("name")),
                cut=say.share(row.number("cost_cut_share")),
                price=_price(row, names, say),
            ),
            plan.cell("break_even", row.at),
        )
    likelier = out[(out["hazard_enters"] == "from") & (out["hazard_from"] < _LIKELY)]
    for row in rows(likelier.nsmallest(1, "hazard_from")):
        yield Change(
            say(
                "{project} is built from a chance of {hazard} a year on.",
                project=say.name(row.word("name")),
                hazard=say.share(row.number("hazard_from")),
            ),
            plan.cell("break_even", row.at),
        )


def _price(row: Row, names: Names, say: Language) -> str:
    if not row.word("product") or row.number("price_enters") != row.number("price_enters"):
        return ""
    return say(
        ", or with {goods} at {enters} instead of {price}",
        goods=names.good(row.word("product")),
        enters=say.quantity(row.number("price_enters"), "US$/kg"),
        price=say.quantity(row.number("price"), "US$/kg"),
    )


def _flips(robust: Given, say: Language) -> Iterator[Change]:
    """Projects of the case's plan that some assumption drops."""
    table = robust.table("projects")
    shaky = table[table["in_case"] & ~table["robust"]]
    for row in rows(shaky.nlargest(1, "size")):
        yield Change(
            say(
                "{project} is built in {share} of the plans only{flips}.",
                project=say.name(row.word("name")),
                share=say.share(row.number("share")),
                flips=_turns_on(row.word("flips"), say),
            ),
            robust.cell("projects", row.at),
        )


def _turns_on(flips: str, say: Language) -> str:
    """The first few things that flip a project."""
    told = flips.split("; ")
    if not flips:
        return ""
    more = say(" and {count} more", count=str(len(told) - _FEW)) if len(told) > _FEW else ""
    what = say.listed((say.sentence(one) for one in told[:_FEW]), "; ")
    return say(": it turns on {what}{more}", what=what, more=more)


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
