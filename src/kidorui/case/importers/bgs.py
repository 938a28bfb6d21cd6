"""BGS World Mineral Statistics: production by country and year, as the BGS service gives it in CSV.

`rare earth oxides` are tonnes of REO, reported or calculated by the BGS. `rare earth minerals`
(monazite, xenotime, bastnaesite) are gross tonnes of concentrate for most countries and REO for
some: they are not taken.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from kidorui.case.importers.countries import by_letters
from kidorui.case.importers.goods import has_stage
from kidorui.case.importers.rows import Asked, Given, LeftOut, Source, left, observed
from kidorui.case.importers.strict import Findings, numbers, read_records, repeated, years

SOURCE = Source(
    id="bgs-world-mineral-statistics",
    family="bgs-world-mineral-statistics",
    citation="British Geological Survey, World Mineral Statistics, production of rare earth "
    "oxides by country",
    licence="Contains British Geological Survey materials (c) UKRI; Open Government Licence 3.0",
    note="REO, reported or calculated by the BGS; years of some countries are not calendar years",
)

_STAGE = "concentrate"
_REO, _GROSS = "rare earth oxides", "rare earth minerals"
_OPTIONAL = ("bgs_statistic_type_trans", "concat_figure_notes_text", "data_precision_description")
_TONNES = "tonnes (metric)"


def read_bgs(path: Path, wanted: Asked) -> Given:
    """Mine production of rare-earth oxides by country, t REO.

    Raises CaseError with the faults of the file, by line.
    """
    findings = Findings(path.name)
    records = read_records(path, "bgs", findings, _OPTIONAL)
    records["year"] = records["year"].str.replace(r"^(\d{4})-\d\d-\d\d.*", r"\1", regex=True)
    records["year"] = years(records, "year", findings)
    records["figure"] = numbers(records, "quantity", findings)
    findings.refuse()
    why = _why_not(records, wanted)
    kept = records[why == ""].copy()
    kept["country"] = by_letters(kept, "country_iso3_code", findings)
    wrong = kept["units"].str.casefold() != _TONNES
    findings.blame_rows(
        kept.loc[wrong, "line"], kept.loc[wrong, "units"], "units", "{} is no unit known", _TONNES
    )
    repeated(kept, ["year", "country_iso3_code"], findings, "the country and year")
    for year in sorted(set(wanted.years) - set(records["year"])):
        findings.blame(None, "year", f"no rows of {year}", "a year that is there")
    findings.refuse()
    counts = why[why != ""].value_counts().sort_index()
    return Given(
        source=SOURCE,
        rows=_rows(kept, wanted),
        scopes=tuple(f"bgs-{year:.0f}-" for year in sorted(kept["year"].unique())),
        read=len(records),
        kept=len(kept),
        left_out=tuple(LeftOut(str(reason), int(count)) for reason, count in counts.items()),
        told=_told(kept),
    )


def _why_not(records: pd.DataFrame, wanted: Asked) -> pd.Series:
    """Why a record gives no observation; "" where it does. The first reason counts."""
    why = pd.Series("", index=records.index)
    commodity = records["bgs_commodity_trans"].str.casefold()
    gross = "rare earth minerals: gross tonnes of concentrate, not REO, for most countries"
    statistic = records["bgs_statistic_type_trans"].str.casefold()
    for reason, where in (
        ("of other years", ~wanted.wants(records["year"])),
        ("imports and exports", ~statistic.isin(["", "production"])),
        (gross, commodity == _GROSS),
        ("of other minerals", commodity != _REO),
        (f"the case has no {_STAGE}", pd.Series(not has_stage(_STAGE, wanted), why.index)),
        ("not available", records["figure"].isna()),
    ):
        why = why.where((why != "") | ~where, reason)
    return why


def _rows(records: pd.DataFrame, wanted: Asked) -> pd.DataFrame:
    place = records["country"].map(wanted.atlas.place)
    note = records["concat_figure_notes_text"].str.replace("|", " ").str.strip()
    precision = records["data_precision_description"]
    note = note.where(precision == "", (note + " " + precision).str.strip())
    table = pd.DataFrame(
        {
            "id": "bgs-" + records["year"].astype(int).astype(str) + "-" + place,
            "year": records["year"],
            "kind": "production",
            "place": place,
            "goods": _STAGE,
            "value": records["figure"],
            "unit": "t REO, of mines",
            "confidence": np.where(note.str.contains("estimate", case=False), "medium", "high"),
            "note": note,
        }
    )
    return observed(table, SOURCE, wanted)


def _told(records: pd.DataFrame) -> tuple[str, ...]:
    shifted = records["concat_figure_notes_text"].str.contains("Years end", case=False).sum()
    nil = (records["figure"] == 0).sum()
    return tuple(
        f"{out.rows:,} rows {out.why}"
        for out in left(
            ("are of years that do not end in December, as their notes say", shifted),
            ("say that nothing was produced", nil),
        )
    )
