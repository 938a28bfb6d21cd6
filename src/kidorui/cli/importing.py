"""The command that takes published data into a case: import."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from kidorui.cli.exits import FINE
from kidorui.cli.output import say, say_json, say_wrapped
from kidorui.cli.planning import Several

if TYPE_CHECKING:
    from kidorui.case.importers import Imported

Format = Literal["baci", "comtrade", "usgs", "bgs", "wgi"]

_NAMED = 12
"""Most places that are named."""


def import_data(
    format: Format,  # noqa: A002  the word of the help
    file: Path,
    /,
    *,
    case: str,
    year: Annotated[tuple[int, ...], Several] = (),
    hs: Annotated[tuple[str, ...], Several] = (),
    uncertainty: float | None = None,
    dry_run: bool = False,
    json: bool = False,
) -> int:
    """Take a published file, as it is, into a case: observations with their source and licence.

    Rows of an earlier import of the same source and year are replaced; all else stays as it is.
    Of a file with a fault nothing is written.

    Parameters
    ----------
    format
        baci (CEPII, a year's CSV or the zip), comtrade (UN, CSV export), usgs (Mineral Commodity
        Summaries, CSV of the data release), bgs (World Mineral Statistics, CSV) or wgi (World
        Bank governance, political stability, CSV or workbook).
    file
        The file as published.
    case
        The folder of the case or overlay that the rows are laid into.
    year
        Years to take, all of the file unless given.
    hs
        Customs codes to take, those of the case's materials unless given (baci, comtrade).
    uncertainty
        One standard error, as a share of the value, to assume where the source states none.
    dry_run
        Read and check all, and write nothing.
    json
        Write JSON instead of text.
    """
    from kidorui.case.importers import import_file

    done = import_file(
        format,
        file,
        case,
        years=year,
        hs=hs,
        uncertainty=float("nan") if uncertainty is None else uncertainty,
        dry_run=dry_run,
    )
    if json:
        say_json(
            {
                "source": done.source,
                "years": list(done.years),
                "read": done.read,
                "kept": done.kept,
                "added": done.added,
                "replaced": done.replaced,
                "dropped": done.dropped,
                "places": list(done.places),
                "left_out": [{"why": out.why, "rows": out.rows} for out in done.left_out],
                "notes": list(done.told),
                "alike": done.alike,
                "below": done.below,
                "dry_run": dry_run,
            }
        )
    else:
        _tell(done, file, case, dry_run=dry_run)
    return FINE


def _tell(done: Imported, file: Path, case: str, *, dry_run: bool) -> None:
    say(f"{file}: {done.read:,} rows read, {done.kept:,} kept, {_span(done.years)}")
    verb = "would be added" if dry_run else "added"
    say(
        f"{case}: {done.added:,} observations {verb}, {done.replaced:,} replaced, "
        f"{done.dropped:,} of an earlier import dropped; source {done.source}"
    )
    if done.places:
        more = ", ..." if len(done.places) > _NAMED else ""
        names = ", ".join(done.places[:_NAMED])
        say_wrapped(f"{len(done.places):,} places {verb}: {names}{more}")
    if done.left_out:
        say("left out:")
        for out in done.left_out:
            say(f"  {out.rows:>12,}  {out.why}")
    for told in done.told:
        say_wrapped(f"note: {told}")
    if done.alike:
        say_wrapped(
            f"note: {done.alike:,} observations of the case from other sources are of the same; "
            "both stay (kidorui reconcile counts one of two of the same data set)"
        )
    if done.below:
        say_wrapped(
            f"note: {done.below:,} rows of an earlier import lie in the case below and still count"
        )
    if dry_run:
        say("nothing was written (--dry-run)")
    else:
        say(f"next: kidorui check {case}; kidorui show {case} observations")


def _span(years: tuple[int, ...]) -> str:
    return str(years[0]) if len(years) == 1 else f"{years[0]} to {years[-1]}"
