"""The store of runs: a folder with one folder per run, manifest.json and <table>.parquet."""

from __future__ import annotations

import logging
import os
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path

import pandas as pd

from kidorui.results import Json, Result, ResultTable, result_schema
from kidorui.runs.files import being_replaced, new_folder, publish, replace, sweep
from kidorui.runs.manifest import Inputs, Manifest, ManifestError, canonical
from kidorui.runs.memo import FileMemo
from kidorui.runs.tables import read_table, write_table

ENVIRONMENT = "KIDORUI_RUNS"
"""Environment variable that names the folder of runs; ./runs where it is not set."""

_MANIFEST = "manifest.json"
_MEMO = ".memo"
_SHORT = 6  # characters of the hash in an id
_PATIENCE = 200  # hundredths of a second to wait for a run that is being replaced
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")

_log = logging.getLogger(__name__)


class RunError(LookupError):
    """A run that is not there or cannot be read; the text says which and what there is."""


@dataclass(frozen=True, eq=False)
class Run:
    """A stored run: its manifest, and its tables read when asked for."""

    path: Path
    manifest: Manifest

    @property
    def id(self) -> str:
        """The name of the run and of its folder, such as plan-japan-3f9a1c."""
        return self.manifest.id

    def table(self, name: str) -> pd.DataFrame:
        """One table of the answer; KeyError names those there are, RunError says it is damaged."""
        if name not in self.manifest.tables:
            raise KeyError(f"{self.id} has no table {name!r}, only {sorted(self.manifest.tables)}")
        try:
            table = read_table(self.path / f"{name}.parquet", self._schema().get(name))
        except (OSError, ValueError) as error:
            raise RunError(f"{self.id}: table {name} is damaged: {error}") from error
        return table

    def sentences(self, name: str) -> tuple[str, ...]:
        """Sentences in the answer's meta: `notes` or `failures`."""
        found = self.manifest.meta.get(name, ())
        if isinstance(found, Sequence) and not isinstance(found, str):
            return tuple(map(str, found))
        return ()

    @property
    def result(self) -> Result:
        """The answer as the study gave it; RunError if it is not what was stored."""
        result = Result(
            kind=self.manifest.inputs.kind,
            tables={name: self.table(name) for name in self.manifest.tables},
            meta=self.manifest.meta,
            timings=self.manifest.timings,
        )
        if result.hash != self.manifest.result_hash:
            raise RunError(f"{self.id}: its tables are not those that were stored (hash differs)")
        return result

    def _schema(self) -> Mapping[str, ResultTable]:
        try:
            return result_schema(self.manifest.inputs.kind)
        except LookupError:  # stored by a kidorui that had this kind of study
            return {}


