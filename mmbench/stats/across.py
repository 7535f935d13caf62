"""Several methods over several datasets: ranks, and which of them can be told apart."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = [
    "Friedman",
    "average_ranks",
    "friedman",
    "holm",
    "indistinct_groups",
    "nemenyi_distance",
    "smallest_p",
]

Floats = NDArray[np.float64]


class Friedman(NamedTuple):
    """Friedman's test.

    Attributes
    ----------
    statistic, p_value : float
        Chi-squared, corrected for ties, and its p-value.
    f_statistic, f_p_value : float
        Iman and Davenport's less conservative form of it.
    """

    statistic: float
    p_value: float
    f_statistic: float
    f_p_value: float


def average_ranks(scores: ArrayLike) -> Floats:
    """Return each method's rank, averaged over datasets; 1 is the best.

    Parameters
    ----------
    scores : array-like of shape (n_datasets, n_methods)
        The greater the better. Equal scores share the mean of their ranks.

    Returns
    -------
    ndarray of shape (n_methods,)

    Raises
    ------
    ValueError
        When a score is NaN: no rank is taken over unequal sets of datasets.

    Examples
    --------
    >>> average_ranks([[0.9, 0.8, 0.8], [0.7, 0.6, 0.5]])
    array([1.  , 2.25, 2.75])
    """
    from scipy.stats import rankdata

    ranks: Floats = rankdata(-_table(scores), axis=1).mean(axis=0)
    return ranks


def friedman(scores: ArrayLike) -> Friedman:
    """Test whether several methods are equally good.

    Parameters
    ----------
    scores : array-like of shape (n_datasets, n_methods)
        At least two datasets and three methods.

    Returns
    -------
    Friedman

    Raises
    ------
    ValueError
        When there are fewer than two datasets or three methods, or a score is NaN.

    References
    ----------
    .. [1] M. Friedman (1940). A comparison of alternative tests of significance for the
       problem of m rankings. Annals of Mathematical Statistics 11, 86-92.
    .. [2] R. L. Iman, J. M. Davenport (1980). Approximations of the critical region of
       the Friedman statistic. Communications in Statistics A 9, 571-595.
    """
    from scipy.stats import f as f_distribution
    from scipy.stats import friedmanchisquare

    table = _table(scores)
    n, k = table.shape
    if n < 2 or k < 3:
        raise ValueError(
            f"scores must cover at least 2 datasets and 3 methods, got {n} and {k}."
        )
    if (table == table[:, :1]).all():
        return Friedman(0.0, 1.0, 0.0, 1.0)
    statistic, p_value = map(float, friedmanchisquare(*table.T))
    rest = n * (k - 1) - statistic
    f_statistic = (n - 1) * statistic / rest if rest > 1e-12 else math.inf
    f_p_value = float(f_distribution.sf(f_statistic, k - 1, (k - 1) * (n - 1)))
    return Friedman(statistic, p_value, f_statistic, f_p_value)


def nemenyi_distance(n_datasets: int, n_methods: int, *, alpha: float = 0.05) -> float:
    """Return how far average ranks must lie apart to be told apart.

    Parameters
    ----------
    n_datasets, n_methods : int
        The size of the table of scores.
    alpha : float in (0, 1), default=0.05
        The level for all pairs together.

    Returns
    -------
    float
        Nemenyi's critical difference.

    References
    ----------
    .. [1] J. Demšar (2006). Statistical comparisons of classifiers over multiple data
       sets. JMLR 7, 1-30.

    Examples
    --------
    >>> round(nemenyi_distance(14, 4), 2)  # Demšar (2006), page 19
    1.25
    """
    from scipy.stats import studentized_range

    q = float(studentized_range.ppf(1 - alpha, n_methods, np.inf)) / math.sqrt(2)
    return q * math.sqrt(n_methods * (n_methods + 1) / (6 * n_datasets))


def indistinct_groups(ranks: ArrayLike, distance: float) -> list[tuple[int, ...]]:
    """Return the groups of methods that a critical-difference diagram joins by a line.

    Parameters
    ----------
    ranks : array-like of shape (n_methods,)
        Average ranks.
    distance : float
        The critical difference; methods less far apart can't be told apart.

    Returns
    -------
    list of tuple of int
        Methods by number, the best first; only groups that are in no other one, and
        only those of two methods or more.

    Examples
    --------
    >>> indistinct_groups([1.0, 1.5, 2.2, 4.0], 1.0)
    [(0, 1), (1, 2)]
    """
    values = np.asarray(ranks, dtype=np.float64)
    order = np.argsort(values, kind="stable").tolist()
    groups: list[tuple[int, ...]] = []
    for start, first in enumerate(order):
        group = tuple(m for m in order[start:] if values[m] - values[first] < distance)
        is_inside = groups and set(group) <= set(groups[-1])
        if len(group) > 1 and not is_inside:
            groups.append(group)
    return groups


def holm(p_values: ArrayLike) -> Floats:
    """Correct p-values for how many there are, so that few are small by chance.

    Parameters
    ----------
    p_values : array-like of shape (n,)
        Of all comparisons that are made. A NaN is none and stays.

    Returns
    -------
    ndarray of shape (n,)
        Holm's step-down correction: the chance that any of those below a level is there
        by chance alone is at most that level, however they depend on each other.

    References
    ----------
    .. [1] S. Holm (1979). A simple sequentially rejective multiple test procedure.
       Scandinavian Journal of Statistics 6, 65-70.

    Examples
    --------
    >>> holm([0.01, 0.04, 0.03]).tolist()
    [0.03, 0.06, 0.06]
    """
    values = np.asarray(p_values, dtype=np.float64)
    # By hand, as statsmodels' function of the same collects garbage at every call,
    # which takes a tenth of a second in a large process.
    order = np.argsort(values)[: int(np.sum(~np.isnan(values)))]
    scaled = values[order] * np.arange(len(order), 0, -1)
    adjusted = values.copy()
    adjusted[order] = np.minimum(np.maximum.accumulate(scaled), 1.0)
    return adjusted


def smallest_p(n_pairs: int) -> float:
    """Return the smallest two-sided p-value that Wilcoxon's signed ranks can reach.

    Parameters
    ----------
    n_pairs : int
        Datasets that two methods are compared on.

    Returns
    -------
    float
        ``2 / 2**n_pairs``: all differences have the same sign.

    Examples
    --------
    >>> smallest_p(5), smallest_p(6)
    (0.0625, 0.03125)
    """
    return min(1.0, 2.0 ** (1 - n_pairs))


def _table(scores: ArrayLike | Sequence[Sequence[float]]) -> Floats:
    table = np.asarray(scores, dtype=np.float64)
    if table.ndim != 2:
        raise ValueError(f"scores must have two dimensions, got {table.ndim}.")
    if np.isnan(table).any():
        raise ValueError(
            "scores must be complete, got NaN; leave out the methods or the datasets "
            "that lack scores, so that all ranks are over the same datasets."
        )
    return table
