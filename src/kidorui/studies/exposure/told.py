"""An exposure in words: its headlines, the sentences a reader must see, and its few tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from kidorui.case import Case, sources
from kidorui.results import Json, Part, Result
from kidorui.studies.dependence import home_places
from kidorui.studies.exposure.customs import RAW_GOODS
from kidorui.studies.exposure.elements import ALL, NOT_IDENTIFIED
from kidorui.studies.exposure.published import GEOPOLRISK, SUPPLY_RISK
from kidorui.studies.headlines import Headlines

DEPENDS, FAILS, HOLDS, LEVERS = (
    "On whom do we depend?",
    "What if one thing fails?",
    "What would a stock buy?",
    "What if they cut us off, and what does it cost them?",
)

Tables = Mapping[str, pd.DataFrame]

_GROUPS = ("light", "heavy")
_STAGES = ("mine", "separation", "metal", "magnet")
_DONE = {"mine": "mined", "separation": "separated", "magnet": "made into magnets"}

_TOLD = 10
"""Rows of a table told on the screen."""

_ROOM = 29
"""Letters of a name in a table on the screen."""

_TRIFLE = 0.5
"""Million US$ below which a loss is not told on the screen."""


def summary(case: Case, tables: Tables) -> pd.DataFrame:
    """The headlines: a number with its unit and what it rests on, by the question it answers."""
    out = Headlines()
    _depends(out, case, tables)
    if len(tables["n_minus_1"]) or len(tables["skipped"]):
        _fails(out, case, tables)
        _holds(out, case, tables)
        _cut_off(out, case, tables["leverage"])
    return pd.DataFrame(out.rows)


def notes(case: Case, year: int, tables: Tables) -> list[str]:
    """Sentences a reader must see: what the figures stand for and what they take for granted."""
    return [
        *_on_bases(case, year, tables),
        *_on_record(tables["published"]),
        *_on_outages(tables),
        *_on_assumptions(case),
    ]


def parts(result: Result) -> Iterator[Part]:
    """The tables behind the headlines, each as a screen has room for it."""
    tables, meta = result.tables, result.meta
    focus = str(meta.get("focus", "the focus place"))
    yield _origins_part(tables["origins"], meta)
    yield _indices_part(tables["indices"], focus)
    yield _published_part(tables["published"])
    if len(tables["n_minus_1"]) or len(tables["skipped"]):
        yield from _choke_parts(tables["n_minus_1"], meta)
        yield _survival_part(tables)
        yield _stock_part(tables["stock_days"])
        yield _leverage_part(tables["leverage"])


def _depends(out: Headlines, case: Case, tables: Tables) -> None:
    control = case.settings.control
    name = _names(case)[control]
    rows = tables["origins"]
    rows = rows[(rows["via"] == ALL) & (rows["origin"] == control)]
    for group in _GROUPS:
        for stage, did in _DONE.items():
            of = rows[(rows["element"] == group) & (rows["stage"] == stage)]
            for share in of["of_stage"]:
                words = f"{group} last {did} in {name}, of all that is {did}"
                out.add(DEPENDS, words, share * 100, "%")
        bought = rows[(rows["element"] == group) & (rows["stage"] == "separation")]
        for share in bought["direct"].dropna():
            out.add(DEPENDS, f"{group} oxides bought of {name}, of all imported", share * 100, "%")
    score = _of_index(tables["published"], GEOPOLRISK, "score")
    if score is not None and not np.isnan(score["high"]):
        out.add(DEPENDS, f"{GEOPOLRISK}, the least over what is not on record", score["low"], "1")
        out.add(DEPENDS, f"{GEOPOLRISK}, the greatest", score["high"], "1")


def _fails(out: Headlines, case: Case, tables: Tables) -> None:
    rows, stops = tables["n_minus_1"], tables["survival"].dropna(subset="survives")
    out.add(FAILS, "things that may fail, one at a time", len(rows), "outages")
    stopping = int(rows["first_stop"].notna().sum())
    out.add(FAILS, "of these, after which a sector stops within a year", stopping, "outages")
    at_home = _at_home(case, rows, stops)
    for words, chosen in (
        ("first to stop for a failure abroad", stops[~at_home]),
        ("first to stop for a failure at home", stops[at_home]),
    ):
        columns = ["sector", "material", "name", "survives"]
        for sector, material, name, day in chosen.head(1)[columns].to_numpy():
            told = f"{words}: {sector} for want of {material}, without {name}, after"
            out.add(FAILS, told, day, "days")
    theirs = (rows["place"] == case.settings.control) & (rows["kind"] == "stage")
    for stage in _STAGES:
        for name, lost in rows[theirs & (rows["stage"] == stage)][["name", "value_12"]].to_numpy():
            out.add(FAILS, f"users lose in a year without {name}", lost, "million US$")


def _cut_off(out: Headlines, case: Case, rows: pd.DataFrame) -> None:
    names = _names(case)
    here, control = names[case.settings.focus], names[case.settings.control]
    cut = rows[(rows["destination"] == case.settings.focus)]
    for row in cut[cut["origin"] == case.settings.control].to_dict("records"):
        if not np.isnan(row["first_stop"]):
            words = f"{control} ships {here} nothing: {row['sector']} stops after"
            out.add(LEVERS, words, row["first_stop"], "days")
        lost = f"{control} ships {here} nothing: what is used falls in a year by"
        out.add(LEVERS, lost, row["share_12"] * 100, "%")
        out.add(LEVERS, f"what users in {here} lose by it", row["theirs"], "million US$")
        out.add(
            LEVERS,
            f"the same for each US$ of sales that {control} forgoes",
            row["leverage"],
            "US$ per US$",
        )
        out.add(LEVERS, f"what the economy of {here} loses by it", row["economy"], "million US$")
    ours = (rows["origin"] == case.settings.focus) & (rows["destination"] == case.settings.control)
    for theirs in rows.loc[ours, "theirs"]:
        words = f"{here} ships {control} nothing: what users there lose"
        out.add(LEVERS, words, theirs, "million US$")


def _holds(out: Headlines, case: Case, tables: Tables) -> None:
    rows = tables["n_minus_1"]
    abroad = ~rows["place"].isin(home_places(case))
    worst = rows[(rows["kind"] == "stage") & abroad & (rows["buffer_12"] > 0)]
    for name, cost, price in worst.head(2)[["name", "buffer_12", "purchase_12"]].to_numpy():
        words = f"stock with which no line stops for a year without {name}"
        out.add(HOLDS, f"{words}: holding and interest", cost, "million US$/yr")
        out.add(HOLDS, f"{words}: to buy", price, "million US$")


def _at_home(case: Case, rows: pd.DataFrame, stops: pd.DataFrame) -> pd.Series:
    """(row of stops): whether what fails stands at home alone."""
    home = rows[rows["place"].isin(home_places(case))]
    inside = set(zip(home["kind"], home["outage"], strict=True))
    keys = zip(stops["kind"], stops["outage"], strict=True)
    return pd.Series([key in inside for key in keys], index=stops.index, dtype=bool)


def _names(case: Case) -> Mapping[str, str]:
    return dict(case.table("places").set_index("id")["name"])


def _on_bases(case: Case, year: int, tables: Tables) -> Iterator[str]:
    where = "solved and balanced base year" if year == case.settings.base_year else "market at rest"
    yield (
        f"Shares and origins are those of the {where} {year}, with all recipes and baskets as the "
        "case has them; a pool hands on what entered it in equal parts (proportional mixing), so "
        "that a dedicated line may differ."
    )
    customs = tables["customs"]
    codes = customs.loc[customs["origin"] == NOT_IDENTIFIED, "hs"]
    lumping = sorted(set(codes) - {RAW_GOODS})
    if lumping:
        yield (
            f"Customs codes {', '.join(lumping)} lump several elements: of one of them alone the "
            "record tells nothing (not identified)."
        )
    lumped = tables["lumped"]
    for group, rows in lumped.groupby("carried_as"):
        held = ", ".join(rows["element"])
        yield f"The case carries {held} together as {group}: not identified alone."


def _on_record(published: pd.DataFrame) -> Iterator[str]:
    for index in (GEOPOLRISK, SUPPLY_RISK):
        row = _of_index(published, index, "score")
        if row is not None and row["note"]:
            yield f"{index}: {row['note']}."


def _on_outages(tables: Tables) -> Iterator[str]:
    skipped, rows = tables["skipped"], tables["n_minus_1"]
    if not len(rows) and not len(skipped):
        return
    failed = skipped[skipped["why"] != "no base flow"]
    yield (
        f"{len(skipped) - len(failed)} of {len(rows) + len(skipped)} things that may fail have "
        "no base flow (in June) and were not lived (table skipped). An outage is whole, begins in "
        "July, lasts the twelve months, and nobody knows for how long; the restrictions of its "
        "first day go on."
    )
    if len(failed):
        yield f"{len(failed)} could not be solved: {', '.join(failed['outage'])} (table skipped)."
    yield (
        "A failure alarms nobody: users hoard under a ban alone (leverage). Stocks are the "
        "cheapest by holding and interest: what is missing to the least run of each sector, made "
        "at home where plants are idle; nobody gets less than without them, and nobody bids for "
        "them."
    )


def _on_assumptions(case: Case) -> Iterator[str]:
    cited = sources(case).iloc[-1]
    yield (
        f"{cited['share']:.0%} of the case's rows are assumptions (kidorui sources); days of "
        "cover, least runs, days of qualification and inside plants all are."
    )


def _of_index(published: pd.DataFrame, index: str, part: str) -> pd.Series | None:
    rows = published[(published["index"] == index) & (published["part"] == part)]
    return rows.iloc[0] if len(rows) else None


def _origins_part(rows: pd.DataFrame, meta: Mapping[str, Json]) -> Part:
    """One row per element: the controlling place's part at each stage, beside oxides imported."""
    of = rows[(rows["via"] == ALL) & rows["identified"]]
    theirs = of[of["origin"] == meta.get("control_id")]
    table = (theirs.pivot_table(index="element", columns="stage", values="of_stage") * 100).round(1)
    table = table.reindex(columns=list(_STAGES), index=of["element"].unique())
    table.columns = pd.Index(["mined", "separated", "metal", "magnets"])
    oxide = theirs[theirs["stage"] == "separation"].set_index("element")["direct"]
    table["oxide bought"] = (oxide.reindex(table.index) * 100).round(1)
    mined = of[(of["stage"] == "mine") & (of["origin"] != meta.get("control_id"))]
    first = mined.sort_values("share", ascending=False).drop_duplicates("element")
    others = first["origin"] + " " + (first["share"] * 100).round(0).astype(int).astype(str)
    table["else mined in"] = others.set_axis(first["element"]).reindex(table.index)
    return Part(
        "origins",
        f"{meta.get('control', 'The controlling place')}'s part of what {meta.get('focus', '')} "
        "uses, looked through all borders (% of what was mined, separated, made metal, made "
        "magnets), beside its part of oxides bought; where else most was mined",
        table.fillna({"else mined in": ""}).reset_index(),
        "Nothing is used.",
    )


