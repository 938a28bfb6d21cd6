"""The case with projects as built: those of a plan, or one taken to stand already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas as pd

from kidorui.case import Case
from kidorui.network.units import lead_time


@dataclass(frozen=True)
class Build:
    """A project decided: `size` if it happens (t/yr, of a stockpile t), decided at a moment."""

    project: str
    decided: float
    size: float


def builds_of(table: pd.DataFrame) -> tuple[Build, ...]:
    """The builds of a plan's table `builds` that it decides whatever happens."""
    certain = table[table["state"] == "no event"]
    return tuple(
        Build(str(project), float(decided), float(size))
        for project, decided, size in zip(
            certain["project"], certain["decided"], certain["size"], strict=True
        )
    )


def with_builds(case: Case, builds: Sequence[Build]) -> Case:
    """The case in which builds are committed, with their odds, and no longer open to decide.

    Raises KeyError for a project that the case does not have.
    """
    projects = case.table("projects")
    if unknown := sorted({b.project for b in builds} - set(projects["id"])):
        raise KeyError(f"no project {', '.join(unknown)} in {case.settings.name}")
    place = {name: number for number, name in enumerate(projects["id"])}
    chosen = projects.iloc[[place[build.project] for build in builds]].copy()
    chosen["id"] = [f"{build.project} {build.decided:g}" for build in builds]
    chosen["decision"] = [build.decided for build in builds]
    chosen["size_max"] = [build.size for build in builds]
    chosen["committed"] = True
    rest = projects[~projects["id"].isin([build.project for build in builds])]
    tables = {**case.tables, "projects": pd.concat([rest, chosen], ignore_index=True)}
    return replace(case, tables=tables)


def standing(case: Case, project: str, moment: float, size: float | None = None) -> Case:
    """The case in which a project stands at a moment, at full use and certain.

    `size` is its largest unless given.
    """
    projects = case.table("projects")
    row = projects[projects["id"] == project]
    ramped = len(row["ramp"].iloc[0]) + 1
    decided = moment - float(lead_time(row)[0]) - ramped
    largest = float(row["size_max"].iloc[0]) if size is None else size
    built = with_builds(case, [Build(project, decided, largest)])
    table = built.table("projects").copy()
    table.loc[table.index[-1], "odds"] = 1.0
    table.loc[table.index[-1], "lifetime"] = float(row["lifetime"].iloc[0]) + ramped + 1
    return replace(built, tables={**built.tables, "projects": table})
