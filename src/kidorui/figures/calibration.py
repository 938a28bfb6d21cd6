"""Pictures of the base year beside the record: what fits, what misses, what is held by a bound."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from kidorui.figures.catalogue import Drawing
from kidorui.figures.naming import brief
from kidorui.figures.picture import Picture
from kidorui.figures.plots import Bars, Dots, Role, Series
from kidorui.figures.rows import MISSING, headings, numbers, whole
from kidorui.language import Language
from kidorui.results import Result

JUDGED = ("inside", "between sources", "outside")
ROWS = 14
HELD = 0.5
"""Share of a figure at a bound from which it is no test."""
KINDS = ("production", "share", "flow", "value", "demand", "stock")
FIGURE = ("id", "kind", "unit", "expected", "computed", "deviation", "tolerance")
STAGES = ("mine", "separation", "metal", "magnet")


def fits(result: Result, say: Language) -> Picture:
    """How many figures of each kind are as observed, those held by a bound apart."""
    table = result.table("fits")
    judged = table[table["verdict"].isin(JUDGED)]
    kinds = judged["kind"].where(~judged["unit"].str.contains("US"), "value")
    held = judged["fixed"].fillna(0.0) >= HELD
    counts = judged.groupby([held, kinds, "verdict"]).size().unstack("verdict", fill_value=0)
    counts.index.names = ["held", "kind"]
    counts = counts.reindex(columns=list(JUDGED), fill_value=0)
    rows = [(h, k) for h in (False, True) for k in KINDS if (h, k) in counts.index]
    counts = counts.reindex(rows)
    roles: Mapping[str, Role] = {"inside": "good", "between sources": "base", "outside": "warn"}
    return Picture(
        name="fits",
        title=say("How the base year fits the record"),
        note=say(
            "Number of figures of the year, by whether what was computed is within the tolerance. "
            "A figure of which half or more stands at a bound set from the record is no test. "
            "Prices are inputs and left out."
        ),
        finding=_fits_finding(judged, say),
        plot=Bars(
            rows=[_kind(kind, say) for _, kind in rows],
            series=[
                Series(_verdict(verdict, say), role, numbers(counts[verdict]))
                for verdict, role in roles.items()
            ],
            unit=say("figures"),
            groups=headings(
                say("Held by a bound") if bound else say("Not held by a bound: a test")
                for bound, _ in rows
            ),
            stacked=True,
        ),
        data=judged[[*FIGURE, "fixed", "verdict"]],
        tables=("fits",),
        units={"deviation": "1", "tolerance": "1", "fixed": "1"},
    )


def _kind(kind: str, say: Language) -> str:
    return {
        "production": say("output"),
        "share": say("shares"),
        "flow": say("imports by weight"),
        "value": say("imports by value"),
        "demand": say("use"),
        "stock": say("stocks"),
    }[kind]


def misses(result: Result, say: Language) -> Picture:
    """The figures that miss, by how much, beside what was tolerated."""
    table = result.table("fits")
    outside = table[table["verdict"] == "outside"]
    shown = _worst(outside).head(ROWS)
    return Picture(
        name="misses",
        title=say("Where the base year misses the record"),
        note=say(
            "Computed less observed, per cent of what was observed (of a share, percentage "
            "points); the band is what was tolerated. The {count} that miss by most in terms of "
            "it, of {all} outside. To the right, share of the figure that stands at a bound.",
            count=len(shown),
            all=len(outside),
        ),
        finding=_misses_finding(shown, say),
        plot=Dots(
            rows=[brief(say.sentence(str(basis)), 60) for basis in shown["basis"]],
            series=[Series(say("computed"), "warn", whole(shown["deviation"] * 100))],
            unit="%",
            spans=[
                Series(
                    say("tolerated"),
                    "good",
                    [MISSING] * len(shown),
                    numbers(shown["tolerance"], -100),
                    numbers(shown["tolerance"], 100),
                )
            ],
            notes=[_bound(float(fixed), say) for fixed in shown["fixed"]],
        ),
        data=shown[
            ["id", "basis", "unit", "expected", "computed", "deviation", "tolerance", "fixed"]
        ],
        tables=("fits",),
        units={"deviation": "1", "tolerance": "1", "fixed": "1"},
    )


def _worst(outside: pd.DataFrame) -> pd.DataFrame:
    """Those that miss by most in terms of what was tolerated, and of the observed, in front."""
    by = (outside["deviation"] / outside["tolerance"]).abs()
    return outside.loc[by.sort_values(ascending=False, kind="stable").index]


def _bound(fixed: float, say: Language) -> str:
    return say("{share} bound", share=say.share(fixed)) if fixed > 0 else ""


def _verdict(verdict: str, say: Language) -> str:
    return {
        "inside": say("inside its tolerance"),
        "between sources": say("between sources that disagree"),
        "outside": say("outside"),
    }[verdict]


def _fits_finding(judged: pd.DataFrame, say: Language) -> str:
    counts = judged["verdict"].value_counts()
    free = judged[judged["fixed"].fillna(0.0) < HELD]
    return say(
        "{inside} of {all} figures are inside their tolerance, {outside} outside; of those that "
        "no bound holds by half or more, {tested} of {free} inside.",
        inside=int(counts.get("inside", 0)),
        all=len(judged),
        outside=int(counts.get("outside", 0)),
        free=len(free),
        tested=int((free["verdict"] == "inside").sum()),
    )


def _misses_finding(shown: pd.DataFrame, say: Language) -> str:
    if shown.empty:
        return say("No figure is outside its tolerance.")
    row = shown.iloc[0]
    return say(
        "The widest miss: {what}, computed {computed} where {expected} was observed.",
        what=say.sentence(str(row["basis"])),
        computed=say.quantity(float(row["computed"]), str(row["unit"])),
        expected=say.quantity(float(row["expected"]), str(row["unit"])),
    )


def fixed(result: Result, say: Language) -> Picture:
    """Share of the world's tonnage at each stage that stands at a bound set from the record."""
    table = result.table("fixed")
    wide = table.pivot(index="stage", columns="counted", values="share")
    stages = [stage for stage in (*STAGES, "all stages") if stage in wide.index]
    wide = wide.reindex(stages)
    told: tuple[tuple[str, str, Role], ...] = (
        ("quotas", say("quotas of a government"), "base"),
        ("base flows", say("flows as observed"), "second"),
        ("fitted capacities", say("capacities set to output observed"), "fourth"),
    )
    told = tuple(kind for kind in told if kind[0] in wide)
    every = wide["all"] if "all" in wide else pd.Series(MISSING, index=wide.index)
    return Picture(
        name="fixed",
        title=say("How much of the base year is held by bounds"),
        note=say(
            "Per cent of the oxide contained in the world's output at each stage whose maker or "
            "route stands at a bound. What a bound holds says nothing for the model: the rest is "
            "computed."
        ),
        finding=say(
            "{all} of the world's tonnage stands at a bound; most at the stage {stage}, {share}.",
            all=say.share(float(every.get("all stages", MISSING))),
            stage=_stage(str(every.drop("all stages", errors="ignore").idxmax()), say),
            share=say.share(float(every.drop("all stages", errors="ignore").max())),
        ),
        plot=Bars(
            rows=[_stage(stage, say) for stage in stages],
            series=[
                Series(name, role, numbers(wide[kind].fillna(0.0), 100))
                for kind, name, role in told
            ],
            unit="%",
            stacked=True,
            top=100.0,
        ),
        data=table,
        tables=("fixed",),
        units={"fixed": "t/yr", "world": "t/yr", "share": "1"},
    )


def _stage(stage: str, say: Language) -> str:
    return {
        "mine": say("mining"),
        "separation": say("separation"),
        "metal": say("metal making"),
        "magnet": say("magnet making"),
        "all stages": say("all stages"),
    }[stage]


PICTURES: Mapping[str, Drawing] = {
    "fits": Drawing(fits, ("fits",)),
    "misses": Drawing(misses, ("fits",)),
    "fixed": Drawing(fixed, ("fixed",)),
}
"""The pictures in reading order."""
