"""What classifiers answer is checked before it is believed."""

import numpy as np
import pytest

from mmbench.engine.probabilities import as_probabilities, positions_of


@pytest.mark.parametrize(
    ("answer", "wrong"),
    [
        ([[-0.1, 1.1]], r"between 0 and 1, got -0\.1 in row 0"),
        ([[0.5, 0.5], [0.5, 0.6]], r"sum to 1, got a sum of 1\.1 in row 1"),
        ([[5e299, 5e299]], r"between 0 and 1, got 5e\+299"),
        ([["0.5", "0.5"]], r"must return numbers, got an array of <U3"),
        ([[np.nan, 1.0]], r"finite numbers"),
        ([[0.2, 0.3, 0.5]], r"2 columns, got shape \(1, 3\)"),
        (None, r"2 columns, got shape \(\)"),
    ],
)
def test_what_is_no_probability_is_refused(answer, wrong):
    with pytest.raises(ValueError, match=wrong):
        as_probabilities(answer, 2, exclusive=True)


def test_labels_by_themselves_need_not_sum_to_one():
    proba = as_probabilities([[0.9, 0.8]], 2, exclusive=False)
    np.testing.assert_array_equal(proba, [[0.9, 0.8]])
    with pytest.raises(ValueError, match=r"between 0 and 1, got 1\.5"):
        as_probabilities([[0.9, 1.5]], 2, exclusive=False)


def test_rounding_in_single_precision_is_no_lie():
    rng = np.random.default_rng(0)
    scores = np.exp(rng.normal(0, 3, size=(100, 300))).astype(np.float32)
    proba = scores / scores.sum(axis=1, keepdims=True, dtype=np.float32)
    assert as_probabilities(proba, 300, exclusive=True).shape == (100, 300)


def test_labels_that_no_class_has_are_refused():
    classes = np.array(["a", "b", "c"])
    np.testing.assert_array_equal(positions_of(["c", "a"], classes, "predict"), [2, 0])
    with pytest.raises(ValueError, match=r"predict must be one label each .* 'zzz'"):
        positions_of(["a", "zzz"], classes, "predict")
