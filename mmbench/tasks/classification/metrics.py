"""Metrics of one label per sample; they equal scikit-learn's, which tests hold them to.

Those of labels are functions of counts: how many samples each class has, how many are
given it, how many are both, how many are right, and how many there are.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from mmbench.tasks.metric import Metric

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mmbench.tasks.base import Prediction, Target

    Floats = NDArray[np.float64]

__all__ = ["METRICS", "LabelCounts", "count_labels", "f1_of_classes", "label_metrics"]


class LabelCounts:
    """Column sums of :func:`count_labels`, by what they count.

    Parameters
    ----------
    sums : array-like of shape (3 * n_classes + 2, ...)
        The sums; resamples may follow in further dimensions.

    Attributes
    ----------
    support, predicted, true_positives : ndarray of shape (n_classes, ...)
        Samples that have each class, that are given it, and both.
    right, n_samples : ndarray of shape (...)
        Samples that are right as a whole, and all samples.
    """

    def __init__(self, sums: Any) -> None:
        sums = np.asarray(sums)
        n_classes = (len(sums) - 2) // 3
        self.support = sums[:n_classes]
        self.predicted = sums[n_classes : 2 * n_classes]
        self.true_positives = sums[2 * n_classes : 3 * n_classes]
        self.right, self.n_samples = sums[-2], sums[-1]

    @property
    def is_seen(self) -> NDArray[np.bool_]:
        """Which classes are true or predicted anywhere."""
        seen: NDArray[np.bool_] = (self.support > 0) | (self.predicted > 0)
        return seen


def classes_of(target: Target) -> NDArray[Any]:
    """Return the classes of a target, sorted.

    Parameters
    ----------
    target : Target
        Its schema is complete.

    Returns
    -------
    ndarray of shape (n_classes,)
        Strings or integers.
    """
    return np.asarray(target.schema["classes"])


def class_numbers(target: Target) -> NDArray[np.intp]:
    """Return the true class of each row by number.

    Parameters
    ----------
    target : Target
        Its schema is complete.

    Returns
    -------
    ndarray of int, shape (n_rows,)
        Positions among the sorted classes.
    """
    numbers: NDArray[np.intp] = np.searchsorted(classes_of(target), target.scored)
    return numbers


def count_labels(target: Target, prediction: Prediction) -> sparse.csr_array:
    """Return what each row adds to the counts, for :class:`LabelCounts`.

    Parameters
    ----------
    target : Target
        Of the scored rows.
    prediction : Prediction
        Has ``label``.

    Returns
    -------
    csr_array of shape (n_rows, 3 * n_classes + 2)
        Few entries a row, so that a thousand classes cost no more than ten.
    """
    n_classes = len(target.schema["classes"])
    truth, given = class_numbers(target), prediction["label"]
    right = np.flatnonzero(truth == given)
    rows = np.arange(len(truth))
    return entries(
        [
            (rows, truth),
            (rows, n_classes + given),
            (right, 2 * n_classes + truth[right]),
            (right, np.full(len(right), 3 * n_classes)),
            (rows, np.full(len(rows), 3 * n_classes + 1)),
        ],
        (len(rows), 3 * n_classes + 2),
    )


def entries(
    places: Sequence[tuple[NDArray[Any], NDArray[Any]]], shape: tuple[int, int]
) -> sparse.csr_array:
    """Return a matrix of ones at some places, given as rows and columns.

    Parameters
    ----------
    places : sequence of (ndarray, ndarray)
        Pairs of row and column numbers of equal length; a place that is given twice
        counts twice.
    shape : (int, int)
        Of the matrix.

    Returns
    -------
    csr_array of float32
        Zero elsewhere.
    """
    rows = np.concatenate([row for row, _ in places])
    columns = np.concatenate([column for _, column in places])
    return sparse.csr_array((np.ones(len(rows), np.float32), (rows, columns)), shape)


def ratio(part: Any, of: Any) -> Floats:
    """Divide; nothing of nothing counts as zero.

    Parameters
    ----------
    part, of : array-like
        Numerators and denominators, at least 0, of shapes that broadcast.

    Returns
    -------
    ndarray of float64
        Zero where the denominator is 0.
    """
    quotient = np.zeros(np.broadcast_shapes(np.shape(part), np.shape(of)))
    np.divide(part, of, out=quotient, where=np.asarray(of) > 0)
    return quotient


def _mean_over(classes: NDArray[np.bool_], per_class: Floats) -> Floats:
    """Return the mean over some of the classes; 0 where there are none."""
    return ratio(np.where(classes, per_class, 0.0).sum(axis=0), classes.sum(axis=0))


def f1_of_classes(sums: Any) -> Floats:
    """Return the F1 score of each class, 0 for one that is never true nor predicted.

    Parameters
    ----------
    sums : array-like of shape (3 * n_classes + 2, ...)
        Column sums of :func:`count_labels`.

    Returns
    -------
    ndarray of shape (n_classes, ...)
    """
    counts = LabelCounts(sums)
    return ratio(2 * counts.true_positives, counts.support + counts.predicted)


def _accuracy(sums: Any) -> Floats:
    counts = LabelCounts(sums)
    return ratio(counts.right, counts.n_samples)


def _balanced_accuracy(sums: Any) -> Floats:
    counts = LabelCounts(sums)
    recalls = ratio(counts.true_positives, counts.support)
    return _mean_over(counts.support > 0, recalls)


def _precision_macro(sums: Any) -> Floats:
    counts = LabelCounts(sums)
    precisions = ratio(counts.true_positives, counts.predicted)
    return _mean_over(counts.is_seen, precisions)


def _recall_macro(sums: Any) -> Floats:
    counts = LabelCounts(sums)
    return _mean_over(counts.is_seen, ratio(counts.true_positives, counts.support))


def _f1_macro(sums: Any) -> Floats:
    return _mean_over(LabelCounts(sums).is_seen, f1_of_classes(sums))


def _f1_micro(sums: Any) -> Floats:
    counts = LabelCounts(sums)
    total = counts.support.sum(axis=0) + counts.predicted.sum(axis=0)
    return ratio(2 * counts.true_positives.sum(axis=0), total)


def _f1_weighted(sums: Any) -> Floats:
    counts = LabelCounts(sums)
    weighted = f1_of_classes(sums) * counts.support
    return ratio(weighted.sum(axis=0), counts.support.sum(axis=0))


def mean_of_rows(sums: Any) -> Floats:
    """Return the mean of what rows contribute, whose second column counts them.

    Parameters
    ----------
    sums : array-like of shape (2, ...)
        The sum of the values, and the number of rows.

    Returns
    -------
    ndarray of shape (...)
        NaN without rows.
    """
    return _ratio_of_floats(sums[0], sums[1])


def _ratio_of_floats(part: Any, of: Any) -> Floats:
    """Divide numbers of either sign; nothing of nothing is NaN."""
    with np.errstate(invalid="ignore", divide="ignore"):
        found: Floats = np.asarray(part, np.float64) / np.asarray(of, np.float64)
    return found


def with_ones(values: Floats) -> Floats:
    """Return what rows contribute to a mean: their values, and a one each.

    Parameters
    ----------
    values : ndarray of shape (n_rows,)
        One value per row.

    Returns
    -------
    ndarray of shape (n_rows, 2)
        Contributions for :func:`mean_of_rows`.
    """
    return np.column_stack([values, np.ones(len(values))])


def _surprise(target: Target, prediction: Prediction) -> Floats:
    truth = class_numbers(target)
    of_truth = prediction["proba"][np.arange(len(truth)), truth]
    floor = np.finfo(np.float64).eps
    return with_ones(-np.log(np.clip(of_truth, floor, 1.0)))


def _roc_auc_ovr(target: Target, prediction: Prediction) -> float:
    truth = class_numbers(target)[:, None] == np.arange(len(target.schema["classes"]))
    areas = areas_under_roc(truth, prediction["proba"])
    # Of two classes, the second is the one that a ROC curve is about.
    return float(areas[1] if len(areas) == 2 else areas.mean())


def areas_under_roc(truth: NDArray[np.bool_], proba: Floats) -> Floats:
    """Return the area of each column by its rank-sum form; ties count half.

    NaN where all rows are positive, or none is.

    Parameters
    ----------
    truth : ndarray of bool, shape (n_rows, n_classes)
        Which rows are positive.
    proba : ndarray of shape (n_rows, n_classes)
        Scores; only their order counts.

    Returns
    -------
    ndarray of shape (n_classes,)
        From 0 to 1.
    """
    from scipy.stats import rankdata

    positive = truth.sum(axis=0)
    negative = len(truth) - positive
    ranks = rankdata(proba, axis=0)
    rank_sums = np.where(truth, ranks, 0.0).sum(axis=0)
    above = rank_sums - positive * (positive + 1) / 2
    areas = np.full(len(positive), math.nan)
    np.divide(above, positive * negative, out=areas, where=positive * negative > 0)
    return areas


def label_metrics(count: Any) -> dict[str, Metric]:
    """Return the metrics that are functions of counts of labels, by name.

    Parameters
    ----------
    count : callable
        The contributions: :func:`count_labels`, or the same of several labels per row.

    Returns
    -------
    dict of str to Metric
        F1 scores, accuracy and their like.
    """
    found = (
        Metric(
            name="f1_macro",
            label="macro-F1",
            description="F1 averaged over classes, so that a rare one counts as much "
            "as any",
            contributions=count,
            value=_f1_macro,
            shows_spread=True,
        ),
        Metric(
            name="f1_micro",
            label="micro-F1",
            description="F1 of all labels together; accuracy, of one label per sample",
            contributions=count,
            value=_f1_micro,
        ),
        Metric(
            name="f1_weighted",
            label="weighted F1",
            description="mean of the F1 scores weighted by class size",
            contributions=count,
            value=_f1_weighted,
        ),
        Metric(
            name="accuracy",
            label="accuracy",
            description="share of samples whose class is right",
            contributions=count,
            value=_accuracy,
            shows_spread=True,
        ),
        Metric(
            name="balanced_accuracy",
            label="balanced accuracy",
            description="share of samples found in each class, averaged over classes",
            contributions=count,
            value=_balanced_accuracy,
        ),
        Metric(
            name="precision_macro",
            label="macro-precision",
            description="mean over classes of the share of predictions that are right",
            contributions=count,
            value=_precision_macro,
        ),
        Metric(
            name="recall_macro",
            label="macro-recall",
            description="mean over classes, predicted ones too, of recall",
            contributions=count,
            value=_recall_macro,
        ),
    )
    return {metric.name: metric for metric in found}


def mean_average_precision(truth: NDArray[np.bool_], proba: Floats) -> float:
    """Return the mean over the classes that any row has; NaN where none has any.

    Parameters
    ----------
    truth : ndarray of bool, shape (n_rows, n_classes)
        Which rows are positive.
    proba : ndarray of shape (n_rows, n_classes)
        Scores; only their order counts.

    Returns
    -------
    float
        From 0 to 1.
    """
    from sklearn.metrics import average_precision_score

    known = truth.any(axis=0)
    if not known.any():
        return math.nan
    found = average_precision_score(truth[:, known], proba[:, known], average="macro")
    return float(found)


def _average_precision_macro(target: Target, prediction: Prediction) -> float:
    truth = class_numbers(target)[:, None] == np.arange(len(target.schema["classes"]))
    return mean_average_precision(truth, prediction["proba"])


METRICS = (
    *label_metrics(count_labels).values(),
    Metric(
        name="average_precision_macro",
        label="mAP",
        description="average precision of each class's ranking, averaged over classes",
        compute=_average_precision_macro,
        needs="proba",
    ),
    Metric(
        name="roc_auc_ovr",
        label="ROC AUC",
        description="how well each class is ranked before the rest, averaged over "
        "classes",
        compute=_roc_auc_ovr,
        needs="proba",
    ),
    Metric(
        name="log_loss",
        label="log loss",
        description="surprise at the true class in nats; the smaller the better",
        greater_is_better=False,
        contributions=_surprise,
        value=mean_of_rows,
        needs="proba",
        is_share=False,
    ),
)
"""The metrics of one label per sample, those that rank first."""
