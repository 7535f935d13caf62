"""Methods not distinguishable from the best: multiple comparisons with the best."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mmbench.stats.estimates import Estimates
from mmbench.stats.maxima import Maxima, noise_of

__all__ = ["indistinguishable_from_best"]

Floats = NDArray[np.float64]


def indistinguishable_from_best(
    estimates: Estimates, *, level: float = 0.95
) -> NDArray[np.bool_]:
    """Return which methods are not significantly worse than the best.

    Parameters
    ----------
    estimates : Estimates
        The methods' scores.
    level : float in (0, 1), default=0.95
        The chance that no method that is truly best, or tied with it, is left out.

    Returns
    -------
    ndarray of shape (n_methods,), bool
        False where some method is significantly better. The best score is always True.

    Notes
    -----
    Multiple comparisons with the best [1]_ by steps: each method is tested against all
    others; those significantly worse than some other are left out, and the rest is
    tested again with the critical value for as many as are left [2]_. With all methods
    equal, the first step is that of all pairs; with one clear best, the last is the
    one-sided comparison of all others with it alone.

    References
    ----------
    .. [1] J. C. Hsu (1984). Constrained simultaneous confidence intervals for multiple
       comparisons with the best. Annals of Statistics 12, 1136-1144.
    .. [2] J. P. Romano, M. Wolf (2005). Stepwise multiple testing as formalized data
       snooping. Econometrica 73, 1237-1282.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> right = rng.random((500, 3)) < [0.9, 0.89, 0.7]
    >>> estimates = Estimates(right.mean(axis=0), right - right.mean(axis=0))
    >>> indistinguishable_from_best(estimates).tolist()
    [True, True, False]
    """
    k = len(estimates.scores)
    noise, deviations = noise_of(estimates, k * k)
    greatest = np.stack([_greatest(noise, deviations, i) for i in range(k)])
    # How surely the method that leads it most is better than each.
    tails = np.where(np.eye(k), 1.0, estimates.tails).min(axis=0)
    could_be_best = np.ones(k, np.bool_)
    n_left = k + 1
    while could_be_best.sum() < n_left:
        n_left = int(could_be_best.sum())
        n_tests = sum(
            int((deviations[i] > 0).sum()) for i in np.flatnonzero(could_be_best)
        )
        maxima = Maxima(greatest[could_be_best].max(axis=0), n_tests=max(1, n_tests))
        could_be_best &= tails >= maxima.local_level(1 - level)
    return could_be_best


def _greatest(noise: Floats, deviations: Floats, of: int) -> Floats:
    """Return the greatest standardised lead of any method over one, in every draw."""
    moving = deviations[of] > 0
    if not moving.any():
        return np.zeros(noise.shape[1])
    leads = (noise[moving] - noise[of]) / deviations[of, moving][:, None]
    greatest: Floats = leads.max(axis=0)
    return greatest
