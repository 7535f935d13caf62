"""What the methods answered on one dataset, over all its folds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmbench.errors import StoreError
from mmbench.results import Predictions

__all__ = ["Answers", "Probabilities", "read_answers"]

_Fold = tuple[int, int]


@dataclass(frozen=True)
class Probabilities:
    """What a method's probabilities say of themselves, a value a row.

    Parameters
    ----------
    confidence : ndarray of shape (n_rows,)
        The probability of the predicted class.
    distance : ndarray of shape (n_rows,)
        The squared distance of all probabilities from the truth.
    """

    confidence: NDArray[np.float64]
    distance: NDArray[np.float64]


@dataclass(frozen=True)
class Answers:
    """The out-of-fold answers of all methods to the same rows.

    Parameters
    ----------
    y : ndarray of shape (n_rows,), intp
        The true classes by number. A row is a sample in the test rows of one fold of
        one seed.
    units : ndarray of shape (n_rows,), intp
        The sample of each row by number.
    folds : ndarray of shape (n_rows,), intp
        The fold of each row by number, over all seeds.
    classes : tuple of str
        The names of the classes.
    predicted : mapping of str to ndarray of shape (n_rows,), intp
        The classes that each method predicts.
    probabilities : mapping of str to Probabilities
        Of the methods that give more than labels.
    left_out : mapping of str to str
        Methods whose answers can't be set beside the others', and why.
    """

    y: NDArray[np.intp]
    units: NDArray[np.intp]
    folds: NDArray[np.intp]
    classes: tuple[str, ...]
    predicted: Mapping[str, NDArray[np.intp]]
    probabilities: Mapping[str, Probabilities] = field(default_factory=dict)
    left_out: Mapping[str, str] = field(default_factory=dict)

    @property
    def n_classes(self) -> int:
        """The number of classes."""
        return len(self.classes)

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
    """
    keys: dict[str, dict[_Fold, str]] = defaultdict(dict)
    for trial in trials:
        keys[trial["method"]][trial["seed"], trial["fold"]] = trial["key"]
    first: dict[_Fold, Predictions] | None = None
    predicted: dict[str, NDArray[np.intp]] = {}
    probabilities: dict[str, Probabilities] = {}
    left_out: dict[str, str] = {}
    for method in methods:
        try:
            found = {fold: read(key) for fold, key in sorted(keys[method].items())}
        except StoreError as error:
            left_out[method] = str(error)
            continue
        first = first or found
        if not _are_alike(first, found):
            left_out[method] = "its predictions are of other samples or classes."
            continue
        proba = np.concatenate([each.proba for each in found.values()])
        truth = np.concatenate([_numbers(each) for each in found.values()])
        predicted[method] = proba.argmax(axis=1)
        # Ones and zeros throughout are labels, which say nothing of their confidence.
        if not np.isin(proba, (0.0, 1.0)).all():
            probabilities[method] = _probabilities(proba, truth)
    if first is None:
        return None
    parts = list(first.values())
    ids = np.concatenate([each.sample_ids for each in parts])
    return Answers(
        y=np.concatenate([_numbers(each) for each in parts]),
        units=np.unique(ids, return_inverse=True)[1].reshape(-1),
        folds=np.repeat(np.arange(len(parts)), [len(each.y_true) for each in parts]),
        classes=tuple(map(str, parts[0].classes.tolist())),
        predicted=predicted,
        probabilities=probabilities,
        left_out=left_out,
    )


def _are_alike(
    first: Mapping[_Fold, Predictions], found: Mapping[_Fold, Predictions]
) -> bool:
    return first.keys() == found.keys() and all(
        np.array_equal(first[fold].sample_ids, found[fold].sample_ids)
        and np.array_equal(first[fold].y_true, found[fold].y_true)
        and np.array_equal(first[fold].classes, found[fold].classes)
        for fold in first
    )


def _numbers(predictions: Predictions) -> NDArray[np.intp]:
    return np.searchsorted(predictions.classes, predictions.y_true)


def _probabilities(
    proba: NDArray[np.float64], truth: NDArray[np.intp]
) -> Probabilities:
    of_truth = proba[np.arange(len(truth)), truth]
    return Probabilities(
        confidence=proba.max(axis=1),
        distance=(proba**2).sum(axis=1) - 2 * of_truth + 1,
    )
