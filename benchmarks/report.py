"""Seconds from stored runs of a case (plan, stress) to the report's page and Word file."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks.measure import alternate, spread, table

PHASES = ("import", "compose", "page", "word")


def run(arguments: argparse.Namespace, keep: Callable) -> None:
    """A row a phase; the runs must be stored already."""
    store = Path(arguments.store).resolve()
    command = [sys.executable, "kidorui_report.py", store, *arguments.ids]
    results = alternate({"report": command}, arguments.runs)
    keep("report", results)
    runs = results["report"]
    if "failed" in runs[0]:
        raise SystemExit(str(runs[0]["failed"]))
    rows = [["phase", "wall s", "CPU s"]]
    rows += [[p, spread(runs, p, "seconds"), spread(runs, p)] for p in PHASES]
    print(table(rows))
    first = runs[0]
    whole = sorted(sum(r["seconds"][p] for p in PHASES) for r in runs)[len(runs) // 2]
    sizes = ", ".join(f"{name} {int(first[name]) / 1e6:.1f} MB" for name in ("page", "word"))
    print(f"{first['pictures']} pictures, {sizes}; {whole:.1f} s in all")


def add(commands, keep: Callable) -> None:
    """Add the command `report` to those of `python -m benchmarks`."""
    parser = commands.add_parser("report", help=__doc__)
    parser.add_argument("store", help="folder of runs")
    parser.add_argument("ids", nargs="+", help="ids of runs in it")
    parser.set_defaults(run=lambda arguments: run(arguments, keep))
