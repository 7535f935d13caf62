"""What columns of numbers have in common with a target."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from mmbench.datasets.leakage.association import told_class

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mmbench.tasks import Question

__all__ = [
    "candidates",
    "clusters",
    "correlation",
    "has_constant_class",
    "tree_accuracy",
]

# Rows that all columns are sorted by, and columns that are then looked at closely.
_SORTED_ROWS, _MOST_COLUMNS = 400, 40
# What makes a column worth a closer look: agreement beyond chance of neighbours in its
# order, or rank correlation.
_AGREEMENT, _RANK_CORRELATION = 0.5, 0.75
_MANY_TIED = 20
_LARGEST = float(np.finfo(np.float32).max)


def candidates(matrix: NDArray[np.float64], questions: Sequence[Question]) -> list[int]:
    """Return the columns whose order has something to do with an answer.

    Parameters
    ----------
    matrix : ndarray of shape (n_rows, n_columns)
        Numbers; NaN where one is missing.
    questions : sequence of Question
        Of the same rows.

    Returns
    -------
    list of int
        Numbers of columns, ascending; the 40 best where there are more.

    Examples
    --------
    >>> from mmbench.tasks import Question
    >>> rng = np.random.default_rng(0)
    >>> y = rng.integers(0, 2, 100)
    >>> matrix = np.column_stack([rng.normal(size=100), y + 0.1 * rng.random(100)])
    >>> candidates(matrix, [Question("the label", "", y)])
    [1]
    """
    if not matrix.shape[1]:
        return []
    some = np.random.RandomState(0).permutation(len(matrix))[:_SORTED_ROWS]
    order = np.argsort(matrix[some], axis=0)
    ordered = np.take_along_axis(matrix[some], order, axis=0)
    tied = ordered[1:] == ordered[:-1]
    n_tied = tied.sum(axis=0)
    scores = np.zeros(matrix.shape[1])
    for question in questions:
        y = question.y[some]
        shares = np.bincount(y) / len(y)
        chance = float(shares @ shares)
        if chance < 1:
            same = y[order[1:]] == y[order[:-1]]
            of_tied = (same & tied).sum(axis=0) / np.maximum(n_tied, 1)
            # Codes of the target have no order, but those that are equal agree.
            agree = np.where(n_tied >= _MANY_TIED, np.maximum(of_tied - 0.2, 0), 0)
            agree = np.maximum(agree, same.mean(axis=0))
            scores = np.maximum(scores, (agree - chance) / (1 - chance) / _AGREEMENT)
        if question.values is not None:
            ranks = np.argsort(np.argsort(question.values[some]))
            trend = np.abs(_correlations(ranks[order]))
            scores = np.maximum(scores, trend / _RANK_CORRELATION)
    best = np.argsort(-scores, kind="stable")[:_MOST_COLUMNS]
    return sorted(int(column) for column in best if scores[column] >= 1)


def _correlations(columns: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return the correlation of each column with the numbers of its rows."""
    line = np.arange(len(columns)) - (len(columns) - 1) / 2
    centred = columns - columns.mean(axis=0)
    lengths = np.sqrt((line**2).sum() * (centred**2).sum(axis=0))
    found: NDArray[np.float64] = line @ centred / np.maximum(lengths, 1e-12)
    return found


def correlation(
    numbers: NDArray[np.float64], values: NDArray[np.float64]
) -> tuple[float, float]:
    """Return how closely a column follows the numbers of a target.

    Parameters
    ----------
    numbers, values : ndarray of shape (n_rows,)
        A column, NaN where it is missing, and the target.

    Returns
    -------
    tuple of (float, float)
        Pearson's or Spearman's correlation, whichever is stronger, of all rows, and
        without the eighth of them that is farthest off the trend; 0 where less than
        half of the rows have a number.

    Examples
    --------
    >>> values = np.arange(40.0)
    >>> numbers = np.where(values % 10 == 0, 20, 3 - values)
    >>> [float(round(r, 3)) for r in correlation(numbers, values)]
    [-0.873, -0.999]
    """
    from scipy.stats import rankdata

    known = np.isfinite(numbers)
    if known.sum() < max(_FEWEST_ROWS, len(numbers) / 2):
        return 0.0, 0.0
    x, y = np.clip(numbers[known], -_LARGEST, _LARGEST), values[known]
    first, second = rankdata(x), rankdata(y)
    if _correlation(first, second) < 0:
        second = len(second) + 1 - second
    off = np.abs(first - second)
    kept = off <= np.quantile(off, 1 - _OFF_THE_TREND)
    pairs = (x, y), (rankdata(x), rankdata(y))
    return (
        max((_correlation(a, b) for a, b in pairs), key=abs),
        max((_correlation(a[kept], b[kept]) for a, b in pairs), key=abs),
    )


