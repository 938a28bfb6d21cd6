"""Governance of the World Bank in the layouts it was and is published in."""

import pandas as pd
import pytest
from openpyxl import Workbook

from tests.case.importers.conftest import DATA, needs_data

LONG = "codeindyr,code,countryname,year,indicator,estimate,stddev,nsource,pctrank\n"


def test_the_long_layout_gives_the_estimate_with_its_standard_error(overlay, write):
    done = overlay.take(
        "wgi",
        write(
            "wgi.csv",
            LONG
            + "JPNpv2023,JPN,Japan,2023,pv,0.95,0.23,9,85\n"
            + "JPNcc2023,JPN,Japan,2023,cc,1.5,0.1,9,85\n"
            + "MMRpv2023,MMR,Myanmar,2023,pv,-2.07,0.24,9,5\n"
            + "PRKpv2023,PRK,Korea,2023,pv,..,..,0,..\n",
        ),
    )
    rows = overlay.rows()
    assert list(rows) == ["wgi-2023-JP", "wgi-2023-MM"]
    assert rows["wgi-2023-MM"] == {
        "id": "wgi-2023-MM",
        "year": "2023",
        "kind": "governance",
        "place": "MM",
        "origin": "",
        "goods": "",
        "value": "-2.07",
        "unit": "WGI estimate, political stability",
        "uncertainty": "0.24",
        "source": "world-bank-wgi",
        "confidence": "high",
        "note": "",
    }
    assert {out.why: out.rows for out in done.left_out} == {
        "of other indicators": 1,
        "estimates that are missing, and stay missing": 1,
    }
    assert overlay.told() == []


def test_a_stated_standard_error_is_not_replaced_by_an_assumed_one(overlay, write):
    text = LONG + "x,JPN,Japan,2023,pv,0.9,0.2,9,85\nx,CHN,China,2023,pv,-0.5,,9,85\n"
    overlay.take("wgi", write("wgi.csv", text), uncertainty=0.5)
    rows = overlay.rows()
    assert (rows["wgi-2023-JP"]["uncertainty"], rows["wgi-2023-JP"]["note"]) == ("0.2", "")
    assert rows["wgi-2023-CN"]["uncertainty"] == "0.25"


def test_the_databank_layout_has_a_column_for_each_year(overlay, write):
    text = (
        "Country Name,Country Code,Series Name,Series Code,2022 [YR2022],2023 [YR2023]\n"
        "Japan,JPN,Political Stability: Estimate,GOV_WGI_PV.EST,1.0,..\n"
        "Japan,JPN,Political Stability: Standard Error,GOV_WGI_PV.STD.ERR,0.2,..\n"
        "Japan,JPN,Rule of Law: Estimate,GOV_WGI_RL.EST,1.5,1.6\n"
        "China,CHN,Political Stability: Estimate,GOV_WGI_PV.EST,-0.4,-0.5\n"
        "\n"
        "Data from database: Worldwide Governance Indicators,,,,,\n"
        "Last Updated: 03/18/2026,,,,,\n"
    )
    overlay.take("wgi", write("databank.csv", text))
    told = {name: (row["value"], row["uncertainty"]) for name, row in overlay.rows().items()}
    assert told == {
        "wgi-2022-JP": ("1", "0.2"),
        "wgi-2022-CN": ("-0.4", ""),
        "wgi-2023-CN": ("-0.5", ""),
    }


def test_the_workbook_of_2025_has_a_sheet_for_each_dimension(overlay, tmp_path):
    head = [
        "ID variable (economy code/ gov. dimension/ year)", "Economy (name)", "Economy (code)",
        "Region", "Income classification", "Year", "Governance dimension", "Number of sources",
        "Governance estimate (approx. -2.5 to +2.5)", "Standard error (estimate)",
        "Governance score (0-100)", "Standard error (gov. score)",
    ]  # fmt: skip
    book = Workbook()
    book.remove(book.active)
    for name, value in (("va", 9.9), ("pv", -0.25)):
        sheet = book.create_sheet(name)
        sheet.append(head)
        sheet.append([f"JPN{name}2024", "Japan", "JPN", "", "", 2024, name, 5, value, 0.125, 70, 2])
    book.save(tmp_path / "wgidataset-2025.xlsx")
    overlay.take("wgi", tmp_path / "wgidataset-2025.xlsx")
    (row,) = overlay.rows().values()
    assert (row["id"], row["value"], row["uncertainty"]) == ("wgi-2024-JP", "-0.25", "0.125")


