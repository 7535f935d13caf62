"""What a plan says of its splits, and checks before it loads anything."""

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier

from mmbench.engine import make_plan
from mmbench.errors import UnknownNameError
from mmbench.tasks import TASKS

from .conftest import make_dataset, make_samples


def load_split():
    return make_samples()._replace(split=np.array(["train", "test", "train"] * 30))


SPLIT = make_dataset("split", load_split, has_split=True)


@pytest.mark.parametrize(
    ("datasets", "words"),
    [
        ([make_dataset()], "3 stratified folds, shuffled"),
        ([SPLIT], "official split"),
        (
            [make_dataset(), SPLIT],
            "fruit: 3 stratified folds, shuffled; split: official split",
        ),
    ],
)
def test_splits_are_described_as_they_are(make_suite, datasets, words):
    plan = make_plan(make_suite({"dummy": DummyClassifier()}, datasets=datasets))
    assert plan.as_json()["cv"] == words


@pytest.mark.parametrize("task", list(TASKS))
def test_what_is_said_of_folds_is_what_the_task_does(task):
    said = {
        "classification": "5 stratified folds of whole groups, shuffled",
        "regression": "5 stratified folds of whole groups, shuffled",
        "multilabel": "5 folds of whole groups, shuffled",
        "retrieval": "5 folds of whole items and groups, shuffled",
        "answering": "5 folds of whole pictures and groups, shuffled",
        "generation": "5 folds of whole inputs and groups, shuffled",
        "summarisation": "5 folds of whole videos, shuffled",
    }
    assert TASKS[task].data.describe_folds(5, has_groups=True) == said[task]


def test_an_unknown_metric_is_refused_before_data_is_loaded(make_suite):
    def load():
        raise AssertionError("loaded")

    with pytest.raises(UnknownNameError, match="did you mean 'accuracy'"):
        make_suite(
            {"dummy": DummyClassifier()},
            datasets=[make_dataset(load=load)],
            scoring=["acuracy"],
        )
