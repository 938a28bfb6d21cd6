"""The live solver: warm starts, changes, the interior point for large programmes, files."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from kidorui.program import Infeasible, Model, Solver, SolverError, solve
from tests.program.planned import planned


@pytest.fixture
def model():
    return planned(1).program.model


def test_a_warm_solve_after_a_change_of_bounds_equals_a_cold_one(model):
    none = np.zeros(model.variables["size"].size)
    warm, cold = Solver(model), Solver(model)
    warm.solve()
    for solver in (warm, cold):
        solver.set_bounds("size", none, none)
    again, fresh = warm.solve(), cold.solve()
    assert again.objective == pytest.approx(fresh.objective, rel=1e-10)
    assert again.iterations < fresh.iterations
    assert again.objective >= planned(1).solution.objective - 1e-6


def test_a_warm_solve_after_a_change_of_costs_equals_a_cold_one(model):
    cost = model.cost()
    cost[model.variables["served"].span] *= 1.3
    warm, cold = Solver(model), Solver(model)
    warm.solve()
    for solver in (warm, cold):
        solver.set_costs(cost)
    again = warm.solve()
    assert again.objective == pytest.approx(cold.solve().objective, rel=1e-10)
    assert again.gap <= 1e-9


def test_changes_undone_give_the_first_answer_again(model):
    solver = Solver(model)
    first = solver.solve()
    block = model.variables["size"]
    solver.set_bounds("size", np.zeros(block.size), np.zeros(block.size))
    solver.solve()
    solver.set_bounds("size", block.lower, block.upper)
    assert solver.solve().objective == pytest.approx(first.objective, rel=1e-10)


def test_a_solve_from_a_basis_depends_on_it_alone(model):
    fresh, used, known = Solver(model), Solver(model), Solver(model)
    known.solve()
    used.solve()
    used.set_costs(model.cost() * 1.1)
    used.solve()
    used.set_costs(model.cost())
    answers = []
    for solver in (fresh, used):
        solver.start_from(known.basis())
        answers.append(solver.solve())
    for name in answers[0].values:
        np.testing.assert_array_equal(answers[0].values[name], answers[1].values[name])


def test_a_large_programme_by_interior_point_has_the_same_optimum_and_a_basis(model, monkeypatch):
    monkeypatch.setattr(solve, "LARGE", 10)
    solver = Solver(model)
    large = solver.solve()
    assert large.objective == pytest.approx(planned(1).solution.objective, rel=1e-8)
    assert large.gap <= 1e-8
    assert len(solver.basis()) == model.columns + model.rows
    assert (solver.basis() == 1).sum() == model.rows  # as many basic as there are rows


def test_a_coefficient_that_is_no_number_is_refused():
    from kidorui.program import Model

    broken = Model()
    broken.add_variables("x", (1, 1), lower=np.nan)
    with pytest.raises(SolverError, match="finite"):
        Solver(broken).solve()


def almost(apart: float) -> Solver:
    """Two rows on one variable whose bounds miss each other by so much."""
    tight = Model()
    tight.add_variables("x", (1, 1), lower=0.0, upper=10.0)
    alone = {"x": sparse.csr_array(np.ones((1, 1)))}
    tight.add_constraints("least", alone, lower=5.0 + apart)
    tight.add_constraints("most", alone, upper=5.0)
    return Solver(tight)


def test_bounds_that_miss_each_other_by_rounding_are_solved_between_them():
    solver = almost(5e-7)
    with pytest.raises(Infeasible):
        solver.solve()
    assert solver.solve_robustly().values["x"].item() == pytest.approx(5.0, abs=1e-6)


def test_bounds_that_truly_conflict_are_named_all_the_same():
    with pytest.raises(Infeasible) as told:
        almost(1e-4).solve_robustly()
    assert len(told.value.rows) >= 2


def test_a_term_of_the_wrong_shape_is_refused():
    broken = Model()
    broken.add_variables("x", (2, 3))
    with pytest.raises(ValueError, match=r"rows: term x is \(4, 5\), must be \(4, 6\)"):
        broken.add_constraints("rows", {"x": sparse.csr_array((4, 5))})


def test_every_block_is_in_the_formulation():
    from pathlib import Path

    text = (Path(__file__).parents[2] / "docs" / "formulation.md").read_text()
    for plan in (planned("tiny", risk=0.5), planned(1)):
        model = plan.program.model
        for name in (*model.variables, *model.constraints):
            told = "policy <id>" if name.startswith("policy ") else name
            assert f"`{told}`" in text, name