def test_the_workbook_before_2024_has_six_columns_under_each_year(overlay, tmp_path):
    book = Workbook()
    sheet = book.active
    sheet.title = "Political StabilityNoViolence"
    sheet.append(["Political Stability and Absence of Violence/Terrorism"])
    six = ["Estimate", "StdErr", "NumSrc", "Rank", "Lower", "Upper"]
    sheet.append(["", "", *[2021] * 6, *[2022] * 6])
    sheet.append(["Country/Territory", "Code", *six, *six])
    sheet.append(["Japan", "JPN", 1.03, 0.2, 9, 87, 75, 95, 1.06, 0.21, 9, 88, 75, 95])
    sheet.append(["Romania", "ROM", 0.53, 0.2, 9, 87, 75, 95, *["#N/A"] * 6])
    book.create_sheet("Rule of Law").append(["Rule of Law"])
    book.save(tmp_path / "wgidataset.xlsx")
    overlay.take("wgi", tmp_path / "wgidataset.xlsx")
    told = {name: (row["value"], row["uncertainty"]) for name, row in overlay.rows().items()}
    assert told == {
        "wgi-2021-JP": ("1.03", "0.2"),
        "wgi-2022-JP": ("1.06", "0.21"),
        "wgi-2021-ROU": ("0.53", "0.2"),
    }


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            LONG + "x,JPN,Japan,2023,pv,good,0.2,9,85\n",
            ":2:estimate: 'good' is no number; a number",
        ),
        (LONG + "x,QQQ,Nowhere,2023,pv,1,0.2,9,85\n", ":2:code: 'QQQ' is no country known; "),
        (LONG + "x,JPN,Japan,2023,pv\n", ":2: truncated: 5 cells under 9 columns; "),
        (LONG + "x,JPN,Japan,2023,cc,1,0.1,9,85\n", ":indicator: no political stability: cc; "),
        (LONG + "x,JPN,J,2023,pv,1,1,9,8\n" * 2, ":3: the country and year of line 2 again; "),
        ("", ":1: empty; a file in the format wgi"),
        ("code,year\nJPN,2023\n", ":1: no column estimate or Governance estimate (approx."),
    ],
)
def test_a_faulty_file_is_refused_with_its_line(overlay, write, text, told):
    assert overlay.faults("wgi", write("wgi.csv", text))[0].startswith("wgi.csv" + told)


def test_a_damaged_workbook_is_refused(overlay, tmp_path):
    (tmp_path / "wgi.xlsx").write_bytes(b"PK\x03\x04 nothing")
    assert "no workbook, or a truncated one" in overlay.faults("wgi", tmp_path / "wgi.xlsx")[0]


def test_a_zip_is_to_be_unpacked(overlay, tmp_path):
    (tmp_path / "wgi.zip").write_bytes(b"PK\x03\x04 nothing")
    (fault,) = overlay.faults("wgi", tmp_path / "wgi.zip")
    assert fault == "wgi.zip: a zip; the CSV or workbook in it; of baci alone the zip is read"


@needs_data
def test_the_extract_is_read_as_it_is(overlay):
    file = DATA / "wgi" / "wgi_political_stability_1996_2024.csv"
    done = overlay.take("wgi", file)
    assert overlay.told() == []
    theirs = pd.read_csv(file, keep_default_na=False, na_values=[""]).dropna(subset="estimate")
    theirs = theirs[theirs["iso3"].str.fullmatch("[A-Z]{3}")]
    assert done.kept == len(theirs)
    burma = theirs[(theirs["iso3"] == "MMR") & (theirs["year"] == 2023)].iloc[0]
    row = overlay.rows()["wgi-2023-MM"]
    assert float(row["value"]) == pytest.approx(burma["estimate"], rel=1e-14)
    assert float(row["uncertainty"]) == pytest.approx(burma["stderr"], rel=1e-14)


def test_a_score_that_the_case_has_already_is_told(overlay, write):
    own = (
        "id,year,kind,place,value,unit,source,confidence\n"
        'x,1999,governance,JP,1,"WGI estimate, political stability",wgi-2025,high\n'
    )
    (overlay.path / "observations.csv").write_text(own, encoding="utf-8")
    source = "id,kind,citation,licence\nwgi-2025,dataset,x,CC BY 4.0\n"
    (overlay.path / "sources.csv").write_text(source, encoding="utf-8")
    done = overlay.take("wgi", write("wgi.csv", LONG + "x,JPN,Japan,1999,pv,1,0.2,9,85\n"))
    assert done.alike == 1
    assert set(overlay.rows("sources")) == {"wgi-2025", "world-bank-wgi"}
