"""The calibration in headlines and sentences, and the few columns of it that a terminal shows."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from kidorui.case import Case
from kidorui.results import Part
from kidorui.studies.calibration.fits import BETWEEN, CALIBRATION, HELD, INSIDE, OUTSIDE, UNTOLD
from kidorui.studies.calibration.prediction import NOTHING_CHANGES

MOST_FIXED = 0.20
"""Share of the world's tonnage that bounds may fix before it is told as a finding."""

FITS, HOLDS, UNEXPLAINED, PREDICTS = (
    "Does the base year fit?",
    "What holds it there?",
    "What is unexplained?",
    "Is the year after a past one predicted?",
)

ALL = "all stages"

Tables = Mapping[str, pd.DataFrame]


def summary(case: Case, tables: Tables) -> pd.DataFrame:
    """The headlines: a number with its unit each, by the question it answers."""
    rows = [
        *_on_fits(case, tables["fits"]),
        *_on_bounds(tables["fixed"]),
        *_on_unexplained(tables["unexplained"]),
        *_on_prediction(tables["prediction"]),
    ]
    table = pd.DataFrame(rows, columns=["question", "headline", "value", "unit"])
    table.insert(0, "order", np.arange(1, len(table) + 1))
    return table.astype({"value": float})


def notes(case: Case, tables: Tables) -> list[str]:
    """Sentences a reader must see: every miss, and what the bounds leave to be tested."""
    fits = tables["fits"]
    missed = fits[fits["verdict"] == OUTSIDE]
    return [
        *(f"Miss: {_compared(row)}" for row in missed.to_dict("records")),
        *_on_too_much_fixed(case, tables["fixed"]),
        "Demand at base prices is given: what is tested is who makes and ships it, not how much "
        "the world uses. Prices are calibration.",
    ]


def failures(unexplained: pd.DataFrame) -> list[str]:
    """Findings for which the data must be mended before the model is used."""
    found = unexplained[unexplained["finding"]]
    return [
        f"{row.element}: {row.unexplained:,.0f} t of {row.stage} unexplained, "
        f"{row.share:.0%} of the world's use, above {row.limit:.0%}"
        for row in found.itertuples(index=False)
    ]


def parts(tables: Tables) -> list[Part]:
    """The tables as a terminal shows them."""
    makers = {
        "fits": _fits_part,
        "fixed": _fixed_part,
        "bounds": _bounds_part,
        "unexplained": _unexplained_part,
        "balance": _balance_part,
        "prediction": _prediction_part,
    }
    return [make(tables[name]) for name, make in makers.items() if name in tables]


Row = tuple[str, str, float, str]


def _on_fits(case: Case, fits: pd.DataFrame) -> Iterator[Row]:
    verdicts = fits["verdict"]
    tested = verdicts.isin([INSIDE, OUTSIDE, BETWEEN])
    free = tested & ~(fits["fixed"] > HELD)
    year = case.settings.base_year
    yield FITS, f"figures of {year} compared, prices aside", tested.sum(), "figures"
    yield FITS, "inside their tolerance", (verdicts == INSIDE).sum(), "figures"
    yield FITS, "between sources that disagree", (verdicts == BETWEEN).sum(), "figures"
    yield FITS, "outside", (verdicts == OUTSIDE).sum(), "figures"
    yield FITS, "not held by a bound, so a test", free.sum(), "figures"
    yield FITS, "of these inside", (free & (verdicts == INSIDE)).sum(), "figures"
    still = fits["deviation_free"].abs() <= fits["tolerance"]
    yield FITS, "inside even without any bound", (tested & still).sum(), "figures"
    yield FITS, "prices, calibration and no test", (verdicts == CALIBRATION).sum(), "figures"
    yield FITS, "figures the model does not compute", (verdicts == UNTOLD).sum(), "figures"


def _on_bounds(fixed: pd.DataFrame) -> Iterator[Row]:
    share = fixed.set_index(["stage", "counted"])["share"] * 100
    for stage in dict.fromkeys(fixed["stage"]):
        what = "the world's tonnage, all stages" if stage == ALL else f"{stage} output"
        for counted, words in (("all", "bounds"), ("all but quotas", "bounds other than quotas")):
            yield HOLDS, f"{what}: fixed by {words}", share[stage, counted], "%"


def _on_unexplained(table: pd.DataFrame) -> Iterator[Row]:
    yield UNEXPLAINED, "elements above their limit", table["finding"].sum(), "elements"
    limited = table[table["limit"].notna()].groupby("element", sort=False)["share"].sum()
    for element, share in limited.items():
        yield UNEXPLAINED, f"{element}, of the world's use", share * 100, "%"


def _on_prediction(table: pd.DataFrame) -> Iterator[Row]:
    for year, of_year in table.groupby("year"):
        for kind, rows in of_year.groupby("kind"):
            told = rows[rows["verdict"].isin([INSIDE, OUTSIDE])]
            nearer = told["nearer"].isin(["model"])
            yield PREDICTS, f"{year}, {kind}: changes compared", len(told), "figures"
            yield PREDICTS, "inside the band", (told["verdict"] == INSIDE).sum(), "figures"
            yield PREDICTS, "nearer than 'nothing changes'", nearer.sum(), "figures"


