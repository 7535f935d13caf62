"""Scores against scikit-learn and by hand."""

import numpy as np
import pytest
from sklearn import metrics

from mmbench.errors import UnknownNameError
from mmbench.metrics import METRICS, score

CLASSES = np.array(["a", "b", "c"])


@pytest.fixture
def predictions():
    rng = np.random.default_rng(0)
    proba = rng.dirichlet(np.ones(3), size=60)
    return CLASSES[rng.integers(3, size=60)], proba


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("accuracy", metrics.accuracy_score),
        ("balanced_accuracy", metrics.balanced_accuracy_score),
        (
            "precision_macro",
            lambda y, p: metrics.precision_score(y, p, average="macro"),
        ),
        ("recall_macro", lambda y, p: metrics.recall_score(y, p, average="macro")),
        ("f1_macro", lambda y, p: metrics.f1_score(y, p, average="macro")),
        ("f1_weighted", lambda y, p: metrics.f1_score(y, p, average="weighted")),
    ],
)
def test_a_metric_of_labels_equals_scikit_learn(predictions, name, expected):
    y, proba = predictions
    labels = CLASSES[proba.argmax(axis=1)]
    assert score(y, proba, CLASSES, [name])[name] == pytest.approx(expected(y, labels))


def test_log_loss_equals_scikit_learn(predictions):
    y, proba = predictions
    expected = metrics.log_loss(y, proba, labels=CLASSES)
    assert score(y, proba, CLASSES, ["log_loss"])["log_loss"] == pytest.approx(expected)


def test_roc_auc_equals_scikit_learn(predictions):
    y, proba = predictions
    expected = metrics.roc_auc_score(y, proba, multi_class="ovr")
    found = score(y, proba, CLASSES, ["roc_auc_ovr"])["roc_auc_ovr"]
    assert found == pytest.approx(expected)


def test_roc_auc_of_two_classes_is_that_of_the_second():
    proba = np.array([[0.9, 0.1], [0.6, 0.4], [0.35, 0.65], [0.2, 0.8]])
    y = np.array([0, 1, 0, 1])
    assert score(y, proba, np.array([0, 1]), ["roc_auc_ovr"]) == {"roc_auc_ovr": 0.75}


def test_roc_auc_is_undefined_when_a_class_has_no_test_sample():
    proba = np.array([[0.8, 0.1, 0.1], [0.1, 0.8, 0.1]])
    y = np.array(["a", "b"])
    assert score(y, proba, CLASSES, ["roc_auc_ovr"]) == {"roc_auc_ovr": None}


def test_a_certain_error_costs_a_finite_log_loss():
    proba = np.array([[1.0, 0.0]])
    found = score(np.array([1]), proba, np.array([0, 1]), ["log_loss"])["log_loss"]
    assert found == pytest.approx(36.04, abs=0.01)


def test_metrics_of_probabilities_are_undefined_for_labels_only(predictions):
    y, proba = predictions
    found = score(y, proba, CLASSES, list(METRICS), has_proba=False)
    assert [name for name, value in found.items() if value is None] == [
        "log_loss",
        "roc_auc_ovr",
    ]


def test_an_unknown_metric_names_its_nearest():
    with pytest.raises(UnknownNameError, match=r"did you mean 'accuracy'"):
        score(np.array([0]), np.ones((1, 1)), np.array([0]), ["acuracy"])
