"""The distribution of the most extreme of several correlated test statistics."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mmbench.stats.estimates import Estimates

__all__ = ["Maxima", "greatest_of", "noise_of"]

Floats = NDArray[np.float64]

# So many numbers are drawn at once.
_MOST_NUMBERS = 50_000_000
_MOST_DRAWS, _FEWEST_DRAWS = 10_000, 1_000


class Maxima:
    """The chance that the smallest of several p-values is small.

    Parameters
    ----------
    maxima : array-like of shape (n_draws,)
        The greatest of several standard normal statistics under draws of their joint
        distribution without differences; of their absolute values for two-sided
        p-values.
    n_tests : int
        How many statistics these are.
    is_two_sided : bool, default=False
        Whether p-values are.

    Notes
    -----
    Single-step min-P with the correlations of the statistics [1]_, [2]_. The chance is
    the share of draws or Bonferroni's bound, whichever is less, so that it is neither
    coarse nor too small far in the tail. P-values and intervals both come from this
    one function: an adjusted p-value is below a level exactly when the interval of
    that simultaneous level excludes zero.

    References
    ----------
    .. [1] P. H. Westfall, S. S. Young (1993). Resampling-based multiple testing. Wiley.
    .. [2] T. Hothorn, F. Bretz, P. Westfall (2008). Simultaneous inference in general
       parametric models. Biometrical Journal 50, 346-363.

    Examples
    --------
    >>> one = Maxima(np.zeros(10), n_tests=1)
    >>> one.adjusted(0.03).item(), one.local_level(0.05)
    (0.03, 0.05)
    """

    def __init__(
        self, maxima: ArrayLike, *, n_tests: int, is_two_sided: bool = False
    ) -> None:
        from scipy.special import ndtr

        self.n_tests = n_tests
        greatest = np.asarray(maxima, np.float64)
        # The smallest p-value of each draw, in ascending order.
        self._least = np.sort((2 if is_two_sided else 1) * ndtr(-greatest))

    def adjusted(self, p_values: ArrayLike) -> Floats:
        """Return p-values corrected for all tests.

        Parameters
        ----------
        p_values : array-like of float in [0, 1]
            P-values of single tests.

        Returns
        -------
        ndarray of float64
            In the same shape; never above Bonferroni's.
        """
        p = np.asarray(p_values, np.float64)
        if self.n_tests == 1:
            return p
        beyond = np.searchsorted(self._least, p, side="right")
        share = (1 + beyond) / (1 + len(self._least))
        return np.minimum(1.0, np.minimum(share, self.n_tests * p))

    def local_level(self, alpha: float) -> float:
        """Return what p-values must be below for corrected ones to be below alpha.

        Parameters
        ----------
        alpha : float in (0, 1)
            The level of all tests together.

        Returns
        -------
        float
            The level of a single test; never below Bonferroni's.
        """
        if self.n_tests == 1:
            return alpha
        # So many draws may be as small for `adjusted` to be below alpha.
        n_most = int(np.ceil(alpha * (1 + len(self._least)))) - 2
        at_draws = float(self._least[n_most]) if n_most >= 0 else 0.0
        return max(at_draws, alpha / self.n_tests)


def noise_of(
    estimates: Estimates, n_numbers: int, *, random_state: int = 0
) -> tuple[Floats, Floats]:
    """Draw normal noise of methods' scores, with their covariance.

    Parameters
    ----------
    estimates : Estimates
        The methods' scores.
    n_numbers : int
        How many statistics are made of every draw: the more, the fewer draws.
    random_state : int, default=0
        Seeds them.

    Returns
    -------
    noise : ndarray of shape (n_methods, n_draws)
        The same for a method in whatever order methods are given.
    deviations : ndarray of shape (n_methods, n_methods)
        The standard deviation of every difference under it; 0 where two methods
        answer alike.
    """
    covariance = np.nan_to_num(estimates.covariance)
    k = len(covariance)
    wanted = _MOST_NUMBERS // max(1, n_numbers)
    n_draws = int(np.clip(wanted, _FEWEST_DRAWS, _MOST_DRAWS))
    order = np.argsort(_fingerprints(estimates), kind="stable")
    # Methods that answer alike leave no room for a Cholesky factor; a trace of noise of
    # their own gives it some.
    scale = float(np.diag(covariance).max(initial=0.0)) or 1.0
    ordered = covariance[np.ix_(order, order)] + 1e-10 * scale * np.eye(k)
    # RandomState's stream is fixed for good, so that a report never changes.
    normal = np.random.RandomState(random_state).standard_normal((k, n_draws))
    noise = np.empty((k, n_draws))
    noise[order] = np.linalg.cholesky(ordered) @ normal
    return noise, _deviations(covariance)


def _fingerprints(estimates: Estimates) -> Floats:
    """Return a number for every method, the same wherever it stands."""
    weights = np.cos(np.arange(estimates.n_units))
    found: Floats = estimates.scores + estimates.influence.T @ weights
    return found


def _deviations(covariance: Floats) -> Floats:
    """Return the standard deviation of every difference of two scores."""
    variances = np.diag(covariance)
    squares = variances[:, None] + variances - 2 * covariance
    # Two methods that answer alike differ by rounding.
    is_moving = squares > 1e-9 * float(variances.max(initial=0.0))
    deviations: Floats = np.sqrt(np.where(is_moving, squares, 0.0))
    return deviations


def greatest_of(
    noise: Floats,
    deviations: Floats,
    pairs: Sequence[tuple[int, int]],
    *,
    is_two_sided: bool = False,
) -> Maxima:
    """Return the maxima of the standardised differences of some pairs of methods.

    Parameters
    ----------
    noise : ndarray of shape (n_methods, n_draws)
        What `noise_of` returned.
    deviations : ndarray of shape (n_methods, n_methods)
        The standard deviation of every difference under that noise; 0 where two
        methods answer alike.
    pairs : sequence of (int, int)
        Which differences.
    is_two_sided : bool, default=False
        Whether they count in both directions.

    Returns
    -------
    Maxima
        The greatest difference of each draw, and the number of tests.
    """
    greatest = np.zeros(noise.shape[1])
    moving = [(i, j) for i, j in dict.fromkeys(pairs) if deviations[i, j] > 0]
    for i, j in moving:
        drawn = (noise[i] - noise[j]) / deviations[i, j]
        np.maximum(greatest, np.abs(drawn) if is_two_sided else drawn, out=greatest)
    return Maxima(greatest, n_tests=max(1, len(moving)), is_two_sided=is_two_sided)
