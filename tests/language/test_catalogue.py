"""The Japanese catalogue: all that is said in figures and reports has its words there."""

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

import pandas as pd
import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from kidorui.case import Case, load
from kidorui.figures.naming import words
from kidorui.language.language import Language
from kidorui.results import result_schema
from kidorui.studies.context import Context
from kidorui.studies.plan import PlanOptions, plan
from kidorui.studies.stress.ranges import UNSURE
from kidorui.studies.stress.study import StressOptions, stress
from kidorui.studies.validation.told import failures
from kidorui.studies.variants import RANGES
from tests.language.extracted import messages

KINDS = ("plan", "stress", "robust", "exposure", "calibration", "validate", "reconcile")
BUNDLED = ("japan", "japan-2009", "japan-2014", "japan-2021", "example")
NAMED = ("places", "materials", "projects", "events", "plants", "funds")
VALIDATION = files("kidorui.studies.validation")
TOLD = Path(__file__).with_name("told_by_runs.txt")

AS_THEY_ARE = {
    *("HyProMag USA", "IREL", "JOGMEC", "MP 10X", "REEtec", "VAC", "VTRE"),
    *("GeoPolRisk", "HS {code}"),
}
"""Names of companies, of an index and of a code that Japanese writes in Latin letters."""

SENTENCES = (
    "demand: low; stocks: high",
    "38% of runs with split of demand over sectors: one way",
    "answer of the controlling place: cn-dumping",
    "nothing that was varied",
    "+jp-sep-heavy, -vn-metal-new",
    "no plan exists with demand: high, a-lace: low",
    "Planned for: China stops all rare earths and magnets to Japan (cn-ban); chance 0.1 a year in "
    "all. Nobody knows that chance: the break-evens tell from which one each project enters.",
    "The base year leaves 7% of the world's Dy unexplained, above 5%: mend the data before "
    "trusting figures on it.",
    "Whole units: the plan is within 1.2 million US$ of the best one.",
    "3 of 64 draws failed: see the table failures.",
    "First year of cn-ban with the plan: 81 million US$ lost in the plan's own quarters, 70 month "
    "by month (without it 378 and 1,145). They are within 20%.",
    "China's dual-use ban on Japan and Myanmar's border closes: from 2028-01, 36 months lived.",
    "Lynas, all plants",
    "NdFeB magnet, high coercivity (about 1% heavies), China to Rest of the world",
    "2024: no output of mines (kidorui import usgs or bgs); no governance estimates (kidorui "
    "import wgi)",
    "1 could not be solved: cn-bayan-obo (table skipped).",
    "Dy: 1,200 t of oxide unexplained, 12% of the world's use, above 5%",
    "2010-rebound: could not be run: 1.5",
    "Gross error (unit value): Japan, imports from China: HS 850511, by value (jp-magnets): 12 "
    "observed, other partners' prices make it 30 thousand US$; 4.1 standard errors, bound 3.3. "
    "The test cannot tell it from jp-import-284690-vn-2024.",
)
"""What no stored run says, but studies may: made by hand after their patterns."""


@cache
def catalogue() -> Catalog:
    with files("kidorui.language").joinpath("ja.po").open("rb") as file:
        return read_po(file, locale="ja")


def entries() -> Iterator[tuple[str, str, str]]:
    """Context ("" for a message), English and Japanese of each entry."""
    for message in catalogue():
        if message.id:
            yield message.context or "", str(message.id), str(message.string)


def places(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))


def has(context: str, text: str) -> bool:
    message = catalogue().get(text, context or None)
    return message is not None and bool(message.string)


def missing(texts: Iterator[str] | list[str]) -> set[str]:
    """What the catalogue lacks of sentences."""
    say = Language("ja")
    for text in texts:
        say.sentence(text)
    return say.missing


def test_all_that_figures_and_reports_say_has_japanese_words() -> None:
    assert not {said for said in messages() if not has(*said)}


def test_no_message_is_left_that_nothing_says() -> None:
    said = {text for context, text in messages() if not context}
    assert not {text for context, text, _ in entries() if not context} - said


def test_a_japanese_text_has_the_places_of_the_english_one() -> None:
    apart = {text for _, text, said in entries() if not places(said) <= places(text)}
    assert not apart
    left_out = {
        text: places(text) - places(said)
        for _, text, said in entries()
        if places(text) - places(said)
    }
    # The id of an event that is named beside it says a Japanese reader nothing more.
    assert all(text.startswith("Planned for: ") for text in left_out)


def test_no_japanese_text_is_empty_or_english() -> None:
    same = {text for _, text, said in entries() if said in ("", text)} - AS_THEY_ARE
    worded = {text: re.sub(r"\{\w+\}", "", text) for text in same}
    assert not {text for text, words in worded.items() if re.search("[a-z]{2}|[A-Z]{2}", words)}


