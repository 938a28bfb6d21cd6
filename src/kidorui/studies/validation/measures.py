"""What is measured for each check, on the episode lived through.

What is measured, over which months and where was set before the figures were looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt

from kidorui.network.links import DAYS
from kidorui.network.months import MONTH
from kidorui.studies.stress.lived import Lived
from kidorui.studies.stress.losses import losses
from kidorui.studies.stress.stops import stops
from kidorui.studies.validation import trade
from kidorui.studies.validation.checks import Found
from kidorui.studies.validation.markets import basket, border_price, paid, ratio

FloatArray = npt.NDArray[np.float64]

PERCENT = 100.0

CAR_LINES = ("ev", "auto-parts")

QUOTES = "EU"
"""Where the quotes outside China of 2025 were made."""

BACK = 0.85
"""Share of the calm at which exports are back: July 2025, which is told as back, had 0.88."""

MAGNETS = ("magnet",)

PRICE = "ndpr-oxide"

_STANDS = 1e-6


def measure(check: str, paths: Mapping[str, Lived]) -> Found:
    """What was computed for a check; `paths` as `relive` gives them.

    Raises KeyError for a check that is not measured on a path.
    """
    lived = next(iter(paths.values()))
    if check == "2025-first-stop":
        day, *ends = map(first_car_line, paths.values())
        return Found(day, ends[0], ends[-1], has_range=True) if ends else Found(day)
    return Found(_MEASURES[check](lived))


def halted(lived: Lived, delay: int) -> float:
    """Imports from China in a month of the halt over the mean of the calm months, percent."""
    seen = trade.imports(lived, trade.RAW, lived.case.settings.control)
    first = _at(lived, "2010-10")  # the halt began on 21 September: October is its first month
    return float(seen[first + delay] / seen[trade.calm(lived)].mean() * PERCENT)


def lost_in_year(lived: Lived) -> float:
    """What is missing from the imports of 2010 to twelve calm months, percent of these."""
    seen = trade.imports(lived, trade.RAW, lived.case.settings.control)
    calm = seen[trade.calm(lived)].mean() * 12
    return float((1 - seen[trade.year(lived, 2010)].sum() / calm) * PERCENT)


def price_peak(lived: Lived) -> float:
    """Months from the start of the halt to the highest price after it, of oxides in Japan.

    By weights of what Japan imports of each in the calm; the first within 0.1% of the highest.
    """
    prices, start, over = oxide_basket(lived), _at(lived, "2010-09"), _at(lived, "2010-12")
    after = prices[over:]
    return float(np.flatnonzero(after >= after.max() * 0.999)[0] + over - start)


def oxide_basket(lived: Lived) -> FloatArray:
    """(month): marginal price in Japan of the oxides it imports, by their calm weights, US$/kg."""
    links, focus = lived.network.links, lived.case.settings.focus
    flow = lived.path.values["shipment"][trade.calm(lived)].mean(axis=0)
    names = trade.materials_of(lived, ("oxide",))
    into = ((links["destination"] == focus) & links["material"].isin(names)).to_numpy()
    weights = dict.fromkeys(links["material"].to_numpy(str)[into], 0.0)
    for name, tonnes in zip(links["material"].to_numpy(str)[into], flow[into], strict=True):
        weights[name] += float(tonnes)
    return basket(lived, weights, focus)


def unit_value(lived: Lived) -> float:
    """Value over weight of Japan's imports of HS 2846.90 in 2011, over that of the calm."""
    goods = trade.non_cerium_oxides(lived)
    value = trade.import_value(lived, goods)
    weight = trade.import_weight(lived, goods)
    then, calm = trade.year(lived, 2011), trade.calm(lived)
    each = [value[m].sum() / max(weight[m].sum(), 1e-9) for m in (then, calm)]
    return float(each[0] / each[1])


def use_after(lived: Lived) -> float:
    """Japan's apparent use in 2012 on 2011, percent."""
    use = trade.apparent_use(lived)
    return _change(use[trade.year(lived, 2012)].sum(), use[trade.year(lived, 2011)].sum())


def share_by_value(lived: Lived) -> float:
    """China's share of Japan's imports of raw goods by value, 2013 less the calm, points."""
    goods = trade.materials_of(lived, trade.RAW)
    whole = trade.import_value(lived, goods)
    china = trade.import_value(lived, goods, lived.case.settings.control)
    then, calm = trade.year(lived, 2013), trade.calm(lived)
    share = [china[m].sum() / max(whole[m].sum(), 1e-9) for m in (then, calm)]
    return float((share[0] - share[1]) * PERCENT)


def magnets_in_may(lived: Lived) -> float:
    """China's exports of magnets in May 2025 on May 2024, percent."""
    sent = trade.exports(lived, lived.case.settings.control, MAGNETS)
    return _change(sent[_at(lived, "2025-05")], sent[_at(lived, "2024-05")])


