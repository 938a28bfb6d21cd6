"""An exposure in words: its headlines, the sentences a reader must see, and its few tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from kidorui.case import Case, sources
from kidorui.results import Json, Part
from kidorui.studies.dependence import home_places
from kidorui.studies.exposure.elements import ALL
from kidorui.studies.exposure.published import GEOPOLRISK, SUPPLY_RISK
from kidorui.studies.headlines import Headlines

DEPENDS, FAILS, HOLDS, LEVERS = (
    "On whom do we depend?",
    "What if one thing fails?",
    "What would a stock buy?",
    "Who can press whom?",
)

Tables = Mapping[str, pd.DataFrame]

_GROUPS = ("light", "heavy")
_STAGES = ("mine", "separation", "metal", "magnet")
_DONE = {"mine": "mined", "separation": "separated", "magnet": "made into magnets"}

_TOLD = 12
"""Rows of a table told on the screen."""


def summary(case: Case, tables: Tables) -> pd.DataFrame:
    """The headlines: a number with its unit and what it rests on, by the question it answers."""
    out = Headlines()
    _depends(out, case, tables)
    if len(tables["n_minus_1"]) or len(tables["skipped"]):
        _fails(out, case, tables)
        _holds(out, tables)
        _levers(out, case, tables["leverage"])
    return pd.DataFrame(out.rows)


def notes(case: Case, year: int, tables: Tables) -> list[str]:
    """Sentences a reader must see: what the figures stand for and what they take for granted."""
    return [
        *_on_bases(case, year, tables),
        *_on_record(tables["published"]),
        *_on_outages(tables),
        *_on_assumptions(case),
    ]


def parts(tables: Tables, meta: Mapping[str, Json]) -> Iterator[Part]:
    """The tables behind the headlines, each as a screen has room for it."""
    focus = str(meta.get("focus", "the focus place"))
    yield _origins_part(tables["origins"], focus)
    yield _indices_part(tables["indices"], focus)
    yield _published_part(tables["published"])
    if len(tables["n_minus_1"]) or len(tables["skipped"]):
        yield _choke_part(tables["n_minus_1"], focus)
        yield _survival_part(tables["survival"])
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
            for share, imported in of[["share", "direct"]].itertuples(index=False):
                direct = "" if np.isnan(imported) else f" (of imports {imported:.0%})"
                words = f"{group} {did} in {name}, looked through{direct}"
                out.add(DEPENDS, words, share * 100, "% of use")
    for index in (GEOPOLRISK, SUPPLY_RISK):
        score = _of_index(tables["published"], index, "score")
        if score is not None and not np.isnan(score["high"]):
            words = f"{index} of all rare earths, at most (at least {score['low']:.3g})"
            out.add(DEPENDS, words, score["high"], "1")


def _fails(out: Headlines, case: Case, tables: Tables) -> None:
    rows, stops = tables["n_minus_1"], tables["survival"].dropna(subset="survives")
    home = home_places(case)
    abroad = rows[~rows["place"].isin(home)]
    stopping = int(rows["first_stop"].notna().sum())
    out.add(FAILS, "things that may fail, one at a time", len(rows), "outages")
    out.add(FAILS, "of these, after which a sector stops within a year", stopping, "outages")
    at_home = set(zip(rows["kind"], rows["outage"], strict=True)) - set(
        zip(abroad["kind"], abroad["outage"], strict=True)
    )
    inside = pd.Series(list(zip(stops["kind"], stops["outage"], strict=True))).isin(at_home)
    for words, chosen in (
        ("first to stop for a failure abroad", stops[~inside.to_numpy(bool)]),
        ("first to stop for a failure at home", stops[inside.to_numpy(bool)]),
    ):
        for _, first in chosen.head(1).iterrows():
            told = f"{words}: {first['sector']}, without {first['name']}, after"
            out.add(FAILS, told, first["survives"], "days")
    for stage in _STAGES:
        of_stage = abroad[(abroad["stage"] == stage) & (abroad["kind"] == "stage")]
        for _, row in of_stage.head(1).iterrows():
            words = f"lost in a year without {row['name']} ({row['share_12']:.1%} of use)"
            out.add(FAILS, words, row["value_12"], "million US$")


def _holds(out: Headlines, tables: Tables) -> None:
    rows = tables["n_minus_1"]
    worst = rows[(rows["kind"] == "stage") & (rows["buffer_12"] > 0)]
    for _, row in worst.head(3).iterrows():
        words = f"stock with which no sector stops for a year without {row['name']}"
        out.add(HOLDS, words, row["buffer_12"], "million US$/yr")
    best = tables["stock_days"]
    for _, row in best[best["stage"] != "any"].head(1).iterrows():
        held = " and ".join(row["materials"])
        words = f"days that 1,000 US$ a year buy at most: {row['sector']}, by {held}"
        out.add(HOLDS, words, row["per_thousand"], "days")


def _levers(out: Headlines, case: Case, rows: pd.DataFrame) -> None:
    focus, names = case.settings.focus, _names(case)
    ours = rows[rows["destination"] == focus].dropna(subset="leverage")
    for _, row in ours.head(1).iterrows():
        other = names[row["origin"]]
        words = f"loss of {names[focus]} for each US$ {other} loses by shipping it nothing"
        out.add(LEVERS, words, row["leverage"], "US$ per US$")
    own = rows[rows["origin"] == focus]
    for _, row in own.head(1).iterrows():
        words = f"what {names[focus]} can do in return at most: loss of {names[row['destination']]}"
        out.add(LEVERS, words, row["theirs"], "million US$")


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
    lumping = sorted(set(customs.loc[customs["origin"] == "not identified", "hs"]))
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
        f"{len(skipped) - len(failed)} of {len(rows) + len(skipped)} things that may fail carry "
        "nothing and were not lived (table skipped). An outage is whole, begins in July, lasts the "
        "twelve months, and nobody knows for how long; the restrictions of its first day go on."
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


def _origins_part(rows: pd.DataFrame, focus: str) -> Part:
    rows = rows[(rows["via"] == ALL) & rows["element"].isin(_GROUPS) & (rows["share"] > 0.005)]
    rows = rows.assign(direct=(rows["direct"] * 100).round(1), share=(rows["share"] * 100).round(1))
    ordered = rows.sort_values(["element", "stage", "share"], ascending=[False, True, False])
    kept = ordered.groupby(["element", "stage"], sort=False).head(3)
    return Part(
        "origins",
        f"Where what {focus} uses was last mined, separated, made metal and magnet, looked through "
        "all borders (% of use), beside the direct share in imports of the stage's goods (%)",
        kept[["element", "stage", "origin", "share", "direct"]].reset_index(drop=True),
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


def _choke_part(rows: pd.DataFrame, focus: str) -> Part:
    columns = {
        "kind": "kind",
        "outage": "outage",
        "first_stop": "stops",
        "sector": "sector",
        "share_12": "% lost",
        "value_12": "users",
        "economy": "economy",
        "buffer_12": "stock",
    }
    once = rows[rows["same_as"] == ""][list(columns)].rename(columns=columns)
    once["% lost"] *= 100
    digits = {"stops": 0, "% lost": 1, "users": 0, "economy": 0, "stock": 2}
    return Part(
        "n_minus_1",
        f"Chokepoints of {focus}: day of the first stop and its sector; % of use lost in 12 "
        "months; loss of users and of the economy (million US$); cheapest stock to survive them "
        "(million US$ a year)",
        once.head(_TOLD).round(digits).reset_index(drop=True),
        "Nothing that fails costs anything.",
    )


def _survival_part(rows: pd.DataFrame) -> Part:
    columns = {
        "sector": "sector",
        "material": "for want of",
        "outage": "without",
        "survives": "stops on",
        "stopped_days": "stands",
    }
    first = rows.drop_duplicates("sector")[list(columns)].rename(columns=columns)
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
        "cost": "cost",
        "gained": "gained",
        "per_thousand": "a 1,000 US$",
    }
    each = each.assign(materials=each["materials"].map(" ".join))
    told = each[list(columns)].rename(columns=columns)
    digits = {"t": 1, "of use": 0, "cost": 3, "gained": 0, "a 1,000 US$": 2}
    return Part(
        "stock_days",
        "Stocks with which a sector survives 12 months of its worst failure abroad: what, t, days "
        "of use, million US$ a year, days gained, days gained for 1,000 US$ a year",
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
