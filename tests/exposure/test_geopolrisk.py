"""GeoPolRisk beside its reference implementation, and what a missing score does."""

import numpy as np
import pandas as pd
import pytest

from kidorui.studies.exposure.geopolrisk import COPPER, geopolrisk, instability
from tests.exposure import reference

TOLERANCE = 1e-4

needs_reference = pytest.mark.skipif(
    not reference.GPR.is_dir(), reason="reference data is not at hand"
)


def trade(*rows):
    columns = ["year", "importer", "exporter", "value", "quantity"]
    return pd.DataFrame(rows, columns=columns).astype({"value": float, "quantity": float})


def production(*rows):
    return pd.DataFrame(rows, columns=["year", "country", "quantity"])


def governance(*rows):
    frame = pd.DataFrame(rows, columns=["year", "country", "score"])
    return frame.astype({"score": float})


TRADE = trade(
    (2024, "JP", "CN", 60.0, 60.0),
    (2024, "JP", "AU", 80.0, 20.0),
    (2024, "JP", "KR", 60.0, 20.0),
    (2024, "KR", "CN", 100.0, 50.0),
)
MADE = production((2024, "CN", 70.0), (2024, "AU", 30.0))
SCORES = governance((2024, "CN", 0.6), (2024, "AU", 0.3), (2024, "KR", 0.4))


def one(entity="JP", **changes):
    """The row of one entity, of the small world with some tables or options changed."""
    given = {
        "trade": TRADE,
        "production": MADE,
        "governance": SCORES,
        "members": {"JP": ["JP"], "KR": ["KR"], "both": ["JP", "KR"]},
    } | changes
    return geopolrisk(**given).set_index("entity").loc[entity]


@pytest.fixture(scope="module")
def computed():
    """Ours from the very tables of the reference, with its convention, output by BGS."""
    bought, scores = reference.mapped_trade()
    rows = geopolrisk(bought, reference.bgs_production(), scores, reference.members(), missing=0.5)
    return rows.set_index(reference.KEYS)


@needs_reference
@pytest.mark.parametrize("column", ["hhi", "import_risk", "geopolrisk", "cf", "price"])
def test_results_with_output_by_bgs_are_met_every_year_and_entity(computed, column):
    known = reference.results("geopolrisk_ree_results_2000_2023_BGSproduction_v2.0.1.csv")
    assert len(known) == 96
    np.testing.assert_allclose(computed[column].reindex(known.index), known[column], TOLERANCE)


@needs_reference
@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("imports", "total_trade_t"),
        ("price", "price_kusd_per_t"),
        ("trade_risk", "import_risk_trade_only"),
    ],
)
def test_trade_parts_are_met_every_year_and_entity(computed, ours, theirs):
    known = reference.components()
    assert len(known) == 100
    np.testing.assert_allclose(computed[ours].reindex(known.index), known[theirs], TOLERANCE)


@needs_reference
def test_blank_is_ours_where_blank_is_the_reference(computed):
    known = reference.components()["import_risk_trade_only"]
    blank = known.index[known.isna()]
    assert set(blank) == {(2000, "Japan"), (2003, "USA")}
    assert computed.loc[blank, "import_risk_low"].notna().all()


@needs_reference
def test_results_with_world_mining_data_are_met_every_year_and_entity():
    """The table of output is not at hand: a world of the same HHI and domestic output is made up.

    Of 1 Mt, three countries share what the entity does not make, so that the HHI is the one
    stated. (That of the table itself is met in `python -m benchmarks exposure`.)
    """
    bought, scores = reference.mapped_trade()
    known = reference.results("geopolrisk_ree_results_v2.0.1.csv")
    parts = reference.components().loc[2018:]
    for entity, held in reference.members().items():
        mine = parts.xs(entity, level="entity")
        home = mine["domestic_production_t"].to_numpy()
        hhi = mine["hhi"].to_numpy()
        rest, squared = 1e6 - home, hhi * 1e12 - home**2
        small = (2 * rest - np.sqrt(6 * squared - 2 * rest**2)) / 6
        output = [home, rest - 2 * small, small, small]
        made = pd.concat(
            production(*zip(mine.index, [name] * len(mine), amounts, strict=True))
            for name, amounts in zip([held[0], "X", "Y", "Z"], output, strict=True)
        )
        rows = geopolrisk(bought, made, scores, {entity: held}, missing=0.5)
        rows = rows.set_index("year").loc[2018:]
        stated = known.xs(entity, level="entity")
        assert len(stated) == 7
        for column in ("hhi", "import_risk", "geopolrisk", "cf", "price"):
            np.testing.assert_allclose(rows[column], stated[column], TOLERANCE)


