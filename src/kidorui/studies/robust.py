"""Which builds are right whatever is assumed, what flips them, and on which assumptions."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from kidorui.case import Case
from kidorui.program import Infeasible
from kidorui.results import Json, Result, arranged
from kidorui.studies.base_year import question_of
from kidorui.studies.bill import bills
from kidorui.studies.builds import SMALLEST, builds
from kidorui.studies.context import Context
from kidorui.studies.dependence import dependence
from kidorui.studies.facts import facts, seen_from
from kidorui.studies.moments import NO_EVENT
from kidorui.studies.plan import (
    Clock,
    Planned,
    PlanOptions,
    Stated,
    moments_told,
    planned_events,
    prepare,
    solve_plan,
)
from kidorui.studies.regret import regret
from kidorui.studies.robust_told import (
    PASSED,
    assumption_table,
    figures_table,
    flips,
    levels_table,
    project_table,
    summary,
)
from kidorui.studies.shortage import shortage
from kidorui.studies.solved import NOTHING, PLAN
from kidorui.studies.variants import CASE, Variant, assumptions, drawn, factors, one_at_a_time

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class RobustOptions:
    """What is asked: plans beside the case's own.

    runs: in all, each factor by itself first (always all of them), the rest drawn together;
        assumptions: whether to plan at both ends of every assumption as well; events, budget,
        open_funds, year: as for a plan.
    """

    runs: int = 48
    assumptions: bool = True
    events: tuple[str, ...] = ()
    budget: float | None = None
    open_funds: tuple[str, ...] = ()
    year: int = 2030


@dataclass(frozen=True)
class Told:
    """What one variant came to: `sizes` by project, and `figures` by name."""

    sizes: Mapping[str, float]
    figures: Mapping[str, float]


ASSUMPTION = "assumption"

FAILED = Told({}, {})
"""A variant in which no plan exists."""


def robust(case: Case, options: RobustOptions, context: Context) -> Result:
    """Plan over all that is unsure, and tell which projects are built in most of the plans.

    Tables as declared in results/schema/robust.csv. A variant without a plan is told in the
    failures and counts as one that builds nothing.
    """
    asked = PlanOptions(
        events=options.events,
        budget=options.budget,
        risk=case.settings.risk,
        open_funds=options.open_funds,
        year=options.year,
    )
    events = planned_events(case, asked)
    known = factors(case, events)
    alone = one_at_a_time(case, known)
    together = drawn(case, known, options.runs - 1 - len(alone), context.seed)
    variants = [Variant(CASE, {}, case), *alone, *together]
    sources = assumptions(case) if options.assumptions else []
    ends = [(source, end) for source in sources for end in ("low", "high")]
    at_ends = [Variant(ASSUMPTION, {s: end}, case.at({s: end})) for s, end in ends]

    work = partial(_answer, asked, context)
    told = context.map("plans", work, [*variants, *at_ends])
    runs, moved = told[: len(variants)], told[len(variants) :]
    failures = [
        f"no plan exists with {_words(v)}"
        for v, answer in zip([*variants, *at_ends], told, strict=True)
        if answer is FAILED
    ]
    return _result(case, options, variants, runs, list(zip(ends, moved, strict=True)), failures)


def _result(
    case: Case,
    options: RobustOptions,
    variants: Sequence[Variant],
    runs: Sequence[Told],
    moved: Sequence[tuple[tuple[str, str], Told]],
    failures: list[str],
) -> Result:
    projects = case.table("projects")
    projects = projects[~projects["committed"].to_numpy(bool)].reset_index(drop=True)
    sizes = _grid(projects, runs)
    built = sizes > SMALLEST * projects["size_max"].to_numpy(float)
    turned = flips(projects, variants, built)
    tables = {
        "figures": figures_table(variants, [told.figures for told in runs]),
        "levels": levels_table(variants),
        "projects": project_table(projects, turned, sizes, built),
        "flips": turned,
        "assumptions": assumption_table(
            case,
            projects,
            sizes[0],
            [end for end, _ in moved],
            _grid(projects, [t for _, t in moved]),
        ),
    }
    tables = {"summary": summary(tables, [told.figures for told in runs]), **tables}
    ordered = arranged("robust", tables)
    meta: dict[str, Json] = {
        **facts(case, options),
        **seen_from(case),
        "event_names": dict(case.table("events").set_index("id")["name"]),
        "notes": [],
        "failures": failures,
    }
    return Result("robust", ordered, meta).validate()


def _answer(asked: PlanOptions, context: Context, variant: Variant) -> Told:
    """Plan a variant, or recall what it came to."""
    sizes_alone = variant.kind == ASSUMPTION
    question = {**question_of(variant.case), **asdict(asked), "study": "robust"}
    question["sizes alone"] = sizes_alone
    key = json.dumps(question, sort_keys=True, default=str)
    known = context.memo.get(key)
    if known is None:
        inner = Context(cancelled=context.cancelled)
        try:
            if sizes_alone:
                told = Told(_sizes(prepare(variant.case, asked, inner, Clock())), {})
            else:
                told = _read(solve_plan(variant.case, asked, inner))
        except Infeasible:
            told = FAILED
        known = json.dumps([] if told is FAILED else [told.sizes, told.figures]).encode()
        context.memo.put(key, known)
    found = json.loads(known)
    return Told(*found) if found else FAILED


def _read(planned: Planned) -> Told:
    """The sizes decided while no event has struck, and the figures that headlines are made of."""
    solved = planned.solved
    rows = builds(solved)
    sure = rows[rows["state"] == NO_EVENT]
    regrets = regret(solved, bills(solved)).groupby("action")["regret"].max()
    gain = solved.expected_cost(solved.nothing) - solved.expected_cost(solved.plan)
    figures = {
        "public money": sure["public"].sum(),
        "yearly cost": sure["cost_yen"].sum(),
        "gain": gain / solved.tree.weight.sum(),
        "regret of the plan": regrets[PLAN],
        "regret of doing nothing": regrets[NOTHING],
        **_losses(shortage(solved, moments_told(planned))),
        **_shares(dependence(solved, planned.told[:1]), planned.told[0].year),
    }
    sizes = sure.groupby("project")["size"].sum()
    return Told(
        {str(k): float(v) for k, v in sizes.items()},
        {k: float(v) for k, v in figures.items()},
    )


def _sizes(stated: Stated) -> dict[str, float]:
    """What the plan alone decides while no event has struck, by project."""
    solution = stated.bench.solve(PLAN)
    projects = stated.program.projects
    if projects is None:
        return {}
    trunk = stated.program.network.tree.branch < 0
    sizes = solution.values["size"][trunk].sum(axis=0)
    return {str(i): float(size) for i, size in zip(projects.table["id"], sizes, strict=True)}


def _losses(shortage: pd.DataFrame) -> dict[str, float]:
    """Loss in the first year of each event at its costliest onset, without the plan and with."""
    struck = shortage[shortage["state"] != NO_EVENT]
    by_onset = struck.groupby(["state", "year"], as_index=False)[["loss_nothing", "loss_plan"]]
    worst = by_onset.sum().sort_values("loss_nothing").drop_duplicates("state", keep="last")
    found = {}
    for state, nothing, with_plan in zip(
        worst["state"], worst["loss_nothing"], worst["loss_plan"], strict=True
    ):
        found[f"{state}: loss in its first year, without the plan"] = nothing
        found[f"{state}: loss in its first year, with the plan"] = with_plan
    return found


def _shares(table: pd.DataFrame, year: int) -> dict[str, float]:
    """Look-through shares of the controlling place, nothing having struck, per cent of use."""
    rows = table[
        (table["basis"] == "look-through")
        & (table["state"] == NO_EVENT)
        & table["stage"].isin(PASSED)
        & (table["year"] == year)
        & (table["plan"] == "plan")
        & table["share"].notna()
    ]
    shares = zip(rows["group"], rows["stage"], rows["share"] * 100, strict=True)
    return {f"{group} {PASSED[stage]}": share for group, stage, share in shares}


def _grid(projects: pd.DataFrame, runs: Sequence[Told]) -> FloatArray:
    """(run, project) sizes."""
    ids = projects["id"]
    return np.array([[told.sizes.get(i, 0.0) for i in ids] for told in runs]).reshape(-1, len(ids))


def _words(variant: Variant) -> str:
    return ", ".join(f"{name}: {level}" for name, level in variant.levels.items()) or "the case"
