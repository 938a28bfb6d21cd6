"""The stress of a case: who stops, when, for how long, at what cost, and what would help."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

import pandas as pd

from kidorui.case import Case
from kidorui.network.strikes import read_strikes
from kidorui.results import Json, Result, arranged, result_schema
from kidorui.studies.base_year import BaseYear, solve_base_year
from kidorui.studies.context import Context
from kidorui.studies.facts import facts, highs, seen_from
from kidorui.studies.of_case import tables_of_case
from kidorui.studies.plan import Clock
from kidorui.studies.stress.built import builds_of, with_builds
from kidorui.studies.stress.covering import cover
from kidorui.studies.stress.draws import walk_draws
from kidorui.studies.stress.fans import fan_tables
from kidorui.studies.stress.grid import grid
from kidorui.studies.stress.lived import Lived, live
from kidorui.studies.stress.losses import losses
from kidorui.studies.stress.prevention import prevention
from kidorui.studies.stress.pricing import prices
from kidorui.studies.stress.ranges import in_words, ranges
from kidorui.studies.stress.replay import replay, rule
from kidorui.studies.stress.rerouted import flows
from kidorui.studies.stress.sampling import LATEST
from kidorui.studies.stress.scenario import Scenario, scenario
from kidorui.studies.stress.shortage import shortage
from kidorui.studies.stress.stops import stops
from kidorui.studies.stress.told import notes, summary
from kidorui.studies.stress.world import Foresight, World, prepare_world


@dataclass(frozen=True)
class StressOptions:
    """What is asked of a stress.

    events: ids of those that strike (a+b is the same as a and b), else those in force that hit
        the focus place; onset: when those without a start of their own strike (year, with its
        part), else the first event year of the case; months: lived from the first strike on;
        foresight: none (today's state goes on), a number of months, or perfect; draws: random
        variants; plan: hash of the plan's answer that is replayed; table: whether to find
        first stops by stock and leak, and how far the headlines move; prevention: whether to
        live through it with each project standing.
    """

    events: tuple[str, ...] = ()
    onset: float | None = None
    months: int = 36
    foresight: str = "none"
    draws: int = 0
    plan: str = ""
    table: bool = True
    prevention: bool = True

    def __post_init__(self) -> None:
        if self.months < 1 or self.draws < 0:
            raise ValueError(f"months {self.months}, draws {self.draws}; at least 1, and 0")


@dataclass(frozen=True)
class Prepared:
    """A case on its axis: the scenario, the base year it starts from, and its world."""

    case: Case
    scenario: Scenario
    foresight: Foresight
    base: BaseYear
    world: World


def stress(
    case: Case, options: StressOptions, context: Context, plan: Result | None = None
) -> Result:
    """Live through the events month by month, and tell what follows.

    plan: the answer of the plan whose builds are replayed; options.plan must be its hash.
    Tables as declared in results/schema/stress.csv. Raises kidorui.program.Infeasible with the
    rows that conflict, ValueError for an event or a foresight that there is not.
    """
    clock = Clock()
    prepared = prepare(case, options, context)
    clock.lap("network, programme and calm")
    context.report("month by month", 0.1)
    lived = live(prepared.world, prepared.scenario)
    clock.lap("months")
    tables = told_of(lived)
    clock.lap("tables")
    tables |= _variants(prepared, lived, options, context)
    clock.lap("stock and leak, prevention, ranges")
    tables |= _drawn(prepared, options, context)
    clock.lap("draws")
    told = [*in_words(tables["ranges"])]
    if failed := len(tables["failures"]):
        told.append(f"{failed} of {options.draws} draws failed: see the table failures.")
    tables["replay"] = _none("replay")
    if plan is not None:
        tables["replay"], words = _replayed(prepared, lived, plan)
        told.append(words)
        if plan.meta.get("case_hash") != case.hash:
            told.append("The plan was made for another case, or at other ends of its ranges.")
    clock.lap("the plan replayed")
    tables |= tables_of_case(case, _struck(prepared))
    tables = {"summary": summary(lived, tables), **tables}
    meta = {**_meta(prepared, lived, options), "notes": [*told, *notes(lived, tables)]}
    return Result("stress", arranged("stress", tables), meta, clock.laps).validate()


def prepare(case: Case, options: StressOptions, context: Context) -> Prepared:
    """The world of a case on the axis of its scenario."""
    foresight = Foresight.parse(options.foresight)
    what = scenario(case, options.events, onset=options.onset, months=options.months)
    context.report("base year and calm", 0.02)
    base = solve_base_year(case, context)
    world = prepare_world(case, what, foresight, context, base)
    return Prepared(case, what, foresight, base, world)


def told_of(lived: Lived) -> dict[str, pd.DataFrame]:
    """The tables of one path."""
    return {
        "stops": stops(lived),
        "shortage": shortage(lived),
        "cover": cover(lived),
        "prices": prices(lived),
        "flows": flows(lived),
        "losses": losses(lived),
    }


def _variants(
    prepared: Prepared, lived: Lived, options: StressOptions, context: Context
) -> dict[str, pd.DataFrame]:
    """What the same months would have been with other stocks, leaks and plants."""
    found = {name: _none(name) for name in ("table", "prevention", "ranges")}
    if options.table:
        found["table"] = grid(prepared.world, prepared.scenario, context)
        found["ranges"] = ranges(lived, partial(_lived_again, prepared), context)
    if options.prevention:
        # what stands when the event strikes did not stand in the base year
        living = partial(_lived_again, prepared, base=prepared.base)
        found["prevention"] = prevention(lived, living, context)
    return found


def _lived_again(prepared: Prepared, case: Case, base: BaseYear | None = None) -> Lived:
    """The same scenario in another case: its events as that case has them, on the same days.

    base: the base year, that of the other case unless given.
    """
    what = prepared.scenario
    every = read_strikes(case)
    again = replace(
        what,
        strikes=tuple(
            replace(every[one.event], start=one.start, end=one.end) for one in what.strikes
        ),
    )
    return live(prepare_world(case, again, prepared.foresight, Context(), base), again)


def _drawn(prepared: Prepared, options: StressOptions, context: Context) -> dict[str, pd.DataFrame]:
    """The tables of the random variants, on an axis on which the latest onset is lived as long."""
    what, world = prepared.scenario, prepared.world
    if options.draws:
        longer = replace(what, months=what.months + LATEST)
        world = prepare_world(prepared.case, longer, prepared.foresight, context, prepared.base)
    return fan_tables(walk_draws(world, what, options.draws, context))


def _replayed(prepared: Prepared, lived: Lived, plan: Result) -> tuple[pd.DataFrame, str]:
    """The months again with the plan's builds, beside the plan's own years."""
    case = with_builds(prepared.case, builds_of(plan.table("builds")))
    with_plan = _lived_again(prepared, case, prepared.base)
    events = "+".join(_struck(prepared))
    table = replay(plan, events, lived, with_plan)
    return table, rule(table, events)


def _struck(prepared: Prepared) -> list[str]:
    """Ids of the events that strike."""
    ids = prepared.case.table("events")["id"]
    return [str(ids[one.event]) for one in prepared.scenario.strikes]


def _none(table: str) -> pd.DataFrame:
    return pd.DataFrame(columns=list(result_schema("stress")[table].names))


def _meta(prepared: Prepared, lived: Lived, options: StressOptions) -> dict[str, Json]:
    """Facts of the answer beside its tables."""
    case, settings = prepared.case, prepared.case.settings
    table = case.table("events")
    model = prepared.world.window.model
    names = table.set_index("id")["name"]
    chosen: Mapping[str, str] = {event: str(names[event]) for event in _struck(prepared)}
    return {
        **facts(case, options),
        **seen_from(case),
        "events": list(chosen),
        "event_names": chosen,
        "onset": prepared.scenario.onset,
        "rationing": settings.rationing,
        "gdp": settings.gdp,
        "price_year": settings.price_year,
        "yen_per_usd": settings.yen_per_usd,
        "window": [float(x) for x in prepared.world.window.network.tree.duration * 12],
        "columns": model.columns,
        "rows": model.rows,
        "iterations": lived.path.iterations,
        "solver": highs(),
        "failures": [],
    }
