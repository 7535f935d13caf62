"""Labels that are probably wrong: confident learning.

References
----------
C. G. Northcutt, L. Jiang, I. L. Chuang. *Confident learning: estimating uncertainty in
dataset labels.* Journal of Artificial Intelligence Research 70, 2021. Equations 1 and 2
are the confident joint, equation 3 its calibration, and section 3.2 pruning by noise
rate and ranking by normalised margin. The package cleanlab is by the same authors.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["LabelErrors", "confident_joint", "label_errors", "noise_joint"]

Floats = NDArray[np.float64]


class LabelErrors(NamedTuple):
    """Which labels are probably wrong.

    Attributes
    ----------
    suspects : ndarray of int
        Numbers of the rows, the most suspect first.
    margin : ndarray of float, shape (n_rows,)
        The normalised margin of every row: the probability of its label less that of
        the likeliest other class, from -1 to 1.
    likelier : ndarray of int, shape (n_rows,)
        That other class, by number.
    n_expected : float
        How many labels are wrong by the estimated joint distribution.
    """

    suspects: NDArray[np.intp]
    margin: Floats
    likelier: NDArray[np.intp]
    n_expected: float


def label_errors(labels: ArrayLike, proba: ArrayLike) -> LabelErrors:
    """Find labels that are probably wrong: pruned by noise rate, ranked by margin.

    Parameters
    ----------
    labels : array-like of int, shape (n_rows,)
        The given labels by number.
    proba : array-like of shape (n_rows, n_classes)
        Probabilities by models that did not see these rows.

    Returns
    -------
    LabelErrors
        For every pair of a given class and another one, as many suspects as the
        estimated joint distribution has wrong labels of that kind, those of the
        greatest margin.

    Raises
    ------
    ValueError
        When shapes differ, a label is not a column, or probabilities are not finite.

    Examples
    --------
    >>> proba = [[0.9, 0.1], [0.8, 0.2], [0.1, 0.9], [0.2, 0.8], [0.05, 0.95]]
    >>> label_errors([0, 0, 1, 1, 0], proba).suspects.tolist()
    [4]
    """
    y, p = _checked(labels, proba)
    rows = np.arange(len(y))
    others = p.copy()
    others[rows, y] = -np.inf
    likelier = others.argmax(axis=1)
    margin = p[rows, y] - p[rows, likelier] if p.shape[1] > 1 else np.ones(len(y))
    joint = noise_joint(y, p) * len(y)
    chosen = np.zeros(len(y), np.bool_)
    for given, true in zip(*np.nonzero(joint), strict=True):
        n = round(float(joint[given, true]))
        if given != true and n:
            own = np.flatnonzero(y == given)
            lead = p[own, true] - p[own, given]
            chosen[own[np.argsort(-lead, kind="stable")[:n]]] = True
    # Where the model agrees with the label, there is nothing to suspect.
    chosen &= margin < 0
    order = np.argsort(margin, kind="stable")
    expected = float(joint.sum() - np.trace(joint))
    return LabelErrors(order[chosen[order]], margin, likelier, expected)


def confident_joint(labels: ArrayLike, proba: ArrayLike) -> NDArray[np.intp]:
    """Count rows by their given class and the class that they confidently are.

    Parameters
    ----------
    labels : array-like of int, shape (n_rows,)
        The given labels by number.
    proba : array-like of shape (n_rows, n_classes)
        Probabilities by models that did not see these rows.

    Returns
    -------
    ndarray of int, shape (n_classes, n_classes)
        A row is confidently of a class where its probability is at least the mean
        probability of that class over the rows labelled so; of several such classes,
        the most probable one counts.

    Raises
    ------
    ValueError
        When shapes differ, a label is not a column, or probabilities are not finite.
    """
    y, p = _checked(labels, proba)
    n_classes = p.shape[1]
    sizes = np.bincount(y, minlength=n_classes)
    sums = np.bincount(y, weights=p[np.arange(len(y)), y], minlength=n_classes)
    # What no row is labelled, none can confidently be.
    thresholds = np.where(sizes > 0, sums / np.maximum(sizes, 1), np.inf)
    above = p >= thresholds
    found = above.any(axis=1)
    true = np.where(above, p, -np.inf).argmax(axis=1)
    pairs = y[found] * n_classes + true[found]
    counted = np.bincount(pairs, minlength=n_classes**2)
    return counted.reshape(n_classes, n_classes)


def noise_joint(labels: ArrayLike, proba: ArrayLike) -> Floats:
    """Estimate the joint distribution of given and true classes.

    Parameters
    ----------
    labels : array-like of int, shape (n_rows,)
        The given labels by number.
    proba : array-like of shape (n_rows, n_classes)
        Probabilities by models that did not see these rows.

    Returns
    -------
    ndarray of shape (n_classes, n_classes)
        The confident joint, each of its rows scaled to the class's share; it sums to 1.

    Raises
    ------
    ValueError
        When shapes differ, a label is not a column, or probabilities are not finite.
    """
    y, p = _checked(labels, proba)
    counted = confident_joint(y, p).astype(np.float64)
    # A class without any confident row is taken to be right.
    empty = counted.sum(axis=1) == 0
    counted[empty, empty] = 1.0
    sizes = np.bincount(y, minlength=p.shape[1])
    scaled = counted / counted.sum(axis=1, keepdims=True) * sizes[:, None]
    joint: Floats = scaled / scaled.sum()
    return joint


def _checked(labels: ArrayLike, proba: ArrayLike) -> tuple[NDArray[np.intp], Floats]:
    y, p = np.asarray(labels, np.intp), np.asarray(proba, np.float64)
    if p.ndim != 2 or y.shape != p.shape[:1] or not len(y):
        raise ValueError(
            "labels must have shape (n_rows,) and proba (n_rows, n_classes), got "
            f"{y.shape} and {p.shape}."
        )
    if y.min() < 0 or y.max() >= p.shape[1]:
        raise ValueError(
            f"labels must be below {p.shape[1]}, got {y.min()} to {y.max()}."
        )
    if not np.isfinite(p).all():
        raise ValueError("proba must be finite, got NaN or inf.")
    return y, p
