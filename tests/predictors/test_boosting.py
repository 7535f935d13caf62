"""The boosting libraries keep scikit-learn's contract behind their wrappers."""

import importlib
import importlib.util

import numpy as np
import pytest
from scipy import sparse
from sklearn.utils.estimator_checks import parametrize_with_checks
from xgboost import XGBClassifier

from mmbench.errors import MissingDependencyError
from mmbench.predictors import (
    CatBoostClassifier,
    CatBoostRegressor,
    LightGBMClassifier,
    LightGBMRegressor,
    XGBoostClassifier,
    XGBoostRegressor,
)

PACKAGES = {
    XGBoostClassifier: "xgboost",
    LightGBMClassifier: "lightgbm",
    CatBoostClassifier: "catboost",
}
INSTALLED = [
    wrapper(n_estimators=20, random_state=0)
    for wrapper, package in PACKAGES.items()
    if importlib.util.find_spec(package)
]
REGRESSORS = {
    XGBoostRegressor: "xgboost",
    LightGBMRegressor: "lightgbm",
    CatBoostRegressor: "catboost",
}
INSTALLED_REGRESSORS = [
    wrapper(n_estimators=20, random_state=0)
    for wrapper, package in REGRESSORS.items()
    if importlib.util.find_spec(package)
]
WRAPPERS = pytest.mark.parametrize(
    "wrapper", INSTALLED, ids=lambda wrapper: type(wrapper).__name__
)


def _expected_failures(_estimator):
    reason = "bins and starting points are taken from rows, whatever they weigh"
    name = "check_sample_weight_equivalence_on_{}_data"
    return {name.format(kind): reason for kind in ("dense", "sparse")}


@parametrize_with_checks(
    INSTALLED + INSTALLED_REGRESSORS, expected_failed_checks=_expected_failures
)
def test_scikit_learns_checks(estimator, check):
    check(estimator)


@pytest.fixture
def samples():
    rng = np.random.default_rng(0)
    y = np.arange(90) % 3
    X = rng.normal(size=(90, 4))
    X[:, 0] += 2 * y
    return X, y


def test_the_numbers_are_those_of_the_library_itself(samples):
    X, y = samples
    wrapped = XGBoostClassifier(random_state=0).fit(X, np.array(["a", "b", "c"])[y])
    seed = np.random.RandomState(0).randint(np.iinfo(np.int32).max)
    params = wrapped.get_params() | {"random_state": seed, "tree_method": "hist"}
    direct = XGBClassifier(**params).fit(X, y)
    np.testing.assert_allclose(
        wrapped.predict_proba(X), direct.predict_proba(X), rtol=1e-5
    )


@WRAPPERS
def test_any_labels_give_the_same_trees(wrapper, samples):
    X, y = samples
    expected = wrapper.fit(X, y).predict_proba(X)
    for labels in (np.array(["p", "q", "r"]), np.array([-5, 0, 40])):
        renamed = wrapper.fit(X, labels[y])
        np.testing.assert_array_equal(renamed.predict_proba(X), expected)
        assert renamed.score(X, labels[y]) > 0.7


@WRAPPERS
def test_two_classes_have_two_columns(wrapper, samples):
    X, y = samples
    proba = wrapper.fit(X, y == 1).predict_proba(X)
    np.testing.assert_allclose(proba.sum(axis=1), 1)
    assert proba.shape == (90, 2)


@WRAPPERS
def test_sparse_and_missing_numbers_are_taken(wrapper, samples):
    X, y = samples
    assert wrapper.fit(sparse.csr_matrix(X), y).score(sparse.csr_matrix(X), y) > 0.7
    X[::5, 1] = np.nan
    assert wrapper.fit(X, y).score(X, y) > 0.7


@WRAPPERS
def test_one_class_is_refused(wrapper, samples):
    X, _ = samples
    with pytest.raises(ValueError, match="at least 2 classes, got one class"):
        wrapper.fit(X, ["a"] * 90)


@WRAPPERS
def test_nothing_is_printed_and_no_file_is_left(
    wrapper, samples, tmp_path, monkeypatch, capfd
):
    monkeypatch.chdir(tmp_path)
    wrapper.fit(*samples).predict(samples[0])
    assert capfd.readouterr() == ("", "")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("wrapper", PACKAGES, ids=lambda wrapper: wrapper.__name__)
def test_an_absent_library_is_named_in_fit_with_the_command_that_installs_it(
    wrapper, samples, monkeypatch
):
    def absent(name):
        raise ImportError(name)

    monkeypatch.setattr(importlib, "import_module", absent)
    classifier = wrapper()
    with pytest.raises(MissingDependencyError, match=r"pip install 'mmbench\[boosting"):
        classifier.fit(*samples)


@pytest.mark.parametrize(
    "wrapper", INSTALLED_REGRESSORS, ids=lambda wrapper: type(wrapper).__name__
)
def test_an_offset_of_a_billion_moves_numbers_by_a_billion(wrapper, samples):
    X, _ = samples
    y = X[:, 0] + X[:, 1]
    near = wrapper.fit(X, y).predict(X)
    far = wrapper.fit(X, y + 1e9).predict(X)
    assert wrapper.fit(X, y).score(X, y) > 0.5
    np.testing.assert_allclose(far - 1e9, near, atol=1e-3)
