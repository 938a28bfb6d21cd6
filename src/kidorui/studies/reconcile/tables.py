"""The tables of a reconciled year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from kidorui.studies.reconcile.fitting import Fitted, System
from kidorui.studies.reconcile.gross import Removal
from kidorui.studies.reconcile.observed import LITTLE, Measured
from kidorui.studies.reconcile.problem import NOTHING, Spread

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Reconciled:
    """A reconciled year with all that was found on the way.

    kept: numbers of the figures fitted; set_aside: those left out for their unit value, with
    rows of the table of unit values; removals: those taken out by the measurement test.
    `error` (unknown) is NaN where not even the case's own figures determine it; `alone` tells
    how errors spread without those, and `determined` (unknown) what is determined then.
    """

    system: System
    fitted: Fitted
    kept: IntArray
    removals: Sequence[Removal]
    set_aside: Mapping[int, Sequence[int]]
    error: FloatArray
    alone: Spread
    determined: BoolArray

    @property
    def point(self) -> FloatArray:
        """(unknown): reconciled."""
        return self.fitted.point[: self.system.unknowns.count]

    @property
    def at_bound(self) -> BoolArray:
        """(unknown): pushed against a bound of its own, or fixed by those that bind elsewhere.

        Its error is nought only given these. What can be but one thing is not among them.
        """
        unknowns = self.system.unknowns
        binding = self.fitted.found.binding.unknown[: unknowns.count]
        fixed = self.error[: unknowns.count] <= NOTHING * unknowns.scale
        return np.asarray((binding | fixed) & (unknowns.upper > unknowns.lower))

    @property
    def unit_at_bound(self) -> BoolArray:
        """(activity): of a unit that the data push against capacity or quota."""
        unknowns = self.system.unknowns
        held = self.fitted.found.binding.limit[: len(unknowns.limit)]
        touched = unknowns.limits[np.flatnonzero(held)].sum(axis=0) > 0
        return np.asarray(touched).ravel()[unknowns.blocks["activity"]]

    def told(self, block: str) -> dict[str, FloatArray | BoolArray]:
        """Columns that every table of unknowns has: base, reconciled, error, bound, determined."""
        span = self.system.unknowns.blocks[block]
        return {
            "base": self.system.unknowns.prior[span],
            "reconciled": self.point[span],
            "error": self.error[span],
            "at_bound": self.at_bound[span],
            "determined": self.determined[span],
        }


def flows_table(year: Reconciled) -> pd.DataFrame:
    """One row per link."""
    links = year.system.unknowns.network.links
    table = links[["material", "origin", "destination"]].assign(**year.told("flow"))
    return table.assign(observed=_observed_alone(year.system.measured, year, "flow"))


def activities_table(year: Reconciled) -> pd.DataFrame:
    """One row per plant and recipe that can run in the year."""
    unknowns = year.system.unknowns
    network = unknowns.network
    units = network.units.iloc[network.activities["unit"]].reset_index(drop=True)
    told = year.told("activity")
    span = unknowns.blocks["activity"]
    told["at_bound"] = year.at_bound[span] | year.unit_at_bound
    table = pd.DataFrame(
        {
            "plant": units["id"],
            "recipe": network.activities["recipe"].to_numpy(),
            "place": units["place"],
            "stage": units["stage"],
            **told,
        }
    )
    return table[unknowns.upper[unknowns.blocks["activity"]] > 0]


def uses_table(year: Reconciled) -> pd.DataFrame:
    """One row per demand."""
    network = year.system.unknowns.network
    table = network.demands[["sector", "place", "material"]].assign(stated=network.quantity[0])
    return table.assign(**year.told("use"))


def stocks_table(year: Reconciled) -> pd.DataFrame:
    """One row per stock that can change."""
    unknowns = year.system.unknowns
    stocks, span = unknowns.network.stocks, unknowns.blocks["stock"]
    told = year.told("stock")
    table = stocks[["id", "place", "material"]].assign(
        held=stocks["initial"].to_numpy(float),
        change=told["reconciled"],
        **{name: told[name] for name in ("error", "at_bound", "determined")},
    )
    return table[unknowns.upper[span] > unknowns.lower[span]]


def pools_table(year: Reconciled) -> pd.DataFrame:
    """One row per pool in which something is disposed of or stays unexplained."""
    network = year.system.unknowns.network
    disposed, open_pool = year.told("disposed"), year.told("unexplained")
    table = network.pools[["material", "place"]].assign(
        disposed_base=disposed["base"],
        disposed=disposed["reconciled"],
        disposed_error=disposed["error"],
        disposed_at_bound=disposed["at_bound"],
        unexplained=open_pool["reconciled"],
        unexplained_error=open_pool["error"],
        unexplained_at_bound=open_pool["at_bound"],
    )
    some = table[["disposed_base", "disposed", "unexplained"]].abs().max(axis=1) > 1e-6
    return table[some]


def coefficients_table(year: Reconciled) -> pd.DataFrame:
    """One row per free coefficient; none where baskets are fixed."""
    columns = ["recipe", "material", "stated", "uncertainty", "reconciled", "error", "moved"]
    baskets = year.system.baskets
    if baskets is None:
        return pd.DataFrame(columns=columns)
    count = year.system.unknowns.count
    deviation = year.fitted.point[count:]
    stated = baskets.table["coefficient"].to_numpy(float)
    return pd.DataFrame(
        {
            "recipe": baskets.table["recipe"],
            "material": baskets.table["material"],
            "stated": stated,
            "uncertainty": np.abs(stated) * baskets.error,
            "reconciled": stated * (1 + deviation),
            "error": np.abs(stated) * year.error[count:],
            "moved": deviation / baskets.error,
        }
    )


def residuals_table(year: Reconciled) -> pd.DataFrame:
    """One row per figure that the network can tell, used or not."""
    spread = year.fitted.found.spread
    sizes = spread.standardised(year.fitted.point)
    place = {int(number): at for at, number in enumerate(year.kept)}
    out = {removal.observation: removal for removal in year.removals}
    rows = []
    for number, one in enumerate(year.system.measured):
        found = _found(one, year)
        size, redundant = np.nan, True
        if number in place:
            size = sizes[place[number]]
            redundant = bool(spread.open_share[place[number]] > 0)
        elif number in out:
            size = out[number].standardised
        rows.append(
            {
                "id": one.figure.id,
                "kind": one.figure.seen.kind,
                "basis": one.words,
                "unit": one.unit,
                "observed": one.figure.value,
                "uncertainty": one.error,
                "assumed": one.figure.assumed,
                "reconciled": found,
                "residual": found - one.figure.value,
                "standardised": np.copysign(size, found - one.figure.value),
                "redundant": redundant,
                "gross": number not in place,
                "used": number in place,
                "source": one.figure.source,
                "why": _why(one, number, year),
            }
        )
    return pd.DataFrame(rows)


def gross_table(year: Reconciled, unit_values: pd.DataFrame) -> pd.DataFrame:
    """One row per observation taken out, in order: unit values first."""
    measured, rows = year.system.measured, []
    for number, gross in year.set_aside.items():
        rows += [_by_unit_value(measured[number], unit_values.iloc[at]) for at in gross]
    for removal in year.removals:
        one = measured[removal.observation]
        others = [measured[i].figure.id for i in removal.alike]
        expected = _found(one, year)
        size = np.copysign(removal.standardised, expected - one.figure.value)
        rows.append(
            {
                "id": one.figure.id,
                "test": "measurement",
                "basis": one.words,
                "unit": one.unit,
                "observed": one.figure.value,
                "expected": expected,
                "standardised": float(size),
                "critical": removal.critical,
                "tested": removal.tested,
                "alike": ", ".join(others),
            }
        )
    table = pd.DataFrame(rows, columns=_GROSS)
    table.insert(0, "step", np.arange(1, len(table) + 1))
    return table


def _by_unit_value(one: Measured, row: pd.Series) -> dict[str, object]:
    """A figure, or the part of a sum, whose unit value is a gross error."""
    by_value = one.figure.seen.basis.measure == "value"
    typical, quantity, value = (float(row[name]) for name in ("typical", "quantity", "value"))
    own, other = str(row["quantity_id"]), str(row["value_id"])
    own, other = (other, own) if by_value else (own, other)
    words = one.words
    if one.figure.parts:
        words = f"{words} (of it {row['origin']} to {row['place']})"
    observed, expected = quantity, value / typical
    if by_value:
        observed, expected = value, typical * quantity
    return {
        "id": own,
        "test": "unit value",
        "basis": words,
        "unit": one.unit,
        "observed": observed,
        "expected": expected,
        "standardised": float(np.copysign(row["standardised"], expected - observed)),
        "critical": float(row["critical"]),
        "tested": int(row["tested"]),
        "alike": other,
    }


def convergence_table(stages: Sequence[tuple[str, Fitted]]) -> pd.DataFrame:
    """One row per programme solved: of all figures, and after each was taken out."""
    rows = [
        (stage, at, step.step, step.violation, step.objective)
        for stage, fitted in stages
        for at, step in enumerate(fitted.steps, start=1)
    ]
    columns = ["stage", "iteration", "step", "violation", "objective"]
    return pd.DataFrame(rows, columns=columns)


_GROSS = [
    "id", "test", "basis", "unit", "observed", "expected", "standardised", "critical", "tested",
    "alike",
]  # fmt: skip


def _found(one: Measured, year: Reconciled) -> float:
    """What a figure is in the reconciled year, with the coefficients of that year.

    NaN for a share of which too little is left to tell.
    """
    system = year.system
    now = one if system.baskets is None else system.now(one, year.fitted.point)
    return np.nan if _too_little(one, year) else now.found(year.point)


def _too_little(one: Measured, year: Reconciled) -> bool:
    """Whether the whole of a share has all but vanished against the base year."""
    if one.whole is None:
        return False
    return bool(one.whole @ year.point < LITTLE * (one.whole @ year.system.unknowns.prior))


def _why(one: Measured, number: int, year: Reconciled) -> str:
    said = [one.figure.note] if one.figure.note else []
    if number in year.set_aside:
        said.insert(0, "left out: value and weight do not fit the unit values of other partners")
    elif any(removal.observation == number for removal in year.removals):
        said.insert(0, "left out: gross error by the measurement test")
    if _too_little(one, year):
        said.insert(0, "not told: less than a tenth of the usual whole is left")
    return "; ".join(said)


def _observed_alone(measured: Sequence[Measured], year: Reconciled, block: str) -> FloatArray:
    """(thing of a block): mean of the figures, in t, that are of it alone; NaN without one."""
    unknowns = year.system.unknowns
    span = unknowns.blocks[block]
    found: dict[int, list[float]] = {}
    for one in measured:
        weights = np.flatnonzero(one.part * (unknowns.upper > 0))
        if one.whole is None and one.unit != "thousand US$" and len(weights) == 1:
            at = int(weights[0])
            found.setdefault(at, []).append(one.figure.value / float(one.part[at]))
    out = np.full(unknowns.count, np.nan)
    for at, values in found.items():
        out[at] = float(np.mean(values))
    return out[span]
