"""Folds for nested cross-validation, which isn't told which rows it is given."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    _Rows = NDArray[np.intp]

__all__ = ["NestedFolds"]


class NestedFolds:
    """Folds that were made beforehand, for each set of rows that may be asked about.

    A cross-validation inside another is given some of the rows, and is not told which:
    a ``groups`` that is known for all of them is of no use to it. The targets that it
    is given tell it which rows they are.

    Parameters
    ----------
    numbers : mapping of str to ndarray of int
        What :meth:`name` makes of the targets of some rows, to the fold that tests each
        of these rows.

    Examples
    --------
    >>> import numpy as np
    >>> y = ["apple", "apple", "pear", "pear"]
    >>> folds = NestedFolds({NestedFolds.name(y): np.array([0, 1, 1, 0])})
    >>> [test.tolist() for _, test in folds.split(y, y)]
    [[0, 3], [1, 2]]
    """

    def __init__(self, numbers: Mapping[str, NDArray[Any]]) -> None:
        self.numbers = numbers

    @staticmethod
    def name(y: ArrayLike) -> str:
        """Name rows by their targets.

        Parameters
        ----------
        y : array-like of shape (n_rows,)
            What can be sorted.

        Returns
        -------
        str
            The same for labels and their codes, and for numbers, their logarithms and
            standardised ones, which arithmetic may make equal where they were close: it
            is about which targets are below, at and above the median.

        Raises
        ------
        TypeError
            When the targets can't be sorted.
        """
        ranks = np.unique(np.asarray(y), return_inverse=True)[1].reshape(-1)
        sides = np.sign(ranks - np.sort(ranks)[len(ranks) // 2])
        return hashlib.sha256(sides.astype(np.int8).tobytes()).hexdigest()[:32]

    def split(
        self,
        X: Any,  # noqa: ARG002 - as scikit-learn's splitters take it
        y: ArrayLike,
        groups: Any = None,  # noqa: ARG002
    ) -> Iterator[tuple[_Rows, _Rows]]:
        """Yield the training and test rows of each fold.

        Parameters
        ----------
        X : object
            Ignored.
        y : array-like of shape (n_rows,)
            The targets of the rows.
        groups : object
            Ignored.

        Yields
        ------
        tuple of (ndarray, ndarray)
            Positions among the rows, see :func:`shuffled_folds`.

        Raises
        ------
        ValueError
            When these are none of the rows that folds were made for.
        """
        yield from shuffled_folds(self._numbers_of(y))

    def get_n_splits(
        self,
        X: Any = None,  # noqa: ARG002
        y: ArrayLike | None = None,
        groups: Any = None,  # noqa: ARG002
    ) -> int:
        """Return the number of folds.

        Parameters
        ----------
        X : object
            Ignored.
        y : array-like of shape (n_rows,), optional
            The targets of the rows; by default, of those that have most folds.
        groups : object
            Ignored.

        Returns
        -------
        int
            At least 2.

        Raises
        ------
        ValueError
            When these are none of the rows that folds were made for.
        """
        asked = self.numbers.values() if y is None else [self._numbers_of(y)]
        return max(int(each.max()) + 1 for each in asked)

    def _numbers_of(self, y: ArrayLike) -> NDArray[Any]:
        numbers = self.numbers.get(self.name(y))
        if numbers is None:
            raise ValueError(
                "this cross-validation inside another keeps groups together among "
                "the rows of the other's folds, but was given "
                f"{len(np.asarray(y)):,} rows that are none of these, or too few to "
                "be told from others by their targets; choose a method that draws no "
                "rows between the two, or drop the groups."
            )
        return numbers


def shuffled_folds(tested_by: NDArray[Any]) -> list[tuple[_Rows, _Rows]]:
    """Return folds whose training rows are shuffled.

    Where rows are sorted by their targets, so would the training rows of each fold be,
    and their targets could not tell which they are.

    Parameters
    ----------
    tested_by : ndarray of int, shape (n_rows,)
        The number of the fold that tests each row.

    Returns
    -------
    list of (ndarray, ndarray)
        Shuffled training rows and ascending test rows of each fold.
    """
    rng = np.random.default_rng(0)
    return [
        (
            rng.permutation(np.flatnonzero(tested_by != fold)),
            np.flatnonzero(tested_by == fold),
        )
        for fold in range(int(tested_by.max()) + 1)
    ]
