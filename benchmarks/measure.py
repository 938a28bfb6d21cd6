"""Runs in fresh processes, contenders in turn, and what came of them."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

CONTENDERS = Path(__file__).parent / "contenders"
Run = dict[str, object]


def one(command: Sequence[str | Path], timeout: float) -> Run:
    """What one fresh process reports, with the load of the machine before it."""
    load = os.getloadavg()[0]
    try:
        done = subprocess.run(
            [str(part) for part in command],
            cwd=CONTENDERS,
            capture_output=True,
            text=True,
            timeout=timeout,
            env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        )
    except subprocess.TimeoutExpired:
        return {"seconds": {}, "cpu": {}, "failed": f"over {timeout:.0f} s", "load": load}
    if done.returncode:
        return {"seconds": {}, "cpu": {}, "failed": done.stderr[-2000:], "load": load}
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    return {**json.loads(lines[-1]), "load": load}


def alternate(
    commands: Mapping[str, Sequence[str | Path]], runs: int, timeout: float = 600
) -> dict[str, list[Run]]:
    """Runs of all contenders, one of each in turn (ABAB), so that a busy spell hits all."""
    results: dict[str, list[Run]] = {name: [] for name in commands}
    for _ in range(runs):
        for name, command in commands.items():
            results[name].append(one(command, timeout))
    return results


def middle(runs: Sequence[Run], phase: str, clock: str = "cpu") -> float:
    """Median seconds of a phase; NaN where no run has it."""
    found = [run[clock][phase] for run in runs if phase in run[clock]]
    return median(found) if found else float("nan")


def spread(runs: Sequence[Run], phase: str, clock: str = "cpu") -> str:
    """Median seconds of a phase, with the least and the most."""
    found = [run[clock][phase] for run in runs if phase in run[clock]]
    if not found:
        return str(runs[0].get("failed", "")).strip().splitlines()[-1] if runs else ""
    return f"{median(found):.2f} ({min(found):.2f} to {max(found):.2f})"


def table(rows: Sequence[Sequence[object]]) -> str:
    """Rows as a Markdown table, the first its header."""
    cells = [[f"{c:.2f}" if isinstance(c, float) else str(c) for c in row] for row in rows]
    rule = ["---" for _ in cells[0]]
    return "\n".join(f"| {' | '.join(row)} |" for row in [cells[0], rule, *cells[1:]])
