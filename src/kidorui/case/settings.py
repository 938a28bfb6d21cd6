"""The settings of a case: what stands in its case.toml, or in the sheet `case` of a workbook."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from itertools import pairwise
from typing import Any

from kidorui.case.cells import reader_of
from kidorui.case.faults import Fault, Unreadable, accept
from kidorui.case.schema import Column


def _declared(
    type_: str,
    description: str,
    *,
    unit: str = "",
    default: str | None = None,
    low: float = -math.inf,
    high: float = math.inf,
    reference: str = "",
) -> dict[str, Column]:
    """What a field of Settings is; `default` as it would be written, None where there is none."""
    column = Column(
        name="",
        type=type_,
        unit=unit,
        required=default is None,
        default=default or "",
        min=low,
        max=high,
        reference=reference,
        description=description,
    )
    return {"column": column}


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What holds for a case as a whole; years are calendar years."""

    name: str = field(metadata=_declared("id", "Name of the case"))
    title: str = field(metadata=_declared("text", "Title, in words"))
    extends: str = field(
        metadata=_declared(
            "text",
            "The case that this one adds to, replaces or removes rows of: the name of a bundled "
            "case, or a path relative to this one",
            default="",
        )
    )
    focus: str = field(metadata=_declared("id", "Place whose plan it is", reference="places"))
    control: str = field(
        metadata=_declared("id", "Place whose exports are controlled", reference="places")
    )
    base_year: int = field(
        metadata=_declared(
            "integer", "Year the network is calibrated to", unit="yr", low=1990, high=2100
        )
    )
    years: tuple[int, ...] = field(
        metadata=_declared(
            "list", "First years of the periods of the plan, rising", unit="yr", low=1990, high=2100
        )
    )
    end: int = field(
        metadata=_declared(
            "integer", "End of the axis: the first year after it", unit="yr", low=1990, high=2110
        )
    )
    event_years: tuple[int, ...] = field(
        metadata=_declared(
            "list",
            "Years in which a hypothetical event may begin, rising, inside the axis",
            unit="yr",
            default="",
            low=1990,
            high=2110,
        )
    )
    events: tuple[str, ...] = field(
        metadata=_declared(
            "list",
            "Events planned for unless told otherwise; a+b strike together",
            default="",
            reference="events",
        )
    )
    slices: int = field(
        metadata=_declared(
            "integer",
            "Parts into which the first year of an event is cut",
            default="4",
            low=1,
            high=52,
        )
    )
    price_year: int = field(
        metadata=_declared(
            "integer", "Year whose prices all money is in", unit="yr", low=1990, high=2100
        )
    )
    yen_per_usd: float = field(
        metadata=_declared("number", "Exchange rate", unit="JPY/USD", low=1, high=1000)
    )
    discount_rate: float = field(
        metadata=_declared("number", "Real discount rate", unit="1/yr", low=0, high=0.5)
    )
    risk: float = field(
        metadata=_declared(
            "number", "Weight of the worst outcomes (CVaR)", unit="1", default="0", low=0, high=1
        )
    )
    alpha: float = field(
        metadata=_declared(
            "number",
            "Where the worst outcomes begin: CVaR is the mean beyond this quantile",
            unit="1",
            default="0.9",
            low=0,
            high=0.9999,
        )
    )
    demand_steps: int = field(
        metadata=_declared(
            "integer", "Steps in which a demand curve is cut", default="12", low=4, high=200
        )
    )
    source_fx: str = field(
        metadata=_declared("id", "Source of the exchange rate", default="", reference="sources")
    )
    rationing: str = field(
        metadata=_declared(
            "price|priority|contract",
            "Who goes without at the focus place where goods are short, month by month: who "
            "values them least, who comes last by priority, or all alike by what they have "
            "contracted",
            default="price",
        )
    )
    cover_elsewhere: float = field(
        metadata=_declared(
            "number",
            "Days of use that users hold where no stockpile says so",
            unit="day",
            default="0",
            low=0,
            high=1000,
        )
    )
    alarm: float = field(
        metadata=_declared(
            "number",
            "Multiple of its calm cover that industry aims at while goods are under threat",
            unit="1",
            default="1",
            low=1,
            high=20,
        )
    )
    alarm_months: float = field(
        metadata=_declared(
            "number",
            "Months after an event for which industry keeps aiming at the higher cover",
            unit="month",
            default="12",
            low=0,
            high=240,
        )
    )
    hoard: float = field(
        metadata=_declared(
            "number",
            "Most that industry under threat pays to fill its cover, above the calm price, as a "
            "share of it",
            unit="1",
            default="0",
            low=0,
            high=100,
        )
    )
    gdp: float = field(
        metadata=_declared(
            "number",
            "Gross domestic product of the focus place in the price year; 0 = not stated",
            unit="million USD/yr",
            default="0",
            low=0,
            high=1e9,
        )
    )
    source_stress: str = field(
        metadata=_declared(
            "id", "Source of how industry covers itself", default="", reference="sources"
        )
    )
    source_gdp: str = field(
        metadata=_declared("id", "Source of the GDP", default="", reference="sources")
    )


