"""The corrected resampled t-test agrees with its formula and with scipy."""

import math

import numpy as np
import pytest
from scipy.stats import t, ttest_1samp

from mmbench.stats import corrected_resampled_ttest

DIFFERENCES = [0.02, 0.03, -0.01, 0.04, 0.02, 0.05]


def test_without_shared_rows_it_is_the_plain_t_test() -> None:
    expected = ttest_1samp(DIFFERENCES, 0.0)
    interval = expected.confidence_interval(0.95)
    found = corrected_resampled_ttest(DIFFERENCES, test_share=0.0)
    assert found.statistic == pytest.approx(expected.statistic, abs=1e-9)
    assert found.p_value == pytest.approx(expected.pvalue, abs=1e-9)
    assert (found.low, found.high) == pytest.approx(tuple(interval), abs=1e-9)


def test_it_follows_nadeau_and_bengio() -> None:
    # Their equation: t = mean / sqrt((1 / J + n2 / n1) * variance), J - 1 degrees.
    mean, variance = np.mean(DIFFERENCES), np.var(DIFFERENCES, ddof=1)
    statistic = mean / math.sqrt((1 / 6 + 10 / 50) * variance)
    found = corrected_resampled_ttest(DIFFERENCES, test_share=10 / 50)
    assert found.statistic == pytest.approx(statistic, abs=1e-9)
    assert found.p_value == pytest.approx(2 * t.sf(statistic, 5), abs=1e-9)


def test_one_fold_says_nothing_of_its_spread() -> None:
    found = corrected_resampled_ttest([0.1], test_share=0.25)
    assert found.estimate == 0.1
    assert math.isnan(found.p_value)
    assert math.isnan(found.low)


def test_equal_differences_are_no_luck_and_none_are_no_difference() -> None:
    assert corrected_resampled_ttest([0.1, 0.1], test_share=0.25).p_value == 0.0
    assert corrected_resampled_ttest([0.0, 0.0], test_share=0.25).p_value == 1.0
