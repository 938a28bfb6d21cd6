"""Draws of a stress: what is drawn, where draws part from the calm, and what they say together."""

import multiprocessing
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest

from kidorui.network.months import MONTH
from kidorui.program import Infeasible, Solver, SolverError
from kidorui.results import result_schema
from kidorui.results.hashing import hash_tables
from kidorui.results.result import table_faults
from kidorui.studies.context import Cancelled, Context
from kidorui.studies.stress import departing
from kidorui.studies.stress.departing import Departures, depart, parting
from kidorui.studies.stress.draws import Asked, Drawn, Outcome, lines, walk_draws
from kidorui.studies.stress.fans import fan_tables
from kidorui.studies.stress.lived import live
from kidorui.studies.stress.sampling import (
    LATEST,
    LONGEST,
    SHORTEST,
    Draw,
    Factor,
    Sample,
    apply_draws,
    sample,
    spread,
    stock_ratios,
)
from kidorui.studies.stress.scenario import scenario
from kidorui.studies.stress.world import Foresight, prepare_world
from tests.changed import edited, tiny
from tests.studies.conftest import DictMemo

MONTHS, DRAWS = 8, 10


@cache
def case():
    """The tiny case with ranges of the stocks, and a ban that leaks."""
    ranged = edited(tiny(), "stockpiles", "state-Dy", initial_low=0.0, initial_high=180.0)
    ranged = edited(ranged, "stockpiles", "makers-NdPr", initial_low=400.0, initial_high=1600.0)
    return edited(ranged, "events", "ban-cn", leak=0.1, leak_low=0.0, leak_high=0.5, premium=1.0)


def asked(events=("ban-cn",)):
    return scenario(case(), events, months=MONTHS, lead=2)


def world_of(foresight="1"):
    what, sees = asked(), Foresight.parse(foresight)
    longer = replace(what, months=what.months + LATEST)
    return prepare_world(case(), longer, sees, Context())


@pytest.fixture(scope="module")
def world():
    return world_of()


@pytest.fixture(scope="module")
def drawn(world):
    return walk_draws(world, asked(), DRAWS, Context(seed=3))


def told(drawn) -> str:
    return hash_tables(fan_tables(drawn))


def test_draws_lie_within_the_ranges_of_the_case_and_are_those_of_the_seed():
    chosen = sample(case(), asked(), 13, 1)
    again, other, more = (sample(case(), asked(), n, s) for n, s in ((13, 1), (13, 2), (16, 1)))
    assert (chosen.values == again.values).all()
    assert (chosen.values != other.values).any()
    assert (chosen.values == more.values[:13]).all()
    known = spread(more).set_index("factor")
    assert list(known.index) == [
        "onset",
        "duration",
        "severity of ban-cn",
        "leak of ban-cn",
        "stock of state",
        "stock of industry",
    ]
    assert (more.values >= known["value_low"].to_numpy()).all()
    assert (more.values <= known["value_high"].to_numpy()).all()
    onset = more.values[:, 0]
    assert (onset == np.round(onset)).all()
    assert len(set(onset)) >= 10
    assert known.loc["severity of ban-cn", ["value", "value_low", "value_high"]].tolist() == [
        0.95,
        0.8,
        1.0,
    ]


def test_a_draw_moves_the_strike_and_what_has_no_end_or_its_own_start_stays():
    what = asked()
    for number, draw in enumerate(apply_draws(case(), what, sample(case(), what, 8, 0))):
        [one], [row] = draw.strikes, what.strikes
        onset, duration, severity, leak, *_ = sample(case(), what, 8, 0).values[number]
        assert one.start == pytest.approx(row.start + onset * MONTH)
        assert one.end - one.start == pytest.approx(duration * 2)
        assert SHORTEST <= duration <= LONGEST
        assert (one.severity, one.leak) == (severity, leak)
        assert draw.first(what) == what.lead + onset
    dated = asked(["licence-cn"])
    chosen = sample(case(), dated, 4, 0)
    assert [f.kind for f in chosen.factors] == ["severity", "stock", "stock"]
    for draw in apply_draws(case(), dated, chosen):
        assert draw.strikes[0].start == 2025
        assert np.isinf(draw.strikes[0].end)
        assert draw.first(dated) == dated.lead


