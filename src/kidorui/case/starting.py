"""Start a case of one's own."""

from __future__ import annotations

import shutil
from pathlib import Path

from kidorui.case.overlays import CASES
from kidorui.case.writing import whole_folder

EXAMPLE = "example"
"""The bundled case that a new one begins as."""


def new(folder: str | Path) -> None:
    """Make a folder with every table, all their columns, and a small world that can be run.

    Raises FileExistsError where the folder holds anything.
    """
    with whole_folder(Path(folder)) as unfinished:
        for path in sorted((CASES / EXAMPLE).iterdir()):
            shutil.copyfile(path, unfinished / path.name)