def _indices_part(rows: pd.DataFrame, focus: str) -> Part:
    told = rows[(rows["basis"] == "oxide") & rows["element"].isin(_GROUPS)]
    told = told[told["stage"] != "recycling"]
    table = told.pivot_table(
        index=["element", "stage"], columns="index", values="value", sort=False
    )
    columns = {
        "hhi_output": "world",
        "hhi_imports": "imports",
        "hhi_supply": "supply",
        "net_import_reliance": "reliance",
        "self_sufficiency": "own",
    }
    table = table.reindex(columns=list(columns)).rename(columns=columns).round(2).reset_index()
    table.columns.name = None
    return Part(
        "indices",
        f"Concentration and reliance of {focus}, oxide contained: HHI of the world's output, of "
        "imports, of all supply; net import reliance (USGS); own output over use",
        table,
        "Nothing is made or used.",
    )


def _published_part(rows: pd.DataFrame) -> Part:
    told = rows[rows["high"].notna()]
    told = told.assign(part=told["part"] + ", " + told["unit"])[["index", "part", "low", "high"]]
    return Part(
        "published",
        "Indices as published, from what is on record: least and greatest over what is not",
        told.round(4).reset_index(drop=True),
        "The record holds too little for GeoPolRisk and EU supply risk: see the table published.",
    )


