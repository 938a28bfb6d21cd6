"""The command line. Nothing heavy is imported before a command needs it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence

from cyclopts import App, CycloptsError, Parameter

from kidorui.cli import (
    about_cases,
    about_runs,
    calibrating,
    exporting,
    exposing,
    importing,
    planning,
    reconciling,
    reporting,
    robustness,
    stressing,
    validating,
)
from kidorui.cli.exits import FAULTY, FINE, INFEASIBLE, STOPPED, Refused

app = App(
    name="kidorui",
    help="Plan, stress and trace the supply of rare earths.",
    help_epilogue=(
        "Exit codes: 0 fine, 1 a study's finding fails, 2 faulty input, 3 infeasible, "
        "130 stopped by Ctrl-C."
    ),
    default_parameter=Parameter(negative=""),
    result_action="return_value",
    suppress_keyboard_interrupt=False,  # `run` says what Ctrl-C left behind
)
app.command(about_cases.check)
app.command(about_cases.new)
app.command(importing.import_data, name="import")
app.command(about_runs.show)
app.command(exporting.export)
app.command(about_cases.diff)
app.command(about_cases.sources)
app.command(planning.plan)
app.command(stressing.stress)
app.command(exposing.exposure)
app.command(robustness.robust)
app.command(calibrating.calibrate)
app.command(reconciling.reconcile)
app.command(validating.validate)
app.command(reporting.report)
app.command(reporting.figures)
app.command(about_runs.runs)
app.command(about_runs.compare)
app.command(about_runs.sql)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and exit."""
    code = run(arguments)
    sys.stdout.flush()
    sys.exit(code)


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    from kidorui.console import Interrupted

    tokens = list(sys.argv[1:] if arguments is None else arguments)
    try:
        code = app(tokens, exit_on_error=False, print_error=True)
    except CycloptsError:
        return FAULTY
    except KeyboardInterrupt:
        return _stopped()
    except Interrupted as stop:
        code = _stopped()
        if stop.still_running:  # a solver that cannot be told to stop; no file is half-written
            sys.stdout.flush()
            os._exit(code)
        return code
    except BrokenPipeError:  # the reader, such as `head`, has gone
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FINE
    except Exception as error:
        answer = _answer_to(error)
        if answer is None:
            raise
        code, text = answer
        sys.stderr.write(text + "\n")
        return code
    return code if isinstance(code, int) else FINE


def _stopped() -> int:
    sys.stderr.write("\nstopped; no run was written\n")
    sys.stderr.flush()
    return STOPPED


def _answer_to(error: Exception) -> tuple[int, str] | None:
    """Exit code and text for an error that is the input's doing; None for a fault of kidorui."""
    if isinstance(error, Refused):
        return FAULTY, str(error)
    for code, kinds, words in _expected():
        if isinstance(error, kinds):
            return code, words(error)
    return None


def _expected() -> list[tuple[int, tuple[type[Exception], ...], Callable[[Exception], str]]]:
    """What may go wrong by the input, looked up only among packages already imported."""
    from kidorui.cli.exits import imported

    return [
        (INFEASIBLE, imported("kidorui.program", "Infeasible"), str),
        (FAULTY, imported("kidorui.case", "CaseError"), _all_faults),
        (FAULTY, imported("kidorui.runs", "RunError"), str),
        (FAULTY, imported("kidorui.runs.query", "QueryError"), str),
        (FAULTY, (FileNotFoundError, FileExistsError, PermissionError, IsADirectoryError), str),
    ]


def _all_faults(error: Exception) -> str:
    faults = getattr(error, "faults", ())
    return "\n".join(str(fault) for fault in faults) or str(error)
