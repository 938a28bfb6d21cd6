"""The pictures of a robust study: what is right whatever is assumed, and what is not."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from kidorui.figures.catalogue import Drawing
from kidorui.figures.naming import Names, brief, subject
from kidorui.figures.picture import Picture
from kidorui.figures.plots import Bars, Dots, Mark, Series
from kidorui.figures.rows import each
from kidorui.language import Language
from kidorui.results import Result

PROJECTS = ASSUMPTIONS = 14
"""Rows that are told at most."""

ROBUST = 0.8
"""Share of the runs from which the study calls a build robust."""

LOW, HIGH = 10.0, 90.0
"""Percentiles of the runs between which figures are told."""

LETTERS = 60

_WITHOUT, _WITH = (
    ": loss in its first year, without the plan",
    ": loss in its first year, with the plan",
)


def robust(result: Result, say: Language) -> Picture:
    """Share of the runs in which each project is built."""
    columns = ["project", "name", "share", "robust", "in_case", "size", "size_low", "size_high"]
    table = result.table("projects")
    data = table.loc[(table["share"] > 0) | table["in_case"].astype(bool), [*columns, "flips"]]
    data = data.head(PROJECTS).reset_index(drop=True)
    share, sure = data["share"] * 100, data["robust"].astype(bool)
    runs = int(result.table("figures")["run"].nunique())
    plot = Bars(
        rows=[_project(row, say) for row in each(data)],
        series=[
            Series(say("robust"), "plan", share.where(sure).tolist()),
            Series(say("depends on what is assumed"), "muted", share.where(~sure).tolist()),
        ],
        unit=say.unit("%"),
        notes=[_sizes(row, say) for row in each(data)],
        marks=[Mark(ROBUST * 100, say("robust from here"), "good")],
        top=100.0,
        stacked=True,
    )
    return Picture(
        name="robust",
        title=say("In how many runs each project is built"),
        note=say(
            "Per cent of {runs} runs, decided while no event has struck; * built in the case as "
            "it stands. To the right: size in the case and, over the runs that build it, the tenth "
            "to ninetieth percentile, t/yr, of stocks t.",
            runs=runs,
        ),
        finding=_robust_finding(table, runs, say),
        plot=plot,
        data=data,
        tables=("projects", "figures"),
        units={
            "share": "1",
            "size": "t/yr or t",
            "size_low": "t/yr or t",
            "size_high": "t/yr or t",
        },
    )


def _project(row: pd.Series, say: Language) -> str:
    name = say.name(str(row["name"]))
    return say("{project} *", project=name) if row["in_case"] else name


def _sizes(row: pd.Series, say: Language) -> str:
    size, low, high = (float(row[c]) for c in ("size", "size_low", "size_high"))
    if low != low:
        return ""
    words = say.between(low, high, "", 2)
    if not row["in_case"]:
        return words
    return say("{size} ({range})", size=say.number(size, 2), range=words)


def _robust_finding(table: pd.DataFrame, runs: int, say: Language) -> str:
    sure = table[table["robust"].astype(bool)]
    ever = int((table["share"] > 0).sum())
    if sure.empty:
        return say("No project is built in {share} of the runs.", share=say.share(ROBUST))
    return say(
        "{number} of {ever} projects that are ever built are built in {share} of the runs or "
        "more: {names}.",
        number=len(sure),
        ever=ever,
        share=say.share(ROBUST),
        names=say.listed(say.name(str(name)) for name in sure["name"]),
    )


def assumptions(result: Result, say: Language) -> Picture:
    """How much yearly money each assumption moves between projects at its ends."""
    columns = ["rank", "source", "assumed", "low", "high", "changed", "moved"]
    table = result.table("assumptions")
    moving = (table["changed"] > 0) | (table["moved"] > 0)
    data = table.loc[moving, columns].sort_values("moved", ascending=False, kind="stable")
    data = data.head(ASSUMPTIONS).reset_index(drop=True)
    turns = data["changed"] > 0
    plot = Bars(
        rows=[brief(subject(say.name(str(t))), LETTERS) for t in data["assumed"]],
        series=[
            Series(say("turns a decision"), "warn", data["moved"].where(turns).tolist()),
            Series(say("moves sizes only"), "base", data["moved"].where(~turns).tolist()),
        ],
        unit=say.unit("million US$/yr"),
        notes=[_turns(row, say) for row in each(data)],
        stacked=True,
    )
    return Picture(
        name="assumptions",
        title=say("Which assumptions move the plan"),
        note=say(
            "million US$ a year of builds that move between projects or sizes, at the end of the "
            "assumption that moves more. To the right: number of projects that enter or leave."
        ),
        finding=_assumptions_finding(table, data, say),
        plot=plot,
        data=data,
        tables=("assumptions",),
        units={"moved": "million US$/yr"},
    )


def _turns(row: pd.Series, say: Language) -> str:
    changed = int(row["changed"])
    if changed == 0:
        return ""
    return say("1 project") if changed == 1 else say("{number} projects", number=changed)


def _assumptions_finding(table: pd.DataFrame, data: pd.DataFrame, say: Language) -> str:
    if data.empty:
        return say("None of {all} assumptions moves the plan.", all=len(table))
    first = data.iloc[0]
    return say(
        "{turning} of {all} assumptions turn a decision; the one that moves most is {source}: "
        "{moved}.",
        turning=int((table["changed"] > 0).sum()),
        all=len(table),
        source=str(first["source"]),
        moved=say.quantity(float(first["moved"]), "million US$/yr"),
    )


def figures(result: Result, say: Language) -> Picture:
    """How far the main figures spread over all runs, each as a share of the case's own."""
    names = Names(result, say)
    data = spread(result)
    share = data[["low", "median", "high"]].div(data["case"], axis=0) * 100
    share = share.where(data["case"] > 0)
    plot = Dots(
        rows=[_figure(str(f), names, say) for f in data["figure"]],
        series=[
            Series(
                say("median of the runs"),
                "plan",
                share["median"].tolist(),
                share["low"].tolist(),
                share["high"].tolist(),
            )
        ],
        unit=say.unit("%"),
        notes=[_told(row, say) for row in each(data)],
        marks=[Mark(100.0, say("the case as it stands"), "base")],
        joined=False,
        told=False,
    )
    return Picture(
        name="figures",
        title=say("How far the main figures spread over the runs"),
        note=say(
            "Per cent of the figure in the case as it stands; bars from the tenth to the ninetieth "
            "percentile of all runs. To the right: the case and the range in units."
        ),
        finding=_figures_finding(data, names, say),
        plot=plot,
        data=data,
        tables=("figures",),
        units=dict.fromkeys(("case", "low", "median", "high"), "unit"),
    )


