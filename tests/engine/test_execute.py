"""A run: records on disk as trials end, failures told, work shared, costs known."""

import time
import warnings

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin, TransformerMixin
from sklearn.dummy import DummyClassifier
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import HalvingGridSearchCV
from sklearn.naive_bayes import GaussianNB

from mmbench.engine import make_plan, run
from mmbench.errors import DataWarning, MissingDependencyError
from mmbench.feature_extraction import TfidfVectorizer
from mmbench.fusion import LateFusionClassifier, branch, early_fusion, stacked_fusion
from mmbench.results import ResultStore

from .conftest import Flatten, make_dataset, make_grouped


class Counting(TransformerMixin, BaseEstimator):
    """A row-wise transformer that counts the cells that it is given."""

    row_wise = True
    cells = 0

    def fit(self, X, y=None):
        return self

    def transform(self, X):
        type(self).cells += len(X)
        return np.stack([np.asarray(image, float).ravel() for image in X])


class Sleeps(Flatten):
    """A row-wise transformer that takes its time over more than one row."""

    seconds = 0.25

    def transform(self, X):
        time.sleep(self.seconds if len(X) > 1 else 0)
        return super().transform(X)


class Chooses(Flatten):
    """A row-wise transformer that says what it chose to compute with."""

    def computed_with(self):
        return {"precision": "bfloat16", "device": "cpu"}


