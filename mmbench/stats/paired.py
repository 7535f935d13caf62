"""Two methods on one dataset, compared on the same samples."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from mmbench.stats.label_scores import label_counts, label_score
from mmbench.stats.labels import rows_right
from mmbench.stats.resampling import Resamples, bootstrap_interval
from mmbench.stats.swaps import normal_tails, swap_test

__all__ = ["Difference", "McNemar", "mcnemar_exact", "paired_difference"]


class Difference(NamedTuple):
    """By how much one method's score is above another's, on the same samples.

    Attributes
    ----------
    estimate, low, high : float
        The difference of the scores and its bootstrap interval.
    p_value : float
        Of no difference, two-sided.
    effect_size : float
        The difference over the standard deviation of what one sample contributes to
        it: Cohen's d of paired values. 0 where nothing differs.
    n_better, n_worse : int
        Rows that only the first gets right, and that only the second does; of several
        labels a row, it is right when all of them are.
    n_units : int
        Samples that were compared.
    """

    estimate: float
    low: float
    high: float
    p_value: float
    effect_size: float
    n_better: int
    n_worse: int
    n_units: int


class McNemar(NamedTuple):
    """McNemar's exact test.

    Attributes
    ----------
    n_better, n_worse : int
        Samples that only the first gets right, and that only the second does.
    p_value : float
        Two-sided.
    odds_ratio : float
        ``n_better / n_worse``; infinite where the latter is 0, NaN where both are.
    """

    n_better: int
    n_worse: int
    p_value: float
    odds_ratio: float


def paired_difference(
    metric: str,
    y: ArrayLike,
    first: ArrayLike,
    second: ArrayLike,
    *,
    n_classes: int,
    resamples: Resamples,
    n_swaps: int = 4999,
    level: float = 0.95,
) -> Difference:
    """Compare two methods on the same samples.

    Parameters
    ----------
    metric : str
        One of :data:`~mmbench.stats.label_scores.LABEL_SCORES`.
    y, first, second : array-like of shape (n_rows,), integers in [0, n_classes)
        The true classes, and those that the two methods predict; or indicators of
        them, of shape (n_rows, n_classes).
    n_classes : int
        The number of classes.
    resamples : Resamples
        Draws of the rows; rows that belong together are also swapped together.
    n_swaps : int, default=4999
        Random swaps for the p-value.
    level : float in (0, 1), default=0.95
        Of the interval.

    Returns
    -------
    Difference
        Of the first over the second. The p-value is the larger of two: that of random
        swaps, right however few predictions differ, and that of the bootstrap's
        standard error, right also where two methods err in different ways.

    References
    ----------
    .. [1] E. W. Noreen (1989). Computer-intensive methods for testing
       hypotheses. Wiley.
    .. [2] T. Berg-Kirkpatrick, D. Burkett, D. Klein (2012). An empirical investigation
       of statistical significance in NLP. EMNLP-CoNLL, 995-1005.

    Examples
    --------
    >>> y = np.arange(200) % 2
    >>> first = np.where(np.arange(200) < 190, y, 1 - y)
    >>> second = np.where(np.arange(200) < 150, y, 1 - y)
    >>> resamples = Resamples(np.arange(200))
    >>> found = paired_difference(
    ...     "accuracy", y, first, second, n_classes=2, resamples=resamples
    ... )
    >>> round(found.estimate, 3), found.n_better, found.n_worse, found.p_value < 0.001
    (0.2, 40, 0, True)
    """
    truth, one, other = (np.asarray(each) for each in (y, first, second))
    a, b = (
        label_score(metric, label_counts(truth, p, n_classes)) for p in (one, other)
    )
    drawn_a, drawn_b = (
        resamples.label_scores(metric, truth, p, n_classes) for p in (one, other)
    )
    estimate, drawn = float(a - b), drawn_a - drawn_b
    interval = bootstrap_interval(estimate, drawn, level=level)
    error = float(np.std(drawn, ddof=1))
    blocks = resamples.blocks
    right, right_other = rows_right(truth, one), rows_right(truth, other)
    p_swap = swap_test(
        metric, truth, one, other, n_classes=n_classes, units=blocks, n_swaps=n_swaps
    )
    return Difference(
        *interval,
        p_value=max(p_swap, normal_tails(estimate, error)),
        effect_size=estimate / error / math.sqrt(resamples.n_units) if error else 0.0,
        n_better=int(np.sum(right & ~right_other)),
        n_worse=int(np.sum(~right & right_other)),
        n_units=resamples.n_units,
    )


def mcnemar_exact(y: ArrayLike, first: ArrayLike, second: ArrayLike) -> McNemar:
    """Test whether two methods are right equally often, on the same samples.

    Parameters
    ----------
    y, first, second : array-like of shape (n_samples,)
        The true labels, and those that the two methods predict; or indicators of
        them, of shape (n_samples, n_classes): a sample is right when its whole set is.

    Returns
    -------
    McNemar

    References
    ----------
    .. [1] Q. McNemar (1947). Note on the sampling error of the difference between
       correlated proportions or percentages. Psychometrika 12, 153-157.
    .. [2] T. G. Dietterich (1998). Approximate statistical tests for comparing
       supervised classification learning algorithms. Neural Computation 10, 1895-1923.

    Examples
    --------
    >>> mcnemar_exact([1] * 8, [1] * 7 + [0], [0] * 6 + [1, 1])
    McNemar(n_better=6, n_worse=1, p_value=0.125, odds_ratio=6.0)
    """
    from scipy.stats import binomtest

    right, other = rows_right(y, first), rows_right(y, second)
    better, worse = int(np.sum(right & ~other)), int(np.sum(~right & other))
    if better + worse == 0:
        return McNemar(0, 0, 1.0, math.nan)
    p_value = float(binomtest(better, better + worse).pvalue)
    return McNemar(better, worse, p_value, better / worse if worse else math.inf)
