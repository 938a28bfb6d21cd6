"""A map of a run: places as points with their figures, flows as lines with their amounts."""

import json
import re

import numpy as np
import pandas as pd
import pytest

from kidorui.results import Result, result_schema
from kidorui.results.exports import ExportError
from kidorui.results.exports.geojson import feature_collection, mapping, write_geojson
from tests.exports.conftest import ORIGIN


def places(**lie):
    lon, lat = zip(*(at or (np.nan, np.nan) for at in lie.values()), strict=True)
    facts = {"iso3": [("XXX",)] * len(lie), "home": [name == "JP" for name in lie]}
    return pd.DataFrame({"id": list(lie), "name": list(lie), "lat": lat, "lon": lon, **facts})


def flows(*pairs, amount=5.0):
    origin, destination = zip(*pairs, strict=True)
    ends = {"origin": origin, "destination": destination}
    amounts = {"calm": amount, "during": 0.0, "change": -amount, "leaked": np.nan}
    return pd.DataFrame({"material": "ndpr", **ends, "cut": True, **amounts})


def of_stress(**tables):
    return Result("stress", tables, {"focus_id": "JP"})


def features(result, feature):
    told = feature_collection(result, ORIGIN)["features"]
    return [one for one in told if one["properties"]["feature"] == feature]


LIE = {"JP": (139.67, 35.43), "CN": (122.1, 30.62), "US": (-118.25, 33.73), "RW": None}


def test_every_row_of_the_mapping_names_what_is_declared():
    for row in mapping():
        names = set(result_schema(row["kind"])[row["table"]].names)
        asked = {each.partition("=")[0] for each in row["only"].split(";")}
        asked |= {end for end in row["at"].split(">") if not end.startswith("meta:")}
        asked |= set(row["value"].split(";"))
        if row["feature"] == "place":
            asked |= set(re.findall(r"\{(\w+)\}", row["property"]))
        else:
            asked |= set(row["property"].split(";"))
        assert asked - {""} <= names, row


def test_a_place_is_a_point_longitude_first():
    point = features(of_stress(places=places(**LIE)), "place")[0]
    assert point["geometry"] == {"type": "Point", "coordinates": (139.67, 35.43)}
    assert point["properties"] == {
        "feature": "place",
        "id": "JP",
        "name": "JP",
        "iso3": ["XXX"],
        "home": True,
    }


def test_a_flow_is_a_line_with_its_amounts():
    result = of_stress(places=places(**LIE), flows=flows(("CN", "JP"), ("JP", "RW")))
    line, nowhere = features(result, "flow")
    assert line["geometry"] == {
        "type": "LineString",
        "coordinates": [(122.1, 30.62), (139.67, 35.43)],
    }
    told = {"material": "ndpr", "cut": True, "calm": 5.0, "during": 0.0, "leaked": None}
    assert told.items() <= line["properties"].items()
    assert nowhere["geometry"] is None
    assert nowhere["properties"]["destination"] == "RW"
    units = feature_collection(result, ORIGIN)["units"]
    assert units["calm"] == "t/yr"


def test_a_line_over_the_antimeridian_is_cut_there():
    result = of_stress(places=places(**LIE), flows=flows(("JP", "US"), ("US", "JP")))
    east, west = (one["geometry"] for one in features(result, "flow"))
    assert east["type"] == "MultiLineString"
    (start, edge), (other, end) = east["coordinates"]
    assert (start, end) == (LIE["JP"], LIE["US"])
    assert (edge[0], other[0]) == (180.0, -180.0)
    # the way is 102.08 degrees long, 40.33 of them to the edge
    assert edge[1] == other[1] == pytest.approx(35.43 + (33.73 - 35.43) * 40.33 / 102.08, abs=1e-5)
    assert west["coordinates"] == [list(reversed(half)) for half in reversed(east["coordinates"])]


def test_what_does_not_flow_has_no_line():
    result = of_stress(places=places(**LIE), flows=flows(("CN", "JP"), amount=0.0))
    assert features(result, "flow") == []


def test_figures_of_a_place_are_those_of_its_rows():
    losses = pd.DataFrame({"unserved": [1.0, 2.0], "value_lost": 3.0, "economy": [np.nan, 4.0]})
    stops = pd.DataFrame({"first_stop": [np.nan, 80.0, 12.0]})
    japan, china, *_ = features(
        of_stress(places=places(**LIE), losses=losses, stops=stops), "place"
    )
    figures = {"unserved": 3.0, "value_lost": 6.0, "economy": 4.0, "first_stop": 12.0}
    assert figures.items() <= japan["properties"].items()
    assert not figures.keys() & china["properties"].keys()


def test_figures_of_a_plan_are_sums_of_its_plants(planned):
    told = {one["properties"]["id"]: one["properties"] for one in features(planned, "place")}
    made = planned.table("production").groupby(["place", "stage"])["activity_plan"].sum()
    for (place, stage), amount in made.items():
        assert told[place][f"production_{stage}_plan"] == pytest.approx(amount, rel=1e-12)
    assert len(features(planned, "flow")) == len(planned.table("flows"))


def test_the_file_is_strict_json_by_which_every_study_is_told(every, tmp_path):
    def refuse(word):
        raise AssertionError(word)

    for result in every:
        write_geojson(result, ORIGIN, tmp_path / "map.geojson")
        text = (tmp_path / "map.geojson").read_text(encoding="utf-8")
        content = json.loads(text, parse_constant=refuse)
        assert content["type"] == "FeatureCollection"
        kinds = {one["geometry"]["type"] for one in content["features"] if one["geometry"]}
        assert kinds == {"Point", "LineString"}
        for one in content["features"]:
            lies = one["geometry"]["coordinates"] if one["geometry"] else []
            assert (np.abs(np.reshape(lies, (-1, 2))) <= [180, 90]).all()


def test_a_run_without_places_is_refused():
    with pytest.raises(ExportError, match=r"no table `places`.*--force"):
        feature_collection(of_stress(flows=flows(("CN", "JP"))), ORIGIN)
    with pytest.raises(ExportError, match="nothing that lies anywhere"):
        feature_collection(Result("validate", {}), ORIGIN)
