"""The command `export`: a run or a case in the form of another programme."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from kidorui.cli.about_runs import run_of
from kidorui.cli.exits import FINE, Refused
from kidorui.cli.output import say

if TYPE_CHECKING:
    from kidorui.results import Result
    from kidorui.results.exports import Origin
    from kidorui.runs import Run

Form = Literal["workbook", "iamc", "datapackage", "parquet", "geojson", "mps", "csv"]

FOLDER = ""
"""Stands for a name without an ending that tells a form: a folder."""

RUN_FORMS: Mapping[str, Form] = {
    ".xlsx": "workbook",
    ".csv": "iamc",
    ".zip": "datapackage",
    ".parquet": "parquet",
    ".geojson": "geojson",
    FOLDER: "datapackage",
}
CASE_FORMS: Mapping[str, Form] = {
    ".xlsx": "workbook",
    ".parquet": "parquet",
    ".mps": "mps",
    ".mps.gz": "mps",
    FOLDER: "csv",
}
_OTHERS = (
    ".doc", ".docx", ".html", ".json", ".lp", ".ods", ".pdf", ".toml", ".txt", ".xls", ".xlsm",
    ".xml", ".yaml",
)  # fmt: skip
"""Endings of files that are no form of ours."""

_ENDINGS = {*RUN_FORMS, *CASE_FORMS, *_OTHERS} - {FOLDER}
_OF_A_FILE: Mapping[Form, tuple[str, ...]] = {
    "workbook": (".xlsx",),
    "iamc": (".csv",),
    "geojson": (".geojson", ".json"),
    "mps": (".mps", ".mps.gz"),
}


def export(
    what: str, file: Path, /, *, as_: Annotated[Form | None, Parameter(name="--as")] = None
) -> int:
    """Write a run or a case in the form of another programme.

    The ending of FILE tells the form; `--as` names it where the ending does not. Of a run:

    * FILE.xlsx: a workbook, a sheet for every table
    * FILE.csv: what it tells by years, as IAMC data (pyam)
    * FILE.zip, or a folder: a data package, one CSV file a table and datapackage.json
    * FOLDER.parquet: a folder of Parquet files
    * FILE.geojson: a map of places and flows

    Of a case (the first three load again as they are):

    * FILE.xlsx: a workbook
    * a folder: CSV files
    * FOLDER.parquet: a folder of Parquet files
    * FILE.mps or FILE.mps.gz: the linear programme of its plan, and FILE.names.csv

    A file of the name is replaced; a folder must be new or empty.

    Parameters
    ----------
    what
        Id of a run (see `kidorui runs`), or a case: a bundled name, a folder or an .xlsx file.
    file
        Where to: a file, or a folder.
    as_
        The form, where it is not the one the ending tells.
    """
    run = run_of(what)
    if run is not None:
        write_run(run, file, form_of(what, file, as_, RUN_FORMS, "run"))
    else:
        write_case(what, file, form_of(what, file, as_, CASE_FORMS, "case"))
    return FINE


def form_of(
    what: str, file: Path, asked: Form | None, forms: Mapping[str, Form], kind: str
) -> Form:
    """The form asked for, or told by the ending of the file; refuses what the kind has not."""
    ending = _ending(file)
    form = asked or forms.get(ending)
    if form is None or form not in forms.values():
        wrong = f"--as {asked}" if asked else file.name
        raise Refused(f"{wrong}: no form of a {kind} such as {what}; accepted are {_listed(forms)}")
    endings = _OF_A_FILE.get(form, ())
    if endings and ending not in endings:
        raise Refused(f"{file.name}: a file of the form {form} ends in {' or '.join(endings)}")
    return form


def write_run(run: Run, file: Path, form: Form) -> None:
    """Write a stored run in a form of `RUN_FORMS`; says what was written."""
    from kidorui.results.exports import ExportError

    try:
        _writer(form)(run.result, origin_of(run), file)
    except ExportError as error:
        raise Refused(str(error)) from error
    say(str(file))


def _writer(form: Form) -> Callable[[Result, Origin, Path], None]:
    """What writes a run in a form."""
    from kidorui.results.exports import data_package, geojson, iamc, parquet, workbook

    writers: Mapping[Form, Callable[[Result, Origin, Path], None]] = {
        "workbook": workbook.write_workbook,
        "iamc": iamc.write_iamc,
        "datapackage": data_package.write_data_package,
        "parquet": parquet.write_parquet,
        "geojson": geojson.write_geojson,
    }
    return writers[form]


def write_case(what: str, file: Path, form: Form) -> None:
    """Write a case in a form of `CASE_FORMS`; says what was written."""
    from kidorui.case import load

    _refuse_unknown(what)
    case = load(what)
    if form == "mps":
        from kidorui.results.exports.mps import write_mps
        from kidorui.studies.context import Context
        from kidorui.studies.plan import Clock, PlanOptions, prepare

        stated = prepare(case, PlanOptions(risk=case.settings.risk), Context(), Clock())
        names = write_mps(stated.program.model, file)
        say(f"{file}\n{names}")
        return
    from kidorui.case import export as export_case

    export_case(case, file, form)
    say(str(file))


def origin_of(run: Run) -> Origin:
    """Where a run's answer comes from, as its manifest tells."""
    from kidorui.results.exports import Origin

    manifest = run.manifest
    return Origin(
        run=run.id,
        case=manifest.inputs.case,
        case_hash=manifest.inputs.case_hash,
        created=manifest.created,
        seed=manifest.inputs.seed,
        solver=manifest.solver,
        options=manifest.inputs.options,
        versions=manifest.versions,
    )


def _refuse_unknown(what: str) -> None:
    """Refuse a word that is neither a run nor a case, naming the nearest of both."""
    from kidorui.case import bundled
    from kidorui.runs import RunError, Store

    cases = bundled()
    if what in cases or Path(what).exists():
        return
    try:
        Store().open(what)
    except RunError as error:
        raise Refused(
            f"{error}\n{what}: no bundled case, folder or workbook of the name; "
            f"there are {', '.join(cases)}"
        ) from error


def _listed(forms: Mapping[str, Form]) -> str:
    """The forms, each with the endings that tell it."""
    endings: dict[Form, list[str]] = {}
    for end, form in forms.items():
        endings.setdefault(form, []).append(end or "a folder")
    return ", ".join(f"{form} ({' or '.join(ends)})" for form, ends in endings.items())


def _ending(file: Path) -> str:
    """The ending that tells a form, in small letters; FOLDER where there is none."""
    name = file.name.lower()
    return max((end for end in _ENDINGS if name.endswith(end)), key=len, default=FOLDER)
