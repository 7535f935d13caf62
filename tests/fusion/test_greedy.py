"""Greedy selection: the voters that help, each as often as it helps."""

import itertools

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import make_classification
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import accuracy_score, f1_score, log_loss
from sklearn.model_selection import cross_val_predict
from sklearn.naive_bayes import GaussianNB
from sklearn.tree import DecisionTreeClassifier

from mmbench.fusion import (
    CLASS_SCORES,
    GreedyEnsembleClassifier,
    GreedyEnsembleRegressor,
    Selection,
    branch,
    combine,
    select_number_voters,
    select_voters,
)

X, Y = make_classification(
    150, 6, n_informative=4, n_classes=3, flip_y=0.2, random_state=0
)
FRAME = pd.DataFrame(X, columns=list("abcdef"))
VOTERS = [
    ("left", branch(["a", "b", "c"], LogisticRegression())),
    ("right", branch(["d", "e", "f"], GaussianNB())),
    ("tree", branch(list("abcdef"), DecisionTreeClassifier(max_depth=3))),
    ("dummy", DummyClassifier()),
]


@pytest.fixture(scope="module")
def out_of_fold():
    return np.array(
        [
            cross_val_predict(voter, FRAME, Y, cv=5, method="predict_proba")
            for _, voter in VOTERS
        ]
    )


def test_scores_are_those_of_scikit_learn(out_of_fold):
    proba = out_of_fold[0]
    said = proba.argmax(axis=1)
    assert CLASS_SCORES["accuracy"](proba, Y) == accuracy_score(Y, said)
    assert CLASS_SCORES["f1_macro"](proba, Y) == pytest.approx(
        f1_score(Y, said, average="macro")
    )
    assert CLASS_SCORES["neg_log_loss"](proba, Y) == pytest.approx(-log_loss(Y, proba))


@pytest.mark.parametrize("scoring", CLASS_SCORES)
def test_no_single_voter_scores_better_out_of_fold(scoring, out_of_fold):
    selection = Selection(scoring, True, 10)
    weights = select_voters(out_of_fold, Y, selection=selection)
    score = CLASS_SCORES[scoring]
    best = max(score(proba, Y) for proba in out_of_fold)
    assert score(combine(out_of_fold, rule="weighted", weights=weights), Y) >= best
    assert (weights * 10).sum() == pytest.approx(10)


def test_two_rounds_find_the_best_second_voter_for_the_best_first(out_of_fold):
    def loss(*voters):
        return log_loss(Y, out_of_fold[list(voters)].mean(axis=0))

    first = min(range(4), key=loss)
    second = min(range(4), key=lambda other: loss(first, other))
    expected = np.bincount([first, second], minlength=4) / 2
    selection = Selection("neg_log_loss", True, 2)
    assert loss(first, second) < loss(first)
    assert select_voters(out_of_fold, Y, selection=selection) == pytest.approx(expected)


@pytest.mark.parametrize("rule", ["mean", "product", "max", "vote"])
def test_without_replacement_a_voter_speaks_once_or_not_at_all(rule, out_of_fold):
    selection = Selection("accuracy", False, 25)
    weights = select_voters(out_of_fold, Y, None, rule, selection)
    chosen = weights > 0
    assert weights[chosen] == pytest.approx(1 / chosen.sum())
    accuracy = CLASS_SCORES["accuracy"]
    with_weights = accuracy(combine(out_of_fold, rule=rule, weights=weights), Y)
    # What is left out is as if it had never been there.
    assert with_weights == accuracy(combine(out_of_fold[chosen], rule=rule), Y)
    pairs = itertools.combinations(range(4), 2)
    assert with_weights >= max(accuracy(out_of_fold[i], Y) for i, _ in pairs)


def test_one_round_picks_the_best_voter_and_no_other(out_of_fold):
    best = int(np.argmax([CLASS_SCORES["f1_macro"](proba, Y) for proba in out_of_fold]))
    ensemble = GreedyEnsembleClassifier(VOTERS, n_rounds=1).fit(FRAME, Y)
    assert ensemble.weights_.tolist() == np.eye(4)[best].tolist()
    alone = ensemble.estimators_[best].predict_proba(FRAME)
    assert ensemble.predict_proba(FRAME) == pytest.approx(alone)


def test_numbers_are_combined_to_the_least_squared_error():
    rng = np.random.default_rng(0)
    y = rng.normal(size=60)
    good, biased = y + rng.normal(size=60) * 0.1, y + 1
    weights = select_number_voters([biased, good], y)
    by_hand = min(
        np.arange(26) / 25,
        key=lambda w: np.mean((w * biased + (1 - w) * good - y) ** 2),
    )
    assert weights[0] == pytest.approx(by_hand, abs=0.05)


def test_the_regressor_leaves_out_what_knows_nothing():
    frame = pd.DataFrame({"a": np.arange(20.0)})
    voters = [("dummy", DummyRegressor()), ("line", branch(["a"], LinearRegression()))]
    ensemble = GreedyEnsembleRegressor(voters).fit(frame, 3 * frame["a"] + 1)
    assert ensemble.predict(frame) == pytest.approx(3 * frame["a"] + 1)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"rule": "weighted"}, "rule must be one without weights"),
        ({"scoring": "auc"}, r"scoring must be one of \['accuracy'"),
        ({"n_rounds": 0}, "n_rounds must be a positive integer, got 0"),
    ],
)
def test_a_wrong_parameter_is_refused(params, message):
    with pytest.raises(ValueError, match=message):
        GreedyEnsembleClassifier(VOTERS, **params).fit(FRAME, Y)
