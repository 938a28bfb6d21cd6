"""What happens where one thing fails, what stock would bridge it, and who can cut whom."""

from __future__ import annotations

import pandas as pd

from kidorui.figures.naming import Names, brief
from kidorui.figures.picture import Picture
from kidorui.figures.plots import Dots, Point, Scatter, Series
from kidorui.figures.rows import each, headings, positive
from kidorui.language import Language
from kidorui.results import Result

ROWS = 12
LEAST = 0.1
"""Million US$; losses below are left out of leverage, as the study leaves out its ratio."""
LABELLED = 9


def chokepoints(result: Result, say: Language) -> Picture:
    """The worst things to fail, one at a time: what users and the economy lose in a year."""
    names = Names(result, say)
    shown = _worst(result)
    rank = {kind: at for at, kind in enumerate(shown["kind"].drop_duplicates())}
    shown = shown.assign(group=shown["kind"].map(rank)).sort_values(["group", "rank"])
    worst = shown.sort_values("rank").iloc[0]
    scale = say.scale("million US$")
    lived = result.table("n_minus_1")
    return Picture(
        name="chokepoints",
        title=say("What hurts most where one thing fails"),
        note=say(
            "Million US$ in twelve months in which all of it is out, logarithmic: the {count} "
            "worst of {all} outages, those that strike the same told once. To the right, the day "
            "of the first stop and the sector.",
            count=len(shown),
            all=len(lived),
        ),
        finding=say(
            "Worst to fail: {outage}. In a year users lose {users} and the economy {economy}. "
            "{count} of {all} outages stop a sector.",
            outage=_outage(worst, say),
            users=say.quantity(float(worst["value_12"]), "million US$"),
            economy=say.quantity(float(worst["economy"]), "million US$"),
            count=int(lived["first_stop"].notna().sum()),
            all=len(lived),
        ),
        plot=Dots(
            rows=[brief(_outage(row, say), 44) for row in each(shown)],
            series=[
                Series(say("users lose"), "base", positive(shown["value_12"], scale)),
                Series(say("the economy loses"), "without", positive(shown["economy"], scale)),
            ],
            unit=say.unit("million US$"),
            groups=headings(_kind(str(kind), say) for kind in shown["kind"]),
            notes=[_stop(row, names, say) for row in each(shown)],
            log=True,
        ),
        data=shown[["kind", "outage", "name", "first_stop", "sector", "value_12", "economy"]],
        tables=("n_minus_1",),
        units={"first_stop": "day", "value_12": "million US$", "economy": "million US$"},
    )


def _worst(result: Result) -> pd.DataFrame:
    table = result.table("n_minus_1")
    return table[table["same_as"] == ""].nsmallest(ROWS, "rank")


def _outage(row: pd.Series, say: Language) -> str:
    """What fails: a plant by its name, all else as the study put it."""
    name = str(row["name"])
    return say.name(name) if row["kind"] == "plant" else say.sentence(name)


def _kind(kind: str, say: Language) -> str:
    return {
        "stage": say("A country at a stage"),
        "plant": say("A single plant or group"),
        "owner": say("An owner"),
        "route": say("A route of one material"),
    }[kind]


def _stop(row: pd.Series, names: Names, say: Language) -> str:
    if pd.isna(row["first_stop"]):
        return say("no stop")
    return say(
        "day {day}: {sector}",
        day=say.number(round(float(row["first_stop"]))),
        sector=names.sector(str(row["sector"])),
    )


