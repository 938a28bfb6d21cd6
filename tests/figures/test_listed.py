"""The documentation lists the pictures there are, and the report shows none that is not there."""

import re
from pathlib import Path

from kidorui.figures import KINDS, drawings
from kidorui.report.evidence import SHOWN

DOCS = Path(__file__).parents[2] / "docs" / "report.md"


def test_the_documentation_lists_every_picture_in_order() -> None:
    rows = re.findall(r"^\| ([a-z]*) ?\| (`[^|]+) \|", DOCS.read_text(encoding="utf-8"), re.M)
    listed: dict[str, list[str]] = {}
    kind = ""
    for named, pictures in rows:
        kind = named or kind
        listed.setdefault(kind, []).extend(re.findall(r"`([^`]+)`", pictures))
    assert listed == {kind: [*drawings(kind)] for kind in KINDS}


def test_the_report_shows_pictures_that_there_are() -> None:
    for kind, names in SHOWN.items():
        assert set(names) <= set(drawings(kind)), kind
