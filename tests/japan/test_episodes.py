"""The episodes of the past on the bundled cases: what passed when last accepted still passes.

What is accepted stands in studies/validation/known.csv, misses with their reasons. A miss is not a
failure here; a check that was inside and no longer is, is.
"""

import re
from functools import cache
from pathlib import Path

import pytest

from kidorui.results import Result
from kidorui.studies.calibration import name_of
from kidorui.studies.context import Context
from kidorui.studies.validation import ValidateOptions, cases_for, episodes_asked, validate
from kidorui.studies.validation.checks import changed, read_checks, read_known

SLOW = pytest.mark.slow
FAST = pytest.param(True, id="fast")
ALL = pytest.param(False, id="all", marks=SLOW)


@cache
def told(fast: bool) -> Result:
    cases = cases_for(episodes_asked((), fast=fast))
    options = ValidateOptions(fast=fast, cases=tuple(map(name_of, cases.values())))
    return validate(cases, options, Context())


def verdicts(fast: bool) -> dict[str, str]:
    return told(fast).table("checks").set_index("check")["verdict"].to_dict()


@pytest.mark.parametrize("fast", [FAST, ALL])
def test_what_passed_still_passes(fast):
    lost, _ = changed(verdicts(fast), read_known())
    assert lost == []


@pytest.mark.parametrize("fast", [FAST, ALL])
def test_what_newly_passes_is_written_down(fast):
    _, won = changed(verdicts(fast), read_known())
    if won:
        pytest.skip(f"newly inside, to be set in validation/known.csv: {', '.join(won)}")


@pytest.mark.parametrize("fast", [FAST, ALL])
def test_every_check_could_be_run(fast):
    assert "failed" not in verdicts(fast).values()
    assert told(fast).faults() == []


def test_every_failure_is_a_check_that_misses_and_says_why():
    table = told(True).table("checks")
    missed = table[table["verdict"] == "outside"]
    failures = told(True).meta["failures"]
    assert [f.split(":")[0] for f in failures] == list(missed["check"])
    assert (missed["why"] != "").all()


def test_imports_fall_in_the_halt_and_follow_after_it():
    table = told(True).table("series").query("episode == 'halt of 2010'")
    seen = table[table["what"] == "imports from China"].set_index("month")
    calm = seen.loc["2010-01":"2010-06", "computed"].mean()
    assert seen.loc["2010-11", "computed"] < 0.6 * calm < seen.loc["2010-12", "computed"]
    assert seen.loc["2010-10", "recorded"] == 1278


def test_nothing_was_fitted_to_the_controls():
    table = told(True).table("checks").set_index("check")
    assert not table.loc[["mm-price-tb", "2015-price", "2022-price", "iea-n1"], "fitted"].any()
    assert table.loc["2010-imports-month-1", "fitted"]
    assert table.loc["iea-n1", "verdict"] == "reported"


def test_the_page_tells_each_check_with_the_verdict_that_is_known():
    page = (Path(__file__).parents[2] / "docs" / "validation.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z0-9-]+)` \|.*\| ([^|]+) \|$", page, flags=re.MULTILINE)
    known = read_known()["verdict"].to_dict()
    assert [check for check, _ in rows] == list(read_checks()["check"])
    for check, words in rows:
        assert words.strip("* ").startswith(known[check]), check


def test_no_band_was_widened():
    """Bands as the issue sets them."""
    checks = read_checks().set_index("check")
    for check, low, high in (
        ("2010-imports-month-1", 66 - 15, 66 + 15),
        ("2010-imports-month-2", 33 - 15, 33 + 15),
        ("2010-price-peak", 8, 14),
        ("2010-unit-value", 3.5, 10),
        ("2010-demand-after", -40, -20),
        ("2010-share-2013", -60, -25),
        ("2025-magnets-may", -74 - 15, -74 + 15),
        ("2025-return", 3, 5),
        ("2025-first-stop", 30, 80),
        ("2025-price-dy", 2.5, 6),
        ("2025-price-tb", 2.5, 6),
        ("mm-price-tb", 5, 45),
        ("2015-price", -15, 15),
        ("2022-price", 40, 150),
        ("cut-gdp", 0.4, 1.3),
    ):
        assert tuple(checks.loc[check, ["low", "high"]]) == (low, high), check
    assert checks.loc["2010-rebound", "low"] == 150
    assert checks.loc["2010-year-loss", "high"] == 5
    assert checks.loc["2025-price-y", "low"] == 10
    assert checks.loc["2025-price-weighted-dy", "high"] == 25
