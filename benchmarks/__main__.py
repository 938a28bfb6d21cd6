"""python -m benchmarks [case|race|sides|stress|exposure|lookthrough|report|env]; see README.md."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import exposure, lookthrough, report, stress
from benchmarks.measure import alternate, middle, spread, table

HERE = Path(__file__).parent
OTHERS = HERE / ".venvs"


def about_case(arguments: argparse.Namespace) -> None:
    """Times and memory from a case's tables to a solved plan."""
    case = absolute(arguments.case)
    results = alternate({"steps": [sys.executable, "kidorui_case.py", case]}, arguments.runs)
    study = {"study": [sys.executable, "kidorui_plan.py", case]}
    results |= alternate(study, arguments.study_runs, timeout=1800)
    keep("case", results)
    steps, study = results["steps"], results["study"]
    facts = steps[0]
    if "failed" in facts:
        raise SystemExit(str(facts["failed"]))
    print(", ".join(f"{facts[k]} {k}" for k in ("nodes", "pools", "links", "columns", "rows")))
    phases = list(facts["seconds"])
    rows = [["step", "CPU s", "wall s"]]
    rows += [[p, spread(steps, p), spread(steps, p, "seconds")] for p in phases]
    print(table(rows))
    print(f"peak memory above imports {max(r['peak_mib'] for r in steps):.0f} MiB")
    outside = sum(middle(steps, p) for p in ("compile", "state", "hand over", "read again"))
    print(
        f"outside the solver {outside:.2f} s of {outside + middle(steps, 'solve and read'):.2f} s"
    )
    if study and "plan" in study[0]["cpu"]:
        whole = middle(study, "plan")
        solver = sorted(r["solver_cpu"] for r in study)[len(study) // 2]
        print(
            f"study plan: {whole:.1f} s CPU, {study[0]['solves']} solves of {solver:.1f} s, "
            f"outside the solver {whole - solver:.1f} s ({1 - solver / whole:.0%}), "
            f"peak {max(r['peak_mib'] for r in study):.0f} MiB"
        )
    elif study:
        print(study[0]["failed"])


def absolute(case: str) -> str:
    """A path made absolute, since runs start elsewhere; a bundled case's name as it is."""
    return str(Path(case).resolve()) if Path(case).exists() else case


def race(arguments: argparse.Namespace) -> None:
    """HiGHS's solvers on programmes of several sizes; a trailing - leaves out crossover."""
    rows = [["programme", "columns", "rows", "non-zeros", *arguments.solvers]]
    for what in arguments.cases:
        results = alternate(
            {s: [sys.executable, "kidorui_race.py", absolute(what), s] for s in arguments.solvers},
            arguments.runs,
        )
        keep(f"race {what}".replace(":", "-").replace("/", "-"), results)
        first = results[arguments.solvers[0]][0]
        sizes = [first.get(k, "") for k in ("columns", "rows", "nonzeros")]
        rows.append([what, *sizes, *(spread(r, "solve") for r in results.values())])
    print(table(rows))


def sides(arguments: argparse.Namespace) -> None:
    """kidorui, linopy and PyPSA on the part that all can state."""
    from benchmarks.part import SIZES, write_part

    pypsa = OTHERS / "pypsa" / "bin" / "python"
    for size in arguments.sizes:
        with TemporaryDirectory() as folder:
            case, arrays = write_part(Path(folder), SIZES[size])
            commands = {
                "kidorui": [sys.executable, "kidorui_part.py", case, arguments.solver],
                "linopy": [sys.executable, "linopy_part.py", arrays, arguments.solver],
                "PyPSA": [pypsa, "pypsa_part.py", arrays, arguments.solver],
            }
            results = alternate(commands, arguments.runs)
        keep(f"sides {size} {arguments.solver}", results)
        print(f"\n{size}, solver {arguments.solver}")
        print(side_by_side(results))
        costs = {n: r[0].get("objective") for n, r in results.items()}
        known = [c for c in costs.values() if c is not None]
        if known:
            apart = max(known) - min(known)
            print(f"objectives apart by {apart / abs(known[0]):.1e}")
            if len(known) == len(costs) and apart > 1e-6 * abs(known[0]):
                raise SystemExit("the objectives differ: no time counts")


def side_by_side(results) -> str:
    """Statement, hand-over and memory of each contender, and ratios to the first."""
    rows = [
        ["", "columns", "rows", "import", "state", "hand over and solve", "peak MiB", "state ×"]
    ]
    first = None
    for name, runs in results.items():
        if "failed" in runs[0]:
            rows.append([name, str(runs[0]["failed"])[-200:], *[""] * 6])
            continue
        phases = runs[0]["cpu"]
        before = [p for p in phases if p in ("compile", "network", "build")]
        after = [p for p in phases if p.startswith(("hand over", "solve"))]
        state = sum(middle(runs, p) for p in before)
        solve = sum(middle(runs, p) for p in after)
        first = first or state
        memory = sorted(r["peak_mib"] for r in runs)[len(runs) // 2]
        sizes = [runs[0]["columns"], runs[0]["rows"]]
        ratio = f"{state / first:.1f}"
        rows.append([name, *sizes, middle(runs, "import"), state, solve, f"{memory:.0f}", ratio])
    return table(rows)


def environments(arguments: argparse.Namespace) -> None:
    """Make the environments of the others, under .venvs."""
    for names in sorted((HERE / "env").glob("*.txt")):
        home = OTHERS / names.stem
        if not home.exists():
            subprocess.run([sys.executable, "-m", "venv", home], check=True)
            pip = [home / "bin" / "python", "-m", "pip", "install", "--quiet", "-r", names]
            subprocess.run(pip, check=True)
        print(home)


def keep(name: str, results) -> None:
    """Write all runs beside the sources, for whoever doubts a table."""
    folder = HERE / "results"
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.json").write_text(json.dumps(results, indent=1))


def main() -> None:
    """Run what is asked; the bundled case unless told."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--study-runs", type=int, default=1, help="of the whole study, minutes")
    commands = parser.add_subparsers()
    parser.set_defaults(run=about_case, case="japan")
    of_case = commands.add_parser("case", help=about_case.__doc__)
    of_case.add_argument("case", nargs="?", default="japan")
    of_case.set_defaults(run=about_case)
    of_race = commands.add_parser("race", help=race.__doc__)
    of_race.add_argument("cases", nargs="*", default=["small:0", "medium:3", "japan"])
    of_race.add_argument("--solvers", nargs="+", default=["simplex", "ipx", "hipo"])
    of_race.set_defaults(run=race)
    of_sides = commands.add_parser("sides", help=sides.__doc__)
    of_sides.add_argument("sizes", nargs="*", default=["1e4", "1e5", "6e5"])
    of_sides.add_argument("--solver", default="simplex", help="simplex, ipx, hipo or none")
    of_sides.set_defaults(run=sides)
    stress.add(commands, keep)
    exposure.add(commands, keep)
    lookthrough.add(commands, keep)
    report.add(commands, keep)
    commands.add_parser("env", help=environments.__doc__).set_defaults(run=environments)
    arguments = parser.parse_args()
    arguments.run(arguments)


if __name__ == "__main__":
    main()
