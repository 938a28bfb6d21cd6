"""The notebooks run from top to bottom, and show what they promise."""

from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode

FOLDER = Path(__file__).parents[2] / "docs" / "notebooks"
NAMES = sorted(path.name for path in FOLDER.glob("*.ipynb"))


def outputs(notebook: NotebookNode) -> Iterator[tuple[str, NotebookNode]]:
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            yield cell.source, output


@pytest.mark.parametrize("name", NAMES)
def test_no_notebook_is_kept_with_what_it_printed(name: str) -> None:
    notebook = nbformat.read(FOLDER / name, as_version=4)
    nbformat.validate(notebook)
    assert not list(outputs(notebook))


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.filterwarnings("default")  # of the machinery that runs it, not of what it runs
def test_a_notebook_runs_and_its_pictures_are_shown(name: str, tmp_path: Path) -> None:
    notebook = nbformat.read(FOLDER / name, as_version=4)
    resources = {"metadata": {"path": str(tmp_path)}}
    NotebookClient(notebook, timeout=900, resources=resources).execute()
    shown = [out for _, out in outputs(notebook) if "image/svg+xml" in out.get("data", {})]
    asked = [
        cell
        for cell in notebook.cells
        if cell.source.rstrip().endswith('"]') and cell.cell_type == "code"
    ]
    pictures = [
        cell
        for cell in asked
        if "figures[" in cell.source or "months[" in cell.source or "pictures(" in cell.source
    ]
    assert len(shown) == len(pictures) > 0
    assert not [out for _, out in outputs(notebook) if out.get("name") == "stderr"]
