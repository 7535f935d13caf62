"""What scores of folds say, although folds share their training rows."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

__all__ = ["CorrectedT", "corrected_resampled_ttest"]


class CorrectedT(NamedTuple):
    """The corrected resampled t-test.

    Attributes
    ----------
    estimate, low, high : float
        The mean and its interval.
    p_value : float
        Of a mean of zero, two-sided.
    statistic : float
        Student's t.
    df : int
        Its degrees of freedom.
    error : float
        The standard error of the mean.
    """

    estimate: float
    low: float
    high: float
    p_value: float
    statistic: float
    df: int
    error: float


def corrected_resampled_ttest(
    values: ArrayLike, *, test_share: float, level: float = 0.95
) -> CorrectedT:
    """Return the mean over folds, with an interval and a test that know of the overlap.

    Parameters
    ----------
    values : array-like of shape (n_folds,)
        The scores of a method in every fold of every repeat, or the differences of two
        methods' scores in the same fold.
    test_share : float
        Test rows over training rows of a fold; 0.25 for 5 folds.
    level : float in (0, 1), default=0.95
        Of the interval.

    Returns
    -------
    CorrectedT
        All but the mean NaN for a single fold.

    Notes
    -----
    The variance of the mean is taken to be ``(1 / n_folds + test_share)`` times that of
    the values: training rows that folds share make their scores alike [1]_, [2]_.

    References
    ----------
    .. [1] C. Nadeau, Y. Bengio (2003). Inference for the generalization error. Machine
       Learning 52, 239-281.
    .. [2] R. R. Bouckaert, E. Frank (2004). Evaluating the replicability of
       significance tests for comparing learning algorithms. PAKDD, 3-12.

    Examples
    --------
    >>> leads = [0.02, 0.03, 0.01, 0.04, 0.02]
    >>> found = corrected_resampled_ttest(leads, test_share=0.25)
    >>> round(found.estimate, 3), round(found.p_value, 4)
    (0.024, 0.0349)
    """
    from scipy.special import stdtr, stdtrit

    scores = np.asarray(values, dtype=np.float64)
    n, mean = len(scores), float(np.mean(scores))
    if n < 2:
        nan = math.nan
        return CorrectedT(mean, nan, nan, nan, nan, df=0, error=nan)
    df = n - 1
    error = math.sqrt((1 / n + test_share) * float(np.var(scores, ddof=1)))
    reach = float(stdtrit(df, (1 + level) / 2)) * error
    if error == 0:
        statistic = math.copysign(math.inf, mean) if mean else 0.0
    else:
        statistic = mean / error
    p_value = float(2 * stdtr(df, -abs(statistic)))
    return CorrectedT(mean, mean - reach, mean + reach, p_value, statistic, df, error)
