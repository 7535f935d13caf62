"""Every preset works on every kind of features that a branch may make."""

import pickle
from functools import cache

import numpy as np
import pytest
from scipy import sparse
from sklearn.base import clone
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV

from mmbench.errors import UnknownNameError
from mmbench.fusion import BlockScaler
from mmbench.predictors import (
    CLASSIFIERS,
    PRESETS,
    REGRESSORS,
    make_classifier,
    make_regressor,
)

N_CLASSES = 12
LABELS = np.array([f"class {i:02}" for i in range(N_CLASSES)])
BINARY = {name for name, preset in PRESETS.items() if preset.only_binary}
MULTICLASS = [name for name in CLASSIFIERS if name not in BINARY]
LEARNERS = sorted({*MULTICLASS} - {"dummy"})


def seeded(name):
    classifier = make_classifier(name)
    params = classifier.get_params()
    seeds = [key for key in params if key.split("__")[-1] == "random_state"]
    return classifier.set_params(**dict.fromkeys(seeds, 0))


def fitted(name, X, y):
    package = name if name in ("lightgbm", "catboost") else "sklearn"
    pytest.importorskip(package)
    return seeded(name).fit(X, y)


@cache
def fitted_once(name, features):
    """Fit a preset to features, once for all tests that only look at it."""
    X, y = features(4)
    return fitted(name, X, y), X, y


def texts(rows_per_class):
    """Return TF-IDF rows: two words of the class among words that anyone uses."""
    rng = np.random.default_rng(0)
    y = np.repeat(np.arange(N_CLASSES), rows_per_class)
    said = [
        " ".join(
            [f"own{c}a", f"own{c}b", *(f"any{w}" for w in rng.integers(40, size=3))]
        )
        for c in y
    ]
    return TfidfVectorizer().fit_transform(said), LABELS[y]


def numbers(rows_per_class):
    """Return dense rows, negative and positive, of unit mean squared norm."""
    rng = np.random.default_rng(1)
    y = np.repeat(np.arange(N_CLASSES), rows_per_class)
    centres = rng.normal(scale=2.0, size=(N_CLASSES, 20))
    X = centres[y] + rng.normal(size=(len(y), 20))
    return BlockScaler().fit_transform(X), LABELS[y]


def joined(rows_per_class):
    """Return both side by side: sparse, with negative numbers."""
    X, y = texts(rows_per_class)
    return sparse.hstack([X, sparse.csr_matrix(numbers(rows_per_class)[0])]).tocsr(), y


@pytest.mark.parametrize("features", [texts, numbers, joined])
@pytest.mark.parametrize("name", LEARNERS)
def test_a_preset_learns_twelve_classes_of_four_rows_without_a_warning(name, features):
    classifier, X, y = fitted_once(name, features)
    assert classifier.classes_.tolist() == LABELS.tolist()
    proba = classifier.predict_proba(X)
    np.testing.assert_allclose(proba.sum(axis=1), 1, rtol=1e-6)
    assert classifier.score(X, y) > 3 / N_CLASSES


@pytest.mark.parametrize("name", MULTICLASS)
def test_the_same_seed_gives_the_same_bytes(name):
    first, X, y = fitted_once(name, numbers)
    second = fitted(name, X, y)
    assert first.predict_proba(X).tobytes() == second.predict_proba(X).tobytes()


@pytest.mark.parametrize("name", MULTICLASS)
def test_a_pickled_preset_says_the_same(name):
    classifier, X, _ = fitted_once(name, numbers)
    again = pickle.loads(pickle.dumps(classifier))  # noqa: S301 (dumped just now)
    np.testing.assert_allclose(
        again.predict_proba(X), classifier.predict_proba(X), atol=1e-12
    )


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_no_preset_brings_a_seed_or_more_than_one_thread(name):
    params = make_classifier(name).get_params()
    seeds = [v for k, v in params.items() if k.split("__")[-1] == "random_state"]
    threads = [v for k, v in params.items() if k.split("__")[-1] == "n_jobs"]
    assert all(seed is None for seed in seeds)
    assert all(count in (None, 1) for count in threads)


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_a_preset_is_new_at_every_call_and_survives_cloning(name):
    first, second = make_classifier(name), make_classifier(name)
    assert first is not second
    assert repr(clone(first)) == repr(second)


@pytest.mark.parametrize("preset", PRESETS.values(), ids=PRESETS)
def test_a_preset_is_described_in_one_line(preset):
    assert preset.description
    assert "\n" not in preset.description


