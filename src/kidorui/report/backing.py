"""What stands behind the numbers: assumptions by weight, sources, limits, how it was made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from kidorui.case.provenance import ASSUMED
from kidorui.language import Language
from kidorui.report.content import Told
from kidorui.report.given import AllGiven, Given
from kidorui.report.tables import told_table

_MOST = 12
"""Assumptions told by their weight."""


def assumptions(given: AllGiven, say: Language) -> Iterator[Told]:
    """Assumptions by their share of the plan's answer, and by how far they move the builds."""
    plan, robust = given.first("plan"), given.first("robust")
    if plan is not None and plan.has("rests_on"):
        yield _by_answer(plan, say)
    if robust is not None and robust.has("assumptions"):
        yield _by_builds(robust, say)


def _by_answer(plan: Given, say: Language) -> Told:
    rows = single_assumptions(plan).nlargest(_MOST, "answer")
    cited = citations(plan)
    shown = pd.DataFrame(
        {
            say("assumption"): [say.sentence(cited.get(str(s), str(s))) for s in rows["source"]],
            say("share of the answer"): [say.share(share) for share in rows["answer"]],
            say("of the cost of supply"): [say.share(share) for share in rows["supply"]],
            say("of the cost of builds"): [say.share(share) for share in rows["builds"]],
            say("named"): rows["source"].to_list(),
        }
    )
    return told_table(
        shown,
        say,
        title=say(
            "Assumptions by their share of all that moves the plan's gain over doing nothing"
        ),
        empty=say("Nothing is assumed."),
    )


def _by_builds(robust: Given, say: Language) -> Told:
    table = robust.table("assumptions")
    rows = table[table["moved"] > 0].nlargest(_MOST, "moved")
    unit = say.unit("million US$/yr")
    shown = pd.DataFrame(
        {
            say("assumption"): [say.sentence(str(text)) for text in rows["assumed"]],
            say("builds moved, {unit}", unit=unit): rows["moved"],
            say("at the low end"): [say.sentence(str(text)) for text in rows["low"]],
            say("at the high end"): [say.sentence(str(text)) for text in rows["high"]],
            say("named"): rows["source"].to_list(),
        }
    )
    return told_table(
        shown,
        say,
        title=say("Assumptions by how much of the yearly cost of builds their ends move"),
        empty=say("No assumption changes a build."),
    )


def sources(given: AllGiven, say: Language) -> Iterator[Told]:
    """All that the case cites, with how many of its rows rest on each, once a case."""
    seen: set[object] = set()
    for one in given.runs:
        case = one.meta.get("case_hash")
        if not one.has("sources") or case in seen:
            continue
        seen.add(case)
        rows = one.table("sources").sort_values("rows", ascending=False, kind="stable")
        rows = rows[rows["rows"] > 0]
        shown = pd.DataFrame(
            {
                say("source"): [
                    say.sentence(text) if assumed else text
                    for text, assumed in zip(rows["citation"], rows["assumed"], strict=True)
                ],
                say("kind"): [say.name(str(kind)) for kind in rows["kind"]],
                say("licence"): rows["licence"].to_list(),
                say("rows"): rows["rows"].to_list(),
                say("tables"): [", ".join(names) for names in rows["tables"]],
                say("named"): rows["id"].to_list(),
            }
        )
        yield told_table(
            shown,
            say,
            title=say("Sources of the case {case}, by rows that cite them", case=one.word("case")),
        )


def limits(given: AllGiven, say: Language) -> Iterator[str]:
    """What not to believe, whatever was asked."""
    yield say(
        "Prices and quantities are those of a market that clears; no firm has power over its "
        "price, and nothing is hoarded but in stocks of the case."
    )
    yield say(
        "Demand curves run through the base year's prices and quantities: that these agree "
        "proves nothing."
    )
    yield say(
        "Nobody knows the chance of an embargo: the break-evens say from which chance a project "
        "pays, and the ranges are of what was moved, not of all that may be wrong."
    )
    if given.first("calibration") is None:
        yield say("The base year is not laid beside the record here: kidorui calibrate CASE")
    if given.first("validate") is None:
        yield say("Past episodes are not laid beside the record here: kidorui validate")


def made(given: AllGiven, say: Language) -> Iterator[tuple[str, str]]:
    """How each run was made."""
    for one in given.runs:
        meta, manifest = one.meta, one.run.manifest
        case = f"{one.word('case')}, sha256 {one.word('case_hash')[:12]}"
        facts = {
            **({say("case"): case} if one.word("case") else {}),
            say("made"): f"{manifest.created}, kidorui {one.word('kidorui')}",
            say("solver"): str(meta.get("solver") or manifest.solver),
            say("tables"): f"sha256 {manifest.result_hash[:12]}",
        }
        yield one.id, say.listed(f"{name} {fact}" for name, fact in facts.items())
    yield from _money(given.main, say)


def _money(one: Given, say: Language) -> Iterator[tuple[str, str]]:
    if one.word("price_year"):
        rate = one.meta.get("yen_per_usd")
        at = say(", {rate} yen per US$", rate=f"{rate:g}") if isinstance(rate, float) else ""
        yield say("money"), say("prices of {year}{at}", year=one.word("price_year"), at=at)


def single_assumptions(plan: Given) -> pd.DataFrame:
    """Rows of `rests_on` that are one assumption each; the last row there holds all together."""
    table = plan.table("rests_on")
    return table[(table["kind"] == "assumption") & (table["source"] != ASSUMED)]


def citations(one: Given) -> Mapping[str, str]:
    """What each source of the case is cited as, by id; none from a run of an older version."""
    if not one.has("sources"):
        return {}
    table = one.table("sources")
    return dict(zip(table["id"].astype(str), table["citation"].astype(str), strict=True))