def spread(result: Result) -> pd.DataFrame:
    """By figure: its unit, its value in the case, and percentiles of all runs."""
    table = result.table("figures")
    rows = [
        {
            "figure": figure,
            "unit": unit_of(str(figure)),
            "case": float(own["value"].iloc[0]) if len(own) else float("nan"),
            **dict(zip(("low", "median", "high"), _percentiles(values["value"]), strict=True)),
        }
        for figure, values in table.groupby("figure", sort=False)
        for own in [values[values["kind"] == "case"]]
    ]
    columns = ["figure", "unit", "case", "low", "median", "high"]
    return pd.DataFrame(rows, columns=columns)


def _percentiles(values: pd.Series) -> list[float]:
    return [float(v) for v in np.percentile(values.to_numpy(float), [LOW, 50.0, HIGH])]


def unit_of(figure: str) -> str:
    """The unit of a figure of the study."""
    units: Mapping[str, str] = {
        "public money": "million US$",
        "yearly cost": "billion yen/yr",
        "gain": "million US$/yr",
        "regret of the plan": "billion yen",
        "regret of doing nothing": "billion yen",
    }
    if figure.endswith((" separated", " made into magnets")):
        return "%"
    return units.get(figure, "million US$")


def _figure(figure: str, names: Names, say: Language) -> str:
    said = {
        "public money": say("public money"),
        "yearly cost": say("cost a year"),
        "gain": say("gain over doing nothing"),
        "regret of the plan": say("largest regret of the plan"),
        "regret of doing nothing": say("largest regret of doing nothing"),
        "light separated": say("light separated in {control}", control=names.control),
        "heavy separated": say("heavy separated in {control}", control=names.control),
        "light made into magnets": say("light made into magnets there"),
        "heavy made into magnets": say("heavy made into magnets there"),
    }
    if figure.endswith(_WITHOUT):
        event = names.event(figure.removesuffix(_WITHOUT))
        return say("loss without the plan: {event}", event=event)
    if figure.endswith(_WITH):
        event = names.event(figure.removesuffix(_WITH))
        return say("loss with the plan: {event}", event=event)
    return said.get(figure, say.name(figure))


def _told(row: pd.Series, say: Language) -> str:
    unit = str(row["unit"])
    case = say.quantity(float(row["case"]), unit, 2)
    between = say.between(float(row["low"]), float(row["high"]), unit, 2)
    return say("{case} ({range})", case=case, range=between)


def _figures_finding(data: pd.DataFrame, names: Names, say: Language) -> str:
    gain = data[data["figure"] == "gain"]
    row = (gain if len(gain) else data).iloc[0]
    unit = str(row["unit"])
    return say(
        "{figure}: {case} in the case, {range} over the runs.",
        figure=_figure(str(row["figure"]), names, say).capitalize(),
        case=say.quantity(float(row["case"]), unit),
        range=say.between(float(row["low"]), float(row["high"]), unit),
    )


PICTURES: Mapping[str, Drawing] = {
    "robust": Drawing(robust, ("projects", "figures")),
    "assumptions": Drawing(
        assumptions, ("assumptions",), "they were left out: run without --no-assumptions"
    ),
    "figures": Drawing(figures, ("figures",)),
}
"""By name, in the order in which they are read."""
