"""A suite knows its trials without loading anything."""

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import fbeta_score, make_scorer
from sklearn.model_selection import RepeatedStratifiedKFold

from mmbench.datasets import Dataset
from mmbench.errors import UsageError
from mmbench.feature_extraction import TfidfVectorizer
from mmbench.fusion import branch
from mmbench.suite import Suite
from mmbench.tasks import Metric, Prediction, Target, get_task


def never():
    raise AssertionError("loaded")


def make_dataset(name="captions", *, columns=("text",), **changes):
    return Dataset(
        name=name,
        version="1",
        source="here",
        licence="CC0-1.0",
        modalities=dict.fromkeys(columns, "text"),
        load=never,
        **changes,
    )


def reads(column):
    return branch(column, TfidfVectorizer(), LogisticRegression())


def make_suite(**changes):
    parts = {
        "name": "s",
        "datasets": [make_dataset()],
        "methods": {"dummy": DummyClassifier(), "text/tfidf": reads("text")},
        "cv": 3,
    }
    return Suite(**(parts | changes))


def test_trials_are_datasets_by_seeds_by_folds_by_methods():
    suite = make_suite(seeds=(0, 1))
    assert len(list(suite.trials())) == 1 * 2 * 3 * 2


def test_a_method_is_planned_where_its_columns_are():
    both = [make_dataset("a"), make_dataset("b", columns=("other",))]
    planned = {(t.dataset, t.method) for t in make_suite(datasets=both).trials()}
    assert planned == {("a", "dummy"), ("a", "text/tfidf"), ("b", "dummy")}


def test_an_official_split_is_one_fold():
    suite = make_suite(datasets=[make_dataset(has_split=True)])
    assert {trial.fold for trial in suite.trials()} == {0}


def test_a_splitter_tells_its_number_of_folds():
    suite = make_suite(cv=RepeatedStratifiedKFold(n_splits=3, n_repeats=2))
    assert {trial.fold for trial in suite.trials()} == set(range(6))


def test_a_method_whose_columns_no_dataset_has_is_refused():
    with pytest.raises(UsageError, match=r"selects columns \['txt'\].*there are"):
        make_suite(methods={"m": reads("txt")})


@pytest.mark.parametrize("part", ["datasets", "methods", "scoring", "seeds"])
def test_an_empty_part_is_refused(part):
    empty = {} if part == "methods" else ()
    with pytest.raises(UsageError, match=f"has no {part}"):
        make_suite(**{part: empty})


def test_two_datasets_of_one_name_are_refused():
    with pytest.raises(UsageError, match="'captions' more than once"):
        make_suite(datasets=[make_dataset(), make_dataset()])


def test_one_fold_is_refused():
    with pytest.raises(UsageError, match="at least 2 folds, got 1"):
        make_suite(cv=1)


def test_methods_are_chosen_by_patterns():
    assert list(make_suite().with_methods(["text/*"]).methods) == ["text/tfidf"]


def test_a_pattern_that_chooses_nothing_lists_what_there_is():
    with pytest.raises(UsageError, match=r"matches 'image/\*'; there are: dummy"):
        make_suite().with_methods(["image/*"])


def test_a_pattern_with_a_slip_names_the_nearest_method():
    with pytest.raises(UsageError, match=r"did you mean 'text/tfidf'\? There are"):
        make_suite().with_methods(["text/tfid"])


@pytest.mark.multilabel
def test_each_task_has_metrics_of_its_own():
    one, several = get_task("classification"), get_task("multilabel")
    genres = make_dataset(name="genres", task="multilabel")
    assert make_suite(datasets=[genres]).scoring == several.default_scoring
    both = make_suite(datasets=[make_dataset(), genres]).scoring
    assert both[: len(one.default_scoring)] == one.default_scoring
    assert set(both) == {*one.default_scoring, *several.default_scoring}


def test_the_first_chosen_metric_ranks():
    suite = make_suite(scoring=["precision_macro", "accuracy"])
    assert suite.ranked_by(make_dataset()) == "precision_macro"
    assert make_suite().ranked_by(make_dataset()) == "f1_macro"


def test_a_metric_and_a_scorer_of_ones_own_stand_beside_named_ones():
    own = Metric(
        name="share_of_a",
        label="share of a",
        description="how often a is predicted",
        contributions=lambda _, said: np.column_stack(
            [said["label"] == 0, np.ones(len(said))]
        ),
        value=lambda sums: sums[0] / sums[1],
    )
    scorer = make_scorer(fbeta_score, beta=2, average="macro")
    suite = make_suite(scoring=[own, "accuracy", scorer])
    task = get_task("classification")
    target = Target(np.array(["a", "b", "a"]), {"classes": ["a", "b", "c"]})
    said = Prediction({"label": np.array([0, 1, 1])})
    assert suite.scores(task, target, said) == {
        "share_of_a": pytest.approx(1 / 3),
        "accuracy": pytest.approx(2 / 3),
        "fbeta_score": pytest.approx(
            fbeta_score(list("aba"), list("abb"), beta=2, average="macro")
        ),
    }


def test_what_is_no_metric_is_refused_by_its_name():
    with pytest.raises(UsageError, match=r"make_scorer, got <built-in function len>"):
        make_suite(scoring=[len])
    with pytest.raises(UsageError, match="metric 'accuracy' more than once"):
        make_suite(scoring=["accuracy", "accuracy"])


def test_chosen_metrics_stay_as_they_are():
    assert make_suite(scoring=["accuracy"]).scoring == ["accuracy"]
