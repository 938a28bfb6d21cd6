"""The data release of the USGS: the world's mines, the United States, prices."""

import pytest

from kidorui.case import load
from tests.case.importers.conftest import DATA, needs_data

HEAD = (
    "MCS chapter,Section,Commodity,Country,Statistics,Statistics_detail,Unit,Year,Value,Notes,"
    "Is critical mineral 2025,Other notes"
)
NAME = "MCS2026_Commodities_Data.csv"
WORLD = "World Mine Production and Reserves"
SALIENT = "Salient Statistics—United States"


def mined(country: str, value: str, year: str = "2024", note: str = "Estimated.") -> str:
    return (
        f'RARE EARTHS,{WORLD},Rare Earths,"{country}",Production,Mine production,metric tons,'
        f'{year},"{value}",{note},Yes,'
    )


def salient(statistic: str, detail: str, value: str, note: str = "", chapter="RARE EARTHS") -> str:
    return (
        f'{chapter},{SALIENT},Rare Earths,United States,{statistic},"{detail}",metric tons,2024,'
        f'"{value}","{note}",Yes,'
    )


def text(*lines: str) -> str:
    return "\n".join([HEAD, *lines]) + "\n"


def test_the_release_is_read_in_its_own_encoding_with_its_own_numbers(overlay, write):
    lines = text(
        mined("China", "270,000"),
        mined("Canada", "—", note=""),
        mined("Burma", "27,000"),
        mined("Côte d’Ivoire", "W", note=""),
        mined("Other countries", "1,000"),
        mined("World total", "380,000"),
        "COBALT,World Mine Production and Reserves,Cobalt,Chile,Production,x,t,2024,1,,Yes,",
    )
    done = overlay.take("usgs", write(NAME, lines, "cp1252"))
    rows = overlay.rows()
    assert {name: row["value"] for name, row in rows.items()} == {
        "usgs-2024-production-concentrate-CAN": "0",
        "usgs-2024-production-concentrate-CN": "270000",
        "usgs-2024-production-concentrate-MM": "27000",
    }
    china = rows["usgs-2024-production-concentrate-CN"]
    assert (china["unit"], china["confidence"]) == ("t REO, of mines", "medium")
    assert {out.why: out.rows for out in done.left_out} == {
        "of other chapters": 1,
        "of the world as a whole, or of other countries together": 2,
        "withheld or not available (W, NA, blank)": 1,
    }
    assert overlay.told() == []


def test_salient_statistics_of_one_stage_are_taken_and_others_told(overlay, write):
    lines = text(
        salient("Production", "Production: Mineral concentrates", "45,500"),
        salient("Import", "Imports: Compounds", "8,120"),
        salient("Export", "Exports: Metals: Rare-earth metals and alloys", "347"),
        salient("Export", "Exports: Ores and compounds", "20,000"),
        salient("Consumption", "Consumption, apparent, compounds and metals", "9,010"),
        salient("Net import reliance", "Net import reliance: Compounds", ">95"),
    )
    done = overlay.take("usgs", write(NAME, lines))
    rows = overlay.rows()
    told = {
        name: (row["origin"], row["place"], row["goods"], row["unit"]) for name, row in rows.items()
    }
    assert told == {
        "usgs-2024-production-concentrate-US": ("", "US", "concentrate", "t REO, of mines"),
        "usgs-2024-flow-oxide-US": ("", "US", "oxide", "t REO"),
        "usgs-2024-flow-metal-US-exports": ("US", "", "metal", "t REO"),
        "usgs-2024-demand-oxide-US": ("", "US", "oxide", "t REO, apparent use"),
    }
    assert [(out.rows, out.why[:27]) for out in done.left_out] == [
        (2, "statistics that lump stages")
    ]


