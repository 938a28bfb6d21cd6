"""What an import does to a case's folder: replaced, kept, added, refused."""

import csv
import shutil

import pytest

from kidorui.case import CaseError, check, export, load, new
from kidorui.case.importers import import_file
from kidorui.cli import run

HEAD = "t,i,j,k,v,q\n"
OLD, NEW = "BACI_HS92_Y2023_V202401.csv", "BACI_HS92_Y2023_V202501.csv"
CHINA = "2023,156,392,284690,100,10\n"
VIETNAM = "2023,704,392,284690,50,5\n"
LAST_YEAR = "2022,156,392,284690,90,9\n"


def test_a_year_is_replaced_as_a_whole_and_others_are_kept(overlay, write):
    overlay.take("baci", write("BACI_HS92_Y2022_V202401.csv", HEAD + LAST_YEAR))
    overlay.take("baci", write(OLD, HEAD + CHINA + VIETNAM))
    done = overlay.take("baci", write(NEW, HEAD + CHINA.replace("100", "120")))
    assert (done.added, done.replaced, done.dropped) == (0, 2, 2)
    rows = overlay.rows()
    assert len(rows) == 4
    assert rows["baci-2023-284690-CN-JP-value"]["value"] == "120"
    assert rows["baci-2022-284690-CN-JP-value"]["value"] == "90"
    assert list(overlay.rows("sources")) == ["baci-hs92-v202401", "baci-hs92-v202501"]
    assert overlay.told() == []


def test_a_source_on_which_nothing_rests_any_more_goes(overlay, write):
    overlay.take("baci", write(OLD, HEAD + CHINA))
    overlay.take("baci", write(NEW, HEAD + CHINA))
    assert list(overlay.rows("sources")) == ["baci-hs92-v202501"]
    assert overlay.told() == []


def test_codes_asked_for_replace_only_theirs(overlay, write):
    file = write(NEW, HEAD + CHINA + CHINA.replace("284690", "280530"))
    overlay.take("baci", file)
    overlay.take("baci", write(NEW, HEAD + VIETNAM), hs=["284690"])
    assert sorted({name.split("-")[2] + name.split("-")[3] for name in overlay.rows()}) == [
        "280530CN",
        "284690VN",
    ]


