from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from kidorui.runs import Inputs, RunError, compare


def test_what_was_asked_and_answered_differently(store, toy, inputs):
    builds = toy().table("builds").copy()
    builds["capex"] = [101.0, 50.0, np.nan]
    builds["kind"] = ["plant", "mine", "mine"]
    builds["committed"] = [True, True, False]
    totals = pd.DataFrame({"what": ["NdPr", "Tb"], "amount": [1500.0, 7.0]})
    before = store.save(toy(), inputs)
    changed = replace(inputs, options={"hazard": 0.2, "events": ["ban"]}, seed=4)
    after = store.save(toy(builds=builds, totals=totals), changed)
    result = compare(before, after).validate()

    assert result.table("inputs").to_numpy().tolist() == [
        ["option hazard", "0.1", "0.2"],
        ["seed", "3", "4"],
    ]
    answers = result.table("answers")
    assert answers[["table", "row", "column"]].to_numpy().tolist() == [
        ["totals", "what=Tb", "amount"],
        ["builds", "project=metal-jp, year=2029", "committed"],
        ["totals", "what=NdPr", "amount"],
        ["builds", "project=sep-au, year=2028", "capex"],
        ["totals", "what=Dy", "amount"],
    ]
    tb, _, ndpr, _, dy = answers.itertuples()
    assert np.isnan(tb.before)
    assert (tb.after, tb.relative) == (7.0, 1.0)
    assert (ndpr.change, ndpr.relative, ndpr.unit) == (-1500.0, -0.5, "t/yr")
    assert np.isnan(dy.after)
    assert result.table("words").to_numpy().tolist() == [
        ["builds", "project=metal-jp, year=2029", "kind", "plant", "mine"]
    ]


def test_a_run_does_not_differ_from_itself(store, toy, inputs):
    run = store.save(toy(), inputs)
    result = compare(run, run).validate()
    assert all(table.empty for table in result.tables.values())


def test_rows_of_one_key_are_laid_side_by_side_in_order(store, toy, inputs):
    before = pd.DataFrame({"what": ["x", "x"], "amount": [1.0, 2.0]})
    after = pd.DataFrame({"what": ["x", "x"], "amount": [1.0, 3.0]})
    runs = [
        store.save(toy(totals=table), replace(inputs, seed=seed))
        for seed, table in enumerate((before, after))
    ]
    assert compare(*runs).table("answers")["row"].tolist() == ["what=x (2)"]


def test_an_infinite_change_is_seen(store, toy, inputs):
    after = toy().table("totals").assign(amount=[np.inf, 0.0])
    runs = [store.save(toy(), inputs), store.save(toy(totals=after), replace(inputs, seed=1))]
    assert compare(*runs).table("answers")["row"].tolist() == ["what=NdPr"]


def test_runs_of_two_kinds_are_refused(store, toy, inputs):
    run = store.save(toy(), inputs)
    comparison = store.save(compare(run, run), Inputs("compare", "japan", "c"))
    with pytest.raises(RunError, match="nothing to lay side by side"):
        compare(run, comparison)


def test_tables_without_rows_are_laid_side_by_side(store, toy, inputs):
    empty = toy().table("builds").head(0)  # a key of it is a number
    runs = [store.save(toy(builds=empty), replace(inputs, seed=seed)) for seed in (0, 1)]
    assert compare(*runs).table("answers").empty
