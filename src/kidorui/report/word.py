"""A report as a Word file: page one, evidence with pictures, assumptions, sources, limits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from itertools import groupby
from typing import TYPE_CHECKING

from kidorui.report.compose import references
from kidorui.report.content import Answer, Cell, Change, Column, Report, Section, Told

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import Table, _Cell
    from docx.text.paragraph import Paragraph
    from docx.text.run import Run

_WIDTH = 17.4  # cm between the margins of A4
_DPI = 200.0
_FONTS = {"en": "Calibri", "ja": "Yu Gothic"}
_SIZES = (("Normal", 8.5), ("Title", 15.0), ("Heading 1", 13.0), ("Heading 2", 9.5))
_SOFT = "5B6675"
_LETTER, _PAD = 0.185, 0.45  # cm that a letter takes, and the margins of a cell
_GAIN = 0.7  # power of the letters beyond its longest word by which a column is wider


def word(report: Report) -> bytes:
    """The bytes of a .docx file; numbers in brackets lead to run, table and row at its end."""
    from docx.enum.text import WD_BREAK

    document = _blank(report)
    cited = references(report)
    document.add_heading(report.title, 0)
    _soft(document, " · ".join(words for words in (report.subtitle, report.dated) if words))
    for number, answer in enumerate(report.answers, start=1):
        _answer(document, report, number, answer, cited)
    document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
    for section in report.sections:
        _section(document, section)
    _backing(document, report)
    _references(document, report, cited)
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def _blank(report: Report) -> Document:
    import docx
    from docx.enum.section import WD_ORIENT
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt

    document = docx.Document()
    page = document.sections[0]
    page.orientation = WD_ORIENT.PORTRAIT
    page.page_width, page.page_height = Cm(21.0), Cm(29.7)
    page.left_margin = page.right_margin = Cm((21.0 - _WIDTH) / 2)
    page.top_margin = page.bottom_margin = Cm(1.4)
    font = _FONTS[report.say.code]
    for name, size in _SIZES:
        style = document.styles[name]
        style.font.name, style.font.size = font, Pt(size)
        style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
        style.paragraph_format.space_after = Pt(2)
    document.styles["Heading 2"].paragraph_format.space_before = Pt(6)
    document.core_properties.title = report.title
    document.core_properties.author = "kidorui"
    return document


def _answer(
    document: Document, report: Report, number: int, answer: Answer, cited: Mapping[Cell, int]
) -> None:
    say = report.say
    document.add_heading(f"{number}. {answer.question}", 2)
    for lead in answer.leads:
        document.add_paragraph().add_run(lead).bold = True
    if answer.numbers:
        _numbers(document, answer, report, cited)
    if answer.over:
        _soft(document, say("Ranges: {over}.", over=answer.over))
    _list(document, say("What would change our mind"), answer.changes, cited)
    _list(document, say("What it rests on"), answer.rests, cited)
    for missing in answer.missing:
        _soft(document, missing)


def _numbers(document: Document, answer: Answer, report: Report, cited: Mapping[Cell, int]) -> None:
    say = report.say
    heads = ["", *answer.beside, answer.value or say("value"), say("range"), ""]
    table = document.add_table(rows=0, cols=len(heads))
    table.autofit = False
    for cell, head in zip(table.add_row().cells, heads, strict=True):
        _write(cell, head, soft=True, right=True)
    for group, numbers in groupby(answer.numbers, key=lambda number: number.group):
        if group:
            cells = table.add_row().cells
            _write(cells[0].merge(cells[-1]), group, bold=True)
        for number in numbers:
            first, *others, value, between, where = table.add_row().cells
            _write(first, number.label)
            for cell, text in zip(others, number.beside, strict=True):
                _write(cell, text, right=True)
            _write(value, number.value, bold=True, right=True)
            _write(between, number.between or "–", right=True)
            _write(where, _mark(number.cell, cited), soft=True)
    beside = [2.2] * len(answer.beside)
    _widths(table, [_WIDTH - 8.4 - sum(beside), *beside, 3.2, 4.2, 1.0])


def _list(
    document: Document, heading: str, changes: Sequence[Change], cited: Mapping[Cell, int]
) -> None:
    from docx.shared import Pt

    if not changes:
        return
    title = document.add_paragraph()
    title.paragraph_format.keep_with_next = True
    title.paragraph_format.space_after = Pt(0)
    title.add_run(heading).italic = True
    for group, of_group in groupby(changes, key=lambda change: change.group):
        if group:
            _soft(document, group).paragraph_format.keep_with_next = True
        for change in of_group:
            line = document.add_paragraph(style="List Bullet")
            line.paragraph_format.space_after = Pt(0)
            line.add_run(change.text).font.size = Pt(8.5)
            _small(line.add_run(f" {_mark(change.cell, cited)}"))


def _section(document: Document, section: Section) -> None:
    from docx.shared import Cm

    document.add_heading(section.heading, 1)
    _soft(document, section.asked)
    for failure in section.failures:
        document.add_paragraph(failure, style="Intense Quote")
    for told in section.told:
        _table(document, told)
    for picture in section.pictures:
        line = document.add_paragraph(picture.finding)
        line.paragraph_format.keep_with_next = True
        document.add_picture(BytesIO(picture.png("paper", _DPI)), width=Cm(_WIDTH))
    for note in section.notes:
        _soft(document, note)


def _backing(document: Document, report: Report) -> None:
    say = report.say
    if report.differences:
        document.add_heading(say("Runs side by side"), 1)
        for told in report.differences:
            _table(document, told)
    document.add_heading(say("Assumptions and their weight"), 1)
    for told in report.assumptions:
        _table(document, told)
    document.add_heading(say("Limits"), 1)
    for limit in report.limits:
        document.add_paragraph(limit, style="List Bullet")
    document.add_heading(say("Sources"), 1)
    for told in report.sources:
        _table(document, told)
    document.add_heading(say("How it was made"), 1)
    for name, fact in report.made:
        _soft(document, f"{name}: {fact}")


def _references(document: Document, report: Report, cited: Mapping[Cell, int]) -> None:
    say = report.say
    document.add_heading(say("Where the numbers of page one stand"), 1)
    _soft(document, say("Rows are counted from 0; kidorui show RUN TABLE prints a table."))
    for cell, number in cited.items():
        row = "" if cell.row is None else say(", row {row}", row=str(cell.row))
        _soft(document, f"[{number}] {cell.run}: {cell.table}{row}")


def _table(document: Document, told: Told) -> None:
    line = _soft(document, told.title if told.rows else told.empty)
    line.paragraph_format.keep_with_next = bool(told.rows)
    if not told.rows:
        return
    table = document.add_table(rows=1, cols=len(told.columns))
    table.autofit = False
    _rule(table)
    for cell, column in zip(table.rows[0].cells, told.columns, strict=True):
        _write(cell, column.heading, bold=True, right=column.right)
    for number in range(told.rows):
        row = table.add_row()
        for cell, column in zip(row.cells, told.columns, strict=True):
            _write(cell, column.cells[number], right=column.right)
    _widths(table, _shared_out(told.columns))
    _soft(document, "")


def _write(
    cell: _Cell, text: str, *, bold: bool = False, right: bool = False, soft: bool = False
) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt, RGBColor

    line = cell.paragraphs[0]
    line.paragraph_format.space_after = Pt(0)
    if right:
        line.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    run = line.add_run(text)
    run.bold = bold
    run.font.size = Pt(8)
    if soft:
        run.font.color.rgb = RGBColor.from_string(_SOFT)


def _soft(document: Document, text: str) -> Paragraph:
    from docx.shared import Pt

    line = document.add_paragraph()
    line.paragraph_format.space_after = Pt(1)
    _small(line.add_run(text))
    return line


def _small(run: Run) -> None:
    from docx.shared import Pt, RGBColor

    run.font.size = Pt(8)
    run.font.color.rgb = RGBColor.from_string(_SOFT)


def _widths(table: Table, widths: Sequence[float]) -> None:
    from docx.shared import Cm

    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(width)  # of the grid, which some programmes go by, others by the cells
        for cell in column.cells:
            cell.width = Cm(width)


def _shared_out(columns: Sequence[Column]) -> list[float]:
    """Widths in cm that hold the longest word of each column and share out what is left."""
    words = [_longest(" ".join((column.heading, *column.cells)).split()) for column in columns]
    texts = [_longest(column.cells) for column in columns]
    least = [_PAD + _LETTER * letters for letters in words]
    more = [max(text - word, 0) ** _GAIN for text, word in zip(texts, words, strict=True)]
    left = max(_WIDTH - sum(least), 0.0) / max(sum(more), 1e-9)
    widths = [width + left * extra for width, extra in zip(least, more, strict=True)]
    return [width * min(1.0, _WIDTH / sum(widths)) for width in widths]


def _longest(texts: Sequence[str]) -> int:
    return max(map(len, texts), default=1)


def _rule(table: Table) -> None:
    """Thin lines between the rows and below the last."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    borders = OxmlElement("w:tblBorders")
    for side in ("bottom", "insideH"):
        line = OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", "4"), ("color", "D5DAE1")):
            line.set(qn(f"w:{name}"), value)
        borders.append(line)
    table._tbl.tblPr.append(borders)


def _mark(cell: Cell | None, cited: Mapping[Cell, int]) -> str:
    return "" if cell is None else f"[{cited[cell]}]"