def test_own_rows_columns_and_their_order_stay(overlay, write):
    own = [
        ["note", "value", "id", "year", "kind", "place", "goods", "unit", "source", "confidence"],
        ["'=mine", "7", "own", "2023", "stock", "JP", "oxide", "t", "s", "low"],
        ["last", "8", "zz", "2023", "stock", "JP", "metal", "t", "s", "low"],
    ]
    with (overlay.path / "observations.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows(own)
    source = "id,kind,citation,licence,note\ns,press,mine,none,\n"
    (overlay.path / "sources.csv").write_text(source, encoding="utf-8")
    overlay.take("baci", write(NEW, HEAD + CHINA))
    with (overlay.path / "observations.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    assert rows[0] == [*own[0], "origin"]  # what an import has nothing for is not added
    assert [row[:10] for row in rows[1:3]] == own[1:]
    assert rows[3][:4] == ["", "100", "baci-2023-284690-CN-JP-value", "2023"]
    assert overlay.told() == []
    before = overlay.hash()
    overlay.take("baci", write(NEW, HEAD + CHINA))
    assert overlay.hash() == before


def test_a_dry_run_says_the_same_and_writes_nothing(overlay, write):
    file = write(NEW, HEAD + CHINA + VIETNAM)
    before = overlay.hash()
    would = overlay.take("baci", file, dry_run=True)
    assert overlay.hash() == before
    assert overlay.take("baci", file) == would


def test_a_state_that_is_no_more_is_counted_where_its_successor_is(overlay, write):
    # Serbia and Montenegro: Serbia lies in the rest of the world; Czechoslovakia in Europe
    text = HEAD + "2023,891,392,284690,1,1\n2023,200,392,284690,1,1\n2023,810,392,284690,1,1\n"
    overlay.take("baci", write(NEW, text))
    within = {name: row["within"] for name, row in overlay.rows("places").items()}
    assert within == {"SCG": "RW", "CSK": "EU", "SUN": "RU"}


def test_observations_of_the_same_from_other_sources_are_told(overlay, write):
    text = HEAD + "2024,156,392,284690,124370,6014.8\n"  # the japan case has it from BACI as well
    done = overlay.take("baci", write("BACI_HS92_Y2024_V202501.csv", text))
    assert done.alike == 2


def test_rows_of_an_earlier_import_in_the_case_below_are_told(overlay, write, tmp_path):
    overlay.take("baci", write(OLD, HEAD + CHINA + VIETNAM))
    above = tmp_path / "above"
    above.mkdir()
    (above / "case.toml").write_text('extends = "../trade"\nname = "above"\n', encoding="utf-8")
    done = import_file("baci", write(NEW, HEAD + CHINA), above)
    assert done.below == 2
    assert check(above).faults == ()


def test_a_whole_case_of_ones_own_takes_an_import(tmp_path, write):
    folder = tmp_path / "mine"
    new(folder)
    with pytest.raises(CaseError, match="no material has a customs code"):
        import_file("baci", write(NEW, HEAD + CHINA), folder)
    materials = list(csv.reader((folder / "materials.csv").read_text("utf-8").splitlines()))
    at = materials[0].index("hs")
    materials[1][at] = "2846.90"
    with (folder / "materials.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows(materials)
    import_file("baci", write(NEW, HEAD + CHINA), folder)
    assert check(folder).errors == ()
    goods = load(folder).table("observations").set_index("id")["goods"]
    assert goods["baci-2023-284690-CHN-JPN-value"] == materials[1][0]


def test_what_rows_cannot_be_laid_into_is_refused(overlay, write, tmp_path):
    file = write(NEW, HEAD + CHINA)
    with pytest.raises(CaseError, match="japan is bundled and stays as it is"):
        import_file("baci", file, "japan")
    with pytest.raises(CaseError, match=r"no case\.toml in it"):
        import_file("baci", file, tmp_path / "nowhere")
    parquet = tmp_path / "case.parquet"
    export(load("japan"), parquet)
    with pytest.raises(CaseError, match="a Parquet file is not added to"):
        import_file("baci", file, parquet)
    with pytest.raises(CaseError, match="did you mean baci"):
        import_file("bacci", file, overlay.path)
    with pytest.raises(FileNotFoundError):
        import_file("baci", tmp_path / "none.csv", overlay.path)


def test_a_case_with_faults_is_told_before_anything_is_read(overlay, write):
    (overlay.path / "materials.csv").write_text("id,nam\nx,y\n", encoding="utf-8")
    assert any(":nam: no such column" in fault for fault in overlay.faults("baci", write(NEW, "")))


def test_places_that_a_country_cannot_be_told_from_are_refused(overlay, write):
    places = "id,name,iso3,covers,source,confidence\nDEU,x,CHL,CHL;PER,ports,high\n"
    (overlay.path / "places.csv").write_text(places, encoding="utf-8")
    (fault,) = overlay.faults("baci", write(NEW, HEAD + "2023,156,276,284690,1,1\n"))
    assert fault.startswith("places:id: DEU: an id that is a country's code, but of another place")


def test_ids_that_grow_too_long_are_refused(overlay, write):
    places = "id,name,iso3,source,confidence\n" + "x" * 60 + ",Chile,CHL,ports,high\n"
    (overlay.path / "places.csv").write_text(places, encoding="utf-8")
    faults = overlay.faults("baci", write(NEW, HEAD + "2023,156,152,284690,1,1\n"))
    assert all(" is no id; letters, digits and _ . + - (at most 64" in fault for fault in faults)


def test_options_out_of_range_are_told_together(overlay, write):
    file = write(NEW, HEAD + CHINA)
    faults = overlay.faults("baci", file, years=[20], hs=["28x"], uncertainty=-1.0)
    assert [fault.split(":")[0] for fault in faults] == ["--year", "--hs", "--uncertainty"]


def test_more_rows_than_a_case_may_hold_are_refused(overlay, write, monkeypatch):
    monkeypatch.setattr("kidorui.case.importers.storing.MAX_ROWS", 3)
    (fault,) = overlay.faults("baci", write(NEW, HEAD + CHINA + VIETNAM))
    assert "it would hold 4 rows" in fault
    assert "import fewer years" in fault


def test_the_command_says_what_was_read_left_out_and_done(overlay, write, capsys):
    file = write(NEW, HEAD + CHINA + "2023,156,392,10121,1,1\n")
    assert run(["import", "baci", str(file), "--case", str(overlay.path), "--year", "2023"]) == 0
    told = capsys.readouterr().out
    assert "2 rows read, 1 kept, 2023" in told
    assert "2 observations added, 0 replaced" in told
    assert "1  of goods that the case does not trade in" in told
    assert f"next: kidorui check {overlay.path}" in told


def test_the_command_refuses_with_exit_code_2(overlay, write, capsys):
    file = write(NEW, HEAD + "2023,156,392,284690,x,1\n")
    assert run(["import", "baci", str(file), "--case", str(overlay.path)]) == 2
    assert capsys.readouterr().err.strip() == f"{NEW}:2:v: 'x' is no number; a number from 0, or NA"
    assert run(["import", "fao", str(file), "--case", str(overlay.path)]) == 2


def test_an_import_does_not_change_the_network(overlay, write):
    from kidorui.network import compile_network, grow

    text = HEAD + CHINA + "2023,276,251,284610,5,1\n"
    overlay.take("baci", write(NEW, text))
    plain, more = (compile_network(case, grow(case)) for case in map(load, ("japan", overlay.path)))
    assert plain.pools.equals(more.pools)
    assert plain.links.equals(more.links)


def test_a_copy_of_the_bundled_case_keeps_its_other_tables(tmp_path, write):
    folder = tmp_path / "copy"
    export(load("japan"), folder)
    kept = shutil.copytree(folder, tmp_path / "before")
    import_file("baci", write(NEW, HEAD + CHINA), folder)
    changed = {
        path.name
        for path in folder.iterdir()
        if path.read_bytes() != (kept / path.name).read_bytes()
    }
    assert changed == {"observations.csv", "sources.csv"}
    assert "baci-2024" in load(folder).table("sources")["id"].tolist()
    assert check(folder).faults == ()
