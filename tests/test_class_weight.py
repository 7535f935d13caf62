"""Classes are weighed by how rare they are, in every predictor that can."""

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import RandomForestClassifier, StackingClassifier
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.naive_bayes import GaussianNB
from sklearn.preprocessing import StandardScaler

from mmbench.errors import UsageError
from mmbench.fusion import LateFusionClassifier, branch
from mmbench.suite import Suite
from tests.engine.conftest import go, make_dataset, make_samples  # noqa: F401
from tests.engine.oracle import by_scikit_learn
from tests.engine.test_equal import image, size, text


def make_uneven():
    """Return samples of which one class has a fifth of its rows left."""
    samples = make_samples()
    kept = np.flatnonzero((samples.y != "a") | (np.arange(len(samples.y)) % 5 == 0))
    return samples._replace(X=samples.X.iloc[kept], y=samples.y[kept])


def suite_of(methods, task="classification", **changes):
    dataset = make_dataset(load=make_uneven, task=task)
    return Suite(name="s", datasets=[dataset], methods=methods, cv=3, **changes)


VOTERS = [("text", text(LogisticRegression())), ("size", size(GaussianNB()))]
METHODS = {
    "alone": text(LogisticRegression()),
    "forest": image(RandomForestClassifier(n_estimators=5)),
    "late": LateFusionClassifier(VOTERS),
    "own": text(LogisticRegression(class_weight={"a": 3.0})),
    "search": GridSearchCV(
        text(LogisticRegression()), {"logisticregression__C": [0.1, 1]}, cv=2
    ),
    "dummy": DummyClassifier(),
}


def by_hand(name):
    weighed = {
        "alone": text(LogisticRegression(class_weight="balanced")),
        "forest": image(
            RandomForestClassifier(n_estimators=5, class_weight="balanced")
        ),
        "late": LateFusionClassifier(
            [("text", text(LogisticRegression(class_weight="balanced"))), VOTERS[1]]
        ),
        "search": GridSearchCV(
            text(LogisticRegression(class_weight="balanced")),
            {"logisticregression__C": [0.1, 1]},
            cv=2,
        ),
    }
    return weighed.get(name, METHODS[name])


def test_weighed_methods_score_as_in_scikit_learn(go):  # noqa: F811
    records = go(suite_of(METHODS, class_weight="balanced", scoring=["accuracy"]))
    for name in METHODS:
        model, X_test = by_scikit_learn(by_hand(name), make_uneven())
        y_test = make_uneven().y[make_uneven().X.index.get_indexer(X_test.index)]
        expected = np.mean(model.predict(X_test) == y_test)
        assert records[name, 0, 0].scores["accuracy"] == pytest.approx(expected)


def test_records_warn_of_predictors_that_take_no_class_weights(go):  # noqa: F811
    methods = {name: METHODS[name] for name in ("alone", "late", "dummy")}
    records = go(suite_of(methods, class_weight="balanced"))
    (said,) = records["late", 0, 0].warnings
    assert said == (
        "DataWarning: class_weight='balanced' changes nothing in GaussianNB, which has "
        "no such parameter."
    )
    assert not records["alone", 0, 0].warnings
    assert not records["dummy", 0, 0].warnings


def test_a_suite_leaves_the_methods_that_it_is_given_as_they_are():
    given = LogisticRegression()
    suite = suite_of({"given": branch(["size"], given)}, class_weight="balanced")
    assert given.class_weight is None
    (weighed,) = suite.methods.values()
    assert weighed[-1].class_weight == "balanced"


def test_what_is_made_of_classifiers_leaves_weights_to_them():
    stack = StackingClassifier([("a", LogisticRegression())], LogisticRegression())
    suite = suite_of({"stack": size(stack)}, class_weight="balanced")
    assert suite.warnings_of("stack") == ()
    assert suite.methods["stack"][-1].final_estimator.class_weight == "balanced"


@pytest.mark.regression
def test_weights_of_classes_are_refused_where_there_are_none():
    ridge = branch(["size"], StandardScaler(), Ridge())
    with pytest.raises(UsageError, match="is for classes, and this task has none"):
        suite_of({"ridge": ridge}, "regression", class_weight="balanced")


def test_other_weights_of_classes_are_refused():
    with pytest.raises(UsageError, match="must be 'balanced' or None, got 'rare'"):
        suite_of(METHODS, class_weight="rare")
