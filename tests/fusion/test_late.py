"""Late fusion is the combination of methods that could stand alone."""

import pickle
import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.ensemble import VotingClassifier
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.model_selection import (
    GridSearchCV,
    PredefinedSplit,
    StratifiedKFold,
    cross_val_predict,
)
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from mmbench.fusion import (
    RULES,
    LateFusionClassifier,
    branch,
    combine,
    learn_weights,
)


def alone(voters, X, y):
    return [clone(voter).fit(X, y).predict_proba(X) for _, voter in voters]


@pytest.mark.parametrize("rule", RULES)
def test_it_combines_what_each_voter_says_when_fitted_alone(table, voters, rule):
    X, y = table
    method = LateFusionClassifier(voters, rule=rule).fit(X, y)
    expected = combine(alone(voters, X, y), None, rule, method.weights_)
    np.testing.assert_allclose(method.predict_proba(X), expected)


def test_the_mean_is_soft_voting(table, voters):
    X, y = table
    soft = VotingClassifier(voters, voting="soft").fit(X, y)
    late = LateFusionClassifier(voters).fit(X, y)
    np.testing.assert_allclose(late.predict_proba(X), soft.predict_proba(X))
    np.testing.assert_array_equal(late.predict(X), soft.predict(X))


def test_three_votes_on_two_classes_are_hard_voting(voters):
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.normal(size=(60, 3)), columns=["width", "height", "price"])
    X["text"] = rng.choice(["red", "sky"], size=60).astype(object)
    y = rng.integers(2, size=60)
    hard = VotingClassifier(voters, voting="hard").fit(X, y)
    late = LateFusionClassifier(voters, rule="vote").fit(X, y)
    np.testing.assert_array_equal(late.predict(X), hard.predict(X))


def test_weights_are_learned_from_what_scikit_learn_predicts_out_of_fold(table, voters):
    X, y = table
    oof = [
        cross_val_predict(v, X, y, cv=StratifiedKFold(4), method="predict_proba")
        for _, v in voters
    ]
    method = LateFusionClassifier(voters, rule="weighted", cv=4).fit(X, y)
    np.testing.assert_allclose(method.weights_, learn_weights(oof, y))
    assert LateFusionClassifier(voters).fit(X, y).weights_ is None


def test_a_voter_that_only_remembers_gets_no_weight_for_it():
    rng = np.random.default_rng(0)
    y = np.arange(60) % 2
    X = pd.DataFrame({"id": rng.permutation(60), "hint": y + rng.normal(0, 0.5, 60)})
    voters = [
        ("id", branch(["id"], make_pipeline(StandardScaler(), GaussianNB()))),
        ("hint", branch(["hint"], GaussianNB())),
    ]
    method = LateFusionClassifier(voters, rule="weighted").fit(X, y)
    assert method.weights_[1] > 0.9


