"""Labels and probabilities that a foreign model left in the columns of a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from mmbench.columns import Column, numbers_of
from mmbench.errors import DataError
from mmbench.untrusted import short

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["LABEL", "answered_classes", "label_numbers", "probability_columns"]

LABEL = "label"
"""The column of labels."""
PROBABILITY = "proba_"
# Probabilities are often written with four digits.
_SUM_TOLERANCE = 0.01
_MOST_NAMED = 20
_REMEDY = "leave the columns of probabilities out"


def answered_classes(columns: Mapping[str, Column]) -> set[str]:
    """Return the classes that answers name.

    Parameters
    ----------
    columns : mapping of str to Column
        By name.

    Returns
    -------
    set of str
        Those in the column ``label``, and those with a column of probabilities.
    """
    found = {
        name.removeprefix(PROBABILITY)
        for name in columns
        if name.startswith(PROBABILITY)
    }
    if LABEL in columns:
        found |= {str(cell) for cell in columns[LABEL].cells}
    return found


def label_numbers(
    columns: Mapping[str, Column], classes: NDArray[Any]
) -> NDArray[np.intp]:
    """Return the labels of the column ``label`` by number.

    Parameters
    ----------
    columns : mapping of str to Column
        By name.
    classes : ndarray of shape (n_classes,)
        The classes, sorted.

    Returns
    -------
    ndarray of int, shape (n_rows,)
        The number of each row's class.

    Raises
    ------
    DataError
        When there is no such column, or a cell is none of the classes.
    """
    if LABEL not in columns:
        raise DataError(
            f"there is neither a column {LABEL!r} nor a column of probabilities for "
            f"each class, such as {PROBABILITY + str(classes[0])!r}; the columns are: "
            f"{', '.join(columns)}."
        )
    known = {str(name): number for number, name in enumerate(classes.tolist())}
    column = columns[LABEL]
    for position, cell in enumerate(column.cells):
        if str(cell) not in known:
            raise column.error(
                position,
                f"{short(cell)} is not one of the dataset's classes, which are: "
                f"{', '.join(list(known)[:_MOST_NAMED])}.",
            )
    return np.array([known[str(cell)] for cell in column.cells], np.intp)


def probability_columns(
    columns: Mapping[str, Column], classes: NDArray[Any], *, sums: bool = True
) -> NDArray[np.float64] | None:
    """Return the classes' probabilities, None where there is no column of them.

    Parameters
    ----------
    columns : mapping of str to Column
        By name; a class's probabilities are in ``proba_CLASS``.
    classes : ndarray of shape (n_classes,)
        The classes, sorted.
    sums : bool, default=True
        Whether the probabilities of a row must sum to one. They are scaled to do so
        exactly, as they were rounded when they were written.

    Returns
    -------
    ndarray of shape (n_rows, n_classes) or None
        Numbers from 0 to 1.

    Raises
    ------
    DataError
        When a class lacks its column, or a cell is not a probability.
    """
    names = [f"{PROBABILITY}{name}" for name in classes.tolist()]
    there = [name for name in names if name in columns]
    if not there:
        return None
    if len(there) < len(names):
        lacking = next(name for name in names if name not in columns)
        raise DataError(
            f"{len(there)} of {len(names)} classes have a column of probabilities; "
            f"{lacking!r} has none."
        )
    proba = np.column_stack([numbers_of(columns[name], _REMEDY) for name in names])
    for row, number in np.argwhere(~((proba >= 0) & (proba <= 1))).tolist():
        found = f"{proba[row, number]:g} must be a probability, from 0 to 1."
        raise columns[names[number]].error(row, found)
    if not sums:
        return proba
    totals = proba.sum(axis=1)
    for row in np.flatnonzero(np.abs(totals - 1) > _SUM_TOLERANCE).tolist():
        found = f"the probabilities of a row must sum to 1, got {totals[row]:g}."
        raise columns[names[0]].error(row, found)
    scaled: NDArray[np.float64] = proba / totals[:, None]
    return scaled
