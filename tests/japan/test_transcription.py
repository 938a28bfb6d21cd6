"""The case's figures against the reference data they were taken from, where that is at hand."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from kidorui.case import load

DATA = Path(__file__).parents[3] / "shared" / "data"

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="reference data is not at hand")


@pytest.fixture(scope="module")
def japan():
    return load("japan")


@pytest.mark.parametrize(
    ("material", "deposit"),
    [
        ("sichuan", "Maoniuping, Sichuan"),
        ("clay", "Xinfeng ion clay (medium-Y Eu-rich)"),
        ("mount-weld", "Mount Weld (Central Lanthanide Deposit)"),
        ("monazite", "Manavalakurichi monazite"),
        ("xenotime", "Southeast Guangdong xenotime"),
    ],
)
def test_baskets_are_those_of_the_source(japan, material, deposit):
    baskets = pd.read_csv(DATA / "supply" / "baskets_wide.csv").set_index("deposit").loc[deposit]
    total = baskets["La":"Y"].fillna(0).astype(float).sum()
    contents = japan.table("contents")
    mine = contents[contents["material"] == material].set_index("element")["content"]
    assert mine.sum() == pytest.approx(1.0, abs=1e-4)
    for element in mine.index.drop("rest"):
        assert mine[element] == pytest.approx(float(baskets[element]) / total, rel=1e-4)
    rest = baskets[["Ho", "Er", "Tm", "Yb", "Lu"]].fillna(0).astype(float).sum()
    assert mine["rest"] == pytest.approx(rest / total, rel=1e-4)


def test_prices_are_the_means_of_2024(japan):
    prices = pd.read_csv(DATA / "supply" / "prices.csv", dtype=str)
    source = prices[(prices["date"] == "2024") & prices["source"].str.startswith("USGS MCS 2026")]
    published = source.set_index("element")["usd_per_kg"].astype(float)
    base = japan.table("materials").set_index("id")["base_price"]
    for element in ("La", "Ce", "NdPr", "Nd", "Pr", "Sm", "Eu", "Gd", "Dy", "Tb", "Y"):
        assert base[f"{element.lower()}-oxide"] == published[element]


def test_sea_distances_are_those_computed(japan):
    distances = pd.read_csv(DATA / "trade" / "geo" / "sea_distances_searoute_1.6.0.csv")
    computed = distances[distances["case"] == "base"].set_index(["origin", "destination"])
    routes = japan.table("routes").set_index(["origin", "destination"])["distance"]
    for ends, ports in (
        (("CN", "JP"), ("Shanghai", "Yokohama")),
        (("MY", "JP"), ("Kuantan", "Yokohama")),
        (("US", "JP"), ("Los Angeles", "Yokohama")),
    ):
        key = ports if ports in computed.index else ports[::-1]
        assert routes.loc[ends].iloc[0] == pytest.approx(computed.loc[key, "distance_km"], abs=1)


def test_growth_of_use_is_that_of_the_scenario(japan):
    uses = pd.read_csv(DATA / "demand" / "demand_by_use.csv", dtype=str)
    uses = uses[(uses["element"] == "NdPrDyTb") & uses["scenario"].isin(["base year", "STEPS"])]
    demands = japan.table("demands")
    elsewhere = demands[demands["place"] == "US"]
    for sector, use in (("wind", "wind"), ("electronics", "other uses (all not EV, not wind)")):
        published = uses[uses["end_use"] == use].set_index("year")["value"].astype(float)
        mine = elsewhere[elsewhere["sector"] == sector].set_index("year")["quantity"]
        for year in (2030, 2035, 2040):
            grown = published[str(year)] / published["2024"]
            assert mine[year] / mine[2024] == pytest.approx(grown, rel=1e-3)


def test_mine_output_observed_is_of_one_vintage(japan):
    mines = pd.read_csv(DATA / "supply" / "mine_production.csv", dtype=str)
    usgs = mines[(mines["year"] == "2024") & (mines["data_vintage"] == "MCS2026")]
    published = usgs.set_index("country")["t_reo"].astype(float)
    observed = japan.table("observations").set_index("id")["value"]
    assert observed["mine-cn-2024"] + observed["clay-cn-2024"] == published["China"]
    countries = {
        "cn": "China", "us": "United States", "au": "Australia", "mm": "Myanmar", "in": "India",
        "ru": "Russia", "th": "Thailand", "br": "Brazil",
    }  # fmt: skip
    for place, country in countries.items():
        assert observed[f"mined-{place}-2024"] == published[country]
    africa = published[["Madagascar", "Nigeria", "Other countries"]].sum()
    assert observed["mined-af-2024"] == africa


ROWS = {
    ("separation", "China Northern Rare Earth Group"): ("cn-sep-northern", 176_020),
    ("separation", "Shenghe Resources"): ("cn-sep-shenghe", 5_500),
    ("separation", "Iluka"): ("au-eneabba", 17_500),
    ("separation", "Neo Performance (NPM Silmet)"): ("eu-silmet", 3_000),
    ("separation", "Toyotsu Rare Earths India"): ("in-toyotsu", 4_000),
    ("separation", "VTRE and others"): ("vn-vtre", 5_000),
    ("separation", "Solikamsk Magnesium"): ("ru-lovozero", 2_600),
    ("separation", "Saskatchewan Research Council"): ("rw-src-metal", 400),
    ("separation", "Ucore"): ("us-ucore", 2_000),
    ("separation", "Australian Strategic Materials"): ("rw-metal", 1_300),
    ("metal_and_magnet", "JL MAG"): ("cn-jl-mag", 38_000),
    ("metal_and_magnet", "Ningbo Yunsheng"): ("cn-yunsheng", 26_000),
    ("metal_and_magnet", "Zhong Ke San Huan"): ("cn-san-huan", 25_000),
    ("metal_and_magnet", "Daido Steel (Daido Electronics)"): ("jp-daido", 500),
    ("metal_and_magnet", "Shin-Etsu Magnetic Materials Vietnam"): ("vn-magnet", 2_200),
    ("metal_and_magnet", "Shin-Etsu"): ("cn-shin-etsu", 3_000),
    ("metal_and_magnet", "eVAC Magnetics"): ("us-sumter", 2_000),
    ("metal_and_magnet", "MP Materials Independence"): ("us-independence", 1_000),
    ("metal_and_magnet", "MP Materials 10X"): ("us-10x", 7_000),
    ("metal_and_magnet", "Noveon Magnetics"): ("us-magnet", 2_000),
    ("metal_and_magnet", "USA Rare Earth"): ("us-stillwater", 1_200),
    ("metal_and_magnet", "Vulcan Elements"): ("us-vulcan", 10_000),
    ("metal_and_magnet", "Neo Performance"): ("eu-narva", 2_000),
    ("metal_and_magnet", "JS Link / Lynas"): ("my-js-link", 3_000),
    ("metal_and_magnet", "India scheme (5 plants)"): ("in-magnet", 6_000),
    ("metal_and_magnet", "Less Common Metals / USA Rare Earth"): ("eu-lcm-lacq", 3_750),
    ("deposits", "Mountain Pass"): ("us-mountain-pass", 50_692),
    ("deposits", "Eneabba stockpile (Iluka)"): ("au-eneabba-feed", 17_500),
    ("deposits", "Browns Range"): ("au-browns-range", 4_350),
    ("deposits", "Yangibana"): ("au-yangibana", 10_000),
    ("deposits", "Dubbo (Toongi)"): ("au-dubbo", 6_700),
    ("deposits", "Makuutu"): ("af-makuutu", 800),
    ("deposits", "Songwe Hill"): ("af-songwe", 6_000),
    ("deposits", "Kangankunde"): ("af-kangankunde", 8_000),
    ("deposits", "Longonjo"): ("af-longonjo", 8_500),
    ("deposits", "Phalaborwa (phosphogypsum)"): ("af-phalaborwa", 1_850),
    ("deposits", "Caldeira"): ("br-caldeira", 9_000),
    ("deposits", "Tanbreez"): ("eu-tanbreez", 15_000),
    ("deposits", "Norra Karr"): ("eu-norra-karr", 5_341),
    ("deposits", "Ngualla"): ("af-ngualla", 16_200),
}
"""Plants and projects whose capacity is stated in the tonnes that the case counts."""

CARRIED = {
    "separation": {
        "China total (quota)": "the sum of China's plants",
        "China Northern (Huamei phase 1)": "inside cn-sep-northern",
        "China Rare Earth Group": "cn-sep-creg, less its ion clay",
        "Lynas": "my-lamp, my-heavy and my-heavy-2, from t of NdPr and of feed",
        "MP Materials": "us-mp-light and us-mp-heavy, from t of NdPr and of feed",
        "Energy Fuels": "us-white-mesa and us-white-mesa-2, from t of NdPr",
        "Arafura": "au-nolans-sep, from t of NdPr",
        "Caremag (Carester)": "eu-caremag and eu-caremag-recycling, by feed",
        "REEtec": "eu-reetec, from t of NdPr",
        "IREL": "in-irel-sep, from t of Nd",
        "Shin-Etsu Chemical": "vn-sep",
    },
    "metal_and_magnet": {
        "China all sintered NdFeB": "output, not capacity",
        "World sintered NdFeB blanks": "output, not capacity",
        "Japan total (tonnes, DOE basis)": "output, not capacity",
        "Australian Strategic Materials": "rw-metal",
    },
    "deposits": {
        "Bayan Obo": "cn-bayan-obo, whose quota it is",
        "South China ion-adsorption clays (Longnan, Xunwu, Xinfeng, Ganzhou)": "cn-ion-clay",
        "Kachin ion clays (Pangwa, Chipwi)": "mm-kachin: 2025's output, below its capacity",
        "Mount Weld": "au-mount-weld: output, below its capacity",
        "Nolans": "au-nolans-mine, from t of NdPr",
        "Lofdal": "af-lofdal, by its dysprosium",
        "Serra Verde (Pela Ema)": "br-serra-verde",
        "Halleck Creek": "us-halleck-creek, by its NdPr",
        "IREL coastal monazite (OSCOM Odisha, Manavalakurichi, Chavara)": "in-irel: output",
        "Lovozero (Karnasurt)": "ru-lovozero",
    },
}
"""Cited capacities that the case carries in another measure, or as a quota or an output."""

COLUMNS = {
    "separation": ("company", "capacity"),
    "metal_and_magnet": ("company", "capacity_t_per_yr"),
    "deposits": ("deposit", "capacity_t_reo_per_yr"),
}


@pytest.mark.parametrize("table", list(COLUMNS))
def test_every_plant_with_a_cited_capacity_is_a_row(japan, table):
    name, capacity = COLUMNS[table]
    cited = pd.read_csv(DATA / "supply" / f"{table}.csv")
    cited = cited[cited[capacity].notna()]
    known = {company for of, company in ROWS if of == table} | set(CARRIED[table])
    assert set(cited[name]) <= known


@pytest.mark.parametrize(("cited", "row"), list(ROWS.items()))
def test_capacities_are_those_cited(japan, cited, row):
    (table, company), (unit, size) = cited, row
    name, capacity = COLUMNS[table]
    source = pd.read_csv(DATA / "supply" / f"{table}.csv")
    assert size in set(source.loc[source[name] == company, capacity])
    plants = japan.table("plants").set_index("id")["capacity"]
    projects = japan.table("projects").set_index("id")["size_max"]
    assert pd.concat([plants, projects])[unit] == size


@pytest.mark.parametrize(
    ("project", "cited", "rate", "tonnes"),
    [
        ("au-yangibana", "Yangibana", 0.655, 10_000),
        ("af-longonjo", "Longonjo", 1.0, 8_500),
        ("us-sumter", "Sumter", 1.0, 2_000),
        ("us-10x", "10X", 1.0, 7_000),
        ("eu-lcm-lacq", "Lacq metals", 1.09, 3_750),
        ("eu-caremag", "Caremag", 1.09, 7_000),
        ("my-heavy-2", "LAMP HRE plant", 0.655, 5_000),
    ],
)
def test_investment_is_that_cited_in_dollars(japan, project, cited, rate, tonnes):
    source = pd.read_csv(DATA / "supply" / "projects.csv").set_index("project")
    capex = japan.table("projects").set_index("id").loc[project, "capex"]
    assert capex == pytest.approx(source.loc[cited, "capex"] * 1e6 * rate / tonnes, rel=0.01)


def test_imports_observed_are_those_of_the_trade_statistics(japan):
    imports = pd.read_csv(DATA / "demand" / "japan_imports.csv", dtype=str)
    imports = imports[(imports["period"] == "2024") & (imports["partner"] == "CHN")]
    observed = japan.table("observations").set_index("id")["value"]
    for code in ("280530", "284610", "284690"):
        words = f"HS {code[:4]}.{code[4:]} "
        row = imports[imports["hs_group"].str.startswith(words)].iloc[0]
        assert observed[f"jp-import-{code}-cn-2024"] == float(row["quantity_t"])
        value = float(row["value_musd"]) * 1000
        assert observed[f"jp-import-{code}-cn-value-2024"] == pytest.approx(value, abs=0.5)


INDUSTRIES = {
    "ev": "c15", "auto-parts": "c15", "industry": "c13", "appliances": "c13",
    "semiconductors": "c14", "electronics": "c14", "medical": "c14", "capacitors": "c14",
    "polishing": "c11", "glass": "c11",
}  # fmt: skip
"""Industry of the input-output table that a sector's value added is a share of."""


