"""--max-train-rows: methods are fitted to a stratified sample, which is said."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

from mmbench.datasets import Dataset, Samples
from mmbench.engine import folds_of, make_plan, run
from mmbench.engine.graph.fewer_rows import at_most
from mmbench.errors import DataError, UsageError
from mmbench.report import make_report
from mmbench.results import ResultStore
from mmbench.suite import Suite
from tests.engine.test_retraining import METHODS, make_dataset, make_samples


def sampled(y, n_rows, seed=0, *, task="classification", groups=None):
    X = pd.DataFrame({"x": np.zeros(len(y))})
    samples = Samples(X, np.asarray(y), groups)
    dataset = Dataset(
        name="d",
        version="1",
        source="",
        licence="",
        modalities={"x": "numeric"},
        load=lambda: samples,
        task=task,
    )
    return at_most(n_rows, np.arange(len(y)), dataset, samples, [seed])


def test_each_class_keeps_its_share() -> None:
    y = np.repeat(["a", "b", "c"], [600, 300, 100])
    rows = sampled(y, 100)
    assert [int(np.sum(y[rows] == each)) for each in "abc"] == [60, 30, 10]
    assert np.all(np.diff(rows) > 0)


def test_what_rounding_leaves_goes_where_most_was_cut_off() -> None:
    y = np.repeat(["a", "b", "c"], [330, 337, 333])
    counts = np.bincount(np.searchsorted(["a", "b", "c"], y[sampled(y, 100)]))
    assert counts.tolist() == [33, 34, 33]


def test_a_rare_class_keeps_five_rows_or_all_it_has() -> None:
    y = np.repeat(["a", "b", "c"], [990, 7, 3])
    rows = sampled(y, 50)
    assert [int(np.sum(y[rows] == each)) for each in "abc"] == [42, 5, 3]


def test_too_few_rows_for_all_classes_are_refused_with_the_least_that_will_do() -> None:
    y = np.repeat(np.arange(30).astype(str), 20)
    with pytest.raises(DataError, match="of 30 classes; allow at least 150"):
        sampled(y, 100)
    assert len(sampled(y, 150)) == 150


def test_rows_are_drawn_by_the_seed() -> None:
    y = np.repeat(["a", "b"], 500)
    assert sampled(y, 50).tolist() == sampled(y, 50).tolist()
    assert sampled(y, 50).tolist() != sampled(y, 50, seed=1).tolist()


@pytest.mark.regression
def test_numbers_are_drawn_evenly_along_the_target() -> None:
    y = np.random.default_rng(0).permutation(1000).astype(float)
    rows = sampled(y, 10, task="regression")
    assert np.sort(y[rows]).tolist() == list(range(0, 1000, 100))


@pytest.mark.summarisation
def test_whole_groups_are_drawn_where_a_method_sees_them_as_a_whole() -> None:
    groups = np.repeat(["v1", "v2", "v3", "v4"], 30)
    how = {"task": "summarisation", "groups": groups}
    y = np.linspace(0, 1, 120)
    rows = sampled(y, 70, **how)
    assert np.unique(groups[rows], return_counts=True)[1].tolist() == [30, 30]
    with pytest.raises(DataError, match="don't hold a whole group"):
        sampled(y, 20, **how)


def test_folds_with_fewer_rows_stay_as_they_are() -> None:
    dataset, samples = make_dataset(), make_samples()
    whole, same = (folds_of(dataset, samples, 3, 0, most) for most in (None, 140))
    for fold, other in zip(whole, same, strict=True):
        assert fold.train.tolist() == other.train.tolist()


def test_test_rows_stay_all_and_folds_draw_apart() -> None:
    dataset, samples = make_dataset(), make_samples()
    whole, fewer = (folds_of(dataset, samples, 3, 0, most) for most in (None, 60))
    for fold, other in zip(whole, fewer, strict=True):
        assert set(other.train) < set(fold.train)
        assert other.test.tolist() == fold.test.tolist()
    assert [len(fold.train) for fold in fewer] == [60, 60, 60]


@pytest.fixture(scope="module")
def suite() -> Suite:
    datasets, methods = [make_dataset()], {"a": METHODS["a"], "both": METHODS["both"]}
    return Suite(name="s", datasets=datasets, methods=methods, cv=3, max_train_rows=60)


def test_a_run_answers_as_methods_fitted_to_the_sample_do_and_says_so(
    suite: Suite, tmp_path
) -> None:
    how = {"cache": tmp_path / "cache", "debug": True, "retrain": "none"}
    how |= {"throughput": False, "probes": False}
    records = list(run(suite, tmp_path / "out", **how))
    samples = make_samples()
    folds = folds_of(make_dataset(), samples, 3, 0, 60)
    store = ResultStore(tmp_path / "out")
    for record in records:
        fold = folds[record.fold]
        model = clone(suite.methods[record.method])
        model.fit(samples.X.iloc[fold.train], samples.y[fold.train])
        expected = model.predict_proba(samples.X.iloc[fold.test])
        found = store.predictions(record.key).arrays["proba"]
        np.testing.assert_allclose(found, expected, rtol=1e-6)
        assert record.n_train == 60
    page = make_report(tmp_path / "out").with_name("report.md").read_text()
    assert "fitted to 60 of 140 training rows" in page
    assert "MM409" in page


def test_trials_on_fewer_rows_are_other_trials(suite: Suite) -> None:
    whole = Suite(name="s", datasets=suite.datasets, methods=suite.methods, cv=suite.cv)
    assert not make_plan(suite).trials.keys() & make_plan(whole).trials.keys()
    assert "max_train_rows" not in make_plan(whole).as_json()
    assert make_plan(suite).as_json()["max_train_rows"] == 60


def test_a_single_row_is_refused(suite: Suite) -> None:
    with pytest.raises(UsageError, match="max_train_rows must be at least 2, got 1"):
        Suite(
            name="s", datasets=suite.datasets, methods=suite.methods, max_train_rows=1
        )