def test_a_stock_is_scaled_to_its_place_in_the_range(world):
    stores = world.stores
    ratio = pd.Series(stock_ratios(case(), stores, Draw(0, (), (("state", 0.5),))))
    by_id = ratio.groupby(stores["id"]).first()
    assert by_id["state-Dy"] == pytest.approx(1.5)
    assert by_id["makers-NdPr"] == 1
    low = pd.Series(stock_ratios(case(), stores, Draw(0, (), (("industry", 0.0),))))
    assert low[stores["id"] == "makers-NdPr"].unique() == pytest.approx(0.5)
    assert (low[stores["kind"] == "yard"] == 1).all()


def test_tables_are_as_declared_and_whole(drawn):
    tables = fan_tables(drawn)
    schema = result_schema("stress")
    for name, table in tables.items():
        assert not table_faults(table, schema[name])
    assert not len(tables["failures"])
    draws = tables["draws"]
    assert set(draws["draw"]) == set(range(DRAWS))
    value = draws[draws["name"] == "value short"]["value"]
    assert (value >= 0).all()
    assert value.max() > 0
    fans = tables["fans"]
    levels = fans[["q05", "q25", "q50", "q75", "q95"]].to_numpy()
    assert (np.diff(levels, axis=1) >= -1e-12).all()
    assert (fans["draws"] == DRAWS).all()
    assert fans["month"].max() == MONTHS - 1
    assert tables["stops_chance"]["chance"].between(0, 1).all()
    assert tables["tornado"]["correlation"].abs().max() <= 1


def test_no_draws_give_empty_tables(world):
    tables = fan_tables(walk_draws(world, asked(), 0, Context()))
    schema = result_schema("stress")
    for name, table in tables.items():
        assert not table_faults(table, schema[name])
        assert name == "spread" or table.empty


def test_it_is_the_same_with_threads_and_with_processes(world, drawn):
    with ThreadPoolExecutor(2) as workers:
        threads = walk_draws(world, asked(), DRAWS, Context(workers, seed=3))
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(2, spawn) as workers:
        processes = walk_draws(world, asked(), DRAWS, Context(workers, seed=3))
    assert told(threads) == told(processes) == told(drawn)
    assert told(walk_draws(world, asked(), DRAWS, Context(seed=4))) != told(drawn)


def test_a_killed_run_goes_on_from_what_it_had(world, drawn):
    memo = DictMemo()
    count = iter(range(2))  # told before the first batch and after it

    with pytest.raises(Cancelled):
        walk_draws(
            world,
            asked(),
            DRAWS,
            Context(seed=3, memo=memo, cancelled=lambda: next(count, None) is None),
        )
    had = dict(memo.kept)
    assert 0 < len(had) < DRAWS
    again = walk_draws(world, asked(), DRAWS, Context(seed=3, memo=memo))
    assert told(again) == told(drawn)
    assert len(memo.kept) == DRAWS
    assert all(memo.kept[key] == value for key, value in had.items())


def test_what_is_remembered_is_not_solved_again(world, drawn, monkeypatch):
    memo = DictMemo()
    walk_draws(world, asked(), DRAWS, Context(seed=3, memo=memo))
    monkeypatch.setattr(Solver, "solve", None)
    assert told(walk_draws(world, asked(), DRAWS, Context(seed=3, memo=memo))) == told(drawn)


def test_the_months_before_the_onset_are_solved_once(world, monkeypatch):
    what, solves, solve = asked(), Counter(), Solver.solve

    def counted(self, **options):
        solves["all"] += 1
        return solve(self, **options)

    monkeypatch.setattr(Solver, "solve", counted)
    draws = apply_draws(case(), what, sample(case(), what, DRAWS, 3))
    departures = depart(world, what, draws)
    calm = max(draw.first(what) for draw in draws)
    # the calm to the end of the axis, and the months of the scenario that lend their bases
    assert calm < world.network.tree.size
    assert solves["all"] == world.network.tree.size + 2
    for draw in draws:
        lived = departures.live(draw)
        assert lived.lead == draw.first(what)
        assert lived.path.months == lived.lead + MONTHS
    assert calm < world.network.tree.size
    assert solves["all"] == world.network.tree.size + 2 + DRAWS * MONTHS


@pytest.mark.parametrize("foresight", ["1", "2", "none", "perfect"])
def test_the_scenario_as_a_draw_is_the_scenario_lived(foresight):
    what = asked()
    world = world_of(foresight)
    own = Draw(0, what.strikes, ())
    part = depart(world, what, [own]).live(own)
    whole = live(world, what)
    here = lines(world.network)
    worth = world.network.step_value.ravel()
    assert part.path.months == whole.path.months
    assert part.served[:, here].sum() == pytest.approx(whole.served[:, here].sum(), rel=1e-3)
    assert (part.path.values["served"] @ worth) == pytest.approx(
        whole.path.values["served"] @ worth, rel=1e-3
    )


