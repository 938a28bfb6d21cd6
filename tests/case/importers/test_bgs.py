"""World Mineral Statistics of the BGS: tonnes of REO, and gross tonnes left out."""

import pytest

from tests.case.importers.conftest import DATA, needs_data

HEAD = (
    "year,country_trans,country_iso3_code,bgs_commodity_trans,bgs_sub_commodity_trans,quantity,"
    "units,concat_figure_notes_text,data_precision_description"
)
NAME = "bgs.csv"


def line(
    year="2023",
    iso3="AUS",
    commodity="rare earth oxides",
    quantity="16780.0",
    units="tonnes (metric)",
    note="",
    precision="",
) -> str:
    return f"{year},x,{iso3},{commodity},,{quantity},{units},{note},{precision}"


def text(*lines: str) -> str:
    return "\n".join([HEAD, *lines]) + "\n"


def test_oxides_are_taken_and_gross_tonnes_of_minerals_left_out(overlay, write):
    lines = text(
        line(note="Years ending 30 June of that stated."),
        line(iso3="MMR", quantity="72000.0", note="Estimates."),
        line(iso3="CAN", quantity="", precision="Figures not available"),
        line(iso3="BDI", quantity="0.0", precision="Nil (nothing produced)"),
        line(commodity="rare earth minerals", quantity="4507.0"),
        line(commodity="cobalt, mine", quantity="4507.0"),
    )
    done = overlay.take("bgs", write(NAME, lines))
    rows = overlay.rows()
    assert {row["place"]: (row["value"], row["confidence"]) for row in rows.values()} == {
        "AU": ("16780", "high"),
        "MM": ("72000", "medium"),
        "BDI": ("0", "high"),
    }
    assert rows["bgs-2023-AU"]["unit"] == "t REO, of mines"
    assert rows["bgs-2023-AU"]["note"] == "Years ending 30 June of that stated."
    assert {out.why.split(":")[0]: out.rows for out in done.left_out} == {
        "not available": 1,
        "of other minerals": 1,
        "rare earth minerals": 1,
    }
    assert overlay.told() == []


def test_dates_of_the_service_are_years(overlay, write):
    overlay.take("bgs", write(NAME, text(line(year="2022-01-01T00:00:00Z"))))
    assert list(overlay.rows()) == ["bgs-2022-AU"]


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (line(quantity="lots"), ":2:quantity: 'lots' is no number; a number"),
        (line(units="kilograms"), ":2:units: 'kilograms' is no unit known; tonnes (metric)"),
        (line(iso3="QQQ"), ":2:country_iso3_code: 'QQQ' is no country known; "),
        (line(year="x"), ":2:year: 'x' is no year; a year, 1900 to 2100"),
        (line() + "\n" + line(quantity="1"), ":3: the country and year of line 2 again; "),
    ],
)
def test_a_faulty_row_is_refused_with_its_line(overlay, write, row, told):
    assert overlay.faults("bgs", write(NAME, text(row)))[0].startswith(NAME + told)


@needs_data
def test_the_extract_is_read_as_it_is(overlay):
    done = overlay.take("bgs", DATA / "bgs" / "bgs_ree_production_1975_2023.csv")
    assert (done.read, done.kept, done.years[0], done.years[-1]) == (639, 262, 1992, 2023)
    assert overlay.rows()["bgs-2023-CN"]["value"] == "255000"
    assert overlay.told() == []
