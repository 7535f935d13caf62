"""Searches for parameters find and answer what scikit-learn's own do."""

import json
import time
from collections import Counter

import numpy as np
import pytest
from scipy.stats import loguniform
from sklearn.ensemble import RandomForestClassifier, VotingClassifier
from sklearn.exceptions import FitFailedWarning
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.feature_selection import SelectKBest
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import make_scorer, recall_score, top_k_accuracy_score
from sklearn.model_selection import (
    GridSearchCV,
    HalvingGridSearchCV,
    HalvingRandomSearchCV,
    RandomizedSearchCV,
    ShuffleSplit,
    StratifiedKFold,
)
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from mmbench.engine.graph.compositions import expand
from mmbench.engine.graph.node import walk
from mmbench.engine.graph.predicting import Predict
from mmbench.engine.graph.search_planning import SEARCHES as KINDS
from mmbench.engine.graph.searches import Search
from mmbench.errors import UsageError
from mmbench.fusion import (
    GreedyEnsembleClassifier,
    HybridFusionClassifier,
    LateFusionClassifier,
    SelectColumns,
    branch,
    early_fusion,
    searched_early_fusion,
    stacked_fusion,
)
from mmbench.predictors import OptunaSearchCV
from mmbench.results import ResultStore
from mmbench.suites.tuning import tuned

from .conftest import Flatten, make_samples
from .oracle import (
    SAMPLES,
    assert_equal,
    by_engine,
    by_scikit_learn,
    first_fold,
    problem_of,
    ready_for,
)
from .test_equal import BLOCKS, VOTERS, image, text

C = "logisticregression__C"
TEXT_GRID = {C: [0.01, 1, 100]}
SHUFFLED = StratifiedKFold(3, shuffle=True, random_state=1)
LATE_GRID = {"text__logisticregression__C": [0.01, 10], "rule": ["mean", "product"]}
EXTRACTOR_GRID = {
    "flatten__scale": [0.01, 1.0],
    "logisticregression__C": [0.001, 1],
}


class Slow(Flatten):
    """Flattens pictures, and takes its time."""

    def __init__(self, seconds=0.0):
        self.seconds = seconds

    def transform(self, X):
        time.sleep(self.seconds)
        return np.stack([np.asarray(image, float).ravel() for image in X])


def smallest_weights(model, X, y):
    return -np.abs(model[-1].coef_).sum()


top_2 = make_scorer(top_k_accuracy_score, response_method="decision_function")


