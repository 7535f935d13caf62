"""Which of many methods can't be told from the best of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["indistinguishable_from_best"]


def indistinguishable_from_best(
    scores: ArrayLike, draws: ArrayLike, *, level: float = 0.95
) -> NDArray[np.bool_]:
    """Tell which methods could be the best, for all that the samples say.

    Parameters
    ----------
    scores : array-like of shape (n_methods,)
        The greater the better.
    draws : array-like of shape (n_methods, n_resamples)
        The scores under shared resamples of the samples.
    level : float in (0, 1), default=0.95
        How surely no method is wrongly said to be worse than another.

    Returns
    -------
    ndarray of shape (n_methods,), bool
        False where some method is ahead by more than luck. The best itself is True.

    Notes
    -----
    Every method is compared with every other. The greatest of all their studentised
    differences under the resamples, which knows how many they are and how alike they
    answer, is what a difference has to exceed: the single-step procedure of [1]_ and
    [2]_, with the bootstrap in place of Tukey's distribution. The choice of the best
    needs no further correction, as all pairs are corrected for.

    References
    ----------
    .. [1] P. H. Westfall, S. S. Young (1993). Resampling-based multiple testing. Wiley.
    .. [2] T. Hothorn, F. Bretz, P. Westfall (2008). Simultaneous inference in general
       parametric models. Biometrical Journal 50, 346-363.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> draws = [[0.9], [0.89], [0.7]] + 0.02 * rng.normal(size=(3, 1000))
    >>> indistinguishable_from_best([0.9, 0.89, 0.7], draws).tolist()
    [True, True, False]
    """
    values = np.asarray(scores, dtype=np.float64)
    drawn = np.asarray(draws, dtype=np.float64)
    # In units of the noise, so that rounding is small whatever the scores' unit is.
    scale = float(drawn.std(axis=1, ddof=1).max()) or 1.0
    values, drawn = values / scale, drawn / scale
    covariances = np.atleast_2d(np.cov(drawn))
    variances = np.diag(covariances)
    squares = variances[:, None] + variances - 2 * covariances
    # Two methods that answer alike in every sample differ by exactly nothing.
    is_moving = squares > 1e-9
    errors = np.sqrt(np.where(is_moving, squares, 1.0)).astype(np.float32)
    noise = (drawn - drawn.mean(axis=1, keepdims=True)).astype(np.float32)
    greatest = np.zeros(drawn.shape[1], np.float32)
    for one, error in zip(noise, errors, strict=True):
        against = np.max((noise - one) / error[:, None], axis=0)
        greatest = np.maximum(greatest, against)
    limit = float(np.quantile(greatest, level))
    leads = values[:, None] - values
    is_ahead = np.where(is_moving, leads > limit * errors, leads > 1e-9)
    could_be_best: NDArray[np.bool_] = np.logical_not(np.any(is_ahead, axis=0))
    return could_be_best
