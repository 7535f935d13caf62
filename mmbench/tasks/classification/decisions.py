"""Which classifiers have to be asked for labels besides probabilities.

``predict`` is what a classifier says; that it is the most probable class is true of
many, not of all: tuned thresholds decide otherwise, and Platt's probabilities disagree
with the margin. Asking both costs twice the time, so those of which it is known are
asked only about near ties, where rounding decides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.calibration import CalibratedClassifierCV
from sklearn.discriminant_analysis import (
    LinearDiscriminantAnalysis,
    QuadraticDiscriminantAnalysis,
)
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import (
    AdaBoostClassifier,
    BaggingClassifier,
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
    StackingClassifier,
    VotingClassifier,
)
from sklearn.linear_model import LogisticRegression, LogisticRegressionCV
from sklearn.model_selection import GridSearchCV, RandomizedSearchCV
from sklearn.naive_bayes import (
    BernoulliNB,
    CategoricalNB,
    ComplementNB,
    GaussianNB,
    MultinomialNB,
)
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline
from sklearn.tree import DecisionTreeClassifier, ExtraTreeClassifier

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "needs_predict",
]

# Rows whose two greatest probabilities are closer than this are asked for their label.
_NEAR = 1e-6

_MOST_PROBABLE = (
    AdaBoostClassifier,
    BaggingClassifier,
    BernoulliNB,
    CalibratedClassifierCV,
    CategoricalNB,
    ComplementNB,
    DecisionTreeClassifier,
    ExtraTreeClassifier,
    ExtraTreesClassifier,
    GaussianNB,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    KNeighborsClassifier,
    LinearDiscriminantAnalysis,
    LogisticRegression,
    LogisticRegressionCV,
    MLPClassifier,
    MultinomialNB,
    QuadraticDiscriminantAnalysis,
    RandomForestClassifier,
)


def needs_predict(model: Any, proba: NDArray[np.float64]) -> NDArray[np.bool_] | None:
    """Return which rows must be asked for their label; None where none has to be.

    Parameters
    ----------
    model : classifier
        Fitted.
    proba : ndarray of shape (n_rows, n_classes)
        What it says of the rows.

    Returns
    -------
    ndarray of bool, shape (n_rows,), or None
        Where the most probable class may not be the answer.
    """
    if not _predicts_most_probable(model):
        return np.ones(len(proba), np.bool_)
    if proba.shape[1] < 2 or isinstance(model, DummyClassifier):
        return None
    second, first = np.partition(proba, -2, axis=1)[:, -2:].T
    near: NDArray[np.bool_] = first - second < _NEAR
    return near if near.any() else None


def _predicts_most_probable(model: Any) -> bool:
    """Return whether ``predict`` is known to give the most probable class.

    Exact classes only: a subclass may decide otherwise.
    """
    kind = type(model)
    if kind is Pipeline:
        return _predicts_most_probable(model.steps[-1][1])
    if kind in (GridSearchCV, RandomizedSearchCV):
        return _predicts_most_probable(model.best_estimator_)
    if kind is StackingClassifier:
        return _predicts_most_probable(model.final_estimator_)
    if kind is VotingClassifier:
        return bool(model.voting == "soft")
    if kind is DummyClassifier:
        return bool(model.strategy in ("prior", "most_frequent"))
    # Ours combine probabilities themselves, or hand the labels of a known one on.
    return kind in _MOST_PROBABLE or kind.__module__.startswith("mmbench.")
