"""The bootstrap over units, with the same resamples for every method.

The difference of two methods under one resample is then a paired difference, whichever
two they are. What is resampled are contributions: what each row adds to the sums that a
score is a function of.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = [
    "Interval",
    "Resamples",
    "ScoreOfSums",
    "bootstrap_interval",
    "bootstrap_score",
]

Floats = NDArray[np.float64]

ScoreOfSums: TypeAlias = Callable[[Any], Any]
"""Takes sums of shape (k, ...) and returns scores of shape (...)."""

MOST_BLOCKS = 2000
"""Units beyond this many are drawn in random blocks of equal size."""

# Resamples of one size are the same whatever is scored: a report needs few sizes.
_WEIGHTS: dict[tuple[int, int, int], NDArray[np.float32]] = {}
_MOST_KEPT = 4


class Interval(NamedTuple):
    """A number and the interval around it.

    Attributes
    ----------
    estimate : float
        The value for the rows as they are, before any resampling.
    low, high : float
        The ends of the interval.
    """

    estimate: float
    low: float
    high: float


class Resamples:
    """Draws of units with replacement, for every score of a dataset.

    Parameters
    ----------
    units : array-like of shape (n_rows,)
        What each row of the contributions belongs to and is drawn with: the sample, so
        that its predictions under several seeds stay together, or its group.
    n_resamples : int, default=1000
        How many draws.
    random_state : int, default=0
        Seeds the draws.

    Attributes
    ----------
    n_units : int
        Distinct units.
    blocks : ndarray of shape (n_rows,), intp
        The block of each row by number; the unit itself where there are few.

    Notes
    -----
    More than :data:`MOST_BLOCKS` units are put into that many random blocks, which are
    drawn instead: the interval is the same but for its own noise, and its cost no
    longer grows with the number of units.

    References
    ----------
    .. [1] B. Efron, R. J. Tibshirani (1993). An introduction to the bootstrap.
       Chapman & Hall, chapters 6 and 14.
    """

    def __init__(
        self, units: ArrayLike, *, n_resamples: int = 1000, random_state: int = 0
    ) -> None:
        numbers = np.unique(np.asarray(units), return_inverse=True)[1].reshape(-1)
        self.n_units = int(numbers.max()) + 1
        self.blocks = blocks_of(numbers, random_state)
        self._weights = _weights(int(self.blocks.max()) + 1, n_resamples, random_state)

    def by_block(self, contributions: Any) -> Any:
        """Add up the contributions of each block.

        Parameters
        ----------
        contributions : ndarray or csr_array of shape (n_rows, k)
            What each row adds to the sums.

        Returns
        -------
        ndarray of float64 or csr_array, of shape (n_blocks, k)
            As dense as it came. A sparse array of float32 stays one: it holds counts,
            which float32 adds up exactly.

        Raises
        ------
        ValueError
            When there is not one row of contributions for each of the units given.
        """
        from scipy import sparse

        n_rows, n_blocks = len(self.blocks), len(self._weights)
        if contributions.shape[0] != n_rows:
            raise ValueError(
                f"contributions must have a row for each of {n_rows} units, got "
                f"{contributions.shape[0]}."
            )
        values = _floats(contributions)
        ones = np.ones(n_rows, values.dtype)
        places = (self.blocks, np.arange(n_rows))
        return sparse.csr_array((ones, places), (n_blocks, n_rows)) @ values

    def sums(self, contributions: Any) -> Floats:
        """Return the sums of contributions under every resample.

        Parameters
        ----------
        contributions : ndarray or csr_array of shape (n_rows, k)
            What each row adds to the sums.

        Returns
        -------
        ndarray of shape (k, n_resamples)
        """
        return self.sums_of_blocks(self.by_block(contributions))

    def sums_of_blocks(self, blocks: Any) -> Floats:
        """Return the sums under every resample of what `by_block` returned.

        Parameters
        ----------
        blocks : ndarray or csr_array of shape (n_blocks, k)
            What each block adds to the sums.

        Returns
        -------
        ndarray of shape (k, n_resamples)
        """
        drawn = blocks.T @ self._weights.astype(blocks.dtype, copy=False)
        # What is exact as float32 is no longer so after a division.
        return np.asarray(drawn, np.float64)


def bootstrap_interval(
    estimate: float,
    replicates: ArrayLike,
    *,
    n_outcomes: int | None = None,
    level: float = 0.95,
) -> Interval:
    """Return the bias-corrected percentile interval.

    Parameters
    ----------
    estimate : float
        The score of the sample itself.
    replicates : array-like of shape (n_resamples,)
        The score of every resample. Those that are NaN, because a score is not defined
        for a resample, are left out.
    n_outcomes : int, optional
        How many independent outcomes the score is a share of, if it is one.
    level : float in (0, 1), default=0.95
        The coverage that is aimed at.

    Returns
    -------
    Interval
        Where every resample scores the same, as when all answers are right, resampling
        says nothing: the interval of a share of 0 or 1 then reaches as far as a run of
        so many equal outcomes allows [2]_, and that of another share is NaN.

    Notes
    -----
    Macro-averages of rare classes are biased downward in resamples, which the plain
    percentile interval would take for the truth; see [1]_, section 14.3.

    References
    ----------
    .. [1] B. Efron, R. J. Tibshirani (1993). An introduction to the bootstrap.
       Chapman & Hall.
    .. [2] C. J. Clopper, E. S. Pearson (1934). The use of confidence or fiducial limits
       illustrated in the case of the binomial. Biometrika 26, 404-413.

    Examples
    --------
    >>> found = bootstrap_interval(0.5, np.linspace(0, 1, 1001), level=0.9)
    >>> round(found.low, 3), round(found.high, 3)
    (0.05, 0.95)
    >>> bootstrap_interval(1.0, np.ones(1000), n_outcomes=100)
    Interval(estimate=1.0, low=0.963..., high=1.0)
    """
    from scipy.special import ndtr, ndtri

    values = np.asarray(replicates, dtype=np.float64)
    values = values[~np.isnan(values)]
    if not len(values):
        return Interval(float(estimate), np.nan, np.nan)
    if n_outcomes is not None and np.ptp(values) == 0:
        return _of_equal_outcomes(float(estimate), n_outcomes, level)
    below = np.mean(values < estimate) + np.mean(values == estimate) / 2
    tail = ndtri((1 - level) / 2)
    # A share of 0 or 1 would move the interval to infinity.
    half = 0.5 / len(values)
    shift = ndtri(np.clip(below, half, 1 - half))
    low, high = np.quantile(values, ndtr(2 * shift + np.array([tail, -tail])))
    return Interval(float(estimate), float(low), float(high))


def _of_equal_outcomes(estimate: float, n: int, level: float) -> Interval:
    if estimate not in (0.0, 1.0):
        return Interval(estimate, np.nan, np.nan)
    reach = ((1 - level) / 2) ** (1 / n)
    low, high = (reach, 1.0) if estimate else (0.0, 1 - reach)
    return Interval(estimate, low, high)


def bootstrap_score(
    value: ScoreOfSums,
    contributions: Any,
    *,
    resamples: Resamples,
    is_share: bool = True,
    level: float = 0.95,
) -> Interval:
    """Return a score with its bootstrap interval.

    Parameters
    ----------
    value : callable
        Takes sums of shape (k, ...) and returns scores of shape (...).
    contributions : ndarray or csr_array of shape (n_rows, k)
        What each row of the predictions of all folds adds to the sums.
    resamples : Resamples
        Draws of the rows.
    is_share : bool, default=True
        Whether scores lie between 0 and 1.
    level : float in (0, 1), default=0.95
        The coverage that is aimed at.

    Returns
    -------
    Interval
        Of the score of all rows together, as :func:`bootstrap_interval` has it.

    Examples
    --------
    >>> right = np.column_stack([np.ones(100), np.ones(100)])
    >>> resamples = Resamples(np.arange(100))
    >>> bootstrap_score(lambda sums: sums[0] / sums[1], right, resamples=resamples)
    Interval(estimate=1.0, low=0.963..., high=1.0)
    """
    blocks = resamples.by_block(contributions)
    estimate = float(value(sums_of(blocks)))
    replicates = value(resamples.sums_of_blocks(blocks))
    n = resamples.n_units if is_share else None
    return bootstrap_interval(estimate, replicates, n_outcomes=n, level=level)


def sums_of(contributions: Any) -> Floats:
    """Return the column sums of contributions, dense or sparse, shape (k,).

    Parameters
    ----------
    contributions : ndarray or csr_array of shape (n_rows, k)
        What each row adds to the sums.

    Returns
    -------
    ndarray of shape (k,), float64
        The sums over all rows.
    """
    return np.asarray(contributions.sum(axis=0), np.float64).reshape(-1)


def blocks_of(numbers: NDArray[np.intp], random_state: int) -> NDArray[np.intp]:
    """Put units, numbered from 0, into blocks of equal size if there are many.

    Parameters
    ----------
    numbers : ndarray of int, shape (n_rows,)
        The unit of each row, from 0 without gaps.
    random_state : int
        Seed of the assignment of units to blocks.

    Returns
    -------
    ndarray of int, shape (n_rows,)
        The block of each row: its unit where units are few enough to be drawn
        themselves.
    """
    n_units = int(numbers.max()) + 1
    if n_units <= MOST_BLOCKS:
        return numbers
    order = np.random.default_rng(random_state).permutation(n_units)
    blocks: NDArray[np.intp] = (order * MOST_BLOCKS // n_units)[numbers]
    return blocks


def _floats(contributions: Any) -> Any:
    """Return contributions as floats; sparse ones of float32 are counts and stay so."""
    from scipy import sparse

    if sparse.issparse(contributions):
        is_count = contributions.dtype == np.float32
        return contributions if is_count else contributions.astype(np.float64)
    return np.asarray(contributions, np.float64)


def _weights(n: int, n_resamples: int, random_state: int) -> NDArray[np.float32]:
    """Return how often each of n is drawn, shape (n, n_resamples)."""
    key = (n, n_resamples, random_state)
    if key not in _WEIGHTS:
        rng = np.random.default_rng(random_state)
        drawn = rng.multinomial(n, np.full(n, 1 / n), size=n_resamples)
        while len(_WEIGHTS) >= _MOST_KEPT:
            _WEIGHTS.pop(next(iter(_WEIGHTS)))
        _WEIGHTS[key] = np.ascontiguousarray(drawn.T, dtype=np.float32)
    return _WEIGHTS[key]
