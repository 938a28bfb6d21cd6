"""Phases of a run: seconds of each, memory above what the imports took. Standard library only."""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path


def resident() -> float:
    """Largest memory held so far, MiB.

    Linux's own figure of the process where there is one: getrusage's begins at what the parent
    held when it started this process.
    """
    status = Path("/proc/self/status")
    if status.exists():
        line = next(x for x in status.read_text().splitlines() if x.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1024 if sys.platform != "darwin" else peak / 2**20


class Phases:
    """Seconds by name, from the end of one phase to the end of the next."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.cpu: dict[str, float] = {}
        self._last = time.perf_counter(), time.process_time()
        self._imported = 0.0

    def end(self, name: str) -> None:
        now = time.perf_counter(), time.process_time()
        self.seconds[name] = now[0] - self._last[0]
        self.cpu[name] = now[1] - self._last[1]
        if name == "import":
            self._imported = resident()
        self._last = now

    def report(self, **facts: float | str | None) -> None:
        """Write all as one line of JSON, the last of the output."""
        memory = {"import_mib": self._imported, "peak_mib": resident() - self._imported}
        print(json.dumps({"seconds": self.seconds, "cpu": self.cpu, **memory, **facts}))
