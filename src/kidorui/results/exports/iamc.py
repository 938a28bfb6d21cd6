"""A result as IAMC data: model, scenario, region, variable, unit and a column a year.

The form of the scenario databases of the Integrated Assessment Modeling Consortium, as pyam reads
it. `iamc.csv` declares which column of which table becomes which variable, a row each:

- only: `column=word` that a row of the table must have
- variable: its name; {column} is filled with the row's cell, places and goods by their names,
  {Column} with a capital
- value, unit, times: the column, and what it is multiplied by to be in the unit
- scenario, state: what was decided, and the column that tells what strikes
- region, year: a column, `meta:` and a fact of the result, or a word; A>B is a flow from A to B
- how: `one` value a variable, region and year, else the `sum` of all; `sum of months` and
  `mean of months` of calendar years all of whose months were lived
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from kidorui.case.writing import whole_file
from kidorui.results.exports.origin import ExportError, Origin
from kidorui.results.result import Result

NAMES = ("model", "scenario", "region", "variable", "unit")

_MAPPING = Path(__file__).with_suffix(".csv")
_META = "meta:"
_NO_EVENT = ("", "no event")
_MONTHS_IN = {"stress": "prices"}  # a table with a row for every month lived
_PLACES = ("place", "origin", "destination")
_FIELD = re.compile(r"\{(\w+)\}")

Row = Mapping[str, str]


def write_iamc(result: Result, origin: Origin, path: Path) -> None:
    """Write a result as a .csv file of IAMC data, years side by side.

    Raises ExportError where the kind of result tells nothing by years, or no whole year.
    """
    long = iamc_data(result, origin)
    wide = long.pivot(index=list(NAMES), columns="year", values="value")
    wide = wide.reset_index().rename(columns={name: name.capitalize() for name in NAMES})
    with whole_file(path) as unfinished:
        wide.to_csv(unfinished, index=False, lineterminator="\n")


def iamc_data(result: Result, origin: Origin) -> pd.DataFrame:
    """Columns model, scenario, region, variable, unit, year (integer), value; sorted, none twice.

    Raises ExportError as `write_iamc`.
    """
    rows = [row for row in mapping() if row["kind"] == result.kind]
    if not rows:
        known = sorted({row["kind"] for row in mapping()})
        raise ExportError(
            f"a run of {result.kind} as IAMC data: its tables tell nothing by years; "
            f"runs of {', '.join(known)} are accepted, and every run as a workbook or data package"
        )
    words = _words(result)
    parts = [_variable(result, origin, row, words) for row in rows if row["table"] in result.tables]
    found = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=[*NAMES])
    if found.empty:
        raise ExportError(
            f"{origin.run or result.kind} as IAMC data: no calendar year of its months is whole; "
            "a stress of two years or more is accepted, and every run as a workbook or data package"
        )
    named = [*NAMES, "year"]
    if found.duplicated(named).any():
        twice = found.loc[found.duplicated(named), "variable"].unique()
        raise ValueError(f"iamc.csv gives more than one value of {sorted(twice)}")
    return found.sort_values(named, ignore_index=True)


@cache
def mapping() -> tuple[Row, ...]:
    """The rows of iamc.csv."""
    table = pd.read_csv(_MAPPING, dtype=str, keep_default_na=False)
    return tuple({str(k): str(v) for k, v in row.items()} for row in table.to_dict("records"))


def _variable(
    result: Result, origin: Origin, row: Row, words: Mapping[str, Mapping[str, str]]
) -> pd.DataFrame:
    """The values of one row of the mapping, (columns as `iamc_data`)."""
    table = result.table(row["table"])
    if row["only"]:
        column, _, word = row["only"].partition("=")
        table = table[table[column] == word]
    data = pd.DataFrame(
        {
            "model": f"kidorui {result.meta.get('kidorui', '')}".strip(),
            "scenario": _scenarios(result, origin, row, table),
            "region": _regions(result, row["region"], table, words),
            "variable": _fill(row["variable"], table, words),
            "unit": row["unit"],
            "year": _years(result, row["year"], table),
            "value": table[row["value"]] * float(row["times"]),
        },
        index=table.index,
    ).dropna(subset=["value"])
    if row["how"].endswith("of months"):
        return _by_year(data, row["how"], _months(result))
    data["year"] = data["year"].astype(int)
    if row["how"] == "sum":
        return data.groupby([*NAMES, "year"])["value"].sum().reset_index()
    return data


def _scenarios(result: Result, origin: Origin, row: Row, table: pd.DataFrame) -> pd.Series:
    """The case, what was decided, and what strikes, in words."""
    case = str(result.meta.get("case") or origin.case)
    decided = _fill(row["scenario"], table, {})
    if result.kind == "stress":
        decided = decided + f" {_listed(result.meta.get('events'))}"
    name = f"{case} " + decided
    if not row["state"]:
        return name
    state = table[row["state"]].astype(str)
    return name.where(state.isin(_NO_EVENT), name + ", " + state)


def _regions(
    result: Result, told: str, table: pd.DataFrame, words: Mapping[str, Mapping[str, str]]
) -> pd.Series:
    """The names of regions; a flow is `origin>destination`."""
    ends = []
    for end in told.split(">"):
        if end in table:
            ids = table[end]
        else:
            word = str(result.meta[end.removeprefix(_META)]) if end.startswith(_META) else end
            ids = pd.Series(word, index=table.index, dtype=str)
        ends.append(_named(ids, words["place"]))
    return ends[0] if len(ends) == 1 else ends[0] + ">" + ends[1]


def _years(result: Result, told: str, table: pd.DataFrame) -> pd.Series:
    if told.startswith(_META):
        year = result.meta[told.removeprefix(_META)]
        return pd.Series(year, index=table.index, dtype=object)
    values = table[told]
    return values if told == "month" else np.floor(values)


def _fill(template: str, table: pd.DataFrame, words: Mapping[str, Mapping[str, str]]) -> pd.Series:
    """The template with its fields filled from each row."""
    filled = pd.Series("", index=table.index, dtype=str)
    for number, piece in enumerate(_FIELD.split(template)):
        if number % 2 == 0:
            filled = filled + piece
            continue
        column = piece.lower()
        cells = _named(table[column], words.get(column, {}))
        if piece != column:
            cells = cells.str[:1].str.upper() + cells.str[1:]
        filled = filled + cells.str.replace("|", "/")
    return filled


def _named(ids: pd.Series, names: Mapping[str, str]) -> pd.Series:
    """Names in the place of ids; what has none is told by its id."""
    words = [names.get(word, word) for word in map(str, ids)]
    return pd.Series(words, index=ids.index, dtype=str)


def _words(result: Result) -> Mapping[str, Mapping[str, str]]:
    """Names of places and goods by their ids, for the columns that hold such ids."""

    def names(table: str) -> Mapping[str, str]:
        rows = result.tables.get(table)
        return {} if rows is None else dict(zip(rows["id"], rows["name"], strict=True))

    places = {str(k): str(v).replace(">", "-") for k, v in names("places").items()}
    return {"material": names("goods"), **dict.fromkeys(_PLACES, places)}


def _months(result: Result) -> pd.Series:
    """Calendar years all of whose months were lived: their number of months, by year."""
    lived = pd.Series(result.table(_MONTHS_IN[result.kind])["month"].unique()).str[:4].astype(int)
    counted = lived.value_counts()
    return counted[counted == 12]


def _by_year(data: pd.DataFrame, how: str, whole: pd.Series) -> pd.DataFrame:
    """Sums or means of months by whole calendar year.

    Of a sum a month without a row counts as nought; of a mean all twelve must be there.
    """
    data = data.assign(year=data["year"].str[:4].astype(int))
    data = data[data["year"].isin(whole.index)]
    names = list(NAMES)
    if how == "sum of months":
        sums = data.pivot_table(index=names, columns="year", values="value", aggfunc="sum")
        sums = sums.reindex(columns=sorted(whole.index)).fillna(0.0)
        return sums.reset_index().melt(names, var_name="year", value_name="value")
    months = data.groupby([*names, "year"])["value"].agg(["mean", "count"])
    full = months.loc[months["count"] == 12, "mean"]
    return full.rename("value").reset_index()


def _listed(value: object) -> str:
    return "+".join(map(str, value)) if isinstance(value, list | tuple) else str(value or "")
