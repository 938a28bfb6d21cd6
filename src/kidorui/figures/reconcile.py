"""Pictures of a reconciled year: which figures cannot be right, and what they move."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from kidorui.figures.catalogue import Drawing
from kidorui.figures.naming import Names, brief
from kidorui.figures.picture import Picture
from kidorui.figures.plots import Dots, Mark, Series
from kidorui.figures.rows import MISSING, each, numbers
from kidorui.language import Language
from kidorui.results import Result

ROWS = 14
MOVED = 12
FLOW = ("material", "origin", "destination", "base", "reconciled", "error", "determined")
WIDE = 2.0
"""Standard errors beyond which a figure is counted as moved far."""


def residuals(result: Result, say: Language) -> Picture:
    """How far each figure is moved in terms of its own standard error; gross errors marked."""
    table = result.table("residuals").dropna(subset=["standardised"])
    shown = table.loc[table["standardised"].abs().sort_values(ascending=False).index].head(ROWS)
    gross = result.table("gross_errors")
    critical = float(gross["critical"].iloc[-1]) if len(gross) else MISSING
    marks = [Mark(-WIDE, "", "muted"), Mark(WIDE, say("two standard errors"), "muted")]
    if critical > 0:
        bound = say("critical {value}", value=say.number(critical))
        marks += [Mark(-critical, bound, "warn"), Mark(critical, bound, "warn")]
    value = shown["standardised"]
    return Picture(
        name="residuals",
        title=say("Which figures of the year do not agree with the others"),
        note=say(
            "Adjustment of each figure over its own standard error; below nought too much was "
            "observed. The {count} widest of {all} that others test. Red: taken out as a gross "
            "error.",
            count=len(shown),
            all=len(table),
        ),
        finding=_residuals_finding(table, say),
        plot=Dots(
            rows=[brief(say.sentence(str(basis)), 64) for basis in shown["basis"]],
            series=[
                Series(say("fitted"), "base", numbers(value.where(~shown["gross"]))),
                Series(say("taken out"), "warn", numbers(value.where(shown["gross"]))),
            ],
            unit=say("standard errors"),
            notes=[_change(row, say) for row in each(shown)],
            marks=marks,
            joined=False,
        ),
        data=shown[["id", "basis", "unit", "observed", "reconciled", "standardised", "gross"]],
        tables=("residuals", "gross_errors"),
        units={"standardised": "1"},
    )


def _change(row: pd.Series, say: Language) -> str:
    unit = str(row["unit"])
    return say(
        "{observed} → {reconciled}",
        observed=say.number(float(row["observed"])),
        reconciled=say.quantity(float(row["reconciled"]), unit),
    )


def _residuals_finding(table: pd.DataFrame, say: Language) -> str:
    gross = table[table["gross"]]
    wide = int(((table["standardised"].abs() > WIDE) & ~table["gross"]).sum())
    if gross.empty:
        return say(
            "No figure is a gross error. Moved by more than two standard errors: {wide} of {all}.",
            wide=wide,
            all=len(table),
        )
    row = gross.sort_values("standardised", key=abs).iloc[-1]
    return say(
        "{count} of {all} figures cannot be right, most of all {what}. Moved by more than two "
        "standard errors: {wide} more.",
        count=len(gross),
        all=len(table),
        what=say.sentence(str(row["basis"])),
        wide=wide,
    )


def moved(result: Result, say: Language) -> Picture:
    """The flows that the record moves most from the solved base year."""
    names = Names(result, say)
    table = result.table("flows")
    table = table.assign(change=table["reconciled"] - table["base"])
    order = table["change"].abs().sort_values(ascending=False, kind="stable").index
    shown = table.loc[order].head(MOVED)
    shipped = float(table["base"].sum())
    first = shown.iloc[0]
    return Picture(
        name="moved",
        title=say("What the record moves most"),
        note=say(
            "Flows in t a year of the material as shipped: in the solved base year and as "
            "reconciled, with one standard error where the data determine it. All others are left "
            "open by the data and chosen near the base year."
        ),
        finding=say(
            "Most moved is {good} from {origin} to {destination}, {change}; all moves together "
            "are {share} of what is shipped.",
            good=names.good(str(first["material"])),
            origin=names.place(str(first["origin"])),
            destination=names.place(str(first["destination"])),
            change=say.quantity(float(first["change"]), "t/yr"),
            share=say.share(float(table["change"].abs().sum()) / shipped if shipped else MISSING),
        ),
        plot=_moved_plot(shown, names, say),
        data=shown[
            ["material", "origin", "destination", "base", "reconciled", "error", "determined"]
        ],
        tables=("flows",),
        units=dict.fromkeys(("base", "reconciled", "error"), "t/yr"),
    )


def _moved_plot(shown: pd.DataFrame, names: Names, say: Language) -> Dots:
    error = shown["error"].where(shown["determined"])
    return Dots(
        rows=[
            say(
                "{good}, {origin} to {destination}",
                good=brief(names.good(str(row["material"])), 40),
                origin=names.place(str(row["origin"])),
                destination=names.place(str(row["destination"])),
            )
            for row in each(shown)
        ],
        series=[
            Series(say("solved base year"), "base", numbers(shown["base"])),
            Series(
                say("reconciled"),
                "plan",
                numbers(shown["reconciled"]),
                numbers((shown["reconciled"] - error).clip(lower=0)),
                numbers(shown["reconciled"] + error),
            ),
        ],
        unit=say.unit("t/yr"),
        notes=[say("determined") if known else "" for known in shown["determined"]],
    )


PICTURES: Mapping[str, Drawing] = {
    "residuals": Drawing(residuals, ("residuals",)),
    "moved": Drawing(moved, ("flows",)),
}
"""The pictures in reading order."""
