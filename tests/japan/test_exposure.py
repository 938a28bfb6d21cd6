"""Japan in 2024 beside what is published, each figure on the basis it was published on.

A miss is no failure here; a figure that was inside and no longer is, is. One that comes inside is
taken out of MISSES and moved in docs/exposure.md.
"""

import re
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import kidorui
from kidorui.case import load
from kidorui.results import Result
from tests.japan.published import AMOUNT, FIGURES, HELD, HHI, MISSES, POINTS, of_index, told

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared" / "data"


@cache
def lived() -> Result:
    return kidorui.exposure("japan")


def test_exactly_the_misses_are_outside():
    assert {figure.id for figure in FIGURES.values() if figure.misses} == MISSES


def test_no_tolerance_was_widened():
    """As docs/exposure.md states them."""
    assert (POINTS, HHI, AMOUNT) == (5.0, 0.05, 0.10)
    for figure in FIGURES.values():
        amount = figure.id.endswith(("-weight", "-value")) and figure.published > 100
        assert figure.tolerance == (HHI if "hhi" in figure.id else AMOUNT if amount else POINTS)


@pytest.mark.parametrize("part", HELD)
def test_the_interval_of_geopolrisk_holds_the_published_score(part):
    low, high = (of_index("GeoPolRisk", part, end) for end in ("low", "high"))
    assert low - 1e-3 <= HELD[part] <= high + 1e-3


@pytest.mark.parametrize(
    ("hs", "basis", "origin", "published"),
    [
        ("280530", "weight", "CN", 0.6198),
        ("280530", "value", "VN", 0.6377),
        ("284610", "weight", "CN", 0.6048),
        ("284610", "value", "CN", 0.1780),
        ("284690", "weight", "CN", 0.7614),
        ("284690", "value", "MY", 0.3005),
    ],
)
def test_the_record_is_told_as_published(hs, basis, origin, published):
    rows = told().table("customs").set_index(["hs", "basis", "element", "origin"])
    assert rows.loc[(hs, basis, "all", origin), "share"] == pytest.approx(published, abs=1e-4)


@pytest.mark.skipif(not DATA.is_dir(), reason="reference data is not at hand")
def test_what_is_taken_as_published_is_what_baci_says():
    rows = pd.read_csv(DATA / "trade" / "SUMMARY.csv", dtype={"hs": str})
    rows = rows[(rows["section"] == "japan_import") & (rows["year"] == 2024)]
    by = rows.set_index(["hs", "partner"])
    places = {"CN": "CHN", "VN": "VNM", "MY": "MYS", "TH": "THA", "IN": "IND"}
    for goods, hs in {"raw": "REE3", "metal": "280530", "compound": "2846"}.items():
        for basis, column in {"weight": "qty", "value": "value"}.items():
            total = by.loc[(hs, "TOTAL")]
            assert FIGURES[f"{goods}-hhi-{basis}"].published == pytest.approx(
                total[f"hhi_{column}"], abs=1e-4
            )
            for place, iso in places.items():
                figure = FIGURES.get(f"{goods}-{place.lower()}-{basis}")
                if figure:
                    seen = 100 * by.loc[(hs, iso), f"share_{column}"]
                    assert figure.published == pytest.approx(seen, abs=0.01)


@pytest.mark.skipif(not DATA.is_dir(), reason="reference data is not at hand")
def test_what_is_taken_as_published_is_what_iea_says():
    rows = pd.read_csv(DATA / "demand" / "governance.csv", dtype=str)
    rows = rows[(rows["year"] == "2024") & (rows["indicator"] == "supply share")]
    countries = {"China": "CN", "Myanmar": "MM", "Australia": "AU", "United States": "US"}
    countries["Malaysia"] = "MY"
    met = 0
    for stage, did in (("mining", "mined"), ("refining", "refined")):
        of = rows[rows["element_or_stage"] == f"{stage} (Nd,Pr,Dy,Tb)"].set_index("entity")
        for country, place in countries.items():
            figure = FIGURES.get(f"{did}-{place.lower()}")
            if figure:
                assert figure.published == float(of.loc[country, "value"])
                met += 1
    assert met == 7


def of_page() -> list[tuple[str, ...]]:
    """(figure, published, ours, off, verdict) of each row of the page's tables."""
    page = (ROOT / "docs" / "exposure.md").read_text(encoding="utf-8")
    section = page.split("## Japan in 2024 beside what is published", 1)[1]
    rows = re.findall(r"^\| `([a-z0-9-]+)` \|(.*)\|$", section, flags=re.MULTILINE)
    return [(name, *(cell.strip() for cell in rest.split("|")[-4:])) for name, rest in rows]