def test_losses_of_the_economy_are_those_of_the_input_output_table(japan):
    industries = pd.read_csv(DATA / "trade" / "io" / "wiod2011_japan_sectors.csv")
    industries = industries[industries["output_musd"] > 0].set_index("code")
    flows = pd.read_csv(DATA / "trade" / "io" / "wiod2011_japan_domestic_Z_musd.csv", index_col=0)
    inputs = flows.loc[industries.index, industries.index] / industries["output_musd"]
    inverse = np.linalg.inv(np.eye(len(inputs)) - inputs.to_numpy())
    added = industries["value_added_musd"] / industries["output_musd"]
    economy = pd.Series(added.to_numpy() @ inverse, added.index)
    own = added * np.diag(inverse)
    sectors = japan.table("sectors").set_index("sector")
    assert set(INDUSTRIES) == set(sectors.index[sectors["value_added"].notna()])
    for sector, code in INDUSTRIES.items():
        loss = economy[code] / own[code]
        assert sectors.loc[sector, "multiplier"] == pytest.approx(loss, rel=5e-3)


def test_what_can_stop_is_no_more_than_its_industry(japan):
    industries = pd.read_csv(DATA / "trade" / "io" / "wiod2011_japan_sectors.csv")
    added = industries.set_index("code")["value_added_musd"]
    added *= japan.settings.gdp / added.sum()
    stakes = pd.read_csv(DATA / "demand" / "value_at_stake.csv").set_index("item")["value"]
    shipments = stakes["automotive industry shipments"] * 1e6 / japan.settings.yen_per_usd
    car = industries.set_index("code").loc["c15"]
    added["c15"] = shipments * car["value_added_musd"] / car["output_musd"]
    high = japan.table("sectors").set_index("sector")["value_added_high"].dropna()
    total = high.groupby(INDUSTRIES).sum()
    assert (total <= added[total.index] * 1.001).all()


@pytest.mark.parametrize("year", [2009, 2014, 2021])
def test_gdp_is_that_of_the_world_bank(year):
    table = pd.read_csv(DATA / "trade" / "econ" / "worldbank_gdp_usd_1960_2023.csv")
    row = table[(table["Country Code"] == "JPN") & (table["Year"] == year)].iloc[0]
    assert load(f"japan-{year}").settings.gdp == pytest.approx(row["Value"] / 1e6, abs=1)
