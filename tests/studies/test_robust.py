"""The robust study: what is varied, and what is told of it, on the tiny case."""

import json
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from kidorui.studies.context import Cancelled, Context
from kidorui.studies.plan import PlanOptions, plan
from kidorui.studies.robust import RobustOptions, robust
from kidorui.studies.variants import assumptions, drawn, factors, one_at_a_time
from tests.changed import edited, tiny, with_rows
from tests.studies.conftest import DictMemo

RUNS = 24
EVENTS = ("ban-cn",)


@pytest.fixture(scope="module")
def result():
    return robust(tiny(), RobustOptions(runs=RUNS, events=EVENTS), Context())


def test_every_factor_changes_the_case_and_goes_back():
    case = tiny()
    known = factors(case, EVENTS)
    assert {"demand", "chance of the events", "cost of projects"} <= {f.name for f in known}
    for variant in one_at_a_time(case, known):
        assert len(variant.levels) == 1
        assert variant.case.hash != case.hash
    assert case.hash == tiny().hash


def test_draws_are_those_of_the_seed_and_cover_the_levels():
    case = tiny()
    known = factors(case, EVENTS)
    first, again, other = ([v.levels for v in drawn(case, known, 32, seed)] for seed in (1, 1, 2))
    assert first == again != other
    for factor in known:
        counts = [
            sum(levels.get(factor.name) == level for levels in first) for level in factor.levels
        ]
        assert min(counts) >= 32 / (len(factor.levels) + 1) - 6


def test_an_answer_of_the_controlling_place_is_put_in_force():
    case = with_rows(
        tiny(),
        "events",
        {"id": "flood", "name": "Flood", "kind": "dumping", "origin": "CN", "goods": ("oxide",)},
    )
    case = edited(case, "events", "flood", severity=0.3, duration=4.0, hazard=0.05, in_force=False)
    [factor] = [f for f in factors(case, EVENTS) if f.name == "answer of the controlling place"]
    assert list(factor.levels) == ["flood"]
    changed = factor.levels["flood"](case).table("events").set_index("id").loc["flood"]
    assert changed["in_force"]
    assert changed["start"] == min(case.settings.event_years)


def test_the_first_run_is_the_plan_of_the_case(result):
    builds = plan(tiny(), PlanOptions(break_even=False, events=EVENTS), Context()).table("builds")
    sizes = builds[builds["state"] == "no event"].groupby("project")["size"].sum()
    told = result.table("projects").set_index("project")["size"]
    assert told[sizes.index].to_dict() == pytest.approx(sizes.to_dict(), rel=1e-6)


def test_shares_are_those_of_the_runs(result):
    table, flips = result.table("projects"), result.table("flips")
    assert table["share"].between(0, 1).all()
    assert (table["robust"] == (table["share"] >= 0.8)).all()
    assert result.table("levels")["run"].max() <= RUNS
    assert (flips["runs"] >= 1).all()
    ranges = result.summary
    told = ranges[["value_low", "value_high"]].to_numpy()
    assert (told[:, 0] <= told[:, 1] + 1e-9).all()


def test_what_flips_a_project_is_named():
    """A heavy plant that only high hazards pay for: the chance of the events turns it."""
    case = tiny()
    dear = edited(case, "projects", "stock-Dy", capex=4e4, capex_low=4e4, capex_high=4e4)
    told = robust(dear, RobustOptions(runs=20, events=EVENTS, assumptions=False), Context())
    rows = told.table("flips").query("project == 'stock-Dy' and alone")
    table = told.table("projects").set_index("project")
    words = table["flips"]["stock-Dy"]
    assert bool(len(rows)) == (words not in ("nothing that was varied",) and "of runs" not in words)
    for row in rows.itertuples():
        assert f"{row.factor}: {row.level}" in words


def test_assumptions_are_ranked_with_their_rows(result):
    table = result.table("assumptions")
    assert list(table["source"]) == assumptions(tiny()) == ["assumed"]
    assert "modes:" in table["rows"].iloc[0]
    assert table["moved"].iloc[0] > 0


def test_it_goes_on_from_what_it_had_and_is_the_same_with_workers():
    memo = DictMemo()
    runs = RobustOptions(runs=6, events=EVENTS)
    count = iter(range(10))

    def soon() -> bool:
        return next(count, None) is None

    with pytest.raises(Cancelled):
        robust(tiny(), runs, Context(memo=memo, cancelled=soon))
    had = len(memo.kept)
    with ThreadPoolExecutor(2) as workers:
        again = robust(tiny(), runs, Context(workers, memo=memo))
    assert 0 <= had < len(memo.kept)
    assert again.hash == robust(tiny(), runs, Context()).hash
    assert all(np.isfinite(v) for kept in memo.kept.values() for v in json.loads(kept)[1].values())


def test_a_variant_without_a_plan_is_told():
    """Days of cover that no stock can hold, asked for by an enforced policy."""
    case = tiny()
    stock = case.table("policies").query("kind == 'stock_days'")["id"].iloc[0]
    tight = edited(case, "policies", stock, enforced=True, bound=1e5)
    told = robust(tight, RobustOptions(runs=2, events=EVENTS, assumptions=False), Context())
    assert told.meta["failures"][0] == "no plan exists with the case"
    assert (told.table("projects")["share"] == 0).all()
