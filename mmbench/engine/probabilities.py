"""What classifiers answer, checked before it is believed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_TOLERANCE = 1e-6


def as_probabilities(
    answer: Any, n_columns: int, *, exclusive: bool
) -> NDArray[np.float64]:
    """Return what ``predict_proba`` gave as an array of probabilities.

    Parameters
    ----------
    answer : array-like of shape (n_rows, n_columns)
        What was given.
    n_columns : int
        The classes that it has to be about.
    exclusive : bool
        Whether a row is of exactly one class, so that it has to sum to one; else each
        column is a probability by itself.

    Returns
    -------
    proba : ndarray of shape (n_rows, n_columns)

    Raises
    ------
    ValueError
        When it is of another shape or kind, or no probabilities.
    """
    given = np.asarray(answer)
    if given.ndim != 2 or given.shape[1] != n_columns:
        raise ValueError(
            f"predict_proba must return {n_columns} columns, got shape {given.shape}."
        )
    if given.dtype.kind not in "fiub":
        raise ValueError(
            f"predict_proba must return numbers, got an array of {given.dtype}."
        )
    proba = given.astype(np.float64)
    if not np.all(np.isfinite(proba)):
        raise ValueError("predict_proba must return finite numbers, got NaN or inf.")
    _check_range(proba)
    if exclusive:
        _check_sums(proba, _sum_tolerance(given))
    return proba


def positions_of(labels: Any, classes: NDArray[Any], what: str) -> NDArray[np.intp]:
    """Return where labels stand among the classes.

    Parameters
    ----------
    labels : array-like
        What a classifier calls its classes, or answers.
    classes : ndarray
        All there are, sorted.
    what : str
        What the labels are, for the error.

    Raises
    ------
    ValueError
        When a label is none of the classes.
    """
    given = np.asarray(labels)
    known = np.isin(given, classes)
    if given.ndim != 1 or not np.all(known):
        is_flat = given.ndim == 1
        wrong = repr(given[~known].tolist()[0]) if is_flat else f"shape {given.shape}"
        raise ValueError(f"{what} must be one label each of y, got {wrong}.")
    return np.searchsorted(classes, given)


def _check_range(proba: NDArray[np.float64]) -> None:
    rows, columns = np.nonzero((proba < 0) | (proba > 1 + _TOLERANCE))
    if len(rows):
        value = proba[rows[0], columns[0]]
        raise ValueError(
            "predict_proba must return probabilities between 0 and 1, got "
            f"{value:g} in row {rows[0]}."
        )


def _check_sums(proba: NDArray[np.float64], tolerance: float) -> None:
    sums = proba.sum(axis=1)
    wrong = np.flatnonzero(np.abs(sums - 1) > tolerance)
    if len(wrong):
        raise ValueError(
            "predict_proba must return rows that sum to 1, got a sum of "
            f"{sums[wrong[0]]:g} in row {wrong[0]}."
        )


def _sum_tolerance(given: NDArray[Any]) -> float:
    """Return how far rounding alone may take a sum from one."""
    if given.dtype.kind != "f":
        return _TOLERANCE
    rounding: float = 2 * given.shape[1] * float(np.finfo(given.dtype).eps)
    return rounding if rounding > _TOLERANCE else _TOLERANCE
