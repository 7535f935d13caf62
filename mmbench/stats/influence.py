"""Influence values: how much each unit moves a score."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmbench.stats.resampling import ScoreOfSums

__all__ = ["influence_values"]

Floats = NDArray[np.float64]

# So many numbers are dense at once.
_MOST_NUMBERS = 4_000_000
# The part of a unit that is left out where the score without all of it is undefined.
_SMALL_STEP = 1e-4


def influence_values(value: ScoreOfSums, contributions: Any) -> Floats:
    """Return the jackknife influence of every unit on a score.

    Parameters
    ----------
    value : callable
        Takes sums of shape (k, ...) and returns scores of shape (...).
    contributions : ndarray or sparse array of shape (n_units, k)
        What each unit (a sample, a group, a video) adds to the sums; all rows of a
        unit, under all seeds, added up (``Resamples.by_block``).

    Returns
    -------
    ndarray of shape (n_units,), float64
        ``(n_units - 1) * (score - score without the unit)``. Their variance over
        ``n_units`` is the jackknife variance of the score; the difference of two
        methods' values is the influence on the difference of their scores.

    Notes
    -----
    Leaving out whole units, rather than taking derivatives, errs on the safe side for
    curved scores [1]_: the jackknife variance is biased upward.

    References
    ----------
    .. [1] B. Efron, C. Stein (1981). The jackknife estimate of variance. Annals of
       Statistics 9, 586-596.

    Examples
    --------
    >>> right = np.array([[1.0, 1], [1, 1], [1, 1], [0, 1]])
    >>> influence_values(lambda sums: sums[0] / sums[1], right)
    array([ 0.25,  0.25,  0.25, -0.75])
    """
    n_units, n_sums = contributions.shape
    sums = np.asarray(contributions.sum(axis=0), np.float64).reshape(-1)
    score = float(value(sums))
    found = np.empty(n_units)
    at_once = max(1, _MOST_NUMBERS // max(1, n_sums))
    for start in range(0, n_units, at_once):
        here = slice(start, start + at_once)
        part = _dense(contributions[here]).T
        found[here] = score - _values(value, sums[:, None] - part)
        lost = np.flatnonzero(~np.isfinite(found[here]))
        if len(lost):
            less = sums[:, None] - _SMALL_STEP * part[:, lost]
            found[start + lost] = (score - _values(value, less)) / _SMALL_STEP
    found *= n_units - 1
    return found


def _dense(contributions: Any) -> Floats:
    from scipy import sparse

    is_sparse = sparse.issparse(contributions)
    return np.asarray(
        contributions.toarray() if is_sparse else contributions, np.float64
    )


def _values(value: ScoreOfSums, sums: Floats) -> Floats:
    # A score without a unit may be undefined; that is seen to afterwards.
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(value(sums), np.float64)
