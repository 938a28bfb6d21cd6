"""Customs codes of a material, however the cell is written."""

import pytest

from kidorui.case import customs_codes


@pytest.mark.parametrize(
    ("cell", "codes"),
    [
        ("2846.90", ("284690",)),
        ("284690;2805.30", ("284690", "280530")),
        (" 2846.90 ; ;2805.30 ", ("284690", "280530")),
        ("", ()),
    ],
)
def test_codes_are_read_as_digits_alone(cell, codes):
    assert customs_codes(cell) == codes
