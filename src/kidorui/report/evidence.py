"""Evidence: pictures and lists of each run, chosen so that an adviser reads them in minutes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from kidorui.figures import pictures
from kidorui.language import Language
from kidorui.report.content import Section, Told
from kidorui.report.given import Given
from kidorui.report.listed import builds, stops
from kidorui.report.scenes import scene

SHOWN: Mapping[str, Sequence[str]] = {
    "plan": (
        "timeline",
        "shortage",
        "dependence",
        "network",
        "prices",
        "regret",
        "frontier",
        "alternatives",
        "break_even",
        "rests_on",
    ),
    "stress": (
        "stops",
        "fill",
        "ranges_stop",
        "ranges",
        "first_stops",
        "cover",
        "prices",
        "spread",
        "prevention",
        "replay",
    ),
    "robust": ("robust", "assumptions", "figures"),
    "exposure": (
        "sankey_heavy",
        "sankey_light",
        "concentration",
        "chokepoints",
        "buffers",
    ),
    "calibration": ("fits", "misses"),
    "validate": ("checks",),
    "reconcile": ("residuals",),
}
"""Pictures of each kind that a report shows, in reading order; a run may lack some."""

_MOST_NOTES = 8
"""Notes of a run that are told."""

_ASKED = ("focus", "events", "hazard", "budget", "risk", "year", "months", "draws", "runs")
"""Options told with the evidence; the rest are in the manifest of the run."""

LISTED: Mapping[str, Sequence[Callable[[Given, Language], Told]]] = {
    "plan": (builds,),
    "stress": (stops,),
}
"""Lists of each kind that a report prints beside the pictures."""


def section(given: Given, say: Language) -> Section:
    """The evidence of one run."""
    found = pictures(given.result, say, given.id)
    chosen = [found[name] for name in SHOWN[given.kind] if name in found]
    return Section(
        heading=_heading(given, say),
        run=given.id,
        asked=_asked(given, say),
        pictures=chosen,
        told=[make(given, say) for make in LISTED.get(given.kind, ())],
        notes=_few([say.sentence(note) for note in given.run.sentences("notes")], given, say),
        failures=[say.sentence(note) for note in given.run.sentences("failures")],
    )


def _heading(given: Given, say: Language) -> str:
    if given.kind == "stress":
        return say("Month by month: {what}", what=scene(given, say))
    headings = {
        "plan": say("What to build, and what it brings"),
        "robust": say("What is right whatever is assumed"),
        "exposure": say("How exposed {place} is", place=say.name(given.word("focus"))),
        "calibration": say("The base year beside the record"),
        "validate": say("Episodes of the past beside the record"),
        "reconcile": say("What the data say together"),
    }
    return headings[given.kind]


def _asked(given: Given, say: Language) -> str:
    """What was asked, in the words of the options that change an answer most."""
    asked = given.run.manifest.inputs.options
    told = [
        f"{say.name(name)} {_value(asked[name])}"
        for name in _ASKED
        if asked.get(name) not in (None, "", 0, [], ())
    ]
    words = say.listed(told) or say("the case as it is")
    return say("Run {run}: {asked}", run=given.id, asked=words)


def _value(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _few(notes: Sequence[str], given: Given, say: Language) -> list[str]:
    """The first notes, and where the others are."""
    left = len(notes) - _MOST_NOTES
    if left <= 0:
        return list(notes)
    more = say("{count} more: kidorui show {run}", count=str(left), run=given.id)
    return [*notes[:_MOST_NOTES], more]
