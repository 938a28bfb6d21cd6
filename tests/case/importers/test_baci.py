"""CEPII BACI as published: a year's CSV, the zip of many, and what is wrong with a file."""

import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from kidorui.case import country_places, load
from tests.case.importers.conftest import DATA, needs_data

NAME = "BACI_HS92_Y2023_V202501.csv"
HEAD = "t,i,j,k,v,q\n"
FLOWS = (
    "2023,156,392,284690,124370.123,6014.8\n"  # China to Japan
    "2023,842,276,280530,31.5,   NA\n"  # CEPII's own number of the United States; to Germany
    "2023,490,392,850511,17,0.25\n"  # Other Asia, nes
    "2023,276,251,284610,5,1\n"  # Germany to France, both in Europe
    "2023,156,392,10121,900,40\n"  # horses
)


def test_a_flow_gives_its_value_and_its_weight(overlay, write):
    done = overlay.take("baci", write(NAME, HEAD + FLOWS))
    rows = overlay.rows()
    value = rows["baci-2023-284690-CN-JP-value"]
    assert value == {
        "id": "baci-2023-284690-CN-JP-value",
        "year": "2023",
        "kind": "flow",
        "place": "JP",
        "origin": "CN",
        "goods": "oxide",
        "value": "124370.123",
        "unit": "kUSD, HS 284690",
        "uncertainty": "",
        "source": "baci-hs92-v202501",
        "confidence": "high",
        "note": "",
    }
    weight = rows["baci-2023-284690-CN-JP-weight"]
    assert (weight["value"], weight["unit"]) == ("6014.8", "gross t, HS 284690")
    assert (done.read, done.kept, done.added) == (5, 4, 7)
    assert overlay.told() == []


def test_what_is_missing_stays_missing_and_is_counted(overlay, write):
    done = overlay.take("baci", write(NAME, HEAD + FLOWS))
    assert "baci-2023-280530-US-DEU-value" in overlay.rows()
    assert "baci-2023-280530-US-DEU-weight" not in overlay.rows()
    left = {out.why.split(" that")[0]: out.rows for out in done.left_out}
    assert left["quantities"] == 1
    assert left["of goods"] == 1


def test_goods_are_the_one_material_of_a_code_or_the_stage_of_several(overlay, write):
    overlay.take("baci", write(NAME, HEAD + FLOWS))
    goods = {row["unit"].split("HS ")[1]: row["goods"] for row in overlay.rows().values()}
    assert goods == {
        "284690": "oxide",
        "280530": "metal",
        "850511": "magnet",
        "284610": "ce-oxide",
    }


def test_countries_without_a_place_are_added_within_the_place_that_covers_them(overlay, write):
    done = overlay.take("baci", write(NAME, HEAD + FLOWS))
    places = overlay.rows("places")
    assert done.places == ("DEU", "FRA", "TWN")
    within = {name: row["within"] for name, row in places.items()}
    assert within == {"DEU": "EU", "FRA": "EU", "TWN": "RW"}
    counted = country_places(load(overlay.path))
    assert (counted["DEU"], counted["TWN"], counted["JP"], counted["EU"]) == (
        "EU",
        "RW",
        "JP",
        "EU",
    )
    assert any("2 rows join countries" in told for told in done.told)


def test_only_codes_of_the_case_or_those_asked_are_kept(overlay, write):
    file = write(NAME, HEAD + FLOWS)
    overlay.take("baci", file, hs=["2846"])
    assert {row["unit"].split("HS ")[1] for row in overlay.rows().values()} == {"284690", "284610"}
    (fault,) = overlay.faults("baci", file, hs=["010121"])
    assert "no material is traded as 010121" in fault


def test_an_assumed_uncertainty_says_so(overlay, write):
    overlay.take("baci", write(NAME, HEAD + FLOWS), uncertainty=0.1)
    row = overlay.rows()["baci-2023-284690-CN-JP-weight"]
    assert float(row["uncertainty"]) == pytest.approx(601.48)
    assert row["note"] == "uncertainty assumed, 10% of the value"


