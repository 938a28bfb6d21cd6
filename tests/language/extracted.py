"""Every message, name and unit that the code says by a literal."""

import ast
from collections.abc import Iterator
from pathlib import Path

import kidorui

PACKAGE = Path(kidorui.__file__).parent
SPOKEN = ("figures", "report")
METHODS = {"name": "name", "unit": "unit", "sentence": "sentence", "quantity": "unit"}


def messages() -> set[tuple[str, str]]:
    """(context, text) of each literal given to a Language; context "" for a message."""
    return {found for folder in SPOKEN for found in _in_folder(PACKAGE / folder)}


def _in_folder(folder: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                yield from _said(node)
    for path in sorted(folder.rglob("*.html")):
        yield from _in_template(path.read_text(encoding="utf-8"))


def _said(call: ast.Call) -> Iterator[tuple[str, str]]:
    texts = [a.value for a in call.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
    match call.func:
        case ast.Name(id="say" | "_say") if texts:
            yield "", texts[0]
        case ast.Attribute(attr="say" | "_say") if texts:
            yield "", texts[0]
        case ast.Attribute(value=ast.Name(id="say"), attr=method) if method in METHODS and texts:
            yield METHODS[method], texts[-1]


def _in_template(text: str) -> Iterator[tuple[str, str]]:
    import re

    for found in re.findall(r'say\("((?:[^"\\]|\\.)*)"', text):
        yield "", found
