"""How much sectors get month by month."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kidorui.figures.naming import Names
from kidorui.figures.picture import Picture
from kidorui.figures.plots import Band, Line, Lines, Mark, Panel
from kidorui.figures.rows import each
from kidorui.figures.stress.sectors import DAYS, by_sector, first_stop, since_onset, told_day
from kidorui.language import Language
from kidorui.results import Result

PANELS = 9
QUANTILES = ("q05", "q25", "q50", "q75", "q95")
MONTHS = 23
"""The last month from the onset that is shown at most, the first being 0."""
FALLS = 0.98
"""A sector that is always served at least this share is not shown."""


def fill(result: Result, say: Language) -> Picture:
    """Share served of what each sector goes shortest of, by month from the onset."""
    sectors = by_sector(result)
    shown = sectors[sectors["worst_fill"] < FALLS].head(PANELS)
    shown = sectors.head(1) if shown.empty else shown
    path, fans = served(result), _fans(result, shown)
    last = _last(path, fans)
    x = (np.arange(last + 1) + 0.5).tolist()
    panels = [_panel(row, path, fans, last, Names(result, say), say) for row in each(shown)]
    drawn = int(fans["draws"].max()) if len(fans) else 0
    data = _fill_data(shown, path, fans, last)
    return Picture(
        name="fill",
        title=say("What sectors get after the onset"),
        note=_fill_note(drawn, say),
        finding=first_stop(sectors, Names(result, say), say),
        plot=Lines(x, panels, "%", say("months from the onset"), top=100.0),
        data=data,
        tables=("shortage", "stops", "fans") if drawn else ("shortage", "stops"),
        units={"month": "months from the onset", "as_it_stands": "1", "first_stop": "day"}
        | {str(column): "1" for column in data if column in QUANTILES},
    )


def served(result: Result) -> pd.DataFrame:
    """Share of what is wanted that is served, of the element that is served least.

    A row per month from the onset (0 is the first), a column per sector; 1 where nothing is short.
    """
    short = result.table("shortage")
    if short.empty:
        return pd.DataFrame(index=pd.RangeIndex(1))
    rows = pd.DataFrame(
        {
            "month": since_onset(result, short["month"]),
            "sector": short["sector"],
            "served": 1.0 - short["shortage"] / short["wanted"].where(short["wanted"] > 0),
        }
    )
    least = rows.groupby(["month", "sector"])["served"].min().unstack("sector")
    return least.reindex(pd.RangeIndex(int(rows["month"].max()) + 2)).fillna(1.0)


def _fans(result: Result, sectors: pd.DataFrame) -> pd.DataFrame:
    fans = result.table("fans")
    fans = fans[fans["what"] == "fill"]
    return fans.merge(sectors[["sector", "material"]], on=["sector", "material"])


def _last(path: pd.DataFrame, fans: pd.DataFrame) -> int:
    """The last month worth showing: two after any sector was last short."""
    short = path.index[(path < FALLS).any(axis=1)]
    low = fans.loc[fans["q05"] < FALLS, "month"]
    ends = [int(months.max()) for months in (short, low) if len(months)]
    return min(max(ends, default=10) + 2, MONTHS)


def _panel(
    row: pd.Series, path: pd.DataFrame, fans: pd.DataFrame, last: int, names: Names, say: Language
) -> Panel:
    months = pd.RangeIndex(last + 1)
    line = _of(path, row["sector"]).reindex(months, fill_value=1.0) * 100
    own = fans[fans["sector"] == row["sector"]].set_index("month").reindex(months) * 1
    lines = [Line(say("as the case stands"), "without", line.tolist())]
    bands: list[Band] = []
    if own["q50"].notna().any():
        quantile = {q: (own[q] * 100).tolist() for q in QUANTILES}
        lines.append(Line(say("median draw"), "base", quantile["q50"], dashed=True))
        bands = [
            Band(say("9 of 10 draws"), "base", quantile["q05"], quantile["q95"], 0.2),
            Band(say("half of the draws"), "base", quantile["q25"], quantile["q75"], 0.4),
        ]
    return Panel(
        names.sector(str(row["sector"])),
        lines,
        bands,
        [Mark(row["first_stop"] / DAYS, "", "warn", "x")] if row["first_stop"] >= 0 else [],
        _stop_note(row, names, say),
    )


def _stop_note(row: pd.Series, names: Names, say: Language) -> str:
    good = names.good(str(row["material"]))
    if pd.isna(row["first_stop"]):
        return say("does not stop; least {share}", share=say.share(row["worst_fill"]))
    return say(
        "day {day}, {days} days: {good}",
        day=told_day(row["first_stop"], say),
        days=told_day(row["stopped_days"], say),
        good=good,
    )


def _fill_note(drawn: int, say: Language) -> str:
    text = say(
        "Share of what is wanted at calm prices that is served, of the element that the sector "
        "is served least of. The upright line is the day the sector stops; below its name, the "
        "day, how long it stands in all and for want of what. In a month with less than its "
        "least run it runs at that for as long as goods last, then stands."
    )
    if not drawn:
        return text
    return text + " " + say("Bands: {draws} draws, of that material.", draws=drawn)


def _fill_data(
    shown: pd.DataFrame, path: pd.DataFrame, fans: pd.DataFrame, last: int
) -> pd.DataFrame:
    months = pd.RangeIndex(last + 1)
    parts = []
    for row in each(shown):
        own = fans[fans["sector"] == row["sector"]].set_index("month").reindex(months)
        parts.append(
            pd.DataFrame(
                {
                    "sector": row["sector"],
                    "material": row["material"],
                    "first_stop": row["first_stop"],
                    "month": months,
                    "as_it_stands": _of(path, row["sector"]).reindex(months, fill_value=1.0),
                    **{q: own[q] for q in QUANTILES if len(fans)},
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def _of(path: pd.DataFrame, sector: str) -> pd.Series:
    return path[sector] if sector in path else pd.Series(1.0, index=path.index)
