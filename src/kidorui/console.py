"""The one place that talks to a person while work goes on: progress, log, stopping by Ctrl-C."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

Answer = TypeVar("Answer")

PATIENCE = 2.0
"""Seconds of work before progress is shown."""

_GRACE = 1.0  # seconds that stopped work has to end by itself


class Interrupted(Exception):
    """Ctrl-C; `still_running` if the work could not be stopped and must be left behind."""

    def __init__(self, *, still_running: bool) -> None:
        self.still_running = still_running
        super().__init__("stopped")


def set_up_log(*, quiet: bool) -> None:
    """Send kidorui's own warnings to stderr, one line each; only errors when quiet."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("kidorui: %(message)s"))
    log = logging.getLogger("kidorui")
    log.handlers[:] = [handler]
    log.setLevel(logging.ERROR if quiet else logging.WARNING)


class Meter:
    """Shows on stderr what is being done, once that has taken longer than PATIENCE.

    A bar on a terminal, plain lines elsewhere, nothing when quiet. Call it with what is being
    done and the share done (0 to 1, or None where that is not known), from any thread.
    """

    def __init__(self, *, quiet: bool = False, patience: float = PATIENCE) -> None:
        self._quiet = quiet
        self._lock = threading.Lock()
        self._timer = threading.Timer(patience, self._show)
        self._timer.daemon = True
        self._shown = False
        self._bar: tuple[Progress, TaskID] | None = None
        self._what, self._share = "", None

    def __call__(self, what: str, share: float | None = None) -> None:
        """Take note of what is being done."""
        with self._lock:
            news = what != self._what
            self._what, self._share = what, share
            if self._shown:
                self._draw(news=news)

    def __enter__(self) -> Meter:
        if not self._quiet:
            self._timer.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._timer.cancel()
        with self._lock:
            self._shown = False
            if self._bar:
                self._bar[0].stop()

    _share: float | None

    def _show(self) -> None:
        with self._lock:
            self._shown = True
            if sys.stderr.isatty():
                self._bar = _bar()
            self._draw(news=True)

    def _draw(self, *, news: bool) -> None:
        if self._bar:
            progress, task = self._bar
            total = None if self._share is None else 1.0
            progress.update(task, description=self._what, completed=self._share or 0, total=total)
        elif news and self._what:
            sys.stderr.write(f"{self._what} ...\n")
            sys.stderr.flush()


def _bar() -> tuple[Progress, TaskID]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    words = TextColumn("{task.description}", markup=False)
    progress = Progress(
        words, BarColumn(), TimeElapsedColumn(), console=Console(stderr=True), transient=True
    )
    task = progress.add_task("")
    progress.start()
    return progress, task


def interruptible(work: Callable[[Callable[[], bool]], Answer]) -> Answer:
    """Run `work(cancelled)` so that Ctrl-C is heard even while a solver is busy.

    Passes on what `work` returns or raises. At Ctrl-C, `cancelled()` turns true and
    Interrupted is raised.
    """
    stop, finished = threading.Event(), threading.Event()
    answers: list[Answer] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            answers.append(work(stop.is_set))
        except BaseException as error:  # noqa: BLE001  # raised again in the thread that waits
            errors.append(error)
        finally:
            finished.set()

    # Not Thread.join: in Python 3.11 Ctrl-C within it makes a running thread look ended.
    study = threading.Thread(target=run, name="study", daemon=True)
    try:
        study.start()  # within: Ctrl-C may come before this thread waits
        finished.wait()
    except KeyboardInterrupt:
        stop.set()
        raise Interrupted(still_running=not finished.wait(_GRACE)) from None
    if errors:
        raise errors[0]
    return answers[0]