def _choke_parts(rows: pd.DataFrame, meta: Mapping[str, Json]) -> Iterator[Part]:
    """Chokepoints abroad, by country and stage and by what is smaller, then those at home."""
    home = meta.get("home", ())
    at_home = rows["place"].isin(home if isinstance(home, list | tuple) else [])
    once = (rows["same_as"] == "") & (rows["value_12"] > _TRIFLE)
    stage = rows["kind"] == "stage"
    focus = str(meta.get("focus", "the focus place"))
    told = (
        "day of the first stop and its sector; % of use lost in 12 months; loss of users and of "
        "the economy (million US$); cheapest stock with which no line stops (million US$ a year)"
    )
    yield _choke_part(
        f"Countries without which {focus} loses most: {told}", rows[once & stage & ~at_home]
    )
    yield _choke_part("Plants, owners and routes abroad", rows[once & ~stage & ~at_home])
    yield _choke_part("At home", rows[once & at_home])


def _choke_part(title: str, rows: pd.DataFrame) -> Part:
    columns = {
        "name": "without",
        "first_stop": "stops",
        "sector": "sector",
        "share_12": "% lost",
        "value_12": "users",
        "economy": "economy",
        "buffer_12": "stock",
    }
    table = rows[list(columns)].rename(columns=columns).head(_TOLD)
    table["% lost"] *= 100
    table["without"] = table["without"].map(_short)
    digits = {"stops": 0, "% lost": 1, "users": 0, "economy": 0, "stock": 2}
    return Part(
        "n_minus_1",
        title,
        table.round(digits).reset_index(drop=True),
        "Nothing of this kind that fails costs anything to speak of.",
    )


