"""The command `robust`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter, validators

from kidorui.cli.planning import Money, Several
from kidorui.cli.studying import ask, load_to_plan

Runs = Annotated[int, Parameter(validator=validators.Number(gte=1, lte=10_000))]


def robust(
    case: str,
    /,
    *,
    runs: Runs = 48,
    no_assumptions: bool = False,
    event: Annotated[tuple[str, ...], Several] = (),
    budget: Money | None = None,
    at: Annotated[tuple[str, ...], Several] = (),
    overlay: Annotated[tuple[Path, ...], Several] = (),
    open_fund: Annotated[tuple[str, ...], Several] = (),
    year: int = 2030,
    seed: int = 0,
    force: bool = False,
    json: bool = False,
    quiet: bool = False,
) -> int:
    """Plan over all that is unsure: which builds are right whatever is assumed, what flips them.

    A plan is made for every end of everything unsure by itself, then for draws over all of it
    together, then for both ends of every assumption: half an hour for the case japan on
    two cores. A run that was stopped goes on from what it had.

    Parameters
    ----------
    case
        Name of a bundled case, a folder of tables or an .xlsx file.
    runs
        Plans over all that is unsure, assumptions apart; each end by itself is always planned.
    no_assumptions
        Leave out the plans at both ends of every assumption.
    event
        Ids of the events to plan for; those of the case unless given. ONE+OTHER strike together.
    budget
        Public money over the horizon, million US$.
    at
        The end of ranges that counts as the middle: low, value or high for all, or NAME=END.
    overlay
        Folders of rows that add to, replace or remove rows of the case.
    open_fund
        Ids of funds to let in that are not open to these projects.
    year
        The year for which dependence is told.
    seed
        Seed of the draws.
    force
        Answer anew and replace the stored run.
    json
        Write the answer as JSON to stdout, and nothing else.
    quiet
        Write nothing but errors, and no progress.
    """
    from kidorui.console import set_up_log
    from kidorui.runs.execute import Question
    from kidorui.studies.robust import RobustOptions
    from kidorui.studies.robust import robust as robust_study
    from kidorui.studies.robust_told import parts

    set_up_log(quiet=quiet)
    loaded = load_to_plan(case, at, overlay, events=event, open_funds=open_fund)
    options = RobustOptions(
        runs=runs,
        assumptions=not no_assumptions,
        events=tuple(event),
        budget=budget,
        open_funds=tuple(open_fund),
        year=year,
    )
    question = Question("robust", robust_study, loaded, options)
    return ask(
        question, lambda one: parts(one.tables), seed=seed, force=force, json=json, quiet=quiet
    )
