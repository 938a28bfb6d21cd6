import numpy as np
import pandas as pd
import pytest

from kidorui.results import Result, ResultError, result_schema


def test_a_result_as_declared_is_valid(toy):
    assert toy().validate().faults() == []


def test_every_fault_is_named_at_once(toy):
    builds = toy().table("builds").drop(columns="capex_low")
    builds["kind"] = "castle"
    builds["year"] = builds["year"].astype(float)
    builds["colour"] = "red"
    totals = pd.DataFrame({"what": ["NdPr"], "amount": ["3000"]})
    with pytest.raises(ResultError) as caught:
        toy(builds=builds, totals=totals, extra=totals).validate()
    assert set(caught.value.faults) == {
        "extra: not declared; declared are ['builds', 'totals']",
        "builds:capex_low: missing",
        "builds:colour: not declared",
        "builds:year: holds number; declared integer",
        "builds:kind: ['castle']; one of ['mine', 'plant']",
        "totals:amount: holds words; declared number",
    }


def test_a_missing_table_is_a_fault(toy):
    result = Result("toy", {"builds": toy().table("builds")})
    assert result.faults() == ["totals: missing"]


def test_an_undeclared_kind_is_a_fault(toy_kind):
    assert "no result of kind 'guess' is declared" in Result("guess", {}).faults()[0]


def test_an_unknown_table_names_the_nearest(toy):
    with pytest.raises(KeyError, match="did you mean 'builds'"):
        toy().table("build")


def test_hash_ignores_timings_meta_index_and_signs_of_nought(toy):
    first = toy()
    totals = first.table("totals").set_axis([7, 9]).replace({"amount": {-0.0: 0.0}})
    second = Result("toy", {"totals": totals, "builds": first.table("builds")}, {}, {"solve": 9.0})
    assert first.hash == second.hash


@pytest.mark.parametrize(
    ("column", "value"),
    [("capex", 100.00000000001), ("project", "sep-aus"), ("parts", ("sx",)), ("committed", False)],
)
def test_hash_sees_every_kind_of_cell(toy, column, value):
    builds = toy().table("builds").copy()
    values = list(builds[column])
    values[0] = value
    builds[column] = pd.Series(values, dtype=builds[column].dtype)
    assert toy(builds=builds).hash != toy().hash


def test_hash_sees_the_order_of_rows_and_names_of_columns(toy):
    totals = toy().table("totals")
    assert toy(totals=totals[::-1]).hash != toy().hash
    assert toy(totals=totals.rename(columns={"amount": "sum"})).hash != toy().hash


def test_all_nans_are_one(toy):
    strange = np.array([0x7FF8000000000001], dtype=np.uint64).view(np.float64)[0]
    one, other = (pd.DataFrame({"what": ["x"], "amount": [nan]}) for nan in (np.nan, strange))
    assert toy(totals=one).hash == toy(totals=other).hash


def test_ranges_stand_for_three_columns_and_keys_are_known(toy_kind):
    builds = result_schema("toy")["builds"]
    assert builds.names[2:5] == ("capex", "capex_low", "capex_high")
    assert builds.keys == ("project", "year")


def test_a_faulty_schema_names_its_rows(toy_kind):
    from kidorui.results import schema

    (schema.FOLDER / "bad.csv").write_text(
        "table,column,type,unit,description\nruns,a,text,,x\nb,c,colour,,y\nb,d\n"
    )
    with pytest.raises(ValueError, match=r"bad.csv:2: table.*\n.*bad.csv:3: type.*\n.*bad.csv:4"):
        result_schema("bad")


def test_a_table_that_several_kinds_have_is_taken_as_it_is_declared(toy_kind):
    from kidorui.results import schema

    header = "table,column,type,unit,description\n"
    (schema.FOLDER / "of_case.csv").write_text(
        header + "places,id,id,,place\nplaces,lat,number,deg,\n"
    )
    (schema.FOLDER / "taker.csv").write_text(header + "a,b,id,,c\nplaces,*,,,as in of_case.csv\n")
    taken = result_schema("taker")
    assert taken["places"] == result_schema("of_case")["places"]
    assert list(taken) == ["a", "places"]
    (schema.FOLDER / "wrong.csv").write_text(
        header + "places,*,,,as in toy.csv\nroutes,*,,,as in of_case.csv\nruns,*,,,all\n"
    )
    with pytest.raises(ValueError, match="wrong") as caught:
        result_schema("wrong")
    assert str(caught.value).splitlines() == [
        "wrong.csv:2: description: 'as in toy.csv'; of column '*' 'as in of_case.csv'",
        "wrong.csv:3: table: 'routes' is not in of_case.csv; one of ['places']",
        "wrong.csv:4: description: 'all'; of column '*' 'as in of_case.csv'",
        "wrong.csv:4: table: 'runs' is not in of_case.csv; one of ['places']",
    ]
    with pytest.raises(LookupError, match=r"there are \['compare', 'taker', 'toy', 'wrong'\]"):
        result_schema("guess")


def test_what_others_take_from_takes_nothing_itself(toy_kind):
    from kidorui.results import schema

    (schema.FOLDER / "of_case.csv").write_text(
        "table,column,type,unit,description\nplaces,*,,,as in of_case.csv\n"
    )
    with pytest.raises(ValueError, match=r"of_case.csv:2: table: 'places' is not in"):
        result_schema("of_case")


def test_kinds_that_share_a_table_name_agree_on_its_columns():
    # kidorui sql has one view per table name, over the runs of all kinds
    from kidorui.results import schema

    kinds = ("plan", "stress", "exposure", "reconcile")
    for name in result_schema(schema.OF_CASE):
        taken = [result_schema(kind)[name] for kind in kinds]
        assert taken == [result_schema(schema.OF_CASE)[name]] * len(kinds)
        others = [file.stem for file in schema.FOLDER.glob("*.csv")
                  if name in result_schema(file.stem)]  # fmt: skip
        assert set(others) == {*kinds, schema.OF_CASE}


def test_every_schema_shipped_can_be_read():
    from kidorui.results import schema

    for file in schema.FOLDER.glob("*.csv"):
        assert result_schema(file.stem)
