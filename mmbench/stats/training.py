"""The variance that training adds: claims about methods, not about fitted models.

Folds of one cross-validation share training rows and so can't show it; disjoint parts
of the data can, and so can retraining on resampled training rows.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["excess_covariance", "is_degenerate", "retraining_covariance"]

Floats = NDArray[np.float64]


def excess_covariance(
    scores: ArrayLike, sampling_covariances: ArrayLike
) -> tuple[Floats, int]:
    """Return the covariance that training adds, from disjoint parts of the data.

    The rows are parted at random into `n_parts` parts, whole units each, and the
    methods are cross-validated within every part; this is repeated `n_splits` times.

    Parameters
    ----------
    scores : array-like of shape (n_splits, n_parts, n_methods)
        The methods' pooled out-of-fold scores within every part.
    sampling_covariances : array-like of shape (n_splits, n_parts, n_methods, n_methods)
        Their covariances over new units for the same fitted models
        (``Estimates.covariance`` of the part).

    Returns
    -------
    covariance : ndarray of shape (n_methods, n_methods)
        To add to the sampling covariance of a cross-validation on all rows. Not
        necessarily positive: what training adds may be less than can be seen.
    df : int
        Its degrees of freedom: ``n_splits * (n_parts - 1)``.

    Raises
    ------
    ValueError
        When there are fewer than two parts.

    Notes
    -----
    The mean over splits of the covariance of the parts' scores, less what the sampling
    of units explains of it, over the number of parts: it is assumed that the variance
    from training falls in proportion to the training rows, from a part to all rows.
    That fails for methods that predict a single class when trained on few rows
    (:func:`is_degenerate`).

    Examples
    --------
    Two parts whose scores differ by more than their samples explain:

    >>> covariance, df = excess_covariance([[[0.6], [0.8]]], [[[[0.001]], [[0.001]]]])
    >>> round(covariance.item(), 4), df
    (0.0095, 1)
    """
    drawn = np.asarray(scores, np.float64)
    explained = np.asarray(sampling_covariances, np.float64)
    n_splits, n_parts, _ = drawn.shape
    if n_parts < 2:
        raise ValueError(f"scores must be of at least 2 parts, got {n_parts}.")
    centred = drawn - drawn.mean(axis=1, keepdims=True)
    seen = np.einsum("mgi,mgj->mij", centred, centred) / (n_parts - 1)
    excess = (seen - explained.mean(axis=1)) / n_parts
    return excess.mean(axis=0), n_splits * (n_parts - 1)


def retraining_covariance(
    scores: ArrayLike, influence: ArrayLike
) -> tuple[Floats, int]:
    """Return the covariance that training adds, from retraining for the same test rows.

    The methods are retrained on bootstrap samples of the training rows (whole
    units), and scored on the test rows.

    Parameters
    ----------
    scores : array-like of shape (n_retrainings, n_methods)
        The scores of every retraining.
    influence : array-like of shape (n_retrainings, n_units, n_methods)
        How much each test unit moves them.

    Returns
    -------
    covariance : ndarray of shape (n_methods, n_methods)
        The covariance of the scores over retrainings, less what is due to how they
        differ on single test units, which the sampling covariance already has.
    df : int
        Its degrees of freedom: ``n_retrainings - 1``.

    Raises
    ------
    ValueError
        When there are fewer than two retrainings.

    Notes
    -----
    Bootstrap samples have repeated rows and so train somewhat worse and less steadily
    than new samples of that size: the variance is too great by a factor of 1.1 to 3 in
    simulations, and so errs on the safe side.
    """
    drawn, moved = (np.asarray(each, np.float64) for each in (scores, influence))
    n_retrainings, n_units, _ = moved.shape
    if n_retrainings < 2:
        raise ValueError(f"scores must be of at least 2 retrainings, got {len(drawn)}.")
    df = n_retrainings - 1
    centred = drawn - drawn.mean(axis=0)
    seen = centred.T @ centred / df
    # What the retrainings share on a unit is no noise between them.
    own = moved - moved.mean(axis=0)
    noise = np.einsum("rni,rnj->ij", own, own) / (df * n_units**2)
    return seen - noise, df


def is_degenerate(n_single_class: int, n_fits: int, *, most: float = 0.1) -> bool:
    """Return whether too many fits predict a single class for claims about a method.

    Parameters
    ----------
    n_single_class : int
        Fits within parts of the data, or retrainings, of which all predictions are
        alike.
    n_fits : int
        All of them.
    most : float, default=0.1
        The share up to which claims are made.

    Returns
    -------
    bool
        Whether their share is above ``most``.

    Examples
    --------
    >>> is_degenerate(3, 20), is_degenerate(2, 20)
    (True, False)
    """
    return n_single_class > most * n_fits
