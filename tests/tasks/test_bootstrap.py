"""The bootstrap of every metric equals scoring the resampled rows."""

from collections.abc import Iterator

import numpy as np
import pytest

from mmbench.stats import Resamples
from mmbench.tasks import TASKS, Metric, Prediction, Target

N, N_RESAMPLES = 60, 25


def of_classification(rng: np.random.Generator) -> tuple[Target, Prediction]:
    proba = rng.dirichlet(np.ones(4), N)
    label = np.where(rng.random(N) < 0.2, 0, proba.argmax(axis=1))
    y = np.array(list("dcba"))[rng.integers(0, 4, N)]
    target = Target(y, {"classes": list("abcd")})
    return target, Prediction({"label": label, "proba": proba})


def of_multilabel(rng: np.random.Generator) -> tuple[Target, Prediction]:
    proba = rng.random((N, 3))
    y = (rng.random((N, 3)) < 0.2 + 0.6 * proba).astype(int)
    target = Target(y, {"classes": list("abc")})
    return target, Prediction({"label": (proba > 0.4) * 1, "proba": proba})


def of_regression(rng: np.random.Generator) -> tuple[Target, Prediction]:
    # Far from zero, where squares of numbers as they are would lose every digit.
    y = 1e9 + rng.integers(0, 6, N)
    number = y + rng.normal(0, 1, N)
    schema = {"range": [float(y.min()), float(y.max())], "ordinal": True}
    return Target(y, schema), Prediction({"number": number})


DRAWN = {
    "classification": of_classification,
    "multilabel": of_multilabel,
    "regression": of_regression,
}


def cases() -> Iterator[tuple[str, Metric]]:
    for name, task in TASKS.items():
        if name in DRAWN:
            yield from ((name, metric) for metric in task.metrics)


@pytest.mark.parametrize(
    ("task", "metric"),
    [pytest.param(t, m, id=f"{t}-{m.name}") for t, m in cases() if m.has_interval],
)
def test_the_bootstrap_equals_scoring_the_resampled_rows(
    task: str, metric: Metric
) -> None:
    target, prediction = DRAWN[task](np.random.default_rng(0))
    count, value = metric.as_sums
    draws = Resamples(np.arange(N), n_resamples=N_RESAMPLES, random_state=1)
    found = value(draws.sums(count(target, prediction)))
    shares = np.full(N, 1 / N)
    times = np.random.default_rng(1).multinomial(N, shares, size=N_RESAMPLES)
    for score, drawn in zip(found, times, strict=True):
        rows = np.repeat(np.arange(N), drawn)
        expected = metric.score(target.take(rows), prediction.take(rows))
        assert score == pytest.approx(expected, rel=1e-9)


def test_every_task_has_a_metric_with_an_interval() -> None:
    for task in TASKS.values():
        assert any(metric.has_interval for metric in task.metrics), task.name