def test_prices_are_of_the_material_that_holds_just_the_elements_named(overlay, write):
    price = "Price, average, dollars per kilogram: "
    lines = text(
        salient("Price", price + "Neodymium-praseodymium (NdPr) oxide, 99% minimum", "55"),
        salient("Price", price + "Mischmetal, 65% cerium, 35% lanthanum", "5.5"),
        salient("Price", price + "Terbium oxide, 99.99%", "812", chapter="RARE EARTHS (Heavy)"),
        salient("Price", price + "Holmium oxide, 99.5% minimum", "67"),
        salient("Price", price + "Y2O3, minimum 99.999% purity", "6", "Free on board China."),
        salient("Price", price + "Dysprosium oxide, 99.5% minimum", "250–260"),
    )
    overlay.take("usgs", write(NAME, lines))
    rows = overlay.rows()
    assert {row["goods"]: row["value"] for row in rows.values()} == {
        "ndpr-oxide": "55",
        "lace-metal": "5.5",
        "tb-oxide": "812",
        "y-oxide": "6",
    }
    yttrium, didymium = rows["usgs-2024-price-y-oxide"], rows["usgs-2024-price-ndpr-oxide"]
    assert (yttrium["place"], yttrium["unit"]) == ("CN", "US$/kg, FOB China")
    assert (didymium["place"], didymium["unit"]) == ("", "US$/kg, FOB")


def test_the_table_of_the_world_counts_where_both_say_the_same_thing(overlay, write):
    same = salient("Production", "Production: Mineral concentrates", "44,000")
    done = overlay.take("usgs", write(NAME, text(same, mined("United States", "45,500"))))
    assert overlay.rows()["usgs-2024-production-concentrate-US"]["value"] == "45500"
    assert any("44,000 and 45,500" in told for told in done.told)


def test_a_file_of_mines_alone_leaves_the_prices_of_the_year(overlay, write):
    price = salient("Price", "Price, average, dollars per kilogram: Terbium oxide, 99.99%", "812")
    overlay.take("usgs", write(NAME, text(mined("China", "270,000"), price)))
    done = overlay.take("usgs", write(NAME, text(mined("China", "271,000"))))
    assert (done.added, done.replaced, done.dropped) == (0, 1, 0)
    assert "usgs-2024-price-tb-oxide" in overlay.rows()


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (mined("China", "about 270"), ":2:Value: 'about 270' is no number; "),
        (mined("Atlantis", "5"), ":2:Country: 'Atlantis' is no country known; a country's name"),
        (mined("China", "5", year="24"), ":2:Year: '24' is no year; a year, 1900 to 2100"),
        (mined("China", "5")[:60], ":2: truncated or not well-formed: unexpected end of data; "),
        (mined("China", "5")[:70], ":2: truncated: 5 cells under 12 columns; "),
        ("COBALT,x,x,x,x,x,x,2024,1,,Yes,", ":MCS chapter: nothing on rare earths; "),
    ],
)
def test_a_faulty_row_is_refused_with_its_line(overlay, write, line, told):
    assert overlay.faults("usgs", write(NAME, text(line)))[0].startswith(NAME + told)


@needs_data
def test_the_extract_of_the_release_gives_what_the_case_took_from_it(overlay):
    overlay.take("usgs", DATA / "usgs" / "usgs_mcs2026_ree.csv")
    assert overlay.told() == []
    case = load(overlay.path)
    rows = case.table("observations")
    mined = rows[(rows["unit"] == "t REO, of mines") & (rows["year"] == 2024)]
    taken = mined[mined["source"] == "usgs-mcs2026"].set_index("place")["value"]
    read = mined[mined["source"] == "usgs-release-2026"].set_index("place")["value"]
    for place in taken.index.difference(["AF"]):  # Madagascar, Nigeria and others together
        assert read[place] == taken[place]
    assert read["MDG"] + read["NGA"] + 1000 == taken["AF"]
    prices = rows[(rows["kind"] == "price") & (rows["year"] == 2024)]
    both = prices.pivot_table(index="goods", columns="source", values="value")
    assert len(both.dropna()) >= 10
    assert (both["usgs-mcs2026"] == both["usgs-release-2026"])[both.notna().all(axis=1)].all()
