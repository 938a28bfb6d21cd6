"""The command `exposure`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from kidorui.cli.exits import Refused
from kidorui.cli.planning import Several
from kidorui.cli.studying import ask, ends


def exposure(
    case: str,
    /,
    *,
    focus: str = "",
    year: int | None = None,
    quick: bool = False,
    at: Annotated[tuple[str, ...], Several] = (),
    overlay: Annotated[tuple[Path, ...], Several] = (),
    force: bool = False,
    json: bool = False,
    quiet: bool = False,
) -> int:
    """How exposed a place is: shares, origins through all borders, and what one failure costs.

    The answer is stored as a run; the same question is answered from the store.

    Parameters
    ----------
    case
        Name of a bundled case, a folder of tables or an .xlsx file.
    focus
        Place to look from; that of the case unless given.
    year
        Year, from the base year of the case on; that unless given.
    quick
        Shares, origins and indices alone: seconds instead of a minute.
    at
        The end of ranges to take: low, value or high for all, or NAME=END for one table, one
        column (plants.capacity) or one source.
    overlay
        A case whose rows are laid on top (a folder or .xlsx); may be repeated.
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
    from kidorui.studies.exposure.study import ExposureOptions, faults_of
    from kidorui.studies.exposure.study import exposure as exposure_study
    from kidorui.studies.exposure.told import parts

    set_up_log(quiet=quiet)
    loaded = load(case, at=ends(at), overlays=overlay)
    options = ExposureOptions(focus=focus, year=year, outages=not quick)
    if faults := faults_of(loaded, options):
        raise Refused("\n".join(faults))
    question = Question("exposure", exposure_study, loaded, options)
    return ask(question, parts, force=force, json=json, quiet=quiet)
