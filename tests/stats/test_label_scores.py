"""Scores from counts equal scikit-learn's."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import (
    accuracy_score,
    balanced_accuracy_score,
    f1_score,
    precision_score,
    recall_score,
)

from mmbench.stats import (
    LABEL_SCORES,
    LabelCounts,
    f1_of_classes,
    label_counts,
    label_score,
    rows_right,
    scores_for,
)

SKLEARN: dict[str, Callable[..., Any]] = {
    "accuracy": accuracy_score,
    "balanced_accuracy": balanced_accuracy_score,
    "f1_macro": partial(f1_score, average="macro", zero_division=0),
    "f1_micro": partial(f1_score, average="micro", zero_division=0),
    "f1_weighted": partial(f1_score, average="weighted", zero_division=0),
    "precision_macro": partial(precision_score, average="macro", zero_division=0),
    "recall_macro": partial(recall_score, average="macro", zero_division=0),
}
LABELS = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=30
)
SETS = st.lists(
    st.tuples(*[st.lists(st.booleans(), min_size=3, max_size=3)] * 2),
    min_size=1,
    max_size=20,
)


@pytest.mark.filterwarnings("ignore:y_pred contains classes not in y_true")
@pytest.mark.filterwarnings("ignore:A single label was found")
@pytest.mark.parametrize("metric", list(SKLEARN))
@given(pairs=LABELS)
def test_every_score_equals_scikit_learns(
    metric: str, pairs: list[tuple[int, int]]
) -> None:
    y, predicted = map(np.array, zip(*pairs, strict=True))
    found = label_score(metric, label_counts(y, predicted, n_classes=4))
    assert float(found) == pytest.approx(SKLEARN[metric](y, predicted), abs=1e-12)


def test_many_sets_of_counts_are_scored_at_once() -> None:
    one = label_counts([0, 0, 1], [0, 1, 1], 2)
    other = label_counts([0, 1, 1], [1, 1, 0], 2)
    both = LabelCounts(
        *(np.stack(each, axis=1) for each in zip(one, other, strict=True))
    )
    expected = [float(label_score("f1_macro", each)) for each in (one, other)]
    assert label_score("f1_macro", both).tolist() == expected


def test_an_unknown_score_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match=r"metric must be one of \['f1_macro'.*'auc'"):
        label_score("auc", label_counts([0], [0], 1))


@pytest.mark.parametrize("metric", sorted(SKLEARN.keys() - {"balanced_accuracy"}))
@given(pairs=SETS)
def test_every_score_of_label_sets_equals_scikit_learns(
    metric: str, pairs: list[tuple[list[bool], list[bool]]]
) -> None:
    y, predicted = (np.array(sets) for sets in zip(*pairs, strict=True))
    # Macro-averages leave out labels that nobody has and nobody is given.
    seen = np.flatnonzero(np.concatenate([y, predicted]).any(axis=0))
    if metric == "accuracy":
        expected = accuracy_score(y, predicted)
    elif len(seen):
        expected = SKLEARN[metric](y, predicted, labels=seen)
    else:
        expected = 0.0
    found = label_score(metric, label_counts(y, predicted, n_classes=3))
    assert float(found) == pytest.approx(expected, abs=1e-12)


@given(pairs=LABELS)
def test_one_label_each_scores_the_same_written_as_an_indicator(
    pairs: list[tuple[int, int]],
) -> None:
    y, predicted = map(np.array, zip(*pairs, strict=True))
    classes = label_counts(y, predicted, 4)
    indicators = label_counts(np.eye(4)[y], np.eye(4)[predicted], 4)
    for metric in LABEL_SCORES:
        assert label_score(metric, indicators) == label_score(metric, classes)


def test_the_f1_of_each_label_equals_scikit_learns() -> None:
    y, predicted = np.random.default_rng(0).integers(0, 2, (2, 50, 4))
    found = f1_of_classes(label_counts(y, predicted, 4))
    np.testing.assert_allclose(found, f1_score(y, predicted, average=None))


def test_a_row_is_right_when_its_whole_set_is() -> None:
    y = np.array([[1, 0], [1, 1], [0, 0], [0, 0]])
    predicted = np.array([[1, 0], [1, 0], [0, 0], [0, 1]])
    assert rows_right(y, predicted).tolist() == [True, False, True, False]


def test_balanced_accuracy_is_not_defined_for_label_sets() -> None:
    assert set(LABEL_SCORES) - set(scores_for(np.eye(3))) == {"balanced_accuracy"}
    assert scores_for([0, 1, 2]) == tuple(LABEL_SCORES)
