"""Metrics of label sets: those of labels, over every pair of a sample and a label."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from mmbench.tasks.classification.metrics import (
    areas_under_roc,
    entries,
    label_metrics,
    mean_average_precision,
    mean_of_rows,
    ratio,
    with_ones,
)
from mmbench.tasks.metric import Metric

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy import sparse

    from mmbench.tasks.base import Prediction, Target

    Floats = NDArray[np.float64]

__all__ = ["METRICS", "count_label_sets"]


def count_label_sets(target: Target, prediction: Prediction) -> sparse.csr_array:
    """Return what each row adds to the counts of labels.

    A row is right when it is given all its labels and no other.

    Parameters
    ----------
    target : Target
        Of the scored rows.
    prediction : Prediction
        Has ``label``, an indicator.

    Returns
    -------
    csr_array of shape (n_rows, 3 * n_classes + 2)
        As :class:`~mmbench.tasks.classification.metrics.LabelCounts` takes its sums.
    """
    truth, given = target.scored != 0, prediction["label"] != 0
    n_rows, n_classes = truth.shape
    right = np.flatnonzero((truth == given).all(axis=1))
    places = [
        _shifted(np.nonzero(marks), i * n_classes)
        for i, marks in enumerate((truth, given, truth & given))
    ]
    places += [
        (right, np.full(len(right), 3 * n_classes)),
        (np.arange(n_rows), np.full(n_rows, 3 * n_classes + 1)),
    ]
    return entries(places, (n_rows, 3 * n_classes + 2))


def _shifted(places: Any, by: int) -> tuple[NDArray[Any], NDArray[Any]]:
    rows, columns = places
    return rows, columns + by


def _f1_of_samples(target: Target, prediction: Prediction) -> Floats:
    truth, given = target.scored != 0, prediction["label"] != 0
    both = (truth & given).sum(axis=1)
    return with_ones(ratio(2 * both, truth.sum(axis=1) + given.sum(axis=1)))


def _surprise(target: Target, prediction: Prediction) -> Floats:
    proba = prediction["proba"]
    of_truth = np.where(target.scored != 0, proba, 1 - proba)
    floor = np.finfo(np.float64).eps
    return with_ones(-np.log(np.clip(of_truth, floor, 1.0)).mean(axis=1))


def _roc_auc(target: Target, prediction: Prediction) -> float:
    return float(areas_under_roc(target.scored != 0, prediction["proba"]).mean())


def _mean_average_precision(target: Target, prediction: Prediction) -> float:
    return mean_average_precision(target.scored != 0, prediction["proba"])


_OF_LABELS = label_metrics(count_label_sets)

METRICS = (
    replace(
        _OF_LABELS["f1_macro"],
        description="F1 averaged over labels, so that a rare one counts as much as any",
    ),
    replace(
        _OF_LABELS["f1_micro"],
        description="F1 of all pairs of a sample and a label, so that each pair counts "
        "alike",
    ),
    Metric(
        name="f1_samples",
        label="samples-F1",
        description="F1 of each sample's own labels, averaged over samples",
        contributions=_f1_of_samples,
        value=mean_of_rows,
    ),
    Metric(
        name="average_precision_macro",
        label="mAP",
        description="average precision of each label's ranking, averaged over labels",
        compute=_mean_average_precision,
        needs="proba",
    ),
    _OF_LABELS["f1_weighted"],
    replace(
        _OF_LABELS["accuracy"],
        label="subset accuracy",
        description="share of samples given all their labels and no other",
        shows_spread=False,
    ),
    _OF_LABELS["precision_macro"],
    _OF_LABELS["recall_macro"],
    Metric(
        name="roc_auc_ovr",
        label="ROC AUC",
        description="how well those with a label are ranked before the rest, averaged "
        "over labels",
        compute=_roc_auc,
        needs="proba",
    ),
    Metric(
        name="log_loss",
        label="log loss",
        description="surprise at whether a sample has a label, in nats, averaged over "
        "both; the smaller the better",
        greater_is_better=False,
        contributions=_surprise,
        value=mean_of_rows,
        needs="proba",
        is_share=False,
    ),
)
"""The metrics of several labels per sample, those that rank first."""