class Rounds(Flatten):
    """A row-wise transformer that rounds where the machine is one that does."""

    machine = "float32"

    def __init__(self, precision="auto"):
        self.precision = precision

    def chosen_params(self):
        return {"precision": self.machine} if self.precision == "auto" else {}

    def transform(self, X):
        coarse = 50 if self.precision == "bfloat16" else 1
        return np.stack([np.asarray(image, float).ravel() // coarse for image in X])


class Lacking(GaussianNB):
    """A classifier whose package is not installed."""

    def check_requirements(self):
        raise MissingDependencyError("torch", extra="torch")

    def fit(self, X, y):
        raise AssertionError("it was begun")


class Complains(Flatten):
    """A row-wise transformer that warns about its input."""

    def transform(self, X):
        warnings.warn("12 images can't be read", DataWarning, stacklevel=2)
        return super().transform(X)


class Fails(ClassifierMixin, BaseEstimator):
    def __init__(self, error=RuntimeError):
        self.error = error

    def fit(self, X, y):
        raise self.error("no luck", "torch") if self.error is not ValueError else None

    def predict_proba(self, X):
        raise NotImplementedError


def tfidf(classifier):
    return branch("text", TfidfVectorizer(), classifier)


def pixels(classifier=None, extractor=Flatten):
    return branch("image", extractor(), classifier or LogisticRegression(max_iter=2000))


@pytest.fixture
def methods():
    voters = [("t", tfidf(LogisticRegression())), ("i", pixels())]
    return {
        "dummy": DummyClassifier(),
        "text": voters[0][1],
        "image": voters[1][1],
        "late": LateFusionClassifier(voters),
        "stacked": stacked_fusion(voters, LogisticRegression(), cv=3),
    }


def test_every_trial_leaves_a_record_with_scores_and_times(go, make_suite, methods):
    records = go(make_suite(methods))
    assert len(records) == 5 * 3
    for record in records.values():
        assert record.status == "ok"
        assert set(record.scores) >= {"accuracy", "f1_macro", "log_loss"}
        assert record.fit_time_s > 0
        assert record.predict_time_s > 0
        assert (record.n_train, record.n_test) == (60, 30)


def test_predictions_are_kept_with_sample_ids(go, make_suite, methods, tmp_path):
    records = go(make_suite({"dummy": methods["dummy"]}))
    store = ResultStore(tmp_path / "out")
    ids = [i for r in records.values() for i in store.predictions(r.key).sample_ids]
    assert sorted(ids) == sorted(f"s{i}" for i in range(90))


def test_a_second_run_does_nothing_again(go, make_suite, methods):
    go(make_suite(methods))
    assert go(make_suite(methods)) == {}


def test_fresh_runs_everything_again(go, make_suite, methods):
    go(make_suite(methods))
    assert len(go(make_suite(methods), fresh=True)) == 15


def test_a_row_wise_extractor_runs_once_whatever_the_folds(go, make_suite):
    Counting.cells = 0
    classifiers = (GaussianNB(), LogisticRegression(max_iter=2000))
    methods = {str(c): pixels(c, Counting) for c in classifiers}
    go(make_suite(methods, seeds=(0, 1)))
    assert Counting.cells == 90 + 2  # each of two chunks warms up with a row


def test_scores_are_the_same_in_this_process_and_on_workers(
    go, make_suite, methods, tmp_path
):
    suite = make_suite(methods)
    here = go(suite, "here")
    there = go(suite, "there", debug=False, jobs=2, cache=tmp_path / "other")
    assert {k: r.scores for k, r in here.items()} == {
        k: r.scores for k, r in there.items()
    }


def test_a_failing_method_is_a_record_with_its_traceback(go, make_suite):
    records = go(make_suite({"bad": tfidf(Fails()), "dummy": DummyClassifier()}))
    bad = records["bad", 0, 0]
    assert bad.status == "failed"
    assert bad.reason == "RuntimeError: ('no luck', 'torch')"
    assert "in fit" in bad.traceback
    assert records["dummy", 0, 0].status == "ok"


def test_what_needs_a_failed_method_is_skipped_and_says_so(go, make_suite):
    bad = tfidf(Fails())
    late = LateFusionClassifier([("bad", bad), ("image", pixels())])
    records = go(make_suite({"bad": bad, "late": late}))
    assert records["late", 0, 0].status == "skipped"
    assert records["late", 0, 0].reason.startswith("needs bad, which failed: Runtime")


def test_a_fusion_whose_own_part_fails_has_failed(go, make_suite):
    late = LateFusionClassifier([("bad", tfidf(Fails())), ("image", pixels())])
    assert go(make_suite({"late": late}))["late", 0, 0].status == "failed"


def test_a_method_that_groups_rule_out_fails_alone(go, make_suite):
    late = LateFusionClassifier(
        [("t", tfidf(LogisticRegression()))], rule="weighted", cv=3
    )
    nested = HalvingGridSearchCV(late, {"rule": ["mean", "weighted"]}, cv=3)
    suite = make_suite(
        {"nested": nested, "dummy": DummyClassifier()},
        datasets=[make_dataset(load=make_grouped)],
    )
    records = go(suite)
    assert records["dummy", 0, 0].status == "ok"
    assert records["nested", 0, 0].status == "failed"
    assert "is a cross-validation inside another" in records["nested", 0, 0].reason


def test_a_method_that_cannot_be_looked_into_fails_where_it_runs(go, make_suite):
    voters = [("t", tfidf(LogisticRegression()))]
    many = stacked_fusion(voters, LogisticRegression(), cv=50)
    records = go(make_suite({"many": many, "dummy": DummyClassifier()}))
    assert records["dummy", 0, 0].status == "ok"
    assert "n_splits=50 cannot be greater" in records["many", 0, 0].reason


def test_a_missing_package_skips_and_names_the_command(go, make_suite):
    records = go(make_suite({"net": tfidf(Fails(MissingDependencyError))}))
    assert records["net", 0, 0].status == "skipped"
    assert "pip install 'mmbench[torch]'" in records["net", 0, 0].reason


def test_what_any_part_warned_about_is_in_the_record_also_from_the_cache(
    go, make_suite
):
    suite = make_suite({"image": pixels(extractor=Complains)})
    for out in ("cold", "warm"):
        record = go(suite, out)["image", 0, 0]
        assert record.warnings == ("DataWarning: 12 images can't be read",)


def test_the_record_says_what_an_extractor_computed_with_also_from_the_cache(
    go, make_suite
):
    suite = make_suite({"image": pixels(extractor=Chooses)})
    for out in ("cold", "warm"):
        assert go(suite, out)["image", 0, 0].computed_with == ("bfloat16 on cpu",)


def test_a_value_of_one_precision_is_never_believed_for_another(
    go, make_suite, monkeypatch, tmp_path
):
    suite = make_suite({"image": pixels(extractor=Rounds)})

    def scores(machine, cache):
        monkeypatch.setattr(Rounds, "machine", machine)
        found = go(suite, f"{machine} {cache}", cache=tmp_path / cache)
        return [record.scores for record in found.values()]

    rounded = scores("bfloat16", "carried")
    assert scores("float32", "carried") == scores("float32", "fresh") != rounded


def test_what_is_known_to_lack_is_skipped_before_anything_is_done(go, make_suite):
    inside = early_fusion([("i", branch("image", Flatten()))], Lacking())
    suite = make_suite({"net": inside, "dummy": DummyClassifier()})
    records = go(suite)
    assert records["dummy", 0, 0].status == "ok"
    assert records["net", 0, 0].status == "skipped"
    reason = str(MissingDependencyError("torch", extra="torch"))
    assert records["net", 0, 0].reason == reason
    assert make_plan(suite).lacking == {"net": reason}


def test_failed_trials_are_tried_again(go, make_suite):
    suite = make_suite({"bad": tfidf(Fails())})
    go(suite)
    assert len(go(suite)) == 3


def test_a_cached_feature_costs_what_it_cost_cold(go, make_suite):
    suite = make_suite({"image": pixels(GaussianNB(), Sleeps)})
    cold, warm = go(suite, "cold"), go(suite, "warm")
    for fold in range(3):
        first, second = cold["image", fold, 0], warm["image", fold, 0]
        # Two chunks slept, for two thirds of the rows in fitting.
        assert second.fit_time_s > 2 / 3 * 2 * Sleeps.seconds
        slept = [key for key, cost in first.nodes.items() if cost.wall_s > 0.2]
        assert len(slept) == 2
        assert {second.nodes[key] for key in slept} == {first.nodes[k] for k in slept}


def test_an_interrupted_run_goes_on_where_it_was(make_suite, methods, tmp_path):
    options = {"cache": tmp_path / "cache", "debug": True}
    options |= {"throughput": False, "probes": False}
    whole = {
        r.key: r.scores for r in run(make_suite(methods), tmp_path / "a", **options)
    }
    some = run(make_suite(methods), tmp_path / "b", **options)
    first = {next(some).key for _ in range(4)}
    some.close()
    rest = {r.key for r in run(make_suite(methods), tmp_path / "b", **options)}
    assert not first & rest
    found = ResultStore(tmp_path / "b").records()
    assert {key: record.scores for key, record in found.items()} == whole


def test_a_damaged_cache_entry_is_made_again_in_mid_run(make_suite, methods, tmp_path):
    options = {"cache": tmp_path / "cache", "debug": True}
    options |= {"throughput": False, "probes": False}
    good = list(run(make_suite(methods), tmp_path / "a", **options))
    for path in (tmp_path / "cache").rglob("*.npy"):
        path.write_bytes(b"")
    with pytest.warns(UserWarning, match="damaged"):
        again = list(run(make_suite(methods), tmp_path / "b", **options))
    assert [(r.key, r.scores) for r in sorted(good, key=lambda r: r.key)] == [
        (r.key, r.scores) for r in sorted(again, key=lambda r: r.key)
    ]


def test_groups_never_straddle_a_split(go, make_suite, methods, tmp_path):
    go(make_suite(methods, datasets=[make_dataset(load=make_grouped)]))
    store = ResultStore(tmp_path / "out")
    for record in store.records().values():
        ids = store.predictions(record.key).sample_ids
        tested = {int(i[1:]) for i in ids}
        assert {i ^ 1 for i in tested} == tested


def test_shuffled_labels_score_at_chance(go, make_suite, methods):
    def shuffled():
        from .conftest import make_samples

        samples = make_samples(300)
        return samples._replace(y=np.random.default_rng(1).permutation(samples.y))

    methods["early"] = early_fusion(
        [("t", branch("text", TfidfVectorizer())), ("i", branch("image", Flatten()))],
        LogisticRegression(),
    )
    records = go(make_suite(methods, datasets=[make_dataset(load=shuffled)]))
    for method in methods:
        scores = [records[method, fold, 0].scores["accuracy"] for fold in range(3)]
        assert abs(np.mean(scores) - 1 / 3) < 0.09


def test_a_plan_is_on_disk_before_the_first_trial_ends(make_suite, methods, tmp_path):
    plan = make_plan(make_suite(methods))
    records = run(plan, tmp_path / "o", cache=tmp_path / "cache", debug=True)
    next(records)
    planned = ResultStore(tmp_path / "o").plan()["trials"]
    assert len(planned) == 15
    records.close()