def buffers(result: Result, say: Language) -> Picture:
    """What the cheapest stock at home costs a year with which no sector stops."""
    names = Names(result, say)
    worst = result.table("n_minus_1")
    worst = worst[(worst["same_as"] == "") & (worst["buffer_12"] > 0)].nsmallest(ROWS, "rank")
    held = result.table("buffers")
    held = held[held["months"] == 12].sort_values("cost", ascending=False, kind="stable")
    scale = say.scale("million US$")
    first = worst.iloc[0] if len(worst) else None
    return Picture(
        name="buffers",
        title=say("What stock would bridge each outage, and for how much a year"),
        note=say(
            "Million US$, logarithmic: yearly cost (holding and interest) of the cheapest stock at "
            "home beyond what is held, with which no sector stops for 6 or 12 months, beside what "
            "users lose in 12 months without it. To the right, what is held for 12 months, in days "
            "of use."
        ),
        finding=say("No outage is bridged by stock.")
        if first is None
        else say(
            "Worst that stock bridges: {outage}. Stock for twelve months costs {cost} a year; "
            "without it users lose {loss}.",
            outage=_outage(first, say),
            cost=say.quantity(float(first["buffer_12"]), "million US$"),
            loss=say.quantity(float(first["value_12"]), "million US$"),
        ),
        plot=Dots(
            rows=[brief(_outage(row, say), 44) for row in each(worst)],
            series=[
                Series(say("stock for 6 months"), "muted", positive(worst["buffer_6"], scale)),
                Series(say("stock for 12 months"), "plan", positive(worst["buffer_12"], scale)),
                Series(
                    say("loss of users in 12 months"), "without", positive(worst["value_12"], scale)
                ),
            ],
            unit=say.unit("million US$"),
            notes=[_held(held[held["outage"] == o], names, say) for o in worst["outage"]],
            log=True,
        ),
        data=worst[["kind", "outage", "name", "buffer_6", "buffer_12", "value_12"]],
        tables=("n_minus_1", "buffers"),
        units={"buffer_6": "million US$/yr", "buffer_12": "million US$/yr"}
        | {"value_12": "million US$"},
    )


def _held(rows: pd.DataFrame, names: Names, say: Language) -> str:
    """What is held most of by cost, in days of use, and how much else."""
    if rows.empty:
        return ""
    row = rows.iloc[0]
    good = brief(names.good(str(row["material"])), 24)
    days = float(row["days"])
    text = say("{good} {days} d", good=good, days=say.number(round(days))) if days >= 0 else good
    return say("{first} +{more}", first=text, more=len(rows) - 1) if len(rows) > 1 else text


def leverage(result: Result, say: Language) -> Picture:
    """What a place that ships nothing more to another does to it, against what it costs itself."""
    names = Names(result, say)
    table = result.table("leverage")
    shown = table[(table["theirs"] >= LEAST) & (table["own"] >= LEAST)].copy()
    shown = shown.sort_values("theirs", ascending=False)
    scale = say.scale("million US$")
    focus = str(result.meta.get("focus_id", ""))
    against = say("against {place}", place=names.focus)
    points = [
        Point(
            float(row["own"]) * scale,
            float(row["theirs"]) * scale,
            _pair(row, names, say) if at < LABELLED or row["destination"] == focus else "",
            "without" if row["destination"] == focus else "base",
            group=against if row["destination"] == focus else say("against others"),
        )
        for at, row in enumerate(each(shown))
    ]
    return Picture(
        name="leverage",
        title=say("Who can cut whom off, and what it costs the one who cuts"),
        note=say(
            "Million US$ in twelve months, logarithmic. Above the diagonal the place cut off loses "
            "more than the one that cuts. Pairs in which either loses less than {least} are left "
            "out ({left} of {all}).",
            least=say.quantity(LEAST, "million US$"),
            left=len(table) - len(shown),
            all=len(table),
        ),
        finding=_leverage_finding(shown[shown["destination"] == focus], names, say),
        plot=Scatter(
            points,
            say("the one who cuts loses, million US$"),
            say("the one cut off loses, million US$"),
            log=True,
            diagonal=True,
            legend={against: "without", say("against others"): "base"},
        ),
        data=shown[["origin", "destination", "flow", "theirs", "own", "leverage"]],
        tables=("leverage",),
        units={"flow": "t/yr", "theirs": "million US$", "own": "million US$", "leverage": "1"},
    )


def _pair(row: pd.Series, names: Names, say: Language) -> str:
    return say(
        "{origin} to {destination}",
        origin=names.place(str(row["origin"])),
        destination=names.place(str(row["destination"])),
    )


def _leverage_finding(shown: pd.DataFrame, names: Names, say: Language) -> str:
    if shown.empty:
        return say("Nobody can cut {place} off at a loss worth telling.", place=names.focus)
    row = shown.iloc[0]
    return say(
        "A stop by {origin} costs users in {place} {theirs} and {origin} itself {own}.",
        origin=names.place(str(row["origin"])),
        place=names.focus,
        theirs=say.quantity(float(row["theirs"]), "million US$"),
        own=say.quantity(float(row["own"]), "million US$"),
    )
