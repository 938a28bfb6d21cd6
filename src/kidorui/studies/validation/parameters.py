"""What the episodes rest on, and what each was set from."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from kidorui.case import Case
from kidorui.studies.validation.checks import read_parameters


def parameters_table(cases: Mapping[str, Case]) -> pd.DataFrame:
    """One row per parameter of the cases given: its value, unit, what it was set from, source."""
    rows = [
        {
            "name": " ".join(part for part in (row["id"], row["column"]) if part),
            "case": row["case"],
            "value": _value(cases[str(row["case"])], row),
            "unit": row["unit"],
            "set_from": row["set_from"],
            "source": _source(cases[str(row["case"])], row),
            "note": row["note"],
        }
        for row in read_parameters().to_dict("records")
        if row["case"] in cases
    ]
    columns = ["name", "case", "value", "unit", "set_from", "source", "note"]
    return pd.DataFrame(rows, columns=columns)


def _value(case: Case, row: Mapping[object, object]) -> float:
    """The figure in the settings or in a row of events; nought where the row is blank."""
    column = str(row["column"])
    if row["table"] == "settings":
        return float(getattr(case.settings, column))
    value = _event(case, row, column)
    return 0.0 if value != value else float(str(value))  # NaN, a blank, differs from itself


def _source(case: Case, row: Mapping[object, object]) -> str:
    if row["table"] == "settings":
        return case.settings.source_stress
    return str(_event(case, row, "source"))


def _event(case: Case, row: Mapping[object, object], column: str) -> object:
    table = case.table("events").set_index("id")[column]
    return table.to_dict()[str(row["id"])]
