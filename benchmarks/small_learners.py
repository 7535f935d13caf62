"""Small learners that fit many training sets of one size at once, in numpy.

scikit-learn's checks of its input would take most of the time of fits this small.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["LEARNERS", "predicted"]

Array = NDArray[Any]

N_BINS, DEPTH = 8, 5
N_TREES, N_FEATURES_OF_A_TREE = 11, 5
# Rows and trees that are grown at once.
_AT_ONCE = 100_000


def predicted(
    name: str, X: Array, y: Array, T: Array, rng: np.random.Generator
) -> Array:
    """Fit a learner to each of several training sets and return its answers.

    Parameters
    ----------
    name : str
        One of `LEARNERS`.
    X, y, T : ndarray of shape (n_fits, n_train, p), (n_fits, n_train), (n_fits, m, p)
        Training rows, their classes 0 and 1, and test rows, of every fit.
    rng : Generator
        For forests.

    Returns
    -------
    ndarray of shape (n_fits, m), int8
    """
    at_once = max(1, _AT_ONCE // X.shape[1])
    parts = range(0, len(X), at_once)
    fit = LEARNERS[name]
    return np.concatenate(
        [
            fit(X[at : at + at_once], y[at : at + at_once], T[at : at + at_once], rng)
            for at in parts
        ]
    ).astype(np.int8)


def logistic(X: Array, y: Array, T: Array, _rng: np.random.Generator) -> Array:
    """Logistic regressions with a penalty of 1, by Newton's method."""
    rows, test = (np.insert(each, 0, 1.0, axis=2) for each in (X, T))
    weights, penalty = np.zeros((len(X), rows.shape[2], 1)), np.eye(rows.shape[2])
    penalty[0, 0] = 1e-6
    turned = rows.transpose(0, 2, 1)
    for _ in range(6):
        proba = 1 / (1 + np.exp(-rows @ weights))
        slope = turned @ (y[:, :, None] - proba) - penalty @ weights
        curve = turned @ (rows * (proba * (1 - proba))) + penalty
        weights = weights + np.linalg.solve(curve, slope)
    found: Array = (test @ weights)[:, :, 0] > 0
    return found


def nearest_neighbours(
    X: Array, y: Array, T: Array, _rng: np.random.Generator
) -> Array:
    """Votes of the five nearest neighbours."""
    X, T = X.astype(np.float32), T.astype(np.float32)
    squares = (X**2).sum(axis=2)[:, None] - 2 * T @ X.transpose(0, 2, 1)
    nearest = np.argpartition(squares, 4, axis=2)[:, :, :5]
    fits = np.arange(len(X))[:, None, None]
    found: Array = y[fits, nearest].mean(axis=2) > 0.5
    return found


def tree(X: Array, y: Array, T: Array, _rng: np.random.Generator) -> Array:
    """Decision trees by Gini's impurity, on binned features."""
    return grown(binned(X), y, binned(T)) > 0.5


def forest(X: Array, y: Array, T: Array, rng: np.random.Generator) -> Array:
    """Votes of trees on bootstrap samples, each of some features."""
    n_fits, n, p = X.shape
    rows, test, votes = binned(X), binned(T), np.zeros(T.shape[:2])
    fits = np.arange(n_fits)[:, None, None]
    for _ in range(N_TREES):
        drawn = rng.integers(0, n, (n_fits, n, 1))
        seen = rng.random((n_fits, 1, p)).argsort(axis=2)[:, :, :N_FEATURES_OF_A_TREE]
        every = np.arange(T.shape[1])[:, None]
        sample = rows[fits, drawn, seen], y[fits[:, :, 0], drawn[:, :, 0]]
        votes += grown(*sample, test[fits, every, seen]) > 0.5
    found: Array = votes > N_TREES / 2
    return found


def binned(X: Array) -> Array:
    """Cut standard normal features into bins."""
    return np.clip((X + 2.5) * (N_BINS / 5), 0, N_BINS - 1).astype(np.intp)


def grown(X: Array, y: Array, T: Array) -> Array:
    """Grow a tree for every training set, level by level.

    Parameters
    ----------
    X, y, T : ndarray
        Binned training rows of every fit, their classes, and binned test rows.

    Returns
    -------
    ndarray of shape (n_fits, m)
        The share of class 1 in the leaf of every test row.
    """
    n_fits, _, p = X.shape
    flat, test, one = X.reshape(-1, p), T.reshape(-1, p), y.ravel()
    nodes, at = (np.repeat(np.arange(n_fits), each.shape[1]) for each in (X, T))
    cells = 2 * (flat + N_BINS * np.arange(p)) + one[:, None]
    for level in range(DEPTH):
        shape = n_fits << level, p, N_BINS, 2
        keys = nodes[:, None] * (2 * p * N_BINS) + cells
        counts = np.bincount(keys.ravel(), minlength=np.prod(shape)).reshape(shape)
        column, threshold = np.divmod(best_splits(counts), N_BINS)
        nodes, at = (
            2 * node + (rows[np.arange(len(rows)), column[node]] > threshold[node])
            for rows, node in ((flat, nodes), (test, at))
        )
    sizes, hits = (np.bincount(nodes, w, n_fits << DEPTH) for w in (None, one))
    share: Array = (hits / np.maximum(sizes, 1e-9))[at]
    return share.reshape(T.shape[:2])


def best_splits(counts: Array) -> Array:
    """Return feature and bin of the best split of every node, as one number.

    Parameters
    ----------
    counts : ndarray of shape (n_nodes, n_features, n_bins, 2)
        Rows of both classes in each bin.
    """
    left = counts.cumsum(axis=2, dtype=np.float32)
    right = left[:, :, -1:] - left
    n_left, n_right = left.sum(axis=3), right.sum(axis=3)
    # Gini's gain of two classes, but for a factor of the node.
    gain = (left[..., 0] * right[..., 1] - left[..., 1] * right[..., 0]) ** 2
    gain /= np.maximum(n_left * n_right, 1e-9)
    gain[(n_left == 0) | (n_right == 0)] = -1.0
    # A node that nothing parts stays whole: its last bin ends it.
    gain[:, 0, -1] = 1e-9
    best: Array = gain.reshape(len(gain), -1).argmax(axis=1)
    return best


LEARNERS: dict[str, Callable[[Array, Array, Array, np.random.Generator], Array]] = {
    "tree": tree,
    "logistic": logistic,
    "k-NN": nearest_neighbours,
    "forest": forest,
}
