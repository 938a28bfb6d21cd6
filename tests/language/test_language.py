"""Numbers, units and sentences in the reader's language."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kidorui.language import language
from kidorui.language.language import Language, number

EN, JA = language("en"), language("ja")


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (1234567.0, "1,234,567"),
        (999.6, "1,000"),
        (12.345, "12.3"),
        (0.012345, "0.0123"),
        (-3.21, "−3.21"),
        (100.04, "100"),
        (float("nan"), "–"),
        (float("inf"), "∞"),
    ],
)
def test_a_number_has_three_digits_and_loses_none_of_its_whole_part(
    value: float, told: str
) -> None:
    assert number(value) == told


@given(st.floats(-1e12, 1e12, allow_nan=False))
def test_a_number_told_is_the_number_to_within_half_of_its_last_digit(value: float) -> None:
    told = float(number(value).replace(",", "").replace("−", "-"))
    assert told == pytest.approx(value, rel=0.005, abs=5e-7)


@pytest.mark.parametrize(
    ("value", "unit", "english", "japanese"),
    [
        (52.4, "million US$", "52.4 million US$", "5,240万米ドル"),
        (27292.0, "million US$", "27.3 billion US$", "273億米ドル"),
        (3.086, "billion yen/yr", "3.09 billion yen/yr", "30.9億円/年"),
        (0.034, "billion yen/yr", "34 million yen/yr", "3,400万円/年"),
        (3947368.0, "million US$", "3.95 trillion US$", "3.95兆米ドル"),
        (62.0, "%", "62%", "62%"),
        (89.0, "days", "89 days", "89日"),
        (1496.0, "t oxide/yr", "1,496 t oxide/yr", "1,496トン/年（酸化物換算）"),
    ],
)
def test_a_quantity_is_told_as_the_language_counts(
    value: float, unit: str, english: str, japanese: str
) -> None:
    assert EN.quantity(value, unit) == english
    assert JA.quantity(value, unit) == japanese


def test_both_ends_of_a_range_are_told_in_one_power() -> None:
    assert EN.between(75.4, 7343.0, "million US$", 2) == "0.075 to 7.3 billion US$"
    assert JA.between(75.4, 7343.0, "million US$", 2) == "0.75～73億米ドル"
    assert EN.between(61.8, 61.8, "%") == "61.8%"


def test_numbers_of_a_table_are_scaled_to_the_unit_the_language_names() -> None:
    assert JA.unit("billion yen") == "億円"
    assert JA.scale("billion yen") == 10.0
    assert EN.scale("billion yen") == 1.0


def test_a_sentence_made_from_a_pattern_is_found_again_with_its_facts() -> None:
    said = JA.sentence("67% of the case's rows are assumptions (kidorui sources).")
    assert "67%" in said
    assert "assumptions" not in said


def test_what_the_catalogue_lacks_is_said_in_english_and_gathered() -> None:
    say = Language("ja")
    assert say("No such words {n}", n=3.0) == "No such words 3"
    assert say.sentence("Nor a sentence such as this.") == "Nor a sentence such as this."
    assert say.missing >= {"No such words {n}", "Nor a sentence such as this."}


def test_a_language_that_there_is_not_is_refused_by_those_there_are() -> None:
    with pytest.raises(ValueError, match="no language 'fr'; one of en, ja"):
        language("fr")