@needs_reference
def test_a_missing_score_stays_missing_unless_told(computed):
    bought, scores = reference.mapped_trade()
    made, members = reference.bgs_production(), reference.members()
    open_ = geopolrisk(bought, made, scores, members).set_index(reference.KEYS)
    taken = computed["geopolrisk"].dropna().index
    inside = open_.loc[taken]
    assert (inside["geopolrisk_low"] <= computed.loc[taken, "geopolrisk"] + 1e-12).all()
    assert (inside["geopolrisk_high"] >= computed.loc[taken, "geopolrisk"] - 1e-12).all()
    japan = open_.loc[(2010, "Japan")]  # 17 t of 29,485 from Taiwan, of which no score is given
    assert np.isnan(japan["geopolrisk"])
    assert japan["unscored_share"] == pytest.approx(17.152 / 29485.155)
    width = japan["geopolrisk_high"] - japan["geopolrisk_low"]
    assert width == pytest.approx(japan["hhi"] * japan["unscored_share"])


@needs_reference
def test_with_the_score_of_taiwan_no_figure_of_japan_is_missing_since_2002():
    """Trade data call it `Other Asia, nes`, for which the reference finds no score."""
    bought, scores = reference.mapped_trade()
    wgi = pd.read_csv(reference.DATA / "wgi" / "wgi_political_stability_1996_2024.csv")
    taiwan = wgi[wgi["iso3"] == "TWN"]
    more = {"year": taiwan["year"], "country": "Other Asia, nes"}
    more["score"] = instability(taiwan["estimate"])
    scores = pd.concat([scores, pd.DataFrame(more)])
    rows = geopolrisk(bought, reference.bgs_production(), scores, reference.members())
    japan = rows[rows["entity"] == "Japan"].set_index("year").loc[2002:2023]
    assert japan["geopolrisk"].notna().all()
    assert japan.loc[2023, "geopolrisk"] == pytest.approx(0.2625, abs=5e-5)


@needs_reference
def test_scores_are_those_of_the_reference():
    """`gpr_normalized` says 0 for some countries without an estimate: ours stay missing."""
    rows = pd.read_csv(reference.DATA / "wgi" / "wgi_political_stability_1996_2024.csv")
    ours = instability(rows["estimate"])
    stated = rows["estimate"].notna().to_numpy()
    np.testing.assert_allclose(ours[stated], rows["gpr_normalized"][stated], atol=1e-9)
    assert np.isnan(ours[~stated]).all()
    assert (rows["gpr_normalized"][~stated] == 0).any()


def test_index_of_a_small_world_by_hand():
    row = one()
    assert row["hhi"] == pytest.approx(0.7**2 + 0.3**2)
    assert row["import_risk"] == pytest.approx((60 * 0.6 + 20 * 0.3 + 20 * 0.4) / 100)
    assert row["price"] == pytest.approx(2.0)
    assert row["geopolrisk"] == pytest.approx(0.58 * 0.5)
    assert row["cf"] == pytest.approx(0.29 * 2.0 / COPPER)
    assert row["geopolrisk_low"] == row["geopolrisk"] == row["geopolrisk_high"]


def test_what_members_buy_of_each_other_is_bought_without_risk():
    row = one("both")
    assert row["imports"] == 150
    assert row["import_risk"] == pytest.approx((110 * 0.6 + 20 * 0.3) / 150)


def test_own_output_lowers_the_import_risk():
    made = production((2024, "CN", 70.0), (2024, "JP", 100.0))
    assert one(production=made)["import_risk"] == pytest.approx(50 / 200)
    assert one(production=made)["trade_risk"] == pytest.approx(50 / 100)


def test_weighed_by_value_the_dear_goods_count_and_own_output_at_the_import_price():
    made = production((2024, "CN", 70.0), (2024, "JP", 100.0))
    row = one(production=made, basis="value")
    spent = 60 * 0.6 + 80 * 0.3 + 60 * 0.4
    assert row["trade_risk"] == pytest.approx(spent / 200)
    assert row["import_risk"] == pytest.approx(spent / (200 + 100 * 2.0))
    assert one(basis="value")["import_risk"] == pytest.approx(spent / 200)


