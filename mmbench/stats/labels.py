"""Labels of samples, one each or several, as what can be counted.

Labels are a class a row, as numbers of shape (n_rows,), or an indicator of those that
each row has, of shape (n_rows, n_classes). Both are pairs of a row and a class, and
whoever counts pairs needs to know no more.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["Entries", "entries", "rows_right", "shared_entries"]


class Entries(NamedTuple):
    """The pairs of a row and a class that some labels are.

    Attributes
    ----------
    rows, classes : ndarray of shape (n_entries,), intp
        Of a class a row, one entry a row; of an indicator, one for every 1 in it.
    """

    rows: NDArray[np.intp]
    classes: NDArray[np.intp]


def entries(labels: ArrayLike) -> Entries:
    """Return the pairs of a row and a class that labels are.

    Parameters
    ----------
    labels : array-like of shape (n_rows,), integers, or (n_rows, n_classes), 0 or 1
        Classes as numbers, or an indicator of them.

    Returns
    -------
    Entries

    Examples
    --------
    >>> entries([2, 0]).classes.tolist(), entries([[0, 1], [1, 1]]).classes.tolist()
    ([2, 0], [1, 0, 1])
    """
    found = np.asarray(labels)
    if found.ndim == 1:
        return Entries(np.arange(len(found)), found)
    return Entries(*np.nonzero(found))


def shared_entries(labels: ArrayLike, others: ArrayLike) -> Entries:
    """Return the pairs of a row and a class that are in both, such as the hits.

    Parameters
    ----------
    labels, others : array-like of one shape, as for `entries`
        Labels of the same rows.

    Returns
    -------
    Entries
    """
    one, other = np.asarray(labels), np.asarray(others)
    if one.ndim == 1:
        rows = np.flatnonzero(one == other)
        return Entries(rows, one[rows])
    return Entries(*np.nonzero((one != 0) & (other != 0)))


def rows_right(y: ArrayLike, predicted: ArrayLike) -> NDArray[np.bool_]:
    """Tell of each row whether all that is predicted of it is right.

    Parameters
    ----------
    y, predicted : array-like of one shape, as for `entries`
        The true and the predicted labels.

    Returns
    -------
    ndarray of shape (n_rows,), bool
        Of indicators, whether the whole set is right: every label, and no other.

    Examples
    --------
    >>> rows_right([2, 0], [2, 1]).tolist()
    [True, False]
    >>> rows_right([[1, 0], [1, 1]], [[1, 0], [1, 0]]).tolist()
    [True, False]
    """
    is_equal: NDArray[np.bool_] = np.asarray(y) == np.asarray(predicted)
    if is_equal.ndim == 1:
        return is_equal
    are_all_equal: NDArray[np.bool_] = np.logical_and.reduce(is_equal, axis=1)
    return are_all_equal
