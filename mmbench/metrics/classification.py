"""Metrics of single-label classification.

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

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Outcomes:
    """What was true, what was predicted, and what several metrics need of both.

    Parameters
    ----------
    y_index : ndarray of int, shape (n_samples,)
        The true labels, as column numbers of `proba`.
    proba : ndarray of shape (n_samples, n_classes)
        Class probabilities.

    Attributes
    ----------
    confusion : ndarray of int, shape (n_classes, n_classes)
        How many samples of each class (rows) were given each label (columns).
    """

    def __init__(self, y_index: NDArray[np.intp], proba: NDArray[np.float64]) -> None:
        self.y_index, self.proba = y_index, proba
        n_classes = proba.shape[1]
        pairs = y_index * n_classes + proba.argmax(axis=1)
        counts = np.bincount(pairs, minlength=n_classes**2)
        self.confusion = counts.reshape(n_classes, n_classes)

    @property
    def hits(self) -> NDArray[np.intp]:
        """How many samples of each class were found."""
        return self.confusion.diagonal()

    @property
    def support(self) -> NDArray[np.intp]:
        """How many samples of each class there are."""
        total: NDArray[np.intp] = self.confusion.sum(axis=1)
        return total

    @property
    def named(self) -> NDArray[np.intp]:
        """How often each class was predicted."""
        total: NDArray[np.intp] = self.confusion.sum(axis=0)
        return total

    def macro(self, per_class: NDArray[np.float64]) -> float:
        """Return the mean over the classes that are true or predicted anywhere."""
        return float(per_class[(self.support > 0) | (self.named > 0)].mean())


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
    outcomes = Outcomes(np.searchsorted(classes, y_true), proba)
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
    return float(outcomes.hits.sum() / outcomes.support.sum())


def _balanced_accuracy(outcomes: Outcomes) -> float:
    present = outcomes.support > 0
    return float((outcomes.hits[present] / outcomes.support[present]).mean())


def _precision_macro(outcomes: Outcomes) -> float:
    return outcomes.macro(_ratio(outcomes.hits, outcomes.named))


def _recall_macro(outcomes: Outcomes) -> float:
    return outcomes.macro(_ratio(outcomes.hits, outcomes.support))


def _f1_macro(outcomes: Outcomes) -> float:
    return outcomes.macro(_f1(outcomes))


def _f1_weighted(outcomes: Outcomes) -> float:
    return float(np.average(_f1(outcomes), weights=outcomes.support))


def _log_loss(outcomes: Outcomes) -> float:
    floor = np.finfo(np.float64).eps
    truth = outcomes.proba[np.arange(len(outcomes.y_index)), outcomes.y_index]
    return float(-np.log(np.clip(truth, floor, 1.0)).mean())


def _roc_auc_ovr(outcomes: Outcomes) -> float:
    """Return the area by its rank-sum form: ties count half, as in the ROC curve."""
    from scipy.stats import rankdata

    n_samples, n_classes = outcomes.proba.shape
    positive = outcomes.support
    negative = n_samples - positive
    if not np.all(positive) or not np.all(negative):
        return math.nan
    ranks = rankdata(outcomes.proba, axis=0)
    of_class = outcomes.y_index[:, None] == np.arange(n_classes)
    rank_sums = np.where(of_class, ranks, 0.0).sum(axis=0)
    areas = (rank_sums - positive * (positive + 1) / 2) / (positive * negative)
    # Of two classes, the second is the one that a ROC curve is about.
    return float(areas[1] if n_classes == 2 else areas.mean())


METRICS: Mapping[str, Metric] = MappingProxyType(
    {
        metric.name: metric
        for metric in (
            Metric(
                name="accuracy",
                description="share of samples whose label is predicted",
                greater_is_better=True,
                compute=_accuracy,
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
                name="f1_weighted",
                description="mean of the F1 scores weighted by class size",
                greater_is_better=True,
                compute=_f1_weighted,
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
