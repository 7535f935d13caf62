"""The bootstrap over samples, with the same resamples for every method.

The difference of two methods under one resample is then a paired difference, whichever
two they are.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mmbench.stats.label_scores import LabelCounts, label_counts, label_score
from mmbench.stats.labels import Entries, entries, rows_right, shared_entries

__all__ = ["Interval", "Resamples", "bootstrap_interval", "bootstrap_score"]

Floats = NDArray[np.float64]

MOST_BLOCKS = 2000
"""Units beyond this many are drawn in random blocks of equal size."""

# Resamples of one size are the same whatever is scored: a report needs few sizes.
_WEIGHTS: dict[tuple[int, int, int], NDArray[np.float32]] = {}
_MOST_KEPT = 4


class Interval(NamedTuple):
    """A number and the interval around it."""

    estimate: float
    low: float
    high: float


class Resamples:
    """Draws of units with replacement, for every score of a dataset.

    Parameters
    ----------
    units : array-like of shape (n_rows,)
        What each row of the predictions belongs to and is drawn with: the sample, so
        that its predictions under several seeds stay together, or its group.
    n_resamples : int, default=1000
        How many draws.
    random_state : int, default=0
        Seeds the draws.

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

    def label_scores(
        self, metric: str, y: ArrayLike, predicted: ArrayLike, n_classes: int
    ) -> Floats:
        """Return the score of a method under every resample.

        Parameters
        ----------
        metric : str
            One of :data:`~mmbench.stats.label_scores.LABEL_SCORES`.
        y, predicted : array-like of shape (n_rows,), integers in [0, n_classes)
            The true and the predicted classes; or indicators of them, of shape
            (n_rows, n_classes), whose rows are drawn whole.
        n_classes : int
            The number of classes.

        Returns
        -------
        ndarray of shape (n_resamples,)
        """
        return label_score(metric, self.label_counts(y, predicted, n_classes))

    def label_counts(
        self,
        y: ArrayLike,
        predicted: ArrayLike,
        n_classes: int,
        *,
        support: NDArray[np.float32] | None = None,
    ) -> LabelCounts:
        """Return what any score of labels is made of, under every resample.

        Parameters
        ----------
        y, predicted : array-like of shape (n_rows,), integers in [0, n_classes)
            The true and the predicted classes; or indicators of them, of shape
            (n_rows, n_classes), whose rows are drawn whole.
        n_classes : int
            The number of classes.
        support : ndarray of shape (n_classes, n_resamples), optional
            That of the same `y`, where it has been counted already.

        Returns
        -------
        LabelCounts
            Classes down, resamples across.
        """
        right = np.flatnonzero(rows_right(y, predicted))
        if support is None:
            support = self._counted(entries(y), n_classes)
        return LabelCounts(
            support=support,
            named=self._counted(entries(predicted), n_classes),
            hits=self._counted(shared_entries(y, predicted), n_classes),
            right=self._rows_drawn(self.blocks[right]),
            n_samples=self._rows_drawn(self.blocks),
        )

    def means(self, values: ArrayLike) -> Floats:
        """Return the mean of one value a row under every resample.

        Parameters
        ----------
        values : array-like of shape (n_rows,)
            Such as the log loss of each prediction.

        Returns
        -------
        ndarray of shape (n_resamples,)
        """
        n_blocks = len(self._weights)
        sums = np.bincount(self.blocks, np.asarray(values, np.float64), n_blocks)
        sizes = np.bincount(self.blocks, minlength=n_blocks)
        means: Floats = (sums @ self._weights) / (sizes @ self._weights)
        return means

    def _counted(self, found: Entries, n_classes: int) -> NDArray[np.float32]:
        from scipy.sparse import coo_matrix

        ones = np.ones(len(found.rows), np.float32)
        shape = (n_classes, len(self._weights))
        places = found.classes, self.blocks[found.rows]
        drawn: NDArray[np.float32] = (
            coo_matrix((ones, places), shape).tocsr() @ self._weights
        )
        return drawn

    def _rows_drawn(self, blocks: NDArray[np.intp]) -> NDArray[np.float32]:
        """Return how many rows of these blocks are drawn, shape (1, n_resamples)."""
        sizes = np.bincount(blocks, minlength=len(self._weights))
        drawn: NDArray[np.float32] = sizes[None].astype(np.float32) @ self._weights
        return drawn


