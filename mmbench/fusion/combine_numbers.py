"""The arithmetic of late fusion where voters predict numbers."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["NUMBER_RULES", "NumberRule", "checked_numbers", "combine_numbers"]

NumberRule = Literal["mean", "median", "weighted"]
NUMBER_RULES: tuple[NumberRule, ...] = get_args(NumberRule)

_Floats = NDArray[np.float64]


def combine_numbers(
    numbers: ArrayLike,
    present: ArrayLike | None = None,
    rule: NumberRule = "mean",
    weights: ArrayLike | None = None,
    prior: float = 0.0,
) -> _Floats:
    """Combine the numbers that several voters predict.

    Parameters
    ----------
    numbers : array-like of shape (n_voters, n_samples)
        Each voter's predictions.
    present : array-like of shape (n_voters, n_samples), dtype bool, optional
        Whether a voter has a say on a sample; by default it has. What stands in
        ``numbers`` where it has none is not looked at.
    rule : {"mean", "median", "weighted"}, default="mean"
        How the numbers are combined.
    weights : array-like of shape (n_voters,), optional
        The voters' shares, not negative; equal by default. ``median`` looks only at
        whether they are zero. Where only voters of weight zero are present, they count
        alike.
    prior : float, default=0.0
        The answer for samples on which no voter has a say.

    Returns
    -------
    ndarray of shape (n_samples,), dtype float64

    Raises
    ------
    ValueError
        When ``rule`` is unknown, or the shapes don't fit.

    Examples
    --------
    >>> text, image = [10.0, 20.0], [30.0, 60.0]
    >>> combine_numbers([text, image], [[True, True], [True, False]])
    array([20., 20.])
    >>> combine_numbers([text, image], rule="weighted", weights=[3, 1])
    array([15., 30.])
    """
    if rule not in NUMBER_RULES:
        raise ValueError(f"rule must be one of {list(NUMBER_RULES)}, got {rule!r}.")
    votes, has_say = checked_numbers(numbers, present)
    factors = np.ones(len(votes)) if weights is None else np.asarray(weights, float)
    if factors.shape != (len(votes),) or np.any(factors < 0):
        raise ValueError(
            f"weights must be {len(votes)} numbers, none negative, got {factors}."
        )
    spoken = has_say.any(axis=0)
    found = np.full(votes.shape[1], float(prior))
    votes, has_say = votes[:, spoken], has_say[:, spoken]
    shares = has_say * factors[:, None]
    shares = np.where(shares.sum(axis=0) > 0, shares, has_say)
    if rule == "median":
        found[spoken] = np.nanmedian(np.where(shares > 0, votes, np.nan), axis=0)
        return found
    found[spoken] = np.average(votes, axis=0, weights=shares)
    return found


def checked_numbers(
    numbers: ArrayLike, present: ArrayLike | None
) -> tuple[_Floats, NDArray[np.bool_]]:
    """Return numbers, zero where a voter has no say, and where it has one.

    Parameters
    ----------
    numbers : array-like of shape (n_voters, n_samples)
        Predictions of the voters.
    present : array-like of bool, shape (n_voters, n_samples), or None
        Where a voter has a say; None for everywhere.

    Returns
    -------
    tuple of (ndarray, ndarray)
        Predictions, float64, and where a voter has a say, bool, both of shape
        (n_voters, n_samples).

    Raises
    ------
    ValueError
        When a shape is wrong or an axis is empty.
    """
    votes = np.asarray(numbers, dtype=float)
    if votes.ndim != 2 or not votes.size:
        raise ValueError(
            "numbers must have shape (n_voters, n_samples), neither of them zero, got "
            f"{votes.shape}."
        )
    if present is None:
        return votes, np.ones(votes.shape, dtype=bool)
    has_say = np.asarray(present, dtype=bool)
    if has_say.shape != votes.shape:
        raise ValueError(f"present must have shape {votes.shape}, got {has_say.shape}.")
    return np.where(has_say, votes, 0.0), has_say