@pytest.mark.parametrize(
    "cv",
    [
        StratifiedKFold(3),
        PredefinedSplit(np.arange(48) // 16),
        list(StratifiedKFold(3).split(np.zeros(48), np.arange(48) % 2)),
    ],
    ids=lambda cv: type(cv).__name__,
)
def test_folds_may_be_a_splitter_or_a_list_of_splits(table, voters, cv):
    X, y = table
    method = LateFusionClassifier(voters, rule="weighted", cv=cv)
    for each in (method.fit(X, y), clone(method).fit(X, y)):
        assert each.weights_.sum() == pytest.approx(1)


def test_a_voter_has_no_say_where_its_column_is_missing(table, voters):
    X, y = table
    method = LateFusionClassifier(voters).fit(X, y)
    holes = X.copy()
    holes.loc[0, "text"] = " "
    holes.loc[1, ["width", "height"]] = np.nan
    holes.loc[2, "height"] = np.nan
    text, size, price = (v.predict_proba(holes) for v in method.estimators_)
    expected = (text + size + price) / 3
    expected[0] = (size[0] + price[0]) / 2
    expected[1] = (text[1] + price[1]) / 2
    np.testing.assert_allclose(method.predict_proba(holes), expected)


@pytest.mark.parametrize("rule", RULES)
def test_a_row_with_nothing_in_it_gets_the_shares_of_the_classes(rule):
    X = pd.DataFrame({"a": [1.0, 2.0, 3.0, 4.0, 5.0, np.nan]})
    y = ["p", "q", "q", "p", "q", "q"]
    voter = make_pipeline(*branch(["a"], "passthrough").steps[0][1:], Forgiving())
    method = LateFusionClassifier([("a", voter)], rule=rule, cv=2).fit(X, y)
    np.testing.assert_allclose(method.class_prior_, [1 / 3, 2 / 3])
    np.testing.assert_allclose(method.predict_proba(X)[5], [1 / 3, 2 / 3])


class Forgiving(GaussianNB):
    """Take missing numbers as zeros."""

    def fit(self, X, y):
        return super().fit(np.nan_to_num(X), y)

    def predict_proba(self, X):
        return super().predict_proba(np.nan_to_num(X))


def test_columns_missing_in_training_rows_are_no_reason_against_a_voter(voters):
    # Where the text is there it is always right; learning must not blame its gaps.
    y = np.arange(80) % 2
    X = pd.DataFrame({"text": np.where(y, "sky", "red").astype(object)})
    X.loc[::3, "text"] = ""
    X["price"] = np.random.default_rng(0).normal(size=80) + y
    chosen = [voters[0], voters[2]]
    method = LateFusionClassifier(chosen, rule="weighted").fit(X, y)
    assert method.weights_[0] > 0.8


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("labels", [["b", "a", "c"], [7, 3, 5]])
def test_names_of_classes_do_not_matter(voters, make_three, rule, labels):
    X, y = make_three
    names = np.array(labels)
    method = LateFusionClassifier(voters, rule=rule)
    expected = clone(method).fit(X, y).predict_proba(X)
    renamed = clone(method).fit(X, names[y])
    assert renamed.classes_.tolist() == sorted(labels)
    np.testing.assert_allclose(
        renamed.predict_proba(X), expected[:, np.argsort(names)], atol=1e-3
    )
    assert set(renamed.predict(X)) <= set(labels)


@pytest.fixture
def make_three():
    from .conftest import make_table

    return make_table(3)


def test_labels_in_a_series_of_strings_will_do(table, voters):
    X, y = table
    labels = pd.Series(np.array(["a", "b", "c"])[y], dtype="str")
    method = LateFusionClassifier(voters, rule="weighted").fit(X, labels)
    assert set(method.predict(X)) <= {"a", "b", "c"}


def test_classes_that_a_fold_lacks_count_as_impossible_there():
    X = pd.DataFrame({"a": np.arange(9.0)})
    y = [0, 0, 0, 0, 1, 1, 1, 1, 2]
    method = LateFusionClassifier([("a", branch(["a"], GaussianNB()))], rule="weighted")
    with warnings.catch_warnings():
        # scikit-learn says so, too: a fold can't hold a class of one row twice.
        warnings.simplefilter("ignore")
        method.set_params(cv=3).fit(X, y)
    assert method.predict_proba(X).shape == (9, 3)


def test_votes_need_no_probabilities_and_mix_with_voters_that_have_some():
    X = pd.DataFrame({"a": [0.0, 1, 8, 9], "b": [0.0, 8, 1, 9]})
    y = np.array(["low", "low", "high", "high"])
    voters = [
        ("plain", branch(["a"], RidgeClassifier())),
        ("sure", branch(["a"], GaussianNB())),
        ("other", branch(["b"], GaussianNB())),
    ]
    method = LateFusionClassifier(voters, rule="vote").fit(X, y)
    # Two of three see column a, and are right; b misleads on the second and third.
    assert method.predict(X).tolist() == y.tolist()
    np.testing.assert_allclose(
        method.predict_proba(X).max(axis=1), [1, 2 / 3, 2 / 3, 1], atol=1e-8
    )


def test_voters_without_probabilities_are_refused_with_advice():
    voters = [("plain", branch(["a"], RidgeClassifier()))]
    message = "'plain' .* has no predict_proba; wrap .*CalibratedClassifierCV"
    with pytest.raises(ValueError, match=message):
        LateFusionClassifier(voters).fit(pd.DataFrame({"a": [1.0, 2.0]}), [0, 1])


GOOD = ("a", branch(["a"], GaussianNB()))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"rule": "avg"}, r"rule must be one of \['max', .*\], got 'avg'"),
        ({"estimators": []}, "estimators must be a list of at least one"),
        ({"estimators": [GaussianNB()]}, "estimators must be a list of at least one"),
        ({"estimators": [GOOD, GOOD]}, "not unique"),
        ({"estimators": [("rule", GOOD[1])]}, "conflict"),
        ({"estimators": [("a__b", GOOD[1])]}, "must not contain __"),
        ({"estimators": [("a", StandardScaler())]}, "must be a classifier"),
    ],
)
def test_wrong_parameters_are_refused_in_fit(options, message):
    method = LateFusionClassifier(**{"estimators": [GOOD], **options})
    with pytest.raises(ValueError, match=message):
        method.fit(pd.DataFrame({"a": [1.0, 2.0]}), [0, 1])


def test_parameters_of_voters_are_reached_through_their_names(voters):
    method = LateFusionClassifier(voters)
    method.set_params(size__logisticregression__C=9.0, rule="max")
    assert method.get_params()["size__logisticregression__C"] == 9.0
    replaced = method.set_params(price=branch(["price"], LogisticRegression()))
    assert isinstance(replaced.estimators[2][1][-1], LogisticRegression)


def test_a_grid_search_reaches_rule_and_voters(table, voters):
    X, y = table
    grid = {"rule": ["mean", "weighted"], "size__logisticregression__C": [0.1, 10]}
    search = GridSearchCV(LateFusionClassifier(voters, cv=3), grid, cv=3).fit(X, y)
    assert len(search.cv_results_["params"]) == 4
    assert np.isfinite(search.best_score_)


def test_voters_given_are_left_unfitted(table, voters):
    X, y = table
    LateFusionClassifier(voters).fit(X, y)
    assert not hasattr(voters[1][1][-1], "coef_")


def test_a_pickled_model_says_the_same(table, voters):
    X, y = table
    method = LateFusionClassifier(voters, rule="weighted").fit(X, y)
    again = pickle.loads(pickle.dumps(method))  # noqa: S301 (what was dumped just now)
    np.testing.assert_array_equal(again.predict_proba(X), method.predict_proba(X))


def test_two_fits_are_the_same_to_the_last_bit(table, voters):
    X, y = table
    method = LateFusionClassifier(voters, rule="weighted")
    first, second = (clone(method).fit(X, y).predict_proba(X) for _ in range(2))
    assert first.tobytes() == second.tobytes()


def test_one_class_is_that_class_with_voters_that_allow_it():
    X = pd.DataFrame({"a": [1.0, 2.0]})
    method = LateFusionClassifier([GOOD]).fit(X, ["x", "x"])
    assert method.predict_proba(X).tolist() == [[1.0], [1.0]]
