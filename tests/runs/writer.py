"""Run as a process: saves runs and memo entries for ever, until it is killed.

Usage: writer.py SCHEMA_FOLDER STORE FIRST_SEED FORCE
"""

import itertools
import sys
from pathlib import Path

import pandas as pd

from kidorui.results import Result, schema
from kidorui.runs import Inputs, Store


def result(seed: int) -> Result:
    builds = pd.DataFrame(
        {
            "project": [f"p{n}" for n in range(200)],
            "year": [2027 + seed] * 200,
            **dict.fromkeys(("capex", "capex_low", "capex_high"), [float(seed)] * 200),
            "kind": ["mine"] * 200,
            "parts": [("a", "b")] * 200,
            "committed": [True] * 200,
        }
    )
    return Result(
        "toy",
        {"builds": builds, "totals": pd.DataFrame({"what": ["x"], "amount": [float(seed)]})},
    )


def value(step: int) -> bytes:
    return f"answer {step} ".encode() * 3000


def main() -> None:
    schema.FOLDER = Path(sys.argv[1])
    store, first, force = Store(sys.argv[2]), int(sys.argv[3]), sys.argv[4] == "force"
    memo = store.memo
    for seed in itertools.count(first):
        if memo.get(f"step {seed}") is None:
            memo.put(f"step {seed}", value(seed))
        number = seed % 5 if force else seed
        store.save(result(number), Inputs("toy", "japan", "c", seed=number), force=force)
        sys.stdout.write(f"{seed}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
