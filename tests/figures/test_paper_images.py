"""What the paper renderer draws is what it drew when somebody looked at it.

After a change that is meant, and seen to be good:
`pytest tests/figures/test_paper_images.py --mpl-generate-path=tests/figures/baseline`.
"""

from __future__ import annotations

import pytest

from kidorui.figures import paper
from tests.figures.pictures import SAMPLES

LOOKED_AT = (
    ("needs", "light"),
    ("onset", "light"),
    ("origins", "light"),
    ("shares", "light"),
    ("course", "light"),
    ("balance", "light"),
    ("fit", "light"),
    ("stops", "light"),
    ("sensitivity", "light"),
    ("chain", "light"),
    ("projects", "light"),
    ("map", "light"),
    ("stops", "dark"),
    ("map", "dark"),
    ("needs-ja", "paper"),
)


@pytest.mark.parametrize(("name", "theme"), LOOKED_AT)
@pytest.mark.mpl_image_compare(
    baseline_dir="baseline",
    style={"text.hinting": "no_hinting"},
    savefig_kwargs={"dpi": 64},
)
def test_picture_is_drawn_as_before(name, theme):
    return paper.figure(SAMPLES[name], theme)
