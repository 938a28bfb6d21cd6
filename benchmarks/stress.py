"""Speed of a stress: the march beside HiGHS alone, draws on workers, BoARIO beside both."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median

from benchmarks.measure import alternate, table

BOARIO = Path(__file__).parent / ".venvs" / "boario" / "bin" / "python"

FORESIGHTS = {"one month": "1", "default": "none"}

REGIONS, SECTORS = 15, 23
"""Of BoARIO's made-up economy: as many industries as the japan case has pools."""

DAYS = 1278
"""Days of the 42 months lived."""


def marches(arguments: argparse.Namespace, keep: Callable) -> None:
    """CPU of a march over that of HiGHS's run() for the same programmes."""
    commands = {
        name: [sys.executable, "kidorui_march.py", arguments.case, arguments.event, words, "36"]
        for name, words in FORESIGHTS.items()
    }
    results = alternate(commands, arguments.runs)
    results |= alternate(
        {"BoARIO": [BOARIO, "boario_shock.py", str(REGIONS), str(SECTORS), str(DAYS)]},
        arguments.runs,
    )
    keep("stress march", results)
    rows = [["foresight", "columns", "rows", "march CPU s", "HiGHS alone", "ratio", "apart"]]
    nodes = [["", "nodes", "months", "µs per node-month"]]
    for name in FORESIGHTS:
        runs = results[name]
        if "failed" in runs[0]:
            rows.append([name, str(runs[0]["failed"])[-200:], *[""] * 5])
            continue
        first, months = runs[0], runs[0]["months"]
        march, raw, ratio = (median(r[k] for r in runs) for k in ("march", "raw", "ratio"))
        apart = f"{max(r['objectives_apart'] for r in runs):.0e}"
        rows.append([name, first["columns"], first["rows"], march, raw, ratio, apart])
        each = f"{march * 1e6 / months / first['pools']:.0f}"
        nodes.append([f"kidorui, {name}", first["pools"], months, each])
    runs = results["BoARIO"]
    if "failed" in runs[0]:
        nodes.append(["BoARIO", str(runs[0]["failed"])[-200:], "", ""])
    else:
        each = f"{median(r['microseconds_per_node_month'] for r in runs):.0f}"
        nodes.append(["BoARIO, by day", runs[0]["nodes"], f"{runs[0]['months']:.0f}", each])
    print(table(rows), table(nodes), sep="\n\n")


def draws(arguments: argparse.Namespace, keep: Callable) -> None:
    """Draws a second with one worker and two, and what the processes hold."""
    counts = {"one month": arguments.draws, "default": max(8, arguments.draws // 4)}
    commands = {
        f"{name}, {workers}": [
            sys.executable,
            "kidorui_draws.py",
            arguments.case,
            arguments.event,
            FORESIGHTS[name],
            str(count),
            str(workers),
        ]
        for name, count in counts.items()
        for workers in (1, 2)
    }
    show("stress draws", alternate(commands, arguments.runs, timeout=1800), keep)


def memory(arguments: argparse.Namespace, keep: Callable) -> None:
    """Many draws with one month of foresight: what the processes hold early and late."""
    count = str(arguments.memory)
    command = [sys.executable, "kidorui_draws.py", arguments.case, arguments.event, "1", count, "2"]
    show("stress memory", alternate({"one month, 2": command}, 1, timeout=1800), keep)


def show(name: str, results, keep: Callable) -> None:
    """Keep runs of draws, and print a row for each contender: medians.

    On a machine that others use the wall clock says little: `by CPU` is what its workers would
    do with a core each.
    """
    keep(name, results)
    head = ["foresight, workers", "draws", "draws/s", "after the calm", "calm s", "CPU s a draw"]
    rows = [[*head, "draws/s by CPU", "MiB early", "MiB late", "failed"]]
    wall: dict[str, float] = {}
    cpu: dict[str, float] = {}
    for contender, runs in results.items():
        if isinstance(runs[0]["failed"], str):
            rows.append([contender, runs[0]["failed"].strip().splitlines()[-1], *[""] * 8])
            continue
        keys = ("draws_per_second", "after_the_calm", "seconds_of_calm", "worker_cpu_per_draw")
        told = [median(r[key] for r in runs) for key in keys]
        wall[contender], cpu[contender] = told[1], runs[0]["workers"] / told[3]
        held = (f"{max(r[f'memory_{k}_quarter'] for r in runs):.0f}" for k in ("first", "last"))
        row = [contender, runs[0]["draws"], *told, cpu[contender], *held, runs[0]["failed"]]
        rows.append(row)
    print(table(rows))
    for foresight in FORESIGHTS:
        one, two = (f"{foresight}, {workers}" for workers in (1, 2))
        if one in wall and two in wall:
            shares = (rate[two] / rate[one] / 2 for rate in (wall, cpu))
            words = "{:.0%} by the clock, {:.0%} by CPU".format(*shares)
            print(f"{foresight}: efficiency from 1 to 2 workers {words}")


def add(commands, keep: Callable) -> None:
    """Add the command `stress`, and its parts, to those of `python -m benchmarks`."""
    parts = {"march": marches, "draws": draws, "memory": memory}

    def run(arguments: argparse.Namespace) -> None:
        for part in arguments.parts or parts:
            parts[part](arguments, keep)

    parser = commands.add_parser("stress", help=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*parts, []], help="all unless named")
    parser.add_argument("--case", default="japan")
    parser.add_argument("--event", default="cn-ban")
    parser.add_argument("--draws", type=int, default=64, help="by default foresight a quarter")
    parser.add_argument("--memory", type=int, default=1000, help="draws while memory is watched")
    parser.set_defaults(run=run)
