"""Whether a method's probabilities mean what they say."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = [
    "ReliabilityCurve",
    "brier_score",
    "expected_calibration_error",
    "expected_error_by_chance",
    "reliability_curve",
]

Floats = NDArray[np.float64]


class ReliabilityCurve(NamedTuple):
    """How often answers of like confidence are right; empty bins are left out.

    Attributes
    ----------
    confidence, accuracy : ndarray of shape (n_bins,)
        The mean confidence of a bin, and the share of it that is right.
    n : ndarray of shape (n_bins,), int
        Answers in it.
    """

    confidence: Floats
    accuracy: Floats
    n: NDArray[np.int64]


def reliability_curve(
    confidence: ArrayLike, correct: ArrayLike, *, n_bins: int = 15
) -> ReliabilityCurve:
    """Put answers into bins of equal width by their confidence.

    Parameters
    ----------
    confidence : array-like of shape (n_samples,), values in [0, 1]
        The probability of the predicted class; or, of each pair of a sample and a
        label, that the sample has it.
    correct : array-like of shape (n_samples,), bool
        Whether that class is the true one; whether the sample has the label.
    n_bins : int, default=15
        Bins between 0 and 1; each holds its upper end.

    Returns
    -------
    ReliabilityCurve

    Examples
    --------
    >>> curve = reliability_curve([0.9, 0.9, 0.6], [True, False, True], n_bins=5)
    >>> curve.confidence.tolist(), curve.accuracy.tolist(), curve.n.tolist()
    ([0.6, 0.9], [1.0, 0.5], [1, 2])
    """
    values = np.asarray(confidence, dtype=np.float64)
    # Rounding keeps 0.6 in the bin that ends at 3/5.
    bins = np.ceil(np.round(values * n_bins, 9)).astype(np.int64) - 1
    bins = np.clip(bins, 0, n_bins - 1)
    n = np.bincount(bins, minlength=n_bins)
    used = n > 0
    sums = np.bincount(bins, values, n_bins)[used]
    right = np.bincount(bins, np.asarray(correct, dtype=np.float64), n_bins)[used]
    return ReliabilityCurve(sums / n[used], right / n[used], n[used])


def expected_calibration_error(curve: ReliabilityCurve) -> float:
    """Return how far confidence lies from accuracy, averaged over answers.

    Parameters
    ----------
    curve : ReliabilityCurve
        The bins.

    Returns
    -------
    float in [0, 1]
        0 when every bin is right as often as it says.

    References
    ----------
    .. [1] C. Guo, G. Pleiss, Y. Sun, K. Q. Weinberger (2017). On calibration of modern
       neural networks. ICML, 1321-1330.

    Examples
    --------
    >>> curve = reliability_curve([0.9, 0.9, 0.6], [True, False, True], n_bins=5)
    >>> round(expected_calibration_error(curve), 6)  # (2 * 0.4 + 1 * 0.4) / 3
    0.4
    """
    gaps = np.abs(curve.confidence - curve.accuracy)
    return float(np.average(gaps, weights=curve.n))


def expected_error_by_chance(
    curve: ReliabilityCurve, *, level: float = 0.95, n_draws: int = 2000
) -> tuple[float, float]:
    """Return the expected calibration error that perfect calibration would show.

    Parameters
    ----------
    curve : ReliabilityCurve
        How many answers are of which confidence.
    level : float in (0, 1), default=0.95
        Of the limit.
    n_draws : int, default=2000
        Draws of which answers are right.

    Returns
    -------
    mean, limit : float in [0, 1]
        Its mean and its quantile, when answers are right with the probability that
        they say: few answers leave a gap in every bin by chance. An error within the
        limit is no sign of miscalibration [1]_.

    References
    ----------
    .. [1] J. Bröcker, L. A. Smith (2007). Increasing the reliability of reliability
       diagrams. Weather and Forecasting 22(3), 651-661.

    Examples
    --------
    Sixty answers that are right four times of five leave a gap, however well they are
    calibrated:

    >>> curve = ReliabilityCurve(np.array([0.8]), np.array([0.8]), np.array([60]))
    >>> mean, limit = expected_error_by_chance(curve)
    >>> round(mean, 2), round(limit, 2)
    (0.04, 0.1)
    """
    # RandomState's stream is fixed for good, so that a report never changes.
    rng = np.random.RandomState(0)
    chance = np.clip(curve.confidence, 0.0, 1.0)
    right = rng.binomial(curve.n, chance, (n_draws, len(curve.n))) / curve.n
    errors = np.average(np.abs(right - chance), axis=1, weights=curve.n)
    return float(errors.mean()), float(np.quantile(errors, level))


def brier_score(y: ArrayLike, proba: ArrayLike) -> float:
    """Return the mean squared distance of the probabilities from the truth.

    Parameters
    ----------
    y : array-like of shape (n_samples,), integers
        The column of each sample's true class; or, where a sample may have several, an
        indicator of them, of shape (n_samples, n_classes).
    proba : array-like of shape (n_samples, n_classes)
        The probability of each class; of each by itself, where `y` is an indicator.

    Returns
    -------
    float in [0, 2]
        Brier's own sum over all classes: of two classes, twice what is often called
        the Brier score. Of an indicator, the mean over its entries, in [0, 1].

    References
    ----------
    .. [1] G. W. Brier (1950). Verification of forecasts expressed in terms of
       probability. Monthly Weather Review 78(1), 1-3.

    Examples
    --------
    >>> round(brier_score([0, 1], [[0.8, 0.2], [0.4, 0.6]]), 6)
    0.2
    """
    values, truth = np.asarray(proba, dtype=np.float64), np.asarray(y)
    if truth.ndim == 2:
        return float(np.mean((values - truth) ** 2))
    of_truth = values[np.arange(len(truth)), truth]
    return float(np.mean((values**2).sum(axis=1) - 2 * of_truth + 1))
