"""Throughput is measured by pieces, and the pieces add up to the whole."""

import time

import cloudpickle
import numpy as np
import pytest
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB

from mmbench.engine import folds_of, make_plan
from mmbench.engine.after.throughput import measure
from mmbench.engine.execution.local_executor import in_process
from mmbench.engine.execution.local_workers import Place
from mmbench.feature_extraction import TfidfVectorizer
from mmbench.fusion import LateFusionClassifier, branch, stacked_fusion
from mmbench.results import ResultStore

from .conftest import make_dataset
from .oracle import ready_for


class Slow(TransformerMixin, BaseEstimator):
    """Takes four milliseconds a row, as a decoder or a network would."""

    row_wise = True
    calls = 0

    def __init__(self, per_row_s=0.004):
        self.per_row_s = per_row_s

    def fit(self, X, y=None):
        return self

    def transform(self, X):
        type(self).calls += 1
        time.sleep(self.per_row_s * len(X))
        return np.stack([np.asarray(image, float).ravel() for image in X])


def slow(classifier):
    return branch("image", Slow(), classifier)


METHODS = {
    "alone": slow(GaussianNB()),
    "late": LateFusionClassifier(
        [("i", slow(GaussianNB())), ("s", branch(["size"], LogisticRegression()))]
    ),
    "stacked": stacked_fusion(
        [
            ("i", slow(GaussianNB())),
            ("t", branch("text", TfidfVectorizer(), LogisticRegression())),
        ],
        LogisticRegression(),
        cv=2,
    ),
}


@pytest.fixture
def measured(make_suite, tmp_path):
    def measure_it(methods):
        plan = make_plan(make_suite(methods))
        place = Place(tmp_path / "cache", "v")
        with in_process(plan.contexts(), place) as executor:
            found = measure(plan, executor, set(plan.trials), tmp_path)
        return plan, found["fruit"]

    return measure_it


@pytest.mark.parametrize("name", METHODS)
def test_composed_and_direct_times_agree(name, measured):
    plan, speeds = measured({name: METHODS[name]})
    samples = plan.samples["fruit"]
    fold = folds_of(make_dataset(), samples, 3, 0)[0]
    model = ready_for(METHODS[name], samples, fold)
    model.fit(samples.X.iloc[fold.train], samples.y[fold.train])
    X_test = samples.X.iloc[fold.test]
    taken_s = []
    for _ in range(5):
        start = time.perf_counter()
        model.predict_proba(X_test)
        taken_s.append(time.perf_counter() - start)
    direct = len(X_test) / np.median(taken_s)
    assert speeds[name].samples_per_s == pytest.approx(direct, rel=0.15)


def test_a_single_row_takes_about_what_its_slowest_piece_does(measured):
    _, speeds = measured({"alone": METHODS["alone"]})
    assert 0.004 < speeds["alone"].latency_p50_s < 0.02
    assert speeds["alone"].latency_p50_s <= speeds["alone"].latency_p95_s


def test_what_methods_share_is_timed_once(measured):
    Slow.calls = 0
    measured({"alone": METHODS["alone"]})
    once = Slow.calls
    Slow.calls = 0
    measured(METHODS)
    assert Slow.calls == once


def test_the_model_size_is_that_of_what_was_fitted(measured):
    plan, speeds = measured({"dummy": DummyClassifier()})
    samples = plan.samples["fruit"]
    fold = folds_of(make_dataset(), samples, 3, 0)[0]
    model = ready_for(DummyClassifier(), samples, fold)
    model.fit(samples.X.iloc[fold.train], samples.y[fold.train])
    assert speeds["dummy"].model_bytes == len(cloudpickle.dumps(model))


def test_a_run_writes_what_it_measured(go, make_suite, tmp_path):
    go(make_suite({"dummy": DummyClassifier()}), throughput=True)
    kept = ResultStore(tmp_path / "out").throughput()["fruit"]["dummy"]
    assert kept["samples_per_s"] > 1000
    assert (kept["n_rows"], kept["repeats"], kept["threads"]) == (30, 5, 1)


def test_measuring_can_be_left_out(go, make_suite, tmp_path):
    go(make_suite({"dummy": DummyClassifier()}))
    assert ResultStore(tmp_path / "out").throughput() == {}
