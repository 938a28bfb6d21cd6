"""Which pictures a result has: one module per study, named like its kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from importlib import import_module

from kidorui.figures.picture import Picture
from kidorui.language import Language, language
from kidorui.results import Result

KINDS = ("plan", "robust", "stress", "exposure", "calibration", "reconcile", "validate")
"""Kinds of results that have pictures; each has a module of that name with `PICTURES`."""


@dataclass(frozen=True)
class Drawing:
    """How one picture is made: `make` from a result whose tables `needs` have rows.

    instead: how to ask for what it needs, where a run may lack it.
    """

    make: Callable[[Result, Language], Picture]
    needs: tuple[str, ...]
    instead: str = ""

    def lacks(self, result: Result) -> list[str]:
        """The tables it needs that have no rows."""
        return [
            name for name in self.needs if name not in result.tables or result.table(name).empty
        ]


class NoPicture(LookupError):
    """A picture that a result does not have; the text says why and what there is."""


def drawings(kind: str) -> Mapping[str, Drawing]:
    """The pictures of a kind of result, in reading order; none for a kind without any."""
    if kind not in KINDS:
        return {}
    found: Mapping[str, Drawing] = import_module(f"kidorui.figures.{kind}").PICTURES
    return found


def picture(result: Result, name: str, code: str | Language = "en", run: str = "") -> Picture:
    """One picture of a result by name.

    code: en or ja; run: id of the run, told as the source. Raises NoPicture where there is no
    such picture or what it needs was not asked.
    """
    known = drawings(result.kind)
    if name not in known:
        near = get_close_matches(name, known, n=1)
        hint = f"; did you mean {near[0]}?" if near else f"; it has {', '.join(known) or 'none'}"
        raise NoPicture(f"a result of {result.kind} has no picture {name!r}{hint}")
    drawing = known[name]
    if lacking := drawing.lacks(result):
        instead = f"; {drawing.instead}" if drawing.instead else ""
        raise NoPicture(f"{name}: no rows in {', '.join(lacking)}{instead}")
    say = language(code) if isinstance(code, str) else code
    made = drawing.make(result, say)
    return replace(made, source=source(result, made, say, run))


def pictures(result: Result, code: str | Language = "en", run: str = "") -> Pictures:
    """The pictures of a result by name, each made when it is asked for."""
    return Pictures(result, code, run)


class Pictures(Mapping[str, Picture]):
    """The pictures that a result has, made one by one as they are asked for."""

    def __init__(self, result: Result, code: str | Language, run: str) -> None:
        self._result, self._code, self._run = result, code, run
        self._made: dict[str, Picture] = {}

    def __getitem__(self, name: str) -> Picture:
        if name not in self._made:
            self._made[name] = picture(self._result, name, self._code, self._run)
        return self._made[name]

    def __contains__(self, name: object) -> bool:
        drawing = drawings(self._result.kind).get(str(name))
        return drawing is not None and not drawing.lacks(self._result)

    def __iter__(self) -> Iterator[str]:
        return (name for name in drawings(self._result.kind) if name in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def source(result: Result, made: Picture, say: Language, run: str) -> str:
    """Where a picture's values come from: run or study, tables, case and version."""
    told = say(
        "Source: {run}, tables {tables}", run=run or result.kind, tables=say.listed(made.tables)
    )
    if result.meta.get("case"):
        told += say(
            "; case {case} ({hash})",
            case=str(result.meta["case"]),
            hash=str(result.meta.get("case_hash", ""))[:8],
        )
    if result.meta.get("kidorui"):
        told += say("; kidorui {version}", version=str(result.meta["kidorui"]))
    return told
