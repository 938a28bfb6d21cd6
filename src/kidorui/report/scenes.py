"""What a stress run lives through: its events, its months, who stops."""

from __future__ import annotations

import pandas as pd

from kidorui.language import Language
from kidorui.report.given import Given

_YEAR = 365.25


def scene(run: Given, say: Language) -> str:
    """What a stress run lives through, in words."""
    if not asks_events(run):
        return say("Today's restrictions")
    names = run.meta.get("event_names")
    named = names if isinstance(names, dict) else {}
    events = run.meta.get("events")
    asked = events if isinstance(events, list | tuple) else ()
    return " + ".join(say.name(str(named.get(event, event))) for event in asked)


def asks_events(run: Given) -> bool:
    """Whether it was asked of events, rather than of what is in force today."""
    options = run.meta.get("options")
    return bool(isinstance(options, dict) and options.get("events"))


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
