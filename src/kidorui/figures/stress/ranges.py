"""What the answer hangs on: each unsure thing at the ends of its range."""

from __future__ import annotations

import pandas as pd

from kidorui.figures.naming import Names
from kidorui.figures.picture import Picture
from kidorui.figures.plots import Dots, Series
from kidorui.figures.rows import MISSING, headings, numbers
from kidorui.figures.stress.sectors import told_day
from kidorui.language import Language
from kidorui.results import Result

AS_IT_STANDS = "nothing"
"""The row of `ranges` in which nothing is moved."""


def ranges(result: Result, say: Language) -> Picture:
    """Loss of the economy and of users with each unsure thing at its ends, alone."""
    told = (
        ("economy", say("Loss of the economy")),
        ("value_lost", say("Worth to users of what they go without")),
    )
    stands = _stands(result)
    # A loss of nought has no place on a logarithmic axis.
    blocks = [_moved(result, column) for column, _ in told]
    blocks = [block.where(block > 0) for block in blocks]
    return Picture(
        name="ranges",
        title=say("How far the loss hangs on what is not known"),
        note=say(
            "Million US$, over the months lived, logarithmic. One thing at a time is taken at the "
            "low and at the high end of its range, all else as the case has it."
        ),
        finding=_loss_finding(blocks[0], stands.get("economy", MISSING), say),
        plot=Dots(
            rows=[say.name(str(what)) for block in blocks for what in block.index],
            series=_ends(blocks, [stands.get(column, MISSING) for column, _ in told], say),
            unit=say.unit("million US$"),
            groups=headings(
                heading
                for block, (_, heading) in zip(blocks, told, strict=True)
                for _ in block.index
            ),
            log=True,
        ),
        data=result.table("ranges"),
        tables=("ranges",),
        units={"first_stop": "day", "value_lost": "million US$", "economy": "million US$"},
    )


def ranges_stop(result: Result, say: Language) -> Picture:
    """Day of the first stop with each unsure thing at its ends, alone."""
    names = Names(result, say)
    stands = _stands(result).get("first_stop", MISSING)
    block = _moved(result, "first_stop")
    who = _moved(result, "first")
    return Picture(
        name="ranges_stop",
        title=say("How far the first stop hangs on what is not known"),
        note=say(
            "Day from the onset on which the first sector stops; one thing at a time at the low "
            "and at the high end of its range. To the right, the sector at either end."
        ),
        finding=_stop_finding(block, stands, say),
        plot=Dots(
            rows=[say.name(str(what)) for what in block.index],
            series=_ends([block.round()], [float(round(stands))] if stands >= 0 else [stands], say),
            unit=say("days from the onset"),
            notes=[
                " / ".join(
                    names.sector(str(sector)) if sector else say("no stop")
                    for sector in (who.at[what, "low"], who.at[what, "high"])
                )
                for what in block.index
            ],
        ),
        data=result.table("ranges")[["moved", "end", "first", "first_stop"]],
        tables=("ranges",),
        units={"first_stop": "day"},
    )


def _loss_finding(block: pd.DataFrame, stands: float, say: Language) -> str:
    text = say(
        "As the case stands the economy loses {value}.", value=say.quantity(stands, "million US$")
    )
    if block.isna().to_numpy().all():
        return text
    low, high = float(block.min().min()), float(block.max().max())
    more = say(
        "With one thing at its ends it loses {range}; widest is {what}.",
        range=say.between(low, high, "million US$"),
        what=say.name(str(block.index[0])),
    )
    return f"{text} {more}"


def _stop_finding(block: pd.DataFrame, stands: float, say: Language) -> str:
    parts = [
        say("As the case stands the first sector stops on day {day}.", day=told_day(stands, say))
        if stands >= 0
        else say("As the case stands no sector stops.")
    ]
    if block.notna().to_numpy().any():
        parts.append(
            say(
                "With one thing at its ends it is on day {low} to {high}.",
                low=told_day(float(block.min().min()), say),
                high=told_day(float(block.max().max()), say),
            )
        )
        if block.isna().to_numpy().any():
            parts.append(say("At some end nothing stops."))
    return " ".join(parts)


def _stands(result: Result) -> dict[str, float]:
    rows = result.table("ranges")
    rows = rows[rows["moved"] == AS_IT_STANDS]
    columns = ("first_stop", "value_lost", "economy")
    return {column: float(rows[column].iloc[0]) for column in columns} if len(rows) else {}


def _moved(result: Result, column: str) -> pd.DataFrame:
    """What is moved by its two ends, columns low and high; the widest swing first."""
    rows = result.table("ranges")
    rows = rows[rows["moved"] != AS_IT_STANDS]
    found = rows.pivot(index="moved", columns="end", values=column)
    found = found.reindex(columns=["low", "high"])
    if column == "first":
        return found.fillna("")
    return found.loc[_swing(found).index]


def _swing(ends: pd.DataFrame) -> pd.Series:
    """How far apart the ends are, the farthest first; an end without a value is farthest."""
    apart = (ends["high"] - ends["low"]).abs().fillna(float("inf"))
    return apart.sort_values(ascending=False, kind="stable")


def _ends(blocks: list[pd.DataFrame], stands: list[float], say: Language) -> list[Series]:
    low = [value for block in blocks for value in numbers(block["low"])]
    high = [value for block in blocks for value in numbers(block["high"])]
    as_is = [value for block, value in zip(blocks, stands, strict=True) for _ in block.index]
    return [
        Series(say("at its low end"), "first", low),
        Series(say("as the case stands"), "base", as_is),
        Series(say("at its high end"), "second", high),
    ]
