"""The reconciliation in headlines and sentences, and the few columns that a terminal shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from kidorui.case import Case
from kidorui.results import Part
from kidorui.studies.reconcile.gross import global_test, observed_test
from kidorui.studies.reconcile.observed import Found
from kidorui.studies.reconcile.restated import Figure
from kidorui.studies.reconcile.tables import Reconciled

Tables = Mapping[str, pd.DataFrame]
Row = tuple[str, str, float, str]

AGREES, WRONG, KNOWN, CHANGES = (
    "Do the observations agree with each other?",
    "Which cannot be right?",
    "What do they determine?",
    "What changes against the base year?",
)

NAMED = 8
"""Gross errors that are told in a sentence each."""

TRACE = 1e-3
"""Flow below which there is none to speak of, t/yr."""

FEW = 15
"""Rows of a table that a terminal shows."""


def summary(case: Case, year: int, tables: Tables, found: Reconciled) -> pd.DataFrame:
    """The headlines: a number with its unit each, by the question it answers."""
    rows = [
        *_on_agreement(tables, found, year),
        *_on_gross(tables),
        *_on_determined(tables),
        *_on_changes(case, tables),
    ]
    table = pd.DataFrame(rows, columns=["question", "headline", "value", "unit"])
    table.insert(0, "order", np.arange(1, len(table) + 1))
    return table.astype({"value": float})


def notes(case: Case, year: int, tables: Tables, found: Reconciled, observed: Found) -> list[str]:
    """Sentences a reader must see: what was left out, and on what the result rests."""
    return [
        *_on_gross_errors(tables),
        *_on_rest(case, year, found),
        *_on_restated(observed),
        *_on_sums(observed.counted),
        *_on_assumed(tables, own=found.system.own),
    ]


def parts(tables: Tables) -> list[Part]:
    """The tables as a terminal shows them."""
    return [
        _adjusted_part(tables["residuals"]),
        _gross_part(tables["gross_errors"]),
        _flows_part(tables["flows"]),
        _open_part(tables["unobservable"]),
    ]


def _on_agreement(tables: Tables, found: Reconciled, year: int) -> Iterator[Row]:
    residuals = tables["residuals"]
    used = residuals[residuals["used"]]
    squares, freedom, chance = global_test(found.fitted.found)
    yield AGREES, f"observations of {year} compared", len(residuals), "figures"
    yield (
        AGREES,
        "that the network cannot tell, prices among them",
        len(tables["not_compared"]),
        "figures",
    )
    yield AGREES, "fitted in the end", len(used), "figures"
    yield AGREES, "of these tested by others (redundant)", used["redundant"].sum(), "figures"
    yield AGREES, "moved by more than two standard errors", _far(used), "figures"
    own_squares, expected = observed_test(found.fitted.found, len(found.kept))
    yield AGREES, "sum of squares of the observations", own_squares, ""
    yield AGREES, "expected of them if their errors are right", expected, ""
    yield AGREES, "sum of squares of all, with what is assumed", squares, ""
    yield AGREES, "degrees of freedom", freedom, ""
    yield AGREES, "chance of as much or more", chance * 100, "%"


def _on_gross(tables: Tables) -> Iterator[Row]:
    gross = tables["gross_errors"]
    by_test = gross["test"].value_counts()
    values = tables["unit_values"]
    against = "gross errors against balances and others"
    yield WRONG, against, by_test.get("measurement", 0), "figures"
    yield WRONG, "flows whose unit value could be tested", (values["tested"] > 0).sum(), "flows"
    yield WRONG, "of these such as cannot be right", values["gross"].sum(), "flows"
    yield WRONG, "figures left out for that", by_test.get("unit value", 0), "figures"


def _on_determined(tables: Tables) -> Iterator[Row]:
    for name, unit in (("flows", "flows"), ("activities", "recipes at plants"), ("uses", "uses")):
        table = tables[name]
        free = table[~table["at_bound"] & (table["reconciled"] > TRACE)]
        yield KNOWN, f"{name} that observations determine", free["determined"].sum(), unit
        yield KNOWN, f"{name} left to the case's own figures", (~free["determined"]).sum(), unit
        total = free["reconciled"].sum()
        share = free.loc[free["determined"], "reconciled"].sum() / total if total else np.nan
        yield KNOWN, f"{name}: share of the tonnage that observations determine", share * 100, "%"


def _on_changes(case: Case, tables: Tables) -> Iterator[Row]:
    names = dict(zip(case.table("materials")["id"], case.table("materials")["name"], strict=True))
    flows = tables["flows"]
    moved = (flows["reconciled"] - flows["base"]).abs()
    total = flows["base"].sum()
    yield (
        CHANGES,
        "flows moved, of all that is shipped",
        moved.sum() / total * 100 if total else np.nan,
        "%",
    )
    for at in moved.nlargest(3).index:
        row = flows.loc[at]
        what = f"{names[row['material']]}, {row['origin']} to {row['destination']}"
        yield CHANGES, what, row["reconciled"] - row["base"], "t/yr"
    yield CHANGES, "rows of the overlay", len(tables["overlay"]), "rows"


def _far(used: pd.DataFrame) -> int:
    return int(((used["residual"] / used["uncertainty"]).abs() > 2).sum())


def _on_gross_errors(tables: Tables) -> Iterator[str]:
    rows = tables["gross_errors"].to_dict("records")
    yield from map(_on_one_gross, rows[:NAMED])
    if len(rows) > NAMED:
        yield f"{len(rows) - NAMED} more gross errors are in the table gross_errors."
    if any(row["test"] == "measurement" for row in rows):
        yield (
            "A gross error against balances is one against the network too: trade for which it "
            "has no route, no capacity or no user stands out as much as a wrong figure does."
        )


def _on_one_gross(row: Mapping[object, object]) -> str:
    alike = f" The test cannot tell it from {row['alike']}." if row["alike"] else ""
    observed, expected = _number(row["observed"]), _number(row["expected"])
    size, bound = (abs(float(str(row[name]))) for name in ("standardised", "critical"))
    unit = "" if row["unit"] == "1" else f" {row['unit']}"
    against = "the others say" if row["test"] == "measurement" else "other partners' prices make it"
    return (
        f"Gross error ({row['test']}): {row['basis']} ({row['id']}): {observed} observed, "
        f"{against} {expected}{unit}; {size:.1f} standard errors, bound {bound:.1f}.{alike}"
    )


def _on_rest(case: Case, year: int, found: Reconciled) -> Iterator[str]:
    if year != case.settings.base_year:
        yield (
            f"Observations of {year} are laid on the network of {case.settings.base_year}, the "
            "case's base year: plants, capacities and prices are those of that year."
        )
    if not found.fitted.converged:
        yield (
            "The programmes did not come to rest: see the table convergence; the figures of this "
            "answer are those of the last one."
        )
    if found.at_bound.any() or found.unit_at_bound.any():
        yield (
            "Standard errors hold given the bounds that bind: what stands at one has none of its "
            "own, and those of others would be larger if the bound were wrong."
        )


def _on_restated(observed: Found) -> Iterator[str]:
    rest = [figure for figure in observed.counted if figure.but]
    if observed.again:
        yield (
            f"{observed.again} observations only say again what others of their data set say, or "
            "of one made from it, and are left out: see the table not_compared."
        )
    if rest:
        yield (
            f"{len(rest)} figures of imports from all are taken less the partners that the same "
            "data set tells: what came from all others."
        )


def _on_sums(figures: Sequence[Figure]) -> Iterator[str]:
    summed = [figure for figure in figures if len(figure.parts) > 1]
    if summed:
        yield (
            f"{len(summed)} figures are sums of observations of countries that one place stands "
            "for; their errors are taken as independent, and a country without one as nought."
        )


def _on_assumed(tables: Tables, *, own: bool) -> Iterator[str]:
    residuals = tables["residuals"]
    assumed = int(residuals["assumed"].sum())
    yield (
        f"Of {len(residuals)} observations compared {assumed} state no error: it is assumed by "
        "confidence, and what they add by their basis (gross weight, value at base prices) too; "
        "see the table assumptions. Figures of one source are taken as independent."
    )
    if own:
        yield (
            "The case's own demands and base flows count as measured within wide errors; what "
            "observations alone leave open is in the table unobservable."
        )


def _adjusted_part(residuals: pd.DataFrame) -> Part:
    rows = residuals[residuals["used"]].copy()
    rows["moved"] = rows["residual"] / rows["uncertainty"]
    order = rows["moved"].abs().sort_values(ascending=False, kind="stable").index
    shown = rows.loc[order, ["id", "unit", "observed", "reconciled", "moved", "standardised"]]
    return Part(
        "residuals",
        "The largest adjustments of what is fitted (moved: in standard errors of the figure; "
        "standardised: in those of the adjustment)",
        shown.head(FEW).reset_index(drop=True),
        "No observation of the year can be compared.",
    )


def _gross_part(gross: pd.DataFrame) -> Part:
    columns = ["id", "test", "unit", "observed", "expected", "standardised", "critical", "alike"]
    return Part(
        "gross_errors",
        "Gross errors, in the order in which they were taken out",
        gross[columns],
        "No observation stands out as a gross error.",
    )


def _flows_part(flows: pd.DataFrame) -> Part:
    moved = (flows["reconciled"] - flows["base"]).abs()
    chosen = moved.nlargest(FEW)
    columns = [
        "material",
        "origin",
        "destination",
        "base",
        "observed",
        "reconciled",
        "error",
        "determined",
    ]
    rows = flows.loc[chosen[chosen > 1e-3].index, columns]
    return Part(
        "flows",
        "The flows that change most against the solved base year (t/yr)",
        rows.reset_index(drop=True),
        "No flow changes.",
    )


def _open_part(table: pd.DataFrame) -> Part:
    return Part(
        "unobservable",
        "The largest of what observations leave open (t/yr; low and high with every observation "
        "fitted as well)",
        table.head(FEW),
        "Observations and balances determine everything.",
    )


def _number(value: object) -> str:
    number = float(str(value))
    return f"{number:,.0f}" if abs(number) >= 100 else f"{number:.3g}"
