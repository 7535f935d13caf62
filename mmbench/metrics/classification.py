"""Metrics of classification, by one label a sample or by several.

They equal scikit-learn's, which the tests hold them to. They are written out here over
one confusion matrix because scoring every trial by eight separate functions, each of
which checks its input anew, takes longer than many a fit.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from mmbench.errors import UnknownNameError
from mmbench.metrics.outcomes import Outcomes

if TYPE_CHECKING:
    from numpy.typing import NDArray


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
        ``compute(outcomes) -> float``, NaN where the metric is not defined.
    needs_proba : bool, default=False
        Whether the metric means anything for a method that gives labels only.
    """

    name: str
    description: str
    greater_is_better: bool
    compute: Callable[[Outcomes], float]
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
    ones, the first. Where a sample may have several labels, those are predicted whose
    probability is above one half.

    Parameters
    ----------
    y_true : ndarray of shape (n_samples,) or (n_samples, n_classes)
        The true labels, all of them in `classes`; or an indicator of those that each
        sample has.
    proba : ndarray of shape (n_samples, n_classes), values in [0, 1]
        Class probabilities, whose rows sum to one; or that of each label by itself.
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
        the ROC curve of a class that no sample has, or balanced accuracy where samples
        have several labels.

    Raises
    ------
    UnknownNameError
        When a metric does not exist.

    Examples
    --------
    >>> proba = np.array([[0.8, 0.2], [0.4, 0.6], [0.9, 0.1]])
    >>> score(np.array([0, 1, 1]), proba, np.array([0, 1]), ["accuracy"])
    {'accuracy': 0.6666666666666666}
    >>> genres = np.array([[1, 1], [0, 1], [0, 0]])
    >>> score(genres, proba, np.array(["comedy", "drama"]), ["f1_micro", "f1_samples"])
    {'f1_micro': 0.6666666666666666, 'f1_samples': 0.5555555555555555}
    """
    y = y_true if y_true.ndim == 2 else np.searchsorted(classes, y_true)
    outcomes = Outcomes(y, proba)
    scores: dict[str, float | None] = {}
    for name in names:
        metric = get_metric(name)
        if metric.needs_proba and not has_proba:
            scores[name] = None
            continue
        value = float(metric.compute(outcomes))
        scores[name] = value if math.isfinite(value) else None
    return scores


def get_metric(name: str) -> Metric:
    """Return a metric by name, or raise an `UnknownNameError` that lists them."""
    try:
        return METRICS[name]
    except KeyError:
        raise UnknownNameError("metric", name, METRICS) from None


def _ratio(part: NDArray[Any], of: NDArray[Any]) -> NDArray[np.float64]:
    """Divide; nothing of nothing counts as zero."""
    ratio = np.zeros(len(of))
    np.divide(part, of, out=ratio, where=of > 0)
    return ratio


def _f1(outcomes: Outcomes) -> NDArray[np.float64]:
    return _ratio(2 * outcomes.hits, outcomes.support + outcomes.named)


def _accuracy(outcomes: Outcomes) -> float:
    return outcomes.n_right / len(outcomes.y)


def _balanced_accuracy(outcomes: Outcomes) -> float:
    if outcomes.is_multilabel:
        return math.nan
    present = outcomes.support > 0
    return float((outcomes.hits[present] / outcomes.support[present]).mean())


def _precision_macro(outcomes: Outcomes) -> float:
    return outcomes.macro(_ratio(outcomes.hits, outcomes.named))


def _recall_macro(outcomes: Outcomes) -> float:
    return outcomes.macro(_ratio(outcomes.hits, outcomes.support))


def _f1_macro(outcomes: Outcomes) -> float:
    return outcomes.macro(_f1(outcomes))


def _f1_micro(outcomes: Outcomes) -> float:
    total = outcomes.support.sum() + outcomes.named.sum()
    return float(_ratio(2 * outcomes.hits.sum(keepdims=True), total[None])[0])


def _f1_weighted(outcomes: Outcomes) -> float:
    weighted = _f1(outcomes) * outcomes.support
    total = outcomes.support.sum()
    return float(_ratio(weighted.sum(keepdims=True), total[None])[0])


def _f1_samples(outcomes: Outcomes) -> float:
    if not outcomes.is_multilabel:
        return math.nan
    truth, predicted = outcomes.truth, outcomes.predicted
    both = (truth & predicted).sum(axis=1)
    return float(_ratio(2 * both, truth.sum(axis=1) + predicted.sum(axis=1)).mean())


def _average_precision_macro(outcomes: Outcomes) -> float:
    from sklearn.metrics import average_precision_score

    known = outcomes.support > 0
    if not known.any():
        return math.nan
    truth, proba = outcomes.truth[:, known], outcomes.proba[:, known]
    return float(average_precision_score(truth, proba, average="macro"))


def _log_loss(outcomes: Outcomes) -> float:
    floor = np.finfo(np.float64).eps
    if outcomes.is_multilabel:
        of_truth = np.where(outcomes.truth, outcomes.proba, 1 - outcomes.proba)
    else:
        of_truth = outcomes.proba[np.arange(len(outcomes.y)), outcomes.y]
    return float(-np.log(np.clip(of_truth, floor, 1.0)).mean())


def _roc_auc_ovr(outcomes: Outcomes) -> float:
    """Return the area by its rank-sum form: ties count half, as in the ROC curve."""
    from scipy.stats import rankdata

    n_samples, n_classes = outcomes.proba.shape
    positive = outcomes.support
    negative = n_samples - positive
    if not np.all(positive) or not np.all(negative):
        return math.nan
    ranks = rankdata(outcomes.proba, axis=0)
    rank_sums = np.where(outcomes.truth, ranks, 0.0).sum(axis=0)
    areas = (rank_sums - positive * (positive + 1) / 2) / (positive * negative)
    # Of two classes, the second is the one that a ROC curve is about.
    is_binary = n_classes == 2 and not outcomes.is_multilabel
    return float(areas[1] if is_binary else areas.mean())


METRICS: Mapping[str, Metric] = MappingProxyType(
    {
        metric.name: metric
        for metric in (
            Metric(
                name="accuracy",
                description="share of samples whose label, or whose every label, is "
                "predicted",
                greater_is_better=True,
                compute=_accuracy,
            ),
            Metric(
                name="balanced_accuracy",
                description="mean over classes of the share of the class found; of one "
                "label a sample",
                greater_is_better=True,
                compute=_balanced_accuracy,
            ),
            Metric(
                name="precision_macro",
                description="mean over classes of the share of predictions that hold",
                greater_is_better=True,
                compute=_precision_macro,
            ),
            Metric(
                name="recall_macro",
                description="mean over classes, predicted ones too, of recall",
                greater_is_better=True,
                compute=_recall_macro,
            ),
            Metric(
                name="f1_macro",
                description="mean over classes of the F1 score",
                greater_is_better=True,
                compute=_f1_macro,
            ),
            Metric(
                name="f1_micro",
                description="F1 score of all labels together; accuracy, of one label a "
                "sample",
                greater_is_better=True,
                compute=_f1_micro,
            ),
            Metric(
                name="f1_weighted",
                description="mean of the F1 scores weighted by class size",
                greater_is_better=True,
                compute=_f1_weighted,
            ),
            Metric(
                name="f1_samples",
                description="mean over samples of the F1 score; of several labels a "
                "sample",
                greater_is_better=True,
                compute=_f1_samples,
            ),
            Metric(
                name="average_precision_macro",
                description="mean over classes of average precision (mAP)",
                greater_is_better=True,
                compute=_average_precision_macro,
                needs_proba=True,
            ),
            Metric(
                name="log_loss",
                description="mean of minus log the probability of what is true",
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
