"""Methods beside themselves tuned."""

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, StratifiedKFold, cross_val_score

from mmbench import Suite
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


def test_a_task_whose_answers_no_scorer_knows_is_refused():
    from tests.tasks.toy_angle import suite

    with pytest.raises(UsageError, match="can't be scored inside the training rows"):
        tuned_suite(suite, 5)


def test_one_candidate_is_no_search():
    with pytest.raises(UsageError, match="at least 2 candidates, got 1"):
        tuned_suite(build_suite("quick"), 1)


def test_a_recorded_run_says_how_many_candidates_there_were():
    from mmbench.spec import spec_of

    suite = tuned_suite(build_suite("quick"), {"text/tfidf/logistic": 9})
    assert [n for n in suite.methods if n.endswith("tuned")] == [
        "text/tfidf/logistic/tuned"
    ]
    plan = {"methods": {n: {"spec": spec_of(m)} for n, m in suite.methods.items()}}
    assert recorded_counts(plan) == {"text/tfidf/logistic": 9}
