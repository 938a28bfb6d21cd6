"""Variants of a case: what an analyst is unsure of, one at a time and drawn together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from kidorui.case import Case, table_schema

CASE = "case"
"""The level of a factor that leaves the case as it stands."""

HAZARD_TIMES: Mapping[str, float] = {"low": 0.25, "high": 4.0}
"""Multiples of the chance of the events: nobody knows it."""

MOST = 0.5
"""Largest chance a year of any event."""


@dataclass(frozen=True)
class Factor:
    """Something unsure: its name in words, and how each of its levels changes a case."""

    name: str
    levels: Mapping[str, Callable[[Case], Case]]


@dataclass(frozen=True)
class Variant:
    """A case with factors at other levels; those not named are as in the case."""

    kind: str
    levels: Mapping[str, str]
    case: Case


RANGES: Mapping[str, Sequence[str]] = {
    "value of a lost kilogram": ["demands.value_lost"],
    "demand": ["demands.quantity"],
    "delay of projects": ["projects.slip"],
    "odds of projects": ["projects.odds"],
    "cost of projects": ["projects.capex", "projects.fixed_cost", "projects.variable_cost"],
    "cost of plants that stand": ["modes.variable_cost"],
    "yields": ["recipes.coefficient"],
    "speed of finding another supplier": ["routes.change_limit"],
    "stocks": ["stockpiles.initial", "stockpiles.capacity"],
    "substitution": ["substitutions.share", "substitutions.speed"],
    "depth of a cut": ["events.severity"],
}
"""Factors that are ranges of the case, and the columns that move together."""


def factors(case: Case, events: Sequence[str]) -> list[Factor]:
    """All that can be varied in a case planned for `events`: factors that change it."""
    found = [Factor(name, _ends(columns)) for name, columns in RANGES.items()]
    found += [_hazard(events), _split(), _answers(case)]
    kept = []
    for factor in found:
        levels = {k: make for k, make in factor.levels.items() if make(case).hash != case.hash}
        if levels:
            kept.append(Factor(factor.name, levels))
    return kept


def one_at_a_time(case: Case, known: Sequence[Factor]) -> list[Variant]:
    """Every level of every factor by itself."""
    return [
        Variant("one at a time", {factor.name: level}, make(case))
        for factor in known
        for level, make in factor.levels.items()
    ]


def drawn(case: Case, known: Sequence[Factor], count: int, seed: int) -> list[Variant]:
    """`count` draws over all factors together, from a scrambled Sobol sequence.

    Each factor stays as it is, or takes one of its levels, with equal chances (Sobol 1967;
    Owen's scrambling, as in scipy.stats.qmc).
    """
    from scipy.stats import qmc  # slow to import, and not always drawn from

    if count <= 0 or not known:
        return []
    sampler = qmc.Sobol(len(known), rng=np.random.default_rng(seed))
    points = sampler.random_base2(int(np.ceil(np.log2(count))) if count > 1 else 0)[:count]
    return [_draw(case, known, point) for point in points]


def _draw(case: Case, known: Sequence[Factor], point: npt.NDArray[np.float64]) -> Variant:
    levels = {}
    for factor, where in zip(known, point, strict=True):
        choices = [CASE, *factor.levels]
        level = choices[min(int(where * len(choices)), len(choices) - 1)]
        if level != CASE:
            levels[factor.name] = level
            case = factor.levels[level](case)
    return Variant("drawn", levels, case)


def _ends(columns: Sequence[str]) -> dict[str, Callable[[Case], Case]]:
    def taken(end: str) -> Callable[[Case], Case]:
        return lambda case: case.at(dict.fromkeys(columns, end))

    return {end: taken(end) for end in ("low", "high")}


def _hazard(events: Sequence[str]) -> Factor:
    """The chance of the events planned for, all alike."""
    parts = {part for event in events for part in event.split("+")}

    def times(multiple: float) -> Callable[[Case], Case]:
        def change(case: Case) -> Case:
            table = case.table("events")
            hit = table["id"].isin(parts)
            hazard = table["hazard"].where(~hit, (table["hazard"] * multiple).clip(upper=MOST))
            return with_table(case, "events", hazard=hazard)

        return change

    return Factor("chance of the events", {k: times(m) for k, m in HAZARD_TIMES.items()})


def _split() -> Factor:
    """The split of the focus place's demand: one half of its sectors high, the other low.

    Sectors in the order of their names, every other one; then the other way round.
    """

    def tilted(first: int) -> Callable[[Case], Case]:
        def change(case: Case) -> Case:
            table = case.table("demands")
            here = table["place"] == case.settings.focus
            order = {s: n for n, s in enumerate(sorted(set(table.loc[here, "sector"])))}
            parity = table["sector"].map(order).fillna(0).to_numpy(int) % 2
            end = np.where(parity == first, table["quantity_high"], table["quantity_low"])
            return with_table(case, "demands", quantity=table["quantity"].where(~here, end))

        return change

    return Factor("split of demand over sectors", {"one way": tilted(0), "other way": tilted(1)})


def _answers(case: Case) -> Factor:
    """The controlling place's answers to what is built: dumping, or no know-how, for certain."""
    table = case.table("events")
    theirs = table["kind"].isin(["dumping", "know-how"]) & ~table["in_force"].astype(bool)
    start = float(min(case.settings.event_years, default=case.settings.years[0]))

    def certain(event: str) -> Callable[[Case], Case]:
        def change(case: Case) -> Case:
            table = case.table("events")
            hit = table["id"] == event
            return with_table(
                case,
                "events",
                in_force=table["in_force"].astype(bool) | hit,
                start=table["start"].where(~hit, start),
            )

        return change

    return Factor("answer of the controlling place", {e: certain(e) for e in table["id"][theirs]})


def with_table(case: Case, name: str, **columns: pd.Series) -> Case:
    """The case with columns of one table replaced."""
    table = case.table(name).assign(**columns)
    return replace(case, tables={**case.tables, name: table[list(case.table(name).columns)]})


def assumptions(case: Case) -> list[str]:
    """Sources that are assumptions and whose rows have a range to vary."""
    kinds = case.table("sources").set_index("id")["kind"]
    moved = set()
    for name, table in case.tables.items():
        for column in table_schema(name).columns:
            if column.type == "range":
                value = table[column.name]
                wide = (table[f"{column.name}_low"] < value) | (
                    table[f"{column.name}_high"] > value
                )
                moved |= set(table.loc[wide, "source"])
    return [source for source in kinds.index if kinds[source] == "assumption" and source in moved]