_FEWEST_ROWS = 20
_OFF_THE_TREND = 0.125


def _correlation(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    return float(np.corrcoef(a, b)[0, 1]) if np.ptp(a) and np.ptp(b) else 0.0


def clusters(numbers: NDArray[np.float64]) -> NDArray[np.intp] | None:
    """Return the number of each row's cluster, where numbers lie in tight clusters.

    Parameters
    ----------
    numbers : ndarray of shape (n_rows,)
        NaN where one is missing.

    Returns
    -------
    ndarray of shape (n_rows,), int, or None
        -1 where the number is missing; None where numbers are spread out, as
        measurements are.

    Examples
    --------
    >>> clusters(np.array([3.0, 1.0, 3.0, np.nan]))
    array([ 1,  0,  1, -1])
    """
    known = np.isfinite(numbers)
    values, codes = np.unique(numbers[known], return_inverse=True)
    found = np.full(len(numbers), -1)
    if len(values) > _MOST_CODES:
        gaps = np.diff(values)
        wide = gaps >= gaps.max() / 4
        parts = np.append(0, np.cumsum(wide))
        widths = [np.ptp(values[parts == part]) for part in range(parts[-1] + 1)]
        # A cluster is much narrower than the space between it and the next.
        if len(widths) > _MOST_CODES or max(widths) > gaps[wide].min() / 2:
            return None
        codes = parts[codes]
    found[known] = codes
    return found


_MOST_CODES = 60


def has_constant_class(numbers: NDArray[np.float64], y: NDArray[np.intp]) -> bool:
    """Return whether one class has one number, which no other has.

    Parameters
    ----------
    numbers : ndarray of shape (n_rows,)
        A column.
    y : ndarray of shape (n_rows,), int
        The class of each row.

    Returns
    -------
    bool
        True, for example, for an amount that is 0 wherever something did not happen.
    """
    values, codes, counts = np.unique(numbers, return_inverse=True, return_counts=True)
    most = codes == counts.argmax()
    label = np.bincount(y[most]).argmax()
    return len(values) > 1 and told_class(np.where(most, label, -1), y).kappa >= 0.9


def tree_accuracy(numbers: NDArray[np.float64], y: NDArray[np.intp]) -> float:
    """Return how often a tree of a few thresholds is right, on other rows.

    Parameters
    ----------
    numbers : ndarray of shape (n_rows,)
        A column; NaN where it is missing.
    y : ndarray of shape (n_rows,), int
        The class of each row.

    Returns
    -------
    float
        Over two folds; 0 where there is one class only.
    """
    from sklearn.model_selection import StratifiedKFold, cross_val_score
    from sklearn.tree import DecisionTreeClassifier

    # Two folds need two rows of a class; rarer ones would only warn.
    rows = np.flatnonzero(np.bincount(y)[y] > 1)
    n_classes = len(np.unique(y[rows]))
    if n_classes < 2:
        return 0.0
    # Trees compute in single precision, and refuse what is beyond it.
    features = np.clip(numbers, -_LARGEST, _LARGEST)[rows, None]
    tree = DecisionTreeClassifier(max_leaf_nodes=2 * n_classes, random_state=0)
    folds = StratifiedKFold(2, shuffle=True, random_state=0)
    return float(cross_val_score(tree, features, y[rows], cv=folds).mean())
