"""What nobody knows of a stress, between what ends, and draws over it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from kidorui.case import Case
from kidorui.network.months import MONTH
from kidorui.network.strikes import Strike
from kidorui.studies.stress.scenario import Scenario

FloatArray = npt.NDArray[np.float64]

LATEST = 11
"""Months after the earliest onset at which the latest may fall: a year is covered."""

SHORTEST, LONGEST = 0.5, 2.0
"""Ends of the duration, as multiples of what the event's row says."""

ONSET, DURATION, SEVERITY, LEAK, STOCK = "onset", "duration", "severity", "leak", "stock"


@dataclass(frozen=True)
class Factor:
    """Something unsure, drawn evenly between `low` and `high`; `value` is the case's own.

    `of` is the event or the holder it is about (blank for all events); `rests_on` says where
    the range comes from. An onset is in whole months, a stock the share of the way from the low
    to the high end of the holder's rows.
    """

    kind: str
    of: str
    unit: str
    value: float
    low: float
    high: float
    rests_on: str

    @property
    def name(self) -> str:
        """The factor in words."""
        return f"{self.kind} of {self.of}" if self.of else self.kind


@dataclass(frozen=True)
class Sample:
    """(draw, factor): what each draw takes of each factor."""

    factors: tuple[Factor, ...]
    values: FloatArray

    def __len__(self) -> int:
        return len(self.values)


@dataclass(frozen=True)
class Draw:
    """One draw, applied: its strikes, and each holder's place between low and high stock."""

    number: int
    strikes: tuple[Strike, ...]
    stock: tuple[tuple[str, float], ...]

    def first(self, scenario: Scenario) -> int:
        """The month on the axis in which its first strike begins."""
        begins = min((one.start for one in self.strikes), default=scenario.onset)
        return max(0, int(np.floor((begins - scenario.start) / MONTH + 1e-6)))


def sample(case: Case, scenario: Scenario, draws: int, seed: int) -> Sample:
    """Draw over onset, duration, severity, leak and stocks, by a scrambled Sobol sequence.

    The first `draws` points of the next power of two (Sobol 1967; Owen's scrambling, as in
    scipy.stats.qmc). What the case gives no range for is not drawn; an event whose row states
    its start begins then in every draw.
    """
    from scipy.stats import qmc  # slow to import, and not always drawn from

    factors = tuple(_factors(case, scenario))
    if draws <= 0 or not factors:
        return Sample(factors, np.zeros((max(draws, 0), len(factors))))
    sampler = qmc.Sobol(len(factors), rng=np.random.default_rng(seed))
    points = sampler.random_base2(int(np.ceil(np.log2(draws))))[:draws]
    low = np.array([factor.low for factor in factors])
    high = np.array([factor.high for factor in factors])
    values = low + points * (high - low)
    for column, factor in enumerate(factors):
        if factor.kind == ONSET:
            count = round(factor.high - factor.low) + 1
            values[:, column] = factor.low + np.minimum(points[:, column] * count // 1, count - 1)
    return Sample(factors, values)


def apply_draws(case: Case, scenario: Scenario, drawn: Sample) -> list[Draw]:
    """The draws of a sample, each with its strikes."""
    return [_apply(case, scenario, drawn.factors, n, v) for n, v in enumerate(drawn.values)]


def spread(drawn: Sample) -> pd.DataFrame:
    """What was drawn, and between what ends; as declared in results/schema/stress.csv."""
    columns = ("factor", "unit", "value", "value_low", "value_high", "rests_on")
    rows = [(f.name, f.unit, f.value, f.low, f.high, f.rests_on) for f in drawn.factors]
    return pd.DataFrame(rows, columns=list(columns))


def stock_ratios(case: Case, stores: pd.DataFrame, draw: Draw) -> FloatArray:
    """(store): what a draw's stock is of the case's own; 1 where nothing is drawn.

    A row that holds nothing in the case stays empty, as there is nothing to scale.
    """
    table, place = case.table("stockpiles"), dict(draw.stock)
    at = table["holder"].map(place).to_numpy(float)
    low, value, high = (
        table[name].to_numpy(float) for name in ("initial_low", "initial", "initial_high")
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(value > 0, (low + at * (high - low)) / value, 1.0)
    by_id = pd.Series(np.where(np.isnan(at), 1.0, ratio), index=table["id"])
    owned = stores["stock"].to_numpy() >= 0
    ids = stores["id"].where(owned)
    return np.asarray(ids.map(by_id).fillna(1.0).to_numpy(float))


def _factors(case: Case, scenario: Scenario) -> list[Factor]:
    events = case.table("events")
    struck = events.iloc[[one.event for one in scenario.strikes]]
    found = []
    if struck["start"].isna().any():
        words = "assumed: any month of the year from the earliest"
        found.append(Factor(ONSET, "", "month", 0.0, 0.0, float(LATEST), words))
    if any(np.isfinite(one.end) for one in scenario.strikes):
        words = f"assumed: {SHORTEST:g} to {LONGEST:g} times the duration of the row"
        found.append(Factor(DURATION, "", "1", 1.0, SHORTEST, LONGEST, words))
    for kind in (SEVERITY, LEAK):
        for one, name in zip(scenario.strikes, struck["id"], strict=True):
            row = events.iloc[one.event]
            low, high = float(row[f"{kind}_low"]), float(row[f"{kind}_high"])
            if low < high:
                value = float(getattr(one, kind))
                found.append(Factor(kind, str(name), "1", value, low, high, f"events.{kind}"))
    return found + _stocks(case)


def _stocks(case: Case) -> list[Factor]:
    table = case.table("stockpiles")
    width = (table["initial_high"] - table["initial_low"]).to_numpy(float)
    rows = table[(width > 0) & (table["initial"] > 0).to_numpy(bool)]
    found = []
    for holder, own in rows.groupby("holder", sort=False):
        at = (own["initial"] - own["initial_low"]) / (own["initial_high"] - own["initial_low"])
        words = "stockpiles.initial, all rows of the holder alike"
        found.append(Factor(STOCK, str(holder), "1", float(at.median()), 0.0, 1.0, words))
    return found


def _apply(
    case: Case, scenario: Scenario, factors: Sequence[Factor], number: int, values: FloatArray
) -> Draw:
    events = case.table("events")
    dated = events["start"].notna().to_numpy(bool)
    ids = events["id"].tolist()
    drawn = {(f.kind, f.of): float(v) for f, v in zip(factors, values, strict=True)}
    strikes = []
    for one in scenario.strikes:
        later = 0.0 if dated[one.event] else drawn.get((ONSET, ""), 0.0) * MONTH
        lasts = (one.end - one.start) * drawn.get((DURATION, ""), 1.0)
        strikes.append(
            replace(
                one,
                start=one.start + later,
                end=one.start + later + lasts if np.isfinite(one.end) else one.end,
                severity=drawn.get((SEVERITY, ids[one.event]), one.severity),
                leak=drawn.get((LEAK, ids[one.event]), one.leak),
            )
        )
    stock = tuple((f.of, drawn[f.kind, f.of]) for f in factors if f.kind == STOCK)
    return Draw(number, tuple(strikes), stock)