@pytest.mark.parametrize("name", BUNDLED)
def test_names_of_the_bundled_cases_are_there(name: str) -> None:
    case = load(name)
    names = {n for table in NAMED for n in case.table(table)["name"] if n}
    sectors = {*case.table("sectors")["sector"], *case.table("demands")["sector"]}
    elements = case.table("elements")
    names |= {words(str(sector)) for sector in sectors} | {case.settings.title}
    names |= {*elements["id"], *elements["name"]}
    owners = {*case.table("plants")["owner"], *case.table("projects")["owner"]}
    names |= {owner for several in owners for owner in str(several).split(", ") if owner}
    assert not {n for n in names if not has("name", str(n))}


def test_what_an_answer_rests_on_is_told_in_japanese() -> None:
    assert not missing([text for name in BUNDLED for text in assumed(load(name))])


def assumed(case: Case) -> list[str]:
    sources = case.table("sources")
    return [str(text) for text in sources.loc[sources["kind"] == "assumption", "citation"]]


def test_ids_that_sentences_name_are_there() -> None:
    case = load("japan")
    ids = {
        str(i)
        for table in ("places", "materials", "projects", "events")
        for i in case.table(table)["id"]
    }
    ids |= set(case.table("sectors")["sector"]) | set(UNSURE) | set(RANGES)
    ids |= set(pd.read_csv(VALIDATION.joinpath("expected.csv"))["check"])
    assert not {i for i in ids if not has("name", i)}


@pytest.mark.parametrize("kind", KINDS)
def test_every_unit_of_the_result_tables_is_there(kind: str) -> None:
    units = {column.unit for table in result_schema(kind).values() for column in table.columns}
    assert not {unit for unit in units if unit and not has("unit", unit)}


def test_sentences_of_answers_on_the_case_of_japan_are_found() -> None:
    assert not missing([*TOLD.read_text(encoding="utf-8").splitlines(), *SENTENCES])


def test_sentences_of_a_small_plan_and_stress_are_found() -> None:
    case = load("example")
    quick = PlanOptions(break_even=False, intervals=False)
    asked = StressOptions(events=("ban",), months=6, table=False, prevention=False)
    for answer in (plan(case, quick, Context()), stress(case, asked, Context())):
        notes = answer.meta["notes"]
        assert isinstance(notes, list)
        assert not missing([*map(str, notes), *answer.table("summary")["headline"]])


def test_why_a_check_misses_is_told_in_japanese() -> None:
    expected = pd.read_csv(VALIDATION.joinpath("expected.csv"), keep_default_na=True)
    known = pd.read_csv(VALIDATION.joinpath("known.csv")).set_index("check")
    missed = known[known["verdict"] == "outside"]
    checks = expected[expected["check"].isin(missed.index)].assign(
        verdict="outside", computed=12.5, computed_low=3.0, computed_high=40.0
    )
    checks["why"] = checks["check"].map(missed["why"])
    assert len(checks) == len(missed) > 5
    assert not missing(failures(checks))
    assert not missing(
        failures(checks.assign(computed_low=float("nan"), computed_high=float("nan")))
    )


def test_every_pattern_is_found_again_whatever_number_stands_in_its_places() -> None:
    patterns = [text for context, text, _ in entries() if context == "sentence" and places(text)]
    assert len(patterns) > 100
    assert not missing([re.sub(r"\{\w+\}", "17", text) for text in patterns])


def test_the_longer_pattern_wins_and_its_facts_are_told() -> None:
    say = Language("ja")
    assert say.sentence("Japan, imports from all: HS 284690, by value") == (
        "日本の全輸入：HS 284690、金額"
    )
    said = say.sentence(
        "Short in all: 5,871 t of oxide (3,361 t of Ce, 32.1 t of Y), most in 2028-09, 685.2 t."
    )
    assert "Ce 3,361トン、Y 32.1トン" in said
    assert say.sentence("Dy in magnet swarf and scrap, as oxide, Japan to China") == (
        "磁石加工くず・スクラップ中のDy（酸化物換算）（日本→中国）"
    )
    assert not say.missing


def test_a_part_that_is_not_known_stays_and_the_sentence_is_gathered() -> None:
    say = Language("ja")
    told = "Part of the calm: Atlantis stops its ships. Nothing goes short. Tides turn."
    said = say.sentence(told)
    assert "Atlantis stops its ships" in said
    assert "平時" in said
    assert "不足なし" in said
    assert say.missing == {told}


def test_the_font_of_pictures_has_every_letter() -> None:
    from matplotlib.ft2font import FT2Font

    spec = find_spec("matplotlib_fontja")
    assert spec is not None
    assert spec.origin is not None
    font = FT2Font(str(Path(spec.origin).parent / "fonts" / "ipaexg.ttf"))
    letters = {letter for _, _, said in entries() for letter in said}
    assert not {letter for letter in letters if ord(letter) not in font.get_charmap()} - {"\n"}