def test_those_that_need_an_extra_say_which():
    needs = {name: p.needs for name, p in PRESETS.items() if p.needs}
    assert needs == {"lightgbm": "boosting", "catboost": "boosting"}


def test_every_kind_of_ensemble_is_there():
    families = {preset.family for preset in CLASSIFIERS.values()}
    assert {"bagging", "boosting", "stacking", "voting", "linear", "dummy"} <= families


@pytest.mark.parametrize(
    ("name", "params"),
    [
        ("logistic", {"C": 2.0}),
        ("naive_bayes", {"alpha": 2.0}),
        ("naive_bayes", {"multinomialnb__alpha": 2.0}),
        ("hist_gradient_boosting", {"max_iter": 3, "densereducer__n_components": 5}),
        ("bagged_linear", {"n_estimators": 3, "estimator__C": 2.0}),
        ("voting", {"random_forest__n_estimators": 3}),
    ],
)
def test_parameters_reach_the_classifier_itself_or_what_is_inside(name, params):
    found = make_classifier(name, **params).get_params()
    for key, value in params.items():
        assert value in [v for k, v in found.items() if k.endswith(key)]


def test_an_unknown_name_is_answered_with_the_nearest():
    with pytest.raises(UnknownNameError, match="did you mean 'logistic'"):
        make_classifier("logistik")


def test_an_unknown_parameter_is_refused():
    with pytest.raises(ValueError, match="Invalid parameter 'D'"):
        make_classifier("logistic", D=1.0)


def test_the_dummy_says_the_shares_of_the_classes():
    proba = make_classifier("dummy").fit([[0]] * 4, ["a", "b", "b", "b"])
    assert proba.predict_proba([[5]]).tolist() == [[0.25, 0.75]]


def test_a_preset_is_the_plain_estimator_that_it_names():
    X, y = texts(5)
    plain = LogisticRegression(C=30.0, max_iter=1000).fit(X, y)
    np.testing.assert_array_equal(
        make_classifier("logistic").fit(X, y).predict_proba(X), plain.predict_proba(X)
    )


def test_presets_work_in_a_grid_search():
    X, y = numbers(6)
    grid = {"max_depth": [1, 3]}
    search = GridSearchCV(make_classifier("tree", random_state=0), grid, cv=2)
    assert search.fit(X, y).best_params_ == {"max_depth": 3}


def amounts(rows_per_class):
    """Return rows of three kinds of features, and sums of money that follow them."""
    X, labels = joined(rows_per_class)
    kinds = np.unique(labels, return_inverse=True)[1]
    return X, 5_000.0 + 45_000.0 * kinds


def fitted_regressor(name, X, y):
    package = name if name in ("lightgbm", "catboost") else "sklearn"
    pytest.importorskip(package)
    regressor = make_regressor(name)
    params = regressor.get_params()
    seeds = [key for key in params if key.split("__")[-1] == "random_state"]
    return regressor.set_params(**dict.fromkeys(seeds, 0)).fit(X, y)


@pytest.mark.parametrize("name", sorted(set(REGRESSORS) - {"mean", "median"}))
def test_a_regressor_learns_sums_of_money_from_48_rows_without_a_warning(name):
    X, y = amounts(4)
    assert fitted_regressor(name, X, y).score(X, y) > 0.3


@pytest.mark.parametrize("name", REGRESSORS)
def test_a_regressor_does_not_care_for_the_unit_or_the_zero_of_its_target(name):
    X, y = amounts(2)
    once = fitted_regressor(name, X, y).predict(X)
    # A power of two, so that splits are the same to the last digit.
    again = fitted_regressor(name, X, 1024 * y + 2.0**30).predict(X)
    np.testing.assert_allclose((again - 2.0**30) / 1024, once, rtol=1e-3, atol=100)


def test_means_and_medians_are_those_of_the_training_rows():
    X, y = [[0]] * 4, [1.0, 2.0, 4.0, 9.0]
    assert make_regressor("mean").fit(X, y).predict([[5]]).tolist() == [4.0]
    assert make_regressor("median").fit(X, y).predict([[5]]).tolist() == [3.0]


def test_a_tuned_threshold_finds_a_rare_class_more_often():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(600, 1))
    y = X[:, 0] + rng.normal(size=600) > 2.2
    plain = make_classifier("logistic").fit(X, y).predict(X)
    assert make_classifier("tuned_threshold").fit(X, y).predict(X).sum() > plain.sum()


def test_an_unknown_regressor_is_answered_with_the_nearest():
    with pytest.raises(UnknownNameError, match="did you mean 'ridge'"):
        make_regressor("rigde")
