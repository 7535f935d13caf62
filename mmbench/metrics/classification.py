"""Metrics of single-label classification, each a thin name over scikit-learn's."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from mmbench.errors import UnknownNameError

if TYPE_CHECKING:
    from numpy.typing import NDArray

_Compute = Callable[["NDArray[Any]", "NDArray[Any]", "NDArray[Any]"], float]


@dataclass(frozen=True, kw_only=True)
class Metric:
    """One way to score predictions.

    Parameters
    ----------
    name : str
        Its name in suites and tables.
    description : str
        One line for ``mmbench list metrics``.
    greater_is_better : bool
        The direction of improvement.
    compute : callable
        ``compute(y_index, proba, predicted_index) -> float``, where labels are the
        column numbers of ``proba``.
    needs_proba : bool, default=False
        Whether the metric means anything for a method that gives labels only.
    """

    name: str
    description: str
    greater_is_better: bool
    compute: _Compute
    needs_proba: bool = False


def score(
    y_true: NDArray[Any],
    proba: NDArray[np.float64],
    classes: NDArray[Any],
    names: Iterable[str],
    *,
    has_proba: bool = True,
) -> dict[str, float | None]:
    """Score predictions by several metrics.

    The predicted label of a sample is its most probable class; of equally probable
    ones, the first.

    Parameters
    ----------
    y_true : ndarray of shape (n_samples,)
        The true labels, all of them in `classes`.
    proba : ndarray of shape (n_samples, n_classes), values in [0, 1]
        Class probabilities; rows sum to one.
    classes : ndarray of shape (n_classes,)
        The labels of the columns of `proba`, sorted.
    names : iterable of str
        Names of metrics, see :data:`METRICS`.
    has_proba : bool, default=True
        False when `proba` only marks predicted labels; metrics of probabilities are
        then None.

    Returns
    -------
    dict of str to float or None
        None where a metric is not defined for these samples, such as the area under
        the ROC curve of a class that no sample has.

    Raises
    ------
    UnknownNameError
        When a metric does not exist.

    Examples
    --------
    >>> proba = np.array([[0.8, 0.2], [0.4, 0.6], [0.9, 0.1]])
    >>> score(np.array([0, 1, 1]), proba, np.array([0, 1]), ["accuracy"])
    {'accuracy': 0.6666666666666666}
    """
    y_index = np.searchsorted(classes, y_true)
    predicted = proba.argmax(axis=1)
    scores: dict[str, float | None] = {}
    for name in names:
        metric = get_metric(name)
        if metric.needs_proba and not has_proba:
            scores[name] = None
            continue
        value = float(metric.compute(y_index, proba, predicted))
        scores[name] = value if math.isfinite(value) else None
    return scores


def get_metric(name: str) -> Metric:
    """Return a metric by name, or raise an `UnknownNameError` that lists them."""
    try:
        return METRICS[name]
    except KeyError:
        raise UnknownNameError("metric", name, METRICS) from None


def _of_labels(function: str, **options: Any) -> _Compute:
    """Wrap a scikit-learn metric of predicted labels, looked up when it is used."""

    def compute(
        y_index: NDArray[Any], _proba: NDArray[Any], predicted: NDArray[Any]
    ) -> float:
        from sklearn import metrics

        return float(getattr(metrics, function)(y_index, predicted, **options))

    return compute


def _balanced_accuracy(
    y_index: NDArray[Any], _proba: NDArray[Any], predicted: NDArray[Any]
) -> float:
    # Not scikit-learn's, which warns about a class that is predicted but absent.
    present = np.unique(y_index)
    return float(np.mean([np.mean(predicted[y_index == c] == c) for c in present]))


def _log_loss(
    y_index: NDArray[Any], proba: NDArray[Any], _predicted: NDArray[Any]
) -> float:
    floor = np.finfo(np.float64).eps
    truth = proba[np.arange(len(y_index)), y_index]
    return float(-np.log(np.clip(truth, floor, 1.0)).mean())


def _roc_auc_ovr(
    y_index: NDArray[Any], proba: NDArray[Any], _predicted: NDArray[Any]
) -> float:
    from sklearn.metrics import roc_auc_score

    n_classes = proba.shape[1]
    if len(np.unique(y_index)) < n_classes:
        return math.nan
    if n_classes == 2:
        return float(roc_auc_score(y_index, proba[:, 1]))
    areas = [roc_auc_score(y_index == c, proba[:, c]) for c in range(n_classes)]
    return float(np.mean(areas))


_MACRO: dict[str, Any] = {"average": "macro", "zero_division": 0}

METRICS: Mapping[str, Metric] = MappingProxyType(
    {
        metric.name: metric
        for metric in (
            Metric(
                name="accuracy",
                description="share of samples whose label is predicted",
                greater_is_better=True,
                compute=_of_labels("accuracy_score"),
            ),
            Metric(
                name="balanced_accuracy",
                description="mean over classes of the share of the class found",
                greater_is_better=True,
                compute=_balanced_accuracy,
            ),
            Metric(
                name="precision_macro",
                description="mean over classes of the share of predictions that hold",
                greater_is_better=True,
                compute=_of_labels("precision_score", **_MACRO),
            ),
            Metric(
                name="recall_macro",
                description="mean over classes, predicted ones too, of recall",
                greater_is_better=True,
                compute=_of_labels("recall_score", **_MACRO),
            ),
            Metric(
                name="f1_macro",
                description="mean over classes of the F1 score",
                greater_is_better=True,
                compute=_of_labels("f1_score", **_MACRO),
            ),
            Metric(
                name="f1_weighted",
                description="mean of the F1 scores weighted by class size",
                greater_is_better=True,
                compute=_of_labels("f1_score", average="weighted", zero_division=0),
            ),
            Metric(
                name="log_loss",
                description="mean of minus log the probability of the true label",
                greater_is_better=False,
                compute=_log_loss,
                needs_proba=True,
            ),
            Metric(
                name="roc_auc_ovr",
                description="mean area under the ROC curve of each class against rest",
                greater_is_better=True,
                compute=_roc_auc_ovr,
                needs_proba=True,
            ),
        )
    }
)
