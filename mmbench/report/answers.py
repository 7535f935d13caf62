"""What the methods answered on one dataset, over all its folds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmbench.errors import AlteredError, StoreError
from mmbench.results import Predictions
from mmbench.stats import ReliabilityCurve, brier_score, reliability_curve

__all__ = ["Answers", "Probabilities", "predicted_labels", "read_answers"]

_Fold = tuple[int, int]


@dataclass(frozen=True)
class Probabilities:
    """What a method's probabilities are worth.

    Parameters
    ----------
    curve : ReliabilityCurve
        How often answers of like confidence are right, by the probability of the
        predicted class. Where a sample may have several labels, every pair of a sample
        and a label is such an answer, "it has the label", by its probability: folding
        0.1 onto 0.9, its doubt, would let errors at one end hide those at the other.
    brier : float
        The mean squared distance from the truth, as `mmbench.stats.brier_score` has it.
    """

    curve: ReliabilityCurve
    brier: float


@dataclass(frozen=True)
class Answers:
    """The out-of-fold answers of all methods to the same rows.

    Parameters
    ----------
    y : ndarray of shape (n_rows,), intp, or (n_rows, n_classes), bool
        The true classes by number; where a sample may have several labels, an indicator
        of them. A row is a sample in the test rows of one fold of one seed.
    units : ndarray of shape (n_rows,), intp
        The sample of each row by number.
    folds : ndarray of shape (n_rows,), intp
        The fold of each row by number, over all seeds.
    classes : tuple of str
        The names of the classes, or labels.
    predicted : mapping of str to ndarray of the shape and dtype of `y`
        The classes that each method predicts.
    probabilities : mapping of str to Probabilities
        Of the methods that give more than labels.
    left_out : mapping of str to str
        Methods whose answers can't be set beside the others', and why.
    """

    y: NDArray[Any]
    units: NDArray[np.intp]
    folds: NDArray[np.intp]
    classes: tuple[str, ...]
    predicted: Mapping[str, NDArray[Any]]
    probabilities: Mapping[str, Probabilities] = field(default_factory=dict)
    left_out: Mapping[str, str] = field(default_factory=dict)

    @property
    def n_classes(self) -> int:
        """The number of classes."""
        return len(self.classes)

    @property
    def is_multilabel(self) -> bool:
        """Whether a sample may have several labels."""
        return self.y.ndim == 2

    @property
    def n_folds(self) -> int:
        """The number of folds over all seeds."""
        return int(self.folds.max()) + 1


def read_answers(
    trials: Iterable[Mapping[str, Any]],
    methods: Iterable[str],
    read: Callable[[str], Predictions],
) -> Answers | None:
    """Read the predictions of some methods on one dataset.

    Parameters
    ----------
    trials : iterable of mapping
        The dataset's trials, as ``plan.json`` lists them.
    methods : iterable of str
        The methods to read: those whose trials are all ok.
    read : callable
        Returns the predictions of a key; `ResultStore.predictions`.

    Returns
    -------
    Answers or None
        None when no method's predictions can be read.

    Raises
    ------
    AlteredError
        When predictions are not those that their record is of.
    """
    keys: dict[str, dict[_Fold, str]] = defaultdict(dict)
    for trial in trials:
        keys[trial["method"]][trial["seed"], trial["fold"]] = trial["key"]
    first: dict[_Fold, Predictions] | None = None
    predicted: dict[str, NDArray[Any]] = {}
    probabilities: dict[str, Probabilities] = {}
    left_out: dict[str, str] = {}
    for method in methods:
        try:
            found = {fold: read(key) for fold, key in sorted(keys[method].items())}
        except AlteredError:
            raise  # a table of these scores beside others' answers would lie
        except StoreError as error:
            left_out[method] = str(error)
            continue
        first = first or found
        if not _are_alike(first, found):
            left_out[method] = "its predictions are of other samples or classes."
            continue
        parts = list(found.values())
        predicted[method] = np.concatenate([predicted_labels(part) for part in parts])
        proba = np.concatenate([part.proba for part in parts])
        # Ones and zeros throughout are labels, which say nothing of their confidence.
        if not np.isin(proba, (0.0, 1.0)).all():
            truth = np.concatenate([_true_labels(part) for part in parts])
            probabilities[method] = _probabilities(truth, predicted[method], proba)
    if first is None:
        return None
    parts = list(first.values())
    ids = np.concatenate([each.sample_ids for each in parts])
    return Answers(
        y=np.concatenate([_true_labels(each) for each in parts]),
        units=np.unique(ids, return_inverse=True)[1].reshape(-1),
        folds=np.repeat(np.arange(len(parts)), [len(each.y_true) for each in parts]),
        classes=tuple(map(str, parts[0].classes.tolist())),
        predicted=predicted,
        probabilities=probabilities,
        left_out=left_out,
    )


def predicted_labels(predictions: Predictions) -> NDArray[Any]:
    """Return what a trial's probabilities say of each sample.

    Parameters
    ----------
    predictions : Predictions
        Of one trial.

    Returns
    -------
    ndarray of shape (n_test,), intp, or (n_test, n_classes), bool
        The number of the most probable class; where a sample may have several labels,
        an indicator of those that are more probable than not.
    """
    if predictions.y_true.ndim == 2:
        is_probable: NDArray[np.bool_] = predictions.proba > 0.5
        return is_probable
    numbers: NDArray[np.intp] = predictions.proba.argmax(axis=1)
    return numbers


def _are_alike(
    first: Mapping[_Fold, Predictions], found: Mapping[_Fold, Predictions]
) -> bool:
    return first.keys() == found.keys() and all(
        np.array_equal(first[fold].sample_ids, found[fold].sample_ids)
        and np.array_equal(first[fold].y_true, found[fold].y_true)
        and np.array_equal(first[fold].classes, found[fold].classes)
        for fold in first
    )


def _true_labels(predictions: Predictions) -> NDArray[Any]:
    if predictions.y_true.ndim == 2:
        indicator: NDArray[np.bool_] = predictions.y_true != 0
        return indicator
    numbers: NDArray[np.intp] = np.searchsorted(predictions.classes, predictions.y_true)
    return numbers


def _probabilities(
    truth: NDArray[Any], predicted: NDArray[Any], proba: NDArray[np.float64]
) -> Probabilities:
    if truth.ndim == 2:
        curve = reliability_curve(proba.ravel(), truth.ravel())
    else:
        curve = reliability_curve(proba.max(axis=1), predicted == truth)
    return Probabilities(curve, brier_score(truth, proba))