SEARCHES = {
    "grid": GridSearchCV(text(LogisticRegression()), TEXT_GRID, cv=3),
    "default folds": GridSearchCV(text(LogisticRegression()), TEXT_GRID),
    "shuffled folds": GridSearchCV(
        text(LogisticRegression()), TEXT_GRID, cv=SHUFFLED, scoring="f1_macro"
    ),
    "folds that overlap": GridSearchCV(
        text(LogisticRegression()), TEXT_GRID, cv=ShuffleSplit(4, random_state=2)
    ),
    "training scores": GridSearchCV(
        text(LogisticRegression()), TEXT_GRID, cv=2, return_train_score=True
    ),
    "log loss": GridSearchCV(
        text(LogisticRegression()), TEXT_GRID, scoring="neg_log_loss", cv=3
    ),
    "a scorer": GridSearchCV(
        text(LogisticRegression()),
        TEXT_GRID,
        scoring=make_scorer(recall_score, average="macro"),
        cv=3,
    ),
    "ties": GridSearchCV(
        text(LogisticRegression()), {"logisticregression__max_iter": [200, 300]}, cv=2
    ),
    "features and predictor": GridSearchCV(
        text(LogisticRegression()),
        {"tfidfvectorizer__ngram_range": [(1, 1), (1, 2)], C: [0.1, 10]},
        cv=2,
    ),
    "row-wise features": GridSearchCV(
        branch("image", Flatten(), LogisticRegression(max_iter=2000)),
        EXTRACTOR_GRID,
        cv=2,
    ),
    "steps": GridSearchCV(
        make_pipeline(image(), GaussianNB()),
        {"gaussiannb": [GaussianNB(), DecisionTreeClassifier(), LogisticRegression()]},
        cv=2,
    ),
    "steps left out": GridSearchCV(
        image(GaussianNB()), {"standardscaler": ["passthrough", StandardScaler()]}, cv=2
    ),
    "block weights": searched_early_fusion(BLOCKS, LogisticRegression(), {"C": [1, 9]}),
    "tuned": tuned(
        searched_early_fusion(BLOCKS, LogisticRegression(), {"C": [1, 9]}),
        6,
        cv=SHUFFLED,
        scoring="f1_macro",
    ),
    "selection": GridSearchCV(
        branch("image", Flatten(), SelectKBest(), LogisticRegression(max_iter=2000)),
        {"selectkbest__k": [1, 4, 8]},
        cv=3,
    ),
    "random": RandomizedSearchCV(
        text(LogisticRegression()), {C: loguniform(1e-3, 1e3)}, n_iter=5, cv=3
    ),
    "early": GridSearchCV(
        early_fusion(BLOCKS, LogisticRegression()), {"classifier__C": [0.01, 1]}, cv=3
    ),
    "late": GridSearchCV(LateFusionClassifier(VOTERS), LATE_GRID, cv=3),
    "late weighted": GridSearchCV(
        LateFusionClassifier(VOTERS, rule="weighted", cv=2),
        {"text__logisticregression__C": [0.01, 10], "rule": ["weighted", "mean"]},
        cv=2,
    ),
    "hybrid": GridSearchCV(
        HybridFusionClassifier(BLOCKS, LogisticRegression()),
        {"rule": ["mean", "max"]},
        cv=2,
    ),
    "stacked": GridSearchCV(
        stacked_fusion(VOTERS, LogisticRegression(), cv=2),
        {"text__logisticregression__C": [0.01, 10], "final_estimator__C": [0.1, 1]},
        cv=2,
    ),
    "voting weights": GridSearchCV(
        VotingClassifier(VOTERS, voting="soft"),
        {"weights": [[1, 1, 1], [3, 1, 0]]},
        cv=3,
    ),
    "behind features": make_pipeline(
        image(), GridSearchCV(LogisticRegression(), {"C": [0.001, 1]}, cv=3)
    ),
    "as a voter": LateFusionClassifier(
        [
            ("text", GridSearchCV(VOTERS[0][1], TEXT_GRID, cv=2)),
            ("size", VOTERS[2][1]),
        ]
    ),
    "in a stack": stacked_fusion(
        [
            ("text", GridSearchCV(VOTERS[0][1], TEXT_GRID, cv=2)),
            ("size", VOTERS[2][1]),
        ],
        LogisticRegression(),
        cv=2,
    ),
    "in a search": GridSearchCV(
        GridSearchCV(text(LogisticRegression()), TEXT_GRID, cv=2, scoring="accuracy"),
        {"estimator__tfidfvectorizer__min_df": [1, 3]},
        cv=2,
        scoring="accuracy",
    ),
    "halving": HalvingGridSearchCV(
        early_fusion(BLOCKS, LogisticRegression()),
        {"classifier__C": [0.001, 0.1, 1, 10]},
        cv=2,
    ),
    "halving, an extractor": HalvingGridSearchCV(
        image(LogisticRegression()), {"flatten__scale": [0.01, 0.1, 1.0]}, cv=2
    ),
    "halving at random": HalvingRandomSearchCV(
        LateFusionClassifier(VOTERS), LATE_GRID, cv=2, n_candidates=4
    ),
    "halving trees": HalvingGridSearchCV(
        image(RandomForestClassifier()),
        {"randomforestclassifier__max_depth": [1, 2, 4]},
        resource="randomforestclassifier__n_estimators",
        min_resources=2,
        max_resources=9,
        cv=2,
    ),
    "tuned by halving": tuned(
        text(LogisticRegression()), 6, cv=2, scoring="f1_macro", tuner="halving"
    ),
    "tuned by Optuna": tuned(
        text(LogisticRegression()), 8, cv=2, scoring="neg_log_loss", tuner="optuna"
    ),
    "halving behind features": make_pipeline(
        image(), HalvingGridSearchCV(LogisticRegression(), {"C": [0.01, 1, 9]}, cv=2)
    ),
}

RUN_WHOLE = {
    "decisions": GridSearchCV(text(SVC()), {"svc__C": [0.1, 10]}, scoring=top_2, cv=2),
    "several metrics": GridSearchCV(
        text(LogisticRegression()),
        TEXT_GRID,
        scoring=["accuracy", "neg_log_loss"],
        refit="neg_log_loss",
        cv=2,
    ),
    "a scorer of one's own": GridSearchCV(
        text(LogisticRegression()),
        TEXT_GRID,
        scoring=smallest_weights,
        cv=2,
    ),
}


def found_by(result):
    """Return what the search of a result found, as its record keeps it."""
    assert result.status == "ok", result.traceback
    (found,) = [cost.search for cost in result.costs.values() if cost.search]
    return found


