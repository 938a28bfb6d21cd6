from dataclasses import replace

import pandas as pd
import pytest

from kidorui.runs import Store, sql
from kidorui.runs.query import QueryError


@pytest.fixture
def filled(store, toy, inputs):
    store.save(toy(), inputs)
    empty = toy(totals=toy().table("totals").head(0))
    store.save(empty, replace(inputs, seed=5))
    return store


def test_a_view_holds_the_rows_of_all_runs(filled):
    answer = sql(
        "SELECT r.seed, count(*) AS n, sum(capex_high) AS high FROM builds b "
        "JOIN runs r ON r.run = b.run GROUP BY r.seed ORDER BY r.seed",
        filled,
    )
    assert answer.to_numpy().tolist() == [[3, 3, 180.0], [5, 3, 180.0]]
    assert len(sql("SELECT * FROM totals", filled)) == 2
    assert sql("SELECT len(parts) AS n FROM builds LIMIT 1", filled)["n"].tolist() == [2]


def test_an_empty_store_has_the_list_of_runs(tmp_path):
    assert sql("SELECT count(*) AS n FROM runs", Store(tmp_path / "none"))["n"].tolist() == [0]


def test_a_faulty_query_names_the_views(filled):
    with pytest.raises(QueryError, match="views runs, builds, totals"):
        sql("SELECT * FROM bilds", filled)


def test_only_the_views_have_names(filled):
    frame = pd.DataFrame({"x": [1]})
    with pytest.raises(QueryError, match="frame"):
        sql("SELECT * FROM frame", filled)
    assert len(frame) == 1


def test_a_folder_with_a_quote_in_its_name(tmp_path, toy, inputs):
    store = Store(tmp_path / 'it\'s "here"')
    run = store.save(toy(), inputs)
    assert sql("SELECT DISTINCT run FROM builds", store)["run"].tolist() == [run.id]
