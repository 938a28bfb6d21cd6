"""What an import lays into a case, seen by the studies that compare."""

from kidorui.case import load
from kidorui.case.importers import import_file
from kidorui.studies.calibration.fits import compared, observations


def test_countries_counted_elsewhere_and_governance_are_compared_with_nothing(tmp_path):
    folder = tmp_path / "trade"
    folder.mkdir()
    (folder / "case.toml").write_text('extends = "japan"\nname = "trade"\n', encoding="utf-8")
    flows = tmp_path / "BACI_HS92_Y2024_V202501.csv"
    lines = "2024,156,276,284690,5,1\n2024,156,704,284690,7,2\n"
    flows.write_text("t,i,j,k,v,q\n" + lines, encoding="utf-8")
    import_file("baci", flows, folder)
    scores = tmp_path / "wgi.csv"
    scores.write_text("code,year,estimate,stddev\nJPN,2024,1,0.2\n", encoding="utf-8")
    import_file("wgi", scores, folder)
    case, plain = load(folder), load("japan")
    before, _ = compared(plain, 2024)
    read, unread = compared(case, 2024)
    ids = {one.id for one in read} - {one.id for one in before}
    assert ids == {"baci-2024-284690-CN-VN-value", "baci-2024-284690-CN-VN-weight"}
    why = unread.set_index("id")["why"]
    assert why["baci-2024-284690-CN-DEU-value"] == (
        "DEU is counted in EU, not in the network by itself"
    )
    assert not unread["id"].str.startswith("wgi").any()
    # what adds up by country still sees them
    assert "baci-2024-284690-CN-DEU-value" in {one.id for one in observations(case, 2024)[0]}