def assert_found(found, model):
    """Check that the same parameters were found, with the same scores."""
    # A record is JSON, and JSON has neither tuples nor estimators.
    plain = json.loads(json.dumps(model.best_params_, default=repr))
    assert found["best_params"] == plain
    results = model.cv_results_
    assert found["rank_test_score"] == results["rank_test_score"].tolist()
    for column in ("mean_test_score", "std_test_score"):
        np.testing.assert_allclose(found[column], results[column], atol=1e-12)


def searches_in(root):
    return [node for node in walk([root]) if isinstance(node.work, Search)]


def root_of(method, samples=SAMPLES, task="classification"):
    fold = first_fold(samples, task)
    return expand(
        ready_for(method, samples, fold, task), problem_of(samples, fold, task)
    )


@pytest.mark.parametrize("name", SEARCHES)
def test_a_search_finds_and_answers_what_it_does_in_scikit_learn(name, tmp_path):
    assert searches_in(root_of(SEARCHES[name]))
    result, model = assert_equal(SEARCHES[name], tmp_path)
    if isinstance(SEARCHES[name], (*KINDS, OptunaSearchCV)):
        assert_found(found_by(result), model)


@pytest.mark.parametrize("name", RUN_WHOLE)
def test_a_search_whose_scores_need_the_model_is_run_whole(name, tmp_path):
    assert not searches_in(root_of(RUN_WHOLE[name]))
    assert_equal(RUN_WHOLE[name], tmp_path)


def test_candidates_that_fail_score_nothing_as_in_scikit_learn(tmp_path):
    method = GridSearchCV(text(LogisticRegression()), {C: [1.0, -1.0, 0.1]}, cv=2)
    with pytest.warns((UserWarning, FitFailedWarning)):
        model, _ = by_scikit_learn(method)
    result = by_engine(method, tmp_path)
    found = found_by(result)
    assert found["rank_test_score"] == model.cv_results_["rank_test_score"].tolist()
    assert found["mean_test_score"][1] is None
    assert found["best_params"] == model.best_params_
    assert any("2 fits failed out of a total of 6" in said for said in result.warnings)


def test_voters_that_fail_in_some_candidates_score_nothing(tmp_path):
    grid = {"text__logisticregression__C": [1.0, -1.0]}
    method = GridSearchCV(LateFusionClassifier(VOTERS), grid, cv=2)
    found = found_by(by_engine(method, tmp_path))
    assert found["mean_test_score"][1] is None


def test_a_search_whose_every_candidate_fails_is_a_failed_trial(tmp_path):
    method = GridSearchCV(text(LogisticRegression()), {C: [-1.0, -2.0]}, cv=2)
    result = by_engine(method, tmp_path)
    assert result.status == "failed"
    assert "All the 4 fits failed" in result.reason


def test_errors_that_a_search_shall_raise_fail_the_trial(tmp_path):
    method = GridSearchCV(
        text(LogisticRegression()), {C: [1.0, -1.0]}, cv=2, error_score="raise"
    )
    assert by_engine(method, tmp_path).status == "failed"


@pytest.mark.parametrize("name", ["late", "grid", "halving"])
def test_the_inner_folds_of_a_search_keep_groups_whole(name, tmp_path):
    assert_equal(SEARCHES[name], tmp_path, make_samples(groups=True))


@pytest.mark.parametrize("groups", [False, True])
def test_a_search_is_the_same_work_alone_and_in_an_ensemble(groups, tmp_path):
    search = GridSearchCV(text(LogisticRegression()), {C: [0.1, 10]}, cv=2)
    ensemble = GreedyEnsembleClassifier([("search", search), VOTERS[1]], cv=3)
    samples = make_samples(groups=groups)
    alone, inside = (
        {node.key for node in walk([root_of(method, samples)])}
        for method in (search, ensemble)
    )
    assert alone < inside
    assert_equal(ensemble, tmp_path, samples)


def test_weights_that_a_grid_tries_are_not_learnt_across_groups(tmp_path):
    method = GridSearchCV(
        LateFusionClassifier(VOTERS), {"rule": ["mean", "weighted"]}, cv=2
    )
    assert_equal(method, tmp_path, make_samples(groups=True))


def test_rows_that_a_search_draws_have_no_folds_of_whole_groups_inside():
    late = LateFusionClassifier(VOTERS, rule="weighted")
    method = HalvingGridSearchCV(late, {"rule": ["mean", "weighted"]}, cv=2)
    samples = make_samples(groups=True)
    with pytest.raises(
        UsageError, match=r"estimator__cv is a cross-validation inside.*--tuner random"
    ):
        ready_for(method, samples, first_fold(samples))