def test_the_page_tells_every_figure_with_its_verdict_misses_first():
    rows = of_page()
    assert {row[0] for row in rows} == set(FIGURES)
    assert len(rows) == len(FIGURES)
    assert {row[0] for row in rows[: len(MISSES)]} == MISSES
    for name, published, ours, off, verdict in rows:
        figure = FIGURES[name]
        digits = {HHI: 0.0006, POINTS: 0.06, AMOUNT: 0.6}[figure.tolerance]
        assert float(published.replace(",", "")) == pytest.approx(figure.published, abs=digits)
        assert float(ours.replace(",", "")) == pytest.approx(figure.ours(), abs=digits), name
        told_off = float(off.replace("−", "-").replace(",", ""))
        assert told_off == pytest.approx(figure.off, abs=2 * digits), name
        assert verdict == ("**miss**" if name in MISSES else "inside"), name


def test_origins_add_up_to_what_is_used():
    rows = told().table("origins")
    rows = rows[rows["identified"]]
    by = rows[rows["via"] == "all"].groupby(["element", "stage"])
    assert (by["share"].sum() - 1).abs().max() < 1e-9
    used = by["amount"].sum().unstack()
    assert (used.sub(used["mine"], axis=0).abs().max(axis=1) <= 1e-9 * used["mine"]).all()
    ways = rows[rows["via"] != "all"].groupby(["element", "stage"])["amount"].sum()
    assert np.allclose(ways, by["amount"].sum(), rtol=1e-9, atol=0)


def test_what_is_bought_of_vietnam_has_chinese_oxide_in_it():
    rows = told().table("origins").set_index(["element", "stage", "via", "origin"])
    for element, least in (("light", 0.10), ("heavy", 0.45)):
        inside = rows.loc[(element, "separation", "VN", "CN")]
        assert least < inside["of_via"] < 1
        assert inside["amount"] > 1
    assert rows.loc[("light", "metal", "all", "VN"), "direct"] > 0.3
    own = rows.loc[("light", "separation", "VN", "VN")]
    assert own["of_via"] < 0.2  # most of it was separated elsewhere


def test_the_look_through_finds_more_china_than_the_customs_do_in_oxide():
    rows = told().table("origins").set_index(["element", "stage", "via", "origin"])
    for element in ("light", "Ce", "Nd"):
        china = rows.loc[(element, "separation", "all", "CN")]
        assert china["share"] > china["direct"] + 0.05
    heavy = rows.loc[("heavy", "separation", "all", "CN")]
    assert heavy["direct"] == pytest.approx(1.0)  # METI
    assert heavy["share"] < 1  # Vietnam separates what comes in metal and magnets


def test_what_the_data_lump_has_no_figure():
    result = told()
    rows = result.table("origins")
    alone = rows[~rows["identified"]]
    assert set(alone["element"]) == {"Er", "Ho", "Lu", "Tm", "Yb"}
    assert set(alone["origin"]) == {"not identified"}
    assert alone[["amount", "share", "of_via", "direct"]].isna().all(axis=None)
    customs = result.table("customs")
    unknown = customs[~customs["identified"] & (customs["element"] != "all")]
    assert {"Dy", "Tb", "Y"} <= set(unknown.loc[unknown["hs"] == "284690", "element"])
    assert unknown[["amount", "share"]].isna().all(axis=None)


@pytest.mark.slow
def test_losses_of_an_outage_grow_with_its_length():
    rows = lived().table("n_minus_1")
    for what in ("short", "value", "buffer"):
        grown = rows[[f"{what}_{months}" for months in (1, 3, 6, 12)]].diff(axis=1).iloc[:, 1:]
        assert grown.min(axis=None) >= -1e-9
    assert rows["value_12"].is_monotonic_decreasing
    assert list(rows["rank"]) == list(range(1, len(rows) + 1))


@pytest.mark.slow
def test_all_of_chinas_separation_loses_at_least_what_each_of_its_plants_does():
    rows = lived().table("n_minus_1")
    rows = rows[(rows["place"] == "CN") & (rows["stage"] == "separation")]
    stage = rows[rows["kind"] == "stage"].iloc[0]
    plants = rows[rows["kind"] == "plant"]
    assert len(plants) >= 4
    for column in ("short_12", "value_12"):
        assert (plants[column] <= 1.01 * stage[column]).all()


@pytest.mark.slow
def test_only_what_carries_nothing_is_skipped():
    result = lived()
    assert set(result.table("skipped")["why"]) == {"no base flow"}
    assert (result.table("n_minus_1")["flow"] > 0).all()
    asked = [set(result.table(t)["outage"]) for t in ("skipped", "n_minus_1")]
    routes = load("japan").table("routes")
    every = routes["goods"] + " " + routes["origin"] + " " + routes["destination"]
    assert set(every[routes["base_flow"].fillna(0) > 0]) <= asked[0] | asked[1]


@pytest.mark.slow
def test_every_sector_of_japan_has_a_row_in_survival():
    demands = load("japan").table("demands")
    sectors = set(demands.loc[demands["place"] == "JP", "sector"])
    rows = lived().table("survival")
    assert set(rows["sector"]) == sectors
    stopped = rows.dropna(subset="survives")
    assert (stopped["survives"] + stopped["stopped_days"] <= 365.25 + 1e-6).all()
