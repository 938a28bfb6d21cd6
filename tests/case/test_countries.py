"""Which countries a place stands for, and observations without goods."""

import pytest

from kidorui.case import check, country_places, load


def told(path) -> list[str]:
    return [f"{fault.severity}: {fault}" for fault in check(path).faults]


def overlay_of(tmp_path, **tables: str):
    folder = tmp_path / "over"
    folder.mkdir()
    (folder / "case.toml").write_text('extends = "japan"\nname = "over"\n', encoding="utf-8")
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


PLACES = "id,name,iso3,covers,within,source,confidence\n"


def test_every_place_of_the_bundled_case_is_counted_as_itself():
    counted = country_places(load("japan"))
    assert all(place == into for place, into in counted.items())


def test_a_country_within_a_place_is_counted_there(tmp_path):
    folder = overlay_of(tmp_path, places=PLACES + "DEU,Germany,DEU,,EU,ports,high\n")
    assert told(folder) == []
    assert country_places(load(folder))["DEU"] == "EU"


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("X,x,CHL,CHL;DEU,,ports,high", "error: over/places:2:covers: EU stands for DEU already"),
        ("X,x,CHL,*,,ports,high", "error: over/places:2:covers: RW stands for * already"),
        ("X,x,CHL,Chile,,ports,high", "error: over/places:2:covers: 'Chile' is no country"),
        ("X,x,CHL,,nowhere,ports,high", "error: over/places:2:within: there is no 'nowhere'"),
        ("X,x,CHL,,Y,ports,high\nY,y,PER,,RW,ports,high",
         "error: over/places:2:within: Y is itself counted in RW"),
        ("DE,Germany,DEU,,,ports,high", "warning: over/places:2:iso3: EU stands for DEU as well"),
    ],
)  # fmt: skip
def test_countries_counted_twice_or_nowhere_are_told(tmp_path, row, fault):
    (found,) = told(overlay_of(tmp_path, places=f"{PLACES}{row}\n"))
    assert found.startswith(fault)


def test_goods_are_blank_for_governance_alone(tmp_path):
    text = (
        "id,year,kind,place,goods,value,unit,source,confidence\n"
        "a,2024,governance,JP,,-1.5,WGI estimate,ports,high\n"
        "b,2024,stock,JP,,1,t,ports,high\n"
        "c,2024,governance,,,1,WGI estimate,ports,high\n"
    )
    assert told(overlay_of(tmp_path, observations=text)) == [
        "error: over/observations:3:goods: blank; a material or stage; only governance has none",
        "error: over/observations:4:place: blank; whose governance it is",
    ]
