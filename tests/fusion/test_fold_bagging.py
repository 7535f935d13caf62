"""Bags of folds and stacks of layers are what plain scikit-learn code makes of them."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.datasets import make_classification
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import (
    KFold,
    ShuffleSplit,
    StratifiedKFold,
    cross_val_predict,
)
from sklearn.naive_bayes import GaussianNB

from mmbench.fusion import (
    FoldBaggingClassifier,
    FoldBaggingRegressor,
    GreedyEnsembleClassifier,
    Selection,
    branch,
    select_voters,
    stacked_layers,
)

ROWS, Y = make_classification(
    120, 6, n_informative=4, n_classes=3, flip_y=0.2, random_state=0
)
X = pd.DataFrame(ROWS, columns=list("abcdef"))
NEW = X.iloc[::-1] + 0.1
FOLDS = StratifiedKFold(3)
VOTERS = [
    ("left", branch(["a", "b", "c"], LogisticRegression())),
    ("right", branch(["d", "e", "f"], GaussianNB())),
]


def models_of(voter):
    return [clone(voter).fit(X.iloc[a], Y[a]) for a, _ in FOLDS.split(X, Y)]


def test_a_bag_is_the_mean_of_the_models_of_its_folds():
    bag = FoldBaggingClassifier(VOTERS[0][1], cv=FOLDS).fit(X, Y)
    expected = np.mean([m.predict_proba(NEW) for m in models_of(VOTERS[0][1])], axis=0)
    np.testing.assert_allclose(bag.predict_proba(NEW), expected)
    oof = cross_val_predict(VOTERS[0][1], X, Y, cv=FOLDS, method="predict_proba")
    np.testing.assert_allclose(bag.out_of_fold(X), oof)
    numbers = FoldBaggingRegressor(Ridge(), cv=KFold(4)).fit(X, ROWS[:, 0])
    oof = cross_val_predict(Ridge(), X, ROWS[:, 0], cv=KFold(4))
    np.testing.assert_allclose(numbers.out_of_fold(X), oof)


def test_a_bagged_ensemble_weighs_bags_by_what_they_say_out_of_fold():
    made = GreedyEnsembleClassifier(VOTERS, cv=FOLDS, bagged=True).fit(X, Y)
    oof = [
        cross_val_predict(v, X, Y, cv=FOLDS, method="predict_proba") for _, v in VOTERS
    ]
    weights = select_voters(oof, Y, selection=Selection())
    assert made.weights_ == pytest.approx(weights)
    bags = [
        np.mean([m.predict_proba(NEW) for m in models_of(v)], axis=0) for _, v in VOTERS
    ]
    expected = np.tensordot(weights, bags, axes=1)
    np.testing.assert_allclose(made.predict_proba(NEW), expected)


def test_a_layer_learns_from_what_the_one_before_says_out_of_fold():
    upper = [
        ("trees", ExtraTreesClassifier(5, random_state=0)),
        ("bayes", GaussianNB()),
    ]
    stack = stacked_layers(VOTERS, [upper], LogisticRegression(), cv=FOLDS).fit(X, Y)
    first, first_new = [], []
    for _, voter in VOTERS:
        oof = cross_val_predict(voter, X, Y, cv=FOLDS, method="predict_proba")
        first.append(oof)
        first_new.append(clone(voter).fit(X, Y).predict_proba(NEW))
    first, first_new = np.hstack(first), np.hstack(first_new)
    second, second_new = [], []
    for _, predictor in upper:
        oof = cross_val_predict(predictor, first, Y, cv=FOLDS, method="predict_proba")
        second.append(oof)
        second_new.append(clone(predictor).fit(first, Y).predict_proba(first_new))
    final = LogisticRegression().fit(np.hstack(second), Y)
    np.testing.assert_allclose(
        stack.predict_proba(NEW), final.predict_proba(np.hstack(second_new))
    )


def test_what_is_never_answered_out_of_fold_is_told():
    bag = FoldBaggingRegressor(Ridge(), cv=ShuffleSplit(2, random_state=0))
    with pytest.raises(ValueError, match="in exactly one test fold"):
        bag.fit(X, ROWS[:, 0]).out_of_fold(X)