def test_the_zip_gives_the_years_asked_for_by_its_own_country_codes(overlay, tmp_path):
    file = tmp_path / "BACI_HS92_V202501.zip"
    with zipfile.ZipFile(file, "w") as archive:
        for year in (2021, 2022, 2023):
            archive.writestr(
                f"BACI_HS92_Y{year}_V202501.csv", f"{HEAD}{year},900,392,284690,{year},1\n"
            )
        archive.writestr("product_codes_HS92_V202501.csv", "code,description\n284690,x\n")
        archive.writestr(
            "country_codes_V202501.csv",
            "country_code,country_name,country_iso2,country_iso3\n900,Atlantis,VN,VNM\n"
            "392,Japan,JP,JPN\n",
        )
    done = overlay.take("baci", file, years=[2021, 2023])
    assert done.years == (2021, 2023)
    assert done.read == 2
    assert overlay.rows()["baci-2023-284690-VN-JP-value"]["value"] == "2023"
    (fault,) = overlay.faults("baci", file, years=[2030])
    assert fault == "BACI_HS92_V202501.zip: no year 2030 in it; there are 2021 to 2023"


def test_every_fault_of_a_file_is_told_with_its_line(overlay, write):
    rows = [
        "2023,156,392,284690,12,1",
        "2023,156,392,284690,many,1",
        "2023,156,392,2846",
        "1,156,392,284690,12,1",
        "2023,x,392,284690,12,one",
    ]
    faults = overlay.faults("baci", write(NAME, HEAD + "\n".join(rows) + "\n"))
    assert faults == [
        f"{NAME}:3:v: 'many' is no number; a number from 0, or NA",
        f"{NAME}:4: truncated: 4 cells under 6 columns; a cell for each column",
        f"{NAME}:5:t: '1' is no year; a year, 1900 to 2100",
        f"{NAME}:6:i: 'x' is no code; a whole number",
        f"{NAME}:6:q: 'one' is no number; a number from 0, or NA",
    ]


def test_of_very_many_faults_the_rest_is_a_number(overlay, write):
    faults = overlay.faults("baci", write(NAME, HEAD + "2023,156,392,284690,x,1\n" * 50))
    assert len(faults) == 21
    assert faults[-1].startswith(f"{NAME}: 30 more faults; ")


def test_unknown_countries_are_refused_with_their_lines(overlay, write):
    text = HEAD + "2023,156,392,10121,1,1\n2023,999,392,284690,1,1\n2023,156,998,284690,1,1\n"
    faults = overlay.faults("baci", write(NAME, text))
    assert [fault.split(";")[0] for fault in faults] == [
        f"{NAME}:3:i: no country 999",
        f"{NAME}:4:j: no country 998",
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", ":1: empty; a year's CSV of BACI"),
        (HEAD, ": a header and no rows; a year's CSV of BACI"),
        (HEAD + FLOWS[:-1], ":6: truncated: the last line has no end; the file as published"),
        (HEAD + FLOWS + FLOWS[:38], ":7: the flow of line 2 again; one row for each"),
        (HEAD + "2023,156,392,10121,900,40\n", ": nothing to import; a file with figures"),
        (HEAD + "2023,156,,284690,900,40\n", ":2:j: '' is no code; a whole number"),
        (HEAD + "2023,156,392,284690,-9,40\n", ":2:v: '-9' is no number; a number from 0, or NA"),
    ],
)
def test_a_damaged_file_is_refused(overlay, write, text, told):
    (fault,) = overlay.faults("baci", write(NAME, text))
    assert fault.startswith(NAME + told)


def test_a_zip_that_is_no_baci_or_broken_is_refused(overlay, tmp_path, write):
    other = tmp_path / "other.zip"
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("readme.txt", "nothing")
    assert "no yearly CSV of BACI in it" in overlay.faults("baci", other)[0]
    cut = tmp_path / "cut.zip"
    cut.write_bytes(other.read_bytes()[:40])
    assert "no zip, or a truncated one" in overlay.faults("baci", cut)[0]
    broken = tmp_path / "BACI.zip"
    with zipfile.ZipFile(broken, "w") as archive:
        archive.writestr(NAME, HEAD + FLOWS)
    data = broken.read_bytes()
    at = data.index(b"6014.8")
    broken.write_bytes(data[:at] + b"7" + data[at + 1 :])  # the checksum no longer fits
    assert "damaged or truncated" in overlay.faults("baci", broken)[0]


def test_the_format_that_a_file_looks_like_is_named(overlay, write):
    (fault,) = overlay.faults("comtrade", write(NAME, HEAD + FLOWS))
    assert fault.startswith(f"{NAME}:1: no column freqCode, refYear, reporterISO")
    assert fault.endswith(
        "found t, i, j, k, v, q; the header of comtrade; it looks like baci: kidorui import baci"
    )
    (fault,) = overlay.faults("baci", write("w.csv", "code,year,estimate,stddev\nJPN,2023,1,0\n"))
    assert "it looks like wgi" in fault


