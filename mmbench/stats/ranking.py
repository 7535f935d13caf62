"""Ranks, and the Pareto front."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["competition_ranks", "pareto_front"]


def competition_ranks(scores: ArrayLike) -> NDArray[np.int64]:
    """Rank scores, the greatest first; equal scores share the better rank ("1224").

    Parameters
    ----------
    scores : array-like of shape (n_methods,)
        Finite numbers.

    Returns
    -------
    ndarray of shape (n_methods,), int64
        From 1. The same as ``scipy.stats.rankdata(-scores, method="min")``.

    Raises
    ------
    ValueError
        When a score is NaN or infinite.

    Examples
    --------
    >>> competition_ranks([0.5, 0.9, 0.9, 0.1])
    array([3, 1, 1, 4])
    """
    values = np.asarray(scores, dtype=np.float64)
    if not np.isfinite(values).all():
        raise ValueError("scores must be finite, got NaN or infinity.")
    return 1 + len(values) - np.searchsorted(np.sort(values), values, side="right")


def pareto_front(first: ArrayLike, second: ArrayLike) -> NDArray[np.bool_]:
    """Mark the points that no other point matches in both values and beats in one.

    Parameters
    ----------
    first, second : array-like of shape (n_points,)
        Two values a point, the greater the better. NaN is worse than anything, and a
        point with a NaN is never marked.

    Returns
    -------
    ndarray of shape (n_points,), bool
        Points that are equal in both values are marked together.

    Examples
    --------
    >>> pareto_front([1, 2, 3, 2], [9, 5, 1, 4])
    array([ True,  True,  True, False])
    """
    x = np.asarray(first, dtype=np.float64)
    y = np.asarray(second, dtype=np.float64)
    marked = np.zeros(len(x), dtype=np.bool_)
    best, best_x = -np.inf, np.inf
    # From the greatest first value down: only a new record in the second value is
    # not beaten by what came before.
    for point in np.lexsort((-y, -x)):
        if np.isnan(x[point]) or np.isnan(y[point]):
            continue
        if y[point] > best or (y[point] == best and x[point] == best_x):
            marked[point] = True
            best, best_x = y[point], x[point]
    return marked
