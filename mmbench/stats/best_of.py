"""The best of several methods against the best of several others.

The best of many scores is best by luck too: the winner's curse. Here each side is
compared with every method of the other, and what luck adds to the best of so many is
taken off.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["BestComparison", "best_against_best"]

Floats = NDArray[np.float64]

# Resamples in a tail that say enough of its size.
_FEW = 10
# Choosing by scores with this much of their noise added is choosing on 1 / (1 + 1 / 4)
# of the samples.
_ADDED = 0.5


class BestComparison(NamedTuple):
    """By how much the best of one side is better than the best of the other.

    Attributes
    ----------
    estimate, low, high : float
        The difference of the two best true scores and its interval, with what luck
        adds to the best of several taken off.
    p_value : float
        Of no difference, two-sided.
    first, second : int
        The method of each side that scores best.
    """

    estimate: float
    low: float
    high: float
    p_value: float
    first: int
    second: int


def best_against_best(
    scores: ArrayLike,
    others: ArrayLike,
    draws: ArrayLike,
    other_draws: ArrayLike,
    *,
    level: float = 0.95,
) -> BestComparison:
    """Compare the best of several methods with the best of several others.

    Parameters
    ----------
    scores : array-like of shape (n_methods,)
        The scores of the one side; the greater the better.
    others : array-like of shape (n_others,)
        Those of the other side.
    draws : array-like of shape (n_methods, n_resamples)
        The one side's scores under resamples of the samples.
    other_draws : array-like of shape (n_others, n_resamples)
        The other side's, under the same resamples.
    level : float in (0, 1), default=0.95
        Of the interval.

    Returns
    -------
    BestComparison

    Notes
    -----
    That the best of one side is above the other side needs it to be above each of its
    methods; an intersection-union test has no need to correct for how many these are
    [1]_. That it is the best of several is corrected by the distribution of the
    greatest of their differences under the resamples, which knows how alike they are
    [2]_, [3]_; far in its tail, where resamples are few, by Bonferroni's bound.

    For the estimate, each side's best is chosen by scores with noise of half their own
    size added, and its score is taken with twice that noise subtracted: the two are
    independent, as if the methods had been chosen on four fifths of the samples and
    looked at on the rest [4]_. The mean over the resamples keeps hardly any of the
    added noise. Of two single methods, all this is the paired bootstrap.

    References
    ----------
    .. [1] R. L. Berger (1982). Multiparameter hypothesis testing and acceptance
       sampling. Technometrics 24, 295-300.
    .. [2] H. White (2000). A reality check for data snooping. Econometrica 68,
       1097-1126.
    .. [3] J. P. Romano, M. Wolf (2005). Stepwise multiple testing as formalized data
       snooping. Econometrica 73, 1237-1282.
    .. [4] D. G. Rasines, G. A. Young (2023). Splitting strategies for post-selection
       inference. Biometrika 110, 597-614.

    Examples
    --------
    Twenty equal methods against one: the best of them is ahead by luck alone.

    >>> rng = np.random.default_rng(0)
    >>> draws = rng.normal(size=(21, 1000))
    >>> scores = np.append(rng.normal(size=20), 0.0)
    >>> found = best_against_best(scores[:20], scores[20:], draws[:20], draws[20:])
    >>> bool(scores.max() > 1.5), found.p_value > 0.2
    (True, True)
    """
    a, b = np.asarray(scores, np.float64), np.asarray(others, np.float64)
    drawn = (np.asarray(each, np.float64) for each in (draws, other_draws))
    ours, theirs = (each - each.mean(axis=1, keepdims=True) for each in drawn)
    low, gain = _ahead(a, b, ours, theirs, (1 + level) / 2)
    minus_high, loss = _ahead(b, a, theirs, ours, (1 + level) / 2)
    estimate = _best_elsewhere(a, ours) - _best_elsewhere(b, theirs)
    return BestComparison(
        estimate=float(np.clip(estimate, low, -minus_high)),
        low=low,
        high=-minus_high,
        p_value=min(1.0, 2 * min(gain, loss)),
        first=int(a.argmax()),
        second=int(b.argmax()),
    )


def _best_elsewhere(scores: Floats, noise: Floats) -> float:
    """Return the score of the best, chosen apart from what it is scored by."""
    chosen = (scores[:, None] + _ADDED * noise).argmax(axis=0)
    of_chosen = noise[chosen, np.arange(noise.shape[1])]
    return float(np.mean(scores[chosen] - of_chosen / _ADDED))


def _ahead(
    a: Floats, b: Floats, ours: Floats, theirs: Floats, level: float
) -> tuple[float, float]:
    """Return a lower bound of the lead of the best of `a`, and a one-sided p-value."""
    bounds, p_values = [], []
    for score, noise in zip(b, theirs, strict=True):
        leads, lucks = a - score, ours - noise
        errors = lucks.std(axis=1, ddof=1)
        # Two methods that answer alike in every sample differ by exactly nothing.
        moving = errors > 1e-12
        scaled = lucks[moving] / errors[moving, None]
        greatest = scaled.max(axis=0) if moving.any() else np.zeros(lucks.shape[1])
        bounds.append(float((leads - np.quantile(greatest, level) * errors).max()))
        p_values.append(_tail(leads, errors, moving, greatest))
    return min(bounds), max(p_values)


def _tail(
    leads: Floats, errors: Floats, moving: NDArray[np.bool_], greatest: Floats
) -> float:
    if not moving.any():
        return 0.0 if leads.max() > 0 else 1.0
    statistic = float((leads[moving] / errors[moving]).max())
    n_beyond = int(np.sum(greatest >= statistic))
    p_value = (n_beyond + 1) / (len(greatest) + 1)
    if n_beyond >= _FEW:
        return p_value
    bound = moving.sum() * math.erfc(statistic / math.sqrt(2)) / 2
    return float(min(p_value, bound))