def settings_schema() -> tuple[Column, ...]:
    """The settings as declared columns, in order."""
    return tuple(replace(item.metadata["column"], name=item.name) for item in fields(Settings))


@dataclass(frozen=True)
class Written:
    """A setting as written: its cell, where (file or sheet), its row there, and the layer."""

    cell: str
    table: str
    row: int | None
    layer: str = ""


class SettingsDraft:
    """Settings as read so far: the values that are sound, and the faults of the others."""

    def __init__(self, written: Mapping[str, Written], home: str, *, known: bool = True) -> None:
        """`home` is where a missing one would stand; `known` whether one can be missing."""
        self.written, self.home, self.known = written, home, known
        self.values: dict[str, Any] = {}
        self.faults: list[Fault] = []
        columns = {column.name: column for column in settings_schema()}
        for name in written:
            if name not in columns:
                self.blame(name, "no such setting", accept("a setting", name, columns))
        for name, column in columns.items():
            self._read(name, column)
        self._check_axis()

    def blame(self, name: str, wrong: str, accepted: str) -> None:
        """Add a fault of the setting `name`."""
        place = self.written.get(name, Written("", self.home, None))
        self.faults.append(Fault(place.table, place.row, name, wrong, accepted, layer=place.layer))

    def settings(self) -> Settings:
        """The settings; only where there are no faults."""
        return Settings(**self.values)

    def _read(self, name: str, column: Column) -> None:
        cell = self.written[name].cell if name in self.written else ""
        if not cell and column.required:
            if self.known:
                self.blame(name, "missing", column.description)
            return
        try:
            value = reader_of(column)(cell or column.default) if cell or column.default else ""
        except Unreadable as error:
            self.blame(name, error.wrong, error.accepted)
            return
        self.values[name] = _as_declared(column, value)

    def _check_axis(self) -> None:
        for name, wrong, accepted in _axis_faults(self.values):
            self.blame(name, wrong, accepted)
            self.values.pop(name)


def _as_declared(column: Column, value: object) -> object:
    if isinstance(value, float) and column.type == "integer":
        return int(value)
    if column.is_list:
        items = value if isinstance(value, tuple) else ()
        return tuple(map(int, items)) if column.unit else items
    return value


def _axis_faults(values: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Setting, what is wrong with it, what is accepted: of those that must fit each other."""
    years, end, base = values.get("years"), values.get("end"), values.get("base_year")
    onsets = values.get("event_years")
    if years and not _rises(years):
        yield "years", f"{_list(years)} do not rise", "years from early to late, each once"
        years = None
    if years and end is not None and end <= years[-1]:
        yield "end", f"{end} is not after the last period, {years[-1]}", f"a year from {years[-1]}"
        end = None
    if years and base is not None and base > years[0]:
        yield "base_year", f"{base} is after the first period, {years[0]}", f"up to {years[0]}"
    if onsets and not _rises(onsets):
        yield "event_years", f"{_list(onsets)} do not rise", "years from early to late, each once"
    elif onsets and years and end is not None:
        outside = [year for year in onsets if not years[0] < year < end]
        if outside:
            yield (
                "event_years",
                f"{_list(outside)} not inside the axis",
                f"years after {years[0]} and before {end}",
            )
    if values.get("events") and onsets == ():
        yield "event_years", "none, so that the events never begin", "at least one year"


def _rises(years: tuple[int, ...]) -> bool:
    return all(a < b for a, b in pairwise(years))


def _list(years: tuple[int, ...] | list[int]) -> str:
    return ", ".join(map(str, years))
