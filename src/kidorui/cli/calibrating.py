"""The command `calibrate`."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from kidorui.cli.planning import Several
from kidorui.cli.studying import ask, ends


def calibrate(
    case: str,
    /,
    *,
    predict: Annotated[tuple[str, ...], Several] = (),
    at: Annotated[tuple[str, ...], Several] = (),
    force: bool = False,
    json: bool = False,
    quiet: bool = False,
) -> int:
    """Lay the base year beside what was observed, with the bounds that fix tonnage and without.

    The answer is stored as a run; the same question is answered from the store.

    Parameters
    ----------
    case
        Name of a bundled case, a folder of tables or an .xlsx file.
    predict
        Cases of a past year that extend or overlay the case (a bundled name or a folder): the
        year after theirs is computed and laid beside their observations of it.
    at
        The end of ranges to take: low, value or high for all, or NAME=END for one table, one
        column (plants.capacity) or one source.
    force
        Solve anew and replace the stored run.
    json
        Write the answer as JSON to stdout, and nothing else.
    quiet
        Write nothing but errors, and no progress.
    """
    from kidorui.case import load
    from kidorui.console import set_up_log
    from kidorui.runs.execute import Question
    from kidorui.studies.calibration import CalibrateOptions, name_of
    from kidorui.studies.calibration import calibrate as calibrate_study
    from kidorui.studies.calibration.told import parts

    set_up_log(quiet=quiet)
    chosen = ends(at)
    loaded = load(case, at=chosen)
    pasts = [load(case, at=chosen, overlays=[past]) for past in predict]
    options = CalibrateOptions(predict=tuple(map(name_of, pasts)))
    study = partial(calibrate_study, pasts=pasts)
    question = Question("calibration", study, loaded, options)
    return ask(question, lambda one: parts(one.tables), force=force, json=json, quiet=quiet)