def bootstrap_interval(
    estimate: float, replicates: ArrayLike, *, level: float = 0.95
) -> Interval:
    """Return the bias-corrected percentile interval.

    Parameters
    ----------
    estimate : float
        The score of the sample itself.
    replicates : array-like of shape (n_resamples,)
        The score of every resample.
    level : float in (0, 1), default=0.95
        The coverage that is aimed at.

    Returns
    -------
    Interval

    Notes
    -----
    Macro-averages of rare classes are biased downward in resamples, which the plain
    percentile interval would take for the truth; see [1]_, section 14.3.

    References
    ----------
    .. [1] B. Efron, R. J. Tibshirani (1993). An introduction to the bootstrap.
       Chapman & Hall.

    Examples
    --------
    >>> found = bootstrap_interval(0.5, np.linspace(0, 1, 1001), level=0.9)
    >>> round(found.low, 3), round(found.high, 3)
    (0.05, 0.95)
    """
    from scipy.special import ndtr, ndtri

    values = np.asarray(replicates, dtype=np.float64)
    below = np.mean(values < estimate) + np.mean(values == estimate) / 2
    tail = ndtri((1 - level) / 2)
    # A share of 0 or 1 would move the interval to infinity.
    half = 0.5 / len(values)
    shift = ndtri(np.clip(below, half, 1 - half))
    low, high = np.quantile(values, ndtr(2 * shift + np.array([tail, -tail])))
    return Interval(float(estimate), float(low), float(high))


def bootstrap_score(
    metric: str,
    y: ArrayLike,
    predicted: ArrayLike,
    *,
    n_classes: int,
    resamples: Resamples,
    level: float = 0.95,
) -> Interval:
    """Return a score of labels with its bootstrap interval.

    Parameters
    ----------
    metric : str
        One of :data:`~mmbench.stats.label_scores.LABEL_SCORES`.
    y, predicted : array-like of shape (n_rows,), integers in [0, n_classes)
        The true and the predicted classes, or indicators of them, of shape
        (n_rows, n_classes); out-of-fold predictions of all folds.
    n_classes : int
        The number of classes.
    resamples : Resamples
        Draws of the rows.
    level : float in (0, 1), default=0.95
        The coverage that is aimed at.

    Returns
    -------
    Interval
        Of the score of all rows together. Where every resample scores the same, as
        when all predictions are right, the interval reaches as far as a run of so many
        equal outcomes allows [1]_.

    References
    ----------
    .. [1] C. J. Clopper, E. S. Pearson (1934). The use of confidence or fiducial limits
       illustrated in the case of the binomial. Biometrika 26, 404-413.

    Examples
    --------
    >>> y = np.arange(100) % 2
    >>> resamples = Resamples(np.arange(100))
    >>> bootstrap_score("accuracy", y, y, n_classes=2, resamples=resamples)
    Interval(estimate=1.0, low=0.963..., high=1.0)
    """
    estimate = float(label_score(metric, label_counts(y, predicted, n_classes)))
    replicates = resamples.label_scores(metric, y, predicted, n_classes)
    if np.ptp(replicates) == 0 and estimate in (0.0, 1.0):
        reach = ((1 - level) / 2) ** (1 / resamples.n_units)
        return Interval(
            estimate,
            reach if estimate else 0.0,
            1.0 if estimate else 1 - reach,
        )
    return bootstrap_interval(estimate, replicates, level=level)


def blocks_of(numbers: NDArray[np.intp], random_state: int) -> NDArray[np.intp]:
    """Put units, numbered from 0, into blocks of equal size where there are many."""
    n_units = int(numbers.max()) + 1
    if n_units <= MOST_BLOCKS:
        return numbers
    order = np.random.default_rng(random_state).permutation(n_units)
    blocks: NDArray[np.intp] = (order * MOST_BLOCKS // n_units)[numbers]
    return blocks


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