class Store:
    """A folder of runs, safe with several processes and with any of them killed at any time.

    A run is filled out of sight and renamed when whole; what killed writers leave is swept by
    the next one.
    """

    def __init__(self, root: Path | str | None = None) -> None:
        self.root = Path(root or os.environ.get(ENVIRONMENT) or "runs")

    @property
    def memo(self) -> FileMemo:
        """The memo kept beside the runs."""
        return FileMemo(self.root / _MEMO)

    def save(
        self,
        result: Result,
        inputs: Inputs,
        *,
        gap: float | None = None,
        memo_keys: tuple[str, ...] = (),
        force: bool = False,
    ) -> Run:
        """Store a result under an id made from its inputs.

        The same inputs give the same id; the run already there is returned untouched, unless
        `force` replaces it. Raises ResultError if the tables are not as declared.
        """
        if result.kind != inputs.kind:
            raise ValueError(f"a result of kind {result.kind!r} under inputs of {inputs.kind!r}")
        result.validate()
        sweep(self.root)
        with new_folder(self.root, alone=force) as folder:
            schema = result_schema(result.kind)
            for name, table in result.tables.items():
                write_table(table, schema[name], folder / f"{name}.parquet")
            while True:
                run_id, stored = self._place_of(inputs)
                if stored is not None and not force:
                    return stored
                manifest = _manifest(run_id, result, inputs, gap, memo_keys)
                (folder / _MANIFEST).write_text(manifest.to_json(), encoding="utf-8")
                path = self.root / run_id
                if force:
                    replace(folder, path)
                elif not publish(folder, path):
                    continue  # another process took the name meanwhile
                return Run(path, manifest)

    def open(self, run_id: str) -> Run:
        """A stored run by its id; RunError names the nearest there is."""
        path = self.root / run_id
        if not _ID.fullmatch(run_id) or not self._is_there(path):
            raise RunError(self._no_such(run_id))
        return Run(path, _read_manifest(path))

    def find(self, inputs: Inputs) -> Run | None:
        """The stored run of the same inputs, if there is one."""
        return self._place_of(inputs)[1]

    def runs(self) -> Iterator[Run]:
        """All stored runs, by id; a folder that cannot be read is named in the log."""
        for run_id in self._ids():
            try:
                yield self.open(run_id)
            except RunError as error:
                _log.warning("%s", error)

    def list(self) -> pd.DataFrame:
        """All stored runs, newest first.

        Columns run, kind, case, case_hash, options (JSON), seed, kidorui, solver, gap, created
        (UTC), result_hash, seconds (in all).
        """
        rows = [_row(run.manifest) for run in self.runs()]
        table = pd.DataFrame(rows, columns=[*_LISTED])
        return table.sort_values(["created", "run"], ascending=[False, True], ignore_index=True)

    def _place_of(self, inputs: Inputs) -> tuple[str, Run | None]:
        """The id of these inputs and the run there; longer where another run has the short one."""
        for length in range(_SHORT, len(inputs.hash) + 1, 2):
            run_id = f"{inputs.stem}-{inputs.hash[:length]}"
            try:
                run = self.open(run_id)
            except RunError:
                if (self.root / run_id).exists():
                    continue  # something unreadable lies there: leave it
                return run_id, None
            if run.manifest.inputs_hash == inputs.hash:
                return run_id, run
        raise RunError(f"no name left for a run of {inputs.stem}")

    def _is_there(self, path: Path) -> bool:
        """Whether a run's folder is there, waiting out the moment in which it is replaced."""
        for _ in range(_PATIENCE):
            if path.is_dir():
                return True
            if not being_replaced(self.root, path.name):
                break
            sweep(self.root)
            time.sleep(0.01)
        return path.is_dir()

    def _ids(self) -> tuple[str, ...]:
        if being_replaced(self.root):
            sweep(self.root)
        found = (path.parent.name for path in self.root.glob(f"*/{_MANIFEST}"))
        return tuple(sorted(name for name in found if _ID.fullmatch(name)))  # no hidden folders

    def _no_such(self, run_id: str) -> str:
        there = self._ids()
        near = get_close_matches(run_id, there, n=1)
        hint = f"; did you mean {near[0]}?" if near else f"; it holds {len(there)} runs"
        return f"no run {run_id!r} in {self.root}{hint}"


def save(result: Result, inputs: Inputs, *, force: bool = False) -> Run:
    """Store a result in the default store; see Store.save."""
    return Store().save(result, inputs, force=force)


def open(run_id: str) -> Run:  # noqa: A001
    """A run of the default store by its id; RunError names the nearest there is."""
    return Store().open(run_id)


def find(inputs: Inputs) -> Run | None:
    """The run of the same inputs in the default store, if there is one."""
    return Store().find(inputs)


def list() -> pd.DataFrame:  # noqa: A001
    """All runs of the default store, newest first; see Store.list."""
    return Store().list()


_LISTED = (
    "run",
    "kind",
    "case",
    "case_hash",
    "options",
    "seed",
    "kidorui",
    "solver",
    "gap",
    "created",
    "result_hash",
    "seconds",
)


def _row(manifest: Manifest) -> Mapping[str, Json]:
    return {
        "run": manifest.id,
        "kind": manifest.inputs.kind,
        "case": manifest.inputs.case,
        "case_hash": manifest.inputs.case_hash,
        "options": canonical(manifest.inputs.options),
        "seed": manifest.inputs.seed,
        "kidorui": manifest.versions.get("kidorui", ""),
        "solver": manifest.solver,
        "gap": manifest.gap,
        "created": manifest.created,
        "result_hash": manifest.result_hash,
        "seconds": sum(manifest.timings.values()),
    }


def _manifest(
    run_id: str, result: Result, inputs: Inputs, gap: float | None, memo_keys: tuple[str, ...]
) -> Manifest:
    return Manifest(
        id=run_id,
        inputs=inputs,
        inputs_hash=inputs.hash,
        result_hash=result.hash,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        tables={name: len(table) for name, table in result.tables.items()},
        gap=gap,
        memo_keys=memo_keys,
        meta=result.meta,
        timings=result.timings,
    )


def _read_manifest(path: Path) -> Manifest:
    try:
        return Manifest.from_json((path / _MANIFEST).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, ManifestError) as error:
        raise RunError(f"{path.name}: its {_MANIFEST} cannot be read: {error}") from error
