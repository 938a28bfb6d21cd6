"""The reference of a case's tables, made from their schemas: `docs/data.md`.

`python -m kidorui.case.reference > docs/data.md` writes it anew.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable, Iterator, Sequence

from kidorui.case.cells import ID_FORM, LONGEST, number_text
from kidorui.case.reading import MAX_BYTES, MAX_ROWS
from kidorui.case.schema import REQUIRED_TABLES, Column, table_schema, tables
from kidorui.case.settings import settings_schema
from kidorui.case.units import DEFINITIONS

_ABOUT = {
    "places": "Countries, and sites within them.",
    "elements": "Rare earths, alone or in groups that are carried as one.",
    "materials": "What is dug, made, traded and used.",
    "contents": "Which elements are in a tonne of a material.",
    "recipes": "What turns into what; a recipe without inputs brings material in from outside.",
    "plants": "What runs recipes today, or is sure to.",
    "modes": "Which recipes a plant can run; they share its capacity.",
    "routes": "Along which materials move.",
    "demands": "Who uses what, and what it is worth to them.",
    "substitutions": "How far a demand can do with less.",
    "stockpiles": "What is held, and when it may be drawn.",
    "projects": "What might be built: the candidates of the plan, and what is committed.",
    "funds": "Public money, a row for each year in which some is added.",
    "contracts": "Deliveries that are firm.",
    "policies": "Bounds a country sets itself.",
    "events": "What is in force, and what might happen.",
    "observations": "History, to reconcile with and to validate against.",
    "sources": "Where the rows come from.",
}

_INTRODUCTION = f"""\
# Tables of a case

*Made from the schemas by `python -m kidorui.case.reference > docs/data.md`.*

A case is a folder with `case.toml` and a CSV file for each table; or an .xlsx workbook with a
sheet for each table and the settings in a sheet `case` (a row for each: setting, value); or a
folder with Parquet files in place of CSV. `kidorui new FOLDER` makes one to begin with,
`kidorui check CASE` says all that is wrong with one as `table:row:column: what is wrong; what
is accepted`, and `kidorui export CASE FILE` turns one form into another without loss. A name
alone means the bundled case of that name if there is one; `./name` always means the folder.

## How cells are written

- The first row names the columns, in any order. Rows are counted as a spreadsheet counts them:
  the header is row 1. CSV is UTF-8, with commas.
- In a workbook, a row whose first cell is `[unit]` tells the units, for the eye: `kidorui export`
  writes one under the header. It is counted and not read; another unit is stated in the header.
- A **blank** cell is missing. It is filled only where a default is declared below; all else
  stays missing.
- An **id** is {ID_FORM}. A **list** is separated by `;`. Yes and no are `yes` and `no`.
- A **number** is written 1234.5 or 1e3, without signs for thousands; it is kept to 15
  significant digits, as many as a spreadsheet keeps.
- A **range** is a column `x` with the value, and if wanted `x_low` and `x_high`; an end left
  blank is the value. `--at low` and the like compute with an end instead of the value.
- A header may state **another unit**: under `capacity [kt/yr]` numbers are turned into t/yr when
  read. Currencies do not turn into each other: that takes a rate and a year.
- A text that begins with `=`, `+`, `-`, `@`, a tab or a line end would be taken for a formula by
  a spreadsheet. `kidorui export` writes `'` before such a text in CSV, and reading takes one `'`
  off a text that begins with `'` and one of these. In a workbook texts are stored as texts.
- **Formulas** of a workbook count by the value they had when it was saved.
- Files of up to {MAX_BYTES / 1e6:,.0f} MB, tables of up to {MAX_ROWS:,} rows, cells of up to
  {LONGEST:,} characters.

## Overlays

A case whose `case.toml` says `extends = "japan"` (a bundled case, or a path seen from the folder)
states only what differs. A row with a new key is added; one with the key of a row below takes its
place as a whole; one with `yes` in a column `remove` takes that row out (only its key need be
written; `*` in a column of the key takes out all rows below, whatever stands there). Settings
that are stated replace those below. Any case can be laid on another when it is
loaded (`--overlay FOLDER`, in order); what it extends then does not matter. In a fault, the
layer stands before the table.
"""


def page() -> str:
    """The whole reference as Markdown."""
    parts = [_INTRODUCTION, "## Settings\n", _settings_rows()]
    for name in tables():
        must = " Every case has it." if name in REQUIRED_TABLES else ""
        about = _ABOUT.get(name, "")
        keys = ", ".join(f"`{key}`" for key in table_schema(name).keys)
        parts += [f"## {name}\n", f"{about}{must} A row is named by {keys}.\n".lstrip()]
        parts.append(_rows(map(_cells, table_schema(name).columns)))
    units = ", ".join(f"`{definition.replace(' = _', '')}`" for definition in DEFINITIONS)
    parts += ["## Units\n", f"What a header may be made of, with `*`, `/` and brackets: {units}.\n"]
    return "\n".join(parts)


def _settings_rows() -> str:
    return _rows(map(_cells, settings_schema()), first="setting")


def _rows(rows: Iterable[Sequence[str]], first: str = "column") -> str:
    head = (first, "type", "unit", "if blank", "accepted", "description")
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _cells(column: Column) -> list[str]:
    kind = "one of" if column.choices else column.type
    blank = column.default or ("refused" if column.required else "missing")
    accepted = "; ".join(_accepted(column))
    return [f"`{column.name}`", kind, column.unit, blank, accepted, _escape(column.description)]


def _accepted(column: Column) -> Iterator[str]:
    """What a column takes, beyond its type."""
    if column.choices:
        yield ", ".join(f"`{choice}`" for choice in column.choices)
    if column.targets:
        yield " or ".join(
            f"[{target}](#{target})" if target in tables() else target for target in column.targets
        )
    if column.counts and not (math.isinf(column.min) and math.isinf(column.max)):
        low, high = number_text(column.min), number_text(column.max)
        if math.isinf(column.max):
            yield f"from {low}"
        else:
            yield f"up to {high}" if math.isinf(column.min) else f"{low} to {high}"


def _escape(text: str) -> str:
    return text.replace("|", "\\|")


def main() -> None:
    """Write the reference to stdout."""
    sys.stdout.write(page())


if __name__ == "__main__":
    main()
