"""The numbers of data reconciliation: answers known in closed form, bounds, what is open."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from kidorui.studies.reconcile.nearest import NoPoint, nearest, objective_by_highs
from kidorui.studies.reconcile.problem import Problem, null_space, project

BYPASS = np.array(
    [
        [1, -1, -1, 0, 0, 0],
        [0, 1, 0, -1, 0, 0],
        [0, 0, 1, 0, -1, 0],
        [0, 0, 0, 1, 1, -1],
    ],
    dtype=float,
)
"""Narasimhan and Jordache (2000), example 1.1: a heat exchanger with a bypass valve."""

MEASURED = np.array([101.91, 64.45, 34.65, 64.20, 36.44, 98.88])


def problem(rows, observed, error, balances, **changed):
    base = Problem.of(
        sparse.csr_array(np.asarray(rows, dtype=float)),
        np.asarray(observed, dtype=float),
        np.asarray(error, dtype=float),
        sparse.csr_array(np.asarray(balances, dtype=float)),
    )
    return replace(base, **changed)


def test_the_published_answer_of_the_textbook():
    """100.22, 64.50, 35.72, 64.50, 35.72, 100.22, all with unit variance."""
    found = nearest(problem(np.eye(6), MEASURED, np.ones(6), BYPASS))
    assert found.unknowns == pytest.approx([100.22, 64.50, 35.72, 64.50, 35.72, 100.22], abs=0.005)


def test_values_and_errors_are_those_of_the_closed_form():
    error = np.array([1.0, 0.5, 2.0, 0.7, 1.3, 0.9])
    values, covariance = project(MEASURED, error, BYPASS)
    found = nearest(problem(np.eye(6), MEASURED, error, BYPASS))
    assert found.unknowns == pytest.approx(values, abs=1e-8)
    assert found.spread.of_unknowns()[0] == pytest.approx(np.sqrt(np.diag(covariance)), abs=1e-8)
    assert np.abs(BYPASS @ values).max() < 1e-12
    assert found.spread.redundancy == 4


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_any_network_agrees_with_the_closed_form_and_with_highs(seed):
    rng = np.random.default_rng(seed)
    streams = int(rng.integers(3, 9))
    balances = rng.integers(-1, 2, (int(rng.integers(1, streams)), streams)).astype(float)
    if np.linalg.matrix_rank(balances) < len(balances):
        balances = balances[:1] if balances[0].any() else np.ones((1, streams))
    observed, error = rng.normal(0, 1e3, streams), 10 ** rng.uniform(-1, 3, streams)
    values, covariance = project(observed, error, balances)
    stated = problem(np.eye(streams), observed, error, balances, scale=np.full(streams, 100.0))
    found = nearest(stated)
    assert found.unknowns == pytest.approx(values, rel=1e-8, abs=1e-6)
    variance = found.spread.of_unknowns()[0] ** 2
    assert variance == pytest.approx(np.diag(covariance), rel=1e-8, abs=1e-12 * error.max() ** 2)
    objective = stated.objective(found.unknowns)
    assert objective_by_highs(stated) == pytest.approx(objective, rel=1e-6, abs=1e-8)


def test_a_bound_that_binds_is_an_equality():
    """Nearest to (3, -1) with x = y + z and none below nought is (3, 3, 0): z is at its bound."""
    found = nearest(
        problem(
            [[1, 0, 0], [0, 0, 1]], [3, -1], [1, 1], [[1, -1, -1]],
            lower=np.zeros(3), upper=np.full(3, np.inf),
        )
    )  # fmt: skip
    assert found.unknowns == pytest.approx([3, 3, 0], abs=1e-8)
    assert list(found.binding.lower) == [False, False, True]
    error, determined = found.spread.of_unknowns()
    assert error == pytest.approx([1, 1, 0], abs=1e-8)
    assert determined.all()


def test_limits_over_several_unknowns_bind_as_well():
    found = nearest(
        problem(
            np.eye(2), [3, 3], [1, 1], np.zeros((0, 2)),
            limits=sparse.csr_array([[1.0, 1.0]]), limit=np.array([4.0]),
        )
    )  # fmt: skip
    assert found.unknowns == pytest.approx([2, 2], abs=1e-8)
    assert found.binding.limit[0]
    assert found.spread.of_unknowns()[0] == pytest.approx([0.5**0.5] * 2, abs=1e-8)


def test_what_is_open_is_named_and_takes_the_priors_value():
    """Of a + b = c only c is observed: a and b are open, c is not."""
    prior = np.array([2.0, 4.0, 6.0])
    found = nearest(problem([[0, 0, 1]], [10], [1], [[1, 1, -1]], lower=np.zeros(3), prior=prior))
    error, determined = found.spread.of_unknowns()
    assert list(determined) == [False, False, True]
    assert np.isnan(error[:2]).all()
    assert error[2] == pytest.approx(1)
    assert found.unknowns == pytest.approx([4, 6, 10], abs=1e-7)


@pytest.mark.parametrize("factor", [0.0, 1.0, 1e3])
def test_the_prior_moves_nothing_that_is_observed(factor):
    rng = np.random.default_rng(3)
    balances = np.array([[1, -1, -1, 0, 0, 0], [0, 1, 1, -1, -1, -1.0]])
    rows = np.array([[1, 0, 0, 0, 0, 0], [0, 0, 0, 1, 0, 0], [0, 0, 0, 1, 1, 1.0]])
    stated = problem(rows, [100, 30, 90], [5, 3, 9], balances, lower=np.zeros(6))
    plain = nearest(stated).unknowns
    pulled = nearest(replace(stated, prior=factor * rng.uniform(0, 100, 6))).unknowns
    assert rows @ pulled == pytest.approx(rows @ plain, rel=1e-6)


def test_a_problem_that_cannot_be_met_is_refused_with_a_reason():
    impossible = problem(np.eye(2), [1, 1], [1, 1], [[1, 1]], lower=np.ones(2))
    with pytest.raises(NoPoint, match="cannot all hold"):
        nearest(impossible)


def test_a_null_space_of_dependent_rows_is_right():
    matrix = np.array([[1, 1, 0], [2, 2, 0], [0, 0, 0.0]])
    directions = null_space(matrix)
    assert directions.shape == (3, 2)
    assert matrix @ directions == pytest.approx(np.zeros((3, 2)), abs=1e-12)