def test_an_estimator_of_a_grid_is_seeded(tmp_path):
    trees = [RandomForestClassifier(n_estimators=3), DecisionTreeClassifier()]
    method = GridSearchCV(image(GaussianNB()), {"gaussiannb": trees}, cv=2)
    first = by_engine(method, tmp_path / "a").value["proba"]
    second = by_engine(method, tmp_path / "b").value["proba"]
    np.testing.assert_array_equal(first, second)


def kinds_of(root):
    works = (getattr(node.work, "estimator", node.work) for node in walk([root]))
    return Counter(type(work).__name__ for work in works)


def test_a_search_over_a_whole_fusion_extracts_nothing_again():
    plain = kinds_of(root_of(LateFusionClassifier(VOTERS)))
    found = kinds_of(root_of(SEARCHES["late"]))
    assert found["Flatten"] == plain["Flatten"] == 2
    # Three inner folds, and all training rows.
    assert found["TfidfVectorizer"] == 4
    # Two values of C in three inner folds; the best is fitted by the search itself.
    assert found["LogisticRegression"] == 2 * 3


def test_a_search_shares_features_and_voters_with_methods_beside_it():
    alone = {node.key for node in walk([root_of(LateFusionClassifier(VOTERS))])}
    shared = {node.key for node in walk([root_of(SEARCHES["late"])])} & alone
    fits = [
        node
        for node in walk([root_of(LateFusionClassifier(VOTERS))])
        if node.key in shared and isinstance(node.work, Predict)
    ]
    assert {type(node.work.estimator) for node in fits} == {
        RandomForestClassifier,
        GaussianNB,
    }


def test_only_the_best_candidate_is_fitted_to_all_training_rows(tmp_path, monkeypatch):
    fitted = []
    plain = LogisticRegression.fit

    def fit(self, X, y):
        fitted.append(X.shape[0])
        return plain(self, X, y)

    monkeypatch.setattr(LogisticRegression, "fit", fit)
    by_engine(SEARCHES["features and predictor"], tmp_path)
    n_train = len(first_fold(SAMPLES).train)
    assert Counter(fitted) == {n_train: 1, n_train // 2: 4 * 2}


@pytest.mark.parametrize("name", ["late", "row-wise features", "halving", "stacked"])
def test_a_found_answer_is_the_same_from_the_cache(name, tmp_path):
    for _ in range(2):
        assert_equal(SEARCHES[name], tmp_path)


def test_a_record_says_what_each_search_found(make_suite, go):
    records = go(make_suite({"late": SEARCHES["as a voter"], "grid": SEARCHES["grid"]}))
    record = records["late", 0, 0]
    assert list(record.searches) == ["text"]
    model, _ = by_scikit_learn(SEARCHES["as a voter"])
    found = record.searches["text"]
    assert found["best_params"] == model.estimators_[0].best_params_
    assert found["params"] == [{C: value} for value in TEXT_GRID[C]]
    assert list(records["grid", 0, 0].searches) == ["GridSearchCV"]


def test_a_record_of_a_search_that_is_run_whole_says_what_it_found(make_suite, go):
    method = RUN_WHOLE["several metrics"]
    record = go(make_suite({"whole": method}))["whole", 0, 0]
    model, _ = by_scikit_learn(method)
    assert record.searches["GridSearchCV"]["best_params"] == model.best_params_


def test_searches_are_timed_and_probed_like_other_methods(make_suite, go, tmp_path):
    both = LateFusionClassifier(
        [VOTERS[0], ("n", branch(["size"], SimpleImputer(), GaussianNB()))]
    )
    methods = {
        "late": GridSearchCV(both, {"rule": ["mean", "product"]}, cv=2),
        "features": SEARCHES["features and predictor"],
        "halving": HalvingGridSearchCV(both, {"rule": ["mean", "product"]}, cv=2),
    }
    suite = make_suite(methods)
    records = go(suite, throughput=True, probes=True)
    assert all(record.status == "ok" for record in records.values())
    store = ResultStore(tmp_path / "out")
    for measured in (store.throughput(), store.probes()):
        (found,) = measured.values()
        assert sorted(found) == sorted(methods)
        assert not [each for each in found.values() if "reason" in each]


def test_features_of_candidates_that_lost_cost_nothing_to_predict(make_suite, go):
    grid = {"slow__seconds": [0.0, 0.5], "logisticregression__max_iter": [500]}
    steps = [("pick", SelectColumns("image")), ("slow", Slow())]
    slow = Pipeline([*steps, ("logisticregression", LogisticRegression())])
    record = go(make_suite({"slow": GridSearchCV(slow, grid, cv=2)}))["slow", 0, 0]
    assert record.searches["GridSearchCV"]["best_params"]["slow__seconds"] == 0.0
    assert record.fit_time_s > 0.25
    assert record.predict_time_s < 0.1
