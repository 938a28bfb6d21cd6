"""Gross errors: those planted are found, and no more false alarms are raised than stated."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse, stats

from kidorui.studies.reconcile.gross import critical_value, eliminate, global_test
from kidorui.studies.reconcile.nearest import nearest
from kidorui.studies.reconcile.problem import Problem, Spread, project

RING = np.array(
    [
        [1, -1, 0, 0, 0, 0, 0, 0],
        [0, 1, -1, 1, 0, 0, 0, 0],
        [0, 0, 1, 0, -1, -1, 0, 0],
        [0, 0, 0, -1, 1, 0, -1, 0],
        [0, 0, 0, 0, 0, 1, 1, -1],
    ],
    dtype=float,
)
"""Five nodes, eight streams, with a stream back."""

TRUE = np.array([100.0, 100.0, 130.0, 30.0, 60.0, 70.0, 30.0, 100.0])
ERROR = np.array([2.0, 2.0, 2.5, 1.0, 1.5, 1.5, 1.0, 2.0])


def stated(observed):
    return Problem.of(sparse.csr_array(np.eye(8)), observed, ERROR, sparse.csr_array(RING))


def found_in(observed, level=0.05):
    whole = stated(observed)
    return eliminate(solving(whole), np.arange(8), ERROR / TRUE, level, lambda removal: None)


def solving(whole):
    """The nearest point with some of the observations, as the elimination asks for it."""

    def solve(kept):
        rows = {name: getattr(whole, name)[kept] for name in ("rows", "observed", "error")}
        return nearest(replace(whole, **rows))

    return solve


@pytest.mark.parametrize("stream", [2, 3, 4, 5, 6])
def test_a_planted_error_of_five_sigma_is_found(stream):
    observed = TRUE.copy()
    observed[stream] += 5 * ERROR[stream] / np.sqrt(_open_share()[stream])
    kept, removals = found_in(observed)
    assert [removal.observation for removal in removals] == [stream]
    assert stream not in kept
    assert removals[0].standardised == pytest.approx(5)
    assert removals[0].tested == 8


def test_two_errors_are_found_one_after_the_other():
    observed = TRUE.copy()
    observed[4] += 30
    observed[0] -= 60
    _, removals = found_in(observed)
    assert {removal.observation for removal in removals} == {0, 4}
    assert removals[0].standardised > removals[1].standardised


def test_errors_that_no_test_can_tell_apart_are_named_together():
    """Two meters on one pipe: which of them is wrong, the balance cannot say."""
    observed = np.array([10.0, 14.0])
    error = np.array([1.0, 0.5])
    both = Problem.of(sparse.csr_array(np.eye(2)), observed, error, sparse.csr_array([[1.0, -1.0]]))
    _, removals = eliminate(
        solving(both), np.arange(2), error / observed, 0.05, lambda removal: None
    )
    assert removals[0].observation == 0  # the one less sure of itself
    assert removals[0].alike == (1,)


def test_clean_data_raise_no_alarm():
    kept, removals = found_in(TRUE)
    assert removals == []
    assert len(kept) == 8


def test_false_alarms_of_independent_tests_are_as_many_as_stated():
    """Sixty flows each measured twice, so sixty independent tests of 120: 1 - 0.95^(1/2)."""
    rng = np.random.default_rng(11)
    flows, draws, level = 60, 4000, 0.05
    balances = np.hstack([np.eye(flows), -np.eye(flows)])
    error = np.ones(2 * flows)
    samples = rng.normal(0, 1, (draws, 2 * flows))
    values, covariance = project(samples, error, balances)
    own = np.sqrt(error**2 - np.diag(covariance))
    alarms = (np.abs(values - samples) / own).max(axis=1) > critical_value(2 * flows, level)
    rate = 1 - (1 - level) ** 0.5
    low, high = stats.binom.ppf([0.005, 0.995], draws, rate)
    assert low <= alarms.sum() <= high


def test_false_alarms_of_a_network_stay_within_the_level():
    """Adjustments that depend on each other raise fewer: at most as many as stated."""
    rng = np.random.default_rng(12)
    draws, level = 4000, 0.05
    samples = TRUE + ERROR * rng.normal(0, 1, (draws, 8))
    values, covariance = project(samples, ERROR, RING)
    own = np.sqrt(ERROR**2 - np.diag(covariance))
    alarms = (np.abs(values - samples) / own).max(axis=1) > critical_value(8, level)
    assert alarms.mean() > 0.01
    assert alarms.sum() <= stats.binom.ppf(0.995, draws, level)


@pytest.mark.slow
def test_false_alarms_of_the_whole_elimination_stay_within_the_level():
    rng = np.random.default_rng(13)
    draws = 500
    alarms = sum(bool(found_in(TRUE + ERROR * rng.normal(0, 1, 8))[1]) for _ in range(draws))
    assert alarms <= stats.binom.ppf(0.995, draws, 0.05)


def test_the_global_test_is_chi_square():
    rng = np.random.default_rng(14)
    samples = TRUE + ERROR * rng.normal(0, 1, (400, 8))
    chances = [global_test(nearest(stated(sample)))[2] for sample in samples[:40]]
    squares, freedom, _ = global_test(nearest(stated(samples[0])))
    assert freedom == 5
    assert squares == pytest.approx(
        float((((project(samples[0], ERROR, RING)[0] - samples[0]) / ERROR) ** 2).sum())
    )
    assert stats.kstest(chances, "uniform").pvalue > 0.01


def _open_share():
    whole = stated(TRUE)
    found = nearest(whole)
    return Spread(whole, found.binding).open_share
