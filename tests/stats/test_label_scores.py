"""Scores from counts equal scikit-learn's."""

from collections.abc import Callable
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

from mmbench.stats import LabelCounts, label_counts, label_score

SKLEARN: dict[str, Callable[..., Any]] = {
    "accuracy": accuracy_score,
    "balanced_accuracy": balanced_accuracy_score,
    "f1_macro": lambda y, p: f1_score(y, p, average="macro", zero_division=0),
    "f1_weighted": lambda y, p: f1_score(y, p, average="weighted", zero_division=0),
    "precision_macro": lambda y, p: precision_score(
        y, p, average="macro", zero_division=0
    ),
    "recall_macro": lambda y, p: recall_score(y, p, average="macro", zero_division=0),
}
LABELS = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=30
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
