import math

import numpy as np
import pandas as pd
import pytest
from scipy.stats import ttest_1samp

from mmbench.stats import averages_over_datasets, mean_effect

ERRORS = [
    [0.2, 0.2, 0.4, 0.5],
    [0.0, 0.0, 0.1, 0.3],
    [0.7, 0.1, 0.4, 0.5],
    [0.4, 0.6, 0.7, 1.0],
    [0.3, 0.6, 0.7, 0.3],
    [0.0, 1.0, 0.3, 0.3],
]


def test_the_three_measures_are_tabarenas() -> None:
    found = averages_over_datasets(ERRORS)

    # From `BenchmarkEvaluator.leaderboard` of bencheval 0.1.0.
    assert found.mean_rank.estimate == pytest.approx(
        [1.75, 2.166667, 2.916667, 3.166667], abs=1e-6
    )
    assert found.win_rate.estimate == pytest.approx(
        [0.75, 0.611111, 0.361111, 0.277778], abs=1e-6
    )
    assert found.improvability.estimate == pytest.approx(
        [0.142857, 0.305556, 0.708333, 0.666667], abs=1e-6
    )


def test_the_three_measures_are_bencheval_s_whatever_the_errors() -> None:
    evaluator = pytest.importorskip("bencheval.evaluator")
    errors = np.random.default_rng(0).random((7, 5)).round(1) + 0.05
    times = {"time_train_s": 1.0, "time_infer_s": 1.0}
    rows = [
        {"task": f"d{i}", "method": f"m{j}", "metric_error": error, **times}
        for (i, j), error in np.ndenumerate(errors)
    ]
    expected = (
        evaluator.BenchmarkEvaluator(task_col="task", error_col="metric_error")
        .leaderboard(pd.DataFrame(rows), include_elo=False)
        .sort_index()
    )

    found = averages_over_datasets(errors)

    for name, average in zip(("rank", "winrate", "improvability"), found, strict=True):
        assert average.estimate == pytest.approx(expected[name].to_numpy())


def test_intervals_over_datasets_are_those_of_their_means() -> None:
    # Of many datasets, the bootstrap's interval of a mean is the normal one.
    rng = np.random.default_rng(0)
    errors = rng.random((400, 2)) + np.array([0, 0.1])
    wins = (errors[:, 0] < errors[:, 1]) * 1.0
    reach = 1.96 * wins.std() / 20

    found = averages_over_datasets(errors).win_rate

    assert found.low[0] == pytest.approx(wins.mean() - reach, abs=0.005)
    assert found.high[0] == pytest.approx(wins.mean() + reach, abs=0.005)


def test_uncertainty_within_datasets_widens_the_intervals() -> None:
    errors = np.tile([[0.2, 0.3]], (8, 1))
    noise = np.random.default_rng(0).normal(0, 0.1, size=(8, 2, 500))

    certain = averages_over_datasets(errors).win_rate
    noisy = averages_over_datasets(errors, np.abs(errors[:, :, None] + noise)).win_rate

    assert (certain.low[0], certain.high[0]) == (1, 1)
    assert noisy.low[0] < 0.8


def test_two_datasets_show_nothing() -> None:
    found = averages_over_datasets(ERRORS[:2]).mean_rank
    estimate, *rest = mean_effect([0.109, -0.001], [0.01, 0.01])

    assert np.isnan(found.low).all()
    assert np.isnan(found.high).all()
    assert estimate == pytest.approx(0.054)
    assert all(map(math.isnan, rest))


def test_a_mean_effect_is_students_where_datasets_differ() -> None:
    values = [0.02, 0.05, 0.03, 0.08, 0.01]
    expected = ttest_1samp(values, 0)
    ends = expected.confidence_interval(0.95)

    found = mean_effect(values, [0.001] * 5)

    assert found == pytest.approx((0.038, ends.low, ends.high, expected.pvalue))


def test_equal_effects_are_no_more_certain_than_each_of_them() -> None:
    _, low, high, _ = mean_effect([0.02] * 4, [0.01] * 4)

    # Student's t with 3 degrees of freedom, an error of .01 over the root of 4.
    assert (low, high) == pytest.approx((0.02 - 0.0159122, 0.02 + 0.0159122), abs=1e-6)


def test_errors_that_are_none_are_refused() -> None:
    with pytest.raises(ValueError, match="finite and at least 0"):
        averages_over_datasets([[0.1, -0.2], [0.1, 0.2]])
    with pytest.raises(ValueError, match="at least 2 methods"):
        averages_over_datasets([[0.1], [0.2]])
