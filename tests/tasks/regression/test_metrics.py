"""Metrics of numbers equal scikit-learn's, whatever the target's unit and zero."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import spearmanr
from sklearn.metrics import (
    cohen_kappa_score,
    mean_absolute_error,
    mean_absolute_percentage_error,
    median_absolute_error,
    r2_score,
    root_mean_squared_error,
)

from mmbench.tasks import Prediction, Target, get_task, scores_of, sums_of

REGRESSION = get_task("regression")
METRICS = {metric.name: metric for metric in REGRESSION.metrics}
ORACLES = {
    "r2": r2_score,
    "rmse": root_mean_squared_error,
    "mae": mean_absolute_error,
    "median_ae": median_absolute_error,
    "mape": mean_absolute_percentage_error,
    "spearman": lambda y, found: spearmanr(y, found).statistic,
}


def numbers(seed, n=60, offset=0.0):
    rng = np.random.default_rng(seed)
    y = offset + 5_000 + rng.gamma(2.0, 20_000, size=n)
    return y, y + rng.normal(scale=15_000, size=n)


def scored(y, found, names=tuple(METRICS)):
    target = REGRESSION.data.completed(Target(np.asarray(y)))
    prediction = Prediction({"number": np.asarray(found, float)})
    return scores_of([METRICS[name] for name in names], target, prediction)


def test_the_metrics_are_these_and_the_first_ranks():
    assert list(METRICS) == [*ORACLES, "qwk"]
    assert REGRESSION.main_metric == "r2"


@pytest.mark.parametrize("offset", [0.0, 1e9])
@pytest.mark.parametrize("name", ORACLES)
@given(seed=st.integers(0, 1000))
@settings(max_examples=20, deadline=None)
def test_a_metric_is_scikit_learns(name, offset, seed):
    y, found = numbers(seed, offset=offset)
    expected = ORACLES[name](y, found)
    assert scored(y, found)[name] == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("offset", [0.0, 1e9, -1e9])
@pytest.mark.parametrize(
    "name", [name for name, metric in METRICS.items() if metric.has_interval]
)
@given(seed=st.integers(0, 1000))
@settings(max_examples=20, deadline=None)
def test_sums_of_resampled_rows_score_as_the_rows_do(name, offset, seed):
    y, found = numbers(seed, offset=offset)
    if name == "qwk":
        y, found = y // 10_000 % 10, found / 10_000 % 10
    target = REGRESSION.data.completed(Target(y))
    metric = METRICS[name]
    rows = metric.contributions(target, Prediction({"number": found}))
    drawn = np.random.default_rng(seed).integers(len(y), size=(5, len(y)))
    counts = np.array([np.bincount(each, minlength=len(y)) for each in drawn])
    resampled = metric.value((counts @ rows).T)
    for each, value in zip(drawn, resampled, strict=True):
        again = Target(y[each], target.schema), Prediction({"number": found[each]})
        expected = metric.value(sums_of(metric.contributions(*again)))
        np.testing.assert_allclose(value, expected, rtol=1e-9)


@given(seed=st.integers(0, 1000))
@settings(max_examples=30, deadline=None)
def test_the_weighted_kappa_is_scikit_learns_of_rounded_answers(seed):
    rng = np.random.default_rng(seed)
    y = np.append(rng.integers(1, 6, size=40), [1, 5])
    found = y + rng.normal(scale=1.5, size=42)
    grades = np.clip(np.rint(found), 1, 5).astype(int)
    expected = cohen_kappa_score(y, grades, weights="quadratic", labels=range(1, 6))
    assert scored(y, found)["qwk"] == pytest.approx(expected, abs=1e-9)


def test_what_an_outlier_is_not_drawn_into_keeps_its_digits():
    y, found = numbers(0)
    y[7] = 1e12
    target = REGRESSION.data.completed(Target(y))
    rows = METRICS["r2"].contributions(target, Prediction({"number": found}))
    kept = np.arange(len(y)) != 7
    expected = r2_score(y[kept], found[kept])
    assert METRICS["r2"].value(rows[kept].sum(axis=0)) == pytest.approx(expected, 1e-9)


def test_scores_that_are_not_defined_are_none():
    y, found = np.array([-1.5, 2.0, 3.0]), np.array([1.0, 2.0, 3.5])
    assert scored(y, found)["mape"] is None
    assert scored(y, found)["qwk"] is None
    assert scored(y, np.ones(3))["spearman"] is None
    target = REGRESSION.data.completed(Target(y)).take([1])
    alone = scores_of(METRICS.values(), target, Prediction({"number": np.ones(1)}))
    assert alone["r2"] is None
    assert alone["mae"] == 1.0


def test_the_mean_scores_zero():
    y, _ = numbers(0, offset=1e9)
    assert scored(y, np.full(len(y), y.mean()))["r2"] == pytest.approx(0.0, abs=1e-12)
