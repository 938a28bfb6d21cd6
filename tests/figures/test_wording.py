"""Every word of a picture is said in the reader's language: none stands in the code alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass

import pytest

from kidorui.figures import KINDS, Picture, drawings, picture
from kidorui.language import Language
from kidorui.results import Result
from tests.figures.answers_exposure import exposure_answer
from tests.figures.answers_plan import plan_answer, robust_answer
from tests.figures.answers_record import calibration_answer, reconcile_answer, validate_answer
from tests.figures.answers_stress import stress_answer

ANSWERS: Mapping[str, Callable[[], Result]] = {
    "plan": plan_answer,
    "robust": robust_answer,
    "stress": stress_answer,
    "exposure": exposure_answer,
    "calibration": calibration_answer,
    "reconcile": reconcile_answer,
    "validate": validate_answer,
}

UNSAID = ("role", "kind", "axis", "id", "source", "target", "shaded")
"""Fields of plots that are no words."""

AS_THEY_STAND = ("a-cost", "a-split", "maker", "million", "billion")
"""Ids of sources, and the powers that a language itself has words for."""

PLACE = re.compile(r"(\{\w+\})")
LETTER = re.compile(r"[A-Za-z]+")


class Dotted(Language):
    """A language in which each letter that is looked up is a dot; what was not keeps its own."""

    def _said(self, text: str, context: str | None = None) -> str:
        parts = PLACE.split(text)
        return "".join(
            part if at % 2 else LETTER.sub(lambda found: "·" * len(found[0]), part)
            for at, part in enumerate(parts)
        )

    def sentence(self, text: str) -> str:
        return self._said(text)


def texts(thing: object) -> Iterator[str]:
    """All words of a plot."""
    if isinstance(thing, str):
        yield thing
    elif isinstance(thing, Mapping):
        for key, value in thing.items():
            yield from texts(key)
            yield from () if isinstance(value, str) else texts(value)  # roles by words of a legend
    elif is_dataclass(thing):
        for field in fields(thing):
            if field.name not in UNSAID:
                yield from texts(getattr(thing, field.name))
    elif isinstance(thing, list | tuple):
        for one in thing:
            yield from texts(one)


def unsaid(made: Picture) -> list[str]:
    """Texts of a picture with letters that no language was asked for."""
    found = [made.title, made.note, made.finding, *texts(made.plot)]
    for known in AS_THEY_STAND:
        found = [text.replace(known, "") for text in found]
    return [text for text in found if LETTER.search(text)]


ALL = [(kind, name) for kind in ANSWERS for name in drawings(kind)]


@pytest.mark.parametrize(("kind", "name"), ALL)
def test_every_word_is_looked_up(kind, name):
    assert unsaid(picture(ANSWERS[kind](), name, Dotted("en"))) == []


@pytest.mark.parametrize(("kind", "name"), ALL)
def test_a_picture_says_the_same_numbers_in_every_language(kind, name):
    english = picture(ANSWERS[kind](), name)
    other = picture(ANSWERS[kind](), name, Dotted("en"))
    assert re.findall(r"\d+", english.finding) == re.findall(r"\d+", other.finding)
    assert english.data.equals(other.data)


def test_every_kind_of_picture_is_read():
    assert set(ANSWERS) == set(KINDS)


def test_a_word_of_the_code_would_be_found():
    made = picture(plan_answer(), "regret", Dotted("en"))
    careless = Picture(made.name, made.title, "by hand", made.finding, made.plot, made.data, ())
    assert unsaid(careless) == ["by hand"]
