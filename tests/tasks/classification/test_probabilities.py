"""What classifiers answer is checked before it is believed."""

import numpy as np
import pytest

from mmbench.tasks import Target, get_task
from mmbench.tasks.classification.answers import checked_probabilities


@pytest.mark.parametrize(
    ("answer", "wrong"),
    [
        ([[-0.1, 1.1]], r"between 0 and 1, got -0\.1"),
        ([[0.5, 0.5], [0.5, 0.6]], r"must sum to 1, got 1\.1 in row 1"),
        ([[5e299, 5e299]], r"between 0 and 1, got 5e\+299"),
        ([["0.5", "0.5"]], r"must return numbers, got an array of <U3"),
        ([[np.nan, 1.0]], r"finite numbers"),
        ([[0.2, 0.3, 0.5]], r"2 columns, got shape \(1, 3\)"),
        (0.5, r"2 columns, got shape \(\)"),
        (None, r"must return numbers"),
    ],
)
def test_what_is_no_probability_is_refused(answer, wrong):
    with pytest.raises(ValueError, match=wrong):
        checked_probabilities(answer, 2)


def test_labels_by_themselves_need_not_sum_to_one():
    proba = checked_probabilities([[0.9, 0.8]], 2, sums=False)
    np.testing.assert_array_equal(proba, [[0.9, 0.8]])
    with pytest.raises(ValueError, match=r"between 0 and 1, got 1\.5"):
        checked_probabilities([[0.9, 1.5]], 2, sums=False)


def test_rounding_in_single_precision_is_no_lie():
    rng = np.random.default_rng(0)
    scores = np.exp(rng.normal(0, 3, size=(100, 300))).astype(np.float32)
    proba = scores / scores.sum(axis=1, keepdims=True, dtype=np.float32)
    assert checked_probabilities(proba, 300).shape == (100, 300)


class Liar:
    """Answers for a class that the data lacks."""

    classes_ = np.array(["a", "zzz"])

    def predict_proba(self, X):
        return np.full((len(X), 2), 0.5)


def test_classes_that_the_data_lacks_are_refused():
    target = Target(np.array(["a", "b"]), {"classes": ["a", "b"]})
    with pytest.raises(ValueError, match=r"labels seen in fit, got .*zzz"):
        get_task("classification").answers.predict(Liar(), np.zeros((1, 1)), target)


class Short(Liar):
    """Leaves the last row out."""

    classes_ = np.array(["a", "b"])

    def predict_proba(self, X):
        return super().predict_proba(X[1:])


@pytest.mark.parametrize("X", [np.zeros((3, 1)), [np.zeros((3, 1))] * 2])
def test_answers_for_fewer_rows_are_refused(X):
    target = Target(np.array(["a", "b"]), {"classes": ["a", "b"]})
    model = Short()
    if isinstance(X, list):  # a list of feature blocks
        model.predict_proba = lambda blocks: np.full((len(blocks[0]) - 1, 2), 0.5)
    with pytest.raises(ValueError, match=r"must return 3 rows, got 2"):
        get_task("classification").answers.predict(model, X, target)


def test_kept_probabilities_that_are_no_numbers_are_refused():
    kept = {
        "y_true": np.array(["a"]),
        "classes": np.array(["a", "b"]),
        "proba": np.array([[np.nan, 1.0]]),
    }
    with pytest.raises(ValueError, match="proba must hold finite numbers"):
        get_task("classification").answers.load(kept)
