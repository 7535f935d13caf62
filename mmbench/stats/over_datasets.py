"""Methods over several datasets: mean ranks, win rates, improvability and effects."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = [
    "FEWEST_DATASETS",
    "Average",
    "OverDatasets",
    "averages_over_datasets",
    "mean_effect",
]

Floats = NDArray[np.float64]

FEWEST_DATASETS = 3
"""Nothing is concluded from fewer."""


class Average(NamedTuple):
    """A mean over datasets for every method, and its interval.

    Attributes
    ----------
    estimate, low, high : ndarray of shape (n_methods,)
        The interval is NaN for fewer than :data:`FEWEST_DATASETS` datasets.
    """

    estimate: Floats
    low: Floats
    high: Floats


class OverDatasets(NamedTuple):
    """How methods stand over datasets.

    Attributes
    ----------
    mean_rank : Average
        1 is the best; equal errors share the mean of their ranks.
    win_rate : Average
        The share of all (dataset, other method) pairs in which the method is better;
        a tie is half a win.
    improvability : Average
        By what share of its error the best method on the dataset is better: 0 for
        the best, 0.2 where the best has a fifth less.
    """

    mean_rank: Average
    win_rate: Average
    improvability: Average


def averages_over_datasets(
    errors: ArrayLike,
    draws: ArrayLike | None = None,
    *,
    level: float = 0.95,
    n_resamples: int = 2000,
    random_state: int = 0,
) -> OverDatasets:
    """Rank methods over datasets, with bootstrap intervals over datasets.

    Parameters
    ----------
    errors : array-like of shape (n_datasets, n_methods)
        At least 0, the less the better, such as 1 less the score; without NaN, as no
        mean is taken over unequal sets of datasets.
    draws : array-like of shape (n_datasets, n_methods, n_draws), optional
        The errors under resamples of the samples, so that the intervals also carry the
        uncertainty within datasets.
    level : float in (0, 1), default=0.95
        Of the intervals.
    n_resamples : int, default=2000
        Draws of datasets with replacement, each with one draw of its errors.
    random_state : int, default=0
        Seeds them.

    Returns
    -------
    OverDatasets
        As TabArena [1]_ defines the three.

    Raises
    ------
    ValueError
        When an error is negative or not finite, or there are fewer than two methods.

    References
    ----------
    .. [1] N. Erickson et al. (2025). TabArena: A living benchmark for machine learning
       on tabular data. NeurIPS Datasets and Benchmarks.

    Examples
    --------
    >>> found = averages_over_datasets([[0.1, 0.2], [0.3, 0.3], [0.1, 0.4]])
    >>> found.mean_rank.estimate.tolist(), found.win_rate.estimate.round(2).tolist()
    ([1.1666666666666667, 1.8333333333333333], [0.83, 0.17])
    """
    table = np.asarray(errors, np.float64)
    if table.ndim != 2 or table.shape[1] < 2:
        raise ValueError(
            "errors must be of shape (n_datasets, n_methods) with at least 2 methods, "
            f"got {table.shape}."
        )
    if not (np.isfinite(table).all() and (table >= 0).all()):
        raise ValueError("errors must be finite and at least 0.")
    within = table[:, :, None] if draws is None else np.asarray(draws, np.float64)
    shape = n_resamples, len(table)
    # RandomState's stream is fixed for good, so that a report never changes.
    rng = np.random.RandomState(random_state)
    chosen = rng.randint(0, len(table), shape)
    drawn = rng.randint(0, within.shape[2], shape)
    found = []
    for measure in (_ranks, _win_rates, _improvabilities):
        # Draws last in `within`, methods last in what is measured.
        resampled = measure(np.moveaxis(within, 1, 2))[chosen, drawn].mean(axis=1)
        found.append(_average(measure(table).mean(axis=0), resampled, table, level))
    return OverDatasets(*found)


def mean_effect(
    estimates: ArrayLike, errors: ArrayLike, *, level: float = 0.95
) -> tuple[float, float, float, float]:
    """Average a difference of two methods over datasets.

    Parameters
    ----------
    estimates : array-like of shape (n_datasets,)
        The difference on every dataset.
    errors : array-like of shape (n_datasets,)
        Their standard errors.
    level : float in (0, 1), default=0.95
        Of the interval.

    Returns
    -------
    estimate, low, high, p_value : float
        For datasets like these. All but the estimate are NaN for fewer than
        :data:`FEWEST_DATASETS`.

    Notes
    -----
    Student's t over datasets. The spread between datasets already has the errors
    within them in it; where it happens to be less than they alone would make it, they
    are taken instead.

    Examples
    --------
    >>> estimate, low, high, p_value = mean_effect([0.109, -0.001], [0.01, 0.01])
    >>> round(estimate, 3), low
    (0.054, nan)
    """
    from scipy.special import stdtr, stdtrit

    values, within = (np.asarray(each, np.float64) for each in (estimates, errors))
    n, mean = len(values), float(values.mean())
    if n < FEWEST_DATASETS:
        return mean, math.nan, math.nan, math.nan
    variance = max(float(values.var(ddof=1)), float(np.mean(within**2)))
    error = math.sqrt(variance / n)
    reach = float(stdtrit(n - 1, (1 + level) / 2)) * error
    statistic = mean / error if error else math.copysign(math.inf, mean) * bool(mean)
    p_value = float(2 * stdtr(n - 1, -abs(statistic)))
    return mean, mean - reach, mean + reach, p_value


def _average(
    estimate: Floats, resampled: Floats, table: Floats, level: float
) -> Average:
    if len(table) < FEWEST_DATASETS:
        unknown = np.full(len(estimate), math.nan)
        return Average(estimate, unknown, unknown)
    tail = (1 - level) / 2
    low, high = np.quantile(resampled, [tail, 1 - tail], axis=0)
    # Resamples of noisy ranks are biased towards the middle.
    return Average(estimate, np.minimum(low, estimate), np.maximum(high, estimate))


def _ranks(errors: Floats) -> Floats:
    from scipy.stats import rankdata

    ranks: Floats = rankdata(errors, axis=-1)
    return ranks


def _win_rates(errors: Floats) -> Floats:
    n_methods = errors.shape[-1]
    shares: Floats = (n_methods - _ranks(errors)) / (n_methods - 1)
    return shares


def _improvabilities(errors: Floats) -> Floats:
    best = np.maximum(errors.min(axis=-1, keepdims=True), 0.0)
    # A method without any error can't be improved upon.
    ratio: Floats = np.divide(best, errors, out=np.ones_like(errors), where=errors > 0)
    return 1 - ratio
