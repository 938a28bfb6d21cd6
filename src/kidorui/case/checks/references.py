"""Whether what a case refers to is there, and what is there is referred to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kidorui.case.checks.draft import Draft
from kidorui.case.faults import Fault, accept
from kidorui.case.schema import REQUIRED_TABLES, Column, table_schema
from kidorui.case.settings import settings_schema

STAGE = "stage"

_SOURCES = ("source_fx", "source_stress", "source_gdp")
"""Settings that name a source."""

_SUGGESTED = 50
"""Unknown words of a column for which a near one is looked for: a search takes its time."""


def check_references(draft: Draft) -> list[Fault]:
    """Tables that must be there, words that refer to nothing, settings that do."""
    faults = [
        Fault(name, None, "", "the table is missing", f"a table with {table_schema(name).names[0]}")
        for name in REQUIRED_TABLES
        if name in draft.absent
    ]
    known: dict[str, set[str] | None] = {}
    for name, table in draft.tables.items():
        for column in table.schema.columns:
            if column.reference and len(table.frame):
                words = _known_to(draft, column, known)
                if words is not None:
                    faults += _unknown(draft, name, column, words)
    faults += _stage_names(draft)
    _check_settings(draft, known)
    return faults


def check_sources(draft: Draft) -> Iterator[Fault]:
    """Sources that nothing rests on."""
    used = {word for setting in _SOURCES for word in draft.words(setting)}
    for name in draft.tables:
        if "source" in draft.frame(name):
            used |= set(draft.frame(name)["source"])
    for index, source in enumerate(draft.frame("sources")["id"]):
        if source and source not in used and draft.is_known("sources"):
            yield draft.fault(
                "sources", index, "id", f"nothing rests on {source}", "a source in use", "warning"
            )


def ids_of(draft: Draft, table: str) -> list[str]:
    """All ids of a table as written, whatever is wrong with the rest of their rows."""
    return [word for word in dict.fromkeys(draft.frame(table)[_id_column(table)]) if word]


def _id_column(table: str) -> str:
    return table_schema(table).keys[0]


def _known_to(draft: Draft, column: Column, known: dict[str, set[str] | None]) -> set[str] | None:
    """The words a column may refer to; None where they cannot be told."""
    words: set[str] = set()
    for target in column.targets:
        if target not in known:
            known[target] = _words(draft, target)
        found = known[target]
        if found is None:
            return None
        words |= found
    return words


def _words(draft: Draft, target: str) -> set[str] | None:
    name, _, column = ("materials", "", STAGE) if target == STAGE else target.partition(".")
    if column and target != STAGE:
        return set(table_schema(name).column(column).choices)
    if not draft.is_known(name):
        return None
    if target == STAGE:
        bad = draft.bad(name, STAGE)
        return None if bad.any() and bad.all() else set(draft.frame(name)[STAGE]) - {""}
    return set(ids_of(draft, name))


def _unknown(draft: Draft, name: str, column: Column, words: set[str]) -> list[Fault]:
    """Faults of the cells of a column that refer to nothing; the cells are marked as bad."""
    cells = draft.frame(name)[column.name]
    what = _accepted(column)
    faults: list[Fault] = []
    hints: dict[str, str] = {}
    for index, cell in enumerate(cells):
        unknown = [word for word in _items(cell) if word not in words]
        for word in unknown:
            if word not in hints:
                hints[word] = accept(what, word, words) if len(hints) < _SUGGESTED else what
            wrong = _nothing(column, word)
            faults.append(draft.fault(name, index, column.name, wrong, hints[word]))
        if unknown:
            draft.tables[name].bad[column.name][index] = True
    return faults


def _items(cell: object) -> tuple[str, ...]:
    return cell if isinstance(cell, tuple) else (str(cell),) if cell else ()


def _nothing(column: Column, word: str) -> str:
    return f"there is no {word!r} in {_either(column.targets)}"


def _accepted(column: Column) -> str:
    ids = [t for t in column.targets if t != STAGE and "." not in t]
    parts = [f"an id of the table {_either(ids)}"] if ids else []
    parts += ["a stage of a material"] if STAGE in column.targets else []
    parts += [f"a {t.partition('.')[2]} as in {t}" for t in column.targets if "." in t]
    return " or ".join(parts)


def _either(names: Iterable[str]) -> str:
    return " or ".join("the stages" if name == STAGE else name for name in names)


def _stage_names(draft: Draft) -> Iterator[Fault]:
    """Materials named like a stage of other materials: which are meant could not be told."""
    known = table_schema("materials").column(STAGE).choices
    ids, stages = draft.frame("materials")["id"], draft.frame("materials")[STAGE]
    for index, word in enumerate(ids):
        if word in known and word in set(stages[ids != word]):
            wrong = f"{word!r} is also the stage of other materials"
            yield draft.fault("materials", index, "id", wrong, "an id that is no stage")


def _check_settings(draft: Draft, known: dict[str, set[str] | None]) -> None:
    """Blame the settings that refer to nothing."""
    for column in settings_schema():
        words = _known_to(draft, column, known) if column.reference else None
        if words is None:
            continue
        for word in dict.fromkeys(_parts(draft.words(column.name), words)):
            if word not in words:
                accepted = accept(_accepted(column), word, words)
                draft.settings.blame(column.name, _nothing(column, word), accepted)


def _parts(items: Iterable[str], words: set[str]) -> Iterator[str]:
    """The items; of those that strike together, joined by +, each."""
    for item in items:
        yield from [item] if item in words else item.split("+")
