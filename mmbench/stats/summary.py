"""What is typical of scores, and how far they spread."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

__all__ = ["MeanStd", "mean_std"]


class MeanStd(NamedTuple):
    """A mean and the sample standard deviation around it; NaN where undefined.

    Attributes
    ----------
    mean : float
        The arithmetic mean.
    std : float
        The sample standard deviation, with ``n - 1`` in its denominator.
    """

    mean: float
    std: float


def mean_std(values: ArrayLike) -> MeanStd:
    """Return the mean and the sample standard deviation of scores.

    Parameters
    ----------
    values : array-like of shape (n_trials,)
        One score per trial; NaN where a trial has none.

    Returns
    -------
    MeanStd
        Both NaN when a single value is NaN or there is none at all: a mean over the
        other trials would stand beside means over all of them and not be comparable.
        The deviation has ``n_trials - 1`` in its denominator (Bessel's correction),
        and is NaN for one trial, whose spread nobody knows.

    Raises
    ------
    ValueError
        When ``values`` has not one dimension.

    Notes
    -----
    Scores of cross-validation folds share training rows, so the deviation describes
    their spread and must not be turned into a standard error by dividing by
    ``sqrt(n_trials)`` [1]_.

    References
    ----------
    .. [1] Y. Bengio, Y. Grandvalet (2004). No unbiased estimator of the variance of
       k-fold cross-validation. JMLR 5, 1089-1105.

    Examples
    --------
    >>> mean_std([0.25, 0.5, 0.75])
    MeanStd(mean=0.5, std=0.25)
    >>> mean_std([0.5, float("nan")])
    MeanStd(mean=nan, std=nan)
    """
    scores = np.asarray(values, dtype=np.float64)
    if scores.ndim != 1:
        raise ValueError(f"values must have one dimension, got {scores.ndim}.")
    if not len(scores) or np.isnan(scores).any():
        return MeanStd(np.nan, np.nan)
    std = float(np.std(scores, ddof=1)) if len(scores) > 1 else np.nan
    return MeanStd(float(np.mean(scores)), std)
