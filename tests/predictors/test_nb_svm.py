"""NB-SVM: the paper's formulas by hand, and what they leave open."""

import numpy as np
import pytest
from scipy import sparse
from sklearn.metrics import accuracy_score
from sklearn.naive_bayes import MultinomialNB
from sklearn.svm import LinearSVC
from sklearn.utils.estimator_checks import parametrize_with_checks

from mmbench.predictors import NBSVMClassifier

EXPECTED_FAILURES = {
    "check_sample_weight_equivalence_on_dense_data": "liblinear stops early",
    "check_sample_weight_equivalence_on_sparse_data": "liblinear stops early",
    "check_class_weight_classifiers": "has negative numbers",
    "check_class_weight_balanced_linear_classifier": "has negative numbers",
    "check_sparsify_coefficients": "has negative numbers",
}


@parametrize_with_checks(
    [NBSVMClassifier()], expected_failed_checks=lambda _: EXPECTED_FAILURES
)
def test_scikit_learn_takes_it_for_an_estimator(estimator, check):
    check(estimator)


def words(seed=0, n=200, n_words=30, n_classes=2, shares=None):
    """Return which words occur in which text, and the texts' classes."""
    rng = np.random.default_rng(seed)
    y = rng.choice(n_classes, n, p=shares)
    often = rng.uniform(0.05, 0.4, (n_classes, n_words))
    return (rng.random((n, n_words)) < often[y]).astype(float), y


@pytest.mark.parametrize("beta", [0.25, 1.0])
def test_decisions_are_the_papers(beta):
    X, y = words()
    p, q = 1 + X[y == 1].sum(axis=0), 1 + X[y == 0].sum(axis=0)
    r = np.log((p / p.sum()) / (q / q.sum()))
    svm = LinearSVC(random_state=0, max_iter=10_000).fit(X * r, y)
    mean = np.abs(svm.coef_).mean()
    w = (1 - beta) * mean + beta * svm.coef_[0]
    prior = np.log((y == 1).sum() / (y == 0).sum())
    b = (1 - beta) * mean * prior + beta * svm.intercept_[0]

    found = NBSVMClassifier(beta=beta).fit(X, y).decision_function(X)

    np.testing.assert_allclose(found, (X * r) @ w + b)


def test_without_the_svm_it_is_multinomial_naive_bayes():
    X, y = words(shares=[0.8, 0.2])

    found = NBSVMClassifier(beta=0.0).fit(X, y).predict(X)

    np.testing.assert_array_equal(found, MultinomialNB().fit(X, y).predict(X))


def test_uneven_classes_do_not_move_its_decisions_away():
    X, y = words(n=2000, n_words=100, shares=[0.85, 0.15])

    right = accuracy_score(y, NBSVMClassifier().fit(X[:1000], y[:1000]).predict(X))

    assert right > accuracy_score(y, LinearSVC().fit(X[:1000], y[:1000]).predict(X))


def test_sparse_and_dense_features_give_the_same():
    X, y = words(n_classes=3)

    dense = NBSVMClassifier().fit(X, y).decision_function(X)
    thin = NBSVMClassifier().fit(sparse.csr_array(X), y).decision_function(X)

    np.testing.assert_allclose(thin, dense, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize(
    ("given", "message"),
    [({"alpha": 0.0}, "alpha must be above 0"), ({"beta": 1.5}, "within 0 and 1")],
)
def test_parameters_are_checked(given, message):
    with pytest.raises(ValueError, match=message):
        NBSVMClassifier(**given).fit(*words())


def test_negative_numbers_are_refused():
    X, y = words()
    with pytest.raises(ValueError, match="Negative values"):
        NBSVMClassifier().fit(-X, y)
