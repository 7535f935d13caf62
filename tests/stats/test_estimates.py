import math

import numpy as np
import pytest
from scipy.stats import binom, ttest_rel
from scipy.stats import t as t_distribution

from mmbench.stats import Estimates, compare_pairs
from tests.stats.counts import accuracy, counted


def of_columns(values: np.ndarray) -> Estimates:
    """Return estimates of the means of columns."""
    means = values.mean(axis=0)
    return Estimates(means, values - means)


def test_a_pair_of_means_is_compared_by_the_paired_t_test() -> None:
    # Light tails, so that no degrees of freedom are lost.
    rng = np.random.default_rng(0)
    values = rng.uniform(size=(40, 2)) + np.array([0.1, 0])
    expected = ttest_rel(values[:, 0], values[:, 1])

    found = compare_pairs(of_columns(values), [(0, 1)])[0]

    assert found.p_value == pytest.approx(expected.pvalue)
    interval = expected.confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx((interval.low, interval.high))


def test_a_score_of_which_less_is_better_changes_its_sign() -> None:
    y = np.array([0, 1, 1, 0])
    rows = [counted(y, y, 2), counted(y, 1 - y, 2)]

    found = Estimates.of(accuracy, rows, greater_is_better=False)

    assert found.scores.tolist() == [-1, 0]


def test_few_units_that_differ_make_for_a_greater_error() -> None:
    values = np.zeros((1000, 2))
    values[:5, 0] = 1

    found = of_columns(values)

    # The kurtosis of five ones among a thousand is 1 / .005 - 3, about.
    few, many = (t_distribution.ppf(0.975, df) for df in (999 / (1 + 194 / 2), 999))
    plain = np.sqrt(0.005 * 0.995 / 999)
    assert found.errors[0, 1] == pytest.approx(plain * few / many, rel=0.005)


@pytest.mark.parametrize("n_differ", [3, 5, 10, 40])
def test_few_answers_that_differ_are_compared_at_the_level(n_differ: int) -> None:
    # All numbers of wins, each with its probability where both are equally good.
    wins = np.arange(n_differ + 1)
    found = []
    for won in wins:
        values = np.zeros((1000, 2))
        values[:won, 0] = values[won:n_differ, 1] = 1
        found.append(compare_pairs(of_columns(values), [(0, 1)])[0].p_value < 0.05)

    assert binom.pmf(wins, n_differ, 0.5) @ found <= 0.065


def test_training_adds_to_the_variance_of_a_difference() -> None:
    values = np.random.default_rng(0).normal(size=(100, 2))
    fitted = of_columns(values)

    retrained = fitted.trained_anew([[0.02, 0.005], [0.005, 0.03]], df=10)

    expected = fitted.errors[0, 1] ** 2 + 0.02 + 0.03 - 2 * 0.005
    assert retrained.errors[0, 1] ** 2 == pytest.approx(expected)
    assert retrained.df == 10


def test_a_negative_excess_takes_nothing_off() -> None:
    fitted = of_columns(np.random.default_rng(0).normal(size=(100, 2)))

    retrained = fitted.trained_anew(-np.eye(2), df=10)

    np.testing.assert_allclose(retrained.errors, fitted.errors)
    np.testing.assert_allclose(retrained.covariance, fitted.covariance)


def test_answers_that_never_differ_are_equal_for_sure() -> None:
    values = np.repeat(np.random.default_rng(0).normal(size=(50, 1)), 2, axis=1)

    found = compare_pairs(of_columns(values), [(0, 1)])[0]

    assert (found.estimate, found.low, found.high, found.p_value) == (0, 0, 0, 1)


def test_a_constant_difference_is_as_certain_as_so_many_equal_signs() -> None:
    values = np.column_stack([np.ones(6), np.zeros(6)])

    found = compare_pairs(of_columns(values), [(0, 1)])[0]

    assert found.p_value == pytest.approx(2 / 2**6)
    assert found.low > 0


def test_of_a_single_unit_nothing_is_known() -> None:
    found = compare_pairs(Estimates(np.array([1.0, 0.0]), np.zeros((1, 2))), [(0, 1)])

    assert (found[0].low, found[0].high) == (-math.inf, math.inf)
    assert found[0].p_value == 1


def test_shapes_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="influence must be of shape"):
        Estimates(np.zeros(2), np.zeros((5, 3)))
    with pytest.raises(ValueError, match="given together"):
        Estimates(np.zeros(2), np.zeros((5, 2)), excess=np.eye(2))
    with pytest.raises(ValueError, match="excess must be of shape"):
        Estimates(np.zeros(2), np.zeros((5, 2)), excess=np.eye(3), excess_df=3)
    with pytest.raises(ValueError, match="must be finite"):
        Estimates(np.array([math.nan, 0]), np.zeros((5, 2)))
