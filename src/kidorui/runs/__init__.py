"""Runs kept on disk: save, open, list, compare, ask by SQL; and answers kept by their question.

>>> from kidorui import runs
>>> runs.list()  # doctest: +SKIP
>>> runs.open("plan-japan-3f9a1c").table("builds")  # doctest: +SKIP
"""

from kidorui.runs.compare import compare
from kidorui.runs.manifest import Inputs, Manifest
from kidorui.runs.memo import FileMemo
from kidorui.runs.query import sql
from kidorui.runs.store import Run, RunError, Store, find, list, open, save

__all__ = [
    "FileMemo",
    "Inputs",
    "Manifest",
    "Run",
    "RunError",
    "Store",
    "compare",
    "find",
    "list",
    "open",
    "save",
    "sql",
]
