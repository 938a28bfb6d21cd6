"""How far the headlines move where what is least known is at the ends of its ranges."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

import numpy as np
import pandas as pd

from kidorui.case import Case
from kidorui.studies.context import Context
from kidorui.studies.stress.lived import Lived, Living
from kidorui.studies.stress.losses import losses
from kidorui.studies.stress.stops import stops
from kidorui.studies.stress.worth import focus_loss

UNSURE: Mapping[str, str] = {
    "stocks": "stockpiles",
    "how hard the events are": "events.severity",
    "what leaks": "events.leak",
    "value of a lost kilogram": "demands.value_lost",
    "value added and multipliers": "sectors",
}
"""What is moved, each alone, and the table or column of the case whose ranges it is."""


def ranges(lived: Lived, living: Living, context: Context) -> pd.DataFrame:
    """One row per thing moved and end, the case as it stands first.

    `first_stop` (day, NaN = no sector stops) of the sector `first`; `value_lost` and `economy`
    in million US$ over the months lived. living: a case lived through the same scenario.
    """
    moved = [(what, end, name) for what, name in UNSURE.items() for end in ("low", "high")]
    found = context.map("ranges", partial(_at, lived.case, living), [(n, e) for _, e, n in moved])
    rows = [{"moved": "nothing", "end": "value", **_headlines(lived)}]
    rows += [
        {"moved": what, "end": end, **told}
        for (what, end, _), told in zip(moved, found, strict=True)
    ]
    return pd.DataFrame(rows)


def in_words(table: pd.DataFrame) -> Iterator[str]:
    """The ranges as a sentence."""
    if table.empty:
        return
    days, lost, economy = table["first_stop"], table["value_lost"], table["economy"]
    never = " or never" if days.isna().any() else ""
    first = f"the first stop is on day {days.min():.0f} to {days.max():.0f}{never}"
    if days.isna().all():
        first = "no sector stops"
    yield (
        f"With {', '.join(UNSURE)} each at the ends of their ranges {first}, "
        f"{lost.min():,.0f} to {lost.max():,.0f} million US$ are lost to users "
        "above base prices and "
        f"{economy.min():,.0f} to {economy.max():,.0f} to the economy."
    )


def _at(case: Case, living: Living, moved: tuple[str, str]) -> dict[str, object]:
    name, end = moved
    return _headlines(living(case.at({name: end})))


def _headlines(lived: Lived) -> dict[str, object]:
    table = stops(lived)
    stopped = table[table["first_stop"].notna()].sort_values("first_stop", kind="stable")
    first = stopped.iloc[0] if len(stopped) else None
    return {
        "first": "" if first is None else str(first["sector"]),
        "first_stop": np.nan if first is None else float(first["first_stop"]),
        "value_lost": focus_loss(lived),
        "economy": float(losses(lived)["economy"].sum()),
    }
