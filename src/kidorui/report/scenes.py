"""What a stress run lives through: its events, its months, who stops."""

from __future__ import annotations

import pandas as pd

from kidorui.figures.naming import Names
from kidorui.language import Language
from kidorui.report.given import Given

_YEAR = 365.25


def scene(run: Given, say: Language) -> str:
    """What a stress run lives through, in words."""
    if not asks_events(run):
        return say("Today's restrictions")
    events = run.run.manifest.inputs.options["events"]
    asked = events if isinstance(events, list | tuple) else ()
    return Names(run.result, say).event("+".join(map(str, asked)))


def asks_events(run: Given) -> bool:
    """Whether it was asked of events, rather than of what is in force today."""
    return bool(run.run.manifest.inputs.options.get("events"))


def stopped(run: Given) -> pd.DataFrame:
    """The sectors' uses that stop, the first first."""
    table = run.table("stops")
    return table[table["first_stop"].notna()].sort_values("first_stop", kind="stable")


def month(run: Given, day: float) -> str:
    """The calendar month of a day after the onset, such as 2028-03."""
    onset = run.meta.get("onset")
    if not isinstance(onset, int | float) or day != day:
        return ""
    months = int((onset + day / _YEAR) * 12 + 1e-6)
    return f"{months // 12}-{months % 12 + 1:02d}"
