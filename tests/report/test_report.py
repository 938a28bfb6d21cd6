"""A reader given only the report finds the three answers, their ranges and where they come from."""

import re
from collections.abc import Mapping, Sequence
from html.parser import HTMLParser
from io import BytesIO

import docx
import pytest

from kidorui.language import language
from kidorui.report import Report, ReportError, html, report, word
from kidorui.report.compose import cells
from kidorui.runs import Run

pytestmark = pytest.mark.xdist_group("report")  # its runs are made once, on one worker

EN = language("en")


class Page(HTMLParser):
    """Ids, links, scripts and addresses of a page, and whether its tags close."""

    VOID = ("meta", "br", "img", "link", "path", "use", "rect", "line", "circle", "stop", "image")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.fetched: list[str] = []
        self.open: list[str] = []
        self.tags: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.tags.append(tag)
        if found.get("id"):
            self.ids.append(str(found["id"]))
        target = found.get("href") or found.get("xlink:href") or ""
        if target.startswith("#"):
            self.links.append(target[1:])
        self.fetched += [v for v in (found.get("src"), target) if v and "://" in v]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.VOID:
            return
        assert self.open.pop() == tag


@pytest.fixture(scope="session")
def made(runs: Mapping[str, Run]) -> Report:
    return report([runs["plan"], runs["today"], runs["ban"]], EN)


@pytest.fixture(scope="session")
def page(made: Report) -> str:
    return html(made)


def test_the_three_questions_are_answered_in_order(made: Report) -> None:
    lasting, funding, falling = made.answers
    assert "which sector stops first" in lasting.question
    assert any("vehicles" in lead and "on day" in lead for lead in lasting.leads)
    assert funding.leads[0].startswith("Fund in ")
    assert "light from" in falling.leads[0]
    assert "heavy from" in falling.leads[0]


def test_the_first_stop_and_its_range_are_those_of_the_run(
    made: Report, runs: Mapping[str, Run]
) -> None:
    days = runs["ban"].table("ranges")["first_stop"]
    (told,) = [n for n in made.answers[0].numbers if n.label == "First stop" and "rival" in n.group]
    as_is = days.iloc[0]
    assert told.value == f"day {as_is:.0f}"
    low, high = re.findall(r"\d+", told.between)[:2]
    assert (float(low), float(high)) == (
        pytest.approx(days.min(), rel=0.05),
        pytest.approx(days.max(), rel=0.05),
    )


def test_every_number_links_to_the_cell_it_was_read_from(
    made: Report, page: str, runs: Mapping[str, Run]
) -> None:
    by_id = {run.id: run for run in runs.values()}
    linked = list(cells(made.answers))
    assert len(linked) > 10
    for cell in linked:
        table = by_id[cell.run].table(cell.table)
        assert cell.row is None or 0 <= cell.row < len(table)
    found = Page(page)
    assert {cell.anchor for cell in linked} <= set(found.ids)
    assert set(found.links) <= set(found.ids)
    assert len(found.ids) == len(set(found.ids))


def test_a_share_told_stands_in_the_row_it_links_to(made: Report, runs: Mapping[str, Run]) -> None:
    for number in made.answers[2].numbers:
        assert number.cell is not None
        row = runs["plan"].table("dependence").iloc[number.cell.row]
        assert number.value == EN.share(float(row["share"]), 3)
        assert row["plan"] == "plan"


def test_the_page_is_whole_by_itself(page: str) -> None:
    found = Page(page)
    assert found.open == []
    assert found.fetched == []
    assert "script" not in found.tags
    assert len(page.encode()) < 5_000_000


def test_pictures_carry_their_finding_unit_and_source(made: Report, page: str) -> None:
    pictures = [picture for section in made.sections for picture in section.pictures]
    assert len(pictures) >= 8
    assert page.count("<svg") == len(pictures)
    for picture in pictures:
        assert picture.finding
        assert picture.note
        assert all(run_id in picture.source for run_id in [picture.source.split()[1].rstrip(",")])


def test_what_no_run_answers_is_said_with_the_command_to_ask_it(runs: Mapping[str, Run]) -> None:
    lasting, funding, falling = report([runs["plan"]], EN).answers
    assert any("kidorui stress" in words for words in lasting.missing)
    assert any("kidorui robust" in words for words in funding.missing)
    assert any("kidorui robust" in words for words in falling.missing)
    stressed = report([runs["ban"]], EN).answers
    assert any("kidorui plan" in words for words in stressed[1].missing)


def test_two_runs_stand_side_by_side_with_what_was_asked_differently(
    runs: Mapping[str, Run],
) -> None:
    asked, answered = report([runs["plan"], runs["cheap"]], EN).differences
    what = list(asked.columns[0].cells)
    assert "option budget" in what
    assert asked.columns[2].cells[what.index("option budget")] == "1.0"
    public = answered.columns[0].cells.index("public money they take")
    assert float(answered.columns[3].cells[public].replace("−", "-")) < 0


def test_the_word_file_says_the_same(made: Report) -> None:
    document = docx.Document(BytesIO(word(made)))
    text = "\n".join(line.text for line in document.paragraphs)
    table = "\n".join(cell.text for t in document.tables for row in t.rows for cell in row.cells)
    for answer in made.answers:
        assert answer.question in text
        assert all(lead in text for lead in answer.leads)
        assert all(number.value in table for number in answer.numbers)
        assert all(change.text in text for change in answer.changes)
    pictures = sum(len(section.pictures) for section in made.sections)
    assert len(document.inline_shapes) == pictures


def test_japanese_says_the_same_numbers_in_japanese(runs: Mapping[str, Run]) -> None:
    chosen: Sequence[Run] = [runs["plan"], runs["ban"]]
    japanese, english = report(chosen, language("ja")), report(chosen, EN)
    page = html(japanese)
    assert '<html lang="ja">' in page
    assert "@font-face" in page
    assert len(page.encode()) < 5_000_000
    for one, other in zip(japanese.answers, english.answers, strict=True):
        assert one.question != other.question
        assert [n.cell for n in one.numbers] == [n.cell for n in other.numbers]
    assert Page(page).open == []


def test_a_run_that_a_report_has_no_words_for_is_refused(runs: Mapping[str, Run]) -> None:
    with pytest.raises(ReportError, match="no run was given"):
        report([], EN)
