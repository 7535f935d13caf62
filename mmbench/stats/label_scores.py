"""Scores of predicted labels from counts, for many resamples at once.

What a score of labels needs of a confusion matrix is three numbers a class. Counting
them is linear in the samples, so that a thousand resamples are one matrix product.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["LABEL_SCORES", "LabelCounts", "label_counts", "label_score"]

Floats = NDArray[np.float64]


class LabelCounts(NamedTuple):
    """How often each class is true, predicted, and both; the classes come first.

    Attributes
    ----------
    support, named, hits : ndarray of shape (n_classes, ...)
        Samples that have the class, that were given it, that have it and were given
        it.
    """

    support: NDArray[Any]
    named: NDArray[Any]
    hits: NDArray[Any]


def label_counts(y: ArrayLike, predicted: ArrayLike, n_classes: int) -> LabelCounts:
    """Count what every score of labels needs.

    Parameters
    ----------
    y, predicted : array-like of shape (n_samples,), integers in [0, n_classes)
        The true and the predicted classes, as numbers.
    n_classes : int
        The number of classes.

    Returns
    -------
    LabelCounts
        Arrays of shape (n_classes,).
    """
    truth, answers = np.asarray(y), np.asarray(predicted)
    return LabelCounts(
        support=np.bincount(truth, minlength=n_classes),
        named=np.bincount(answers, minlength=n_classes),
        hits=np.bincount(truth[truth == answers], minlength=n_classes),
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
        The score of each set of counts; equal to scikit-learn's function of the name.

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


def _ratio(part: NDArray[Any], of: NDArray[Any]) -> Floats:
    """Divide; nothing of nothing counts as zero."""
    quotient = np.zeros(np.broadcast_shapes(np.shape(part), np.shape(of)))
    np.divide(part, of, out=quotient, where=of > 0)
    return quotient


def _macro(per_class: Floats, seen: NDArray[np.bool_]) -> Floats:
    """Return the mean over the classes that are seen at all."""
    return _ratio(np.where(seen, per_class, 0.0).sum(axis=0), seen.sum(axis=0))


def _f1(counts: LabelCounts) -> Floats:
    return _ratio(2 * counts.hits, counts.support + counts.named)


def _accuracy(counts: LabelCounts) -> Floats:
    return _ratio(counts.hits.sum(axis=0), counts.support.sum(axis=0))


def _balanced_accuracy(counts: LabelCounts) -> Floats:
    return _macro(_ratio(counts.hits, counts.support), counts.support > 0)


def _precision_macro(counts: LabelCounts) -> Floats:
    seen = counts.support + counts.named > 0
    return _macro(_ratio(counts.hits, counts.named), seen)


def _recall_macro(counts: LabelCounts) -> Floats:
    seen = counts.support + counts.named > 0
    return _macro(_ratio(counts.hits, counts.support), seen)


def _f1_macro(counts: LabelCounts) -> Floats:
    return _macro(_f1(counts), counts.support + counts.named > 0)


def _f1_weighted(counts: LabelCounts) -> Floats:
    return _ratio(
        (_f1(counts) * counts.support).sum(axis=0), counts.support.sum(axis=0)
    )


LABEL_SCORES: Mapping[str, Callable[[LabelCounts], Floats]] = MappingProxyType(
    {
        "f1_macro": _f1_macro,
        "accuracy": _accuracy,
        "balanced_accuracy": _balanced_accuracy,
        "precision_macro": _precision_macro,
        "recall_macro": _recall_macro,
        "f1_weighted": _f1_weighted,
    }
)
"""The scores that need predicted labels only, by their name in suites and tables."""
