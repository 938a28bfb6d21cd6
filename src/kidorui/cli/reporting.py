"""The commands `report` and `figures`: what runs say, on paper and on screens."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

from cyclopts import Parameter

from kidorui.cli.exits import FINE, Refused
from kidorui.cli.output import say, say_wrapped

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kidorui.figures import Picture
    from kidorui.runs import Run, Store

LanguageCode: TypeAlias = Literal["en", "ja"]
Form: TypeAlias = Literal["png", "svg", "csv", "json"]
ThemeName: TypeAlias = Literal["light", "dark", "paper"]
To = Annotated[Path | None, Parameter(name=["--to", "-o"])]


def report(
    *runs: str,
    to: To = None,
    language: LanguageCode = "en",
    only: Literal["html", "word"] | None = None,
    quiet: bool = False,
) -> int:
    """Write a report: one HTML page and a Word file that an adviser reads in ten minutes.

    Page one answers three questions, with ranges and what would change the answer: how long we
    last, what to fund, by how much dependence falls. It needs runs of plan and stress (one of
    today's restrictions, one of an embargo); one of robust gives the ranges of the plan. Then
    follow evidence, assumptions by their weight, sources and limits. Several runs of a kind are
    laid side by side with what was asked differently.

    Parameters
    ----------
    runs
        Ids of runs (see `kidorui runs`), or a case by name: its newest run of each kind, of
        stress the newest of each set of events.
    to
        Where to write; both files take this name, with .html and .docx. Unless given,
        report-CASE.html and report-CASE.docx in this folder.
    language
        en or ja.
    only
        html or word: leave the other out.
    quiet
        Write nothing but errors.
    """
    from kidorui.language import language as spoken
    from kidorui.report import ReportError, html, word
    from kidorui.report import report as compose
    from kidorui.runs import Store
    from kidorui.runs.files import write_file

    if not runs:
        raise Refused("report: no run; ids of runs or the name of a case are accepted")
    chosen = _chosen(Store(), runs)
    try:
        made = compose(chosen, spoken(language))
    except ReportError as error:
        raise Refused(f"report: {error}") from None
    target = to or Path(f"report-{chosen[0].manifest.inputs.case}")
    stem = target.with_suffix("") if target.suffix in (".html", ".docx") else target
    for form, suffix, write in (("html", ".html", html), ("word", ".docx", word)):
        if only in (None, form):
            content = write(made)
            file = stem.with_name(stem.name + suffix)
            write_file(file, content.encode() if isinstance(content, str) else content)
            if not quiet:
                say(str(file))
    return FINE


def figures(
    run: str,
    /,
    *names: str,
    to: To = None,
    form: Annotated[Form, Parameter(name="--as")] = "png",
    theme: ThemeName = "paper",
    language: LanguageCode = "en",
) -> int:
    """List the pictures of a run, or write them: PNG, SVG, their data as CSV, ECharts as JSON.

    Parameters
    ----------
    run
        Id of a run (see `kidorui runs`).
    names
        Pictures to write; all that the run has unless given.
    to
        Folder to write into; without it the pictures are listed.
    form
        png, svg, csv (the values drawn) or json (options of ECharts).
    theme
        light, dark or paper.
    language
        en or ja.
    """
    from kidorui.figures import NoPicture, pictures
    from kidorui.runs import Store
    from kidorui.runs.files import write_file

    found = pictures(Store().open(run).result, language, run)
    try:
        asked = {name: found[name] for name in names or found} if to or names else {}
    except NoPicture as error:
        raise Refused(str(error)) from None
    if to is None:
        _list(asked or found)
        return FINE
    to.mkdir(parents=True, exist_ok=True)
    for name, picture in asked.items():
        file = to / f"{name}.{form}"
        write_file(file, _written(picture, form, theme))
        say(str(file))
    return FINE


def _list(found: Mapping[str, Picture]) -> None:
    """Name and title of each picture, and below them what it shows of this run."""
    width = max(map(len, found), default=0) + 2
    for name, picture in found.items():
        say(f"{name.ljust(width)}{picture.title}")
        say_wrapped(picture.finding, indent=width)
        say()


def _written(picture: Picture, form: Form, theme: ThemeName) -> bytes:
    import json

    if form == "png":
        return picture.png(theme)
    if form == "svg":
        return picture.svg(theme).encode()
    if form == "csv":
        return picture.to_csv().encode()
    return json.dumps(picture.options(theme), ensure_ascii=False, indent=1).encode()


def _chosen(store: Store, asked: Sequence[str]) -> list[Run]:
    """The runs asked for by id, or by the name of a case."""
    from kidorui.runs import RunError

    runs: list[Run] = []
    faults: list[str] = []
    for name in asked:
        try:
            runs.append(store.open(name))
        except RunError as error:
            newest = list(_newest(store, name))
            runs += newest
            if not newest:
                faults.append(f"{error}; nor is there any run of a case {name}")
    if faults:
        raise Refused("\n".join(faults))
    return runs


def _newest(store: Store, case: str) -> Iterator[Run]:
    """The newest run of each kind of a case; of stress, of each set of events."""
    from kidorui.report import KINDS

    seen: set[tuple[str, str]] = set()
    found = [run for run in store.runs() if run.manifest.inputs.case == case]
    for run in sorted(found, key=lambda run: run.manifest.created, reverse=True):
        inputs = run.manifest.inputs
        key = inputs.kind, str(inputs.options.get("events")) if inputs.kind == "stress" else ""
        if inputs.kind in KINDS and key not in seen:
            seen.add(key)
            yield run