def _on_too_much_fixed(case: Case, fixed: pd.DataFrame) -> Iterator[str]:
    share = fixed.set_index(["stage", "counted"])["share"]
    if share.get((ALL, "all"), 0.0) <= MOST_FIXED:
        return
    yield (
        f"Bounds fix {share[ALL, 'all']:.0%} of the tonnage of {case.settings.base_year} over all "
        f"stages, {share[ALL, 'all but quotas']:.0%} with quotas left out, where at most "
        f"{MOST_FIXED:.0%} was set: figures that they hold are no test of the model."
    )


def _compared(row: Mapping[Hashable, object]) -> str:
    off, why = float(str(row["deviation"])), f". {row['why']}" if row["why"] else ""
    computed, expected = float(str(row["computed"])), float(str(row["expected"]))
    if row["kind"] == "share":
        return f"{row['basis']}: {computed:.1%} against {expected:.1%}{why}"
    figures = f"{_number(computed)} against {_number(expected)} {row['unit']} ({off:+.0%})"
    return f"{row['basis']}: {figures}{why}"


def _number(number: float) -> str:
    return f"{number:,.0f}" if abs(number) >= 100 else f"{number:.3g}"


def _fits_part(table: pd.DataFrame) -> Part:
    rows = table[table["verdict"] != UNTOLD]
    scale = np.where(rows["kind"] == "share", "points", "%")
    shown = pd.DataFrame(
        {
            "figure": rows["id"],
            "unit": rows["unit"],
            "seen": rows["expected"],
            "computed": rows["computed"],
            "off": _percents(rows["deviation"], scale),
            "no quotas": rows["without_quotas"],
            "free": rows["free"],
            "held %": (rows["fixed"] * 100).round(),
            "verdict": rows["verdict"],
        }
    )
    return Part(
        "fits",
        "The base year beside the record, with the bounds and free of them; `held` is the share "
        "of the figure that stands at a bound",
        shown.reset_index(drop=True),
        "The case holds no observation of its base year that the model computes.",
    )


def _fixed_part(table: pd.DataFrame) -> Part:
    wide = (table.assign(share=table["share"] * 100)).pivot(
        index="stage", columns="counted", values="share"
    )
    order = list(dict.fromkeys(table["stage"]))
    columns = list(dict.fromkeys(table["counted"]))
    rows = wide.reindex(order)[columns].round(1).reset_index()
    return Part(
        "fixed",
        "Share of the world's output, as oxide contained, that stands at a bound (%)",
        rows,
        "Nothing is made.",
    )


def _bounds_part(table: pd.DataFrame) -> Part:
    rows = table[table["binds"] & (table["content"] > 0)].head(15)
    shown = rows[["kind", "stage", "what", "origin", "place", "bound", "worth"]].assign(
        share=(rows["share"] * 100).round(1)
    )
    return Part(
        "bounds",
        "The largest bounds that bind (bound in t, worth of one more in US$/kg, share of its "
        "stage in %)",
        shown.reset_index(drop=True),
        "No bound fixes tonnage.",
    )


def _unexplained_part(table: pd.DataFrame) -> Part:
    rows = pd.DataFrame(
        {
            "element": table["element"],
            "stage": table["stage"],
            "unexplained": table["unexplained"],
            "% of use": (table["share"] * 100).round(1),
            "limit %": table["limit"] * 100,
            "free": table["free"],
        }
    )
    return Part(
        "unexplained", "Unexplained by element (t of oxide contained)", rows, "There is no element."
    )


def _balance_part(table: pd.DataFrame) -> Part:
    rows = table[["element", "mined", "primary", "recycled", "demand", "disposed"]].round()
    rows.insert(3, "recovered %", (table["recovered"] * 100).round(1))
    rows["unmet %"] = (table["unmet_share"] * 100).round(1)
    return Part(
        "balance",
        "How each element closes (t of oxide contained); `unmet` is what users would have taken at "
        "base prices",
        rows.reset_index(drop=True),
        "There is no element.",
    )


def _prediction_part(table: pd.DataFrame) -> Part:
    rows = table[table["verdict"] != UNTOLD]
    scale = np.where(rows["kind"] == "share", "points", "%")
    shown = pd.DataFrame(
        {
            "year": rows["year"].astype(str),
            "figure": rows["id"],
            "seen": _percents(rows["change"], scale),
            "computed": _percents(rows["change_computed"], scale),
            "verdict": rows["verdict"],
            "nearer": rows["nearer"],
        }
    )
    return Part(
        "prediction",
        "Changes on the year before, of the record and computed; the other forecast is "
        f"'{NOTHING_CHANGES}'",
        shown.reset_index(drop=True),
        "No year was predicted; --predict takes a case of the past.",
    )


def _percents(values: pd.Series, scale: Sequence[str] | np.ndarray) -> list[str]:
    return [
        "" if value != value else f"{100 * value:+.1f}" + (" pt" if unit == "points" else "%")
        for value, unit in zip(values, scale, strict=True)
    ]
