"""Import a published file into a case's folder: observations, their source, new countries."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias, get_args

import pandas as pd

from kidorui.case.case import Case, load
from kidorui.case.faults import CaseError, Fault, suggest
from kidorui.case.importers.baci import read_baci
from kidorui.case.importers.bgs import read_bgs
from kidorui.case.importers.comtrade import read_comtrade
from kidorui.case.importers.countries import countries
from kidorui.case.importers.rows import Asked, Given, LeftOut, Source, asked
from kidorui.case.importers.storing import Table, read_table, write_tables
from kidorui.case.importers.strict import MOST_TOLD
from kidorui.case.importers.usgs import read_usgs
from kidorui.case.importers.wgi import read_wgi
from kidorui.case.overlays import bundled
from kidorui.case.parsing import parse
from kidorui.case.places import Atlas, country_places
from kidorui.case.reading import RawTable
from kidorui.case.schema import table_schema, tables

Format: TypeAlias = Literal["baci", "comtrade", "usgs", "bgs", "wgi"]
"""The formats there are."""

_READERS: Mapping[str, Callable[[Path, Asked], Given]] = {
    "baci": read_baci,
    "comtrade": read_comtrade,
    "usgs": read_usgs,
    "bgs": read_bgs,
    "wgi": read_wgi,
}


@dataclass(frozen=True)
class Imported:
    """What an import did, or would do.

    read, kept: rows of the file, and those that gave an observation. added: observations that
    are new by their id; replaced: those there already under the id; dropped: rows of an earlier
    import that the file no longer gives. places: countries that were added. below: rows of an
    earlier import in the case below, which still count. alike: observations of the same that the
    case has from other sources.
    """

    source: str
    read: int
    kept: int
    added: int
    replaced: int
    dropped: int
    places: tuple[str, ...]
    left_out: tuple[LeftOut, ...]
    told: tuple[str, ...]
    below: int
    alike: int
    years: tuple[int, ...]


def import_file(
    form: str,
    file: str | Path,
    folder: str | Path,
    *,
    years: Sequence[int] = (),
    hs: Sequence[str] = (),
    uncertainty: float = float("nan"),
    dry_run: bool = False,
) -> Imported:
    """Read a published file and lay its figures into a case's folder as observations.

    form: one of `Format`; years, hs: what to take, all of the case's goods unless given;
    uncertainty: one standard error as a share of the value, for rows whose source states none;
    dry_run: read and check all, write nothing. Rows of an earlier import of the same source and
    year are replaced, all others stay. Raises CaseError with all faults of the file or the case,
    FileNotFoundError where one of them is not there; nothing is written then.
    """
    if form not in _READERS:
        accepted = f"one of {', '.join(get_args(Format))}; {suggest(form, _READERS)}"
        raise CaseError([Fault("format", None, "", f"{form!r}", accepted)])
    path, home = Path(file), Path(folder)
    if not path.is_file():
        raise FileNotFoundError(f"{path}: no such file")
    _check_home(home, str(folder))
    case = load(home)
    wanted = asked(case, years, hs, uncertainty)
    observations, sources, places = (
        read_table(home, name) for name in ("observations", "sources", "places")
    )
    given = _READERS[form](path, wanted)
    _refuse_nothing(path, given)
    _check_rows(given.rows)
    there = observations.cells("id")
    new_ids = set(given.rows["id"])
    observations.put(given.rows, lambda name: name in new_ids or name.startswith(given.scopes))
    new_places = _countries(given.rows, case, wanted.atlas, given.source.id)
    places.put(new_places, lambda name: False)
    _put_source(sources, given, _cited(case, [observations, places]))
    if not dry_run:
        write_tables([sources, *([places] if len(new_places) else []), observations])
    gone = [name for name in there if name.startswith(given.scopes)]
    seen = case.table("observations")
    return Imported(
        source=given.source.id,
        read=given.read,
        kept=given.kept,
        added=len(new_ids - set(there)),
        replaced=len(new_ids & set(there)),
        dropped=len(set(gone) - new_ids),
        places=tuple(new_places["id"]),
        left_out=given.left_out,
        told=given.told,
        below=len({x for x in seen["id"] if x.startswith(given.scopes)} - set(there) - new_ids),
        alike=_alike(given.rows, seen, given.source),
        years=tuple(sorted(set(given.rows["year"].astype(int)))),
    )


def _check_home(home: Path, written: str) -> None:
    """Refuse what rows cannot be laid into."""
    accepted = 'a folder with a case.toml; an overlay needs but the line extends = "japan"'
    if home.is_file():
        fault = Fault(home.name, None, "", "no folder", f"{accepted}; kidorui export makes one")
    elif not home.is_dir() and written in bundled():
        wrong = f"{written} is bundled and stays as it is"
        fault = Fault(
            "--case", None, "", wrong, f'a folder with extends = "{written}" in case.toml'
        )
    elif not (home / "case.toml").is_file():
        fault = Fault("--case", None, "", f"{written}: no case.toml in it", accepted)
    else:
        return
    raise CaseError([fault])


def _refuse_nothing(path: Path, given: Given) -> None:
    """Refuse a file of which nothing is left, with what was left out and why."""
    if given.rows.empty:
        why = "; ".join(f"{out.rows:,} rows {out.why}" for out in given.left_out)
        accepted = f"a file with figures of the case's goods ({why or 'it has no rows'})"
        raise CaseError([Fault(path.name, None, "", "nothing to import", accepted)])


def _check_rows(rows: pd.DataFrame) -> None:
    """Refuse rows that the case would be refused for, such as ids that long names make too long."""
    columns = [rows[name].tolist() for name in rows.columns]
    raw = RawTable("observations", list(rows.columns), columns, range(2, len(rows) + 2))
    _, faults = parse(raw, table_schema("observations"), "import", overlay=False)
    if faults:
        raise CaseError(faults[:MOST_TOLD])


def _countries(rows: pd.DataFrame, case: Case, atlas: Atlas, source: str) -> pd.DataFrame:
    """Rows of the table places for the countries that have none."""
    known = set(case.table("places")["id"])
    named = countries()
    used = sorted((set(rows["place"]) | set(rows["origin"])) - {""})
    codes = [code for code in used if code not in known]
    taken = [code for code in used if code in known and code not in atlas.own.values()]
    if taken:
        wrong, accepted = "an id that is a country's code, but of another place", "another id"
        raise CaseError(
            [Fault("places", None, "id", f"{code}: {wrong}", accepted) for code in taken]
        )
    counted = country_places(case)
    stands = [_aggregate(code, atlas, named.successor, counted) for code in codes]
    return pd.DataFrame(
        {
            "id": codes,
            "name": [named.name.get(code, code) for code in codes],
            "iso3": codes,
            "within": stands,
            "source": source,
            "confidence": "high",
        },
        dtype=str,
    )


def _aggregate(
    country: str, atlas: Atlas, successors: Mapping[str, str], counted: Mapping[str, str]
) -> str:
    """The place a country is counted in; a state that is no more, where its successor is."""
    later = successors.get(country, "")
    if country in atlas.covering or not later:
        return atlas.aggregate(country)
    own = atlas.own.get(later, "")
    return counted[own] if own else atlas.aggregate(later)


def _cited(case: Case, laid: Sequence[Table]) -> set[str]:
    """Sources that something rests on once the tables are laid."""
    own = {table.path.stem for table in laid}
    others = (case.table(name) for name in tables() if name not in own)
    cited = {name for table in others if "source" in table for name in table["source"]}
    settings = case.settings
    cited |= {settings.source_fx, settings.source_stress, settings.source_gdp}
    return cited | {name for table in laid for name in table.cells("source")}


def _put_source(sources: Table, given: Given, cited: set[str]) -> None:
    """Put the source, and take out those of earlier editions that nothing rests on now."""
    source = given.source
    row = {
        "id": source.id,
        "kind": source.kind,
        "citation": source.citation,
        "licence": source.licence,
        "note": source.note,
    }

    def goes(name: str) -> bool:
        return name == source.id or (name.startswith(source.family) and name not in cited)

    sources.put(pd.DataFrame([row], dtype=str), goes)


def _alike(rows: pd.DataFrame, seen: pd.DataFrame, source: Source) -> int:
    """How many observations of a case from other sources say what imported ones say."""
    keys = ["year", "kind", "place", "origin", "goods", "unit"]
    own = (seen["source"] == source.id) | seen["source"].str.startswith(source.family)
    said = pd.MultiIndex.from_frame(rows[keys].astype({"year": float}))
    return int(pd.MultiIndex.from_frame(seen.loc[~own, keys]).isin(said).sum())