def test_a_market_that_sees_it_coming_parts_from_the_calm_before():
    assert parting(world_of("3"), 5) == 3
    assert parting(world_of("none"), 5) == 5
    assert parting(world_of("perfect"), 5) == 0


def test_a_draw_that_fails_is_told_and_the_others_go_on(world, drawn, monkeypatch):
    lived = Departures.live

    def fails(self, draw):
        if draw.number == 4:
            raise SolverError("HiGHS stopped with time limit reached")
        return lived(self, draw)

    monkeypatch.setattr(Departures, "live", fails)
    memo = DictMemo()
    some = walk_draws(world, asked(), DRAWS, Context(seed=3, memo=memo))
    tables = fan_tables(some)
    [row] = tables["failures"].itertuples()
    assert (row.draw, row.why) == (4, "HiGHS stopped with time limit reached")
    assert "severity of ban-cn" in row.took
    assert set(tables["draws"]["draw"]) == set(range(DRAWS)) - {4}
    kept, all_of_them = tables["draws"], fan_tables(drawn)["draws"]
    rest = all_of_them[all_of_them["draw"] != 4].reset_index(drop=True)
    pd.testing.assert_frame_equal(kept, rest)
    monkeypatch.undo()
    assert told(walk_draws(world, asked(), DRAWS, Context(seed=3, memo=memo))) == told(some)


def test_a_draw_without_a_solution_names_the_rows(world, monkeypatch):
    """Plants that would have to run backwards while the event is on."""
    conditions = departing.conditions

    def heavier(world, strikes):
        given = conditions(world, strikes)
        return replace(given, capacity=given.capacity - 1e9 * bool(strikes))

    what = asked()
    draws = apply_draws(case(), what, sample(case(), what, 1, 0))
    departures = depart(world, what, draws)
    monkeypatch.setattr(departing, "conditions", heavier)
    with pytest.raises(Infeasible, match="activity"):
        departures.live(draws[0])


def _outcome(stopped, fill, value) -> Outcome:
    fill = np.array(fill, dtype=float)
    first = np.where(np.array(stopped) > 0, 5.0, np.nan)
    return Outcome(2, "", first, np.array(stopped, float), fill, 1 - fill, value, np.zeros(0))


def test_fans_chances_and_ranks_are_those_of_the_draws(world):
    here = lines(world.network)
    count = len(here)
    factors = tuple(Factor(k, "", "1", 0.5, 0.0, 1.0, "") for k in ("leak", "severity", "still"))
    values = np.array([[0.1, 0.9, 0.5], [0.2, 0.1, 0.5], [0.3, 0.8, 0.5], [0.4, 0.2, 0.5]])
    outcomes = [
        _outcome([40.0 * (n == 3)] * count, [[n / 4] * count] * (2 + (n == 0)), 4.0 - n)
        for n in range(4)
    ]
    tables = fan_tables(Drawn(world.network, Sample(factors, values), here, (), tuple(outcomes)))
    fill = tables["fans"].query("what == 'fill'").set_index("month")
    assert (fill.loc[0, "q50"] == 0.375).all()
    assert (fill.loc[2, "draws"] == 1).all()
    chance = tables["stops_chance"].iloc[0]
    assert chance["chance"] == 0.25
    assert chance["error"] == pytest.approx(np.sqrt(0.25 * 0.75 / 4))
    ranks = tables["tornado"].set_index(["answer", "factor"])["correlation"]
    assert ranks["value short", "leak"] == -1
    assert np.isnan(ranks["value short", "still"])
    assert tables["tornado"]["factor"].iloc[0] == "leak"


def test_what_is_read_is_part_of_the_question(world):
    memo = DictMemo()
    for read in (_nothing, _always):
        outcomes = walk_draws(world, asked(), 2, Context(memo=memo), Asked(read, ())).outcomes
        assert all((one.stopped == read.days).all() for one in outcomes)
    assert len(memo.kept) == 4


def _nothing(lived):
    zero = np.zeros(len(lived.network.demands))
    return zero * np.nan, zero


def _always(lived):
    zero = np.zeros(len(lived.network.demands))
    return zero, zero + 99.0


_nothing.days, _always.days = 0.0, 99.0
