"""Tables on a terminal and as JSON."""

from __future__ import annotations

import json
import os
import shutil
import sys
import textwrap
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from kidorui.results import Json, Result

ROWS = 40
"""Rows of a table shown unless asked otherwise."""

_CELL = 36  # characters of a cell before it is cut
_GAP = 2


def say(text: str = "") -> None:
    """Write a line to stdout."""
    sys.stdout.write(text + "\n")


def say_json(content: Json) -> None:
    """Write JSON to stdout."""
    say(json.dumps(content, ensure_ascii=False, indent=2))


def records(table: pd.DataFrame) -> list[Json]:
    """A table's rows as JSON objects; missing numbers are null."""
    text = table.to_json(orient="records", double_precision=15, force_ascii=False)
    rows: list[Json] = json.loads(text)
    return rows


def result_json(result: Result) -> Mapping[str, Json]:
    """A result as JSON: kind, meta and the rows of all tables."""
    return {
        "kind": result.kind,
        "meta": dict(result.meta),
        "tables": {name: records(table) for name, table in result.tables.items()},
    }


def say_table(table: pd.DataFrame, *, title: str = "", rows: int = ROWS) -> None:
    """Write a table to stdout, fitted to the terminal.

    Too wide a table is written in blocks, each beginning with the first column. A range is one
    column, `value (low to high)`. rows: how many to show, 0 for all.
    """
    if title:
        say(title)
    if table.empty:
        say("  (no rows)")
        return
    shown = table.head(rows) if rows else table
    columns = _cells(shown)
    for block in _blocks(columns, _width()):
        for line in _lines(block):
            say(line.rstrip())
        say()
    if len(shown) < len(table):
        say(f"... {len(table) - len(shown)} more rows (--rows 0 shows all)\n")


def say_headlines(table: pd.DataFrame) -> None:
    """Write a summary to stdout: a number with its unit each, under the question it answers.

    Columns headline and value (perhaps value_low and value_high), and, where there are,
    question and unit.
    """
    values = next(c for c in _cells(table[[c for c in table if "value" in str(c)]]))
    units = list(map(str, table["unit"])) if "unit" in table else [""] * len(table)
    questions = list(map(str, table["question"])) if "question" in table else [""] * len(table)
    room = max(24, _width() - _GAP - values.width - _GAP - max(map(len, units), default=0) - 1)
    asked = None
    for question, headline, value, unit in zip(
        questions, table["headline"], values.cells, units, strict=True
    ):
        if question != asked:
            say(question if asked is None else f"\n{question}")
            asked = question
        *above, last = textwrap.wrap(
            str(headline), room, subsequent_indent="  ", break_on_hyphens=False
        )
        for line in above:
            say(f"  {line}")
        say(f"  {last.ljust(room)}{value.rjust(values.width + 1)} {unit}".rstrip())
    say()


def say_wrapped(text: str, *, indent: int = 0) -> None:
    """Write a sentence to stdout, fitted to the terminal, so many columns from its left."""
    room = _width() - indent
    for line in textwrap.wrap(text, room, break_on_hyphens=False) or [""]:
        say(" " * indent + line)


def number(value: float) -> str:
    """Four significant digits, thousands marked; nothing where it is missing."""
    if value != value:
        return ""
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.4g}"


class _Column:
    def __init__(self, name: str, cells: list[str], *, right: bool) -> None:
        self.name, self.cells, self.right = name, cells, right
        self.width = max(len(name), *(len(cell) for cell in cells))

    def line(self, cell: str) -> str:
        return cell.rjust(self.width) if self.right else cell.ljust(self.width)


def _cells(table: pd.DataFrame) -> list[_Column]:
    names = [str(n) for n in table.columns if not str(n).startswith("_")]
    ends = {f"{n}{end}" for n in names for end in ("_low", "_high") if _is_range(n, names)}
    columns = []
    for name in names:
        if name in ends:
            continue
        if _is_range(name, names):
            triples = zip(*(table[f"{name}{end}"] for end in ("", "_low", "_high")), strict=True)
            cells = [_range(*triple) for triple in triples]
        else:
            cells = [_cell(value, name) for value in table[name]]
        columns.append(_Column(name, cells, right=table[name].dtype.kind in "if"))
    return columns


def _is_range(name: str, names: list[str]) -> bool:
    return f"{name}_low" in names and f"{name}_high" in names


def _range(value: float, low: float, high: float) -> str:
    if value != value or low == high or low != low or high != high:
        return number(value)
    return f"{number(value)} ({number(low)} to {number(high)})"


def _cell(value: object, name: str) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        is_year = value == int(value) if value == value and abs(value) < 1e15 else False
        return f"{value:.0f}" if is_year and _names_a_year(name) else number(value)
    if isinstance(value, int):
        return str(value) if _names_a_year(name) else number(value)
    text = " ".join(map(str, value)) if isinstance(value, tuple | list) else str(value)
    text = "".join(c if c.isprintable() else " " for c in text)  # no control codes on a terminal
    return text if len(text) <= _CELL else text[: _CELL - 1] + "…"


def _names_a_year(name: str) -> bool:
    return name in ("year", "opening", "closing", "earliest", "start", "end") or "year" in name


def _blocks(columns: list[_Column], width: int) -> list[list[_Column]]:
    first, *rest = columns
    blocks = [[first]]
    for column in rest:
        used = sum(c.width + _GAP for c in blocks[-1])
        if used + column.width > width and len(blocks[-1]) > 1:
            blocks.append([first])
        blocks[-1].append(column)
    return blocks


def _lines(block: list[_Column]) -> list[str]:
    gap = " " * _GAP
    head = gap.join(column.line(column.name) for column in block)
    rule = gap.join("─" * column.width for column in block)
    body = zip(*(column.cells for column in block), strict=True)
    rows = [
        gap.join(column.line(cell) for column, cell in zip(block, cells, strict=True))
        for cells in body
    ]
    return [head, rule, *rows]


def _width() -> int:
    """Columns of the terminal; 80 where there is none."""
    if sys.stdout.isatty() or "COLUMNS" in os.environ:
        return shutil.get_terminal_size((80, 24)).columns
    return 80
