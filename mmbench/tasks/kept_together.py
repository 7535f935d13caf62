"""Rows that folds and resamples keep together: of one picture, or of one group."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["kept_together", "owners_together"]


def kept_together(units: NDArray[Any], groups: NDArray[Any] | None) -> NDArray[np.intp]:
    """Return a number for each row, the same where a unit or a group is shared.

    Parameters
    ----------
    units : ndarray of shape (n_rows,)
        What each row is about, such as the number of its picture.
    groups : ndarray of shape (n_rows,) or None
        The group of each row, if there are groups.

    Returns
    -------
    ndarray of int, shape (n_rows,)
        Numbers from 0: those of the connected parts.

    Examples
    --------
    >>> kept_together(np.array([7, 7, 8, 9]), np.array(["a", "b", "b", "c"])).tolist()
    [0, 0, 0, 1]
    """
    from scipy import sparse
    from scipy.sparse.csgraph import connected_components

    numbers = np.unique(units, return_inverse=True)[1].reshape(-1)
    if groups is None:
        return numbers
    owners = np.unique(groups, return_inverse=True)[1].reshape(-1)
    n_units = int(numbers.max()) + 1
    n_nodes = n_units + int(owners.max()) + 1
    edges = np.ones(len(numbers)), (numbers, owners + n_units)
    graph = sparse.coo_array(edges, shape=(n_nodes, n_nodes))
    found = connected_components(graph, directed=False)[1][numbers]
    return np.unique(found, return_inverse=True)[1].reshape(-1)


def owners_together(units: NDArray[Any], owners: NDArray[Any]) -> NDArray[Any]:
    """Return the owners; rows that are kept together share one.

    Parameters
    ----------
    units, owners : ndarray of shape (n_rows,)
        What each row is about, and whose it is.

    Returns
    -------
    ndarray of shape (n_rows,)
        The owner of the first row of each part.

    Examples
    --------
    >>> owners_together(np.array([1, 1, 2]), np.array(["x", "y", "z"])).tolist()
    ['x', 'x', 'z']
    """
    together = kept_together(units, owners)
    first = np.unique(together, return_index=True)[1]
    return owners[first][together]