@pytest.mark.parametrize("blank", [True, False])
def test_a_partner_without_a_score_leaves_an_interval_and_no_figure(blank):
    scores = SCORES[SCORES["country"] != "AU"]
    if blank:
        scores = pd.concat([scores, governance((2024, "AU", np.nan))])
    row = one(governance=scores)
    assert np.isnan(row["geopolrisk"])
    assert np.isnan(row["cf"])
    assert row["unscored_share"] == pytest.approx(0.2)
    assert row["import_risk_low"] == pytest.approx(0.44)
    assert row["import_risk_high"] == pytest.approx(0.64)
    assert one("KR", governance=scores)["import_risk"] == pytest.approx(0.6)


def test_a_score_is_put_in_only_where_there_is_no_row_and_only_on_request():
    scores = SCORES[SCORES["country"] != "AU"]
    assert one(governance=scores, missing=0.5)["import_risk"] == pytest.approx(0.44 + 0.1)
    blank = pd.concat([scores, governance((2024, "AU", np.nan))])
    assert np.isnan(one(governance=blank, missing=0.5)["import_risk"])


def test_goods_without_a_weight_are_left_out_and_told():
    bought = pd.concat([TRADE, trade((2024, "JP", "CN", 50.0, np.nan))])
    row = one(trade=bought)
    assert row["unweighed_share"] == pytest.approx(50 / 250)
    assert row["price"] == pytest.approx(2.0)
    assert row["import_risk"] == pytest.approx(0.5)


def test_paid_goods_without_a_weight_from_a_partner_without_a_score_spoil_the_figure():
    bought = pd.concat([TRADE, trade((2024, "JP", "NC", 5.0, np.nan))])
    assert np.isnan(one(trade=bought)["geopolrisk"])


def test_a_year_without_output_on_record_has_trade_risk_alone():
    row = one(production=production((2023, "CN", 70.0)))
    assert np.isnan(row["hhi"])
    assert np.isnan(row["production"])
    assert np.isnan(row["import_risk"])
    assert row["trade_risk"] == pytest.approx(0.5)


def test_an_entity_that_buys_nothing_has_no_price_and_no_risk():
    row = one("AU", members={"AU": ["AU"]})
    assert row["imports"] == 0
    assert np.isnan(row["price"])
    assert row["import_risk"] == 0  # it makes 30 t and buys nothing
    assert np.isnan(row["trade_risk"])


def test_rows_come_by_year_and_entity_in_order():
    bought = pd.concat([trade((2023, "KR", "CN", 1.0, 1.0)), TRADE])
    rows = geopolrisk(bought, MADE, SCORES, {"KR": ["KR"], "JP": ["JP"]})
    assert rows[["year", "entity"]].to_numpy().tolist() == [
        [2023, "KR"], [2023, "JP"], [2024, "KR"], [2024, "JP"],
    ]  # fmt: skip


def test_everything_wrong_is_told_at_once():
    with pytest.raises(ValueError, match="members") as caught:
        geopolrisk(
            TRADE.assign(quantity=[1.0, -2.0, np.inf, 1.0]),
            pd.concat([MADE, MADE], ignore_index=True),
            governance((2024.5, "CN", 1.7)),
            {"JP": []},
            missing=2.0,
            basis="weight",
        )
    assert str(caught.value).splitlines() == [
        "trade:1:quantity: -2.0; a number from 0 is accepted, or a blank",
        "trade:2:quantity: inf; a number from 0 is accepted, or a blank",
        "production:2: 2024 CN; one row for each year and country",
        "production:3: 2024 AU; one row for each year and country",
        "governance:0:year: 2024.5; a whole year is accepted",
        "governance:0:score: 1.7; a number from 0 to 1 is accepted, or a blank",
        "members:JP: no country; one or more are accepted",
        "missing: 2; None or a score from 0 to 1 is accepted",
        "basis: 'weight'; 'quantity' or 'value' is accepted",
    ]


def test_a_member_that_no_table_names_is_refused():
    with pytest.raises(ValueError, match="members:JP:Japn: in none of the tables"):
        one(members={"JP": ["Japn"]})


def test_a_table_without_a_column_is_refused_by_what_it_lacks():
    with pytest.raises(ValueError, match="trade: no column value, quantity"):
        geopolrisk(TRADE.drop(columns=["value", "quantity"]), MADE, SCORES, {"JP": ["JP"]})


def test_the_ends_of_the_scale_are_held():
    assert instability([2.5, 0.0, -2.5, -3.3, 2.9]).tolist() == [0.0, 0.5, 1.0, 1.0, 0.0]
