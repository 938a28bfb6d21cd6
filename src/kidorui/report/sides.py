"""Two runs of one kind side by side: what was asked differently, what came out differently."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from kidorui.language import Language
from kidorui.report.content import Told
from kidorui.report.given import KINDS, AllGiven, Given
from kidorui.report.tables import told_table
from kidorui.runs.compare import asked_differently


def differences(given: AllGiven, say: Language) -> Iterator[Told]:
    """For each kind with several runs: inputs that differ, and headlines beside each other."""
    for kind in KINDS:
        several = given.of_kind(kind)
        for other in several[1:]:
            yield _inputs(several[0], other, say)
            yield _headlines(several[0], other, say)


def _inputs(first: Given, other: Given, say: Language) -> Told:
    table = asked_differently(first.run.manifest, other.run.manifest)
    table = table[~table["what"].isin(["option table", "option prevention", "option plan"])]
    shown = pd.DataFrame(
        {
            say("what"): table["what"].to_list(),
            first.id: [_brief(text) for text in table["before"]],
            other.id: [_brief(text) for text in table["after"]],
        }
    )
    title = say("Asked differently: {first} and {other}", first=first.id, other=other.id)
    return told_table(shown, say, title=title, empty=say("Nothing was asked differently."))


def _headlines(first: Given, other: Given, say: Language) -> Told:
    left, right = (one.table("summary") for one in (first, other))
    keys = ["question", "headline", "unit"]
    both = left.merge(right, on=keys, suffixes=("", "_other"), sort=False)
    shown = pd.DataFrame(
        {
            say("headline"): [say.sentence(str(text)) for text in both["headline"]],
            first.id: both["value"].to_list(),
            other.id: both["value_other"].to_list(),
            say("difference"): (both["value_other"] - both["value"]).to_list(),
            say("unit"): [say.unit(str(unit)) for unit in both["unit"]],
        }
    )
    title = say("Answered differently, of what both were asked")
    return told_table(shown, say, title=title, empty=say("They share no headline."))


def _brief(text: object, most: int = 60) -> str:
    words = str(text)
    return words if len(words) <= most else words[: most - 1] + "…"