def _short(name: str) -> str:
    """A name that leaves room for figures."""
    return name if len(name) <= _ROOM else f"{name[: _ROOM - 1]}…"


def _survival_part(tables: Tables) -> Part:
    """Each sector under the failure that stops it soonest."""
    columns = {
        "sector": "sector",
        "material": "for want of",
        "name": "without",
        "survives": "stops on",
        "stopped_days": "stands",
    }
    first = tables["survival"].drop_duplicates("sector")[list(columns)].rename(columns=columns)
    first["without"] = first["without"].map(_short)
    return Part(
        "survival",
        "How long each sector survives: the one failure that stops it soonest, the day, and days "
        "it stands within 12 months",
        first.round(0).reset_index(drop=True),
        "No sector wants anything.",
    )


def _stock_part(rows: pd.DataFrame) -> Part:
    each = rows[(rows["stage"] != "any") & (rows["months"] == rows["months"].max())]
    columns = {
        "sector": "sector",
        "materials": "holding",
        "tonnes": "t",
        "days": "of use",
        "cost": "a year",
        "per_thousand": "per 1,000",
    }
    each = each.assign(materials=each["materials"].map(" ".join).map(_short))
    told = each[list(columns)].rename(columns=columns)
    digits = {"t": 1, "of use": 0, "a year": 3, "per 1,000": 2}
    return Part(
        "stock_days",
        "Stocks with which no line of a sector stops for 12 months of its worst failure, abroad "
        "where there is any, the most days for their cost first: t, days of use, million US$ a "
        "year, days gained for 1,000 US$ a year",
        told.head(_TOLD).round(digits).reset_index(drop=True),
        "No stock is needed.",
    )


def _leverage_part(rows: pd.DataFrame) -> Part:
    told = rows[rows["leverage"].notna()]
    columns = ["origin", "destination", "theirs", "own", "leverage"]
    return Part(
        "leverage",
        "What a place can do to another by shipping it nothing for a year (million US$): loss of "
        "the other's users, its own loss, their ratio",
        told[columns].head(_TOLD).round(1).reset_index(drop=True),
        "Nobody can press anybody.",
    )
