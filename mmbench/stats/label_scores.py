"""Scores of predicted labels from counts, for many resamples at once.

What a score of labels needs of a confusion matrix is three numbers a class, and how
many samples are right. Counting them is linear in the samples, so that a thousand
resamples are one matrix product.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mmbench.stats.labels import entries, rows_right, shared_entries

__all__ = [
    "LABEL_SCORES",
    "LabelCounts",
    "f1_of_classes",
    "label_counts",
    "label_score",
    "scores_for",
]

Floats = NDArray[np.float64]


_LEFT_OUT = np.empty(0)


class LabelCounts(NamedTuple):
    """How often each class is true, predicted, and both; the classes come first.

    Attributes
    ----------
    support, named, hits : ndarray of shape (n_classes, ...)
        Samples that have the class, that were given it, that have it and were given
        it.
    right, n_samples : ndarray of shape (1, ...), optional
        Samples with all their classes and no other, and all samples. They may be left
        out where each sample has one class: they are then the sums of `hits` and of
        `support`.
    """

    support: NDArray[Any]
    named: NDArray[Any]
    hits: NDArray[Any]
    right: NDArray[Any] = _LEFT_OUT
    n_samples: NDArray[Any] = _LEFT_OUT


def label_counts(y: ArrayLike, predicted: ArrayLike, n_classes: int) -> LabelCounts:
    """Count what every score of labels needs.

    Parameters
    ----------
    y, predicted : array-like of shape (n_samples,), integers in [0, n_classes)
        The true and the predicted classes, as numbers; or indicators of them, of shape
        (n_samples, n_classes).
    n_classes : int
        The number of classes.

    Returns
    -------
    LabelCounts
        Arrays of shape (n_classes,).
    """
    right = rows_right(y, predicted)
    return LabelCounts(
        support=np.bincount(entries(y).classes, minlength=n_classes),
        named=np.bincount(entries(predicted).classes, minlength=n_classes),
        hits=np.bincount(shared_entries(y, predicted).classes, minlength=n_classes),
        right=np.array([np.count_nonzero(right)]),
        n_samples=np.array([len(right)]),
    )


def label_score(metric: str, counts: LabelCounts) -> Floats:
    """Return a score of labels.

    Parameters
    ----------
    metric : str
        One of :data:`LABEL_SCORES`.
    counts : LabelCounts
        Of shape (n_classes, ...).

    Returns
    -------
    ndarray of shape (...)
        The score of each set of counts; equal to scikit-learn's function of the name,
        but for macro-averages, which are over the classes that are true or predicted
        anywhere. The accuracy of indicators is the share of samples whose whole set is
        right.

    Raises
    ------
    ValueError
        When there is no such score.

    Examples
    --------
    >>> counts = label_counts([0, 0, 1, 1], [0, 1, 1, 1], n_classes=2)
    >>> round(float(label_score("f1_macro", counts)), 4)
    0.7333
    """
    if metric not in LABEL_SCORES:
        raise ValueError(f"metric must be one of {list(LABEL_SCORES)}, got {metric!r}.")
    return LABEL_SCORES[metric](counts)


def scores_for(y: ArrayLike) -> tuple[str, ...]:
    """Return which of :data:`LABEL_SCORES` are defined for such labels.

    Parameters
    ----------
    y : array-like of shape (n_samples,) or (n_samples, n_classes)
        Classes, or an indicator of them, for which balanced accuracy is not defined.

    Returns
    -------
    tuple of str
    """
    undefined = {"balanced_accuracy"} if np.ndim(y) == 2 else set()
    return tuple(name for name in LABEL_SCORES if name not in undefined)


def f1_of_classes(counts: LabelCounts) -> Floats:
    """Return the F1 score of each class.

    Parameters
    ----------
    counts : LabelCounts
        Of shape (n_classes, ...).

    Returns
    -------
    ndarray of shape (n_classes, ...)
        0 for a class that is neither true nor predicted anywhere.

    Examples
    --------
    >>> f1_of_classes(label_counts([[1, 0], [1, 0]], [[1, 0], [0, 0]], 2)).round(3)
    array([0.667, 0.   ])
    """
    return _ratio(2 * counts.hits, counts.support + counts.named)


def _ratio(part: NDArray[Any], of: NDArray[Any]) -> Floats:
    """Divide; nothing of nothing counts as zero."""
    quotient = np.zeros(np.broadcast_shapes(np.shape(part), np.shape(of)))
    np.divide(part, of, out=quotient, where=of > 0)
    return quotient


def _macro(per_class: Floats, seen: NDArray[np.bool_]) -> Floats:
    """Return the mean over the classes that are seen at all."""
    return _ratio(np.where(seen, per_class, 0.0).sum(axis=0), seen.sum(axis=0))


def _accuracy(counts: LabelCounts) -> Floats:
    if not counts.n_samples.size:
        return _ratio(counts.hits.sum(axis=0), counts.support.sum(axis=0))
    return _ratio(counts.right[0], counts.n_samples[0])


def _balanced_accuracy(counts: LabelCounts) -> Floats:
    return _macro(_ratio(counts.hits, counts.support), counts.support > 0)


def _precision_macro(counts: LabelCounts) -> Floats:
    seen = counts.support + counts.named > 0
    return _macro(_ratio(counts.hits, counts.named), seen)


def _recall_macro(counts: LabelCounts) -> Floats:
    seen = counts.support + counts.named > 0
    return _macro(_ratio(counts.hits, counts.support), seen)


def _f1_macro(counts: LabelCounts) -> Floats:
    return _macro(f1_of_classes(counts), counts.support + counts.named > 0)


def _f1_micro(counts: LabelCounts) -> Floats:
    named = counts.support.sum(axis=0) + counts.named.sum(axis=0)
    return _ratio(2 * counts.hits.sum(axis=0), named)


def _f1_weighted(counts: LabelCounts) -> Floats:
    weighted = f1_of_classes(counts) * counts.support
    return _ratio(weighted.sum(axis=0), counts.support.sum(axis=0))


LABEL_SCORES: Mapping[str, Callable[[LabelCounts], Floats]] = MappingProxyType(
    {
        "f1_macro": _f1_macro,
        "accuracy": _accuracy,
        "balanced_accuracy": _balanced_accuracy,
        "precision_macro": _precision_macro,
        "recall_macro": _recall_macro,
        "f1_weighted": _f1_weighted,
        "f1_micro": _f1_micro,
    }
)
"""The scores that need predicted labels only, by their name in suites and tables."""
