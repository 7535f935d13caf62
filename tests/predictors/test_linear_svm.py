"""The linear SVM: scikit-learn's, by whichever problem is easier."""

import numpy as np
import pytest
from scipy import sparse
from sklearn.svm import LinearSVC
from sklearn.utils.estimator_checks import parametrize_with_checks

from mmbench.predictors import LinearSVMClassifier

EXPECTED_FAILURES = {
    "check_sample_weight_equivalence_on_dense_data": "liblinear stops early",
    "check_sample_weight_equivalence_on_sparse_data": "liblinear stops early",
}


@parametrize_with_checks(
    [LinearSVMClassifier()], expected_failed_checks=lambda _: EXPECTED_FAILURES
)
def test_scikit_learn_takes_it_for_an_estimator(estimator, check):
    check(estimator)


def rows(n_classes=3):
    rng = np.random.default_rng(0)
    y = rng.integers(n_classes, size=200)
    X = rng.random((200, 30)) * (rng.random((200, 30)) < 0.3)
    return X + 0.2 * (np.arange(30) % n_classes == y[:, None]), np.array(list("abc"))[y]


@pytest.mark.parametrize(
    ("kind", "dual"), [(np.asarray, False), (sparse.csr_array, True)]
)
@pytest.mark.parametrize("n_classes", [2, 3])
def test_it_is_scikit_learns_by_the_dual_problem_where_rows_are_sparse(
    kind, dual, n_classes
):
    X, y = rows(n_classes)
    how = {"C": 0.5, "class_weight": "balanced", "random_state": 0}
    expected = LinearSVC(dual=dual, **how).fit(X, y, np.linspace(0, 2, 200))

    found = LinearSVMClassifier(**how).fit(kind(X), y, np.linspace(0, 2, 200))

    decisions = found.decision_function(kind(X))
    np.testing.assert_allclose(decisions, expected.decision_function(X))
    assert found.n_iter_ == expected.n_iter_


def test_both_problems_have_the_same_solution():
    X, y = rows()
    dense = LinearSVMClassifier(random_state=0).fit(X, y)
    thin = LinearSVMClassifier(random_state=0).fit(sparse.csr_array(X), y)
    np.testing.assert_allclose(thin.coef_, dense.coef_, atol=0.01)
