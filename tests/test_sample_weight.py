"""Sample weights reach every predictor that takes them, and the metrics that ask."""

import numpy as np
import pytest
from sklearn import metrics
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.neighbors import KNeighborsClassifier

from mmbench.columns import Column
from mmbench.datasets.checksum import checksum_of
from mmbench.datasets.splits import weight_array
from mmbench.errors import DataError, UsageError
from mmbench.fusion import LateFusionClassifier
from mmbench.predictors import make_classifier, make_regressor
from mmbench.suite import Suite
from mmbench.tasks import TASKS, Prediction, Target, scores_of
from tests.engine.conftest import go, make_dataset, make_samples  # noqa: F401
from tests.engine.oracle import by_engine, first_fold, ready_for
from tests.engine.test_equal import size, text

WEIGHTS = np.random.default_rng(7).exponential(size=90) + 0.01
VOTERS = [
    ("text", text(LogisticRegression())),
    ("size", size(GradientBoostingClassifier(n_estimators=3))),
]


def make_weighted():
    return make_samples()._replace(sample_weight=WEIGHTS)


def fitted_with_weights(pipeline):
    """Return scikit-learn's answer: weights are given to the last step's fit."""
    samples = make_weighted()
    fold = first_fold(samples)
    model = ready_for(pipeline, samples, fold)
    weights = {f"{model.steps[-1][0]}__sample_weight": WEIGHTS[fold.train]}
    model.fit(samples.X.iloc[fold.train], samples.y[fold.train], **weights)
    return model.predict_proba(samples.X.iloc[fold.test])


@pytest.mark.parametrize("voter", ["text", "size"])
def test_weights_reach_the_predictor_behind_the_features(voter, tmp_path):
    pipeline = dict(VOTERS)[voter]
    found = by_engine(pipeline, tmp_path, make_weighted()).value["proba"]
    np.testing.assert_allclose(found, fitted_with_weights(pipeline), atol=1e-9)
    unweighted = by_engine(pipeline, tmp_path / "other", make_samples())
    assert np.abs(found - unweighted.value["proba"]).max() > 0.01


def test_weights_reach_every_voter_of_a_fusion(tmp_path):
    found = by_engine(LateFusionClassifier(VOTERS), tmp_path, make_weighted())
    expected = np.mean([fitted_with_weights(voter) for _, voter in VOTERS], axis=0)
    samples = make_weighted()
    has_text = samples.X["text"].iloc[first_fold(samples).test].notna()
    np.testing.assert_allclose(
        found.value["proba"][has_text], expected[has_text], atol=1e-9
    )


@pytest.mark.parametrize("name", ["xgboost", "lightgbm", "catboost"])
def test_boosted_trees_take_weights(name):
    if name != "xgboost":
        pytest.importorskip(name)
    X = np.random.default_rng(0).normal(size=(60, 3))
    y = (X[:, 0] > 0).astype(int)
    weight = np.where(y == 1, 50.0, 0.02)
    model = make_classifier(name)
    plain = model.fit(X, y).predict_proba(X)[:, 1].mean()
    assert model.fit(X, y, sample_weight=weight).predict_proba(X)[:, 1].mean() > plain
    regressor = make_regressor(name)
    numbers = X[:, 1] + y
    least = regressor.fit(X, numbers).predict(X).mean()
    assert regressor.fit(X, numbers, sample_weight=weight).predict(X).mean() > least


def suite_of(methods, load=make_weighted, **changes):
    dataset = make_dataset(load=load)
    return Suite(name="s", datasets=[dataset], methods=methods, cv=3, **changes)


def test_records_warn_of_predictors_that_take_no_weights(go):  # noqa: F811
    methods = {
        "all": VOTERS[0][1],
        "none": size(KNeighborsClassifier()),
        "whole": size(OneVsRestClassifier(LogisticRegression())),
    }
    records = go(suite_of(methods))
    assert records["all", 0, 0].warnings == ()
    without = {"none": "KNeighborsClassifier", "whole": "OneVsRestClassifier"}
    for name, what in without.items():
        (said,) = records[name, 0, 0].warnings
        assert said == (
            f"DataWarning: sample weights change nothing in {what}, whose fit does "
            f"not take them."
        )


def test_weighted_metrics_are_those_of_scikit_learn_and_rank(go):  # noqa: F811
    asked = ["sample_weighted_f1_macro", "accuracy", "sample_weighted_accuracy"]
    suite = suite_of({"text": VOTERS[0][1]}, scoring=asked)
    assert suite.ranked_by(suite.datasets[0]) == asked[0]
    scores = go(suite)["text", 0, 0].scores
    samples, fold = make_weighted(), first_fold(make_weighted())
    answered = np.array(["a", "b", "c"])[fitted_with_weights(VOTERS[0][1]).argmax(1)]
    truth, weight = samples.y[fold.test], WEIGHTS[fold.test]
    assert scores == {
        asked[0]: pytest.approx(
            metrics.f1_score(truth, answered, average="macro", sample_weight=weight)
        ),
        "accuracy": pytest.approx(metrics.accuracy_score(truth, answered)),
        asked[2]: pytest.approx(
            metrics.accuracy_score(truth, answered, sample_weight=weight)
        ),
    }


@pytest.mark.regression
def test_weighted_errors_of_numbers_are_those_of_scikit_learn():
    rng = np.random.default_rng(1)
    y, number = rng.normal(1e6, 3, size=(2, 90))
    task = TASKS["regression"]
    target = task.data.completed(Target(y, weight=WEIGHTS))
    names = [f"sample_weighted_{name}" for name in ("r2", "rmse", "mae")]
    found = scores_of(
        [task.metrics_by_name[name] for name in names],
        target,
        Prediction({"number": number}),
    )
    expected = [
        metrics.r2_score(y, number, sample_weight=WEIGHTS),
        metrics.root_mean_squared_error(y, number, sample_weight=WEIGHTS),
        metrics.mean_absolute_error(y, number, sample_weight=WEIGHTS),
    ]
    assert [found[name] for name in names] == pytest.approx(expected, rel=1e-9)


def test_a_weighted_metric_is_refused_where_there_are_no_weights(go):  # noqa: F811
    suite = suite_of(
        {"text": VOTERS[0][1]}, make_samples, scoring=["sample_weighted_accuracy"]
    )
    with pytest.raises(UsageError, match="'fruit' does not have; name their column as"):
        go(suite)


@pytest.mark.parametrize("weight", [0.0, -1.0, np.nan, np.inf])
def test_weights_that_are_none_are_refused(weight, go):  # noqa: F811
    def load():
        return make_samples()._replace(sample_weight=np.full(90, weight))

    with pytest.raises(DataError, match="must be a finite number above 0"):
        go(suite_of({"text": VOTERS[0][1]}, load))


def test_a_cell_that_is_no_weight_is_named():
    with pytest.raises(DataError, match=r"row 2.*finite number above 0, got '0'"):
        weight_array(Column("w", ["1", "0"], [1, 2]))
    assert weight_array(Column("w", ["1", "0.5"], [1, 2])).tolist() == [1, 0.5]


def test_weights_are_part_of_the_samples_identity():
    samples = make_samples()
    found = {checksum_of(each) for each in (samples, make_weighted())}
    assert len(found) == 2
