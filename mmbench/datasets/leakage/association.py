"""How well a discrete value tells a class, without looking at the row itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Told", "chance_corrected", "copies", "looked_up", "told_class"]


class Told(NamedTuple):
    """A class that some values tell apart from all others.

    Attributes
    ----------
    label : int
        The number of the class.
    kappa : float
        Cohen's kappa between having the class and being predicted to have it.
    n_right, n_told : int
        How many rows are predicted to be of the class, rightly and in all.
    """

    label: int
    kappa: float
    n_right: int
    n_told: int


def chance_corrected(guess: NDArray[np.intp], y: NDArray[np.intp]) -> float:
    """Return Cohen's kappa of guesses [1]_.

    Parameters
    ----------
    guess, y : ndarray of shape (n_rows,), int
        Guessed and true classes, from 0; a guess of -1 is of no class.

    Returns
    -------
    float
        1 where all are right, 0 where not more are than by chance.

    References
    ----------
    .. [1] J. Cohen (1960). A coefficient of agreement for nominal scales.

    Examples
    --------
    >>> chance_corrected(np.array([0, 0, 1, 1]), np.array([0, 1, 1, 1]))
    0.5
    """
    n_classes = int(y.max()) + 1
    true = np.bincount(y, minlength=n_classes)
    said = np.bincount(guess[guess >= 0], minlength=n_classes)
    chance = float(true @ said) / len(y) ** 2
    return float((guess == y).mean() - chance) / (1 - chance) if chance < 1 else 0.0


def looked_up(codes: NDArray[np.intp], y: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the most frequent class of the other rows with the same value.

    Parameters
    ----------
    codes : ndarray of shape (n_rows,), int
        The number of each row's value; -1 counts as a value.
    y : ndarray of shape (n_rows,), int
        The class of each row, from 0.

    Returns
    -------
    ndarray of shape (n_rows,), int
        -1 where no class is the most frequent one.

    Examples
    --------
    >>> looked_up(np.array([5, 5, 5, 7]), np.array([1, 1, 0, 0]))
    array([-1, -1,  1, -1])
    """
    n_classes = int(y.max()) + 1
    value = np.unique(codes, return_inverse=True)[1]
    pairs, counts = np.unique(value * n_classes + y, return_counts=True)
    order = np.lexsort((counts, pairs // n_classes))
    pairs, counts = pairs[order], counts[order]
    values, classes = pairs // n_classes, pairs % n_classes
    last = np.flatnonzero(np.diff(np.append(values, -1)))
    has_second = np.diff(np.append(-1, last)) > 1
    best = classes[last][value]
    # Without the row itself, its own class has one row less.
    lead = counts[last] - np.where(has_second, counts[last - 1], 0)
    return np.where(lead[value] > (y == best), best, -1)


def told_class(guess: NDArray[np.intp], y: NDArray[np.intp]) -> Told:
    """Return the class that guesses agree with best, against all others.

    Parameters
    ----------
    guess, y : ndarray of shape (n_rows,), int
        Guessed and true classes, from 0; a guess of -1 is of no class.

    Returns
    -------
    Told
        Its kappa is 0 where guesses are of one class only.
    """
    n_classes, n = int(y.max()) + 1, len(y)
    true = np.bincount(y, minlength=n_classes)
    said = np.bincount(guess[guess >= 0], minlength=n_classes)
    both = np.bincount(y[guess == y], minlength=n_classes)
    agreed = (n - true - said + 2 * both) / n
    chance = (true * said + (n - true) * (n - said)) / n**2
    kappa = np.where(chance < 1, (agreed - chance) / np.maximum(1 - chance, 1e-9), 0.0)
    # A class of few rows can agree by chance.
    kappa = np.where(both >= _FEWEST_ROWS, kappa, 0.0)
    best = int(kappa.argmax())
    return Told(best, float(kappa[best]), int(both[best]), int(said[best]))


_FEWEST_ROWS = 8


def copies(codes: NDArray[np.intp], y: NDArray[np.intp]) -> NDArray[np.intp] | None:
    """Return the class that each value stands for, if every class has its own value.

    Parameters
    ----------
    codes : ndarray of shape (n_rows,), int
        The number of each row's value, from 0; -1 where it is missing.
    y : ndarray of shape (n_rows,), int
        The class of each row, from 0.

    Returns
    -------
    ndarray of shape (n_rows,), int, or None
        A guess for each row, -1 where its value stands for no class; None where two
        classes share their most frequent value, or a class is spread over values.

    Examples
    --------
    >>> y = np.array([0, 0, 0, 0, 0, 1, 1, 1, 1, 1])
    >>> copies(np.array([7, 7, 7, 7, 7, 3, 3, 3, 3, 7]), y)
    array([0, 0, 0, 0, 0, 1, 1, 1, 1, 0])
    >>> copies(np.array([7, 7, 7, 5, 5, 3, 3, 3, 3, 7]), y) is None
    True
    """
    known = codes >= 0
    classes, row = np.unique(y, return_inverse=True)
    values, column = np.unique(codes, return_inverse=True)
    if len(values) > 4 * len(classes) + 4:
        return None
    table = np.zeros((len(classes), len(values)))
    np.add.at(table, (row[known], column[known]), 1)
    own = table.argmax(axis=1)
    shares = table.max(axis=1) / np.maximum(np.bincount(row), 1)
    if len(set(own.tolist())) < len(classes) or shares.min() < _OWN_VALUE:
        return None
    stands_for = np.full(len(values), -1)
    stands_for[own] = classes
    guess: NDArray[np.intp] = np.where(known, stands_for[column], -1)
    return guess


# The share of a class that has its own value: what is left may be noise.
_OWN_VALUE = 0.75
