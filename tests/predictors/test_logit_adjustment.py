"""Probabilities adjusted for rare classes."""

import numpy as np
import pytest
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.naive_bayes import GaussianNB, MultinomialNB
from sklearn.utils.estimator_checks import parametrize_with_checks

from mmbench.predictors import LogitAdjustedClassifier, make_classifier

X, Y = make_classification(
    1200, 8, n_informative=4, n_classes=3, weights=[0.85, 0.1], random_state=0
)
NAMES = np.array(["common", "less", "rare"])[Y]
TRAIN, TEST = slice(0, 600), slice(600, None)


@parametrize_with_checks([LogitAdjustedClassifier(LogisticRegression())])
def test_scikit_learns_checks(estimator, check):
    check(estimator)


def test_a_corrected_prior_is_that_of_a_classifier_with_equal_priors():
    counts = np.abs(X).round()
    adjusted = LogitAdjustedClassifier(MultinomialNB()).fit(counts, NAMES)
    plain = MultinomialNB(fit_prior=False).fit(counts, NAMES)
    assert adjusted.predict_proba(counts) == pytest.approx(plain.predict_proba(counts))


@pytest.mark.parametrize("n_classes", [2, 3])
def test_tuned_factors_raise_macro_f1_on_rows_never_seen(n_classes):
    y = np.where(NAMES == "rare", "rare", "common") if n_classes == 2 else NAMES
    scores = [
        f1_score(y[TEST], m.fit(X[TRAIN], y[TRAIN]).predict(X[TEST]), average="macro")
        for m in (GaussianNB(), LogitAdjustedClassifier(GaussianNB(), "f1_macro"))
    ]
    assert scores[1] > scores[0]


def test_labels_are_those_of_the_greatest_adjusted_probability():
    model = LogitAdjustedClassifier(GaussianNB(), "f1_macro").fit(X, NAMES)
    proba = GaussianNB().fit(X, NAMES).predict_proba(X) * model.factors_
    assert model.predict(X).tolist() == model.classes_[proba.argmax(axis=1)].tolist()


def test_a_class_of_one_row_leaves_probabilities_as_they_are():
    y = np.array(["a"] * 6 + ["b"])
    model = LogitAdjustedClassifier(GaussianNB(), "f1_macro").fit(X[:7], y)
    assert model.factors_.tolist() == [1.0, 1.0]


def test_an_unknown_adjustment_is_refused():
    with pytest.raises(ValueError, match="adjustment must be 'balanced' or 'f1_macro'"):
        LogitAdjustedClassifier(GaussianNB(), "auc").fit(X, Y)


def test_a_calibrated_svm_is_corrected_not_weighted():
    assert isinstance(make_classifier("linear_svm_corrected"), LogitAdjustedClassifier)
    assert make_classifier("logistic_balanced").class_weight == "balanced"
