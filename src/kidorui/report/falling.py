"""The third question: by how much dependence falls, light and heavy apart, looked through."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from kidorui.figures.naming import NO_EVENT
from kidorui.language import Language
from kidorui.report.content import Answer, Change, Number
from kidorui.report.given import AllGiven, Given
from kidorui.report.rows import Row, rows
from kidorui.report.spread import between, over, spreads

_ELEMENTS = ("Nd", "Pr", "Dy", "Tb", "Y")
"""Elements told apart: those of magnets, and yttrium."""

_BASE = "base year"
_TOLD = {"separation": "separated", "magnet": "made into magnets"}
"""Stages told on page one, and the names of their figures in a robust run."""


def falling(given: AllGiven, say: Language) -> Answer:
    """By how much the share that passes the controlling place falls, from the plan."""
    plan, robust = given.first("plan"), given.first("robust")
    year = plan.word("year") if plan else "2030"
    question = say(
        "By how much does dependence fall by {year}, for light and heavy rare earths apart, "
        "look-through included?",
        year=year,
    )
    if plan is None:
        return Answer(question, [], missing=[say("No plan was given: kidorui plan CASE")])
    shares = _shares(plan)
    missing = []
    if robust is None:
        missing.append(say("No ranges of these: kidorui robust CASE"))
    return Answer(
        question,
        [_sentence(plan, shares, say)],
        over=over(robust, say),
        value=say("{year}, with the plan", year=year),
        beside=[
            plan.word("base_year"),
            say("{year}, without", year=year),
            say("{year}, with it", year=str(plan.table("dependence")["year"].max())),
        ],
        numbers=list(_numbers(plan, shares, robust, say)),
        rests=list(_base_year(plan, say)),
        changes=[
            *_by_others(plan, say),
            *_committed(plan, say),
            *_ceilings(plan, say),
            *_by_element(given.first("exposure"), say),
        ],
        missing=missing,
    )


def _shares(plan: Given) -> pd.DataFrame:
    """Shares of use by stage, group and world, labelled with the row of the plan's share."""
    table = plan.table("dependence")
    told = table[(table["basis"] == "look-through") & (table["state"] == NO_EVENT)]
    told = told[told["stage"].isin([*_TOLD]) & told["share"].notna()]
    year = int(plan.word("year") or told["year"].max())
    last = told[(told["plan"] == "plan") & (told["year"] == told["year"].max())]
    told = told[(told["year"] == year) | (told["plan"] == _BASE)]
    keys = ["stage", "group"]
    wide = told.pivot_table(index=keys, columns="plan", values="share", sort=False)
    with_plan = told[told["plan"] == "plan"]
    at = with_plan.assign(at=with_plan.index).set_index(keys)["at"]
    wide = wide.reindex(columns=[_BASE, "do-nothing", "plan"])
    wide = wide.assign(at=at, later=last.set_index(keys)["share"])
    return wide[wide["plan"].notna()].reset_index().set_index("at")


def _sentence(plan: Given, shares: pd.DataFrame, say: Language) -> str:
    told = [
        say(
            "{group} from {before} to {after}, of which the plan brings {own} points",
            group=say.name(row.word("group")),
            before=say.share(row.number(_BASE), 3),
            after=say.share(row.number("plan"), 3),
            own=say.number(_points(row, "do-nothing"), 2),
        )
        for row in rows(shares[shares["stage"] == "separation"])
    ]
    if not told:
        return say("The plan tells no look-through share.")
    return say(
        "Share of use separated in {country}, {base} to {year}: {shares}.",
        country=say.name(plan.word("control")),
        base=plan.word("base_year"),
        year=plan.word("year"),
        shares=say.listed(told, "; "),
    )


