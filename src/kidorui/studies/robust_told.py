"""Tables of the robust study, from which variants built what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from kidorui.case import Case
from kidorui.program.investment import MILLION, yearly_cost
from kidorui.results import Part
from kidorui.studies.builds import SMALLEST
from kidorui.studies.variants import Variant

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

ROBUST = 0.8
"""Share of the runs from which a build is right whatever is assumed."""

LOW, HIGH = 10.0, 90.0
"""Percentiles of all runs that are told as a range."""

FEWEST = 3
"""Runs with a level below which its share says nothing."""

TOLD = 10
"""Assumptions told on the screen."""

FUND, BUYS, FALLS = "What to fund?", "What does it buy?", "How far does dependence fall?"

PASSED: Mapping[str, str] = {"separation": "separated", "magnet": "made into magnets"}
"""Stages whose dependence is told, and the word for having passed them."""

_TOLD: Mapping[str, tuple[str, str, str]] = {
    "public money": (FUND, "public money the plan takes", "million US$"),
    "yearly cost": (FUND, "its cost a year, capital and fixed cost", "billion yen/yr"),
    "gain": (BUYS, "gain of the world over doing nothing, expected", "million US$/yr"),
    "regret of the plan": (BUYS, "largest regret of the plan, in any world", "billion yen"),
    "regret of doing nothing": (BUYS, "largest regret of doing nothing", "billion yen"),
    **{
        f"{group} {word}": (FALLS, f"{group} {word} in the controlling country", "% of use")
        for word in PASSED.values()
        for group in ("light", "heavy")
    },
}
"""Figures of a run: the question they answer, their words, their unit. Others are losses."""


def parts(tables: Mapping[str, pd.DataFrame]) -> list[Part]:
    """The robust list, what flips each project, and the assumptions that change a build."""
    projects = tables["projects"]
    listed = projects[(projects["share"] > 0) | projects["in_case"]]
    rows = pd.DataFrame(
        {
            "project": listed["project"],
            "built in": [f"{share:.0%}" for share in listed["share"]],
            "case": listed["size"],
            "low": listed["size_low"],
            "high": listed["size_high"],
            "flips with": listed["flips"],
        }
    )
    never = projects.loc[~projects.index.isin(listed.index), "project"]
    left = f". Never built: {', '.join(never)}" if len(never) else ""
    first = tables["assumptions"]
    first = first[(first["changed"] > 0) | (first["moved"] > 0)].head(TOLD)
    return [
        Part(
            "projects",
            "Built while no event has struck: share of the runs, size in the case and over the "
            f"runs that build it (t/yr, t), what turns the decision{left}",
            rows,
            f"No run builds anything{left}.",
        ),
        Part(
            "assumptions",
            "Assumptions that change a build: what enters (+) and leaves (-) at their low and "
            "high end, money that moves (million US$/yr), their rows in the case",
            first[["source", "low", "high", "moved", "rows"]].reset_index(drop=True),
            "No assumption changes a build, or they were not asked for.",
        ),
    ]


def figures_table(
    variants: Sequence[Variant], figures: Sequence[Mapping[str, float]]
) -> pd.DataFrame:
    """One row per run and figure."""
    rows = [
        {"run": number, "kind": variant.kind, "figure": name, "value": value}
        for number, (variant, told) in enumerate(zip(variants, figures, strict=True), start=1)
        for name, value in told.items()
    ]
    return pd.DataFrame(rows, columns=["run", "kind", "figure", "value"])


def levels_table(variants: Sequence[Variant]) -> pd.DataFrame:
    """One row per run and factor that is not as in the case."""
    rows = [
        {"run": number, "factor": factor, "level": level}
        for number, variant in enumerate(variants, start=1)
        for factor, level in variant.levels.items()
    ]
    return pd.DataFrame(rows, columns=["run", "factor", "level"])


def project_table(
    projects: pd.DataFrame, turned: pd.DataFrame, sizes: FloatArray, built: BoolArray
) -> pd.DataFrame:
    """One row per project, those built most often first, each with what flips it."""
    told = np.where(built, sizes, np.nan)
    some = built.any(axis=0)
    low, high = np.full((2, len(projects)), np.nan)
    if some.any():
        low[some], high[some] = np.nanpercentile(told[:, some], [LOW, HIGH], axis=0)
    share = built.mean(axis=0)
    table = pd.DataFrame(
        {
            "project": projects["id"],
            "name": projects["name"],
            "share": share,
            "robust": share >= ROBUST,
            "in_case": built[0],
            "size": sizes[0],
            "size_low": low,
            "size_high": high,
            "flips": [_flips_of(turned, p, s) for p, s in zip(projects["id"], share, strict=True)],
        }
    )
    table = table.assign(flips=table["flips"].astype(object))
    order = ["share", "in_case", "project"]
    return table.sort_values(order, ascending=[False, False, True], ignore_index=True)


def flips(projects: pd.DataFrame, variants: Sequence[Variant], built: BoolArray) -> pd.DataFrame:
    """One row per project and level that turns it alone, or with which its share is another."""
    levels = sorted({pair for variant in variants for pair in variant.levels.items()})
    tables = []
    for factor, level in levels:
        runs = np.array([v.levels.get(factor) == level for v in variants])
        alone = np.array([v.levels == {factor: level} for v in variants])
        turned = (built[alone] != built[0]).any(axis=0)
        tables.append(
            pd.DataFrame(
                {
                    "project": projects["id"],
                    "factor": factor,
                    "level": level,
                    "alone": turned,
                    "share": built[runs].mean(axis=0),
                    "runs": int(runs.sum()),
                }
            )
        )
    columns = ["project", "factor", "level", "alone", "share", "runs"]
    if not tables:
        return pd.DataFrame(columns=columns)
    table = pd.concat(tables, ignore_index=True)
    return table.sort_values(["project", "factor", "level"], ignore_index=True)


def _flips_of(table: pd.DataFrame, project: str, share: float) -> str:
    """What turns a project, in words."""
    rows = table[table["project"] == project]
    alone = rows[rows["alone"]]
    if len(alone):
        return "; ".join(f"{row.factor}: {row.level}" for row in alone.itertuples())
    rows = rows[rows["runs"] >= FEWEST]
    if rows.empty or share in (0.0, 1.0):
        return "nothing that was varied"
    off = rows.iloc[int((rows["share"] - share).abs().argmax())]
    return f"{off['share']:.0%} of runs with {off['factor']}: {off['level']}"


def assumption_table(
    case: Case,
    projects: pd.DataFrame,
    central: FloatArray,
    ends: Sequence[tuple[str, str]],
    sizes: FloatArray,
) -> pd.DataFrame:
    """One row per assumption: which builds its ends change, and how much money they move."""
    cost = yearly_cost(projects, case.settings.discount_rate) * MILLION
    least = SMALLEST * projects["size_max"].to_numpy(float)
    citation = case.table("sources").set_index("id")["citation"]
    number = {pair: row for row, pair in enumerate(ends)}
    rows = []
    for source in dict.fromkeys(source for source, _ in ends):
        both = sizes[[number[source, "low"], number[source, "high"]]]
        enters = (both > least) & (central <= least)
        leaves = (both <= least) & (central > least)
        words = [_signed(projects["id"], e, x) for e, x in zip(enters, leaves, strict=True)]
        rows.append(
            {
                "source": source,
                "assumed": citation[source],
                "low": words[0],
                "high": words[1],
                "changed": int((enters | leaves).any(axis=0).sum()),
                "moved": float((np.abs(both - central) @ cost).max()),
                "rows": _rows_of(case, source),
            }
        )
    columns = ["source", "assumed", "low", "high", "changed", "moved", "rows"]
    table = pd.DataFrame(rows, columns=columns).astype({"changed": int, "moved": float})
    table = table.sort_values(["changed", "moved"], ascending=False, ignore_index=True)
    return table.assign(rank=np.arange(1, len(table) + 1))


def _signed(ids: pd.Series, enters: BoolArray, leaves: BoolArray) -> str:
    return ", ".join([*("+" + ids[enters]), *("-" + ids[leaves])])


def _rows_of(case: Case, source: str) -> str:
    """Rows that cite a source, by table, runs of neighbours joined."""
    words = []
    for name, table in case.tables.items():
        if "source" in table:
            rows = np.sort(table.loc[table["source"] == source, "_row"].to_numpy(int))
            if len(rows):
                words.append(f"{name}:{_joined(rows)}")
    return "; ".join(words)


def _joined(rows: npt.NDArray[np.int_]) -> str:
    parts = np.split(rows, np.flatnonzero(np.diff(rows) > 1) + 1)
    return ",".join(f"{p[0]}-{p[-1]}" if len(p) > 1 else f"{p[0]}" for p in parts)


def summary(
    tables: Mapping[str, pd.DataFrame], figures: Sequence[Mapping[str, float]]
) -> pd.DataFrame:
    """The headlines with their ranges over all runs that have a plan."""
    projects = tables["projects"]
    count = float(projects["robust"].sum())
    rows = [(FUND, f"builds that are right in {ROBUST:.0%} of the runs", count, count, count, "")]
    told = [f for f in figures if f]
    for name, value in figures[0].items():
        words = _TOLD.get(name, (BUYS, name, "million US$"))
        values = [f[name] for f in told if name in f]
        low, high = np.percentile(values, [LOW, HIGH])
        rows.append((words[0], words[1], value, float(low), float(high), words[2]))
    rows.sort(key=lambda row: (FUND, BUYS, FALLS).index(row[0]))
    columns = ["question", "headline", "value", "value_low", "value_high", "unit"]
    table = pd.DataFrame(rows, columns=columns)
    return table.assign(order=np.arange(1, len(table) + 1))
