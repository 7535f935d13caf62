"""Scores against scikit-learn and by hand."""

import numpy as np
import pytest
from sklearn import metrics

from mmbench.errors import UnknownNameError
from mmbench.metrics import METRICS, score
from mmbench.suite import MULTILABEL_SCORING

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
        ("f1_micro", lambda y, p: metrics.f1_score(y, p, average="micro")),
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
        "f1_samples",
        "average_precision_macro",
        "log_loss",
        "roc_auc_ovr",
    ]


def test_an_unknown_metric_names_its_nearest():
    with pytest.raises(UnknownNameError, match=r"did you mean 'accuracy'"):
        score(np.array([0]), np.ones((1, 1)), np.array([0]), ["acuracy"])


def test_average_precision_is_the_mean_over_classes_against_the_rest(predictions):
    y, proba = predictions
    expected = np.mean(
        [
            metrics.average_precision_score(y == label, proba[:, i])
            for i, label in enumerate(CLASSES)
        ]
    )
    found = score(y, proba, CLASSES, ["average_precision_macro"])
    assert found == {"average_precision_macro": pytest.approx(expected)}


@pytest.fixture
def tags():
    rng = np.random.default_rng(1)
    proba = rng.random((80, 3))
    return (rng.random((80, 3)) < 0.2 + 0.6 * proba).astype(int), proba


SEVERAL = {
    "accuracy": lambda y, p: metrics.accuracy_score(y, p > 0.5),
    **{
        f"{name}_{average}": lambda y, p, of=of, average=average: of(
            y, p > 0.5, average=average, zero_division=0
        )
        for name, of, averages in (
            ("precision", metrics.precision_score, ["macro"]),
            ("recall", metrics.recall_score, ["macro"]),
            ("f1", metrics.f1_score, ["micro", "macro", "weighted", "samples"]),
        )
        for average in averages
    },
    "average_precision_macro": metrics.average_precision_score,
    "roc_auc_ovr": metrics.roc_auc_score,
    "log_loss": lambda y, p: np.mean(
        [metrics.log_loss(y[:, i], p[:, i]) for i in range(y.shape[1])]
    ),
}


@pytest.mark.parametrize("name", SEVERAL)
def test_a_metric_of_several_labels_equals_scikit_learn(tags, name):
    y, proba = tags
    found = score(y, proba, CLASSES, [name])
    assert found == {name: pytest.approx(SEVERAL[name](y, proba))}


@pytest.mark.parametrize("name", SEVERAL)
def test_two_labels_are_not_two_classes(tags, name):
    y, proba = tags[0][:, :2], tags[1][:, :2]
    found = score(y, proba, CLASSES[:2], [name])
    assert found == {name: pytest.approx(SEVERAL[name](y, proba))}


def test_every_metric_of_a_multilabel_suite_is_one_of_several_labels():
    assert set(MULTILABEL_SCORING) == set(SEVERAL)


def test_balanced_accuracy_is_not_defined_for_several_labels(tags):
    found = score(*tags, CLASSES, ["balanced_accuracy"])
    assert found == {"balanced_accuracy": None}


def test_precision_averages_over_the_labels_that_some_sample_has(tags):
    y, proba = tags
    y[:, 1] = 0
    known = [0, 2]
    expected = metrics.average_precision_score(y[:, known], proba[:, known])
    found = score(y, proba, CLASSES, ["average_precision_macro"])
    assert found == {"average_precision_macro": pytest.approx(expected)}


def test_samples_without_labels_that_are_given_none_are_right():
    proba = np.array([[0.5, 0.2], [0.9, 0.1]])
    found = score(np.zeros((2, 2), int), proba, CLASSES[:2], ["accuracy", "f1_micro"])
    assert found == {"accuracy": 0.5, "f1_micro": 0.0}


def test_a_single_known_label_has_an_average_precision():
    y, proba = (
        np.array([[1, 0], [0, 0], [1, 0]]),
        np.array([[0.9, 0], [0.8, 0], [0.7, 0]]),
    )
    found = score(y, proba, CLASSES[:2], ["average_precision_macro"])
    # Of the two relevant samples, one comes first and one third: (1 + 2/3) / 2.
    assert found == {"average_precision_macro": pytest.approx(5 / 6)}