def _numbers(
    plan: Given, shares: pd.DataFrame, robust: Given | None, say: Language
) -> Iterator[Number]:
    spread = spreads(robust)
    for row in rows(shares):
        passed = _TOLD[row.word("stage")]
        figure = f"{row.word('group')} {passed}"
        yield Number(
            say(
                "{group}, {passed}",
                group=say.name(row.word("group")),
                passed=say.name(passed),
            ),
            say.share(row.number("plan"), 3),
            plan.cell("dependence", row.at),
            between(spread, figure, "%", say, 3),
            beside=[say.share(row.number(name), 3) for name in (_BASE, "do-nothing", "later")],
        )


def _base_year(plan: Given, say: Language) -> Iterator[Change]:
    """How far the base year it starts from misses what is on record of the focus place."""
    table = plan.table("base_year")
    known = table[table["deviation"].notna() & table["kind"].isin(["flow", "share"])]
    here = known[known["place"] == plan.word("focus_id")]
    if len(here):
        yield Change(
            say(
                "The base year it starts from misses the {count} flows and shares of {focus} on "
                "record by {miss} in the median.",
                count=str(len(here)),
                focus=say.name(plan.word("focus")),
                miss=say.share(float(here["deviation"].abs().median())),
            ),
            plan.cell("base_year"),
        )


def _by_others(plan: Given, say: Language) -> Iterator[Change]:
    """What the rest of the fall hangs on."""
    yield Change(
        say(
            "All but the plan's own points hang on projects that are committed already, each with "
            "its odds."
        ),
        plan.cell("committed"),
    )


def _points(row: Row, start: str) -> float:
    """Points by which the plan's share is below another."""
    return (row.number(start) - row.number("plan")) * 100


def _by_element(exposure: Given | None, say: Language) -> Iterator[Change]:
    """What the groups hide: light is by weight mostly lanthanum and cerium."""
    if exposure is None:
        return
    table = exposure.table("origins")
    told = table[
        (table["stage"] == "separation")
        & (table["via"] == "all")
        & (table["origin"] == exposure.word("control_id"))
        & table["element"].isin(_ELEMENTS)
    ]
    if len(told):
        yield Change(
            say(
                "By weight light is mostly lanthanum and cerium. Separated in {country} in {year}: "
                "{shares}.",
                country=say.name(exposure.word("control")),
                year=exposure.word("year"),
                shares=say.listed(
                    f"{row.word('element')} {say.share(row.number('share'))}" for row in rows(told)
                ),
            ),
            exposure.cell("origins"),
        )


def _committed(plan: Given, say: Language) -> Iterator[Change]:
    """The committed separation elsewhere that is least sure, by tonnes at risk."""
    table = plan.table("committed")
    later = table[
        (table["stage"] == "separation")
        & (table["place"] != plan.word("control_id"))
        & (table["opens"] <= float(plan.word("year") or "inf"))
    ]
    later = later.assign(risk=later["size"] * (1 - later["odds"]))
    for row in rows(later[later["risk"] > 0].nlargest(1, "risk")):
        yield Change(
            say(
                "Largest of these at risk: {project}, {size}, odds {odds}.",
                project=say.name(row.word("name")),
                size=say.quantity(row.number("size"), row.word("unit")),
                odds=say.share(row.number("odds")),
            ),
            plan.cell("committed", row.at),
        )


def _ceilings(plan: Given, say: Language) -> Iterator[Change]:
    table = plan.table("dependence")
    over_ceiling = table[
        (table["plan"] == "plan")
        & (table["state"] == NO_EVENT)
        & table["above"]
        & (table["year"] == int(plan.word("year") or 0))
    ]
    for row in rows(over_ceiling):
        yield Change(
            say(
                "Above its ceiling even so: {group} {stage}, {basis}: {share} against {ceiling}.",
                group=say.name(row.word("group")),
                stage=say.name(row.word("stage")),
                basis=say.name(row.word("basis")),
                share=say.share(row.number("share")),
                ceiling=say.share(row.number("ceiling")),
            ),
            plan.cell("dependence", row.at),
        )
