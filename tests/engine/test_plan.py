"""What a plan says of its splits, and checks before it loads anything."""

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier

from mmbench.engine import make_plan
from mmbench.errors import UnknownNameError

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
            "official split of split, else 3 stratified folds, shuffled",
        ),
    ],
)
def test_splits_are_described_as_they_are(make_suite, datasets, words):
    plan = make_plan(make_suite({"dummy": DummyClassifier()}, datasets=datasets))
    assert plan.as_json()["cv"] == words


def test_an_unknown_metric_is_refused_before_data_is_loaded(make_suite):
    def load():
        raise AssertionError("loaded")

    with pytest.raises(UnknownNameError, match="did you mean 'accuracy'"):
        make_suite(
            {"dummy": DummyClassifier()},
            datasets=[make_dataset(load=load)],
            scoring=["acuracy"],
        )
