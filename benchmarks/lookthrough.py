"""Speed of a look-through: all origins of one use, beside elimination and a plain walk."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

from benchmarks.measure import alternate, spread, table

METHODS = ("kidorui", "elimination", "walk")
KINDS = ("any", "hubs", "near", "one")


def run(arguments: argparse.Namespace, keep: Callable) -> None:
    """A row for each kind of network and method: seconds, residual, what sums are off by."""
    size = [f"{arguments.nodes:g}", f"{arguments.flows:g}"]
    commands = {
        f"{kind}, {method}": [sys.executable, "lookthrough.py", *size, kind, method]
        for kind in arguments.kinds or KINDS
        for method in arguments.methods
    }
    results = alternate(commands, arguments.runs, timeout=120)
    keep("lookthrough", results)
    rows = [["network, method", "wall s", "CPU s", "residual", "sums off by", "largest share"]]
    for name, runs in results.items():
        first = runs[0]
        if "failed" in first:
            rows.append([name, str(first["failed"])[-100:], *[""] * 4])
            continue
        clocks = [spread(runs, "look through", clock) for clock in ("seconds", "cpu")]
        worst = (f"{max(r[key] for r in runs):.0e}" for key in ("residual", "off"))
        rows.append([name, *clocks, *worst, f"{first['largest']:.6f}"])
    print(table(rows))


def add(commands, keep: Callable) -> None:
    """Add the command `lookthrough` to those of `python -m benchmarks`."""
    parser = commands.add_parser("lookthrough", help=__doc__)
    parser.add_argument("kinds", nargs="*", choices=[*KINDS, []], help="all unless named")
    parser.add_argument("--nodes", type=float, default=1e4)
    parser.add_argument("--flows", type=float, default=1e5)
    parser.add_argument("--methods", nargs="*", choices=METHODS, default=list(METHODS))
    parser.set_defaults(run=lambda arguments: run(arguments, keep))
