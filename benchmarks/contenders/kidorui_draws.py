"""Draws of a stress on workers: python kidorui_draws.py CASE EVENT FORESIGHT DRAWS WORKERS.

Memory is what the processes hold together, looked at twice a second; of it the most in the
first and in the last quarter of the time in which draws are lived.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path

from phases import Phases

if __name__ == "__main__":
    phases = Phases()

from kidorui.case import load
from kidorui.studies.context import Context
from kidorui.studies.stress import draws as many
from kidorui.studies.stress.fans import fan_tables
from kidorui.studies.stress.sampling import LATEST
from kidorui.studies.stress.scenario import scenario
from kidorui.studies.stress.world import Foresight, prepare_world


def held(pid: int) -> float:
    """MiB that a process holds now; nought where it is gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(x.split()[1]) / 1024 for x in lines if x.startswith("VmRSS")), 0.0)


def worked(pid: int) -> float:
    """CPU seconds of a process so far; nought where it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def warm(_: int) -> int:
    """Something to do, so that a worker has started and imported before the clock does."""
    time.sleep(0.2)
    return os.getpid()


def main() -> None:
    name, event, foresight, count, workers = sys.argv[1:6]
    phases.end("import")
    case = load(name)
    asked = scenario(case, [event], months=36)
    longer = replace(asked, months=asked.months + LATEST)
    world = prepare_world(case, longer, Foresight.parse(foresight), Context())
    phases.end("prepare")
    samples: list[tuple[float, float]] = []
    over = threading.Event()
    calm: list[float] = []
    depart = many.depart

    def timed(*arguments):
        began = time.perf_counter()
        try:
            return depart(*arguments)
        finally:
            calm.append(time.perf_counter() - began)

    many.depart = timed
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(int(workers), spawn) as pool:
        pids = {os.getpid(), *pool.map(warm, range(8 * int(workers)))}
        phases.end("workers start")
        workers_alone = pids - {os.getpid()}
        before = sum(map(worked, workers_alone))

        def watch() -> None:
            while not over.wait(0.5):
                samples.append((time.perf_counter(), sum(map(held, pids))))

        watching = threading.Thread(target=watch, daemon=True)
        watching.start()
        began = time.perf_counter()
        drawn = many.walk_draws(world, asked, int(count), Context(pool))
        seconds = time.perf_counter() - began
        over.set()
        watching.join()
        spent = sum(map(worked, workers_alone)) - before
        phases.end("draws")
        fan_tables(drawn)
        phases.end("tables")
    start = began + calm[0]
    memory = [m for t, m in samples if t >= start]
    quarter = max(1, len(memory) // 4)
    phases.report(
        draws=int(count),
        workers=int(workers),
        seconds_in_all=seconds,
        seconds_of_calm=calm[0],
        draws_per_second=int(count) / seconds,
        after_the_calm=int(count) / (began + seconds - start),
        worker_cpu_per_draw=spent / int(count),
        failed=sum(bool(one.failed) for one in drawn.outcomes),
        memory_first_quarter=max(memory[:quarter], default=0.0),
        memory_last_quarter=max(memory[-quarter:], default=0.0),
    )


if __name__ == "__main__":
    main()
