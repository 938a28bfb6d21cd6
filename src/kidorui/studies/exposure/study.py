"""How exposed a place is: shares, origins, published indices, and everything that may fail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from kidorui.case import Case
from kidorui.results import Json, Result, arranged, result_schema
from kidorui.studies.base_year import BaseYear, solve_base_year
from kidorui.studies.context import Context
from kidorui.studies.dependence import home_places
from kidorui.studies.exposure.chain import chain, linked
from kidorui.studies.exposure.customs import customs
from kidorui.studies.exposure.elements import lumped
from kidorui.studies.exposure.indices import indices
from kidorui.studies.exposure.origins import borders, look_through, origins
from kidorui.studies.exposure.published import published
from kidorui.studies.exposure.shares import Ledger, shares
from kidorui.studies.exposure.told import notes, summary
from kidorui.studies.exposure.year_flows import YearFlows, refocused, year_flows, years_instead
from kidorui.studies.facts import facts, highs, seen_from
from kidorui.studies.of_case import tables_of_case
from kidorui.studies.outages.leverage import leverage
from kidorui.studies.outages.n_minus_1 import (
    all_outages,
    buffers,
    n_minus_1,
    skipped,
    survival,
)
from kidorui.studies.outages.stock_days import stock_days
from kidorui.studies.plan import Clock

_OF_OUTAGES = ("n_minus_1", "survival", "buffers", "stock_days", "skipped", "leverage")


@dataclass(frozen=True)
class ExposureOptions:
    """What is asked of an exposure.

    focus: the place looked from, that of the case unless given; year: from the base year on, that
        unless given; outages: whether to live through everything that may fail, most of the time.
    """

    focus: str = ""
    year: int | None = None
    outages: bool = True


def exposure(case: Case, options: ExposureOptions, context: Context) -> Result:
    """How exposed a place is in a year, and what it loses when one thing fails.

    Tables as declared in results/schema/exposure.csv. Raises ValueError for a place or a year that
    the case does not have, kidorui.program.Infeasible with the rows that conflict.
    """
    clock = Clock()
    if options.focus:
        case = refocused(case, options.focus)
    year = case.settings.base_year if options.year is None else options.year
    context.report("flows of the year", 0.02)
    base = solve_base_year(case, context)
    flows = year_flows(case, year, context, base)
    clock.lap("flows of the year")
    tables = _of_flows(flows) | published(case, year)
    clock.lap("shares and origins")
    tables |= _of_outages(case, year, base, context) if options.outages else _nothing()
    clock.lap("outages")
    tables |= tables_of_case(case)
    tables = {"summary": summary(case, tables), **tables}
    meta = {**_meta(case, options, year), "notes": notes(case, year, tables)}
    return Result("exposure", arranged("exposure", tables), meta, clock.laps).validate()


def faults_of(case: Case, options: ExposureOptions) -> list[str]:
    """What is asked that the case cannot answer, in the words of the command line."""
    faults = []
    if options.focus:
        try:
            refocused(case, options.focus)
        except ValueError as error:
            faults.append(f"--focus {options.focus}: {error}")
    if options.year is not None and (accepted := years_instead(case, options.year)):
        faults.append(f"--year {options.year}: {accepted}")
    return faults


def _of_flows(flows: YearFlows) -> dict[str, pd.DataFrame]:
    """What the flows of one year tell."""
    ledger = Ledger(flows)
    direct, traced = shares(ledger), look_through(flows)
    return {
        "shares": direct,
        "indices": indices(ledger, traced),
        "origins": origins(flows, traced, direct),
        "chain": chain(linked(flows)),
        "borders": borders(traced),
        "customs": customs(flows.case, flows.year),
        "lumped": lumped(flows.case),
    }


def _of_outages(case: Case, year: int, base: BaseYear, context: Context) -> dict[str, pd.DataFrame]:
    """What the monthly engine tells of everything that may fail."""
    found = all_outages(case, year, base, context)
    return {
        "n_minus_1": n_minus_1(found),
        "survival": survival(found),
        "buffers": buffers(found),
        "stock_days": stock_days(found, context),
        "skipped": skipped(found),
        "leverage": leverage(case, year, base, context),
    }


def _nothing() -> dict[str, pd.DataFrame]:
    schema = result_schema("exposure")
    return {name: pd.DataFrame(columns=list(schema[name].names)) for name in _OF_OUTAGES}


def _meta(case: Case, options: ExposureOptions, year: int) -> Mapping[str, Json]:
    return {
        **facts(case, options),
        **seen_from(case),
        "year": year,
        "home": home_places(case),
        "price_year": case.settings.price_year,
        "solver": highs(),
        "failures": [],
    }
