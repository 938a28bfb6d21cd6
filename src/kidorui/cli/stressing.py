"""The command `stress`."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter, validators

from kidorui.cli.exits import Refused
from kidorui.cli.planning import Several
from kidorui.cli.studying import ask, load_to_plan

if TYPE_CHECKING:
    from kidorui.case import Case
    from kidorui.results import Part, Result

Months = Annotated[int, Parameter(validator=validators.Number(gte=1, lte=240))]
Draws = Annotated[int, Parameter(validator=validators.Number(gte=0, lte=100_000))]


def stress(
    case: str,
    /,
    *events: str,
    plan: str | None = None,
    onset: float | None = None,
    months: Months = 36,
    foresight: str = "none",
    draws: Draws = 0,
    quick: bool = False,
    at: Annotated[tuple[str, ...], Several] = (),
    overlay: Annotated[tuple[Path, ...], Several] = (),
    seed: int = 0,
    force: bool = False,
    json: bool = False,
    quiet: bool = False,
) -> int:
    """Live through a cut-off month by month: who stops, when, at what cost, and what would help.

    The answer is stored as a run; the same question is answered from the store, and one that was
    stopped goes on from what it had.

    Parameters
    ----------
    case
        Name of a bundled case, a folder of tables or an .xlsx file.
    events
        Ids of the events that strike together; without any, those in force that hit the focus
        place, from the day they began.
    plan
        Id of a run of `kidorui plan`: the same months are lived again with what it builds.
    onset
        When events without a start of their own strike, a year such as 2028 or 2028.5; the first
        event year of the case unless given.
    months
        Months lived from the first strike on.
    foresight
        What the market knows of what is coming: none (today's state goes on), a number of months,
        or perfect (slow).
    draws
        Random variants of onset, duration, severity, leak and stocks.
    quick
        Leave out first stops by stock and leak, and what would have prevented it.
    at
        The end of ranges to take: low, value or high for all, or NAME=END for one table, one
        column (stockpiles.initial) or one source.
    overlay
        Folders of rows that add to, replace or remove rows of the case.
    seed
        Seed of whatever is drawn at random.
    force
        Live through it anew and replace the stored run.
    json
        Write the answer as JSON to stdout, and nothing else.
    quiet
        Write nothing but errors, and no progress.
    """
    from kidorui.console import set_up_log
    from kidorui.runs.execute import Question
    from kidorui.studies.stress.scenario import in_force_here, scenario
    from kidorui.studies.stress.study import StressOptions
    from kidorui.studies.stress.study import stress as stress_study
    from kidorui.studies.stress.told import parts
    from kidorui.studies.stress.told_variants import variant_parts
    from kidorui.studies.stress.world import Foresight

    set_up_log(quiet=quiet)
    loaded = load_to_plan(case, at, overlay, events=events, open_funds=())
    try:
        Foresight.parse(foresight)
        scenario(loaded, events, onset=onset)
    except ValueError as error:
        raise Refused(f"--{error}") from None
    if not events and not in_force_here(loaded):
        known = ", ".join(loaded.table("events")["id"])
        raise Refused(f"{case}: no event in force hits the focus place; name one of {known}")
    replayed = _plan_of(plan, loaded) if plan else None
    options = StressOptions(
        events=tuple(events),
        onset=onset,
        months=months,
        foresight=foresight,
        draws=draws,
        plan=replayed.hash if replayed else "",
        table=not quick,
        prevention=not quick,
    )
    study = partial(stress_study, plan=replayed)
    question = Question("stress", study, loaded, options)

    def both(one: Result) -> list[Part]:
        return [*parts(one.tables, one.meta), *variant_parts(one.tables)]

    return ask(question, both, seed=seed, force=force, json=json, quiet=quiet)


def _plan_of(run_id: str, case: Case) -> Result:
    """The answer of a run of `plan` whose builds the case can have."""
    from kidorui.runs import Store

    run = Store().open(run_id)
    kind = run.manifest.inputs.kind
    if kind != "plan":
        raise Refused(f"--plan {run_id}: a run of {kind}; one of plan is accepted")
    result = run.result
    known = set(case.table("projects")["id"])
    if unknown := sorted(set(result.table("builds")["project"]) - known):
        name = case.settings.name
        raise Refused(f"--plan {run_id}: builds {', '.join(unknown)}, which {name} does not have")
    return result
