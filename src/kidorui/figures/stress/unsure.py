"""What the answer hangs on: stock and leak, and what is drawn."""

from __future__ import annotations

import pandas as pd

from kidorui.figures.naming import Names
from kidorui.figures.picture import Picture
from kidorui.figures.plots import Bars, Grid, Mark, Series
from kidorui.figures.rows import numbers
from kidorui.figures.stress.sectors import told_day
from kidorui.language import Language
from kidorui.results import Result


def first_stops(result: Result, say: Language) -> Picture:
    """Day of the first stop by what the state holds and by what leaks round the cut."""
    names = Names(result, say)
    table = result.table("table").sort_values("first_stop", kind="stable", na_position="last")
    first = table.drop_duplicates(["state_days", "leak"])
    days = first.pivot(index="state_days", columns="leak", values="first_stop")
    sector = first.pivot(index="state_days", columns="leak", values="sector")
    return Picture(
        name="first_stops",
        title=say("First stop by stock of the state and by leak"),
        note=say(
            "Day of the first stop of any sector, and which. Down: what the state holds of each "
            "of its stocks, in days of use; across: share of what is cut that gets round it."
        ),
        finding=_table_finding(days, say),
        plot=Grid(
            rows=[say("{days} days", days=say.number(float(d))) for d in days.index],
            columns=[say.share(float(leak)) for leak in days.columns],
            values=[numbers(row) for _, row in days.iterrows()],
            texts=[
                [
                    "" if pd.isna(day) else f"{told_day(float(day), say)} {names.sector(str(who))}"
                    for day, who in zip(days.loc[at], sector.loc[at], strict=True)
                ]
                for at in days.index
            ],
            unit=say("day of the first stop"),
            kind="alarm",
            column_title=say("leak"),
            empty=say("no stop in the {months} months lived", months=_months(result)),
        ),
        data=first[["state_days", "leak", "first_stop", "sector"]].sort_values(
            ["state_days", "leak"]
        ),
        tables=("table",),
        units={"state_days": "day", "leak": "1", "first_stop": "day"},
    )


def _months(result: Result) -> str:
    options = result.meta.get("options")
    return str(options.get("months", "")) if isinstance(options, dict) else ""


def _table_finding(days: pd.DataFrame, say: Language) -> str:
    if days.isna().to_numpy().all():
        return say("No sector stops in any of these.")
    tight = days[days.columns[0]]
    low, high = tight.iloc[0], tight.iloc[-1]
    free = [float(leak) for leak in days.columns if days[leak].isna().all()]
    parts = [
        say(
            "With a leak of {leak} the first stop is on day {low} where the state's stocks hold "
            "{none} days of use, and {high} where they hold {most}.",
            leak=say.share(float(days.columns[0])),
            low=told_day(float(low), say),
            high=say("on day {day}", day=told_day(float(high), say))
            if high >= 0
            else say("nowhere"),
            none=say.number(float(days.index[0])),
            most=say.number(float(days.index[-1])),
        )
    ]
    if free:
        parts.append(say("From a leak of {leak} on nothing stops.", leak=say.share(min(free))))
    return " ".join(parts)


def spread(result: Result, say: Language) -> Picture:
    """Which of the things drawn moves the loss and the days of standstill most."""
    table = result.table("tornado")
    wide = table.pivot(index="factor", columns="answer", values="correlation")
    wide = wide.reindex(columns=["value short", "stopped days"])
    wide = wide.loc[wide["value short"].abs().sort_values(ascending=False).index]
    draws = int(table["draws"].max())
    error = float(table["error"].max())
    first = wide.index[0]
    return Picture(
        name="spread",
        title=say("What moves the answer over the draws"),
        note=say(
            "Spearman's rank correlation over {draws} draws of each thing drawn with the loss of "
            "users and with the days of standstill of all sectors. Within the lines (two standard "
            "errors) it may be chance. To the right, between what it was drawn.",
            draws=draws,
        ),
        finding=say(
            "What moves the loss most is {factor}, with a rank correlation of {value}.",
            factor=_factor(str(first), result, say),
            value=say.number(float(wide["value short"].iloc[0]), 2),
        ),
        plot=Bars(
            rows=[_factor(str(factor), result, say) for factor in wide.index],
            series=[
                Series(say("loss of users"), "without", numbers(wide["value short"].round(2))),
                Series(say("days of standstill"), "base", numbers(wide["stopped days"].round(2))),
            ],
            unit=say("rank correlation"),
            notes=[_drawn_between(str(factor), result, say) for factor in wide.index],
            marks=[
                Mark(-2 * error, "", "muted"),
                Mark(2 * error, say("two standard errors"), "muted"),
            ],
        ),
        data=table,
        tables=("tornado", "spread"),
        units={"correlation": "1", "error": "1"},
    )


def _factor(factor: str, result: Result, say: Language) -> str:
    """A factor in words: `leak of cn-ban` names no event where only one struck."""
    what, of, event = factor.partition(" of ")
    if not of:
        return say.name(factor)
    events = result.meta.get("event_names")
    if not isinstance(events, dict) or event not in events:
        return say.name(factor)
    if len(events) == 1:
        return say.name(what)
    return say("{what}: {event}", what=say.name(what), event=Names(result, say).event(event))


def _drawn_between(factor: str, result: Result, say: Language) -> str:
    rows = result.table("spread")
    rows = rows[rows["factor"] == factor]
    if rows.empty:
        return ""
    row = rows.iloc[0]
    low, high = float(row["value_low"]), float(row["value_high"])
    if factor.startswith("stock of "):
        return say("from the low end to the high")
    if row["unit"] == "month":
        return say("{low} to {high} months later", low=say.number(low), high=say.number(high))
    if factor == "duration":
        return say("{low} to {high} times as long", low=say.number(low), high=say.number(high))
    return (
        say.between(low * 100, high * 100, "%")
        if row["unit"] == "1"
        else say.between(low, high, str(row["unit"]))
    )
