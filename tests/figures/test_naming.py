"""Names by id, in words where a case has no name."""

from __future__ import annotations

import pytest

from kidorui.figures.naming import Names, brief, subject
from kidorui.language import language
from kidorui.results import Result
from tests.figures.answers_plan import plan_answer


def names(result: Result) -> Names:
    return Names(result, language())


def test_names_are_those_of_the_case_without_what_is_in_brackets():
    assert names(plan_answer()).good("la-oxide") == "La oxide"
    assert names(plan_answer()).place("D") == "All others"


def test_what_has_no_name_is_told_in_words():
    bare = names(Result("plan", {}, {}))
    assert bare.place("JP") == "JP"
    assert bare.good("ndpr-oxide") == "ndpr oxide"
    assert bare.sector("auto-parts") == "auto parts"
    assert bare.event("cn-ban+my-stop") == "cn ban + my stop"


@pytest.mark.parametrize(
    ("state", "told"),
    [
        ("no event", "no event"),
        ("stop", "C stops all"),
        ("stop+licences from 2032", "C stops all + Licences, from 2032"),
    ],
)
def test_states_of_the_world_name_their_events(state, told):
    assert names(plan_answer()).state(state) == told


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("Cost of magnets, metals apart: none is published", "Cost of magnets, metals apart"),
        ("Capacities above quotas (dossier: they are larger)", "Capacities above quotas"),
        ("Nothing more", "Nothing more"),
    ],
)
def test_an_assumption_is_about_what_stands_first(text, about):
    assert subject(text) == about


def test_a_text_is_cut_at_a_word():
    assert brief("one two three", 13) == "one two three"
    assert brief("one two three", 10) == "one two…"
    assert brief("onetwothree", 5) == "onet…"
