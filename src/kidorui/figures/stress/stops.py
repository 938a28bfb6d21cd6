"""Which sectors stop, when and for how long."""

from __future__ import annotations

import pandas as pd

from kidorui.figures.naming import Names
from kidorui.figures.picture import Picture
from kidorui.figures.plots import Dots, Series
from kidorui.figures.rows import MISSING, each, headings, whole
from kidorui.figures.stress.sectors import by_sector, first_line, first_stop, told_day
from kidorui.language import Language
from kidorui.results import Result

ROWS = 13


def stops(result: Result, say: Language) -> Picture:
    """Which sector stops on which day and for how long, and its first single line."""
    names = Names(result, say)
    sectors = by_sector(result)
    shown = sectors.dropna(subset=["first_stop", "first_line"], how="all").head(ROWS)
    shown = sectors.head(1) if shown.empty else shown
    chance = _chances(result)
    return Picture(
        name="stops",
        title=say("Which sectors stop, when and for how long"),
        note=_stops_note(bool(chance), say),
        finding=" ".join(filter(None, (first_stop(sectors, names, say), first_line(sectors, say)))),
        plot=_plot(shown, chance, result, say),
        data=shown.assign(chance=shown["sector"].map(chance).astype(float)),
        tables=("stops", "losses", "ranges", *(("stops_chance",) if chance else ())),
        units={"first_stop": "day", "stopped_days": "day", "first_line": "day"}
        | {"worst_fill": "1", "chance": "1"},
    )


def _plot(shown: pd.DataFrame, chance: dict[str, float], result: Result, say: Language) -> Dots:
    """The first row is the earliest stop over what is not known, a row per sector below it."""
    names = Names(result, say)
    low, high = _first_range(result)
    blank = [MISSING] * len(shown)
    day = whole(shown["first_stop"])
    ends = whole(shown["first_stop"] + shown["stopped_days"])
    top = float(shown["first_stop"].round().min())
    heads = [say("Each unsure thing at its ends"), *[say("Case as it stands")] * len(shown)]
    lines = [MISSING, *whole(shown["first_line"])]
    return Dots(
        rows=[say("first sector to stop"), *map(names.sector, shown["sector"])],
        series=[
            Series(say("the sector stops"), "warn", [top, *day], [low, *blank], [high, *blank]),
            Series(say("a single line stops first"), "base", lines),
        ],
        unit=say("days from the onset"),
        spans=[
            Series(
                say("stands, days in all"),
                "without",
                [MISSING, *blank],
                [MISSING, *day],
                [MISSING, *ends],
            )
        ],
        groups=headings(heads),
        notes=[
            say("no stop at some end") if _never(result) else "",
            *(_row_note(row, chance, names, say) for row in each(shown)),
        ],
        joined=False,
    )


def _stops_note(drawn: bool, say: Language) -> str:
    text = say(
        "Days from the onset. The bar runs from the first stop for as many days as the sector "
        "stands in all; the grey diamond is a single line that can use goods of the struck place "
        "alone. The first row is the earliest stop with each unsure thing at its ends, alone."
    )
    if not drawn:
        return text
    return text + " " + say("Chance: share of the draws in which it stands over 30 days.")


def _row_note(row: pd.Series, chance: dict[str, float], names: Names, say: Language) -> str:
    parts = []
    if row["first_stop"] >= 0:
        parts.append(
            say(
                "{days} days, {good}",
                days=told_day(row["stopped_days"], say),
                good=names.good(str(row["material"])),
            )
        )
    if chance.get(row["sector"], 0.0) > 0:
        parts.append(say("chance {share}", share=say.share(chance[row["sector"]])))
    return say.listed(parts, "; ")


def _chances(result: Result) -> dict[str, float]:
    table = result.table("stops_chance")
    table = table[table["material"] == "any"]
    return dict(zip(table["sector"], table["chance"], strict=True))


def _first_range(result: Result) -> tuple[float, float]:
    days = result.table("ranges")["first_stop"]
    return (float(days.min()), float(days.max())) if len(days) else (MISSING, MISSING)


def _never(result: Result) -> bool:
    return bool(result.table("ranges")["first_stop"].isna().any())
