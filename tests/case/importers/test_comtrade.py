"""The CSV export of UN Comtrade: both reporters, totals and breakdowns apart."""

import pytest

HEAD = (
    "typeCode,freqCode,refPeriodId,refYear,refMonth,period,reporterCode,reporterISO,reporterDesc,"
    "flowCode,flowDesc,partnerCode,partnerISO,partnerDesc,partner2Code,partner2ISO,partner2Desc,"
    "classificationCode,classificationSearchCode,isOriginalClassification,cmdCode,cmdDesc,"
    "aggrLevel,isLeaf,customsCode,customsDesc,mosCode,motCode,motDesc,qtyUnitCode,qtyUnitAbbr,qty,"
    "isQtyEstimated,altQtyUnitCode,altQtyUnitAbbr,altQty,isAltQtyEstimated,netWgt,"
    "isNetWgtEstimated,grossWgt,isGrossWgtEstimated,cifvalue,fobvalue,primaryValue,"
    "legacyEstimationFlag,isReported,isAggregate"
)
NAME = "TradeData_11_25_2026.csv"


def line(
    reporter="JPN",
    flow="M",
    partner="CHN",
    hs="284690",
    weight="6014800",
    value="124370123.0",
    **other: str,
) -> str:
    """A row of the export: annual, total of all procedures and means of transport."""
    cells = dict.fromkeys(HEAD.split(","), "")
    cells |= {
        "typeCode": "C", "freqCode": "A", "refYear": "2023", "refMonth": "52", "period": "2023",
        "reporterISO": reporter, "flowCode": flow, "partnerISO": partner, "partner2Code": "0",
        "classificationCode": "H6", "cmdCode": hs, "customsCode": "C00", "mosCode": "0",
        "motCode": "0", "netWgt": weight, "isNetWgtEstimated": "False", "primaryValue": value,
    }  # fmt: skip
    return ",".join({**cells, **other}.values())


def text(*lines: str) -> str:
    return "\n".join([HEAD, *lines]) + "\n"


def test_either_reporter_of_a_flow_is_an_observation(overlay, write):
    both = text(line(), line("CHN", "X", "JPN", weight="5900000", value="118000000"))
    done = overlay.take("comtrade", write(NAME, both))
    rows = overlay.rows()
    came = rows["comtrade-2023-284690-imports-JP-CN-value"]
    left = rows["comtrade-2023-284690-exports-CN-JP-value"]
    assert [(row["origin"], row["place"]) for row in (came, left)] == [("CN", "JP")] * 2
    assert (came["value"], came["unit"]) == ("124370.123", "kUSD, HS 284690")
    assert rows["comtrade-2023-284690-imports-JP-CN-weight"]["value"] == "6014.8"  # kg to t
    assert came["note"] == "imports as JPN reports them, cif"
    assert left["note"] == "exports as CHN reports them, fob"
    assert (done.kept, done.added) == (2, 4)
    assert overlay.told() == []


def test_totals_groups_and_breakdowns_are_no_flows_and_are_counted(overlay, write):
    lines = [
        line(),
        line(partner="W00"),
        line(partner="_X "),
        line(reporter="EUR"),
        line(hs="2846"),
        line(flow="RM"),
        line(customsCode="C05"),
        line(motCode="1000"),
        line(freqCode="M"),
        line(hs="010121"),
        line(refYear="2022"),
    ]
    done = overlay.take("comtrade", write(NAME, text(*lines)), years=[2023])
    assert {out.why: out.rows for out in done.left_out} == {
        "by groups of countries": 1,
        "of codes other than of six digits (their totals)": 1,
        "of goods that the case does not trade in, by HS code": 1,
        "of months, not years": 1,
        "of other years": 1,
        "of re-imports, re-exports and other flows": 1,
        "split by second partner, customs procedure or transport": 2,
        "with areas that are no country (not elsewhere specified, groups)": 1,
        "with the world as partner (totals)": 1,
    }
    assert len(overlay.rows()) == 2


def test_other_asia_is_taiwan_and_an_estimated_weight_says_so(overlay, write):
    rows = text(line(partner="S19", isNetWgtEstimated="True"), line(partner="VNM", weight="0"))
    done = overlay.take("comtrade", write(NAME, rows))
    weight = overlay.rows()["comtrade-2023-284690-imports-JP-TWN-weight"]
    assert (weight["confidence"], weight["note"]) == (
        "medium",
        "imports as JPN reports them; weight estimated by the UN",
    )
    # a weight of 0 beside a value was not reported
    assert "comtrade-2023-284690-imports-JP-VN-weight" not in overlay.rows()
    assert any(out.why.startswith("weights that were not reported") for out in done.left_out)


def test_another_reporter_of_the_year_stays_where_one_is_taken_again(overlay, write):
    overlay.take("comtrade", write(NAME, text(line(), line(partner="VNM"))))
    overlay.take("comtrade", write("us.csv", text(line("USA"))))
    done = overlay.take("comtrade", write(NAME, text(line(value="1000"))))
    assert (done.added, done.replaced, done.dropped) == (0, 2, 2)
    assert sorted(overlay.rows()) == [
        "comtrade-2023-284690-imports-JP-CN-value",
        "comtrade-2023-284690-imports-JP-CN-weight",
        "comtrade-2023-284690-imports-US-CN-value",
        "comtrade-2023-284690-imports-US-CN-weight",
    ]
    assert overlay.rows()["comtrade-2023-284690-imports-JP-CN-value"]["value"] == "1"


def test_headers_in_capitals_other_encodings_and_a_trailing_comma_are_read(overlay, write):
    body = line(partnerDesc="Türkiye", partner="TUR") + ","  # as some downloads have it
    capitals = ",".join(name[0].upper() + name[1:] for name in HEAD.split(","))
    overlay.take("comtrade", write(NAME, f"{capitals}\n{body}\n", "cp1252"))
    assert "comtrade-2023-284690-imports-JP-TUR-value" in overlay.rows()


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (line(value="much"), ":2:primaryValue: 'much' is no number; a number"),
        (line(refYear="23"), ":2:refYear: '23' is no year; a year, 1900 to 2100"),
        (line(partner="QQQ"), ":2:partnerISO: 'QQQ' is no country known; an ISO 3166 alpha-3"),
        (line()[:-40], ":2: truncated: "),
        (line() + "\n" + line(), ":3: the flow of line 2 again; one row for each"),
        (line() + '\nC,A,"2023', ":3: truncated or not well-formed: unexpected end of data"),
    ],
)
def test_a_faulty_row_is_refused_with_its_line(overlay, write, row, told):
    faults = overlay.faults("comtrade", write(NAME, f"{HEAD}\n{row}\n"))
    assert faults[0].startswith(NAME + told)
