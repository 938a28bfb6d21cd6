"""The page of a plan: whole, self-contained, and safe with hostile names."""

import re
from html.parser import HTMLParser

import pytest

from kidorui.report import page
from kidorui.report.charts import Group, bars
from kidorui.report.page import figure
from kidorui.results import Result
from kidorui.studies.context import Context
from kidorui.studies.plan import PlanOptions, plan
from tests.changed import tiny, with_settings, with_table

HOSTILE = '"><script>alert(1)</script>&amp;'
VOID = {"meta", "br", "line", "rect"}


class Tags(HTMLParser):
    """Tags of a page, in order, and whether they are closed as they were opened."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.seen: list[str] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.seen.append(tag)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop() == tag


@pytest.fixture(scope="module")
def result() -> Result:
    return plan(tiny(), PlanOptions(), Context())


@pytest.fixture(scope="module")
def text(result) -> str:
    return page(result)


def test_the_page_is_whole_and_well_formed(text):
    tags = Tags(text)
    assert tags.open == []
    assert tags.seen.count("svg") == 2
    for heading in (
        "What to fund?",
        "What does it buy?",
        "How far does dependence fall?",
        "What to build",
        "Prices in Japan",
        "The bill of Japan",
        "From where each project pays",
        "What binds",
        "What not to believe",
        "How it was made",
    ):
        assert heading in text


def test_every_table_of_the_result_is_named_on_the_page(result, text):
    for name, table in result.tables.items():
        assert f"{name} ({len(table)})" in text


def test_headlines_notes_and_facts_are_on_the_page(result, text):
    for row in result.summary.itertuples():
        assert f"{figure(row.value)} <span>{row.unit}</span>" in text
    assert result.meta["case_hash"] in text
    assert result.meta["solver"] in text
    assert "% of the case&#39;s rows are assumptions" in text


def test_nothing_is_fetched_and_nothing_runs(text):
    assert "script" not in Tags(text).seen
    assert not re.search(r"https?:|//[a-z]|@import|url\(", text)


def test_hostile_names_are_only_words():
    case = with_settings(tiny(), title=HOSTILE)
    for table in ("places", "events", "projects"):
        case = with_table(case, table, case.table(table).assign(name=HOSTILE))
    text = page(plan(case, PlanOptions(break_even=False), Context()))
    assert "<script" not in text
    assert Tags(text).open == []


@pytest.mark.parametrize("options", [{"hazard": 0.0}, {"budget": 0.0}, {"hazard": 1.0}], ids=str)
def test_a_plan_without_events_or_builds_has_a_page(options):
    text = page(plan(tiny(), PlanOptions(break_even=False, **options), Context()))
    assert Tags(text).open == []
    assert "nan" not in re.sub("<style>.*</style>", "", text, flags=re.DOTALL).lower().split()


def test_only_a_plan_has_this_page(result):
    with pytest.raises(ValueError, match="compare"):
        page(Result("compare", result.tables))


@pytest.mark.parametrize(
    ("value", "words"),
    [(1234.5, "1,234"), (0.0, "0"), (12.345, "12.3"), (float("nan"), "–"), (-0.01234, "-0.0123")],
)
def test_figures_have_three_digits(value, words):
    assert figure(value) == words


def test_bars_share_a_scale_and_skip_what_is_missing():
    chart = str(bars([Group("a & b", [("plan", 50.0), ("base", float("nan"))], mark=100.0)],
                     title="<t>", unit=" %", top=100.0))  # fmt: skip
    assert chart.count("<rect") == 1
    assert "a &amp; b" in chart
    assert "&lt;t&gt;" in chart
    bar = float(re.search(r'<rect[^>]*width="([\d.]+)"', chart)[1])
    mark = float(re.search(r'<line[^>]*x1="([\d.]+)"', chart)[1])
    left = float(re.search(r'<rect[^>]*x="([\d.]+)"', chart)[1])
    assert mark - left == pytest.approx(2 * bar, abs=0.2)
