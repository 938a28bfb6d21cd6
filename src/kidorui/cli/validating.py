"""The command `validate`."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from kidorui.cli.exits import Refused
from kidorui.cli.studying import ask

if TYPE_CHECKING:
    from kidorui.case import Case
    from kidorui.results import Result
    from kidorui.studies.context import Context
    from kidorui.studies.validation import ValidateOptions


def validate(
    *names: str,
    fast: bool = False,
    force: bool = False,
    json: bool = False,
    quiet: bool = False,
) -> int:
    """Run episodes of the past month by month and lay them beside the record.

    Exit code 1 where any check misses. The answer is stored as a run; the same question is
    answered from the store.

    Parameters
    ----------
    names
        Episodes (2010, 2025, mm, 2015, 2022, cut, iea) or checks to run; all unless given.
    fast
        Only the episodes that take seconds.
    force
        Solve anew and replace the stored run.
    json
        Write the answer as JSON to stdout, and nothing else.
    quiet
        Write nothing but errors, and no progress.
    """
    from kidorui.console import set_up_log
    from kidorui.runs.execute import Question
    from kidorui.studies.calibration import name_of
    from kidorui.studies.validation import ValidateOptions, cases_for, episodes_asked
    from kidorui.studies.validation.told import parts

    set_up_log(quiet=quiet)
    try:
        asked = episodes_asked(names, fast=fast)
    except ValueError as error:
        raise Refused(str(error)) from error
    cases = cases_for(asked)
    options = ValidateOptions(names, fast, tuple(map(name_of, cases.values())))
    first = next(iter(cases.values()))
    question = Question("validate", partial(_answer, cases), first, options)
    return ask(question, lambda one: parts(one.tables), force=force, json=json, quiet=quiet)


def _answer(cases: dict[str, Case], _: Case, options: ValidateOptions, context: Context) -> Result:
    from kidorui.studies.validation import validate as validate_study

    return validate_study(cases, options, context)
