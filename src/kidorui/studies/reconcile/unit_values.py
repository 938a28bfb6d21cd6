"""Weight and value of one flow, tied by the unit value of its goods: a soft relation in logs.

For every flow with both, ln value = ln quantity + ln price + e. The price of goods at a place is
the median unit value over its partners of the year; the spread of e is the median absolute
deviation from those medians over all flows to the place (times 1.4826 n / (n - 0.8): Croux and
Rousseeuw, 1992). Value, weight and price are measured, e is measured as nought: with one balance
a flow the adjustment of e over its own standard error is what the balance is off by, over the
root of all their squares. It is tested by Student's t, since the spread is itself estimated.
Places are those of the observations, countries where these are by country: a unit value is a
matter of two partners, and the more of these there are the better is the price known.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from kidorui.studies.reconcile.observed import Measured
from kidorui.studies.reconcile.restated import Figure

FloatArray = npt.NDArray[np.float64]

FEWEST = 5
"""Partners below which goods have no typical unit value at a place."""

EFFICIENCY = 0.30
"""Degrees of freedom of the spread for each flow: 0.37 in large samples (the efficiency of the
median absolute deviation), less in small ones, so that clean samples of 10 to 200 flows raise a
false alarm no more often than stated."""

NORMAL = 1.4826
"""Standard deviation of a normal variable over its median absolute deviation."""

SMALLEST = 1e-6
"""Least spread, in logs: unit values that are all the same are most often made up."""


def pairs_of(figures: Sequence[Figure]) -> pd.DataFrame:
    """Flows observed by weight and by value: place, goods, origin, both figures and their ids."""
    rows = [
        {
            "measure": figure.seen.basis.measure,
            "place": figure.seen.place,
            "goods": "+".join(figure.seen.basis.hs) or figure.seen.goods,
            "origin": figure.seen.origin,
            "source": figure.source,
            "figure": figure.value,
            "error": figure.error,
            "id": figure.id,
        }
        for figure in figures
        if figure.seen.kind == "flow"
        and figure.seen.origin
        and figure.seen.basis.measure in ("gross", "value")
        and figure.value > 0
    ]
    columns = ["measure", "place", "goods", "origin", "source", "figure", "error", "id"]
    table = pd.DataFrame(rows, columns=columns)
    keys = ["place", "goods", "origin", "source"]
    table = table.drop_duplicates(["measure", *keys])
    weight, value = (
        table[table["measure"] == m].drop(columns="measure") for m in ("gross", "value")
    )
    both = weight.merge(value, on=keys, suffixes=("_quantity", "_value"))
    both = both.drop_duplicates(["place", "goods", "origin"], keep="last", ignore_index=True)
    return pd.DataFrame(
        {
            **{key: both[key] for key in ("place", "goods", "origin")},
            "quantity": both["figure_quantity"],
            "value": both["figure_value"],
            "quantity_error": both["error_quantity"] / both["figure_quantity"],
            "value_error": both["error_value"] / both["figure_value"],
            "quantity_id": both["id_quantity"],
            "value_id": both["id_value"],
        }
    )


def unit_values(pairs: pd.DataFrame, level: float, *, fewest: int = FEWEST) -> pd.DataFrame:
    """One row per flow: its unit value beside what is typical, and whether it is a gross error.

    pairs: place, goods, origin, quantity (t) and value (thousand US$), both above nought, and
    their errors as shares (quantity_error, value_error). All flows to a place are tested
    together, at `level` for the whole; the worst is taken out and price and spread are found
    anew. Goods with fewer than `fewest` partners have no typical unit value, and no test.
    """
    table = pairs.reset_index(drop=True)
    partners = table.groupby(["place", "goods"])["origin"].transform("size")
    names = ["typical", "spread", "standardised", "critical", "tested"]
    told = np.full((len(table), len(names)), np.nan)
    gross = np.zeros(len(table), dtype=bool)
    tested = np.flatnonzero(partners.to_numpy() >= fewest)
    for _, rows in table.iloc[tested].groupby("place"):
        left = rows.index.to_numpy()
        while len(left):
            found = _tested(table.loc[left], level)
            told[left] = found
            first = int(np.argmax(np.abs(found[:, 2])))
            if abs(found[first, 2]) <= found[first, 3]:
                break
            gross[left[first]] = True
            left = np.delete(left, first)
    out = table.assign(partners=partners, gross=gross, **dict(zip(names, told.T, strict=True)))
    out["unit_value"] = out["value"] / out["quantity"]
    return out.assign(tested=out["tested"].fillna(0).astype(int))


def set_aside(measured: Sequence[Measured], values: pd.DataFrame) -> dict[int, tuple[int, ...]]:
    """Figures whose unit value is a gross error: number, and rows of `values` that say so.

    A sum of countries is left out where the price that others pay would make those of its parts
    that are gross errors differ by more than its standard error: a trickle spoils no sum.
    """
    gross = np.flatnonzero(values["gross"].to_numpy(bool)).tolist()
    wrong = {}
    for at in gross:
        row = values.iloc[at]
        quantity, value, typical = (float(row[c]) for c in ("quantity", "value", "typical"))
        wrong[str(row["value_id"])] = at, abs(typical * quantity - value)
        wrong[str(row["quantity_id"])] = at, abs(value / typical - quantity)
    out = {}
    for number, one in enumerate(measured):
        parts = one.figure.parts
        told = [wrong[name] for name in parts or (one.figure.id,) if name in wrong]
        if told and (not parts or sum(off for _, off in told) > one.error):
            out[number] = tuple(at for at, _ in told)
    return out


def robust_spread(deviations: FloatArray) -> float:
    """Standard deviation from the median absolute deviation, for a small sample."""
    count = len(deviations)
    return NORMAL * count / (count - 0.8) * float(np.median(np.abs(deviations)))


def _tested(rows: pd.DataFrame, level: float) -> FloatArray:
    """(flow, 5): typical unit value, spread, standardised e with its sign, its bound, how many."""
    count = len(rows)
    unit_value = np.log(rows["value"].to_numpy(float) / rows["quantity"].to_numpy(float))
    goods, number = np.unique(rows["goods"].to_numpy(str), return_inverse=True)
    typical = pd.Series(unit_value).groupby(number).median().to_numpy()[number]
    off = unit_value - typical
    spread = max(robust_spread(off), SMALLEST)
    measured = (rows[["quantity_error", "value_error"]].to_numpy(float) ** 2).sum(axis=1)
    freedom = EFFICIENCY * (count - len(goods))
    critical = float(stats.t.isf((1 - (1 - level) ** (1 / count)) / 2, freedom))
    alike = np.ones(count)
    standardised = off / np.sqrt(spread**2 + measured)
    columns = (np.exp(typical), spread * alike, standardised, critical * alike, count * alike)
    return np.column_stack(columns)
