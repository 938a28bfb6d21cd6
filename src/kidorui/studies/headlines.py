"""The headlines of a plan, and the sentences a reader must see beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from kidorui.case import Case, sources
from kidorui.studies.builds import in_billion_yen
from kidorui.studies.dependence import BASE_YEAR
from kidorui.studies.moments import NO_EVENT, Moment
from kidorui.studies.solved import NOTHING, PLAN, Solved

FUND, BUYS, FALLS = "What to fund?", "What does it buy?", "How far does dependence fall?"

Tables = Mapping[str, pd.DataFrame]

_TOLD_STAGES = ("separation", "magnet")


@dataclass
class Headlines:
    """Rows of the summary as they are added."""

    rows: list[dict[str, object]] = field(default_factory=list)

    def add(self, question: str, headline: str, value: float, unit: str) -> None:
        """Add the next headline, in reading order."""
        number = len(self.rows) + 1
        self.rows.append(
            {
                "order": number,
                "question": question,
                "headline": headline,
                "value": float(value),
                "unit": unit,
            }
        )


def summary(solved: Solved, tables: Tables, struck: Sequence[Moment], year: int) -> pd.DataFrame:
    """The headlines: a number with its unit each, by the question it answers."""
    out = Headlines()
    _what_to_fund(out, solved, tables)
    _what_it_buys(out, solved, tables, _costliest(struck, tables["shortage"]))
    _how_far_it_falls(out, solved, tables["dependence"], year)
    return pd.DataFrame(out.rows)


def event_words(case: Case, state: str) -> str:
    """The name of an event, or of several that strike together."""
    names = case.table("events").set_index("id")["name"]
    return " and ".join(str(names[event]) for event in state.split("+"))


def notes(
    solved: Solved, tables: Tables, events: Sequence[str], hazard: float | None, year: int
) -> list[str]:
    """Sentences a reader must see."""
    return [
        *_on_events(solved, events, hazard),
        *_on_ceilings(solved, tables["dependence"], year),
        *_on_funds(tables["binding"]),
        *_on_unexplained(tables["unexplained"]),
        *_on_assumptions(solved.case),
        *_on_gap(solved),
    ]


def _what_to_fund(out: Headlines, solved: Solved, tables: Tables) -> None:
    rows = tables["builds"]
    sure = rows[rows["state"] == NO_EVENT]
    out.add(
        FUND, "projects to fund while no event has struck", sure["project"].nunique(), "projects"
    )
    if len(sure):
        first = int(sure["decided"].min())
        now = sure[sure["decided"] == first]["project"].nunique()
        out.add(FUND, f"of these, to decide first, in {first}", now, "projects")
    waiting = set(rows["project"]) - set(sure["project"])
    if waiting:
        out.add(FUND, "further ones, only once an event has struck", len(waiting), "projects")
    out.add(FUND, "public money they take", sure["public"].sum(), "million US$")
    cost = float(sure["cost"].sum())
    out.add(FUND, "cost a year, capital and fixed cost", cost, "million US$/yr")
    yen = float(in_billion_yen(solved, np.array([cost]))[0])
    out.add(FUND, "the same in yen", yen, "billion yen/yr")
    binds = tables["binding"]
    worth = binds[binds["kind"] == "fund"]["worth"].to_numpy(float)
    if len(worth):
        out.add(FUND, "worth of the next US$ of public money", worth.max(), "US$ per US$")


def _what_it_buys(
    out: Headlines, solved: Solved, tables: Tables, moments: Sequence[Moment]
) -> None:
    cost = {name: solved.expected_cost(solution) for name, solution in solved.both.items()}
    gain = (cost[NOTHING] - cost[PLAN]) / solved.tree.weight.sum()
    out.add(BUYS, "gain of the world over doing nothing, expected", gain, "million US$/yr")
    worst = tables["regret"].groupby("action")["regret"].max()
    out.add(BUYS, "largest regret of the plan, in any world", worst[PLAN], "billion yen")
    out.add(BUYS, "largest regret of doing nothing", worst[NOTHING], "billion yen")
    by_element, by_sector = tables["shortage_by_element"], tables["shortage"]
    for moment in moments:
        words = f"{event_words(solved.case, moment.state)}, from {moment.year}"
        loss = _in_moment(by_sector, moment)[["loss_nothing", "loss_avoided"]].sum()
        out.add(BUYS, f"{words}: loss in its first year", loss["loss_nothing"], "million US$")
        out.add(BUYS, "of which the plan avoids", loss["loss_avoided"], "million US$")
        short = _in_moment(by_element, moment).groupby("group", sort=False).sum(numeric_only=True)
        for group, row in short.iterrows():
            headline = f"{group} shortage the plan avoids, of {row['shortage_nothing']:,.0f}"
            out.add(BUYS, headline, row["avoided"], "t oxide/yr")


def _costliest(struck: Sequence[Moment], shortage: pd.DataFrame) -> list[Moment]:
    """For every event, the onset that costs most in its first year if nothing is done."""
    cost = [float(_in_moment(shortage, moment)["loss_nothing"].sum()) for moment in struck]
    chosen: dict[str, Moment] = {}
    for number in sorted(range(len(struck)), key=lambda n: (-cost[n], n)):
        chosen.setdefault(struck[number].state, struck[number])
    return [moment for moment in struck if chosen[moment.state] is moment]


def _how_far_it_falls(out: Headlines, solved: Solved, table: pd.DataFrame, year: int) -> None:
    names = solved.case.table("places").set_index("id")["name"]
    control, base = names[solved.case.settings.control], solved.case.settings.base_year
    told = table[(table["basis"] == "look-through") & (table["state"] == NO_EVENT)]
    for stage in _TOLD_STAGES:
        for group in ("light", "heavy"):
            rows = told[(told["stage"] == stage) & (told["group"] == group)]
            rows = rows[(rows["year"] == year) | (rows["plan"] == BASE_YEAR)]
            share = rows.set_index("plan")["share"] * 100
            if share.get(PLAN, np.nan) != share.get(PLAN, np.nan):
                continue
            word = {"separation": "separated", "magnet": "made into magnets"}[stage]
            was = f"without the plan {share[NOTHING]:.0f}, in {base} {share[BASE_YEAR]:.0f}"
            headline = f"{group} {word} in {control}, {year} ({was})"
            out.add(FALLS, headline, share[PLAN], "% of use")


def _in_moment(table: pd.DataFrame, moment: Moment) -> pd.DataFrame:
    return table[(table["state"] == moment.state) & (table["year"] == moment.year)]


def _on_events(solved: Solved, events: Sequence[str], hazard: float | None) -> Iterator[str]:
    table = solved.case.table("events")
    standing = table[table["in_force"].astype(bool)]
    if len(standing):
        yield f"Taken to go on in all scenarios: {'; '.join(standing['name'])}."
    if not events:
        yield "No event is planned for: nothing but what is in force today."
        return
    own = table.set_index("id")["hazard"]
    chances = [float(min(own[part] for part in event.split("+"))) for event in events]
    chance = sum(chances) if hazard is None else hazard
    words = "; ".join(f"{event_words(solved.case, event)} ({event})" for event in events)
    yield (
        f"Planned for: {words}; chance {chance:.3g} a year in all. Nobody knows that chance: "
        "the break-evens tell from which one each project enters."
    )


def _on_ceilings(solved: Solved, table: pd.DataFrame, year: int) -> Iterator[str]:
    told = (table["plan"] == PLAN) & (table["state"] == NO_EVENT) & (table["year"] == year)
    above = [
        f"{row.group} {row.stage}, {row.basis} ({row.share:.0%} against {row.ceiling:.0%})"
        for row in table[told & table["above"]].itertuples()
    ]
    if above:
        yield f"Above their ceilings in {year} even with the plan: {'; '.join(above)}."


def _on_funds(table: pd.DataFrame) -> Iterator[str]:
    worth = table[table["kind"] == "fund"]["worth"]
    if len(worth) and worth.max() <= 0:
        yield "Public money does not bind: more of it would change nothing."


def _on_unexplained(table: pd.DataFrame) -> Iterator[str]:
    bad = table[table["too_much"]].drop_duplicates("element")
    for row in bad.itertuples():
        yield (
            f"The base year leaves {row.of_element:.0%} of the world's {row.element} unexplained, "
            f"above {row.limit:.0%}: mend the data before trusting figures on it."
        )


def _on_assumptions(case: Case) -> Iterator[str]:
    kinds = case.table("sources").set_index("id")["kind"]
    rows = sources(case)
    rows = rows[rows["source"].isin(kinds.index)]
    count = float(rows["rows"].sum())
    assumed = float(rows.loc[rows["source"].map(kinds) == "assumption", "rows"].sum())
    if count:
        yield f"{assumed / count:.0%} of the case's rows are assumptions (kidorui sources)."


def _on_gap(solved: Solved) -> Iterator[str]:
    if solved.plan.mip_gap > 0:
        left = solved.plan.mip_gap * abs(solved.plan.objective)
        yield f"Whole units: the plan is within {left:.2g} million US$ of the best one."