def magnets_return(lived: Lived) -> float:
    """Months from April 2025 until exports of magnets reach 85% of the calm; NaN: not yet."""
    sent = trade.exports(lived, lived.case.settings.control, MAGNETS)
    calm = sent[lived.lead - 1]
    back = np.flatnonzero(sent[lived.lead + 1 :] >= BACK * calm)
    return float(back[0] + 1) if len(back) else float("nan")


def first_car_line(lived: Lived) -> float:
    """Day on which the first line of cars or their parts stops, from the start of the event.

    What is not yet used when the axis begins has no users who hold any, and is left out.
    """
    demands = lived.network.demands[lived.given.quantity[0] > 0]
    used = demands.loc[demands["place"] == lived.case.settings.focus, ["sector", "material"]]
    rows = stops(lived).merge(used, on=["sector", "material"])
    rows = rows[rows["sector"].isin(CAR_LINES)]
    days = rows[["first_line", "first_stop"]].to_numpy(float)
    day = np.fmin.reduce(days, axis=None, initial=np.nan)
    start = min(strike.start for strike in lived.scenario.strikes)
    return float(day - (start - lived.scenario.onset) * DAYS)


def outside_over_inside(lived: Lived, material: str) -> float:
    """Mean over the months of the event of the marginal price in Europe over that in China."""
    end = max(strike.end for strike in lived.scenario.strikes)
    months = int(np.ceil((end - lived.scenario.onset) / MONTH - 1e-6))
    return float(ratio(lived, material, QUOTES)[lived.lead : lived.lead + months].mean())


def weighted_change(lived: Lived, material: str) -> float:
    """Price by volume, mean of 2025 on that of the calm months of 2024, percent."""
    price = paid(lived, material)
    return _change(
        float(np.nanmean(price[trade.year(lived, 2025)])),
        float(np.nanmean(price[trade.year(lived, 2024)])),
    )


def terbium(lived: Lived) -> float:
    """Price of terbium oxide in China in the last month of the stop on the last before it."""
    price = border_price(lived, "tb-oxide", lived.case.settings.control)
    return _change(price[_at(lived, "2025-03")], price[lived.lead - 1])


def sectors_stopped(lived: Lived) -> float:
    """Sectors of the focus place of which all lines of a material stop at some time."""
    table = stops(lived)
    return float(table.loc[table["stopped_days"] > _STANDS, "sector"].nunique())


def with_stop(lived: Lived) -> float:
    """Price of NdPr oxide in China, mean of a year from the stop on that of the year before."""
    price = border_price(lived, PRICE, lived.case.settings.control)
    after = price[lived.lead + 1 : lived.lead + 13]
    return _change(after.mean(), price[trade.calm(lived)].mean())


def spike(lived: Lived) -> float:
    """Highest price of NdPr oxide in China in 2022 on the mean of 2021."""
    price = border_price(lived, PRICE, lived.case.settings.control)
    return _change(price[trade.year(lived, 2022)].max(), price[trade.year(lived, 2021)].mean())


def missed_by_stops(lived: Lived) -> float:
    """What lines that stand still would have used, t of oxide; what price spares is no shortage."""
    network = lived.network
    rows = stops(lived).merge(
        network.demands.reset_index().query("place == @lived.case.settings.focus"),
        on=["sector", "material"],
    )
    content = network.content_of(rows["material"]).sum(axis=1)
    wanted = lived.wanted[lived.lead, rows["index"].to_numpy(np.intp)]
    return float((rows["stopped_days"].to_numpy(float) / DAYS * wanted * content).sum())


def lost_gdp(lived: Lived) -> float:
    """Value added lost over the year of the cut, with its multipliers, percent of GDP."""
    return float(losses(lived)["gdp_share"].sum() * PERCENT)


_MEASURES: Mapping[str, Callable[[Lived], float]] = {
    "2010-imports-month-1": lambda lived: halted(lived, 0),
    "2010-imports-month-2": lambda lived: halted(lived, 1),
    "2010-rebound": lambda lived: halted(lived, 2),
    "2010-year-loss": lost_in_year,
    "2010-price-peak": price_peak,
    "2010-unit-value": unit_value,
    "2010-demand-after": use_after,
    "2010-share-2013": share_by_value,
    "2025-magnets-may": magnets_in_may,
    "2025-return": magnets_return,
    "2025-price-dy": lambda lived: outside_over_inside(lived, "dy-oxide"),
    "2025-price-tb": lambda lived: outside_over_inside(lived, "tb-oxide"),
    "2025-price-y": lambda lived: outside_over_inside(lived, "y-oxide"),
    "2025-price-weighted-dy": lambda lived: weighted_change(lived, "dy-oxide"),
    "mm-price-tb": terbium,
    "mm-stops": sectors_stopped,
    "2015-price": with_stop,
    "2022-price": spike,
    "2022-shortage": missed_by_stops,
    "cut-gdp": lost_gdp,
}


def _at(lived: Lived, label: str) -> int:
    return lived.labels.index(label)


def _change(now: float, before: float) -> float:
    return float(now / before - 1) * PERCENT if before > 0 else float("nan")
