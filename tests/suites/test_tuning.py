"""Methods beside themselves tuned."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import loguniform
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import (
    GridSearchCV,
    HalvingGridSearchCV,
    ParameterSampler,
    StratifiedKFold,
    cross_val_score,
)

from mmbench import Suite, iter_run, read_table
from mmbench.datasets import EMBEDDED
from mmbench.errors import UsageError
from mmbench.feature_extraction import HashingVectorizer, TfidfVectorizer
from mmbench.fusion import branch, early_fusion, searched_early_fusion
from mmbench.predictors import PRESETS
from mmbench.suites import build_suite
from mmbench.suites.tuning import (
    recorded_counts,
    search_space,
    tuned,
    tuned_suite,
)

FOLDS = StratifiedKFold(3, shuffle=True, random_state=0)


def words(predictor, **params):
    return branch("text", TfidfVectorizer(**params), predictor)


@pytest.mark.parametrize("name", sorted(PRESETS))
def test_every_preset_but_the_floors_has_something_to_tune(name):
    preset = PRESETS[name]
    makers = [make for make in (preset.classifier, preset.regressor) if make]
    for make in makers:
        assert bool(search_space(make())) == (preset.family != "dummy")


def test_all_methods_try_as_many_candidates_the_method_as_it_is_first():
    suite = tuned_suite(build_suite("quick", cv=2), 7)
    tried = {
        name: method.param_grid
        for name, method in suite.methods.items()
        if name.endswith("/tuned")
    }
    assert {len(grid) for grid in tried.values()} == {7}
    assert {str(grid[0]) for grid in tried.values()} == {"{}"}
    assert list(suite.methods)[:3] == [
        *("dummy", "text/tfidf/logistic", "text/tfidf/logistic/tuned"),
    ]


def test_a_small_space_is_searched_as_a_whole():
    method = branch("text", HashingVectorizer(), LogisticRegression(C=1e9))
    search = tuned(method, 20, cv=2, scoring="accuracy")
    assert search.param_grid == [
        {},
        {"hashingvectorizer__ngram_range": [(1, 1)]},
        {"hashingvectorizer__ngram_range": [(1, 2)]},
    ]


def test_a_value_that_is_none_of_the_choices_stays():
    plain, letters = (
        search_space(words(LogisticRegression(), **params))
        for params in ({}, {"analyzer": "char_wb", "ngram_range": (2, 5)})
    )
    assert "tfidfvectorizer__ngram_range" in plain
    assert "tfidfvectorizer__ngram_range" not in letters
    assert "logisticregression__C" in letters


def test_a_search_is_not_put_into_another():
    inner = GridSearchCV(LogisticRegression(), {"C": [1.0, 2.0]})
    assert all("C" not in name.split("__") for name in search_space(words(inner)))
    whole = tuned(
        GridSearchCV(LogisticRegression(), {"tol": [1e-4, 1e-3]}), 5, cv=2, scoring="f1"
    )
    assert isinstance(whole.estimator, LogisticRegression)
    assert {name for each in whole.param_grid for name in each} == {"C", "tol"}


def test_weights_of_blocks_are_searched_with_all_else():
    blocks = [(n, branch([n], "passthrough")) for n in ("width", "height")]
    search = tuned(
        searched_early_fusion(blocks, LogisticRegression(), {"C": [1.0]}),
        9,
        cv=2,
        scoring="f1_macro",
    )
    weights = [
        each["features__transformer_weights"][0] for each in search.param_grid[1:]
    ]
    assert all(each.keys() == {"width", "height"} for each in weights)
    assert len({str(each) for each in weights}) > 2


def test_the_default_wins_where_candidates_score_alike():
    X = pd.DataFrame({"text": ["red hat", "blue shoe"] * 12})
    search = tuned(words(LogisticRegression()), 6, cv=2, scoring="accuracy")
    assert search.fit(X, ["hat", "shoe"] * 12).best_params_ == {}


def test_tuning_learns_nothing_from_labels_that_say_nothing():
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.normal(size=(150, 10)), columns=[f"x{i}" for i in range(10)])
    y = rng.integers(0, 2, 150)
    blocks = [("left", branch(list(X)[:5], "passthrough"))]
    blocks += [("right", branch(list(X)[5:], "passthrough"))]
    search = tuned(
        early_fusion(blocks, LogisticRegression()), 6, cv=FOLDS, scoring="accuracy"
    )
    scores = cross_val_score(search, X, y, cv=3)
    # Three standard errors of a coin's share over 150 throws.
    assert abs(scores.mean() - 0.5) < 3 * 0.5 / np.sqrt(150)
    # The same candidates do look better than chance on the folds they were chosen on.
    assert search.fit(X, y).best_score_ >= search.cv_results_["mean_test_score"][0]


def test_what_ranks_is_what_is_searched_for():
    methods = {"a": words(LogisticRegression())}
    for metric, scorer in (
        ("accuracy", "accuracy"),
        ("log_loss", "neg_log_loss"),
        ("f1_macro", "f1_macro"),
    ):
        suite = Suite(
            name="s",
            datasets=[EMBEDDED["glyphs"]],
            methods=methods,
            scoring=[metric],
        )
        assert tuned_suite(suite, 2).methods["a/tuned"].scoring == scorer


def test_halving_is_scikit_learn_s_over_the_same_candidates():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(160, 6)), rng.integers(0, 2, 160)
    how = {"cv": StratifiedKFold(2), "scoring": "accuracy"}
    ours = tuned(LogisticRegression(), 9, tuner="halving", **how).fit(X, y)
    drawn = [{}, *ParameterSampler({"C": loguniform(0.3, 300.0)}, 8, random_state=0)]
    grid = [{k: [float(f"{v:.3g}")] for k, v in each.items()} for each in drawn]
    theirs = HalvingGridSearchCV(
        LogisticRegression(), grid, min_resources="exhaust", random_state=0, **how
    ).fit(X, y)
    assert ours.best_params_ == theirs.best_params_
    assert [*ours.cv_results_["iter"]] == [0] * 9 + [1] * 3 + [2]
    for column in ("mean_test_score", "n_resources"):
        np.testing.assert_array_equal(
            ours.cv_results_[column], theirs.cv_results_[column]
        )


@pytest.mark.parametrize("tuner", ["random", "halving", "optuna"])
def test_inner_folds_keep_groups_whole(tuner, tmp_path):
    """Labels are drawn for each group, and rows only say which group is theirs.

    Whoever has seen another row of a group knows its label; whoever has not, nothing.
    """
    rng = np.random.default_rng(0)
    groups = np.repeat(np.arange(40), 5)
    table = {
        "name": [f"g{g} {rng.choice(list('abc'))}" for g in groups],
        "kind": rng.choice(["hat", "shoe"], 40)[groups],
        "owner": [f"o{g}" for g in groups],
    }
    dataset = read_table(table, target="kind", text=["name"], group="owner")
    word = branch("name", TfidfVectorizer(), LogisticRegression(C=30.0))
    suite = Suite(name="grouped", datasets=[dataset], methods={"words": word}, cv=2)
    how = {"cache": tmp_path / "cache", "debug": True, "retrain": "none"}
    how |= {"throughput": False, "probes": False}
    records = list(iter_run(tuned_suite(suite, 4, tuner), tmp_path / "out", **how))
    found = [each for record in records for each in record.searches.values()]
    scores = [s for each in found for s in each["mean_test_score"] if s is not None]
    # Had groups been parted, three rows in four of each would have been seen before.
    assert len(found) == 2
    assert max(scores) < 0.75


def test_a_task_whose_answers_no_scorer_knows_is_refused():
    from tests.tasks.toy_angle import suite

    with pytest.raises(UsageError, match="can't be scored inside the training rows"):
        tuned_suite(suite, 5)


def test_one_candidate_is_no_search():
    with pytest.raises(UsageError, match="at least 2 candidates, got 1"):
        tuned_suite(build_suite("quick"), 1)


@pytest.mark.parametrize("tuner", ["random", "halving", "optuna"])
def test_a_recorded_run_says_how_many_candidates_there_were(tuner):
    from mmbench.spec import spec_of

    suite = tuned_suite(build_suite("quick"), {"text/tfidf/logistic": 9}, tuner)
    assert [n for n in suite.methods if n.endswith("tuned")] == [
        "text/tfidf/logistic/tuned"
    ]
    plan = {"methods": {n: {"spec": spec_of(m)} for n, m in suite.methods.items()}}
    assert recorded_counts(plan) == {"text/tfidf/logistic": 9}
