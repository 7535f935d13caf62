"""Two methods on one dataset, compared on the same samples."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from mmbench.stats.permutation import normal_tails, paired_permutation_test
from mmbench.stats.resampling import (
    Resamples,
    ScoreOfSums,
    bootstrap_interval,
    sums_of,
)

__all__ = ["Difference", "paired_difference"]


class Difference(NamedTuple):
    """By how much one method's score is above another's, on the same samples.

    Attributes
    ----------
    estimate, low, high : float
        The difference of the scores and its bootstrap interval.
    p_value : float
        Of no difference, two-sided.
    effect_size : float
        The difference over the standard deviation of what one unit contributes to it:
        Cohen's d of paired values. 0 where nothing differs.
    n_units : int
        Units that were compared: samples, or groups of them.
    """

    estimate: float
    low: float
    high: float
    p_value: float
    effect_size: float
    n_units: int


def paired_difference(
    value: ScoreOfSums,
    first: Any,
    second: Any,
    *,
    resamples: Resamples,
    n_permutations: int = 4999,
    level: float = 0.95,
) -> Difference:
    """Compare two methods on the same samples.

    Parameters
    ----------
    value : callable
        Takes sums of shape (k, ...) and returns scores of shape (...).
    first, second : ndarray or csr_array of shape (n_rows, k)
        What each row of the two methods' predictions adds to the sums.
    resamples : Resamples
        Draws of the rows; rows that belong together are also swapped together.
    n_permutations : int, default=4999
        Random permutations for the p-value.
    level : float in (0, 1), default=0.95
        Of the interval.

    Returns
    -------
    Difference
        Of the first over the second. The p-value is the larger of two: that of random
        permutations, right however few predictions differ, and that of the bootstrap's
        standard error, right also where two methods err in different ways.

    References
    ----------
    .. [1] E. W. Noreen (1989). Computer-intensive methods for testing
       hypotheses. Wiley.
    .. [2] T. Berg-Kirkpatrick, D. Burkett, D. Klein (2012). An empirical investigation
       of statistical significance in NLP. EMNLP-CoNLL, 995-1005.

    Examples
    --------
    >>> is_right, ones = np.arange(200) < 190, np.ones(200)
    >>> first = np.column_stack([is_right, ones])
    >>> second = np.column_stack([np.arange(200) < 150, ones])
    >>> resamples = Resamples(np.arange(200))
    >>> found = paired_difference(
    ...     lambda sums: sums[0] / sums[1], first, second, resamples=resamples
    ... )
    >>> round(found.estimate, 3), found.p_value < 0.001
    (0.2, True)
    """
    blocks = [resamples.by_block(each) for each in (first, second)]
    a, b = (float(value(sums_of(each))) for each in blocks)
    drawn_a, drawn_b = (value(resamples.sums_of_blocks(each)) for each in blocks)
    estimate, drawn = a - b, np.asarray(drawn_a - drawn_b, np.float64)
    interval = bootstrap_interval(estimate, drawn, level=level)
    error = float(np.nanstd(drawn, ddof=1))
    p_value = paired_permutation_test(value, *blocks, n_permutations=n_permutations)
    return Difference(
        *interval,
        p_value=max(p_value, normal_tails(estimate, error)),
        effect_size=estimate / error / math.sqrt(resamples.n_units) if error else 0.0,
        n_units=resamples.n_units,
    )
