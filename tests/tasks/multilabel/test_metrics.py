"""Metrics of label sets, against scikit-learn and by hand."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from mmbench.tasks import Prediction, Target, scores_of
from mmbench.tasks.metric import sums_of
from mmbench.tasks.multilabel import MULTILABEL
from mmbench.tasks.multilabel.metrics import count_label_sets

SKLEARN = {
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
SETS = st.lists(
    st.tuples(*[st.lists(st.booleans(), min_size=3, max_size=3)] * 2),
    min_size=1,
    max_size=20,
)


def scored(y: Any, proba: Any) -> dict[str, float | None]:
    y, proba = np.asarray(y), np.asarray(proba, float)
    target = Target(y, {"classes": list("abc")[: y.shape[1]]})
    prediction = Prediction({"label": (proba > 0.5) * 1, "proba": proba})
    return scores_of(MULTILABEL.metrics, target, prediction)


@pytest.fixture
def tags() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    proba = rng.random((80, 3))
    return (rng.random((80, 3)) < 0.2 + 0.6 * proba).astype(int), proba


@pytest.mark.parametrize("n_labels", [2, 3])
@pytest.mark.parametrize("name", list(SKLEARN))
def test_a_metric_of_label_sets_equals_scikit_learn(
    tags: tuple[np.ndarray, np.ndarray], name: str, n_labels: int
) -> None:
    y, proba = (each[:, :n_labels] for each in tags)
    assert scored(y, proba)[name] == pytest.approx(SKLEARN[name](y, proba))


def test_every_metric_is_compared_with_scikit_learn() -> None:
    assert set(MULTILABEL.default_scoring) == set(SKLEARN)
    assert {metric.name for metric in MULTILABEL.metrics} == set(SKLEARN)


@pytest.mark.parametrize("average", ["macro", "micro"])
@given(pairs=SETS)
def test_labels_that_nobody_has_and_nobody_is_given_count_for_nothing(
    average: str, pairs: list[tuple[list[bool], list[bool]]]
) -> None:
    y, given_ = (np.array(sets) for sets in zip(*pairs, strict=True))
    seen = np.flatnonzero((y | given_).any(axis=0))
    expected = 0.0
    if len(seen):
        expected = metrics.f1_score(
            y, given_, average=average, labels=seen, zero_division=0
        )
    metric = MULTILABEL.metrics_by_name[f"f1_{average}"]
    target = Target(y * 1, {"classes": list("abc")})
    found = metric.score(target, Prediction({"label": given_ * 1}))
    assert found == pytest.approx(expected, abs=1e-12)


def test_a_row_is_right_when_its_whole_set_is() -> None:
    y = np.array([[1, 0], [1, 1], [0, 0], [0, 0]])
    label = np.array([[1, 0], [1, 0], [0, 0], [0, 1]])
    rows = count_label_sets(
        Target(y, {"classes": ["a", "b"]}), Prediction({"label": label})
    )
    assert rows.toarray()[:, -2].tolist() == [1, 0, 1, 0]
    assert sums_of(rows)[-1] == 4


def test_precision_averages_over_the_labels_that_some_sample_has(
    tags: tuple[np.ndarray, np.ndarray],
) -> None:
    y, proba = tags
    y[:, 1] = 0
    known = [0, 2]
    expected = metrics.average_precision_score(y[:, known], proba[:, known])
    assert scored(y, proba)["average_precision_macro"] == pytest.approx(expected)


def test_samples_without_labels_that_are_given_none_are_right() -> None:
    found = scored(np.zeros((2, 2), int), [[0.5, 0.2], [0.9, 0.1]])
    assert (found["accuracy"], found["f1_micro"]) == (0.5, 0.0)


def test_a_single_known_label_has_an_average_precision() -> None:
    found = scored([[1, 0], [0, 0], [1, 0]], [[0.9, 0], [0.8, 0], [0.7, 0]])
    # Of the two relevant samples, one comes first and one third: (1 + 2/3) / 2.
    assert found["average_precision_macro"] == pytest.approx(5 / 6)


def test_an_even_chance_is_no_label_where_only_probabilities_were_kept() -> None:
    kept = {
        "y_true": np.array([[1, 1, 0]]),
        "classes": np.array(["a", "b", "c"]),
        "proba": np.array([[0.5, 0.51, 0.2]]),
    }
    _, prediction = MULTILABEL.answers.load(kept)
    assert prediction["label"].tolist() == [[0, 1, 0]]
