"""`kidorui report` and `kidorui figures` as a user gives them."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import docx
import pandas as pd
import pytest

from kidorui.cli import run as run_command
from kidorui.runs import Run

pytestmark = pytest.mark.xdist_group("report")

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def kidorui(
    runs: Mapping[str, Run],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Command:
    monkeypatch.setenv("KIDORUI_RUNS", str(runs["plan"].path.parent))
    monkeypatch.chdir(tmp_path)

    def command(*arguments: str) -> tuple[int, str, str]:
        code = run_command(arguments)
        told = capsys.readouterr()
        return code, told.out, told.err

    return command


def test_a_case_is_reported_by_its_newest_runs_as_page_and_word_file(
    kidorui: Command, runs: Mapping[str, Run]
) -> None:
    code, told, _ = kidorui("report", "example")
    assert code == 0
    assert told.split() == ["report-example.html", "report-example.docx"]
    page = Path("report-example.html").read_text(encoding="utf-8")
    assert runs["ban"].id in page
    assert runs["today"].id in page
    assert docx.Document("report-example.docx").inline_shapes


def test_the_name_of_either_file_names_both_and_one_may_be_left_out(
    kidorui: Command, runs: Mapping[str, Run]
) -> None:
    assert kidorui("report", runs["plan"].id, "-o", "plan.docx", "--only", "html")[0] == 0
    assert [path.name for path in Path().iterdir()] == ["plan.html"]


def test_a_run_that_is_not_there_is_named_with_what_there_is(kidorui: Command) -> None:
    code, told, said = kidorui("report", "plan-nowhere-123456")
    assert code == 2
    assert not told
    assert "no run 'plan-nowhere-123456'" in said
    assert "nor is there any run of a case" in said
    assert kidorui("report")[0] == 2


def test_pictures_are_listed_with_what_they_show(kidorui: Command, runs: Mapping[str, Run]) -> None:
    code, told, _ = kidorui("figures", runs["ban"].id)
    assert code == 0
    assert "replay" in told
    assert "on day" in told


@pytest.mark.parametrize("form", ["png", "svg", "csv", "json"])
def test_a_picture_is_written_in_the_form_asked_for(
    kidorui: Command, runs: Mapping[str, Run], form: str
) -> None:
    code, told, _ = kidorui("figures", runs["plan"].id, "regret", "-o", "out", "--as", form)
    file = Path("out") / f"regret.{form}"
    assert (code, told.strip()) == (0, str(file))
    content = file.read_bytes()
    if form == "png":
        assert content.startswith(b"\x89PNG")
    elif form == "svg":
        assert b"<svg" in content
    elif form == "csv":
        assert len(pd.read_csv(file)) >= 2
    else:
        assert "series" in json.loads(content)


def test_a_picture_that_a_run_lacks_is_refused_with_how_to_ask_for_it(
    kidorui: Command, runs: Mapping[str, Run]
) -> None:
    code, _, said = kidorui("figures", runs["plan"].id, "frontier", "-o", "out")
    assert code == 2
    assert "--frontier" in said
    assert (
        "has no picture 'regrets'; did you mean regret?"
        in kidorui("figures", runs["plan"].id, "regrets")[2]
    )
