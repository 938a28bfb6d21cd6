"""A report as a Word file: page one, evidence with pictures, assumptions, sources, limits."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import TYPE_CHECKING

from kidorui.report.content import Answer, Cell, Change, Report, Section, Told

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import Table, _Cell
    from docx.text.paragraph import Paragraph
    from docx.text.run import Run

_WIDTH = 17.0  # cm between the margins of A4
_DPI = 200.0
_FONTS = {"en": "Calibri", "ja": "Yu Gothic"}
_SOFT = "5B6675"


def word(report: Report) -> bytes:
    """The bytes of a .docx file; numbers name run, table and row, counted from 0."""
    from docx.enum.text import WD_BREAK

    document = _blank(report)
    document.add_heading(report.title, 0)
    if report.subtitle:
        _soft(document, report.subtitle)
    for number, answer in enumerate(report.answers, start=1):
        _answer(document, report, number, answer)
    document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
    for section in report.sections:
        _section(document, report, section)
    _backing(document, report)
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
    page.top_margin = page.bottom_margin = Cm(1.6)
    font = _FONTS[report.say.code]
    for name, size in (("Normal", 9.5), ("Title", 20), ("Heading 1", 14), ("Heading 2", 11)):
        style = document.styles[name]
        style.font.name, style.font.size = font, Pt(size)
        style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
        style.paragraph_format.space_after = Pt(3)
    document.core_properties.title = report.title
    document.core_properties.author = "kidorui"
    return document


def _answer(document: Document, report: Report, number: int, answer: Answer) -> None:
    say = report.say
    document.add_heading(f"{number}. {answer.question}", 2)
    for lead in answer.leads:
        document.add_paragraph().add_run(lead).bold = True
    if answer.numbers:
        _numbers(document, answer)
    if answer.over:
        _soft(document, say("Ranges: {over}.", over=answer.over))
    _list(document, say("What would change our mind"), answer.changes)
    _list(document, say("What it rests on"), answer.rests)
    for missing in answer.missing:
        _soft(document, missing)


def _numbers(document: Document, answer: Answer) -> None:
    table = document.add_table(rows=0, cols=3)
    table.autofit = False
    group = ""
    for number in answer.numbers:
        if number.group != group:
            group = number.group
            _write(table.add_row().cells[0], group, bold=True)
        cells = table.add_row().cells
        others = [f"{h} {v}" for h, v in zip(answer.beside, number.beside, strict=True)]
        _write(cells[0], " · ".join([number.label, *others]))
        _write(cells[1], number.value, bold=True, right=True)
        _write(cells[2], f"{number.between} {_where(number.cell)}".strip(), soft=True)
    _widths(table, (7.0, 3.2, _WIDTH - 10.2))


def _list(document: Document, heading: str, changes: Sequence[Change]) -> None:
    from docx.shared import Pt

    if not changes:
        return
    title = document.add_paragraph()
    title.paragraph_format.keep_with_next = True
    title.add_run(heading).italic = True
    group = ""
    for change in changes:
        if change.group != group:
            group = change.group
            _soft(document, group).paragraph_format.keep_with_next = True
        line = document.add_paragraph(style="List Bullet")
        line.paragraph_format.space_after = Pt(1)
        line.add_run(change.text)
        _small(line.add_run(f" {_where(change.cell)}"))


def _section(document: Document, report: Report, section: Section) -> None:
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


def _table(document: Document, told: Told) -> None:
    line = _soft(document, told.title if told.rows else told.empty)
    line.paragraph_format.keep_with_next = bool(told.rows)
    if not told.rows:
        return
    table = document.add_table(rows=1, cols=len(told.columns))
    table.style = document.styles["Light List"]
    for cell, column in zip(table.rows[0].cells, told.columns, strict=True):
        _write(cell, column.heading, bold=True, right=column.right)
    for number in range(told.rows):
        row = table.add_row()
        for cell, column in zip(row.cells, told.columns, strict=True):
            _write(cell, column.cells[number], right=column.right)


def _write(
    cell: _Cell, text: str, *, bold: bool = False, right: bool = False, soft: bool = False
) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt, RGBColor

    line = cell.paragraphs[0]
    line.paragraph_format.space_after = Pt(1)
    if right:
        line.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    run = line.add_run(text)
    run.bold = bold
    run.font.size = Pt(8)
    if soft:
        run.font.color.rgb = RGBColor.from_string(_SOFT)


def _soft(document: Document, text: str) -> Paragraph:
    line = document.add_paragraph()
    _small(line.add_run(text))
    return line


def _small(run: Run) -> None:
    from docx.shared import Pt, RGBColor

    run.font.size = Pt(8)
    run.font.color.rgb = RGBColor.from_string(_SOFT)


def _widths(table: Table, widths: Sequence[float]) -> None:
    from docx.shared import Cm

    for column, width in zip(table.columns, widths, strict=True):
        for cell in column.cells:
            cell.width = Cm(width)


def _where(cell: Cell | None) -> str:
    if cell is None:
        return ""
    row = "" if cell.row is None else f", {cell.row}"
    return f"[{cell.run}: {cell.table}{row}]"
