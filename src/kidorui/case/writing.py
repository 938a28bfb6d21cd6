"""Writing so that a reader sees all of a file or folder, or nothing, whenever the writer dies."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A file to write beside `path`, which takes its place when all went well."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".unfinished-{uuid4().hex}{path.suffix}")
    try:
        yield unfinished
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


@contextmanager
def whole_folder(path: Path) -> Iterator[Path]:
    """A folder to fill beside `path`, which becomes it when all went well.

    Raises FileExistsError where `path` is a file, or a folder that holds anything.
    """
    refuse_filled(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".unfinished-{uuid4().hex}")
    unfinished.mkdir()
    try:
        yield unfinished
        refuse_filled(path)  # something may have come meanwhile
        if path.is_dir():
            path.rmdir()
        unfinished.rename(path)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def refuse_filled(path: Path) -> None:
    """Raise FileExistsError unless nothing, or an empty folder, is at `path`."""
    if path.is_dir():
        if any(path.iterdir()):
            raise FileExistsError(f"{path}: the folder holds something; name a new or empty one")
    elif path.exists() or path.is_symlink():
        raise FileExistsError(f"{path}: a file of the name is there; name a new folder")
