"""Everything that may fail in a case: python kidorui_outages.py CASE YEAR WORKERS SAMPLE.

All outages are lived as the study lives them, on so many workers. Of every SAMPLE-th the months are
then timed twice: warm, as the study does (conditions, bounds and reading included), and cold, each
month's programme handed to a HiGHS that remembers nothing, and solved.
"""

from __future__ import annotations

import sys
import time
from concurrent.futures import ThreadPoolExecutor

from phases import Phases

phases = Phases()

import numpy as np  # noqa: E402

from kidorui.case import load  # noqa: E402
from kidorui.program import Solver  # noqa: E402
from kidorui.studies.base_year import solve_base_year  # noqa: E402
from kidorui.studies.context import Context  # noqa: E402
from kidorui.studies.outages.n_minus_1 import all_outages, n_minus_1, skipped  # noqa: E402
from kidorui.studies.stress import march  # noqa: E402

phases.end("import")
name, year, workers, sample = sys.argv[1], *map(int, sys.argv[2:5])


class Noted(Solver):
    """A solver that notes the programmes it is given."""

    def set_all(self, columns, rows, cost) -> None:
        notes.append((*map(np.array, (*columns, *rows, cost)),))
        super().set_all(columns, rows, cost)


def cold(model) -> float:
    """CPU seconds to hand over and solve what was noted, each programme from scratch."""
    began = time.process_time()
    for lower, upper, row_lower, row_upper, cost in notes:
        alone = Solver(model)
        alone.set_all((lower, upper), (row_lower, row_upper), cost)
        alone.solve_robustly(explain=False)
    return time.process_time() - began


notes: list = []
case = load(name)
with ThreadPoolExecutor(workers) as executor:
    context = Context(executor)
    base = solve_base_year(case, context)
    phases.end("base year")
    began = time.perf_counter()
    found = all_outages(case, year, base, context)
    wall = time.perf_counter() - began
phases.end("all outages")
lived = list(found.endured)
march.Solver = Noted
warm_s, cold_s = [], []
walker = march.March(found.eve.world)
for k in lived[::sample]:
    notes.clear()
    began = time.process_time()
    found.eve.live(walker, int(found.number[k]))
    warm_s.append(time.process_time() - began)
    cold_s.append(cold(walker.model))
phases.end("sample")
share = np.array(warm_s) / np.array(cold_s)
phases.report(
    wall=wall,
    outages=len(found.outages),
    told=len(n_minus_1(found)),
    lived=len(lived),
    skipped=len(skipped(found)),
    sampled=len(share),
    warm=float(np.median(warm_s)),
    cold=float(np.median(cold_s)),
    share=float(np.median(share)),
    worst=float(share.max()),
    above=int((share > 0.25).sum()),
)
