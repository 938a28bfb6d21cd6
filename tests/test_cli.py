"""The command line, with a study and a report that answer at once; cases are real."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest

from kidorui.case import Case
from kidorui.cli import run
from kidorui.console import Meter
from kidorui.program import Infeasible
from kidorui.results import Result, schema
from kidorui.runs import Store
from kidorui.studies.context import Context

TINY = Path(__file__).parent / "cases" / "tiny"
PLAN = """table,column,type,unit,description
summary,headline,text,,what is said
summary,value,range,t/yr,how much
builds,project,id,,what is built
builds,capex,number,million US$,what it costs
"""


@dataclass(frozen=True)
class PlanOptions:
    events: tuple[str, ...] = ()
    hazard: float | None = None
    budget: float | None = None
    risk: float = 0.0
    whole: bool = False


@dataclass
class Study:
    """Stands for the plan: answers at once, and knows what it was asked."""

    asked: list[PlanOptions] = field(default_factory=list)
    meta: dict[str, list[str]] = field(default_factory=dict)
    error: Exception | None = None

    def __call__(self, case: Case, options: PlanOptions, context: Context) -> Result:
        self.asked.append(options)
        context.report("planning", 0.5)
        if self.error:
            raise self.error
        budget = options.budget or 0.0
        summary = pd.DataFrame(
            {
                "headline": ["shortage left of neodymium and praseodymium"],
                "value": [1234.5],
                "value_low": [1000.0],
                "value_high": [2000.0 - budget],
            }
        )
        builds = pd.DataFrame({"project": ["sep-au"], "capex": [100.0 + budget]})
        return Result("plan", {"summary": summary, "builds": builds}, self.meta)


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    folder = tmp_path / "schema"
    folder.mkdir()
    (folder / "plan.csv").write_text(PLAN)
    shutil.copy(schema.FOLDER / "compare.csv", folder)
    monkeypatch.setattr(schema, "FOLDER", folder)
    monkeypatch.setenv("KIDORUI_RUNS", str(tmp_path / "runs"))
    monkeypatch.delenv("COLUMNS", raising=False)
    study = Study()
    plan, report = ModuleType("kidorui.studies.plan"), ModuleType("kidorui.report")
    plan.__dict__.update(PlanOptions=PlanOptions, plan=study)
    report.__dict__.update(
        report=lambda runs, say: runs, html=lambda runs: f"<html>{runs[0].result.kind}</html>"
    )
    monkeypatch.setitem(sys.modules, "kidorui.studies.plan", plan)
    monkeypatch.setitem(sys.modules, "kidorui.report", report)
    return study


@pytest.fixture
def kidorui(
    study: Study, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    def command(*arguments: str) -> tuple[int, str, str]:
        code = run(arguments)
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return command


@pytest.fixture
def faulty(tmp_path: Path) -> Path:
    folder = shutil.copytree(TINY, tmp_path / "faulty")
    places = folder / "places.csv"
    lines = places.read_text().splitlines()
    places.write_text("\n".join([*lines, lines[1]]) + "\n")  # an id twice
    with (folder / "routes.csv").open("a") as file:
        file.write("nowhere\n")
    return folder


def planned(kidorui, *options: str) -> str:
    """Plan and give the id of the run."""
    code, out, _ = kidorui("plan", str(TINY), "--json", *options)
    assert code == 0
    return json.loads(out)["run"]


def test_help_names_every_command(kidorui):
    code, out, _ = kidorui("--help")
    assert code == 0
    for name in (
        "check",
        "new",
        "show",
        "export",
        "diff",
        "sources",
        "plan",
        "robust",
        "runs",
        "sql",
    ):
        assert name in out
        assert kidorui(name, "--help")[0] == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ("plam",),
        ("plan",),
        ("plan", str(TINY), "--colour"),
        ("plan", str(TINY), "--hazard", "2"),
        ("plan", str(TINY), "--budget", "-1"),
        ("plan", str(TINY), "--at", "middle"),
        ("plan", str(TINY), "--at", "=low"),
        ("plan", str(TINY), "--event", "no-such-event"),
        ("plan", "no-such-case"),
        ("show", "no-such-case"),
        ("show", str(TINY), "plces"),
        ("compare", "plan-a-123456", "plan-b-123456"),
        ("sql", "SELEC 1"),
    ],
)
def test_faulty_input_is_2_and_writes_nothing(kidorui, tmp_path, study, arguments):
    code, out, err = kidorui(*arguments)
    assert (code, study.asked) == (2, [])
    assert err or out
    assert "Traceback" not in err
    assert not (tmp_path / "runs").exists()


def test_plan_says_the_summary_the_run_and_the_page(kidorui, tmp_path):
    code, out, err = kidorui("plan", str(TINY))
    assert (code, err) == (0, "")
    assert "1,234 (1,000 to 2,000)" in out
    [stored] = Store(tmp_path / "runs").runs()
    assert f"run {stored.id}" in out
    page = tmp_path / "runs" / f"{stored.id}.html"
    assert f"page {page}" in out
    assert page.read_text() == "<html>plan</html>"


def test_the_same_question_is_answered_from_the_store(kidorui, study):
    kidorui("plan", str(TINY), "--budget", "5")
    assert "--force answers anew" in kidorui("plan", str(TINY), "--budget", "5")[1]
    assert len(study.asked) == 1
    kidorui("plan", str(TINY), "--budget", "5", "--force")
    assert len(study.asked) == 2


def test_options_reach_the_study(kidorui, study):
    kidorui("plan", str(TINY), "--hazard", "0.2", "--budget", "5", "--risk", "0.5", "--whole")
    assert study.asked == [PlanOptions(hazard=0.2, budget=5.0, risk=0.5, whole=True)]


def test_events_are_named_once_or_many_times(kidorui, study):
    event = Case.table(_tiny(), "events")["id"][0]
    kidorui("plan", str(TINY), "--event", event, event)
    kidorui("plan", str(TINY), "--event", event)
    assert [options.events for options in study.asked] == [(event, event), (event,)]


def test_ends_of_ranges_make_another_run(kidorui):
    assert planned(kidorui) != planned(kidorui, "--at", "low")
    assert planned(kidorui) == planned(kidorui, "--at", "value")


def test_json_is_all_there_is_on_stdout(kidorui):
    code, out, err = kidorui("plan", str(TINY), "--json")
    answer = json.loads(out)
    assert (code, err) == (0, "")
    assert answer["tables"]["builds"] == [{"project": "sep-au", "capex": 100.0}]


def test_quiet_says_nothing(kidorui):
    assert kidorui("plan", str(TINY), "--quiet") == (0, "", "")


def test_a_page_goes_where_it_is_asked(kidorui, tmp_path):
    kidorui("plan", str(TINY), "--html", str(tmp_path / "deep" / "page.html"))
    assert (tmp_path / "deep" / "page.html").is_file()
    assert not list((tmp_path / "runs").glob("*.html"))


def test_a_finding_that_fails_is_1(kidorui, study):
    study.meta = {"failures": ["the shortages differ by 31%"], "notes": ["look here"]}
    code, out, _ = kidorui("plan", str(TINY))
    assert code == 1
    assert "look here\nthe shortages differ by 31%" in out


def test_infeasible_is_3_and_names_the_rows(kidorui, study, tmp_path):
    study.error = Infeasible(["policies:3: share of CN", "contracts:2: firm"])
    code, out, err = kidorui("plan", str(TINY))
    assert (code, out) == (3, "")
    assert "policies:3: share of CN" in err
    assert "contracts:2: firm" in err
    assert not list(Store(tmp_path / "runs").runs())


def test_a_fault_of_ours_is_not_hidden(kidorui, study):
    study.error = ZeroDivisionError()
    with pytest.raises(ZeroDivisionError):
        kidorui("plan", str(TINY))


def test_all_faults_of_a_case_are_printed(kidorui, faulty, tmp_path, study):
    code, out, err = kidorui("plan", str(faulty))
    assert (code, out, study.asked) == (2, "", [])
    assert "places:" in err
    assert "routes:" in err
    code, out, _ = kidorui("check", str(faulty))
    assert code == 2
    assert "places:" in out
    assert "routes:" in out
    code, out, _ = kidorui("check", str(faulty), "--json")
    assert {fault["table"] for fault in json.loads(out)["faults"]} >= {"places", "routes"}
    assert not (tmp_path / "runs").exists()


def test_check_of_a_sound_case(kidorui):
    code, out, _ = kidorui("check", str(TINY))
    assert code == 0
    assert "0 faults" in out
    assert kidorui("check", str(TINY), "--quiet") == (0, "", "")


def test_new_export_diff_and_sources(kidorui, tmp_path):
    assert kidorui("new", str(tmp_path / "mine"))[0] == 0
    assert kidorui("new", str(tmp_path / "mine"))[0] == 2
    workbook = tmp_path / "tiny.xlsx"
    assert kidorui("export", str(TINY), str(workbook))[0] == 0
    assert "hold the same" in kidorui("diff", str(TINY), str(workbook))[1]
    assert json.loads(kidorui("sources", str(TINY), "--json", "--quick")[1])


def test_show_a_case(kidorui):
    assert "places" in kidorui("show", str(TINY))[1]
    assert "CN" in kidorui("show", str(TINY), "places")[1]
    rows = json.loads(kidorui("show", str(TINY), "places", "--json")[1])
    assert {"CN", "JP", "AU"} <= {row["id"] for row in rows}


def test_show_list_compare_and_ask_runs(kidorui):
    assert "no runs" in kidorui("runs")[1]
    one, other = planned(kidorui), planned(kidorui, "--budget", "50")
    assert one in kidorui("runs")[1]
    assert "builds" in kidorui("show", one)[1]
    assert "sep-au" in kidorui("show", one, "builds")[1]
    _, out, _ = kidorui("compare", one, other)
    assert "option budget" in out
    assert "project=sep-au" in out
    assert "hold the same" in kidorui("compare", one, one)[1]
    _, out, _ = kidorui("sql", "SELECT run, capex FROM builds ORDER BY capex", "--json")
    assert json.loads(out) == [{"run": one, "capex": 100.0}, {"run": other, "capex": 150.0}]


@pytest.mark.parametrize("table", ["plants", "projects", "routes", "demands", "sources"])
def test_wide_tables_fit_80_columns(kidorui, table):
    _, out, _ = kidorui("show", str(TINY), table)
    assert max(map(len, out.splitlines())) <= 80


def test_progress_is_shown_only_of_slow_work(capsys):
    with Meter() as meter:
        meter("quick")
    assert capsys.readouterr().err == ""
    with Meter(patience=0.0) as meter:
        meter("reading", 0.1)
        time.sleep(0.05)
        meter("solving", 0.2)
        meter("solving", 0.3)
    out, err = capsys.readouterr()
    assert (out, err) == ("", "reading ...\nsolving ...\n")
    with Meter(quiet=True, patience=0.0) as meter:
        meter("reading")
        time.sleep(0.05)
    assert capsys.readouterr().err == ""


INTERRUPTED = """
import sys, time
from kidorui.cli import app, main
from kidorui.console import Interrupted, interruptible

@app.command
def wait(how: str):
    def work(cancelled):
        sys.stdout.write("started\\n"); sys.stdout.flush()
        while how == "deaf" or not cancelled():
            time.sleep(0.01)
    try:
        interruptible(work)
    except Interrupted as stop:
        sys.stdout.write(f"{stop.still_running}\\n")
        raise

main(["wait", sys.argv[1]])
"""


@pytest.mark.parametrize("how", ["listening", "deaf"])
def test_ctrl_c_is_clean(how):
    process = subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED, how],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "started\n"
    time.sleep(0.5)  # the work says that it started before the thread that waits for it waits
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert out == f"{how == 'deaf'}\n"
    assert process.returncode == 130
    assert err.strip() == "stopped; no run was written"


def test_a_reader_that_goes_away_is_no_error(study):
    code = "from kidorui.cli import main; main()"
    process = subprocess.Popen(
        [sys.executable, "-c", code, "sql", "SELECT * FROM range(100000)", "--rows", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ,
    )
    process.stdout.readline()
    process.stdout.close()
    assert process.stderr.read() == ""
    process.stderr.close()
    assert process.wait(20) == 0


def _tiny() -> Case:
    from kidorui.case import load

    return load(TINY)
