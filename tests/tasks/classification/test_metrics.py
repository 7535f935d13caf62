"""Metrics of one label per sample, against scikit-learn and by hand."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from mmbench.tasks import Prediction, Target, scores_of
from mmbench.tasks.classification import CLASSIFICATION
from mmbench.tasks.classification.metrics import count_labels, f1_of_classes
from mmbench.tasks.metric import sums_of

CLASSES = ["a", "b", "c"]
SKLEARN: dict[str, Callable[..., Any]] = {
    "accuracy": metrics.accuracy_score,
    "balanced_accuracy": metrics.balanced_accuracy_score,
    "f1_macro": partial(metrics.f1_score, average="macro", zero_division=0),
    "f1_micro": partial(metrics.f1_score, average="micro", zero_division=0),
    "f1_weighted": partial(metrics.f1_score, average="weighted", zero_division=0),
    "precision_macro": partial(
        metrics.precision_score, average="macro", zero_division=0
    ),
    "recall_macro": partial(metrics.recall_score, average="macro", zero_division=0),
}
LABELS = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=30
)


def scored(
    y: Any, label: Any, proba: Any = None, classes: Any = CLASSES
) -> dict[str, float | None]:
    arrays = {"label": np.asarray(label)}
    if proba is not None:
        arrays["proba"] = np.asarray(proba)
    target = Target(np.asarray(y), {"classes": list(classes)})
    return scores_of(CLASSIFICATION.metrics, target, Prediction(arrays))


@pytest.fixture
def drawn() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    proba = rng.dirichlet(np.ones(3), size=60)
    return np.array(CLASSES)[rng.integers(3, size=60)], proba


@pytest.mark.filterwarnings("ignore:y_pred contains classes not in y_true")
@pytest.mark.filterwarnings("ignore:A single label was found")
@pytest.mark.parametrize("name", list(SKLEARN))
@given(pairs=LABELS)
def test_a_metric_of_labels_equals_scikit_learn(
    name: str, pairs: list[tuple[int, int]]
) -> None:
    y, label = map(np.array, zip(*pairs, strict=True))
    found = scored(y, label, classes=range(4))[name]
    assert found == pytest.approx(SKLEARN[name](y, label), abs=1e-12)


def test_the_f1_of_each_class_equals_scikit_learn() -> None:
    y, label = np.random.default_rng(0).integers(0, 4, (2, 50))
    target = Target(y, {"classes": [0, 1, 2, 3]})
    sums = sums_of(count_labels(target, Prediction({"label": label})))
    expected = metrics.f1_score(y, label, average=None)
    np.testing.assert_allclose(f1_of_classes(sums), expected)


def test_log_loss_and_roc_auc_equal_scikit_learn(
    drawn: tuple[np.ndarray, np.ndarray],
) -> None:
    y, proba = drawn
    found = scored(y, proba.argmax(axis=1), proba)
    expected = metrics.log_loss(y, proba, labels=CLASSES)
    assert found["log_loss"] == pytest.approx(expected)
    expected = metrics.roc_auc_score(y, proba, multi_class="ovr")
    assert found["roc_auc_ovr"] == pytest.approx(expected)


def test_average_precision_is_the_mean_over_classes_against_the_rest(
    drawn: tuple[np.ndarray, np.ndarray],
) -> None:
    y, proba = drawn
    expected = np.mean(
        [
            metrics.average_precision_score(y == label, proba[:, i])
            for i, label in enumerate(CLASSES)
        ]
    )
    found = scored(y, proba.argmax(axis=1), proba)
    assert found["average_precision_macro"] == pytest.approx(expected)


def test_roc_auc_of_two_classes_is_that_of_the_second() -> None:
    proba = [[0.9, 0.1], [0.6, 0.4], [0.35, 0.65], [0.2, 0.8]]
    found = scored([0, 1, 0, 1], [0, 0, 1, 1], proba, [0, 1])
    assert found["roc_auc_ovr"] == 0.75


def test_roc_auc_is_undefined_when_a_class_has_no_test_sample() -> None:
    found = scored(["a", "b"], [0, 1], [[0.8, 0.1, 0.1], [0.1, 0.8, 0.1]])
    assert found["roc_auc_ovr"] is None


def test_a_certain_error_costs_a_finite_log_loss() -> None:
    found = scored([1], [0], [[1.0, 0.0]], [0, 1])
    assert found["log_loss"] == pytest.approx(36.04, abs=0.01)


def test_metrics_of_probabilities_are_undefined_for_labels_only(
    drawn: tuple[np.ndarray, np.ndarray],
) -> None:
    y, proba = drawn
    found = scored(y, proba.argmax(axis=1))
    assert {name for name, value in found.items() if value is None} == {
        "average_precision_macro",
        "log_loss",
        "roc_auc_ovr",
    }
