"""A stress in words: its headlines, the sentences a reader must see, and its few tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from kidorui.case import sources
from kidorui.results import Json, Part
from kidorui.studies.headlines import Headlines, event_words
from kidorui.studies.stress.covering import used
from kidorui.studies.stress.lived import Lived
from kidorui.studies.stress.losses import VALUE_LOST
from kidorui.studies.stress.scenario import LEAD

STOPS, SHORT, PRICES, COSTS = (
    "Who stops, and when?",
    "What goes short?",
    "What does it do to prices?",
    "What does it cost?",
)

Tables = Mapping[str, pd.DataFrame]

_CHEAP = 0.2
"""Share of its base price below which a price is that of a surplus: no ratio is told of it."""

_RATIONED = {
    "price": "who values them least goes without",
    "priority": "civil users go without first, defence last",
    "contract": "all users of a material go short alike",
}

_RISE = 1.5
"""Multiple of its first price above which a price is told to rise."""

_TRIFLE = 0.5
"""Million US$ below which a loss is not told on the screen."""

_TOLD = 12
"""Rows of a table told on the screen."""


def summary(lived: Lived, tables: Tables) -> pd.DataFrame:
    """The headlines: a number with its unit and what it rests on, by the question it answers."""
    out = Headlines()
    _who_stops(out, tables["stops"])
    _what_is_short(out, lived, tables)
    _prices(out, lived, tables["prices"])
    _costs(out, lived, tables["losses"])
    return pd.DataFrame(out.rows)


def notes(lived: Lived, tables: Tables) -> list[str]:
    """Sentences a reader must see: the answer in one paragraph, then what it takes for granted."""
    return [headline(lived, tables), *_on_assumptions(lived, tables)]


def headline(lived: Lived, tables: Tables) -> str:
    """The answer in one paragraph."""
    case, lead = lived.case, lived.lead
    ids = case.table("events")["id"]
    struck = "+".join(str(ids[one.event]) for one in lived.scenario.strikes)
    what = event_words(case, struck) if struck else "Nothing strikes"
    count = lived.path.months - lead
    begins = lived.labels[lead] if count else ""
    return " ".join(
        [
            f"{what}: from {begins}, {count} months lived.",
            *_stops_in_words(tables["stops"]),
            *_shortage_in_words(tables["shortage"]),
            *_losses_in_words(lived, tables["losses"]),
        ]
    )


def parts(tables: Tables, meta: Mapping[str, Json]) -> list[Part]:
    """Stops, shortage by element, prices at their highest, flows rerouted, losses."""
    makers = {
        "stops": _stops_part,
        "shortage": _shortage_part,
        "prices": _prices_part,
        "flows": _flows_part,
        "losses": _losses_part,
    }
    return [make(tables[name], meta) for name, make in makers.items() if name in tables]


def _who_stops(out: Headlines, stops: pd.DataFrame) -> None:
    sectors = stops["sector"].nunique()
    stopped = stops[stops["first_stop"].notna()].sort_values("first_stop", kind="stable")
    out.add(
        STOPS,
        f"sectors that stop, of {sectors} (goods pooled within each; fill below min_run)",
        stopped["sector"].nunique(),
        "sectors",
    )
    if len(stopped):
        first = stopped.iloc[0]
        of = f"{first['sector']}, for want of {first['material']}"
        out.add(STOPS, f"first to stop: {of}", first["first_stop"], "days after onset")
        out.add(STOPS, f"it stands in all: {of}", first["stopped_days"], "days")
        worst = stopped.iloc[int(stopped["longest"].to_numpy().argmax())]
        of = f"{worst['sector']}, for want of {worst['material']}"
        out.add(STOPS, f"longest stop in months on end: {of}", worst["longest"], "days")
    lines = stops[stops["first_line"].notna()].sort_values("first_line", kind="stable")
    if len(lines):
        first = lines.iloc[0]
        words = (
            f"first single line to stop, using {first['supplier']} goods alone "
            f"({first['tied_share']:.0%} of supply): {first['sector']}, {first['material']}"
        )
        out.add(STOPS, words, first["first_line"], "days after onset")


def _what_is_short(out: Headlines, lived: Lived, tables: Tables) -> None:
    short = tables["shortage"]
    groups = lived.case.table("elements")["group"].drop_duplicates()
    for group in groups[groups.isin(set(short["group"]))]:
        total = short.loc[short["group"] == group, "shortage"].sum()
        out.add(SHORT, f"{group}: wanted at calm prices, not served", total, "t oxide")
    if short.empty:
        out.add(SHORT, "wanted at calm prices, not served", 0.0, "t oxide")
    material = _material_of_interest(tables)
    held = tables["cover"]
    held = held[held["material"] == material]
    if held.empty or lived.path.months <= lived.lead:
        return
    total = held.groupby("month", sort=False)["days"].sum(min_count=1)
    begins = total.get(lived.labels[max(lived.lead - 1, 0)], np.nan)
    rests = (
        f"{material}, all holders, at the calm's use of {used(lived).get(material, 0.0):,.0f} t/yr"
    )
    out.add(SHORT, f"cover when it strikes: {rests}", begins, "days")
    later = total.loc[list(lived.labels[lived.lead :])]
    if later.notna().any():
        out.add(SHORT, f"its least later, {later.idxmin()}", later.min(), "days")


def _material_of_interest(tables: Tables) -> str:
    """The material that stops a sector first, or else the one that is filled worst."""
    stops = tables["stops"]
    if stops.empty:
        return ""
    ranked = stops.sort_values(["first_stop", "worst_fill"], na_position="last", kind="stable")
    return str(ranked["material"].iloc[0])


def _prices(out: Headlines, lived: Lived, prices: pd.DataFrame) -> None:
    found = widest(lived, prices)
    if found is None:
        return
    where = f"{found['material']}, {found['month']}"
    focus, control = lived.case.settings.focus, lived.case.settings.control
    out.add(
        PRICES,
        f"marginal price in {focus} over {control}, where the gap costs most: {where}",
        found["outside"] / found["inside"],
        "times",
    )
    out.add(PRICES, f"marginal price in {focus} then", found["outside"], "US$/kg")
    out.add(PRICES, f"marginal price in {control} then", found["inside"], "US$/kg")
    calm = prices[prices["month"] == lived.labels[max(lived.lead - 1, 0)]]
    world = calm.set_index("material")["world_paid"].get(found["material"], np.nan)
    words = f"mean paid in the world then, by volume, over the calm ({world:,.3g} US$/kg)"
    out.add(PRICES, words, found["world_paid"] / world, "times")


def widest(lived: Lived, prices: pd.DataFrame) -> pd.Series | None:
    """The row after the onset whose gap of marginal prices costs most at the calm's use.

    None where nothing with a price inside is used at the focus place.
    """
    base = prices["material"].map(lived.case.table("materials").set_index("id")["base_price"])
    later = prices["month"].isin(list(lived.labels[lived.lead :]))
    told = later & (prices["inside"] > _CHEAP * base) & prices["outside"].notna()
    if not told.any():
        return None
    rows = prices[told]
    gap = (rows["outside"] - rows["inside"]) * rows["material"].map(used(lived)).fillna(0.0)
    return rows.iloc[int(gap.to_numpy(float).argmax())]


def _costs(out: Headlines, lived: Lived, losses: pd.DataFrame) -> None:
    total = losses.sum(numeric_only=True)
    out.add(
        COSTS,
        "worth of what sectors do not get (area under their demand curves)",
        total["value_lost"],
        "million US$",
    )
    stand_in = losses.loc[losses["basis"] == VALUE_LOST, "sector"]
    words = "value added lost (where even the dearest use goes short)"
    if len(stand_in):
        words += f"; of {len(stand_in)} sectors that state none, worth above the calm price"
    out.add(COSTS, words, total["value_added_lost"], "million US$")
    out.add(COSTS, "of the economy, by multipliers of sectors", total["economy"], "million US$")
    words = "the same if all that users give way were output lost (upper end)"
    out.add(COSTS, words, total["economy_high"], "million US$")
    gdp = lived.case.settings.gdp
    if gdp > 0:
        words = f"loss of the economy, share of one year's GDP ({gdp:,.0f} million US$)"
        out.add(COSTS, words, total["economy"] / gdp * 100, "%")
        out.add(COSTS, "the same, upper end", total["economy_high"] / gdp * 100, "%")


def _stops_in_words(stops: pd.DataFrame) -> Iterator[str]:
    stopped = stops[stops["first_stop"].notna()].sort_values("first_stop", kind="stable")
    if stopped.empty:
        yield "No sector stops, taken as one."
    else:
        first = stopped.iloc[0]
        yield (
            f"First to stop is {first['sector']}, {_day(first['first_stop'])}, for want of "
            f"{first['material']}; it stands {first['stopped_days']:,.0f} days in all. "
            f"{_count(stopped['sector'].nunique(), stops['sector'].nunique())} stop."
        )
    lines = stops[stops["first_line"].notna()].sort_values("first_line", kind="stable")
    if len(lines):
        first = lines.iloc[0]
        yield (
            f"A single line of {first['sector']} that can use {first['material']} of "
            f"{first['supplier']} alone stops {_day(first['first_line'])}."
        )


def _shortage_in_words(short: pd.DataFrame) -> Iterator[str]:
    if short.empty:
        yield "Nothing goes short."
        return
    by_element = short.groupby("element")["shortage"].sum().sort_values(ascending=False)
    worst = short.groupby("month", sort=False)["shortage"].sum()
    most = ", ".join(f"{tonnes:,.4g} t of {name}" for name, tonnes in by_element.head(3).items())
    yield (
        f"Short in all: {by_element.sum():,.4g} t of oxide ({most}), most in {worst.idxmax()}, "
        f"{worst.max():,.4g} t."
    )


def _losses_in_words(lived: Lived, losses: pd.DataFrame) -> Iterator[str]:
    total = losses.sum(numeric_only=True)
    gdp = lived.case.settings.gdp
    share = f", {total['economy'] / gdp:.2%} of a year's GDP" if gdp > 0 else ""
    upper = f" ({total['economy_high'] / gdp:.2%})" if gdp > 0 else ""
    yield (
        f"What sectors do not get is worth {total['value_lost']:,.0f} million US$ to them; with "
        f"the value added of those whose dearest use goes short, the economy loses "
        f"{total['economy']:,.0f} million US${share}; {total['economy_high']:,.0f}{upper} if all "
        "that users give way by price were output lost."
    )


def _on_assumptions(lived: Lived, tables: Tables) -> Iterator[str]:
    cited = sources(lived.case).iloc[-1]
    yield (
        f"{cited['share']:.0%} of the case's rows are assumptions (kidorui sources); days of "
        "cover, least runs, days of qualification and inside plants, and hoarding all are."
    )
    names = lived.case.table("events")["name"]
    onset, standing = lived.scenario.onset, lived.scenario.standing
    calm = [str(names[one.event]) for one in standing if one.start <= onset < one.end]
    later = [str(names[one.event]) for one in standing if one.start > onset]
    if calm:
        yield f"Part of the calm: {'; '.join(calm)}."
    if later:
        yield f"Begins later, with or without it, and is not counted: {'; '.join(later)}."
    yield f"Where goods are short in the focus place {_RATIONED[lived.case.settings.rationing]}."
    world = lived.world
    if world.knows and world.window.nodes <= world.window.months:
        yield (
            f"The market sees {world.window.nodes} months, less than goods take to arrive: it does "
            "not see its own orders come in. Do not read the result as a forecast."
        )
    losses = tables["losses"]
    blank = losses.loc[losses["basis"] == VALUE_LOST, "sector"]
    if len(blank):
        yield (
            f"No value added is stated of {', '.join(blank)}: what they do not get, at its worth "
            "less the calm price, stands in."
        )
    listed = lived.case.table("sectors")
    known = set(listed.loc[listed["place"] == lived.case.settings.focus, "sector"])
    assumed = [str(s) for s in tables["stops"]["sector"].drop_duplicates() if s not in known]
    if assumed:
        yield f"Assumed to run down to half of full output: {', '.join(assumed)}."
    yield (
        "A sector pools what reaches the country; `first_line` in the table stops is of a line "
        "tied to the suppliers struck. Value added falls as far as the dearest use of a sector's "
        "worst-filled material: no sector is taken to make less of something else."
    )


def _stops_part(table: pd.DataFrame, meta: Mapping[str, Json]) -> Part:
    told = table["first_stop"].notna() | table["first_line"].notna()
    rows = table[told].sort_values(["first_stop", "first_line"], kind="stable")
    columns = {
        "sector": "sector",
        "material": "material",
        "first_stop": "stops on",
        "stopped_days": "stands",
        "worst_fill": "worst fill",
        "worst_month": "in",
        "first_line": "first line",
        "restart": "restarts",
    }
    rows = rows[list(columns)].rename(columns=columns)
    return Part(
        "stops",
        f"Who stops in {meta.get('focus', 'the focus place')}: day after the onset, days in all, "
        "share filled; a single line tied to the suppliers struck: day it stops and restarts",
        rows.head(_TOLD).round(2).reset_index(drop=True),
        "No sector stops, and no single line.",
    )


def _shortage_part(table: pd.DataFrame, meta: Mapping[str, Json]) -> Part:
    rows = table.groupby("element", sort=False)[["wanted", "saved", "shortage"]].sum()
    months = table.groupby("element", sort=False)["month"].nunique()
    rows = rows.assign(months=months).sort_values("shortage", ascending=False).reset_index()
    return Part(
        "shortage",
        "Short by element, over the months in which it is (t oxide): wanted, spared by "
        "substitution beyond the calm, short; number of months",
        rows,
        "Nothing goes short.",
    )


def _prices_part(table: pd.DataFrame, meta: Mapping[str, Json]) -> Part:
    """The materials whose price in the focus place rises most over the last month of calm."""
    columns = ["inside", "outside", "outside_paid", "world_paid"]
    first = table.groupby("material", sort=False)["outside"].apply(_before_it_strikes)
    rows = table.groupby("material", sort=False)[columns].max()
    rise = (rows["outside"] / first.where(first > 0)).sort_values(ascending=False, kind="stable")
    rows.insert(1, "calm", first)
    rows = rows.loc[rise[rise > _RISE].index]
    return Part(
        "prices",
        f"Prices that rise most in {meta.get('focus', 'the focus place')} (US$/kg), each at its "
        "highest: marginal inside the controlling place; marginal here, in the calm and at the "
        "highest; mean paid outside it and in the world, by volume",
        rows.head(_TOLD).reset_index().round(1),
        "No price rises by half.",
    )


def _before_it_strikes(prices: pd.Series) -> float:
    """The price of the last calm month, or of the first there is."""
    return float(prices.iloc[min(LEAD, len(prices)) - 1])


def _flows_part(table: pd.DataFrame, meta: Mapping[str, Json]) -> Part:
    order = table["change"].abs().sort_values(ascending=False, kind="stable").index
    rows = table.loc[order].head(_TOLD).drop(columns="cut")
    return Part(
        "flows",
        "Flows that change most (t/yr): calm, mean while events hold, change, leaked",
        rows.reset_index(drop=True),
        "No flow changes.",
    )


def _losses_part(table: pd.DataFrame, meta: Mapping[str, Json]) -> Part:
    rows = table[(table["value_lost"] > _TRIFLE) | (table["economy_high"] > _TRIFLE)]
    rows = rows.sort_values(["economy", "value_lost"], ascending=False, kind="stable")
    columns = ["sector", "unserved", "value_lost", "stopped_days", "economy", "economy_high"]
    return Part(
        "losses",
        "What it costs (million US$): unserved (t oxide), its worth, days stopped, loss of the "
        "economy, its upper end; what the last two rest on",
        rows[[*columns, "basis"]].round(1).reset_index(drop=True),
        "Nothing is lost.",
    )


def _day(day: float) -> str:
    return f"on day {np.floor(day):.0f}"


def _count(some: int, every: int) -> str:
    return f"{some} of {every} sectors"
