"""Stacked fusion: a model learns how to combine what the branches' voters say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sklearn.base import is_regressor
from sklearn.ensemble import StackingClassifier, StackingRegressor

__all__ = ["stacked_fusion", "stacked_layers"]


def stacked_fusion(
    estimators: list[tuple[str, Any]], final_predictor: Any, *, cv: Any = 5
) -> StackingClassifier | StackingRegressor:
    """Train a model on what voters answer out of fold.

    A missing modality is what its voter makes of it: the voter still speaks, so the
    final model sees an opinion that rests on nothing.
    :class:`~mmbench.fusion.LateFusionClassifier` leaves such a voter out.

    Parameters
    ----------
    estimators : list of (str, classifier) or of (str, regressor)
        Names and voters, complete methods over ``X``; classifiers with
        ``predict_proba``.
    final_predictor : classifier or regressor
        What learns from the voters' probabilities, or from their numbers.
    cv : int, splitter or list of (train, test), default=5
        The folds out of which the voters predict, as in
        :class:`~sklearn.ensemble.StackingClassifier`. Where rows belong to groups, give
        a list of splits that respects them.

    Returns
    -------
    StackingClassifier or StackingRegressor
        Classifiers with ``stack_method="predict_proba"``; nothing else differs from
        scikit-learn's defaults.

    References
    ----------
    D. H. Wolpert (1992), "Stacked generalization", Neural Networks 5(2), 241-259.
    K. M. Ting, I. H. Witten (1999), "Issues in stacked generalization", Journal of
    Artificial Intelligence Research 10, 271-289: why probabilities, not labels.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression, Ridge
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from mmbench.fusion import branch
    >>> voters = [("size", branch(["width"], GaussianNB()))]
    >>> stacked_fusion(voters, LogisticRegression(), cv=3).stack_method
    'predict_proba'
    >>> stacked_fusion([("size", branch(["width"], Ridge()))], Ridge(), cv=3).cv
    3
    """
    if is_regressor(final_predictor):
        return StackingRegressor(estimators, final_estimator=final_predictor, cv=cv)
    return StackingClassifier(
        estimators,
        final_estimator=final_predictor,
        cv=cv,
        stack_method="predict_proba",
    )


def stacked_layers(
    estimators: list[tuple[str, Any]],
    layers: Sequence[list[tuple[str, Any]]],
    final_predictor: Any,
    *,
    cv: Any = 5,
) -> StackingClassifier | StackingRegressor:
    """Stack in several layers: each learns from what the one before says out of fold.

    Parameters
    ----------
    estimators : list of (str, classifier) or of (str, regressor)
        Names and voters of the first layer, complete methods over ``X``.
    layers : sequence of list of (str, predictor)
        Names and predictors of the layers above; their features are what the layer
        before answers.
    final_predictor : classifier or regressor
        What learns from the last layer.
    cv : int, splitter or list of (train, test), default=5
        The folds of every layer, as in :func:`stacked_fusion`.

    Returns
    -------
    StackingClassifier or StackingRegressor
        Each layer is the final estimator of the one before.

    References
    ----------
    N. Erickson et al. (2020), "AutoGluon-Tabular: robust and accurate AutoML for
    structured data": multi-layer stack ensembling.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from mmbench.fusion import branch
    >>> voters = [("size", branch(["width"], GaussianNB()))]
    >>> upper = [("logistic", LogisticRegression()), ("bayes", GaussianNB())]
    >>> stack = stacked_layers(voters, [upper], LogisticRegression(), cv=3)
    >>> [name for name, _ in stack.final_estimator.estimators]
    ['logistic', 'bayes']
    """
    final = final_predictor
    for layer in reversed(layers):
        final = stacked_fusion(layer, final, cv=cv)
    return stacked_fusion(estimators, final, cv=cv)
