"""A programme without a plan says which rows conflict, and no more of them than need be."""

from __future__ import annotations

import numpy as np
import pytest

from kidorui.program import Infeasible, Model, Solver, Unbounded, solve
from tests.changed import edited, tiny, with_rows
from tests.program.planned import stated


def conflict(case):
    _, _, program = stated(case)
    with pytest.raises(Infeasible) as raised:
        Solver(program.model).solve()
    return program, raised.value


def too_many_days():
    return edited(tiny(), "policies", "days-Dy", enforced=True, bound=900.0)


def no_purchase():
    """Days of cover must rise, while nothing may be bought from the only seller."""
    case = edited(tiny(), "policies", "days-Dy", enforced=True, bound=20_000.0, start=2030.0)
    case = edited(case, "stockpiles", "state-Dy", capacity=100_000.0)
    case = with_rows(
        case,
        "policies",
        *(
            {"id": f"none-{goods}", "kind": "share", "place": "JP", "origin": "CN",
             "goods": goods, "group": "both", "basis": "direct", "bound": 0.0, "start": 2024.0,
             "enforced": True}
            for goods in ("oxide", "metal")
        ),
    )  # fmt: skip
    return edited(case, "projects", "heavy-my", size_max=0.0)


def test_cover_beyond_what_a_store_holds_names_policy_and_store():
    _, error = conflict(too_many_days())
    text = str(error)
    assert "policies:" in text
    assert "days-Dy" in text
    assert "stockpiles:" in text
    assert "store of state-Dy" in text
    assert len(error.rows) <= 4


def test_cover_that_cannot_be_bought_names_what_forbids_it():
    _, error = conflict(no_purchase())
    assert any("days-Dy" in row for row in error.rows)
    assert any("materials:" in row and "balance" in row for row in error.rows)


@pytest.mark.parametrize("large", [solve.LARGE, 10], ids=["small", "large"])
@pytest.mark.parametrize("case", [too_many_days, no_purchase])
def test_dropping_any_one_of_the_rows_named_resolves_the_conflict(case, large, monkeypatch):
    monkeypatch.setattr(solve, "LARGE", large)
    program, error = conflict(case())
    model = program.model
    free_columns, free_rows = [], []
    for name, place in error.parts:
        if name in model.constraints:
            free_rows.append(model.constraints[name].start + place)
        else:
            free_columns.append(model.variables[name].start + place)
    for kind, index in [("row", r) for r in free_rows] + [("column", c) for c in free_columns]:
        assert feasible(model, free_rows, free_columns, without=(kind, index))
    assert not feasible(model, free_rows, free_columns, without=("", -1))


def feasible(model, rows, columns, without) -> bool:
    """Whether the rows and bounds of the conflict can hold, all others of the model dropped."""
    small = Model()
    lower, upper = model.column_bounds()
    low = np.where(lower == 0, 0.0, -np.inf)  # that nothing is negative stays
    high = np.full(len(lower), np.inf)
    kept = [c for c in columns if without != ("column", c)]
    low[kept], high[kept] = lower[kept], upper[kept]
    small.add_variables("x", (1, model.columns), lower=low, upper=high)
    chosen = [r for r in rows if without != ("row", r)]
    if chosen:
        low_row, high_row = model.row_bounds()
        matrix = model.matrix()[chosen]
        small.add_constraints("r", {"x": matrix}, lower=low_row[chosen], upper=high_row[chosen])
    try:
        Solver(small).solve()
    except Infeasible:
        return False
    return True


def test_a_gain_without_end_is_told_apart_from_a_conflict():
    model = Model()
    model.add_variables("sold", (1, 2), cost=np.array([[-1.0, 1.0]]))
    model.add_variables("made", (1, 1), cost=0.1)
    model.add_constraints(
        "balance", {"sold": np_matrix([[1.0, 0.0]]), "made": np_matrix([[-1.0]])}, upper=0.0
    )
    with pytest.raises(Unbounded) as raised:
        Solver(model).solve()
    assert "sold" in str(raised.value)
    assert "grow without end" in str(raised.value)


def np_matrix(rows):
    from scipy import sparse

    return sparse.csr_array(np.array(rows))


def test_a_floor_that_only_whole_units_miss_is_told():
    model = Model()
    model.add_variables("units", (1, 1), upper=10.0, integer=True)
    model.add_constraints("floor", {"units": np_matrix([[2.0]])}, lower=3.0, upper=3.5)
    with pytest.raises(Infeasible, match="floor"):
        Solver(model).solve()