@needs_data
def test_flows_written_as_published_read_back_as_they_were(overlay, tmp_path):
    flows = pd.read_parquet(DATA / "baci" / "baci_ree_flows_flagged.parquet")
    flows = flows[flows["year"] == 2023].reset_index(drop=True)
    published = flows[
        ["year", "exporter_code", "importer_code", "hs6", "value_kusd", "quantity_t"]
    ].set_axis(list("tijkvq"), axis=1)
    published.to_csv(tmp_path / NAME, index=False, na_rep="NA")
    done = overlay.take("baci", tmp_path / NAME)
    assert done.kept == len(flows)
    case = load(overlay.path)
    rows = case.table("observations")
    rows = rows[rows["source"] == "baci-hs92-v202501"]
    iso3 = case.table("places").drop_duplicates("id").set_index("id")["iso3"]
    for measure, column in (("kUSD", "value_kusd"), ("gross t", "quantity_t")):
        mine = rows[rows["unit"].str.startswith(measure)]
        keys = [
            mine["unit"].str[-6:],
            mine["origin"].map(iso3),
            mine["place"].map(iso3),
        ]
        mine = mine["value"].groupby([k.to_numpy() for k in keys]).sum()
        theirs = flows.replace({"S19": "TWN"}).dropna(subset=column)
        theirs = theirs.groupby(["hs6", "exporter_iso3", "importer_iso3"])[column].sum()
        assert len(mine) == len(theirs)
        np.testing.assert_allclose(mine.reindex(theirs.index), theirs, rtol=1e-12)


@needs_data
def test_the_artefact_of_2023_is_taken_as_published(overlay, tmp_path):
    # India to Japan, HS 284610: 322.82 kUSD for 3,368 t; no quality flag is applied
    flows = pd.read_parquet(DATA / "baci" / "baci_ree_flows_flagged.parquet")
    row = flows.query("year == 2023 and hs6 == '284610' and exporter_code == 699").query(
        "importer_code == 392"
    )
    values = row[["value_kusd", "quantity_t"]].iloc[0]
    text = f"2023,699,392,284610,{values.iloc[0]},{values.iloc[1]}\n"
    (tmp_path / NAME).write_text(HEAD + text, encoding="utf-8")
    overlay.take("baci", tmp_path / NAME)
    assert overlay.rows()["baci-2023-284610-IN-JP-weight"]["value"] == "3368.001"


@needs_data
def test_country_codes_agree_with_those_cepii_publishes():
    from kidorui.case.importers.countries import countries

    table = pd.read_csv(DATA / "baci" / "baci_country_codes.csv", keep_default_na=False)
    known = countries()
    mine = table["country_code"].map(known.by_number)
    theirs = table["country_iso3"].map(known.by_letters)
    assert list(table.loc[mine != theirs, "country_name"]) == []


def test_a_stream_is_read_in_parts_of_whole_lines(overlay, write, monkeypatch):
    monkeypatch.setattr("kidorui.case.importers.baci._BLOCK", 4096)
    codes = (156, 392, 842, 276, 704, 410)
    lines = [
        f"2023,{i},{j},{k},{i}.5,{j}"
        for i in codes
        for j in codes
        if i != j
        for k in (284690, 280530, 850511, *range(100000, 100060))
    ]
    done = overlay.take("baci", write(NAME, HEAD + "\n".join(lines) + "\n"))
    assert (done.read, done.kept) == (len(lines), 3 * 30)
    assert overlay.rows()["baci-2023-850511-VN-KOR-value"]["value"] == "704.5"


def test_a_file_with_its_columns_in_another_order_reads_the_same(overlay, write):
    overlay.take("baci", write(NAME, HEAD + FLOWS))
    before = overlay.hash()
    lines = [line.split(",") for line in (HEAD + FLOWS).splitlines()]
    turned = "\n".join(",".join(reversed(line)) for line in lines) + "\n"
    overlay.take("baci", write(NAME, turned))
    assert overlay.hash() == before


def test_nothing_is_left_beside_the_tables(overlay, write):
    overlay.take("baci", write(NAME, HEAD + FLOWS))
    names = {path.name for path in Path(overlay.path).iterdir()}
    assert names == {"case.toml", "observations.csv", "places.csv", "sources.csv"}
